//! Agent files: what is read, and what is said about mistakes.

use std::collections::BTreeSet;

use hearsay_dialog::{Agent, BREATH, NodeKind};

const BANK: &str = include_str!("../../../examples/bank/agent.yaml");

/// The problems of a file as lines of `line:column: what; cure`.
fn problems(yaml: &str) -> Vec<String> {
    match Agent::parse(yaml) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.to_string().lines().map(str::to_owned).collect(),
    }
}

/// A correct file; tests break one thing in it.
const GOOD: &str = r#"name: kiosk
agents: {host: {voice: ava}}
router: {intents: {hours: [when do you open]}}
slots:
  code: {type: digits, length: 4}
  city: {type: free}
tools:
  check: {url: "http://localhost/{code}", save: {city: /city}}
graph:
  start: hello
  nodes:
    hello:
      agent: host
      say: Hello.
      ask: intents
      edges: [{on: hours, to: ask}]
    ask:
      agent: host
      say: Your code?
      collect: code
      edges: [{on: filled, to: check}]
    check:
      agent: host
      tool: check
      edges: [{on: done, to: bye, say: "From {city}."}, {on: failed, to: bye}]
    bye: {agent: host, say: Goodbye., end: true}
"#;

fn broken(from: &str, to: &str) -> Vec<String> {
    assert!(GOOD.contains(from), "{from}");
    problems(&GOOD.replacen(from, to, 1))
}

#[test]
fn the_bank_is_correct() {
    let agent = Agent::parse(BANK).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(agent.name(), "harbour-bank");
    assert_eq!(agent.voices(), ["linda", "rms", "slt"]);
    let lost = agent.intents().iter().find(|intent| intent.name == "lost_card").unwrap();
    assert!(lost.examples.len() >= 12);
    assert_eq!(agent.node("ask_code").unwrap().kind, NodeKind::Collect("card_code".to_owned()));
    assert!(agent.clone().with_var("bank_api", "http://127.0.0.1:1").is_some());
    assert!(agent.with_var("bank_apy", "x").is_none());
}

#[test]
fn the_good_file_is_good() {
    assert_eq!(problems(GOOD), Vec::<String>::new());
}

// One table of mistakes; splitting it would hide which are missing.
#[allow(clippy::too_many_lines)]
#[test]
fn each_mistake_is_named_with_its_place_and_cure() {
    let cases = [
        (
            "      collect: code",
            "      colect: code",
            "20:7: node `ask` has an unknown key `colect`; did you mean `collect`?",
        ),
        (
            "on: hours, to: ask",
            "on: hours, to: aks",
            "16:31: node `aks` does not exist; did you mean `ask`?",
        ),
        (
            "city: {type: free}",
            "city: {type: free, values: []}",
            "6:30: `values` is empty; name at least one value, or leave it out",
        ),
        (
            "city: {type: free}",
            "city: {type: free, pattern: '[A-Z'}",
            "6:31: `pattern` cannot be used: error: unclosed character class; write a regular expression such as `[A-Z]{2}[0-9]{6}`",
        ),
        (
            "city: {type: free}",
            "city: {type: free, pattern: '(\\w{99}){99}'}",
            "6:31: `pattern` cannot be used: it is too large; write a regular expression such as `[A-Z]{2}[0-9]{6}`",
        ),
        (
            "city: {type: free}",
            "city: {type: free, check: luhn}",
            "6:9: slot `city` has `check` and is not of type digits; make it `type: digits` or leave `check` out",
        ),
        (
            "city: {type: free}",
            "city: {type: number, least: 9, most: 3}",
            "6:9: slot `city`: `least` is above `most`; swap them",
        ),
        (
            "city: {type: free}",
            "city: {type: free, values: [Rome], pattern: Rome}",
            "6:9: slot `city` has `values` and `pattern`; leave one of them out",
        ),
        (
            "city: {type: free}",
            "city: {type: free, values: [Rome, Oslo, Rome]}",
            "6:43: `Rome` is there twice in `values`; leave one of them out",
        ),
        (
            "save: {city: /city}",
            "save: {city: /city}, answer: {type: object, properties: {city: {type: text}}}",
            "8:113: type `text` does not exist; choose from: null, boolean, integer, number, string, array, object",
        ),
        ("collect: code", "collect: cod", "20:16: slot `cod` does not exist; did you mean `code`?"),
        ("tool: check", "tool: chekc", "24:13: tool `chekc` does not exist; did you mean `check`?"),
        (
            "on: hours",
            "on: huors",
            "16:20: outcome or intent `huors` does not exist; did you mean `hours`?",
        ),
        (
            "hello:\n      agent: host",
            "hello:\n      agent: hots",
            "13:14: agent `hots` does not exist; did you mean `host`?",
        ),
        (
            "hours: [when do you open]",
            "hours: []",
            "3:27: intent `hours` has no examples; list sentences that a caller would say for it",
        ),
        (
            "on: hours, to: ask",
            "on: hours, to: check, when: 'code == 1'",
            "22:5: `{code}` may have no value yet at node `check`; fill `code` on every way to it, or leave it out",
        ),
        (
            "say: Hello.",
            "say: Hello {naem}.",
            "14:12: slot or context value `naem` does not exist; choose from: city, code, caller_number, called_number, call_id, ended, disposition",
        ),
        (
            "say: Hello.",
            "say: Hello {code}.",
            "12:5: `{code}` may have no value yet at node `hello`; fill `code` on every way to it, or leave it out",
        ),
        (
            "{on: failed, to: bye}",
            "{on: failed, to: bye, say: \"{city}\"}",
            "25:57: `{city}` may have no value yet at node `check`; fill `city` on every way to it, or leave it out",
        ),
        (
            ", {on: failed, to: bye}",
            "",
            "22:5: node `check` has no edge for `failed`; add `- {on: failed, to: ...}`",
        ),
        (
            "{on: filled, to: check}",
            "{on: filled, when: code == '1', to: check}",
            "17:5: node `ask` has no way on for `filled` when no condition holds; add a last edge for `filled` without `when`",
        ),
        (
            "{on: filled, to: check}",
            "{on: filled, to: check}, {on: done, to: bye}",
            "21:40: `done` cannot happen at node `ask`; use what it can lead to: filled, silence, unknown, voicemail, a threat (injection, harm, abuse, self_harm), any intent",
        ),
        (
            "type: digits",
            "type: digit",
            "5:16: slot type `digit` does not exist; did you mean `digits`?",
        ),
        ("voice: ava", "voice: [ava]", "2:24: `voice` is a list; write text"),
        ("name: kiosk\n", "", "1:1: the agent file has no `name`; add `name:`"),
        (
            "start: hello",
            "start: ask",
            "12:5: node `hello` cannot be reached; draw an edge to it or remove it",
        ),
        (
            "length: 4",
            "length: 0",
            "5:32: `length` is out of bounds; write a whole number from 1 to 32",
        ),
        (
            "http://localhost/",
            "localhost/",
            "8:16: `localhost/{code}` is not an address; begin it with http:// or https://",
        ),
        (
            "save: {city: /city}",
            "save: {city: city}",
            "8:56: `city` is no place in an answer; write it as `/card/ending` or `$.card.ending`",
        ),
        ("say: Hello.", "say: [Hello., {a: 1}]", "14:21: `say` is a mapping; write text"),
        (
            "end: true",
            "end: true, tool: check",
            "26:10: node `bye` has more than one of `collect`, `ask`, `tool`, `talk`, `transfer`, `end`, `decide`; keep one and move the others to nodes of their own",
        ),
    ];
    let mut wrong = Vec::new();
    for (from, to, wanted) in cases {
        let found = broken(from, to);
        if !found.iter().any(|problem| problem == wanted) {
            wrong.push(format!("{to}\n wanted {wanted}\n found {found:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn all_mistakes_are_found_in_one_go() {
    let yaml = GOOD
        .replace("colect", "")
        .replace("say: Hello.", "sya: Hello.")
        .replace("to: ask", "to: nowhere");
    let found = problems(&yaml);
    assert!(found.iter().any(|line| line.contains("unknown key `sya`")), "{found:#?}");
    assert!(found.iter().any(|line| line.contains("node `nowhere` does not exist")), "{found:#?}");
}

#[test]
fn a_condition_can_vouch_for_a_value() {
    let found = broken(
        "on: hours, to: ask",
        "on: hours, to: check, when: code != null}, {on: hours, to: ask",
    );
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn a_graph_without_an_end_is_refused() {
    let found = broken(
        "bye: {agent: host, say: Goodbye., end: true}",
        "bye: {agent: host, say: Hm., ask: intents, edges: [{on: hours, to: ask}]}",
    );
    assert!(
        found
            .iter()
            .any(|line| line.contains("no end of the call can be reached from node `hello`")),
        "{found:#?}"
    );
}

#[test]
fn an_agent_who_would_talk_for_ever_is_refused() {
    let yaml = r#"
name: x
agents: {a: {voice: v}}
graph:
  start: one
  nodes:
    one: {agent: a, say: One., edges: [{on: done, when: visits > 9, to: end}, {on: done, to: two}]}
    two: {agent: a, say: Two., edges: [{on: done, to: one}]}
    end: {agent: a, say: Bye., end: true}
"#;
    let found = problems(yaml);
    assert!(found.iter().any(|line| line.contains("leads back to itself")), "{found:#?}");
}

#[test]
fn rubbish_is_answered_with_one_line() {
    for yaml in [
        "",
        "42",
        "[1, 2]",
        "a: b: c",
        "\u{0}\u{1}",
        "{{{{",
        "name: [",
        "- - -\n",
        "&a [*a]",
        "\t\tx",
    ] {
        let found = problems(yaml);
        assert!(!found.is_empty(), "{yaml:?}");
        assert!(found.len() < 10, "{found:#?}");
    }
}

#[test]
fn truncated_and_mangled_banks_never_panic() {
    for cut in (0..BANK.len()).step_by(301) {
        let _ = Agent::parse(BANK.get(..cut).unwrap_or(""));
    }
    let lines: Vec<&str> = BANK.lines().collect();
    for skip in (0..lines.len()).step_by(7) {
        let kept: Vec<&str> =
            lines.iter().enumerate().filter(|(i, _)| *i != skip).map(|(_, l)| *l).collect();
        let _ = Agent::parse(&kept.join("\n"));
    }
}

#[test]
fn the_example_in_the_documentation_is_correct() {
    let page = include_str!("../../../docs/agent-files.md");
    let yaml = page.split("```yaml").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    assert_eq!(problems(yaml), Vec::<String>::new());
}

#[test]
fn loops_without_the_caller_and_silences_are_found() {
    let again = broken("{on: failed, to: bye}", "{on: failed, to: check}");
    assert!(again.iter().any(|line| line.contains("`check` leads back to itself")), "{again:?}");
    let counted = "{on: failed, when: \"visits < 3\", to: check}, {on: failed, to: bye}";
    assert_eq!(broken("{on: failed, to: bye}", counted), Vec::<String>::new());
    let slow = GOOD.replace("check: {url", "check: {timeout_ms: 9000, url");
    let silent = format!("{slow}fillers: off\n");
    assert!(problems(&silent)[0].contains("`check` can be silent for 9000 ms"));
    let covered = silent.replace("timeout_ms: 9000,", "timeout_ms: 9000, meanwhile: Wait.,");
    assert_eq!(problems(&covered), Vec::<String>::new());
}

/// The keys that the reader knows in a section: it lists them when it meets an unknown one.
fn keys_read(yaml: &str) -> BTreeSet<String> {
    const UNKNOWN: &str = "zzzzzzzzzzzzzz";
    assert!(yaml.contains(UNKNOWN));
    let found = problems(yaml);
    let line = found.iter().find(|line| line.contains(UNKNOWN));
    let line = line.unwrap_or_else(|| panic!("{found:#?}"));
    let (_, keys) = line.split_once("choose from: ").unwrap();
    keys.split(", ").map(str::to_owned).collect()
}

#[test]
fn the_json_schema_knows_the_same_keys() {
    let schema = include_str!("../../../examples/bank/agent.schema.json");
    let schema: serde_json::Value = serde_json::from_str(schema).unwrap();
    let sections = [
        ("", GOOD.replace("name: kiosk", "name: kiosk\nzzzzzzzzzzzzzz: 1")),
        ("/$defs/agent", GOOD.replace("voice: ava", "voice: ava, zzzzzzzzzzzzzz: 1")),
        ("/$defs/router", GOOD.replace("router: {", "router: {zzzzzzzzzzzzzz: 1, ")),
        ("/$defs/slot", GOOD.replace("length: 4", "length: 4, zzzzzzzzzzzzzz: 1")),
        ("/$defs/tool", GOOD.replace("check: {", "check: {zzzzzzzzzzzzzz: 1, ")),
        ("/$defs/phrases", format!("{GOOD}phrases: {{zzzzzzzzzzzzzz: 1}}\n")),
        ("/$defs/limits", format!("{GOOD}limits: {{zzzzzzzzzzzzzz: 1}}\n")),
        ("/$defs/turn_taking", format!("{GOOD}turn_taking: {{zzzzzzzzzzzzzz: 1}}\n")),
        ("/$defs/fillers/anyOf/1", format!("{GOOD}fillers: {{zzzzzzzzzzzzzz: 1}}\n")),
        ("/$defs/after_call", format!("{GOOD}after_call: {{zzzzzzzzzzzzzz: 1}}\n")),
        ("/$defs/graph", GOOD.replace("start: hello", "start: hello\n  zzzzzzzzzzzzzz: 1")),
        ("/$defs/node", GOOD.replace("bye: {", "bye: {zzzzzzzzzzzzzz: 1, ")),
        (
            "/$defs/decision",
            GOOD.replace(
                "bye: {",
                "odd: {agent: host, decide: [{zzzzzzzzzzzzzz: 1, to: bye}]}\n    bye: {",
            ),
        ),
        ("/$defs/edge", GOOD.replace("{on: filled,", "{zzzzzzzzzzzzzz: 1, on: filled,")),
    ];
    for (at, yaml) in sections {
        let properties = schema.pointer(&format!("{at}/properties")).unwrap().as_object().unwrap();
        let described: BTreeSet<String> = properties.keys().cloned().collect();
        assert_eq!(described, keys_read(&yaml), "{at}");
    }
}

#[test]
fn fillers_are_the_languages_own_unless_the_file_has_others() {
    let fillers = |yaml: &str| {
        let agent = Agent::parse(yaml).unwrap();
        agent.personas().next().and_then(|persona| persona.fillers.clone())
    };
    let own = fillers(GOOD).unwrap();
    assert_eq!(own.after_ms, 900);
    assert_eq!(own.texts, ["Hmm.", "Let me see.", "One moment.", BREATH]);
    let spanish = fillers(&format!("{GOOD}language: es-MX\n")).unwrap();
    assert_eq!(spanish.texts[2], "Un momento.");
    assert_eq!(fillers(&format!("{GOOD}language: fr\n")), None);
    for off in ["off", "false"] {
        assert_eq!(fillers(&format!("{GOOD}fillers: {off}\n")), None);
    }
    let later = fillers(&format!("{GOOD}fillers: {{after_ms: 1500}}\n")).unwrap();
    assert_eq!((later.after_ms, later.texts), (1_500, own.texts));
    let others = format!("{GOOD}fillers: {{texts: [Well., \"[breath]\"]}}\nlanguage: fr\n");
    assert_eq!(fillers(&others).unwrap().texts, ["Well.", BREATH]);
}

#[test]
fn mistakes_in_fillers_are_named_with_their_cure() {
    let long = "m".repeat(81);
    let many = vec!["x"; 21].join(", ");
    let cases = [
        ("on", "`fillers` is text; write `off`, or a mapping with `after_ms` and `texts`"),
        ("{after_ms: 299}", "`after_ms` is out of bounds; write a whole number from 300 to 10000"),
        (
            "{after_ms: 10001}",
            "`after_ms` is out of bounds; write a whole number from 300 to 10000",
        ),
        ("{texts: [Hmm.]}", "`texts` holds 1 fillers; write 2 to 20, or `fillers: off`"),
        (&format!("{{texts: [{many}]}}"), "`texts` holds 21 fillers"),
        (
            &format!("{{texts: [Hmm., {long}]}}"),
            "a filler of 81 characters is too long; write at most 80",
        ),
        ("{texts: [Hmm., Hmm.]}", "the filler `Hmm.` is there twice; remove one"),
        (
            "{texts: [Hmm., \"[sigh]\"]}",
            "the sound `[sigh]` does not exist; write `\"[breath]\"` or words",
        ),
        ("{texts: [Hmm., \"So, {city}.\"]}", "the filler `So, {city}.` has a placeholder"),
        ("{after: 900}", "`fillers` has an unknown key `after`"),
    ];
    for (value, wanted) in cases {
        let found = problems(&format!("{GOOD}fillers: {value}\n"));
        assert!(found.iter().any(|line| line.contains(wanted)), "{value}: {found:#?}");
    }
    let found = problems(&format!("{GOOD}language: fr\nfillers: {{after_ms: 900}}\n"));
    assert!(
        found[0].contains("there are no fillers of the language `fr`; add `texts:`"),
        "{found:?}"
    );
}

#[test]
fn turn_taking_knows_the_peers_names() {
    let yaml = format!(
        "{GOOD}turn_taking: {{min_endpointing_delay: 0.5, max_endpointing_delay: 3, \
         min_interruption_duration: 0.2, min_interruption_words: 2, \
         false_interruption_timeout: 2.0, confidence: 0.7, start_secs: 0.1, stop_secs: 0.2}}\n"
    );
    let agent = Agent::parse(&yaml).unwrap();
    let thresholds = agent.turn_taking();
    assert_eq!(thresholds.endpoint_complete_ms, 500);
    assert_eq!(thresholds.endpoint_ms, 500, "never shorter than the shortest wait");
    assert_eq!(thresholds.endpoint_incomplete_ms, 3_000);
    assert_eq!(thresholds.barge_in_ms_min, 200);
    assert_eq!(thresholds.interruption_words_min, 2);
    assert_eq!(thresholds.judge_ms_max, 2_000);
    assert_eq!(thresholds.speech_probability_min, 0.7);
    assert_eq!(thresholds.onset_ms_min, 100);
    assert_eq!(thresholds.preview_silence_ms, 200);
}

#[test]
fn a_threshold_under_two_names_is_a_problem() {
    let found = problems(&format!(
        "{GOOD}turn_taking: {{min_endpointing_delay: 0.5, endpoint_complete_ms: 300}}\n"
    ));
    assert!(found.iter().any(|line| line.contains("set the same thing")), "{found:#?}");
    let found = problems(&format!("{GOOD}turn_taking: {{max_endpointing_delay: 3000}}\n"));
    assert!(found.iter().any(|line| line.contains("from 0 to 60")), "{found:#?}");
}

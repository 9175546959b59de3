//! From the tree of an agent file to the [`Agent`]: every section but the graph.

use std::collections::BTreeMap;

use hearsay_text::clock::Time;
use hearsay_text::language::Language;
use hearsay_text::pii::Pii;
use regex::{Regex, RegexBuilder};

use super::check::check;
use super::error::{AgentErrors, Place};
use super::everywhere::{self, read_everywhere};
use super::fields::{Fields, Reader};
use super::fillers::{Fillers, read_fillers};
use super::model::{
    Agent, DayRule, Intent, Limits, Persona, RemoteModel, Router, Secret, SlotCheck, SlotKind,
    SlotSpec,
};
use super::phrases::{Phrases, read_phrases};
use super::read_after;
use super::read_graph::read_graph;
use super::read_guard::read_guard;
use super::read_tools;
use super::read_turns;
use super::tree::{self, Shape, Tree};
use crate::turn::TurnTaking;

/// Longest time that can be written anywhere, ms: one day.
pub(super) const TIME_MS_MAX: u64 = 24 * 60 * 60_000;
/// Largest compiled `pattern`, bytes.
const PATTERN_BYTES_MAX: usize = 1 << 18;
/// Most digits of a slot.
const DIGITS_MAX: u64 = 32;

/// Reads and checks an agent file.
pub(super) fn parse(yaml: &str) -> Result<Agent, AgentErrors> {
    let tree = tree::parse(yaml).map_err(|problem| AgentErrors { problems: vec![problem] })?;
    let mut reader = Reader::default();
    let agent = read_agent(&mut reader, &tree);
    if let Some((agent, places)) = &agent {
        check(&mut reader, agent, places);
    }
    let mut problems = reader.problems;
    problems.sort();
    problems.dedup();
    match agent {
        Some((agent, _)) if problems.is_empty() => Ok(agent),
        _ => Err(AgentErrors { problems }),
    }
}

/// Where nodes and edges were written, for the checks that come after reading.
#[derive(Debug, Default)]
pub(super) struct GraphPlaces {
    pub graph: Place,
    pub nodes: BTreeMap<String, Place>,
    /// Places of the edges of a node, in order.
    pub edges: BTreeMap<String, Vec<Place>>,
}

fn read_agent(reader: &mut Reader, tree: &Tree) -> Option<(Agent, GraphPlaces)> {
    let mut fields = reader.fields(tree, "the agent file")?;
    let name = fields.need(reader, "name").and_then(|tree| reader.text(tree, "`name`"));
    let language = fields.take("language").and_then(|tree| reader.text(tree, "`language`"));
    let vars = fields.take("vars").map(|tree| read_vars(reader, tree)).unwrap_or_default();
    let secrets = fields.take("secrets").map(|tree| read_secrets(reader, tree)).unwrap_or_default();
    let context = fields.take("context").map(|tree| read_context(reader, tree)).unwrap_or_default();
    let metadata =
        fields.take("metadata").map(|tree| read_metadata(reader, tree)).unwrap_or_default();
    let router = fields.take("router").and_then(|tree| read_router(reader, tree));
    let slots = fields.take("slots").map(|tree| read_slots(reader, tree)).unwrap_or_default();
    let tools =
        fields.take("tools").map(|tree| read_tools::read_tools(reader, tree)).unwrap_or_default();
    let knowledge =
        fields.take("knowledge").map(|tree| reader.texts(tree, "a file of `knowledge`"));
    let model = fields.take("model").and_then(|tree| read_model(reader, tree));
    let favour =
        fields.take("phrases_to_favour").map(|tree| reader.texts(tree, "`phrases_to_favour`"));
    let limits = fields.take("limits").map(|tree| read_limits(reader, tree)).unwrap_or_default();
    let guard = fields.take("guard").map(|tree| read_guard(reader, tree)).unwrap_or_default();
    let turn_taking = fields
        .take("turn_taking")
        .map(|tree| read_turns::read_turn_taking(reader, tree, TurnTaking::default()))
        .unwrap_or_default();
    let language = language.unwrap_or_else(|| "en".to_owned());
    let shared = read_shared(reader, &mut fields, &language);
    let personas = fields.need(reader, "agents").map(|tree| read_personas(reader, tree, &shared));
    let mut places = GraphPlaces::default();
    let everywhere = fields.take("everywhere").map(|tree| read_everywhere(reader, tree));
    let after_call =
        fields.take("after_call").and_then(|tree| read_after::read_after_call(reader, tree));
    let graph = fields.need(reader, "graph");
    let graph = graph.and_then(|tree| read_graph(reader, tree, &turn_taking, &mut places));
    fields.finish(reader);
    let (start, mut nodes) = graph?;
    everywhere::spread(everywhere.unwrap_or_default(), &mut nodes, &slots, &mut places);
    let agent = Agent {
        name: name.unwrap_or_default(),
        language,
        personas: personas.unwrap_or_default(),
        router: router.unwrap_or_default(),
        slots,
        tools,
        knowledge: knowledge.into_iter().flatten().map(|(name, _)| name).collect(),
        model,
        vars,
        secrets,
        context,
        metadata,
        phrases_to_favour: favour.into_iter().flatten().map(|(text, _)| text).collect(),
        start,
        nodes,
        limits,
        turn_taking,
        after_call,
        guard,
    };
    Some((agent, places))
}

fn read_shared(reader: &mut Reader, fields: &mut Fields<'_>, tag: &str) -> Shared {
    let language = Language::from_code(tag).unwrap_or_default();
    let phrases = Phrases::of(language);
    let phrases = match fields.take("phrases") {
        Some(tree) => read_phrases(reader, tree, phrases),
        None => phrases,
    };
    let fillers = match fields.take("fillers") {
        Some(tree) => read_fillers(reader, tree, tag),
        None => Fillers::of(tag),
    };
    Shared { language, phrases, fillers }
}

fn read_vars(reader: &mut Reader, tree: &Tree) -> BTreeMap<String, String> {
    let named = reader.named(tree, "`vars`");
    named
        .into_iter()
        .filter_map(|(key, value)| {
            Some((key.name.clone(), reader.text(value, &format!("`{}`", key.name))?))
        })
        .collect()
}

/// Names of secrets and the environment variables that hold them.
fn read_secrets(reader: &mut Reader, tree: &Tree) -> BTreeMap<String, Secret> {
    let mut secrets = BTreeMap::new();
    for (key, value) in reader.named(tree, "`secrets`") {
        let Some(env) = reader.text(value, &format!("`{}`", key.name)) else { continue };
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if !env.chars().all(is_name) || env.starts_with(|c: char| c.is_ascii_digit()) {
            let cure = "write the name of an environment variable here, never the secret itself";
            reader.problem(value.at, format!("`{}` names no environment variable", key.name), cure);
        }
        secrets.insert(key.name.clone(), Secret { env, value: Pii::new(String::new()) });
    }
    secrets
}

fn read_context(reader: &mut Reader, tree: &Tree) -> serde_json::Map<String, serde_json::Value> {
    let named = reader.named(tree, "`context`");
    named.into_iter().map(|(key, value)| (key.name.clone(), value.to_json())).collect()
}

/// Values of a call, each with what holds where the line does not tell it.
fn read_metadata(reader: &mut Reader, tree: &Tree) -> serde_json::Map<String, serde_json::Value> {
    let mut metadata = serde_json::Map::new();
    for (key, value) in reader.named(tree, "`metadata`") {
        if matches!(value.value, Shape::List(_) | Shape::Map(_)) {
            let cure = "write a text, a number, true, false or null";
            reader.problem(value.at, format!("`{}` is no single value", key.name), cure);
        }
        metadata.insert(key.name.clone(), value.to_json());
    }
    metadata
}

/// What agents have of the network where they set nothing of their own.
struct Shared {
    language: Language,
    phrases: Phrases,
    fillers: Option<Fillers>,
}

fn read_personas(reader: &mut Reader, tree: &Tree, shared: &Shared) -> BTreeMap<String, Persona> {
    let mut personas = BTreeMap::new();
    for (key, value) in reader.named(tree, "`agents`") {
        if let Some(persona) = read_persona(reader, &key.name, value, shared) {
            personas.insert(key.name.clone(), persona);
        }
    }
    if personas.is_empty() {
        reader.problem(tree.at, "`agents` is empty", "add one, such as `host: {voice: ava}`");
    }
    personas
}

fn read_persona(reader: &mut Reader, name: &str, tree: &Tree, shared: &Shared) -> Option<Persona> {
    let languages = Language::ALL.map(|language| (language.code(), language));
    let mut fields = reader.fields(tree, format!("agent `{name}`"))?;
    let persona = fields.take("persona").and_then(|tree| reader.text(tree, "`persona`"));
    let voice = fields.need(reader, "voice").and_then(|tree| reader.text(tree, "`voice`"));
    let speed = fields.take("speed").and_then(|tree| reader.number(tree, "`speed`", 0.5, 2.0));
    let style = fields.take("style").and_then(|tree| reader.text(tree, "`style`"));
    let own = fields.take("language");
    let own = own.and_then(|tree| reader.choice(tree, "language", &languages));
    // Wording of the network is in the network's language.
    let foreign = own.filter(|own| *own != shared.language);
    let phrases = foreign.map_or_else(|| shared.phrases.clone(), Phrases::of);
    let phrases = match fields.take("phrases") {
        Some(tree) => read_phrases(reader, tree, phrases),
        None => phrases,
    };
    let off = shared.fillers.is_none();
    let fillers = match foreign {
        Some(language) if !off => Fillers::of(language.code()),
        _ => shared.fillers.clone(),
    };
    fields.finish(reader);
    Some(Persona {
        name: name.to_owned(),
        persona: persona.unwrap_or_default(),
        voice: voice.unwrap_or_default(),
        speed: speed.map_or(1.0, to_f32),
        style: style.unwrap_or_default(),
        language: own.unwrap_or(shared.language),
        phrases,
        fillers,
    })
}

fn read_router(reader: &mut Reader, tree: &Tree) -> Option<Router> {
    let mut fields = reader.fields(tree, "`router`")?;
    let threshold =
        fields.take("threshold").and_then(|tree| reader.number(tree, "`threshold`", 0.0, 1.0));
    let mut intents = Vec::new();
    if let Some(tree) = fields.need(reader, "intents") {
        for (key, value) in reader.named(tree, "`intents`") {
            let what = format!("an example of intent `{}`", key.name);
            let examples: Vec<String> = match &value.value {
                Shape::List(_) => {
                    reader.texts(value, &what).into_iter().map(|(text, _)| text).collect()
                }
                _ => Vec::new(),
            };
            if examples.is_empty() {
                let cure = "list sentences that a caller would say for it";
                reader.problem(value.at, format!("intent `{}` has no examples", key.name), cure);
            }
            intents.push(Intent { name: key.name.clone(), examples });
        }
    }
    fields.finish(reader);
    Some(Router { intents, probability_min: threshold.map_or(0.5, to_f32) })
}

fn read_model(reader: &mut Reader, tree: &Tree) -> Option<RemoteModel> {
    let mut fields = reader.fields(tree, "`model`")?;
    let base_url = fields.need(reader, "base_url").and_then(|tree| {
        let text = reader.text(tree, "`base_url`")?;
        if !text.starts_with("http://") && !text.starts_with("https://") {
            let what = format!("`{text}` is not an address");
            reader.problem(tree.at, what, "write it as https://host/v1");
        }
        Some(text.trim_end_matches('/').to_owned())
    });
    let name = fields.need(reader, "name").and_then(|tree| reader.text(tree, "`name`"));
    let key = fields.take("api_key_env").and_then(|tree| reader.text(tree, "`api_key_env`"));
    let first = fields.take("first_token_ms");
    let first = first.and_then(|tree| reader.whole(tree, "`first_token_ms`", 50, 60_000));
    let all = fields.take("timeout_ms");
    let all = all.and_then(|tree| reader.whole(tree, "`timeout_ms`", 50, 120_000));
    fields.finish(reader);
    Some(RemoteModel {
        base_url: base_url?,
        name: name?,
        api_key_env: key.unwrap_or_default(),
        first_token_ms: first.unwrap_or(1_500),
        timeout_ms: all.unwrap_or(8_000),
    })
}

fn read_slots(reader: &mut Reader, tree: &Tree) -> BTreeMap<String, SlotSpec> {
    let mut slots = BTreeMap::new();
    for (key, value) in reader.named(tree, "`slots`") {
        let Some(mut fields) = reader.fields(value, format!("slot `{}`", key.name)) else {
            continue;
        };
        let kind = read_slot_kind(reader, &mut fields);
        let description =
            fields.take("description").and_then(|tree| reader.text(tree, "`description`"));
        let check = read_slot_check(reader, &mut fields, kind);
        let private = fields.take("private").and_then(|tree| reader.flag(tree, "`private`"));
        fields.finish(reader);
        let slot = SlotSpec {
            name: key.name.clone(),
            description: description.unwrap_or_default(),
            kind: kind.unwrap_or(SlotKind::Free),
            check,
            private: private.unwrap_or(false),
        };
        slots.insert(key.name.clone(), slot);
    }
    slots
}

fn read_slot_kind(reader: &mut Reader, fields: &mut Fields<'_>) -> Option<SlotKind> {
    let any = SlotKind::Digits { digits_min: 1, digits_max: 32 };
    let kinds = [
        ("digits", any),
        ("yes_no", SlotKind::YesNo),
        ("date", SlotKind::Date),
        ("time", SlotKind::Time),
        ("name", SlotKind::Name),
        ("money", SlotKind::Money),
        ("email", SlotKind::Email),
        ("free", SlotKind::Free),
        ("number", SlotKind::Number),
        ("flag", SlotKind::Flag),
    ];
    let kind =
        fields.need(reader, "type").and_then(|tree| reader.choice(tree, "slot type", &kinds));
    if kind != Some(any) {
        return kind;
    }
    let length =
        fields.take("length").and_then(|tree| reader.whole(tree, "`length`", 1, DIGITS_MAX));
    let min = fields
        .take("length_min")
        .and_then(|tree| reader.whole(tree, "`length_min`", 1, DIGITS_MAX));
    let max = fields
        .take("length_max")
        .and_then(|tree| reader.whole(tree, "`length_max`", 1, DIGITS_MAX));
    let min = length.or(min).unwrap_or(1);
    let max = length.or(max).unwrap_or(DIGITS_MAX);
    if min > max {
        reader.problem(
            fields.at,
            format!("{}: `length_min` is above `length_max`", fields.what),
            "swap them",
        );
    }
    Some(SlotKind::Digits { digits_min: to_usize(min), digits_max: to_usize(max) })
}

/// What a slot's value must be, in the one way that its kind knows.
fn read_slot_check(
    reader: &mut Reader,
    fields: &mut Fields<'_>,
    kind: Option<SlotKind>,
) -> SlotCheck {
    let mut checks = Vec::new();
    if let Some(tree) = fields.take("values") {
        checks.push(("values", "free", SlotCheck::Values(read_values(reader, tree))));
    }
    if let Some(pattern) = fields.take("pattern").and_then(|tree| read_pattern(reader, tree)) {
        checks.push(("pattern", "free", SlotCheck::Pattern(pattern)));
    }
    let luhn =
        fields.take("check").and_then(|tree| reader.choice(tree, "`check`", &[("luhn", ())]));
    if luhn.is_some() {
        checks.push(("check", "digits", SlotCheck::Luhn));
    }
    if let Some(range) = read_range(reader, fields) {
        checks.push(("least` or `most", "number", range));
    }
    let rules = [("past", DayRule::Past), ("future", DayRule::Future), ("birth", DayRule::Birth)];
    let day = fields.take("day").and_then(|tree| reader.choice(tree, "`day`", &rules));
    if let Some(rule) = day {
        checks.push(("day", "date", SlotCheck::Day(rule)));
    }
    if let Some(hours) = read_hours(reader, fields) {
        checks.push(("from` or `until", "time", hours));
    }
    let of_kind = match kind {
        None => return SlotCheck::Any,
        Some(SlotKind::Free) => "free",
        Some(SlotKind::Digits { .. }) => "digits",
        Some(SlotKind::Number) => "number",
        Some(SlotKind::Date) => "date",
        Some(SlotKind::Time) => "time",
        Some(_) => "",
    };
    for (key, wanted, _) in checks.iter().filter(|(_, wanted, _)| *wanted != of_kind) {
        let what = format!("{} has `{key}` and is not of type {wanted}", fields.what);
        reader.problem(fields.at, what, format!("make it `type: {wanted}` or leave `{key}` out"));
    }
    if let [("values", ..), ("pattern", ..), ..] = checks[..] {
        let what = format!("{} has `values` and `pattern`", fields.what);
        reader.problem(fields.at, what, "leave one of them out");
    }
    checks.into_iter().next().map_or(SlotCheck::Any, |(.., check)| check)
}

/// A regular expression for a whole value, in any case of letters.
fn read_pattern(reader: &mut Reader, tree: &Tree) -> Option<Regex> {
    let text = reader.text(tree, "`pattern`")?;
    let whole = format!("^(?:{text})$");
    let built =
        RegexBuilder::new(&whole).case_insensitive(true).size_limit(PATTERN_BYTES_MAX).build();
    let error = match built {
        Ok(regex) => return Some(regex),
        Err(regex::Error::CompiledTooBig(_)) => "it is too large".to_owned(),
        Err(error) => error.to_string().lines().last().unwrap_or_default().to_owned(),
    };
    let cure = "write a regular expression such as `[A-Z]{2}[0-9]{6}`";
    reader.problem(tree.at, format!("`pattern` cannot be used: {error}"), cure);
    None
}

/// The bounds of a number; either may be left out.
fn read_range(reader: &mut Reader, fields: &mut Fields<'_>) -> Option<SlotCheck> {
    let mut bound = |key: &'static str| {
        let tree = fields.take(key)?;
        reader.number(tree, &format!("`{key}`"), f64::MIN, f64::MAX)
    };
    let (least, most) = (bound("least"), bound("most"));
    if least.is_none() && most.is_none() {
        return None;
    }
    let (least, most) = (least.unwrap_or(f64::MIN), most.unwrap_or(f64::MAX));
    if least > most {
        reader.problem(fields.at, format!("{}: `least` is above `most`", fields.what), "swap them");
    }
    Some(SlotCheck::Range(least, most))
}

/// The bounds of a time of day; either may be left out.
fn read_hours(reader: &mut Reader, fields: &mut Fields<'_>) -> Option<SlotCheck> {
    let mut bound = |key: &'static str| {
        let tree = fields.take(key)?;
        let text = reader.text(tree, &format!("`{key}`"))?;
        let time = text.parse::<Time>();
        if time.is_err() {
            let what = format!("`{key}: {text}` is no time of day");
            reader.problem(tree.at, what, "write it as \"19:30\", with quotation marks");
        }
        time.ok()
    };
    let (from, until) = (bound("from"), bound("until"));
    if from.is_none() && until.is_none() {
        return None;
    }
    let (from, until) = (from.unwrap_or(Time::MIN), until.unwrap_or(Time::MAX));
    if from > until {
        reader.problem(fields.at, format!("{}: `from` is after `until`", fields.what), "swap them");
    }
    Some(SlotCheck::Hours(from, until))
}

/// The values that a slot can have, each once.
fn read_values(reader: &mut Reader, tree: &Tree) -> Vec<String> {
    let found = reader.texts(tree, "a value of `values`");
    if found.is_empty() {
        reader.problem(tree.at, "`values` is empty", "name at least one value, or leave it out");
    }
    let mut values: Vec<String> = Vec::new();
    for (value, at) in found {
        if values.contains(&value) {
            let what = format!("`{value}` is there twice in `values`");
            reader.problem(at, what, "leave one of them out");
        } else {
            values.push(value);
        }
    }
    values
}

fn read_limits(reader: &mut Reader, tree: &Tree) -> Limits {
    let mut limits = Limits::default();
    let Some(mut fields) = reader.fields(tree, "`limits`") else { return limits };
    macro_rules! limit {
        ($($name:ident: $kind:ty, $min:expr, $max:expr;)*) => {$(
            let what = concat!("`", stringify!($name), "`");
            if let Some(value) = fields.take(stringify!($name)).and_then(|tree| reader.whole(tree, what, $min, $max)) {
                // The bounds above fit every kind used here.
                limits.$name = <$kind>::try_from(value).unwrap_or(<$kind>::MAX);
            }
        )*};
    }
    limit! {
        call_ms_max: u64, 1_000, TIME_MS_MAX;
        silence_ms_max: u64, 500, TIME_MS_MAX;
        hold_ms_max: u64, 0, TIME_MS_MAX;
        utterance_ms_max: u64, 1_000, 120_000;
        key_ms_max: u64, 500, 60_000;
        digits_ms_max: u64, 0, 60_000;
        goodbye_ms_max: u64, 1_000, 60_000;
        final_ms_max: u64, 100, 60_000;
        think_ms_max: u64, 100, 60_000;
        outside_ms_max: u64, 100, 120_000;
        playback_stall_ms_max: u64, 500, 60_000;
        caller_chars_max: usize, 16, 100_000;
        transcript_lines_max: usize, 1, 100_000;
        engine_failures_max: u32, 0, 100;
        hops_max: u32, 1, 1_000;
    }
    fields.finish(reader);
    limits
}

#[allow(clippy::cast_possible_truncation, reason = "bounded numbers of a few digits")]
pub(super) fn to_f32(number: f64) -> f32 {
    number as f32
}

fn to_usize(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

//! `hearsay bench slm`: the language model's speed on one thread, and what drafts gain by kind of turn.

use std::ops::ControlFlow;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use hearsay_language::grammar::ToolChoice;
use hearsay_language::prompt::{Context, Prompt, Tool, Turn};
use hearsay_language::responder::{Form, Responder, Response, Thread, Wanted};
use hearsay_language::slm::kv::{Precision, Session};
use serde_json::{Value, json};

use super::model_folder;
use crate::report::Percentiles;

/// Length of the prompt whose first token is timed.
const PROMPT_TOKENS: usize = 1000;
/// Replies timed of each kind.
const ROUNDS: usize = 40;
/// Rounds of plain reading and writing; their median is told.
const RAW_ROUNDS: usize = 5;
/// Tokens decoded to time decoding.
const DECODED_TOKENS: usize = 256;
const MS_A_S: f64 = 1000.0;

/// Runs the command.
pub fn run(model: Option<&Path>, as_json: bool) -> Result<ExitCode, String> {
    let responder = model_folder::responder(model)?;
    let prompt = long_prompt(&responder);
    let (prefill, decode) = raw_speed(&responder)?;
    let first = first_token(&responder, &prompt)?;
    let kinds = kinds(&responder)?;
    if as_json {
        let kinds: Vec<Value> = kinds
            .iter()
            .map(|kind| json!({"kind": kind.name, "plain_ms": kind.plain_ms, "drafted_ms": kind.drafted_ms,
                "speed_up": kind.plain_ms / kind.drafted_ms, "tokens": kind.tokens, "passes": kind.passes}))
            .collect();
        let first_token = json!({
            "prefix_cached": [first.prefix.p50, first.prefix.p95],
            "call_cached": [first.call.p50, first.call.p95],
        });
        let report = json!({
            "prefill_tokens_s": prefill,
            "decode_tokens_s": decode,
            "first_token_ms": first_token,
            "call_bytes": first.call_bytes,
            "prefix_bytes": first.prefix_bytes,
            "model_bytes": responder.slm().model.bytes(),
            "kinds": kinds,
        });
        println!("{}", serde_json::to_string(&report).map_err(|e| e.to_string())?);
        return Ok(ExitCode::SUCCESS);
    }
    let config = responder.slm().model.config();
    println!(
        "model                {} layers of {}, {} tokens, {:.1} MB",
        config.layers,
        config.width,
        config.vocabulary,
        responder.slm().model.bytes() as f64 / 1e6
    );
    println!("reading              {prefill:.0} tokens/s (one thread)");
    println!("writing              {decode:.0} tokens/s (one thread, no drafts, no grammar)");
    let told = |what: &str, p: &Percentiles| {
        println!("{what:20} p50 {:.1} ms, p95 {:.1} ms ({})", p.p50, p.p95, p.count)
    };
    println!("first token of a {PROMPT_TOKENS}-token prompt:");
    told("  role, tools cached", &first.prefix);
    told("  call cached", &first.call);
    println!(
        "memory               {:.2} MB a call, {:.2} MB its role and tools, shared",
        first.call_bytes as f64 / 1e6,
        first.prefix_bytes as f64 / 1e6
    );
    for kind in &kinds {
        println!(
            "{:20} {:.1} ms plain, {:.1} ms with drafts: {:.2}x, {:.1} tokens a pass ({} tokens)",
            kind.name,
            kind.plain_ms,
            kind.drafted_ms,
            kind.plain_ms / kind.drafted_ms,
            kind.tokens as f64 / kind.passes as f64,
            kind.tokens
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// Tokens a second, reading in one go and writing one by one.
fn raw_speed(responder: &Responder) -> Result<(f64, f64), String> {
    let model = &responder.slm().model;
    let window = model.config().window;
    let vocabulary = u32::try_from(model.config().vocabulary).unwrap_or(u32::MAX);
    let text: Vec<u32> = (0..u32::try_from(PROMPT_TOKENS.min(window / 2)).unwrap_or(0))
        .map(|number| (number * 7919 + 300) % vocabulary)
        .collect();
    let mut session = Session::new(model, Precision::Half);
    let (mut reading, mut writing) = (Vec::new(), Vec::new());
    for round in 0..=RAW_ROUNDS {
        session.rollback(0);
        let begun = Instant::now();
        session.push(&text).map_err(|e| e.to_string())?;
        let read = text.len() as f64 / begun.elapsed().as_secs_f64();
        session.rollback(text.len() / 4);
        let count = DECODED_TOKENS.min(window / 2);
        let begun = Instant::now();
        for token in &text[..count] {
            session.next_logits(*token).map_err(|e| e.to_string())?;
        }
        // The first round warms up.
        if round > 0 {
            reading.push(read);
            writing.push(count as f64 / begun.elapsed().as_secs_f64());
        }
    }
    Ok((Percentiles::of(reading).p50, Percentiles::of(writing).p50))
}

struct FirstToken {
    prefix: Percentiles,
    call: Percentiles,
    call_bytes: usize,
    prefix_bytes: usize,
}

/// From the caller's last word to the first token.
fn first_token(responder: &Responder, prompt: &Prompt) -> Result<FirstToken, String> {
    let wanted = Wanted { tokens_max: 1, form: Form::Reply(ToolChoice::None), ..Wanted::default() };
    let ask = |thread: &mut Thread, prompt: &Prompt| -> Result<f64, String> {
        let begun = Instant::now();
        let mut first = None;
        let mut on_text = |_: &str| {
            first.get_or_insert_with(|| begun.elapsed());
            ControlFlow::Break(())
        };
        responder.respond(thread, prompt, &wanted, &mut on_text).map_err(|e| e.to_string())?;
        Ok(first.unwrap_or_else(|| begun.elapsed()).as_secs_f64() * MS_A_S)
    };
    let mut before = prompt.clone();
    let last = before.turns.pop().ok_or("the prompt has no turns")?;
    ask(&mut Thread::default(), prompt)?;
    let (mut prefix, mut call, mut call_bytes) = (Vec::new(), Vec::new(), 0);
    for _ in 0..ROUNDS {
        prefix.push(ask(&mut Thread::default(), prompt)?);
        let mut thread = Thread::default();
        responder.read_ahead(&mut thread, &before).map_err(|e| e.to_string())?;
        let mut now = before.clone();
        now.turns.push(last.clone());
        call.push(ask(&mut thread, &now)?);
        call_bytes = thread.bytes();
    }
    let (prefix, call) = (Percentiles::of(prefix), Percentiles::of(call));
    Ok(FirstToken { prefix, call, call_bytes, prefix_bytes: responder.prefix_bytes() })
}

struct Kind {
    name: &'static str,
    plain_ms: f64,
    drafted_ms: f64,
    tokens: usize,
    passes: usize,
}

/// Kinds of turns, each with and without drafts.
fn kinds(responder: &Responder) -> Result<Vec<Kind>, String> {
    let with = |turns: Vec<Turn>, node: &str, facts: &[&str]| Prompt {
        system: ROLE.into(),
        tools: tools(),
        turns,
        context: Context {
            node: node.into(),
            slots: vec![],
            facts: facts.iter().map(ToString::to_string).collect(),
        },
    };
    let caller = |text: &str| Turn::Caller(text.into());
    let call = with(
        vec![caller("I need a table in San Jose for four people at half past seven on March 8th.")],
        "",
        &[],
    );
    let read_back = with(
        vec![caller("It's Alexandra Hamilton, 408 555 0199, at 12 Quay Street.")],
        "read back name=Alexandra Hamilton; read back phone=408 555 0199; read back address=12 Quay Street",
        &[],
    );
    let answer = with(
        vec![caller("Do you allow dogs on the terrace?")],
        "",
        &[
            "Do you allow dogs? Dogs are welcome on the terrace, but not inside the dining room after six in the evening.",
        ],
    );
    let talk = with(vec![caller("Hi, I would like to eat out tonight.")], "", &[]);
    let reply = || Form::Reply(ToolChoice::None);
    let cases = [
        ("tool call", call, Form::Reply(ToolChoice::Required)),
        ("read back", read_back, reply()),
        ("answer from facts", answer, reply()),
        ("free talk", talk, reply()),
    ];
    cases.into_iter().map(|(name, prompt, form)| kind(responder, name, &prompt, form)).collect()
}

fn kind(
    responder: &Responder,
    name: &'static str,
    prompt: &Prompt,
    form: Form,
) -> Result<Kind, String> {
    let time = |draft_tokens_max: usize| -> Result<(f64, Response), String> {
        let wanted = Wanted { form: form.clone(), draft_tokens_max, ..Wanted::default() };
        let mut thread = Thread::default();
        let mut all = Vec::new();
        loop {
            let begun = Instant::now();
            let response = responder
                .respond(&mut thread, prompt, &wanted, &mut |_| ControlFlow::Continue(()))
                .map_err(|e| e.to_string())?;
            all.push(begun.elapsed().as_secs_f64() * MS_A_S);
            if all.len() == ROUNDS {
                return Ok((Percentiles::of(all).p50, response));
            }
        }
    };
    let (plain_ms, plain) = time(0)?;
    let (drafted_ms, drafted) = time(Wanted::default().draft_tokens_max)?;
    if (&plain.text, &plain.call) != (&drafted.text, &drafted.call) {
        return Err(format!("{name}: drafts changed the reply, which is a fault of the decoder"));
    }
    Ok(Kind {
        name,
        plain_ms,
        drafted_ms,
        tokens: drafted.log_probabilities.len(),
        passes: drafted.work.passes,
    })
}

const ROLE: &str = "You are Sara, the phone agent of a booking service. Be brief.";

fn tools() -> Vec<Tool> {
    let text = |about: &str| json!({"type": "string", "description": about, "maxLength": 80});
    let tool = |name: &str, description: &str, slots: &[(&str, &str)]| Tool {
        name: name.into(),
        description: description.into(),
        parameters: json!({"type": "object",
            "properties": slots.iter().map(|(name, about)| ((*name).to_string(), text(about))).collect::<serde_json::Map<_, _>>(),
            "required": slots.iter().map(|(name, _)| *name).collect::<Vec<_>>()}),
    };
    vec![
        tool(
            "find_restaurants",
            "Find restaurants by location",
            &[("city", "City to look in"), ("cuisine", "Kind of food")],
        ),
        tool(
            "reserve_restaurant",
            "Reserve a table at a restaurant",
            &[
                ("city", "City of the restaurant"),
                ("time", "Time of the meal"),
                ("guests", "Number of people"),
                ("date", "Day of the meal"),
            ],
        ),
        tool(
            "find_hotels",
            "Find a hotel",
            &[("city", "City of the hotel"), ("nights", "Number of nights")],
        ),
    ]
}

/// A call that has gone on until its prompt is as long as the figure asks for.
fn long_prompt(responder: &Responder) -> Prompt {
    let mut prompt = Prompt {
        system: ROLE.into(),
        tools: tools(),
        turns: Vec::new(),
        context: Context::default(),
    };
    let exchanges = [
        (
            "What else is there in the old town?",
            "There is also the Harbour Inn, which is quiet and has a garden.",
        ),
        (
            "And how far is that from the station?",
            "It is about ten minutes on foot, along the river.",
        ),
        (
            "Do they have something for children?",
            "Yes, they have a small menu for children and high chairs.",
        ),
        ("Is it open on Sundays?", "It is open on Sundays from noon until nine in the evening."),
    ];
    let length = |prompt: &Prompt| {
        let encoded = responder.format().encode(&responder.slm().tokenizer, prompt);
        encoded.prefix.len()
            + encoded.turns.iter().map(Vec::len).sum::<usize>()
            + encoded.ending.len()
    };
    for (question, answer) in exchanges.iter().cycle() {
        if length(&prompt) + 60 > PROMPT_TOKENS {
            break;
        }
        prompt.turns.push(Turn::Caller((*question).into()));
        prompt.turns.push(Turn::Agent((*answer).into()));
    }
    prompt.turns.push(Turn::Caller(
        "Good, then please book a table there for four people at half past seven on Sunday.".into(),
    ));
    prompt
}

//! `hearsay bench slm`: the language model's speed on one thread, and what drafts gain by kind of turn.

use std::ops::ControlFlow;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use hearsay_language::grammar::ToolChoice;
use hearsay_language::prompt::{Context, Prompt, Tool, Turn};
use hearsay_language::responder::{Form, Responder, Response, Thread, Wanted};
use hearsay_language::slm::generate::Work;
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
            .map(|kind| {
                json!({"kind": kind.name, "plain_ms": kind.plain_ms, "drafted_ms": kind.drafted_ms,
                "speed_up": kind.plain_ms / kind.drafted_ms, "tokens": kind.tokens,
                "passes": kind.work.passes,
                "drafted": kind.work.drafted, "accepted": kind.work.accepted})
            })
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
            "{:20} {:.1} ms plain, {:.1} ms with drafts: {:.2}x \
             ({} tokens in {} passes, {} of {} drafted were right)",
            kind.name,
            kind.plain_ms,
            kind.drafted_ms,
            kind.plain_ms / kind.drafted_ms,
            kind.tokens,
            kind.work.passes,
            kind.work.accepted,
            kind.work.drafted
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
    /// With drafts, summed.
    work: Work,
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
    let said = |text: &str| vec![Turn::Caller(text.into())];
    let calls = CALLS.iter().map(|text| with(said(text), "", &[])).collect();
    let read_backs = READ_BACKS.iter().map(|(text, node)| with(said(text), node, &[])).collect();
    let answers = ANSWERS.iter().map(|(text, fact)| with(said(text), "", &[fact])).collect();
    let talk = TALK.iter().map(|text| with(said(text), "", &[])).collect();
    let reply = || Form::Reply(ToolChoice::None);
    let cases: [(_, Vec<Prompt>, _); 4] = [
        ("tool call", calls, Form::Reply(ToolChoice::Required)),
        ("read back", read_backs, reply()),
        ("answer from facts", answers, reply()),
        ("free talk", talk, reply()),
    ];
    cases.into_iter().map(|(name, prompts, form)| kind(responder, name, &prompts, &form)).collect()
}

/// Means over the prompts.
fn kind(
    responder: &Responder,
    name: &'static str,
    prompts: &[Prompt],
    form: &Form,
) -> Result<Kind, String> {
    let mut kind = Kind { name, plain_ms: 0.0, drafted_ms: 0.0, tokens: 0, work: Work::default() };
    for prompt in prompts {
        let (plain_ms, plain) = time(responder, prompt, form, 0)?;
        let (drafted_ms, drafted) =
            time(responder, prompt, form, Wanted::default().draft_tokens_max)?;
        if (&plain.text, &plain.call) != (&drafted.text, &drafted.call) {
            return Err(format!(
                "{name}: drafts changed the reply, which is a fault of the decoder"
            ));
        }
        kind.plain_ms += plain_ms / prompts.len() as f64;
        kind.drafted_ms += drafted_ms / prompts.len() as f64;
        kind.tokens += drafted.log_probabilities.len();
        kind.work.passes += drafted.work.passes;
        kind.work.drafted += drafted.work.drafted;
        kind.work.accepted += drafted.work.accepted;
    }
    Ok(kind)
}

/// Median time of a reply, ms, and the reply.
fn time(
    responder: &Responder,
    prompt: &Prompt,
    form: &Form,
    draft_tokens_max: usize,
) -> Result<(f64, Response), String> {
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
}

const CALLS: [&str; 6] = [
    "I need a table in San Jose for four people at half past seven on March 8th.",
    "Can you find me a Mexican restaurant in Oakland?",
    "Find me a hotel in Santa Barbara for three nights, please.",
    "Please reserve a table in Walnut Creek at 8 pm tomorrow, there will be six of us.",
    "Is there any good Vietnamese food in Salt Lake City?",
    "We are looking for somewhere to stay in New Orleans for two nights.",
];
/// What the caller said and what the node asks for.
const READ_BACKS: [(&str, &str); 6] = [
    (
        "It's Alexandra Hamilton, 408 555 0199, at 12 Quay Street.",
        "read back name=Alexandra Hamilton; read back phone=408 555 0199; read back address=12 Quay Street",
    ),
    (
        "A table at the Harbour Inn in San Jose for four people at half past seven on March 8th.",
        "read back restaurant=Harbour Inn; read back city=San Jose; \
         read back guests=four; read back time=half past seven; read back date=March 8th",
    ),
    (
        "I want to send 250 dollars to Maria Gonzales from my savings account.",
        "read back amount=250 dollars; read back recipient=Maria Gonzales; read back account=savings",
    ),
    (
        "Leaving from Salt Lake City to New Orleans next Wednesday at 10:30 am.",
        "read back origin=Salt Lake City; read back destination=New Orleans; \
         read back date=next Wednesday; read back time=10:30 am",
    ),
    (
        "My order number is 4471 9023 and the name is Jonathan Whitfield.",
        "read back order=4471 9023; read back name=Jonathan Whitfield",
    ),
    (
        "Book the Grand Pacific Hotel in Santa Barbara from March 3rd for five nights.",
        "read back hotel=Grand Pacific Hotel; read back city=Santa Barbara; \
         read back date=March 3rd; read back nights=five",
    ),
];
/// What the caller asked and the passage that answers it.
const ANSWERS: [(&str, &str); 4] = [
    (
        "Do you allow dogs on the terrace?",
        "Do you allow dogs? Dogs are welcome on the terrace, but not \
         inside the dining room after six in the evening.",
    ),
    (
        "Is there parking at the hotel?",
        "Is parking available? There is free parking for guests behind the building.",
    ),
    (
        "How late can I check in?",
        "When is check-in? Check-in is from 3 pm until midnight; later arrivals call the night desk.",
    ),
    (
        "Can I pay with a credit card?",
        "Which cards do you take? Visa and Mastercard are accepted, cash is not.",
    ),
];
const TALK: [&str; 3] = [
    "Hi, I would like to eat out tonight.",
    "Good morning, how are you?",
    "Thank you, that is all for today.",
];

const ROLE: &str = "You are Sara, the phone agent of a booking service. Be brief.";

fn tools() -> Vec<Tool> {
    let text = |about: &str| json!({"type": "string", "description": about, "maxLength": 80});
    let property = |(name, about): &(&str, &str)| ((*name).to_string(), text(about));
    let tool = |name: &str, description: &str, slots: &[(&str, &str)]| Tool {
        name: name.into(),
        description: description.into(),
        parameters: json!({"type": "object",
            "properties": slots.iter().map(property).collect::<serde_json::Map<_, _>>(),
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

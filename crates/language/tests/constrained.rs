//! A model under a grammar: random weights, which would write anything, write only what the grammar allows.

use hearsay_language::grammar::schema::Objects;
use hearsay_language::grammar::{Grammar, Tool, ToolCall, ToolChoice, Vocabulary};
use hearsay_language::slm::generate::{End, Generation, Options, Work};
use hearsay_language::slm::kv::{Precision, Session};
use hearsay_language::slm::{Sampling, Slm, load};
use serde_json::{Value, json};

/// A byte-level tokenizer with the control tokens `<|user|>` and `<|end|>`.
fn tiny() -> Slm {
    load(include_bytes!("data/tiny_llama.gguf")).unwrap()
}

/// An output under a grammar, as tokens.
fn run(slm: &Slm, grammar: &Grammar, sampling: Sampling, draft: usize) -> (Vec<u32>, End, Work) {
    let mut session = Session::new(&slm.model, Precision::Float);
    let end = slm.tokenizer.special("<|end|>").unwrap();
    let options = Options {
        tokens_max: 100,
        stop: vec![end],
        sampling,
        draft_tokens_max: draft,
        ..Options::default()
    };
    let prompt = slm.tokenizer.encode("Book it.");
    let generation = Generation::new(&mut session, &prompt, options).unwrap();
    let mut generation = generation.constrained(Box::new(grammar.begin()));
    let mut tokens = Vec::new();
    while let Some(step) = generation.step().unwrap() {
        tokens.push(step.token);
    }
    (tokens, generation.end().unwrap(), generation.work())
}

fn samplings() -> impl Iterator<Item = Sampling> {
    let random = |seed| Sampling::Random { temperature: 1.0, top_p: 1.0, seed };
    [Sampling::Greedy].into_iter().chain((1..6).map(random))
}

/// Bounded, so that every output comes to an end.
fn parameters() -> Value {
    json!({"type": "object", "required": ["day", "people"], "properties": {
        "day": {"type": "string", "format": "date"},
        "people": {"type": "integer", "minimum": 1, "maximum": 12},
        "area": {"enum": ["inside", "outside"]}}})
}

#[test]
fn json_by_a_schema_is_what_comes_out_with_and_without_drafts() {
    let slm = tiny();
    let vocabulary = Vocabulary::of_tokenizer(&slm.tokenizer).unwrap();
    let grammar = Grammar::json(&vocabulary, &parameters(), Objects::Closed).unwrap();
    for sampling in samplings() {
        let (plain, end, work) = run(&slm, &grammar, sampling, 0);
        assert_ne!(end, End::TokensMax);
        let text = slm.tokenizer.decode(&plain);
        let value: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{text}: {e}"));
        assert!(value["day"].as_str().is_some_and(|day| day.len() == 10), "{text}");
        assert!((1..=12).contains(&value["people"].as_u64().unwrap()), "{text}");
        let (drafted, end_too, work_too) = run(&slm, &grammar, sampling, 16);
        assert_eq!((&drafted, end_too), (&plain, end), "{sampling:?}");
        assert!(work_too.accepted > 0 && work_too.passes < work.passes, "{work_too:?} {work:?}");
    }
}

#[test]
fn a_required_call_is_one_whatever_the_model_would_say() {
    let slm = tiny();
    let vocabulary = Vocabulary::of_tokenizer(&slm.tokenizer).unwrap();
    let call_token = slm.tokenizer.special("<|user|>").unwrap();
    let tools = [Tool { name: "book".into(), parameters: parameters() }];
    let choice = ToolChoice::Named("book".into());
    let grammar = Grammar::reply(&vocabulary, &tools, &choice, Some(call_token)).unwrap();
    let mut called = 0;
    for sampling in samplings() {
        let (plain, end, _) = run(&slm, &grammar, sampling, 0);
        assert_eq!(run(&slm, &grammar, sampling, 16).0, plain, "{sampling:?}");
        // Random weights may talk on until the tokens are used up.
        let Some(place) = plain.iter().position(|&token| token == call_token) else {
            assert_eq!(end, End::TokensMax, "{}", slm.tokenizer.decode(&plain));
            continue;
        };
        if end != End::TokensMax {
            let call = ToolCall::parse(&slm.tokenizer.decode(&plain[place + 1..])).unwrap();
            assert!(call.name == "book" && call.arguments["day"].is_string(), "{call:?}");
            called += 1;
        }
    }
    assert!(called > 0);
}

//! How long a grammar takes: to compile, to begin, and for one mask over a vocabulary of usual size.
//!
//!     cargo run --release -p hearsay-language --example grammar_speed -- TEXT [TOKENS]
//!
//! TEXT is a file of plain text, from which TOKENS (8000) pieces are taken by how often they come.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use hearsay_language::grammar::schema::Objects;
use hearsay_language::grammar::{Grammar, Piece, Tool, ToolChoice, Vocabulary};
use hearsay_language::slm::constraint::{Constraint, TokenMask};
use serde_json::json;

/// Bytes of the text that are looked at.
const TEXT_BYTES_MAX: usize = 2_000_000;
const SAID: &str = "Sure, I can book that for you. One moment.";
const CALL: &str = r#"{"name":"book_table","arguments":{"name":"Ann Lee","day":"2026-11-25","people":4,"area":"outside","note":"near the window, please"}}"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("give a file of text")?;
    let count = std::env::args().nth(2).map_or(Ok(8000), |count| count.parse::<usize>())?;
    let words = pieces(&std::fs::read(path)?, count.max(512) - 256);
    let bytes: Vec<Vec<u8>> = (0..=255).map(|byte| vec![byte]).collect();
    let all: Vec<&Vec<u8>> = bytes.iter().chain(&words).collect();
    let mut vocabulary: Vec<Piece<'_>> = all.iter().map(|word| Piece::Text(word)).collect();
    let call_token = u32::try_from(vocabulary.len())?;
    vocabulary.extend([Piece::Control; 8]);
    let ids: HashMap<Vec<u8>, u32> = all.iter().map(|w| w.to_vec()).zip(0..).collect();
    let encode = move |text: &str| longest(&ids, text.as_bytes());
    let begin = Instant::now();
    let made = Vocabulary::new(&vocabulary, Some(Box::new(encode.clone())))?;
    println!("vocabulary of {} tokens: {:.1} ms", made.tokens(), ms(begin.elapsed()));
    let begin = Instant::now();
    let grammar = Grammar::reply(&made, &tools(), &ToolChoice::Auto, Some(call_token))?;
    println!("compiled, {} tools: {:.1} ms", tools().len(), ms(begin.elapsed()));
    let mut tokens = encode(SAID);
    tokens.push(call_token);
    tokens.extend(encode(CALL));
    for round in ["first", "second", "third"] {
        run(round, &grammar, &tokens, made.tokens())?;
    }
    let begin = Instant::now();
    let json = Grammar::json(&made, &json!({"type": "object"}), Objects::Open)?;
    println!("any object, compiled: {:.1} ms", ms(begin.elapsed()));
    run("any object", &json, &encode(CALL), made.tokens())
}

fn run(
    round: &str,
    grammar: &Grammar,
    tokens: &[u32],
    width: usize,
) -> Result<(), Box<dyn std::error::Error>> {
    let begin = Instant::now();
    let mut follower = grammar.begin();
    let begun = begin.elapsed();
    let mut mask = TokenMask::new(width);
    let (mut times, mut drafted) = (Vec::with_capacity(tokens.len()), 0);
    let whole = Instant::now();
    for &token in tokens {
        let begin = Instant::now();
        follower.allowed(&mut mask)?;
        times.push(begin.elapsed());
        drafted += usize::from(mask.tokens().count() == 1);
        follower.accept(token)?;
    }
    let whole = whole.elapsed();
    times.sort();
    let mean = times.iter().sum::<Duration>() / u32::try_from(times.len())?;
    println!(
        "{round}: begun in {:.0} us; {} tokens, {drafted} of them forced; a mask {:.1} us in the mean, {:.1} in the middle, {:.0} at most; \
         mask and step {:.1} us; ended {}",
        us(begun),
        times.len(),
        us(mean),
        us(times[times.len() / 2]),
        us(times[times.len() - 1]),
        us(whole / u32::try_from(times.len())?),
        follower.can_stop()
    );
    Ok(())
}

/// The pieces of two to eight bytes that save the most, words with the space before them first of all.
fn pieces(text: &[u8], count: usize) -> Vec<Vec<u8>> {
    let mut counts: HashMap<&[u8], usize> = HashMap::new();
    let text = &text[..text.len().min(TEXT_BYTES_MAX)];
    for word in text.split_inclusive(|byte| *byte == b' ').filter(|word| word.is_ascii()) {
        for length in 2..=word.len().min(8) {
            *counts.entry(&word[..length]).or_default() += length - 1;
        }
    }
    let mut ranked: Vec<(&[u8], usize)> = counts.into_iter().collect();
    ranked.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    ranked.into_iter().take(count).map(|(piece, _)| piece.to_vec()).collect()
}

fn longest(ids: &HashMap<Vec<u8>, u32>, mut text: &[u8]) -> Vec<u32> {
    let mut tokens = Vec::new();
    while !text.is_empty() {
        let found = (1..=text.len().min(8)).rev().find_map(|n| Some((n, *ids.get(&text[..n])?)));
        let (length, token) = found.unwrap_or((1, u32::from(text[0])));
        tokens.push(token);
        text = &text[length..];
    }
    tokens
}

fn tools() -> Vec<Tool> {
    let book = json!({"type": "object", "required": ["name", "day", "people"], "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 60},
        "day": {"type": "string", "format": "date"},
        "people": {"type": "integer", "minimum": 1, "maximum": 20},
        "area": {"enum": ["inside", "outside", "terrace"]},
        "note": {"type": "string", "maxLength": 200}}});
    let pay = json!({"type": "object", "required": ["to", "amount"], "properties": {
        "to": {"type": "string"}, "amount": {"type": "number", "exclusiveMinimum": 0, "multipleOf": 0.01}}});
    let find = json!({"type": "object", "required": ["query"], "properties": {
        "query": {"type": "string"}, "limit": {"type": "integer", "minimum": 1, "maximum": 5}}});
    let named = [
        ("book_table", book),
        ("pay", pay),
        ("find", find),
        ("hang_up", json!({"type": "object"})),
    ];
    named.into_iter().map(|(name, parameters)| Tool { name: name.into(), parameters }).collect()
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn us(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

//! How fast a language model reads and writes on one thread, and what a call costs.
//!
//!     cargo run --release -p hearsay-language --example slm_speed -- model.gguf

use std::time::{Duration, Instant};

use hearsay_language::slm::generate::{Generation, Options};
use hearsay_language::slm::kv::{Precision, Prefix, Session};
use hearsay_language::slm::speculate::{Draft, PromptLookup};
use hearsay_language::slm::{Slm, load};

const PREFIX_TOKENS: usize = 960;
const TURN_TOKENS: usize = 40;
const OUTPUT_TOKENS: usize = 128;
const RUNS: usize = 5;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("give the path of a GGUF file")?;
    let begin = Instant::now();
    let Slm { model, tokenizer } = load(&std::fs::read(path)?)?;
    let config = model.config();
    println!("loaded in {:?}: {:.1} MB of weights", begin.elapsed(), megabytes(model.bytes()));
    println!("{config:?}");
    if let Some(warning) = tokenizer.warning() {
        println!("{warning}");
    }
    let (window, vocabulary) = (config.window, config.vocabulary as u32);
    // Tokens without a pattern, then some of them once more, as a read-back has.
    let token = |n: u32| n.wrapping_mul(2_654_435_761) % vocabulary;
    let length = PREFIX_TOKENS.min(window.saturating_sub(TURN_TOKENS + OUTPUT_TOKENS));
    let prompt: Vec<u32> = (0..length as u32).map(token).collect();

    let (prefix, took) = best(|| Prefix::new(&model, &prompt, Precision::Half))?;
    let rate = prompt.len() as f64 / took.as_secs_f64();
    println!("prefill of {}: {took:?}, {rate:.0} tokens/s", prompt.len());
    println!("prefix: {:.2} MB, once for all calls", megabytes(prefix.bytes()));

    let mut text = prompt.clone();
    text.extend((0..TURN_TOKENS as u32).map(|n| token(n + 7)));
    let (_, first) = best(|| {
        let mut session = Session::after(&prefix);
        let options = Options { draft_tokens_max: 0, ..Options::default() };
        Generation::new(&mut session, &text, options)?.step()
    })?;
    println!("first token of a turn of {TURN_TOKENS} after the prefix: {first:?}");

    decode("decode after a short prompt", &mut Session::new(&model, Precision::Half), &text[..8])?;
    let mut session = Session::after(&prefix);
    decode("decode after the prefix", &mut session, &text)?;
    println!("a call after that: {:.2} MB of its own", megabytes(session.bytes()));
    Ok(())
}

/// Times outputs without a draft, with prompt lookup, and with a draft that is always right.
fn decode(
    what: &str,
    session: &mut Session,
    text: &[u32],
) -> Result<(), Box<dyn std::error::Error>> {
    let mut output = Vec::new();
    let mut plain = Options { tokens_max: OUTPUT_TOKENS, ..Options::default() };
    plain.draft_tokens_max = 0;
    let drafting = Options { draft_tokens_max: 8, ..plain.clone() };
    for (name, options) in [("plain", &plain), ("lookup", &drafting), ("known", &drafting)] {
        let mut lookup = PromptLookup::default();
        let mut known = Known { text: [text, &output].concat() };
        let ((found, work), took) = best(|| {
            let mut generation = Generation::new(session, text, options.clone())?;
            match name {
                "lookup" => generation = generation.drafted(&mut lookup),
                "known" => generation = generation.drafted(&mut known),
                _ => {}
            }
            // The first token is the prompt's.
            let mut tokens = Vec::new();
            while let Some(step) = generation.step()? {
                tokens.push(step.token);
            }
            Ok::<_, hearsay_language::slm::SlmError>((tokens, generation.work()))
        })?;
        if name == "plain" {
            output.clone_from(&found);
        }
        assert_eq!(found, output, "a draft changed the output");
        let rate = found.len() as f64 / took.as_secs_f64();
        println!("{what}, {name}: {rate:.0} tokens/s, {work:?}");
    }
    Ok(())
}

/// A draft that knows what comes.
struct Known {
    text: Vec<u32>,
}

impl Draft for Known {
    fn draft(
        &mut self,
        text: &[u32],
        most: usize,
        out: &mut Vec<u32>,
    ) -> Result<(), hearsay_language::slm::SlmError> {
        out.extend(self.text.iter().skip(text.len()).take(most));
        Ok(())
    }
}

/// The result and the shortest time of some runs.
fn best<R, E>(mut run: impl FnMut() -> Result<R, E>) -> Result<(R, Duration), E> {
    let mut shortest = Duration::MAX;
    let mut result = run()?;
    for _ in 0..RUNS {
        let begin = Instant::now();
        result = run()?;
        shortest = shortest.min(begin.elapsed());
    }
    Ok((result, shortest))
}

fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

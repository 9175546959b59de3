//! How long the router takes for one utterance, by number of intents.
//!
//!     cargo run --release -p hearsay-language --example router_speed -- crates/weights/data/router_en.bin

use std::time::Instant;

use hearsay_language::{IntentExamples, Router};

const UTTERANCE: &str = "hi um i think i lost my card somewhere and i would like a new one please";
const RUNS: u32 = 2000;
/// (intents, examples of each)
const SETS: [(usize, usize); 4] = [(2, 10), (20, 15), (50, 20), (150, 100)];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("give the path of the router's weight file")?;
    let router = Router::load(&std::fs::read(path)?)?;
    for (count, examples) in SETS {
        let intents: Vec<IntentExamples> = (0..count).map(|n| intent(n, examples)).collect();
        let begin = Instant::now();
        let set = router.intents(&intents)?;
        let prepared = begin.elapsed();
        let begin = Instant::now();
        for _ in 0..RUNS {
            std::hint::black_box(router.classify(&set, std::hint::black_box(UTTERANCE)));
        }
        let each = begin.elapsed() / RUNS;
        println!(
            "{count} intents of {examples} examples: prepared in {prepared:?}, {each:?} an utterance"
        );
    }
    Ok(())
}

/// An intent whose examples share some words with the utterance, as real ones do.
fn intent(number: usize, examples: usize) -> IntentExamples {
    let examples = (0..examples)
        .map(|n| format!("i would like to have topic {number} card variant {n} please"));
    // Letters, since the router reads every digit alike.
    let letters = |text: String| text.replace(|c: char| c.is_ascii_digit(), "q");
    IntentExamples { name: format!("intent {number}"), examples: examples.map(letters).collect() }
}

//! How long signs and capitals take for one turn, by its length.
//!
//!     cargo run --release -p hearsay-language --example punctuate_speed -- WEIGHTS
//!
//! WEIGHTS is crates/weights/data/punctuate_en.bin.

use std::time::Instant;

use hearsay_language::punctuate::Punctuator;

const TURN: &str =
    "hi um i think i lost my card somewhere in london and i would like a new one can you send it";
const RUNS: u32 = 500;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("give the path of the punctuation weights")?;
    let punctuator = Punctuator::load(&std::fs::read(path)?)?;
    let turn: Vec<&str> = TURN.split(' ').collect();
    println!("{}", punctuator.restore(&turn).join(" "));
    for count in [1, 5, 20, 100] {
        let words: Vec<&str> = turn.iter().copied().cycle().take(count).collect();
        let mut best = f64::INFINITY;
        for _ in 0..RUNS {
            let begin = Instant::now();
            std::hint::black_box(punctuator.restore(std::hint::black_box(&words)));
            best = best.min(begin.elapsed().as_secs_f64());
        }
        println!("{count} words: {:.3} ms at best of {RUNS}", best * 1000.0);
    }
    Ok(())
}

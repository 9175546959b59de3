//! Packs a dictionary in CMUdict's text form into the bytes that `Lexicon::load` reads.
//!
//! `cargo run -p hearsay-text --example pack_lexicon -- cmudict.dict lexicon_en.bin`

use std::process::ExitCode;

use hearsay_text::g2p::lexicon::{Lexicon, encode, parse_cmudict};

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [from, to] = args.as_slice() else {
        eprintln!("pack_lexicon: give a dictionary file and the file to write");
        return ExitCode::from(2);
    };
    match run(from, to) {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("pack_lexicon: {message}");
            ExitCode::from(2)
        }
    }
}

fn run(from: &str, to: &str) -> Result<String, String> {
    let text = std::fs::read_to_string(from).map_err(|e| format!("{from}: {e}"))?;
    let entries = parse_cmudict(&text);
    let bytes = encode(&entries).map_err(|e| e.to_string())?;
    let lexicon = Lexicon::load(&bytes).map_err(|e| e.to_string())?;
    if let Some((word, _)) = entries.iter().find(|(w, v)| lexicon.get(w) != *v) {
        return Err(format!("{word} does not come back as it went in"));
    }
    std::fs::write(to, &bytes).map_err(|e| format!("{to}: {e}"))?;
    Ok(format!("{} words, {} bytes", lexicon.len(), bytes.len()))
}

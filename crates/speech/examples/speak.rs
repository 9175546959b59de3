//! Speaks lines of phones and measures the synthesiser.
//!
//! ```text
//! cargo run --release -p hearsay-speech --example speak -- WEIGHTS VOICE OUT_FOLDER < lines.txt
//! ```
//!
//! Each line is one sentence: words separated by ` | `, each `text/PH ON ES`
//! with a `,`, `.` or `?` after the last phone where a pause follows. Writes `NNN.wav`
//! and prints the time to the first chunk (text network included) and the real-time factor.

use std::io::BufRead;
use std::path::Path;
use std::time::Instant;

use hearsay_speech::synthesiser::{Pause, Prosody, SpokenWord, Synthesiser};

fn parse(line: &str) -> Vec<SpokenWord> {
    let mut words = Vec::new();
    for part in line.split('|') {
        let (text, phones) = part.trim().split_once('/').unwrap_or((part.trim(), ""));
        let mut phones: Vec<String> = phones.split_whitespace().map(str::to_owned).collect();
        let after = match phones.last().map(String::as_str) {
            Some(",") => Some(Pause::Comma),
            Some(".") => Some(Pause::Period),
            Some("?") => Some(Pause::Question),
            _ => None,
        };
        if after.is_some() {
            phones.pop();
        }
        words.push(SpokenWord { text: text.to_owned(), phones, after });
    }
    words
}

/// 16-bit mono WAV.
fn wav(samples: &[f32]) -> Vec<u8> {
    let bytes = samples.len() as u32 * 2;
    let mut out = Vec::with_capacity(44 + samples.len() * 2);
    out.extend(b"RIFF");
    out.extend((36 + bytes).to_le_bytes());
    out.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    out.extend(16_000_u32.to_le_bytes());
    out.extend(32_000_u32.to_le_bytes());
    out.extend(b"\x02\0\x10\0data");
    out.extend(bytes.to_le_bytes());
    out.extend(samples.iter().flat_map(|x| ((x * 32767.0) as i16).to_le_bytes()));
    out
}

fn percentile(values: &mut [f64], part: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get((values.len() as f64 * part) as usize).copied().unwrap_or(f64::NAN)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().collect();
    let [_, weights, voice, out] = args.as_slice() else {
        return Err("usage: speak WEIGHTS VOICE OUT_FOLDER < lines.txt".into());
    };
    let read = |name: &str| std::fs::read(Path::new(weights).join(name));
    let description = String::from_utf8(read("tts_meta.json")?)?;
    let synthesiser = Synthesiser::load(
        &read("tts_text.onnx")?,
        &read("tts_frames.onnx")?,
        &read("tts_vocoder.onnx")?,
        &description,
    )?;
    std::fs::create_dir_all(out)?;
    let (mut firsts, mut busy, mut spoken) = (Vec::new(), 0.0, 0.0);
    for (number, line) in std::io::stdin().lock().lines().enumerate() {
        let words = parse(&line?);
        let started = Instant::now();
        let mut utterance = synthesiser.begin(&words, &Prosody::plain(voice))?;
        let mut samples = Vec::new();
        while let Some(chunk) = utterance.next_chunk(&synthesiser)? {
            if samples.is_empty() {
                firsts.push(started.elapsed().as_secs_f64() * 1000.0);
            }
            samples.extend(chunk);
        }
        busy += started.elapsed().as_secs_f64();
        spoken += samples.len() as f64 / 16_000.0;
        std::fs::write(Path::new(out).join(format!("{number:03}.wav")), wav(&samples))?;
    }
    let (p50, p95) = (percentile(&mut firsts, 0.5), percentile(&mut firsts, 0.95));
    println!(
        "{} sentences, {spoken:.1} s of speech, real-time factor {:.4}, first chunk p50 {p50:.1} ms, p95 {p95:.1} ms",
        firsts.len(),
        busy / spoken
    );
    Ok(())
}

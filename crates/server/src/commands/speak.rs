//! `hearsay speak` and `hearsay voices`.

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hearsay_audio::coding::SoundEncoder;
use hearsay_audio::spectrogram;
use hearsay_engine::{EngineError, Models, SpeechOptions, SpeechPiece, SpeechStream, WordTime};
use hearsay_speech::voice::Voice;
use hearsay_text::g2p::dictionary::PronunciationDictionary;
use serde_json::json;

use super::{OutFile, models, write};
use crate::cli::SpeakArgs;

/// Bytes of the standard input that are taken at once: what a program writes at once is far less.
const INPUT_BYTES: usize = 4096;
/// Longest dictionary file, bytes.
const DICTIONARY_BYTES_MAX: u64 = 1024 * 1024;
/// Stands for the standard input.
const STDIN: &str = "-";

/// Runs `speak`.
pub fn run(args: &SpeakArgs) -> Result<ExitCode, String> {
    let models = models()?;
    let options = options(args, &models)?;
    let rate_hz = options.sample_rate_hz;
    let mut stream = SpeechStream::new(models, options).map_err(|error| flagged(&error))?;
    let encoder = SoundEncoder::new(args.encoding.coding(), rate_hz, !args.no_wav_header)
        .map_err(|error| error.to_string())?;
    let mut taker = Taker::new(args, encoder);
    if args.text == STDIN {
        read_input(&mut stream, &mut taker)?;
    } else {
        stream.push_text(&args.text).map_err(|error| flagged(&error))?;
    }
    stream.finish_text();
    taker.all_of(&mut stream)?;
    taker.finish(args, rate_hz)
}

fn options(args: &SpeakArgs, models: &Models) -> Result<SpeechOptions, String> {
    let own = SpeechOptions::of(models);
    let usual = if args.encoding.coding().is_g711() { 8000 } else { own.sample_rate_hz };
    let dictionary = args.dictionary.as_deref().map(dictionary).transpose()?;
    Ok(SpeechOptions {
        voice: args.voice.clone().unwrap_or(own.voice),
        speed: args.speed,
        emotion: args.emotion.parse().map_err(|error| format!("--{error}"))?,
        language_code: args.language.clone(),
        dictionary: dictionary.map(Arc::new),
        sample_rate_hz: args.sample_rate.unwrap_or(usual),
        watermark: args.watermark,
    })
}

/// An engine's error with the flag that it is about.
fn flagged(error: &EngineError) -> String {
    match error {
        EngineError::Speech(error) if error.field() != "text" => {
            format!("--{}", error.to_string().replacen('_', "-", 1))
        }
        other => other.to_string(),
    }
}

/// Reads a dictionary: the JSON of the API, or what [`PronunciationDictionary::parse`] reads.
fn dictionary(path: &Path) -> Result<PronunciationDictionary, String> {
    let shown = path.display();
    let fail = |what: String| format!("--dictionary {shown}: {what}");
    let meta = std::fs::metadata(path)
        .map_err(|e| fail(format!("cannot be read ({e}); give an existing file")))?;
    if meta.len() > DICTIONARY_BYTES_MAX {
        return Err(fail(format!("{} bytes are over {DICTIONARY_BYTES_MAX}", meta.len())));
    }
    let text = std::fs::read_to_string(path).map_err(|e| fail(format!("cannot be read ({e})")))?;
    let made = match hearsay_wire::waves::dictionary_items(text.as_bytes()) {
        Ok(pairs) => {
            let pairs = pairs.iter().map(|(word, said)| (word.as_str(), said.as_str()));
            PronunciationDictionary::from_pairs(pairs)
        }
        Err(_) => PronunciationDictionary::parse(&text),
    };
    made.map_err(|error| fail(error.to_string()))
}

/// Speaks the standard input while it comes.
fn read_input(stream: &mut SpeechStream, taker: &mut Taker) -> Result<(), String> {
    let mut input = std::io::stdin().lock();
    let mut bytes = vec![0; INPUT_BYTES];
    // Bytes of a character whose rest has not come.
    let mut open = Vec::new();
    loop {
        let count = input.read(&mut bytes).map_err(|e| format!("the standard input: {e}"))?;
        open.extend_from_slice(&bytes[..count]);
        let end = count == 0;
        let text = complete_text(&mut open, end)?;
        stream.push_text(&text).map_err(|error| flagged(&error))?;
        if end {
            return Ok(());
        }
        taker.all_of(stream)?;
    }
}

/// Takes the whole characters from the front of `open`; at the end nothing may be left.
fn complete_text(open: &mut Vec<u8>, end: bool) -> Result<String, String> {
    let valid = match std::str::from_utf8(open) {
        Ok(text) => text.len(),
        Err(error) if error.error_len().is_none() && !end => error.valid_up_to(),
        Err(_) => return Err("the standard input is not UTF-8 text; convert it".to_string()),
    };
    let rest = open.split_off(valid);
    let whole = std::mem::replace(open, rest);
    Ok(String::from_utf8(whole).unwrap_or_default())
}

/// Where the pieces go.
struct Taker {
    encoder: SoundEncoder,
    out: OutFile,
    words: Vec<WordTime>,
    /// All samples, only when they are to be drawn.
    drawn: Option<Vec<f32>>,
    samples: usize,
}

impl Taker {
    fn new(args: &SpeakArgs, encoder: SoundEncoder) -> Self {
        let drawn = args.spectrogram.is_some().then(Vec::new);
        let out = OutFile::new(&args.out);
        Self { encoder, out, words: Vec::new(), drawn, samples: 0 }
    }

    /// Takes everything that the stream can say now.
    fn all_of(&mut self, stream: &mut SpeechStream) -> Result<(), String> {
        while let Some(piece) = stream.next_piece().map_err(|error| flagged(&error))? {
            self.take(piece)?;
        }
        Ok(())
    }

    fn take(&mut self, piece: SpeechPiece) -> Result<(), String> {
        self.samples += piece.samples.len();
        self.words.extend(piece.words);
        let bytes = self.encoder.push(&piece.samples).map_err(|error| error.to_string())?;
        if let Some(drawn) = &mut self.drawn {
            drawn.extend(piece.samples);
        }
        self.out.write(&bytes)
    }

    fn finish(mut self, args: &SpeakArgs, rate_hz: u32) -> Result<ExitCode, String> {
        let bytes = self.encoder.finish().map_err(|error| error.to_string())?;
        self.out.write(&bytes)?;
        if let Some(header) = self.encoder.exact_header() {
            self.out.write_start_again(&header)?;
        }
        if let Some(path) = &args.timestamps {
            let word = |word: &WordTime| json!({ "word": word.text, "start_ms": word.start_ms, "end_ms": word.end_ms });
            let words: Vec<_> = self.words.iter().map(word).collect();
            write(path, format!("{:#}\n", json!(words)).as_bytes())?;
        }
        if let (Some(path), Some(samples)) = (&args.spectrogram, &self.drawn) {
            let picture = spectrogram::png(samples, rate_hz, &spectrogram::Picture::default())
                .map_err(|e| e.to_string())?;
            write(path, &picture)?;
        }
        let seconds = self.samples as f64 / f64::from(rate_hz);
        eprintln!("{}: {seconds:.2} s", args.out.display());
        Ok(ExitCode::SUCCESS)
    }
}

/// A text as speech.
pub struct Said {
    /// All of it, -1 to 1.
    pub samples: Vec<f32>,
    /// From the request to the first audio.
    pub first_after: Duration,
}

/// Says a text, as `rate_hz` in all other ways plain, on this thread.
pub fn say(models: &Arc<Models>, text: &str, rate_hz: u32) -> Result<Said, String> {
    let asked = Instant::now();
    let options = SpeechOptions { sample_rate_hz: rate_hz, ..SpeechOptions::of(models) };
    let mut stream = SpeechStream::new(models.clone(), options).map_err(|e| e.to_string())?;
    stream.push_text(text).map_err(|e| e.to_string())?;
    stream.finish_text();
    let mut said = Said { samples: Vec::new(), first_after: Duration::ZERO };
    while let Some(piece) = stream.next_piece().map_err(|e| e.to_string())? {
        if said.samples.is_empty() {
            said.first_after = asked.elapsed();
        }
        said.samples.extend(piece.samples);
    }
    Ok(said)
}

/// Runs `voices`.
pub fn voices(json: bool) -> Result<ExitCode, String> {
    let models = models()?;
    for voice in models.voices() {
        if json {
            let line = json!({
                "name": voice.name,
                "gender": voice.gender,
                "language": voice.language,
                "category": voice.category,
                "variant": voice.variant,
                "description": voice.description,
            });
            println!("{line}");
        } else {
            let Voice { name, category, variant, description, .. } = &*voice;
            println!("{name:18} {category:15} {variant:14} {description}");
        }
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::complete_text;

    #[test]
    fn characters_are_never_cut() {
        let text = "¿Qué? नमस्ते.";
        for size in 1..5 {
            let (mut open, mut joined) = (Vec::new(), String::new());
            for part in text.as_bytes().chunks(size) {
                open.extend_from_slice(part);
                joined += &complete_text(&mut open, false).unwrap();
            }
            assert_eq!((joined.as_str(), open.len()), (text, 0));
        }
        assert!(complete_text(&mut vec![b'a', 0xFF, b'b'], false).is_err());
        assert!(complete_text(&mut vec![0xC3], true).is_err());
    }
}

//! Who says the sentences: our voices, the person of the recording, and free synthesisers as anchors.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hearsay_engine::{Models, SpeechOptions, SpeechStream};
use hearsay_text::language::Language;

use super::programs;
use super::sentences::Sentence;
use super::work_folder::WorkFolder;
use crate::hearing::Clip;

/// Flite's voices that are taken: a man and a woman.
const FLITE_VOICES: [&str; 2] = ["rms", "slt"];

/// One row of the table.
pub struct Speaker {
    /// As the table names it.
    pub name: String,
    kind: Kind,
}

enum Kind {
    /// One of our voices; `chosen` when it says the lines that name no voice.
    Ours {
        models: Arc<Models>,
        voice: String,
        chosen: bool,
    },
    Human,
    Flite {
        program: PathBuf,
        voice: &'static str,
    },
    Espeak {
        program: PathBuf,
    },
}

/// A sentence as somebody says it.
pub struct Rendering {
    /// The sound at its own rate.
    pub clip: Clip,
    /// Time to make it; not of a recording.
    pub took: Option<Duration>,
    /// Lengths of the pieces it was made in, in samples; of our own.
    pub pieces: Option<Vec<usize>>,
}

/// Our voices in the order asked for, then those that lines name, then people and anchors; and a line for each anchor that
/// this machine lacks.
///
/// # Errors
/// When there is no such voice; `manifest` names the file whose line asks for it.
pub fn all(
    models: &Arc<Models>,
    voices: &[String],
    manifest: &str,
    sentences: &[Sentence],
) -> Result<(Vec<Speaker>, Vec<String>), String> {
    let mut speakers = ours(models, voices, manifest, sentences)?;
    if sentences.iter().any(|sentence| sentence.recording.is_some()) {
        speakers.push(Speaker { name: "human".to_string(), kind: Kind::Human });
    }
    let mut lacking = Vec::new();
    match programs::find("flite") {
        Some(program) => {
            let known = programs::output(Command::new(&program).arg("-lv"), "")?;
            for voice in FLITE_VOICES {
                // It would take another voice without a word.
                if known.split_whitespace().any(|known| known == voice) {
                    let kind = Kind::Flite { program: program.clone(), voice };
                    speakers.push(Speaker { name: format!("flite {voice}"), kind });
                } else {
                    lacking.push(format!("flite has no voice {voice} here: it is left out"));
                }
            }
        }
        None => lacking.push("flite not found: it is left out".to_string()),
    }
    match programs::find("espeak-ng") {
        Some(program) => {
            speakers
                .push(Speaker { name: "espeak-ng".to_string(), kind: Kind::Espeak { program } });
        }
        None => lacking.push("espeak-ng not found: it is left out".to_string()),
    }
    Ok((speakers, lacking))
}

fn ours(
    models: &Arc<Models>,
    voices: &[String],
    manifest: &str,
    sentences: &[Sentence],
) -> Result<Vec<Speaker>, String> {
    let known: Vec<String> = models.voices().iter().map(|voice| voice.name.clone()).collect();
    let is_known = |place: &str, voice: &String| {
        let hint = || format!("{place}: there is no voice {voice:?}; see `hearsay voices`");
        known.contains(voice).then_some(()).ok_or_else(hint)
    };
    let mut chosen: Vec<&String> = Vec::new();
    for voice in voices {
        is_known("--voice", voice)?;
        if !chosen.contains(&voice) {
            chosen.push(voice);
        }
    }
    if voices.is_empty() {
        chosen.extend(known.first());
    }
    let mut named: Vec<&String> = Vec::new();
    for sentence in sentences {
        let Some(voice) = &sentence.voice else { continue };
        is_known(&format!("{manifest}:{}", sentence.line), voice)?;
        if !chosen.contains(&voice) && !named.contains(&voice) {
            named.push(voice);
        }
    }
    let without = sentences.iter().any(|sentence| sentence.voice.is_none());
    let said = |voice: &&String| {
        without || sentences.iter().any(|sentence| sentence.voice.as_ref() == Some(*voice))
    };
    let speaker = |voice: &String, chosen| Speaker {
        name: format!("hearsay {voice}"),
        kind: Kind::Ours { models: models.clone(), voice: voice.clone(), chosen },
    };
    let chosen = chosen.into_iter().filter(said).map(|voice| speaker(voice, true));
    Ok(chosen.chain(named.into_iter().map(|voice| speaker(voice, false))).collect())
}

impl Speaker {
    /// Whether this row has the sentence.
    pub fn says(&self, sentence: &Sentence) -> bool {
        match &self.kind {
            Kind::Ours { voice, chosen, .. } => {
                sentence.voice.as_ref().map_or(*chosen, |named| named == voice)
            }
            Kind::Human => sentence.recording.is_some(),
            Kind::Flite { .. } => sentence.language == Language::English,
            Kind::Espeak { .. } => true,
        }
    }

    /// Whether it is the reference itself.
    pub fn is_human(&self) -> bool {
        matches!(self.kind, Kind::Human)
    }

    /// Says the sentence.
    ///
    /// # Errors
    /// One line: a model or a program fails, or a file cannot be read.
    pub fn say(&self, sentence: &Sentence, folder: &WorkFolder) -> Result<Rendering, String> {
        let scratch = folder.scratch("said.wav");
        let text = sentence.text.as_str();
        match &self.kind {
            Kind::Ours { models, voice, .. } => say_ours(models, voice, sentence),
            Kind::Human => {
                let path = sentence.recording.as_ref().ok_or("there is no recording")?;
                Ok(Rendering { clip: Clip::read(path, None, None)?, took: None, pieces: None })
            }
            Kind::Flite { program, voice } => {
                let mut command = Command::new(program);
                command.args(["-voice", voice, "-t", text, "-o"]).arg(&scratch);
                say_elsewhere(&mut command, "", &scratch)
            }
            Kind::Espeak { program } => {
                let accent = match sentence.language {
                    Language::English => "en-us",
                    other => other.code(),
                };
                let mut command = Command::new(program);
                command.args(["-v", accent, "--stdin", "-w"]).arg(&scratch);
                // By its standard input, so that no sentence is taken for an option.
                say_elsewhere(&mut command, text, &scratch)
            }
        }
    }
}

fn say_ours(models: &Arc<Models>, voice: &str, sentence: &Sentence) -> Result<Rendering, String> {
    let options = SpeechOptions {
        voice: voice.to_string(),
        language_code: Some(sentence.language.code().to_string()),
        ..SpeechOptions::of(models)
    };
    let rate_hz = options.sample_rate_hz;
    let started = Instant::now();
    let stream = SpeechStream::new(models.clone(), options);
    let mut stream = stream.map_err(|e| e.to_string())?;
    stream.push_text(&sentence.text).map_err(|e| e.to_string())?;
    stream.finish_text();
    let (mut samples, mut pieces) = (Vec::new(), Vec::new());
    while let Some(piece) = stream.next_piece().map_err(|e| e.to_string())? {
        pieces.push(piece.samples.len());
        samples.extend(piece.samples);
    }
    let took = Some(started.elapsed());
    Ok(Rendering { clip: Clip { samples, rate_hz }, took, pieces: Some(pieces) })
}

fn say_elsewhere(
    command: &mut Command,
    input: &str,
    scratch: &std::path::Path,
) -> Result<Rendering, String> {
    let started = Instant::now();
    programs::output(command, input)?;
    let took = Some(started.elapsed());
    Ok(Rendering { clip: Clip::read(scratch, None, None)?, took, pieces: None })
}

//! `hearsay eval tts`: our voices beside people and free synthesisers, by the same measures.
//!
//! Intelligibility is judged by a recogniser of others, naturalness by a predictor that the user brings. Every sound is
//! brought to 16 kHz and one loudness first, so that neither decides.

mod predictor;
mod programs;
mod recogniser;
mod report;
mod sentences;
mod speakers;
mod work_folder;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use hearsay_audio::level;
use hearsay_text::normalize::normalize_text_in;

use self::predictor::Predictor;
use self::recogniser::Recogniser;
use self::report::{Report, Row, Tally};
use self::sentences::Sentence;
use self::speakers::{Rendering, Speaker};
use self::work_folder::WorkFolder;
use super::manifest;
use crate::cli::EvalTtsArgs;
use crate::commands::models;
use crate::commands::progress::Progress;
use crate::hearing::{Clip, Line};
use crate::score::{Frames, align, plain_words, voice_distance};

/// The rate at which sounds are measured and kept, Hz.
const RATE_HZ: u32 = 16_000;
/// The loudness of every sound, dBFS RMS, and its highest peak, dBFS.
const LEVEL_DBFS: (f32, f32) = (-20.0, -1.0);
/// Silence before and after a sound that a recogniser is given, samples: 0.3 s.
const MARGIN_SAMPLES: usize = 4800;
/// RMS of the noise in what a recogniser is given: no microphone gives digital silence.
const NOISE_RMS: f32 = 3e-4;

/// Runs the command.
pub fn run(args: &EvalTtsArgs) -> Result<ExitCode, String> {
    let sentences = manifest::spread(sentences::read(&args.manifest)?, args.limit);
    if sentences.is_empty() {
        return Err("--limit 0: there are no sentences to score; give at least 1".to_string());
    }
    let predictor = args.predictor.as_deref();
    let predictor = predictor.map(|own| Predictor::new(own, args.predictor_files)).transpose()?;
    let models = models()?;
    let name = args.manifest.display().to_string();
    let (speakers, lacking) = speakers::all(&models, &args.voices, &name, &sentences)?;
    let recogniser = Recogniser::start(args.recogniser.as_deref())?;
    let folder = WorkFolder::new(args.out.as_deref())?;
    let mut judges = Judges { folder, recogniser, predictor };
    let mut rows: Vec<Scored> = speakers.into_iter().map(Scored::new).collect();
    let mut progress = Progress::new(&name, Some(sentences.len() as u64), false);
    for (index, sentence) in sentences.iter().enumerate() {
        progress.advance_to(index as u64);
        let scored = score(sentence, &mut rows, &mut judges);
        scored.map_err(|e| format!("{name}:{}: {e}", sentence.line))?;
    }
    for row in &mut rows {
        row.predict(&judges)?;
    }
    drop(progress);
    let mut notes = lacking;
    notes.extend(judges.notes(&sentences));
    let rows = rows.iter().map(|row| Row::of(&row.speaker.name, &row.tally)).collect();
    let report = Report { rows, notes };
    if args.json {
        println!("{}", serde_json::to_string(&report).map_err(|e| e.to_string())?);
    } else {
        println!("{}", report.render());
    }
    Ok(ExitCode::SUCCESS)
}

/// What is needed to judge a sound.
struct Judges {
    folder: WorkFolder,
    recogniser: Option<Recogniser>,
    predictor: Option<Predictor>,
}

/// A speaker and what it has got so far.
struct Scored {
    speaker: Speaker,
    tally: Tally,
    /// Sounds that the predictor has not been given.
    waiting: Vec<PathBuf>,
}

/// Lets everybody say a sentence.
fn score(sentence: &Sentence, rows: &mut [Scored], judges: &mut Judges) -> Result<(), String> {
    let reference = match &sentence.recording {
        Some(path) => {
            let samples = levelled(Clip::read(path, None, None)?)?;
            let silent = || format!("{}: there is nothing but silence in it", path.display());
            Some(Frames::of(&samples).ok_or_else(silent)?)
        }
        None => None,
    };
    for row in rows.iter_mut().filter(|row| row.speaker.says(sentence)) {
        let scored = row.add(sentence, reference.as_ref(), judges);
        scored.map_err(|e| format!("{}: {e}", row.speaker.name))?;
    }
    Ok(())
}

impl Scored {
    fn new(speaker: Speaker) -> Self {
        Self { speaker, tally: Tally::default(), waiting: Vec::new() }
    }

    fn add(
        &mut self,
        sentence: &Sentence,
        reference: Option<&Frames>,
        judges: &mut Judges,
    ) -> Result<(), String> {
        let Rendering { clip, took, pieces } = self.speaker.say(sentence, &judges.folder)?;
        let tally = &mut self.tally;
        tally.sentences += 1;
        tally.audio_s += clip.seconds();
        tally.took_s += took.map_or(0.0, |took| took.as_secs_f64());
        if let Some(pieces) = pieces {
            tally.seams.add(&clip.samples, clip.rate_hz, &pieces);
        }
        let samples = levelled(clip)?;
        let kept = judges.folder.keep(&self.speaker.name, sentence.line, &samples)?;
        if let Some(reference) = reference.filter(|_| !self.speaker.is_human()) {
            let frames = Frames::of(&samples).ok_or("it says nothing but silence")?;
            let distance = voice_distance(reference, &frames);
            let long = "too long to be aligned; give a recording of one sentence";
            tally.distances.push(distance.ok_or(long)?);
        }
        if let Some(heard) = judges.hear(sentence, &samples)? {
            let words = |text: &str| plain_words(&normalize_text_in(text, sentence.language));
            let edits = align(&words(&sentence.text), &words(&heard));
            tally.words += edits.ok_or("the recogniser heard too many words to be aligned")?;
        }
        self.waiting.push(kept);
        let batch = judges.predictor.as_ref().map_or(usize::MAX, Predictor::files_max);
        if self.waiting.len() >= batch { self.predict(judges) } else { Ok(()) }
    }

    /// Gives the predictor what waits.
    fn predict(&mut self, judges: &Judges) -> Result<(), String> {
        let waiting = std::mem::take(&mut self.waiting);
        let Some(predictor) = judges.predictor.as_ref().filter(|_| !waiting.is_empty()) else {
            return Ok(());
        };
        let files: Vec<&Path> = waiting.iter().map(PathBuf::as_path).collect();
        self.tally.naturalness.extend(predictor.scores(&files)?);
        Ok(())
    }
}

impl Judges {
    /// What the recogniser understands; `None` where there is none for the language.
    fn hear(&mut self, sentence: &Sentence, samples: &[f32]) -> Result<Option<String>, String> {
        let Some(recogniser) = &mut self.recogniser else { return Ok(None) };
        if !recogniser.knows(sentence.language) {
            return Ok(None);
        }
        let path = self.folder.lend("heard.wav", &with_margins(samples))?;
        recogniser.words(&path).map(Some)
    }

    /// What is not in the table, and what to do for it.
    fn notes(&self, sentences: &[Sentence]) -> Vec<String> {
        let mut notes = Vec::new();
        match &self.recogniser {
            None => notes.push(
                "PocketSphinx not found: pip install pocketsphinx, or give --recogniser COMMAND; \
                 no WER without it"
                    .to_string(),
            ),
            Some(recogniser) => {
                let unknown = sentences.iter().filter(|s| !recogniser.knows(s.language)).count();
                if unknown > 0 {
                    notes.push(format!(
                        "PocketSphinx knows English alone: {unknown} sentences are not in the WER; \
                         give --recogniser COMMAND"
                    ));
                }
            }
        }
        if self.predictor.is_none() {
            notes.push("no --predictor COMMAND: naturalness is left out".to_string());
        }
        if sentences.iter().all(|sentence| sentence.recording.is_none()) {
            notes.push("no human recordings: distances are left out".to_string());
        }
        notes
    }
}

/// A sound at the rate and loudness at which all are measured.
fn levelled(clip: Clip) -> Result<Vec<f32>, String> {
    let through = Line { rate_hz: Some(RATE_HZ), codec: None };
    let mut samples = clip.through(through)?.samples;
    level::normalise_rms(&mut samples, RATE_HZ, LEVEL_DBFS.0, LEVEL_DBFS.1);
    Ok(samples)
}

/// A sound with silence around it and a little noise all over, the same each time.
fn with_margins(samples: &[f32]) -> Vec<f32> {
    let margin = || std::iter::repeat_n(0.0, MARGIN_SAMPLES);
    let mut out: Vec<f32> = margin().chain(samples.iter().copied()).chain(margin()).collect();
    // Uniform noise between -a and a has an RMS of a / sqrt(3).
    let scale = NOISE_RMS * 3f32.sqrt() / 2f32.powi(31);
    let mut random = 0x9E37_79B9u32;
    for sample in &mut out {
        // xorshift32, Marsaglia 2003.
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        *sample += (random as f32 - 2f32.powi(31)) * scale;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recogniser_hears_one_loudness_with_a_quiet_room_around() {
        let samples: Vec<f32> = (0..24_000).map(|n| 0.01 * (n as f32 * 0.1).sin()).collect();
        let sound = levelled(Clip { samples, rate_hz: 24_000 }).unwrap();
        assert_eq!(sound.len(), 16_000);
        assert!((level::rms_dbfs(&sound) + 20.0).abs() < 0.1);
        let heard = with_margins(&sound);
        assert_eq!(heard.len(), 16_000 + 2 * MARGIN_SAMPLES);
        let (before, after) = (&heard[..MARGIN_SAMPLES], &heard[16_000 + MARGIN_SAMPLES..]);
        for margin in [before, after] {
            assert!((level::rms(margin) / NOISE_RMS - 1.0).abs() < 0.05);
        }
        assert_eq!(with_margins(&sound), heard);
    }

    #[test]
    fn silence_stays_silence() {
        let sound = levelled(Clip { samples: vec![0.0; 100], rate_hz: RATE_HZ }).unwrap();
        assert_eq!(sound, vec![0.0; 100]);
    }
}

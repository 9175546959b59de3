//! `hearsay transcribe`: recordings into text, utterance by utterance, with the
//! ear and the endpointing of a call.

mod show;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use hearsay_engine::Engine;
use hearsay_language::router::IntentSet;

use self::show::{Show, Spoken};
use super::progress::Progress;
use super::{engine_of, formatting};
use crate::cli::TranscribeArgs;
use crate::hearing::{Heard, Listener, Told, WavFile};

/// Most phrases that can be favoured.
const PHRASES_MAX: usize = 1000;

/// Runs the command. A file that cannot be read does not stop the others.
pub fn run(args: &TranscribeArgs) -> Result<ExitCode, String> {
    let engine = engine_of(args.model.as_deref(), None)?;
    let hearing = Hearing {
        intents: Arc::new(engine.models().intents(&[]).map_err(|e| e.to_string())?),
        engine,
        phrases: phrases(args.phrases.as_deref())?,
    };
    let mut code = ExitCode::SUCCESS;
    let mut show = Show::new(args);
    for file in &args.files {
        if let Err(error) = hearing.transcribe(file, args, &mut show) {
            show.abandon();
            eprintln!("hearsay: {error}");
            code = ExitCode::from(super::BAD_INPUT);
        }
    }
    Ok(code)
}

/// Phrases as they are given on the command line, parted by commas.
pub fn phrases(list: Option<&str>) -> Result<Vec<String>, String> {
    let phrases = list.unwrap_or_default().split(',').map(str::trim);
    let phrases: Vec<String> = phrases.filter(|p| !p.is_empty()).map(str::to_string).collect();
    if phrases.len() > PHRASES_MAX {
        return Err(format!("--phrases: {} are too many; give {PHRASES_MAX}", phrases.len()));
    }
    Ok(phrases)
}

/// What all files share.
struct Hearing {
    engine: Arc<Engine>,
    intents: Arc<IntentSet>,
    phrases: Vec<String>,
}

impl Hearing {
    fn transcribe(
        &self,
        path: &Path,
        args: &TranscribeArgs,
        show: &mut Show,
    ) -> Result<(), String> {
        let mut file = WavFile::open(path)?;
        let channels = if args.mix { 1 } else { file.channels() };
        let formatting = formatting(args.punctuation(), args.itn(), args.language);
        let open = |_| {
            let (engine, intents) = (&self.engine, self.intents.clone());
            Listener::open(engine, intents, file.rate_hz(), &formatting, &self.phrases)
        };
        let mut listeners: Vec<Listener> =
            (0..channels).map(open).collect::<Result<_, _>>().map_err(|e| named(path, &e))?;
        let quiet = show.needs_the_terminal();
        let mut progress = Progress::new(&path.display().to_string(), file.promised_ms(), quiet);
        show.begin(path, channels);
        while let Some(block) = file.next_block()? {
            for (channel, listener) in listeners.iter_mut().enumerate() {
                let samples = one_channel(&block, file.channels(), channel, args.mix);
                listener.hear(&samples, &mut |told| tell(show, channel, told))?;
            }
            progress.advance_to(listeners.first().map_or(0, Listener::heard_ms));
        }
        for (channel, listener) in listeners.iter_mut().enumerate() {
            listener.finish(&mut |told| tell(show, channel, told))?;
        }
        drop(progress);
        if file.truncated() {
            eprintln!(
                "hearsay: {}: the file is shorter than its header says; using what is there",
                path.display()
            );
        }
        show.end();
        Ok(())
    }
}

fn named(path: &Path, error: &str) -> String {
    format!("{}: {error}", path.display())
}

/// One channel of a block, or all of them averaged.
fn one_channel(block: &[f32], channels: usize, channel: usize, mix: bool) -> Vec<f32> {
    if mix && channels > 1 {
        let frames = block.chunks_exact(channels);
        return frames.map(|frame| frame.iter().sum::<f32>() / channels as f32).collect();
    }
    block.iter().skip(channel).step_by(channels.max(1)).copied().collect()
}

fn tell(show: &mut Show, channel: usize, told: Told) {
    match told.what {
        Heard::Onset => {}
        Heard::Interim { sequence, text, stable, start_ms, end_ms } => {
            show.interim(channel, sequence, &text, stable, start_ms, end_ms);
        }
        Heard::Final { heard, .. } => {
            if !heard.text.expose().is_empty() {
                show.spoken(Spoken::new(channel, heard));
            }
        }
    }
}

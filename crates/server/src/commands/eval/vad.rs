//! `hearsay eval vad`: where speech is, against what the detector says.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use hearsay_audio::resample::resample;
use hearsay_dialog::TurnTaking;
use hearsay_engine::VoiceMeter;
use hearsay_speech::silero::{SileroRate, SileroVad};
use hearsay_speech::vad::Vad;
use serde::Serialize;

use super::manifest;
use super::table::Table;
use super::{figure, percent};
use crate::cli::EvalVadArgs;
use crate::commands::progress::Progress;
use crate::commands::{model_folder, models};
use crate::hearing::onset_ms;
use crate::hearing::{Clip, Line};
use crate::report::Percentiles;
use crate::score::{Detection, Scored, auc, detection};

/// Milliseconds of a frame that is scored.
const FRAME_MS: u64 = 20;

/// Runs the command.
pub fn run(args: &EvalVadArgs) -> Result<ExitCode, String> {
    if !(0.0..=1.0).contains(&args.threshold) {
        return Err(format!("--threshold {}: give a probability from 0 to 1", args.threshold));
    }
    let (lines, folder) = manifest::vad(&args.manifest)?;
    let lines = manifest::spread(lines, args.limit);
    let detectors = detectors(args.model.as_deref())?;
    let name = args.manifest.display().to_string();
    let mut progress = Progress::new(&name, Some(lines.len() as u64), false);
    let mut tallies: Vec<BTreeMap<String, Tally>> =
        detectors.iter().map(|_| BTreeMap::new()).collect();
    for (index, line) in lines.iter().enumerate() {
        progress.advance_to(index as u64);
        let path = folder.join(&line.audio);
        let through = Line { rate_hz: args.rate, codec: args.codec };
        let clip = Clip::read(&path, None, None)?.through(through);
        let clip = clip.map_err(|e| format!("{}: {e}", path.display()))?;
        let group = manifest::group(line.group.as_ref(), &line.audio);
        for (detector, tally) in detectors.iter().zip(&mut tallies) {
            let speech = detector.hear(&clip).map_err(|e| format!("{}: {e}", path.display()))?;
            tally.entry(group.clone()).or_default().add(&speech, &line.speech, args.threshold);
        }
    }
    drop(progress);
    let report: BTreeMap<&str, Vec<Row>> = detectors
        .iter()
        .zip(&tallies)
        .map(|(detector, groups)| (detector.name.as_str(), rows(groups, args.threshold)))
        .collect();
    if args.json {
        println!("{}", serde_json::to_string(&report).map_err(|e| e.to_string())?);
    } else {
        print(&report);
    }
    Ok(ExitCode::SUCCESS)
}

/// Something that gives a probability of speech every 20 ms.
struct Detector {
    name: String,
    net: Net,
}

enum Net {
    /// One of our own kind.
    Own(Vad),
    /// One of Silero's.
    Silero(SileroVad),
}

impl Detector {
    fn hear(&self, clip: &Clip) -> Result<Vec<f32>, String> {
        match &self.net {
            Net::Own(vad) => {
                let mut meter = VoiceMeter::new(clip.rate_hz).map_err(|e| e.to_string())?;
                meter.hear(vad, &clip.samples).map_err(|e| e.to_string())
            }
            Net::Silero(vad) => silero(vad, clip),
        }
    }
}

/// Silero's nets take 16 kHz, and some of them 8 kHz: a telephone's recording is
/// heard at its own rate where that can be.
fn silero(vad: &SileroVad, clip: &Clip) -> Result<Vec<f32>, String> {
    let narrow = clip.rate_hz <= SileroRate::Hz8000.hz();
    let rate = if narrow { SileroRate::Hz8000 } else { SileroRate::Hz16000 };
    let state = vad.state(rate.hz()).or_else(|_| vad.state(SileroRate::Hz16000.hz()));
    let mut state = state.map_err(|e| e.to_string())?;
    let samples = resample(&clip.samples, clip.rate_hz, state.rate().hz());
    vad.push(&mut state, &samples.map_err(|e| e.to_string())?).map_err(|e| e.to_string())
}

/// The built-in detector, and the one of a file beside it.
fn detectors(model: Option<&Path>) -> Result<Vec<Detector>, String> {
    let mut detectors =
        vec![Detector { name: "hearsay".to_string(), net: Net::Own(models()?.vad.clone()) }];
    if let Some(path) = model {
        let bytes = model_folder::bytes(path)?;
        // A file of neither kind is refused in Silero's words: it is the usual one.
        let net = match Vad::load(&bytes) {
            Ok(vad) => Net::Own(vad),
            Err(_) => SileroVad::load(&bytes)
                .map(Net::Silero)
                .map_err(|e| format!("{}: {e}", path.display()))?,
        };
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        detectors.push(Detector { name, net });
    }
    Ok(detectors)
}

/// One group's frames and onsets.
#[derive(Default)]
struct Tally {
    frames: Vec<Scored>,
    onsets_ms: Vec<f64>,
    stretches: usize,
}

impl Tally {
    fn add(&mut self, speech: &[f32], truth: &[(u64, u64)], threshold: f32) {
        self.frames.extend(speech.iter().enumerate().map(|(index, score)| {
            let middle_ms = index as u64 * FRAME_MS + FRAME_MS / 2;
            let inside = |(start, end): &(u64, u64)| (*start..*end).contains(&middle_ms);
            Scored { score: *score, positive: truth.iter().any(inside) }
        }));
        let rules = TurnTaking { speech_probability_min: threshold, ..TurnTaking::default() };
        for (start_ms, end_ms) in truth {
            self.stretches += 1;
            let found = onset_ms(&rules, speech, *start_ms, *end_ms);
            self.onsets_ms.extend(found.map(|at_ms| (at_ms - start_ms) as f64));
        }
    }
}

/// One line of the report. Rates are in per cent.
#[derive(Debug, Serialize)]
struct Row {
    group: String,
    frames: usize,
    speech: Option<f64>,
    roc_auc: Option<f64>,
    f1: Option<f64>,
    miss_rate: Option<f64>,
    false_alarm_rate: Option<f64>,
    onset_delay_ms: Percentiles,
    onsets_missed: usize,
}

fn rows(groups: &BTreeMap<String, Tally>, threshold: f32) -> Vec<Row> {
    let mut all = Tally::default();
    let mut rows = Vec::new();
    for (name, tally) in groups {
        if groups.len() > 1 {
            rows.push(row(name, tally, threshold));
        }
        all.frames.extend_from_slice(&tally.frames);
        all.onsets_ms.extend_from_slice(&tally.onsets_ms);
        all.stretches += tally.stretches;
    }
    rows.push(row("all", &all, threshold));
    rows
}

fn row(name: &str, tally: &Tally, threshold: f32) -> Row {
    let counts: Detection = detection(&tally.frames, threshold);
    let frames = tally.frames.len();
    let speech = (frames > 0).then(|| (counts.hits + counts.misses) as f64 / frames as f64);
    Row {
        group: name.to_string(),
        frames,
        speech: percent(speech),
        roc_auc: auc(&tally.frames).map(|area| (area * 1e5).round() / 1e5),
        f1: percent(counts.f1()),
        miss_rate: percent(counts.miss_rate()),
        false_alarm_rate: percent(counts.false_alarm_rate()),
        onset_delay_ms: Percentiles::of(tally.onsets_ms.clone()),
        onsets_missed: tally.stretches - tally.onsets_ms.len(),
    }
}

fn print(report: &BTreeMap<&str, Vec<Row>>) {
    let mut table = Table::new(&[
        "detector",
        "group",
        "frames",
        "speech %",
        "ROC-AUC",
        "F1 %",
        "miss %",
        "false %",
        "onset p50 ms",
        "p95",
        "missed",
    ]);
    for (detector, rows) in report {
        for row in rows {
            table.row(vec![
                (*detector).to_string(),
                row.group.clone(),
                row.frames.to_string(),
                figure(row.speech, 1),
                figure(row.roc_auc, 4),
                figure(row.f1, 1),
                figure(row.miss_rate, 1),
                figure(row.false_alarm_rate, 1),
                format!("{:.0}", row.onset_delay_ms.p50),
                format!("{:.0}", row.onset_delay_ms.p95),
                row.onsets_missed.to_string(),
            ]);
        }
    }
    println!("{}", table.render());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_judged_at_their_middle() {
        let mut tally = Tally::default();
        let speech = [0.1, 0.9, 0.9, 0.9, 0.9, 0.9, 0.1, 0.1];
        tally.add(&speech, &[(10, 110)], 0.5);
        let positives: Vec<bool> = tally.frames.iter().map(|frame| frame.positive).collect();
        assert_eq!(positives, [true, true, true, true, true, false, false, false]);
        let row = row("x", &tally, 0.5);
        assert_eq!((row.miss_rate, row.false_alarm_rate), (Some(20.0), Some(33.3)));
        // Voiced from 20 ms on; the call's rule knows it after 80 ms of voice.
        assert_eq!((tally.onsets_ms, tally.stretches), (vec![90.0], 1));
    }
}

//! `hearsay eval asr`: recordings with their words through the ear of a call.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hearsay_engine::{Engine, Formatting};
use hearsay_language::router::IntentSet;
use hearsay_language::turn_end::Expected;
use serde::Serialize;

use super::manifest::{self, AsrLine};
use super::table::Table;
use super::{figure, percent};
use crate::cli::EvalAsrArgs;
use crate::commands::engine_of;
use crate::commands::progress::Progress;
use crate::commands::transcribe::phrases;
use crate::hearing::{Clip, Line};
use crate::hearing::{Heard, Listener, Told};
use crate::processor;
use crate::report::Percentiles;
use crate::score::{Edits, align, distance, plain_words};

/// Runs the command.
pub fn run(args: &EvalAsrArgs) -> Result<ExitCode, String> {
    let (lines, folder) = manifest::asr(&args.manifest)?;
    let lines = manifest::spread(lines, args.limit);
    let ear = Ear::new(args)?;
    let name = args.manifest.display().to_string();
    let mut progress = Progress::new(&name, Some(lines.len() as u64), false);
    let mut tally = Tally::default();
    let used_s = processor::used_s();
    for (index, line) in lines.iter().enumerate() {
        progress.advance_to(index as u64);
        let path = folder.join(&line.audio);
        let clip = Clip::read(&path, line.start, line.end)?;
        let through = Line { rate_hz: args.rate, codec: args.codec };
        let clip = clip.through(through).map_err(|e| format!("{}: {e}", path.display()))?;
        let heard = ear.hear(&clip).map_err(|e| format!("{}: {e}", path.display()))?;
        tally.add(line, &clip, heard).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    drop(progress);
    let mut report = tally.report();
    let used_s = used_s.zip(processor::used_s()).map(|(before, after)| after - before);
    report.processor_factor = used_s.filter(|_| tally.audio_s > 0.0).map(|s| s / tally.audio_s);
    if args.json {
        println!("{}", serde_json::to_string(&report).map_err(|e| e.to_string())?);
    } else {
        print(&report);
        tally.print_wrong(args.show);
    }
    Ok(ExitCode::SUCCESS)
}

/// One engine with one thread, so that its speed is that of one thread.
struct Ear {
    engine: Arc<Engine>,
    intents: Arc<IntentSet>,
    phrases: Vec<String>,
    digits: bool,
}

/// What was heard in one recording.
#[derive(Default)]
struct ClipHeard {
    words: String,
    finals: usize,
    /// From the voice to the first words shown, ms; one an utterance.
    first_ms: Vec<f64>,
    /// From the end of each word to when it was shown for good, ms.
    delays_ms: Vec<f64>,
    /// Words that only the final showed.
    late_words: usize,
    /// From the endpoint to the final, ms.
    final_ms: Vec<f64>,
    /// Finals that changed what had been called stable.
    broken: usize,
    took: Duration,
}

impl Ear {
    fn new(args: &EvalAsrArgs) -> Result<Self, String> {
        let engine = engine_of(args.model.as_deref(), Some(1))?;
        let intents = Arc::new(engine.models().intents(&[]).map_err(|e| e.to_string())?);
        let phrases = phrases(args.phrases.as_deref())?;
        Ok(Self { engine, intents, phrases, digits: args.digits })
    }

    fn hear(&self, clip: &Clip) -> Result<ClipHeard, String> {
        let (engine, intents) = (&self.engine, self.intents.clone());
        let raw = Formatting::RAW;
        let mut listener = Listener::open(engine, intents, clip.rate_hz, &raw, &self.phrases)?;
        if self.digits {
            listener.expect(&self.phrases, Expected::Digits { min: 1, max: 20 })?;
        }
        let mut heard = ClipHeard::default();
        let mut shown = Vec::new();
        let started = Instant::now();
        let mut tell = |told: Told| follow(&mut heard, &mut shown, told);
        listener.hear(&clip.samples, &mut tell)?;
        listener.finish(&mut tell)?;
        heard.took = started.elapsed();
        Ok(heard)
    }
}

/// An interim: when it was shown, its words and how much of it was stable.
struct Shown {
    at_ms: u64,
    text: String,
    stable: usize,
}

fn follow(heard: &mut ClipHeard, shown: &mut Vec<Shown>, told: Told) {
    match told.what {
        Heard::Onset => {}
        Heard::Interim { text, stable, start_ms, .. } => {
            if shown.is_empty() && !text.is_empty() {
                heard.first_ms.push(told.at_ms.saturating_sub(start_ms) as f64);
            }
            shown.push(Shown { at_ms: told.at_ms, text, stable });
        }
        Heard::Final { heard: last, took } => {
            let text = last.text.expose();
            let ends: Vec<u64> = last.words.iter().map(|word| word.end_ms).collect();
            let words: Vec<&str> = text.split_whitespace().collect();
            emission(heard, shown, &words, &ends);
            let kept = |shown: &Shown| {
                shown.text.get(..shown.stable).is_some_and(|stable| text.starts_with(stable))
            };
            heard.broken += usize::from(!shown.iter().all(kept));
            heard.final_ms.push(took.as_secs_f64() * 1000.0);
            heard.finals += usize::from(!text.is_empty());
            if !heard.words.is_empty() && !text.is_empty() {
                heard.words.push(' ');
            }
            heard.words.push_str(text);
            shown.clear();
        }
    }
}

/// A word counts as emitted at the first interim since which it stood at its
/// place. One that the recogniser dates later than it was shown has no delay.
fn emission(heard: &mut ClipHeard, shown: &[Shown], words: &[&str], ends_ms: &[u64]) {
    for (place, (word, end_ms)) in words.iter().zip(ends_ms).enumerate() {
        let stood = |s: &&Shown| s.text.split_whitespace().nth(place) == Some(*word);
        match shown.iter().rev().take_while(stood).last() {
            Some(first) => {
                heard.delays_ms.push(first.at_ms as f64 - *end_ms as f64);
            }
            None => heard.late_words += 1,
        }
    }
}

/// One group's sums.
#[derive(Default)]
struct Group {
    clips: usize,
    right: usize,
    words: Edits,
    letters: usize,
    letter_errors: usize,
    wrong: Vec<(usize, String, String)>,
}

/// Everything heard so far.
#[derive(Default)]
struct Tally {
    groups: BTreeMap<String, Group>,
    heard: ClipHeard,
    audio_s: f64,
}

impl Tally {
    fn add(&mut self, line: &AsrLine, clip: &Clip, heard: ClipHeard) -> Result<(), String> {
        let reference = plain_words(&line.text);
        let hypothesis = plain_words(&heard.words);
        let edits = align(&reference, &hypothesis)
            .ok_or("too many words to be aligned; give parts with start and end")?;
        let letters: Vec<char> = reference.join(" ").chars().collect();
        let said: Vec<char> = hypothesis.join(" ").chars().collect();
        let name = manifest::group(line.group.as_ref(), &line.audio);
        let group = self.groups.entry(name).or_default();
        group.clips += 1;
        group.right += usize::from(reference == hypothesis);
        group.words += edits;
        group.letters += letters.len();
        group.letter_errors += distance(&letters, &said);
        if edits.errors() > 0 {
            group.wrong.push((edits.errors(), reference.join(" "), hypothesis.join(" ")));
        }
        let all = &mut self.heard;
        all.finals += heard.finals;
        all.first_ms.extend(heard.first_ms);
        all.delays_ms.extend(heard.delays_ms);
        all.late_words += heard.late_words;
        all.final_ms.extend(heard.final_ms);
        all.broken += heard.broken;
        all.took += heard.took;
        self.audio_s += clip.seconds();
        Ok(())
    }

    fn report(&self) -> Report {
        let mut all = Group::default();
        for group in self.groups.values() {
            all.clips += group.clips;
            all.right += group.right;
            all.words += group.words;
            all.letters += group.letters;
            all.letter_errors += group.letter_errors;
        }
        let heard = &self.heard;
        let words = heard.delays_ms.len() + heard.late_words;
        Report {
            all: all.report(),
            groups: self.groups.iter().map(|(name, g)| (name.clone(), g.report())).collect(),
            audio_s: self.audio_s,
            utterances: heard.finals,
            real_time_factor: (self.audio_s > 0.0).then(|| heard.took.as_secs_f64() / self.audio_s),
            processor_factor: None,
            first_token_ms: Percentiles::of(heard.first_ms.clone()),
            emission_delay_ms: Percentiles::of(heard.delays_ms.clone()),
            words_shown_first_in_final: percent(share(heard.late_words, words)),
            stable_text_changed: heard.broken,
            final_after_endpoint_ms: Percentiles::of(heard.final_ms.clone()),
        }
    }

    /// The worst recordings of each group.
    fn print_wrong(&self, show: usize) {
        for (name, group) in self.groups.iter().filter(|_| show > 0) {
            let mut wrong: Vec<_> = group.wrong.iter().collect();
            wrong.sort_by_key(|(errors, _, _)| std::cmp::Reverse(*errors));
            for (errors, reference, hypothesis) in wrong.into_iter().take(show) {
                println!("\n{name}: {errors} errors\n  said   {reference}\n  heard  {hypothesis}");
            }
        }
    }
}

impl Group {
    fn report(&self) -> GroupReport {
        GroupReport {
            clips: self.clips,
            words: self.words.reference,
            word_error_rate: self.words.percent(),
            substitutions: self.words.substitutions,
            deletions: self.words.deletions,
            insertions: self.words.insertions,
            character_error_rate: share(self.letter_errors, self.letters).map(|s| s * 100.0),
            sentence_accuracy: percent(share(self.right, self.clips)),
        }
    }
}

fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// What is printed as JSON. Rates are in per cent.
#[derive(Debug, Serialize)]
struct Report {
    all: GroupReport,
    groups: BTreeMap<String, GroupReport>,
    audio_s: f64,
    utterances: usize,
    real_time_factor: Option<f64>,
    processor_factor: Option<f64>,
    first_token_ms: Percentiles,
    emission_delay_ms: Percentiles,
    words_shown_first_in_final: Option<f64>,
    stable_text_changed: usize,
    final_after_endpoint_ms: Percentiles,
}

#[derive(Debug, Serialize)]
struct GroupReport {
    clips: usize,
    words: usize,
    word_error_rate: Option<f64>,
    substitutions: usize,
    deletions: usize,
    insertions: usize,
    character_error_rate: Option<f64>,
    sentence_accuracy: Option<f64>,
}

fn print(report: &Report) {
    let mut table = Table::new(&[
        "group",
        "clips",
        "words",
        "WER %",
        "sub",
        "del",
        "ins",
        "CER %",
        "sentences right %",
    ]);
    let all = std::iter::once(("all".to_string(), &report.all));
    let groups = report.groups.iter().map(|(name, group)| (name.clone(), group));
    for (name, group) in groups.filter(|_| report.groups.len() > 1).chain(all) {
        table.row(vec![
            name,
            group.clips.to_string(),
            group.words.to_string(),
            figure(group.word_error_rate, 1),
            group.substitutions.to_string(),
            group.deletions.to_string(),
            group.insertions.to_string(),
            figure(group.character_error_rate, 1),
            figure(group.sentence_accuracy, 1),
        ]);
    }
    println!("{}\n", table.render());
    let spread = |p: &Percentiles| format!("p50 {:.0}, p95 {:.0} ms ({})", p.p50, p.p95, p.count);
    println!("audio                    {:.1} s, {} utterances", report.audio_s, report.utterances);
    println!("real-time factor         {} on one thread", figure(report.real_time_factor, 4));
    println!("processor time           {} of audio", figure(report.processor_factor, 4));
    println!("voice to first words     {}", spread(&report.first_token_ms));
    println!("word end to shown        {}", spread(&report.emission_delay_ms));
    println!(
        "shown first in the final {} % of words",
        figure(report.words_shown_first_in_final, 1)
    );
    println!("stable text changed      {} times", report.stable_text_changed);
    println!("endpoint to final        {}", spread(&report.final_after_endpoint_ms));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_emitted_when_it_is_shown_for_good() {
        let shown = |at_ms, text: &str| Shown { at_ms, text: text.to_string(), stable: 0 };
        let shown = [
            shown(300, "i"),
            shown(600, "eye loss"),
            shown(900, "i lost"),
            shown(1200, "i lost my"),
        ];
        let mut heard = ClipHeard::default();
        emission(&mut heard, &shown, &["i", "lost", "my", "card"], &[200, 700, 1100, 1500]);
        assert_eq!(heard.delays_ms, [700.0, 200.0, 100.0]);
        assert_eq!(heard.late_words, 1);
    }
}

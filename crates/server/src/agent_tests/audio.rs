//! Tests in sound: the caller's lines are spoken, or come from recordings, and go through ear and mouth of a real call,
//! whose clock stands still while the models compute.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use hearsay_dialog::{CallEvent, CallInfo, EventKind, Pii, SpeakKind, ToolFailure, ToolRequest};
use hearsay_engine::{SpeechOptions, SpeechStream};
use serde_json::Value;

use super::file::{Mock, Test, Turn};
use super::log::{Happened, TurnLog};
use super::run::CALLER;
use super::scripted_caller::{Doing, Progress, ScriptedCaller};
use crate::call_core::CallCore;
use crate::cli::Codec;
use crate::drive::{Observer, Switchboard, today};
use crate::fast;
use crate::hearing::{Clip, Line};

/// The telephone's rate.
const LINE_HZ: u32 = 8000;

/// An agent network that takes calls in sound.
pub struct AudioLine {
    /// The models and the agent.
    board: Switchboard,
    /// The caller's.
    voice: String,
    /// Where recordings are that the tests name.
    folder: PathBuf,
}

impl AudioLine {
    /// For the tests in a file; the voice is one that the agents do not use, where none is named.
    ///
    /// # Errors
    /// When there is no such voice.
    pub fn new(board: Switchboard, voice: Option<String>, tests: &Path) -> Result<Self, String> {
        let voices = board.engine.models().voices();
        let names: Vec<&str> = voices.iter().map(|voice| voice.name.as_str()).collect();
        let used = board.agent.voices();
        let free = names.iter().find(|name| !used.contains(name)).or(names.first());
        let voice = voice.or_else(|| free.map(|name| (*name).to_owned())).unwrap_or_default();
        if !names.contains(&voice.as_str()) {
            let there = names.join(", ");
            return Err(format!("--caller-voice {voice}: no such voice; use one of {there}"));
        }
        let folder = tests.parent().unwrap_or(Path::new("")).to_owned();
        Ok(Self { board, voice, folder })
    }

    /// One call with each turn's wording of this number: what happened in each turn until it was over.
    ///
    /// # Errors
    /// When a recording cannot be read or the engine cannot work.
    pub fn place(
        &self,
        test: &Test,
        mocks: &BTreeMap<String, Mock>,
        wording: usize,
    ) -> Result<Vec<TurnLog>, String> {
        // The greeting is a turn where the test begins with it.
        let begins = test.turns.first().is_some_and(|turn| !turn.does_something());
        let doings = test.turns.iter().skip(usize::from(begins));
        let doings: Vec<Doing> =
            doings.map(|turn| self.doing(turn, wording)).collect::<Result<_, _>>()?;
        let progress = Progress::default();
        progress.turn.store(usize::from(begins), Relaxed);
        let mut caller = ScriptedCaller::new(doings, LINE_HZ, progress.clone());
        let logs = test.turns.iter().map(|_| TurnLog::default()).collect();
        let mut notes = Notes { mocks, progress, logs };
        let info = CallInfo {
            from: Pii::new(CALLER.to_owned()),
            metadata: Pii::new(test.metadata.clone()),
            today: test.today.unwrap_or_else(today),
            ..CallInfo::default()
        };
        fast::run(&self.board, info, LINE_HZ, &mut caller, &mut notes)
            .map_err(|e| e.to_string())?;
        notes.logs.truncate(notes.progress.turn.load(Relaxed));
        Ok(notes.logs)
    }

    fn doing(&self, turn: &Turn, wording: usize) -> Result<Doing, String> {
        let sound = match (&turn.user_audio, turn.user.wording(wording)) {
            (Some(file), _) => telephone(Clip::read(&self.folder.join(file), None, None)?)?,
            (None, Some(text)) => self.speak(text)?,
            (None, None) => Vec::new(),
        };
        let keys = turn.dtmf.clone().unwrap_or_default();
        let interrupts_after_ms = turn.interrupt_after_ms;
        Ok(Doing { sound, keys, hangs_up: turn.hangup, interrupts_after_ms })
    }

    /// A line as the caller's telephone sends it.
    fn speak(&self, text: &str) -> Result<Vec<f32>, String> {
        let models = Arc::clone(self.board.engine.models());
        let own = SpeechOptions::of(&models);
        let options = SpeechOptions { voice: self.voice.clone(), sample_rate_hz: LINE_HZ, ..own };
        let mut stream = SpeechStream::new(models, options).map_err(|e| e.to_string())?;
        stream.push_text(text).map_err(|e| e.to_string())?;
        stream.finish_text();
        let mut samples = Vec::new();
        while let Some(piece) = stream.next_piece().map_err(|e| e.to_string())? {
            samples.extend(piece.samples);
        }
        telephone(Clip { samples, rate_hz: LINE_HZ })
    }
}

fn telephone(clip: Clip) -> Result<Vec<f32>, String> {
    Ok(clip.through(Line { rate_hz: None, codec: Some(Codec::Mulaw) })?.samples)
}

/// Notes what happens, by turn.
struct Notes<'a> {
    mocks: &'a BTreeMap<String, Mock>,
    progress: Progress,
    logs: Vec<TurnLog>,
}

impl Notes<'_> {
    /// The turn in progress; none before the first and after the script.
    fn log(&mut self) -> Option<&mut TurnLog> {
        let turn = self.progress.turn.load(Relaxed).checked_sub(1)?;
        self.logs.get_mut(turn).filter(|_| !self.progress.is_over.load(Relaxed))
    }
}

impl Observer for Notes<'_> {
    fn event(&mut self, event: &CallEvent, core: &CallCore) {
        let latency = core.reporter().turns().last().and_then(|turn| turn.latency);
        let Some(log) = self.log() else { return };
        match &event.kind {
            EventKind::AgentSaid { text, kind, .. } => {
                if *kind != SpeakKind::Filler && !text.expose().is_empty() {
                    log.happened.push(Happened::Response(text.expose().clone()));
                }
                if let Some(latency) = latency.filter(|_| log.took_ms == 0) {
                    log.took_ms = latency.total as u64;
                }
            }
            kind => log.happened.extend(Happened::of(kind)),
        }
    }

    fn answer(&mut self, request: &ToolRequest) -> Option<Result<Value, ToolFailure>> {
        let asked = Happened::asked(request);
        if let Some(log) = self.log() {
            log.happened.push(asked);
        }
        self.mocks.get(&request.tool).map(Mock::outcome)
    }

    fn transferred(&mut self, to: &str) {
        let to = to.to_owned();
        if let Some(log) = self.log() {
            log.happened.push(Happened::Transfer(to));
        }
    }
}

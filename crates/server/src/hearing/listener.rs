//! One channel of a recording through an engine's ear.

use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use hearsay_dialog::TurnTaking;
use hearsay_engine::{Engine, EngineCall, EngineEvent, Formatting, HearCommand};
use hearsay_language::router::IntentSet;
use hearsay_language::turn_end::Expected;

use super::endpoint::Endpoints;
use super::segment::{Ask, Segmenter};

/// Silence after the last sample: the resampler and the features look ahead.
const TAIL_MS: u64 = 100;
/// Longest piece given to the ear at once, ms: what a telephone sends.
const FRAME_MS: u64 = 20;

/// Hears one stream of samples and tells what was said in it.
pub struct Listener {
    call: EngineCall,
    events: mpsc::Receiver<EngineEvent>,
    segmenter: Segmenter,
    endpoints: Endpoints,
    expected: Expected,
    rate_hz: u32,
    /// Samples taken.
    taken: u64,
    /// End of the audio that was judged for voice, ms.
    judged_ms: u64,
    utterance: u64,
}

/// Something that was told, with the stream time at which it was, ms.
#[derive(Debug)]
pub struct Told {
    /// How much of the stream had been given when it was told.
    pub at_ms: u64,
    /// What.
    pub what: Heard,
}

/// What is told of a stream.
#[derive(Debug)]
pub enum Heard {
    /// The voice was heard for the first time since the last final.
    Onset,
    /// The words so far of the open utterance.
    Interim {
        /// Counted from 1 over the stream.
        sequence: u64,
        /// The words as recognised.
        text: String,
        /// Bytes of them that will not change any more.
        stable: usize,
        /// Where the utterance's voice begins.
        start_ms: u64,
        /// Where the audio ends that was heard.
        end_ms: u64,
    },
    /// An utterance ended.
    Final {
        /// Its transcript; may be empty.
        heard: hearsay_engine::Heard,
        /// From the request to the transcript.
        took: Duration,
    },
}

impl Listener {
    /// A listener to a stream at `rate_hz`, whose final transcripts are written
    /// as `formatting` says; `phrases` are favoured.
    ///
    /// # Errors
    /// When the rate cannot be converted to the models'.
    pub fn open(
        engine: &Engine,
        intents: Arc<IntentSet>,
        rate_hz: u32,
        formatting: &Formatting,
        phrases: &[String],
    ) -> Result<Self, String> {
        let (sender, events) = mpsc::channel();
        let sink = Mutex::new(sender);
        let sink = move |event| {
            if let Ok(sender) = sink.lock() {
                // Nobody waits for events after the end of the stream.
                let _ = sender.send(event);
            }
        };
        let call = engine.open(rate_hz, intents, Arc::new(sink)).map_err(|e| e.to_string())?;
        call.set_formatting(formatting.clone()).map_err(|e| e.to_string())?;
        if !phrases.is_empty() {
            call.favour(phrases, Expected::Anything).map_err(|e| e.to_string())?;
        }
        Ok(Self {
            call,
            events,
            segmenter: Segmenter::new(TurnTaking::default()),
            endpoints: Endpoints::default(),
            expected: Expected::Anything,
            rate_hz,
            taken: 0,
            judged_ms: 0,
            utterance: 1,
        })
    }

    /// This kind of answer is expected, and these phrases are favoured.
    ///
    /// # Errors
    /// When the recogniser is seconds behind.
    pub fn expect(&mut self, phrases: &[String], expected: Expected) -> Result<(), String> {
        self.expected = expected;
        self.call.favour(phrases, expected).map_err(|e| e.to_string())
    }

    /// Hears more of the stream; `tell` is told what follows from it.
    ///
    /// # Errors
    /// When a model fails.
    pub fn hear(&mut self, samples: &[f32], tell: &mut dyn FnMut(Told)) -> Result<(), String> {
        let frame = (u64::from(self.rate_hz) * FRAME_MS / 1000).max(1) as usize;
        for frame in samples.chunks(frame) {
            self.taken += frame.len() as u64;
            self.call.hear(frame.to_vec()).map_err(|e| e.to_string())?;
            self.settle(tell)?;
        }
        Ok(())
    }

    /// How much of the stream was heard, ms.
    pub fn heard_ms(&self) -> u64 {
        self.taken * 1000 / u64::from(self.rate_hz.max(1))
    }

    /// The stream has ended.
    ///
    /// # Errors
    /// When a model fails.
    pub fn finish(&mut self, tell: &mut dyn FnMut(Told)) -> Result<(), String> {
        let tail = u64::from(self.rate_hz) * TAIL_MS / 1000;
        let taken = self.taken;
        self.hear(&vec![0.0; tail as usize], tell)?;
        self.taken = taken;
        if let Some(ask) = self.segmenter.end() {
            self.ask(ask)?;
            self.settle(tell)?;
        }
        Ok(())
    }

    /// Waits for the models and follows what they say.
    fn settle(&mut self, tell: &mut dyn FnMut(Told)) -> Result<(), String> {
        loop {
            self.call.wait_idle();
            let events: Vec<EngineEvent> = self.events.try_iter().collect();
            if events.is_empty() {
                return Ok(());
            }
            let at_ms = self.heard_ms();
            for event in events {
                if let Some(what) = self.follow(event)? {
                    tell(Told { at_ms, what });
                }
            }
        }
    }

    fn follow(&mut self, event: EngineEvent) -> Result<Option<Heard>, String> {
        match event {
            EngineEvent::Voice { speech } => {
                self.judged_ms += 20;
                let spoke = self.segmenter.is_speaking();
                if let Some(ask) = self.segmenter.voice(self.judged_ms, speech) {
                    self.ask(ask)?;
                }
                Ok((!spoke && self.segmenter.is_speaking()).then_some(Heard::Onset))
            }
            EngineEvent::Interim { utterance, sequence, text, stable, start_ms, end_ms } => {
                let text = text.expose().clone();
                if utterance == self.utterance && !text.is_empty() {
                    self.segmenter.words();
                }
                Ok(Some(Heard::Interim { sequence, text, stable, start_ms, end_ms }))
            }
            EngineEvent::Preview { utterance, text, turn_end } => {
                if utterance == self.utterance {
                    let words = text.expose();
                    let wait_ms = match words.is_empty() {
                        true => None,
                        false => self.endpoints.wait_ms(words, self.expected, turn_end)?,
                    };
                    self.segmenter.previewed(wait_ms);
                }
                Ok(None)
            }
            EngineEvent::Final { transcript, took, .. } => {
                Ok(Some(Heard::Final { heard: transcript, took }))
            }
            EngineEvent::Failed { reason, .. } => Err(reason),
            _ => Ok(None),
        }
    }

    fn ask(&mut self, ask: Ask) -> Result<(), String> {
        let command = match ask {
            Ask::Preview => HearCommand::Preview,
            Ask::Finalize => HearCommand::Finalize,
            Ask::Discard => HearCommand::Discard,
        };
        let asked = self.call.command(command, self.utterance);
        if ask != Ask::Preview {
            self.utterance += 1;
        }
        asked.map_err(|e| e.to_string())
    }
}

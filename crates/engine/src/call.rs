//! One call's handle on the engine: bounded lanes in, events out.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use hearsay_language::router::IntentSet;
use hearsay_language::turn_end::Expected;
use hearsay_text::pii::Pii;

use crate::event::{EngineEvent, Organ};
use crate::fillers::FillerCache;
use crate::format::Formatting;
use crate::lanes::{Lane, LaneFull, Pending, Pool, Priority, lock};
use crate::listen::{Ear, HearCommand, Recognition};
use crate::mind::{ComposeJob, Mind};
use crate::speak::{
    BACKLOG_MS_MAX, BACKLOG_MS_MIN, Mouth, Progress, REPLY_BYTES_MAX, SpeakRequest,
};
use crate::stream_time::Features;
use crate::{EngineError, Models};

/// Frames and commands waiting for the ear: five seconds of audio.
const EAR_JOBS_MAX: usize = 256;
/// Chunks and commands waiting for the recogniser.
const RECOGNITION_JOBS_MAX: usize = 128;
/// Requests to understand that wait.
const ROUTER_JOBS_MAX: usize = 16;
/// Steps of synthesis that wait.
const MOUTH_JOBS_MAX: usize = 2;
/// Requests to the mouth that wait for its next step.
const MOUTH_COMMANDS_MAX: usize = 32;

/// Receives a call's events on the engine's threads; must not block.
pub type Sink = Arc<dyn Fn(EngineEvent) + Send + Sync>;

/// The ear, mind and mouth of one call.
///
/// Dropping it lets the work under way finish and its events go nowhere.
pub struct EngineCall {
    organs: Arc<Organs>,
    pending: Arc<Pending>,
}

struct Organs {
    models: Arc<Models>,
    sink: Sink,
    intents: Arc<IntentSet>,
    ear: Mutex<Ear>,
    recognition: Mutex<Recognition>,
    /// Touched only by the one step of the mouth's lane, never by the owner:
    /// a step takes milliseconds.
    mouth: Mutex<Mouth>,
    inbox: Mutex<MouthInbox>,
    mind: Mind,
    ear_lane: Lane,
    recognition_lane: Lane,
    router_lane: Lane,
    mouth_lane: Lane,
}

/// What the owner wants of the mouth, taken up at its next step.
#[derive(Default)]
struct MouthInbox {
    commands: Vec<MouthCommand>,
    backlog_ms: u64,
    /// A step is in the lane.
    stepping: bool,
    /// It was put there to make audio for later.
    later: bool,
    /// The mouth rests because enough audio waits to be played.
    ahead: bool,
}

enum MouthCommand {
    Speak(SpeakRequest, Instant),
    Cancel(u64),
}

/// Where a call's jobs run.
pub(crate) struct Pools<'a> {
    pub workers: &'a Pool,
    pub minds: &'a Pool,
}

impl EngineCall {
    pub(crate) fn open(
        models: Arc<Models>,
        fillers: Arc<FillerCache>,
        pools: &Pools<'_>,
        rate_hz: u32,
        intents: Arc<IntentSet>,
        sink: Sink,
    ) -> Result<Self, EngineError> {
        let pending = Arc::new(Pending::default());
        let pool = pools.workers;
        let organs = Organs {
            ear: Mutex::new(Ear::new(&models, rate_hz)?),
            recognition: Mutex::new(Recognition::new(&models)),
            mouth: Mutex::new(Mouth::new(rate_hz, fillers)),
            inbox: Mutex::default(),
            ear_lane: pool.lane(EAR_JOBS_MAX, pending.clone()),
            recognition_lane: pool.lane(RECOGNITION_JOBS_MAX, pending.clone()),
            mind: Mind::new(pools.minds, pending.clone()),
            router_lane: pool.lane(ROUTER_JOBS_MAX, pending.clone()),
            mouth_lane: pool.lane(MOUTH_JOBS_MAX, pending.clone()),
            models,
            sink,
            intents,
        };
        Ok(Self { organs: Arc::new(organs), pending })
    }

    /// Hears a frame of the caller's audio (any length, the call's rate).
    ///
    /// # Errors
    /// When the ear is seconds behind; the frame is lost.
    pub fn hear(&self, frame: Vec<f32>) -> Result<(), LaneFull> {
        let organs = self.organs.clone();
        self.organs.ear_lane.push(Priority::Urgent, move || organs.hear(&frame))
    }

    /// Does something with the open utterance, after all audio given so far.
    ///
    /// # Errors
    /// When the ear is seconds behind; the command is lost.
    pub fn command(&self, command: HearCommand, utterance: u64) -> Result<(), LaneFull> {
        let organs = self.organs.clone();
        let asked = Instant::now();
        self.organs.ear_lane.push(Priority::Urgent, move || {
            organs.command(command, utterance, asked);
        })
    }

    /// Finds the likely ones of the named intents.
    ///
    /// # Errors
    /// When too many requests wait.
    pub fn understand(
        &self,
        think: u64,
        text: Pii<String>,
        among: Vec<String>,
    ) -> Result<(), LaneFull> {
        let organs = self.organs.clone();
        let asked = Instant::now();
        self.organs.router_lane.push(Priority::Urgent, move || {
            organs.understand(think, &text, &among, asked);
        })
    }

    /// Asks the language model.
    ///
    /// # Errors
    /// When too many requests wait.
    pub fn compose(&self, think: u64, job: ComposeJob) -> Result<(), LaneFull> {
        let organs = self.organs.clone();
        let asked = Instant::now();
        self.organs.mind.push(Priority::Urgent, move |_| {
            match organs.mind.compose(&organs.models, &job) {
                Ok(composed) => {
                    let took = asked.elapsed();
                    (organs.sink)(EngineEvent::Composed { think, composed, took });
                }
                Err(error) => organs.fail(Organ::Mind, &error),
            }
        })
    }

    /// Lets the language model read what it will probably be asked, as far as it is known.
    ///
    /// # Errors
    /// When too many requests wait.
    pub fn read_ahead(&self, job: ComposeJob) -> Result<(), LaneFull> {
        let organs = self.organs.clone();
        self.organs.mind.push(Priority::Ahead, move |number| {
            organs.mind.read_ahead(&organs.models, number, &job.prompt);
        })
    }

    /// Memory of what the language model has read in this call.
    pub fn mind_bytes(&self) -> usize {
        self.organs.mind.bytes()
    }

    /// Favours these phrases from the next utterance on, and the words of the
    /// kind of answer that is expected; the end of a turn is judged by it too.
    ///
    /// # Errors
    /// When the recogniser is seconds behind; the phrases are not favoured.
    pub fn favour(&self, phrases: &[String], expected: Expected) -> Result<(), LaneFull> {
        let organs = self.organs.clone();
        let phrases = phrases.to_vec();
        self.organs.recognition_lane.push(Priority::Soon, move || {
            lock(&organs.recognition).favour(&organs.models, &phrases, expected);
        })
    }

    /// Final transcripts are written this way from now on.
    ///
    /// # Errors
    /// When the recogniser is seconds behind; nothing is changed.
    pub fn set_formatting(&self, formatting: Formatting) -> Result<(), LaneFull> {
        let organs = self.organs.clone();
        self.organs.recognition_lane.push(Priority::Soon, move || {
            lock(&organs.recognition).set_formatting(formatting);
        })
    }

    /// Says something, after what is being said.
    ///
    /// # Errors
    /// When the text is too long or too many replies wait.
    pub fn speak(&self, request: SpeakRequest) -> Result<(), EngineError> {
        let bytes = request.text.expose().len();
        if bytes > REPLY_BYTES_MAX {
            return Err(EngineError::ReplyTooLong { bytes });
        }
        self.tell_mouth(MouthCommand::Speak(request, Instant::now()))
    }

    /// Forgets a reply. Audio of it that is already under way may still come.
    ///
    /// # Errors
    /// When too many requests wait.
    pub fn cancel(&self, reply: u64) -> Result<(), EngineError> {
        self.tell_mouth(MouthCommand::Cancel(reply))
    }

    fn tell_mouth(&self, command: MouthCommand) -> Result<(), EngineError> {
        let mut inbox = lock(&self.organs.inbox);
        if inbox.commands.len() >= MOUTH_COMMANDS_MAX {
            return Err(EngineError::TooManyReplies);
        }
        inbox.commands.push(command);
        self.organs.schedule_mouth(&mut inbox, Priority::Soon);
        Ok(())
    }

    /// Tells how much audio waits to be played: synthesis keeps a little ahead
    /// of it and no more.
    pub fn set_backlog(&self, backlog_ms: u64) {
        let mut inbox = lock(&self.organs.inbox);
        inbox.backlog_ms = backlog_ms;
        if inbox.ahead && backlog_ms < BACKLOG_MS_MAX {
            self.organs.schedule_mouth(&mut inbox, Priority::Ahead);
        }
        if inbox.stepping && inbox.later && backlog_ms < BACKLOG_MS_MIN {
            self.organs.mouth_lane.hasten(Priority::Dry);
        }
    }

    /// Blocks until nothing that was asked is waiting or running; for drivers
    /// whose clock is not the wall's.
    pub fn wait_idle(&self) {
        self.pending.wait_idle();
    }
}

impl Organs {
    fn fail(&self, organ: Organ, error: &EngineError) {
        (self.sink)(EngineEvent::Failed { organ, reason: error.to_string() });
    }

    fn hear(self: &Arc<Self>, frame: &[f32]) {
        let (voiced, chunk) = {
            let mut ear = lock(&self.ear);
            match ear.hear(&self.models, frame) {
                Ok(voiced) => (voiced, ear.take_chunks()),
                Err(error) => return self.fail(Organ::Ear, &error),
            }
        };
        for speech in voiced {
            (self.sink)(EngineEvent::Voice { speech });
        }
        if let Some(features) = chunk {
            self.recognise(features);
        }
    }

    fn recognise(self: &Arc<Self>, features: Features) {
        let organs = self.clone();
        let pushed = self.recognition_lane.push(Priority::Soon, move || {
            let heard = lock(&organs.recognition).push(&organs.models, &features);
            organs.report(heard);
        });
        if let Err(full) = pushed {
            self.fail(Organ::Ear, &full.into());
        }
    }

    fn command(self: &Arc<Self>, command: HearCommand, utterance: u64, asked: Instant) {
        let rest = {
            let mut ear = lock(&self.ear);
            match command {
                HearCommand::Preview => ear.take_all(),
                HearCommand::Finalize => {
                    let rest = ear.take_all();
                    ear.rest();
                    rest
                }
                HearCommand::Discard => {
                    ear.rest();
                    Features::default()
                }
            }
        };
        let organs = self.clone();
        let pushed = self.recognition_lane.push(Priority::Soon, move || {
            let mut recognition = lock(&organs.recognition);
            let heard = recognition.push(&organs.models, &rest);
            let answer = recognition.command(&organs.models, command, utterance, asked);
            drop(recognition);
            organs.report(heard);
            organs.report(answer);
        });
        if let Err(full) = pushed {
            self.fail(Organ::Ear, &full.into());
        }
    }

    fn report(&self, result: Result<Option<EngineEvent>, EngineError>) {
        match result {
            Ok(Some(event)) => (self.sink)(event),
            Ok(None) => {}
            Err(error) => self.fail(Organ::Ear, &error),
        }
    }

    fn understand(&self, think: u64, text: &Pii<String>, among: &[String], asked: Instant) {
        let is_asked = |name: &str| among.iter().any(|asked| asked == name);
        let scores = self.models.router.classify_where(&self.intents, text.expose(), is_asked);
        let intents = scores
            .intents
            .into_iter()
            .filter(|score| is_asked(&score.name))
            .map(|score| (score.name, score.probability))
            .collect();
        (self.sink)(EngineEvent::Thought {
            think,
            intents,
            out_of_scope: scores.outside,
            took: asked.elapsed(),
        });
    }

    /// Puts a step of the mouth in its lane unless one is there.
    fn schedule_mouth(self: &Arc<Self>, inbox: &mut MouthInbox, priority: Priority) {
        if inbox.stepping {
            return;
        }
        let organs = self.clone();
        // The lane holds at most this one step, so it is never full.
        inbox.later = priority == Priority::Ahead;
        inbox.stepping = self.mouth_lane.push(priority, move || organs.step_mouth()).is_ok();
    }

    fn step_mouth(self: &Arc<Self>) {
        let mut mouth = lock(&self.mouth);
        let (commands, backlog_ms) = {
            let mut inbox = lock(&self.inbox);
            (std::mem::take(&mut inbox.commands), inbox.backlog_ms)
        };
        let mut refused = Ok(());
        for command in commands {
            match command {
                MouthCommand::Speak(request, asked) => refused = mouth.ask(request, asked),
                MouthCommand::Cancel(reply) => mouth.cancel(reply),
            }
        }
        let stepped = match mouth.progress(backlog_ms) {
            Progress::First | Progress::Dry | Progress::More => {
                mouth.step(&self.models, &mut |event| (self.sink)(event))
            }
            Progress::Rest | Progress::Ahead => Ok(()),
        };
        let mut inbox = lock(&self.inbox);
        inbox.stepping = false;
        let progress = mouth.progress(inbox.backlog_ms);
        inbox.ahead = progress == Progress::Ahead;
        match progress {
            Progress::First => self.schedule_mouth(&mut inbox, Priority::Soon),
            Progress::Dry => self.schedule_mouth(&mut inbox, Priority::Dry),
            Progress::More => self.schedule_mouth(&mut inbox, Priority::Ahead),
            _ if !inbox.commands.is_empty() => self.schedule_mouth(&mut inbox, Priority::Soon),
            Progress::Ahead | Progress::Rest => {}
        }
        drop(inbox);
        for error in [refused, stepped].into_iter().filter_map(Result::err) {
            self.fail(Organ::Mouth, &error);
        }
    }
}

//! `hearsay bench handoff`: what it costs that another agent takes over, without the models' time.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hearsay_dialog::{
    Agent, Call, CallInfo, CallTime, EventKind, Input, IntentScore, Output, Pii, Speak,
    SpeechPlanned, Thought, WordTime,
};
use serde_json::json;

use crate::report::Percentiles;

/// Two agents who give the caller to each other whenever asked, with a context and a private slot to pass on.
const NETWORK: &str = include_str!("bench_handoff.yaml");
/// Calls that are placed.
const CALLS: usize = 200;
/// Handoffs in each: the last ones come with a long transcript behind them.
const HANDOFFS: usize = 50;
/// What the seed of the design allows, ms.
const SEED_MS: f64 = 10.0;
/// Call time that each reply takes.
const REPLY_MS: u64 = 1000;
const MS_A_S: f64 = 1000.0;

/// Runs the command.
pub fn run(as_json: bool) -> Result<ExitCode, String> {
    let agent = Agent::parse(NETWORK).map_err(|e| format!("the bench's own network: {e}"))?;
    let agent = Arc::new(agent);
    let mut took = Vec::with_capacity(CALLS * HANDOFFS);
    for _ in 0..CALLS {
        took.extend(one_call(&agent)?);
    }
    let p = Percentiles::of(took);
    if as_json {
        println!(
            "{}",
            json!({"handoffs": p.count, "p50_ms": p.p50, "p95_ms": p.p95, "p99_ms": p.p99,
                   "seed_ms": SEED_MS})
        );
    } else {
        println!(
            "handoff              p50 {:.4} ms, p95 {:.4} ms, p99 {:.4} ms ({}); {:.0} times faster than {SEED_MS} ms",
            p.p50,
            p.p95,
            p.p99,
            p.count,
            SEED_MS / p.p99
        );
        println!(
            "counted              from the caller's words to the other agent's, models' time left out"
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// The handoffs of one call, each in ms.
fn one_call(agent: &Arc<Agent>) -> Result<Vec<f64>, String> {
    let mut caller =
        Caller { call: Call::new(agent.clone(), CallInfo::default()), now: CallTime(0) };
    let greeting = caller.until_spoken(Input::Connected)?;
    caller.hear(&greeting.speak);
    let mut took = Vec::with_capacity(HANDOFFS);
    for turn in 0..HANDOFFS {
        let wish = if turn % 2 == 0 { "cards" } else { "reception" };
        let handoff =
            caller.turn(&format!("please put me through to {wish}, this is turn {turn}"), wish)?;
        if !handoff.was_handed_over {
            return Err(format!("turn {turn}: nobody took over"));
        }
        took.push(handoff.took.as_secs_f64() * MS_A_S);
        caller.hear(&handoff.speak);
    }
    Ok(took)
}

struct Caller {
    call: Call,
    now: CallTime,
}

/// What followed from an input.
struct Followed {
    speak: Speak,
    was_handed_over: bool,
    took: Duration,
}

impl Caller {
    /// The caller says something and is understood; the understanding itself costs nothing here.
    fn turn(&mut self, text: &str, intent: &str) -> Result<Followed, String> {
        let utterance = self.call.utterance();
        let heard = Input::Final {
            utterance,
            text: Pii::new(text.to_owned()),
            confidence: 1.0,
            words: vec![],
        };
        let begun = Instant::now();
        self.call.handle(self.now, heard);
        let mut asked = None;
        while let Some(output) = self.call.poll() {
            if let Output::Think(request) = output {
                asked = Some(request.think);
            }
        }
        let reading_took = begun.elapsed();
        let think = asked.ok_or("the call did not want to understand")?;
        let score = IntentScore { name: intent.to_owned(), probability: 0.99 };
        let thought = Thought { think, intents: vec![score], out_of_scope: 0.01 };
        let mut followed = self.until_spoken(Input::Thought(thought))?;
        followed.took += reading_took;
        Ok(followed)
    }

    /// Tells the call something and takes what it wants until it speaks.
    fn until_spoken(&mut self, input: Input) -> Result<Followed, String> {
        let begun = Instant::now();
        self.call.handle(self.now, input);
        let mut was_handed_over = false;
        while let Some(output) = self.call.poll() {
            match output {
                Output::Event(event) => {
                    was_handed_over |= matches!(event.kind, EventKind::Handoff { .. });
                }
                Output::Speak(speak) => {
                    return Ok(Followed { speak, was_handed_over, took: begun.elapsed() });
                }
                _ => {}
            }
        }
        Err("the call fell silent".to_owned())
    }

    /// The caller hears a reply to its end.
    fn hear(&mut self, speak: &Speak) {
        let reply = speak.reply;
        let words = speak.text.expose().split_whitespace();
        let words = words
            .map(|word| WordTime { text: word.to_owned(), start_ms: 0, end_ms: REPLY_MS })
            .collect();
        let planned = SpeechPlanned { reply, part: 0, words, duration_ms: REPLY_MS };
        self.call.handle(self.now, Input::SpeechPlanned(planned));
        self.now = self.now + REPLY_MS;
        self.call.handle(self.now, Input::Played { reply, played_ms: REPLY_MS });
        self.call.handle(self.now, Input::PlaybackDone { reply });
        while self.call.poll().is_some() {}
    }
}

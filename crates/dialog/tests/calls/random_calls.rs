//! Thousands of random inputs: no panic, never two replies at once, no undrawn edge,
//! and every call ends within its limits.

use std::collections::BTreeSet;
use std::sync::Arc;

use hearsay_dialog::{
    Agent, Call, CallInfo, CallTime, Composed, Composition, EnginePart, EventKind, Input,
    IntentScore, ListenCommand, Output, Pii, ReplyId, SpeechPlanned, ThinkId, Thought, ToolCallId,
    ToolFailure, UtteranceId, WordTime,
};
use serde_json::{Value, json};

const BANK: &str = include_str!("../../../../examples/bank/agent.yaml");
const CALLS: u64 = 2_500;
const CALL_MS_MAX: u64 = 90_000;
const GOODBYE_MS_MAX: u64 = 15_000;

/// A small generator of numbers (xorshift64*), so that a seed replays a failure.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 16
    }
    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len() as u64) as usize]
    }
}

/// What the world outside knows of the call.
#[derive(Default)]
struct World {
    speaking: Option<ReplyId>,
    paused: bool,
    node: Option<String>,
    seen: BTreeSet<String>,
    think: u64,
    tool: u64,
    utterance: u64,
    ended: bool,
    hung_up: bool,
    /// A caller who knows what they want, so that calls get everywhere.
    helpful: bool,
    /// A caller whose code is always wrong.
    wrong_code: bool,
}

impl World {
    fn obey(&mut self, output: Output, agent: &Agent) {
        assert!(!self.hung_up, "nothing comes after the hang-up");
        match output {
            Output::Speak(speak) => {
                assert_eq!(self.speaking, None, "two replies at once");
                assert!(!speak.text.expose().is_empty());
                (self.speaking, self.paused) = (Some(speak.reply), false);
            }
            Output::Flush { reply } | Output::CutFiller { reply } => {
                assert_eq!(self.speaking.take(), Some(reply));
            }
            Output::Pause { reply } => {
                assert_eq!((self.speaking, self.paused), (Some(reply), false));
                self.paused = true;
            }
            Output::Resume { reply } => {
                assert_eq!((self.speaking, self.paused), (Some(reply), true));
                self.paused = false;
            }
            Output::Think(request) => self.think = request.think.0,
            Output::Compose(request) => self.think = request.think.0,
            Output::Ponder(_) => {}
            Output::Tool(request) => self.tool = request.tool_call.0,
            Output::Listen(
                ListenCommand::Finalize { utterance } | ListenCommand::Discard { utterance },
            ) => {
                self.utterance = utterance.0;
            }
            Output::Listen(_) => {}
            Output::Transfer { .. } => {}
            Output::Hangup { .. } => self.hung_up = true,
            Output::Event(event) => self.see(&event.kind, agent),
        }
    }

    fn see(&mut self, event: &EventKind, agent: &Agent) {
        match event {
            EventKind::NodeEntered { node, .. } => {
                self.seen.insert(node.clone());
                if let Some(from) = self.node.replace(node.clone()) {
                    let drawn = agent
                        .node(&from)
                        .expect("a node")
                        .edges
                        .iter()
                        .any(|edge| edge.to == *node);
                    assert!(drawn, "{from} -> {node} is not drawn");
                }
            }
            EventKind::AgentSaid { reply, interrupted: false, .. } => {
                assert_eq!(self.speaking.take(), Some(*reply));
            }
            EventKind::Ended { .. } => {
                assert!(!self.ended, "a call ends once");
                self.ended = true;
            }
            _ => {}
        }
    }
}

/// What callers say; what leads on is said more often, so that calls get somewhere.
const TEXTS: [&str; 16] = [
    "",
    "yes",
    "yes",
    "no",
    "mhm",
    "I lost my card",
    "four two seven one",
    "four two seven one",
    "4 2 7 1",
    "one two",
    "what is my balance",
    "and",
    "okay right",
    "no thanks",
    "\u{0}\u{202e}ü 9",
    "{card_code}",
];
const INTENTS: [&str; 10] = [
    "lost_card",
    "lost_card",
    "balance",
    "human",
    "goodbye",
    "opening_hours",
    "yes",
    "done",
    "filled",
    "no such intent",
];
const PROBABILITIES: [f32; 8] = [0.9, 0.9, 0.9, 0.9, 1.0, 0.2, f32::NAN, f32::INFINITY];

/// What a tool came back with.
fn random_outcome(random: &mut Random, wrong_code: bool) -> Result<Value, ToolFailure> {
    match random.below(7) {
        0 => Err(ToolFailure::Timeout),
        1 => Err(ToolFailure::Status(503)),
        2 => Ok(json!("nonsense")),
        _ if wrong_code => Ok(json!({"ok": false})),
        3 => Ok(json!({"ok": false})),
        _ => Ok(json!({"ok": true, "locked": true, "card_ending": "1234", "status": "success",
            "delivery_days": 3, "balance": "ten pounds", "place": "Sole"})),
    }
}

/// What a language model comes up with, sense and nonsense.
fn random_composition(random: &mut Random) -> Composition {
    let tool = (*random.pick(&["find_table", "book_table", "verify_code", ""])).to_owned();
    let arguments = match random.below(5) {
        0 => json!({"city": "Rome", "party": 4}),
        1 => json!(["Rome"]),
        2 => json!({"city": null}),
        3 => json!({"city": "Rome", "party": "4", "phone": "no number"}),
        _ => json!({"city": "Rome", "party": "4", "phone": "0 1 2 3 4 5 6", "place": "Sole"}),
    };
    match random.below(6) {
        0 => Composition::Unsure,
        1 => Composition::Reply { text: Pii::new("  ".to_owned()) },
        2 => Composition::Reply { text: Pii::new("Which city?".repeat(200)) },
        _ => Composition::Call {
            phrase: Pii::new("One moment.".into()),
            tool,
            arguments: Pii::new(arguments),
        },
    }
}

fn random_input(random: &mut Random, world: &World) -> Input {
    // Mostly the right number, sometimes a wrong one.
    let off =
        |random: &mut Random, id: u64| if random.below(8) == 0 { random.below(5) } else { id };
    let text = |random: &mut Random| match world.node.as_deref() {
        Some("offer_replacement") if world.helpful => "yes".to_owned().into(),
        Some("ask_code" | "wrong_code") if world.helpful => "four two seven one".to_owned().into(),
        _ => (*random.pick(&TEXTS)).to_owned().into(),
    };
    let reply = ReplyId(off(random, world.speaking.map_or(0, |reply| reply.0)));
    match random.below(40) {
        0 => Input::Interim {
            utterance: UtteranceId(world.utterance + random.below(3)),
            text: text(random),
        },
        1 => Input::Preview {
            utterance: UtteranceId(world.utterance + random.below(3)),
            text: text(random),
        },
        2 => Input::TurnEnd {
            utterance: UtteranceId(world.utterance + random.below(2)),
            probability: *random.pick(&PROBABILITIES),
        },
        3..=4 => Input::Final {
            utterance: UtteranceId(world.utterance + random.below(2)),
            text: text(random),
            confidence: f32::NAN,
            words: Vec::new(),
        },
        5 => Input::Digit(*random.pick(&['0', '4', '9', '#', '*', 'x'])),
        6..=8 => {
            let name = (*random.pick(&INTENTS)).to_owned();
            let probability = *random.pick(&PROBABILITIES);
            let intents = vec![IntentScore { name, probability }];
            Input::Thought(Thought {
                think: ThinkId(off(random, world.think)),
                intents,
                out_of_scope: 0.1,
            })
        }
        9 | 10 => {
            let words =
                vec![WordTime { text: "w".into(), start_ms: random.next(), end_ms: random.next() }];
            Input::SpeechPlanned(SpeechPlanned {
                reply,
                part: 7,
                words,
                duration_ms: random.next(),
            })
        }
        11 | 12 => Input::Played { reply, played_ms: random.below(10_000) },
        13..=16 => Input::PlaybackDone { reply },
        17..=19 => {
            let outcome = random_outcome(random, world.wrong_code);
            Input::ToolDone { tool_call: ToolCallId(off(random, world.tool)), outcome }
        }
        20 if random.below(20) == 0 => {
            let part = *random.pick(&[EnginePart::Listen, EnginePart::Think, EnginePart::Speak]);
            Input::EngineFailed { part, reason: "random".into() }
        }
        21 if random.below(200) == 0 => Input::CallerGone,
        22 => Input::Wake,
        23 => Input::Connected,
        24..=26 => {
            let think = ThinkId(off(random, world.think));
            Input::Composed(Composed { think, composition: random_composition(random) })
        }
        _ => Input::Voice { speech: *random.pick(&[0.0, 0.0, 0.0, 0.9, f32::NAN]) },
    }
}

/// One call; answers which nodes it saw.
fn place_call(agent: &Arc<Agent>, seed: u64) -> BTreeSet<String> {
    let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut world = World {
        helpful: seed.is_multiple_of(2),
        wrong_code: seed.is_multiple_of(6),
        ..World::default()
    };
    let mut call = Call::new(Arc::clone(agent), CallInfo::default());
    let mut now = 0;
    call.handle(CallTime(0), Input::Connected);
    while !call.is_ended() {
        while let Some(output) = call.poll() {
            world.obey(output, agent);
        }
        let wake = call.next_wake().expect("a call that goes on has an alarm");
        assert!(wake.0 > now, "seed {seed}: an alarm at {wake} rings for ever at {now}: {call:?}");
        let step = *random.pick(&[0, 20, 20, 20, 20, 20, 200]);
        // A driver wakes the call in time.
        now = (now + step).min(wake.0);
        let input = if now == wake.0 { Input::Wake } else { random_input(&mut random, &world) };
        call.handle(CallTime(now), input);
        assert!(now <= CALL_MS_MAX + GOODBYE_MS_MAX, "seed {seed}: the call does not end");
    }
    while let Some(output) = call.poll() {
        world.obey(output, agent);
    }
    assert!(world.ended, "seed {seed}: ends with an event");
    assert!(call.next_wake().is_none() && call.transcript().len() <= 400);
    world.seen
}

#[test]
fn random_calls_keep_every_promise() {
    for yaml in [BANK, crate::talking::TABLES] {
        calls_of(yaml);
    }
}

fn calls_of(yaml: &str) {
    let yaml = format!("{yaml}\nlimits: {{call_ms_max: {CALL_MS_MAX}}}\n");
    let agent = Arc::new(Agent::parse(&yaml).unwrap_or_else(|errors| panic!("{errors}")));
    let mut seen = BTreeSet::new();
    for seed in 1..=CALLS {
        let call = std::panic::catch_unwind(|| place_call(&agent, seed));
        seen.extend(call.unwrap_or_else(|_| panic!("the call of seed {seed} failed")));
    }
    // The calls must get everywhere, or the promises are empty.
    let never: Vec<&str> =
        agent.nodes().map(|node| node.name.as_str()).filter(|name| !seen.contains(*name)).collect();
    assert!(never.is_empty(), "never at {never:?}");
}

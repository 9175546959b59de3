//! Callers who are drawn by lot: they want what the agent's intents are made for, give what they are asked for in one
//! of its forms, and now and then are silent, type, change their mind, talk nonsense or hang up.
//!
//! They know the graph, so that calls get everywhere in it; they are not a language model. What they say comes from
//! the agent file itself (examples of intents, kinds of slots), and the same seed says the same again.

use std::collections::BTreeMap;
use std::fmt;

use hearsay_dialog::{
    Agent, Ask, CallInfo, Date, EdgeOn, EndReason, EventKind, Node, NodeKind, Pii, SlotSpec,
    ToolFailure, ToolKind, ToolRequest,
};
use hearsay_text::language::Language;
use serde::Serialize;
use serde_json::Value;

use super::file::{EventName, Mock, TestFile};
use super::run::CALLER;
use super::said::{self, Random};
use crate::typed_call::{Told, TypedCall, TypedLine, Watcher};

/// A caller who has done this much hangs up; the call counts as one that does not end by itself.
const TURNS_MAX: usize = 40;
/// A call in which the agent has nothing to say so often after the caller's turns has fallen silent.
const QUIET_TURNS_MAX: usize = 3;
/// How often a caller waits for the agent in one turn.
const WAITS_MAX: usize = 4;

/// What came of many calls.
#[derive(Debug, Default, Serialize)]
pub struct Outcome {
    /// Calls placed.
    pub calls: usize,
    /// What callers did in them, in all.
    pub turns: usize,
    /// Why calls ended, and how many did so.
    pub ends: BTreeMap<String, usize>,
    /// What was noted of them.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub dispositions: BTreeMap<String, usize>,
    /// How often each node was entered.
    pub nodes: BTreeMap<String, usize>,
    /// Nodes that no call came to.
    pub never_reached: Vec<String>,
    /// Examples of intents that were said where they count.
    pub wishes: usize,
    /// Those that were understood as another intent or as none.
    pub misunderstood: BTreeMap<String, usize>,
    /// Transitions and values that were refused.
    pub refused: usize,
    /// Answers of tools, and how many of them were failures.
    pub tool_answers: [usize; 2],
    /// Calls with a fault: each with what the caller did and what happened last.
    pub faults: Vec<Fault>,
}

/// A call that went wrong.
#[derive(Debug, Serialize)]
pub struct Fault {
    /// The call's number, counted from 0; the seed and it make it again.
    pub call: usize,
    /// What is wrong.
    pub what: &'static str,
    /// Where it was.
    pub node: String,
    /// What the caller did last.
    pub caller: Vec<String>,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [answers, failures] = self.tool_answers;
        writeln!(f, "calls           {} with {} turns of the caller", self.calls, self.turns)?;
        writeln!(f, "ended           {}", counted(&self.ends))?;
        if !self.dispositions.is_empty() {
            writeln!(f, "noted           {}", counted(&self.dispositions))?;
        }
        writeln!(f, "nodes           {} reached", self.nodes.len())?;
        if !self.never_reached.is_empty() {
            writeln!(f, "never reached   {}", self.never_reached.join(", "))?;
        }
        let wrong: usize = self.misunderstood.values().sum();
        writeln!(f, "wishes          {} of {} understood", self.wishes - wrong, self.wishes)?;
        if wrong > 0 {
            writeln!(f, "misunderstood   {}", counted(&self.misunderstood))?;
        }
        writeln!(f, "tools           {answers} answers, {failures} failures among them")?;
        writeln!(f, "refused         {} transitions and values", self.refused)?;
        writeln!(f, "faults          {}", self.faults.len())?;
        for fault in &self.faults {
            let (call, what, node) = (fault.call, fault.what, &fault.node);
            writeln!(f, "  call {call}: {what} at {node}, after: {}", fault.caller.join("; "))?;
        }
        Ok(())
    }
}

/// Names with their counts, the most frequent first.
fn counted(counts: &BTreeMap<String, usize>) -> String {
    let mut sorted: Vec<(&String, &usize)> = counts.iter().collect();
    sorted.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    let told: Vec<String> = sorted.iter().map(|(name, count)| format!("{name} {count}")).collect();
    told.join(", ")
}

/// Where the calls go, and what answers there.
pub struct Setting<'a> {
    /// The line.
    pub line: &'a TypedLine,
    /// The agent at its other end.
    pub agent: &'a Agent,
    /// Values of slots that the tests know: codes and names that a service takes.
    pub known: BTreeMap<String, Vec<String>>,
    /// What services answer.
    pub mocks: &'a BTreeMap<String, Mock>,
    /// Whether services without such an answer are asked; they fail otherwise.
    pub asks_services: bool,
    /// The day of all calls.
    pub today: Date,
}

/// The values of slots that tests expect, as callers could say them.
pub fn known_values(tests: &TestFile) -> BTreeMap<String, Vec<String>> {
    let mut known: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let expected = tests.tests.iter().flat_map(|test| &test.turns).flat_map(|turn| &turn.expect);
    for it in expected.filter(|it| it.event == EventName::Slot && !it.absent) {
        let value = match &it.value {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => continue,
        };
        let values = known.entry(it.name.clone().unwrap_or_default()).or_default();
        if !values.contains(&value) {
            values.push(value);
        }
    }
    known
}

impl Setting<'_> {
    /// Places a number of calls; the same seed places the same.
    pub fn calls(&self, calls: usize, seed: u64, progress: &mut dyn FnMut(usize)) -> Outcome {
        let mut outcome = Outcome { calls, ..Outcome::default() };
        for number in 0..calls {
            let mut random = Random::new(seed, number);
            self.place(number, &mut random, &mut outcome);
            progress(number + 1);
        }
        let names = self.agent.nodes().map(|node| node.name.clone());
        outcome.never_reached = names.filter(|it| !outcome.nodes.contains_key(it)).collect();
        outcome
    }

    fn place(&self, number: usize, random: &mut Random, outcome: &mut Outcome) {
        let info = CallInfo {
            from: Pii::new(CALLER.to_owned()),
            today: self.today,
            ..CallInfo::default()
        };
        let mut call = self.line.call(info);
        let mut ear = Ear {
            setting: self,
            random: Random::new(random.next(), number),
            outcome,
            node: String::new(),
            wish: None,
            words: 0,
            ended: None,
        };
        call.connect(&mut ear);
        let (mut did, mut quiet, mut turns) = (Vec::new(), 0, 0);
        while !call.is_over() && turns < TURNS_MAX && quiet < QUIET_TURNS_MAX {
            turns += 1;
            ear.words = 0;
            let deed = self.deed(&ear.node, random);
            did.push(deed.to_string());
            ear.wish = deed.wish();
            act(&mut call, deed, &mut ear);
            quiet = if ear.words == 0 { quiet + 1 } else { 0 };
        }
        let fault = match call.is_over() {
            true => (ear.ended == Some(EndReason::EngineFailed)).then_some("a model failed"),
            false if quiet >= QUIET_TURNS_MAX => Some("the agent fell silent"),
            false => Some("the call did not end"),
        };
        let node = std::mem::take(&mut ear.node);
        if !call.is_over() {
            call.leave(&mut ear);
        }
        outcome.turns += turns;
        let caller = did.split_off(did.len().saturating_sub(4));
        outcome.faults.extend(fault.map(|what| Fault { call: number, what, node, caller }));
    }

    /// What the caller does at a node.
    fn deed(&self, node: &str, random: &mut Random) -> Deed {
        let Some(node) = self.agent.node(node) else {
            return Deed::Wait;
        };
        let language = self.language_of(&node.agent);
        match random.below(100) {
            0..4 => Deed::Wait,
            4..6 => Deed::HangUp,
            6..11 => Deed::Say(said::nonsense(random)),
            11..15 => Deed::Press(said::keys(random)),
            15..24 => self.wish(&self.wishes(node, true), random),
            _ => self.answer(node, language, random),
        }
    }

    fn language_of(&self, agent: &str) -> Language {
        let speaker = self.agent.personas().find(|it| it.name == agent);
        speaker.map_or_else(Language::default, |it| it.language)
    }

    /// What the node asks for.
    fn answer(&self, node: &Node, language: Language, random: &mut Random) -> Deed {
        match &node.kind {
            NodeKind::Collect(slot) => match self.agent.slots().find(|it| it.name == *slot) {
                Some(slot) => Deed::Say(self.value(slot, language, random)),
                None => Deed::Wait,
            },
            NodeKind::Ask(Ask::YesNo) => Deed::Say(said::yes_or_no(language, random)),
            _ => self.wish(&self.wishes(node, false), random),
        }
    }

    /// A value for a slot; one that the tests know, half of the times.
    fn value(&self, slot: &SlotSpec, language: Language, random: &mut Random) -> String {
        let known = self.known.get(&slot.name).filter(|_| random.below(2) == 0);
        match known.and_then(|known| random.pick(known)) {
            Some(known) => known.clone(),
            None => said::value(slot, language, self.today, random),
        }
    }

    /// The intents that lead away from a node, or those of the whole agent.
    fn wishes<'a>(&'a self, node: &'a Node, any: bool) -> Vec<&'a str> {
        let here = node.edges.iter().filter_map(|edge| match &edge.on {
            EdgeOn::Intent(name) => Some(name.as_str()),
            _ => None,
        });
        let here: Vec<&str> = here.collect();
        match any || here.is_empty() {
            true => self.agent.intents().iter().map(|it| it.name.as_str()).collect(),
            false => here,
        }
    }

    fn wish(&self, names: &[&str], random: &mut Random) -> Deed {
        let Some(name) = random.pick(names) else {
            return Deed::Say(said::nonsense(random));
        };
        let intent = self.agent.intents().iter().find(|it| it.name == **name);
        match intent.and_then(|it| random.pick(&it.examples)) {
            Some(words) => Deed::Wish { intent: (*name).to_owned(), words: words.clone() },
            None => Deed::Wait,
        }
    }
}

/// What a caller does in one turn.
enum Deed {
    Wait,
    HangUp,
    Press(String),
    Say(String),
    Wish { intent: String, words: String },
}

impl Deed {
    /// The intent that is meant, if one is.
    fn wish(&self) -> Option<String> {
        match self {
            Self::Wish { intent, .. } => Some(intent.clone()),
            _ => None,
        }
    }
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wait => f.write_str("[silence]"),
            Self::HangUp => f.write_str("[hangs up]"),
            Self::Press(keys) => write!(f, "[keys {keys}]"),
            Self::Say(words) | Self::Wish { words, .. } => f.write_str(words),
        }
    }
}

fn act(call: &mut TypedCall<'_>, deed: Deed, ear: &mut Ear<'_, '_>) {
    match &deed {
        Deed::Wait => {}
        Deed::HangUp => return call.leave(ear),
        Deed::Press(keys) => keys.chars().for_each(|key| call.key(key, ear)),
        Deed::Say(words) | Deed::Wish { words, .. } => call.line(words, ear),
    }
    for _ in 0..WAITS_MAX {
        if ear.words > 0 || call.is_over() {
            return;
        }
        call.wait(ear);
    }
}

fn needs_no_service(kind: &ToolKind) -> bool {
    matches!(kind, ToolKind::BuiltIn(_) | ToolKind::Sample(_))
}

/// Notes what happens in a call, and answers for services.
struct Ear<'a, 'b> {
    setting: &'a Setting<'a>,
    random: Random,
    outcome: &'b mut Outcome,
    node: String,
    wish: Option<String>,
    words: usize,
    ended: Option<EndReason>,
}

impl Ear<'_, '_> {
    fn happened(&mut self, event: &EventKind) {
        match event {
            EventKind::NodeEntered { node, .. } => {
                self.node.clone_from(node);
                *self.outcome.nodes.entry(node.clone()).or_default() += 1;
            }
            EventKind::Understood { intent, .. } => self.understood(intent.as_deref()),
            EventKind::EdgeRefused { .. } | EventKind::SlotRefused { .. } => {
                self.outcome.refused += 1;
            }
            EventKind::Noted { disposition, .. } => {
                *self.outcome.dispositions.entry(disposition.clone()).or_default() += 1;
            }
            EventKind::Ended { reason } => {
                self.ended = Some(*reason);
                *self.outcome.ends.entry(reason.to_string()).or_default() += 1;
            }
            _ => {}
        }
    }

    /// An intent that cannot be meant at the node is no misunderstanding there.
    fn understood(&mut self, intent: Option<&str>) {
        let Some(wish) = self.wish.take() else { return };
        let node = self.setting.agent.node(&self.node);
        let leads_on = node.is_some_and(|node| {
            node.edges.iter().any(|edge| edge.on == EdgeOn::Intent(wish.clone()))
        });
        if !leads_on {
            return;
        }
        self.outcome.wishes += 1;
        if intent != Some(wish.as_str()) {
            let as_what = format!("{wish} as {}", intent.unwrap_or("nothing"));
            *self.outcome.misunderstood.entry(as_what).or_default() += 1;
        }
    }
}

impl Watcher for Ear<'_, '_> {
    fn told(&mut self, told: Told<'_>) {
        match told {
            Told::Says(_) => self.words += 1,
            Told::Event(event) => self.happened(&event.kind),
            Told::Sources(_) | Told::Elsewhere(_) | Told::Transfer(_) | Told::HungUp(_) => {}
        }
    }

    /// One answer of twenty is a failure.
    fn answer(&mut self, request: &ToolRequest) -> Option<Result<Value, ToolFailure>> {
        self.outcome.tool_answers[0] += 1;
        let fails = match self.random.below(40) {
            0 => Some(ToolFailure::Timeout),
            1 => Some(ToolFailure::Status(500)),
            _ => None,
        };
        if let Some(failure) = fails {
            self.outcome.tool_answers[1] += 1;
            return Some(Err(failure));
        }
        match self.setting.mocks.get(&request.tool) {
            Some(mock) => Some(mock.outcome()),
            None if self.setting.asks_services || needs_no_service(&request.kind) => None,
            None => {
                self.outcome.tool_answers[1] += 1;
                let why = "no `tools:` of the tests answers for it".to_owned();
                Some(Err(ToolFailure::Unreachable(why)))
            }
        }
    }
}

//! The graph: entering nodes, understanding the caller, telephone keys, tools.

use std::sync::Arc;

use hearsay_text::pii::Pii;
use serde_json::Value;

use super::Call;
use super::keys::Keys;
use crate::agent::{Ask, Edge, EdgeOn, Node, NodeKind, SlotKind, Stay};
use crate::event::{EndReason, EventKind};
use crate::input::{IntentScore, Thought};
use crate::memory::Source;
use crate::output::{Expectation, ListenCommand, Output, SpeakKind, ThinkRequest};
use crate::slot::{self, Heard};
use crate::time::{CallTime, ThinkId};
use crate::turn::Turn;
use crate::workflow;

/// A yes or no of at most this many words is taken as it is; a longer one may hold a wish.
const PLAIN_ANSWER_WORDS_MAX: usize = 4;
/// Any words can be a name or a free text; only an intent that is this likely takes them away from the slot.
const INTENT_OVER_VALUE_MIN: f32 = 0.75;

/// What is being understood.
#[derive(Debug)]
pub(super) struct PendingThought {
    pub think: ThinkId,
    pub text: String,
    pub since: CallTime,
    /// What the words mean if no intent is found in them.
    pub fallback: Option<Fallback>,
    pub stage: Stage,
}

/// What words mean that hold no intent.
#[derive(Debug, Clone)]
pub(super) enum Fallback {
    /// An outcome of the node.
    Outcome(EdgeOn),
    /// A value of a slot, by its name.
    Value(String, Value),
}

/// Who is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// The router: which intent?
    Routing,
    /// The language model: what to say or do?
    Composing,
    /// A program outside.
    Outside,
}

/// Whether the caller has to say something at a node.
pub(super) fn waits_for_caller(node: &Node) -> bool {
    matches!(node.kind, NodeKind::Collect(_) | NodeKind::Ask(_) | NodeKind::Talk(_))
}

impl Call {
    pub(super) fn begin(&mut self, start: &str) {
        if let Some(outcome) = self.enter(start, "") {
            self.walk(outcome);
        }
    }

    pub(super) fn is_waiting_for_caller(&self) -> bool {
        self.closing.is_none() && self.current_node().is_some_and(waits_for_caller)
    }

    /// Follows drawn edges from this outcome until somebody has to answer.
    pub(super) fn walk(&mut self, outcome: EdgeOn) {
        let agent = Arc::clone(&self.agent);
        let mut next = Some(outcome);
        for _ in 0..=agent.limits.hops_max {
            let Some(outcome) = next else { return };
            let Some(node) = agent.node(&self.node) else { return };
            match workflow::edge_for(&agent, node, &outcome, &self.memory) {
                Some(edge) => next = self.take_edge(edge),
                None => return self.no_way_on(node, &outcome),
            }
        }
        if next.is_some() {
            self.close(EndReason::Blocked, &self.phrases().goodbye_failed);
        }
    }

    fn take_edge(&mut self, edge: &Edge) -> Option<EdgeOn> {
        for (name, value) in &edge.set {
            let by = Source::Edge(self.node.clone());
            self.memory.set_context(self.now, name, value.clone(), by);
        }
        if let Some(template) = &edge.say {
            let text = self.memory.say(template);
            self.say(&text, SpeakKind::Reply);
        }
        match edge.stay {
            None => self.enter(&edge.to, edge.on.as_str()),
            Some(stay) => {
                self.stay(stay);
                None
            }
        }
    }

    /// The call stays where it is: the caller is told something and asked again. No try is counted
    /// for it, because the caller was understood.
    fn stay(&mut self, stay: Stay) {
        let again = match stay {
            Stay::AskAgain => self.current_node().map(|node| self.wording(node)),
            Stay::Repeat => Some(self.speech.said_last()),
        };
        self.say(&again.unwrap_or_default(), SpeakKind::Reply);
    }

    /// Arrives at a node, for a reason; the outcome is what leads on at once, if anything does.
    fn enter(&mut self, name: &str, reason: &str) -> Option<EdgeOn> {
        let agent = Arc::clone(&self.agent);
        let node = agent.node(name)?;
        let from = self.current_node().map(|node| node.agent.clone()).unwrap_or_default();
        self.node = name.to_owned();
        self.memory.visit(name);
        self.reprompts = 0;
        self.keys = Keys::default();
        if from != node.agent {
            let context = Pii::new(self.memory.handoff());
            let (to, reason) = (node.agent.clone(), reason.to_owned());
            self.event(EventKind::Handoff { from, to, reason, context });
        }
        self.event(EventKind::NodeEntered { agent: node.agent.clone(), node: name.to_owned() });
        match &node.kind {
            NodeKind::End => {
                let last_words = self.wording(node);
                self.end_of_graph(EndReason::Completed, &last_words);
                None
            }
            NodeKind::Transfer(to) => {
                let last_words = self.wording(node);
                self.transfer_to = Some(Pii::new(self.memory.write(to, str::to_owned)));
                self.end_of_graph(EndReason::Transferred, &last_words);
                None
            }
            NodeKind::Say => {
                self.say_wording(node);
                Some(EdgeOn::Done)
            }
            NodeKind::Tool(tool) => {
                self.say_wording(node);
                self.call_tool(tool);
                None
            }
            NodeKind::Collect(_) | NodeKind::Ask(_) | NodeKind::Talk(_) => {
                self.say_wording(node);
                self.expect_answer(node);
                if node.say.is_empty() && self.talk().is_some() {
                    self.compose("", None);
                }
                None
            }
        }
    }

    /// Tells the ear what the answer to a node's question may be.
    pub(super) fn expect_answer(&mut self, node: &Node) {
        let expectation = self.agent.expectation(node);
        let phrases = self.agent.bias_phrases(&node.name);
        self.listen(ListenCommand::Expect { expectation, phrases });
    }

    /// The last words of the graph follow what is still to be said; nothing is cut.
    pub(super) fn end_of_graph(&mut self, reason: EndReason, last_words: &str) {
        self.say_goodbye(last_words);
        let deadline = self.now + self.agent.limits.goodbye_ms_max;
        self.closing = Some(super::Closing { reason, deadline });
    }

    fn say_wording(&mut self, node: &Node) {
        let text = self.wording(node);
        self.say(&text, SpeakKind::Reply);
    }

    /// The node's wording for this visit.
    pub(super) fn wording(&self, node: &Node) -> String {
        let visit = usize::try_from(self.memory.visits(&node.name)).unwrap_or(usize::MAX);
        let template = node.say.get(visit.saturating_sub(1)).or(node.say.last());
        template.map(|template| self.memory.say(template)).unwrap_or_default()
    }

    /// An outcome without a drawn edge: the graph stays where it is.
    fn no_way_on(&mut self, node: &Node, outcome: &EdgeOn) {
        let phrases = self.phrases();
        match outcome {
            EdgeOn::Silence => return self.close(EndReason::Silence, &phrases.goodbye_silence),
            EdgeOn::Unknown => {
                return self.close(EndReason::NotUnderstood, &phrases.goodbye_not_understood);
            }
            _ => {}
        }
        let proposed = outcome.as_str().to_owned();
        self.event(EventKind::EdgeRefused { node: node.name.clone(), proposed });
        match outcome {
            EdgeOn::Failed | EdgeOn::Timeout => {
                self.close(EndReason::ToolFailed, &phrases.goodbye_failed)
            }
            _ if self.is_waiting_for_caller() => self.ask_again(&phrases.refused),
            _ => self.close(EndReason::Blocked, &phrases.goodbye_failed),
        }
    }

    pub(super) fn on_silence(&mut self) {
        self.set_turn(Turn::Listening { since: self.now });
        match self.current_node() {
            Some(node) if self.reprompts >= node.reprompts_max => self.walk(EdgeOn::Silence),
            _ => self.reprompt(&self.phrases().still_there),
        }
    }

    pub(super) fn not_understood(&mut self) {
        match self.current_node() {
            Some(node) if self.reprompts >= node.reprompts_max => self.walk(EdgeOn::Unknown),
            _ => self.reprompt(&self.phrases().not_understood),
        }
    }

    /// Counts a try that came to nothing; true when there have been enough.
    pub(super) fn gives_up(&mut self) -> bool {
        self.reprompts += 1;
        self.current_node().is_some_and(|node| self.reprompts > node.reprompts_max)
    }

    /// Puts the question again: in the node's own words for that, or after `lead`.
    fn reprompt(&mut self, lead: &str) {
        let agent = Arc::clone(&self.agent);
        let Some(node) = agent.node(&self.node) else { return };
        let count = usize::try_from(self.reprompts).unwrap_or(usize::MAX);
        self.reprompts += 1;
        match node.reprompt.get(count).or(node.reprompt.last()) {
            Some(template) => {
                let text = self.memory.say(template);
                self.say(&text, SpeakKind::Reprompt);
            }
            None => {
                let text = format!("{lead} {}", self.wording(node));
                self.say(text.trim(), SpeakKind::Reprompt);
            }
        }
    }

    /// The caller was understood and cannot have it: says so and puts the question again.
    fn ask_again(&mut self, lead: &str) {
        let Some(node) = self.current_node() else { return };
        if self.reprompts >= node.reprompts_max {
            return self.walk(EdgeOn::Unknown);
        }
        let text = format!("{lead} {}", self.wording(node));
        self.reprompts += 1;
        self.say(text.trim(), SpeakKind::Reprompt);
    }

    /// What the caller's words mean at this node.
    pub(super) fn understand(&mut self, text: &str) {
        // During a tool or the last words the caller is heard and nothing is changed by it.
        if !self.is_waiting_for_caller() {
            return;
        }
        let agent = Arc::clone(&self.agent);
        let Some(node) = agent.node(&self.node) else { return };
        self.desk.calls_by_model = 0;
        self.cancel_tool();
        self.speech.caller_was_heard();
        match &node.kind {
            NodeKind::Collect(slot) => self.understand_value(node, slot, text),
            NodeKind::Ask(Ask::YesNo) => self.understand_yes_no(node, text),
            NodeKind::Ask(Ask::Intents) | NodeKind::Talk(_) => self.think(node, text, None),
            NodeKind::Ask(Ask::Outside) => self.ask_outside(text),
            NodeKind::Say | NodeKind::Tool(_) | NodeKind::Transfer(_) | NodeKind::End => {}
        }
    }

    fn understand_yes_no(&mut self, node: &Node, text: &str) {
        let answer = slot::yes_no(text).map(|yes| if yes { EdgeOn::Yes } else { EdgeOn::No });
        let plain = slot::words(text).len() <= PLAIN_ANSWER_WORDS_MAX && !slot::says_more(text);
        match answer {
            Some(answer) if plain || workflow::intents_of(node).is_empty() => self.walk(answer),
            answer => self.think(node, text, answer.map(Fallback::Outcome)),
        }
    }

    fn understand_value(&mut self, node: &Node, slot_name: &str, text: &str) {
        let agent = Arc::clone(&self.agent);
        let Some(spec) = agent.slots.get(slot_name) else { return };
        let locale = self.locale();
        let together = format!("{} {}", self.keys.digits, locale.digits(text));
        let is_digits = matches!(spec.kind, SlotKind::Digits { .. });
        let heard = match slot::heard(spec, text, locale) {
            Heard::Nothing if is_digits && !self.keys.digits.is_empty() => {
                slot::heard(spec, &together, locale)
            }
            heard => heard,
        };
        match heard {
            Heard::Value(value)
                if slot::takes_any_words(spec, text) && !workflow::intents_of(node).is_empty() =>
            {
                let value = Fallback::Value(slot_name.to_owned(), value);
                return self.think(node, text, Some(value));
            }
            Heard::Value(value) => return self.fill(slot_name, value, Source::Caller),
            Heard::Wrong(wanted) => return self.refuse_value(slot_name, wanted),
            Heard::Nothing => {}
        }
        let said = locale.digits(&together);
        if let SlotKind::Digits { digits_min, .. } = spec.kind
            && (1..digits_min).contains(&said.len())
        {
            let deadline = Some(self.now + agent.limits.digits_ms_max);
            self.keys = Keys { digits: said, deadline, typed: false };
            return;
        }
        self.keys = Keys::default();
        self.think(node, text, None);
    }

    pub(super) fn fill(&mut self, slot_name: &str, value: Value, by: Source) {
        self.keys = Keys::default();
        self.set_slot(slot_name, value.clone(), by);
        self.walk(match value {
            Value::Bool(true) => EdgeOn::Yes,
            Value::Bool(false) => EdgeOn::No,
            _ => EdgeOn::Filled,
        });
    }

    /// The question is put again, and how often is counted as for words that were not understood.
    pub(super) fn refuse_value(&mut self, slot_name: &str, wanted: &str) {
        self.keys = Keys::default();
        self.event(EventKind::SlotRefused {
            slot: slot_name.to_owned(),
            wanted: wanted.to_owned(),
        });
        match self.current_node() {
            Some(node) if self.reprompts >= node.reprompts_max => self.walk(EdgeOn::Unknown),
            _ => self.reprompt(&self.phrases().not_valid),
        }
    }

    pub(super) fn set_slot(&mut self, name: &str, value: Value, by: Source) {
        self.memory.set_slot(self.now, name, value.clone(), by);
        self.event(EventKind::SlotSet { slot: name.to_owned(), value: Pii::new(value) });
    }

    /// Asks which of the node's intents was meant; without any, the fallback is all there is.
    fn think(&mut self, node: &Node, text: &str, fallback: Option<Fallback>) {
        let mut intents = workflow::intents_of(node);
        if self.agent.expectation(node) == Expectation::YesNo {
            // "Maybe later" is a no that no rule here knows; routers know what means yes and no.
            intents.extend(["yes", "no"].map(str::to_owned));
        }
        if intents.is_empty() {
            return self.understand_without_intent(text, fallback);
        }
        let think = self.desk.next_think();
        let since = self.now;
        let stage = Stage::Routing;
        self.thought =
            Some(PendingThought { think, text: text.to_owned(), since, fallback, stage });
        self.push(Output::Think(ThinkRequest { think, text: Pii::new(text.to_owned()), intents }));
        self.set_turn(Turn::Thinking { think, since });
    }

    /// No intent fits the words: what they mean otherwise, else a language model, else nothing.
    fn understand_without_intent(&mut self, text: &str, fallback: Option<Fallback>) {
        match fallback {
            Some(fallback) => self.fall_back(fallback),
            None if self.compose(text, None) => {}
            None => self.not_understood(),
        }
    }

    pub(super) fn fall_back(&mut self, fallback: Fallback) {
        match fallback {
            Fallback::Outcome(outcome) => self.walk(outcome),
            Fallback::Value(slot, value) => self.fill(&slot, value, Source::Caller),
        }
    }

    pub(super) fn on_thought(&mut self, thought: &Thought) {
        let Some(pending) = self.thought.take() else { return };
        self.leave_thinking();
        let sure = thought.intents.iter().filter(|score| score.probability.is_finite());
        let best = sure.max_by(|a, b| a.probability.total_cmp(&b.probability));
        let intent = best.map(|score| score.name.clone());
        let probability = best.map_or(0.0, |best| self.probability_of_way(best, thought));
        self.event(EventKind::Understood { intent: intent.clone(), probability });
        let wanted = match &pending.fallback {
            Some(Fallback::Value(..)) => {
                self.agent.router.probability_min.max(INTENT_OVER_VALUE_MIN)
            }
            _ => self.agent.router.probability_min,
        };
        let likely = probability >= wanted && probability > thought.out_of_scope;
        match (intent.filter(|_| likely), pending.fallback) {
            (Some(intent), _) => match (self.collected_yes_no(), intent.as_str()) {
                (Some(slot), "yes") => self.fill(&slot, Value::Bool(true), Source::Caller),
                (Some(slot), "no") => self.fill(&slot, Value::Bool(false), Source::Caller),
                _ => {
                    let outcome = self.outcome_of_intent(intent);
                    self.walk(outcome);
                }
            },
            (None, fallback) => self.understand_without_intent(&pending.text, fallback),
        }
    }

    /// How likely it is that the caller wants to go where an intent leads: "no" and "goodbye" after
    /// "anything else?" are one wish in two names.
    fn probability_of_way(&self, best: &IntentScore, thought: &Thought) -> f32 {
        let way = |score: &IntentScore| {
            let node = self.current_node()?;
            let outcome = self.outcome_of_intent(score.name.clone());
            let edge = workflow::edge_for(&self.agent, node, &outcome, &self.memory)?;
            Some((edge.to.clone(), edge.stay))
        };
        let Some(wanted) = way(best) else { return best.probability };
        let others = thought.intents.iter().filter(|score| score.name != best.name);
        let same = others.filter(|score| way(score).as_ref() == Some(&wanted));
        let sure = same.map(|score| score.probability).filter(|p| (0.0..=1.0).contains(p));
        best.probability + sure.sum::<f32>()
    }

    /// The slot of yes or no that the node collects, if it does.
    fn collected_yes_no(&self) -> Option<String> {
        let slot = self.collected_slot().filter(|slot| slot.kind == SlotKind::YesNo)?;
        Some(slot.name.clone())
    }

    /// A model proposes intents and nothing else: it can say yes where yes was asked for,
    /// and cannot say that a tool is done.
    pub(super) fn outcome_of_intent(&self, intent: String) -> EdgeOn {
        let asked = self.current_node().is_some_and(|node| node.kind == NodeKind::Ask(Ask::YesNo));
        match intent.as_str() {
            "yes" if asked => EdgeOn::Yes,
            "no" if asked => EdgeOn::No,
            _ => EdgeOn::Intent(intent),
        }
    }

    pub(super) fn think_failed(&mut self) {
        let Some(pending) = self.thought.take() else { return };
        self.leave_thinking();
        match pending.fallback {
            Some(fallback) => self.fall_back(fallback),
            None => self.say_trouble(),
        }
    }

    pub(super) fn say_trouble(&mut self) {
        if self.is_waiting_for_caller() {
            self.say(&self.phrases().trouble, SpeakKind::Reprompt);
        }
    }
}

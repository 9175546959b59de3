//! Replies that are checked before they are spoken.
//!
//! [`answer`] answers a question from an agent's knowledge: search, decide whether the passages hold an answer at all,
//! let the model say it in its words, check those words against the passages, and say the passage's own sentence where
//! they do not hold. [`converse`] lets the model talk and call tools, and refuses replies with figures, addresses or names
//! that stand nowhere in what it read. Where neither is sure the outcome is [`Outcome::Unsure`]: the caller is told so
//! (Chen et al. 2023 call it abstention).

use std::ops::ControlFlow;

use crate::grammar::{ToolCall, ToolChoice};
use crate::grounding::{self, FactKind, Verdict};
use crate::knowledge::{ANSWERABLE_MIN, Finding, Knowledge};
use crate::prompt::{Prompt, Turn};
use crate::responder::{Form, Responder, ResponderError, Response, Thread, Wanted};

/// Passages that the model is shown.
pub const PASSAGES_SHOWN: usize = 3;
/// Longest passage that it is shown, in characters.
const PASSAGE_CHARS_MAX: usize = 400;
/// A reply counts as supported from this probability.
pub const SUPPORTED_MIN: f32 = 0.5;
/// Mean logarithm of the probabilities of a reply's tokens, below which the model was guessing.
const CONFIDENCE_MIN: f32 = -1.6;
/// Words of a question that can be looked up; shorter ones need the turn before.
const QUESTION_WORDS_MIN: usize = 3;

/// What came of a prompt.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Say this.
    Reply {
        /// The words.
        text: String,
        /// Where it is from: file and place of the passages that were used.
        sources: Vec<String>,
        /// The model's own words, or a passage's.
        from: Author,
    },
    /// Call this tool.
    Call {
        /// What to say meanwhile; may be empty.
        phrase: String,
        /// The call.
        call: ToolCall,
    },
    /// Neither words nor a call are to be trusted.
    Unsure {
        /// Why, for logs; holds no words of the caller.
        why: Doubt,
    },
}

/// Whose words a reply is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    /// The language model's.
    Model,
    /// A sentence of the knowledge.
    Passage,
}

/// Why there is no reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// The knowledge does not hold an answer.
    NotKnown,
    /// The reply has something that stands nowhere.
    NotSupported,
    /// The model was guessing.
    NotConfident,
    /// There were no words.
    Empty,
}

/// Answers the newest caller's question from knowledge, or not at all.
///
/// # Errors
/// As [`Responder::respond`].
pub fn answer(
    responder: &Responder,
    thread: &mut Thread,
    prompt: &Prompt,
    knowledge: &Knowledge,
) -> Result<Outcome, ResponderError> {
    let question = question(prompt);
    let finding = knowledge.ask(&question, PASSAGES_SHOWN);
    if finding.answerable < ANSWERABLE_MIN {
        return Ok(Outcome::Unsure { why: Doubt::NotKnown });
    }
    let mut asked = prompt.clone();
    asked.context.facts = facts(&finding);
    let wanted = Wanted { form: Form::Reply(ToolChoice::None), ..Wanted::default() };
    let response =
        responder.respond(thread, &asked, &wanted, &mut |_| ControlFlow::Continue(()))?;
    let mut passages: Vec<&str> = asked.context.facts.iter().map(String::as_str).collect();
    passages.push(&question);
    let verdict = verdict(knowledge, &response, &passages);
    let sources = || finding.hits.iter().map(|hit| hit.passage.citation()).collect();
    if is_sound(&response, &verdict) {
        return Ok(Outcome::Reply { text: response.text, sources: sources(), from: Author::Model });
    }
    match finding.answer.clone() {
        Some(text) => Ok(Outcome::Reply { text, sources: sources(), from: Author::Passage }),
        None => Ok(Outcome::Unsure { why: Doubt::NotSupported }),
    }
}

/// Lets the model talk, with passages of the knowledge where they fit what was said.
///
/// # Errors
/// As [`Responder::respond`].
pub fn converse(
    responder: &Responder,
    thread: &mut Thread,
    prompt: &Prompt,
    knowledge: Option<&Knowledge>,
) -> Result<Outcome, ResponderError> {
    let finding = knowledge.map(|knowledge| knowledge.ask(&question(prompt), PASSAGES_SHOWN));
    let known = finding.filter(|finding| finding.answerable >= ANSWERABLE_MIN);
    let mut asked = prompt.clone();
    if let Some(finding) = &known {
        asked.context.facts = facts(finding);
    }
    let continues = &mut |_: &str| ControlFlow::Continue(());
    let response = responder.respond(thread, &asked, &Wanted::default(), continues)?;
    if let Some(call) = response.call {
        return Ok(Outcome::Call { phrase: response.text, call });
    }
    if response.text.is_empty() {
        return Ok(Outcome::Unsure { why: Doubt::Empty });
    }
    let read = everything_read(&asked);
    let unsupported = grounding::unsupported(&response.text, &read);
    if unsupported.iter().any(|found| matches!(found.kind, FactKind::Number | FactKind::Address)) {
        return Ok(Outcome::Unsure { why: Doubt::NotSupported });
    }
    if confidence(&response) < CONFIDENCE_MIN {
        return Ok(Outcome::Unsure { why: Doubt::NotConfident });
    }
    let sources = known.iter().flat_map(|finding| &finding.hits);
    let sources = sources.map(|hit| hit.passage.citation()).collect();
    Ok(Outcome::Reply { text: response.text, sources, from: Author::Model })
}

/// What the caller wants to know: the newest words, with those before where they are few.
pub fn question(prompt: &Prompt) -> String {
    let mut said = prompt.turns.iter().rev().filter_map(|turn| match turn {
        Turn::Caller(text) => Some(text.as_str()),
        _ => None,
    });
    let last = said.next().unwrap_or_default();
    if last.split_whitespace().count() >= QUESTION_WORDS_MIN {
        return last.to_owned();
    }
    format!("{} {last}", said.next().unwrap_or_default()).trim().to_owned()
}

/// The passages of a finding as the model is shown them.
pub fn facts(finding: &Finding<'_>) -> Vec<String> {
    let shown = |text: &str| text.chars().take(PASSAGE_CHARS_MAX).collect::<String>();
    let hits = finding.hits.iter().map(|hit| match &hit.passage.question {
        Some(question) => shown(&format!("{question} {}", hit.passage.text)),
        None => shown(&hit.passage.text),
    });
    hits.collect()
}

fn verdict(knowledge: &Knowledge, response: &Response, passages: &[&str]) -> Verdict {
    let probabilities = Some(response.log_probabilities.as_slice());
    grounding::grounded(knowledge.encoder(), &response.text, passages, probabilities)
}

fn is_sound(response: &Response, verdict: &Verdict) -> bool {
    !response.text.is_empty() && verdict.unsupported.is_empty() && verdict.score >= SUPPORTED_MIN
}

/// Mean logarithm of the tokens' probabilities.
fn confidence(response: &Response) -> f32 {
    let all = &response.log_probabilities;
    all.iter().sum::<f32>() / all.len().max(1) as f32
}

/// Everything that a reply may repeat.
fn everything_read(prompt: &Prompt) -> Vec<String> {
    let mut read = vec![prompt.system.clone(), prompt.context.node.clone()];
    read.extend(prompt.context.facts.iter().cloned());
    read.extend(prompt.context.slots.iter().map(|(_, value)| value.clone()));
    read.extend(prompt.turns.iter().map(|turn| match turn {
        Turn::Caller(text) | Turn::Agent(text) => text.clone(),
        Turn::Call { arguments, .. } => arguments.to_string(),
        Turn::Result(answer) => answer.to_string(),
    }));
    read
}

//! Replies of a language model: prompt in, words or a tool's call out.
//!
//! A [`Responder`] is a model with its prompt format, vocabulary, and the beginnings (role, rules, tools) that it has read
//! once for all calls. A [`Thread`] is what one conversation has read so far. [`Responder::read_ahead`] reads a prompt
//! whose reply is not wanted yet, as while a caller still speaks; [`Responder::respond`] writes the reply, in the form that
//! the grammar allows and no other, with drafts that change its speed only.
//!
//! When a conversation outgrows the window its oldest turns are left out; role, rules, tools, what holds now and the last
//! turns stay. It checks no facts (see [`crate::answering`]) and calls no tool.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use thiserror::Error;

use crate::copying::{self, Copying, Spellings};
use crate::grammar::schema::Objects;
use crate::grammar::{Grammar, GrammarError, Piece, ToolCall, ToolChoice, Vocabulary};
use crate::prompt::{Encoded, Prompt, PromptFormat, Tool};
use crate::slm::constraint::Constraint;
use crate::slm::generate::{End, Generation, Options, Work};
use crate::slm::kv::{Precision, Prefix, Session};
use crate::slm::speculate::PromptLookup;
use crate::slm::tokenizer::{TokenKind, TokenText};
use crate::slm::{self, Sampling, Slm, SlmError, Tokenizer};

/// Beginnings kept in memory; the one used longest ago goes first.
pub const PREFIXES_MAX: usize = 32;
/// Compiled grammars kept in memory.
pub const GRAMMARS_MAX: usize = 64;
/// Longest reply, in tokens.
pub const REPLY_TOKENS_MAX: usize = 1024;
/// Tokens of a reply where nothing else is wanted, and room that is kept for it.
const TOKENS_USUAL: usize = 96;
/// An argument that a tool can do without is left out when a token of it was less probable than this (a natural
/// logarithm: about one in four or five): it was guessed. Found on open dialogues.
pub const GUESSED_LOG_PROBABILITY: f32 = -1.5;
/// Part of the window that a conversation is cut down to, so that it is not cut again at once.
const KEPT_WINDOW: (usize, usize) = (3, 4);

/// Why there is no reply.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ResponderError {
    /// The model, or a prompt that it cannot read.
    #[error(transparent)]
    Model(#[from] SlmError),
    /// Tools or a schema that cannot be used.
    #[error(transparent)]
    Grammar(#[from] GrammarError),
}

/// The form of a reply.
#[derive(Debug, Clone, PartialEq)]
pub enum Form {
    /// Words, or a call of one of the prompt's tools.
    Reply(ToolChoice),
    /// JSON by a schema.
    Json(Value),
}

/// What is wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// The form.
    pub form: Form,
    /// Most tokens, up to [`REPLY_TOKENS_MAX`] and what is left of the window.
    pub tokens_max: usize,
    /// Whether the oldest turns may be left out where the prompt does not fit.
    pub may_forget: bool,
    /// How tokens are chosen.
    pub sampling: Sampling,
    /// Tokens of a draft; 0 decodes one at a time.
    pub draft_tokens_max: usize,
}

impl Default for Wanted {
    /// Words or a call, at most 96 tokens (half a minute of speech), the likeliest ones.
    fn default() -> Self {
        let form = Form::Reply(ToolChoice::Auto);
        Self {
            form,
            tokens_max: TOKENS_USUAL,
            may_forget: true,
            sampling: Sampling::Greedy,
            draft_tokens_max: 8,
        }
    }
}

/// A reply.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// What is said, or the JSON that was asked for; before a call, what is said meanwhile.
    pub text: String,
    /// The call, if it is one.
    pub call: Option<ToolCall>,
    /// Natural logarithm of the probability of each token.
    pub log_probabilities: Vec<f32>,
    /// The arguments that the model wrote, those it guessed included, in their order; with the
    /// logarithm of the probability of their least probable token.
    pub arguments: Vec<(String, f32)>,
    /// Tokens of the prompt.
    pub prompt_tokens: usize,
    /// Why it ended.
    pub end: Option<End>,
    /// What it took.
    pub work: Work,
}

/// What one conversation has read. Dropping it forgets everything.
#[derive(Debug, Default)]
pub struct Thread {
    session: Option<Session>,
    /// Oldest turns that are left out.
    left_out: usize,
}

impl Thread {
    /// Memory of its own keys, values and tokens.
    pub fn bytes(&self) -> usize {
        self.session.as_ref().map_or(0, Session::bytes)
    }

    /// Turns at the beginning that did not fit any more.
    pub fn left_out(&self) -> usize {
        self.left_out
    }
}

/// A language model that replies. Share it.
#[derive(Debug)]
pub struct Responder {
    slm: Slm,
    format: PromptFormat,
    vocabulary: Vocabulary,
    stops: Vec<u32>,
    call_token: Option<u32>,
    /// For a model that was taught to copy.
    spellings: Option<Arc<Spellings>>,
    prefixes: Mutex<Vec<Prefix>>,
    grammars: Mutex<Vec<(String, Arc<Grammar>)>>,
}

impl Responder {
    /// Reads a GGUF file.
    ///
    /// # Errors
    /// As [`slm::load`].
    pub fn load(file: &[u8]) -> Result<Self, ResponderError> {
        Self::new(slm::load(file)?)
    }

    /// With a model that is loaded.
    ///
    /// # Errors
    /// When its vocabulary cannot be used.
    pub fn new(slm: Slm) -> Result<Self, ResponderError> {
        let format = PromptFormat::of(&slm.tokenizer);
        let copies = format == PromptFormat::Hearsay;
        Ok(Self {
            spellings: copies.then(|| Arc::new(Spellings::of(&slm.tokenizer))),
            format,
            vocabulary: vocabulary(&slm)?,
            stops: format.stops(&slm.tokenizer),
            call_token: format.call_token(&slm.tokenizer),
            slm,
            prefixes: Mutex::default(),
            grammars: Mutex::default(),
        })
    }

    /// The model and its tokenizer.
    pub fn slm(&self) -> &Slm {
        &self.slm
    }

    /// How it is asked.
    pub fn format(&self) -> PromptFormat {
        self.format
    }

    /// Memory of all beginnings that it has read.
    pub fn prefix_bytes(&self) -> usize {
        lock(&self.prefixes).iter().map(Prefix::bytes).sum()
    }

    /// Compiles what a reply may be, as when an agent is loaded, so that no caller waits for it.
    ///
    /// # Errors
    /// When the tools or the schema cannot be used, or what is never left out does not fit the window.
    pub fn prepare(&self, prompt: &Prompt, form: &Form) -> Result<(), ResponderError> {
        self.grammar(&prompt.tools, form)?;
        let encoded = self.format.encode(&self.slm.tokenizer, prompt);
        let window = self.slm.model.config().window;
        let tokens = encoded.prefix.len() + encoded.ending.len() + TOKENS_USUAL;
        if tokens > window {
            return Err(SlmError::Window { tokens, window }.into());
        }
        self.prefix(&encoded.prefix)?;
        Ok(())
    }

    /// Reads a prompt as far as it will probably stay: all but what holds now. Gives the tokens computed.
    ///
    /// # Errors
    /// When the prompt does not fit the window.
    pub fn read_ahead(
        &self,
        thread: &mut Thread,
        prompt: &Prompt,
    ) -> Result<usize, ResponderError> {
        let mut encoded = self.format.encode(&self.slm.tokenizer, prompt);
        let room = encoded.ending.len() + TOKENS_USUAL;
        encoded.ending.clear();
        let tokens = self.fit(thread, encoded, room, true)?;
        let session = thread.session.as_mut().ok_or(SlmError::EmptyPrompt)?;
        let kept = session.sync(&tokens)?;
        Ok(tokens.len() - kept)
    }

    /// Writes a reply. What is said is handed to `on_text` as it comes, and ends where that breaks off.
    ///
    /// # Errors
    /// When the prompt does not fit the window, tools or schema cannot be used, or the grammar reaches its limits.
    pub fn respond(
        &self,
        thread: &mut Thread,
        prompt: &Prompt,
        wanted: &Wanted,
        on_text: &mut dyn FnMut(&str) -> ControlFlow<()>,
    ) -> Result<Response, ResponderError> {
        let grammar = self.grammar(&prompt.tools, &wanted.form)?;
        let encoded = self.format.encode(&self.slm.tokenizer, prompt);
        let tokens_max = wanted.tokens_max.clamp(1, REPLY_TOKENS_MAX);
        let room = if wanted.may_forget { tokens_max.min(TOKENS_USUAL) } else { 1 };
        let tokens = self.fit(thread, encoded, room, wanted.may_forget)?;
        let session = thread.session.as_mut().ok_or(SlmError::EmptyPrompt)?;
        let options = Options {
            tokens_max,
            stop: self.stops.clone(),
            instead_of_stop: self.call_token,
            only_when_sure: match wanted.form {
                Form::Reply(ToolChoice::Auto) => self.call_token,
                _ => None,
            },
            sampling: wanted.sampling,
            draft_tokens_max: wanted.draft_tokens_max,
        };
        let mut lookup = PromptLookup::default();
        let is_reply = matches!(wanted.form, Form::Reply(_));
        let mut generation = Generation::new(session, &tokens, options)?
            .constrained(self.constraint(&grammar, prompt, is_reply))
            .drafted(&mut lookup);
        let mut reading = Reading::new(&self.slm.tokenizer, self.call_token, is_reply);
        let (mut log_probabilities, mut written) = (Vec::new(), Vec::new());
        while let Some(step) = generation.step()? {
            log_probabilities.push(step.log_probability);
            written.push(step.token);
            if reading.take(step.token, on_text).is_break() {
                break;
            }
        }
        let (end, work) = (generation.end(), generation.work());
        drop(generation);
        let cut_off = matches!(end, None | Some(End::TokensMax | End::Window));
        let (text, mut call) = reading.finish(on_text, cut_off)?;
        let prompt_tokens = tokens.len();
        let arguments = match call {
            Some(_) => self.arguments(&written, &log_probabilities),
            None => Vec::new(),
        };
        if let Some(call) = call.as_mut().filter(|_| self.spellings.is_some()) {
            leave_out_guesses(call, &prompt.tools, &arguments);
        }
        Ok(Response { text, call, log_probabilities, arguments, prompt_tokens, end, work })
    }

    /// The grammar of a reply; where the model can copy, with arguments that are copied.
    fn constraint<'a>(
        &'a self,
        grammar: &Grammar,
        prompt: &Prompt,
        is_reply: bool,
    ) -> Box<dyn Constraint + 'a> {
        match (&self.spellings, self.call_token) {
            (Some(spellings), Some(call_token)) if is_reply => Box::new(Copying::new(
                grammar.begin(),
                &self.slm.tokenizer,
                spellings.clone(),
                prompt,
                call_token,
            )),
            _ => Box::new(grammar.begin()),
        }
    }

    /// The arguments in a reply's tokens, with the logarithm of their least probable token's probability.
    fn arguments(&self, written: &[u32], log_probabilities: &[f32]) -> Vec<(String, f32)> {
        let begin = self.call_token.and_then(|call| written.iter().position(|&t| t == call));
        let begin = begin.map_or(0, |call| call + 1);
        let (mut call, mut ends) = (Vec::new(), Vec::new());
        for &token in &written[begin..] {
            call.extend_from_slice(self.slm.tokenizer.bytes(token));
            ends.push(call.len());
        }
        let json = call.iter().position(|&byte| byte == b'{').unwrap_or_default();
        let least = |value: std::ops::Range<usize>| {
            let (from, to) = (value.start + json, value.end + json);
            // A token belongs to the value when any of its bytes does.
            let first = ends.partition_point(|&end| end <= from);
            // The token that closes a text says what follows, not what the value is.
            let closing = usize::from(call.get(to - 1) == Some(&b'"'));
            let last = ends.partition_point(|&end| end < to - closing);
            let of = log_probabilities[begin..].get(first..=last.min(ends.len().saturating_sub(1)));
            of.unwrap_or_default().iter().copied().fold(0.0, f32::min)
        };
        let found = copying::arguments(&call[json..]);
        found.into_iter().map(|argument| (argument.name, least(argument.value))).collect()
    }

    /// The tokens of a prompt that fit with `room` to spare; the thread then has a session for them.
    fn fit(
        &self,
        thread: &mut Thread,
        encoded: Encoded,
        room: usize,
        may_forget: bool,
    ) -> Result<Vec<u32>, ResponderError> {
        let Encoded { prefix, turns, ending } = encoded;
        let window = self.slm.model.config().window;
        let fixed = prefix.len() + ending.len() + room;
        let length =
            |left_out: usize| fixed + turns.iter().skip(left_out).map(Vec::len).sum::<usize>();
        thread.left_out = thread.left_out.min(turns.len().saturating_sub(1));
        if may_forget && length(thread.left_out) > window {
            let roomy = window / KEPT_WINDOW.1 * KEPT_WINDOW.0;
            while length(thread.left_out) > roomy && thread.left_out + 1 < turns.len() {
                thread.left_out += 1;
            }
        }
        let tokens = length(thread.left_out);
        if tokens > window {
            return Err(SlmError::Window { tokens, window }.into());
        }
        let begun = self.prefix(&prefix)?;
        if thread.session.as_ref().is_none_or(|session| !session.tokens().starts_with(&prefix)) {
            thread.session = Some(Session::after(&begun));
        }
        let turns = turns.into_iter().skip(thread.left_out).flatten();
        Ok(prefix.into_iter().chain(turns).chain(ending).collect())
    }

    /// What was read of a beginning, or reads it.
    fn prefix(&self, tokens: &[u32]) -> Result<Prefix, ResponderError> {
        let known = |prefixes: &mut Vec<Prefix>| {
            let at = prefixes.iter().position(|prefix| prefix.tokens() == tokens)?;
            let prefix = prefixes.remove(at);
            prefixes.push(prefix.clone());
            Some(prefix)
        };
        if let Some(prefix) = known(&mut lock(&self.prefixes)) {
            return Ok(prefix);
        }
        // Read without the lock: other calls go on. Two that read the same lose a few milliseconds.
        let prefix = Prefix::new(&self.slm.model, tokens, Precision::Half)?;
        let mut prefixes = lock(&self.prefixes);
        if prefixes.len() >= PREFIXES_MAX {
            prefixes.remove(0);
        }
        prefixes.push(prefix.clone());
        Ok(prefix)
    }

    fn grammar(&self, tools: &[Tool], form: &Form) -> Result<Arc<Grammar>, ResponderError> {
        let key = match form {
            Form::Reply(choice) => format!(
                "{choice:?}{}",
                serde_json::json!(
                    tools
                        .iter()
                        .map(|tool| { serde_json::json!([tool.name, tool.parameters]) })
                        .collect::<Vec<_>>()
                )
            ),
            Form::Json(schema) => format!("json{schema}"),
        };
        if let Some((_, grammar)) = lock(&self.grammars).iter().find(|(known, _)| *known == key) {
            return Ok(grammar.clone());
        }
        let grammar = Arc::new(match form {
            Form::Reply(choice) => {
                let tools: Vec<_> = tools.iter().map(Into::into).collect();
                Grammar::reply(&self.vocabulary, &tools, choice, self.call_token)?
            }
            Form::Json(schema) => Grammar::json(&self.vocabulary, schema, Objects::Closed)?,
        });
        let mut grammars = lock(&self.grammars);
        if grammars.len() >= GRAMMARS_MAX {
            grammars.remove(0);
        }
        grammars.push((key, grammar.clone()));
        Ok(grammar)
    }
}

/// Takes a reply apart while it comes: what is said, and the JSON of a call.
struct Reading<'a> {
    tokens: TokenText<'a>,
    call_token: Option<u32>,
    /// A call may come.
    is_reply: bool,
    text: String,
    call: Option<String>,
}

impl<'a> Reading<'a> {
    fn new(tokenizer: &'a Tokenizer, call_token: Option<u32>, is_reply: bool) -> Self {
        let tokens = TokenText::new(tokenizer);
        Self { tokens, call_token, is_reply, text: String::new(), call: None }
    }

    fn take(
        &mut self,
        token: u32,
        on_text: &mut dyn FnMut(&str) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        if self.is_reply && self.call.is_none() && Some(token) == self.call_token {
            self.call = Some(String::new());
            return ControlFlow::Continue(());
        }
        let new = self.tokens.push(token);
        self.add(&new, on_text)
    }

    fn add(
        &mut self,
        new: &str,
        on_text: &mut dyn FnMut(&str) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        if let Some(call) = &mut self.call {
            call.push_str(new);
            return ControlFlow::Continue(());
        }
        // Models without a call token begin a call with the brace that is never said.
        let brace = new.find('{').filter(|_| self.is_reply);
        let (said, call) = new.split_at(brace.unwrap_or(new.len()));
        self.text.push_str(said);
        if brace.is_some() {
            self.call = Some(call.to_owned());
        }
        if said.is_empty() { ControlFlow::Continue(()) } else { on_text(said) }
    }

    fn finish(
        mut self,
        on_text: &mut dyn FnMut(&str) -> ControlFlow<()>,
        cut_off: bool,
    ) -> Result<(String, Option<ToolCall>), GrammarError> {
        let rest = self.tokens.clone().finish();
        let _ = self.add(&rest, on_text);
        // A call that was cut off is none: nothing is asked of a tool in half a sentence.
        let call = self.call.as_deref().map(ToolCall::parse);
        let call = if cut_off { call.and_then(Result::ok) } else { call.transpose()? };
        Ok((self.text.trim().to_owned(), call))
    }
}

/// Takes arguments out of a call that its tool can do without and that the model was not sure of.
fn leave_out_guesses(call: &mut ToolCall, tools: &[Tool], arguments: &[(String, f32)]) {
    let tool = tools.iter().find(|tool| tool.name == call.name);
    let required = tool.and_then(|tool| tool.parameters.get("required")).and_then(Value::as_array);
    let Some(given) = call.arguments.as_object_mut() else { return };
    for (name, log_probability) in arguments {
        let is_required = required.is_some_and(|names| names.iter().any(|known| known == name));
        if !is_required && *log_probability < GUESSED_LOG_PROBABILITY {
            given.remove(name);
        }
    }
}

/// The model's tokens for the grammar engine.
fn vocabulary(slm: &Slm) -> Result<Vocabulary, GrammarError> {
    let tokenizer = slm.tokenizer.clone();
    let rows = slm.model.config().vocabulary;
    let piece = |token: u32| match tokenizer.kind(token) {
        Some(TokenKind::Control) => Piece::Control,
        Some(TokenKind::Text | TokenKind::Byte | TokenKind::Added) => {
            Piece::Text(tokenizer.bytes(token))
        }
        _ => Piece::Unused,
    };
    let count = u32::try_from(rows).unwrap_or(u32::MAX);
    let pieces: Vec<Piece<'_>> = (0..count).map(piece).collect();
    let encoder = slm.tokenizer.clone();
    Vocabulary::new(&pieces, Some(Box::new(move |text| encoder.encode(text))))
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;

//! The built-in language model behind `POST /v1/chat/completions`.
//!
//! Each answer is written on a thread of its own, a piece ahead of its reader at most. It holds no conversation: a request
//! brings all of it, and what several requests have in common at their beginning is read once.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use hearsay_language::grammar;
use hearsay_language::prompt::{Context, Prompt, Tool, Turn};
use hearsay_language::responder::{
    Form, REPLY_TOKENS_MAX, Responder, ResponderError, Response, Thread, Wanted,
};
use hearsay_language::slm::generate::End;
use hearsay_language::slm::{Sampling, SlmError};
use hearsay_wire::chat::{
    ChatRequest, Finish, Message, ResponseFormat, Role, ToolCall, ToolChoice, Usage,
};
use serde_json::{Value, json};

use crate::chat_api::{ChatModel, Completion, Refusal, Step};

/// Pieces written ahead of the reader.
const PIECES_MAX: usize = 4;
/// Tokens of an answer where the request names no limit.
const TOKENS: usize = 256;

/// Our own language model as a chat model.
pub struct BuiltIn {
    responder: Arc<Responder>,
}

impl BuiltIn {
    /// Over a loaded model.
    pub fn new(responder: Arc<Responder>) -> Self {
        Self { responder }
    }
}

impl ChatModel for BuiltIn {
    fn name(&self) -> String {
        "hearsay".to_string()
    }

    fn begin(&self, request: &ChatRequest) -> Result<Box<dyn Completion>, Refusal> {
        if !request.model.is_empty() && request.model != self.name() {
            return Err(Refusal::unknown_model(&request.model, &self.name()));
        }
        let (prompt, wanted) = (prompt(request)?, wanted(request)?);
        let (sender, pieces) = sync_channel(PIECES_MAX);
        let responder = self.responder.clone();
        // What cannot be answered is refused before the first piece: the grammar and the length of the prompt.
        responder.prepare(&prompt, &wanted.form).map_err(|e| refusal(&e, &wanted.form))?;
        let closed = Arc::new(AtomicBool::new(false));
        let writer = Writer { responder, prompt, wanted, sender, closed: closed.clone() };
        let spawned = std::thread::Builder::new().name("chat".into()).spawn(move || writer.write());
        spawned.map_err(|e| Refusal::internal(&e.to_string()))?;
        let mut answer = Answer { pieces, waiting: None, usage: Usage::default(), closed };
        // The prompt has been read when something comes.
        answer.waiting = Some(answer.receive()?);
        Ok(Box::new(answer))
    }
}

/// From the writing thread.
enum Piece {
    Step(Step),
    Usage(Usage),
    Failed(Refusal),
}

/// Writes one answer.
struct Writer {
    responder: Arc<Responder>,
    prompt: Prompt,
    wanted: Wanted,
    sender: SyncSender<Piece>,
    /// The reader wants no more than the count.
    closed: Arc<AtomicBool>,
}

impl Writer {
    fn write(self) {
        let mut on_text = |text: &str| {
            let sent = self.sender.send(Piece::Step(Step::Said(text.to_string())));
            match sent.is_ok() && !self.closed.load(Ordering::Relaxed) {
                true => ControlFlow::Continue(()),
                false => ControlFlow::Break(()),
            }
        };
        let mut thread = Thread::default();
        let answer = self.responder.respond(&mut thread, &self.prompt, &self.wanted, &mut on_text);
        let pieces = match answer {
            Ok(response) => ending(&response),
            Err(error) => vec![Piece::Failed(refusal(&error, &self.wanted.form))],
        };
        for piece in pieces {
            // A reader that has gone needs no more.
            if self.sender.send(piece).is_err() {
                return;
            }
        }
    }
}

/// What follows the words: the call, the count and the end.
fn ending(response: &Response) -> Vec<Piece> {
    let mut pieces = Vec::new();
    if let Some(call) = &response.call {
        pieces.push(Piece::Step(Step::Call(call.name.clone())));
        pieces.push(Piece::Step(Step::Arguments(call.arguments.to_string())));
    }
    let completion = response.log_probabilities.len() as u64;
    pieces.push(Piece::Usage(Usage {
        prompt_tokens: response.prompt_tokens as u64,
        completion_tokens: completion,
    }));
    let finish = match (&response.call, response.end) {
        (Some(_), _) => Finish::ToolCalls,
        (None, Some(End::TokensMax | End::Window)) => Finish::Length,
        (None, _) => Finish::Stop,
    };
    pieces.push(Piece::Step(Step::End(finish)));
    pieces
}

/// An answer being written.
struct Answer {
    pieces: Receiver<Piece>,
    waiting: Option<Step>,
    usage: Usage,
    closed: Arc<AtomicBool>,
}

impl Answer {
    fn receive(&mut self) -> Result<Step, Refusal> {
        loop {
            match self.pieces.recv() {
                Ok(Piece::Step(step)) => return Ok(step),
                Ok(Piece::Usage(usage)) => self.usage = usage,
                Ok(Piece::Failed(refusal)) => return Err(refusal),
                Err(_) => return Err(Refusal::internal("the model stopped")),
            }
        }
    }
}

impl Completion for Answer {
    fn step(&mut self) -> Result<Step, Refusal> {
        match self.waiting.take() {
            Some(step) => Ok(step),
            None => self.receive(),
        }
    }

    fn close(&mut self) {
        self.closed.store(true, Ordering::Relaxed);
        while !matches!(self.receive(), Ok(Step::End(_)) | Err(_)) {}
    }

    fn usage(&self) -> Usage {
        self.usage
    }
}

fn wanted(request: &ChatRequest) -> Result<Wanted, Refusal> {
    let is_json = request.response_format != ResponseFormat::Text;
    if is_json && !request.tools.is_empty() && request.tool_choice != ToolChoice::None {
        let what = "JSON and tools are not written in one answer; leave one of them out, or set tool_choice to none";
        return Err(Refusal::invalid("response_format", what));
    }
    let form = match (&request.response_format, &request.tool_choice) {
        (ResponseFormat::JsonObject, _) => Form::Json(json!({"type": "object"})),
        (ResponseFormat::JsonSchema { schema, .. }, _) => Form::Json(schema.clone()),
        (ResponseFormat::Text, ToolChoice::Auto) => Form::Reply(grammar::ToolChoice::Auto),
        (ResponseFormat::Text, ToolChoice::None) => Form::Reply(grammar::ToolChoice::None),
        (ResponseFormat::Text, ToolChoice::Required) => Form::Reply(grammar::ToolChoice::Required),
        (ResponseFormat::Text, ToolChoice::Named(name)) => {
            Form::Reply(grammar::ToolChoice::Named(name.clone()))
        }
    };
    let most =
        request.tokens_max.map_or(TOKENS, |most| usize::try_from(most).unwrap_or(usize::MAX));
    let sampling = match request.temperature.unwrap_or(0.0) {
        temperature if temperature > 0.0 => Sampling::Random {
            temperature,
            top_p: request.top_p.unwrap_or(1.0),
            seed: request.seed.map_or_else(random_seed, i64::cast_unsigned),
        },
        _ => Sampling::Greedy,
    };
    let tokens_max = most.min(REPLY_TOKENS_MAX);
    Ok(Wanted { form, tokens_max, sampling, may_forget: false, ..Wanted::default() })
}

/// Another one for each request that asks for chance and brings no seed.
fn random_seed() -> u64 {
    let mut hasher = RandomState::new().build_hasher();
    hasher.write_u8(0);
    hasher.finish()
}

/// The messages as our model reads them: instructions first, wherever they stand.
fn prompt(request: &ChatRequest) -> Result<Prompt, Refusal> {
    let of = |role: Role| request.messages.iter().filter(move |message| message.role == role);
    let system: Vec<&str> = of(Role::System).map(|message| message.content.as_str()).collect();
    let mut turns = Vec::new();
    for (number, message) in request.messages.iter().enumerate() {
        match message.role {
            // Each answer of a tool stands behind its call.
            Role::System | Role::Tool => {}
            Role::User => turns.push(Turn::Caller(message.content.clone())),
            Role::Assistant => assistant(message, &request.messages[number..], &mut turns)?,
        }
    }
    // Tools that may not be called are not shown: the model would begin to call one.
    let shown = request.tools.iter().filter(|_| request.tool_choice != ToolChoice::None);
    let tools = shown.map(|tool| Tool {
        name: tool.name.clone(),
        description: tool.description.clone().unwrap_or_default(),
        parameters: tool.parameters.clone(),
    });
    Ok(Prompt {
        system: system.join("\n"),
        tools: tools.collect(),
        turns,
        context: Context::default(),
    })
}

fn assistant(
    message: &Message,
    messages: &[Message],
    turns: &mut Vec<Turn>,
) -> Result<(), Refusal> {
    if message.tool_calls.is_empty() {
        turns.push(Turn::Agent(message.content.clone()));
    }
    for (number, call) in message.tool_calls.iter().enumerate() {
        let phrase = if number == 0 { message.content.clone() } else { String::new() };
        let arguments = arguments(call)?;
        turns.push(Turn::Call { phrase, name: call.name.clone(), arguments });
        let answer = messages.iter().find(|other| other.tool_call_id.as_ref() == Some(&call.id));
        turns.extend(answer.map(|answer| Turn::Result(json_or_text(&answer.content))));
    }
    Ok(())
}

/// The arguments of a call in the history; clients write none as an empty text.
fn arguments(call: &ToolCall) -> Result<Value, Refusal> {
    let text = if call.arguments.trim().is_empty() { "{}" } else { &call.arguments };
    let bad = |why: String| {
        Refusal::invalid("messages", format!("the arguments of a call of {} {why}", call.name))
    };
    let value: Value =
        serde_json::from_str(text).map_err(|e| bad(format!("are not JSON ({e})")))?;
    if value.is_object() { Ok(value) } else { Err(bad("are no JSON object".into())) }
}

fn json_or_text(content: &str) -> Value {
    serde_json::from_str(content).unwrap_or_else(|_| content.into())
}

fn refusal(error: &ResponderError, form: &Form) -> Refusal {
    let field = if matches!(form, Form::Json(_)) { "response_format" } else { "tools" };
    match error {
        ResponderError::Model(SlmError::Window { .. }) => Refusal::too_long(error.to_string()),
        ResponderError::Grammar(_) => Refusal::invalid(field, error.to_string()),
        _ => Refusal::internal(&error.to_string()),
    }
}

//! The built-in language model behind `POST /v1/chat/completions`.
//!
//! Each answer is written on a thread of its own, a piece ahead of its reader at most. It holds no conversation: a request
//! brings all of it, and what several requests have in common at their beginning is read once.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use hearsay_language::grammar;
use hearsay_language::prompt::{Context, Prompt, Tool, Turn};
use hearsay_language::responder::{
    Form, REPLY_TOKENS_MAX, Responder, ResponderError, Response, Thread, Wanted,
};
use hearsay_language::slm::generate::End;
use hearsay_language::slm::{Sampling, SlmError};
use hearsay_wire::chat::{ChatRequest, Finish, Message, ResponseFormat, Role, ToolChoice, Usage};
use serde_json::{Value, json};

use crate::chat_api::{ChatModel, Completion, Refusal, Step};

/// Pieces written ahead of the reader.
const PIECES_MAX: usize = 4;
/// Tokens of an answer where the request names no limit.
const TOKENS: usize = 256;
/// Used for a seed where the request has none: the same question has the same answer.
const SEED: u64 = 0;

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
        let (prompt, wanted) = (prompt(request)?, wanted(request));
        let (sender, pieces) = sync_channel(PIECES_MAX);
        let responder = self.responder.clone();
        // What cannot be answered is refused before the first piece: the grammar and the length of the prompt.
        responder.prepare(&prompt, &wanted.form).map_err(|e| refusal(&e))?;
        let written = std::thread::Builder::new().name("chat".into());
        let spawned = written.spawn(move || write(&responder, &prompt, &wanted, &sender));
        spawned.map_err(|e| Refusal::internal(&e.to_string()))?;
        let mut answer = Answer { pieces, waiting: None, usage: Usage::default() };
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

fn write(responder: &Responder, prompt: &Prompt, wanted: &Wanted, sender: &SyncSender<Piece>) {
    let mut on_text = |text: &str| match sender.send(Piece::Step(Step::Said(text.to_string()))) {
        Ok(()) => ControlFlow::Continue(()),
        Err(_) => ControlFlow::Break(()),
    };
    let answer = responder.respond(&mut Thread::default(), prompt, wanted, &mut on_text);
    let pieces = match answer {
        Ok(response) => ending(&response),
        Err(error) => vec![Piece::Failed(refusal(&error))],
    };
    for piece in pieces {
        // A reader that has gone needs no more.
        if sender.send(piece).is_err() {
            return;
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

    fn usage(&self) -> Usage {
        self.usage
    }
}

fn wanted(request: &ChatRequest) -> Wanted {
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
            seed: request.seed.map_or(SEED, i64::cast_unsigned),
        },
        _ => Sampling::Greedy,
    };
    Wanted { form, tokens_max: most.min(REPLY_TOKENS_MAX), sampling, ..Wanted::default() }
}

/// The messages as our model reads them: instructions first, wherever they stand.
fn prompt(request: &ChatRequest) -> Result<Prompt, Refusal> {
    let of = |role: Role| request.messages.iter().filter(move |message| message.role == role);
    let system: Vec<&str> = of(Role::System).map(|message| message.content.as_str()).collect();
    let mut turns = Vec::new();
    for message in &request.messages {
        match message.role {
            Role::System => {}
            Role::User => turns.push(Turn::Caller(message.content.clone())),
            Role::Assistant => assistant(message, &mut turns)?,
            Role::Tool => turns.push(Turn::Result(json_or_text(&message.content))),
        }
    }
    let tools = request.tools.iter().map(|tool| Tool {
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

fn assistant(message: &Message, turns: &mut Vec<Turn>) -> Result<(), Refusal> {
    if message.tool_calls.is_empty() {
        turns.push(Turn::Agent(message.content.clone()));
    }
    for (number, call) in message.tool_calls.iter().enumerate() {
        let arguments: Value = serde_json::from_str(&call.arguments).map_err(|e| {
            Refusal::invalid(
                "messages",
                format!("the arguments of a call of {} are not JSON ({e})", call.name),
            )
        })?;
        let phrase = if number == 0 { message.content.clone() } else { String::new() };
        turns.push(Turn::Call { phrase, name: call.name.clone(), arguments });
    }
    Ok(())
}

fn json_or_text(content: &str) -> Value {
    serde_json::from_str(content).unwrap_or_else(|_| content.into())
}

fn refusal(error: &ResponderError) -> Refusal {
    match error {
        ResponderError::Model(SlmError::Window { .. }) => Refusal::too_long(error.to_string()),
        ResponderError::Grammar(_) => Refusal::invalid("tools", error.to_string()),
        _ => Refusal::internal(&error.to_string()),
    }
}

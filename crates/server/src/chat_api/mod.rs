//! `POST /v1/chat/completions` over any [`ChatModel`], as OpenAI's clients speak it.
//!
//! Requests are read and answers written by `hearsay_wire::chat`; a model is asked for one step at a time, on a thread
//! that may block, and only when the client has taken the step before. A client that hangs up drops its completion. What
//! it is not: it holds no conversation and calls no tool.

mod error;
mod stop;

use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use axum::body::{Body, Bytes};
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Extension, Router};
use futures_util::stream;
use hearsay_wire::chat::{
    AnswerHead, ChatRequest, Chunks, DONE_EVENT, Finish, REQUEST_BYTES_MAX, ToolCall, Usage,
    completion_body, parse_request,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::config::Secret;
use crate::gate::Admitted;
use crate::http::random_name;
use crate::keys::Place;
use crate::speech_api::same;
pub use error::Refusal;
use stop::StopFilter;

/// What stands before the key.
const BEARER: &[u8] = b"Bearer ";
/// Random bytes in the name of an answer or a call.
const NAME_BYTES: usize = 12;

/// Something that completes chats.
pub trait ChatModel: Send + Sync + 'static {
    /// Its name in answers.
    fn name(&self) -> String;

    /// Begins an answer; may block for as long as reading the prompt takes. The request's stop texts are taken care of.
    ///
    /// # Errors
    /// When the request cannot be answered: a prompt beyond the window, a schema that cannot be enforced, no place.
    fn begin(&self, request: &ChatRequest) -> Result<Box<dyn Completion>, Refusal>;
}

/// An answer on its way. Dropping it ends it.
pub trait Completion: Send + 'static {
    /// The next step; blocks until there is one. After [`Step::End`] or an error it is not asked again.
    ///
    /// # Errors
    /// When the model cannot go on.
    fn step(&mut self) -> Result<Step, Refusal>;

    /// Nothing more is wanted: breaks the writing off, and waits until all is counted.
    fn close(&mut self);

    /// Tokens so far; all of them after the end or [`Completion::close`].
    fn usage(&self) -> Usage;
}

/// A piece of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Something said.
    Said(String),
    /// A call of a tool begins.
    Call(String),
    /// More of that call's arguments, JSON text.
    Arguments(String),
    /// The end.
    End(Finish),
}

/// What all chats share.
pub struct ChatDesk {
    model: Arc<dyn ChatModel>,
    requests: Arc<Semaphore>,
    key: Option<Secret>,
}

impl ChatDesk {
    /// A desk that answers at most `requests_max` at once, for those who have the key, if there is one.
    pub fn new(model: Arc<dyn ChatModel>, requests_max: usize, key: Option<Secret>) -> Self {
        Self { model, requests: Arc::new(Semaphore::new(requests_max)), key }
    }

    fn admit(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let Some(key) = &self.key else { return Ok(()) };
        let value = headers.get(header::AUTHORIZATION).map(|value| value.as_bytes());
        // The scheme's name is in any case (RFC 9110, 11.1).
        let (scheme, given) =
            value.and_then(|v| v.split_at_checked(BEARER.len())).unwrap_or_default();
        let is_key = scheme.eq_ignore_ascii_case(BEARER) && same(given, key.expose().as_bytes());
        if is_key { Ok(()) } else { Err(Refusal::unauthorized()) }
    }
}

/// The route, for a server whatever its own state is.
pub fn routes<S: Clone + Send + Sync + 'static>(desk: Arc<ChatDesk>) -> Router<S> {
    Router::new()
        .route("/v1/chat/completions", post(complete))
        .route("/waves/v1/chat/completions", post(complete))
        .layer(DefaultBodyLimit::max(REQUEST_BYTES_MAX))
        .with_state(desk)
}

async fn complete(
    State(desk): State<Arc<ChatDesk>>,
    headers: HeaderMap,
    admitted: Option<Extension<Admitted>>,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let share = admitted.map(|Extension(Admitted(place))| place);
    answer(&desk, &headers, share, body).await.unwrap_or_else(IntoResponse::into_response)
}

async fn answer(
    desk: &ChatDesk,
    headers: &HeaderMap,
    share: Option<Arc<Place>>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    desk.admit(headers)?;
    if let Some(share) = &share {
        share.has_tokens(Instant::now()).map_err(Refusal::too_much)?;
    }
    let request = parse_request(&body?)?;
    let permit = desk.requests.clone().try_acquire_owned().map_err(|_| Refusal::busy())?;
    let name = random_name(NAME_BYTES).ok_or_else(|| Refusal::internal("no random bytes"))?;
    let created = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let head = AnswerHead {
        id: format!("chatcmpl-{name}"),
        created_s: created.as_secs(),
        model: desk.model.name(),
    };
    let (streams, with_usage) = (request.stream, request.include_usage);
    let stop = StopFilter::new(&request.stop);
    let model = desk.model.clone();
    let completion = blocking(move || model.begin(&request)).await??;
    let mut chat = Chat {
        completion: Some(completion),
        stop,
        ended: false,
        begun: false,
        calls: 0,
        share,
        _permit: permit,
    };
    // What cannot begin is known before anything is answered.
    let first = chat.next().await?;
    if streams {
        let chunks = Chunks::new(head, with_usage);
        let body = chat.body(first, chunks);
        return Ok(([(header::CONTENT_TYPE, "text/event-stream")], body).into_response());
    }
    let body = chat.whole(first, &head).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Refusal> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| Refusal::internal("a step of the answer was lost"))
}

/// One answer, for as long as somebody reads it.
struct Chat {
    /// Away only while a step is being made.
    completion: Option<Box<dyn Completion>>,
    stop: StopFilter,
    ended: bool,
    /// Something else than space was said.
    begun: bool,
    calls: usize,
    /// Whose tokens are used up, where the server asks for keys.
    share: Option<Arc<Place>>,
    _permit: OwnedSemaphorePermit,
}

/// Counted however it ends: a client that hangs up has used what was written for it.
impl Drop for Chat {
    fn drop(&mut self) {
        if let Some(share) = &self.share {
            let used = self.usage();
            let used = used.prompt_tokens.saturating_add(used.completion_tokens);
            share.spend_tokens(Instant::now(), used);
        }
    }
}

impl Chat {
    /// The next step with stop texts seen to; `None` after the end.
    async fn next(&mut self) -> Result<Option<Step>, Refusal> {
        while !self.ended {
            if let Some(step) = self.stop.next_step() {
                let Some(step) = self.begin(step) else { continue };
                self.ended = matches!(step, Step::End(_));
                return Ok(Some(step));
            }
            let step = self.work(|completion| completion.step()).await??;
            let ends = matches!(step, Step::End(_));
            self.stop.take(step);
            if !ends && self.stop.is_stopped() {
                self.work(|completion| completion.close()).await?;
            }
        }
        Ok(None)
    }

    /// An answer does not begin with a space: models write one before a word.
    fn begin(&mut self, step: Step) -> Option<Step> {
        let Step::Said(text) = step else { return Some(step) };
        let text = if self.begun { text } else { text.trim_start().to_string() };
        self.begun |= !text.is_empty();
        (!text.is_empty()).then_some(Step::Said(text))
    }

    /// Lets the completion work on a thread that may block.
    async fn work<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut dyn Completion) -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let lost = || Refusal::internal("the answer was lost");
        let mut completion = self.completion.take().ok_or_else(lost)?;
        let (completion, done) = blocking(move || {
            let done = work(completion.as_mut());
            (completion, done)
        })
        .await?;
        self.completion = Some(completion);
        Ok(done)
    }

    fn usage(&self) -> Usage {
        self.completion.as_ref().map_or(Usage::default(), |completion| completion.usage())
    }

    async fn whole(mut self, first: Option<Step>, head: &AnswerHead) -> Result<String, Refusal> {
        let (mut said, mut calls, mut finish) =
            (String::new(), Vec::<ToolCall>::new(), Finish::Stop);
        let mut next = first;
        while let Some(step) = next {
            match step {
                Step::Said(text) => said.push_str(&text),
                Step::Call(name) => {
                    calls.push(ToolCall { id: call_id()?, name, ..ToolCall::default() });
                }
                Step::Arguments(piece) => {
                    calls.iter_mut().last().into_iter().for_each(|c| c.arguments.push_str(&piece));
                }
                Step::End(reason) => finish = reason,
            }
            next = self.next().await?;
        }
        Ok(completion_body(head, &said, &calls, finish, self.usage()))
    }

    /// A body that grows as it is read.
    fn body(self, first: Option<Step>, chunks: Chunks) -> Body {
        let begin = chunks.begin();
        let state = Some((self, Some(first), begin));
        Body::from_stream(stream::unfold(state, move |state| {
            let chunks = chunks.clone();
            async move {
                let (mut chat, first, before) = state?;
                let step = match first {
                    Some(first) => Ok(first),
                    None => chat.next().await,
                };
                let written = step.and_then(|step| chat.events(step, &chunks));
                let (events, rest) = match written {
                    Ok(Some(events)) => (events, Some((chat, None, String::new()))),
                    Ok(None) => (DONE_EVENT.to_string(), None),
                    // The status has been sent.
                    Err(refusal) => (chunks.error(&refusal.message), None),
                };
                Some((Ok::<_, std::io::Error>(Bytes::from(before + &events)), rest))
            }
        }))
    }

    /// A step as events; `None` after the end.
    fn events(&mut self, step: Option<Step>, chunks: &Chunks) -> Result<Option<String>, Refusal> {
        Ok(match step {
            None => None,
            Some(Step::Said(text)) => Some(chunks.content(&text)),
            Some(Step::Call(name)) => {
                self.calls += 1;
                Some(chunks.call(self.calls - 1, &call_id()?, &name))
            }
            Some(Step::Arguments(piece)) => {
                Some(chunks.arguments(self.calls.saturating_sub(1), &piece))
            }
            Some(Step::End(finish)) => Some(chunks.finish(finish) + &chunks.usage(self.usage())),
        })
    }
}

fn call_id() -> Result<String, Refusal> {
    let name = random_name(NAME_BYTES).ok_or_else(|| Refusal::internal("no random bytes"))?;
    Ok(format!("call_{name}"))
}

#[cfg(test)]
mod tests;

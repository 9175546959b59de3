//! A model behind an OpenAI-compatible endpoint, as the model of an agent.
//!
//! One request, one streamed answer, bounded in time and size; it follows no redirect and tries nothing twice. A failure
//! says why and whether some of the answer had come, so that the caller can turn to the built-in model before anything
//! was said. What it is not: it knows no dialog and no audio, and it blocks; it is for the threads of the engine.

use std::io::Read;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use hearsay_dialog::Pii;
use hearsay_wire::chat::{ChatError, ChatRequest, Event, Reply, ReplyReader, error_of_body};
use thiserror::Error;

/// Pieces of an answer that wait between the connection and the caller.
const PIECES_MAX: usize = 64;
/// Bytes of one piece.
const PIECE_BYTES: usize = 8 * 1024;
/// Longest answer that is not streamed, and longest answer of an error, in bytes.
const BODY_BYTES_MAX: u64 = 2 * 1024 * 1024;
/// Longest key, in bytes.
const KEY_BYTES_MAX: usize = 4096;

/// Where the key of an endpoint is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// In an environment variable.
    Variable(String),
    /// In a file, with nothing else in it.
    File(PathBuf),
}

/// How long an answer may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Until the connection stands.
    pub connect: Duration,
    /// Until the first words or the first call, from the beginning.
    pub first_token: Duration,
    /// Until the end, from the beginning.
    pub total: Duration,
}

impl Default for Patience {
    /// What a caller on the phone puts up with.
    fn default() -> Self {
        Self {
            connect: Duration::from_millis(1500),
            first_token: Duration::from_millis(3000),
            total: Duration::from_secs(20),
        }
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FailureKind {
    /// Nobody answers at the address.
    #[error("unreachable ({0}); check base_url and the network")]
    Unreachable(String),
    /// It took too long.
    #[error("no {what} within {} ms", limit.as_millis())]
    Timeout {
        /// What had not come.
        what: &'static str,
        /// How long it was waited for.
        limit: Duration,
    },
    /// The endpoint refused.
    #[error("status {status}{}", message.as_ref().map(|m| format!(": {m}")).unwrap_or_default())]
    Status {
        /// The HTTP status.
        status: u16,
        /// The endpoint's own words, where it gave any.
        message: Option<String>,
    },
    /// The answer cannot be used.
    #[error("{0}")]
    Answer(#[from] ChatError),
}

/// Why a remote model gave no answer, or not all of it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("model {model}: {kind}")]
pub struct RemoteFailure {
    /// The model that was asked.
    pub model: String,
    /// What went wrong.
    pub kind: FailureKind,
    /// Whether some of the answer had come; otherwise another model can take over unnoticed.
    pub began: bool,
}

/// An endpoint and a model there. Share it.
#[derive(Debug, Clone)]
pub struct RemoteModel {
    url: String,
    model: String,
    key: Option<Pii<String>>,
    patience: Patience,
}

impl RemoteModel {
    /// A model at a base address such as `https://api.openai.com/v1`.
    ///
    /// # Errors
    /// When the address is none, or the key is not where it should be, in one line.
    pub fn new(
        base_url: &str,
        model: &str,
        key: Option<&KeySource>,
        patience: Patience,
    ) -> Result<Self, String> {
        let base = base_url.trim_end_matches('/');
        let url = format!("{base}/chat/completions");
        let is_web = base.starts_with("https://") || base.starts_with("http://");
        if !is_web || url.parse::<ureq::http::Uri>().is_err() {
            return Err(format!(
                "base_url: `{base_url}` is not a web address; write https://host/v1"
            ));
        }
        if model.is_empty() {
            return Err("model: empty; name a model of the endpoint".to_string());
        }
        let key = key.map(read_key).transpose()?;
        Ok(Self { url, model: model.to_string(), key, patience })
    }

    /// Asks for an answer. The request's own model and `stream` do not matter. Every event is handed to `on_event` as it
    /// comes; when that breaks off, what had come so far is the answer.
    ///
    /// # Errors
    /// When there is no answer, or not all of it.
    pub fn reply(
        &self,
        request: &ChatRequest,
        on_event: &mut dyn FnMut(&Event) -> ControlFlow<()>,
    ) -> Result<Reply, RemoteFailure> {
        let begun = Instant::now();
        let mut asked = request.clone();
        asked.model.clone_from(&self.model);
        asked.stream = true;
        asked.include_usage = true;
        let pieces = self.send(asked.body());
        let mut reader = Reading::default();
        reader.run(&pieces, begun, self.patience, on_event).map_err(|kind| RemoteFailure {
            model: self.model.clone(),
            kind,
            began: reader.began,
        })
    }

    /// Sends a request on a thread of its own, which ends with the answer, with the patience, or soon after its pieces
    /// are no longer wanted.
    fn send(&self, body: String) -> Receiver<Piece> {
        let (sender, pieces) = sync_channel(PIECES_MAX);
        let this = self.clone();
        let thread = std::thread::Builder::new().name("remote-model".into());
        let failed = sender.clone();
        let spawned = thread.spawn(move || {
            if let Err(kind) = this.exchange(&body, &sender) {
                // Nobody may be left to hear it.
                let _ = sender.send(Piece::Failed(kind));
            }
        });
        if let Err(error) = spawned {
            let _ = failed.send(Piece::Failed(FailureKind::Unreachable(error.to_string())));
        }
        pieces
    }

    fn exchange(&self, body: &str, sender: &SyncSender<Piece>) -> Result<(), FailureKind> {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .timeout_connect(Some(self.patience.connect))
            .timeout_global(Some(self.patience.total))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .build()
            .into();
        let mut http = ureq::http::Request::post(&self.url)
            .header("content-type", "application/json")
            .header("accept", "text/event-stream, application/json");
        if let Some(key) = &self.key {
            http = http.header("authorization", format!("Bearer {}", key.expose()));
        }
        let http = http.body(body).map_err(|e| FailureKind::Unreachable(e.to_string()))?;
        let mut response = agent.run(http).map_err(|error| self.failure(error))?;
        let status = response.status();
        let kind = response.headers().get("content-type").and_then(|kind| kind.to_str().ok());
        let streamed = kind.is_some_and(|kind| kind.starts_with("text/event-stream"));
        if !status.is_success() || !streamed {
            let limited = response.body_mut().with_config().limit(BODY_BYTES_MAX);
            let body = limited.read_to_vec().map_err(|error| self.failure(error))?;
            if !status.is_success() {
                let message = error_of_body(&body).map(|error| error.to_string());
                return Err(FailureKind::Status { status: status.as_u16(), message });
            }
            let _ = sender.send(Piece::Whole(body));
            return Ok(());
        }
        let mut body = response.into_body().into_reader();
        let mut buffer = vec![0; PIECE_BYTES];
        loop {
            let read = body.read(&mut buffer).map_err(|error| self.failure(error.into()))?;
            let piece = match read {
                0 => Piece::End,
                read => Piece::Bytes(buffer[..read].to_vec()),
            };
            if sender.send(piece).is_err() || read == 0 {
                return Ok(());
            }
        }
    }

    fn failure(&self, error: ureq::Error) -> FailureKind {
        match error {
            ureq::Error::Timeout(ureq::Timeout::Connect) => {
                FailureKind::Timeout { what: "connection", limit: self.patience.connect }
            }
            ureq::Error::Timeout(_) => {
                FailureKind::Timeout { what: "end of the answer", limit: self.patience.total }
            }
            ureq::Error::BodyExceedsLimit(bytes_max) => ChatError::TooLong {
                what: "the body",
                bytes_max: usize::try_from(bytes_max).unwrap_or(usize::MAX),
            }
            .into(),
            other => FailureKind::Unreachable(other.to_string()),
        }
    }
}

fn read_key(source: &KeySource) -> Result<Pii<String>, String> {
    let (key, place) = match source {
        KeySource::Variable(name) => {
            let place = format!("environment variable {name}");
            (std::env::var(name).map_err(|_| format!("key: the {place} is not set"))?, place)
        }
        KeySource::File(path) => {
            let place = format!("file {}", path.display());
            let text = std::fs::read_to_string(path).map_err(|e| format!("key: {place}: {e}"))?;
            (text, place)
        }
    };
    let key = key.trim();
    let plain = key.chars().all(|c| c.is_ascii_graphic());
    if key.is_empty() || key.len() > KEY_BYTES_MAX || !plain {
        return Err(format!("key: the {place} does not hold a key of plain characters"));
    }
    Ok(Pii::new(key.to_string()))
}

/// What the connection's thread says.
enum Piece {
    /// Bytes of a stream of events.
    Bytes(Vec<u8>),
    /// A whole answer, from an endpoint that does not stream.
    Whole(Vec<u8>),
    /// The stream has ended.
    End,
    /// There is no more, and why.
    Failed(FailureKind),
}

/// An answer as it comes.
#[derive(Default)]
struct Reading {
    reader: ReplyReader,
    began: bool,
}

impl Reading {
    fn run(
        &mut self,
        pieces: &Receiver<Piece>,
        begun: Instant,
        patience: Patience,
        on_event: &mut dyn FnMut(&Event) -> ControlFlow<()>,
    ) -> Result<Reply, FailureKind> {
        while !self.reader.is_done() {
            let (what, limit) = match self.began {
                false => ("first token", patience.first_token.min(patience.total)),
                true => ("end of the answer", patience.total),
            };
            let wait = limit.saturating_sub(begun.elapsed());
            let fed = match pieces.recv_timeout(wait) {
                Ok(Piece::Bytes(bytes)) => self.reader.feed(&bytes),
                Ok(Piece::Whole(body)) => return self.take_whole(&body, on_event),
                Ok(Piece::End) => {
                    let ended = self.reader.end();
                    let broken = self.tell(on_event).is_break();
                    if !broken {
                        ended?;
                    }
                    break;
                }
                Ok(Piece::Failed(kind)) => return Err(kind),
                Err(RecvTimeoutError::Timeout) => return Err(FailureKind::Timeout { what, limit }),
                Err(RecvTimeoutError::Disconnected) => return Err(ChatError::CutOff.into()),
            };
            if self.tell(on_event).is_break() {
                break;
            }
            fed?;
        }
        Ok(self.reader.reply().clone())
    }

    fn tell(&mut self, on_event: &mut dyn FnMut(&Event) -> ControlFlow<()>) -> ControlFlow<()> {
        while let Some(event) = self.reader.next_event() {
            self.began = true;
            on_event(&event)?;
        }
        ControlFlow::Continue(())
    }

    fn take_whole(
        &mut self,
        body: &[u8],
        on_event: &mut dyn FnMut(&Event) -> ControlFlow<()>,
    ) -> Result<Reply, FailureKind> {
        let reply = Reply::parse(body)?;
        self.began = true;
        let content = Some(reply.content.clone()).filter(|content| !content.is_empty());
        let mut events: Vec<Event> = content.map(Event::Content).into_iter().collect();
        for (index, call) in reply.calls.iter().enumerate() {
            events.push(Event::Call { index, name: call.name.clone() });
            events.push(Event::Arguments { index, piece: call.arguments.clone() });
        }
        events.extend(reply.finish.map(Event::Finish));
        // It is all there; whether the caller breaks off makes no difference.
        let _ = events.iter().try_for_each(on_event);
        Ok(reply)
    }
}

#[cfg(test)]
mod tests;

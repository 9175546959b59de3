//! The Waves WebSocket: text in as it is written, sound and word times out, many utterances on one socket.
//!
//! One task serves a socket: it takes every message that has come, then makes one piece of the first segment that has
//! something to say, sends it, and looks again. A slow client therefore holds its own speech back, and one who goes away
//! ends it. The socket stays open after `complete`; what it is not: there is no playing clock.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::response::Response;
use futures_util::{FutureExt, SinkExt, StreamExt};
use hearsay_wire::waves::live::{self, Action, FrameIds, LiveMessage};
use tokio::time::Instant;

use super::error::ApiError;
use super::synthesis::Synthesis;
use crate::gate::Admitted;
use crate::http::{App, MESSAGE_BYTES_MAX, random_name};
use crate::keys::Place;

/// Utterances that one socket may have at once.
const SEGMENTS_MAX: usize = 16;
/// Messages that are taken before the next piece of sound is made.
const MESSAGES_MAX: usize = 256;
/// A socket that sends this many messages that cannot be understood is closed.
const BAD_MESSAGES_MAX: u32 = 20;
/// A segment that gets no text for this long is taken as ended: it holds a place that others wait for.
const SEGMENT_IDLE: Duration = Duration::from_secs(120);
/// A socket without a message for this long is closed. Clients keep one for an hour.
const SOCKET_IDLE: Duration = Duration::from_secs(70 * 60);
/// Bytes of an id before they are written in hex.
const ID_BYTES: usize = 12;
/// WebSocket close code "policy violation".
const CLOSE_POLICY: u16 = 1008;
/// WebSocket close code "try again later".
const CLOSE_BUSY: u16 = 1013;

type Sender = futures_util::stream::SplitSink<WebSocket, Message>;
type Receiver = futures_util::stream::SplitStream<WebSocket>;

/// Opens a socket for who has the key.
pub async fn open(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    admitted: Option<Extension<Admitted>>,
    upgrade: WebSocketUpgrade,
) -> Response {
    if let Err(error) = app.speech.admit(&headers) {
        return error.waves();
    }
    let Ok(permit) = app.speech.sockets.clone().try_acquire_owned() else {
        return ApiError::busy().waves();
    };
    upgrade.max_message_size(MESSAGE_BYTES_MAX).max_frame_size(MESSAGE_BYTES_MAX).on_upgrade(
        move |socket| async move {
            let (sender, receiver) = socket.split();
            let session_id = random_name(ID_BYTES).unwrap_or_default();
            let line = Line { sender, session_id: format!("sess_{session_id}") };
            let place = admitted.map(|Extension(Admitted(place))| place);
            let mut desk = Desk { app, line, segments: Vec::new(), bad_messages: 0, place };
            // A peer that is gone needs no goodbye.
            let _ = desk.serve(receiver).await;
            drop(permit);
        },
    )
}

/// The peer is gone, or was sent away.
struct Gone;

/// One socket's sending half.
struct Line {
    sender: Sender,
    session_id: String,
}

/// One utterance.
struct Segment {
    name: String,
    ids: FrameIds,
    /// `None` after an error: the rest of its text is dropped until it ends.
    synthesis: Option<Synthesis>,
    word_timestamps: bool,
    words: usize,
    /// All of its text has come.
    finished: bool,
    buffer_ms: Option<u32>,
    /// When text that is held back is said, end of a sentence or not.
    flush_at: Option<Instant>,
    idle_at: Instant,
}

/// One socket's utterances.
struct Desk {
    app: Arc<App>,
    line: Line,
    segments: Vec<Segment>,
    bad_messages: u32,
    /// The client's place, where keys are asked for.
    place: Option<Arc<Place>>,
}

impl Desk {
    async fn serve(&mut self, mut receiver: Receiver) -> Result<(), Gone> {
        loop {
            for _ in 0..MESSAGES_MAX {
                let Some(message) = receiver.next().now_or_never() else { break };
                self.take(message).await?;
            }
            if self.speak().await? {
                continue;
            }
            let deadline = self.deadline();
            match tokio::time::timeout_at(deadline, receiver.next()).await {
                Ok(message) => self.take(message).await?,
                Err(_) if self.segments.is_empty() => return Ok(()),
                Err(_) => self.be_due(Instant::now()),
            }
        }
    }

    /// When something happens without a message.
    fn deadline(&self) -> Instant {
        let of = |segment: &Segment| segment.flush_at.unwrap_or(segment.idle_at);
        let first = self.segments.iter().map(of).min();
        first.unwrap_or_else(|| Instant::now() + SOCKET_IDLE)
    }

    /// Says text that has been held back long enough, and ends what gets no text any more.
    fn be_due(&mut self, now: Instant) {
        for segment in &mut self.segments {
            let Some(stream) = segment.synthesis.as_mut().and_then(|s| s.stream().ok()) else {
                segment.finished |= segment.idle_at <= now;
                continue;
            };
            if segment.flush_at.is_some_and(|at| at <= now) {
                segment.flush_at = None;
                stream.flush_text();
            }
            if segment.idle_at <= now {
                segment.finished = true;
                stream.finish_text();
            }
        }
    }

    async fn take(&mut self, message: Option<Result<Message, axum::Error>>) -> Result<(), Gone> {
        let text = match message {
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(Message::Binary(_))) => return self.bad("send JSON in text frames").await,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => return Ok(()),
            Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(Gone),
        };
        let now = std::time::Instant::now();
        if self.place.as_ref().is_some_and(|place| place.spend(now, text.len()).is_err()) {
            self.app.metrics.too_much.fetch_add(1, Relaxed);
            return self.close(CLOSE_BUSY, "the key has used up its share; try again later").await;
        }
        match live::message(text.as_str()) {
            Ok(message) => self.apply(message).await,
            Err(error) => self.bad(&error.to_string()).await,
        }
    }

    async fn bad(&mut self, why: &str) -> Result<(), Gone> {
        self.app.metrics.bad_messages.fetch_add(1, Relaxed);
        self.bad_messages += 1;
        let ids = FrameIds { session_id: self.line.session_id.clone(), ..FrameIds::default() };
        self.line.send(ids.error("invalid_request", why)).await?;
        if self.bad_messages <= BAD_MESSAGES_MAX {
            return Ok(());
        }
        self.close(CLOSE_POLICY, "too many messages that cannot be understood").await
    }

    /// Sends the client away.
    async fn close(&mut self, code: u16, reason: &'static str) -> Result<(), Gone> {
        let close = CloseFrame { code, reason: Utf8Bytes::from_static(reason) };
        // It is sent away either way.
        let _ = self.line.sender.send(Message::Close(Some(close))).await;
        Err(Gone)
    }

    async fn apply(&mut self, message: LiveMessage) -> Result<(), Gone> {
        // A name may be used again while its first segment still sounds: the later one is meant.
        let open = self.segments.iter().rposition(|segment| segment.name == message.segment);
        let blank = message.speech.text.trim().is_empty();
        match (message.action, open) {
            (Action::KeepAlive, _) => Ok(()),
            (Action::Cancel, Some(at)) => {
                let Segment { ids, synthesis, .. } = self.segments.remove(at);
                drop(synthesis);
                self.line.send(ids.complete()).await
            }
            (Action::Cancel, None) => Ok(()),
            (_, Some(at)) if !self.segments[at].finished => self.add_text(at, &message).await,
            (_, Some(_)) if blank => Ok(()),
            (Action::Finish, None) if blank => {
                let ids = self.line.ids(&message);
                self.line.send(ids.complete()).await
            }
            (_, None) if blank => Ok(()),
            _ => self.begin(message).await,
        }
    }

    /// Opens a segment with its first text.
    async fn begin(&mut self, message: LiveMessage) -> Result<(), Gone> {
        let ids = self.line.ids(&message);
        let opened = if self.segments.len() < SEGMENTS_MAX {
            Synthesis::open(&self.app, &message.speech)
        } else {
            Err(ApiError::busy())
        };
        let synthesis = match opened {
            Ok(synthesis) => Some(synthesis),
            Err(error) => {
                self.line.send(ids.error(error.kind, &error.message)).await?;
                if message.action == Action::Finish || self.segments.len() >= SEGMENTS_MAX {
                    return Ok(());
                }
                None
            }
        };
        self.segments.push(Segment {
            name: message.segment.clone(),
            ids,
            synthesis,
            word_timestamps: message.word_timestamps,
            words: 0,
            finished: false,
            buffer_ms: message.buffer_ms,
            flush_at: None,
            idle_at: Instant::now() + SEGMENT_IDLE,
        });
        self.add_text(self.segments.len() - 1, &message).await
    }

    async fn add_text(&mut self, at: usize, message: &LiveMessage) -> Result<(), Gone> {
        let segment = &mut self.segments[at];
        let now = Instant::now();
        segment.idle_at = now + SEGMENT_IDLE;
        segment.finished = message.action == Action::Finish;
        let Some(synthesis) = &mut segment.synthesis else { return Ok(()) };
        let pushed = synthesis.stream().and_then(|stream| {
            let before = stream.clauses();
            stream.push_text(&message.speech.text)?;
            if stream.clauses() > before {
                // What was held back is said; what came behind it begins to wait.
                segment.flush_at = None;
            }
            match message.action {
                Action::Flush => stream.flush_text(),
                Action::Finish => stream.finish_text(),
                _ => {}
            }
            Ok(())
        });
        let held = message.action == Action::Continue;
        let wait = segment.buffer_ms.filter(|_| held).map(u64::from).map(Duration::from_millis);
        segment.flush_at = match (segment.flush_at, wait) {
            // The text that has waited longest decides.
            (Some(at), Some(_)) => Some(at),
            (_, wait) => wait.map(|wait| now + wait),
        };
        if let Err(error) = pushed {
            segment.synthesis = None;
            segment.flush_at = None;
            let frame = segment.ids.error(error.kind, &error.message);
            return self.line.send(frame).await;
        }
        Ok(())
    }

    /// Does one thing for the first segment that has something to do; false when none has.
    async fn speak(&mut self) -> Result<bool, Gone> {
        for at in 0..self.segments.len() {
            let segment = &mut self.segments[at];
            let work = segment
                .synthesis
                .as_mut()
                .is_some_and(|synthesis| synthesis.stream().is_ok_and(|stream| stream.has_work()));
            if work {
                self.make_piece(at).await?;
                return Ok(true);
            }
            if segment.finished {
                self.end(at).await?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn make_piece(&mut self, at: usize) -> Result<(), Gone> {
        let segment = &mut self.segments[at];
        let Some(synthesis) = &mut segment.synthesis else { return Ok(()) };
        let made = match synthesis.next_piece_if_any().await {
            Ok(Some(piece)) => synthesis.code(&piece.samples).map(|sound| (sound, piece.words)),
            Ok(None) => return Ok(()),
            Err(error) => Err(error),
        };
        let (sound, words) = match made {
            Ok(made) => made,
            Err(error) => {
                segment.synthesis = None;
                let frame = segment.ids.error(error.kind, &error.message);
                return self.line.send(frame).await;
            }
        };
        for word in words.iter().filter(|_| segment.word_timestamps) {
            let frame =
                segment.ids.word_timestamp(segment.words, &word.text, word.start_ms, word.end_ms);
            segment.words += 1;
            self.line.send(frame).await?;
        }
        if sound.is_empty() {
            return Ok(());
        }
        self.line.send(segment.ids.chunk(&sound)).await
    }

    /// Ends a segment whose text has been said. One that failed has been told so already.
    async fn end(&mut self, at: usize) -> Result<(), Gone> {
        let Segment { ids, synthesis, .. } = self.segments.remove(at);
        let Some(mut synthesis) = synthesis else { return Ok(()) };
        let rest = synthesis.end();
        // The place is free before the client hears so: it may ask for it at once.
        drop(synthesis);
        match rest {
            Ok(rest) if rest.is_empty() => {}
            Ok(rest) => self.line.send(ids.chunk(&rest)).await?,
            Err(error) => return self.line.send(ids.error(error.kind, &error.message)).await,
        }
        self.line.send(ids.complete()).await
    }
}

impl Line {
    async fn send(&mut self, frame: String) -> Result<(), Gone> {
        self.sender.send(Message::Text(frame.into())).await.map_err(|_| Gone)
    }

    /// The names of the segment that a message opens.
    fn ids(&self, message: &LiveMessage) -> FrameIds {
        FrameIds {
            session_id: self.session_id.clone(),
            request_id: random_name(ID_BYTES).unwrap_or_default(),
            external_session_id: message.session_id.clone(),
            external_request_id: message.request_id.clone(),
            context_id: message.context_id.clone(),
        }
    }
}

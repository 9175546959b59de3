//! One text on its way to bytes, for as long as somebody reads them.

use std::sync::atomic::Ordering::Relaxed;

use axum::body::{Body, Bytes};
use futures_util::stream;
use hearsay_audio::coding::SoundEncoder;
use hearsay_engine::{EngineError, SpeechLane, SpeechPiece, SpeechRequestError, SpeechStream};
use hearsay_wire::speech::SpeechRequest;
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::error::ApiError;
use crate::http::App;

/// A stream of speech with its place on the engine's threads and its coding. Nothing is computed between calls of its
/// functions; dropping it gives its permit back.
pub struct Synthesis {
    lane: SpeechLane,
    /// Away only while a step is on the engine's threads.
    stream: Option<Box<SpeechStream>>,
    encoder: SoundEncoder,
    ended: bool,
    _permit: OwnedSemaphorePermit,
}

impl Synthesis {
    /// A stream without text, if there is a place for it and all that is asked for can be done.
    pub fn open(app: &App, request: &SpeechRequest) -> Result<Self, ApiError> {
        let permit = app.speech_permit()?;
        let options = app.speech_options(request)?;
        let rate_hz = options.sample_rate_hz;
        let stream = SpeechStream::new(app.board.engine.models().clone(), options)?;
        app.metrics.speech_requests.fetch_add(1, Relaxed);
        Ok(Self {
            lane: app.board.engine.speech_lane(),
            stream: Some(Box::new(stream)),
            encoder: SoundEncoder::new(request.coding, rate_hz, request.wav_header)?,
            ended: false,
            _permit: permit,
        })
    }

    /// The whole of a request's text, and its first bytes: what cannot be spoken is known before anything is answered.
    pub async fn begin(app: &App, request: &SpeechRequest) -> Result<(Vec<u8>, Self), ApiError> {
        let mut synthesis = Self::open(app, request)?;
        let stream = synthesis.stream()?;
        stream.push_text(&request.text)?;
        stream.finish_text();
        let first = synthesis.next_bytes().await?.unwrap_or_default();
        Ok((first, synthesis))
    }

    /// The text's side of it.
    pub fn stream(&mut self) -> Result<&mut SpeechStream, ApiError> {
        self.stream.as_deref_mut().ok_or_else(lost)
    }

    /// The next piece, or `None` when the text so far has been said.
    async fn next_piece(&mut self) -> Result<Option<SpeechPiece>, ApiError> {
        Ok(self.step().await??)
    }

    /// As [`Synthesis::next_piece`]; a text of signs alone is said by saying nothing.
    pub async fn next_piece_if_any(&mut self) -> Result<Option<SpeechPiece>, ApiError> {
        match self.step().await? {
            Err(EngineError::Speech(
                SpeechRequestError::Empty | SpeechRequestError::NothingSpeakable,
            )) => Ok(None),
            piece => Ok(piece?),
        }
    }

    async fn step(&mut self) -> Result<Result<Option<SpeechPiece>, EngineError>, ApiError> {
        let stream = self.stream.take().ok_or_else(lost)?;
        let (send, receive) = oneshot::channel();
        // A client that is gone has dropped the receiver.
        self.lane.step(stream, move |stream, piece| drop(send.send((stream, piece))))?;
        let (stream, piece) = receive.await.map_err(|_| lost())?;
        self.stream = Some(stream);
        Ok(piece)
    }

    /// Samples in the coding that was asked for.
    pub fn code(&mut self, samples: &[f32]) -> Result<Vec<u8>, ApiError> {
        Ok(self.encoder.push(samples)?)
    }

    /// The last bytes of the coding.
    pub fn end(&mut self) -> Result<Vec<u8>, ApiError> {
        Ok(self.encoder.finish()?)
    }

    /// The next bytes of a text that has ended; `None` after the last.
    pub async fn next_bytes(&mut self) -> Result<Option<Vec<u8>>, ApiError> {
        while !self.ended {
            let bytes = match self.next_piece().await? {
                Some(piece) => self.code(&piece.samples)?,
                None => {
                    self.ended = true;
                    self.end()?
                }
            };
            // Packets and pages hold several pieces back.
            if !bytes.is_empty() {
                return Ok(Some(bytes));
            }
        }
        Ok(None)
    }

    /// A body that grows as it is read: `first`, then each later piece of sound, both as `dress` writes them, then `last`.
    pub fn body(self, first: Vec<u8>, dress: fn(Vec<u8>) -> Vec<u8>, last: Option<String>) -> Body {
        let state = Some((self, Some(first), last));
        Body::from_stream(stream::unfold(state, move |state| async move {
            let (mut synthesis, first, mut last) = state?;
            let bytes = match first {
                Some(first) => Ok(Some(first)),
                None => synthesis.next_bytes().await,
            };
            match bytes {
                Ok(Some(bytes)) => {
                    let rest = Some((synthesis, None, last));
                    Some((Ok(Bytes::from(dress(bytes))), rest))
                }
                Ok(None) => last.take().map(|last| (Ok(Bytes::from(last)), None)),
                // The status has been sent: breaking the body off is all that is left to say.
                Err(error) => Some((Err(std::io::Error::other(error.message)), None)),
            }
        }))
    }
}

fn lost() -> ApiError {
    ApiError::internal("a step of the synthesis was lost")
}

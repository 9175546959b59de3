//! Speech over HTTP and WebSockets for programs that have no call: OpenAI's `/v1/audio/speech` and the Waves API.
//!
//! Requests are read and answers written by `hearsay_wire`; the speech is made on the engine's threads, one piece at a
//! time and only when the client has taken the one before. What it is not: there are no accounts here, one key opens all
//! of it.

mod cloning;
mod dictionaries;
pub mod error;
mod openai;
mod synthesis;
mod waves;
mod waves_socket;

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, header};
use axum::routing::{get, post};
use hearsay_engine::SpeechOptions;
use hearsay_speech::voice::Voice;
use hearsay_wire::speech::{BODY_BYTES_MAX, SpeechRequest, VoiceEntry};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::config::{Config, Secret};
use crate::http::App;
use dictionaries::Dictionaries;
use error::ApiError;

/// WebSockets that may be open at once, most of them idle.
const SOCKETS_MAX: usize = 512;

/// What all speech requests share.
pub struct SpeechDesk {
    /// One permit a request or segment that is being spoken.
    requests: Arc<Semaphore>,
    /// One permit a socket.
    sockets: Arc<Semaphore>,
    dictionaries: Dictionaries,
    key: Option<Secret>,
}

/// The routes of the speech APIs.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/v1/audio/speech", post(openai::speech))
        .route("/v1/audio/voices", get(openai::voices))
        .route("/v1/models", get(openai::models))
        .route("/v1/models/{model}", get(openai::model))
        .route("/waves/v1/tts", post(waves::speech))
        .route("/waves/v1/tts/live", get(waves_socket::open).post(waves::events))
        .route("/waves/v1/{model}/get_speech", post(waves::speech))
        .route("/waves/v1/{model}/get_speech/stream", get(waves_socket::open).post(waves::events))
        .route("/waves/v1/{model}/get_voices", get(waves::voices))
        .route(
            "/waves/v1/pronunciation-dicts",
            get(waves::list_dictionaries)
                .post(waves::add_dictionary)
                .put(waves::change_dictionary)
                .delete(waves::remove_dictionary),
        )
        .route(
            "/waves/v1/pronunciation-dicts/{id}",
            get(waves::show_dictionary).delete(waves::remove_named_dictionary),
        )
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .merge(cloning_routes())
}

/// The routes that take recordings, with room for them.
fn cloning_routes() -> Router<Arc<App>> {
    Router::new()
        .route("/v1/audio/voices", post(cloning::clone_voice))
        .route("/waves/v1/voice-cloning", post(cloning::clone_voice))
        .layer(DefaultBodyLimit::max(cloning::RECORDING_BYTES_MAX))
}

impl SpeechDesk {
    /// For a server with these settings.
    pub fn new(config: &Config) -> Self {
        Self {
            requests: Arc::new(Semaphore::new(config.speech_requests_max)),
            sockets: Arc::new(Semaphore::new(SOCKETS_MAX)),
            dictionaries: Dictionaries::default(),
            // With a file of keys the gate has asked already.
            key: config.speech_key.clone().filter(|_| config.keys.is_none()),
        }
    }

    /// Whether a request carries the key, if there is one.
    fn admit(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        let Some(key) = &self.key else { return Ok(()) };
        let value = headers.get(header::AUTHORIZATION).map(|value| value.as_bytes());
        let given = value.and_then(|value| value.strip_prefix(b"Bearer "));
        match given {
            Some(given) if same(given, key.expose().as_bytes()) => Ok(()),
            _ => Err(ApiError::unauthorized()),
        }
    }
}

/// Whether two byte strings are the same, in a time that tells only their lengths.
pub fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |differ, (x, y)| differ | (x ^ y)) == 0
}

impl App {
    /// A permit to speak.
    fn speech_permit(&self) -> Result<OwnedSemaphorePermit, ApiError> {
        self.speech.requests.clone().try_acquire_owned().map_err(|_| {
            self.metrics.speech_refused.fetch_add(1, Relaxed);
            ApiError::busy()
        })
    }

    /// The voices there are now, cloned ones too.
    fn voice_entries(&self) -> Vec<VoiceEntry> {
        let voices = self.board.engine.models().voices();
        let entry = |voice: &Arc<Voice>| VoiceEntry {
            id: voice.name.clone(),
            gender: voice.gender.clone(),
            language: voice.language.clone(),
            description: voice.description.clone(),
        };
        voices.iter().map(entry).collect()
    }

    /// How a request wants its text spoken; whether that can be done is checked where the stream begins.
    fn speech_options(&self, request: &SpeechRequest) -> Result<SpeechOptions, ApiError> {
        let own = SpeechOptions::of(self.board.engine.models());
        Ok(SpeechOptions {
            voice: request.voice.clone().unwrap_or(own.voice),
            speed: request.speed.unwrap_or(own.speed),
            emotion: match &request.emotion {
                Some(name) => name.parse().map_err(hearsay_engine::SpeechRequestError::from)?,
                None => own.emotion,
            },
            language_code: request.language.clone(),
            dictionary: self.speech.dictionaries.merged(&request.dictionaries)?,
            sample_rate_hz: request.rate_hz(),
            watermark: self.config.speech_watermark,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn keys_are_compared_whole() {
        assert!(same(b"", b"") && same(b"key", b"key"));
        assert!(!same(b"key", b"kez") && !same(b"key", b"key2") && !same(b"", b"k"));
    }
}

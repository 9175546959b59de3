//! The server's doors: webhooks that say where the media goes, the media
//! sockets, health and metrics; the speech APIs come from [`speech_api`].

use std::collections::HashMap;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{OriginalUri, RawForm, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use hearsay_wire::{Encoding, WireError, plivo, twilio};
use tokio::sync::Semaphore;

use crate::chat_api::{self, ChatDesk};
use crate::chat_model::BuiltIn;
use crate::config::Config;
use crate::drive::Switchboard;
use crate::media;
use crate::metrics::Metrics;
use crate::report::CallReport;
use crate::speech_api::{self, SpeechDesk};

/// A token in the answer to a webhook is good for this long.
const TOKEN_LIFE: Duration = Duration::from_secs(60);
/// Tokens that wait to be used.
const TOKENS_MAX: usize = 10_000;
/// Bytes of a token before it is written in hex.
const TOKEN_BYTES: usize = 24;
/// Largest message on a media socket: providers send a few hundred bytes.
pub const MESSAGE_BYTES_MAX: usize = 64 * 1024;
/// Twilio plays a busy tone.
const TWILIO_BUSY: &str = "<Response><Reject reason=\"busy\"/></Response>";
/// Plivo plays a busy tone.
const PLIVO_BUSY: &str = "<Response><Hangup reason=\"busy\"/></Response>";
/// Name of the parameter that carries the token.
pub const TOKEN_PARAMETER: &str = "token";

/// What every request can see.
pub struct App {
    /// The validated configuration.
    pub config: Config,
    /// The models and the agent.
    pub board: Switchboard,
    /// Counters.
    pub metrics: Metrics,
    /// One permit a call.
    pub calls: Arc<Semaphore>,
    /// The address at which this server listens, for media addresses without a
    /// configured public one.
    pub local_url: String,
    /// Where finished calls' reports go, if somebody wants them.
    pub reports: Option<std::sync::mpsc::Sender<CallReport>>,
    /// The speech APIs.
    pub speech: SpeechDesk,
    tokens: Mutex<HashMap<String, Instant>>,
}

impl App {
    /// The state of a server that listens at `local_url`.
    pub fn new(config: Config, board: Switchboard, local_url: String) -> Self {
        let calls = Arc::new(Semaphore::new(config.calls_max));
        let speech = SpeechDesk::new(&config);
        Self {
            speech,
            config,
            board,
            metrics: Metrics::default(),
            calls,
            local_url,
            reports: None,
            tokens: Mutex::default(),
        }
    }

    /// The address that a provider uses for `path`.
    fn public(&self, path: &str) -> String {
        let base = self.config.public_url.as_deref().unwrap_or(&self.local_url);
        format!("{base}{path}")
    }

    /// The same for a WebSocket.
    fn public_socket(&self, path: &str) -> String {
        self.public(path).replacen("http", "ws", 1)
    }

    /// A new single-use token.
    fn new_token(&self) -> Option<String> {
        let token = random_name(TOKEN_BYTES)?;
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.retain(|_, made| made.elapsed() < TOKEN_LIFE);
        if tokens.len() >= TOKENS_MAX {
            return None;
        }
        tokens.insert(token.clone(), Instant::now());
        Some(token)
    }

    /// Whether a token was given out and not yet used; it is used now.
    pub fn use_token(&self, token: &str) -> bool {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.remove(token).is_some_and(|made| made.elapsed() < TOKEN_LIFE)
    }
}

/// This many random bytes in hex; `None` when the system has none to give.
pub fn random_name(bytes: usize) -> Option<String> {
    let mut random = vec![0; bytes];
    getrandom::fill(&mut random).ok()?;
    Some(random.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The server's routes.
pub fn routes(app: Arc<App>) -> Router {
    let chat = chat_desk(&app).map(chat_api::routes).unwrap_or_default();
    Router::new()
        .route("/", get(index))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/metrics", get(metrics))
        .route("/twilio/voice", get(twilio_voice).post(twilio_voice))
        .route("/twilio/media", get(twilio_media))
        .route("/plivo/answer", get(plivo_answer).post(plivo_answer))
        .route("/plivo/media", get(plivo_media))
        .merge(speech_api::routes())
        .merge(chat)
        .with_state(app)
}

/// Chats that are answered at once, by worker: each takes a core while it writes.
const CHATS_BY_WORKER: usize = 4;

/// The built-in language model for programs, where this build has it; the key of the speech APIs opens it too.
fn chat_desk(app: &App) -> Option<Arc<ChatDesk>> {
    let responder = app.board.engine.models().responder.clone()?;
    let model = Arc::new(BuiltIn::new(responder));
    let chats_max = app.config.workers * CHATS_BY_WORKER;
    Some(Arc::new(ChatDesk::new(model, chats_max, app.config.speech_key.clone())))
}

async fn index(State(app): State<Arc<App>>) -> String {
    format!(
        "hearsay {} answers as {}.\n\nTwilio voice webhook  {}\nPlivo answer URL      {}\n\
         OpenAI speech         {}\nWaves speech          {}\nOpenAI chat           {}\n\
         Health                {}\nMetrics               {}\n",
        env!("CARGO_PKG_VERSION"),
        app.board.agent.name(),
        app.public("/twilio/voice"),
        app.public("/plivo/answer"),
        app.public("/v1/audio/speech"),
        app.public("/waves/v1/tts"),
        app.public("/v1/chat/completions"),
        app.public("/healthz"),
        app.public("/metrics"),
    )
}

async fn metrics(State(app): State<Arc<App>>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], app.metrics.render())
}

fn xml(body: String) -> Response {
    ([(header::CONTENT_TYPE, "text/xml")], body).into_response()
}

fn answer(document: Result<String, WireError>) -> Response {
    match document {
        Ok(body) => xml(body),
        Err(error) => {
            tracing::error!("no answer for the provider: {error}; check public_url");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn unauthorized(app: &App, why: &'static str) -> Response {
    app.metrics.unauthorized.fetch_add(1, Relaxed);
    tracing::warn!("refused a request: {why}");
    (StatusCode::FORBIDDEN, format!("{why}\n")).into_response()
}

/// Name and value pairs of a form body or query string.
fn pairs(encoded: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(encoded).into_owned().collect()
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

async fn twilio_voice(
    State(app): State<Arc<App>>,
    method: Method,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    RawForm(form): RawForm,
) -> Response {
    if let Some(token) = &app.config.twilio_token {
        let url = app.public(uri.path_and_query().map_or("/", |pq| pq.as_str()));
        let params = if method == Method::POST { pairs(&form) } else { Vec::new() };
        let signature = header(&headers, "x-twilio-signature");
        if !twilio::validate_signature(token.expose(), &url, &params, signature) {
            return unauthorized(&app, "the Twilio signature does not match public_url and token");
        }
    }
    if app.calls.available_permits() == 0 {
        app.metrics.calls_refused.fetch_add(1, Relaxed);
        return xml(TWILIO_BUSY.to_string());
    }
    let Some(token) = app.new_token() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let url = app.public_socket("/twilio/media");
    answer(twilio::answer_xml(&url, None, &[(TOKEN_PARAMETER, &token)]))
}

async fn plivo_answer(
    State(app): State<Arc<App>>,
    method: Method,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    RawForm(form): RawForm,
) -> Response {
    let params = if method == Method::POST { pairs(&form) } else { Vec::new() };
    let url = app.public(uri.path_and_query().map_or("/", |pq| pq.as_str()));
    let signed_as = if method == Method::POST { plivo::Method::Post } else { plivo::Method::Get };
    if !plivo_signed(&app, signed_as, &url, &params, &headers) {
        return unauthorized(&app, "the Plivo signature does not match public_url and token");
    }
    if app.calls.available_permits() == 0 {
        app.metrics.calls_refused.fetch_add(1, Relaxed);
        return xml(PLIVO_BUSY.to_string());
    }
    let Some(token) = app.new_token() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let url = app.public_socket("/plivo/media");
    answer(plivo::answer_xml(&url, Encoding::Mulaw8k, None, &[(TOKEN_PARAMETER, &token)]))
}

/// True also when no Plivo account is configured: then nothing can be checked
/// and the token in the answer is the gate.
fn plivo_signed(
    app: &App,
    method: plivo::Method,
    url: &str,
    params: &[(String, String)],
    headers: &HeaderMap,
) -> bool {
    let Some(token) = &app.config.plivo_token else { return true };
    let nonce = header(headers, "x-plivo-signature-v3-nonce");
    let signatures = header(headers, "x-plivo-signature-v3");
    plivo::validate_signature_v3(method, url, params, nonce, token.expose(), signatures)
}

async fn twilio_media(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    if let Some(token) = &app.config.twilio_token {
        let signature = header(&headers, "x-twilio-signature");
        let url = app.public_socket("/twilio/media");
        if !signature.is_empty()
            && !twilio::validate_signature(token.expose(), &url, &[], signature)
        {
            return unauthorized(&app, "the Twilio signature of the media socket does not match");
        }
    }
    accept(app, upgrade, hearsay_wire::Provider::Twilio)
}

async fn plivo_media(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let socket = app.public_socket("/plivo/media");
    let signed = plivo_signed(&app, plivo::Method::Get, &socket, &[], &headers);
    if !signed && !header(&headers, "x-plivo-signature-v3").is_empty() {
        return unauthorized(&app, "the Plivo signature of the media socket does not match");
    }
    accept(app, upgrade, hearsay_wire::Provider::Plivo)
}

fn accept(app: Arc<App>, upgrade: WebSocketUpgrade, provider: hearsay_wire::Provider) -> Response {
    upgrade
        .max_message_size(MESSAGE_BYTES_MAX)
        .max_frame_size(MESSAGE_BYTES_MAX)
        .on_upgrade(move |socket| media::serve(app, socket, provider))
}

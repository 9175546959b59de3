//! The server's doors: webhooks that say where the media goes, the media
//! sockets, health and metrics; the speech APIs come from [`speech_api`].

use std::collections::HashMap;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{OriginalUri, RawForm, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use hearsay_dialog::{CallInfo, Node, NodeKind, Pii};
use hearsay_wire::{Encoding, Provider, WireError, plivo, twilio};
use serde_json::Value;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::chat_api::{self, ChatDesk};
use crate::chat_model::BuiltIn;
use crate::config::Config;
use crate::control::{self, ControlDesk};
use crate::drive::{Switchboard, today};
use crate::gate;
use crate::keys::{Denied, KeyRing, Scope};
use crate::media;
use crate::metrics::Metrics;
use crate::report::CallReport;
use crate::retention::Keeper;
use crate::shared_limits::{Lease, Limits, SharedLimits};
use crate::speech_api::{self, SpeechDesk};

/// A token in the answer to a webhook is good for this long.
const TOKEN_LIFE: Duration = Duration::from_secs(60);
/// Tokens that wait to be used.
const TOKENS_MAX: usize = 10_000;
/// Bytes of a token before it is written in hex.
const TOKEN_BYTES: usize = 24;
/// Largest message on a media socket: providers send a few hundred bytes.
pub const MESSAGE_BYTES_MAX: usize = 64 * 1024;
/// Fields of a webhook that are read.
const FIELDS_MAX: usize = 100;
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
    pub metrics: Arc<Metrics>,
    /// Who may use the APIs for programs, where the configuration names a file of keys.
    pub keys: Option<KeyRing>,
    /// Limits that are shared with other servers.
    pub shared: Option<Arc<SharedLimits>>,
    /// One permit a call, by provider: none of them can take all lines.
    lines: [Arc<Semaphore>; 2],
    /// Keeps calls that are over, where the configuration says so.
    pub keeper: Option<Keeper>,
    /// One permit a call.
    pub calls: Arc<Semaphore>,
    /// The address at which this server listens, for media addresses without a
    /// configured public one.
    pub local_url: String,
    /// Where finished calls' reports go, if somebody wants them.
    pub reports: Option<std::sync::mpsc::Sender<CallReport>>,
    /// The speech APIs.
    pub speech: SpeechDesk,
    /// Programs that follow and drive calls.
    pub control: ControlDesk,
    /// Calls that have been announced and whose media socket is awaited, by token.
    tokens: Mutex<HashMap<String, (Instant, CallInfo)>>,
    /// Where calls are put through to, by their provider's name for them.
    transfers: Mutex<HashMap<String, (Instant, Pii<String>)>>,
}

impl App {
    /// The state of a server that listens at `local_url`.
    pub fn new(config: Config, board: Switchboard, local_url: String) -> Self {
        let calls = Arc::new(Semaphore::new(config.calls_max));
        let gated = config.keys.is_some();
        let speech = SpeechDesk::new(&config);
        let control = ControlDesk::new(config.control_key.clone(), gated);
        let lines = [(); 2].map(|()| Arc::new(Semaphore::new(config.calls_per_key)));
        Self {
            keys: None,
            shared: None,
            lines,
            control,
            speech,
            config,
            board,
            metrics: Arc::default(),
            keeper: None,
            calls,
            local_url,
            reports: None,
            tokens: Mutex::default(),
            transfers: Mutex::default(),
        }
    }

    /// Keeps calls and asks for keys as the configuration says.
    ///
    /// # Errors
    /// When the database of calls or the file of keys cannot be used, in one line.
    pub fn guarded(mut self) -> Result<Self, String> {
        if let Some(file) = &self.config.keys {
            let single = [
                (self.config.speech_key.clone(), &[Scope::Speech, Scope::Chat][..]),
                (self.config.control_key.clone(), &[Scope::Control]),
            ];
            let single =
                single.into_iter().filter_map(|(key, scopes)| Some((key?, scopes.to_vec())));
            self.keys = Some(KeyRing::load(file, single.collect())?);
        }
        if let Some(store) = &self.config.store {
            let (redact, metrics) = (self.config.redact.clone(), self.metrics.clone());
            self.keeper = Some(Keeper::start(store, redact, &self.board.agent, metrics)?);
        }
        Ok(self)
    }

    /// Places for a call that comes by this provider, if there is one; of all calls and of the provider's.
    pub fn line(&self, provider: Provider) -> Option<[OwnedSemaphorePermit; 2]> {
        let own = match provider {
            Provider::Twilio => &self.lines[0],
            Provider::Plivo => &self.lines[1],
        };
        let all = self.calls.clone().try_acquire_owned().ok()?;
        Some([own.clone().try_acquire_owned().ok()?, all])
    }

    /// The place of a call over all servers that share their limits.
    ///
    /// # Errors
    /// When the provider has all its calls.
    pub async fn shared_line(&self, provider: Provider) -> Result<Option<Lease>, Denied> {
        let Some(limits) = &self.shared else { return Ok(None) };
        limits.enter(provider.name(), Limits::places(self.config.calls_per_key), 0).await
    }

    /// Whether a call that comes by this provider would find a place.
    fn has_line(&self, provider: Provider) -> bool {
        self.line(provider).is_some()
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

    /// A new single-use token for a call that its provider announces.
    fn new_token(&self, info: CallInfo) -> Option<String> {
        let token = random_name(TOKEN_BYTES)?;
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.retain(|_, (made, _)| made.elapsed() < TOKEN_LIFE);
        if tokens.len() >= TOKENS_MAX {
            return None;
        }
        tokens.insert(token.clone(), (Instant::now(), info));
        Some(token)
    }

    /// Who calls, for a token that was given out and not yet used; it is used now.
    pub fn use_token(&self, token: &str) -> Option<CallInfo> {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let (made, info) = tokens.remove(token)?;
        (made.elapsed() < TOKEN_LIFE).then_some(info)
    }

    /// Notes where a call is put through to when its provider asks what comes after our stream.
    pub fn note_transfer(&self, call_id: String, to: Pii<String>) {
        let mut transfers = self.transfers.lock().unwrap_or_else(PoisonError::into_inner);
        transfers.retain(|_, (made, _)| made.elapsed() < TOKEN_LIFE);
        if transfers.len() < TOKENS_MAX {
            transfers.insert(call_id, (Instant::now(), to));
        }
    }

    fn take_transfer(&self, call_id: &str) -> Option<Pii<String>> {
        let mut transfers = self.transfers.lock().unwrap_or_else(PoisonError::into_inner);
        transfers.remove(call_id).map(|(_, to)| to)
    }

    /// What a provider is asked to ask once our stream has ended, where calls can be put through.
    fn after(&self, path: &str) -> Option<String> {
        let transfers = |node: &Node| matches!(node.kind, NodeKind::Transfer(_));
        let resumes = self.keeper.as_ref().is_some_and(Keeper::resumes);
        let can = resumes || self.control.is_open() || self.board.agent.nodes().any(transfers);
        can.then(|| self.public(path))
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
        .route("/twilio/after", post(twilio_after))
        .route("/plivo/after", post(plivo_after))
        .route("/twilio/media", get(twilio_media))
        .route("/plivo/answer", get(plivo_answer).post(plivo_answer))
        .route("/plivo/media", get(plivo_media))
        .route(control::SERVES, control::serve())
        .merge(speech_api::routes())
        .merge(chat)
        .layer(axum::middleware::from_fn_with_state(app.clone(), gate::keep))
        .with_state(app)
}

/// Chats that are answered at once, by worker: each takes a core while it writes.
const CHATS_BY_WORKER: usize = 4;

/// The built-in language model for programs, where this build has it; the key of the speech APIs opens it too.
fn chat_desk(app: &App) -> Option<Arc<ChatDesk>> {
    let responder = app.board.engine.models().responder.clone()?;
    let model = Arc::new(BuiltIn::new(responder));
    let chats_max = app.config.workers * CHATS_BY_WORKER;
    // With a file of keys the gate has asked already.
    let key = app.config.speech_key.clone().filter(|_| app.config.keys.is_none());
    Some(Arc::new(ChatDesk::new(model, chats_max, key)))
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
    if !app.has_line(Provider::Twilio) {
        app.metrics.calls_refused.fetch_add(1, Relaxed);
        return xml(TWILIO_BUSY.to_string());
    }
    twilio_line(&app, call_info(&uri, &form))
}

/// Tells Twilio where this call's sound goes.
fn twilio_line(app: &App, info: CallInfo) -> Response {
    let Some(token) = app.new_token(info) else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let url = app.public_socket("/twilio/media");
    let after = app.after("/twilio/after");
    answer(twilio::answer_xml(&url, None, after.as_deref(), &[(TOKEN_PARAMETER, &token)]))
}

/// Who calls, as the providers' webhooks tell it: their form, and the query that the user put behind
/// our address. The call's own name comes with the media socket.
fn call_info(uri: &Uri, form: &[u8]) -> CallInfo {
    let told = || form_urlencoded::parse(form).into_owned().chain(query(uri)).take(FIELDS_MAX);
    let field = |name: &str| told().find(|(key, _)| key == name).map(|(_, value)| value);
    CallInfo {
        id: String::new(),
        from: Pii::new(field("From").unwrap_or_default()),
        to: field("To").unwrap_or_default(),
        metadata: Pii::new(told().map(|(key, value)| (key, Value::String(value))).collect()),
        today: today(),
        saved: None,
    }
}

fn query(uri: &Uri) -> Vec<(String, String)> {
    pairs(uri.query().unwrap_or_default().as_bytes())
}

/// Twilio asks what to do now that our stream has ended.
async fn twilio_after(
    State(app): State<Arc<App>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    RawForm(form): RawForm,
) -> Response {
    let params = pairs(&form);
    if let Some(token) = &app.config.twilio_token {
        let url = app.public(uri.path_and_query().map_or("/", |pq| pq.as_str()));
        let signature = header(&headers, "x-twilio-signature");
        if !twilio::validate_signature(token.expose(), &url, &params, signature) {
            return unauthorized(&app, "the Twilio signature does not match public_url and token");
        }
    }
    if let Some(info) = broken_off(&app, &uri, &form, "CallSid").await {
        return twilio_line(&app, info);
    }
    let to = transfer_of(&app, &params, "CallSid");
    xml(twilio::transfer_xml(to.as_ref().map(|to| to.expose().as_str())))
}

/// Who calls and how far the call had come, if its line broke off in the middle.
async fn broken_off(app: &App, uri: &Uri, form: &[u8], id: &str) -> Option<CallInfo> {
    let keeper = app.keeper.as_ref().filter(|keeper| keeper.resumes())?;
    let (_, call_id) = pairs(form).into_iter().find(|(key, _)| key == id)?;
    let saved = keeper.take(&call_id).await?;
    app.metrics.calls_resumed.fetch_add(1, Relaxed);
    tracing::info!("{call_id} goes on where its line broke off");
    Some(CallInfo { saved: Some(saved), ..call_info(uri, form) })
}

/// Plivo asks what to do now that our stream has ended.
async fn plivo_after(
    State(app): State<Arc<App>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    RawForm(form): RawForm,
) -> Response {
    let params = pairs(&form);
    let url = app.public(uri.path_and_query().map_or("/", |pq| pq.as_str()));
    if !plivo_signed(&app, plivo::Method::Post, &url, &params, &headers) {
        return unauthorized(&app, "the Plivo signature does not match public_url and token");
    }
    if let Some(info) = broken_off(&app, &uri, &form, "CallUUID").await {
        return plivo_line(&app, info);
    }
    let to = transfer_of(&app, &params, "CallUUID");
    xml(plivo::transfer_xml(to.as_ref().map(|to| to.expose().as_str())))
}

fn transfer_of(app: &App, params: &[(String, String)], id: &str) -> Option<Pii<String>> {
    let (_, call_id) = params.iter().find(|(key, _)| key == id)?;
    app.take_transfer(call_id)
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
    if !app.has_line(Provider::Plivo) {
        app.metrics.calls_refused.fetch_add(1, Relaxed);
        return xml(PLIVO_BUSY.to_string());
    }
    plivo_line(&app, call_info(&uri, &form))
}

/// Tells Plivo where this call's sound goes.
fn plivo_line(app: &App, info: CallInfo) -> Response {
    let Some(token) = app.new_token(info) else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let url = app.public_socket("/plivo/media");
    let (after, token) = (app.after("/plivo/after"), (TOKEN_PARAMETER, token.as_str()));
    answer(plivo::answer_xml(&url, Encoding::Mulaw8k, None, after.as_deref(), &[token]))
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
    accept(app, upgrade, Provider::Twilio)
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
    accept(app, upgrade, Provider::Plivo)
}

fn accept(app: Arc<App>, upgrade: WebSocketUpgrade, provider: Provider) -> Response {
    upgrade
        .max_message_size(MESSAGE_BYTES_MAX)
        .max_frame_size(MESSAGE_BYTES_MAX)
        .on_upgrade(move |socket| media::serve(app, socket, provider))
}

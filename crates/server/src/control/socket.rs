//! A program's socket: who may open it, what it may send, and how it is told.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use axum::Extension;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use futures_util::{SinkExt, StreamExt};
use hearsay_dialog::{Command, Pii, ThinkId};
use hearsay_wire::control::{self, Action, Wants};
use serde_json::{Value, json};
use tokio::sync::broadcast::error::RecvError;

use super::answer;
use crate::gate::Admitted;
use crate::http::{App, MESSAGE_BYTES_MAX};

/// Where programs connect.
pub const SERVES: &str = "/v1/calls/control";
/// A program that does not take a message within this time is gone.
const SEND_WITHIN: Duration = Duration::from_secs(10);
/// A program that sends this many messages that cannot be understood is sent away.
const BAD_MESSAGES_MAX: u32 = 20;

/// The handler of [`SERVES`].
pub fn serve() -> MethodRouter<Arc<App>> {
    get(open)
}

async fn open(
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    admitted: Option<Extension<Admitted>>,
    upgrade: WebSocketUpgrade,
) -> Response {
    if !app.control.is_open() {
        let why = "control is off; set control.api_key_env in the configuration\n";
        return (StatusCode::NOT_FOUND, why).into_response();
    }
    let given = headers.get(header::AUTHORIZATION).map(|value| value.as_bytes());
    let given = given.and_then(|value| value.strip_prefix(b"Bearer "));
    if !given.is_some_and(|given| app.control.admits(given)) {
        app.metrics.unauthorized.fetch_add(1, Relaxed);
        let why = "the key is missing or wrong; send it as Authorization: Bearer KEY\n";
        return (StatusCode::UNAUTHORIZED, why).into_response();
    }
    let Ok(place) = app.control.places.clone().try_acquire_owned() else {
        let why = "too many programs are connected\n";
        return (StatusCode::SERVICE_UNAVAILABLE, why).into_response();
    };
    let only = call_of(query.as_deref().unwrap_or_default());
    let upgrade = upgrade.max_message_size(MESSAGE_BYTES_MAX).max_frame_size(MESSAGE_BYTES_MAX);
    upgrade.on_upgrade(move |socket| async move {
        follow(&app, socket, only).await;
        drop((place, admitted));
    })
}

/// The only call that the program wants to hear of.
fn call_of(query: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find(|(name, _)| name == "call_id").map(|(_, value)| value.into_owned())
}

async fn follow(app: &App, socket: WebSocket, only: Option<String>) {
    let desk = &app.control;
    let program = desk.numbers.fetch_add(1, Relaxed);
    let mut told = desk.told.subscribe();
    let (mut sender, mut receiver) = socket.split();
    let mut next = Some(desk.greeting(app.board.agent.name()).to_string());
    let mut bad = 0;
    let is_its = |json: &str| match &only {
        None => true,
        // Written by us, so the call stands there as JSON has it.
        Some(call) => json.contains(&format!("\"call_id\":{}", json!(call))),
    };
    loop {
        if let Some(json) = next.take() {
            let sent = sender.send(Message::Text(json.into()));
            if !matches!(tokio::time::timeout(SEND_WITHIN, sent).await, Ok(Ok(()))) {
                return;
            }
        }
        next = tokio::select! {
            told = told.recv() => match told {
                Ok(told) => {
                    let for_it = told.program.is_none_or(|wanted| wanted == program);
                    (for_it && is_its(&told.json)).then(|| told.json.clone())
                }
                Err(RecvError::Lagged(missed)) => {
                    Some(json!({"event": "lagged", "missed": missed}).to_string())
                }
                Err(RecvError::Closed) => return,
            },
            message = receiver.next() => match message {
                Some(Ok(Message::Text(text))) => {
                    let refused = act(app, program, text.as_str());
                    bad += u32::from(refused.as_ref().is_some_and(|refused| refused.is_rubbish));
                    if bad > BAD_MESSAGES_MAX {
                        tracing::warn!("a control socket sends rubbish and is closed");
                        return;
                    }
                    refused.map(|refused| refused.json.to_string())
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => None,
            },
        };
    }
}

/// An action that was not handed to any call.
struct NotDone {
    json: Value,
    /// It could not be read at all.
    is_rubbish: bool,
}

fn act(app: &App, program: u64, text: &str) -> Option<NotDone> {
    let Action { call_id, id, wants } = match control::action(text) {
        Ok(action) => action,
        Err(refused) => {
            let json = answer("", &refused.id, Some(&refused.to_string()));
            return Some(NotDone { json, is_rubbish: true });
        }
    };
    let done = app.control.want(program, id.clone(), &call_id, command(wants));
    done.err().map(|why| NotDone { json: answer(&call_id, &id, Some(why)), is_rubbish: false })
}

fn command(wants: Wants) -> Command {
    match wants {
        Wants::Say { text, answers } => {
            Command::Say { text: Pii::new(text), answers: answers.map(ThinkId) }
        }
        Wants::Intent(intent) => Command::Intent(intent),
        Wants::Fill { slot, value } => Command::Fill { slot, value: Pii::new(value) },
        Wants::Transfer { to, say } => Command::Transfer { to: Pii::new(to), say: Pii::new(say) },
        Wants::HangUp { say } => Command::HangUp { say: Pii::new(say) },
    }
}

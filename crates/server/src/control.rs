//! Calls driven from outside: one WebSocket on which a program is told what happens in every call and says
//! what is to be done.
//!
//! Messages are JSON, described in `docs/control.md`. Nothing that a program sends goes round the rules of the
//! agent file: [`hearsay_dialog::Command`] is checked by the call like everything else. A program that reads too
//! slowly loses events and is told how many; calls never wait for it.

mod event;
mod socket;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

use hearsay_dialog::{Agent, CallEvent, CallInfo, EventKind};
use serde_json::{Value, json};
use tokio::sync::{Semaphore, broadcast, mpsc};

pub use socket::{SERVES, serve};

use crate::config::Secret;
use crate::drive::{ControlCommand, no_control};
use crate::speech_api::same;

/// Events that wait for the slowest program; older ones are lost to it.
const EVENTS_MAX: usize = 4_096;
/// What programs want done in one call and is not done yet.
const COMMANDS_MAX: usize = 64;
/// Programs that are connected at once.
const PROGRAMS_MAX: usize = 16;

/// Where calls and programs meet.
pub struct ControlDesk {
    key: Option<Secret>,
    /// Keys are asked for before anybody gets here.
    gated: bool,
    told: broadcast::Sender<Arc<Told>>,
    calls: Mutex<HashMap<String, mpsc::Sender<ControlCommand>>>,
    /// Who wanted what, by the number that the call knows it by.
    wanted: Mutex<HashMap<u64, Wanted>>,
    numbers: AtomicU64,
    pub(self) places: Arc<Semaphore>,
}

/// A message to programs.
#[derive(Debug)]
struct Told {
    /// The one program it is for.
    program: Option<u64>,
    json: String,
}

#[derive(Debug)]
struct Wanted {
    program: u64,
    call_id: String,
    /// What the program calls it.
    id: Value,
}

impl ControlDesk {
    /// A desk that programs with this key may use; without one it is closed, unless keys are asked for before.
    pub fn new(key: Option<Secret>, gated: bool) -> Self {
        Self {
            key,
            gated,
            told: broadcast::channel(EVENTS_MAX).0,
            calls: Mutex::default(),
            wanted: Mutex::default(),
            numbers: AtomicU64::new(1),
            places: Arc::new(Semaphore::new(PROGRAMS_MAX)),
        }
    }

    /// Whether programs may connect at all.
    pub fn is_open(&self) -> bool {
        self.gated || self.key.is_some()
    }

    /// Whether this is the key.
    pub(self) fn admits(&self, given: &[u8]) -> bool {
        self.gated || self.key.as_ref().is_some_and(|key| same(given, key.expose().as_bytes()))
    }

    /// A call begins; what programs want done in it comes out of the receiver.
    pub fn enter(&self, info: &CallInfo) -> mpsc::Receiver<ControlCommand> {
        if !self.is_open() {
            return no_control();
        }
        let (sender, receiver) = mpsc::channel(COMMANDS_MAX);
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.insert(info.id.clone(), sender);
        drop(calls);
        let started = json!({
            "event": "call_started",
            "call_id": info.id,
            "from": info.from.expose(),
            "to": info.to,
            "metadata": info.metadata.expose(),
        });
        self.tell(None, &started);
        receiver
    }

    /// A call is over. What was wanted of it is refused.
    pub fn leave(&self, call_id: &str) {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.remove(call_id);
        drop(calls);
        let mut wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        let late: Vec<Wanted> =
            wanted.extract_if(|_, it| it.call_id == call_id).map(|(_, it)| it).collect();
        drop(wanted);
        late.iter().for_each(|it| self.answer(it, Some("the call is over")));
    }

    /// Something happened in a call, while it was at this node.
    pub fn happened(&self, call_id: &str, event: &CallEvent, agent: &Agent, node: &str) {
        if !self.is_open() {
            return;
        }
        if let EventKind::CommandDone { request, refused } = &event.kind {
            let mut wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
            let found = wanted.remove(request);
            drop(wanted);
            found.iter().for_each(|it| self.answer(it, refused.as_deref()));
        } else if let Some(json) = event::shown(call_id, event, agent, node) {
            self.tell(None, &json);
        }
    }

    /// Hands an action to its call; the error says why it cannot be done.
    fn want(
        &self,
        program: u64,
        id: Value,
        call_id: &str,
        command: hearsay_dialog::Command,
    ) -> Result<(), &'static str> {
        let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let call = calls.get(call_id).cloned().ok_or("there is no call with this `call_id`")?;
        drop(calls);
        let number = self.numbers.fetch_add(1, Relaxed);
        let mut wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        wanted.insert(number, Wanted { program, call_id: call_id.to_owned(), id });
        let sent = call.try_send((number, command));
        if sent.is_err() {
            wanted.remove(&number);
        }
        sent.map_err(|_| "the call has too much to do, or is over")
    }

    fn answer(&self, wanted: &Wanted, refused: Option<&str>) {
        self.tell(Some(wanted.program), &answer(&wanted.call_id, &wanted.id, refused));
    }

    fn tell(&self, program: Option<u64>, json: &Value) {
        // Nobody may be listening.
        let _ = self.told.send(Arc::new(Told { program, json: json.to_string() }));
    }

    fn greeting(&self, agent: &str) -> Value {
        let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let calls: Vec<&String> = calls.keys().collect();
        json!({"event": "hello", "version": 1, "agent": agent, "calls": calls})
    }
}

fn answer(call_id: &str, id: &Value, refused: Option<&str>) -> Value {
    match refused {
        None => json!({"event": "done", "call_id": call_id, "id": id}),
        Some(why) => json!({"event": "refused", "call_id": call_id, "id": id, "why": why}),
    }
}

#[cfg(test)]
mod tests;

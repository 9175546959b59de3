//! Calls as scripts in virtual time: one behaviour per file, each with its log.

mod script;

mod after_call;
mod back_channel;
mod barge_in;
mod endpoint;
mod engine_failure;
mod everywhere;
mod false_interruption;
mod fillers;
mod goodbye;
mod guard;
mod holding;
mod keys;
mod late_events;
mod limits;
mod lost_card;
mod outside;
mod random_calls;
mod random_graphs;
mod resuming;
mod silence;
mod slots;
mod talking;
mod tools;
mod typed_lines;
mod undrawn_edge;

/// A small network for tests that need no bank.
pub const KIOSK: &str = r#"
name: kiosk
agents:
  host: {voice: ava}
router:
  intents:
    hours: [when do you open]
    ticket: [a ticket please]
slots:
  code: {type: digits, length: 4}
  phone: {type: digits, length_min: 6, length_max: 12}
tools:
  check: {url: "http://museum/check/{code}", timeout_ms: 2000, meanwhile: One moment please., meanwhile_after_ms: 500}
graph:
  start: hello
  nodes:
    hello:
      agent: host
      say: Welcome to the museum. What can I do for you?
      ask: intents
      edges:
        - {on: hours, to: hours}
        - {on: ticket, to: code}
    hours:
      agent: host
      say: We open at nine in the morning. Do you want a ticket?
      ask: yes_no
      edges:
        - {on: "yes", to: code}
        - {on: "no", to: bye}
    code:
      agent: host
      say: Your four digits please.
      collect: code
      edges:
        - {on: filled, to: check}
    check:
      agent: host
      tool: check
      edges:
        - {on: done, to: bye, say: Your ticket is ready.}
        - {on: timeout, to: bye, say: The ticket desk is asleep.}
        - {on: failed, to: bye, say: The ticket desk is closed.}
    bye:
      agent: host
      say: Goodbye.
      end: true
"#;

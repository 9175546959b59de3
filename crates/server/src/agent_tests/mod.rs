//! Tests that users write for their agents: what the caller does, turn by turn, and what must come of it.
//!
//! [`file`] reads them, [`log`] notes what happened in a turn, [`run`] holds one against the other. The shape is that of
//! Pipecat's evaluations, as far as typed calls can carry it.

pub mod audio;
pub mod file;
pub mod junit;
pub mod log;
pub mod run;
mod said;
mod scripted_caller;
pub mod simulated;

#[cfg(test)]
mod tests;

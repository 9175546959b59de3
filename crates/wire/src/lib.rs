//! Bytes to typed messages and back: Twilio, Plivo.

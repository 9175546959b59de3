//! What a program outside may ask of a call.

use hearsay_text::pii::Pii;
use serde_json::Value;

use crate::time::ThinkId;

/// Something that a program outside wants done. The call checks it as it checks everything else: a
/// program can take only edges that are drawn and fill slots only with values that they can have.
#[derive(Debug, Clone)]
pub enum Command {
    /// The agent at the node says this.
    Say {
        /// The words.
        text: Pii<String>,
        /// The question it answers, from [`crate::EventKind::OutsideAsked`]; refused when the
        /// caller has gone on since.
        answers: Option<ThinkId>,
    },
    /// The call takes the edge of this intent, or of `yes` or `no` where that is asked.
    Intent(String),
    /// A slot gets a value.
    Fill {
        /// The slot.
        slot: String,
        /// The value, as a tool would give it.
        value: Pii<Value>,
    },
    /// The caller is put through, after last words.
    Transfer {
        /// A number or a `sip:` address.
        to: Pii<String>,
        /// Last words; may be empty.
        say: Pii<String>,
    },
    /// The call ends, after last words.
    HangUp {
        /// Last words; may be empty.
        say: Pii<String>,
    },
}

//! Call time and the identifiers that let late events be recognised and dropped.

use std::fmt;
use std::ops::Add;

/// Milliseconds since the call was answered. Not a wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct CallTime(pub u64);

impl CallTime {
    /// Milliseconds from `earlier` to this time, zero when `earlier` is later.
    pub fn ms_since(self, earlier: CallTime) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl Add<u64> for CallTime {
    type Output = CallTime;
    fn add(self, ms: u64) -> CallTime {
        CallTime(self.0.saturating_add(ms))
    }
}

impl fmt::Display for CallTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}", self.0 / 1000, self.0 % 1000)
    }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u64);

        impl $name {
            /// The first identifier of a call.
            pub const FIRST: Self = Self(1);
            /// The identifier after this one.
            #[must_use]
            pub fn next(self) -> Self {
                Self(self.0.wrapping_add(1))
            }
        }
    };
}

id! {
    /// One stretch of speech by the agent.
    ReplyId
}
id! {
    /// One stretch of speech by the caller.
    ///
    /// The recogniser always has exactly one utterance open. The first is
    /// [`UtteranceId::FIRST`]; `Finalize` and `Discard` close the open one and
    /// open the next number, so both sides count alike without telling each other.
    UtteranceId
}
id! {
    /// One request to understand what the caller said.
    ThinkId
}
id! {
    /// One request to an outside service.
    ToolCallId
}

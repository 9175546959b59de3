//! A line of progress on a terminal: to the standard error, and only there.

use std::io::{IsTerminal, Write};

/// A line that is rewritten; removed when this value is dropped.
pub struct Progress {
    name: String,
    whole: Option<u64>,
    shown: Option<u64>,
    hidden: bool,
}

impl Progress {
    /// Progress of something towards `whole` (milliseconds, clips, ...). It is
    /// not shown when `quiet` or when nobody sits before the standard error.
    pub fn new(name: &str, whole: Option<u64>, quiet: bool) -> Self {
        let hidden = quiet || !std::io::stderr().is_terminal();
        Self { name: name.to_string(), whole: whole.filter(|w| *w > 0), shown: None, hidden }
    }

    /// This much is done.
    pub fn advance_to(&mut self, done: u64) {
        let Some(whole) = self.whole.filter(|_| !self.hidden) else { return };
        let percent = (done.min(whole) * 100) / whole;
        if self.shown == Some(percent) {
            return;
        }
        self.shown = Some(percent);
        eprint!("\r\x1b[K{} {percent:3} %", self.name);
        // Progress that cannot be shown is no error.
        let _ = std::io::stderr().flush();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown.is_some() {
            eprint!("\r\x1b[K");
        }
    }
}

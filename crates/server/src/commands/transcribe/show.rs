//! How transcripts are shown: lines for people, JSON, subtitles.

use std::io::{IsTerminal, Write};
use std::path::Path;

use serde_json::{Value, json};

use crate::cli::{TranscribeArgs, TranscriptFormat};

/// Characters of a growing line that are shown; the end of longer ones.
const LINE_CHARS: usize = 72;
/// Shortest time that a subtitle stays, ms.
const SUBTITLE_MS_MIN: u64 = 600;

/// An utterance that was transcribed.
#[derive(Debug)]
pub struct Spoken {
    channel: usize,
    heard: hearsay_engine::Heard,
}

impl Spoken {
    /// Of one channel, counted from 0.
    pub fn new(channel: usize, heard: hearsay_engine::Heard) -> Self {
        Self { channel, heard }
    }

    fn text(&self) -> &str {
        self.heard.formatted.expose()
    }
}

/// Shows one file after another.
pub struct Show {
    format: TranscriptFormat,
    stream: bool,
    /// The growing line is rewritten in place.
    rewrite: bool,
    many_files: bool,
    file: String,
    channels: usize,
    /// What is shown at the end of the file.
    kept: Vec<Spoken>,
    /// The cursor stands behind a growing line.
    growing: bool,
}

impl Show {
    /// As the arguments ask for.
    pub fn new(args: &TranscribeArgs) -> Self {
        let format = args.format();
        let lines = args.stream && format == TranscriptFormat::Text;
        Self {
            format,
            stream: args.stream,
            rewrite: lines && std::io::stdout().is_terminal(),
            many_files: args.files.len() > 1,
            file: String::new(),
            channels: 1,
            kept: Vec::new(),
            growing: false,
        }
    }

    /// Whether a line of progress would disturb what is shown.
    pub fn needs_the_terminal(&self) -> bool {
        self.stream
    }

    /// A file begins.
    pub fn begin(&mut self, path: &Path, channels: usize) {
        self.file = path.display().to_string();
        self.channels = channels;
        self.kept.clear();
        if self.format == TranscriptFormat::Vtt {
            put("WEBVTT\n");
        }
    }

    /// The file failed: what was kept is not shown.
    pub fn abandon(&mut self) {
        self.kept.clear();
        if std::mem::take(&mut self.growing) {
            put("");
        }
    }

    /// The running transcript of an utterance changed.
    pub fn interim(
        &mut self,
        channel: usize,
        sequence: u64,
        text: &str,
        stable: usize,
        start_ms: u64,
        end_ms: u64,
    ) {
        if !self.stream {
            return;
        }
        match self.format {
            TranscriptFormat::Json => {
                let mut event = json!({ "type": "interim", "sequence": sequence,
                    "start_ms": start_ms, "end_ms": end_ms, "text": text, "stable": stable });
                self.place(&mut event, channel);
                put(&event.to_string());
            }
            TranscriptFormat::Text if self.rewrite => {
                let line = format!("{}{}", self.prefix(channel, start_ms), tail(text));
                print!("\r\x1b[K{line}");
                // A terminal that went away is no error of the recognition.
                let _ = std::io::stdout().flush();
                self.growing = true;
            }
            TranscriptFormat::Text => {
                put(&format!("{}... {text}", self.prefix(channel, end_ms)));
            }
            TranscriptFormat::Srt | TranscriptFormat::Vtt => {}
        }
    }

    /// An utterance is complete.
    pub fn spoken(&mut self, spoken: Spoken) {
        match self.format {
            TranscriptFormat::Json if self.stream => {
                let mut event = utterance(&spoken);
                event["type"] = json!("final");
                self.place(&mut event, spoken.channel);
                put(&event.to_string());
            }
            TranscriptFormat::Text if self.stream => {
                let line = self.prefix(spoken.channel, spoken.heard.start_ms) + spoken.text();
                let erase = if std::mem::take(&mut self.growing) { "\r\x1b[K" } else { "" };
                put(&format!("{erase}{line}"));
            }
            _ => self.kept.push(spoken),
        }
    }

    /// The file is complete.
    pub fn end(&mut self) {
        let mut kept = std::mem::take(&mut self.kept);
        // Utterances of two channels are told when they end.
        kept.sort_by_key(|spoken| spoken.heard.start_ms);
        match self.format {
            TranscriptFormat::Json if !self.stream => self.whole_as_json(&kept),
            TranscriptFormat::Text if !self.stream => self.whole_as_text(&kept),
            TranscriptFormat::Srt | TranscriptFormat::Vtt => self.subtitles(&kept),
            _ => {}
        }
    }

    fn whole_as_json(&self, kept: &[Spoken]) {
        let texts: Vec<&str> = kept.iter().map(Spoken::text).collect();
        let mut utterances: Vec<Value> = kept.iter().map(utterance).collect();
        for (event, spoken) in utterances.iter_mut().zip(kept) {
            if self.channels > 1 {
                event["channel"] = json!(spoken.channel);
            }
        }
        let whole = json!({ "file": self.file, "text": texts.join(" "), "utterances": utterances });
        put(&whole.to_string());
    }

    fn whole_as_text(&self, kept: &[Spoken]) {
        if self.channels > 1 {
            for spoken in kept {
                put(&(self.prefix(spoken.channel, spoken.heard.start_ms) + spoken.text()));
            }
            return;
        }
        let texts: Vec<&str> = kept.iter().map(Spoken::text).collect();
        let prefix = if self.many_files { format!("{}: ", self.file) } else { String::new() };
        put(&(prefix + &texts.join(" ")));
    }

    fn subtitles(&self, kept: &[Spoken]) {
        let srt = self.format == TranscriptFormat::Srt;
        for (index, spoken) in kept.iter().enumerate() {
            let start_ms = spoken.heard.start_ms;
            let end_ms = spoken.heard.end_ms.max(start_ms + SUBTITLE_MS_MIN);
            let (from, to) = (clock(start_ms, srt), clock(end_ms, srt));
            let number = if srt { format!("{}\n", index + 1) } else { String::new() };
            let speaker = match (self.channels > 1, srt) {
                (false, _) => String::new(),
                (true, true) => format!("[{}] ", channel_name(spoken.channel)),
                (true, false) => format!("<v {}>", channel_name(spoken.channel)),
            };
            put(&format!("{number}{from} --> {to}\n{speaker}{}\n", spoken.text()));
        }
    }

    /// Says of which file and channel an event is, where there are several.
    fn place(&self, event: &mut Value, channel: usize) {
        if self.many_files {
            event["file"] = json!(self.file);
        }
        if self.channels > 1 {
            event["channel"] = json!(channel);
        }
    }

    fn prefix(&self, channel: usize, at_ms: u64) -> String {
        let file = if self.many_files { format!("{}: ", self.file) } else { String::new() };
        let name = if self.channels > 1 { channel_name(channel) } else { "" };
        let gap = if name.is_empty() { "" } else { " " };
        format!("{file}[{:7.2} s]{gap}{name} ", at_ms as f64 / 1000.0)
    }
}

/// Prints a line. A reader that went away, as `head` does, is no error.
fn put(line: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

fn channel_name(channel: usize) -> &'static str {
    if channel == 0 { "left" } else { "right" }
}

/// The end of a line that may be too long for a terminal.
fn tail(text: &str) -> String {
    let chars = text.chars().count();
    if chars <= LINE_CHARS {
        return text.to_string();
    }
    let end: String = text.chars().skip(chars - LINE_CHARS).collect();
    format!("...{end}")
}

/// A time of a subtitle: `00:01:02,345` in SRT, with a point in WebVTT.
fn clock(ms: u64, srt: bool) -> String {
    let mark = if srt { ',' } else { '.' };
    let (seconds, rest) = (ms / 1000, ms % 1000);
    format!("{:02}:{:02}:{:02}{mark}{rest:03}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

fn utterance(spoken: &Spoken) -> Value {
    let heard = &spoken.heard;
    let word = |word: &hearsay_engine::HeardWord| {
        json!({ "word": word.text.expose(), "start_ms": word.start_ms, "end_ms": word.end_ms,
            "confidence": word.confidence })
    };
    let words: Vec<Value> = heard.words.iter().map(word).collect();
    json!({ "text": heard.formatted.expose(), "raw": heard.text.expose(),
        "start_ms": heard.start_ms, "end_ms": heard.end_ms, "confidence": heard.confidence,
        "words": words })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subtitle_times() {
        assert_eq!(clock(3_723_045, true), "01:02:03,045");
        assert_eq!(clock(59_999, false), "00:00:59.999");
    }

    #[test]
    fn a_long_line_shows_its_end() {
        let text = "word ".repeat(100);
        assert_eq!(tail(&text).chars().count(), LINE_CHARS + 3);
        assert!(tail(&text).ends_with("word "));
        assert_eq!(tail("short"), "short");
    }
}

//! Whose ear judges intelligibility: never our own, which was trained beside the voices.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use hearsay_text::language::Language;
use serde::Deserialize;

use super::programs::{self, OwnCommand};

/// The script that runs `PocketSphinx`.
const SCRIPT: &str = include_str!("sphinx_words.py");
/// Names that Python has.
const PYTHONS: [&str; 2] = ["python3", "python"];
/// Longest answer, bytes.
const ANSWER_BYTES_MAX: u64 = 64 * 1024;

/// A third-party recogniser.
pub enum Recogniser {
    /// One process that hears all files; English only.
    PocketSphinx(Box<PocketSphinx>),
    /// The user's program, started once a file, for any language.
    Own(OwnCommand),
}

impl Recogniser {
    /// The user's, or `PocketSphinx`; `None` where that is not installed.
    ///
    /// # Errors
    /// When the user's command is empty, or Python cannot be talked to.
    pub fn start(own: Option<&str>) -> Result<Option<Self>, String> {
        if let Some(command) = own {
            return OwnCommand::new("--recogniser", command).map(|own| Some(Self::Own(own)));
        }
        let Some(python) = PYTHONS.iter().find_map(|name| programs::find(name)) else {
            return Ok(None);
        };
        let started = PocketSphinx::start(&python)?;
        Ok(started.map(|sphinx| Self::PocketSphinx(Box::new(sphinx))))
    }

    /// Whether it knows the language.
    pub fn knows(&self, language: Language) -> bool {
        matches!(self, Self::Own(_)) || language == Language::English
    }

    /// The words of a 16 kHz WAV file.
    ///
    /// # Errors
    /// One line: the program fails.
    pub fn words(&mut self, path: &Path) -> Result<String, String> {
        match self {
            Self::PocketSphinx(sphinx) => sphinx.words(path),
            Self::Own(command) => command.run(&[path]),
        }
    }
}

/// The running script.
pub struct PocketSphinx {
    child: Child,
    /// Taken away at the end, so that the script sees it.
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

/// One line of the script.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Answer {
    ready: bool,
    missing: Option<String>,
    words: Option<String>,
    error: Option<String>,
}

impl PocketSphinx {
    fn start(python: &Path) -> Result<Option<Self>, String> {
        let mut command = Command::new(python);
        command.args(["-c", SCRIPT]).stdin(Stdio::piped()).stdout(Stdio::piped());
        // Its library complains about its own settings; what goes wrong comes as an answer.
        command.stderr(Stdio::null());
        let failed = |e| format!("{}: cannot be started ({e})", python.display());
        let mut child = command.spawn().map_err(failed)?;
        let questions = child.stdin.take();
        let stdout = child.stdout.take().ok_or("PocketSphinx: its output is not there")?;
        let mut sphinx = Self { child, questions, answers: BufReader::new(stdout) };
        let first = sphinx.answer()?;
        Ok((first.missing.is_none() && first.ready).then_some(sphinx))
    }

    fn words(&mut self, path: &Path) -> Result<String, String> {
        let shown = path.to_str().ok_or("PocketSphinx: the path is no UTF-8 text")?;
        let question = serde_json::to_string(shown).map_err(|e| e.to_string())?;
        let stdin = self.questions.as_mut().ok_or("PocketSphinx: it has ended")?;
        let sent = writeln!(stdin, "{question}").and_then(|()| stdin.flush());
        sent.map_err(|e| format!("PocketSphinx: it ended early ({e})"))?;
        let answer = self.answer()?;
        if let Some(error) = answer.error {
            return Err(format!("PocketSphinx: {error}"));
        }
        answer.words.ok_or_else(|| "PocketSphinx: it ended early; try it in Python".to_string())
    }

    /// The next line; the empty answer where there is none.
    fn answer(&mut self) -> Result<Answer, String> {
        let mut line = String::new();
        let read = (&mut self.answers).take(ANSWER_BYTES_MAX).read_line(&mut line);
        read.map_err(|e| format!("PocketSphinx: its answer cannot be read ({e})"))?;
        if line.trim().is_empty() {
            return Ok(Answer::default());
        }
        serde_json::from_str(&line)
            .map_err(|e| format!("PocketSphinx: its answer is not understood ({e})"))
    }
}

impl Drop for PocketSphinx {
    fn drop(&mut self) {
        // The script ends at the end of its input.
        self.questions = None;
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_as_they_come() {
        let parse = |line: &str| serde_json::from_str::<Answer>(line);
        assert!(parse(r#"{"ready": true}"#).unwrap().ready);
        assert!(parse(r#"{"missing": "pocketsphinx"}"#).unwrap().missing.is_some());
        let heard = parse(r#"{"words": "your card is locked"}"#).unwrap();
        assert_eq!(heard.words.as_deref(), Some("your card is locked"));
        assert!(parse("Traceback").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn the_users_program_hears_any_language() {
        let mut own = Recogniser::start(Some("echo heard")).unwrap().unwrap();
        assert!(Language::ALL.iter().all(|language| own.knows(*language)));
        assert_eq!(own.words(Path::new("a.wav")).unwrap(), "heard a.wav\n");
        assert!(Recogniser::start(Some(" ")).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_python_that_says_nothing_is_no_recogniser() {
        // `true` takes any arguments, as a Python without the package would end at once.
        let quiet = programs::find("true").unwrap();
        assert!(PocketSphinx::start(&quiet).unwrap().is_none());
    }
}

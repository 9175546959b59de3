//! Other people's programs: finding them, and running them to their end.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Most bytes read of what a program prints.
const OUTPUT_BYTES_MAX: u64 = 1024 * 1024;
/// Characters of a program's complaint that are repeated.
const COMPLAINT_CHARS_MAX: usize = 200;

/// A program of the search path; `None` where there is none of that name.
pub fn find(name: &str) -> Option<PathBuf> {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).map(|folder| folder.join(&file)).find(|path| path.is_file())
}

/// A command of the user's: a program and its first arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnCommand {
    words: Vec<String>,
}

impl OwnCommand {
    /// Takes a command apart at white space; there are no quotes.
    ///
    /// # Errors
    /// When there is no word in it; `option` is where it was given.
    pub fn new(option: &str, command: &str) -> Result<Self, String> {
        let words: Vec<String> = command.split_whitespace().map(str::to_string).collect();
        if words.is_empty() {
            return Err(format!("{option}: it is empty; give a program and its arguments"));
        }
        Ok(Self { words })
    }

    /// Runs it with these files as last arguments; what it prints.
    ///
    /// # Errors
    /// As [`output`].
    pub fn run(&self, files: &[&Path]) -> Result<String, String> {
        let [program, arguments @ ..] = self.words.as_slice() else { return Ok(String::new()) };
        let mut command = Command::new(program);
        command.args(arguments).args(files);
        output(&mut command, "")
    }
}

/// Runs a program to its end, however long it takes; what it prints.
///
/// # Errors
/// One line: it cannot be started, fails (with the last line of its complaint), or prints something other than UTF-8
/// text of at most 1 MiB.
pub fn output(command: &mut Command, input: &str) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|e| format!("{name}: cannot be started ({e})"))?;
    // A sentence fits into any pipe; a program that does not read it closes the pipe, which is no error.
    if let Some(mut stdin) = child.stdin.take() {
        let _ = stdin.write_all(input.as_bytes());
    }
    // Both pipes are read at once, so that neither fills up while the other is waited for.
    let complaint = child.stderr.take().map(|stderr| std::thread::spawn(move || start_of(stderr)));
    let printed = child.stdout.take().map(start_of).unwrap_or_default();
    let status = child.wait().map_err(|e| format!("{name}: cannot be waited for ({e})"))?;
    let complaint = complaint.and_then(|thread| thread.join().ok()).unwrap_or_default();
    if !status.success() {
        let complaint = String::from_utf8_lossy(&complaint);
        let last = complaint.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("no reason");
        let last: String = last.chars().take(COMPLAINT_CHARS_MAX).collect();
        return Err(format!("{name}: it failed ({status}): {last}"));
    }
    String::from_utf8(printed).map_err(|_| format!("{name}: what it printed is no UTF-8 text"))
}

/// The first [`OUTPUT_BYTES_MAX`]; the rest is read and forgotten, so that the program can go on.
fn start_of(mut pipe: impl Read) -> Vec<u8> {
    let mut start = Vec::new();
    let _ = (&mut pipe).take(OUTPUT_BYTES_MAX).read_to_end(&mut start);
    let _ = std::io::copy(&mut pipe, &mut std::io::sink());
    start
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_commands_and_missing_programs_are_named() {
        assert!(OwnCommand::new("--predictor", "  ").unwrap_err().starts_with("--predictor: "));
        let missing = OwnCommand::new("--predictor", "no-such-program-here -x").unwrap();
        assert!(missing.run(&[]).unwrap_err().contains("no-such-program-here: cannot be started"));
        assert_eq!(find("no-such-program-here"), None);
    }

    #[cfg(unix)]
    #[test]
    fn output_input_and_failures_are_passed_on() {
        let mut echo = Command::new("cat");
        assert_eq!(output(&mut echo, "one sentence").unwrap(), "one sentence");
        let mut failing = Command::new("sh");
        failing.args(["-c", "echo first >&2; echo 'no voice' >&2; exit 3"]);
        let error = output(&mut failing, "").unwrap_err();
        assert!(error.starts_with("sh: it failed") && error.ends_with(": no voice"), "{error}");
        let own = OwnCommand::new("--predictor", "printf %s,").unwrap();
        assert_eq!(own.run(&[Path::new("a b.wav"), Path::new("c")]).unwrap(), "a b.wav,c,");
        assert!(find("sh").is_some());
    }
}

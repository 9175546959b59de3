//! Every snippet of `docs/guide.md`: its files are written, its commands run, its answers compared.
//!
//! A block whose first line names a file is that file from there on. A `console` block is one command, the lines that are
//! typed (`> `) and what it prints, blank lines aside; a line `...` stands for any lines. `sh` blocks, which need a telephone
//! network or a browser, are not run.

#[allow(dead_code, reason = "other test programs use the rest")]
mod common;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use common::ScratchFolder;

const GUIDE: &str = include_str!("../../../docs/guide.md");

/// A fenced block.
struct Block<'a> {
    /// Where it begins, counted from 1.
    line: usize,
    language: &'a str,
    lines: Vec<&'a str>,
}

fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut found: Vec<Block<'_>> = Vec::new();
    let mut is_inside = false;
    for (number, line) in (1..).zip(text.lines()) {
        match line.strip_prefix("```") {
            Some(_) if is_inside => is_inside = false,
            Some(language) => {
                is_inside = true;
                found.push(Block { line: number, language, lines: Vec::new() });
            }
            None if is_inside => found.last_mut().unwrap().lines.push(line),
            None => {}
        }
    }
    assert!(!is_inside, "the guide's last block has no end");
    found
}

/// The file that a block is, if it is one.
fn file_of<'a>(block: &Block<'a>) -> Option<&'a str> {
    let first = block.lines.first()?;
    let html = first.strip_prefix("<!-- file: ").and_then(|rest| rest.strip_suffix(" -->"));
    first.strip_prefix("# file: ").or(html)
}

/// Whether the lines are as wanted; `...` stands for any number of them.
fn fits(wanted: &[&str], got: &[&str]) -> bool {
    match (wanted.split_first(), got.split_first()) {
        (None, None) => true,
        (Some((&"...", rest)), _) => (0..=got.len()).any(|skipped| fits(rest, &got[skipped..])),
        (Some((line, wanted)), Some((first, got))) => line == first && fits(wanted, got),
        _ => false,
    }
}

/// Runs the command of a `console` block in a folder, and compares what it prints.
fn run(block: &Block<'_>, folder: &Path) {
    let line = block.line;
    let (command, shown) = block.lines.split_first().unwrap();
    let mut words = command.strip_prefix("$ ").expect("a command").split_whitespace();
    assert_eq!(words.next(), Some("hearsay"), "docs/guide.md:{line}");
    let typed = shown.iter().filter_map(|line| line.strip_prefix("> "));
    let typed: String = typed.flat_map(|line| [line, "\n"]).collect();
    let mut child = Command::new(env!("CARGO_BIN_EXE_hearsay"))
        .args(words)
        .current_dir(folder)
        .env("HEARSAY_LOG", "warn")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that reads nothing may have ended.
    let _ = child.stdin.take().unwrap().write_all(typed.as_bytes());
    let output = child.wait_with_output().unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout);
    let got: Vec<&str> = stdout.lines().filter(|line| !line.is_empty()).collect();
    let wanted = shown.iter().filter(|line| !line.starts_with("> ") && !line.is_empty());
    let wanted: Vec<&str> = wanted.copied().collect();
    assert!(
        fits(&wanted, &got),
        "docs/guide.md:{line}: {command}\nwanted:\n{}\ngot:\n{stdout}{}",
        wanted.join("\n"),
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn every_snippet_does_what_the_guide_says() {
    let folder = ScratchFolder::new("guide");
    let (mut files, mut commands) = (0, 0);
    for block in blocks(GUIDE) {
        match (file_of(&block), block.language) {
            (Some(name), _) => {
                folder.write(name, (block.lines.join("\n") + "\n").as_bytes());
                files += 1;
            }
            (None, "console") => {
                run(&block, Path::new(folder.path()));
                commands += 1;
            }
            (None, "sh") => {}
            (None, language) => panic!("docs/guide.md:{}: `{language}` is not run", block.line),
        }
    }
    assert!(files >= 8 && commands >= 14, "{files} files and {commands} commands were found");
}

#[test]
fn a_line_that_differs_is_seen() {
    assert!(fits(&["a", "...", "d"], &["a", "b", "c", "d"]));
    assert!(fits(&["...", "a"], &["a"]));
    assert!(!fits(&["a", "...", "d"], &["a", "b"]));
    assert!(!fits(&["a"], &["a", "b"]));
    assert_eq!(blocks("```sh\nx\n```\n\n```yaml\n# file: a\n```\n").len(), 2);
}

//! `hearsay chat`: the same agent in text.

use std::io::{BufRead, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use hearsay_dialog::{CallInfo, EventKind};

use super::{models, runtime};
use crate::agent_file;
use crate::drive::today;
use crate::typed_call::{Told, TypedLine, Watcher};

/// Longest line typed, bytes.
const LINE_BYTES_MAX: usize = 4000;

/// Runs the command.
pub fn run(file: &Path, told: &[String]) -> Result<ExitCode, String> {
    let agent = agent_file::read(Some(file))?;
    let documents = agent_file::documents(Some(file), &agent)?;
    let runtime = runtime()?;
    let ready = runtime.block_on(agent_file::with_demo(agent))?;
    let line = TypedLine::new(Arc::new(ready.agent), models()?, &documents)
        .map_err(|e| format!("{}: {e}", file.display()))?;
    let metadata = super::metadata(told)?;
    let info = CallInfo { metadata, today: today(), ..CallInfo::default() };
    let (mut call, mut screen) = (line.call(info), Screen);
    call.connect(&mut screen);
    let prompt = std::io::stdin().is_terminal();
    let mut typed = Vec::new();
    while !call.is_over() {
        if prompt {
            print!("> ");
            std::io::stdout().flush().map_err(|e| e.to_string())?;
        }
        typed.clear();
        let read = std::io::stdin().lock().read_until(b'\n', &mut typed);
        if read.map_err(|e| format!("standard input: {e}"))? == 0 {
            call.leave(&mut screen);
            break;
        }
        if typed.len() > LINE_BYTES_MAX {
            eprintln!("hearsay: the line is too long; {LINE_BYTES_MAX} bytes is the limit");
            continue;
        }
        call.line(String::from_utf8_lossy(&typed).trim(), &mut screen);
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints the conversation.
struct Screen;

impl Watcher for Screen {
    fn told(&mut self, told: Told<'_>) {
        match told {
            Told::Says(text) => println!("{text}"),
            Told::Sources(sources) => println!("[from {}]", sources.join("; ")),
            Told::Elsewhere(why) => eprintln!("hearsay: {why}; the built-in model answers"),
            Told::Transfer(to) => println!("[transfer to {to}]"),
            Told::HungUp(reason) => println!("[{reason}]"),
            Told::Event(event) => show(&event.kind),
        }
    }
}

fn show(event: &EventKind) {
    match event {
        EventKind::Handoff { from, to, .. } => println!("  [handoff {from} to {to}]"),
        EventKind::ToolCalled { tool, .. } => println!("  [{tool} is asked]"),
        EventKind::ToolReturned { tool, outcome: Err(failure), .. } => {
            println!("  [{tool} failed: {failure}]");
        }
        EventKind::Noted { disposition, fields } => {
            let fields = serde_json::Value::Object(fields.expose().clone());
            println!("  [after the call: {disposition} {fields}]");
        }
        EventKind::SlotRefused { slot, wanted } => println!("  [refused: {slot} must be {wanted}]"),
        EventKind::EdgeRefused { proposed, .. } => println!("  [refused: {proposed}]"),
        _ => {}
    }
}

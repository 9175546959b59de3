//! `hearsay calls`: calls that were kept.

use std::path::Path;
use std::process::ExitCode;

use hearsay_vault::{Part, Place, Vault};
use serde_json::{Value, json};

use crate::cli::{CallsCommand, StoreArgs};
use crate::config::Config;
use crate::retention::now_ms;

/// Runs the command.
pub fn run(what: &CallsCommand) -> Result<ExitCode, String> {
    match what {
        CallsCommand::List { store, limit, json } => list(&mut open(store)?, *limit, *json)?,
        CallsCommand::Show { id, store, json } => show(&mut open(store)?, id, *json)?,
        CallsCommand::Export { id, store, out } => export(&mut open(store)?, id, out)?,
        CallsCommand::Erase { id: Some(id), store, .. } => {
            open(store)?.erase(id, &who(), now_ms()).map_err(|e| e.to_string())?;
            println!("call {id} is forgotten");
        }
        CallsCommand::Erase { id: None, caller: None, .. } => {
            return Err("name a call, or all of one caller with --caller NUMBER".to_string());
        }
        CallsCommand::Erase { id: None, caller: Some(caller), store } => {
            let count = open(store)?.erase_caller(caller, &who(), now_ms());
            println!("{} calls are forgotten", count.map_err(|e| e.to_string())?);
        }
        CallsCommand::Verify { store } => return verify(&mut open(store)?),
        CallsCommand::Journal { store, limit } => journal(&mut open(store)?, *limit)?,
        CallsCommand::Rotate { store } => {
            let count = open(store)?.rotate(&who(), now_ms()).map_err(|e| e.to_string())?;
            println!(
                "{count} keys are wrapped anew; the configuration's old_keys are not needed any more"
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn open(args: &StoreArgs) -> Result<Vault, String> {
    let config = Config::load(Some(&args.config)).map_err(|e| e.to_string())?;
    let store = config.store.ok_or_else(|| {
        format!("{}: keeps no calls; it needs `retention: encrypted`", args.config.display())
    })?;
    if let Place::File(file) = &store.database
        && !file.exists()
    {
        let file = file.display();
        return Err(format!("{file}: there is no such database; the server makes it"));
    }
    store.open()
}

/// Who reads, for the journal: the user of this machine.
fn who() -> String {
    let name = ["SUDO_USER", "USER", "USERNAME", "LOGNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok());
    name.filter(|name| !name.is_empty()).unwrap_or_else(|| "unknown".to_string())
}

fn record(vault: &mut Vault, id: &str) -> Result<Value, String> {
    let record = vault.peek(id, Part::Record).map_err(|e| e.to_string())?;
    let record = record.ok_or_else(|| format!("call {id} has no record"))?;
    serde_json::from_slice(&record).map_err(|e| format!("the record of call {id}: {e}"))
}

fn list(vault: &mut Vault, limit: usize, as_json: bool) -> Result<(), String> {
    let calls = vault.list(limit, &who(), now_ms()).map_err(|e| e.to_string())?;
    let mut rows = Vec::new();
    for call in &calls {
        let record = record(vault, &call.id)?;
        let report = &record["report"];
        rows.push(json!({
            "id": call.id, "started": written(call.started_ms), "expires": call.expires_ms.map(written),
            "agent": report["agent"], "ended": report["ended"], "seconds": report["duration_ms"].as_u64().unwrap_or(0) / 1000,
            "turns": report["turns"].as_array().map_or(0, Vec::len), "recording": call.has_recording,
        }));
    }
    if as_json {
        println!("{}", Value::Array(rows));
        return Ok(());
    }
    for row in &rows {
        let text = |name: &str| row[name].as_str().unwrap_or("-").to_string();
        let sound = if row["recording"] == true { "  sound" } else { "" };
        println!(
            "{}  {}  {:>5} s  {:>3} turns  {:<16} {}{sound}",
            text("id"),
            text("started"),
            row["seconds"],
            row["turns"],
            text("ended"),
            text("agent")
        );
    }
    println!("{} calls", rows.len());
    Ok(())
}

fn show(vault: &mut Vault, id: &str, as_json: bool) -> Result<(), String> {
    let bytes = vault.read(id, Part::Record, &who(), now_ms()).map_err(|e| e.to_string())?;
    let record: Value = serde_json::from_slice(&bytes.unwrap_or_default())
        .map_err(|e| format!("the record of call {id}: {e}"))?;
    if as_json {
        println!("{}", serde_json::to_string_pretty(&record).map_err(|e| e.to_string())?);
        return Ok(());
    }
    let report = &record["report"];
    println!("{} to {}, ended: {}", id, text(&report["agent"]), text(&report["ended"]));
    for turn in report["turns"].as_array().into_iter().flatten() {
        let said = turn["formatted"].as_str().or(turn["text"].as_str()).unwrap_or_default();
        let at = turn["at_ms"].as_u64().unwrap_or(0);
        println!("{:>7.1} s  {}: {said}", at as f64 / 1000.0, text(&turn["speaker"]));
    }
    if let Some(after) = report.get("after_call") {
        println!("after the call: {after}");
    }
    Ok(())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("-")
}

fn export(vault: &mut Vault, id: &str, out: &Path) -> Result<(), String> {
    let shown = out.display();
    std::fs::create_dir_all(out).map_err(|e| format!("{shown}: cannot be made ({e})"))?;
    for (part, name) in [(Part::Record, "call.json"), (Part::Recording, "call.wav")] {
        let bytes = vault.read(id, part, &who(), now_ms()).map_err(|e| e.to_string())?;
        let Some(bytes) = bytes else { continue };
        let file = out.join(name);
        super::write(&file, &bytes)?;
        println!("{}", file.display());
    }
    Ok(())
}

fn verify(vault: &mut Vault) -> Result<ExitCode, String> {
    let found = vault.verify().map_err(|e| e.to_string())?;
    println!("{} calls, {} journal entries, chain {}", found.calls, found.entries, found.chain);
    if found.problems.is_empty() {
        println!("nothing was changed");
        return Ok(ExitCode::SUCCESS);
    }
    found.problems.iter().for_each(|problem| println!("{problem}"));
    Ok(ExitCode::from(super::FOUND_PROBLEM))
}

fn journal(vault: &mut Vault, limit: usize) -> Result<(), String> {
    for entry in vault.journal(limit).map_err(|e| e.to_string())? {
        let (number, at) = (entry.number, written(entry.at_ms));
        println!("{number:>6}  {at}  {:<8} {:<7} {}", entry.who, entry.action.name(), entry.call);
    }
    Ok(())
}

/// A time as it is written, in UTC.
fn written(ms: i64) -> String {
    let time = jiff::Timestamp::from_millisecond(ms).unwrap_or_default();
    time.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

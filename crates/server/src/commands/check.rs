//! `hearsay check`: what is wrong where in an agent file, its tests, or a configuration.

use std::path::Path;
use std::process::ExitCode;

use crate::agent_file;
use crate::agent_mind::AgentMind;
use crate::agent_tests;
use crate::config::Config;

/// Keys that only a configuration has.
const CONFIG_KEYS: [&str; 13] = [
    "listen:",
    "public_url:",
    "calls_max:",
    "workers:",
    "transcripts:",
    "twilio:",
    "plivo:",
    "speech:",
    "control:",
    "retention:",
    "store:",
    "redact:",
    "tls:",
];

/// Runs the command.
pub fn run(file: &Path) -> Result<ExitCode, String> {
    let text = std::fs::read_to_string(file)
        .map_err(|e| format!("{}: cannot be read ({e}); give an existing file", file.display()))?;
    if text.lines().any(|line| CONFIG_KEYS.iter().any(|key| line.starts_with(key))) {
        let config = Config::load(Some(file)).map_err(|e| e.to_string());
        return Ok(verdict(file, config.map(|c| format!("a configuration for {}", c.listen))));
    }
    if text.lines().any(|line| line.starts_with("tests:")) {
        return Ok(verdict(file, checked_tests(file)));
    }
    let checked = agent_file::read(Some(file)).and_then(|agent| {
        let documents = agent_file::documents(Some(file), &agent)?;
        let uses_model = !agent.knowledge().is_empty()
            || agent.nodes().any(|node| matches!(node.kind, hearsay_dialog::NodeKind::Talk(_)));
        if uses_model {
            // Reads the documents and compiles the tools' schemas, as a server does at its start.
            let models = super::models()?;
            AgentMind::load(&models, &agent, &documents)?;
        }
        Ok(agent)
    });
    let checked = checked.map(|agent| {
        format!(
            "agent network {}: {}, {}, {}, {}",
            agent.name(),
            counted(agent.personas().count(), "agent"),
            counted(agent.nodes().count(), "node"),
            counted(agent.tools().count(), "tool"),
            counted(agent.intents().len(), "intent")
        )
    });
    Ok(verdict(file, checked))
}

/// A file of an agent's tests, with the names that it takes from the agent.
fn checked_tests(path: &Path) -> Result<String, String> {
    let tests = agent_tests::file::read(path)?;
    let agent = path.parent().unwrap_or(Path::new("")).join(&tests.agent);
    let agent = agent_file::read(Some(&agent))?;
    tests.check_names(&agent).map_err(|e| format!("{}: {e}", path.display()))?;
    Ok(format!("{} of agent network {}", counted(tests.tests.len(), "test"), agent.name()))
}

/// "1 agent", "2 agents".
fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn verdict(file: &Path, checked: Result<String, String>) -> ExitCode {
    match checked {
        Ok(what) => {
            println!("{}: good: {what}", file.display());
            ExitCode::SUCCESS
        }
        Err(problems) => {
            println!("{problems}");
            ExitCode::from(super::FOUND_PROBLEM)
        }
    }
}

//! Finds and reads agent files, and starts the demo service that one asks for.

use std::path::Path;

use hearsay_dialog::{Agent, Pii};
use hearsay_language::knowledge::FILE_BYTES_MAX;

use crate::demo_bank::DemoBank;

/// The built-in example.
pub const BANK: &str = include_str!("../../../examples/bank/agent.yaml");
/// Its documents.
const BANK_DOCUMENTS: [(&str, &str); 2] = [
    ("knowledge/faq.json", include_str!("../../../examples/bank/knowledge/faq.json")),
    ("knowledge/fees.md", include_str!("../../../examples/bank/knowledge/fees.md")),
];
/// Longest agent file, bytes.
const AGENT_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// A variable with this value is replaced by the address of a demo service.
const DEMO_BANK: &str = "demo:bank";

/// An agent that is ready to take calls, with the demo service it may need.
pub struct ReadyAgent {
    /// The agent network.
    pub agent: Agent,
    /// Lives as long as the agent is used.
    pub demo: Option<DemoBank>,
}

/// Reads an agent file; `None` is the built-in bank.
///
/// # Errors
/// One or more lines that name file, place, mistake and cure.
pub fn read(path: Option<&Path>) -> Result<Agent, String> {
    let Some(path) = path else {
        return Agent::parse(BANK).map_err(|e| listed("the built-in bank", &e));
    };
    let shown = path.display().to_string();
    let meta = std::fs::metadata(path)
        .map_err(|e| format!("{shown}: cannot be read ({e}); give an existing agent file"))?;
    if meta.len() > AGENT_BYTES_MAX {
        return Err(format!("{shown}: {} bytes is too long for an agent file", meta.len()));
    }
    let text = std::fs::read_to_string(path).map_err(|e| {
        format!("{shown}: cannot be read as text ({e}); give an agent file in YAML")
    })?;
    Agent::parse(&text).map_err(|e| listed(&shown, &e))
}

/// The documents of an agent, each with its name and its bytes.
pub type Documents = Vec<(String, Vec<u8>)>;

/// Reads the documents that an agent's questions are answered from; their paths are beside the
/// agent file. `None` is the built-in bank.
///
/// # Errors
/// When one cannot be read or is too long.
pub fn documents(path: Option<&Path>, agent: &Agent) -> Result<Documents, String> {
    let Some(path) = path else {
        let document = |(name, text): &(&str, &str)| ((*name).to_owned(), text.as_bytes().to_vec());
        return Ok(BANK_DOCUMENTS.iter().map(document).collect());
    };
    let folder = path.parent().unwrap_or(Path::new(""));
    let read = |name: &String| {
        let file = folder.join(name);
        let shown = file.display();
        let meta = std::fs::metadata(&file).map_err(|e| {
            let cure = format!("`knowledge` of {} names it beside that file", path.display());
            format!("{shown}: cannot be read ({e}); {cure}")
        })?;
        if meta.len() > FILE_BYTES_MAX as u64 {
            return Err(format!(
                "{shown}: {} bytes is over the limit of {FILE_BYTES_MAX}",
                meta.len()
            ));
        }
        let bytes = std::fs::read(&file).map_err(|e| format!("{shown}: cannot be read ({e})"))?;
        Ok((name.clone(), bytes))
    };
    agent.knowledge().iter().map(read).collect()
}

fn listed(file: &str, errors: &hearsay_dialog::AgentErrors) -> String {
    let text = errors.to_string();
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| format!("{file}:{line}")).collect::<Vec<_>>().join("\n")
}

/// The agent with its secrets from the environment.
///
/// # Errors
/// When a variable is not set.
fn with_secrets(mut agent: Agent) -> Result<Agent, String> {
    let secrets: Vec<(String, String)> =
        agent.secrets().map(|(name, env)| (name.to_owned(), env.to_owned())).collect();
    for (name, env) in secrets {
        let value = std::env::var(&env).map_err(|_| {
            format!("the secret `{name}` is to come from the environment variable {env}; set it")
        })?;
        let set = agent.with_secret(&name, Pii::new(value.trim().to_owned()));
        agent = set.ok_or_else(|| format!("the secret {name} cannot be set"))?;
    }
    Ok(agent)
}

/// Reads the secrets of the agent, and starts the demo service if one of its variables asks for it.
///
/// # Errors
/// When a secret is not set, or no port can be had for the service.
pub async fn with_demo(agent: Agent) -> Result<ReadyAgent, String> {
    let agent = with_secrets(agent)?;
    let asks = agent.vars().iter().find(|(_, value)| value.as_str() == DEMO_BANK);
    let Some(name) = asks.map(|(name, _)| name.clone()) else {
        return Ok(ReadyAgent { agent, demo: None });
    };
    let demo = DemoBank::start().await.map_err(|e| format!("cannot start the demo bank: {e}"))?;
    let agent = agent
        .with_var(&name, demo.url())
        .ok_or_else(|| format!("the variable {name} cannot be set"))?;
    Ok(ReadyAgent { agent, demo: Some(demo) })
}

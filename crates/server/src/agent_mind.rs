//! What an agent network's language model goes by: its roles and tools as prompts, its documents, and the model
//! elsewhere that may speak in place of the built-in one.
//!
//! It keeps no conversation: every job holds all that the model is to read.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hearsay_dialog::{
    Agent, Aim, ComposeRequest, Exchange, NodeKind, Pii, SlotCheck, SlotKind, SlotSpec, Threat,
    ToolSpec,
};
use hearsay_engine::{ComposeJob, Composed, Models, Purpose};
use hearsay_language::grammar::ToolChoice;
use hearsay_language::input_filter::{self, InputFilter};
use hearsay_language::knowledge::{Knowledge, KnowledgeFile};
use hearsay_language::prompt::{Context, Prompt, Tool, Turn};
use hearsay_language::responder::Form;
use hearsay_wire::chat::{ChatRequest, Message, Reply, Role, ToolCall};
use serde_json::{Map, Value, json};

use crate::agent_file::Documents;
use crate::remote_model::{KeySource, Patience, RemoteModel};

/// Slots that the model is told.
const SLOTS_TOLD_MAX: usize = 12;
/// Most tokens that a model elsewhere may answer with.
const REMOTE_TOKENS_MAX: u64 = 160;
/// To reach a model elsewhere at all.
const CONNECT: Duration = Duration::from_secs(2);

/// An agent network's language model.
#[derive(Debug)]
pub struct AgentMind {
    knowledge: Option<Arc<Knowledge>>,
    remote: Option<RemoteModel>,
    /// Tells attacks and abuse from business, where this build has the model.
    filter: Option<InputFilter>,
}

impl AgentMind {
    /// Indexes the documents, and reads and compiles what does not change from call to call.
    ///
    /// # Errors
    /// When a document, a tool or the remote model cannot be used, in one line.
    pub fn load(models: &Models, agent: &Agent, documents: &Documents) -> Result<Self, String> {
        let at = |error: &dyn std::fmt::Display| format!("agent {}: {error}", agent.name());
        let files: Vec<KnowledgeFile<'_>> =
            documents.iter().map(|(name, bytes)| KnowledgeFile { name, bytes }).collect();
        let wanted = !agent.knowledge().is_empty();
        let knowledge = wanted.then(|| models.knowledge(&files)).transpose().map_err(|e| at(&e))?;
        let remote = agent.remote_model().map(remote).transpose().map_err(|e| at(&e))?;
        let filter = models.input_filter.clone();
        let mind = Self { knowledge: knowledge.map(Arc::new), remote, filter };
        if mind.knowledge.is_some() || agent.nodes().any(|n| matches!(n.kind, NodeKind::Talk(_))) {
            mind.prepare(models, agent).map_err(|e| at(&e))?;
        }
        Ok(mind)
    }

    /// Reads every beginning that a call can have.
    fn prepare(&self, models: &Models, agent: &Agent) -> Result<(), String> {
        let responder = models.responder().map_err(|e| e.to_string())?;
        for node in agent.nodes() {
            let (aim, form) = match &node.kind {
                NodeKind::Talk(talk) => {
                    let (goal, tools) = (talk.goal.clone(), talk.tools.clone());
                    (Aim::Talk { goal, tools }, ToolChoice::Auto)
                }
                _ if self.knowledge.is_some() => (Aim::Answer, ToolChoice::None),
                _ => continue,
            };
            let prompt = prompt(agent, &node.agent, &aim, Vec::new(), &[]);
            let prepared = responder.prepare(&prompt, &Form::Reply(form));
            prepared.map_err(|e| format!("node {}: {e}", node.name))?;
        }
        Ok(())
    }

    /// What a caller's words are, if they are a threat.
    pub fn threat(&self, text: &str) -> Option<Threat> {
        let judged = self.filter.as_ref()?.judge(text);
        judged.threat().map(|threat| match threat {
            input_filter::Threat::Injection => Threat::Injection,
            input_filter::Threat::Harm => Threat::Harm,
            input_filter::Threat::Abuse => Threat::Abuse,
            input_filter::Threat::SelfHarm => Threat::SelfHarm,
        })
    }

    /// Whether a model elsewhere is asked first.
    pub fn has_remote(&self) -> bool {
        self.remote.is_some()
    }

    /// A request of the dialog as the engine takes it.
    pub fn job(&self, agent: &Agent, request: &ComposeRequest) -> ComposeJob {
        let turns = request.history.iter().map(turn).collect();
        let purpose = match request.aim {
            Aim::Talk { .. } => Purpose::Talk,
            Aim::Answer => Purpose::Answer,
        };
        ComposeJob {
            prompt: prompt(agent, &request.agent, &request.aim, turns, &request.slots),
            knowledge: self.knowledge.clone(),
            purpose,
        }
    }

    /// Asks the model elsewhere and waits for it.
    ///
    /// # Errors
    /// When there is no answer in time, in one line without words of the caller.
    pub fn ask_remote(&self, job: &ComposeJob) -> Result<(Composed, Duration), String> {
        let remote = self.remote.as_ref().ok_or("no model elsewhere")?;
        let begun = Instant::now();
        let mut prompt = job.prompt.clone();
        if let Some(knowledge) = &job.knowledge {
            let question = hearsay_language::answering::question(&prompt);
            prompt.context.facts = hearsay_language::answering::facts(&knowledge.ask(&question, 3));
        }
        let request = chat_request(&prompt);
        let reply = remote
            .reply(&request, &mut |_| ControlFlow::Continue(()))
            .map_err(|e| e.to_string())?;
        Ok((composed(reply)?, begun.elapsed()))
    }
}

fn remote(spec: &hearsay_dialog::RemoteModel) -> Result<RemoteModel, String> {
    let key = (!spec.api_key_env.is_empty()).then(|| KeySource::Variable(spec.api_key_env.clone()));
    let patience = Patience {
        connect: CONNECT,
        first_token: Duration::from_millis(spec.first_token_ms),
        total: Duration::from_millis(spec.timeout_ms),
    };
    RemoteModel::new(&spec.base_url, &spec.name, key.as_ref(), patience)
}

/// Everything that the model reads.
fn prompt(
    agent: &Agent,
    speaker: &str,
    aim: &Aim,
    turns: Vec<Turn>,
    slots: &[(String, Pii<String>)],
) -> Prompt {
    let persona = agent.personas().find(|persona| persona.name == speaker);
    let about = persona.map(|persona| persona.persona.as_str()).unwrap_or_default();
    let rule = match aim {
        Aim::Talk { .. } => "Be brief.",
        Aim::Answer => "Answer only from the facts.",
    };
    let system = format!("You are the phone agent of {}. {about} {rule}", spaced(agent.name()));
    let (node, tools) = match aim {
        Aim::Talk { goal, tools } => (goal.clone(), tools.as_slice()),
        Aim::Answer => (String::new(), &[][..]),
    };
    let tools =
        tools.iter().filter_map(|name| agent.tool(name)).map(|spec| tool(agent, spec)).collect();
    let slots = slots.iter().take(SLOTS_TOLD_MAX);
    let slots = slots.map(|(name, value)| (name.clone(), value.expose().clone())).collect();
    Prompt {
        system: system.replace("  ", " "),
        tools,
        turns,
        context: Context { node, slots, facts: Vec::new() },
    }
}

/// A name of a file as one says it.
fn spaced(name: &str) -> String {
    name.replace(['-', '_'], " ")
}

fn turn(exchange: &Exchange) -> Turn {
    match exchange {
        Exchange::Caller(text) => Turn::Caller(text.expose().clone()),
        Exchange::Agent(text) => Turn::Agent(text.expose().clone()),
        Exchange::Call { tool, arguments } => Turn::Call {
            phrase: String::new(),
            name: tool.clone(),
            arguments: arguments.expose().clone(),
        },
        Exchange::Result(answer) => Turn::Result(answer.expose().clone()),
    }
}

/// A tool of the agent file, with the slots that it needs as its parameters.
fn tool(agent: &Agent, spec: &ToolSpec) -> Tool {
    let slots = agent.parameters(spec);
    let properties: Map<String, Value> =
        slots.iter().map(|slot| (slot.name.clone(), parameter(slot))).collect();
    // What another tool finds out need not be said by the caller.
    let found = |slot: &SlotSpec| {
        agent.tools().any(|tool| tool.save.iter().any(|(name, _)| *name == slot.name))
    };
    let required: Vec<&str> =
        slots.iter().filter(|slot| !found(slot)).map(|slot| slot.name.as_str()).collect();
    let parameters = json!({"type": "object", "properties": properties, "required": required});
    Tool { name: spec.name.clone(), description: spec.description.clone(), parameters }
}

/// Longest value of a parameter, characters.
const VALUE_CHARS_MAX: usize = 80;

fn parameter(slot: &SlotSpec) -> Value {
    let mut schema = match (slot.kind, &slot.check) {
        (SlotKind::YesNo, _) => json!({"type": "boolean"}),
        (_, SlotCheck::Values(values)) => json!({"type": "string", "enum": values}),
        // The slot's own rules take the value apart: "four two seven one" is as good as 4271.
        _ => json!({"type": "string", "minLength": 1, "maxLength": VALUE_CHARS_MAX}),
    };
    if !slot.description.is_empty() {
        schema["description"] = slot.description.clone().into();
    }
    schema
}

/// The same prompt for a model elsewhere.
fn chat_request(prompt: &Prompt) -> ChatRequest {
    let context = &prompt.context;
    let slots: Vec<String> =
        context.slots.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let parts = [
        (String::new(), prompt.system.clone()),
        ("Goal: ".into(), context.node.clone()),
        ("Known: ".into(), slots.join("; ")),
        ("Facts:\n".into(), context.facts.join("\n")),
    ];
    let parts = parts.into_iter().filter(|(_, text)| !text.is_empty());
    let system: Vec<String> = parts.map(|(head, text)| head + &text).collect();
    let mut messages = vec![Message::new(Role::System, system.join("\n"))];
    for (number, turn) in prompt.turns.iter().enumerate() {
        let id = |number: usize| format!("call_{number}");
        messages.push(match turn {
            Turn::Caller(text) => Message::new(Role::User, text),
            Turn::Agent(text) => Message::new(Role::Assistant, text),
            Turn::Call { phrase, name, arguments } => Message {
                tool_calls: vec![ToolCall {
                    id: id(number),
                    name: name.clone(),
                    arguments: arguments.to_string(),
                }],
                ..Message::new(Role::Assistant, phrase)
            },
            // The answer follows its call.
            Turn::Result(answer) => Message {
                tool_call_id: Some(id(number.saturating_sub(1))),
                ..Message::new(Role::Tool, answer.to_string())
            },
        });
    }
    let tools = prompt.tools.iter().map(|tool| hearsay_wire::chat::Tool {
        name: tool.name.clone(),
        description: Some(tool.description.clone()).filter(|text| !text.is_empty()),
        parameters: tool.parameters.clone(),
    });
    ChatRequest {
        messages,
        tools: tools.collect(),
        tokens_max: Some(REMOTE_TOKENS_MAX),
        ..ChatRequest::default()
    }
}

fn composed(reply: Reply) -> Result<Composed, String> {
    if let Some(call) = reply.calls.into_iter().next() {
        let arguments: Value = serde_json::from_str(&call.arguments)
            .map_err(|e| format!("the model's call of {} is not JSON ({e})", call.name))?;
        let phrase = Pii::new(reply.content);
        return Ok(Composed::Call { phrase, tool: call.name, arguments: Pii::new(arguments) });
    }
    if reply.content.trim().is_empty() {
        return Ok(Composed::Unsure);
    }
    Ok(Composed::Reply { text: Pii::new(reply.content), sources: Vec::new() })
}

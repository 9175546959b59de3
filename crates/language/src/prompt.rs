//! What a language model reads: role, tools, what was said, and what holds just now, as tokens.
//!
//! Our own model has a format of its own, made of control tokens (`training/slm/prompt.py` writes the same):
//!
//! ```text
//! <|system|>role and rules
//! <|tool|>name: description
//!  parameter* (type): description [value, value]
//! <|user|>the caller's words
//! <|node|>goal<|slots|>name=value; name=value<|facts|>passages, one a line
//! <|agent|>reply<|end|>      or      <|agent|>phrase<|call|>{"name":...,"arguments":{...}}<|end|><|result|>{...}
//! ```
//!
//! Models of other makers are asked in ChatML or Llama 3's format, told apart by the control tokens that they have, and
//! anything else in plain lines. It generates nothing and keeps nothing.

use serde_json::Value;

use crate::grammar;
use crate::slm::Tokenizer;

/// A tool as the model reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// What it does; may be empty.
    pub description: String,
    /// The JSON Schema of its arguments.
    pub parameters: Value,
}

impl From<&Tool> for grammar::Tool {
    fn from(tool: &Tool) -> Self {
        Self { name: tool.name.clone(), parameters: tool.parameters.clone() }
    }
}

/// One thing that was said or done.
#[derive(Debug, Clone, PartialEq)]
pub enum Turn {
    /// The caller said this.
    Caller(String),
    /// The agent said this.
    Agent(String),
    /// The agent called a tool.
    Call {
        /// What it said meanwhile; may be empty.
        phrase: String,
        /// The tool.
        name: String,
        /// Its arguments, an object.
        arguments: Value,
    },
    /// The tool answered.
    Result(Value),
}

/// What holds for the next reply only.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Context {
    /// The goal of the agent's step; may be empty.
    pub node: String,
    /// What is known: names and values.
    pub slots: Vec<(String, String)>,
    /// Passages that the reply may use.
    pub facts: Vec<String>,
}

/// Everything that the model reads before a reply.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Prompt {
    /// Role and rules.
    pub system: String,
    /// Tools that may be called.
    pub tools: Vec<Tool>,
    /// What was said and done, the newest last.
    pub turns: Vec<Turn>,
    /// What holds now.
    pub context: Context,
}

/// A prompt in tokens, in the parts that caching and shortening need.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Encoded {
    /// Role, rules and tools: the same for all calls of an agent.
    pub prefix: Vec<u32>,
    /// Each turn.
    pub turns: Vec<Vec<u32>>,
    /// What holds now, and the sign to speak.
    pub ending: Vec<u32>,
}

/// How a model wants to be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptFormat {
    /// Our own model's.
    Hearsay,
    /// `<|im_start|>role ... <|im_end|>`: Qwen and many others.
    ChatMl,
    /// `<|start_header_id|>role<|end_header_id|> ... <|eot_id|>`.
    Llama3,
    /// `Role: text` in lines, for models that know no format.
    Plain,
}

/// Writes tokens: control tokens by name, text as text.
struct Writer<'a> {
    tokenizer: &'a Tokenizer,
    tokens: Vec<u32>,
}

impl Writer<'_> {
    fn mark(&mut self, name: &str) -> &mut Self {
        self.tokens.extend(self.tokenizer.special(name));
        self
    }

    fn text(&mut self, text: &str) -> &mut Self {
        self.tokens.extend(self.tokenizer.encode(text));
        self
    }

    fn take(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.tokens)
    }
}

impl PromptFormat {
    /// The format that a model's control tokens show.
    pub fn of(tokenizer: &Tokenizer) -> Self {
        let has = |names: &[&str]| names.iter().all(|name| tokenizer.special(name).is_some());
        if has(&["<|system|>", "<|tool|>", "<|user|>", "<|agent|>", "<|call|>", "<|end|>"]) {
            Self::Hearsay
        } else if has(&["<|im_start|>", "<|im_end|>"]) {
            Self::ChatMl
        } else if has(&["<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]) {
            Self::Llama3
        } else {
            Self::Plain
        }
    }

    /// The control token that begins a call, where the format has one; else `{` does.
    pub fn call_token(self, tokenizer: &Tokenizer) -> Option<u32> {
        tokenizer.special("<|call|>").filter(|_| self == Self::Hearsay)
    }

    /// The tokens that end a reply.
    pub fn stops(self, tokenizer: &Tokenizer) -> Vec<u32> {
        let name = match self {
            Self::Hearsay => "<|end|>",
            Self::ChatMl => "<|im_end|>",
            Self::Llama3 => "<|eot_id|>",
            Self::Plain => "</s>",
        };
        let mut stops: Vec<u32> = tokenizer.special(name).into_iter().collect();
        stops.extend(tokenizer.end().filter(|end| !stops.contains(end)));
        stops
    }

    /// The prompt in tokens.
    pub fn encode(self, tokenizer: &Tokenizer, prompt: &Prompt) -> Encoded {
        let mut writer = Writer { tokenizer, tokens: Vec::new() };
        if self == Self::Hearsay {
            own(&mut writer, prompt)
        } else {
            chat(self, &mut writer, prompt)
        }
    }
}

fn own(writer: &mut Writer<'_>, prompt: &Prompt) -> Encoded {
    writer.mark("<|system|>").text(&prompt.system);
    for tool in &prompt.tools {
        writer.mark("<|tool|>").text(&tool_text(tool));
    }
    let prefix = writer.take();
    let turn = |turn: &Turn| {
        match turn {
            Turn::Caller(text) => writer.mark("<|user|>").text(text),
            Turn::Agent(text) => writer.mark("<|agent|>").text(text).mark("<|end|>"),
            Turn::Call { phrase, name, arguments } => {
                writer.mark("<|agent|>").text(phrase).mark("<|call|>");
                writer.text(&call_text(name, arguments)).mark("<|end|>")
            }
            Turn::Result(answer) => writer.mark("<|result|>").text(&answer.to_string()),
        };
        writer.take()
    };
    let turns = prompt.turns.iter().map(turn).collect();
    let Context { node, slots, facts } = &prompt.context;
    if !node.is_empty() {
        writer.mark("<|node|>").text(node);
    }
    if !slots.is_empty() {
        writer.mark("<|slots|>").text(&slots_text(slots));
    }
    if !facts.is_empty() {
        writer.mark("<|facts|>").text(&facts.join("\n"));
    }
    writer.mark("<|agent|>");
    Encoded { prefix, turns, ending: writer.take() }
}

/// Formats made of messages with roles.
fn chat(format: PromptFormat, writer: &mut Writer<'_>, prompt: &Prompt) -> Encoded {
    writer.tokens.extend(writer.tokenizer.begin());
    let mut system = prompt.system.clone();
    if !prompt.tools.is_empty() {
        system += "\n\nTools; to use one, write only {\"name\":...,\"arguments\":{...}}:";
        for tool in &prompt.tools {
            system = format!("{system}\n{}", tool_text(tool));
        }
    }
    message(format, writer, "system", &system);
    let prefix = writer.take();
    let turn = |turn: &Turn| {
        match turn {
            Turn::Caller(text) => message(format, writer, "user", text),
            Turn::Agent(text) => message(format, writer, "assistant", text),
            Turn::Call { phrase, name, arguments } => {
                let text = format!("{phrase}{}", call_text(name, arguments));
                message(format, writer, "assistant", &text);
            }
            Turn::Result(answer) => {
                message(format, writer, "user", &format!("Tool answered: {answer}"))
            }
        }
        writer.take()
    };
    let turns = prompt.turns.iter().map(turn).collect();
    let Context { node, slots, facts } = &prompt.context;
    let mut now = String::new();
    for (head, text) in
        [("Goal", node), ("Known", &slots_text(slots)), ("Facts", &facts.join("\n"))]
    {
        if !text.is_empty() {
            now = format!("{now}{head}: {text}\n");
        }
    }
    if !now.is_empty() {
        message(format, writer, "system", now.trim_end());
    }
    open_reply(format, writer);
    Encoded { prefix, turns, ending: writer.take() }
}

fn message(format: PromptFormat, writer: &mut Writer<'_>, role: &str, text: &str) {
    match format {
        PromptFormat::ChatMl => {
            writer
                .mark("<|im_start|>")
                .text(&format!("{role}\n{text}"))
                .mark("<|im_end|>")
                .text("\n");
        }
        PromptFormat::Llama3 => {
            writer.mark("<|start_header_id|>").text(role).mark("<|end_header_id|>");
            writer.text(&format!("\n\n{text}")).mark("<|eot_id|>");
        }
        _ => {
            writer.text(&format!("{role}: {text}\n"));
        }
    }
}

fn open_reply(format: PromptFormat, writer: &mut Writer<'_>) {
    match format {
        PromptFormat::ChatMl => writer.mark("<|im_start|>").text("assistant\n"),
        PromptFormat::Llama3 => writer
            .mark("<|start_header_id|>")
            .text("assistant")
            .mark("<|end_header_id|>")
            .text("\n\n"),
        _ => writer.text("assistant:"),
    };
}

fn call_text(name: &str, arguments: &Value) -> String {
    serde_json::json!({"name": name, "arguments": arguments}).to_string()
}

fn slots_text(slots: &[(String, String)]) -> String {
    let each: Vec<String> = slots.iter().map(|(name, value)| format!("{name}={value}")).collect();
    each.join("; ")
}

/// A tool in lines: its name, then each parameter; `*` marks those that a call needs.
pub fn tool_text(tool: &Tool) -> String {
    let mut text = tool.name.clone();
    if !tool.description.is_empty() {
        text = format!("{text}: {}", tool.description);
    }
    let required = tool.parameters.get("required").and_then(Value::as_array);
    let properties = tool.parameters.get("properties").and_then(Value::as_object);
    for (name, schema) in properties.into_iter().flatten() {
        let needed = required.is_some_and(|names| names.iter().any(|it| it == name));
        text = format!("{text}\n {name}{}", if needed { "*" } else { "" });
        let kind = schema.get("type").and_then(Value::as_str).filter(|kind| *kind != "string");
        if let Some(kind) = kind {
            text = format!("{text} ({kind})");
        }
        if let Some(about) = schema.get("description").and_then(Value::as_str) {
            text = format!("{text}: {about}");
        }
        let values = schema.get("enum").and_then(Value::as_array).map(Vec::as_slice);
        let values: Vec<String> = values.unwrap_or_default().iter().map(bare).collect();
        if !values.is_empty() {
            text = format!("{text} [{}]", values.join(", "));
        }
    }
    text
}

/// A value without the quotes of a text.
fn bare(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests;

//! The form of an agent's reply: something to say, or a call of a tool with a few words before it.
//!
//! What is said is plain text: no control token, no `{`, no control character, and it is not blank. A call is the call
//! token and then compact JSON, `{"name":"...","arguments":{...}}`, with arguments by the tool's schema. A model without a
//! call token begins its call with the `{` itself, which text never holds.

use llguidance::api::{GrammarWithLexer, TopLevelGrammar};
use serde_json::Value;

use super::GrammarError;
use super::schema::{self, Objects, engine_schema};

/// Tools in one set.
pub const TOOLS_MAX: usize = 64;
/// Longest name of a tool, in characters.
pub const NAME_CHARS_MAX: usize = 64;
/// What may be said before a call, in characters: "Let me look that up for you."
pub const PHRASE_CHARS_MAX: usize = 120;
/// One character of speech; the first of it is no space.
const SAID: &str = r"[^{\x00-\x1F\x7F]";
const SAID_FIRST: &str = r"[^ {\x00-\x1F\x7F]";

/// A tool that a model may call.
#[derive(Debug, Clone, PartialEq)]
pub struct Tool {
    /// Its name: letters, digits, `_` and `-`.
    pub name: String,
    /// The JSON Schema of its arguments; it must be one of objects.
    pub parameters: Value,
}

/// Whether a reply is said or is a call.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ToolChoice {
    /// Either; with no tool it is said.
    #[default]
    Auto,
    /// A call of any tool.
    Required,
    /// Said.
    None,
    /// A call of this tool.
    Named(String),
}

/// A call that a model has written.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolCall {
    /// The tool.
    pub name: String,
    /// Its arguments, an object.
    pub arguments: Value,
}

impl ToolCall {
    /// Reads what follows the call token.
    ///
    /// # Errors
    /// For anything but `{"name":"...","arguments":{...}}`, such as a call that was cut off.
    pub fn parse(json: &str) -> Result<Self, GrammarError> {
        let bad = |what: &str| GrammarError::Call { what: what.to_string() };
        let value: Value =
            serde_json::from_str(json).map_err(|error| bad(&format!("not JSON ({error})")))?;
        let name = value.get("name").and_then(Value::as_str);
        let arguments = value.get("arguments").filter(|arguments| arguments.is_object());
        match (name, arguments) {
            (Some(name), Some(arguments)) => {
                Ok(Self { name: name.to_string(), arguments: arguments.clone() })
            }
            _ => Err(bad("it needs a name and an object of arguments")),
        }
    }
}

/// Checks a set of tools, as when an agent file is read.
///
/// # Errors
/// The first tool whose name or schema cannot be used.
pub fn check(tools: &[Tool]) -> Result<(), GrammarError> {
    lowered(tools).map(drop)
}

/// The arguments' schemas, for the engine.
fn lowered(tools: &[Tool]) -> Result<Vec<Value>, GrammarError> {
    let bad = |what: String| Err(GrammarError::Tools { what });
    if tools.len() > TOOLS_MAX {
        return bad(format!("{} tools; at most {TOOLS_MAX} in one set", tools.len()));
    }
    let mut schemas = Vec::with_capacity(tools.len());
    for (number, tool) in tools.iter().enumerate() {
        let name = &tool.name;
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if name.is_empty() || name.len() > NAME_CHARS_MAX || !name.chars().all(plain) {
            return bad(format!(
                "name {name:?}: use 1 to {NAME_CHARS_MAX} letters, digits, _ and -"
            ));
        }
        if tools[..number].iter().any(|other| other.name == *name) {
            return bad(format!("{name} is there twice; give each tool its own name"));
        }
        let of_objects = match tool.parameters.get("type") {
            Some(kind) => kind == "object",
            None => tool.parameters.as_object().is_some_and(serde_json::Map::is_empty),
        };
        if !of_objects {
            return bad(format!("{name}: its parameters need type: object"));
        }
        let mut parameters = tool.parameters.clone();
        parameters["type"] = "object".into();
        let lowered = schema::lower(&parameters, Objects::Closed)
            .map_err(|error| GrammarError::Tool { tool: name.clone(), error })?;
        let mut root = lowered.root;
        // Arguments that nothing is said of are none.
        let names = ["properties", "additionalProperties", "patternProperties", "$ref", "required"];
        let joins = ["allOf", "anyOf", "oneOf", "enum", "const", "minProperties"];
        if !names.iter().chain(&joins).any(|key| root.get(*key).is_some()) {
            root["additionalProperties"] = false.into();
        }
        schemas.push(engine_schema(&root));
    }
    Ok(schemas)
}

/// The grammar of a reply. `call_token` is the number of the control token that begins a call, if the model has one.
pub(super) fn grammar(
    tools: &[Tool],
    choice: &ToolChoice,
    call_token: Option<u32>,
) -> Result<TopLevelGrammar, GrammarError> {
    let schemas = lowered(tools)?;
    let allowed: Vec<usize> = match choice {
        ToolChoice::None => vec![],
        ToolChoice::Auto | ToolChoice::Required => (0..tools.len()).collect(),
        ToolChoice::Named(name) => {
            let found = tools.iter().position(|tool| tool.name == *name);
            vec![found.ok_or_else(|| GrammarError::Tools {
                what: format!("tool {name} is chosen, but is not in the set"),
            })?]
        }
    };
    let said = matches!(choice, ToolChoice::Auto | ToolChoice::None);
    if !said && allowed.is_empty() {
        let what = "a call is required, but there is no tool; give one or choose auto".to_string();
        return Err(GrammarError::Tools { what });
    }
    let mut start = Vec::new();
    if said {
        start.push("REPLY".to_string());
    }
    if !allowed.is_empty() {
        start.push(match call_token {
            Some(token) => format!("PHRASE? <[{token}]> call"),
            None => "PHRASE? call".to_string(),
        });
    }
    let calls: Vec<String> = allowed.iter().map(|number| call(*number, &tools[*number])).collect();
    let mut lark = format!("start: {}\n", start.join(" | "));
    lark.push_str(&format!("REPLY: / ?{SAID_FIRST}{SAID}*/\n"));
    lark.push_str(&format!("PHRASE: / ?{SAID_FIRST}{SAID}{{0,{PHRASE_CHARS_MAX}}}/\n"));
    if !calls.is_empty() {
        lark.push_str(&format!("call: {}\n", calls.join("\n    | ")));
    }
    let mut grammars = vec![GrammarWithLexer::from_lark(lark)];
    for number in allowed {
        let mut arguments = GrammarWithLexer::from_json_schema(schemas[number].clone());
        arguments.name = Some(format!("arguments_{number}"));
        grammars.push(arguments);
    }
    Ok(TopLevelGrammar { grammars, max_tokens: None })
}

/// One alternative of `call`. Names are plain, so that they need no escapes.
fn call(number: usize, tool: &Tool) -> String {
    let begin = Value::from(format!("{{\"name\":\"{}\",\"arguments\":", tool.name));
    format!("{begin} @arguments_{number} \"}}\"")
}

#[cfg(test)]
mod tests;

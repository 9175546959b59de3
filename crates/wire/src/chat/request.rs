//! The body of `POST /v1/chat/completions`: read by our server, written by our client.

use serde_json::{Map, Value, json};

use super::{ChatError, Message, ResponseFormat, Role, Tool, ToolCall, ToolChoice, shown};

/// Longest body of a request, in bytes.
pub const REQUEST_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Messages in one request.
pub const MESSAGES_MAX: usize = 1024;
/// Tools in one request, and calls in one message.
pub const TOOLS_MAX: usize = 64;
/// Stop texts in one request.
pub const STOPS_MAX: usize = 4;

/// What a chat completion is asked for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ChatRequest {
    /// The model's name.
    pub model: String,
    /// The conversation, at least one message.
    pub messages: Vec<Message>,
    /// Tools that may be called.
    pub tools: Vec<Tool>,
    /// Whether they are to be called.
    pub tool_choice: ToolChoice,
    /// The form of the answer.
    pub response_format: ResponseFormat,
    /// As server-sent events.
    pub stream: bool,
    /// The tokens are counted at the end of a stream.
    pub include_usage: bool,
    /// Most tokens of the answer.
    pub tokens_max: Option<u64>,
    /// 0 takes the likeliest token, 2 is the wildest.
    pub temperature: Option<f32>,
    /// Share of probability that is sampled from, above 0, up to 1.
    pub top_p: Option<f32>,
    /// Makes sampling repeatable.
    pub seed: Option<i64>,
    /// Texts that end the answer; they are no part of it.
    pub stop: Vec<String>,
}

/// Reads the body of a request.
///
/// # Errors
/// For a body that is no JSON object, and for the first field that is missing or of the wrong kind.
pub fn parse_request(body: &[u8]) -> Result<ChatRequest, ChatError> {
    if body.len() > REQUEST_BYTES_MAX {
        let what = format!("{} bytes; at most {REQUEST_BYTES_MAX} are allowed", body.len());
        return Err(ChatError::field("body", what));
    }
    let body: Value = serde_json::from_slice(body)
        .map_err(|error| ChatError::field("body", format!("not a JSON object ({error})")))?;
    let Value::Object(body) = body else {
        return Err(ChatError::field("body", "not a JSON object"));
    };
    let fields = Fields { map: &body, at: String::new() };
    for (old, new) in [("functions", "tools"), ("function_call", "tool_choice")] {
        if fields.get(old).is_some() {
            return Err(ChatError::field(old, format!("is not read; use {new}")));
        }
    }
    fields.whole("n", 1, 1)?;
    fields.not_done()?;
    let stream = fields.flag("stream")?;
    let stream_options = fields.object("stream_options")?;
    let usage_too = stream_options.map_or(Ok(false), |options| options.flag("include_usage"))?;
    let tools = tools(&fields)?;
    Ok(ChatRequest {
        model: fields.text("model")?.unwrap_or_default(),
        messages: messages(&fields)?,
        tool_choice: tool_choice(&fields, &tools)?,
        tools,
        response_format: response_format(&fields)?,
        stream,
        // An answer in one piece always has it.
        include_usage: stream && usage_too,
        tokens_max: match fields.whole("max_completion_tokens", 1, u64::MAX)? {
            Some(most) => Some(most),
            None => fields.whole("max_tokens", 1, u64::MAX)?,
        },
        temperature: fields
            .decimal("temperature", "a number from 0 to 2", |t| (0.0..=2.0).contains(&t))?,
        top_p: fields.decimal("top_p", "a number above 0, up to 1", |p| p > 0.0 && p <= 1.0)?,
        seed: match fields.get("seed") {
            None => None,
            Some(seed) => Some(seed.as_i64().ok_or_else(|| fields.bad("seed", "a whole number"))?),
        },
        stop: stops(&fields)?,
    })
}

/// Fields of one object; null counts as absent.
struct Fields<'a> {
    map: &'a Map<String, Value>,
    /// Where the object stands, with a dot at its end; empty for the whole.
    at: String,
}

impl<'a> Fields<'a> {
    fn of(value: &'a Value, at: String) -> Result<Self, ChatError> {
        match value {
            Value::Object(map) => Ok(Self { map, at: format!("{at}.") }),
            other => {
                let found = shown(&other.to_string());
                Err(ChatError::field(at, format!("must be an object, but is {found}")))
            }
        }
    }

    fn get(&self, key: &str) -> Option<&'a Value> {
        self.map.get(key).filter(|value| !value.is_null())
    }

    fn bad(&self, key: &str, expected: &str) -> ChatError {
        let at = format!("{}{key}", self.at);
        match self.get(key) {
            None => ChatError::field(at, format!("missing; it must be {expected}")),
            Some(value) => {
                let found = shown(&value.to_string());
                ChatError::field(at, format!("must be {expected}, but is {found}"))
            }
        }
    }

    fn text(&self, key: &str) -> Result<Option<String>, ChatError> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(self.bad(key, "a string")),
        }
    }

    fn needed_text(&self, key: &str) -> Result<String, ChatError> {
        let text = self.text(key)?.filter(|text| !text.is_empty());
        text.ok_or_else(|| self.bad(key, "a string"))
    }

    fn flag(&self, key: &str) -> Result<bool, ChatError> {
        match self.get(key) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(self.bad(key, "true or false")),
        }
    }

    fn whole(&self, key: &str, least: u64, most: u64) -> Result<Option<u64>, ChatError> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let number = value.as_u64().filter(|number| (least..=most).contains(number));
        let expected =
            if least == most { format!("{least}") } else { format!("a whole number from {least}") };
        number.map(Some).ok_or_else(|| self.bad(key, &expected))
    }

    fn decimal(
        &self,
        key: &str,
        expected: &str,
        fits: impl Fn(f64) -> bool,
    ) -> Result<Option<f32>, ChatError> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let number = value.as_f64().filter(|number| fits(*number));
        // Between 0 and 2.
        #[allow(clippy::cast_possible_truncation)]
        number.map(|number| Some(number as f32)).ok_or_else(|| self.bad(key, expected))
    }

    fn object(&self, key: &str) -> Result<Option<Fields<'a>>, ChatError> {
        let at = format!("{}{key}", self.at);
        self.get(key).map(|value| Fields::of(value, at)).transpose()
    }

    /// Refuses what would otherwise be left undone silently.
    fn not_done(&self) -> Result<(), ChatError> {
        let is_set = |key: &str| match self.get(key) {
            None | Some(Value::Bool(false)) => false,
            Some(Value::Number(number)) => number.as_f64() != Some(0.0),
            Some(Value::Object(map)) => !map.is_empty(),
            Some(_) => true,
        };
        let keys =
            ["logprobs", "top_logprobs", "logit_bias", "frequency_penalty", "presence_penalty"];
        match keys.into_iter().find(|key| is_set(key)) {
            Some(key) => Err(ChatError::field(key, "is not done here; leave it out")),
            None => Ok(()),
        }
    }

    fn list(&self, key: &str, most: usize) -> Result<&'a [Value], ChatError> {
        match self.get(key) {
            None => Ok(&[]),
            Some(Value::Array(items)) if items.len() <= most => Ok(items),
            Some(Value::Array(items)) => {
                let what = format!("{} of them; at most {most} are allowed", items.len());
                Err(ChatError::field(format!("{}{key}", self.at), what))
            }
            Some(_) => Err(self.bad(key, "a list")),
        }
    }

    /// The objects of a list.
    fn objects(&self, key: &str, most: usize) -> Result<Vec<Fields<'a>>, ChatError> {
        let at = |number| format!("{}{key}[{number}]", self.at);
        let list = self.list(key, most)?.iter().enumerate();
        list.map(|(number, value)| Fields::of(value, at(number))).collect()
    }
}

fn messages(fields: &Fields<'_>) -> Result<Vec<Message>, ChatError> {
    let messages = fields.objects("messages", MESSAGES_MAX)?;
    if messages.is_empty() {
        return Err(fields.bad("messages", "a list with at least one message"));
    }
    let messages = messages.iter().map(message).collect::<Result<Vec<_>, _>>()?;
    results_have_calls(&messages)?;
    Ok(messages)
}

/// Each answer of a tool belongs to a call before it, and each call has one at most.
fn results_have_calls(messages: &[Message]) -> Result<(), ChatError> {
    let mut open: Vec<&str> = Vec::new();
    for (number, message) in messages.iter().enumerate() {
        open.extend(message.tool_calls.iter().map(|call| call.id.as_str()));
        let Some(id) = &message.tool_call_id else { continue };
        let Some(at) = open.iter().position(|call| call == id) else {
            let what = format!("{} is no call of a message before that is still open", shown(id));
            return Err(ChatError::field(format!("messages[{number}].tool_call_id"), what));
        };
        open.remove(at);
    }
    Ok(())
}

fn message(fields: &Fields<'_>) -> Result<Message, ChatError> {
    let role = match fields.needed_text("role")?.as_str() {
        "system" | "developer" => Role::System,
        "user" => Role::User,
        "assistant" => Role::Assistant,
        "tool" => Role::Tool,
        _ => return Err(fields.bad("role", "system, developer, user, assistant or tool")),
    };
    let mut message = Message::new(role, content(fields)?);
    if role == Role::Assistant {
        message.tool_calls = fields
            .objects("tool_calls", TOOLS_MAX)?
            .iter()
            .map(called)
            .collect::<Result<_, _>>()?;
    }
    if role == Role::Tool {
        message.tool_call_id = Some(fields.needed_text("tool_call_id")?);
    }
    let may_lack = role == Role::Assistant;
    if fields.get("content").is_none() && !may_lack {
        return Err(fields.bad("content", "a string or a list of text parts"));
    }
    Ok(message)
}

/// The text of a message: a string, or parts of text, which are joined.
fn content(fields: &Fields<'_>) -> Result<String, ChatError> {
    match fields.get("content") {
        None => Ok(String::new()),
        Some(Value::String(text)) => Ok(text.clone()),
        Some(Value::Array(_)) => {
            let mut out = String::new();
            for part in fields.objects("content", MESSAGES_MAX)? {
                match part.text("type")?.as_deref() {
                    Some("text") => out.push_str(&part.text("text")?.unwrap_or_default()),
                    Some("refusal") => out.push_str(&part.text("refusal")?.unwrap_or_default()),
                    _ => {
                        return Err(
                            part.bad("type", "text (pictures, sound and files are not read)")
                        );
                    }
                }
            }
            Ok(out)
        }
        Some(_) => Err(fields.bad("content", "a string or a list of text parts")),
    }
}

fn called(fields: &Fields<'_>) -> Result<ToolCall, ChatError> {
    let function = fields.object("function")?.ok_or_else(|| fields.bad("function", "an object"))?;
    Ok(ToolCall {
        id: fields.needed_text("id")?,
        name: function.needed_text("name")?,
        arguments: function.text("arguments")?.unwrap_or_default(),
    })
}

fn tools(fields: &Fields<'_>) -> Result<Vec<Tool>, ChatError> {
    let mut tools: Vec<Tool> = Vec::new();
    for tool in fields.objects("tools", TOOLS_MAX)? {
        if tool.needed_text("type")? != "function" {
            return Err(tool.bad("type", "function"));
        }
        let function = tool.object("function")?.ok_or_else(|| tool.bad("function", "an object"))?;
        let name = function.needed_text("name")?;
        if tools.iter().any(|other| other.name == name) {
            return Err(function.bad("name", "a name that no other tool has"));
        }
        let parameters = match function.get("parameters") {
            None => json!({"type": "object", "properties": {}}),
            Some(schema @ Value::Object(_)) => schema.clone(),
            Some(_) => return Err(function.bad("parameters", "a JSON Schema")),
        };
        tools.push(Tool { name, description: function.text("description")?, parameters });
    }
    Ok(tools)
}

fn tool_choice(fields: &Fields<'_>, tools: &[Tool]) -> Result<ToolChoice, ChatError> {
    let expected = "auto, none, required or {\"type\":\"function\",\"function\":{\"name\":...}}";
    let choice = match fields.get("tool_choice") {
        None => ToolChoice::Auto,
        Some(Value::String(text)) => match text.as_str() {
            "auto" => ToolChoice::Auto,
            "none" => ToolChoice::None,
            "required" => ToolChoice::Required,
            _ => return Err(fields.bad("tool_choice", expected)),
        },
        Some(Value::Object(_)) => {
            let choice = fields.object("tool_choice")?;
            let function = choice.map_or(Ok(None), |choice| choice.object("function"))?;
            let function = function.ok_or_else(|| fields.bad("tool_choice", expected))?;
            ToolChoice::Named(function.needed_text("name")?)
        }
        Some(_) => return Err(fields.bad("tool_choice", expected)),
    };
    let known = match &choice {
        ToolChoice::Named(name) => tools.iter().any(|tool| tool.name == *name),
        ToolChoice::Required => !tools.is_empty(),
        _ => true,
    };
    if known { Ok(choice) } else { Err(fields.bad("tool_choice", "a tool of the list in tools")) }
}

fn response_format(fields: &Fields<'_>) -> Result<ResponseFormat, ChatError> {
    let Some(format) = fields.object("response_format")? else { return Ok(ResponseFormat::Text) };
    match format.needed_text("type")?.as_str() {
        "text" => Ok(ResponseFormat::Text),
        "json_object" => Ok(ResponseFormat::JsonObject),
        "json_schema" => {
            let inner = format.object("json_schema")?;
            let inner =
                inner.ok_or_else(|| format.bad("json_schema", "an object with a schema"))?;
            match inner.get("schema") {
                Some(schema @ Value::Object(_)) => Ok(ResponseFormat::JsonSchema {
                    name: inner.text("name")?.unwrap_or_default(),
                    schema: schema.clone(),
                }),
                _ => Err(inner.bad("schema", "a JSON Schema")),
            }
        }
        _ => Err(format.bad("type", "text, json_object or json_schema")),
    }
}

fn stops(fields: &Fields<'_>) -> Result<Vec<String>, ChatError> {
    let expected = "a string, or a list of up to 4, none of them empty";
    let stops = match fields.get("stop") {
        None => vec![],
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(_)) => {
            let texts = fields.list("stop", STOPS_MAX)?.iter();
            let texts: Option<Vec<String>> = texts.map(|t| t.as_str().map(str::to_owned)).collect();
            texts.ok_or_else(|| fields.bad("stop", expected))?
        }
        Some(_) => return Err(fields.bad("stop", expected)),
    };
    let empty = stops.iter().any(String::is_empty);
    if empty { Err(fields.bad("stop", expected)) } else { Ok(stops) }
}

impl ChatRequest {
    /// The body as a client writes it; what is not set is left out.
    pub fn body(&self) -> String {
        let mut body = json!({
            "model": self.model,
            "messages": self.messages.iter().map(message_json).collect::<Vec<_>>(),
        });
        if !self.tools.is_empty() {
            body["tools"] = self.tools.iter().map(tool_json).collect::<Vec<_>>().into();
            body["tool_choice"] = match &self.tool_choice {
                ToolChoice::Auto => "auto".into(),
                ToolChoice::None => "none".into(),
                ToolChoice::Required => "required".into(),
                ToolChoice::Named(name) => json!({"type": "function", "function": {"name": name}}),
            };
        }
        match &self.response_format {
            ResponseFormat::Text => {}
            ResponseFormat::JsonObject => body["response_format"] = json!({"type": "json_object"}),
            ResponseFormat::JsonSchema { name, schema } => {
                let inner = json!({"name": name, "schema": schema, "strict": true});
                body["response_format"] = json!({"type": "json_schema", "json_schema": inner});
            }
        }
        if self.stream {
            body["stream"] = true.into();
        }
        if self.stream && self.include_usage {
            body["stream_options"] = json!({"include_usage": true});
        }
        let mut set = |key: &str, value: Option<Value>| {
            if let Some(value) = value {
                body[key] = value;
            }
        };
        // Understood by every server; `max_completion_tokens` only by newer ones.
        set("max_tokens", self.tokens_max.map(Value::from));
        set("temperature", self.temperature.map(decimal));
        set("top_p", self.top_p.map(decimal));
        set("seed", self.seed.map(Value::from));
        set("stop", (!self.stop.is_empty()).then(|| self.stop.clone().into()));
        body.to_string()
    }
}

/// A number with the digits that it was written with: 0.2, not 0.20000000298.
fn decimal(number: f32) -> Value {
    let digits = number.to_string();
    digits.parse::<f64>().map_or(Value::Null, Value::from)
}

fn message_json(message: &Message) -> Value {
    let content = match (&message.content, message.tool_calls.is_empty()) {
        (content, false) if content.is_empty() => Value::Null,
        (content, _) => content.as_str().into(),
    };
    let mut out = json!({"role": message.role.name(), "content": content});
    if !message.tool_calls.is_empty() {
        out["tool_calls"] = message.tool_calls.iter().map(call_json).collect::<Vec<_>>().into();
    }
    if let Some(id) = &message.tool_call_id {
        out["tool_call_id"] = id.as_str().into();
    }
    out
}

/// A call as messages and answers have it.
pub(super) fn call_json(call: &ToolCall) -> Value {
    json!({
        "id": call.id,
        "type": "function",
        "function": {"name": call.name, "arguments": call.arguments},
    })
}

fn tool_json(tool: &Tool) -> Value {
    let mut function = json!({"name": tool.name, "parameters": tool.parameters});
    if let Some(description) = &tool.description {
        function["description"] = description.as_str().into();
    }
    json!({"type": "function", "function": function})
}

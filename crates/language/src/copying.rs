//! Arguments that were said: text in a call is taken word for word from the conversation.
//!
//! A small model that may write anything into `"city"` now and then writes one that nobody named, or ends a name
//! otherwise than it began. [`Copying`] stands around the grammar of a reply: while the model writes the text of an
//! argument, it may go on only as some run of words in the [`Sources`] goes on, and close only where a word ends there.
//! Arguments of which the schema already says more than `"type": "string"` are left to the grammar.
//! [`arguments`] finds the arguments in what was written, so that each can be given its probability.
//!
//! Where nothing in the sources can begin or continue a value, the grammar alone decides. It judges nothing.

mod guess;

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use serde_json::Value;

use crate::prompt::{Prompt, Tool, Turn};
use crate::slm::Tokenizer;
use crate::slm::constraint::{Constraint, ConstraintError, TokenMask};
use crate::slm::tokenizer::TokenKind;
use guess::Parameters;

/// Longest token that copies, in bytes.
const TOKEN_BYTES_MAX: usize = 20;
/// Places in the sources that are followed at once.
const PLACES_MAX: usize = 4096;
/// Between two texts of the sources; JSON text never holds it.
const BORDER: u8 = b'\n';
/// What a value may begin with, beside letters and digits.
const ALSO_FIRST: &[u8] = b"$#+-@.";
/// How deep values are taken from what a tool answered.
const DEPTH_MAX: usize = 16;
/// A value does not end on these.
const NEVER_LAST: &[u8] = b" ,;:?!(";

/// What arguments may be copied from, as it would be written inside of JSON strings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sources {
    text: Vec<u8>,
}

impl Sources {
    /// What was said, what tools answered, what is known and the passages: not the role, not the tools' descriptions.
    pub fn of(prompt: &Prompt) -> Self {
        let mut sources = Self::default();
        for turn in &prompt.turns {
            match turn {
                Turn::Caller(text) | Turn::Agent(text) => sources.add(text),
                Turn::Call { phrase, .. } => sources.add(phrase),
                Turn::Result(answer) => sources.add_values(answer, 0),
            }
        }
        prompt.context.slots.iter().for_each(|(_, value)| sources.add(value));
        prompt.context.facts.iter().for_each(|fact| sources.add(fact));
        sources
    }

    /// Adds a text.
    pub fn add(&mut self, text: &str) {
        let json = Value::from(text).to_string();
        self.text.push(BORDER);
        self.text.extend_from_slice(&json.as_bytes()[1..json.len() - 1]);
    }

    /// Adds the texts and numbers in what a tool answered.
    fn add_values(&mut self, answer: &Value, depth: usize) {
        match answer {
            Value::String(text) => self.add(text),
            Value::Number(number) => self.add(&number.to_string()),
            _ if depth == DEPTH_MAX => {}
            Value::Array(items) => items.iter().for_each(|item| self.add_values(item, depth + 1)),
            Value::Object(fields) => {
                fields.values().for_each(|field| self.add_values(field, depth + 1));
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    /// Places after each occurrence of `begun` that begins a word; of nothing, where words begin.
    fn places(&self, begun: &[u8]) -> Vec<usize> {
        let text = &self.text;
        let begins = |at: usize| {
            let before = at.checked_sub(1).map_or(BORDER, |before| text[before]);
            (is_word(text[at]) && !is_word(before)) || ALSO_FIRST.contains(&text[at])
        };
        // The latest were said last.
        let fits = |at: &usize| begins(*at) && text[*at..].starts_with(begun);
        (0..text.len()).rev().filter(fits).map(|at| at + begun.len()).take(PLACES_MAX).collect()
    }

    /// Whether a value may end before this place.
    fn is_end(&self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|before| self.text.get(before));
        let Some(&before) = before else { return false };
        let next = self.text.get(at).copied().unwrap_or(BORDER);
        let is_inside = is_word(before) && is_word(next);
        !(is_inside || NEVER_LAST.contains(&before))
    }
}

/// Length of what a token may hold of a text's beginning: a run of one kind, perhaps after a space.
fn run(text: &[u8]) -> usize {
    let kind = |byte: u8| match byte {
        b'0'..=b'9' => 0,
        byte if is_word(byte) => 1,
        byte if byte.is_ascii_whitespace() => 2,
        _ => 3,
    };
    let spaces = usize::from(text.first() == Some(&b' '));
    let Some(&first) = text.get(spaces) else { return spaces };
    // As in "it's".
    let same = |byte: u8| kind(byte) == kind(first) || (first == b'\'' && is_word(byte));
    let rest = text[spaces..].iter().take_while(|&&byte| byte != BORDER && same(byte));
    (spaces + rest.count()).min(TOKEN_BYTES_MAX)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}

/// A model's text tokens by their bytes. Made once for a model.
#[derive(Debug, Default)]
pub struct Spellings {
    by_bytes: HashMap<Vec<u8>, u32>,
    /// Tokens with a quotation mark: they close a value.
    closing: Vec<(u32, Vec<u8>)>,
    /// Of these, those that may open a value and begin it.
    opening: Vec<(u32, Vec<u8>)>,
}

impl Spellings {
    /// Of a model's tokenizer.
    pub fn of(tokenizer: &Tokenizer) -> Self {
        let mut spellings = Self::default();
        for token in 0..u32::try_from(tokenizer.vocabulary()).unwrap_or(u32::MAX) {
            let bytes = tokenizer.bytes(token);
            let is_text = matches!(tokenizer.kind(token), Some(TokenKind::Text | TokenKind::Byte));
            if !is_text || bytes.is_empty() || bytes.len() > TOKEN_BYTES_MAX {
                continue;
            }
            spellings.by_bytes.insert(bytes.to_vec(), token);
            if bytes.contains(&b'"') {
                spellings.closing.push((token, bytes.to_vec()));
            }
            let opens = |pair: &[u8]| pair == b":\"";
            let ends_open = bytes.iter().position(|&byte| byte == b'"') == Some(bytes.len() - 1);
            if (bytes[0] == b'"' || bytes.windows(2).any(opens)) && !ends_open {
                spellings.opening.push((token, bytes.to_vec()));
            }
        }
        spellings
    }
}

/// Arguments that are copied: (tool, parameter). Those of plain text.
fn copied(tools: &[Tool]) -> HashSet<(String, String)> {
    let says_more = |schema: &Value| {
        let only = ["type", "description", "title", "minLength", "maxLength", "examples"];
        schema.as_object().is_none_or(|schema| schema.keys().any(|key| !only.contains(&&**key)))
    };
    let mut copied = HashSet::new();
    for tool in tools {
        let parameters = tool.parameters.get("properties").and_then(Value::as_object);
        for (name, schema) in parameters.into_iter().flatten() {
            if schema.get("type").is_some_and(|kind| kind == "string") && !says_more(schema) {
                copied.insert((tool.name.clone(), name.clone()));
            }
        }
    }
    copied
}

/// A constraint whose copied arguments come from sources.
pub struct Copying<'a, C> {
    grammar: C,
    tokenizer: &'a Tokenizer,
    spellings: Arc<Spellings>,
    sources: Sources,
    copied: HashSet<(String, String)>,
    parameters: Parameters,
    call_token: u32,
    tokens: Vec<u32>,
    /// What was written before a call.
    said: Vec<u8>,
    /// What was written since the call began.
    call: Option<Vec<u8>>,
}

impl<'a, C: Constraint> Copying<'a, C> {
    /// Around the grammar of replies to a prompt; `call_token` begins a call.
    pub fn new(
        grammar: C,
        tokenizer: &'a Tokenizer,
        spellings: Arc<Spellings>,
        prompt: &Prompt,
        call_token: u32,
    ) -> Self {
        Self {
            grammar,
            tokenizer,
            spellings,
            sources: Sources::of(prompt),
            copied: copied(&prompt.tools),
            parameters: guess::parameters(&prompt.tools),
            call_token,
            tokens: Vec::new(),
            said: Vec::new(),
            call: None,
        }
    }

    fn write(&mut self, token: u32) {
        if let Some(call) = &mut self.call {
            call.extend_from_slice(self.tokenizer.bytes(token));
        } else if token == self.call_token {
            self.call = Some(Vec::new());
        } else {
            self.said.extend_from_slice(self.tokenizer.bytes(token));
        }
    }

    /// Where the argument that is being written has its text, if it is one that is copied.
    fn begun(&self, call: &[u8]) -> Option<Range<usize>> {
        let open = Written::read(call).open?;
        let is_copied = self.copied.contains(&(open.tool?, open.parameter));
        is_copied.then_some(open.text)
    }

    /// The tokens of `mask` that begin a value with what no source begins with.
    fn made_up(&self, call: &[u8], mask: &TokenMask) -> Vec<u32> {
        let is_before_value = call.last() == Some(&b':');
        let may_open = |(token, bytes): &&(u32, Vec<u8>)| {
            mask.is_allowed(*token)
                && (is_before_value == (bytes[0] == b'"') || bytes.windows(2).any(|p| p == b":\""))
        };
        let opening = self.spellings.opening.iter().filter(may_open);
        let is_made_up = |bytes: &[u8]| {
            let opens = |&end: &usize| self.begun(&[call, &bytes[..end]].concat()).is_some();
            let Some(end) = (1..=bytes.len()).find(opens) else { return false };
            let rest = &bytes[end..];
            !rest.is_empty() && (rest.contains(&b'"') || self.sources.places(rest).is_empty())
        };
        opening.filter(|(_, bytes)| is_made_up(bytes)).map(|(token, _)| *token).collect()
    }

    /// The tokens of `mask` that go on as a source does.
    fn going_on(&self, begun: &[u8], mask: &TokenMask) -> TokenMask {
        let text = &self.sources.text;
        let mut found = TokenMask::new(mask.vocabulary());
        let mut allow = |token: u32| {
            if mask.is_allowed(token) {
                found.allow(token);
            }
        };
        let places = self.sources.places(begun);
        for &place in &places {
            for length in 1..=run(&text[place..]) {
                if let Some(&token) = self.spellings.by_bytes.get(&text[place..place + length]) {
                    allow(token);
                }
            }
        }
        for (token, bytes) in &self.spellings.closing {
            let quote = bytes.iter().position(|&byte| byte == b'"').unwrap_or_default();
            let last = &bytes[..quote];
            let closes = |&place: &usize| {
                text[place..].starts_with(last) && self.sources.is_end(place + last.len())
            };
            if (!begun.is_empty() || quote > 0) && places.iter().any(closes) {
                allow(*token);
            }
        }
        found
    }
}

impl<C: Constraint> Constraint for Copying<'_, C> {
    fn allowed(&mut self, mask: &mut TokenMask) -> Result<(), ConstraintError> {
        self.grammar.allowed(mask)?;
        let Some(call) = &self.call else { return Ok(()) };
        let before = mask.clone();
        match self.begun(call) {
            Some(text) => *mask = self.going_on(&call[text], mask),
            None => self.made_up(call, mask).into_iter().for_each(|token| mask.forbid(token)),
        }
        if mask.is_empty() {
            *mask = before;
        }
        Ok(())
    }

    /// What the grammar forces, or what will probably follow: see [`guess`].
    fn forced(&mut self) -> Vec<u32> {
        let forced = self.grammar.forced();
        if !forced.is_empty() {
            return forced;
        }
        let guess = match &self.call {
            Some(call) => guess::of_call(&self.sources, &self.parameters, call),
            None => guess::of_speech(&self.sources, &self.said),
        };
        self.tokenizer.encode(&guess)
    }

    fn accept(&mut self, token: u32) -> Result<(), ConstraintError> {
        self.grammar.accept(token)?;
        self.tokens.push(token);
        self.write(token);
        Ok(())
    }

    fn rollback(&mut self, tokens: usize) -> Result<(), ConstraintError> {
        self.grammar.rollback(tokens)?;
        self.tokens.truncate(self.tokens.len() - tokens);
        self.call = None;
        self.said.clear();
        for token in self.tokens.clone() {
            self.write(token);
        }
        Ok(())
    }

    fn can_stop(&mut self) -> bool {
        self.grammar.can_stop()
    }
}

/// An argument in the JSON of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Argument {
    /// The parameter's name.
    pub name: String,
    /// Bytes of its value, with quotation marks.
    pub value: Range<usize>,
}

/// The arguments in `{"name":"...","arguments":{...}}`, in their order.
pub fn arguments(call: &[u8]) -> Vec<Argument> {
    Written::read(call).arguments
}

/// A string value that is not closed yet, directly in the arguments.
#[derive(Debug, PartialEq, Eq)]
struct Open {
    tool: Option<String>,
    parameter: String,
    text: Range<usize>,
}

/// What has been written of a call.
#[derive(Debug, Default)]
struct Written {
    arguments: Vec<Argument>,
    open: Option<Open>,
    /// The tool, once it is named.
    tool: Option<String>,
    /// The parameter's name that is being written, directly in the arguments.
    name: Option<Range<usize>>,
}

impl Written {
    /// Reads JSON that may end anywhere. The arguments are the object at depth 2.
    fn read(call: &[u8]) -> Self {
        let mut written = Self::default();
        let (mut depth, mut key, mut tool) = (0_usize, None::<String>, None::<String>);
        let (mut is_value, mut value_at, mut at) = (false, 0, 0);
        let text = |range: Range<usize>| String::from_utf8_lossy(&call[range]).into_owned();
        let end_value = |written: &mut Self, key: &mut Option<String>, depth, value| {
            if let Some(name) = key.take_if(|_| depth == 2) {
                written.arguments.push(Argument { name, value });
            }
        };
        while at < call.len() {
            match call[at] {
                b'"' => {
                    let begin = at + 1;
                    let Some(end) = string_end(call, begin) else {
                        written.tool.clone_from(&tool);
                        written.name = (!is_value && depth == 2).then_some(begin..call.len());
                        if let Some(parameter) = key.filter(|_| is_value && depth == 2) {
                            let text = begin..call.len();
                            written.open = Some(Open { tool, parameter, text });
                        }
                        return written;
                    };
                    if !is_value {
                        key = Some(text(begin..end));
                    } else if depth == 1 && key.as_deref() == Some("name") {
                        tool = Some(text(begin..end));
                    }
                    at = end;
                }
                b':' => {
                    is_value = true;
                    if depth == 2 {
                        value_at = at + 1;
                    }
                }
                b',' => {
                    if is_value {
                        end_value(&mut written, &mut key, depth, value_at..at);
                    }
                    is_value = depth > 2;
                }
                b'{' | b'[' => {
                    depth += 1;
                    is_value = depth > 2;
                }
                b'}' | b']' => {
                    if is_value {
                        end_value(&mut written, &mut key, depth, value_at..at);
                    }
                    depth = depth.saturating_sub(1);
                    is_value = depth >= 2;
                }
                _ => {}
            }
            at += 1;
        }
        written
    }
}

/// Where the string that begins here has its quotation mark.
fn string_end(json: &[u8], begin: usize) -> Option<usize> {
    let mut is_escaped = false;
    for (at, &byte) in json.iter().enumerate().skip(begin) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return Some(at),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests;

//! Wording with places to fill in: `"Your card ending in {card_ending} is locked."`
//!
//! A template knows only names. It is not an expression language.

use std::fmt;

/// Text with `{name}` placeholders; `{{` and `}}` are literal braces.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Template {
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Name(String),
}

impl Template {
    /// Reads a template; the error says what is wrong with its braces.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '{' | '}' if chars.peek() == Some(&c) => {
                    chars.next();
                    literal.push(c);
                }
                '{' => {
                    let mut closed = false;
                    let name: String = chars
                        .by_ref()
                        .take_while(|&c| {
                            closed = c == '}';
                            !closed
                        })
                        .collect();
                    if !closed || !is_name(&name) {
                        return Err(format!("`{{{name}}}` is not a name in braces"));
                    }
                    if !literal.is_empty() {
                        pieces.push(Piece::Text(std::mem::take(&mut literal)));
                    }
                    pieces.push(Piece::Name(name));
                }
                '}' => return Err("a `}` without its `{`".to_owned()),
                other => literal.push(other),
            }
        }
        if !literal.is_empty() {
            pieces.push(Piece::Text(literal));
        }
        Ok(Self { pieces })
    }

    /// The names it needs, in order, with repetitions.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Name(name) => Some(name.as_str()),
            Piece::Text(_) => None,
        })
    }

    /// The name, when the template is one placeholder and nothing else.
    pub(crate) fn single_name(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [Piece::Name(name)] => Some(name),
            _ => None,
        }
    }

    /// Fills it in; a name that `value_of` does not know is an error that holds the name.
    pub(crate) fn fill(
        &self,
        mut value_of: impl FnMut(&str) -> Option<String>,
    ) -> Result<String, String> {
        let mut filled = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => filled.push_str(text),
                Piece::Name(name) => filled.push_str(&value_of(name).ok_or_else(|| name.clone())?),
            }
        }
        Ok(filled)
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => f.write_str(&text.replace('{', "{{").replace('}', "}}"))?,
                Piece::Name(name) => write!(f, "{{{name}}}")?,
            }
        }
        Ok(())
    }
}

/// Whether a word can name a slot, node, agent, tool or intent.
pub(crate) fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

/// The names of the placeholders in the strings of a JSON value, in order.
pub(crate) fn names_in_json(value: &serde_json::Value, names: &mut Vec<String>) {
    use serde_json::Value;
    match value {
        Value::String(text) => {
            let template = Template::parse(text).unwrap_or_default();
            names.extend(template.names().map(str::to_owned));
        }
        Value::Array(items) => items.iter().for_each(|item| names_in_json(item, names)),
        Value::Object(entries) => entries.values().for_each(|item| names_in_json(item, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_names_and_keeps_literal_braces() {
        let template = Template::parse("{{a}} {b}, {c}.").unwrap();
        assert_eq!(template.names().collect::<Vec<_>>(), ["b", "c"]);
        let filled = template.fill(|name| Some(format!("<{name}>")));
        assert_eq!(filled.as_deref(), Ok("{a} <b>, <c>."));
        assert_eq!(template.to_string(), "{{a}} {b}, {c}.");
    }

    #[test]
    fn refuses_bad_braces() {
        for bad in ["{", "{}", "{a b}", "}", "{1}", "{a"] {
            assert!(Template::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn missing_name_is_named() {
        let template = Template::parse("{x}").unwrap();
        assert_eq!(template.fill(|_| None), Err("x".to_owned()));
    }
}

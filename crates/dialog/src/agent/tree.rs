//! A YAML document as a tree in which every value knows its line and column.
//!
//! It knows YAML only, and nothing about agents.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;

use super::error::{Place, Problem};

/// A value and its place.
#[derive(Debug, Clone)]
pub(crate) struct Tree {
    pub at: Place,
    pub value: Shape,
}

/// What a value is.
#[derive(Debug, Clone)]
pub(crate) enum Shape {
    Null,
    Flag(bool),
    Number(serde_json::Number),
    Text(String),
    List(Vec<Tree>),
    Map(Vec<(Key, Tree)>),
}

/// A key of a mapping and its place.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub at: Place,
    pub name: String,
}

/// Most bytes of an agent file.
const FILE_BYTES_MAX: usize = 1 << 20;

/// Reads a document.
pub(crate) fn parse(yaml: &str) -> Result<Tree, Problem> {
    if yaml.len() > FILE_BYTES_MAX {
        return Err(Problem {
            line: 0,
            column: 0,
            what: format!("the file is longer than {FILE_BYTES_MAX} bytes"),
            cure: "split it into several agents".to_owned(),
        });
    }
    let options = serde_saphyr::options! { strict_booleans: true, with_snippet: false };
    serde_saphyr::from_str_with_options(yaml, options).map_err(|error| {
        let place = error.location().map(|location| Place::from(&location)).unwrap_or_default();
        let what = error.without_snippet().to_string();
        let what = what.lines().next().unwrap_or_default().to_owned();
        Problem {
            line: place.line,
            column: place.column,
            what: format!("this is not readable YAML: {what}"),
            cure: "mend the syntax here or just above".to_owned(),
        }
    })
}

impl From<&serde_saphyr::Location> for Place {
    fn from(location: &serde_saphyr::Location) -> Self {
        Self { line: location.line(), column: location.column() }
    }
}

impl Tree {
    /// The kind of value, for messages.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Shape::Null => "nothing",
            Shape::Flag(_) => "true or false",
            Shape::Number(_) => "a number",
            Shape::Text(_) => "text",
            Shape::List(_) => "a list",
            Shape::Map(_) => "a mapping",
        }
    }

    /// The same value as JSON, places forgotten.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value;
        match &self.value {
            Shape::Null => Value::Null,
            Shape::Flag(flag) => Value::Bool(*flag),
            Shape::Number(number) => Value::Number(number.clone()),
            Shape::Text(text) => Value::String(text.clone()),
            Shape::List(items) => items.iter().map(Tree::to_json).collect(),
            Shape::Map(entries) => {
                entries.iter().map(|(key, value)| (key.name.clone(), value.to_json())).collect()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Shape>::deserialize(deserializer)?;
        Ok(Self { at: Place::from(&spanned.referenced), value: spanned.value })
    }
}

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ShapeVisitor)
    }
}

struct ShapeVisitor;

impl<'de> Visitor<'de> for ShapeVisitor {
    type Value = Shape;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }
    fn visit_unit<E>(self) -> Result<Shape, E> {
        Ok(Shape::Null)
    }
    fn visit_none<E>(self) -> Result<Shape, E> {
        Ok(Shape::Null)
    }
    fn visit_bool<E>(self, flag: bool) -> Result<Shape, E> {
        Ok(Shape::Flag(flag))
    }
    fn visit_i64<E>(self, number: i64) -> Result<Shape, E> {
        Ok(Shape::Number(number.into()))
    }
    fn visit_u64<E>(self, number: u64) -> Result<Shape, E> {
        Ok(Shape::Number(number.into()))
    }
    fn visit_f64<E>(self, number: f64) -> Result<Shape, E> {
        // Infinity and NaN are no JSON numbers; as text they fail where a number is wanted.
        let number = serde_json::Number::from_f64(number);
        Ok(number.map_or_else(|| Shape::Text("not a finite number".to_owned()), Shape::Number))
    }
    fn visit_str<E>(self, text: &str) -> Result<Shape, E> {
        Ok(Shape::Text(text.to_owned()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Shape, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element()? {
            items.push(item);
        }
        Ok(Shape::List(items))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut mapping: A) -> Result<Shape, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = mapping.next_key::<Spanned<String>>()? {
            let key = Key { at: Place::from(&key.referenced), name: key.value };
            entries.push((key, mapping.next_value()?));
        }
        Ok(Shape::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_know_their_places() {
        let tree = parse("a: 1\nyes: [x, {on: no, n: 4.5}]\nt: true\n").unwrap();
        assert_eq!(
            tree.to_json(),
            serde_json::json!({"a": 1, "yes": ["x", {"on": "no", "n": 4.5}], "t": true})
        );
        let Shape::Map(entries) = &tree.value else { panic!("a mapping") };
        assert_eq!((entries[1].0.at.line, entries[1].0.at.column), (2, 1));
        let Shape::List(items) = &entries[1].1.value else { panic!("a list") };
        assert_eq!((items[0].at.line, items[0].at.column), (2, 7));
        let Shape::Map(inner) = &items[1].value else { panic!("a mapping") };
        assert_eq!((inner[0].1.at.line, inner[0].1.at.column), (2, 15));
    }

    #[test]
    fn broken_syntax_names_its_line() {
        let problem = parse("a: 1\nb: [1, 2\nc: 3\n").unwrap_err();
        assert!(problem.line >= 2, "{problem}");
    }

    #[test]
    fn a_key_written_twice_is_refused() {
        let problem = parse("a: 1\na: 2\n").unwrap_err();
        assert_eq!(problem.line, 2, "{problem}");
    }
}

//! Conditions on edges and nodes: `code_ok == true and visits < 3`.
//!
//! Comparisons joined by `and`, nothing more: what needs an `or` is drawn as two edges.

use std::fmt;

use serde_json::Value;

use crate::template::is_name;

/// A condition over slots, context values and `visits` (how often the call has
/// been at the current node).
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    clauses: Vec<Clause>,
    source: String,
}

#[derive(Debug, Clone, PartialEq)]
struct Clause {
    name: String,
    comparison: Comparison,
    right: Operand,
}

#[derive(Debug, Clone, PartialEq)]
enum Operand {
    Literal(Value),
    Name(String),
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// Longest first, so that `<=` is not read as `<`.
const COMPARISONS: [(&str, Comparison); 6] = [
    ("==", Comparison::Equal),
    ("!=", Comparison::NotEqual),
    ("<=", Comparison::LessOrEqual),
    (">=", Comparison::GreaterOrEqual),
    ("<", Comparison::Less),
    (">", Comparison::Greater),
];

impl Condition {
    /// Reads a condition; the error says what is wrong.
    pub(crate) fn parse(source: &str) -> Result<Self, String> {
        let clauses = source.split(" and ").map(Clause::parse).collect::<Result<_, _>>()?;
        Ok(Self { clauses, source: source.trim().to_owned() })
    }

    /// The names it reads.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.clauses.iter().flat_map(|clause| {
            let right = match &clause.right {
                Operand::Name(name) => Some(name.as_str()),
                Operand::Literal(_) => None,
            };
            std::iter::once(clause.name.as_str()).chain(right)
        })
    }

    /// The names that surely have a value where it holds: those compared by `!= null`.
    pub(crate) fn ensures(&self) -> impl Iterator<Item = &str> {
        let null = Operand::Literal(Value::Null);
        let ensuring = move |clause: &&Clause| {
            clause.comparison == Comparison::NotEqual && clause.right == null
        };
        self.clauses.iter().filter(ensuring).map(|clause| clause.name.as_str())
    }

    /// Whether it holds; a name without a value makes its comparison false,
    /// except `!=`, which is then true.
    pub(crate) fn holds(&self, value_of: impl Fn(&str) -> Option<Value>) -> bool {
        self.clauses.iter().all(|clause| clause.holds(&value_of))
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}

impl Clause {
    fn parse(source: &str) -> Result<Self, String> {
        let source = source.trim();
        let found = COMPARISONS.iter().find_map(|(sign, comparison)| {
            source.split_once(sign).map(|(left, right)| (left.trim(), *comparison, right.trim()))
        });
        let Some((left, comparison, right)) = found else {
            return Err(format!("`{source}` is not a comparison such as `code_ok == true`"));
        };
        if !is_name(left) {
            return Err(format!("`{left}` on the left of a comparison is not a name"));
        }
        Ok(Self { name: left.to_owned(), comparison, right: Operand::parse(right)? })
    }

    fn holds(&self, value_of: &impl Fn(&str) -> Option<Value>) -> bool {
        let left = value_of(&self.name).unwrap_or(Value::Null);
        let right = match &self.right {
            Operand::Literal(value) => value.clone(),
            Operand::Name(name) => value_of(name).unwrap_or(Value::Null),
        };
        let order = match (left.as_f64(), right.as_f64()) {
            (Some(left), Some(right)) => left.partial_cmp(&right),
            _ => None,
        };
        match self.comparison {
            Comparison::Equal => left == right || order.is_some_and(|o| o.is_eq()),
            Comparison::NotEqual => left != right && !order.is_some_and(|o| o.is_eq()),
            Comparison::Less => order.is_some_and(|o| o.is_lt()),
            Comparison::LessOrEqual => order.is_some_and(|o| o.is_le()),
            Comparison::Greater => order.is_some_and(|o| o.is_gt()),
            Comparison::GreaterOrEqual => order.is_some_and(|o| o.is_ge()),
        }
    }
}

impl Operand {
    fn parse(source: &str) -> Result<Self, String> {
        let quoted = source.strip_prefix(['\'', '"']).and_then(|s| s.strip_suffix(['\'', '"']));
        if let Some(text) = quoted {
            return Ok(Self::Literal(Value::String(text.to_owned())));
        }
        match serde_json::from_str::<Value>(source) {
            Ok(value) if !value.is_object() && !value.is_array() => Ok(Self::Literal(value)),
            _ if is_name(source) => Ok(Self::Name(source.to_owned())),
            _ => Err(format!(
                "`{source}` on the right of a comparison is neither a value nor a name"
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn holds(source: &str) -> bool {
        let value_of = |name: &str| match name {
            "ok" => Some(json!(true)),
            "tries" => Some(json!(2)),
            "limit" => Some(json!(3)),
            "city" => Some(json!("Leeds")),
            _ => None,
        };
        Condition::parse(source).unwrap().holds(value_of)
    }

    #[test]
    fn compares() {
        for yes in [
            "ok == true",
            "ok == true and tries < 3",
            "tries <= limit",
            "city == 'Leeds'",
            "none != 1",
            "tries >= 2.0",
        ] {
            assert!(holds(yes), "{yes}");
        }
        for no in
            ["ok != true", "ok == true and tries > 2", "city == 'York'", "none == 1", "city < 3"]
        {
            assert!(!holds(no), "{no}");
        }
    }

    #[test]
    fn refuses_what_it_cannot_read() {
        for bad in ["", "ok", "ok = true", "1 == ok", "ok == [1]", "ok == true and"] {
            assert!(Condition::parse(bad).is_err(), "{bad}");
        }
    }
}

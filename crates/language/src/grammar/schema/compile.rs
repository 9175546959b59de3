//! Tries a schema, and each part of it, in the grammar engine: what contradicts itself is found here, before any call.

use llguidance::api::{GrammarInit, ParserLimits, TopLevelGrammar};
use serde_json::{Value, json};

use super::{Lowered, SchemaError};

/// Longest message of the engine that is repeated, in characters.
const MESSAGE_CHARS_MAX: usize = 200;
/// Escapes in the texts of JSON that is written: without `\u`, so that every text has one spelling only, and a property's
/// name cannot be spelled past its schema.
const ESCAPES: &str = "nrbtf\\\"";

/// A lowered schema with what the engine is to know of our JSON: compact, one spelling.
pub(crate) fn engine_schema(lowered: &Value) -> Value {
    let mut schema = if lowered.is_object() { lowered.clone() } else { json!({}) };
    schema["x-guidance"] = json!({"whitespace_flexible": false, "json_allowed_escapes": ESCAPES});
    schema
}

/// Limits of the engine: enough for the schemas that [`super::lower`] lets through, and far from a hang.
pub(crate) fn engine_limits() -> ParserLimits {
    ParserLimits {
        initial_lexer_fuel: 300_000,
        step_lexer_fuel: 200_000,
        step_max_items: 20_000,
        max_items_in_row: 1000,
        max_lexer_states: 50_000,
        max_grammar_size: 100_000,
        precompute_large_lexemes: false,
        verbose_errors: false,
    }
}

/// Fails for the innermost part that nothing can satisfy, or that the engine cannot enforce.
pub(super) fn check(lowered: &Lowered) -> Result<(), SchemaError> {
    for (path, part) in lowered.parts.iter().rev() {
        // A part is tried as a whole of its own, where a reference to the whole would mean the part.
        let refers_out = path != "#" && part.to_string().contains(r##""$ref":"#""##);
        if is_plain(part) || refers_out {
            continue;
        }
        let mut part = part.clone();
        for keyword in ["$defs", "definitions"] {
            if let Some(definitions) = lowered.root.get(keyword) {
                part[keyword] = definitions.clone();
            }
        }
        compile(&part).map_err(|what| SchemaError::new(path, what))?;
    }
    Ok(())
}

/// Whether a part is so simple that it cannot fail.
fn is_plain(part: &Value) -> bool {
    let Value::Object(map) = part else { return true };
    map.is_empty() || (map.len() == 1 && (map.contains_key("type") || map.contains_key("$ref")))
}

fn compile(schema: &Value) -> Result<(), String> {
    let grammar = GrammarInit::Serialized(TopLevelGrammar::from_json_schema(engine_schema(schema)));
    let built = llguidance::panic_utils::catch_unwind(std::panic::AssertUnwindSafe(|| {
        grammar.to_internal(None, engine_limits()).map(drop)
    }));
    built.map_err(|error| explained(&error.to_string()))
}

/// The engine's message in our words, with the cure.
fn explained(message: &str) -> String {
    let first: String =
        message.lines().next().unwrap_or_default().chars().take(MESSAGE_CHARS_MAX).collect();
    if first.contains("oneOf constraints") {
        return "the branches of oneOf must exclude each other by their type, or by a required property with a different \
                const; otherwise use anyOf"
            .into();
    }
    if first.contains("patternPropert") {
        return "two patterns of patternProperties may match one name; make them exclude each other".into();
    }
    if first.contains("too big") || first.contains("too large") {
        return format!("the schema is too big for the grammar ({first}); make it smaller");
    }
    if first.contains("maxProperties only supported") {
        return "minProperties and maxProperties are only enforced where all named properties are required".into();
    }
    match first.strip_prefix("Unsatisfiable schema: ") {
        Some(why) => format!("nothing can satisfy it ({why}); mend or remove what contradicts"),
        None => format!("the grammar cannot enforce it ({first})"),
    }
}

//! What is sent to an outside service, and whether its answer can be used.
//!
//! It fills in and checks; the request itself is made outside.

use hearsay_text::pii::Pii;
use serde_json::Value;

use crate::agent::{SlotSpec, ToolKind, ToolSpec};
use crate::input::ToolFailure;
use crate::locale::Locale;
use crate::memory::Memory;
use crate::output::ToolRequest;
use crate::slot;
use crate::time::ToolCallId;

/// Longest text that an answer can put into a slot, bytes: what is said and shown to models is short.
const VALUE_BYTES_MAX: usize = 4_000;

/// The request with every placeholder filled in.
pub(crate) fn request(tool_call: ToolCallId, tool: &ToolSpec, memory: &Memory) -> ToolRequest {
    let headers = tool.headers.iter();
    ToolRequest {
        tool_call,
        tool: tool.name.clone(),
        kind: match &tool.kind {
            ToolKind::Sample(answer) => ToolKind::Sample(memory.fill_json(answer)),
            kind => kind.clone(),
        },
        method: tool.method,
        url: Pii::new(memory.write(&tool.url, percent_encode)),
        headers: headers
            .map(|(name, value)| (name.clone(), Pii::new(memory.write(value, one_line))))
            .collect(),
        body: tool.body.as_ref().map(|body| Pii::new(memory.fill_json(body))),
        timeout_ms: tool.timeout_ms,
        retries: tool.retries,
    }
}

/// The slots that an answer fills, once it fits the tool's schema.
pub(crate) fn saved(
    tool: &ToolSpec,
    answer: &Value,
    locale: Locale,
    slot_of: impl Fn(&str) -> Option<SlotSpec>,
) -> Result<Vec<(String, Value)>, ToolFailure> {
    if let Some(schema) = &tool.answer {
        check_schema(schema, answer, "").map_err(ToolFailure::SchemaMismatch)?;
    }
    let mut saved = Vec::new();
    for (name, pointer) in &tool.save {
        let found = answer.pointer(pointer);
        let value =
            found.ok_or_else(|| ToolFailure::SchemaMismatch(format!("`{pointer}` is missing")))?;
        if value.as_str().is_some_and(|text| text.len() > VALUE_BYTES_MAX) {
            let why = format!("`{pointer}` is longer than {VALUE_BYTES_MAX} bytes");
            return Err(ToolFailure::SchemaMismatch(why));
        }
        let Some(spec) = slot_of(name) else { continue };
        let value = slot::from_tool(&spec, value, locale).map_err(|wanted| {
            ToolFailure::SchemaMismatch(format!("`{pointer}` is not {wanted}"))
        })?;
        saved.push((name.clone(), value));
    }
    Ok(saved)
}

/// Checks the part of JSON Schema that guards against nonsense: `type`, `required`,
/// `properties`, `items` and `enum`. The error names the place in the answer.
fn check_schema(schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    let place = if at.is_empty() { "the answer" } else { at };
    if let Some(wanted) = schema.get("type").and_then(Value::as_str)
        && !is_type(value, wanted)
    {
        return Err(format!("{place} is not of type {wanted}"));
    }
    if let Some(choices) = schema.get("enum").and_then(Value::as_array)
        && !choices.contains(value)
    {
        return Err(format!("{place} is not one of the allowed values"));
    }
    for key in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
        let key = key.as_str().unwrap_or_default();
        if value.get(key).is_none() {
            return Err(format!("{place} has no `{key}`"));
        }
    }
    for (key, inner) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        if let Some(property) = value.get(key) {
            check_schema(inner, property, &format!("{at}/{key}"))?;
        }
    }
    if let (Some(inner), Some(items)) = (schema.get("items"), value.as_array()) {
        for (index, item) in items.iter().enumerate() {
            check_schema(inner, item, &format!("{at}/{index}"))?;
        }
    }
    Ok(())
}

fn is_type(value: &Value, wanted: &str) -> bool {
    match wanted {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        // An unknown type constrains nothing, as JSON Schema has it for unknown words.
        _ => true,
    }
}

/// Escapes a value for its place in an address, so that no value can change the path.
fn percent_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// A header value cannot hold line breaks: they would start another header.
fn one_line(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn answers_are_checked_where_it_matters() {
        let schema = json!({
            "type": "object",
            "required": ["ok"],
            "properties": {"ok": {"type": "boolean"}, "days": {"type": "array", "items": {"type": "integer"}}}
        });
        assert_eq!(check_schema(&schema, &json!({"ok": true, "days": [1, 2]}), ""), Ok(()));
        for (answer, wanted) in [
            (json!([]), "the answer is not of type object"),
            (json!({}), "the answer has no `ok`"),
            (json!({"ok": "yes"}), "/ok is not of type boolean"),
            (json!({"ok": true, "days": [1, "x"]}), "/days/1 is not of type integer"),
        ] {
            assert_eq!(check_schema(&schema, &answer, ""), Err(wanted.to_owned()));
        }
    }

    #[test]
    fn values_cannot_change_an_address() {
        assert_eq!(percent_encode("a/../b?c d"), "a%2F..%2Fb%3Fc%20d");
        assert_eq!(one_line("a\r\nX-Evil: 1"), "aX-Evil: 1");
    }
}

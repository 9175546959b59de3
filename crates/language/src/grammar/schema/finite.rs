//! Whether a schema can come to an end: references that only lead to themselves, or that require themselves, cannot.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Lowered, SchemaError};

/// For each reference, whether something finite is known to satisfy it.
type Known = BTreeMap<String, bool>;

/// Fails for a schema, or a definition of it, that no finite value satisfies.
pub(super) fn check(lowered: &Lowered) -> Result<(), SchemaError> {
    let root = &lowered.root;
    let mut known: Known = BTreeMap::from([("#".to_string(), false)]);
    for keyword in ["$defs", "definitions"] {
        let names = root.get(keyword).and_then(Value::as_object);
        known.extend(names.into_iter().flatten().map(|(n, _)| (format!("#/{keyword}/{n}"), false)));
    }
    // Each round settles one reference at least, or is the last.
    for _ in 0..=known.len() {
        let before = known.clone();
        for (reference, finite) in &mut known {
            let schema = if reference == "#" { Some(root) } else { root.pointer(&reference[1..]) };
            *finite = schema.is_some_and(|schema| is_finite(schema, &before));
        }
        if known == before {
            break;
        }
    }
    match known.iter().find(|(_, finite)| !**finite) {
        Some((path, _)) => Err(SchemaError::new(
            path,
            "nothing finite satisfies it; let what refers to itself be left out, or give it another branch",
        )),
        None => Ok(()),
    }
}

fn is_finite(schema: &Value, known: &Known) -> bool {
    let Value::Object(map) = schema else { return schema != &Value::Bool(false) };
    let list = |key: &str| map.get(key).and_then(Value::as_array);
    let every = |key: &str| list(key).is_none_or(|all| all.iter().all(|one| is_finite(one, known)));
    let some = |key: &str| list(key).is_none_or(|all| all.iter().any(|one| is_finite(one, known)));
    let reference = map.get("$ref").and_then(Value::as_str);
    if !reference.is_none_or(|to| known.get(to).copied().unwrap_or(false))
        || !every("allOf")
        || !some("anyOf")
        || !some("oneOf")
    {
        return false;
    }
    let types: Vec<&str> = match map.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
        _ => return true,
    };
    types.iter().any(|name| match *name {
        "object" => object_ends(map, known),
        "array" => array_ends(map, known),
        _ => true,
    })
}

fn object_ends(map: &serde_json::Map<String, Value>, known: &Known) -> bool {
    let required = map.get("required").and_then(Value::as_array);
    required.into_iter().flatten().filter_map(Value::as_str).all(|name| {
        let property = map.get("properties").and_then(|all| all.get(name));
        property.is_none_or(|schema| is_finite(schema, known))
    })
}

fn array_ends(map: &serde_json::Map<String, Value>, known: &Known) -> bool {
    let least = map.get("minItems").and_then(Value::as_u64).unwrap_or(0);
    let first = map.get("prefixItems").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let least = usize::try_from(least).unwrap_or(usize::MAX);
    first.iter().take(least).all(|item| is_finite(item, known))
        && (least <= first.len() || map.get("items").is_none_or(|item| is_finite(item, known)))
}

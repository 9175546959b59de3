//! Which schemas pass, and what is said of those that do not.

use super::*;
use crate::grammar::{Follower, Grammar, Vocabulary};
use crate::slm::constraint::{Constraint, TokenMask};
use serde_json::json;

fn refused(schema: &Value) -> SchemaError {
    check(schema).expect_err(&schema.to_string())
}

/// The schema of a tool as people write them.
fn booking() -> Value {
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Book",
        "type": "object",
        "properties": {
            "name": {"type": "string", "minLength": 1, "maxLength": 40, "description": "who"},
            "day": {"type": "string", "format": "date", "default": "2026-01-01"},
            "people": {"type": "integer", "minimum": 1, "maximum": 12},
            "price": {"type": "number", "exclusiveMinimum": 0, "multipleOf": 0.01},
            "phone": {"type": "string", "pattern": "^\\+?[0-9]{6,15}$"},
            "kind": {"enum": ["inside", "outside", null]},
            "guests": {"type": "array", "items": {"$ref": "#/$defs/guest"}, "maxItems": 4},
            "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        },
        "required": ["name", "day"],
        "$defs": {"guest": {"type": "object", "properties": {"age": {"type": "integer"}}, "x-order": 1}},
    })
}

#[test]
fn usual_schemas_pass() {
    for schema in [
        booking(),
        json!(true),
        json!({}),
        json!({"type": "object", "patternProperties": {"^x-": {"type": "string"}}, "additionalProperties": false}),
        json!({"oneOf": [{"type": "string"}, {"type": "integer"}]}),
        json!({"oneOf": [
            {"type": "object", "properties": {"kind": {"const": "a"}, "x": {"type": "integer"}}, "required": ["kind"]},
            {"type": "object", "properties": {"kind": {"const": "b"}, "y": {"type": "string"}}, "required": ["kind"]}]}),
        json!({"allOf": [{"properties": {"a": {"type": "integer"}}}, {"properties": {"b": {"type": "integer"}}}], "type": "object"}),
        json!({"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}], "items": false, "uniqueItems": false}),
        json!({"type": "object", "properties": {"next": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}}, "required": ["next"]}),
    ] {
        assert_eq!(check(&schema), Ok(()), "{schema}");
    }
}

#[test]
fn what_is_not_enforced_is_refused_with_place_and_cure() {
    let inside = |inner: Value| json!({"type": "object", "properties": {"a/b": {"type": "array", "items": inner}}});
    for (inner, keyword, cure) in [
        (json!({"not": {"type": "string"}}), "/not", "enum"),
        (json!({"if": {"type": "string"}, "then": {"minLength": 2}}), "/if", "anyOf"),
        (json!({"contains": {"type": "string"}}), "/contains", "items"),
        (json!({"uniqueItems": true}), "/uniqueItems", "leave it out"),
        (json!({"propertyNames": {"maxLength": 3}}), "/propertyNames", "patternProperties"),
        (json!({"dependentRequired": {"a": ["b"]}}), "/dependentRequired", "anyOf"),
        (json!({"unevaluatedProperties": false}), "/unevaluatedProperties", "additionalProperties"),
        (json!({"additionalItems": false}), "/additionalItems", "prefixItems"),
        (json!({"items": [{"type": "string"}]}), "/items", "prefixItems"),
        (json!({"$dynamicRef": "#x"}), "/$dynamicRef", "$ref"),
        (json!({"nullable": true}), "/nullable", "null"),
        (json!({"requierd": ["a"]}), "/requierd", "spelling"),
        (json!({"format": "idn-email"}), "/format", "date-time"),
        (json!({"pattern": "(?=x)"}), "/pattern", "look-around"),
        (json!({"patternProperties": {"\\b": {}}}), "/patternProperties/\\b", "not supported"),
        (json!({"$ref": "https://example.org/x"}), "/$ref", "#/$defs/NAME"),
        (json!({"$ref": "#/$defs/none"}), "/$ref", "not found"),
        (json!({"$defs": {}}), "/$defs", "outermost"),
        (json!({"$id": "x"}), "/$id", "outermost"),
        (json!({"$schema": "http://json-schema.org/draft-04/schema#"}), "/$schema", "2020-12"),
        (json!({"exclusiveMinimum": true}), "/exclusiveMinimum", "a number"),
        (json!({"minimum": 1e300}), "/minimum", "9007199254740992"),
        (json!({"const": 12345678901234567890_u64}), "/const", "9007199254740992"),
        (json!({"enum": [0.123_456_789_1]}), "/enum/0", "decimals"),
        (json!({"const": "\u{1}"}), "/const", "never written"),
        (json!({"multipleOf": 0}), "/multipleOf", "above 0"),
        (json!({"multipleOf": 1e-9}), "/multipleOf", "decimals"),
        (json!({"maxLength": 5000}), "/maxLength", "4096"),
        (json!({"minItems": -1}), "/minItems", "whole number"),
        (json!({"maxItems": 1.5}), "/maxItems", "whole number"),
        (json!({"type": "text"}), "/type", "boolean"),
        (json!({"type": []}), "/type", "boolean"),
        (json!({"enum": []}), "/enum", "0 values"),
        (json!({"anyOf": []}), "/anyOf", "at least one"),
        (json!({"properties": []}), "/properties", "by name"),
        (json!({"required": "a"}), "/required", "names"),
        (json!(7), "", "true or false"),
    ] {
        let error = refused(&inside(inner));
        assert_eq!(error.path, format!("#/properties/a~1b/items{keyword}"), "{error}");
        assert!(error.what.contains(cure), "{error}: {cure}");
    }
}

#[test]
fn what_contradicts_itself_is_found_where_it_does() {
    let property = |inner: Value| json!({"type": "object", "properties": {"x": inner}});
    for (inner, part) in [
        (json!({"type": "integer", "minimum": 3, "maximum": 2}), "nothing can satisfy it"),
        (
            json!({"type": "integer", "exclusiveMinimum": 1, "exclusiveMaximum": 2}),
            "nothing can satisfy it",
        ),
        (json!({"type": "number", "minimum": 1, "exclusiveMaximum": 1}), "nothing can satisfy it"),
        (json!({"type": "integer", "minimum": 1, "maximum": 4, "multipleOf": 5}), "no multiple"),
        (json!({"type": "string", "minLength": 3, "maxLength": 2}), "nothing can satisfy it"),
        (json!({"type": "string", "pattern": "^a{3}$", "maxLength": 2}), "nothing can satisfy it"),
        (json!({"type": "string", "format": "date", "pattern": "^x"}), "nothing can satisfy it"),
        (json!({"type": "string", "enum": [1, 2]}), "nothing can satisfy it"),
        (json!({"type": "array", "minItems": 3, "maxItems": 2}), "nothing can satisfy it"),
        (json!({"type": "array", "items": false, "minItems": 1}), "nothing"),
        (
            json!({"type": "object", "minProperties": 1, "maxProperties": 0}),
            "nothing can satisfy it",
        ),
        (
            json!({"type": "object", "properties": {"a": {}}, "required": ["b"]}),
            "'b' is unsatisfiable",
        ),
        (json!({"allOf": [{"type": "string"}, {"type": "integer"}]}), "nothing can satisfy it"),
        (json!({"allOf": [{"const": 1}, {"const": 2}]}), "nothing can satisfy it"),
        (json!({"oneOf": [{"type": "integer"}, {"type": "number"}]}), "use anyOf"),
        (json!({"type": "integer", "enum": [5], "multipleOf": 5}), "leave out"),
        (json!({"type": "object", "minProperties": 2}), "minProperties"),
        (json!({"type": "object", "patternProperties": {"a": {}, "b": {}}}), "exclude each other"),
    ] {
        let error = refused(&property(inner.clone()));
        assert_eq!(error.path, "#/properties/x", "{inner}: {error}");
        assert!(error.what.contains(part), "{error}: {part}");
    }
    assert_eq!(refused(&json!(false)).path, "#");
}

#[test]
fn what_never_ends_is_refused() {
    for (schema, path) in [
        (json!({"$ref": "#"}), "#"),
        (json!({"type": "object", "properties": {"x": {"$ref": "#"}}, "required": ["x"]}), "#"),
        (json!({"type": "array", "items": {"$ref": "#"}, "minItems": 1}), "#"),
        (json!({"type": "array", "prefixItems": [{"$ref": "#"}], "minItems": 1}), "#"),
        (json!({"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}), "#/$defs/a"),
        (json!({"$defs": {"a": {"anyOf": [{"$ref": "#/$defs/a"}]}}}), "#/$defs/a"),
    ] {
        let error = refused(&schema);
        assert!(error.path == path && error.what.contains("nothing finite"), "{schema}: {error}");
    }
}

#[test]
fn sizes_are_bounded() {
    let mut deep = json!({"type": "string"});
    for _ in 0..200 {
        deep = json!({"type": "array", "items": deep});
    }
    assert!(refused(&deep).what.contains("nested deeper than 32"));
    let wide: serde_json::Map<String, Value> =
        (0..SUBSCHEMAS_MAX).map(|n| (format!("p{n}"), json!({"type": "null"}))).collect();
    assert!(refused(&json!({"type": "object", "properties": wide})).what.contains("more than 512"));
    assert!(refused(&json!({"title": "x".repeat(SCHEMA_BYTES_MAX)})).what.contains("bytes"));
    let values: Vec<u32> = (0..=512).collect();
    assert!(refused(&json!({"enum": values})).what.contains("513 values"));
    // Large, but within bounds.
    let wide: serde_json::Map<String, Value> = (0..100)
        .map(|n| (format!("p{n}"), json!({"type": "array", "items": {"type": "string", "maxLength": 200}, "maxItems": 50})))
        .collect();
    assert_eq!(check(&json!({"type": "object", "properties": wide})), Ok(()));
}

/// Whole numbers by chance below a bound, the same for the same seed.
fn chance(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed;
    move |bound| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % bound
    }
}

/// Something that may look like a schema.
fn arbitrary(below: &mut dyn FnMut(usize) -> usize, keys: &[&str], depth: usize) -> Value {
    let leaves = [
        json!("string"),
        json!("object"),
        json!("array"),
        json!("integer"),
        json!("#"),
        json!("#/$defs/a"),
        json!("^a$"),
        json!("date"),
        json!("a"),
        json!(0),
        json!(3),
        json!(-1.5),
        json!(true),
        json!(false),
        json!(null),
    ];
    match below(if depth == 0 { 1 } else { 4 }) {
        0 => leaves[below(leaves.len())].clone(),
        1 => (0..below(4)).map(|_| arbitrary(below, keys, depth - 1)).collect(),
        _ => {
            let mut map = serde_json::Map::new();
            for _ in 0..below(5) {
                let key = keys[below(keys.len())].to_string();
                map.insert(key, arbitrary(below, keys, depth - 1));
            }
            Value::Object(map)
        }
    }
}

#[test]
fn arbitrary_schemas_pass_or_are_refused() {
    let keys = [
        "type",
        "properties",
        "items",
        "required",
        "enum",
        "const",
        "anyOf",
        "oneOf",
        "allOf",
        "$ref",
        "$defs",
        "minimum",
        "maximum",
        "multipleOf",
        "pattern",
        "format",
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "minProperties",
        "maxProperties",
        "additionalProperties",
        "patternProperties",
        "prefixItems",
        "a",
    ];
    let mut below = chance(11);
    for _ in 0..1500 {
        let schema = arbitrary(&mut below, &keys, 4);
        if let Err(error) = check(&schema) {
            assert!(error.path.starts_with('#') && !error.what.is_empty(), "{schema}: {error}");
        }
    }
}

/// Writes values by chance under a schema, each to its end, and hands them out.
fn written(schema: &Value, count: usize, mut see: impl FnMut(&Value, &str)) {
    let vocabulary = Vocabulary::of_bytes(0).unwrap();
    let grammar = Grammar::json(&vocabulary, schema, Objects::Closed).unwrap();
    let mut below = chance(5);
    let mut mask = TokenMask::new(256);
    for _ in 0..count {
        let (mut follower, mut text): (Follower, Vec<u8>) = (grammar.begin(), Vec::new());
        loop {
            follower.allowed(&mut mask).unwrap();
            let tokens: Vec<u32> = mask.tokens().collect();
            let may_stop = follower.can_stop();
            if may_stop && (tokens.is_empty() || below(3) == 0) {
                break;
            }
            assert!(!tokens.is_empty(), "a dead end after {:?}", String::from_utf8_lossy(&text));
            // Texts would hardly ever end by chance.
            let quote = u32::from(b'"');
            let end = text.len() > 20 && mask.is_allowed(quote);
            let token = if end { quote } else { tokens[below(tokens.len())] };
            follower.accept(token).unwrap();
            text.push(u8::try_from(token).unwrap());
            assert!(text.len() < 2000, "no end");
        }
        let text = String::from_utf8(text).unwrap();
        see(&serde_json::from_str(&text).unwrap_or_else(|error| panic!("{text}: {error}")), &text);
    }
}

#[test]
fn numbers_that_are_written_lie_within_their_bounds() {
    for (low, high, open_low, open_high, whole) in [
        (Some(-3.0), Some(12.0), false, false, true),
        (Some(-0.5), Some(0.5), true, true, false),
        (Some(0.0), None, true, false, false),
        (None, Some(0.0), false, true, false),
        (None, Some(0.0), false, false, false),
        (None, Some(-2.5), false, false, false),
        (Some(-7.25), Some(0.0), false, true, false),
        (Some(1.5), Some(9.5), false, false, true),
        (Some(99.0), Some(1001.0), true, true, true),
        (Some(-120.0), Some(-7.0), true, false, true),
        (Some(0.001), Some(0.01), false, true, false),
        (Some(-100.0), None, false, false, false),
        (None, Some(1234.5), false, true, false),
    ] {
        let mut schema = json!({"type": if whole { "integer" } else { "number" }});
        if let Some(low) = low {
            schema[if open_low { "exclusiveMinimum" } else { "minimum" }] = low.into();
        }
        if let Some(high) = high {
            schema[if open_high { "exclusiveMaximum" } else { "maximum" }] = high.into();
        }
        written(&schema, 150, |value, text| {
            let number = value.as_f64().unwrap();
            assert!(!whole || number.fract() == 0.0, "{schema}: {text}");
            assert!(
                low.is_none_or(|low| number > low || (number == low && !open_low)),
                "{schema}: {text}"
            );
            assert!(
                high.is_none_or(|high| number < high || (number == high && !open_high)),
                "{schema}: {text}"
            );
        });
    }
    written(
        &json!({"type": "integer", "multipleOf": 7, "minimum": -50, "maximum": 99_999}),
        150,
        |value, text| {
            // -0 is written, too, and is no i64.
            let number = value.as_f64().unwrap();
            assert!(number % 7.0 == 0.0 && (-50.0..=99_999.0).contains(&number), "{text}");
        },
    );
    written(&json!({"type": "number", "multipleOf": 0.25, "maximum": 20}), 150, |value, text| {
        assert!(
            (value.as_f64().unwrap() * 4.0).fract() == 0.0 && value.as_f64().unwrap() <= 20.0,
            "{text}"
        );
    });
}

/// The longest run of `byte` that may be written after `begun`.
fn run_of(schema: &Value, begun: &str, byte: u8) -> usize {
    let vocabulary = Vocabulary::of_bytes(0).unwrap();
    let mut follower = Grammar::json(&vocabulary, schema, Objects::Closed).unwrap().begin();
    begun.bytes().for_each(|byte| follower.accept(u32::from(byte)).unwrap());
    (0..5000).take_while(|_| follower.accept(u32::from(byte)).is_ok()).count()
}

#[test]
fn what_has_no_end_in_the_schema_gets_one() {
    for (schema, begun, byte, longest) in [
        (json!({"type": "integer"}), "", b'9', 15),
        (json!({"type": "integer", "minimum": 5}), "", b'9', 15),
        (json!({"type": "number"}), "", b'9', 9),
        (json!({"type": "number"}), "0.", b'9', 6),
        (json!({"type": "string"}), "\"", b'x', 256),
        (json!({"type": ["string", "null"], "minLength": 300}), "\"", b'x', 300),
        (json!({"type": "string", "maxLength": 700}), "\"", b'x', 700),
    ] {
        assert_eq!(run_of(&schema, begun, byte), longest, "{schema}");
    }
    let list = json!({"type": "array", "items": {"const": 7}});
    let items =
        (0..50).find(|count| run_of(&list, &format!("[7{}", ",7".repeat(*count)), b',') == 0);
    assert_eq!(items, Some(31));
}

#[test]
fn objects_that_are_written_keep_to_their_schema() {
    written(&booking(), 40, |value, text| {
        let known = ["name", "day", "people", "price", "phone", "kind", "guests", "note"];
        let map = value.as_object().unwrap();
        assert!(map.keys().all(|key| known.contains(&key.as_str())), "{text}");
        let name = map["name"].as_str().unwrap().chars().count();
        assert!((1..=40).contains(&name) && map["day"].as_str().unwrap().len() == 10, "{text}");
        assert!(
            map.get("people").is_none_or(|n| (1..=12).contains(&n.as_i64().unwrap())),
            "{text}"
        );
        assert!(map.get("price").is_none_or(|n| n.as_f64().unwrap() > 0.0), "{text}");
        assert!(map.get("guests").is_none_or(|all| all.as_array().unwrap().len() <= 4), "{text}");
    });
    let open = json!({"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"],
                      "additionalProperties": {"type": "boolean"}});
    written(&open, 40, |value, text| {
        let others = value.as_object().unwrap().iter().filter(|(key, _)| *key != "a");
        assert!(value["a"].is_i64() && others.into_iter().all(|(_, v)| v.is_boolean()), "{text}");
    });
}

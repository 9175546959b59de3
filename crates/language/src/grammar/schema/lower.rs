//! Reads a schema keyword by keyword and writes it anew with only what the grammar engine enforces.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{
    DECIMALS_MAX, ENUM_VALUES_MAX, LENGTH_MAX, NUMBER_MAX, Objects, SCHEMA_DEPTH_MAX,
    SUBSCHEMAS_MAX, SchemaError, format, pattern,
};

/// Keywords that say nothing about a value; they are left out.
const ANNOTATIONS: [&str; 10] = [
    "title",
    "description",
    "default",
    "examples",
    "example",
    "deprecated",
    "readOnly",
    "writeOnly",
    "$comment",
    "$anchor",
];
/// Meanings of `$schema` that are read alike here.
const DRAFTS: [&str; 3] = ["2020-12/schema", "2019-09/schema", "draft-07/schema"];
const TYPES: [&str; 7] = ["null", "boolean", "integer", "number", "string", "array", "object"];
/// Most characters of a text that its schema gives no end.
const TEXT_CHARS_USUAL: u64 = 256;
/// Most items of such a list.
const ITEMS_USUAL: u64 = 32;
/// Largest size of such a whole number, and of one with decimals, in steps of [`STEP_USUAL`].
const WHOLE_USUAL: i64 = 999_999_999_999_999;
const DECIMAL_USUAL: i64 = 999_999_999;
const STEP_USUAL: f64 = 1e-6;
/// Keywords that are known and refused, and what to do instead.
const REFUSED: [(&str, &str); 24] = [
    ("not", "say what may come instead, with enum, anyOf or a pattern"),
    ("if", "use anyOf with one branch for each case"),
    ("then", "use anyOf with one branch for each case"),
    ("else", "use anyOf with one branch for each case"),
    ("contains", "say what every item is, with items"),
    ("minContains", "say what every item is, with items"),
    ("maxContains", "say what every item is, with items"),
    ("uniqueItems", "leave it out and let the tool drop repeated items"),
    ("propertyNames", "use patternProperties with additionalProperties: false"),
    ("dependentRequired", "use anyOf with one branch for each case"),
    ("dependentSchemas", "use anyOf with one branch for each case"),
    ("dependencies", "use anyOf with one branch for each case"),
    ("unevaluatedProperties", "use additionalProperties: false in each object"),
    ("unevaluatedItems", "use items: false beside prefixItems"),
    ("additionalItems", "use prefixItems for the first items and items for the rest"),
    ("$dynamicRef", "use $ref"),
    ("$dynamicAnchor", "use $ref"),
    ("$recursiveRef", "use $ref"),
    ("$recursiveAnchor", "use $ref"),
    // Some drafts let readers enforce these three.
    ("contentMediaType", "leave it out, or use a pattern"),
    ("contentEncoding", "leave it out, or use a pattern"),
    ("contentSchema", "leave it out"),
    ("$vocabulary", "leave it out"),
    ("nullable", "use type: [..., \"null\"]"),
];

/// A schema that was checked, as the grammar engine takes it.
#[derive(Debug)]
pub(crate) struct Lowered {
    /// The whole of it, with its `$defs`.
    pub root: Value,
    /// Each schema in it that stands alone (is joined with no other), with its path, outermost first.
    pub parts: Vec<(String, Value)>,
}

pub(super) fn lower(schema: &Value, objects: Objects) -> Result<Lowered, SchemaError> {
    let joined = joins(schema, 0);
    let mut reader = Reader {
        bounded: objects == Objects::Closed,
        closed: objects == Objects::Closed && !joined,
        joined,
        root: schema,
        parts: vec![],
    };
    let mut root = reader.schema(schema, "#", 0)?;
    let mut definitions = Map::new();
    for keyword in ["$defs", "definitions"] {
        let Some(found) = schema.get(keyword) else { continue };
        let path = format!("#/{keyword}");
        let lowered = reader.schemas_by_name(found, &path, 1)?;
        definitions.insert(keyword.to_string(), lowered);
    }
    if let Value::Object(map) = &mut root {
        map.extend(definitions);
    }
    Ok(Lowered { root, parts: reader.parts })
}

/// Whether any schema in here is joined with another, so that objects cannot be closed one by one. What looks like a
/// schema but is none (a value in `enum`) may only make this true once too often.
fn joins(value: &Value, depth: usize) -> bool {
    // Deeper than this nothing is lowered.
    if depth > SCHEMA_DEPTH_MAX * 2 {
        return false;
    }
    match value {
        Value::Object(map) => {
            let branches = |key: &str| map.get(key).and_then(Value::as_array).map_or(0, Vec::len);
            let others = map.keys().filter(|key| {
                !ANNOTATIONS.contains(&key.as_str())
                    && !matches!(key.as_str(), "$schema" | "$id" | "$defs" | "definitions")
            });
            let applies = ["allOf", "anyOf", "oneOf", "$ref"].iter().any(|k| map.contains_key(*k));
            branches("allOf") > 1
                || (applies && others.count() > 1)
                || map.values().any(|value| joins(value, depth + 1))
        }
        Value::Array(items) => items.iter().any(|item| joins(item, depth + 1)),
        _ => false,
    }
}

struct Reader<'a> {
    /// Texts, numbers and lists without an end get one.
    bounded: bool,
    closed: bool,
    joined: bool,
    root: &'a Value,
    parts: Vec<(String, Value)>,
}

/// A keyword's value and where it stands.
struct At<'a> {
    key: &'a str,
    value: &'a Value,
    path: String,
    depth: usize,
}

impl At<'_> {
    fn bad(&self, expected: &str) -> SchemaError {
        let found: String = self.value.to_string().chars().take(40).collect();
        SchemaError::new(&self.path, format!("must be {expected}, but is {found}"))
    }
}

impl Reader<'_> {
    fn schema(&mut self, schema: &Value, path: &str, depth: usize) -> Result<Value, SchemaError> {
        if depth > SCHEMA_DEPTH_MAX {
            return Err(SchemaError::new(
                path,
                format!("nested deeper than {SCHEMA_DEPTH_MAX}; make it flatter"),
            ));
        }
        let map = match schema {
            Value::Bool(_) => return Ok(schema.clone()),
            Value::Object(map) => map,
            _ => return Err(SchemaError::new(path, "a schema is an object, true or false")),
        };
        let place = self.parts.len();
        if place >= SUBSCHEMAS_MAX {
            return Err(SchemaError::new(
                path,
                format!("more than {SUBSCHEMAS_MAX} schemas in one; make it smaller"),
            ));
        }
        self.parts.push((path.to_string(), Value::Null));
        let mut out = Map::new();
        for (key, value) in map {
            let at = At { key, value, path: format!("{path}/{}", pointer(key)), depth };
            self.keyword(&at, &mut out)?;
        }
        // Last, because it joins what the others left.
        if let Some(value) = map.get("format") {
            formatted(
                &At { key: "format", value, path: format!("{path}/format"), depth },
                &mut out,
            )?;
        }
        together(map, &out, path)?;
        let names = out.contains_key("properties");
        let says =
            ["additionalProperties", "patternProperties"].iter().any(|k| out.contains_key(*k));
        if self.closed && names && !says {
            out.insert("additionalProperties".into(), false.into());
        }
        self.parts[place].1 = Value::Object(out.clone());
        if self.bounded {
            bound(&mut out, self.joined);
        }
        Ok(Value::Object(out))
    }

    fn keyword(&mut self, at: &At<'_>, out: &mut Map<String, Value>) -> Result<(), SchemaError> {
        let kept = match at.key {
            "type" => types(at)?,
            "enum" => constants(at)?,
            "const" => constant(at.value, &at.path, at.depth).map(|()| at.value.clone())?,
            "allOf" | "anyOf" | "oneOf" | "prefixItems" => self.schemas(at)?,
            "$ref" => self.reference(at)?,
            "$defs" | "definitions" if at.depth == 0 => return Ok(()),
            "$id" if at.depth == 0 => return Ok(()),
            "$defs" | "definitions" | "$id" => {
                return Err(SchemaError::new(&at.path, "only the outermost schema may have it"));
            }
            "properties" => self.schemas_by_name(at.value, &at.path, at.depth + 1)?,
            "patternProperties" => self.schemas_by_pattern(at)?,
            "additionalProperties" | "items" => self.inner(at)?,
            "required" => required(at)?,
            "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties"
            | "maxProperties" => length(at)?,
            "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" => number(at)?,
            "multipleOf" => multiple(at, self.joined)?,
            "pattern" => text_pattern(at)?,
            "format" => return Ok(()),
            "$schema" => return known_draft(at),
            "uniqueItems" if at.value == &Value::Bool(false) => return Ok(()),
            "nullable" if at.value == &Value::Bool(false) => return Ok(()),
            key if ANNOTATIONS.contains(&key) || key.starts_with("x-") => return Ok(()),
            key => return Err(refused(key, &at.path)),
        };
        out.insert(at.key.to_string(), kept);
        Ok(())
    }

    fn inner(&mut self, at: &At<'_>) -> Result<Value, SchemaError> {
        if at.value.is_array() {
            return Err(SchemaError::new(
                &at.path,
                "a list here is of older drafts; use prefixItems",
            ));
        }
        self.schema(at.value, &at.path, at.depth + 1)
    }

    fn schemas(&mut self, at: &At<'_>) -> Result<Value, SchemaError> {
        let list = at.value.as_array().filter(|list| !list.is_empty());
        let list = list.ok_or_else(|| at.bad("a list of schemas, at least one"))?;
        let mut out = Vec::with_capacity(list.len());
        for (number, schema) in list.iter().enumerate() {
            out.push(self.schema(schema, &format!("{}/{number}", at.path), at.depth + 1)?);
        }
        Ok(out.into())
    }

    fn schemas_by_name(
        &mut self,
        value: &Value,
        path: &str,
        depth: usize,
    ) -> Result<Value, SchemaError> {
        let Value::Object(map) = value else {
            return Err(SchemaError::new(path, "must be an object of schemas by name"));
        };
        let mut out = Map::new();
        for (name, schema) in map {
            let path = format!("{path}/{}", pointer(name));
            writable(name, &path)?;
            out.insert(name.clone(), self.schema(schema, &path, depth)?);
        }
        Ok(out.into())
    }

    fn schemas_by_pattern(&mut self, at: &At<'_>) -> Result<Value, SchemaError> {
        let Value::Object(map) = at.value else {
            return Err(at.bad("an object of schemas by pattern"));
        };
        let mut out = Map::new();
        for (name, schema) in map {
            let path = format!("{}/{}", at.path, pointer(name));
            let rewritten = pattern::rewrite(name).map_err(|what| SchemaError::new(&path, what))?;
            out.insert(rewritten, self.schema(schema, &path, at.depth + 1)?);
        }
        Ok(out.into())
    }

    /// Only into the outermost `$defs`, or to the whole: those places are certainly schemas that were checked.
    fn reference(&self, at: &At<'_>) -> Result<Value, SchemaError> {
        let text = at.value.as_str().ok_or_else(|| at.bad("a text such as #/$defs/name"))?;
        let plain = |name: &str| {
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c))
        };
        let found = ["$defs", "definitions"].iter().any(|keyword| {
            let name = text.strip_prefix(&format!("#/{keyword}/"));
            name.is_some_and(|name| {
                plain(name) && self.root.get(*keyword).and_then(|defs| defs.get(name)).is_some()
            })
        });
        if text != "#" && !found {
            return Err(SchemaError::new(
                &at.path,
                format!(
                    "{text:?} is not found; a reference is # or #/$defs/NAME, with a name of letters, digits, _, - and . \
                     that the outermost $defs has"
                ),
            ));
        }
        Ok(text.into())
    }
}

/// Ends for what the schema leaves without one: a small model that has lost its way writes digits until its tokens are used up.
fn bound(out: &mut Map<String, Value>, joined: bool) {
    if out.contains_key("enum") || out.contains_key("const") {
        return;
    }
    let kinds: Vec<&str> = match out.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
        _ => vec![],
    };
    let is = |kind: &str| kinds.contains(&kind);
    let (text, list) = (is("string") && !out.contains_key("pattern"), is("array"));
    let (whole, decimal) = (is("integer"), is("number"));
    let most = |out: &Map<String, Value>, least: &str, usual: u64| {
        let least = out.get(least).and_then(Value::as_u64).unwrap_or(0);
        Value::from(usual.max(least))
    };
    if text && !out.contains_key("maxLength") {
        out.insert("maxLength".into(), most(out, "minLength", TEXT_CHARS_USUAL));
    }
    if list && !out.contains_key("maxItems") && !out.contains_key("prefixItems") {
        out.insert("maxItems".into(), most(out, "minItems", ITEMS_USUAL));
    }
    if !whole && !decimal {
        return;
    }
    let size = if whole { WHOLE_USUAL } else { DECIMAL_USUAL };
    for (keys, usual) in
        [(["minimum", "exclusiveMinimum"], -size), (["maximum", "exclusiveMaximum"], size)]
    {
        let is_said = keys.iter().any(|key| out.contains_key(*key));
        if !is_said {
            out.insert(keys[0].into(), usual.into());
        }
    }
    if decimal && !joined && !out.contains_key("multipleOf") {
        out.insert("multipleOf".into(), STEP_USUAL.into());
    }
}

/// A key as it stands in a JSON pointer.
fn pointer(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

fn refused(key: &str, path: &str) -> SchemaError {
    let what = match REFUSED.iter().find(|(name, _)| *name == key) {
        Some((_, cure)) => format!("{key} is not enforced here; {cure}"),
        None => format!("{key} is no keyword of JSON Schema; mend its spelling or leave it out"),
    };
    SchemaError::new(path, what)
}

fn known_draft(at: &At<'_>) -> Result<(), SchemaError> {
    let text = at.value.as_str().map(|text| text.trim_end_matches('#'));
    let known = text.is_some_and(|text| DRAFTS.iter().any(|draft| text.ends_with(draft)));
    let what = "this draft is not read; use https://json-schema.org/draft/2020-12/schema";
    if known { Ok(()) } else { Err(SchemaError::new(&at.path, what)) }
}

fn types(at: &At<'_>) -> Result<Value, SchemaError> {
    let names: Vec<&Value> = match at.value {
        Value::Array(list) => list.iter().collect(),
        one => vec![one],
    };
    let known = |name: &&Value| name.as_str().is_some_and(|name| TYPES.contains(&name));
    if names.is_empty() || !names.iter().all(known) {
        return Err(
            at.bad("one of null, boolean, integer, number, string, array, object, or a list")
        );
    }
    Ok(at.value.clone())
}

fn constants(at: &At<'_>) -> Result<Value, SchemaError> {
    let list = at.value.as_array().ok_or_else(|| at.bad("a list of values"))?;
    if list.is_empty() || list.len() > ENUM_VALUES_MAX {
        let what = format!("{} values; give 1 to {ENUM_VALUES_MAX}", list.len());
        return Err(SchemaError::new(&at.path, what));
    }
    for (number, value) in list.iter().enumerate() {
        constant(value, &format!("{}/{number}", at.path), at.depth)?;
    }
    Ok(at.value.clone())
}

/// Whether a value can be written as it is.
fn constant(value: &Value, path: &str, depth: usize) -> Result<(), SchemaError> {
    if depth > SCHEMA_DEPTH_MAX {
        return Err(SchemaError::new(path, "the value is nested too deep"));
    }
    match value {
        Value::Null | Value::Bool(_) => Ok(()),
        Value::Number(_) => exact(value, path).map(drop),
        Value::String(text) => writable(text, path),
        Value::Array(items) => items.iter().try_for_each(|item| constant(item, path, depth + 1)),
        Value::Object(map) => map.iter().try_for_each(|(name, value)| {
            writable(name, path)?;
            constant(value, path, depth + 1)
        }),
    }
}

fn writable(text: &str, path: &str) -> Result<(), SchemaError> {
    match text.chars().find(|&c| !pattern::is_writable(c)) {
        Some(c) => Err(SchemaError::new(path, format!("{c:?} is never written; leave it out"))),
        None => Ok(()),
    }
}

/// A number that decimal digits give exactly, and not many of them.
fn exact(value: &Value, path: &str) -> Result<f64, SchemaError> {
    let number = value.as_f64().filter(|number| number.abs() <= NUMBER_MAX);
    let decimals = |number: &f64| number.to_string().split_once('.').map_or(0, |(_, d)| d.len());
    number.filter(|number| decimals(number) <= DECIMALS_MAX).ok_or_else(|| {
        let what = format!(
            "numbers go up to {NUMBER_MAX} either way, with {DECIMALS_MAX} decimals at most"
        );
        SchemaError::new(path, what)
    })
}

fn number(at: &At<'_>) -> Result<Value, SchemaError> {
    if !at.value.is_number() {
        return Err(at.bad("a number"));
    }
    exact(at.value, &at.path).map(|_| at.value.clone())
}

fn multiple(at: &At<'_>, joined: bool) -> Result<Value, SchemaError> {
    let step = number(at).and_then(|_| exact(at.value, &at.path))?;
    let decimals = (0..=6).find(|&digits| (step * 10_f64.powi(digits)).fract() == 0.0);
    if step <= 0.0 || step > 1e6 || decimals.is_none() {
        return Err(at.bad("above 0, up to 1000000, with at most 6 decimals"));
    }
    if joined {
        let what = "multipleOf is not enforced where schemas are joined (allOf, or $ref, anyOf or oneOf beside other \
                    keywords); write the schema out";
        return Err(SchemaError::new(&at.path, what));
    }
    Ok(at.value.clone())
}

fn length(at: &At<'_>) -> Result<Value, SchemaError> {
    // 2.0 is a whole number, too.
    let whole = at.value.as_f64().filter(|number| number.fract() == 0.0 && *number >= 0.0);
    let bound = whole.ok_or_else(|| at.bad("a whole number from 0"))?;
    if bound > LENGTH_MAX as f64 {
        let what = format!("{bound} is over {LENGTH_MAX}, the most that is enforced; lower it");
        return Err(SchemaError::new(&at.path, what));
    }
    // Between 0 and LENGTH_MAX, and whole.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    Ok((bound as u64).into())
}

fn required(at: &At<'_>) -> Result<Value, SchemaError> {
    let list = at.value.as_array().ok_or_else(|| at.bad("a list of names"))?;
    for name in list {
        writable(name.as_str().ok_or_else(|| at.bad("a list of names"))?, &at.path)?;
    }
    Ok(at.value.clone())
}

fn text_pattern(at: &At<'_>) -> Result<Value, SchemaError> {
    let text = at.value.as_str().ok_or_else(|| at.bad("a regular expression"))?;
    let rewritten = pattern::rewrite(text).map_err(|what| SchemaError::new(&at.path, what))?;
    Ok(rewritten.into())
}

/// A format becomes a schema of its own beside the others, so that `pattern` and lengths stay.
fn formatted(at: &At<'_>, out: &mut Map<String, Value>) -> Result<(), SchemaError> {
    let name = at.value.as_str().ok_or_else(|| at.bad("a text"))?;
    let Some(format) = format::find(name) else {
        let known: Vec<&str> = format::FORMATS.iter().map(|format| format.name).collect();
        let what = format!("format {name} is not enforced here; use {}", known.join(", "));
        return Err(SchemaError::new(&at.path, what));
    };
    let rewritten =
        pattern::rewrite(format.pattern).map_err(|what| SchemaError::new(&at.path, what))?;
    let mut part = json!({"pattern": rewritten});
    if let Some(length) = format.length_max {
        part["maxLength"] = length.into();
    }
    match out.get_mut("allOf") {
        Some(Value::Array(list)) => list.push(part),
        _ => drop(out.insert("allOf".into(), json!([part]))),
    }
    Ok(())
}

/// What only several keywords together say.
fn together(
    map: &Map<String, Value>,
    out: &Map<String, Value>,
    path: &str,
) -> Result<(), SchemaError> {
    let number = |key: &str| out.get(key).and_then(Value::as_f64);
    let fail = |what: &str| Err(SchemaError::new(path, what));
    let required: BTreeSet<&str> = out
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let least = out.get("minProperties").and_then(Value::as_u64).unwrap_or(0);
    if least > required.len().max(1) as u64 {
        return fail(
            "minProperties above 1 is only enforced for as many properties as are required",
        );
    }
    let Some(step) = number("multipleOf") else { return Ok(()) };
    if map.contains_key("enum") || map.contains_key("const") {
        return fail("multipleOf beside enum or const; leave out the values that are no multiple");
    }
    let low = number("minimum").into_iter().chain(number("exclusiveMinimum"));
    let high = number("maximum").into_iter().chain(number("exclusiveMaximum"));
    let (low, high) = (low.reduce(f64::max), high.reduce(f64::min));
    let (Some(low), Some(high)) = (low, high) else { return Ok(()) };
    let first = (low / step).floor();
    let within = (0..3).map(|more| (first + f64::from(more)) * step).any(|value| {
        value >= low
            && value <= high
            && number("exclusiveMinimum") != Some(value)
            && number("exclusiveMaximum") != Some(value)
    });
    if within { Ok(()) } else { fail("no multiple of multipleOf lies within the bounds") }
}

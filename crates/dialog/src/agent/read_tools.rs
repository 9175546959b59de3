//! From the tree of an agent file to its tools.

use std::collections::BTreeMap;

use super::fields::{Fields, Reader, Target};
use super::model::{BuiltIn, HttpMethod, ToolKind, ToolSpec};
use super::tree::{Shape, Tree};
use crate::template::Template;

/// Most retries of a request.
const RETRIES_MAX: u64 = 5;
const METHODS: [(&str, HttpMethod); 5] = [
    ("GET", HttpMethod::Get),
    ("POST", HttpMethod::Post),
    ("PUT", HttpMethod::Put),
    ("PATCH", HttpMethod::Patch),
    ("DELETE", HttpMethod::Delete),
];

/// The schema of a tool's answer: an unknown type would let no answer through.
fn check_answer(reader: &mut Reader, tree: &Tree) {
    const TYPES: [(&str, ()); 7] = [
        ("null", ()),
        ("boolean", ()),
        ("integer", ()),
        ("number", ()),
        ("string", ()),
        ("array", ()),
        ("object", ()),
    ];
    let Shape::Map(entries) = &tree.value else {
        reader.problem(
            tree.at,
            "`answer` is no schema",
            "write `type: object` with its `properties`",
        );
        return;
    };
    for (key, value) in entries {
        match (key.name.as_str(), &value.value) {
            ("type", Shape::List(types)) => types.iter().for_each(|one| {
                reader.choice(one, "type", &TYPES);
            }),
            ("type", _) => {
                reader.choice(value, "type", &TYPES);
            }
            ("properties", Shape::Map(inner)) => {
                inner.iter().for_each(|(_, schema)| check_answer(reader, schema));
            }
            ("items", _) => check_answer(reader, value),
            ("required", _) => {
                reader.texts(value, "a name in `required`");
            }
            _ => {}
        }
    }
}

pub(super) fn read_tools(reader: &mut Reader, tree: &Tree) -> BTreeMap<String, ToolSpec> {
    let mut tools = BTreeMap::new();
    for (key, value) in reader.named(tree, "`tools`") {
        let Some(mut fields) = reader.fields(value, format!("tool `{}`", key.name)) else {
            continue;
        };
        let tool = read_tool(reader, &key.name, &mut fields);
        fields.finish(reader);
        if let Some(tool) = tool {
            tools.insert(key.name.clone(), tool);
        }
    }
    tools
}

fn read_tool(reader: &mut Reader, name: &str, fields: &mut Fields<'_>) -> Option<ToolSpec> {
    let description =
        fields.take("description").and_then(|tree| reader.text(tree, "`description`"));
    let kind = read_kind(reader, fields);
    let method = fields.take("method").and_then(|tree| reader.choice(tree, "method", &METHODS));
    let url = read_url(reader, fields, &kind);
    let headers = fields.take("headers").map(|tree| read_headers(reader, tree)).unwrap_or_default();
    let body = fields.take("body").map(|tree| {
        check_body(reader, tree);
        tree.to_json()
    });
    let timeout_ms =
        fields.take("timeout_ms").and_then(|tree| reader.whole(tree, "`timeout_ms`", 1, 60_000));
    let retries =
        fields.take("retries").and_then(|tree| reader.whole(tree, "`retries`", 0, RETRIES_MAX));
    let cancel = fields
        .take("cancel_on_interruption")
        .and_then(|tree| reader.flag(tree, "`cancel_on_interruption`"));
    let meanwhile = fields.take("meanwhile").and_then(|tree| {
        let text = reader.text(tree, "`meanwhile`")?;
        reader.template(&text, tree.at)
    });
    let after = fields
        .take("meanwhile_after_ms")
        .and_then(|tree| reader.whole(tree, "`meanwhile_after_ms`", 0, 60_000));
    let answer = fields.take("answer").map(|tree| {
        check_answer(reader, tree);
        tree.to_json()
    });
    let save = fields.take("save").map(|tree| read_save(reader, tree)).unwrap_or_default();
    // Every key takes its time.
    let timeout_usual_ms =
        if kind == ToolKind::BuiltIn(BuiltIn::SendDtmf) { 40_000 } else { 5_000 };
    let posts = body.is_some() || matches!(kind, ToolKind::GraphQl(_) | ToolKind::Mcp(_));
    Some(ToolSpec {
        name: name.to_owned(),
        description: description.unwrap_or_default(),
        kind,
        method: method.unwrap_or(if posts { HttpMethod::Post } else { HttpMethod::Get }),
        url: url.unwrap_or_default(),
        headers,
        body,
        timeout_ms: timeout_ms.unwrap_or(timeout_usual_ms),
        retries: retries.and_then(|count| u32::try_from(count).ok()).unwrap_or(0),
        cancel_on_interruption: cancel.unwrap_or(false),
        meanwhile,
        meanwhile_after_ms: after.unwrap_or(700),
        answer,
        save,
    })
}

/// How the tool is asked: over plain HTTP unless it says otherwise, and in one way only.
fn read_kind(reader: &mut Reader, fields: &mut Fields<'_>) -> ToolKind {
    const BUILT_INS: [(&str, BuiltIn); 4] = [
        ("today", BuiltIn::Today),
        ("calculate", BuiltIn::Calculate),
        ("signal", BuiltIn::Signal),
        ("send_dtmf", BuiltIn::SendDtmf),
    ];
    let graphql = fields.take("graphql").and_then(|tree| reader.text(tree, "`graphql`"));
    let mcp = fields.take("mcp").and_then(|tree| reader.text(tree, "`mcp`"));
    let built_in =
        fields.take("builtin").and_then(|tree| reader.choice(tree, "`builtin`", &BUILT_INS));
    let sample = fields.take("sample").map(|tree| {
        check_body(reader, tree);
        tree.to_json()
    });
    let kinds = [
        sample.map(ToolKind::Sample),
        graphql.map(ToolKind::GraphQl),
        mcp.map(ToolKind::Mcp),
        built_in.map(ToolKind::BuiltIn),
    ];
    let mut kinds = kinds.into_iter().flatten();
    let kind = kinds.next().unwrap_or(ToolKind::Http);
    if kinds.next().is_some() {
        let what =
            format!("{} has more than one of `graphql`, `mcp`, `builtin`, `sample`", fields.what);
        reader.problem(fields.at, what, "keep one of them");
    }
    kind
}

/// The address of a service. Which host is asked is the author's choice alone: nothing that is
/// said, saved or set in a call may stand before its path.
fn read_url(reader: &mut Reader, fields: &mut Fields<'_>, kind: &ToolKind) -> Option<Template> {
    if let ToolKind::BuiltIn(_) | ToolKind::Sample(_) = kind {
        if let Some(tree) = fields.take("url") {
            let what = format!("{} asks no service and has a `url`", fields.what);
            reader.problem(tree.at, what, "leave `url` out");
        }
        return None;
    }
    let tree = fields.need(reader, "url")?;
    let text = reader.text(tree, "`url`")?;
    if !text.starts_with("http://") && !text.starts_with("https://") && !text.starts_with('{') {
        let what = format!("`{text}` is not an address");
        reader.problem(tree.at, what, "begin it with http:// or https://");
    }
    let template = reader.template(&text, tree.at)?;
    let host = text.split_once("://").map_or(text.as_str(), |(_, rest)| rest);
    let host = &host[..host.find(['/', '?', '#']).unwrap_or(host.len())];
    if let Ok(host) = Template::parse(host) {
        host.names().for_each(|name| reader.refer(Target::Host, name, tree.at));
    }
    Some(template)
}

fn read_headers(reader: &mut Reader, tree: &Tree) -> Vec<(String, Template)> {
    let mut headers = Vec::new();
    for (key, value) in reader.named(tree, "`headers`") {
        let text = reader.text(value, &format!("header `{}`", key.name));
        let template = text.and_then(|text| reader.template_for(&text, value.at, Target::Header));
        if let Some(template) = template {
            headers.push((key.name.clone(), template));
        }
    }
    headers
}

/// Every string of a body may hold placeholders.
fn check_body(reader: &mut Reader, tree: &Tree) {
    match &tree.value {
        Shape::Text(text) => {
            reader.template(text, tree.at);
        }
        Shape::List(items) => items.iter().for_each(|item| check_body(reader, item)),
        Shape::Map(entries) => entries.iter().for_each(|(_, value)| check_body(reader, value)),
        Shape::Null | Shape::Flag(_) | Shape::Number(_) => {}
    }
}

fn read_save(reader: &mut Reader, tree: &Tree) -> Vec<(String, String)> {
    let mut save = Vec::new();
    for (key, value) in reader.named(tree, "`save`") {
        reader.refer(Target::Slot, &key.name, key.at);
        let Some(text) = reader.text(value, "a place in the answer") else { continue };
        let Some(pointer) = pointer(&text) else {
            let cure = "write it as `/card/ending` or `$.card.ending`";
            reader.problem(value.at, format!("`{text}` is no place in an answer"), cure);
            continue;
        };
        save.push((key.name.clone(), pointer));
    }
    save
}

/// A JSON pointer (RFC 6901) as it is, or the one for a JSONPath that names one place:
/// `$.cards[0].ending`.
fn pointer(text: &str) -> Option<String> {
    if text.starts_with('/') {
        return Some(text.to_owned());
    }
    let mut rest = text.strip_prefix('$')?;
    let mut pointer = String::new();
    while !rest.is_empty() {
        let (name, after) = if let Some(inner) = rest.strip_prefix('[') {
            let (inside, after) = inner.split_once(']')?;
            let quoted = |mark| inside.strip_prefix(mark)?.strip_suffix(mark);
            let name = quoted('\'').or(quoted('"'));
            let index = Some(inside).filter(|text| text.bytes().all(|b| b.is_ascii_digit()));
            (name.or(index)?, after)
        } else {
            let named = rest.strip_prefix('.')?;
            named.split_at(named.find(['.', '[']).unwrap_or(named.len()))
        };
        if name.is_empty() || name == "*" {
            return None;
        }
        pointer.push('/');
        pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
        rest = after;
    }
    (!pointer.is_empty()).then_some(pointer)
}

#[cfg(test)]
mod tests {
    use super::pointer;

    #[test]
    fn paths_to_one_place_become_pointers() {
        for (path, wanted) in [
            ("/a/0", "/a/0"),
            ("$.cards[0].ending", "/cards/0/ending"),
            ("$['a.b'][\"c/d\"]", "/a.b/c~1d"),
            ("$[2]", "/2"),
        ] {
            assert_eq!(pointer(path).as_deref(), Some(wanted), "{path}");
        }
        for bad in ["", "$", "a.b", "$.a[", "$.a[*]", "$..a", "$.a[-1]", "$.*", "$.a[?(@.b)]"] {
            assert_eq!(pointer(bad), None, "{bad}");
        }
    }
}

//! FAQ JSON in the shapes that are about: a list of `{question, answer}`, an object
//! of questions and answers, and either inside objects that have a name.

use serde_json::{Map, Value};

use super::{Block, squeezed};
use crate::knowledge::Place;

const QUESTION: [&str; 4] = ["question", "title", "q", "prompt"];
const ANSWER: [&str; 5] = ["answer", "body", "a", "text", "response"];
const NAME: [&str; 3] = ["name", "section", "category"];
/// Depth of objects in objects that is read.
const DEPTH_MAX: usize = 12;

/// Blocks of a FAQ.
pub(super) fn blocks(text: &str) -> Result<Vec<Block>, String> {
    let value: Value = serde_json::from_str(text)
        .map_err(|error| format!("it is no JSON ({error}); see the place named"))?;
    let mut blocks = Vec::new();
    walk(&value, &mut Vec::new(), &mut blocks, 0);
    if blocks.is_empty() {
        return Err("there is no question with an answer in it; write \
                    [{\"question\": \"...\", \"answer\": \"...\"}]"
            .into());
    }
    Ok(blocks)
}

fn walk(value: &Value, titles: &mut Vec<String>, blocks: &mut Vec<Block>, depth: usize) {
    if depth > DEPTH_MAX {
        return;
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(item, titles, blocks, depth + 1)),
        Value::Object(fields) => object(fields, titles, blocks, depth),
        _ => {}
    }
}

fn object(
    fields: &Map<String, Value>,
    titles: &mut Vec<String>,
    blocks: &mut Vec<Block>,
    depth: usize,
) {
    let find = |names: &[&str]| {
        names.iter().find_map(|name| fields.get(*name).and_then(Value::as_str)).map(squeezed)
    };
    let name = find(&NAME).filter(|name| !name.is_empty());
    let named = name.is_some();
    titles.extend(name);
    if let (Some(question), Some(answer)) = (find(&QUESTION), find(&ANSWER)) {
        push(blocks, titles, &question, &answer);
    } else {
        // A file that is nothing but texts by name is a list of questions, whatever they look like.
        let all = depth == 0 && fields.values().all(Value::is_string);
        for (key, value) in fields {
            match value.as_str() {
                // Else a key that is no sentence names some other field.
                Some(answer) if all || key.ends_with('?') || (!named && key.contains(' ')) => {
                    push(blocks, titles, key, answer);
                }
                _ => walk(value, titles, blocks, depth + 1),
            }
        }
    }
    if named {
        titles.pop();
    }
}

fn push(blocks: &mut Vec<Block>, titles: &[String], question: &str, answer: &str) {
    let (question, text) = (squeezed(question), squeezed(answer));
    if text.contains(char::is_alphanumeric) {
        let place = Place::Entry(blocks.len() + 1);
        let question = Some(question).filter(|question| !question.is_empty());
        blocks.push(Block { titles: titles.to_vec(), question, text, place });
    }
}

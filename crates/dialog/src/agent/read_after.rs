//! The `after_call` section: what is noted of a call when it has ended.

use super::fields::{Reader, Target};
use super::tree::Tree;
use crate::condition::Condition;

/// What is noted of a call when it has ended.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AfterCall {
    /// What came of the call: the first whose condition holds.
    pub dispositions: Vec<Disposition>,
    /// The slots that are told. One that has no value is looked for in what the caller said.
    pub fields: Vec<String>,
    /// The tool that is asked last, to pass it on.
    pub tool: Option<String>,
}

/// One way in which a call can have turned out.
#[derive(Debug, Clone, PartialEq)]
pub struct Disposition {
    /// When it is this one; always without a condition.
    pub when: Option<Condition>,
    /// Its name.
    pub name: String,
}

pub(super) fn read_after_call(reader: &mut Reader, tree: &Tree) -> Option<AfterCall> {
    let mut fields = reader.fields(tree, "`after_call`")?;
    let mut dispositions = Vec::new();
    if let Some(tree) = fields.take("disposition") {
        for item in reader.list(tree, "`disposition`") {
            dispositions.extend(read_disposition(reader, item));
        }
    }
    let names = fields.take("fields").map(|tree| reader.texts(tree, "a slot of `fields`"));
    let names = names.unwrap_or_default();
    for (name, at) in &names {
        reader.refer(Target::Slot, name, *at);
    }
    let tool = fields.take("tool").and_then(|tree| reader.reference(tree, "`tool`", Target::Tool));
    fields.finish(reader);
    let fields = names.into_iter().map(|(name, _)| name).collect();
    Some(AfterCall { dispositions, fields, tool })
}

fn read_disposition(reader: &mut Reader, tree: &Tree) -> Option<Disposition> {
    let mut fields = reader.fields(tree, "a disposition of `after_call`")?;
    let when = fields.take("when").and_then(|tree| reader.condition(tree, "`when`"));
    let name = fields.need(reader, "is").and_then(|tree| reader.text(tree, "`is`"));
    fields.finish(reader);
    Some(Disposition { when, name: name? })
}

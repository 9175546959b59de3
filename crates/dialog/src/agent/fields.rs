//! Reading the fields of a mapping one by one, noting every problem on the way.
//!
//! It knows kinds of values, not what an agent is.

use super::error::{Place, Problem, nearest};
use super::tree::{Key, Shape, Tree};
use crate::condition::Condition;
use crate::template::{Template, is_name};

/// A name used somewhere in the file, to be followed when all is read.
#[derive(Debug)]
pub(crate) struct Reference {
    pub to: Target,
    pub name: String,
    pub at: Place,
}

/// What a name must be the name of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    Agent,
    Node,
    Slot,
    Tool,
    Intent,
    Context,
    /// Anything with a value: a slot, a context value or a variable.
    Value,
    /// The same, or what the call itself counts.
    Condition,
    /// A value, or a secret.
    Header,
    /// A variable: what the author, and nobody in a call, decides.
    Host,
}

/// Collects problems and references while a file is read.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    pub problems: Vec<Problem>,
    pub references: Vec<Reference>,
}

/// Most problems reported: after that many the reader has enough to do.
const PROBLEMS_MAX: usize = 100;

impl Reader {
    pub fn problem(&mut self, at: Place, what: impl Into<String>, cure: impl Into<String>) {
        if self.problems.len() < PROBLEMS_MAX {
            let (what, cure) = (what.into(), cure.into());
            self.problems.push(Problem { line: at.line, column: at.column, what, cure });
        }
    }

    pub fn refer(&mut self, to: Target, name: &str, at: Place) {
        self.references.push(Reference { to, name: name.to_owned(), at });
    }

    fn wrong_kind(&mut self, tree: &Tree, what: &str, wanted: &str) {
        self.problem(tree.at, format!("{what} is {}", tree.kind()), format!("write {wanted}"));
    }

    pub fn text(&mut self, tree: &Tree, what: &str) -> Option<String> {
        match &tree.value {
            Shape::Text(text) if text.trim().is_empty() => {
                self.problem(tree.at, format!("{what} is empty"), "write some text");
                None
            }
            Shape::Text(text) => Some(text.trim().to_owned()),
            Shape::Number(number) => Some(number.to_string()),
            _ => {
                self.wrong_kind(tree, what, "text");
                None
            }
        }
    }

    pub fn flag(&mut self, tree: &Tree, what: &str) -> Option<bool> {
        let Shape::Flag(flag) = tree.value else {
            self.wrong_kind(tree, what, "true or false");
            return None;
        };
        Some(flag)
    }

    /// A number between two bounds, both allowed.
    pub fn number(&mut self, tree: &Tree, what: &str, min: f64, max: f64) -> Option<f64> {
        let Shape::Number(number) = &tree.value else {
            self.wrong_kind(tree, what, &format!("a number from {min} to {max}"));
            return None;
        };
        let number = number.as_f64().filter(|number| (min..=max).contains(number));
        if number.is_none() {
            self.problem(
                tree.at,
                format!("{what} is out of bounds"),
                format!("write a number from {min} to {max}"),
            );
        }
        number
    }

    /// A whole number between two bounds, both allowed.
    pub fn whole(&mut self, tree: &Tree, what: &str, min: u64, max: u64) -> Option<u64> {
        let Shape::Number(number) = &tree.value else {
            self.wrong_kind(tree, what, &format!("a whole number from {min} to {max}"));
            return None;
        };
        let number = number.as_u64().filter(|number| (min..=max).contains(number));
        if number.is_none() {
            let cure = format!("write a whole number from {min} to {max}");
            self.problem(tree.at, format!("{what} is out of bounds"), cure);
        }
        number
    }

    /// One of a few words.
    pub fn choice<T: Copy>(&mut self, tree: &Tree, what: &str, choices: &[(&str, T)]) -> Option<T> {
        let word = self.text(tree, what)?;
        let found = choices.iter().find(|(name, _)| *name == word).map(|(_, value)| *value);
        if found.is_none() {
            let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
            self.problem(
                tree.at,
                format!("{what} `{word}` does not exist"),
                cure_for(&word, &names),
            );
        }
        found
    }

    pub fn list<'t>(&mut self, tree: &'t Tree, what: &str) -> &'t [Tree] {
        let Shape::List(items) = &tree.value else {
            self.wrong_kind(tree, what, "a list");
            return &[];
        };
        items
    }

    /// A text or a list of texts.
    pub fn texts(&mut self, tree: &Tree, what: &str) -> Vec<(String, Place)> {
        let items = match &tree.value {
            Shape::List(items) => items.as_slice(),
            _ => std::slice::from_ref(tree),
        };
        items.iter().filter_map(|item| Some((self.text(item, what)?, item.at))).collect()
    }

    /// Wording with placeholders; every name in it must have a value.
    pub fn template(&mut self, text: &str, at: Place) -> Option<Template> {
        self.template_for(text, at, Target::Value)
    }

    /// The same, with the names that `to` allows.
    pub fn template_for(&mut self, text: &str, at: Place, to: Target) -> Option<Template> {
        match Template::parse(text) {
            Ok(template) => {
                for name in template.names() {
                    self.refer(to, name, at);
                }
                Some(template)
            }
            Err(why) => {
                self.problem(at, why, "write {name} for a value, {{ and }} for braces");
                None
            }
        }
    }

    pub fn templates(&mut self, tree: &Tree, what: &str) -> Vec<Template> {
        let texts = self.texts(tree, what);
        texts.into_iter().filter_map(|(text, at)| self.template(&text, at)).collect()
    }

    pub fn condition(&mut self, tree: &Tree, what: &str) -> Option<Condition> {
        let text = self.text(tree, what)?;
        match Condition::parse(&text) {
            Ok(condition) => {
                for name in condition.names() {
                    self.refer(Target::Condition, name, tree.at);
                }
                Some(condition)
            }
            Err(why) => {
                self.problem(
                    tree.at,
                    why,
                    "write comparisons joined by `and`, such as `code_ok == true`",
                );
                None
            }
        }
    }

    pub fn reference(&mut self, tree: &Tree, what: &str, to: Target) -> Option<String> {
        let name = self.text(tree, what)?;
        self.refer(to, &name, tree.at);
        Some(name)
    }

    /// The entries of a mapping whose keys are names of the author's choice.
    pub fn named<'t>(&mut self, tree: &'t Tree, what: &str) -> Vec<(&'t Key, &'t Tree)> {
        let Shape::Map(entries) = &tree.value else {
            self.wrong_kind(tree, what, "a mapping");
            return Vec::new();
        };
        let mut named = Vec::new();
        for (key, value) in entries {
            if is_name(&key.name) {
                named.push((key, value));
            } else {
                let cure = "begin with a letter and use letters, digits, `_` and `-`";
                self.problem(key.at, format!("`{}` is not a name", key.name), cure);
            }
        }
        named
    }

    /// The fields of a mapping whose keys are ours.
    pub fn fields<'t>(&mut self, tree: &'t Tree, what: impl Into<String>) -> Option<Fields<'t>> {
        let what = what.into();
        let Shape::Map(entries) = &tree.value else {
            self.wrong_kind(tree, &what, "a mapping");
            return None;
        };
        Some(Fields { at: tree.at, what, entries, known: Vec::new(), aliases: Vec::new() })
    }
}

/// A mapping whose keys are ours; a key that is never asked for is a problem.
pub(crate) struct Fields<'t> {
    pub at: Place,
    /// What the mapping is, for messages: "node `greet`".
    pub what: String,
    entries: &'t [(Key, Tree)],
    known: Vec<&'static str>,
    /// Names of other products that are understood too, but not offered.
    aliases: Vec<&'static str>,
}

impl<'t> Fields<'t> {
    pub fn take(&mut self, name: &'static str) -> Option<&'t Tree> {
        self.known.push(name);
        self.entries.iter().find(|(key, _)| key.name == name).map(|(_, value)| value)
    }

    /// A field under another product's name, with where it stands.
    pub fn take_alias(&mut self, name: &'static str) -> Option<(&'t Key, &'t Tree)> {
        self.aliases.push(name);
        self.entries.iter().find(|(key, _)| key.name == name).map(|(key, value)| (key, value))
    }

    pub fn need(&mut self, reader: &mut Reader, name: &'static str) -> Option<&'t Tree> {
        let found = self.take(name);
        if found.is_none() {
            reader.problem(
                self.at,
                format!("{} has no `{name}`", self.what),
                format!("add `{name}:`"),
            );
        }
        found
    }

    pub fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|(key, _)| key.name == name)
    }

    /// Reports the keys that nobody asked for.
    pub fn finish(self, reader: &mut Reader) {
        for (key, _) in self.entries {
            let name = key.name.as_str();
            if !self.known.contains(&name) && !self.aliases.contains(&name) {
                let what = format!("{} has an unknown key `{}`", self.what, key.name);
                reader.problem(key.at, what, cure_for(&key.name, &self.known));
            }
        }
    }
}

/// "did you mean ...?" when something is near, otherwise what there is to choose from.
pub(crate) fn cure_for(wrong: &str, known: &[&str]) -> String {
    const LISTED_MAX: usize = 30;
    match nearest(wrong, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "none is defined yet".to_owned(),
        None => {
            let more = if known.len() > LISTED_MAX { ", ..." } else { "" };
            let listed: Vec<&str> = known.iter().copied().take(LISTED_MAX).collect();
            format!("choose from: {}{more}", listed.join(", "))
        }
    }
}

//! Runs groups of cases of the JSON-Schema-Test-Suite: a schema, and instances that it allows or forbids.

use hearsay_language::grammar::schema::{self, Objects};
use hearsay_language::grammar::{Grammar, Vocabulary};
use hearsay_language::slm::constraint::Constraint;
use serde_json::Value;

/// What came out of a file, or of several.
#[derive(Debug, Default)]
pub struct Counts {
    /// Schemas that passed the check.
    pub claimed: usize,
    /// Schemas that were refused, with what was said.
    pub refused: Vec<String>,
    /// Allowed instances of claimed schemas.
    pub valid: usize,
    /// How many of them can be written.
    pub valid_accepted: usize,
    /// Forbidden instances of claimed schemas.
    pub invalid: usize,
    /// Those that can be written all the same; there may be none.
    pub invalid_accepted: Vec<String>,
}

impl Counts {
    /// Adds those of another file.
    pub fn add(&mut self, other: Counts) {
        self.claimed += other.claimed;
        self.refused.extend(other.refused);
        self.valid += other.valid;
        self.valid_accepted += other.valid_accepted;
        self.invalid += other.invalid;
        self.invalid_accepted.extend(other.invalid_accepted);
    }
}

/// Runs one file of the suite.
pub fn run_file(vocabulary: &Vocabulary, name: &str, text: &str) -> Counts {
    let groups: Vec<Value> = serde_json::from_str(text).expect("a list of groups");
    let mut counts = Counts::default();
    for group in &groups {
        let title = format!("{name}: {}", group["description"].as_str().unwrap_or_default());
        if let Err(error) = schema::check(&group["schema"]) {
            counts.refused.push(format!("{title}: {error}"));
            continue;
        }
        // As the standard has it: objects open. What is closed lets through less.
        let grammar = match Grammar::json(vocabulary, &group["schema"], Objects::Open) {
            Ok(grammar) => grammar,
            Err(error) => {
                counts.refused.push(format!("{title}: {error}"));
                continue;
            }
        };
        counts.claimed += 1;
        for test in group["tests"].as_array().expect("tests") {
            let accepted = accepts(&grammar, &test["data"]);
            if test["valid"] == true {
                counts.valid += 1;
                counts.valid_accepted += usize::from(accepted);
                continue;
            }
            counts.invalid += 1;
            if accepted {
                counts.invalid_accepted.push(format!("{title}: {}", test["data"]));
            }
        }
    }
    counts
}

/// Whether the compact text of a value can be written, as a whole.
fn accepts(grammar: &Grammar, value: &Value) -> bool {
    let mut follower = grammar.begin();
    value.to_string().bytes().all(|byte| follower.accept(u32::from(byte)).is_ok())
        && follower.can_stop()
}

//! A part of the JSON-Schema-Test-Suite: under the schemas that pass the check no forbidden instance can be written.

#[path = "json_schema/run.rs"]
mod run;

use hearsay_language::grammar::Vocabulary;
use run::Counts;
use serde_json::Value;

/// From the suite's draft2020-12 folder; see json_schema_suite.md beside it.
const CASES: &str = include_str!("data/json_schema_suite.json");

fn counts() -> Counts {
    let vocabulary = Vocabulary::of_bytes(0).unwrap();
    let files: serde_json::Map<String, Value> = serde_json::from_str(CASES).unwrap();
    let mut total = Counts::default();
    for (name, groups) in &files {
        total.add(run::run_file(&vocabulary, name, &groups.to_string()));
    }
    total
}

#[test]
fn no_forbidden_instance_can_be_written() {
    let counts = counts();
    assert!(counts.invalid_accepted.is_empty(), "{:#?}", counts.invalid_accepted);
    // The others are left out by design: other orders of properties, exponents under bounds, rarer forms of formats.
    let share = counts.valid_accepted * 100 / counts.valid;
    assert!(share >= 80, "only {} of {} allowed ones", counts.valid_accepted, counts.valid);
    assert!(counts.claimed >= 100 && counts.invalid >= 200, "{} schemas", counts.claimed);
}

#[test]
fn every_refusal_names_its_place_and_a_cure() {
    for refused in counts().refused {
        assert!(refused.contains("schema at #"), "{refused}");
    }
}

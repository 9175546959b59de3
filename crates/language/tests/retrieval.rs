//! The shipped retrieval weights: the encoder is the one that was trained, and the
//! bank of the examples answers what it knows and nothing else.

use std::path::{Path, PathBuf};

use hearsay_language::grounding::{FactKind, grounded};
use hearsay_language::knowledge::{ANSWERABLE_MIN, Encoder, Knowledge, KnowledgeFile};
use serde_json::Value;

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name)
}

fn shipped() -> Encoder {
    Encoder::load(&std::fs::read(path("crates/weights/data/retrieval_en.bin")).unwrap()).unwrap()
}

fn bank(encoder: &Encoder) -> Knowledge {
    let read = |name: &str| std::fs::read(path("examples/bank/knowledge").join(name)).unwrap();
    let (faq, fees) = (read("faq.json"), read("fees.md"));
    let files = [
        KnowledgeFile { name: "faq.json", bytes: &faq },
        KnowledgeFile { name: "fees.md", bytes: &fees },
    ];
    Knowledge::load(encoder, &files).unwrap()
}

#[test]
fn vectors_and_rarities_are_those_of_the_training() {
    let encoder = shipped();
    let golden = std::fs::read(path("crates/language/tests/golden/retrieval.json")).unwrap();
    let cases: Vec<Value> = serde_json::from_slice(&golden).unwrap();
    assert!(!cases.is_empty());
    for case in cases {
        let text = case["text"].as_str().unwrap();
        let near = |values: &Value, got: &[f32]| {
            let wanted: Vec<f64> =
                values.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect();
            assert_eq!(wanted.len(), got.len(), "{text}");
            for (wanted, got) in wanted.iter().zip(got) {
                assert!((wanted - f64::from(*got)).abs() < 2e-4, "{text}: {wanted} and {got}");
            }
        };
        near(&case["question"], &encoder.question_vector(text));
        near(&case["passage"], &encoder.passage_vector(text));
        let stems = case["stems"].as_array().unwrap();
        let rarity: Vec<f32> =
            stems.iter().map(|stem| encoder.rarity(stem.as_str().unwrap())).collect();
        near(&case["rarity"], &rarity);
    }
}

#[test]
fn the_bank_answers_from_its_files() {
    let encoder = shipped();
    let bank = bank(&encoder);
    for (question, words) in [
        ("what time does the branch open in the morning", "9:30"),
        ("how much cash can i take out in a day", "300 pounds"),
        ("where is your main branch", "12 Quay Street"),
        ("what email do i write to with a complaint", "complaints@"),
    ] {
        let finding = bank.ask(question, 3);
        let answer = finding.answer.unwrap_or_default();
        assert!(answer.contains(words), "{question}: {answer}");
        assert!(finding.answerable >= ANSWERABLE_MIN, "{question}: {}", finding.answerable);
    }
    for question in [
        "what is the weather like tomorrow",
        "do you sell travel insurance",
        "does the hotel have a pool",
    ] {
        let finding = bank.ask(question, 3);
        assert!(finding.answerable < ANSWERABLE_MIN, "{question}: {}", finding.answerable);
    }
}

#[test]
fn an_answer_from_the_passage_is_supported_and_a_wrong_one_is_not() {
    let encoder = shipped();
    let passage = "Our branches are open from 9:30 to 16:30 from Monday to Friday. They are closed on Sundays.";
    let check = |answer: &str| grounded(&encoder, answer, &[passage], None);
    let right = check("Our branches are open from nine thirty on Monday.");
    assert!(right.score > 0.5 && right.unsupported.is_empty(), "{right:?}");
    let wrong = check("Our branches are open from eight thirty on Monday.");
    assert!(wrong.score < 0.5, "{wrong:?}");
    assert_eq!(wrong.unsupported[0].kind, FactKind::Number);
    let other = check("We can send a plumber to your house.");
    assert!(other.score < right.score && other.score < 0.5, "{other:?}");
    let unsure = grounded(
        &encoder,
        "Our branches are open on Monday.",
        &[passage],
        Some(&[-3.0, -5.0, -2.5]),
    );
    assert!(unsure.score < check("Our branches are open on Monday.").score);
}

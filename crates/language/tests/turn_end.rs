//! The turn-end model: equal to its Python twin, and right on what callers say.

use std::path::Path;

use hearsay_language::turn_end::{Expected, TurnEnd};

#[derive(serde::Deserialize)]
struct Golden {
    text: String,
    expect: String,
    probability: f32,
}

#[derive(serde::Deserialize)]
struct Case {
    text: String,
    expect: String,
    complete: bool,
}

fn shipped() -> TurnEnd {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../weights/data/turn_en.bin");
    TurnEnd::load(&std::fs::read(path).unwrap()).unwrap()
}

fn cases() -> Vec<Case> {
    include_str!("data/turn.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn probabilities_equal_the_python_model() {
    let golden: Vec<Golden> = serde_json::from_str(include_str!("golden/turn_end.json")).unwrap();
    let model = shipped();
    for case in golden {
        let expected = Expected::parse(&case.expect).unwrap();
        let got = model.probability(&case.text, expected);
        assert!(
            (got - case.probability).abs() < 1e-4,
            "{:?}: {got} instead of {}",
            case.text,
            case.probability
        );
    }
}

#[test]
fn ends_are_told_from_pauses() {
    let model = shipped();
    let (mut ends, mut pauses) = (Vec::new(), Vec::new());
    for case in cases() {
        let p = model.probability(&case.text, Expected::parse(&case.expect).unwrap());
        if case.complete { ends.push(p) } else { pauses.push(p) }
    }
    // ROC-AUC: the share of pairs in the right order.
    let right = ends.iter().flat_map(|end| pauses.iter().map(move |pause| end > pause));
    let right = right.filter(|&right| right).count();
    let pairs = ends.len() * pauses.len();
    assert!(right * 100 >= pairs * 90, "{right} of {pairs} pairs in order");
}

#[test]
fn what_was_asked_decides_whether_digits_are_enough() {
    let model = shipped();
    let p = |text, min, max| model.probability(text, Expected::Digits { min, max });
    assert!(p("four two seven one", 4, 4) > 0.8);
    assert!(p("four two seven one", 10, 10) < 0.2);
}

#[test]
fn any_input_gives_a_probability() {
    let model = shipped();
    for text in ["", " ", "\u{0}", "'''", "1 2 3", &"x".repeat(100_000), &"é ".repeat(50_000)] {
        for min in [1, usize::MAX] {
            let p = model.probability(text, Expected::Digits { min, max: usize::MAX });
            assert!((0.0..=1.0).contains(&p));
        }
    }
}

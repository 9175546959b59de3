use super::*;

const HOURS: &str =
    "We are open from 9:30 to 17:00 on weekdays. Pets are not allowed. The fee is $1,250.50.";

fn kinds(answer: &str, passage: &str) -> Vec<(FactKind, String)> {
    let verdict = grounded(&encoder(), answer, &[passage], None);
    verdict.unsupported.iter().map(|u| (u.kind, answer[u.span.clone()].to_string())).collect()
}

fn encoder() -> Encoder {
    Encoder::load(&crate::knowledge::untrained_file()).unwrap()
}

#[test]
fn figures_agree_in_words_and_digits() {
    for answer in [
        "We open at nine thirty.",
        "We open at half past nine.",
        "We open at 9:30.",
        "The fee is one thousand two hundred and fifty dollars and fifty cents.",
        "The fee is $1,250.50.",
    ] {
        assert_eq!(kinds(answer, HOURS), [], "{answer}");
    }
    for (answer, wrong) in [
        ("We open at nine fifteen.", "nine fifteen"),
        ("We open at 9:45.", "9:45"),
        ("The fee is $250.", "$250"),
        ("We are open on Sunday.", "Sunday"),
    ] {
        assert_eq!(kinds(answer, HOURS), [(FactKind::Number, wrong.to_string())], "{answer}");
    }
    assert_eq!(kinds("It costs twenty.", "It costs twenty five dollars.").len(), 1);
}

#[test]
fn names_and_addresses_must_stand_there() {
    let passage = "Ask Maria Lopez at help@bank.example or on https://bank.example/help.";
    assert_eq!(kinds("Please ask Maria Lopez, or write to help@bank.example.", passage), []);
    assert_eq!(
        kinds("Please ask Peter Smith, or write to info@bank.example.", passage),
        [
            (FactKind::Name, "Peter Smith".to_string()),
            (FactKind::Address, "info@bank.example.".to_string())
        ]
    );
}

#[test]
fn saying_the_opposite_is_seen() {
    assert_eq!(kinds("Pets are allowed.", HOURS)[0].0, FactKind::Negation);
    assert_eq!(kinds("No, pets are not allowed.", HOURS).len(), 1, "no and not cancel by counting");
    assert_eq!(kinds("Pets are not allowed.", HOURS), []);
}

#[test]
fn a_missing_figure_caps_the_score_and_no_claim_is_fine() {
    let score = |answer: &str| grounded(&encoder(), answer, &[HOURS], None).score;
    assert!(score("We open at 7:15.") <= FACT_MISSING_SCORE_MAX);
    assert!((score("") - 1.0).abs() < 1e-6);
}

#[test]
fn confidence_is_bounded_and_may_be_absent() {
    assert_eq!(confidence(None), (0.0, 0.0));
    assert_eq!(confidence(Some(&[])), (0.0, 0.0));
    assert_eq!(confidence(Some(&[f32::NEG_INFINITY, f32::NAN])), (0.0, 0.0));
    let (sure, _) = confidence(Some(&[-0.01, -0.02]));
    let (unsure, least) = confidence(Some(&[-0.01, -9.0]));
    assert!(sure > 0.0 && unsure < 0.0 && least < 0.0);
}

#[test]
fn any_text_is_looked_at_without_harm() {
    let mut state = 9_u32;
    let mut text = String::new();
    for _ in 0..3000 {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        text.push(char::from_u32(state >> 12 & 0xff | 0x20).unwrap_or(' '));
        if state.is_multiple_of(7) {
            text.push_str(
                [" 9", "@", "é", " . A", "half past ", "\u{939}"][state as usize / 7 % 6],
            );
        }
    }
    let verdict = grounded(&encoder(), &text, &[&text, HOURS], Some(&[-1.0]));
    assert!(verdict.score.is_finite());
    assert!(verdict.unsupported.iter().all(|u| text.is_char_boundary(u.span.start)));
    assert!(verdict.unsupported.iter().all(|u| text.is_char_boundary(u.span.end)));
}

#[test]
fn a_figure_belongs_to_what_its_own_sentence_says() {
    let fees = "- Cash from machines of other banks abroad costs $2 each time.\n\
                - A second replacement card in the same year costs $8.";
    for right in [
        "A second replacement card in the same year costs $8.",
        "Sure. The replacement card costs eight dollars.",
        "Cash abroad costs $2 each time.",
        "$8.",
    ] {
        assert_eq!(kinds(right, fees), [], "{right}");
    }
    for torn in ["A replacement card in the same year costs $2 each time.", "Cash abroad is $8."] {
        assert_eq!(kinds(torn, fees), [(FactKind::Number, torn.to_string())], "{torn}");
        assert!(grounded(&encoder(), torn, &[fees], None).score <= FACT_MISSING_SCORE_MAX);
    }
}

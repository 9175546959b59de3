//! The tagger in Rust equals its PyTorch twin; spans are where they should be.

use super::*;

#[derive(serde::Deserialize)]
struct Turn {
    text: String,
    words: Vec<String>,
    logits: Vec<[f32; KINDS]>,
}

fn shipped(name: &str) -> Vec<u8> {
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/../weights/data");
    std::fs::read(std::path::Path::new(data).join(name)).unwrap()
}

fn tagger() -> Tagger {
    let english = Tagger::load(&shipped("pii_en.bin")).unwrap();
    english.with_spanish_and_hindi(&shipped("pii_es_hi.bin")).unwrap()
}

#[test]
fn words_and_logits_equal_the_python_twin() {
    let tagger = tagger();
    equal_their_twin(&tagger.net, include_str!("../../tests/golden/personal_data.json"));
    let other = tagger.other.unwrap();
    equal_their_twin(&other, include_str!("../../tests/golden/personal_data_es_hi.json"));
}

fn equal_their_twin(net: &Net, golden: &str) {
    let golden: Vec<Turn> = serde_json::from_str(golden).unwrap();
    for turn in golden {
        let found = words(&turn.text);
        let features: Vec<_> = found.iter().map(|word| Features::new(&word.bare)).collect();
        // The twin writes stand-ins where the net sees no letters.
        let known: Vec<_> = turn
            .words
            .iter()
            .map(|word| Features::new(&word.replace("<digits>", "1").replace("<other>", "_")))
            .collect();
        assert_eq!(features, known, "{}", turn.text);
        let logits = net.advance(&mut State::new(), &features, true);
        for (n, (got, want)) in
            logits[0].as_chunks::<KINDS>().0.iter().zip(&turn.logits).enumerate()
        {
            let far = got.iter().zip(want).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(far < 5e-3, "{}: word {n} is {far} off", turn.text);
        }
    }
}

#[test]
fn names_addresses_and_birthdays_are_found_beside_numbers() {
    let tagger = tagger();
    for (text, expected) in [
        ("", ""),
        ("My name is Mary O'Neill.", "My name is [NAME_REDACTED]."),
        ("hello this is josé garcía speaking", "hello this is [NAME_REDACTED] speaking"),
        ("I live at 24 North Maple Street, thanks", "I live at [ADDRESS_REDACTED], thanks"),
        ("I was born on May 5th 1980.", "I was born on [BIRTH_DATE_REDACTED]."),
        ("a table for four next tuesday please", "a table for four next tuesday please"),
        (
            "this is john smith, my card is 4111 1111 1111 1111",
            "this is [NAME_REDACTED], my card is [CARD_REDACTED]",
        ),
    ] {
        assert_eq!(tagger.redact(text), expected);
    }
}

#[test]
fn spanish_and_hindi_are_read_by_a_net_of_their_own() {
    let tagger = tagger();
    for (text, expected) in [
        ("Me llamo José García Muñoz.", "Me llamo [NAME_REDACTED]."),
        ("vivo en la calle mayor 12, gracias", "vivo en la [ADDRESS_REDACTED], gracias"),
        ("nací el cinco de mayo de 1980", "nací el [BIRTH_DATE_REDACTED]"),
        ("quiero una mesa para el cinco de mayo", "quiero una mesa para el cinco de mayo"),
        ("मेरा नाम राहुल शर्मा है।", "मेरा नाम [NAME_REDACTED] है।"),
        ("मेरा कार्ड खो गया है", "मेरा कार्ड खो गया है"),
    ] {
        assert_eq!(tagger.redact(text), expected);
    }
}

#[test]
fn the_question_tells_what_an_answer_is() {
    let tagger = tagger();
    let kinds = |question: &str, answer: &str| -> Vec<PiiKind> {
        tagger.find_in_answer(question, answer).iter().map(|span| span.kind).collect()
    };
    let date = "the fifth of may nineteen eighty";
    assert_eq!(kinds("What is your date of birth?", date), [PiiKind::BirthDate]);
    assert_eq!(kinds("What are the last four digits of your PIN?", "4821"), [PiiKind::Pin]);
    assert!(kinds("Which day would you like the appointment?", "the fifth of may").is_empty());
}

#[test]
fn texts_of_any_kind_and_length_are_taken() {
    let tagger = tagger();
    for text in [" ", "-", ",,,", "¿?", "é", "\u{0}", "मेरा नाम", "a-b-c", "“", "[", "😀 😀"]
    {
        let _ = tagger.redact(text);
    }
    let long = "nothing here ".repeat(1500) + "my name is mary jones";
    assert!(tagger.redact(&long).ends_with("my name is [NAME_REDACTED]"));
}

#[test]
fn broken_weights_are_errors() {
    let mut good = shipped("pii_en.bin");
    let what = |data: &[u8]| Tagger::load(data).unwrap_err().to_string();
    assert!(what(b"HPU1").contains("HPI1"));
    assert!(what(&good[..good.len() / 2]).contains("too early"));
    good.push(0);
    assert!(what(&good).contains("1 bytes follow"));
}

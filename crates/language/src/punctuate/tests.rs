//! The net in Rust equals its PyTorch twin; broken weight files are errors.

use super::*;

#[derive(serde::Deserialize)]
struct Golden {
    rows: Vec<(String, Vec<usize>)>,
    pairs: Vec<usize>,
    turns: Vec<Turn>,
}

#[derive(serde::Deserialize)]
struct Turn {
    text: String,
    signs: Vec<usize>,
    sign_logits: Vec<[f32; 4]>,
    case_logits: Vec<[f32; 3]>,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("../../tests/golden/punctuate.json")).unwrap()
}

fn shipped() -> Vec<u8> {
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/../weights/data/punctuate_en.bin");
    std::fs::read(data).unwrap()
}

fn net() -> Net {
    Net::parse(&shipped(), MAGIC, &[SIGNS, CASES]).unwrap().0
}

#[test]
fn rows_equal_the_python_twin() {
    let golden = golden();
    let mut words = Vec::new();
    for (word, expected) in &golden.rows {
        // Python is given the stand-ins themselves.
        let word = word.replace("<digits>", "24").replace("<other>", "naïve");
        words.push(Features::new(&word));
        assert_eq!(words[words.len() - 1].rows.to_vec(), *expected, "{word}");
    }
    let pairs: Vec<usize> = words.windows(2).map(|two| two[1].pair(&two[0])).collect();
    assert_eq!(pairs, golden.pairs[1..]);
}

#[test]
fn logits_equal_the_python_twin() {
    let net = net();
    for turn in golden().turns {
        let words: Vec<_> = turn.text.split(' ').map(Features::new).collect();
        let found = net.advance(&mut State::new(), &words, true);
        let (signs, cases) = (found[0].as_chunks::<SIGNS>().0, found[1].as_chunks::<CASES>().0);
        assert_eq!((signs.len(), cases.len()), (words.len(), words.len()), "{}", turn.text);
        for (n, (signs, cases)) in signs.iter().zip(cases).enumerate() {
            let expected = turn.sign_logits[n].iter().chain(&turn.case_logits[n]);
            let far = signs.iter().chain(cases).zip(expected);
            let far = far.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(far < 2e-3, "{}: word {n} is {far} off", turn.text);
            assert_eq!(best(signs), turn.signs[n], "{}: word {n}", turn.text);
        }
    }
}

#[test]
fn one_word_at_a_time_equals_many_at_once() {
    let net = net();
    let words: Vec<_> = golden().turns[6].text.split(' ').map(Features::new).collect();
    let together = net.advance(&mut State::new(), &words, true);
    let mut state = State::new();
    let mut alone = vec![Vec::new(), Vec::new()];
    let mut add = |state: &mut State, words: &[Features], last| {
        for (all, found) in alone.iter_mut().zip(net.advance(state, words, last)) {
            all.extend(found);
        }
        alone[0].len() / SIGNS
    };
    for (n, word) in words.iter().enumerate() {
        let certain = add(&mut state, &[*word], false);
        assert_eq!(certain, (n + 1).saturating_sub(LOOK_AHEAD_WORDS));
    }
    add(&mut state, &[], true);
    assert_eq!(alone, together);
}

#[test]
fn broken_weights_are_errors() {
    let good = shipped();
    let what = |data: &[u8]| Punctuator::load(data).unwrap_err().to_string();
    assert!(what(b"").contains("HPU1"));
    assert!(what(b"HPU1").contains("24 bytes too early"));
    assert!(what(&good[..good.len() / 2]).contains("too early"));
    let mut other_shape = good.clone();
    other_shape[4] = 1;
    assert!(what(&other_shape).contains("shape"));
    let mut not_a_number = good.clone();
    not_a_number[28..32].copy_from_slice(&f32::NAN.to_le_bytes());
    assert!(what(&not_a_number).contains("not finite"));
    let mut not_text = good;
    not_text.push(0xff);
    assert!(what(&not_text).contains("mixed-case"));
}

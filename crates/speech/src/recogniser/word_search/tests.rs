use super::super::bias::Bias;
use super::super::word_file::tests::{Row, file};
use super::*;

const PHONE_A: u8 = 1;
const PHONE_B: u8 = 7;
const PHONE_D: u8 = 9;
const PHONE_K: u8 = 20;
const PHONE_S: u8 = 29;
const PHONE_T: u8 = 31;

/// "ad" (A D), "add" (A D), "dad" (D A D), "tat" (T A T); "dad" is followed by "add".
const WORDS: [Row; 4] = [
    ("ad", &[&[PHONE_A, PHONE_D]], -2.0),
    ("add", &[&[PHONE_A, PHONE_D]], -3.0),
    ("dad", &[&[PHONE_D, PHONE_A, PHONE_D]], -2.0),
    ("tat", &[&[PHONE_T, PHONE_A, PHONE_T]], -2.0),
];

fn words() -> Words {
    let bytes = file(&WORDS, &[(4, 3, -0.1)]);
    Words::parse(&bytes, WordTuning::default()).expect("words")
}

/// Frames where each phone (0: blank) has 0.9 and the rest share 0.1.
fn frames(phones: &[u8]) -> Vec<f32> {
    let mut out = Vec::new();
    for &said in phones {
        out.extend((0..PHONES).map(|p| {
            let share: f32 = if p == usize::from(said) { 0.9 } else { 0.1 / 39.0 };
            share.ln()
        }));
    }
    out
}

fn search(words: &Words, bias: Option<Bias>, rows: &[f32]) -> WordSearch {
    let bias = bias.map(|bias| Arc::new(WordBias::new(&bias, words)));
    let mut search = WordSearch::new(words, bias);
    search.advance(words, rows);
    search
}

fn heard(phones: &[u8]) -> String {
    let words = words();
    search(&words, None, &frames(phones)).transcript(&words).text
}

fn heard_with(bias: Bias, phones: &[u8]) -> String {
    let words = words();
    search(&words, Some(bias), &frames(phones)).transcript(&words).text
}

#[test]
fn phones_become_words() {
    assert_eq!(heard(&[0, PHONE_T, PHONE_A, PHONE_A, 0, 0, PHONE_T, 0]), "tat");
    assert_eq!(heard(&[PHONE_A, PHONE_D, 0, PHONE_T, PHONE_A, PHONE_T]), "ad tat");
}

#[test]
fn the_language_model_chooses_between_words_that_sound_alike() {
    assert_eq!(heard(&[PHONE_A, PHONE_D]), "ad");
    assert_eq!(heard(&[PHONE_D, PHONE_A, PHONE_D, 0, PHONE_A, PHONE_D]), "dad add");
}

#[test]
fn a_phone_is_said_twice_only_over_a_blank() {
    // One D: either "ad" ends with it or "dad" begins with it, not both.
    let one = heard(&[PHONE_A, PHONE_D, PHONE_D, PHONE_A, PHONE_D]);
    assert_ne!(one, "ad dad", "one long D is one D");
    assert_eq!(heard(&[PHONE_A, PHONE_D, 0, PHONE_D, PHONE_A, PHONE_D]), "ad dad");
}

#[test]
fn silence_and_nothing_are_no_words() {
    assert_eq!(heard(&[]), "");
    assert_eq!(heard(&[0; 50]), "");
}

#[test]
fn words_have_times_and_confidences() {
    let words = words();
    let rows = frames(&[0, 0, PHONE_T, PHONE_T, PHONE_A, 0, PHONE_T, 0, 0, PHONE_A, PHONE_D, 0]);
    let got = search(&words, None, &rows).transcript(&words).words;
    assert_eq!(got.len(), 2);
    assert_eq!((got[0].start_ms, got[0].end_ms), (60, 210));
    assert_eq!((got[1].start_ms, got[1].end_ms), (270, 330));
    assert!(got[0].confidence > 0.8, "{got:?}");
    assert!(got[1].confidence < got[0].confidence, "it may be \"add\": {got:?}");
}

#[test]
fn a_word_half_heard_is_not_sure() {
    let words = words();
    let sure = search(&words, None, &frames(&[PHONE_T, PHONE_A, PHONE_T])).transcript(&words);
    let mut rows = frames(&[PHONE_T, PHONE_A, PHONE_T]);
    rows[2 * PHONES..].fill(0.025f32.ln());
    let unsure = search(&words, None, &rows).transcript(&words);
    assert_eq!((sure.text.as_str(), unsure.text.as_str()), ("tat", "tat"));
    assert!(unsure.words[0].confidence < sure.words[0].confidence - 0.1, "{unsure:?}");
}

#[test]
fn a_word_that_breaks_off_is_left_out() {
    assert_eq!(heard(&[PHONE_A, PHONE_D, 0, PHONE_T, 0, 0, 0]), "ad");
}

#[test]
fn a_favoured_name_outside_the_lexicon_is_heard() {
    let phones = [PHONE_D, PHONE_A, PHONE_B, 0];
    assert_ne!(heard(&phones), "dob");
    assert_ne!(heard_with(Bias::new(["dob"], 2.0), &phones), "dob", "guessed: D OW B");
    let said = Bias::new(["Dob"], 2.0).with_pronunciations(|_| vec![vec!["D", "AA1", "B"]]);
    assert_eq!(heard_with(said, &phones), "dob");
    let told = Bias::new(["dob"], 2.0).with_pronunciations(|_| vec![vec!["D", "?", "B"]]);
    assert_ne!(heard_with(told, &phones), "dob", "a symbol nobody knows");
}

#[test]
fn a_phrase_is_favoured_as_a_whole_only() {
    let phones = [PHONE_A, PHONE_D, 0, PHONE_T, PHONE_A, PHONE_T];
    assert_eq!(heard_with(Bias::new(["add tat"], 1.0), &phones), "add tat");
    assert_eq!(heard_with(Bias::new(["add dad"], 1.0), &phones), "ad tat");
    assert_eq!(heard_with(Bias::new(["tat", "add dad"], 1.0), &phones), "ad tat");
}

#[test]
fn what_is_no_number_counts_as_silence() {
    let words = words();
    let mut rows = frames(&[PHONE_A, PHONE_D, 0, 0, 0, PHONE_T, PHONE_A, PHONE_T]);
    rows[3 * PHONES + 5] = f32::NAN;
    rows[4 * PHONES..5 * PHONES].fill(f32::NEG_INFINITY);
    rows[2 * PHONES + 7] = f32::INFINITY;
    assert_eq!(search(&words, None, &rows).transcript(&words).text, "ad tat");
    let all = vec![f32::NAN; 20 * PHONES];
    assert_eq!(search(&words, None, &all).transcript(&words).text, "");
}

/// A linear congruential generator: the numbers are the same on every machine.
fn noise(seed: &mut u64) -> f32 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 40) as f32 / (1u64 << 24) as f32
}

/// Rows of random probabilities, most of them blank.
fn babble(count: usize, seed: &mut u64) -> Vec<f32> {
    let mut out = Vec::new();
    for _ in 0..count {
        let row: Vec<f32> = (0..PHONES).map(|_| noise(seed).powi(6) + 1e-4).collect();
        let blank = noise(seed) * 2.0;
        let total: f32 = row.iter().sum::<f32>() + blank;
        out.extend(row.iter().enumerate().map(|(p, &x)| {
            let x = if p == 0 { x + blank } else { x };
            (x / total).ln()
        }));
    }
    out
}

#[test]
fn what_is_stable_is_never_taken_back_and_memory_is_bounded() {
    let words = words();
    let mut grown = 0;
    for mut seed in 1..6u64 {
        let mut search = WordSearch::new(&words, None);
        let mut stable = String::new();
        for _ in 0..300 {
            search.advance(&words, &babble(10, &mut seed));
            let (text, chars) = search.text(&words);
            assert!(text.starts_with(&stable), "{stable:?} was stable, then {text:?}");
            stable = text[..chars].to_owned();
            assert!(search.hypotheses.len() <= WordTuning::default().hypotheses_max);
        }
        assert!(search.transcript(&words).text.starts_with(&stable));
        grown += stable.len();
    }
    assert!(grown > 1000, "only {grown} bytes became stable in 7.5 minutes of babble");
}

#[test]
fn digits_are_heard_sooner_where_they_are_expected() {
    // "sit" is likelier than "six" by itself; the network is not sure of the end.
    let six: &[u8] = &[PHONE_S, PHONE_A, PHONE_K];
    let sit: &[u8] = &[PHONE_S, PHONE_A, PHONE_T];
    let bytes = file(&[("sit", &[sit], -2.0), ("six", &[six], -3.5)], &[]);
    let words = Words::parse(&bytes, WordTuning::default()).expect("words");
    let mut rows = frames(&[PHONE_S, PHONE_A, PHONE_T]);
    rows[2 * PHONES + usize::from(PHONE_K)] = 0.45f32.ln();
    rows[2 * PHONES + usize::from(PHONE_T)] = 0.45f32.ln();
    assert_eq!(search(&words, None, &rows).transcript(&words).text, "sit");
    let bias = Bias::new(Vec::<&str>::new(), 0.5).expecting_digits(true);
    assert_eq!(search(&words, Some(bias), &rows).transcript(&words).text, "six");
}

//! Has the caller finished? A probability from the words so far and from what
//! the agent asked for.
//!
//! A wide part (hashed n-grams of the last words, with the expectation and the
//! count of digits crossed in) and a deep part (vectors of the last six words)
//! add up to one logit. It hears no pause and keeps no state: how long to wait
//! for which probability is for the dialog to say. Weights come from
//! `training/turn`, whose `features.py` is this module's exact twin.
//!
//! The file, little-endian: `HTE1`; u32 wide bits, word bits, vector, hidden,
//! tail words, dense; f32 wide step, word step; the wide weights (2^wide bits)
//! and the word vectors (2^word bits, vector) as i8; f32 W1 (hidden, inputs),
//! b1 (hidden), w2 (hidden), b2.

use std::sync::Arc;

use crate::LanguageError;

const MAGIC: &[u8] = b"HTE1";
const WIDE_BITS: u32 = 17;
const WORD_BITS: u32 = 13;
const VECTOR: usize = 8;
const HIDDEN: usize = 32;
/// Words of the deep part.
const TAIL_WORDS: usize = 6;
/// One for each kind of expectation, four for the digits, two for lengths.
const DENSE: usize = 12;
const INPUTS: usize = TAIL_WORDS * VECTOR + DENSE;
const WIDE: usize = 1 << WIDE_BITS;
const WORDS: usize = 1 << WORD_BITS;
const FLOATS: usize = HIDDEN * INPUTS + 2 * HIDDEN + 1;
const HEADER: usize = 4 + 6 * 4 + 2 * 4;
const LENGTH: usize = HEADER + WIDE + WORDS * VECTOR + 4 * FLOATS;

/// Words of a turn that are looked at, from its end.
const WORDS_MAX: usize = 200;
/// Characters of a turn that are looked at, from its end.
const CHARS_MAX: usize = 8_000;
/// Last words that the wide part takes one by one.
const NEAR_WORDS: usize = 12;
/// Stands where there is no word.
const NO_WORD: &str = "<";

const DIGIT_WORDS: [&str; 10] =
    ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
const TEENS: [&str; 10] = [
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 8] =
    ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/// What the agent is waiting for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Expected {
    /// Nothing in particular.
    #[default]
    Anything,
    /// From `min` to `max` digits.
    Digits {
        /// Fewest.
        min: usize,
        /// Most.
        max: usize,
    },
    /// Yes or no.
    YesNo,
    /// A calendar date.
    Date,
    /// A person's name.
    Name,
    /// An amount of money.
    Money,
}

impl Expected {
    /// Reads `any`, `digits`, `digits:4`, `digits:6-12`, `yes_no`, `date`,
    /// `name` or `money`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "any" => Self::Anything,
            "yes_no" => Self::YesNo,
            "date" => Self::Date,
            "name" => Self::Name,
            "money" => Self::Money,
            "digits" => Self::Digits { min: 1, max: 16 },
            _ => {
                let span = text.strip_prefix("digits:")?;
                let (min, max) = span.split_once('-').unwrap_or((span, span));
                let (min, max) = (min.parse().ok()?, max.parse().ok()?);
                (0 < min && min <= max).then_some(Self::Digits { min, max })?
            }
        })
    }

    /// Its name in features and its place among the dense ones.
    fn kind(self) -> (&'static str, usize) {
        match self {
            Self::Anything => ("any", 0),
            Self::Digits { .. } => ("digits", 1),
            Self::YesNo => ("yes_no", 2),
            Self::Date => ("date", 3),
            Self::Name => ("name", 4),
            Self::Money => ("money", 5),
        }
    }

    fn digits_max(self) -> usize {
        if let Self::Digits { max, .. } = self { max } else { 0 }
    }

    /// 0: no digits, 1: too few, 2: there may be more, 3: all there can be.
    fn digit_state(self, count: usize) -> usize {
        match self {
            _ if count == 0 => 0,
            Self::Digits { min, .. } if count < min => 1,
            Self::Digits { max, .. } if count >= max => 3,
            Self::Digits { .. } => 2,
            _ => 1,
        }
    }
}

/// The model, loaded once and shared; cloning is cheap.
#[derive(Debug, Clone)]
pub struct TurnEnd {
    weights: Arc<Weights>,
}

#[derive(Debug)]
struct Weights {
    wide_step: f32,
    word_step: f32,
    wide: Vec<i8>,
    words: Vec<i8>,
    /// (hidden, inputs), row by row.
    hidden: Vec<f32>,
    hidden_bias: Vec<f32>,
    out: Vec<f32>,
    out_bias: f32,
}

impl TurnEnd {
    /// Loads the model from the bytes of its file.
    ///
    /// # Errors
    /// When the bytes are no such file or hold a value that is not finite.
    pub fn load(data: &[u8]) -> Result<Self, LanguageError> {
        let bad = |what: String| LanguageError::Weights {
            what: format!("turn end: {what}; use the file that training/turn writes"),
        };
        if !data.starts_with(MAGIC) {
            return Err(bad("it does not begin with HTE1".into()));
        }
        if data.len() != LENGTH {
            return Err(bad(format!("{} bytes instead of {LENGTH}", data.len())));
        }
        let (header, rest) = data.split_at(HEADER);
        let shape = [WIDE_BITS, WORD_BITS, 8, 32, 6, 12].map(u32::to_le_bytes).concat();
        if header[4..28] != shape {
            return Err(bad("its sizes are other ones".into()));
        }
        let (wide, rest) = rest.split_at(WIDE);
        let (words, floats) = rest.split_at(WORDS * VECTOR);
        let (steps, mut floats) = (read_floats(&header[28..]), read_floats(floats));
        if steps.iter().chain(&floats).any(|value| !value.is_finite()) {
            return Err(bad("a value is not finite".into()));
        }
        let out_bias = floats.pop().unwrap_or_default();
        let out = floats.split_off(HIDDEN * INPUTS + HIDDEN);
        let hidden_bias = floats.split_off(HIDDEN * INPUTS);
        let signed = |bytes: &[u8]| bytes.iter().map(|byte| byte.cast_signed()).collect();
        Ok(Self {
            weights: Arc::new(Weights {
                wide_step: steps[0],
                word_step: steps[1],
                wide: signed(wide),
                words: signed(words),
                hidden: floats,
                hidden_bias,
                out,
                out_bias,
            }),
        })
    }

    /// Probability, 0 to 1, that a caller who has said these words and is silent
    /// now has finished. Case and punctuation do not count. Without words it says
    /// little.
    pub fn probability(&self, words: &str, expected: Expected) -> f32 {
        let features = Features::of(words, expected);
        let logit = self.weights.wide(&features.wide) + self.weights.deep(&features);
        1.0 / (1.0 + (-logit).exp())
    }
}

impl Weights {
    fn wide(&self, buckets: &[usize]) -> f32 {
        let sum: f32 = buckets.iter().map(|&bucket| f32::from(self.wide[bucket])).sum();
        sum * self.wide_step
    }

    fn deep(&self, features: &Features) -> f32 {
        let mut inputs = Vec::with_capacity(INPUTS);
        for &word in &features.tail {
            let vector = &self.words[word * VECTOR..(word + 1) * VECTOR];
            inputs.extend(vector.iter().map(|&weight| f32::from(weight) * self.word_step));
        }
        inputs.extend(features.dense);
        let rows = self.hidden.chunks_exact(INPUTS).zip(&self.hidden_bias);
        let hidden = rows.map(|(row, bias)| {
            let sum: f32 = row.iter().zip(&inputs).map(|(weight, input)| weight * input).sum();
            (sum + bias).max(0.0)
        });
        hidden.zip(&self.out).map(|(value, weight)| value * weight).sum::<f32>() + self.out_bias
    }
}

/// What the model sees of a turn.
#[derive(Debug)]
struct Features {
    tail: [usize; TAIL_WORDS],
    dense: [f32; DENSE],
    wide: Vec<usize>,
}

impl Features {
    fn of(text: &str, expected: Expected) -> Self {
        let said = words(text);
        let count = digits(&said);
        let (kind, place) = expected.kind();
        let state = expected.digit_state(count);
        let last = |back: usize| {
            said.len().checked_sub(back).and_then(|at| said.get(at)).map_or(NO_WORD, String::as_str)
        };
        let mut tail = [0; TAIL_WORDS];
        for (index, bucket) in tail.iter_mut().enumerate() {
            *bucket = hashed(last(TAIL_WORDS - index), WORD_BITS);
        }
        let mut dense = [0.0; DENSE];
        dense[place] = 1.0;
        dense[6 + state] = 1.0;
        dense[10] = share(said.len(), 12);
        dense[11] = share(count, 16);
        let length = said.len().min(9);
        let left = expected.digits_max().saturating_sub(count).min(9);
        let first = |many: usize| said.iter().take(many).cloned().collect::<Vec<_>>().join(" ");
        let (w1, w2, w3, w4) = (last(1), last(2), last(3), last(4));
        let mut found = vec![
            format!("a {w1}"),
            format!("b {w2} {w1}"),
            format!("c {w3} {w2} {w1}"),
            format!("d {w4} {w3} {w2} {w1}"),
            format!("e {w3} {w1}"),
            format!("f {}", ending(w1)),
            format!("g {length}"),
            format!("h {kind} {w1}"),
            format!("i {kind} {w2} {w1}"),
            format!("j {kind} {length}"),
            format!("k {kind} {state} {left}"),
            format!("l {state} {w1}"),
            format!("m {}", count.min(20)),
            format!("n {} {w1}", first(1)),
            format!("o {}", first(2)),
            format!("p {length} {w1}"),
        ];
        let near = said.len().saturating_sub(NEAR_WORDS);
        found.extend(said.iter().skip(near).map(|word| format!("q {word}")));
        let wide = found.iter().map(|feature| hashed(feature, WIDE_BITS)).collect();
        Self { tail, dense, wide }
    }
}

/// `count` of `of`, at most 1.
#[allow(clippy::cast_precision_loss, reason = "at most 16")]
fn share(count: usize, of: usize) -> f32 {
    count.min(of) as f32 / of as f32
}

/// The last three characters of a word.
fn ending(word: &str) -> &str {
    let start = word.char_indices().rev().nth(2).map_or(0, |(at, _)| at);
    &word[start..]
}

/// Lower-case words, the last 200; digits are spelt one by one.
fn words(text: &str) -> Vec<String> {
    let skipped = text.chars().count().saturating_sub(CHARS_MAX);
    let (mut found, mut word) = (Vec::new(), String::new());
    for char in text.chars().skip(skipped) {
        let char = if char == '\u{2019}' { '\'' } else { char };
        if let Some(digit) = char.to_digit(10) {
            close(&mut word, &mut found);
            found.extend(DIGIT_WORDS.get(digit as usize).map(|word| (*word).to_owned()));
        } else if char == '\'' || is_letter(char) {
            word.extend(char.to_lowercase());
        } else {
            close(&mut word, &mut found);
        }
    }
    close(&mut word, &mut found);
    found.split_off(found.len().saturating_sub(WORDS_MAX))
}

fn close(word: &mut String, found: &mut Vec<String>) {
    let bare = word.trim_matches('\'');
    if !bare.is_empty() {
        found.push(bare.to_owned());
    }
    word.clear();
}

/// A rule simple enough to be the same in every language and Unicode version.
fn is_letter(char: char) -> bool {
    match u32::from(char) {
        0..0x80 => char.is_ascii_alphabetic(),
        0x80..0xc0 | 0xd7 | 0xf7 | 0x2000..=0x2bff | 0x3000..=0x303f | 0xfeff => false,
        _ => true,
    }
}

/// How many digits the words say, roughly: "twenty one" two, "double five" two.
fn digits(words: &[String]) -> usize {
    let (mut count, mut after_tens) = (0, false);
    for word in words {
        let word = word.as_str();
        let is_tens = TENS.contains(&word);
        count += match word {
            "zero" | "oh" | "o" | "double" => 1,
            "triple" => 2,
            _ if is_tens || TEENS.contains(&word) => 2,
            _ if DIGIT_WORDS.contains(&word) => usize::from(!after_tens),
            _ => 0,
        };
        after_tens = is_tens;
    }
    count
}

/// FNV-1a 32, folded to some bits as FNV's authors advise.
fn hashed(text: &str, bits: u32) -> usize {
    let hash = text
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    (hash ^ (hash >> bits)) as usize & ((1 << bits) - 1)
}

fn read_floats(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks::<4>().0.iter().map(|&four| f32::from_le_bytes(four)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_counted_as_they_are_said() {
        for (text, wanted) in [
            ("four two seven one", 4),
            ("4271", 4),
            ("forty two seventy one", 4),
            ("twenty oh one", 4),
            ("double five triple nine", 5),
            ("fifteen", 2),
            ("hello", 0),
        ] {
            assert_eq!(digits(&words(text)), wanted, "{text}");
        }
    }

    #[test]
    fn words_lose_case_and_signs_and_keep_apostrophes() {
        assert_eq!(words("I'd like 2, OK?"), ["i'd", "like", "two", "ok"]);
        assert_eq!(words("' it\u{2019}s '"), ["it's"]);
        assert_eq!(words(&"word ".repeat(100_000)).len(), WORDS_MAX);
    }

    #[test]
    fn expectations_are_read() {
        assert_eq!(Expected::parse("digits:4"), Some(Expected::Digits { min: 4, max: 4 }));
        assert_eq!(Expected::parse("digits:6-12"), Some(Expected::Digits { min: 6, max: 12 }));
        for wrong in ["", "digit", "digits:", "digits:9-3", "digits:0", "digits:-4", "maybe"] {
            assert_eq!(Expected::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn broken_files_are_errors() {
        assert!(TurnEnd::load(b"").is_err());
        assert!(TurnEnd::load(b"HTE1").is_err());
        let mut file = vec![0; LENGTH];
        file[..4].copy_from_slice(MAGIC);
        assert!(TurnEnd::load(&file).is_err(), "sizes of zero");
        for (slot, size) in [17_u32, 13, 8, 32, 6, 12].into_iter().enumerate() {
            file[4 + 4 * slot..8 + 4 * slot].copy_from_slice(&size.to_le_bytes());
        }
        let model = TurnEnd::load(&file).unwrap();
        assert_eq!(model.probability("anything", Expected::Anything), 0.5);
        file[28..32].copy_from_slice(&f32::NAN.to_le_bytes());
        assert!(TurnEnd::load(&file).is_err(), "not finite");
    }
}

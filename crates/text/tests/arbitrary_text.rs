//! No text makes the rules panic, normalised text holds no figures, and what is spoken has a place in the text.
//! Texts come from a seeded generator; a failure prints its seed.

use hearsay_text::sentence::{Limits, Splitter};
use hearsay_text::{g2p, itn, normalize, pii, sentence};

/// Pieces that the rules care about, put together at random.
const PIECES: [&str; 70] = [
    " ",
    "  ",
    "\n",
    "\t",
    ".",
    ",",
    "-",
    "–",
    "/",
    ":",
    "'",
    "’",
    "\"",
    "(",
    ")",
    "$",
    "€",
    "£",
    "¢",
    "%",
    "#",
    "&",
    "@",
    "+",
    "=",
    "°",
    "½",
    "²",
    "٣",
    "९",
    "五",
    "é",
    "ñ",
    "🙂",
    "\u{301}",
    "\u{0}",
    "0",
    "1",
    "12",
    "2024",
    "31",
    "007",
    "999999999999",
    "1,000",
    "3.5",
    "5pm",
    "p.m.",
    "Dr.",
    "St.",
    "No.",
    "Jan",
    "May",
    "II",
    "XL",
    "USD",
    "http://",
    "www.",
    ".com",
    "a",
    "B",
    "kg",
    "m/s",
    "twenty",
    "one",
    "oh",
    "double",
    "hundred",
    "million",
    "point",
    "dollars",
];

/// Marsaglia's xorshift.
struct Random(u64);

impl Random {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below as u64) as usize
    }
}

fn text(random: &mut Random) -> String {
    let mut text = String::new();
    for _ in 0..random.next(14) {
        if random.next(12) == 0 {
            text.extend(char::from_u32(random.next(0x11_0000) as u32));
        } else {
            text.push_str(PIECES[random.next(PIECES.len())]);
            if random.next(2) == 0 {
                text.push(' ');
            }
        }
    }
    text
}

#[test]
fn no_text_panics_and_no_figure_is_left() {
    for seed in 1..800u64 {
        let text = text(&mut Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        let spoken = normalize::normalize_text(&text);
        assert!(
            !spoken.contains(|c: char| c.is_numeric() && !is_word(c)),
            "seed {seed}: {text:?} gave {spoken:?}"
        );
        let mut at = 0;
        for token in normalize::normalize(&text) {
            assert!(
                token.source.start >= at && token.source.end > token.source.start,
                "seed {seed}: {text:?}"
            );
            assert!(text.get(token.source.clone()).is_some(), "seed {seed}: {text:?}");
            assert!(!token.spoken.trim().is_empty(), "seed {seed}: {text:?}");
            at = token.source.end;
        }
        let _ = (itn::itn(&text), itn::digits(&text), itn::number(&text), pii::redact(&text));
    }
}

/// Numerals that are also letters, such as 五, are words.
fn is_word(c: char) -> bool {
    c.is_alphabetic()
}

#[test]
fn sentences_put_together_are_the_text() {
    for seed in 1..800u64 {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let text = text(&mut random);
        let mut splitter =
            Splitter::new(Limits { bytes_max: 40, first_clause_bytes_min: random.next(20) });
        let mut pieces: Vec<sentence::Sentence> = Vec::new();
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let (head, tail) =
                rest.split_at(rest.ceil_char_boundary(1 + random.next(9).min(rest.len() - 1)));
            pieces.extend(splitter.push(head));
            rest = tail;
        }
        pieces.extend(splitter.finish());
        let bare = |s: &str| s.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        let joined: String = pieces.iter().map(|p| bare(&p.text)).collect();
        assert_eq!(joined, bare(&text), "seed {seed}");
        for piece in pieces {
            assert!(
                piece.text.len() <= 40 && text[piece.start..].starts_with(&piece.text),
                "seed {seed}: {text:?}"
            );
        }
    }
}

#[test]
fn arbitrary_bytes_are_no_dictionary() {
    let mut random = Random(7);
    for _ in 0..200 {
        let mut bytes: Vec<u8> = (0..random.next(60)).map(|_| random.next(256) as u8).collect();
        assert!(g2p::G2p::load(&bytes, &bytes).is_err());
        bytes.splice(0..0, *b"HLX1");
        assert!(g2p::G2p::load(&bytes, &bytes).is_err());
    }
}

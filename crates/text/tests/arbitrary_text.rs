//! No text makes the rules panic, normalised text holds no figures, and what is spoken has a place in the text.
//! Texts come from a seeded generator; a failure prints its seed.

use hearsay_text::clause::{CLAUSE_CHARS_MAX, ClauseSplitter};
use hearsay_text::g2p::dictionary::PronunciationDictionary;
use hearsay_text::language::{self, Language};
use hearsay_text::plain::Plain;
use hearsay_text::sentence::{Limits, Splitter};
use hearsay_text::{clause, g2p, itn, normalize, pii, sentence};

/// Pieces that the rules care about, put together at random.
const PIECES: [&str; 100] = [
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
    "¿",
    "¡",
    "º",
    "ª",
    "ᵉʳ",
    "°",
    "⅖",
    "₹",
    "१२",
    "०५",
    "२०२४",
    "1.234",
    "12,50",
    "10 000",
    "1/3",
    "Sr.",
    "p. ej.",
    "ext.",
    "siglo",
    "Felipe",
    "año mcm",
    "marzo",
    "मार्च",
    "वीं",
    "रोड",
    "डॉ.",
    "नम\u{200d}स्ते",
    "\u{94d}",
    "C:\\",
    "+58 (1) ",
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
        for language in Language::ALL {
            check_normalized(seed, &text, language);
        }
        let _ = (itn::itn(&text), itn::digits(&text), itn::number(&text), pii::redact(&text));
    }
}

/// Every figure is spoken, and tokens lie in order inside the text.
fn check_normalized(seed: u64, text: &str, language: Language) {
    let spoken = normalize::normalize_text_in(text, language);
    assert!(
        !spoken.contains(|c: char| c.is_numeric() && !is_word(c)),
        "seed {seed}, {language:?}: {text:?} gave {spoken:?}"
    );
    let mut at = 0;
    for token in normalize::normalize_in(text, language) {
        assert!(
            token.source.start >= at && token.source.end > token.source.start,
            "seed {seed}, {language:?}: {text:?}"
        );
        assert!(text.get(token.source.clone()).is_some(), "seed {seed}, {language:?}: {text:?}");
        assert!(!token.spoken.trim().is_empty(), "seed {seed}, {language:?}: {text:?}");
        at = token.source.end;
    }
}

#[test]
fn any_text_is_pronounced_with_known_phones_in_spans_that_cover_it() {
    let known: std::collections::HashSet<&str> = g2p::inventory::symbols().collect();
    for seed in 1..800u64 {
        let text = text(&mut Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        let default = language::detect(&text);
        for default in Language::ALL.into_iter().chain([default]) {
            let spans = language::spans(&text, default);
            let joined: String = spans.iter().map(|(range, _)| &text[range.clone()]).collect();
            assert_eq!(joined, text, "seed {seed}, {default:?}");
            for (token, language) in normalize::normalize_spans(&text, &spans) {
                for word in token.spoken.split_whitespace() {
                    let phones = match language {
                        Language::Hindi => g2p::hindi::pronounce(word),
                        _ => g2p::spanish::pronounce(word, None),
                    };
                    assert!(phones.iter().all(|p| known.contains(p)), "seed {seed}: {word:?}");
                }
            }
        }
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

/// What clauses depend on: marks, markup and long stretches.
fn reply(random: &mut Random) -> String {
    const MARKS: [&str; 24] = [
        "**",
        "`",
        "```",
        "```\n",
        "[",
        "](",
        "<",
        ">",
        "<br>",
        "—",
        " - ",
        "। ",
        "，",
        "\n\n",
        "# ",
        "- ",
        "| ",
        "|---|",
        "&amp;",
        "[^1]",
        "<break time=\"1s\"/>",
        " and ",
        "U.S. ",
        "\\",
    ];
    let mut text = String::new();
    for _ in 0..random.next(12) {
        text.push_str(&self::text(random));
        text.push_str(MARKS[random.next(MARKS.len())]);
        if random.next(4) == 0 {
            text.push_str(&"some words ".repeat(random.next(40)));
        }
    }
    text
}

#[test]
fn clauses_put_together_are_the_text_however_it_was_cut() {
    for seed in 1..400u64 {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let text = reply(&mut random);
        let mut splitter = ClauseSplitter::new();
        let mut clauses = Vec::new();
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let cut = rest.ceil_char_boundary(1 + random.next(9).min(rest.len() - 1));
            let (head, tail) = rest.split_at(cut);
            clauses.extend(splitter.push(head));
            assert!(splitter.pending().chars().count() <= CLAUSE_CHARS_MAX, "seed {seed}");
            rest = tail;
        }
        clauses.extend(splitter.finish());
        assert_eq!(clauses, clause::split(&text), "seed {seed}: {text:?}");
        let joined: String = clauses.iter().map(|c| c.text.as_str()).collect();
        assert_eq!(joined, text, "seed {seed}");
        let mut at = 0;
        for clause in &clauses {
            assert_eq!(clause.start_byte, at, "seed {seed}: {text:?}");
            assert!(!clause.text.is_empty(), "seed {seed}: {text:?}");
            at += clause.text.len();
        }
    }
}

#[test]
fn plain_text_leads_back_to_the_original() {
    for seed in 1..800u64 {
        let text = reply(&mut Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        let plain = Plain::new(&text);
        let mut last = 0;
        for (at, c) in plain.text().char_indices() {
            let source = plain.source(at..at + c.len_utf8());
            assert!(text.get(source.clone()).is_some(), "seed {seed}: {text:?} at {at}");
            assert!(source.start >= last, "seed {seed}: {text:?} at {at}");
            last = source.start;
        }
        for word in normalize::normalize(plain.text()) {
            assert!(text.get(plain.source(word.source)).is_some(), "seed {seed}: {text:?}");
        }
    }
}

#[test]
fn arbitrary_dictionaries_are_read_or_refused() {
    const PIECES: [&str; 20] = [
        "{",
        "}",
        "[",
        "]",
        "\"",
        ":",
        ",",
        "\"word\"",
        "\"ipa\"",
        "\"alias\"",
        "\t",
        "\n",
        "HH AH0",
        "həˈloʊ",
        "word",
        "C++",
        "/",
        "\\u0041",
        " ",
        "'s",
    ];
    let mut read = 0;
    for seed in 1..2000u64 {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let written: String = match random.next(3) {
            0 => (0..random.next(20)).map(|_| PIECES[random.next(PIECES.len())]).collect(),
            1 => format!("{}\t{}", text(&mut random).replace(['\n', '\t'], " "), text(&mut random)),
            _ => format!("{{{:?}:{:?}}}", text(&mut random), text(&mut random)),
        };
        match PronunciationDictionary::parse(&written) {
            Ok(dictionary) => read += usize::from(!dictionary.is_empty()),
            Err(error) => assert!(error.to_string().len() > 20, "seed {seed}"),
        }
    }
    assert!(read > 100, "only {read} were read");
}

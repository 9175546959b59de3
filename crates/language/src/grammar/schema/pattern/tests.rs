//! Patterns against what ECMA-262 says of them, by the engine that will run them.

use super::*;
use llguidance::derivre::RegexBuilder;

/// Whether a pattern is found in a text.
fn found(pattern: &str, text: &str) -> bool {
    let rewritten = rewrite(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}"));
    let mut builder = RegexBuilder::new();
    let expression = builder.mk_regex_for_serach(&rewritten).unwrap();
    builder.to_regex_limited(expression, 100_000).unwrap().is_match(text)
}

#[test]
fn what_is_rewritten_matches_as_in_ecma_262() {
    for (pattern, yes, no) in [
        ("^a*$", vec!["", "aaa"], vec!["b", "ab", "a\n"]),
        ("a+", vec!["xaay", "a"], vec!["", "xyz"]),
        ("^\\d{3}-\\d{4}$", vec!["555-1234"], vec!["555-123", "x555-1234", "٣٣٣-١٢٣٤"]),
        ("^(?:yes|no)$|^maybe", vec!["yes", "no", "maybe not"], vec!["yesno", "a maybe"]),
        ("^[^\\W_]+$", vec!["aB9"], vec!["a_b", "é"]),
        ("^\\s$", vec![" ", "\t", "\u{FEFF}", "\u{3000}"], vec!["\u{85}", "x", ""]),
        ("^.$", vec!["a", "\u{85}", "🐲"], vec!["\n", "\r", "\u{2028}", "ab"]),
        ("^[a\\-z]$", vec!["a", "-", "z"], vec!["b"]),
        ("^[+-]?[$^.]$", vec!["+$", "-.", "^"], vec!["", "++"]),
        ("^\\u00e9\\x41\\/$", vec!["éA/"], vec!["eA/"]),
        ("^🐲{2,3}?$", vec!["🐲🐲", "🐲🐲🐲"], vec!["🐲", "🐲🐲🐲🐲"]),
        ("", vec!["", "anything\n"], vec![]),
        ("^$", vec![""], vec!["a"]),
    ] {
        yes.iter().for_each(|text| assert!(found(pattern, text), "{pattern} in {text:?}"));
        no.iter().for_each(|text| assert!(!found(pattern, text), "{pattern} not in {text:?}"));
    }
}

#[test]
fn what_has_two_readings_is_refused_with_its_place() {
    for (pattern, part) in [
        ("(?=x)", "look-around"),
        ("(?<name>x)", "look-around"),
        ("(?i)x", "look-around"),
        ("\\bword\\b", "\\b is not supported"),
        ("\\p{L}", "\\p is not supported"),
        ("(a)\\1", "\\1 is not supported"),
        ("\\cA", "\\c is not supported"),
        ("(^a)", "two ends"),
        ("a$b", "two ends"),
        ("a^", "two ends"),
        ("a)", "two ends"),
        ("(a", "needs its )"),
        ("[a", "needs its ]"),
        ("[z-a]", "range"),
        ("[\\d-x]", "range"),
        ("a{,3}", "a count is"),
        ("a{3,2}", "a count is"),
        ("{", "repeats nothing"),
        ("a**", "repeats nothing"),
        ("(a{100}){100}", "1000"),
        ("a{1001}", "1000"),
        ("\\u12", "hexadecimal"),
        ("\\u{1F432}", "hexadecimal"),
        ("^\\x00$", "control character"),
        ("x\\", "backslash"),
    ] {
        let error = rewrite(pattern).expect_err(pattern);
        assert!(error.contains(part), "{pattern}: {error}");
        assert!(error.contains("at character"), "{pattern}: {error}");
    }
    assert!(rewrite(&"a".repeat(PATTERN_BYTES_MAX + 1)).unwrap_err().contains("513 bytes"));
    assert!(rewrite(&"(".repeat(400)).unwrap_err().contains("too deep"));
}

#[test]
fn arbitrary_patterns_are_rewritten_or_refused() {
    let mut state = 0x9E37_79B9_u32;
    let signs: Vec<char> = "ab^$.*+?{}()[]|\\-,019dwsxué🐲\n".chars().collect();
    for _ in 0..4000 {
        let mut pattern = String::new();
        for _ in 0..state % 12 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            pattern.push(signs[(state >> 16) as usize % signs.len()]);
        }
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        if let Ok(rewritten) = rewrite(&pattern) {
            let mut builder = RegexBuilder::new();
            assert!(builder.mk_regex_for_serach(&rewritten).is_ok(), "{pattern} -> {rewritten}");
        }
    }
}

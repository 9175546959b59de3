use super::*;

fn said(text: &str, word: &str) -> Option<&'static str> {
    let pauses: Vec<bool> = text.split(' ').map(|w| w.ends_with([',', '.', '?'])).collect();
    let written: Vec<&str> = text.split(' ').map(|w| w.trim_end_matches([',', '.', '?'])).collect();
    let words: Vec<String> = written.iter().map(|w| w.to_lowercase()).collect();
    let at = words.iter().position(|w| w == word)?;
    let capital = written[at].starts_with(char::is_uppercase);
    choose(&Spot { words: &words, pauses: &pauses, at, capital })
}

#[test]
fn neighbours_settle_the_reading() {
    for (text, word, expected) in [
        ("please close the door", "close", "K L OW1 Z"),
        ("Close the account", "close", "K L OW1 Z"),
        ("we are close to you", "close", "K L OW1 S"),
        ("I live in Paris", "live", "L IH1 V"),
        ("a live album", "live", "L AY1 V"),
        ("I want to record this", "record", "R IH0 K AO1 R D"),
        ("the record shows it", "record", "R EH1 K ER0 D"),
        ("Record a message", "record", "R IH0 K AO1 R D"),
        ("can I use it", "use", "Y UW1 Z"),
        ("for your use", "use", "Y UW1 S"),
        ("I have read the terms", "read", "R EH1 D"),
        ("please read the terms", "read", "R IY1 D"),
        ("your lead will call", "lead", "L IY1 D"),
        ("I'd like a refund", "refund", "R IY1 F AH2 N D"),
        ("we will refund you", "refund", "R IH0 F AH1 N D"),
        ("wait a minute", "minute", "M IH1 N AH0 T"),
        ("She speaks Polish", "polish", "P OW1 L IH0 SH"),
        ("he plays the bass guitar", "bass", "B EY1 S"),
        ("an estimate of the cost", "estimate", "EH1 S T AH0 M AH0 T"),
        ("we estimate the cost", "estimate", "EH1 S T AH0 M EY2 T"),
    ] {
        assert_eq!(said(text, word), Some(expected), "{text}");
    }
    assert_eq!(said("a plain word", "plain"), None);
}

#[test]
fn every_reading_is_made_of_phones() {
    for entry in &HOMOGRAPHS {
        for symbol in entry.first.split(' ').chain(entry.second.split(' ')) {
            assert!(crate::g2p::phone::phone_id(symbol).is_some(), "{}: {symbol}", entry.word);
        }
        assert_ne!(entry.first, entry.second, "{}", entry.word);
    }
}

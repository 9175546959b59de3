//! Followers: what is allowed, forced, taken back.

use super::*;
use serde_json::json;

/// What follows the bytes in a vocabulary of bytes.
const CALL: u32 = 256;
const END: u32 = 257;

fn vocabulary() -> Vocabulary {
    Vocabulary::of_bytes(2).unwrap()
}

fn follower(schema: Value) -> Follower {
    Grammar::json(&vocabulary(), &schema, Objects::Closed).unwrap().begin()
}

fn allowed(follower: &mut Follower) -> Vec<u32> {
    let mut mask = TokenMask::new(258);
    follower.allowed(&mut mask).unwrap();
    mask.tokens().collect()
}

fn accept(follower: &mut Follower, text: &str) -> Result<(), ConstraintError> {
    text.bytes().try_for_each(|byte| follower.accept(u32::from(byte)))
}

fn pin() -> Value {
    json!({"type": "object", "properties": {"pin": {"type": "string", "pattern": "^[0-9]{2}$"}},
           "required": ["pin"]})
}

#[test]
fn masks_move_forward_and_back() {
    let mut follower = follower(pin());
    assert_eq!(allowed(&mut follower), [u32::from(b'{')]);
    assert_eq!(follower.forced(), br#"{"pin":""#.map(u32::from));
    accept(&mut follower, r#"{"pin":""#).unwrap();
    let digits: Vec<u32> = (b'0'..=b'9').map(u32::from).collect();
    assert_eq!(allowed(&mut follower), digits);
    assert!(follower.forced().is_empty() && !follower.can_stop());
    accept(&mut follower, "12").unwrap();
    assert_eq!(follower.forced(), br#""}"#.map(u32::from));
    follower.rollback(1).unwrap();
    assert_eq!(allowed(&mut follower), digits);
    accept(&mut follower, "3\"}").unwrap();
    assert!(follower.can_stop() && allowed(&mut follower).is_empty());
    assert!(follower.forced().is_empty());
    assert!(follower.accept(u32::from(b' ')).is_err());
    follower.rollback(3).unwrap();
    assert!(!follower.can_stop());
    accept(&mut follower, "9\"}").unwrap();
    assert!(follower.can_stop());
}

#[test]
fn what_is_not_allowed_changes_nothing() {
    let mut follower = follower(pin());
    for token in [u32::from(b'x'), CALL, END, 258, u32::MAX] {
        let error = follower.accept(token).unwrap_err();
        assert!(!error.what.is_empty() && !error.what.contains('\n'), "{error}");
        assert_eq!(allowed(&mut follower), [u32::from(b'{')], "after {token}");
    }
    assert!(follower.rollback(1).unwrap_err().what.contains("only 0"));
    accept(&mut follower, r#"{"pin":"12"}"#).unwrap();
    follower.rollback(12).unwrap();
    assert_eq!(allowed(&mut follower), [u32::from(b'{')]);
}

#[test]
fn followers_of_one_grammar_are_independent() {
    let grammar = Grammar::json(&vocabulary(), &json!({"enum": ["yes", "no"]}), Objects::Open);
    let grammar = grammar.unwrap();
    let (mut one, mut other) = (grammar.begin(), grammar.begin());
    accept(&mut one, "\"y").unwrap();
    accept(&mut other, "\"no\"").unwrap();
    assert_eq!(allowed(&mut one), [u32::from(b'e')]);
    assert!(other.can_stop() && !one.can_stop());
    let shared = std::sync::Arc::new(grammar);
    let threads: Vec<_> = ["\"yes\"", "\"no\""]
        .map(|text| {
            let shared = shared.clone();
            std::thread::spawn(move || accept(&mut shared.begin(), text).is_ok())
        })
        .into();
    assert!(threads.into_iter().all(|thread| thread.join().unwrap()));
}

#[test]
fn a_number_may_end_or_go_on() {
    let mut follower = follower(json!({"type": "integer", "minimum": 1, "maximum": 25}));
    accept(&mut follower, "2").unwrap();
    assert!(follower.can_stop());
    assert_eq!(allowed(&mut follower), (b'0'..=b'5').map(u32::from).collect::<Vec<_>>());
    accept(&mut follower, "5").unwrap();
    assert!(follower.can_stop() && allowed(&mut follower).is_empty());
}

#[test]
fn tokens_of_several_bytes_are_drafted_as_the_tokenizer_would() {
    let words: [&[u8]; 6] = [b"{\"", b"pin", b"\":\"", b"\"}", b"12", b"p"];
    let bytes: Vec<[u8; 1]> = (0..=255).map(|byte| [byte]).collect();
    let mut pieces: Vec<Piece> = words.iter().map(|word| Piece::Text(word)).collect();
    pieces.extend(bytes.iter().map(|byte| Piece::Text(byte)));
    let encode = move |text: &str| {
        let (mut rest, mut tokens) = (text.as_bytes(), Vec::new());
        while let Some(&first) = rest.first() {
            let word = words.iter().position(|word| rest.starts_with(word));
            let (token, length) =
                word.map_or((6 + usize::from(first), 1), |at| (at, words[at].len()));
            tokens.push(u32::try_from(token).unwrap());
            rest = &rest[length..];
        }
        tokens
    };
    let vocabulary = Vocabulary::new(&pieces, Some(Box::new(encode))).unwrap();
    let grammar = Grammar::json(&vocabulary, &pin(), Objects::Closed).unwrap();
    let mut follower = grammar.begin();
    assert_eq!(follower.forced(), [0, 1, 2]);
    [0, 1, 2, 4].iter().for_each(|&token| follower.accept(token).unwrap());
    assert_eq!(follower.forced(), [3]);
    // Without the tokenizer nothing is drafted, and any spelling in tokens is allowed.
    let vocabulary = Vocabulary::new(&pieces, None).unwrap();
    let mut follower = Grammar::json(&vocabulary, &pin(), Objects::Closed).unwrap().begin();
    assert!(follower.forced().is_empty());
    let mut mask = TokenMask::new(vocabulary.tokens());
    follower.allowed(&mut mask).unwrap();
    assert_eq!(mask.tokens().collect::<Vec<_>>(), [0, 6 + u32::from(b'{')]);
}

#[test]
fn a_vocabulary_has_tokens() {
    assert!(matches!(Vocabulary::new(&[], None), Err(GrammarError::Vocabulary { .. })));
    let call = Grammar::reply(&vocabulary(), &[], &ToolChoice::Auto, Some(258));
    assert!(call.unwrap_err().to_string().contains("call token"));
}

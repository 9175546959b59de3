use super::*;

fn parsed(text: &[u8]) -> Result<Vec<Sentence>, String> {
    parse("list", manifest::lines_of("list", text.to_vec())?)
}

#[test]
fn a_plain_file_has_one_sentence_a_line() {
    let sentences = parsed(b"Your card is locked.\n\n  How can I help?  \n").unwrap();
    let said: Vec<_> = sentences.iter().map(|s| (s.line, s.text.as_str())).collect();
    assert_eq!(said, [(1, "Your card is locked."), (3, "How can I help?")]);
    assert!(sentences.iter().all(|s| s.recording.is_none() && s.voice.is_none()));
    assert_eq!(parsed(b"text\n").unwrap()[0].text, "text");
}

#[test]
fn recordings_languages_and_voices_are_optional() {
    let text = "text\taudio\tlanguage\tvoice\nHello.\ta/1.wav\nHola.\t\tes-MX\tanna\n\
                {\"text\": \"Hi.\", \"audio\": \"b.wav\", \"language\": \"en\"}\n";
    let sentences = parsed(text.as_bytes()).unwrap();
    assert_eq!(sentences[0].recording, Some(PathBuf::from("a/1.wav")));
    assert_eq!((&sentences[1].recording, sentences[1].language), (&None, Language::Spanish));
    assert_eq!(sentences[1].voice.as_deref(), Some("anna"));
    let last = Sentence {
        line: 4,
        text: "Hi.".to_string(),
        recording: Some(PathBuf::from("b.wav")),
        language: Language::English,
        voice: None,
    };
    assert_eq!(sentences[2], last);
}

#[test]
fn what_cannot_be_said_is_named_with_its_line() {
    let cases: [(&[u8], &str); 7] = [
        (b"", "list: there are no lines"),
        (b"text\taudio\n", "list: there are no sentences"),
        (b"Hi.\n\ta.wav\n", "list:2: the sentence is empty"),
        (b"Hi.\t\txx\n", "list:1: language \"xx\""),
        (b"a\tb\ten\td\te\n", "list:1: write TEXT<TAB>"),
        (b"{\"words\": 1}\n", "list:1: unknown field"),
        (b"\xFF\xFE", "list: cannot be read as UTF-8"),
    ];
    for (text, error) in cases {
        let found = parsed(text).unwrap_err();
        assert!(found.starts_with(error), "{found}");
    }
    let long = "a ".repeat(SENTENCE_CHARS_MAX);
    assert!(parsed(long.as_bytes()).unwrap_err().contains("1999 characters"));
}

#[test]
fn a_missing_recording_is_named_with_its_line() {
    let folder = std::env::temp_dir();
    let path = folder.join(format!("hearsay-sentences-{}.tsv", std::process::id()));
    std::fs::write(&path, "Hi.\nHello.\tno-such-recording.wav\n").unwrap();
    let error = read(&path).unwrap_err();
    std::fs::remove_file(&path).unwrap();
    assert!(error.contains(":2: there is no recording"), "{error}");
    assert!(read(&folder.join("no-such-manifest")).unwrap_err().contains("cannot be read"));
}

#[test]
fn any_bytes_are_sentences_or_an_error() {
    let mut seed = 3u32;
    let alphabet = b"ab\t\t\n{}\":,\\\0\r \xC3\xA1\xE0\xA4\x85\xFFtextudio";
    for _ in 0..3000 {
        let mut next = |below: usize| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 16) as usize % below
        };
        let length = next(40);
        let bytes: Vec<u8> = (0..length).map(|_| alphabet[next(alphabet.len())]).collect();
        match parsed(&bytes) {
            Ok(sentences) => {
                assert!(!sentences.is_empty());
                assert!(sentences.iter().all(|s| !s.text.trim().is_empty()), "seed 3");
            }
            Err(error) => assert!(error.starts_with("list:"), "{error}, seed 3"),
        }
    }
}

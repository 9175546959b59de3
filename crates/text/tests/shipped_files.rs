//! The dictionary and the letter-to-sound model that ship with the program, opened and asked.

use std::path::Path;

use hearsay_text::g2p::G2p;
use hearsay_text::g2p::dictionary::PronunciationDictionary;
use hearsay_text::language::Language;

/// Opens a shipped file; a source tree without the weights crate cannot be tested.
fn shipped(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../weights/data").join(name);
    std::fs::read(&path)
        .unwrap_or_else(|e| panic!("{}: {e}; build it as docs in training/g2p say", path.display()))
}

#[test]
fn the_shipped_files_pronounce_a_sentence() -> Result<(), Box<dyn std::error::Error>> {
    let (lexicon, model) = (shipped("lexicon_en.bin"), shipped("g2p_en.bin"));
    assert!(
        lexicon.len() <= 1_200_000 && model.len() <= 1_000_000,
        "{} {}",
        lexicon.len(),
        model.len()
    );
    let g2p = G2p::load(&lexicon, &model)?;
    for (text, expected) in [
        ("Hello, world!", "HH AH0 L OW1 W ER1 L D"),
        ("ending in 42", "EH1 N D IH0 NG IH0 N F AO1 R T IY0 T UW1"),
        ("I read it to read the record", "AY1 R EH1 D IH1 T T UW1 R IY1 D DH AH0 R EH1 K ER0 D"),
        ("the HVAC's IRS", "DH IY0 EY1 CH V IY1 EY1 S IY1 Z AY1 AA2 R EH1 S"),
        ("an estimate, we estimate", "AE1 N EH1 S T AH0 M AH0 T W IY1 EH1 S T AH0 M EY2 T"),
        ("**Hello** <break/> 🙂 [W ER1 L D]", "HH AH0 L OW1 W ER1 L D"),
        ("a vlogger blogged", "AH0 V L AA1 G ER0 B L AO1 G D"),
    ] {
        let words = g2p.phonemize(text);
        let phones: Vec<&str> = words.iter().flat_map(|w| w.phones.iter().copied()).collect();
        assert_eq!(phones.join(" "), expected, "{text}");
    }
    for (text, language, expected) in [
        ("La vaca", Some(Language::Spanish), "L a0 β a1 k a0"),
        ("¡Hola, Ana! Son 2.", None, "o1 L a0 a1 N a0 S o1 N d o1 S"),
        ("मेरा account", Some(Language::Hindi), "M e1 ɾ a0 AH0 K AW1 N T"),
        ("Say नमस्ते!", None, "S EY1 N AH0 M AH1 S t e0"),
        ("Hello, world!", None, "HH AH0 L OW1 W ER1 L D"),
    ] {
        let words = g2p.phonemize_in(text, language);
        let phones: Vec<&str> = words.iter().flat_map(|w| w.phones.iter().copied()).collect();
        assert_eq!(phones.join(" "), expected, "{text}");
    }
    // A word that no dictionary has still gets phones, and a long one does not take forever.
    assert!(!g2p.word("kubernetesian").is_empty());
    assert!(g2p.word(&"antidisestablishment".repeat(50)).len() < 200);
    Ok(())
}

#[test]
fn words_given_by_a_user_are_found_in_the_written_text() -> Result<(), Box<dyn std::error::Error>> {
    let g2p = G2p::load(&shipped("lexicon_en.bin"), &shipped("g2p_en.bin"))?;
    let dictionary = PronunciationDictionary::parse(
        r#"[{"word":"Xiaomi","ipa":"ˈʃaʊmi"},{"word":"k8s","alias":"kubernetes"},{"word":"SQL","alias":"sequel"}]"#,
    )?;
    let text = "My **Xiaomi** runs k8s, not SQL or sql.";
    let words = g2p.phonemize_with(text, &dictionary);
    let seen: Vec<(&str, &str)> =
        words.iter().map(|w| (w.text.as_str(), &text[w.source.clone()])).collect();
    let expected = [
        ("My", "My"),
        ("Xiaomi", "Xiaomi"),
        ("runs", "runs"),
        ("kubernetes", "k8s"),
        ("not", "not"),
        ("sequel", "SQL"),
        ("or", "or"),
        ("sql", "sql"),
    ];
    assert_eq!(seen, expected);
    assert_eq!(words[1].phones, ["SH", "AW1", "M", "IY0"]);
    Ok(())
}

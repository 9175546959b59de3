use super::*;

fn symbols(phones: &[u8]) -> String {
    phones.iter().map(|&p| phone::symbol(p)).collect::<Vec<_>>().join(" ")
}

#[test]
fn reads_every_shape() -> Result<(), DictionaryError> {
    let list = r#"[{"word":"Xiaomi","pronunciation":"SH AW1 M IY0"},{"word":"gif","ipa":"dʒɪf"},
        {"word":"SQL","alias":"sequel"},{"phrase":"New  Oldham","phoneme":"/nuː ˈoʊldəm/"},
        {"word":"k8s","replacement":"kubernetes"},{"word":"nginx","pronunciation":"engine x","alphabet":null}]"#;
    assert_eq!(PronunciationDictionary::parse(list)?.len(), 6);
    let map = r#"{"Xiaomi":"SH AW1 M IY0","gif":{"ipa":"ɡɪf"},"iOS":"eye oh ess"}"#;
    let map = PronunciationDictionary::parse(map)?;
    assert_eq!(map.len(), 3);
    assert_eq!(map.phones("XIAOMI").map(|p| symbols(&p)).as_deref(), Some("SH AW1 M IY0"));
    assert_eq!(map.phones("Xiaomi's").map(|p| symbols(&p)).as_deref(), Some("SH AW1 M IY0 Z"));
    assert_eq!(map.phones("gif").map(|p| symbols(&p)).as_deref(), Some("G IH1 F"));
    assert_eq!(map.phones("iOS"), None, "it is a respelling");
    let lines = "# mine\nXiaomi\tSH AW M IY\n\nSQL\tsequel\nSQL\tS K W AH1 L\n";
    let lines = PronunciationDictionary::parse(lines)?;
    assert_eq!(lines.len(), 2, "the later entry counts");
    assert_eq!(lines.phones("Xiaomi").map(|p| symbols(&p)).as_deref(), Some("SH AW1 M IY0"));
    assert!(PronunciationDictionary::parse("")?.is_empty());
    Ok(())
}

#[test]
fn ipa_becomes_arpabet() {
    for (written, expected) in [
        ("həˈloʊ", "HH AH0 L OW1"),
        ("ˈtʃɑːkəlɪt", "CH AA1 K AH0 L IH0 T"),
        ("ˌɪntəˈnæʃənəl", "IH2 N T AH0 N AE1 SH AH0 N AH0 L"),
        ("bɜːrd", "B ER1 D"),
        ("ˈbʌtn̩", "B AH1 T AH0 N"),
        ("ɲoki", "N Y OW1 K IY0"),
        ("ðə ˈðɪŋ", "DH AH0 DH IH1 NG"),
    ] {
        assert_eq!(ipa::phones(written).map(|p| symbols(&p)).as_deref(), Ok(expected), "{written}");
    }
}

#[test]
fn errors_name_the_entry_and_the_cure() {
    let long = format!("{{\"a\":\"{}\"}}", "b".repeat(300));
    let many: String = (0..=ENTRIES_MAX).map(|i| format!("w{i}\tword\n")).collect();
    for (text, expected) in [
        ("{\"a\": 5}", "entry 1 (\"a\"): the pronunciation is no string; put it in quotes"),
        ("[{\"x\": 5}]", "entry 1 (\"\"): no \"word\""),
        ("[{\"word\": \"a\"}]", "entry 1 (\"a\"): no \"pronunciation\""),
        ("[5", "not JSON: "),
        ("a\tb\nword", "entry 2 (\"word\"): no tab"),
        ("a\tHH QQ1 L", "entry 1 (\"a\"): \"QQ1\" is no ARPAbet symbol"),
        ("a\t/ʘ/", "entry 1 (\"a\"): 'ʘ' is no IPA sign"),
        ("++\tplus", "entry 1 (\"++\"): no letter or figure"),
        ("a\t...", "entry 1 (\"a\"): the respelling has nothing to say"),
        (long.as_str(), "longer than 256 bytes; shorten it"),
        (many.as_str(), "more than 10000 entries"),
    ] {
        let error =
            PronunciationDictionary::parse(text).map_or_else(|e| e.to_string(), |_| "none".into());
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn the_longest_entry_is_found_in_the_right_case() -> Result<(), DictionaryError> {
    let dictionary = PronunciationDictionary::parse(
        r#"{"new":"N UW1","new york":"big apple","US":"you ess","C++":"see plus plus",".NET":"dot net"}"#,
    )?;
    for (text, at, expected) in [
        ("new York's", 0, Some((10, "big apple's"))),
        ("New\n york", 0, Some((9, "big apple"))),
        ("news", 0, None),
        ("renew", 2, None),
        ("new", 0, Some((3, "new"))),
        ("the us", 4, None),
        ("the US.", 4, Some((2, "you ess"))),
        ("c++ code", 0, Some((3, "see plus plus"))),
        (".net 8", 0, None),
        (".NET 8", 0, Some((4, "dot net"))),
    ] {
        let hit = dictionary.hit(Place { text, at });
        assert_eq!(hit.as_ref().map(|h| (h.len, h.spoken.as_str())), expected, "{text:?}");
    }
    Ok(())
}

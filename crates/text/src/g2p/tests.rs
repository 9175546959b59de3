use super::*;
use crate::g2p::lexicon::{encode, parse_cmudict};
use crate::g2p::lts::{Graphone, Level};

const WORDS: &str = "a AH0\nan AE1 N\nclose K L OW1 S\nclose(2) K L OW1 Z\nhour AW1 ER0\nplease P L IY1 Z\n\
    read R EH1 D\nread(2) R IY1 D\nstop S T AA1 P\nthe DH AH0\nthe(2) DH IY0\nto T UW1\nwatch W AA1 CH\nus AH1 S\n";

/// A model of two graphones, in which every "b" is B and every "i" is IH1.
fn tiny_model() -> Vec<u8> {
    let graphones = [("b", vec!["B"]), ("i", vec!["IH1"])].map(|(letters, phones)| Graphone {
        letters: letters.as_bytes().to_vec(),
        phones: phones.into_iter().filter_map(phone::phone_id).collect(),
    });
    let level = Level {
        symbols: vec![0, 1, 2, 3],
        costs: vec![255, 20, 20, 20],
        backoffs: vec![32; 4],
        children: vec![0; 4],
    };
    lts::encode(&graphones, &[level])
}

fn g2p() -> Result<G2p, G2pError> {
    G2p::load(&encode(&parse_cmudict(WORDS))?, &tiny_model())
}

#[test]
fn pronounces_known_inflected_spelled_and_unknown_words() -> Result<(), G2pError> {
    let g2p = g2p()?;
    for (text, phones) in [
        ("stop", "S T AA1 P"),
        ("stops", "S T AA1 P S"),
        ("stop's", "S T AA1 P S"),
        ("stopped", "S T AA1 P T"),
        ("watches", "W AA1 CH IH0 Z"),
        ("watch-stop", "W AA1 CH S T AA1 P"),
        ("the hour", "DH IY0 AW1 ER0"),
        ("the stop", "DH AH0 S T AA1 P"),
        ("the US", "DH AH0 Y UW1 EH1 S"),
        ("HTTP", "EY1 CH T IY1 T IY1 P IY1"),
        ("please read", "P L IY1 Z R IY1 D"),
        ("close the stop", "K L OW1 Z DH AH0 S T AA1 P"),
        ("bib", "B IH1 B"),
        ("Bíb", "B IH1 B"),
        ("प", ""),
    ] {
        let words = g2p.phonemize(text);
        let spoken: Vec<&str> = words.iter().flat_map(|w| w.phones.iter().copied()).collect();
        assert_eq!(spoken.join(" "), phones, "{text}");
    }
    assert_eq!(g2p.pronunciations("read").len(), 2);
    assert!(g2p.knows("Read") && !g2p.knows("bib"));
    Ok(())
}

#[test]
fn words_remember_their_place_and_pause() -> Result<(), G2pError> {
    let words = g2p()?.phonemize("Stop, bib?");
    let seen: Vec<_> =
        words.iter().map(|w| (w.text.as_str(), w.source.clone(), w.pause_after)).collect();
    assert_eq!(seen, [("Stop", 0..4, Pause::Comma), ("bib", 6..9, Pause::Question)]);
    Ok(())
}

#[test]
fn damaged_models_are_an_error() -> Result<(), G2pError> {
    let lexicon = encode(&parse_cmudict(WORDS))?;
    let model = tiny_model();
    for cut in 0..model.len() {
        assert!(G2p::load(&lexicon, &model[..cut]).is_err(), "cut at {cut}");
    }
    assert!(G2p::load(&model, &lexicon).is_err());
    Ok(())
}

#[test]
fn the_users_dictionary_comes_first() -> Result<(), Box<dyn std::error::Error>> {
    let dictionary = PronunciationDictionary::parse(
        r#"{"Xiaomi":"SH AW1 M IY0","stop it":"B IH1 B","SQL":"watch stop"}"#,
    )?;
    let text = "**xiaomi's** SQL [B IY1]. Stop it!";
    let words = g2p()?.phonemize_with(text, &dictionary);
    let seen: Vec<(&str, String, Pause)> = words
        .iter()
        .map(|w| (&text[w.source.clone()], w.phones.join(" "), w.pause_after))
        .collect();
    let expected = [
        ("xiaomi's", "SH AW1 M IY0 Z", Pause::None),
        ("SQL", "W AA1 CH", Pause::None),
        ("SQL", "S T AA1 P", Pause::None),
        ("[B IY1]", "B IY1", Pause::Period),
        ("Stop it", "B IH1 B", Pause::Exclamation),
    ];
    assert_eq!(seen, expected.map(|(w, p, pause)| (w, p.to_string(), pause)));
    Ok(())
}

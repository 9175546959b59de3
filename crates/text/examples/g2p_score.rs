//! Scores the pronunciation rules of Spanish or Hindi against a list of words in IPA.
//!
//! `cargo run -p hearsay-text --example g2p_score -- es|hi FILE [--show N]` where FILE holds lines of
//! `word<TAB>phone phone ...` as WikiPron writes them (broad). Both sides are brought to one alphabet: stress,
//! length marks and the differences that a broad transcription leaves out (open b d g, the place of a nasal
//! before a stop, voice of a stop before a consonant) do not count, nor does the short a that a Hindi word may
//! end in. A word with several pronunciations counts with the nearest.

use std::collections::BTreeMap;
use std::process::ExitCode;

use hearsay_text::g2p::{hindi, spanish};
use hearsay_text::language::Language;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("g2p_score: {message}");
            ExitCode::from(2)
        }
    }
}

fn run(args: &[String]) -> Result<(), String> {
    let [language, file, rest @ ..] = args else {
        return Err("give es or hi, and a file of words in IPA".into());
    };
    let language = Language::from_code(language)
        .filter(|l| *l != Language::English)
        .ok_or("give es or hi as the language")?;
    let show = rest.get(1).and_then(|n| n.parse().ok()).unwrap_or(0);
    let text = std::fs::read_to_string(file).map_err(|e| format!("{file}: {e}"))?;
    let mut words: BTreeMap<&str, Vec<Vec<String>>> = BTreeMap::new();
    for line in text.lines() {
        let (word, ipa) = line.split_once('\t').ok_or("a line has no tab")?;
        words.entry(word).or_default().push(fold_ipa(language, ipa));
    }
    let (mut wrong, mut errors, mut phones) = (0usize, 0usize, 0usize);
    let every = (words.len() / 9973).max(1);
    for (n, (word, variants)) in words.iter().enumerate() {
        let said = match language {
            Language::Hindi => hindi::pronounce(word),
            _ => spanish::pronounce(word, None),
        };
        let said = fold_phones(language, &said);
        let nearest = variants.iter().map(|v| (distance(v, &said), v)).min_by_key(|(d, _)| *d);
        let Some((distance, variant)) = nearest else { continue };
        errors += distance;
        phones += variant.len();
        wrong += usize::from(distance > 0);
        if distance > 0 && n % every == 0 && wrong * 7 % 13 < 4 && wrong / 5 < show {
            println!("{word}\n  wanted {}\n  got    {}", variant.join(" "), said.join(" "));
        }
    }
    let share = |n: usize, of: usize| 100.0 * n as f64 / of.max(1) as f64;
    println!(
        "{}: {} words, {:.2} % phones wrong, {:.2} % words wrong",
        language.code(),
        words.len(),
        share(errors, phones),
        share(wrong, words.len())
    );
    Ok(())
}

/// IPA to our symbols without stress.
fn fold_ipa(language: Language, ipa: &str) -> Vec<String> {
    let mut out = Vec::new();
    for phone in ipa.split_whitespace() {
        let phone: String = phone
            .chars()
            .filter(|c| !matches!(c, 'ː' | '\u{32a}' | '\u{361}' | '\u{32f}' | '\u{31d}'))
            .collect();
        let (base, release) = match phone.strip_suffix(['ʰ', 'ʱ']) {
            Some(base) => (base, phone.chars().next_back()),
            None => (phone.as_str(), None),
        };
        let light = base.strip_suffix('ᵊ');
        out.push(symbol(language, light.unwrap_or(base)));
        out.extend(release.map(String::from));
        out.extend(light.map(|_| "AH".to_string()));
    }
    fold(language, out)
}

fn symbol(language: Language, ipa: &str) -> String {
    let hindi = language == Language::Hindi;
    let spelled = match ipa {
        "ɑ" => "a",
        "ɑ̃" => "a~",
        "ẽ" => "e~",
        "ĩ" => "i~",
        "õ" => "o~",
        "ũ" => "u~",
        "ə̃" => "AH~",
        "ɪ̃" => "IH~",
        "ʊ̃" => "UH~",
        "ɛ̃" => "EH~",
        "ɔ̃" => "AO~",
        "ə" => "AH",
        "ɪ" => "IH",
        "ʊ" => "UH",
        "ɛ" | "æ" => "EH",
        "ɔ" => "AO",
        "b" => "B",
        "ɡ" => "G",
        "j" => "Y",
        "w" => "W",
        "l" => "L",
        "m" => "M",
        "n" => "N",
        "ŋ" => "NG",
        "s" => "S",
        "z" => "Z",
        "f" => "F",
        "ɦ" => "HH",
        "ʃ" | "ʂ" => "SH",
        "ʒ" => "ZH",
        "q" => "k",
        "dʒ" => "JH",
        "tʃ" if hindi => "tɕ",
        "tʃ" => "CH",
        other => other,
    };
    spelled.to_string()
}

fn fold_phones(language: Language, phones: &[&str]) -> Vec<String> {
    fold(language, phones.iter().map(|p| p.trim_end_matches(['0', '1']).to_string()).collect())
}

/// What a broad transcription does not tell apart.
fn fold(language: Language, phones: Vec<String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::with_capacity(phones.len());
    let vowel = |p: &str| matches!(p.trim_end_matches('~'), "a" | "e" | "i" | "o" | "u");
    for (i, phone) in phones.iter().enumerate() {
        let next = phones.get(i + 1).map(String::as_str);
        let before_vowel = next.is_some_and(vowel);
        let before = out.last().map_or("", String::as_str);
        let folded = match (language, phone.as_str()) {
            (Language::Spanish, "β") => "B",
            (Language::Spanish, "ɣ") => "G",
            (Language::Spanish, "DH") => "d",
            (Language::Spanish, "NG" | "M") if !before_vowel => "N",
            // The second part of a falling diphthong.
            (Language::Spanish, "Y") if !before_vowel => "i",
            (Language::Spanish, "W") if !before_vowel => "u",
            _ => phone,
        };
        // "t tʃ" and "tʃ tʃ" are one long stop.
        if language == Language::Hindi
            && matches!(folded, "tɕ" | "JH")
            && (before == "t" || before == "d")
        {
            out.pop();
            out.push(folded.to_string());
        }
        out.push(folded.to_string());
    }
    if language == Language::Spanish {
        voice(&mut out, vowel);
    } else if out.len() > 3 && out.last().is_some_and(|p| p == "AH") {
        out.pop();
    }
    out
}

/// Voiced stops before a consonant and at the end as voiceless ones.
fn voice(phones: &mut [String], vowel: impl Fn(&str) -> bool) {
    for i in 0..phones.len() {
        let next = phones.get(i + 1).map_or("", String::as_str);
        if vowel(next) || matches!(next, "Y" | "W" | "ɾ" | "L" | "i" | "u") {
            continue;
        }
        let plain = match phones[i].as_str() {
            "B" => "p",
            "d" => "t",
            "G" => "k",
            _ => continue,
        };
        phones[i] = plain.to_string();
    }
}

/// Insertions, deletions and substitutions between two strings of phones.
fn distance(a: &[String], b: &[String]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substituted = corner + usize::from(x != y);
            corner = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(corner + 1);
        }
    }
    row[b.len()]
}

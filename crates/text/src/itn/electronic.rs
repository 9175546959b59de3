//! E-mail, web and network addresses: "john at example dot com" is "john@example.com".

use super::number;
use super::{Before, Word, Written};

/// Top domains that make "name dot ..." an address without an "at".
const TOP_DOMAINS: [&str; 22] = [
    "com", "org", "net", "edu", "gov", "io", "ai", "co", "uk", "us", "de", "fr", "es", "in",
    "info", "biz", "app", "dev", "sm", "tv", "it", "ca",
];
/// Words before "at" that are no part of an address.
const NOT_LOCAL: [&str; 24] = [
    "look",
    "me",
    "us",
    "it",
    "shop",
    "visit",
    "available",
    "is",
    "here",
    "go",
    "online",
    "address",
    "email",
    "mail",
    "site",
    "website",
    "him",
    "her",
    "them",
    "book",
    "order",
    "out",
    "reach",
    "dot",
];

fn at<'a>(words: &'a [Word<'_>], i: usize) -> &'a str {
    words.get(i).map_or("", |w| w.lower.as_str())
}

/// The character or figure that a single spoken item stands for.
fn item(word: &Word<'_>) -> Option<String> {
    if word.text.len() == 1 && word.text.is_ascii() {
        return Some(word.text.to_string());
    }
    number::digit(&word.lower).map(|d| d.to_string())
}

/// Letters and digits said one by one, with at most one whole word: "g mail", "john one two".
fn unit(words: &[Word<'_>]) -> Option<(String, usize)> {
    let (mut text, mut used, mut whole) = (String::new(), 0, false);
    while let Some(word) = words.get(used) {
        if is_sign(&word.lower) {
            break;
        }
        match item(word) {
            Some(piece) => text.push_str(&piece),
            None if !whole && word.text.chars().all(|c| c.is_alphanumeric() || c == '.') => {
                text.push_str(word.text);
                whole = true;
            }
            None => break,
        }
        used += 1;
    }
    (used > 0).then_some((text, used))
}

fn is_sign(word: &str) -> bool {
    matches!(word, "dot" | "at" | "slash" | "colon" | "dash" | "hyphen" | "underscore")
}

fn sign(word: &str) -> Option<char> {
    Some(match word {
        "dot" => '.',
        "dash" | "hyphen" => '-',
        "underscore" => '_',
        _ => return None,
    })
}

/// Units joined by dots, dashes and underscores.
fn joined(words: &[Word<'_>]) -> Option<(String, usize)> {
    let (mut text, mut used) = unit(words)?;
    while let Some(c) = sign(at(words, used)) {
        let Some((more, n)) = words.get(used + 1..).and_then(unit) else { break };
        text.push(c);
        text.push_str(&more);
        used += 1 + n;
    }
    Some((text, used))
}

/// An e-mail address.
pub(super) fn email(run: &[Word<'_>], _: Before<'_, '_>) -> Option<Written> {
    if NOT_LOCAL.contains(&at(run, 0)) {
        return None;
    }
    let (local, used) = joined(run)?;
    if at(run, used) != "at" {
        return None;
    }
    let (host, n) = host(&run[used + 1..])?;
    Written::new(used + 1 + n, format!("{local}@{host}"))
}

/// A host with at least one dot; the last part is one word or letters only.
fn host(words: &[Word<'_>]) -> Option<(String, usize)> {
    let (mut text, mut used) = unit(words)?;
    let mut dots = 0;
    while matches!(at(words, used), "dot" | "dash" | "hyphen") {
        let Some((more, n)) = words.get(used + 1..).and_then(|rest| domain_part(rest)) else {
            break;
        };
        dots += usize::from(at(words, used) == "dot");
        text.push(sign(at(words, used))?);
        text.push_str(&more);
        used += 1 + n;
    }
    (dots > 0).then_some((text, used))
}

/// A part of a host: a top domain ends at its word, so that "dot com please" does not take "please".
fn domain_part(words: &[Word<'_>]) -> Option<(String, usize)> {
    let first = words.first()?;
    if first.text.len() > 1 {
        return first.text.chars().all(char::is_alphanumeric).then(|| (first.text.to_string(), 1));
    }
    let n = words
        .iter()
        .take_while(|w| w.text.len() == 1 && w.text.bytes().all(|b| b.is_ascii_alphabetic()))
        .count();
    // Letters may run into a word ("dot g mail dot com") only if another dot follows it.
    let letters: String = words[..n].iter().map(|w| w.text).collect();
    if n > 0 && at(words, n + 1) == "dot" && words.get(n).is_some_and(|w| !is_sign(&w.lower)) {
        return Some((format!("{letters}{}", words[n].text), n + 1));
    }
    (n > 0).then_some((letters, n))
}

/// A web address, with or without its scheme.
pub(super) fn web(run: &[Word<'_>], _: Before<'_, '_>) -> Option<Written> {
    let (scheme, used) = scheme(run);
    let (host, n) = host(&run[used..])?;
    let known = host
        .rsplit('.')
        .next()
        .is_some_and(|top| TOP_DOMAINS.contains(&top.to_lowercase().as_str()));
    if !known && scheme.is_empty() && !host.to_lowercase().starts_with("www.") {
        return None;
    }
    let mut text = format!("{scheme}{host}");
    let mut used = used + n;
    while at(run, used) == "slash" {
        let Some((path, n)) = run.get(used + 1..).and_then(joined) else { break };
        text.push('/');
        text.push_str(&path);
        used += 1 + n;
    }
    Written::new(used, text)
}

/// "h t t p s colon slash slash", spelled or as a word.
fn scheme(run: &[Word<'_>]) -> (String, usize) {
    let Some(colon) = run.iter().take(6).position(|w| w.lower == "colon") else {
        return (String::new(), 0);
    };
    let name: String = run[..colon].iter().map(|w| w.lower.as_str()).collect();
    if !matches!(name.as_str(), "http" | "https")
        || at(run, colon + 1) != "slash"
        || at(run, colon + 2) != "slash"
    {
        return (String::new(), 0);
    }
    (format!("{name}://"), colon + 3)
}

/// "one two three dot one two three dot o dot four o".
pub(super) fn network(run: &[Word<'_>], _: Before<'_, '_>) -> Option<Written> {
    let (mut parts, mut used) = (Vec::new(), 0);
    for n in 0..4 {
        if n > 0 {
            if at(run, used) != "dot" {
                return None;
            }
            used += 1;
        }
        let part = number::digit_run(run.get(used..)?);
        if part.figures.is_empty() || part.figures.len() > 3 {
            return None;
        }
        used += part.words;
        parts.push(part.figures);
    }
    Written::new(used, parts.join("."))
}

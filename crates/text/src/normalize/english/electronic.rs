//! E-mail and web addresses, read part by part: "abc1@gmail.com" is "abc one at gmail dot com".

use super::super::{Hit, Place};
use super::{begins, pattern};
use crate::number;

pattern!(email, r"\A[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?:/[A-Za-z0-9/_-]*)?");
pattern!(with_scheme, r"(?i)\A(?:https?|ftp)://[^\s<>()]+");
pattern!(
    bare,
    r"\A(?:[A-Za-z0-9-]+\.)+(?:com|org|net|edu|gov|mil|info|biz|io|ai|app|dev|uk|de|fr|eu|ca|us|in|es)(?::[0-9]+)?(?:/[^\s<>()]*)?"
);

pattern!(dotted, r"\A[A-Za-z][A-Za-z0-9_-]{2,}(?:\.[A-Za-z0-9_-]+)*\.([a-z][a-z0-9]{1,3})\b");

/// Short words before which a space was forgotten ("done.and"), rather than names of a domain or a kind of file.
const SENTENCE_STARTS: [&str; 40] = [
    "a", "all", "and", "any", "are", "as", "ask", "at", "but", "by", "can", "did", "do", "for",
    "from", "get", "he", "her", "his", "how", "i", "if", "in", "is", "it", "let", "my", "no",
    "not", "now", "or", "our", "she", "so", "that", "the", "then", "to", "we", "you",
];

/// An e-mail or web address, or the name of a file.
pub(super) fn address(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    if !begins(place) {
        return None;
    }
    let found = [email(), with_scheme(), bare()].into_iter().find_map(|p| p.find(rest));
    let found = found.map(|m| m.as_str()).or_else(|| {
        let m = dotted().captures(rest)?;
        let known = !SENTENCE_STARTS.contains(&m.get(1)?.as_str());
        known.then_some(m.get(0)?.as_str())
    })?;
    let address = found.trim_end_matches(['.', ',', '!', '?', ';', ':', '\'', '"', '-']);
    let after = &rest[address.len()..];
    if after.starts_with(|c: char| c.is_alphanumeric()) || !address.contains('.') {
        return None;
    }
    Hit::new(address.len(), read(address))
}

fn read(address: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut rest = address;
    let host_end = host_end(address);
    while let Some(first) = rest.chars().next() {
        let at = address.len() - rest.len();
        let kind = |c: char| (c.is_ascii_digit(), c.is_alphabetic());
        let same = first.is_alphanumeric();
        let len = if same {
            rest.find(|c: char| kind(c) != kind(first)).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (run, tail) = rest.split_at(len);
        rest = tail;
        words.push(if first.is_ascii_digit() {
            let round = run.len() == 4 && run.ends_with("000");
            if round { number::cardinal(run) } else { number::digits(run) }
        } else if first.is_alphabetic() {
            letters(run, at + len == host_end)
        } else {
            sign(first).to_string()
        });
    }
    words.retain(|w| !w.is_empty());
    words.join(" ")
}

/// Where the host name stops: before the path, after the "@" or the scheme.
fn host_end(address: &str) -> usize {
    let start = address.find("://").map_or(0, |i| i + 3);
    address[start..].find(['/', ':']).map_or(address.len(), |i| start + i)
}

/// Names of protocols and short country domains are spelled, so they are written in capitals.
fn letters(run: &str, top_domain: bool) -> String {
    let spelled = matches!(run.to_ascii_lowercase().as_str(), "http" | "https" | "ftp" | "www")
        || (top_domain
            && run.len() <= 3
            && !matches!(
                run,
                "com" | "org" | "net" | "edu" | "gov" | "mil" | "biz" | "app" | "dev"
            ));
    if spelled { run.to_uppercase() } else { run.to_string() }
}

fn sign(c: char) -> &'static str {
    match c {
        '.' => "dot",
        '@' => "at",
        '-' => "dash",
        '_' => "underscore",
        '/' => "slash",
        ':' => "colon",
        '+' => "plus",
        '?' => "question mark",
        '=' => "equals",
        '&' => "and",
        '%' => "percent",
        '#' => "hash",
        '~' => "tilde",
        _ => "",
    }
}

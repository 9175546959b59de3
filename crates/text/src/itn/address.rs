//! E-mail, web and network addresses, for all languages: what a language says for the signs is its
//! [`Speech`].

use super::words::{Run, Written};

/// Top domains that make "name dot ..." an address without an "at".
const TOP_DOMAINS: [&str; 28] = [
    "com", "org", "net", "edu", "gov", "io", "ai", "co", "uk", "us", "de", "fr", "es", "in",
    "info", "biz", "app", "dev", "sm", "tv", "it", "ca", "mx", "ar", "cl", "eu", "me", "pe",
];

/// How a language says the parts of an address. Both readers look at one place and return how many
/// words they took.
pub(super) struct Speech {
    /// The sign that is said there: one of `.@-_/:`.
    pub sign: fn(Run<'_>, usize) -> Option<(char, usize)>,
    /// The letter or figures that are said alone there.
    pub item: fn(Run<'_>, usize) -> Option<(String, usize)>,
    /// Words that do not begin an address; those of one letter only when a whole word follows.
    pub not_local: &'static [&'static str],
    /// Small words that no name in an address consists of, so that nothing waits behind them.
    pub not_inside: &'static [&'static str],
}

impl Speech {
    fn is_sign(&self, run: Run<'_>, i: usize) -> bool {
        (self.sign)(run, i).is_some()
    }

    /// Whether a word before an address was taken for its beginning.
    fn is_before(&self, run: Run<'_>) -> bool {
        let first = run.at(0);
        let whole = |i| run.word(i).is_some() && (self.item)(run, i).is_none();
        self.not_local.contains(&first) && (first.len() > 1 || whole(1) && !self.is_sign(run, 1))
    }

    /// Letters and digits said one by one, with at most one whole word: "g mail", "john one two".
    fn unit(&self, run: Run<'_>) -> Option<(String, usize)> {
        let (mut text, mut used, mut whole) = (String::new(), 0, false);
        while let Some(word) = run.word(used) {
            if self.is_sign(run, used) || self.not_inside.contains(&word.lower.as_str()) {
                break;
            }
            match (self.item)(run, used) {
                Some((piece, words)) => {
                    text.push_str(&piece);
                    used += words;
                }
                None if !whole && word.text.chars().all(|c| c.is_alphanumeric() || c == '.') => {
                    text.push_str(&word.text);
                    whole = true;
                    used += 1;
                }
                None => break,
            }
        }
        (!text.is_empty()).then_some((text, used))
    }

    /// Units joined by dots, dashes and underscores.
    fn joined(&self, run: Run<'_>) -> Option<(String, usize)> {
        let (mut text, mut used) = self.unit(run)?;
        while let Some((c, n)) =
            (self.sign)(run, used).filter(|(c, _)| matches!(c, '.' | '-' | '_'))
        {
            let Some((more, m)) = self.unit(run.from(used + n)) else { break };
            text.push(c);
            text.push_str(&more);
            used += n + m;
        }
        Some((text, used))
    }

    /// A host with at least one dot; the last part is one word or letters only.
    fn host(&self, run: Run<'_>) -> Option<(String, usize)> {
        let (text, mut used) = self.unit(run)?;
        let mut text = host_case(text);
        let mut dots = 0;
        while let Some((c, n)) = (self.sign)(run, used).filter(|(c, _)| matches!(c, '.' | '-')) {
            let Some((more, m)) = self.domain_part(run.from(used + n)) else { break };
            dots += usize::from(c == '.');
            text.push(c);
            text.push_str(&host_case(more));
            used += n + m;
        }
        (dots > 0).then_some((text, used))
    }

    /// A part of a host: a top domain ends at its word, so that "dot com please" does not take
    /// "please".
    fn domain_part(&self, run: Run<'_>) -> Option<(String, usize)> {
        let letter = |i| {
            (self.item)(run, i).filter(|(text, _)| text.bytes().all(|b| b.is_ascii_alphabetic()))
        };
        let first = run.word(0)?;
        let (mut letters, mut used) = (String::new(), 0);
        while let Some((text, words)) = letter(used) {
            letters.push_str(&text);
            used += words;
        }
        if used == 0 {
            let plain = first.text.chars().all(char::is_alphanumeric) && !self.is_sign(run, 0);
            return plain.then(|| (first.text.clone(), 1));
        }
        // Letters may run into a word ("dot g mail dot com") only if another dot follows it.
        let word = run.word(used).filter(|_| !self.is_sign(run, used));
        if let Some(word) = word
            && (self.sign)(run, used + 1).is_some_and(|(c, _)| c == '.')
        {
            return Some((format!("{letters}{}", word.text), used + 1));
        }
        Some((letters, used))
    }

    /// "h t t p s colon slash slash", spelled or as a word; no words when there is none.
    fn scheme(&self, run: Run<'_>) -> (String, usize) {
        let (mut name, mut used) = (String::new(), 0);
        let sign = |i, c| (self.sign)(run, i).filter(|(s, _)| *s == c).map_or(0, |(_, n)| n);
        // Letter by letter, and no further than the name can go.
        while name.len() < 5 && sign(used, ':') == 0 {
            name.push_str(run.at(used));
            if run.ends(used) || !"https".starts_with(&name) {
                return (String::new(), 0);
            }
            used += 1;
        }
        let colon = used + sign(used, ':');
        let first = colon + sign(colon, '/');
        let second = first + sign(first, '/');
        if !matches!(name.as_str(), "http" | "https")
            || colon == used
            || first == colon
            || second == first
        {
            return (String::new(), 0);
        }
        (format!("{name}://"), second)
    }
}

/// Hosts have no capitals of their own: "N vidia" is "nvidia", though "NVIDIA" may stay.
fn host_case(part: String) -> String {
    if part.chars().any(char::is_lowercase) { part.to_lowercase() } else { part }
}

/// An e-mail address.
pub(super) fn email(run: Run<'_>, speech: &Speech) -> Option<Written> {
    if speech.is_before(run) {
        return None;
    }
    let (local, used) = speech.joined(run)?;
    let (_, at) = (speech.sign)(run, used).filter(|(c, _)| *c == '@')?;
    let (host, n) = speech.host(run.from(used + at))?;
    Written::new(used + at + n, format!("{local}@{host}"))
}

/// A web address, with or without its scheme.
pub(super) fn web(run: Run<'_>, speech: &Speech) -> Option<Written> {
    let (scheme, used) = speech.scheme(run);
    if scheme.is_empty() && run.at(0).len() == 1 && speech.is_before(run) {
        return None;
    }
    let (host, n) = speech.host(run.from(used))?;
    let top = host.rsplit('.').next().unwrap_or("").to_lowercase();
    let known = TOP_DOMAINS.contains(&top.as_str());
    if !known && scheme.is_empty() && !host.to_lowercase().starts_with("www.") {
        return None;
    }
    let mut text = format!("{scheme}{host}");
    let mut used = used + n;
    while let Some((_, slash)) = (speech.sign)(run, used).filter(|(c, _)| *c == '/') {
        let Some((path, n)) = speech.joined(run.from(used + slash)) else { break };
        text.push('/');
        text.push_str(&path);
        used += slash + n;
    }
    Written::new(used, text)
}

/// Four numbers of up to three figures with dots between them; `digits` reads figures and words of
/// one.
pub(super) fn network(
    run: Run<'_>,
    speech: &Speech,
    digits: fn(Run<'_>) -> (String, usize),
) -> Option<Written> {
    let (mut parts, mut used) = (Vec::new(), 0);
    for n in 0..4 {
        if n > 0 {
            used += (speech.sign)(run, used).filter(|(c, _)| *c == '.')?.1;
        }
        let (figures, words) = digits(run.from(used));
        if figures.is_empty() || figures.len() > 3 {
            return None;
        }
        used += words;
        parts.push(figures);
    }
    Written::new(used, parts.join("."))
}

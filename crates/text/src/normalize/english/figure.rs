//! Plain figures: cardinals, ordinals, decimals, years, fractions, house numbers, codes that are read figure
//! by figure ("ending in 4821"), and letters mixed with figures ("t2000").

use super::super::{Hit, Place};
use super::{begins, ends, pattern};
use crate::number;

pattern!(whole, r"\A([-−]?)([0-9]{1,3}(?:,[0-9]{2,3})+|[0-9]+)");
pattern!(
    point,
    r"\A([-−]?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?\.([0-9]+)(?: ?(thousand|million|billion|trillion|lakh|crore|bn|mn|[kKMB])\b)?"
);
pattern!(scaled, r"\A([-−]?)([0-9]+) ?([kKMB]|bn)\b");
pattern!(nth, r"(?i)\A([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(st|nd|rd|th)\b");
pattern!(part_of, r"(?i)\A([-−]?)(?:([0-9]+) )?([0-9]+) ?/ ?([0-9]+)(?:st|nd|rd|th)?\b");
pattern!(
    house,
    r"\A([0-9]{1,5}) (?:([NSEW]|North|South|East|West)\.? )?((?:[A-Z][a-z]+|[0-9]+(?:st|nd|rd|th)|[A-Z]) ){0,3}(?i:street|st|avenue|ave|road|rd|drive|dr|lane|ln|boulevard|blvd|expressway|expy|highway|hwy|court|ct|place|pl|parkway|pkwy|way)\b"
);
pattern!(letters_figures, r"\A(?:[A-Za-z]+[0-9]|[0-9]+[A-Za-z])[A-Za-z0-9]*");
pattern!(
    from_to,
    r"\A([0-9]{1,3}) ?[-–] ?([0-9]{1,3})( ?%|[ -](?:business|working|seconds?|minutes?|min|hours?|days?|weeks?|months?|years?|people|persons|times|miles|percent|dollars|digits?|items|steps|degrees)\b)"
);
pattern!(plan, r"\A401(?:\(k\)|-?k)(s?)\b|\A401\(k\)");
pattern!(release, r"\Av\.? ?([0-9]+(?:\.[0-9]+)*)\b");
pattern!(colon, r"\A([0-9]{1,3}):([0-9]{1,3})\b");
pattern!(zip, r"\A[A-Z]{2},? [0-9]{5}\b");

/// Words after which figures are a code, not a quantity.
const CODE_WORDS: [&str; 34] = [
    "account",
    "acct",
    "address",
    "cc",
    "card",
    "case",
    "claim",
    "code",
    "confirmation",
    "digits",
    "ending",
    "extension",
    "ext",
    "flight",
    "id",
    "in",
    "invoice",
    "number",
    "no",
    "order",
    "otp",
    "passcode",
    "pin",
    "pnr",
    "policy",
    "reference",
    "ref",
    "room",
    "routing",
    "serial",
    "ticket",
    "tracking",
    "with",
    "zip",
];
/// Words that must stand near "in", "with" and "number" for the figures to be a code.
const CODE_CONTEXT: [&str; 22] = [
    "account",
    "card",
    "ending",
    "ends",
    "ended",
    "digits",
    "policy",
    "order",
    "case",
    "ticket",
    "reference",
    "confirmation",
    "routing",
    "tracking",
    "phone",
    "serial",
    "claim",
    "invoice",
    "flight",
    "member",
    "starting",
    "pin",
];

/// The spoken scale of "k", "bn" and their like.
pub(super) fn scale_word(written: &str) -> Option<&'static str> {
    Some(match written {
        "k" | "K" | "thousand" => "thousand",
        "m" | "M" | "mn" | "million" => "million",
        "b" | "B" | "bn" | "billion" => "billion",
        "trillion" => "trillion",
        "lakh" => "lakh",
        "crore" => "crore",
        _ => return None,
    })
}

/// "2", "506" is "two point five zero six"; without decimals a cardinal; without a whole part "point ...".
pub(super) fn decimal_words(whole: &str, part: &str) -> String {
    if part.is_empty() {
        return number::cardinal(whole);
    }
    let head =
        if whole.is_empty() { String::new() } else { format!("{} ", number::cardinal(whole)) };
    format!("{head}point {}", number::digits(part))
}

fn minus(sign: &str) -> &'static str {
    if sign.is_empty() { "" } else { "minus " }
}

/// Whether a minus sign may stand here: after a space or an opening sign, not inside a word.
fn sign_fits(place: Place<'_>, sign: &str) -> bool {
    sign.is_empty()
        || !place.before().ends_with(|c: char| !c.is_whitespace() && !"([-=$\"".contains(c))
}

/// "3-5 business days" and "10-15%": from one small number to a larger one, of something.
pub(super) fn span(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    if !begins(place) || place.before().ends_with(['-', '/', '.', ',']) {
        return None;
    }
    let m = from_to().captures(rest)?;
    let (from, to): (u32, u32) = (m[1].parse().ok()?, m[2].parse().ok()?);
    let percent = if m[3].starts_with(['%']) { " percent" } else { "" };
    let len = if percent.is_empty() { m.get(2)?.end() } else { m[0].len() };
    let words = format!("{} to {}{percent}", number::cardinal(&m[1]), number::cardinal(&m[2]));
    (from < to).then_some(words).and_then(|w| Hit::new(len, w))
}

/// The number of a house before its street.
pub(super) fn house_number(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    if !begins(place) {
        return None;
    }
    let m = house().captures(rest)?;
    let figures = &m[1];
    let value: u32 = figures.parse().ok()?;
    let spoken = match figures.len() {
        1 | 2 => number::cardinal(figures),
        3 => number::digits(figures),
        4 if value % 1000 < 10 => number::cardinal(figures),
        4 => number::year(value),
        _ => number::digits(figures),
    };
    Hit::new(figures.len(), spoken)
}

/// Figures that are a code by the words before them, by their length or by a leading zero.
pub(super) fn code(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    if let Some(m) = plan().captures(rest).filter(|_| begins(place)) {
        let plural = m.get(1).map_or("", |s| s.as_str());
        return Hit::new(m[0].len(), format!("four oh one k{plural}"));
    }
    if !begins(place) || place.before().ends_with(['.', '$', '€', '£']) {
        return None;
    }
    let len = rest.bytes().take_while(u8::is_ascii_digit).count();
    let figures = &rest[..len];
    let follows = rest[len..].starts_with([',', '.'])
        && rest[len + 1..].starts_with(|c: char| c.is_ascii_digit());
    if len == 0
        || follows
        || rest[len..].starts_with(char::is_alphanumeric)
        || rest[len..].starts_with(['/', '%'])
    {
        return None;
    }
    let hash = place.before().ends_with('#') && len >= 4;
    // "ORD-1029": figures behind letters and a hyphen.
    let capital = |b: &str| b.ends_with(|c: char| c.is_ascii_uppercase());
    let joined = len >= 3 && place.before().strip_suffix('-').is_some_and(capital);
    let named = hash || joined || len >= 3 && named_code(place);
    let long = len > 4;
    let leading_zero = len > 1 && figures.starts_with('0');
    (named || long || leading_zero).then(|| number::digits(figures)).and_then(|w| Hit::new(len, w))
}

fn named_code(place: Place<'_>) -> bool {
    let mut before = place
        .before()
        .trim_end_matches([' ', ':', '#', '.'])
        .rsplit(|c: char| !c.is_alphabetic())
        .filter(|w| !w.is_empty())
        .map(str::to_lowercase);
    let Some(mut last) = before.next() else { return false };
    if last == "is" {
        last = before.next().unwrap_or_default();
    }
    if !CODE_WORDS.contains(&last.as_str()) {
        return false;
    }
    let weak = matches!(
        last.as_str(),
        "in" | "with" | "number" | "no" | "order" | "case" | "card" | "room"
    );
    !weak || last == "room" || before.take(2).any(|w| CODE_CONTEXT.contains(&w.as_str()))
}

/// "v2.1" is "version two point one".
pub(super) fn version(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    let m = release().captures(rest).filter(|m| begins(place) && ends(rest, m[0].len()))?;
    let parts: Vec<String> = m[1].split('.').map(number::cardinal).collect();
    let said = place.previous_word().eq_ignore_ascii_case("version");
    let name = if said { "" } else { "version " };
    Hit::new(m[0].len(), format!("{name}{}", parts.join(" point ")))
}

/// "16:9", where it is no time of day, is "sixteen to nine".
pub(super) fn ratio(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    let m = colon().captures(rest).filter(|m| begins(place) && ends(rest, m[0].len()))?;
    if place.before().ends_with([':', '.', '/']) || rest[m[0].len()..].starts_with([':', '/']) {
        return None;
    }
    Hit::new(m[0].len(), format!("{} to {}", number::cardinal(&m[1]), number::cardinal(&m[2])))
}

/// "1/2", "2 1/2", "31/32".
pub(super) fn fraction(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    if !begins(place) || place.before().ends_with('/') {
        return None;
    }
    let m = part_of().captures(rest).filter(|m| ends(rest, m[0].len()))?;
    if rest[m[0].len()..].starts_with(['/', '-']) || !sign_fits(place, &m[1]) {
        return None;
    }
    let (over, under) = (&m[3], &m[4]);
    // Around the clock, and even chances.
    if let "24/7" | "50/50" = &m[0] {
        let pair = format!("{} {}", number::cardinal(over), number::cardinal(under));
        return Hit::new(m[0].len(), pair);
    }
    if under.len() > 6 || over.len() > 6 {
        return None;
    }
    let one = over.trim_start_matches('0') == "1";
    let name = match under.trim_start_matches('0') {
        "" | "1" => format!("over {}", number::cardinal(under)),
        "2" => if one { "half" } else { "halves" }.to_string(),
        "4" => if one { "quarter" } else { "quarters" }.to_string(),
        _ => {
            let nth = number::ordinal_words(&number::cardinal_plain(under));
            if one { nth } else { format!("{nth}s") }
        }
    };
    let count = if one && m.get(2).is_some() && name == "half" {
        "a".into()
    } else {
        number::cardinal_plain(over)
    };
    let whole =
        m.get(2).map_or(String::new(), |w| format!("{} and ", number::cardinal(w.as_str())));
    Hit::new(m[0].len(), format!("{}{whole}{count} {name}", minus(&m[1])))
}

/// "23rd"; with a wrong ending ("23th") the figure and the ending are read apart.
pub(super) fn ordinal(place: Place<'_>) -> Option<Hit> {
    if !begins(place) {
        return None;
    }
    let m = nth().captures(place.rest())?;
    let words = number::ordinal(&m[1]);
    let ending = m[2].to_lowercase();
    if words.ends_with(&ending) || (ending == "th" && words.ends_with("th")) {
        return Hit::new(m[0].len(), words);
    }
    Hit::new(m[0].len(), format!("{} {ending}", number::cardinal(&m[1])))
}

/// Four figures that are most likely a year.
pub(super) fn year(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    let len = rest.bytes().take_while(u8::is_ascii_digit).count();
    if !begins(place) || len != 4 || !ends(rest, len) || rest[len..].starts_with('%') {
        return None;
    }
    let value: u32 = rest[..4].parse().ok()?;
    let counted = rest[4..].strip_prefix(' ').is_some_and(|t| {
        let word = t.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
        [
            "dollars", "points", "miles", "people", "times", "units", "days", "hours", "steps",
            "euros", "pounds",
        ]
        .contains(&word)
    });
    ((1100..2100).contains(&value) && !counted)
        .then(|| number::year(value))
        .and_then(|w| Hit::new(4, w))
}

/// "3.5", ".1 trillion", "0.1 M".
pub(super) fn decimal(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    if !begins(place) {
        return None;
    }
    if let Some(m) = scaled().captures(rest).filter(|m| sign_fits(place, &m[1])) {
        let scale = if &m[3] == "k" || &m[3] == "K" { "thousand" } else { m.get(3)?.as_str() };
        let scale = if scale == "bn" { "billion" } else { scale };
        return Hit::new(
            m[0].len(),
            format!("{}{} {scale}", minus(&m[1]), number::cardinal(&m[2])),
        );
    }
    let m = point().captures(rest).filter(|m| sign_fits(place, &m[1]))?;
    if m.get(2).is_none() && place.before().ends_with(|c: char| !c.is_whitespace() && c != '(') {
        return None;
    }
    let scale = m.get(4).map_or("", |s| s.as_str());
    let scale = if scale.ends_with('n') { scale_word(scale).unwrap_or(scale) } else { scale };
    let scale = if scale.is_empty() { String::new() } else { format!(" {scale}") };
    let words = decimal_words(m.get(2).map_or("", |w| w.as_str()), &m[3]);
    Hit::new(m[0].len(), format!("{}{words}{scale}", minus(&m[1])))
}

/// A whole number, or letters and figures run together.
pub(super) fn cardinal(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    if !begins(place) {
        return after_letter(place);
    }
    if let Some(m) = letters_figures().find(rest) {
        let code = m.as_str().contains(|c: char| c.is_ascii_uppercase()) && named_code(place);
        let read = if code { spelled(m.as_str()) } else { serial(m.as_str()) };
        return Hit::new(m.len(), read);
    }
    let m = whole().captures(rest).filter(|m| sign_fits(place, &m[1]))?;
    Hit::new(m[0].len(), format!("{}{}", minus(&m[1]), number::cardinal(&m[2])))
}

/// Figures that follow a letter which no rule took along with them (an accented word, say).
fn after_letter(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    let len = rest.bytes().take_while(u8::is_ascii_digit).count();
    Hit::new(len, number::digits(&rest[..len]))
}

/// Letters and figures run together: each run of letters a word, short runs of figures a number, long ones
/// figure by figure, unless round.
pub(super) fn serial(text: &str) -> String {
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let digit = first.is_ascii_digit();
        let len = rest.find(|c: char| c.is_ascii_digit() != digit).unwrap_or(rest.len());
        let (run, tail) = rest.split_at(len);
        rest = tail;
        let round = run.ends_with("00") && !run.starts_with('0') && run.len() < 5;
        words.push(match (digit, run.len()) {
            (false, _) => run.to_string(),
            (true, 1 | 2) if !run.starts_with('0') => number::cardinal(run),
            (true, _) if round => number::cardinal(run),
            (true, _) => number::digits(run),
        });
    }
    words.join(" ")
}

/// A code of letters and figures, sign by sign; four letters and more may be a word.
fn spelled(code: &str) -> String {
    let mut words = Vec::new();
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let digit = first.is_ascii_digit();
        let len = rest.find(|c: char| c.is_ascii_digit() != digit).unwrap_or(rest.len());
        let (run, tail) = rest.split_at(len);
        rest = tail;
        if digit {
            words.push(number::digits(run));
        } else if run.len() > 3 {
            words.push(run.to_string());
        } else {
            words.extend(run.chars().map(String::from));
        }
    }
    words.join(" ")
}

/// Whether the text begins with a state and a ZIP code.
pub(super) fn is_zip(rest: &str) -> bool {
    zip().is_match(rest)
}

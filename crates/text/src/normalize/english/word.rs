//! Words, abbreviations, Roman numerals and signs: everything that is not a figure.

use super::super::{Hit, Place};
use super::{begins, figure, pattern};
use crate::number;

pattern!(dotted, r"\A(?:[A-Za-z]\.){2,}[A-Za-z]?|\A(?:[A-Za-z]\.)+[A-Za-z]\b");
pattern!(short_form, r"\A([A-Za-z]+)(\.?)");
pattern!(symbols, r"\A\[[A-Z]{1,2}[0-2]?(?: [A-Z]{1,2}[0-2]?)*\]");
pattern!(numeral, r"\A[IVXLC]+\b");

/// What may follow the abbreviation for it to count.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Needs {
    /// Nothing in particular.
    Nothing,
    /// Its point.
    Point,
    /// A capital letter, as before a name.
    Name,
    /// A figure.
    Figure,
    /// A capitalised word before it, as after the name of a street or a firm.
    After,
}

/// Lower-case abbreviation, what it needs, what is said.
const ABBREVIATIONS: [(&str, Needs, &str); 73] = [
    ("incl", Needs::Point, "including"),
    ("excl", Needs::Point, "excluding"),
    ("rm", Needs::Figure, "room"),
    ("wwi", Needs::Nothing, "World War one"),
    ("wwii", Needs::Nothing, "World War two"),
    ("mr", Needs::Name, "mister"),
    ("mrs", Needs::Name, "misses"),
    ("ms", Needs::Name, "Ms"),
    ("prof", Needs::Point, "professor"),
    ("rev", Needs::Name, "reverend"),
    ("gen", Needs::Name, "general"),
    ("col", Needs::Name, "colonel"),
    ("capt", Needs::Point, "captain"),
    ("lt", Needs::Name, "lieutenant"),
    ("sgt", Needs::Point, "sergeant"),
    ("gov", Needs::Name, "governor"),
    ("sen", Needs::Name, "senator"),
    ("rep", Needs::Name, "representative"),
    ("mt", Needs::Name, "mount"),
    ("ft", Needs::Name, "fort"),
    ("jr", Needs::Nothing, "junior"),
    ("sr", Needs::Point, "senior"),
    ("etc", Needs::Nothing, "et cetera"),
    ("vs", Needs::Nothing, "versus"),
    ("approx", Needs::Nothing, "approximately"),
    ("appt", Needs::Nothing, "appointment"),
    ("acct", Needs::Nothing, "account"),
    ("amt", Needs::Nothing, "amount"),
    ("addr", Needs::Nothing, "address"),
    ("assn", Needs::Nothing, "association"),
    ("assoc", Needs::Point, "associates"),
    ("bldg", Needs::Nothing, "building"),
    ("dept", Needs::Nothing, "department"),
    ("est", Needs::Point, "established"),
    ("ext", Needs::Figure, "extension"),
    ("apt", Needs::Figure, "apartment"),
    ("ste", Needs::Figure, "suite"),
    ("fig", Needs::Figure, "figure"),
    ("vol", Needs::Figure, "volume"),
    ("ch", Needs::Figure, "chapter"),
    ("pp", Needs::Figure, "pages"),
    ("p", Needs::Figure, "page"),
    ("no", Needs::Figure, "number"),
    ("nos", Needs::Figure, "numbers"),
    ("inc", Needs::Point, "incorporated"),
    ("corp", Needs::Nothing, "corporation"),
    ("ltd", Needs::Nothing, "limited"),
    ("co", Needs::After, "company"),
    ("bros", Needs::Nothing, "brothers"),
    ("min", Needs::Point, "minimum"),
    ("max", Needs::Point, "maximum"),
    ("tel", Needs::Point, "telephone"),
    ("qty", Needs::Nothing, "quantity"),
    ("pkg", Needs::Nothing, "package"),
    ("govt", Needs::Nothing, "government"),
    ("intl", Needs::Nothing, "international"),
    ("natl", Needs::Nothing, "national"),
    ("univ", Needs::Nothing, "university"),
    ("misc", Needs::Nothing, "miscellaneous"),
    ("temp", Needs::Point, "temperature"),
    ("pls", Needs::Nothing, "please"),
    ("thru", Needs::Nothing, "through"),
    ("ave", Needs::After, "Avenue"),
    ("blvd", Needs::Nothing, "Boulevard"),
    ("rd", Needs::After, "Road"),
    ("hwy", Needs::Nothing, "Highway"),
    ("expy", Needs::Nothing, "Expressway"),
    ("pkwy", Needs::Nothing, "Parkway"),
    ("ln", Needs::After, "Lane"),
    ("ct", Needs::After, "Court"),
    ("pl", Needs::After, "Place"),
    ("sq", Needs::After, "Square"),
    ("tv", Needs::Nothing, "TV"),
];

const STATES: [(&str, &str); 51] = [
    ("AL", "Alabama"),
    ("AK", "Alaska"),
    ("AZ", "Arizona"),
    ("AR", "Arkansas"),
    ("CA", "California"),
    ("CO", "Colorado"),
    ("CT", "Connecticut"),
    ("DE", "Delaware"),
    ("FL", "Florida"),
    ("GA", "Georgia"),
    ("HI", "Hawaii"),
    ("ID", "Idaho"),
    ("IL", "Illinois"),
    ("IN", "Indiana"),
    ("IA", "Iowa"),
    ("KS", "Kansas"),
    ("KY", "Kentucky"),
    ("LA", "Louisiana"),
    ("ME", "Maine"),
    ("MD", "Maryland"),
    ("MA", "Massachusetts"),
    ("MI", "Michigan"),
    ("MN", "Minnesota"),
    ("MS", "Mississippi"),
    ("MO", "Missouri"),
    ("MT", "Montana"),
    ("NE", "Nebraska"),
    ("NV", "Nevada"),
    ("NH", "New Hampshire"),
    ("NJ", "New Jersey"),
    ("NM", "New Mexico"),
    ("NY", "New York"),
    ("NC", "North Carolina"),
    ("ND", "North Dakota"),
    ("OH", "Ohio"),
    ("OK", "Oklahoma"),
    ("OR", "Oregon"),
    ("PA", "Pennsylvania"),
    ("RI", "Rhode Island"),
    ("SC", "South Carolina"),
    ("SD", "South Dakota"),
    ("TN", "Tennessee"),
    ("TX", "Texas"),
    ("UT", "Utah"),
    ("VT", "Vermont"),
    ("VA", "Virginia"),
    ("WA", "Washington"),
    ("WV", "West Virginia"),
    ("WI", "Wisconsin"),
    ("WY", "Wyoming"),
    ("DC", "DC"),
];

/// Words before which a Roman numeral counts, so that it is read as a plain number.
const NUMBERED: [&str; 14] = [
    "bowl", "chapter", "part", "section", "volume", "phase", "act", "type", "title", "book",
    "article", "level", "war", "class",
];

/// A Roman numeral after a name ("Henry III") or after a word like "chapter".
pub(super) fn roman(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    if !begins(place) || !rest.starts_with(['I', 'V', 'X', 'L', 'C']) {
        return None;
    }
    let found = numeral().find(rest)?.as_str();
    let value = number::roman(found)?.to_string();
    let before = place.previous_word();
    if !place.before().ends_with(' ') || before.is_empty() {
        return None;
    }
    if NUMBERED.contains(&before.to_lowercase().as_str()) {
        return Hit::new(found.len(), number::cardinal(&value));
    }
    let name = before.len() > 2
        && before.starts_with(char::is_uppercase)
        && before.chars().skip(1).all(char::is_lowercase);
    let likely = found.len() > 1 && found.bytes().all(|b| b"IVX".contains(&b));
    (name && likely)
        .then(|| format!("the {}", number::ordinal(&value)))
        .and_then(|s| Hit::new(found.len(), s))
}

/// An abbreviation with the words it stands for.
pub(super) fn abbreviation(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    if !begins(place) || !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    latin(rest)
        .or_else(|| state(rest))
        .or_else(|| direction(place))
        .or_else(|| doctor_or_saint(place))
        .or_else(|| listed(place))
        .or_else(|| initials(rest))
}

fn latin(rest: &str) -> Option<Hit> {
    [
        ("e.g.", "for example"),
        ("i.e.", "that is"),
        ("a.k.a.", "also known as"),
        ("w/o ", "without"),
        ("w/ ", "with"),
    ]
    .into_iter()
    .find(|(written, _)| rest.get(..written.len()).is_some_and(|r| r.eq_ignore_ascii_case(written)))
    .and_then(|(written, said)| Hit::new(written.trim_end().len(), said))
}

/// "CA 95051": the state before a ZIP code.
fn state(rest: &str) -> Option<Hit> {
    if !figure::is_zip(rest) {
        return None;
    }
    STATES
        .iter()
        .find(|(short, _)| rest.starts_with(short))
        .and_then(|(short, name)| Hit::new(short.len(), *name))
}

/// "12 S 1st St": a compass letter between a house number and a street.
fn direction(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    let name = match rest.get(..1)? {
        "N" => "North",
        "S" => "South",
        "E" => "East",
        "W" => "West",
        _ => return None,
    };
    let after = rest[1..].strip_prefix(". ").or(rest[1..].strip_prefix(' '))?;
    let numbered = place.before().trim_end().ends_with(|c: char| c.is_ascii_digit())
        && place.before().ends_with(' ');
    let street = after.starts_with(|c: char| c.is_ascii_uppercase() || c.is_ascii_digit());
    (numbered && street).then_some(()).and_then(|()| Hit::new(rest.len() - after.len() - 1, name))
}

/// "Dr." before a name is a doctor and after one a drive; "St." likewise saint or street.
fn doctor_or_saint(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    let m = short_form().captures(rest)?;
    let (before_name, after_name) = match m[1].to_ascii_lowercase().as_str() {
        "dr" => ("doctor", "Drive"),
        "st" => ("Saint", "Street"),
        _ => return None,
    };
    let tail = rest[m[0].len()..].trim_start();
    let name_follows = tail.starts_with(char::is_uppercase);
    let previous = place.previous_word();
    // In capitals it is a street only in an address that is all capitals.
    let capitals = m[1].chars().all(char::is_uppercase);
    if capitals && previous.chars().any(char::is_lowercase) {
        return None;
    }
    let street_before = place.before().ends_with(' ')
        && (previous.starts_with(char::is_uppercase)
            || place.before().trim_end().ends_with("th")
            || numbered_street(previous));
    if street_before && (!name_follows || !m[2].is_empty() && sentence_before(place)) {
        let keep_point = name_follows && !m[2].is_empty();
        return Hit::new(m[0].len() - usize::from(keep_point), after_name);
    }
    // Without a point or a name behind it, "st" alone is not a saint.
    let sure = name_follows
        && (!m[2].is_empty() || m[1].starts_with(char::is_uppercase))
        && m[1] != *"ST"
        && m[1] != *"DR";
    sure.then_some(()).and_then(|()| Hit::new(m[0].len(), before_name))
}

fn numbered_street(previous: &str) -> bool {
    matches!(previous, "st" | "nd" | "rd" | "th")
}

/// Whether the words before look like a house number and a street's name ("1428 Elm St.").
fn sentence_before(place: Place<'_>) -> bool {
    let words: Vec<&str> = place.before().split_whitespace().rev().take(5).collect();
    words
        .iter()
        .skip(1)
        .any(|w| w.bytes().all(|b| b.is_ascii_digit()) || matches!(*w, "on" | "at" | "to" | "St."))
}

fn listed(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    let m = short_form().captures(rest)?;
    let short = m[1].to_ascii_lowercase();
    let &(_, needs, said) = ABBREVIATIONS.iter().find(|(s, ..)| *s == short)?;
    let point = !m[2].is_empty();
    // "in the 90th min." counts time.
    let counted = place.before().trim_end().ends_with(|c: char| c.is_ascii_digit())
        || numbered_street(place.previous_word());
    let said = if short == "min" && counted { "minute" } else { said };
    let after = &rest[m[0].len()..];
    let tail = after.trim_start_matches([' ', '#']);
    let capital_follows = tail.starts_with(char::is_uppercase);
    if !point && after.starts_with(['\'', '’', '-', '/']) {
        return None;
    }
    let fits = match needs {
        Needs::Nothing => true,
        Needs::Point => point,
        Needs::Name => capital_follows && m[1].starts_with(char::is_uppercase),
        Needs::Figure => {
            tail.starts_with(|c: char| c.is_ascii_digit()) && (point || short.len() > 2)
        }
        Needs::After => {
            place.previous_word().starts_with(char::is_uppercase)
                && m[1].starts_with(char::is_uppercase)
                || numbered_street(place.previous_word())
        }
    };
    if !fits {
        return None;
    }
    // Behind a name the point may also end the sentence; then it stays outside the token.
    let ends_sentence = point
        && capital_follows
        && matches!(needs, Needs::Nothing | Needs::Point | Needs::After)
        && !matches!(short.as_str(), "prof" | "capt" | "sgt");
    let said = if needs == Needs::Name && rest.starts_with(char::is_uppercase) {
        capitalised(said)
    } else {
        said.into()
    };
    let said = if matches!(short.as_str(), "mr" | "mrs") { said.to_lowercase() } else { said };
    Hit::new(m[0].len() - usize::from(ends_sentence), said)
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or(String::new(), |c| c.to_uppercase().chain(chars).collect())
}

/// "U.S.A." is "USA".
fn initials(rest: &str) -> Option<Hit> {
    let m = dotted().find(rest)?;
    if rest[m.len()..].starts_with(char::is_alphanumeric) {
        return None;
    }
    Hit::new(m.len(), m.as_str().replace('.', "").to_uppercase())
}

/// A word as it is written, with its inner apostrophes and hyphens.
pub(super) fn word(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    if !rest.starts_with(char::is_alphabetic) {
        return elided(place);
    }
    let mut len = 0;
    let mut chars = rest.char_indices().peekable();
    while let Some((i, c)) = chars.next() {
        let joins =
            matches!(c, '\'' | '’' | '-') && chars.peek().is_some_and(|(_, n)| n.is_alphabetic());
        if !c.is_alphabetic() && !joins {
            break;
        }
        len = i + c.len_utf8();
    }
    if matches!(&rest[..len], "x" | "X") && between_figures(place) {
        return Hit::new(len, "by");
    }
    // Letters that carry on with figures inside a hyphenated word stop at the hyphen before them.
    let written = &rest[..len];
    if rest[len..].starts_with(|c: char| c.is_ascii_digit())
        && let Some(hyphen) = written.rfind('-')
    {
        return Hit::new(hyphen, &written[..hyphen]);
    }
    Hit::new(len, written)
}

/// "25 x 7": a figure and a space on both sides.
fn between_figures(place: Place<'_>) -> bool {
    let digit = |c: char| c.is_ascii_digit();
    place.before().strip_suffix(' ').is_some_and(|b| b.ends_with(digit))
        && place.rest()[1..].strip_prefix(' ').is_some_and(|a| a.starts_with(digit))
}

/// "'em" and "'cause": an apostrophe that belongs to a word.
fn elided(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    let tail = rest.strip_prefix(['\'', '’'])?;
    let lower =
        tail.get(..tail.find(|c: char| !c.is_alphabetic()).unwrap_or(tail.len()))?.to_lowercase();
    let known =
        matches!(lower.as_str(), "em" | "cause" | "til" | "bout" | "round" | "tis" | "twas");
    (begins(place) && known)
        .then(|| format!("'{lower}"))
        .and_then(|w| Hit::new(rest.len() - tail.len() + lower.len(), w))
}

/// "[HH AH0 L OW1]": symbols of pronunciation, which [`crate::g2p`] says as they stand.
pub(super) fn phones(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    if !rest.starts_with('[') {
        return None;
    }
    let m = symbols().find(rest)?;
    let inner = m.as_str().trim_matches(['[', ']']);
    let known = inner.split(' ').all(|symbol| crate::g2p::phone::phone_id(symbol).is_some());
    let vowel = inner.contains(|c: char| c.is_ascii_digit());
    (known && vowel).then_some(m.as_str()).and_then(|s| Hit::new(s.len(), s))
}

/// A sign that is spoken, or a figure of another script.
pub(super) fn symbol(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    let c = rest.chars().next()?;
    let after = rest[c.len_utf8()..].chars().next();
    let letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    let said = match c {
        '&' => "and",
        '@' => "at",
        '#' if numbers_code(&rest[1..]) => "number",
        '*' if matches!(place.previous_word(), "press" | "dial" | "Press" | "Dial" | "enter") => {
            "star"
        }
        '#' => "hash",
        '%' => "percent",
        '+' => "plus",
        '=' => "equals",
        '−' => "minus",
        '-' if in_sum(place) => "minus",
        '°' => "degrees",
        '×' => "times",
        '÷' => "divided by",
        '©' => "copyright",
        '®' => "registered",
        '™' => "trademark",
        '§' => "section",
        '$' => "dollar",
        '€' => "euro",
        '£' => "pound",
        '½' => "one half",
        '¼' => "one quarter",
        '¾' => "three quarters",
        '²' => "squared",
        '³' => "cubed",
        '~' if after.is_some_and(|c| c.is_ascii_digit()) => "about",
        '<' if compares(place, after) => "less than",
        '>' if compares(place, after) => "greater than",
        '≤' => "at most",
        '≥' => "at least",
        '≠' => "not equal to",
        '≈' => "about",
        '±' => "plus or minus",
        '/' if after.is_none_or(char::is_whitespace)
            && place.before().ends_with(|c: char| c.is_ascii_digit()) =>
        {
            "slash"
        }
        '/' if letter(after)
            && letter(place.before().chars().next_back())
            && !place.before().ends_with("and") =>
        {
            "slash"
        }
        c => return foreign_digit(c),
    };
    Hit::new(c.len_utf8(), said)
}

/// Whether a figure or a code with a figure in it begins here ("4521", "A-1029").
fn numbers_code(after: &str) -> bool {
    let code = after.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).next();
    let code = code.unwrap_or_default();
    after.starts_with(|c: char| c.is_ascii_digit())
        || (after.starts_with(|c: char| c.is_ascii_uppercase())
            && code.contains(|c: char| c.is_ascii_digit()))
}

/// Whether an angle bracket stands between two values and is no bracket.
fn compares(place: Place<'_>, after: Option<char>) -> bool {
    let before = place.before();
    let value = |c: char| c.is_alphanumeric();
    let follows = place.rest()[1..].trim_start();
    let spaced = before.ends_with(' ') && after == Some(' ');
    let figures = after.is_some_and(|c| c.is_ascii_digit());
    (spaced || figures) && before.trim_end().ends_with(value) && follows.starts_with(value)
}

/// Whether a hyphen is a minus: figures on both sides and an equals sign to come.
fn in_sum(place: Place<'_>) -> bool {
    let digit = |c: char| c.is_ascii_digit();
    let after = place.rest()[1..].trim_start();
    place.before().trim_end().ends_with(digit)
        && after.starts_with(digit)
        && after.trim_start_matches(digit).trim_start().starts_with('=')
}

/// Decimal digits of the scripts that callers' texts are likely to hold.
fn foreign_digit(c: char) -> Option<Hit> {
    const ZEROS: [char; 8] = ['٠', '۰', '०', '০', '੦', '૦', '௦', '０'];
    let value = ZEROS.iter().find_map(|&z| (c as u32).checked_sub(z as u32).filter(|d| *d < 10))?;
    Hit::new(c.len_utf8(), number::SMALL[value as usize])
}

//! Spanish number words: cardinals on the long scale, decimals, digit strings.

/// What a number counts, as far as its words change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// On its own: "veintiuno".
    Alone,
    /// Before a masculine noun: "veintiún".
    Masculine,
    /// Before a feminine noun: "veintiuna", "doscientas".
    Feminine,
}

/// The words for 0 to 29.
pub(super) const SMALL: [&str; 30] = [
    "cero",
    "uno",
    "dos",
    "tres",
    "cuatro",
    "cinco",
    "seis",
    "siete",
    "ocho",
    "nueve",
    "diez",
    "once",
    "doce",
    "trece",
    "catorce",
    "quince",
    "dieciséis",
    "diecisiete",
    "dieciocho",
    "diecinueve",
    "veinte",
    "veintiuno",
    "veintidós",
    "veintitrés",
    "veinticuatro",
    "veinticinco",
    "veintiséis",
    "veintisiete",
    "veintiocho",
    "veintinueve",
];
/// The words for the tens; the first three are never used.
pub(super) const TENS: [&str; 10] =
    ["", "", "", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"];
/// The words for the hundreds without their last two letters; the first two are never used.
const HUNDREDS: [&str; 10] = [
    "",
    "",
    "doscient",
    "trescient",
    "cuatrocient",
    "quinient",
    "seiscient",
    "setecient",
    "ochocient",
    "novecient",
];
/// The words for powers of a million without their endings.
const SCALES: [&str; 6] = ["mill", "bill", "trill", "cuatrill", "quintill", "sextill"];
/// Longer figures than this many are read one by one.
const CARDINAL_DIGITS_MAX: usize = 36;

/// Reads figures one by one: `"4821"` is "cuatro ocho dos uno". Anything but ASCII digits is skipped.
pub(super) fn digits(figures: &str) -> String {
    let words: Vec<&str> =
        figures.bytes().filter(u8::is_ascii_digit).map(|b| SMALL[usize::from(b - b'0')]).collect();
    words.join(" ")
}

/// Reads a whole number: `"1042"` is "mil cuarenta y dos". Signs between the figures are skipped; a number of
/// more than 36 figures is read one by one.
pub(super) fn cardinal(figures: &str, form: Form) -> String {
    let clean: String = figures.chars().filter(char::is_ascii_digit).collect();
    let clean = clean.trim_start_matches('0');
    if clean.is_empty() {
        return SMALL[0].to_string();
    }
    if clean.len() > CARDINAL_DIGITS_MAX {
        return digits(clean);
    }
    let groups: Vec<u32> = clean
        .as_bytes()
        .rchunks(6)
        .map(|g| g.iter().fold(0, |n, b| n * 10 + u32::from(b - b'0')))
        .collect();
    let mut words: Vec<String> = Vec::new();
    for (i, &group) in groups.iter().enumerate().rev().filter(|(_, g)| **g > 0) {
        if i == 0 {
            words.push(below_million(group, form));
            continue;
        }
        let ending = if group == 1 { "ón" } else { "ones" };
        words.push(format!("{} {}{ending}", below_million(group, Form::Masculine), SCALES[i - 1]));
    }
    words.join(" ")
}

fn below_million(n: u32, form: Form) -> String {
    let (thousands, rest) = (n / 1000, n % 1000);
    let mut words = Vec::new();
    match thousands {
        0 => {}
        1 => words.push("mil".to_string()),
        _ => {
            let form = if form == Form::Feminine { form } else { Form::Masculine };
            words.push(format!("{} mil", below_thousand(thousands, form)));
        }
    }
    if rest > 0 {
        words.push(below_thousand(rest, form));
    }
    words.join(" ")
}

fn below_thousand(n: u32, form: Form) -> String {
    let (hundreds, rest) = ((n / 100) as usize, n % 100);
    let mut words = Vec::new();
    match hundreds {
        0 => {}
        1 if rest == 0 => words.push("cien".to_string()),
        1 => words.push("ciento".to_string()),
        _ => {
            let ending = if form == Form::Feminine { "as" } else { "os" };
            words.push(format!("{}{ending}", HUNDREDS[hundreds]));
        }
    }
    if rest > 0 {
        words.push(below_hundred(rest, form));
    }
    words.join(" ")
}

fn below_hundred(n: u32, form: Form) -> String {
    let one = |alone: &str, masculine: &str, feminine: &str| {
        match form {
            Form::Alone => alone,
            Form::Masculine => masculine,
            Form::Feminine => feminine,
        }
        .to_string()
    };
    match n {
        1 => one("uno", "un", "una"),
        21 => one("veintiuno", "veintiún", "veintiuna"),
        0..30 => SMALL[n as usize].to_string(),
        _ if n.is_multiple_of(10) => TENS[n as usize / 10].to_string(),
        _ => format!("{} y {}", TENS[n as usize / 10], below_hundred(n % 10, form)),
    }
}

/// Figures behind a comma, in pairs: `"3302"` is "treinta y tres cero dos".
pub(super) fn decimals(part: &str, form: Form) -> String {
    let pairs: Vec<&[u8]> = part.as_bytes().chunks(2).collect();
    let last = pairs.len().saturating_sub(1);
    let words: Vec<String> = pairs
        .iter()
        .enumerate()
        .map(|(i, pair)| {
            let form = match (form, i == last) {
                (Form::Feminine, _) => Form::Feminine,
                (form, true) => form,
                _ => Form::Alone,
            };
            let figures = std::str::from_utf8(pair).unwrap_or_default();
            if figures.len() == 2 && figures.starts_with('0') {
                return format!("cero {}", cardinal(&figures[1..], form));
            }
            cardinal(figures, form)
        })
        .collect();
    words.join(" ")
}

/// A number as it stands in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Amount {
    /// Bytes that it takes.
    pub len: usize,
    /// The figures before the decimals, without signs between.
    pub whole: String,
    /// The figures of the decimals; empty when there are none.
    pub part: String,
    /// Whether a point stands before the decimals, not a comma.
    pub point: bool,
}

impl Amount {
    /// The number in words.
    pub fn words(&self, form: Form) -> String {
        if self.part.is_empty() {
            return cardinal(&self.whole, form);
        }
        let sign = if self.point { "punto" } else { "coma" };
        let whole = if form == Form::Masculine { Form::Alone } else { form };
        format!("{} {sign} {}", cardinal(&self.whole, whole), decimals(&self.part, form))
    }

    /// Whether it is one and nothing more.
    pub fn is_one(&self) -> bool {
        self.part.is_empty() && self.whole.trim_start_matches('0') == "1"
    }
}

/// The number at the front of a text. With `comma_thousands`, a comma before three figures parts thousands.
pub(super) fn amount(text: &str, comma_thousands: bool) -> Option<Amount> {
    let head = run(text);
    let first = head.len();
    if first == 0 {
        return None;
    }
    let grouped = ['.', ' ', '\u{a0}', '\u{202f}', ','].into_iter().find_map(|sign| {
        let (len, groups) = thousands(text, sign)?;
        let decimal_follows = decimal(&text[len..], &['.']).is_some();
        // Nobody writes three decimal zeros: "100,000".
        let round = text[..len].ends_with(",000");
        let comma = comma_thousands || groups > 1 || decimal_follows || round;
        (sign != ',' || comma).then_some((len, sign))
    });
    let (len, separator) = grouped.unwrap_or((first, '\0'));
    let marks: &[char] = match separator {
        ',' => &['.'],
        '\0' => &[',', '.'],
        _ => &[','],
    };
    let whole: String = text[..len].chars().filter(char::is_ascii_digit).collect();
    let Some((mark, part)) = decimal(&text[len..], marks) else {
        return Some(Amount { len, whole, part: String::new(), point: false });
    };
    Some(Amount { len: len + 1 + part.len(), whole, part: part.into(), point: mark == '.' })
}

/// The figures at the front.
pub(super) fn run(text: &str) -> &str {
    &text[..text.bytes().take_while(u8::is_ascii_digit).count()]
}

/// The bytes of a number in groups of three, and how many groups follow the first.
fn thousands(text: &str, sign: char) -> Option<(usize, usize)> {
    let mut len = run(text).len();
    if !(1..4).contains(&len) || text.starts_with('0') {
        return None;
    }
    let mut groups = 0;
    while let Some(group) = text[len..].strip_prefix(sign).map(run).filter(|g| g.len() == 3) {
        len += sign.len_utf8() + group.len();
        groups += 1;
    }
    let carried = text[len..].strip_prefix(sign).is_some_and(|t| !run(t).is_empty());
    (groups > 0 && !carried).then_some((len, groups))
}

/// A decimal mark and the figures behind it; no second mark with figures may follow.
fn decimal<'a>(text: &'a str, marks: &[char]) -> Option<(char, &'a str)> {
    let mark = text.chars().next().filter(|c| marks.contains(c))?;
    let part = run(&text[1..]);
    let after = &text[1 + part.len()..];
    let carried = after.strip_prefix(['.', ',']).is_some_and(|t| !run(t).is_empty());
    (!part.is_empty() && !carried).then_some((mark, part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_figures() {
        for (figures, form, words) in [
            ("0", Form::Alone, "cero"),
            ("21", Form::Masculine, "veintiún"),
            ("100", Form::Alone, "cien"),
            ("231", Form::Feminine, "doscientas treinta y una"),
            ("200045", Form::Feminine, "doscientas mil cuarenta y cinco"),
            ("1000000000", Form::Alone, "mil millones"),
            ("1001000", Form::Alone, "un millón mil"),
            ("1000000000000", Form::Alone, "un billón"),
        ] {
            assert_eq!(cardinal(figures, form), words);
        }
        assert_eq!(decimals("53322", Form::Alone), "cincuenta y tres treinta y dos dos");
    }

    #[test]
    fn reads_amounts() {
        for (text, comma_thousands, whole, part) in [
            ("1.250,50 x", false, "1250", "50"),
            ("1,250.50", false, "1250", "50"),
            ("1,250", true, "1250", ""),
            ("100,000 x", false, "100000", ""),
            ("1,250", false, "1", "250"),
            ("3.5", false, "3", "5"),
            ("10 000", false, "10000", ""),
            ("1.2.3", false, "1", ""),
        ] {
            let amount = amount(text, comma_thousands);
            let found = amount.map(|a| (a.whole, a.part));
            assert_eq!(found, Some((whole.into(), part.into())), "{text}");
        }
    }
}

//! English number words: cardinals, ordinals, years, digit strings, Roman numerals.
//! It turns figures into words only; reading words back is the business of [`crate::itn`].

/// The words for 0 to 19.
pub(crate) const SMALL: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
/// The words for the tens; the first two are never used.
pub(crate) const TENS: [&str; 10] =
    ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
/// The words for powers of a thousand, from a thousand on.
pub(crate) const SCALES: [&str; 11] = [
    "thousand",
    "million",
    "billion",
    "trillion",
    "quadrillion",
    "quintillion",
    "sextillion",
    "septillion",
    "octillion",
    "nonillion",
    "decillion",
];
/// Longer figures than this many digits are read digit by digit.
const CARDINAL_DIGITS_MAX: usize = 36;

/// Reads figures one by one: `"4821"` is "four eight two one". Anything but ASCII digits is skipped.
pub fn digits(figures: &str) -> String {
    let words: Vec<&str> =
        figures.bytes().filter(u8::is_ascii_digit).map(|b| SMALL[usize::from(b - b'0')]).collect();
    words.join(" ")
}

/// Reads a whole number: `"1042"` is "one thousand and forty two". Commas are skipped; a number of more
/// than 36 digits is read digit by digit.
pub fn cardinal(figures: &str) -> String {
    spell(figures, true)
}

/// As [`cardinal`], without "and": `"123"` is "one hundred twenty three".
pub fn cardinal_plain(figures: &str) -> String {
    spell(figures, false)
}

fn spell(figures: &str, with_and: bool) -> String {
    let clean: String = figures.chars().filter(char::is_ascii_digit).collect();
    let clean = clean.trim_start_matches('0');
    if clean.is_empty() {
        return SMALL[0].to_string();
    }
    if clean.len() > CARDINAL_DIGITS_MAX {
        return digits(clean);
    }
    let groups: Vec<u16> = clean
        .as_bytes()
        .rchunks(3)
        .map(|g| g.iter().fold(0, |n, b| n * 10 + u16::from(b - b'0')))
        .collect();
    let mut words: Vec<String> = Vec::new();
    for (i, &group) in groups.iter().enumerate().rev() {
        if group == 0 {
            continue;
        }
        if with_and && i == 0 && group < 100 && groups.len() == 2 {
            words.push("and".into());
        }
        words.push(below_thousand(group, with_and && i == 0));
        if i > 0 {
            words.push(SCALES[i - 1].into());
        }
    }
    words.join(" ")
}

fn below_thousand(n: u16, with_and: bool) -> String {
    let mut words = Vec::new();
    if n >= 100 {
        words.push(SMALL[usize::from(n / 100)]);
        words.push("hundred");
        if with_and && !n.is_multiple_of(100) {
            words.push("and");
        }
    }
    match usize::from(n % 100) {
        0 => {}
        r @ 1..20 => words.push(SMALL[r]),
        r => {
            words.push(TENS[r / 10]);
            if r % 10 > 0 {
                words.push(SMALL[r % 10]);
            }
        }
    }
    words.join(" ")
}

/// Reads a whole number as an ordinal: `"23"` is "twenty third".
pub fn ordinal(figures: &str) -> String {
    ordinal_words(&cardinal(figures))
}

/// Turns the last word of a cardinal into its ordinal: "forty two" becomes "forty second".
pub fn ordinal_words(cardinal: &str) -> String {
    let (head, last) = cardinal.rsplit_once(' ').map_or(("", cardinal), |(h, l)| (h, l));
    let last = match last {
        "one" => "first".to_string(),
        "two" => "second".to_string(),
        "three" => "third".to_string(),
        "five" => "fifth".to_string(),
        "eight" => "eighth".to_string(),
        "nine" => "ninth".to_string(),
        "twelve" => "twelfth".to_string(),
        tens if tens.ends_with('y') => format!("{}ieth", &tens[..tens.len() - 1]),
        other => format!("{other}th"),
    };
    if head.is_empty() { last } else { format!("{head} {last}") }
}

/// Reads a year: `1994` is "nineteen ninety four", `2006` "two thousand six", `1905` "nineteen oh five".
pub fn year(year: u32) -> String {
    let pair = |n: u32| cardinal(&n.to_string());
    let (century, rest) = (year / 100, year % 100);
    if !(1000..10_000).contains(&year) || (year % 1000) < 10 {
        return cardinal_plain(&year.to_string());
    }
    match rest {
        0 => format!("{} hundred", pair(century)),
        1..10 => format!("{} oh {}", pair(century), pair(rest)),
        _ => format!("{} {}", pair(century), pair(rest)),
    }
}

/// The value of a Roman numeral in capitals, up to 3999, written the usual way; else `None`.
pub fn roman(text: &str) -> Option<u32> {
    const SIGNS: [(u32, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    let (mut rest, mut value) = (text, 0);
    for (n, sign) in SIGNS {
        let mut times = 0;
        while let Some(tail) = rest.strip_prefix(sign) {
            rest = tail;
            value += n;
            times += 1;
            if times > 3 {
                return None;
            }
        }
    }
    (rest.is_empty() && !text.is_empty()).then_some(value)
}

/// Adds the plural ending: "fifty" becomes "fifties", "six" "sixes".
pub fn plural(word: &str) -> String {
    match word {
        w if w.ends_with('y') && !w.ends_with("ay") => format!("{}ies", &w[..w.len() - 1]),
        w if w.ends_with(['x', 's']) || w.ends_with("ch") => format!("{w}es"),
        w => format!("{w}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_figures() {
        struct Case(&'static str, &'static str, &'static str);
        for Case(figures, words, nth) in [
            Case("0", "zero", "zeroth"),
            Case("13", "thirteen", "thirteenth"),
            Case("42", "forty two", "forty second"),
            Case("100", "one hundred", "one hundredth"),
            Case("123", "one hundred and twenty three", "one hundred and twenty third"),
            Case("1042", "one thousand and forty two", "one thousand and forty second"),
            Case("1,000,000", "one million", "one millionth"),
            Case("000", "zero", "zeroth"),
        ] {
            assert_eq!(cardinal(figures), words, "{figures}");
            assert_eq!(ordinal(figures), nth, "{figures}");
        }
        assert_eq!(cardinal(&"9".repeat(40)), digits(&"9".repeat(40)));
    }

    #[test]
    fn reads_years() {
        for (figure, words) in [
            (1994, "nineteen ninety four"),
            (1905, "nineteen oh five"),
            (1900, "nineteen hundred"),
            (2000, "two thousand"),
            (2006, "two thousand six"),
            (2026, "twenty twenty six"),
            (1066, "ten sixty six"),
        ] {
            assert_eq!(year(figure), words);
        }
    }

    #[test]
    fn reads_roman_numerals() {
        for (text, value) in [
            ("IV", Some(4)),
            ("XL", Some(40)),
            ("MCMXCIV", Some(1994)),
            ("IIII", None),
            ("VX", None),
            ("", None),
        ] {
            assert_eq!(roman(text), value, "{text}");
        }
    }
}

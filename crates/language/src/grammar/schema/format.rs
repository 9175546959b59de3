//! The values of `format` that are enforced, as patterns: each lets through only what its standard allows, a few less.
//!
//! What is left out on purpose: leap seconds, host names over 63 characters or with two hyphens in a row, quoted and
//! internationalised mail addresses, addresses of the web other than http and https.

/// A format, as keywords that stand for it.
pub struct Format {
    /// Its name.
    pub name: &'static str,
    /// What it allows, in the dialect that [`super::pattern::rewrite`] reads.
    pub pattern: &'static str,
    /// Longest text, in characters.
    pub length_max: Option<u64>,
}

/// One format, in the dialect of `pattern`.
const fn format(name: &'static str, pattern: &'static str, length_max: Option<u64>) -> Format {
    Format { name, pattern, length_max }
}

/// A day of the Gregorian calendar; the 29th of February in leap years only.
macro_rules! date {
    () => {
        concat!(
            "(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])",
            "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))",
            "|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)"
        )
    };
}
/// A time of day with its distance from UTC.
macro_rules! time {
    () => {
        concat!(
            "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,9})?",
            "(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
        )
    };
}
/// A name of letters, digits and single hyphens, never at an end.
macro_rules! label {
    () => {
        "[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*"
    };
}
macro_rules! duration_time {
    () => {
        "T(?:[0-9]+H(?:[0-9]+M(?:[0-9]+S)?)?|[0-9]+M(?:[0-9]+S)?|[0-9]+S)"
    };
}

/// All formats that are enforced.
pub const FORMATS: [Format; 9] = [
    format("date", concat!("^", date!(), "$"), None),
    format("time", concat!("^", time!(), "$"), None),
    format("date-time", concat!("^", date!(), "T", time!(), "$"), None),
    // RFC 3339, appendix A.
    format(
        "duration",
        concat!(
            "^P(?:(?:[0-9]+Y(?:[0-9]+M(?:[0-9]+D)?)?|[0-9]+M(?:[0-9]+D)?|[0-9]+D)(?:",
            duration_time!(),
            ")?|",
            duration_time!(),
            "|[0-9]+W)$"
        ),
        None,
    ),
    // RFC 5321, dot-strings only.
    format(
        "email",
        concat!(
            "^[A-Za-z0-9!#$%&'*+/=?\\^_`{|}~-]+(?:\\.[A-Za-z0-9!#$%&'*+/=?\\^_`{|}~-]+)*@",
            label!(),
            "(?:\\.",
            label!(),
            ")+$"
        ),
        Some(64),
    ),
    format("hostname", concat!("^", label!(), "(?:\\.", label!(), ")*$"), Some(63)),
    format(
        "ipv4",
        concat!(
            "^(?:(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])\\.){3}",
            "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])$"
        ),
        None,
    ),
    format(
        "uuid",
        "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$",
        None,
    ),
    // RFC 3986, http and https only.
    format(
        "uri",
        concat!(
            "^https?://",
            label!(),
            "(?:\\.",
            label!(),
            ")*(?::[0-9]{1,5})?(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})*)*",
            "(?:\\?(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?$"
        ),
        None,
    ),
];

/// The format of a name.
pub fn find(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_a_pattern_of_the_dialect() {
        for format in &FORMATS {
            let rewritten = crate::grammar::schema::pattern::rewrite(format.pattern);
            assert!(rewritten.is_ok(), "{}: {rewritten:?}", format.name);
        }
    }
}

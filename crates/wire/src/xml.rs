//! What the answer documents of all providers have in common.

/// Text that may stand in an XML attribute or element. Characters that XML forbids altogether are dropped.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\t' | '\n' | '\r' => out.push_str(&format!("&#{};", character as u32)),
            '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}' => {}
            other => out.push(other),
        }
    }
    out
}

/// A document with these verbs.
pub(crate) fn response(verbs: &str) -> String {
    format!(r#"<?xml version="1.0" encoding="UTF-8"?><Response>{verbs}</Response>"#)
}

/// The verb that asks `url` what to do next.
pub(crate) fn redirect(url: &str) -> String {
    format!("<Redirect>{}</Redirect>", escape(url))
}

/// Where a call can be put through to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Destination<'a> {
    /// A telephone number, digits with an optional `+`.
    Number(String),
    /// A SIP address with its `sip:`.
    Sip(&'a str),
}

/// Fewest and most digits of a number: from short service numbers to E.164.
const NUMBER_DIGITS: std::ops::RangeInclusive<usize> = 2..=15;
/// Longest SIP address, bytes.
const SIP_BYTES_MAX: usize = 255;

impl<'a> Destination<'a> {
    /// Blanks, brackets and hyphens of a written number are left out; `None` for what is neither.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim();
        if let Some(rest) = text.strip_prefix("sip:").or(text.strip_prefix("sips:")) {
            let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"');
            let fits = text.len() <= SIP_BYTES_MAX && !rest.is_empty() && rest.chars().all(plain);
            return fits.then_some(Self::Sip(text));
        }
        let number: String =
            text.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '.' | '/')).collect();
        let digits = number.strip_prefix('+').unwrap_or(&number);
        let fits =
            NUMBER_DIGITS.contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        fits.then_some(Self::Number(number))
    }
}

#[cfg(test)]
mod tests {
    use super::Destination;

    #[test]
    fn destinations_are_numbers_or_sip_addresses() {
        let number = |text: &str| Some(Destination::Number(text.to_owned()));
        assert_eq!(Destination::parse("+49 (30) 123-45"), number("+493012345"));
        assert_eq!(Destination::parse("112"), number("112"));
        let sip = "sip:desk@example.com;transport=tls";
        assert_eq!(Destination::parse(sip), Some(Destination::Sip(sip)));
        for bad in ["", "1", "+", "12ab", "0123456789012345", "sip:", "sip:a b", "sip:a<b", "1;2"] {
            assert_eq!(Destination::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn nothing_can_break_out_of_an_attribute() {
        assert_eq!(super::escape("a\"'<b>&\u{1}\n"), "a&quot;&apos;&lt;b&gt;&amp;&#10;");
    }
}

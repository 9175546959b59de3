//! Escaping for the answer documents.

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

#[cfg(test)]
mod tests {
    #[test]
    fn nothing_can_break_out_of_an_attribute() {
        assert_eq!(super::escape("a\"'<b>&\u{1}\n"), "a&quot;&apos;&lt;b&gt;&amp;&#10;");
    }
}

//! Verdicts as JUnit XML, which build servers show.

use std::fmt::Write;

use super::run::Verdict;

/// The report of one file of tests.
pub fn report(file: &str, verdicts: &[Verdict]) -> String {
    let failed = verdicts.iter().filter(|verdict| !verdict.passed).count();
    let took: f64 = verdicts.iter().map(|verdict| verdict.took_s).sum();
    let skipped = verdicts.iter().filter(|verdict| verdict.skipped.is_some()).count();
    let skipped = if skipped > 0 { format!(r#" skipped="{skipped}""#) } else { String::new() };
    let tests = verdicts.len();
    let counts = format!(r#"tests="{tests}" failures="{failed}"{skipped} time="{took:.3}""#);
    let file = escape(file);
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    // Writing to a string cannot fail.
    let _ = writeln!(xml, r#"<testsuites {counts}>"#);
    let _ = writeln!(xml, r#"  <testsuite name="{file}" {counts}>"#);
    for verdict in verdicts {
        let (name, took) = (escape(&verdict.name), verdict.took_s);
        let _ = write!(xml, r#"    <testcase name="{name}" classname="{file}" time="{took:.3}""#);
        if let Some(why) = verdict.skipped {
            let _ = writeln!(xml, "><skipped message=\"{why}\"/></testcase>");
            continue;
        }
        if verdict.passed {
            xml.push_str("/>\n");
            continue;
        }
        let first = verdict.failures.first();
        let first = first.and_then(|failure| failure.complaints.first());
        let message = escape(first.map_or("", String::as_str));
        let details = escape(&super::run::details(verdict));
        let _ = writeln!(xml, ">\n      <failure message=\"{message}\">{details}</failure>");
        xml.push_str("    </testcase>\n");
    }
    xml.push_str("  </testsuite>\n</testsuites>\n");
    xml
}

/// Text for XML 1.0, which knows no control characters.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

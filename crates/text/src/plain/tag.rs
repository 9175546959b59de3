//! Tags of HTML and SSML. Known ones go; a few of them leave a pause or change how their contents are written.

use super::Cleaner;

/// A tag is never longer than this many bytes.
const TAG_BYTES_MAX: usize = 600;
/// Contents that a tag changes are never longer than this many bytes.
const CONTENTS_BYTES_MAX: usize = 4000;
/// From this many milliseconds on a break ends a sentence.
const LONG_BREAK_MS: f32 = 700.0;

/// Tags whose contents nobody is meant to hear.
const SILENT: [&str; 6] = ["script", "style", "think", "thinking", "template", "svg"];
/// Tags that end a line.
const BLOCKS: [&str; 24] = [
    "br",
    "p",
    "div",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "li",
    "ul",
    "ol",
    "tr",
    "table",
    "section",
    "article",
    "header",
    "footer",
    "blockquote",
    "hr",
    "pre",
    "s",
    "title",
    "dd",
];
/// Tags that leave nothing behind.
const INLINE: [&str; 56] = [
    "a",
    "abbr",
    "audio",
    "b",
    "big",
    "body",
    "button",
    "center",
    "cite",
    "code",
    "desc",
    "del",
    "dfn",
    "dl",
    "dt",
    "em",
    "emphasis",
    "font",
    "form",
    "head",
    "html",
    "i",
    "img",
    "input",
    "ins",
    "kbd",
    "label",
    "lang",
    "lexicon",
    "link",
    "mark",
    "meta",
    "metadata",
    "nav",
    "paragraph",
    "phoneme",
    "prosody",
    "q",
    "samp",
    "say-as",
    "sentence",
    "small",
    "span",
    "speak",
    "strike",
    "strong",
    "sub",
    "sup",
    "tbody",
    "thead",
    "tfoot",
    "token",
    "tt",
    "u",
    "var",
    "voice",
];

/// A tag as it is written.
struct Tag<'a> {
    len: usize,
    name: String,
    attributes: &'a str,
    closes: bool,
}

/// The tag at the beginning of `rest`, if one is there.
fn parse(rest: &str) -> Option<Tag<'_>> {
    let near = &rest[..rest.floor_char_boundary(TAG_BYTES_MAX)];
    let inner = near.strip_prefix('<')?;
    let closes = inner.starts_with('/');
    let inner = inner.strip_prefix('/').unwrap_or(inner);
    let name_len = inner
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | ':' | '_')))
        .filter(|&n| n > 0 && inner.starts_with(|c: char| c.is_ascii_alphabetic()))?;
    let after = &inner[name_len..];
    let end = tag_end(after)?;
    let attributes = after[..end].trim().trim_end_matches('/').trim();
    let spaced = after.starts_with([' ', '\t', '\n', '/', '>']);
    let given = attributes.is_empty() || are_attributes(attributes);
    // "<pitch=+2>" is no SSML, but it is a tag.
    let assigned = after.starts_with('=') && !attributes.contains(char::is_whitespace);
    ((spaced && given) || assigned).then(|| Tag {
        len: near.len() - inner.len() + name_len + end + 1,
        name: inner[..name_len].to_ascii_lowercase(),
        attributes,
        closes,
    })
}

/// The ">" that ends a tag, outside quotation marks.
fn tag_end(after: &str) -> Option<usize> {
    let mut quote = None;
    for (i, c) in after.char_indices() {
        match (quote, c) {
            (None, '>') => return Some(i),
            (None, '<') => return None,
            (None, '"' | '\'') => quote = Some(c),
            (Some(q), c) if q == c => quote = None,
            _ => {}
        }
    }
    None
}

/// Whether every word has a value: "a < b and c > d" holds no tag.
fn are_attributes(text: &str) -> bool {
    let mut rest = text;
    while !rest.is_empty() {
        let name = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | ':' | '_')))
            .unwrap_or(rest.len());
        let Some(value) = rest[name..].trim_start().strip_prefix('=').filter(|_| name > 0) else {
            return false;
        };
        let value = value.trim_start();
        let end = match value.chars().next() {
            Some(q @ ('"' | '\'')) => value[1..].find(q).map(|e| e + 2),
            Some(_) => value.find(char::is_whitespace).or(Some(value.len())),
            None => None,
        };
        let Some(end) = end else { return false };
        rest = value[end..].trim_start();
    }
    true
}

/// The value of an attribute.
fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let at = attributes.find(name)?;
    let value = attributes[at + name.len()..].trim_start().strip_prefix('=')?.trim_start();
    match value.chars().next()? {
        q @ ('"' | '\'') => value[1..].split(q).next(),
        _ => value.split_whitespace().next(),
    }
}

/// The length of a tag that stands here, of whatever name: it is never spoken.
pub(crate) fn opaque(rest: &str) -> Option<usize> {
    rest.starts_with('<').then(|| parse(rest)).flatten().map(|t| t.len)
}

impl<'a> Cleaner<'a> {
    /// A tag, a comment or an address in angle brackets.
    pub(super) fn tag(&mut self) -> bool {
        let rest = self.rest();
        if let Some(len) = comment(rest) {
            self.part(len);
            return true;
        }
        if let Some(len) = auto_link(rest) {
            self.skips.insert(self.at + len - 1, self.at + len);
            self.put(1, "");
            return true;
        }
        let Some(tag) = parse(rest) else { return false };
        let contents = &rest[tag.len..];
        let contents = &contents[..contents.floor_char_boundary(CONTENTS_BYTES_MAX)];
        let close = format!("</{}", tag.name);
        let inner = contents.find(&close).map(|i| &contents[..i]).filter(|_| !tag.closes);
        match tag.name.as_str() {
            name if SILENT.contains(&name) => {
                self.part(tag.len + inner.map_or(0, str::len));
            }
            "break" => match break_mark(tag.attributes) {
                "" => self.part(tag.len),
                mark => self.pause(tag.len, mark),
            },
            "sub" if inner.is_some() && attribute(tag.attributes, "alias").is_some() => {
                let alias = attribute(tag.attributes, "alias").unwrap_or_default().to_string();
                self.put(tag.len + inner.map_or(0, str::len), &alias);
            }
            "say-as" if spells(tag.attributes) => {
                self.put(tag.len, "");
                self.spell(inner.unwrap_or_default());
            }
            "s" | "p" => self.pause(tag.len, "."),
            name if BLOCKS.contains(&name) => {
                self.end_line();
                self.put(tag.len, "\n");
            }
            name if INLINE.contains(&name) || name.contains(':') => self.put(tag.len, ""),
            _ => self.keep(tag.len),
        }
        true
    }

    /// Writes text letter by letter.
    fn spell(&mut self, text: &'a str) {
        let mut chars = text.chars().filter(|c| !c.is_whitespace()).count();
        for c in text.chars() {
            if c.is_whitespace() || opaque(self.rest()).is_some() {
                break;
            }
            self.keep(c.len_utf8());
            chars -= 1;
            if chars > 0 {
                self.put(0, " ");
            }
        }
    }
}

fn spells(attributes: &str) -> bool {
    matches!(
        attribute(attributes, "interpret-as"),
        Some("characters" | "spell-out" | "digits" | "verbatim")
    )
}

/// The punctuation that a break stands for.
fn break_mark(attributes: &str) -> &'static str {
    if let Some(time) = attribute(attributes, "time") {
        let number = time.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let unit = if time.ends_with("ms") { 1.0 } else { 1000.0 };
        return match number.trim().parse::<f32>().map(|n| n * unit) {
            Ok(ms) if ms <= 0.0 => "",
            Ok(ms) if ms >= LONG_BREAK_MS => ".",
            _ => ",",
        };
    }
    match attribute(attributes, "strength") {
        Some("none") => "",
        Some("strong" | "x-strong") => ".",
        _ => ",",
    }
}

/// `<!-- ... -->`, `<!DOCTYPE ...>`, `<?xml ...?>` and the marks of CDATA.
fn comment(rest: &str) -> Option<usize> {
    if rest.starts_with("<![CDATA[") {
        return Some("<![CDATA[".len());
    }
    let (open, close) = [("<!--", "-->"), ("<!", ">"), ("<?", "?>")]
        .into_iter()
        .find(|(open, _)| rest.starts_with(open))?;
    let near = &rest[..rest.floor_char_boundary(CONTENTS_BYTES_MAX)];
    near[open.len()..].find(close).map(|i| open.len() + i + close.len())
}

/// `<https://example.com>` and `<someone@example.com>`.
fn auto_link(rest: &str) -> Option<usize> {
    let near = &rest[..rest.floor_char_boundary(TAG_BYTES_MAX)];
    let end = near.find('>')?;
    let inner = &near[1..end];
    let address = inner.contains("://") || inner.contains('@');
    (address && !inner.contains(|c: char| c.is_whitespace() || matches!(c, '"' | '<' | '=')))
        .then_some(end + 1)
}

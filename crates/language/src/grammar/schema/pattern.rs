//! Regular expressions of `pattern` and `patternProperties`, from ECMA-262 to a form that has only one reading.
//!
//! JSON Schema means ECMA-262 expressions, the grammar engine reads those of Rust, and the two differ in places that look
//! alike (`\s`, `.`, `$`, braces, set operations). So what both would read alike, or can be rewritten, is parsed here and
//! written anew with explicit character sets; everything else is refused with its place. It does not match anything.

/// Longest pattern, in bytes.
pub const PATTERN_BYTES_MAX: usize = 512;
/// Deepest nesting of groups.
const GROUPS_MAX: usize = 12;
/// Largest count in `{n,m}`, and of nested counts multiplied.
const REPEAT_MAX: u32 = 1000;
/// The last code point.
const LAST: u32 = 0x0010_FFFF;

/// Code points from..=to, in order, not touching.
type Ranges = Vec<(u32, u32)>;

const DIGIT: &[(u32, u32)] = &[(0x30, 0x39)];
const WORD: &[(u32, u32)] = &[(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)];
/// White space and line ends of ECMA-262.
const SPACE: &[(u32, u32)] = &[
    (0x09, 0x0D),
    (0x20, 0x20),
    (0xA0, 0xA0),
    (0x1680, 0x1680),
    (0x2000, 0x200A),
    (0x2028, 0x2029),
    (0x202F, 0x202F),
    (0x205F, 0x205F),
    (0x3000, 0x3000),
    (0xFEFF, 0xFEFF),
];
const LINE_ENDS: &[(u32, u32)] = &[(0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029)];
/// Characters that no JSON string of ours contains: those that need `\u`, and surrogates.
const NEVER: &[(u32, u32)] =
    &[(0x00, 0x07), (0x0B, 0x0B), (0x0E, 0x1F), (0x7F, 0x7F), (0xD800, 0xDFFF)];

/// Whether a character can be written without `\u` in a JSON string.
pub fn is_writable(c: char) -> bool {
    !NEVER.iter().any(|&(from, to)| (from..=to).contains(&u32::from(c)))
}

enum Node {
    /// One character out of a set.
    One(Ranges),
    Sequence(Vec<Node>),
    Choice(Vec<Node>),
    Repeat(Box<Node>, u32, Option<u32>),
}

/// The same language, for the grammar engine: an expression that is anchored at both ends.
///
/// # Errors
/// What is not supported, and at which character.
pub fn rewrite(pattern: &str) -> Result<String, String> {
    if pattern.len() > PATTERN_BYTES_MAX {
        return Err(format!("{} bytes; a pattern may have {PATTERN_BYTES_MAX}", pattern.len()));
    }
    let mut parser = Parser { chars: pattern.chars().collect(), at: 0 };
    let mut branches = Vec::new();
    loop {
        let anchored_start = parser.eat('^');
        let sequence = parser.sequence(0, 1)?;
        let anchored_end = parser.eat('$');
        branches.push((anchored_start, sequence, anchored_end));
        if !parser.eat('|') {
            break;
        }
    }
    if parser.at < parser.chars.len() {
        return Err(parser.error("^ and $ may only stand at the two ends, and ) needs its ("));
    }
    let mut out = String::from("^(?:");
    for (number, (anchored_start, node, anchored_end)) in branches.iter().enumerate() {
        if number > 0 {
            out.push('|');
        }
        out.push_str(if *anchored_start { "" } else { "(?s:.)*" });
        write(node, &mut out);
        out.push_str(if *anchored_end { "" } else { "(?s:.)*" });
    }
    out.push_str(")$");
    Ok(out)
}

fn write(node: &Node, out: &mut String) {
    match node {
        Node::One(ranges) => {
            out.push('[');
            for (from, to) in ranges {
                out.push_str(&format!("\\x{{{from:X}}}-\\x{{{to:X}}}"));
            }
            out.push(']');
        }
        Node::Sequence(nodes) => nodes.iter().for_each(|node| write(node, out)),
        Node::Choice(nodes) => {
            for (number, node) in nodes.iter().enumerate() {
                out.push_str(if number == 0 { "(?:" } else { "|" });
                write(node, out);
            }
            out.push(')');
        }
        Node::Repeat(node, least, most) => {
            out.push_str("(?:");
            write(node, out);
            match most {
                Some(most) => out.push_str(&format!("){{{least},{most}}}")),
                None => out.push_str(&format!("){{{least},}}")),
            }
        }
    }
}

struct Parser {
    chars: Vec<char>,
    at: usize,
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn eat(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        self.at += usize::from(found);
        found
    }

    fn error(&self, what: &str) -> String {
        format!("at character {}: {what}", self.at + 1)
    }

    /// Atoms and what repeats them, up to `|`, `)`, `^`, `$` or the end. `repeats` is the product of the counts around.
    fn sequence(&mut self, depth: usize, repeats: u32) -> Result<Node, String> {
        let mut nodes = Vec::new();
        while let Some(c) = self.peek() {
            if matches!(c, '|' | ')' | '^' | '$') {
                break;
            }
            // The counts within a group are not known until it has been read, so it is read twice where one follows.
            let begin = self.at;
            let atom = self.atom(depth, repeats)?;
            match self.quantifier()? {
                None => nodes.push(atom),
                Some((least, most)) => {
                    let times = repeats.saturating_mul(most.unwrap_or(least).max(1));
                    if times > REPEAT_MAX {
                        return Err(self.error("counts, nested ones multiplied, may reach 1000"));
                    }
                    let end = std::mem::replace(&mut self.at, begin);
                    let atom = self.atom(depth, times)?;
                    self.at = end;
                    nodes.push(Node::Repeat(Box::new(atom), least, most));
                }
            }
        }
        Ok(Node::Sequence(nodes))
    }

    fn atom(&mut self, depth: usize, repeats: u32) -> Result<Node, String> {
        let Some(c) = self.peek() else { return Err(self.error("it ends too early")) };
        self.at += 1;
        match c {
            '(' => self.group(depth, repeats),
            '[' => self.class(),
            '.' => self.one(invert(LINE_ENDS)),
            '\\' => {
                let (ranges, _) = self.escape()?;
                self.one(ranges)
            }
            '*' | '+' | '?' | '{' | '}' | ']' => {
                self.at -= 1;
                Err(self
                    .error(&format!("{c} repeats nothing here; write \\{c} for the sign itself")))
            }
            c => self.one(vec![(u32::from(c), u32::from(c))]),
        }
    }

    fn group(&mut self, depth: usize, repeats: u32) -> Result<Node, String> {
        if depth >= GROUPS_MAX {
            return Err(self.error("groups are nested too deep"));
        }
        if self.eat('?') && !self.eat(':') {
            return Err(self.error("only (...) and (?:...) are supported, no look-around or names"));
        }
        let mut branches = vec![self.sequence(depth + 1, repeats)?];
        while self.eat('|') {
            branches.push(self.sequence(depth + 1, repeats)?);
        }
        if !self.eat(')') {
            return Err(self.error("^ and $ may only stand at the two ends, and ( needs its )"));
        }
        Ok(Node::Choice(branches))
    }

    /// `*`, `+`, `?`, `{n}`, `{n,}` or `{n,m}`; a lazy one means the same language.
    fn quantifier(&mut self) -> Result<Option<(u32, Option<u32>)>, String> {
        let found = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => {
                self.at += 1;
                let least = self.count()?;
                let most = match self.eat(',') {
                    false => Some(least),
                    true if self.peek() == Some('}') => None,
                    true => Some(self.count()?),
                };
                if self.peek() != Some('}') || most.is_some_and(|most| most < least) {
                    return Err(self.error("a count is {n}, {n,} or {n,m} with n at most m"));
                }
                (least, most)
            }
            _ => return Ok(None),
        };
        self.at += 1;
        self.eat('?');
        Ok(Some(found))
    }

    fn count(&mut self) -> Result<u32, String> {
        let begin = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
        }
        let digits: String = self.chars[begin..self.at].iter().collect();
        digits
            .parse()
            .ok()
            .filter(|count| *count <= REPEAT_MAX)
            .ok_or_else(|| self.error("a count is a number up to 1000"))
    }

    fn class(&mut self) -> Result<Node, String> {
        let inverted = self.eat('^');
        let mut ranges = Vec::new();
        while !self.eat(']') {
            let (from, single) = self.class_atom()?;
            let range = self.peek() == Some('-') && self.chars.get(self.at + 1) != Some(&']');
            if !range {
                ranges.extend(from);
                continue;
            }
            self.at += 1;
            let (to, single_too) = self.class_atom()?;
            let (from, to) = (from[0].0, to[0].1);
            if !single || !single_too || from > to {
                return Err(self.error("a range is x-y with x not after y; write \\- for the sign"));
            }
            ranges.push((from, to));
        }
        let ranges = merged(ranges);
        self.one(if inverted { invert(&ranges) } else { ranges })
    }

    /// One member of a set, and whether it is a single character.
    fn class_atom(&mut self) -> Result<(Ranges, bool), String> {
        match self.peek() {
            None => Err(self.error("[ needs its ]")),
            Some('\\') => {
                self.at += 1;
                self.escape()
            }
            Some(c) => {
                self.at += 1;
                Ok((vec![(u32::from(c), u32::from(c))], true))
            }
        }
    }

    /// What follows a backslash, and whether it is a single character.
    fn escape(&mut self) -> Result<(Ranges, bool), String> {
        let Some(c) = self.peek() else { return Err(self.error("it ends with a backslash")) };
        self.at += 1;
        let single = |code: u32| Ok((vec![(code, code)], true));
        match c {
            'd' => Ok((DIGIT.to_vec(), false)),
            'D' => Ok((invert(DIGIT), false)),
            'w' => Ok((WORD.to_vec(), false)),
            'W' => Ok((invert(WORD), false)),
            's' => Ok((SPACE.to_vec(), false)),
            'S' => Ok((invert(SPACE), false)),
            't' => single(0x09),
            'n' => single(0x0A),
            'f' => single(0x0C),
            'r' => single(0x0D),
            'x' => self.hexadecimal(2).and_then(single),
            'u' => self.hexadecimal(4).and_then(single),
            c if c.is_ascii_punctuation() => single(u32::from(c)),
            _ => {
                self.at -= 1;
                Err(self.error(&format!("\\{c} is not supported; write the characters as a set")))
            }
        }
    }

    fn hexadecimal(&mut self, digits: usize) -> Result<u32, String> {
        let text: String = self.chars.iter().skip(self.at).take(digits).collect();
        let code = u32::from_str_radix(&text, 16)
            .ok()
            .filter(|_| text.len() == digits && text.chars().all(|c| c.is_ascii_hexdigit()));
        self.at += digits;
        code.ok_or_else(|| self.error(&format!("{digits} hexadecimal digits must follow")))
    }

    /// A set without the characters that are never written.
    fn one(&self, ranges: Ranges) -> Result<Node, String> {
        // Not (not the set, or never written).
        let mut outside = invert(&merged(ranges));
        outside.extend_from_slice(NEVER);
        let ranges = invert(&merged(outside));
        if ranges.is_empty() {
            return Err(self.error("it needs a control character, and those are not written here"));
        }
        Ok(Node::One(ranges))
    }
}

fn merged(mut ranges: Ranges) -> Ranges {
    ranges.sort_unstable();
    let mut out: Ranges = Vec::with_capacity(ranges.len());
    for (from, to) in ranges {
        match out.last_mut() {
            Some((_, end)) if from <= end.saturating_add(1) => *end = (*end).max(to),
            _ => out.push((from, to)),
        }
    }
    out
}

/// Every code point outside ranges that are in order.
fn invert(ranges: &[(u32, u32)]) -> Ranges {
    let mut out = Vec::with_capacity(ranges.len() + 1);
    let mut next = 0;
    for &(from, to) in ranges {
        if from > next {
            out.push((next, from - 1));
        }
        next = to + 1;
    }
    if next <= LAST {
        out.push((next, LAST));
    }
    out
}

#[cfg(test)]
mod tests;

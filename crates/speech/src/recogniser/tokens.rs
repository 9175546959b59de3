//! The tokens file: the shapes of the encoder's caches and the text of each piece.

use super::RecogniserError;

/// Marks the start of a word in a piece's text.
pub(super) const WORD_START: char = '\u{2581}';
/// Index of the blank: no piece at this frame.
pub(super) const BLANK: u16 = 0;
/// Most values of all caches together, to refuse an absurd file.
const STATE_VALUES_MAX: usize = 1 << 24;

/// What `asr_tokens.txt` says.
#[derive(Debug, Clone)]
pub(super) struct Tokens {
    states: Vec<(String, Vec<usize>)>,
    pieces: Vec<String>,
}

impl Tokens {
    /// Parses `#state NAME DIM...` lines, then one piece a line, the blank first.
    pub fn parse(text: &str) -> Result<Self, RecogniserError> {
        let mut out = Self { states: Vec::new(), pieces: Vec::new() };
        for (i, line) in text.lines().enumerate() {
            let fail = |why: &str| RecogniserError::Tokens { line: i + 1, why: why.to_owned() };
            let mut fields = line.split_whitespace();
            match fields.next() {
                Some("#state") => {
                    let name = fields.next().ok_or_else(|| fail("a state without a name"))?;
                    let shape = fields.map(str::parse).collect::<Result<Vec<usize>, _>>();
                    let shape = shape.map_err(|_| fail("a dimension that is not a number"))?;
                    out.states.push((name.to_owned(), shape));
                }
                Some(piece) => out.pieces.push(piece.to_owned()),
                None => return Err(fail("an empty line")),
            }
        }
        out.check()?;
        Ok(out)
    }

    fn check(&self) -> Result<(), RecogniserError> {
        let fail = |why: &str| Err(RecogniserError::Tokens { line: 0, why: why.to_owned() });
        let values = |shape: &[usize]| shape.iter().try_fold(1usize, |n, &d| n.checked_mul(d));
        let total =
            self.states.iter().try_fold(0usize, |n, (_, shape)| n.checked_add(values(shape)?));
        if total.is_none_or(|n| n > STATE_VALUES_MAX) {
            return fail("the states are too large");
        }
        if self.pieces.len() < 2 || self.pieces.len() > usize::from(u16::MAX) {
            return fail("needs the blank and between 1 and 65,534 pieces");
        }
        Ok(())
    }

    /// Names and shapes of the encoder's caches, in the order of its inputs.
    pub fn states(&self) -> &[(String, Vec<usize>)] {
        &self.states
    }

    /// Number of pieces with the blank.
    pub fn len(&self) -> usize {
        self.pieces.len()
    }

    /// Text of a piece, with [`WORD_START`] where a word begins.
    pub fn text(&self, piece: u16) -> &str {
        self.pieces.get(usize::from(piece)).map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_states_and_pieces() {
        let tokens =
            Tokens::parse("#state keys 7 60 176\n<blank>\n<unk>\n\u{2581}yes\n").expect("tokens");
        assert_eq!(tokens.states(), [("keys".to_owned(), vec![7, 60, 176])]);
        assert_eq!(tokens.len(), 3);
        assert_eq!(tokens.text(2), "\u{2581}yes");
        assert_eq!(tokens.text(9), "");
    }

    #[test]
    fn refuses_what_is_not_a_tokens_file() {
        for (text, line) in [
            ("", 0),
            ("<blank>", 0),
            ("#state\n", 1),
            ("#state conv 2\n#state keys x\n", 2),
            ("<blank>\n\na", 2),
            ("#state keys 99999999999 99999999999\n<blank>\na", 0),
        ] {
            match Tokens::parse(text) {
                Err(RecogniserError::Tokens { line: got, .. }) => assert_eq!(got, line, "{text:?}"),
                other => panic!("{text:?}: {other:?}"),
            }
        }
    }
}

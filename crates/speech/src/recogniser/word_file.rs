//! Reads `asr_words.bin`, which `training/asr/wordlm.py` writes: lexicon and word trigram.
//!
//! Layout, little-endian: `HSWL`, u32 version, u64 checksum of all that follows, then the sizes
//! (u32 words, bigrams, trigrams, bytes of text, bytes of pronunciations) and the sections in
//! the order in which [`parse`] takes them. The checksum is FNV-1a over words of eight bytes.

use super::RecogniserError;
use super::lexicon::{Lexicon, PHONES};
use super::word_lm::WordModel;

const MAGIC: &[u8; 4] = b"HSWL";
const VERSION: u32 = 1;
/// Words have 16-bit numbers.
const WORDS_MAX: usize = 65_535;

/// Takes a file apart and refuses one whose parts do not fit.
pub(super) fn parse(bytes: &[u8]) -> Result<(Lexicon, WordModel), RecogniserError> {
    let mut rest = Rest { bytes };
    if rest.take(4)? != MAGIC {
        return Err(fail("not a word file (it does not begin with HSWL)"));
    }
    if rest.number()? != VERSION as usize {
        return Err(fail("not version 1 of the word file"));
    }
    let sum = rest.take(8)?;
    if checksum(rest.bytes).to_le_bytes() != sum {
        return Err(fail("damaged: its checksum does not match; copy or make it again"));
    }
    let words = rest.number()?;
    let (pairs, triples) = (rest.number()?, rest.number()?);
    let (text, said) = (rest.number()?, rest.number()?);
    if !(3..=WORDS_MAX).contains(&words) {
        return Err(fail("it has fewer than 3 or more than 65,535 words"));
    }
    let text = read_words(rest.take(text)?, words)?;
    let lexicon = Lexicon::new(text, read_pronunciations(rest.take(said)?, words)?);
    let one = zipped(rest.take(words)?, rest.take(words)?);
    let begins = rest.numbers(words + 1)?;
    let model = WordModel {
        one,
        begins,
        pairs: rest.shorts(pairs)?,
        two: zipped(rest.take(pairs)?, rest.take(pairs)?),
        fans: sums(&rest.shorts(pairs)?),
        triples: rest.shorts(triples)?,
        three: rest.take(triples)?.to_vec(),
    };
    if !rest.bytes.is_empty() {
        return Err(fail("longer than its sizes say"));
    }
    check(&model)?;
    Ok((lexicon, model))
}

fn fail(why: &str) -> RecogniserError {
    RecogniserError::Words(why.to_owned())
}

/// FNV-1a over eight bytes at a time, the tail padded with zeros.
fn checksum(bytes: &[u8]) -> u64 {
    bytes.chunks(8).fold(0xCBF2_9CE4_8422_2325, |sum: u64, chunk| {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        (sum ^ u64::from_le_bytes(word)).wrapping_mul(0x100_0000_01B3)
    })
}

/// What is left of the file.
struct Rest<'a> {
    bytes: &'a [u8],
}

impl<'a> Rest<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], RecogniserError> {
        let (out, rest) =
            self.bytes.split_at_checked(count).ok_or_else(|| fail("it is cut short"))?;
        self.bytes = rest;
        Ok(out)
    }

    fn number(&mut self) -> Result<usize, RecogniserError> {
        Ok(self.numbers(1)?.first().map_or(0, |&n| n as usize))
    }

    fn numbers(&mut self, count: usize) -> Result<Vec<u32>, RecogniserError> {
        let bytes = self.take(count.saturating_mul(4))?;
        Ok(bytes.chunks_exact(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect())
    }

    fn shorts(&mut self, count: usize) -> Result<Vec<u16>, RecogniserError> {
        let bytes = self.take(count.saturating_mul(2))?;
        Ok(bytes.chunks_exact(2).map(|b| u16::from_le_bytes([b[0], b[1]])).collect())
    }
}

fn zipped(a: &[u8], b: &[u8]) -> Vec<(u8, u8)> {
    a.iter().copied().zip(b.iter().copied()).collect()
}

/// Running sums from 0, one more than there are counts.
fn sums(counts: &[u16]) -> Vec<u32> {
    let mut total = 0;
    let rest = counts.iter().map(|&n| {
        total = u32::saturating_add(total, u32::from(n)); // too many is refused later
        total
    });
    std::iter::once(0).chain(rest).collect()
}

fn read_words(text: &[u8], count: usize) -> Result<Vec<Box<str>>, RecogniserError> {
    let text = std::str::from_utf8(text).map_err(|_| fail("its words are not UTF-8"))?;
    let words: Vec<Box<str>> = text.lines().map(Box::from).collect();
    if words.len() != count || !words[2..].is_sorted_by(|a, b| a < b) {
        return Err(fail("its words are not as many as it says, or not in order"));
    }
    Ok(words)
}

fn read_pronunciations(bytes: &[u8], words: usize) -> Result<Vec<Vec<Box<[u8]>>>, RecogniserError> {
    let mut rest = Rest { bytes };
    let length = |rest: &mut Rest| Ok::<_, RecogniserError>(usize::from(rest.take(1)?[0]));
    let mut out = Vec::with_capacity(words);
    for _ in 0..words {
        let mut ways = Vec::new();
        for _ in 0..length(&mut rest)? {
            let count = length(&mut rest)?;
            let way = rest.take(count)?;
            if way.iter().any(|&phone| phone == 0 || usize::from(phone) >= PHONES) {
                return Err(fail("a pronunciation has a phone that is not 1 to 39"));
            }
            ways.push(Box::from(way));
        }
        out.push(ways);
    }
    if rest.bytes.is_empty() { Ok(out) } else { Err(fail("it has pronunciations of no word")) }
}

/// Ranges must lie in the tables and be sorted, or look-ups would go astray.
fn check(model: &WordModel) -> Result<(), RecogniserError> {
    let words = model.one.len();
    let covers = |begins: &[u32], rows: usize| {
        begins.is_sorted() && begins.first() == Some(&0) && begins.last() == Some(&(rows as u32))
    };
    let rising = |begins: &[u32], rows: &[u16]| {
        begins.windows(2).all(|w| rows[w[0] as usize..w[1] as usize].is_sorted_by(|a, b| a < b))
    };
    let known = |rows: &[u16]| rows.iter().all(|&word| usize::from(word) < words);
    if !covers(&model.begins, model.pairs.len()) || !covers(&model.fans, model.triples.len()) {
        return Err(fail("its n-grams do not add up"));
    }
    if !known(&model.pairs) || !known(&model.triples) {
        return Err(fail("an n-gram has a word that is not in the vocabulary"));
    }
    if !rising(&model.begins, &model.pairs) || !rising(&model.fans, &model.triples) {
        return Err(fail("its n-grams are not in order"));
    }
    Ok(())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// One word of a hand-made file: letters, pronunciations, log-probability in nats.
    pub type Row<'a> = (&'a str, &'a [&'a [u8]], f32);

    fn quantised(nats: f32) -> u8 {
        (-nats * 15.0).round() as u8
    }

    /// A file of `rows` (in rising order of words, after the marks) and pairs of word numbers
    /// with their log-probabilities, in order; histories without a pair back off at no cost.
    pub fn file(rows: &[Row], pairs: &[(u16, u16, f32)]) -> Vec<u8> {
        let marks: [Row; 2] = [("<s>", &[], -2.0), ("<unk>", &[], -8.0)];
        let rows: Vec<Row> = marks.iter().chain(rows).copied().collect();
        let text: String = rows.iter().map(|r| format!("{}\n", r.0)).collect();
        let mut said = Vec::new();
        for (_, ways, _) in &rows {
            said.push(ways.len() as u8);
            for way in *ways {
                said.push(way.len() as u8);
                said.extend_from_slice(way);
            }
        }
        let mut body = Vec::new();
        for n in [rows.len(), pairs.len(), 0, text.len(), said.len()] {
            body.extend((n as u32).to_le_bytes());
        }
        body.extend(text.as_bytes());
        body.extend(&said);
        body.extend(rows.iter().map(|r| quantised(r.2)));
        body.extend(rows.iter().map(|_| 32));
        for word in 0..=rows.len() as u16 {
            let before = pairs.iter().filter(|p| p.0 < word).count();
            body.extend((before as u32).to_le_bytes());
        }
        body.extend(pairs.iter().flat_map(|p| p.1.to_le_bytes()));
        body.extend(pairs.iter().map(|p| quantised(p.2)));
        body.extend(pairs.iter().map(|_| 32));
        body.extend(pairs.iter().flat_map(|_| [0, 0]));
        sealed(&body)
    }

    fn sealed(body: &[u8]) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.extend(VERSION.to_le_bytes());
        out.extend(checksum(body).to_le_bytes());
        out.extend_from_slice(body);
        out
    }

    fn small() -> Vec<u8> {
        file(
            &[("no", &[&[23, 25]], -1.0), ("yes", &[&[37, 11, 29], &[37, 13]], -1.5)],
            &[(0, 2, -0.5), (2, 3, -0.25)],
        )
    }

    #[test]
    fn reads_words_and_n_grams() {
        let (lexicon, model) = parse(&small()).expect("a word file");
        assert_eq!(lexicon.find("yes"), Some(3));
        assert_eq!(lexicon.find("<s>"), None);
        assert_eq!(lexicon.pronunciations(3).len(), 2);
        let (_, after) = model.score(model.start(), 2);
        assert!((model.score(after, 3).0 + 4.0 / 15.0).abs() < 1e-6);
    }

    #[test]
    fn every_cut_and_every_flipped_bit_is_refused() {
        let good = small();
        for end in 0..good.len() {
            assert!(parse(&good[..end]).is_err(), "cut at {end}");
        }
        for bit in 0..good.len() * 8 {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert!(matches!(parse(&bad), Err(RecogniserError::Words(_))), "bit {bit}");
        }
    }

    /// Damage that the checksum does not see, as a broken writer would make.
    #[test]
    fn what_does_not_fit_is_refused_or_harmless() {
        let good = small();
        let body = &good[16..];
        for at in 0..body.len() {
            for value in [0u8, 1, 7, 40, 127, 255] {
                let mut bad = body.to_vec();
                bad[at] = value;
                if let Ok((lexicon, model)) = parse(&sealed(&bad)) {
                    let tree = lexicon.tree(&model);
                    assert!(tree.len() > 0);
                    for word in 0..4 {
                        let (_, next) = model.score(model.start(), word);
                        assert!((0..4).all(|w| model.score(next, w).0.is_finite()));
                    }
                }
            }
        }
        let mut long = body.to_vec();
        long.push(0);
        assert!(parse(&sealed(&long)).is_err());
    }
}

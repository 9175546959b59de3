//! The words behind each hypothesis: a tree of links, kept small.
//!
//! What it is: every hypothesis names its last word's link, and links lead back to the start.
//! [`Trace::collect`] drops what no hypothesis reaches. Links come after those they lead back to.

/// The link of no words.
pub(super) const ROOT: u32 = 0;

/// One word of a hypothesis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Link {
    /// The word before.
    pub back: u32,
    /// Word number; past the vocabulary those of the bias.
    pub word: u32,
    /// Frames of its first and last phone.
    pub frames: (u32, u32),
    /// Geometric mean of its phones' peak probabilities.
    pub peaks: f32,
    /// Identifies the words up to and with this one.
    pub hash: u64,
}

/// The links of one utterance.
#[derive(Debug, Clone)]
pub(super) struct Trace {
    links: Vec<Link>,
    /// Links there may be before it is worth collecting.
    limit: usize,
}

/// Links before the first collection.
const LINKS_MIN: usize = 4096;

impl Trace {
    pub fn new() -> Self {
        let root = Link { back: ROOT, word: 0, frames: (0, 0), peaks: 1.0, hash: 0 };
        Self { links: vec![root], limit: LINKS_MIN }
    }

    /// The link of a word after `back`.
    pub fn push(&mut self, back: u32, word: u32, frames: (u32, u32), peaks: f32) -> u32 {
        let before = self.links[back as usize].hash;
        let hash = (before ^ u64::from(word + 1)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let hash = hash.rotate_left(23);
        self.links.push(Link { back, word, frames, peaks, hash });
        self.links.len() as u32 - 1
    }

    pub fn hash(&self, link: u32) -> u64 {
        self.links[link as usize].hash
    }

    /// The words up to and with `link`, first to last.
    pub fn words(&self, link: u32) -> Vec<Link> {
        let mut out = Vec::new();
        let mut at = link;
        while at != ROOT {
            out.push(self.links[at as usize]);
            at = self.links[at as usize].back;
        }
        out.reverse();
        out
    }

    /// Whether enough links came since the last collection that another is worth its time.
    pub fn is_full(&self) -> bool {
        self.links.len() > self.limit
    }

    /// Drops the links that none of `live` reaches, and renumbers `live`.
    pub fn collect<'a>(&mut self, live: impl Iterator<Item = &'a mut u32>) {
        let live: Vec<&mut u32> = live.collect();
        let mut number = vec![u32::MAX; self.links.len()];
        number[ROOT as usize] = ROOT;
        for link in &live {
            let mut at = **link;
            while number[at as usize] == u32::MAX {
                number[at as usize] = 0;
                at = self.links[at as usize].back;
            }
        }
        let mut kept = 0;
        for at in 0..self.links.len() {
            if number[at] != u32::MAX {
                let mut link = self.links[at];
                link.back = number[link.back as usize];
                self.links[kept] = link;
                number[at] = kept as u32;
                kept += 1;
            }
        }
        self.links.truncate(kept);
        self.limit = (2 * kept).max(LINKS_MIN);
        for link in live {
            *link = number[*link as usize];
        }
    }

    /// How many words from the start all of `live` have in common.
    pub fn common(&self, mut live: impl Iterator<Item = u32>) -> usize {
        let Some(first) = live.next() else { return 0 };
        let words: Vec<u32> = self.words(first).iter().map(|link| link.word).collect();
        // By link: how long it is, and how far it agrees with the first.
        let mut agree: Vec<(u32, u32)> = Vec::with_capacity(self.links.len());
        agree.push((0, 0));
        for link in self.links.iter().skip(1) {
            let (depth, same) = agree[link.back as usize];
            let goes_on = same == depth && words.get(depth as usize) == Some(&link.word);
            agree.push((depth + 1, same + u32::from(goes_on)));
        }
        let shortest = live.map(|link| agree[link as usize].1 as usize).min();
        shortest.map_or(words.len(), |n| n.min(words.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(trace: &Trace, link: u32) -> Vec<u32> {
        trace.words(link).iter().map(|l| l.word).collect()
    }

    #[test]
    fn collecting_keeps_what_is_reached() {
        let mut trace = Trace::new();
        let a = trace.push(ROOT, 7, (0, 1), 1.0);
        let dead = trace.push(ROOT, 8, (0, 1), 1.0);
        trace.push(dead, 9, (2, 3), 1.0);
        let mut live = [trace.push(a, 5, (2, 3), 0.5), a, ROOT];
        let before = trace.words(live[0]);
        trace.collect(live.iter_mut());
        assert_eq!(trace.links.len(), 3);
        assert_eq!(said(&trace, live[0]), [7, 5]);
        assert_eq!(trace.words(live[0])[1].frames, before[1].frames);
        assert_eq!((said(&trace, live[1]), live[2]), (vec![7], ROOT));
    }

    #[test]
    fn common_words_are_those_of_all_whatever_their_times() {
        let mut trace = Trace::new();
        let (a, b) = (trace.push(ROOT, 7, (0, 1), 1.0), trace.push(ROOT, 7, (0, 2), 1.0));
        let (c, d) = (trace.push(a, 5, (3, 4), 1.0), trace.push(b, 5, (3, 5), 1.0));
        let e = trace.push(d, 6, (6, 7), 1.0);
        let other = trace.push(b, 6, (6, 7), 1.0);
        assert_eq!(trace.common([c, d, e].into_iter()), 2);
        assert_eq!(trace.common([e, other].into_iter()), 1);
        assert_eq!(trace.common([e, ROOT].into_iter()), 0);
        assert_eq!(trace.common([e].into_iter()), 3);
        assert_eq!(trace.common(std::iter::empty()), 0);
        assert_eq!(trace.hash(c), trace.hash(d));
        assert_ne!(trace.hash(e), trace.hash(other));
    }
}

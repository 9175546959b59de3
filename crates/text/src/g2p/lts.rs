//! Letters to sound for words that no dictionary has: a joint n-gram over *graphones*.
//!
//! A graphone pairs one or two letters with none to two phones (`x` with `K S`, `ck` with `K`). A word
//! is a sequence of graphones, and a back-off n-gram says how likely each sequence is; decoding is a beam
//! search over the letters. Words are read from their end to their beginning: what an English letter sounds
//! like is told by what follows it more often than by what went before, and on words kept apart this makes
//! fewer errors than reading forwards (`training/g2p/README.md`). The model is trained by `examples/train_g2p.rs`.

use super::{G2pError, pack, phone};

const MAGIC: &[u8; 4] = b"HJN2";
const FILE: &str = "letter-to-sound model";
/// The graphone that stands before the first letter.
pub const START: u16 = 0;
/// The graphone that stands after the last letter.
pub const STOP: u16 = 1;
/// The highest order of n-gram that a model may have.
pub const ORDER_MAX: usize = 10;
/// Hypotheses kept at each letter.
const BEAM: usize = 24;
/// Letters of one word that are read; the rest is dropped.
const LETTERS_MAX: usize = 48;
/// Costs (negative natural logarithms) are stored in steps of this.
pub const COST_STEP: f32 = 1.0 / 16.0;
/// Back-off costs are stored in these steps, from [`BACKOFF_FLOOR`] up.
pub const BACKOFF_STEP: f32 = 1.0 / 32.0;
/// The lowest back-off cost that can be stored.
pub const BACKOFF_FLOOR: f32 = -1.0;
const NONE: u32 = u32::MAX;

/// Some letters and the phones that they stand for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Graphone {
    /// One or two bytes of a lower-case word, the last first.
    pub letters: Vec<u8>,
    /// None, one or two phone ids, the last first.
    pub phones: Vec<u8>,
}

/// One order of the n-gram: nodes sorted by (parent, symbol).
#[derive(Default)]
pub struct Level {
    /// The last symbol of each n-gram.
    pub symbols: Vec<u16>,
    /// Its cost in [`COST_STEP`]s.
    pub costs: Vec<u8>,
    /// Its back-off cost in [`BACKOFF_STEP`]s above [`BACKOFF_FLOOR`].
    pub backoffs: Vec<u8>,
    /// How many nodes of the next level follow this one.
    pub children: Vec<u32>,
}

/// A level with its children's places summed up.
struct Nodes {
    level: Level,
    /// Node `i` has the children `first[i]..first[i + 1]` in the next level.
    first: Vec<u32>,
}

/// A trained letter-to-sound model.
pub struct LetterToSound {
    graphones: Vec<Graphone>,
    /// Graphone ids (2 and up) by first letter.
    by_letter: Vec<Vec<u16>>,
    levels: Vec<Nodes>,
}

/// A partial pronunciation during the search.
#[derive(Clone)]
struct Hypothesis {
    cost: f32,
    /// `context[k]` is the node of the last k graphones in level k, or `NONE`; entry 0 is unused.
    context: [u32; ORDER_MAX],
    phones: Vec<u8>,
}

/// A step that has not been taken yet: (cost after it, hypothesis it extends, graphone).
#[derive(Clone, Copy)]
struct Step {
    cost: f32,
    at: usize,
    from: usize,
    symbol: u16,
}

impl LetterToSound {
    /// Opens a model written by [`encode`].
    ///
    /// # Errors
    /// When the bytes are not such a model or are damaged.
    pub fn load(bytes: &[u8]) -> Result<Self, G2pError> {
        let damaged = |what| G2pError::Damaged { file: FILE, what };
        let mut streams = pack::read(FILE, MAGIC, bytes)?.into_iter();
        let graphones = streams.next().and_then(|s| decode_graphones(&s));
        let graphones = graphones.ok_or(damaged("the graphones cannot be read"))?;
        let streams: Vec<Vec<u8>> = streams.collect();
        if streams.is_empty() || !streams.len().is_multiple_of(4) || streams.len() / 4 > ORDER_MAX {
            return Err(damaged("the orders are incomplete"));
        }
        let mut levels: Vec<Nodes> = Vec::new();
        for quad in streams.chunks_exact(4) {
            let parents = levels.last().map(|n| n.level.children.as_slice());
            let level = decode_level(quad, parents, graphones.len() + 2);
            let level = level.ok_or(damaged("an order cannot be read"))?;
            let mut first = vec![0u32];
            for &n in &level.children {
                let last = first.last().copied().unwrap_or(0);
                first.push(last.checked_add(n).ok_or(damaged("too many n-grams"))?);
            }
            levels.push(Nodes { level, first });
        }
        let mut by_letter = vec![Vec::new(); 256];
        for (i, g) in graphones.iter().enumerate() {
            by_letter[usize::from(g.letters[0])].push(i as u16 + 2);
        }
        Ok(Self { graphones, by_letter, levels })
    }

    /// The most likely phones of a lower-case word. Letters outside a-z and the apostrophe are dropped,
    /// so the answer is empty when nothing is left. A model with no path for some letter gives empty, too.
    pub fn guess(&self, word: &str) -> Vec<u8> {
        self.guesses(word).into_iter().next().map(|(_, phones)| phones).unwrap_or_default()
    }

    /// The pronunciations that the search ends with and their costs (negative natural logarithms of the probability),
    /// the most likely first, none twice; empty where [`LetterToSound::guess`] is.
    pub fn guesses(&self, word: &str) -> Vec<(f32, Vec<u8>)> {
        let mut letters: Vec<u8> = word
            .bytes()
            .filter(|b| b.is_ascii_lowercase() || *b == b'\'')
            .take(LETTERS_MAX)
            .collect();
        letters.reverse();
        if letters.is_empty() {
            return Vec::new();
        }
        let mut found = self.search(&letters);
        found.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut guesses: Vec<(f32, Vec<u8>)> = Vec::with_capacity(found.len());
        for (cost, mut phones) in found {
            phones.reverse();
            if !guesses.iter().any(|g| g.1 == phones) {
                guesses.push((cost, phones));
            }
        }
        guesses
    }

    fn search(&self, letters: &[u8]) -> Vec<(f32, Vec<u8>)> {
        let mut waiting: Vec<Vec<Step>> = vec![Vec::new(); letters.len() + 2];
        let start = Hypothesis { cost: 0.0, context: self.start_context(), phones: Vec::new() };
        let mut kept: Vec<Vec<Hypothesis>> = vec![vec![start]];
        for at in 0..letters.len() {
            if at > 0 {
                let beam = self.take_steps(&kept, std::mem::take(&mut waiting[at]));
                kept.push(beam);
            }
            for (from, hypothesis) in kept[at].iter().enumerate() {
                for &symbol in &self.by_letter[usize::from(letters[at])] {
                    let graphone = &self.graphones[usize::from(symbol) - 2];
                    if letters[at..].starts_with(&graphone.letters) {
                        let cost = hypothesis.cost + self.cost(&hypothesis.context, symbol);
                        waiting[at + graphone.letters.len()].push(Step { cost, at, from, symbol });
                    }
                }
            }
        }
        let last = self.take_steps(&kept, std::mem::take(&mut waiting[letters.len()]));
        last.into_iter().map(|h| (h.cost + self.cost(&h.context, STOP), h.phones)).collect()
    }

    /// Makes hypotheses of the cheapest waiting steps.
    fn take_steps(&self, kept: &[Vec<Hypothesis>], mut steps: Vec<Step>) -> Vec<Hypothesis> {
        if steps.len() > BEAM {
            steps.select_nth_unstable_by(BEAM, |a, b| a.cost.total_cmp(&b.cost));
            steps.truncate(BEAM);
        }
        steps
            .into_iter()
            .map(|step| {
                let from = &kept[step.at][step.from];
                let mut phones = from.phones.clone();
                phones.extend_from_slice(&self.graphones[usize::from(step.symbol) - 2].phones);
                Hypothesis {
                    cost: step.cost,
                    context: self.extend(&from.context, step.symbol),
                    phones,
                }
            })
            .collect()
    }

    fn start_context(&self) -> [u32; ORDER_MAX] {
        let mut context = [NONE; ORDER_MAX];
        context[1] = u32::from(START);
        context
    }

    /// The cost of `symbol` after `context`, backing off to shorter contexts as needed.
    fn cost(&self, context: &[u32; ORDER_MAX], symbol: u16) -> f32 {
        let mut cost = 0.0;
        for k in (1..self.levels.len()).rev() {
            let node = context[k];
            if node == NONE {
                continue;
            }
            if let Some(child) = self.child(k, node, symbol) {
                return cost + self.node_cost(k, child);
            }
            cost += self.node_backoff(k - 1, node);
        }
        cost + self.node_cost(0, u32::from(symbol))
    }

    fn extend(&self, context: &[u32; ORDER_MAX], symbol: u16) -> [u32; ORDER_MAX] {
        let mut longer = [NONE; ORDER_MAX];
        longer[1] = u32::from(symbol);
        for k in 1..self.levels.len().saturating_sub(1) {
            if context[k] != NONE {
                longer[k + 1] = self.child(k, context[k], symbol).unwrap_or(NONE);
            }
        }
        longer
    }

    /// The node in level index `k` that follows `parent` (of level index k - 1) with `symbol`.
    fn child(&self, k: usize, parent: u32, symbol: u16) -> Option<u32> {
        let first = &self.levels[k - 1].first;
        let (a, b) = (first[parent as usize] as usize, first[parent as usize + 1] as usize);
        let found = self.levels[k].level.symbols[a..b].binary_search(&symbol).ok()?;
        Some((a + found) as u32)
    }

    fn node_cost(&self, k: usize, node: u32) -> f32 {
        f32::from(self.levels[k].level.costs[node as usize]) * COST_STEP
    }

    fn node_backoff(&self, k: usize, node: u32) -> f32 {
        f32::from(self.levels[k].level.backoffs[node as usize]) * BACKOFF_STEP + BACKOFF_FLOOR
    }
}

/// Packs a model. `levels[k]` holds the (k + 1)-grams; the first level has one node per graphone id.
pub fn encode(graphones: &[Graphone], levels: &[Level]) -> Vec<u8> {
    let mut streams = Vec::new();
    let mut table = Vec::new();
    for g in graphones {
        table.push((g.letters.len() * 16 + g.phones.len()) as u8);
        table.extend_from_slice(&g.letters);
        table.extend_from_slice(&g.phones);
    }
    streams.push(table);
    for (k, level) in levels.iter().enumerate() {
        let mut symbols = Vec::new();
        if k == 0 {
            pack::put_varint(&mut symbols, level.symbols.len() as u32);
        } else {
            let mut at = 0;
            for &n in &levels[k - 1].children {
                let mut next = 0u32;
                for &s in &level.symbols[at..at + n as usize] {
                    pack::put_varint(&mut symbols, u32::from(s) - next);
                    next = u32::from(s) + 1;
                }
                at += n as usize;
            }
        }
        let mut children = Vec::new();
        level.children.iter().for_each(|&n| pack::put_varint(&mut children, n));
        streams.extend([symbols, level.costs.clone(), level.backoffs.clone(), children]);
    }
    pack::write(MAGIC, &streams)
}

fn decode_graphones(mut rest: &[u8]) -> Option<Vec<Graphone>> {
    let mut graphones = Vec::new();
    while let Some((&sizes, tail)) = rest.split_first() {
        let (letters, phones) = (usize::from(sizes / 16), usize::from(sizes % 16));
        if letters == 0 || tail.len() < letters + phones || graphones.len() >= 60_000 {
            return None;
        }
        let graphone = Graphone {
            letters: tail[..letters].to_vec(),
            phones: tail[letters..letters + phones].to_vec(),
        };
        if graphone.phones.iter().any(|&p| usize::from(p) >= phone::PHONES.len()) {
            return None;
        }
        graphones.push(graphone);
        rest = &tail[letters + phones..];
    }
    Some(graphones)
}

/// Reads one order; `parents` holds the child counts of the order below (none for the first order).
fn decode_level(quad: &[Vec<u8>], parents: Option<&[u32]>, vocabulary: usize) -> Option<Level> {
    let [symbols, costs, backoffs, children] = quad else { return None };
    let mut rest = symbols.as_slice();
    let mut level = Level { costs: costs.clone(), backoffs: backoffs.clone(), ..Level::default() };
    if let Some(parents) = parents {
        for &n in parents {
            let mut next = 0u32;
            for _ in 0..n {
                let symbol = next.checked_add(pack::take_varint(&mut rest)?)?;
                if symbol as usize >= vocabulary {
                    return None;
                }
                level.symbols.push(symbol as u16);
                next = symbol + 1;
            }
        }
    } else {
        if pack::take_varint(&mut rest)? as usize != vocabulary {
            return None;
        }
        level.symbols = (0..vocabulary as u16).collect();
    }
    let mut rest = children.as_slice();
    while !rest.is_empty() {
        level.children.push(pack::take_varint(&mut rest)?);
    }
    let n = level.symbols.len();
    (costs.len() == n && backoffs.len() == n && level.children.len() == n).then_some(level)
}

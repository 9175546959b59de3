//! A small net over words: its weight file and its arithmetic, word by word or many
//! words at once with the same results. It knows rows and logits, no words.
//!
//! Hashed rows of each word and of each pair of neighbours, two convolutions of five
//! words, two light recurrent layers, then one linear head for each question asked of
//! every word. Punctuation and the tagger of personal data are such nets.
//!
//! Little-endian: a magic of four bytes; u32 word rows, affix rows, dims, pair rows,
//! pair dims, width; a scale (f32) for each row of the table, then its rows of `DIMS`
//! i8; one scale for all pair rows, then these as i8; for each layer (near, wide, two
//! memories, the heads) its outputs' scales and biases (f32) and weights (outputs,
//! inputs) as i8; then what the caller reads.

use features::{AFFIX_ROWS, PAIR_ROWS, ROWS, WORD_ROWS};

pub(crate) use features::{Features, bare};

mod features;

/// Numbers in a row of the table.
const DIMS: usize = 48;
/// Numbers in the row of a pair of words.
const PAIR_DIMS: usize = 4;
/// Numbers that stand for a word.
const INPUTS: usize = DIMS + PAIR_DIMS;
/// Channels.
const WIDTH: usize = 96;
/// Words that each of the two convolutions sees to either side.
const REACH: usize = 2;
/// Words in the window of a convolution.
const TAPS: usize = 2 * REACH + 1;
/// Light recurrent layers.
const MEMORIES: usize = 2;
/// Outputs that the matrix product makes together.
const LANES: usize = 8;
/// Words that the matrix product takes together.
const BLOCK: usize = 4;

/// The weights in memory: the table as in the file, the layers as f32.
#[derive(Debug)]
pub(crate) struct Net {
    scales: Vec<f32>,
    /// (rows, DIMS).
    table: Vec<i8>,
    pair_scale: f32,
    /// (pair rows, PAIR_DIMS).
    pairs: Vec<i8>,
    near: Layer,
    wide: Layer,
    memories: [Layer; MEMORIES],
    heads: Vec<Layer>,
}

/// Where a turn stands: what the layers still need of words already given.
#[derive(Debug, Clone)]
pub(crate) struct State {
    /// Numbers of the last words, (words, INPUTS).
    embedded: Vec<f32>,
    /// The last word.
    before: Option<Features>,
    /// The first convolution's results, (words, WIDTH).
    near: Vec<f32>,
    memories: [[f32; WIDTH]; MEMORIES],
}

impl State {
    /// Before the first word: left of it are zeros.
    pub fn new() -> Self {
        Self {
            embedded: vec![0.0; REACH * INPUTS],
            before: None,
            near: vec![0.0; REACH * WIDTH],
            memories: [[0.0; WIDTH]; MEMORIES],
        }
    }
}

impl Net {
    /// Reads a weight file whose heads have so many outputs; also gives what follows the layers.
    pub fn parse<'a>(
        data: &'a [u8],
        magic: &str,
        heads: &[usize],
    ) -> Result<(Self, &'a [u8]), String> {
        let mut rest = data
            .strip_prefix(magic.as_bytes())
            .ok_or_else(|| format!("it does not begin with {magic}"))?;
        let shape = take(&mut rest, 24)?;
        let expected = [WORD_ROWS, AFFIX_ROWS, DIMS, PAIR_ROWS, PAIR_DIMS, WIDTH];
        let given = shape.as_chunks::<4>().0.iter().map(|&four| u32::from_le_bytes(four));
        if !given.eq(expected.iter().map(|&n| u32::try_from(n).unwrap_or(0))) {
            return Err(format!("its shape is not {expected:?}"));
        }
        let scales = floats(&mut rest, ROWS)?;
        let table = bytes(take(&mut rest, ROWS * DIMS)?);
        let pair_scale = floats(&mut rest, 1)?[0];
        let pairs = bytes(take(&mut rest, PAIR_ROWS * PAIR_DIMS)?);
        let net = Self {
            scales,
            table,
            pair_scale,
            pairs,
            near: Layer::parse(&mut rest, TAPS * INPUTS, WIDTH)?,
            wide: Layer::parse(&mut rest, TAPS * WIDTH, WIDTH)?,
            memories: [
                Layer::parse(&mut rest, WIDTH, 3 * WIDTH)?,
                Layer::parse(&mut rest, WIDTH, 3 * WIDTH)?,
            ],
            heads: heads
                .iter()
                .map(|&outputs| Layer::parse(&mut rest, WIDTH, outputs))
                .collect::<Result<_, _>>()?,
        };
        Ok((net, rest))
    }

    /// Takes the next words of a turn and gives each head's logits (words, outputs) of
    /// those that are now certain: all but the last four, and with `last` all that remain.
    pub fn advance(&self, state: &mut State, words: &[Features], last: bool) -> Vec<Vec<f32>> {
        for word in words {
            self.embed(word, state);
        }
        if last {
            state.embedded.resize(state.embedded.len() + REACH * INPUTS, 0.0);
        }
        let count = windows(&state.embedded, INPUTS);
        let mut near = self.near.apply(&state.embedded, INPUTS, count);
        near.iter_mut().for_each(|x| *x = x.max(0.0));
        state.embedded.drain(..count * INPUTS);
        state.near.extend(near);
        if last {
            state.near.resize(state.near.len() + REACH * WIDTH, 0.0);
        }
        let count = windows(&state.near, WIDTH);
        let mut found = self.wide.apply(&state.near, WIDTH, count);
        let middle = &state.near[REACH * WIDTH..];
        found.iter_mut().zip(middle).for_each(|(x, near)| *x = x.max(0.0) + near);
        state.near.drain(..count * WIDTH);
        for (layer, memory) in self.memories.iter().zip(&mut state.memories) {
            remember(&layer.apply(&found, WIDTH, count), memory, &mut found);
        }
        self.heads.iter().map(|head| head.apply(&found, WIDTH, count)).collect()
    }

    /// Puts a word's numbers at the end of those that wait: the sum of its rows,
    /// and the row of the pair with the word before, zeros for the first word.
    fn embed(&self, word: &Features, state: &mut State) {
        let out = &mut state.embedded;
        let begin = out.len();
        out.resize(begin + INPUTS, 0.0);
        if let Some(before) = state.before.replace(*word) {
            let pair = word.pair(&before) * PAIR_DIMS;
            let numbers = &self.pairs[pair..pair + PAIR_DIMS];
            for (out, &x) in out[begin + DIMS..].iter_mut().zip(numbers) {
                *out = f32::from(x) * self.pair_scale;
            }
        }
        for &row in &word.rows {
            let scale = self.scales[row];
            let numbers = &self.table[row * DIMS..(row + 1) * DIMS];
            for (sum, &x) in out[begin..].iter_mut().zip(numbers) {
                *sum += f32::from(x) * scale;
            }
        }
    }
}

/// How many whole windows of `TAPS` frames there are.
fn windows(frames: &[f32], size: usize) -> usize {
    (frames.len() / size).saturating_sub(TAPS - 1)
}

/// One light recurrent layer over all frames: `gates` (frames, 3 WIDTH) are what
/// to keep, what is new and how much to show; `found` is input and result.
fn remember(gates: &[f32], memory: &mut [f32; WIDTH], found: &mut [f32]) {
    let gates = gates.as_chunks::<{ 3 * WIDTH }>().0;
    for (gate, frame) in gates.iter().zip(found.as_chunks_mut::<WIDTH>().0) {
        for channel in 0..WIDTH {
            let keep = sigmoid(gate[channel]);
            let new = 2.0 * sigmoid(2.0 * gate[WIDTH + channel]) - 1.0;
            let show = sigmoid(gate[2 * WIDTH + channel]);
            memory[channel] = keep * memory[channel] + (1.0 - keep) * new;
            frame[channel] = show * memory[channel] + (1.0 - show) * frame[channel];
        }
    }
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

/// A matrix and a bias.
#[derive(Debug)]
struct Layer {
    inputs: usize,
    outputs: usize,
    /// (outputs / LANES, inputs, LANES): so the product runs along the outputs.
    panels: Vec<[f32; LANES]>,
    bias: Vec<f32>,
}

impl Layer {
    fn parse(rest: &mut &[u8], inputs: usize, outputs: usize) -> Result<Self, String> {
        let scales = floats(rest, outputs)?;
        let bias = floats(rest, outputs)?;
        let weights = bytes(take(rest, outputs * inputs)?);
        let mut panels = vec![[0.0; LANES]; outputs.div_ceil(LANES) * inputs];
        for (output, row) in weights.chunks_exact(inputs).enumerate() {
            let panel = &mut panels[output / LANES * inputs..][..inputs];
            for (lanes, &weight) in panel.iter_mut().zip(row) {
                lanes[output % LANES] = f32::from(weight) * scales[output];
            }
        }
        Ok(Self { inputs, outputs, panels, bias })
    }

    /// (frames, outputs) of `frames` windows that begin every `step` numbers.
    fn apply(&self, input: &[f32], step: usize, frames: usize) -> Vec<f32> {
        let mut out = vec![0.0; frames * self.outputs];
        for (number, panel) in self.panels.chunks_exact(self.inputs).enumerate() {
            let first = number * LANES;
            let lanes = LANES.min(self.outputs - first);
            for begin in (0..frames).step_by(BLOCK) {
                // A block that would reach past the end repeats its last frame.
                let window = |n: usize| &input[(begin + n).min(frames - 1) * step..][..self.inputs];
                let sums = product(panel, [window(0), window(1), window(2), window(3)]);
                for (frame, sums) in (begin..frames).zip(sums) {
                    let at = frame * self.outputs + first;
                    let biased = sums.iter().zip(&self.bias[first..]).map(|(sum, bias)| sum + bias);
                    out[at..at + lanes].iter_mut().zip(biased).for_each(|(x, sum)| *x = sum);
                }
            }
        }
        out
    }
}

/// One panel of outputs for a block of words.
fn product(panel: &[[f32; LANES]], [a, b, c, d]: [&[f32]; BLOCK]) -> [[f32; LANES]; BLOCK] {
    let mut sums = [[0.0; LANES]; BLOCK];
    for ((((weights, &a), &b), &c), &d) in panel.iter().zip(a).zip(b).zip(c).zip(d) {
        for (sum, x) in sums.iter_mut().zip([a, b, c, d]) {
            for (sum, weight) in sum.iter_mut().zip(weights) {
                *sum += x * weight;
            }
        }
    }
    sums
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Result<&'a [u8], String> {
    let (part, after) = rest
        .split_at_checked(count)
        .ok_or_else(|| format!("it ends {} bytes too early", count - rest.len()))?;
    *rest = after;
    Ok(part)
}

fn floats(rest: &mut &[u8], count: usize) -> Result<Vec<f32>, String> {
    let part = take(rest, 4 * count)?;
    let numbers: Vec<f32> =
        part.as_chunks::<4>().0.iter().map(|&four| f32::from_le_bytes(four)).collect();
    if numbers.iter().all(|x| x.is_finite()) {
        Ok(numbers)
    } else {
        Err("a number in it is not finite".into())
    }
}

fn bytes(part: &[u8]) -> Vec<i8> {
    part.iter().map(|&byte| byte.cast_signed()).collect()
}

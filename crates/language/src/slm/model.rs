//! The decoder: weights that every call shares, and one pass over some tokens.
//!
//! Architecture of Llama (Touvron et al. 2023) with grouped queries, and of its
//! kin Qwen 2 (biases) and Qwen 3 (norms of queries and keys). A pass runs on the
//! calling thread and reads and grows a [`super::kv`] cache. It chooses no token.

use std::sync::{Mutex, PoisonError};

use super::SlmError;
use super::attention::{Heads, POSITIONS_TOGETHER, Scratch, Segments, attend};
use super::config::Config;
use super::float::{Rotations, Stored, add, gate, rms_norm, rms_norm_here};
use super::gguf::Gguf;
use super::kv::store::{LayerRows, Rows, Store};
use super::matrix::{Input, Matrix};

/// Tokens that one pass takes; longer prompts come in several.
pub const PASS_TOKENS_MAX: usize = 64;
/// Workspaces that are kept for the next pass.
const WORKSPACES_MAX: usize = 16;

/// A language model. Immutable; share it between calls and threads.
pub struct Model {
    config: Config,
    /// (vocabulary, width)
    embedding: Matrix,
    layers: Vec<Layer>,
    /// (width)
    norm: Vec<f32>,
    /// (vocabulary, width); the embedding if there is none.
    output: Option<Matrix>,
    rotations: Rotations,
    workspaces: Mutex<Vec<Workspace>>,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Model").field("config", &self.config).finish_non_exhaustive()
    }
}

/// A layer's weights, by the names that papers give them.
pub(super) struct Layer {
    /// (width)
    pub attention_norm: Vec<f32>,
    /// (heads * head, width)
    pub query: Projection,
    /// (key heads * head, width)
    pub key: Projection,
    /// (key heads * head, width)
    pub value: Projection,
    /// (width, heads * head)
    pub joined: Matrix,
    /// (head): Qwen 3's norms of queries and keys.
    pub head_norms: Option<(Vec<f32>, Vec<f32>)>,
    /// (width)
    pub wide_norm: Vec<f32>,
    /// (wide, width)
    pub gate: Matrix,
    /// (wide, width)
    pub up: Matrix,
    /// (width, wide)
    pub down: Matrix,
}

/// A matrix and what is added to its products.
pub(super) struct Projection {
    pub matrix: Matrix,
    pub bias: Option<Vec<f32>>,
}

impl Projection {
    fn multiply(&self, input: &mut Input, out: &mut Vec<f32>) {
        self.matrix.multiply(input, out);
        if let Some(bias) = &self.bias {
            out.chunks_exact_mut(bias.len()).for_each(|row| add(row, bias));
        }
    }
}

/// Weights outside of the layers.
pub(super) struct Ends {
    pub embedding: Matrix,
    pub norm: Vec<f32>,
    pub output: Option<Matrix>,
}

/// Scratch of a pass.
#[derive(Default)]
pub(super) struct Workspace {
    /// (tokens, width): what runs through the layers.
    stream: Vec<f32>,
    input: Input,
    query: Vec<f32>,
    key: Vec<f32>,
    value: Vec<f32>,
    gate: Vec<f32>,
    up: Vec<f32>,
    added: Vec<f32>,
    attention: Scratch,
    logits: Vec<f32>,
}

impl Model {
    /// From a GGUF file.
    ///
    /// # Errors
    /// See [`Config::from_gguf`]; or a tensor is missing or of another shape.
    pub fn from_gguf(file: &Gguf<'_>) -> Result<Self, SlmError> {
        let config = Config::from_gguf(file)?;
        let layers =
            (0..config.layers).map(|n| Layer::read(file, &config, n)).collect::<Result<_, _>>()?;
        let shape = (config.vocabulary, config.width);
        let output = match file.has_tensor("output.weight") {
            true => Some(file.matrix("output.weight", shape)?),
            false => None,
        };
        let ends = Ends {
            embedding: file.matrix("token_embd.weight", shape)?,
            norm: file.vector("output_norm.weight", config.width)?,
            output,
        };
        Ok(Self::new(config, ends, layers))
    }

    pub(super) fn new(config: Config, ends: Ends, layers: Vec<Layer>) -> Self {
        let rotations =
            Rotations::new(config.rotation, config.head, config.rotation_base, config.window);
        let Ends { embedding, norm, output } = ends;
        let workspaces = Mutex::default();
        Self { config, embedding, layers, norm, output, rotations, workspaces }
    }

    /// Its shape.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Memory of its weights, bytes.
    pub fn bytes(&self) -> usize {
        let ends = self.embedding.bytes() + self.output.as_ref().map_or(0, Matrix::bytes);
        ends + self.layers.iter().map(Layer::bytes).sum::<usize>()
    }

    /// Reads tokens that follow what `store` holds and adds their keys and values to
    /// it. `use_logits` gets the logits (last, vocabulary) of the last `last` tokens,
    /// which are no more than a pass takes.
    ///
    /// # Errors
    /// A token is outside of the vocabulary, or the window has no room; nothing is
    /// added then.
    pub(super) fn pass<R>(
        &self,
        tokens: &[u32],
        store: &mut Store,
        last: usize,
        use_logits: impl FnOnce(&mut [f32]) -> R,
    ) -> Result<R, SlmError> {
        let (length, window) = (store.len() + tokens.len(), self.config.window);
        if length > window {
            return Err(SlmError::Window { tokens: length, window });
        }
        if let Some(&token) = tokens.iter().find(|&&t| t as usize >= self.config.vocabulary) {
            return Err(SlmError::Token { token, vocabulary: self.config.vocabulary });
        }
        let lock = || self.workspaces.lock().unwrap_or_else(PoisonError::into_inner);
        let mut work = lock().pop().unwrap_or_default();
        // The odd one comes first, so that the last pass holds the last tokens.
        let (odd, full) = tokens.split_at(tokens.len() % PASS_TOKENS_MAX);
        let passes = std::iter::once(odd).chain(full.chunks(PASS_TOKENS_MAX));
        for tokens in passes.filter(|tokens| !tokens.is_empty()) {
            self.short_pass(tokens, store, last.min(tokens.len()), &mut work);
        }
        let result = use_logits(&mut work.logits);
        let mut kept = lock();
        if kept.len() < WORKSPACES_MAX {
            kept.push(work);
        }
        Ok(result)
    }

    fn short_pass(&self, tokens: &[u32], store: &mut Store, last: usize, work: &mut Workspace) {
        let width = self.config.width;
        work.stream.resize(tokens.len() * width, 0.0);
        for (row, &token) in work.stream.chunks_exact_mut(width).zip(tokens) {
            self.embedding.row(token as usize, row);
        }
        let begin = store.len();
        for (number, layer) in self.layers.iter().enumerate() {
            let mut attention =
                Attention { config: &self.config, rotations: &self.rotations, layer, begin };
            match store.layer(number) {
                Rows::Float(rows) => attention.run(work, rows),
                Rows::Half(rows) => attention.run(work, rows),
            }
            layer.widen(work, self.config.epsilon);
        }
        store.grow(tokens.len());
        work.logits.clear();
        if last > 0 {
            let stream = &work.stream[(tokens.len() - last) * width..];
            let rows = work.input.reset(last * width).chunks_exact_mut(width);
            for (row, stream) in rows.zip(stream.chunks_exact(width)) {
                rms_norm(stream, &self.norm, self.config.epsilon, row);
            }
            let output = self.output.as_ref().unwrap_or(&self.embedding);
            output.multiply(&mut work.input, &mut work.logits);
        }
    }
}

impl Layer {
    fn read(file: &Gguf<'_>, config: &Config, number: usize) -> Result<Self, SlmError> {
        let name = |end: &str| format!("blk.{number}.{end}");
        let (width, wide, head) = (config.width, config.wide, config.head);
        let matrix = |end: &str, rows, columns| file.matrix(&name(end), (rows, columns));
        let projection = |end: &str, rows| {
            let bias = format!("{end}.bias");
            let needed = config.architecture == "qwen2" || file.has_tensor(&name(&bias));
            let bias = match needed {
                true => Some(file.vector(&name(&bias), rows)?),
                false => None,
            };
            Ok::<_, SlmError>(Projection {
                matrix: matrix(&format!("{end}.weight"), rows, width)?,
                bias,
            })
        };
        let head_norms = match config.architecture == "qwen3" {
            true => Some((
                file.vector(&name("attn_q_norm.weight"), head)?,
                file.vector(&name("attn_k_norm.weight"), head)?,
            )),
            false => None,
        };
        Ok(Self {
            attention_norm: file.vector(&name("attn_norm.weight"), width)?,
            query: projection("attn_q", config.heads * head)?,
            key: projection("attn_k", config.key_row())?,
            value: projection("attn_v", config.key_row())?,
            joined: matrix("attn_output.weight", width, config.heads * head)?,
            head_norms,
            wide_norm: file.vector(&name("ffn_norm.weight"), width)?,
            gate: matrix("ffn_gate.weight", wide, width)?,
            up: matrix("ffn_up.weight", wide, width)?,
            down: matrix("ffn_down.weight", width, wide)?,
        })
    }

    fn bytes(&self) -> usize {
        let projections = [&self.query, &self.key, &self.value].map(|it| &it.matrix);
        let others = [&self.joined, &self.gate, &self.up, &self.down];
        projections.iter().chain(&others).map(|matrix| matrix.bytes()).sum()
    }

    /// The second half of a layer, added to the stream.
    fn widen(&self, work: &mut Workspace, epsilon: f32) {
        normed(&work.stream, &self.wide_norm, epsilon, &mut work.input);
        self.gate.multiply(&mut work.input, &mut work.gate);
        self.up.multiply(&mut work.input, &mut work.up);
        gate(&mut work.gate, &work.up);
        work.input.reset(work.gate.len()).copy_from_slice(&work.gate);
        self.down.multiply(&mut work.input, &mut work.added);
        add(&mut work.stream, &work.added);
    }
}

/// The stream's rows, normed, as the next product's input.
fn normed(stream: &[f32], weights: &[f32], epsilon: f32, input: &mut Input) {
    let rows = input.reset(stream.len()).chunks_exact_mut(weights.len());
    for (row, stream) in rows.zip(stream.chunks_exact(weights.len())) {
        rms_norm(stream, weights, epsilon, row);
    }
}

/// The first half of a layer, at tokens from position `begin`.
struct Attention<'a> {
    config: &'a Config,
    rotations: &'a Rotations,
    layer: &'a Layer,
    begin: usize,
}

impl Attention<'_> {
    /// Adds the tokens' keys and values to `rows`, and what they see to the stream.
    fn run<T: Stored>(&mut self, work: &mut Workspace, mut rows: LayerRows<'_, T>) {
        let layer = self.layer;
        let heads = self.config.attention();
        normed(&work.stream, &layer.attention_norm, self.config.epsilon, &mut work.input);
        layer.query.multiply(&mut work.input, &mut work.query);
        layer.key.multiply(&mut work.input, &mut work.key);
        layer.value.multiply(&mut work.input, &mut work.value);
        let key_norm = layer.head_norms.as_ref().map(|(_, key)| &key[..]);
        let query_norm = layer.head_norms.as_ref().map(|(query, _)| &query[..]);
        self.place(&mut work.query, heads.queries * heads.size, query_norm);
        self.place(&mut work.key, heads.keys * heads.size, key_norm);
        rows.append(&work.key, &work.value);
        let row = heads.queries * heads.size;
        let together = POSITIONS_TOGETHER * row;
        let seen = work.input.reset(work.query.len());
        let mut length = self.begin;
        for (out, query) in seen.chunks_mut(together).zip(work.query.chunks(together)) {
            length += query.len() / row;
            let segments = up_to(length, heads, &rows);
            attend(heads, query, &segments, &mut work.attention, out);
        }
        layer.joined.multiply(&mut work.input, &mut work.added);
        add(&mut work.stream, &work.added);
    }

    /// Norms the heads of queries or keys, where a model does, and rotates them.
    fn place(&self, values: &mut [f32], row: usize, norm: Option<&[f32]>) {
        if let Some(norm) = norm {
            let heads = values.chunks_exact_mut(norm.len());
            heads.for_each(|head| rms_norm_here(head, norm, self.config.epsilon));
        }
        for (position, row) in (self.begin..).zip(values.chunks_exact_mut(row)) {
            self.rotations.rotate(row, position);
        }
    }
}

/// The first `length` positions: those of the prefix, then the call's own.
fn up_to<'a, T: Stored>(
    length: usize,
    heads: Heads,
    rows: &'a LayerRows<'_, T>,
) -> Segments<'a, T> {
    let numbers = length * heads.keys * heads.size;
    let own = numbers - rows.prefix_keys.len();
    [(rows.prefix_keys, rows.prefix_values), (&rows.keys[..own], &rows.values[..own])]
}

//! A model's shape, as its file's metadata gives it, checked.

use super::SlmError;
use super::attention::Heads;
use super::float::Rotation;
use super::gguf::{Gguf, Value};

/// Layers of a model.
const LAYERS_MAX: usize = 256;
/// Components of a row, of the wide rows of a layer, and of a head.
const WIDTH_MAX: usize = 1 << 16;
/// Tokens of a vocabulary.
pub(crate) const VOCABULARY_MAX: usize = 1 << 20;
/// Tokens of a window: what a longer one of a file is cut to.
pub const WINDOW_TOKENS_MAX: usize = 32_768;

/// A decoder's shape.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// `llama`, `qwen2` or `qwen3`.
    pub architecture: String,
    /// Layers.
    pub layers: usize,
    /// Components of a token's row.
    pub width: usize,
    /// Components of the wide row inside a layer.
    pub wide: usize,
    /// Query heads.
    pub heads: usize,
    /// Key and value heads; the query heads are a multiple of them.
    pub key_heads: usize,
    /// Components of a head, even.
    pub head: usize,
    /// Tokens that the model knows.
    pub vocabulary: usize,
    /// Tokens that it can see at once.
    pub window: usize,
    /// Base of the rotations' angles.
    pub rotation_base: f32,
    /// Which components rotate together.
    pub rotation: Rotation,
    /// Added to the mean square in a norm.
    pub epsilon: f32,
}

impl Config {
    /// From a GGUF file's metadata.
    ///
    /// # Errors
    /// The architecture is unknown, a value is missing or out of bounds, or the file
    /// asks for something that is not done here: experts, scaled rotations.
    pub fn from_gguf(file: &Gguf<'_>) -> Result<Self, SlmError> {
        let architecture = file.text("general.architecture")?.to_string();
        let rotation = match architecture.as_str() {
            "llama" => Rotation::Neighbours,
            "qwen2" | "qwen3" => Rotation::Halves,
            other => {
                let what = format!("{other} is not run; llama, qwen2 and qwen3 are");
                return Err(SlmError::file("general.architecture", what));
            }
        };
        let name = |end: &str| format!("{architecture}.{end}");
        let count = |end: &str, most| {
            file.count(&name(end), most)?.filter(|&found| found > 0).ok_or_else(|| {
                SlmError::file(name(end), "it is missing or 0, a number of at least 1 is needed")
            })
        };
        refuse_what_is_not_done(file, &architecture)?;
        let width = count("embedding_length", WIDTH_MAX)?;
        let heads = count("attention.head_count", WIDTH_MAX)?;
        let key_heads =
            file.count(&name("attention.head_count_kv"), WIDTH_MAX)?.unwrap_or(heads).max(1);
        let head = match file.count(&name("attention.key_length"), WIDTH_MAX)? {
            Some(head) => head,
            None => width / heads,
        };
        let epsilon = file.float(&name("attention.layer_norm_rms_epsilon"))?;
        let config = Self {
            layers: count("block_count", LAYERS_MAX)?,
            width,
            wide: count("feed_forward_length", WIDTH_MAX)?,
            heads,
            key_heads,
            head,
            vocabulary: file.tensor_rows("token_embd.weight")?,
            window: count("context_length", usize::MAX)?.min(WINDOW_TOKENS_MAX),
            rotation_base: file.float(&name("rope.freq_base"))?.unwrap_or(10_000.0),
            rotation,
            epsilon: epsilon.unwrap_or(1e-5),
            architecture: architecture.clone(),
        };
        let value_length = file.count(&name("attention.value_length"), WIDTH_MAX)?;
        let rotated = file.count(&name("rope.dimension_count"), WIDTH_MAX)?;
        for (end, found) in
            [("attention.value_length", value_length), ("rope.dimension_count", rotated)]
        {
            if found.is_some_and(|found| found != head) {
                let what = format!("only heads of one size are run, and theirs is {head}");
                return Err(SlmError::file(name(end), what));
            }
        }
        config.check()?;
        Ok(config)
    }

    /// Whether the numbers go together.
    pub(crate) fn check(&self) -> Result<(), SlmError> {
        let at = "the model's shape";
        let wrong = |what: String| Err(SlmError::file(at, what));
        if self.head < 2 || !self.head.is_multiple_of(2) {
            return wrong(format!("heads of {} components; an even number is needed", self.head));
        }
        if self.key_heads == 0 || !self.heads.is_multiple_of(self.key_heads) {
            return wrong(format!("{} heads over {} key heads", self.heads, self.key_heads));
        }
        let largest = [self.width, self.wide, self.heads.saturating_mul(self.head)];
        if largest.into_iter().any(|n| n == 0 || n > WIDTH_MAX) {
            return wrong(format!("rows of {largest:?} components; 1 to {WIDTH_MAX} are run"));
        }
        if self.vocabulary == 0 || self.vocabulary > VOCABULARY_MAX {
            return wrong(format!("{} tokens; 1 to {VOCABULARY_MAX} are run", self.vocabulary));
        }
        if self.window < 2 || self.layers == 0 {
            return wrong(format!("{} layers, a window of {}", self.layers, self.window));
        }
        if self.rotation_base <= 0.0 || self.epsilon <= 0.0 {
            return wrong(format!("base {}, epsilon {}", self.rotation_base, self.epsilon));
        }
        Ok(())
    }

    /// Shape of its attention.
    pub(super) fn attention(&self) -> Heads {
        Heads { queries: self.heads, keys: self.key_heads, size: self.head }
    }

    /// Components of a row of keys, and of values.
    pub(crate) fn key_row(&self) -> usize {
        self.key_heads * self.head
    }
}

/// Refuses aloud what would otherwise give wrong text silently.
fn refuse_what_is_not_done(file: &Gguf<'_>, architecture: &str) -> Result<(), SlmError> {
    let scaling = format!("{architecture}.rope.scaling.type");
    match file.value(&scaling) {
        None => {}
        Some(Value::Text(kind)) if kind == "none" => {}
        Some(kind) => {
            let what = format!("{kind:?}: scaled rotations are not run; use a model without");
            return Err(SlmError::file(scaling, what));
        }
    }
    if file.has_tensor("rope_freqs.weight") {
        let what = "scaled rotations are not run; use a model without";
        return Err(SlmError::file("rope_freqs.weight", what));
    }
    let experts = format!("{architecture}.expert_count");
    if file.count(&experts, WIDTH_MAX)?.is_some_and(|experts| experts > 0) {
        return Err(SlmError::file(experts, "models of experts are not run; use a dense one"));
    }
    Ok(())
}

//! One small trait over the network runtimes.
//!
//! A model is an ONNX file (opset 17) whose streaming state goes in and comes
//! out as explicit tensors, so that one loaded [`Network`] serves every call.
//! This crate knows tensors and nothing of what they mean: no audio, no text,
//! no batching across calls (dynamic int8 quantisation is not batch-invariant).
//!
//! There are two engines behind the trait. [`rten`](https://github.com/robertknight/rten)
//! is compiled in and needs nothing. [ONNX Runtime](https://onnxruntime.ai) takes
//! over where its library is found (feature `onnxruntime`); [`runtime`] tells
//! which it is. Both must agree on our networks (`tests/engines.rs`).
//!
//! Each run uses one thread. A program that runs many calls starts its threads
//! with [`on_worker`], which saves a thread switch on every run.

mod describe;
mod engine;
mod onnx;
#[cfg(feature = "onnxruntime")]
mod onnxruntime;
mod tensor;

use std::sync::Arc;

pub use describe::{Element, ModelInfo, Port, describe, made_by};
pub use engine::{Engine, Runtime, runtime};
pub use onnx::on_worker;
pub use tensor::Tensor;

/// A loaded network. Immutable: state travels through its tensors.
pub trait Network: Send + Sync {
    /// Computes the outputs named at [`load`] from the inputs named there, in
    /// the same order.
    ///
    /// # Errors
    /// When the number, type or shape of the inputs is not the model's.
    fn run(&self, inputs: Vec<Tensor>) -> Result<Vec<Tensor>, NnError>;
}

/// Why a network could not be loaded or run.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{at}: {kind}")]
pub struct NnError {
    /// What went wrong.
    pub kind: NnErrorKind,
    /// Where: the input, output or step concerned.
    pub at: String,
}

/// The kinds of [`NnError`].
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum NnErrorKind {
    /// The bytes are not an ONNX model that the runtime understands.
    #[error("not a usable ONNX model ({0})")]
    Load(String),
    /// The model has no input or output of that name.
    #[error("the model has no such input or output")]
    NoSuchNode,
    /// The caller gave another number of inputs than at load.
    #[error("expected {expected} inputs, got {got}")]
    InputCount {
        /// Inputs named at load.
        expected: usize,
        /// Inputs given to run.
        got: usize,
    },
    /// A tensor's length is not the product of its shape, or its element type
    /// is not the one asked for.
    #[error("{0}")]
    Tensor(String),
    /// The runtime failed, for instance on a shape that does not fit.
    #[error("the network failed ({0})")]
    Run(String),
    /// The engine asked for is not there.
    #[error("the engine is not available ({0})")]
    NoEngine(String),
}

impl NnError {
    pub(crate) fn new(kind: NnErrorKind, at: impl Into<String>) -> Self {
        Self { kind, at: at.into() }
    }
}

/// Loads an ONNX model into the engine of [`runtime`] and fixes the order of
/// its inputs and outputs.
///
/// ONNX `int64` inputs are given as [`Tensor::I32`].
///
/// # Errors
/// When the bytes are no model, or a name is not in it.
pub fn load(model: &[u8], inputs: &[&str], outputs: &[&str]) -> Result<Arc<dyn Network>, NnError> {
    load_on(runtime().engine, model, inputs, outputs)
}

/// As [`load`], on this engine.
///
/// # Errors
/// As [`load`]; and when the engine is not available.
pub fn load_on(
    engine: Engine,
    model: &[u8],
    inputs: &[&str],
    outputs: &[&str],
) -> Result<Arc<dyn Network>, NnError> {
    match engine {
        Engine::Rten => Ok(Arc::new(onnx::OnnxNetwork::load(model, inputs, outputs)?)),
        #[cfg(feature = "onnxruntime")]
        Engine::OnnxRuntime => Ok(Arc::new(onnxruntime::OrtNetwork::load(model, inputs, outputs)?)),
        #[cfg(not(feature = "onnxruntime"))]
        Engine::OnnxRuntime => {
            let why = "this program was built without the feature `onnxruntime`".to_string();
            Err(NnError::new(NnErrorKind::NoEngine(why), "model"))
        }
    }
}

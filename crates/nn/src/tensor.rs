//! Dense row-major tensors, the only thing that crosses a network's border.

use crate::{NnError, NnErrorKind};

/// A dense row-major tensor.
#[derive(Debug, Clone, PartialEq)]
pub enum Tensor {
    /// 32-bit floats.
    F32 {
        /// Length of each axis.
        shape: Vec<usize>,
        /// Elements, last axis fastest.
        data: Vec<f32>,
    },
    /// 32-bit integers (ONNX `int32` or `int64`).
    I32 {
        /// Length of each axis.
        shape: Vec<usize>,
        /// Elements, last axis fastest.
        data: Vec<i32>,
    },
}

impl Tensor {
    /// A float tensor. A length that does not fit the shape is reported by the
    /// run that uses it.
    pub fn f32(shape: &[usize], data: Vec<f32>) -> Self {
        Self::F32 { shape: shape.to_vec(), data }
    }

    /// An integer tensor; see [`Tensor::f32`].
    pub fn i32(shape: &[usize], data: Vec<i32>) -> Self {
        Self::I32 { shape: shape.to_vec(), data }
    }

    /// A float tensor of zeros, the usual first streaming state.
    pub fn zeros(shape: &[usize]) -> Self {
        Self::f32(shape, vec![0.0; shape.iter().product()])
    }

    /// Length of each axis.
    pub fn shape(&self) -> &[usize] {
        match self {
            Self::F32 { shape, .. } | Self::I32 { shape, .. } => shape,
        }
    }

    /// Number of elements held, whatever the shape says.
    pub fn len(&self) -> usize {
        match self {
            Self::F32 { data, .. } => data.len(),
            Self::I32 { data, .. } => data.len(),
        }
    }

    /// Whether the tensor holds no element.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The float elements.
    ///
    /// # Errors
    /// When the tensor holds integers.
    pub fn as_f32(&self) -> Result<&[f32], NnError> {
        match self {
            Self::F32 { data, .. } => Ok(data),
            Self::I32 { .. } => Err(wrong_type()),
        }
    }

    /// The float elements, without a copy.
    ///
    /// # Errors
    /// When the tensor holds integers.
    pub fn into_f32(self) -> Result<Vec<f32>, NnError> {
        match self {
            Self::F32 { data, .. } => Ok(data),
            Self::I32 { .. } => Err(wrong_type()),
        }
    }
}

fn wrong_type() -> NnError {
    let what = "expected float elements, found integers".to_string();
    NnError::new(NnErrorKind::Tensor(what), "tensor")
}

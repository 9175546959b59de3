//! GGUF files for tests, written in memory.

use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{Device, Tensor};

/// A named value.
#[derive(Clone)]
pub(crate) enum Item {
    Whole(u32),
    Float(f32),
    Text(String),
    Texts(Vec<String>),
    Wholes(Vec<i32>),
    Floats(Vec<f32>),
}

/// A file in the making.
#[derive(Clone, Default)]
pub(crate) struct File {
    values: Vec<(String, Item)>,
    tensors: Vec<(String, Vec<usize>, u32, Vec<u8>)>,
}

impl File {
    /// Sets a value.
    pub(crate) fn value(&mut self, name: &str, item: Item) {
        self.remove(name);
        self.values.push((name.into(), item));
    }

    /// Takes a value or a tensor away.
    pub(crate) fn remove(&mut self, name: &str) {
        self.values.retain(|(it, _)| it != name);
        self.tensors.retain(|(it, ..)| it != name);
    }

    /// Adds a tensor in a format, its slowest axis first.
    pub(crate) fn tensor(&mut self, name: &str, shape: &[usize], kind: GgmlDType, values: &[f32]) {
        let tensor = Tensor::from_slice(values, shape, &Device::Cpu).unwrap();
        let bytes = QTensor::quantize(&tensor, kind).unwrap().data().unwrap().into_owned();
        let number = match kind {
            GgmlDType::F32 => 0,
            GgmlDType::F16 => 1,
            GgmlDType::Q4_0 => 2,
            GgmlDType::Q5_0 => 6,
            GgmlDType::Q8_0 => 8,
            other => panic!("{other:?} has no number here"),
        };
        let axes = shape.iter().rev().copied().collect();
        self.tensors.push((name.into(), axes, number, bytes));
    }

    /// The file.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut out = b"GGUF\x03\0\0\0".to_vec();
        out.extend((self.tensors.len() as u64).to_le_bytes());
        out.extend((self.values.len() as u64).to_le_bytes());
        for (name, item) in &self.values {
            text(&mut out, name);
            item.write(&mut out);
        }
        let mut offset = 0_u64;
        for (name, axes, kind, bytes) in &self.tensors {
            text(&mut out, name);
            out.extend((axes.len() as u32).to_le_bytes());
            axes.iter().for_each(|&axis| out.extend((axis as u64).to_le_bytes()));
            out.extend(kind.to_le_bytes());
            out.extend(offset.to_le_bytes());
            offset += (bytes.len() as u64).next_multiple_of(32);
        }
        for (.., bytes) in &self.tensors {
            out.resize(out.len().next_multiple_of(32), 0);
            out.extend(bytes);
        }
        out
    }
}

impl Item {
    fn write(&self, out: &mut Vec<u8>) {
        let mut head = |kind: u32, list: Option<usize>| {
            if let Some(length) = list {
                out.extend(9_u32.to_le_bytes());
                out.extend(kind.to_le_bytes());
                out.extend((length as u64).to_le_bytes());
            } else {
                out.extend(kind.to_le_bytes());
            }
        };
        match self {
            Self::Whole(number) => {
                head(4, None);
                out.extend(number.to_le_bytes());
            }
            Self::Float(number) => {
                head(6, None);
                out.extend(number.to_le_bytes());
            }
            Self::Text(it) => {
                head(8, None);
                text(out, it);
            }
            Self::Texts(list) => {
                head(8, Some(list.len()));
                list.iter().for_each(|it| text(out, it));
            }
            Self::Wholes(list) => {
                head(5, Some(list.len()));
                list.iter().for_each(|it| out.extend(it.to_le_bytes()));
            }
            Self::Floats(list) => {
                head(6, Some(list.len()));
                list.iter().for_each(|it| out.extend(it.to_le_bytes()));
            }
        }
    }
}

fn text(out: &mut Vec<u8>, text: &str) {
    out.extend((text.len() as u64).to_le_bytes());
    out.extend(text.as_bytes());
}

//! What an ONNX file says of itself, without running it.
//!
//! A small reader of the few protobuf fields that matter here: inputs, outputs and the metadata
//! that exporters attach. It knows no weights and no operators, and it believes no length that the
//! file does not fill.
//!
//! Layout: <https://github.com/onnx/onnx/blob/main/onnx/onnx.proto>.

use std::collections::{BTreeMap, HashSet};

use crate::{NnError, NnErrorKind};

/// Most inputs, outputs or metadata entries that are read.
const ENTRIES_MAX: usize = 10_000;
/// Longest name or metadata value that is read, bytes.
const TEXT_BYTES_MAX: usize = 1 << 20;
/// Most axes of a tensor.
const AXES_MAX: usize = 16;

/// Type of a tensor's elements, as far as networks here use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Element {
    /// 32-bit floats.
    F32,
    /// 32-bit integers.
    I32,
    /// 64-bit integers; given as [`crate::Tensor::I32`].
    I64,
    /// Any other, by ONNX's number (10 is float16).
    Other(u64),
}

/// An input or output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// Its name.
    pub name: String,
    /// Type of its elements.
    pub element: Element,
    /// Length of each axis; `None` where the file leaves it open.
    pub shape: Vec<Option<usize>>,
}

/// What [`describe`] found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ModelInfo {
    /// Entries that the exporter attached (`metadata_props`).
    pub metadata: BTreeMap<String, String>,
    /// Inputs in the file's order, without those that are weights.
    pub inputs: Vec<Port>,
    /// Outputs in the file's order.
    pub outputs: Vec<Port>,
}

/// Reads inputs, outputs and metadata of an ONNX file.
///
/// # Errors
/// When the bytes are no ONNX model.
pub fn describe(model: &[u8]) -> Result<ModelInfo, NnError> {
    let fail = |why: &str| NnError::new(NnErrorKind::Load(why.to_string()), "model");
    let info = read_model(model).ok_or_else(|| fail("it does not read as protobuf"))?;
    if info.outputs.is_empty() {
        return Err(fail("it has no graph with outputs"));
    }
    Ok(info)
}

/// Names of the values that nodes of this operator make, in the file's order.
///
/// # Errors
/// When the bytes are no ONNX model.
pub fn made_by(model: &[u8], operator: &str) -> Result<Vec<String>, NnError> {
    read_made_by(model, operator).ok_or_else(|| {
        let why = "it does not read as protobuf".to_string();
        NnError::new(NnErrorKind::Load(why), "model")
    })
}

fn read_made_by(model: &[u8], operator: &str) -> Option<Vec<String>> {
    let mut made = Vec::new();
    let mut fields = Fields(model);
    while let Some((number, field)) = fields.next()? {
        let (7, Field::Bytes(graph)) = (number, field) else { continue };
        let mut fields = Fields(graph);
        while let Some((number, field)) = fields.next()? {
            let (1, Field::Bytes(node)) = (number, field) else { continue };
            if read_name(node, 4)? == operator {
                made.push(read_name(node, 2)?);
            }
            if made.len() > ENTRIES_MAX {
                return None;
            }
        }
    }
    Some(made)
}

/// One protobuf field.
enum Field<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    /// A fixed-width number, which nothing here uses.
    Fixed,
}

/// Reads protobuf fields one after another. `None` once the bytes make no sense.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn varint(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.0.split_first()?;
            self.0 = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    /// The next field's number and value; `Some(None)` at the end.
    #[allow(clippy::option_option)]
    fn next(&mut self) -> Option<Option<(u64, Field<'a>)>> {
        if self.0.is_empty() {
            return Some(None);
        }
        let key = self.varint()?;
        let value = match key & 7 {
            0 => Field::Number(self.varint()?),
            1 => self.take(8).map(|_| Field::Fixed)?,
            2 => {
                let length = usize::try_from(self.varint()?).ok()?;
                Field::Bytes(self.take(length)?)
            }
            5 => self.take(4).map(|_| Field::Fixed)?,
            _ => return None,
        };
        Some(Some((key >> 3, value)))
    }
}

fn text(bytes: &[u8]) -> Option<String> {
    if bytes.len() > TEXT_BYTES_MAX {
        return None;
    }
    std::str::from_utf8(bytes).ok().map(str::to_string)
}

fn read_model(bytes: &[u8]) -> Option<ModelInfo> {
    let mut info = ModelInfo::default();
    let mut fields = Fields(bytes);
    while let Some((number, field)) = fields.next()? {
        match (number, field) {
            (7, Field::Bytes(graph)) => read_graph(graph, &mut info)?,
            (14, Field::Bytes(entry)) => {
                let (key, value) = read_entry(entry)?;
                info.metadata.insert(key, value);
                if info.metadata.len() > ENTRIES_MAX {
                    return None;
                }
            }
            _ => {}
        }
    }
    Some(info)
}

fn read_entry(bytes: &[u8]) -> Option<(String, String)> {
    let (mut key, mut value) = (String::new(), String::new());
    let mut fields = Fields(bytes);
    while let Some((number, field)) = fields.next()? {
        match (number, field) {
            (1, Field::Bytes(bytes)) => key = text(bytes)?,
            (2, Field::Bytes(bytes)) => value = text(bytes)?,
            _ => {}
        }
    }
    Some((key, value))
}

fn read_graph(bytes: &[u8], info: &mut ModelInfo) -> Option<()> {
    // Old exporters list every weight among the inputs too.
    let mut weights = HashSet::new();
    let mut fields = Fields(bytes);
    while let Some((number, field)) = fields.next()? {
        match (number, field) {
            (5, Field::Bytes(weight)) => {
                weights.insert(read_name(weight, 8)?);
            }
            (11, Field::Bytes(port)) => info.inputs.push(read_port(port)?),
            (12, Field::Bytes(port)) => info.outputs.push(read_port(port)?),
            _ => {}
        }
        if info.inputs.len() > ENTRIES_MAX || info.outputs.len() > ENTRIES_MAX {
            return None;
        }
    }
    info.inputs.retain(|port| !weights.contains(&port.name));
    Some(())
}

/// The text of field `wanted`.
fn read_name(bytes: &[u8], wanted: u64) -> Option<String> {
    let mut fields = Fields(bytes);
    let mut name = String::new();
    while let Some((number, field)) = fields.next()? {
        if let (true, Field::Bytes(bytes)) = (number == wanted, field) {
            name = text(bytes)?;
        }
    }
    Some(name)
}

fn read_port(bytes: &[u8]) -> Option<Port> {
    let mut port = Port { name: read_name(bytes, 1)?, element: Element::Other(0), shape: vec![] };
    let mut fields = Fields(bytes);
    while let Some((number, field)) = fields.next()? {
        let (2, Field::Bytes(of_type)) = (number, field) else { continue };
        let mut fields = Fields(of_type);
        while let Some((number, field)) = fields.next()? {
            if let (1, Field::Bytes(tensor)) = (number, field) {
                read_tensor_type(tensor, &mut port)?;
            }
        }
    }
    Some(port)
}

fn read_tensor_type(bytes: &[u8], port: &mut Port) -> Option<()> {
    let mut fields = Fields(bytes);
    while let Some((number, field)) = fields.next()? {
        match (number, field) {
            (1, Field::Number(element)) => {
                port.element = match element {
                    1 => Element::F32,
                    6 => Element::I32,
                    7 => Element::I64,
                    other => Element::Other(other),
                };
            }
            (2, Field::Bytes(shape)) => read_shape(shape, port)?,
            _ => {}
        }
    }
    Some(())
}

fn read_shape(bytes: &[u8], port: &mut Port) -> Option<()> {
    let mut fields = Fields(bytes);
    while let Some((number, field)) = fields.next()? {
        let (1, Field::Bytes(axis)) = (number, field) else { continue };
        let mut length = None;
        let mut fields = Fields(axis);
        while let Some((number, field)) = fields.next()? {
            if let (1, Field::Number(value)) = (number, field) {
                // Some exporters write -1 for an open axis.
                length = i64::try_from(value).ok().and_then(|value| usize::try_from(value).ok());
            }
        }
        port.shape.push(length);
        if port.shape.len() > AXES_MAX {
            return None;
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODEL: &[u8] = include_bytes!("../tests/golden/tiny.onnx");

    #[test]
    fn tells_names_types_and_shapes() {
        let info = describe(MODEL).unwrap();
        let inputs: Vec<_> = info.inputs.iter().map(|p| (p.name.as_str(), p.element)).collect();
        assert_eq!(inputs, [("x", Element::F32), ("state", Element::F32), ("ids", Element::I64)]);
        assert_eq!(info.inputs[0].shape, [Some(2), Some(4)]);
        assert_eq!(info.outputs[1].name, "state_next");
    }

    #[test]
    fn finds_what_an_operator_makes() {
        assert_eq!(made_by(MODEL, "Nothing").unwrap(), Vec::<String>::new());
        let outputs = describe(MODEL).unwrap().outputs;
        let made: Vec<String> =
            ["Add", "Tanh", "Relu", "MatMul", "Mul", "Gather", "Concat", "Identity"]
                .iter()
                .flat_map(|operator| made_by(MODEL, operator).unwrap())
                .collect();
        assert!(outputs.iter().any(|port| made.contains(&port.name)), "{made:?}");
    }

    #[test]
    fn a_damaged_file_is_an_error_wherever_it_ends() {
        for end in 0..MODEL.len() {
            let _ = describe(&MODEL[..end]);
            let _ = made_by(&MODEL[..end], "MatMul");
        }
        assert!(describe(b"").is_err());
        assert!(describe(b"not a model at all").is_err());
        // A field that claims more bytes than the file has.
        assert!(describe(&[0x3a, 0xff, 0xff, 0xff, 0xff, 0x7f, 0]).is_err());
        for position in 0..MODEL.len() {
            let mut damaged = MODEL.to_vec();
            damaged[position] ^= 0xff;
            let _ = describe(&damaged);
        }
    }
}

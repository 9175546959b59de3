//! Reads GGUF files: numbers, texts and tensors by name.
//!
//! A reader of our own, after the format's description
//! (github.com/ggml-org/ggml, docs/gguf.md, versions 2 and 3, little-endian):
//! every length is checked against what is left of the file before memory is
//! asked for, and whatever is wrong is one error that names its place. It knows
//! nothing of models.

use std::collections::HashMap;

use candle_core::quantized::GgmlDType;

use super::SlmError;
use super::matrix::{Matrix, floats};

const MAGIC: &[u8] = b"GGUF";
/// Tensors in one file.
const TENSORS_MAX: u64 = 1 << 16;
/// Named values in one file.
const VALUES_MAX: u64 = 1 << 16;
/// Elements of one list: the largest vocabularies have 256 k tokens.
const LIST_MAX: u64 = 1 << 21;
/// Bytes of one text: chat templates are the longest.
const TEXT_BYTES_MAX: u64 = 1 << 22;
/// Axes of a tensor.
const AXES_MAX: u32 = 4;
/// Where tensors begin, unless the file says otherwise.
const ALIGNMENT: u64 = 32;

/// A named value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Any whole number.
    Whole(i64),
    /// Any float.
    Float(f64),
    /// Yes or no.
    Truth(bool),
    /// A text, invalid bytes replaced.
    Text(String),
    /// A list of whole numbers or truths.
    Wholes(Vec<i64>),
    /// A list of floats.
    Floats(Vec<f32>),
    /// A list of texts as bytes.
    Texts(Vec<Vec<u8>>),
}

/// Where a tensor lies.
#[derive(Debug, Clone)]
struct Place {
    kind: GgmlDType,
    /// Fastest axis first.
    axes: Vec<usize>,
    begin: usize,
    end: usize,
}

/// A file in memory, its directory read and checked.
#[derive(Debug)]
pub struct Gguf<'a> {
    bytes: &'a [u8],
    values: HashMap<String, Value>,
    tensors: HashMap<String, Place>,
}

impl<'a> Gguf<'a> {
    /// Reads the directory of a file.
    ///
    /// # Errors
    /// It is no GGUF file, it is truncated, or something in it is out of bounds.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, SlmError> {
        let mut reader = Reader { bytes, at: 0 };
        if reader.take(4, "the head").ok() != Some(MAGIC) {
            return Err(SlmError::file("the head", "it does not begin with GGUF"));
        }
        let version = reader.u32("the version")?;
        if !(2..=3).contains(&version) {
            let what = format!("version {version} is not read; convert it to version 3");
            return Err(SlmError::file("the head", what));
        }
        let tensor_count = reader.count("number of tensors", TENSORS_MAX)?;
        let value_count = reader.count("number of values", VALUES_MAX)?;
        let mut values = HashMap::new();
        for _ in 0..value_count {
            let name = reader.text("a value's name")?;
            let kind = reader.u32(&name)?;
            let value = reader.value(kind, &name)?;
            values.insert(name, value);
        }
        let mut heads = Vec::new();
        for _ in 0..tensor_count {
            heads.push(reader.tensor_head()?);
        }
        let alignment = match values.get("general.alignment") {
            None => ALIGNMENT,
            Some(Value::Whole(n @ 1..=65_536)) => n.cast_unsigned(),
            Some(other) => {
                let what = format!("{other:?} is no alignment");
                return Err(SlmError::file("general.alignment", what));
            }
        };
        let begin = (reader.at as u64).next_multiple_of(alignment);
        let mut tensors = HashMap::new();
        for head in heads {
            let (name, place) = head.place(begin, bytes.len())?;
            tensors.insert(name, place);
        }
        Ok(Self { bytes, values, tensors })
    }

    /// A value, if the file has it.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }

    /// A text that must be there.
    ///
    /// # Errors
    /// It is missing or no text.
    pub fn text(&self, name: &str) -> Result<&str, SlmError> {
        match self.value(name) {
            Some(Value::Text(text)) => Ok(text),
            other => Err(wrong(name, "a text", other)),
        }
    }

    /// A whole number, if it is there.
    ///
    /// # Errors
    /// It is no whole number or outside of 0 to `most`.
    pub fn count(&self, name: &str, most: usize) -> Result<Option<usize>, SlmError> {
        let found = match self.value(name) {
            None => return Ok(None),
            Some(Value::Whole(number)) => usize::try_from(*number).ok().filter(|&n| n <= most),
            Some(_) => None,
        };
        let wanted = format!("a whole number up to {most}");
        found.map(Some).ok_or_else(|| wrong(name, &wanted, self.value(name)))
    }

    /// A float, if it is there.
    ///
    /// # Errors
    /// It is no finite number.
    pub fn float(&self, name: &str) -> Result<Option<f32>, SlmError> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::Float(number)) if number.is_finite() => Ok(Some(*number as f32)),
            other => Err(wrong(name, "a finite number", other)),
        }
    }

    /// Whether there is a tensor of this name.
    pub fn has_tensor(&self, name: &str) -> bool {
        self.tensors.contains_key(name)
    }

    /// Rows of a matrix that must be there: the slower axis of two.
    ///
    /// # Errors
    /// It is missing or has not two axes.
    pub fn tensor_rows(&self, name: &str) -> Result<usize, SlmError> {
        let place = self.place(name)?;
        match place.axes[..] {
            [_, rows] => Ok(rows),
            _ => Err(SlmError::file(name, format!("{} axes instead of two", place.axes.len()))),
        }
    }

    /// A matrix that must be there in this shape.
    pub(crate) fn matrix(
        &self,
        name: &str,
        (rows, columns): (usize, usize),
    ) -> Result<Matrix, SlmError> {
        let place = self.place(name)?;
        if place.axes != [columns, rows] {
            let what = format!("shape {:?} instead of [{columns}, {rows}]", place.axes);
            return Err(SlmError::file(name, what));
        }
        let bytes = &self.bytes[place.begin..place.end];
        Matrix::from_bytes((rows, columns), place.kind, bytes)
            .map_err(|what| SlmError::file(name, what))
    }

    /// A vector of floats that must be there in this length.
    pub(crate) fn vector(&self, name: &str, length: usize) -> Result<Vec<f32>, SlmError> {
        let place = self.place(name)?;
        if place.axes != [length] {
            let what = format!("shape {:?} instead of [{length}]", place.axes);
            return Err(SlmError::file(name, what));
        }
        if place.kind.block_size() != 1 {
            return Err(SlmError::file(name, format!("{:?} instead of floats", place.kind)));
        }
        let values = floats(place.kind, &self.bytes[place.begin..place.end]);
        if values.iter().all(|value| value.is_finite()) {
            Ok(values)
        } else {
            Err(SlmError::file(name, "a value is not finite"))
        }
    }

    fn place(&self, name: &str) -> Result<&Place, SlmError> {
        let missing = || SlmError::file(name, "this tensor is missing");
        self.tensors.get(name).ok_or_else(missing)
    }
}

fn wrong(name: &str, wanted: &str, found: Option<&Value>) -> SlmError {
    let found = match found {
        None => "it is missing".to_string(),
        Some(Value::Whole(number)) => format!("it is {number}"),
        Some(Value::Float(number)) => format!("it is {number}"),
        Some(_) => "it is something else".to_string(),
    };
    SlmError::file(name, format!("{found}, {wanted} is needed"))
}

/// A tensor's entry in the directory.
struct Head {
    name: String,
    kind: GgmlDType,
    axes: Vec<u64>,
    offset: u64,
}

impl Head {
    /// Where its bytes are, if they are in the file.
    fn place(self, data: u64, length: usize) -> Result<(String, Place), SlmError> {
        let block = self.kind.block_size() as u64;
        let elements = self.axes.iter().try_fold(1_u64, |product, &axis| product.checked_mul(axis));
        let bytes = elements
            .filter(|elements| elements.is_multiple_of(block))
            .and_then(|elements| (elements / block).checked_mul(self.kind.type_size() as u64));
        let begin = data.checked_add(self.offset);
        let end = begin.zip(bytes).and_then(|(begin, bytes)| begin.checked_add(bytes));
        match begin.zip(end) {
            // What ends within the file fits the machine's lengths, its axes too.
            Some((begin, end)) if end <= length as u64 => {
                let axes = self.axes.iter().map(|&axis| axis as usize).collect();
                let (begin, end) = (begin as usize, end as usize);
                Ok((self.name, Place { kind: self.kind, axes, begin, end }))
            }
            _ => {
                let what = format!("its bytes do not lie within the file's {length}");
                Err(SlmError::file(self.name, what + "; the file is truncated or broken"))
            }
        }
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize, what: &str) -> Result<&'a [u8], SlmError> {
        let rest = &self.bytes[self.at..];
        let Some(found) = rest.get(..length) else {
            let what = format!("the file ends within {what}; it is truncated");
            return Err(SlmError::file(format!("byte {}", self.at), what));
        };
        self.at += length;
        Ok(found)
    }

    fn array<const N: usize>(&mut self, what: &str) -> Result<[u8; N], SlmError> {
        let mut bytes = [0; N];
        bytes.copy_from_slice(self.take(N, what)?);
        Ok(bytes)
    }

    fn u32(&mut self, what: &str) -> Result<u32, SlmError> {
        Ok(u32::from_le_bytes(self.array(what)?))
    }

    fn u64(&mut self, what: &str) -> Result<u64, SlmError> {
        Ok(u64::from_le_bytes(self.array(what)?))
    }

    fn count(&mut self, what: &str, most: u64) -> Result<usize, SlmError> {
        let count = self.u64(what)?;
        // Whatever is counted takes a byte at least.
        let left = (self.bytes.len() - self.at) as u64;
        if count > most.min(left) {
            let what = format!("{count} as {what}; at most {most} and what the file holds is read");
            return Err(SlmError::file(format!("byte {}", self.at), what));
        }
        Ok(count as usize)
    }

    fn text_bytes(&mut self, what: &str) -> Result<&'a [u8], SlmError> {
        let length = self.count(what, TEXT_BYTES_MAX)?;
        self.take(length, what)
    }

    fn text(&mut self, what: &str) -> Result<String, SlmError> {
        Ok(String::from_utf8_lossy(self.text_bytes(what)?).into_owned())
    }

    /// A whole number of a kind, or none if the kind is another.
    fn whole(&mut self, kind: u32, what: &str) -> Result<Option<i64>, SlmError> {
        Ok(Some(match kind {
            0 => i64::from(u8::from_le_bytes(self.array(what)?)),
            1 => i64::from(i8::from_le_bytes(self.array(what)?)),
            2 => i64::from(u16::from_le_bytes(self.array(what)?)),
            3 => i64::from(i16::from_le_bytes(self.array(what)?)),
            4 => i64::from(u32::from_le_bytes(self.array(what)?)),
            5 => i64::from(i32::from_le_bytes(self.array(what)?)),
            // Numbers beyond are no count of anything; the largest stands for them.
            10 => i64::try_from(self.u64(what)?).unwrap_or(i64::MAX),
            11 => i64::from_le_bytes(self.array(what)?),
            _ => return Ok(None),
        }))
    }

    fn value(&mut self, kind: u32, what: &str) -> Result<Value, SlmError> {
        if let Some(whole) = self.whole(kind, what)? {
            return Ok(Value::Whole(whole));
        }
        Ok(match kind {
            6 => Value::Float(f64::from(f32::from_le_bytes(self.array(what)?))),
            7 => Value::Truth(self.array::<1>(what)?[0] != 0),
            8 => Value::Text(self.text(what)?),
            9 => self.list(what)?,
            12 => Value::Float(f64::from_le_bytes(self.array(what)?)),
            _ => return Err(SlmError::file(what, format!("its kind {kind} is unknown"))),
        })
    }

    fn list(&mut self, what: &str) -> Result<Value, SlmError> {
        let kind = self.u32(what)?;
        let count = self.count(what, LIST_MAX)?;
        match kind {
            6 => (0..count)
                .map(|_| Ok(f32::from_le_bytes(self.array(what)?)))
                .collect::<Result<_, _>>()
                .map(Value::Floats),
            7 => (0..count)
                .map(|_| Ok(i64::from(self.array::<1>(what)?[0])))
                .collect::<Result<_, _>>()
                .map(Value::Wholes),
            8 => (0..count)
                .map(|_| Ok(self.text_bytes(what)?.to_vec()))
                .collect::<Result<_, _>>()
                .map(Value::Texts),
            12 => (0..count)
                .map(|_| Ok(f64::from_le_bytes(self.array(what)?) as f32))
                .collect::<Result<_, _>>()
                .map(Value::Floats),
            0..=5 | 10 | 11 => (0..count)
                .map(|_| Ok(self.whole(kind, what)?.unwrap_or_default()))
                .collect::<Result<_, _>>()
                .map(Value::Wholes),
            _ => Err(SlmError::file(what, format!("lists of kind {kind} are not read"))),
        }
    }

    fn tensor_head(&mut self) -> Result<Head, SlmError> {
        let name = self.text("a tensor's name")?;
        let axis_count = self.u32(&name)?;
        if !(1..=AXES_MAX).contains(&axis_count) {
            return Err(SlmError::file(
                name,
                format!("{axis_count} axes; 1 to {AXES_MAX} are read"),
            ));
        }
        let axes = (0..axis_count).map(|_| self.u64(&name)).collect::<Result<_, _>>()?;
        let kind = self.u32(&name)?;
        let Some(kind) = tensor_kind(kind) else {
            let what = format!("weight format {kind} is not read; use Q8_0, Q4_K or F16");
            return Err(SlmError::file(name, what));
        };
        let offset = self.u64(&name)?;
        Ok(Head { name, kind, axes, offset })
    }
}

/// GGML's numbers of weight formats.
fn tensor_kind(kind: u32) -> Option<GgmlDType> {
    Some(match kind {
        0 => GgmlDType::F32,
        1 => GgmlDType::F16,
        2 => GgmlDType::Q4_0,
        3 => GgmlDType::Q4_1,
        6 => GgmlDType::Q5_0,
        7 => GgmlDType::Q5_1,
        8 => GgmlDType::Q8_0,
        10 => GgmlDType::Q2K,
        11 => GgmlDType::Q3K,
        12 => GgmlDType::Q4K,
        13 => GgmlDType::Q5K,
        14 => GgmlDType::Q6K,
        30 => GgmlDType::BF16,
        _ => return None,
    })
}

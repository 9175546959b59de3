//! Which file of a folder is which part of a model.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::{PackError, PackErrorKind};

/// Most entries of a pack's folder.
const ENTRIES_MAX: usize = 10_000;
/// Largest network, bytes. The largest streaming encoders have some 300 MB.
pub(super) const NETWORK_BYTES_MAX: u64 = 1 << 30;
/// Largest text file, bytes.
const TEXT_BYTES_MAX: u64 = 8 << 20;

/// One file of a model.
pub(super) struct Part {
    /// What it is called in `pack.yaml` and in errors.
    pub name: &'static str,
    /// What its name looks like, for people.
    pattern: &'static str,
    /// What its name begins with.
    prefix: &'static str,
    suffix: &'static str,
    /// Whether the int8 file is taken where there are two: rounding costs little in the large
    /// networks and nothing is won in the predictor.
    small: bool,
}

pub(super) const ENCODER: Part = Part {
    name: "encoder",
    pattern: "encoder*.onnx",
    prefix: "encoder",
    suffix: ".onnx",
    small: true,
};
pub(super) const DECODER: Part = Part {
    name: "decoder",
    pattern: "decoder*.onnx",
    prefix: "decoder",
    suffix: ".onnx",
    small: false,
};
pub(super) const JOINER: Part = Part {
    name: "joiner",
    pattern: "joiner*.onnx",
    prefix: "joiner",
    suffix: ".onnx",
    small: true,
};
pub(super) const TOKENS: Part =
    Part { name: "tokens", pattern: "tokens.txt", prefix: "tokens", suffix: ".txt", small: false };
pub(super) const VAD: Part = Part {
    name: "vad",
    pattern: "silero_vad*.onnx",
    prefix: "silero_vad",
    suffix: ".onnx",
    small: false,
};

pub(super) const PIPER: Part = Part {
    name: "voice",
    pattern: "NAME.onnx and NAME.onnx.json",
    prefix: "",
    suffix: ".onnx.json",
    small: false,
};
pub(super) const VOCODER: Part = Part {
    name: "vocoder",
    pattern: "vocoder*.onnx and vocoder*.json",
    prefix: "vocoder",
    suffix: ".onnx",
    small: false,
};

/// Which of two files of the same network is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weights {
    /// Always the one without `.int8` in its name, where there is one.
    Float,
    /// Always the one with it, where there is one.
    Int8,
    /// As [`Part::small`] says.
    Usual,
}

/// The names in a folder.
pub(super) struct Folder {
    path: PathBuf,
    names: Vec<String>,
}

impl Folder {
    /// Lists the files in a folder; folders in it are not looked into.
    pub fn list(path: &Path) -> Result<Self, PackError> {
        let failed = |e: std::io::Error| PackError::new(path, PackErrorKind::Read(e.to_string()));
        let mut names = Vec::new();
        for entry in std::fs::read_dir(path).map_err(failed)? {
            // Names that are not Unicode are none of ours.
            if let Ok(name) = entry.map_err(failed)?.file_name().into_string() {
                names.push(name);
            }
            if names.len() > ENTRIES_MAX {
                let (got, max) = (names.len() as u64, ENTRIES_MAX as u64);
                let kind = PackErrorKind::TooLarge { got, unit: "files in the folder", max };
                return Err(PackError::new(path, kind));
            }
        }
        names.sort_unstable();
        Ok(Self { path: path.to_path_buf(), names })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A file of this name, if it is there.
    pub fn named(&self, name: &str) -> Option<PathBuf> {
        self.names.iter().any(|other| other == name).then(|| self.path.join(name))
    }

    /// The file that has this one's name with another last extension (or without it), of the same part.
    pub fn beside(&self, path: &Path, extension: &str, part: &Part) -> Result<PathBuf, PackError> {
        let other = path.with_extension(extension);
        let name = other.file_name().map(|name| name.to_string_lossy().into_owned());
        name.and_then(|name| self.named(&name)).ok_or_else(|| self.missing(part))
    }

    pub fn missing(&self, part: &Part) -> PackError {
        let kind = PackErrorKind::Missing { part: part.name, pattern: part.pattern };
        PackError::new(&self.path, kind)
    }

    /// The file of a part: the one that `pack.yaml` names, else the only one with such a name.
    pub fn find(
        &self,
        part: &Part,
        named: Option<&str>,
        weights: Weights,
    ) -> Result<Option<PathBuf>, PackError> {
        if let Some(name) = named {
            // Only a name in this folder: a pack cannot point elsewhere.
            return self.named(name).map(Some).ok_or_else(|| {
                let why = "pack.yaml names this file, but it is not in the folder".to_string();
                PackError::new(self.path.join(name), PackErrorKind::Read(why))
            });
        }
        let is_one = |name: &&String| name.starts_with(part.prefix) && name.ends_with(part.suffix);
        let (int8, float): (Vec<&String>, Vec<&String>) =
            self.names.iter().filter(is_one).partition(|name| name.contains(".int8."));
        let small = match weights {
            Weights::Float => false,
            Weights::Int8 => true,
            Weights::Usual => part.small,
        };
        let (first, second) = if small { (int8, float) } else { (float, int8) };
        let names = if first.is_empty() { second } else { first };
        match names.as_slice() {
            [] => Ok(None),
            [name] => Ok(Some(self.path.join(name))),
            many => {
                let shown: Vec<&str> = many.iter().take(4).map(|name| name.as_str()).collect();
                let found = shown.join(", ");
                let kind = PackErrorKind::Ambiguous { part: part.name, found };
                Err(PackError::new(&self.path, kind))
            }
        }
    }
}

/// The bytes of a file of at most `max` bytes.
pub(super) fn read(path: &Path, max: u64) -> Result<Vec<u8>, PackError> {
    let failed = |e: std::io::Error| PackError::new(path, PackErrorKind::Read(e.to_string()));
    let file = std::fs::File::open(path).map_err(failed)?;
    let length = file.metadata().map_err(failed)?.len();
    let too_large = |got| {
        let kind = PackErrorKind::TooLarge { got, unit: "bytes", max };
        Err(PackError::new(path, kind))
    };
    if length > max {
        return too_large(length);
    }
    // A file may grow, and a device has no length: the limit is kept while reading.
    let mut bytes = Vec::new();
    file.take(max + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > max {
        return too_large(bytes.len() as u64);
    }
    Ok(bytes)
}

/// The text of a small file.
pub(super) fn read_text(path: &Path) -> Result<String, PackError> {
    let bytes = read(path, TEXT_BYTES_MAX)?;
    let text = String::from_utf8(bytes).map_err(|_| {
        PackError::new(path, PackErrorKind::Read("it is not UTF-8 text".to_string()))
    })?;
    Ok(text.trim_start_matches('\u{feff}').to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(names: &[&str]) -> Folder {
        Folder {
            path: PathBuf::from("pack"),
            names: names.iter().map(|name| (*name).to_string()).collect(),
        }
    }

    fn pick(names: &[&str], part: &Part, weights: Weights) -> Option<String> {
        let found = folder(names).find(part, None, weights).expect("one");
        found.map(|path| path.file_name().expect("a name").to_string_lossy().into_owned())
    }

    #[test]
    fn the_names_of_icefall_and_sherpa_are_known() {
        let both = ["encoder-epoch-99-avg-1.int8.onnx", "encoder-epoch-99-avg-1.onnx"];
        for (names, weights, want) in [
            (&["encoder.onnx"][..], Weights::Usual, Some("encoder.onnx")),
            (&["encoder.int8.onnx"], Weights::Usual, Some("encoder.int8.onnx")),
            (&both, Weights::Usual, Some(both[0])),
            (&both, Weights::Float, Some(both[1])),
            (&both, Weights::Int8, Some(both[0])),
            (&both[..1], Weights::Float, Some(both[0])),
            (&["bpe.model", "README.md"], Weights::Usual, None),
        ] {
            assert_eq!(pick(names, &ENCODER, weights).as_deref(), want, "{names:?}");
        }
        let decoders = ["decoder-a.int8.onnx", "decoder-a.onnx"];
        assert_eq!(pick(&decoders, &DECODER, Weights::Usual).as_deref(), Some("decoder-a.onnx"));
        let vads = ["silero_vad_16k_op15.onnx"];
        assert_eq!(pick(&vads, &VAD, Weights::Usual).as_deref(), Some(vads[0]));
    }

    #[test]
    fn two_models_in_a_folder_need_a_word() {
        let folder = folder(&["encoder-epoch-20-avg-1.onnx", "encoder-epoch-99-avg-1.onnx"]);
        let error = folder.find(&ENCODER, None, Weights::Usual).expect_err("two");
        assert!(error.to_string().contains("encoder: NAME"), "{error}");
        let chosen = folder.find(&ENCODER, Some("encoder-epoch-20-avg-1.onnx"), Weights::Usual);
        assert!(chosen.is_ok_and(|path| path.is_some()));
        assert!(folder.find(&ENCODER, Some("../else.onnx"), Weights::Usual).is_err());
    }
}

//! Which engine runs the networks of this process.

use std::path::PathBuf;
use std::sync::OnceLock;

/// The version of `rten` that is compiled in; a test holds it to the manifest.
const RTEN_VERSION: &str = "0.27";

/// An engine that runs ONNX models.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Pure Rust, compiled in: always there.
    Rten,
    /// Microsoft's library, loaded when the process first needs a network.
    OnnxRuntime,
}

/// The engine of this process, chosen once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runtime {
    /// The engine that [`crate::load`] uses.
    pub engine: Engine,
    /// Its version.
    pub version: String,
    /// The library that was loaded, where there is one.
    pub library: Option<PathBuf>,
    /// Why the other engine is not used, where somebody asked for it.
    pub note: Option<String>,
}

impl Runtime {
    /// The engine's name for people.
    pub fn name(&self) -> &'static str {
        match self.engine {
            Engine::Rten => "rten",
            Engine::OnnxRuntime => "ONNX Runtime",
        }
    }

    fn rten(note: Option<String>) -> Self {
        Self { engine: Engine::Rten, version: RTEN_VERSION.to_string(), library: None, note }
    }
}

impl std::fmt::Display for Runtime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.name(), self.version)?;
        if let Some(library) = &self.library {
            write!(f, " ({})", library.display())?;
        }
        self.note.iter().try_for_each(|note| write!(f, "; {note}"))
    }
}

/// The engine of this process and its version.
///
/// ONNX Runtime is taken where its library is found: the file that the
/// environment variable `HEARSAY_ONNXRUNTIME` names (`off` asks for `rten`), else
/// the one of `ORT_DYLIB_PATH`, else a library of the usual name beside the
/// program or where the system looks for libraries. A library that is named but
/// cannot be loaded leaves `rten` and a [`Runtime::note`]. The first answer
/// holds for the life of the process.
pub fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(choose)
}

#[cfg(not(feature = "onnxruntime"))]
fn choose() -> Runtime {
    let asked = std::env::var_os("HEARSAY_ONNXRUNTIME").is_some_and(|value| value != "off");
    let note = "HEARSAY_ONNXRUNTIME is set, but this program was built without ONNX Runtime";
    Runtime::rten(asked.then(|| note.to_string()))
}

#[cfg(feature = "onnxruntime")]
fn choose() -> Runtime {
    let named = ["HEARSAY_ONNXRUNTIME", "ORT_DYLIB_PATH"].into_iter().find_map(|variable| {
        let value = std::env::var_os(variable).filter(|value| !value.is_empty())?;
        Some((variable, PathBuf::from(value)))
    });
    let (variable, candidates) = match named {
        Some(("HEARSAY_ONNXRUNTIME", path)) if path.as_os_str() == "off" => {
            return Runtime::rten(None);
        }
        Some((variable, path)) => (Some(variable), vec![path]),
        None => (None, usual_names()),
    };
    let mut why = String::new();
    for path in candidates {
        match crate::onnxruntime::open(&path) {
            Ok(version) => {
                let (engine, library) = (Engine::OnnxRuntime, Some(path));
                return Runtime { engine, version, library, note: None };
            }
            Err(error) => why = error,
        }
    }
    // A system without the library is the normal case and worth no words.
    Runtime::rten(variable.map(|variable| format!("{variable} is set, but {why}")))
}

#[cfg(feature = "onnxruntime")]
fn usual_names() -> Vec<PathBuf> {
    let names: &[&str] = if cfg!(target_os = "windows") {
        &["onnxruntime.dll"]
    } else if cfg!(target_os = "macos") {
        &["libonnxruntime.dylib"]
    } else {
        &["libonnxruntime.so", "libonnxruntime.so.1"]
    };
    names.iter().map(PathBuf::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_the_manifests() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml");
        let manifest = std::fs::read_to_string(path).unwrap();
        assert!(manifest.contains(&format!("rten = {{ version = \"{RTEN_VERSION}\"")));
    }

    #[test]
    fn a_runtime_says_what_it_is() {
        let plain = Runtime::rten(None);
        assert_eq!(plain.to_string(), "rten 0.27");
        let library = Some(PathBuf::from("libonnxruntime.so"));
        let version = "1.32.0".to_string();
        let other = Runtime { engine: Engine::OnnxRuntime, version, library, note: None };
        assert_eq!(other.to_string(), "ONNX Runtime 1.32.0 (libonnxruntime.so)");
        let note = Runtime::rten(Some("why".to_string()));
        assert_eq!(note.to_string(), "rten 0.27; why");
    }
}

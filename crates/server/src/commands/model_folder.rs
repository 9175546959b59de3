//! Models from files instead of the built-in ones.

use std::path::Path;
use std::sync::Arc;

use hearsay_engine::Models;
use hearsay_language::responder::Responder;
use hearsay_speech::pack::Pack;
use hearsay_speech::recogniser::{LANGUAGE_WEIGHT, Recogniser};

/// Largest file of weights, bytes.
const FILE_BYTES_MAX: u64 = 1024 * 1024 * 1024;
/// The file by which a folder of our own kind is known.
const ENCODER: &str = "asr_encoder.onnx";

/// The models with the recogniser of a folder: one of our own kind, or a pack
/// with a streaming transducer (docs/models.md).
///
/// # Errors
/// One line: the folder or a file in it that cannot be used, and why.
pub fn hearing_with(models: Models, folder: &Path) -> Result<Models, String> {
    let shown = folder.display();
    if !folder.is_dir() {
        return Err(format!("{shown}: no such folder; give one with a recogniser's files"));
    }
    if folder.join(ENCODER).is_file() {
        return Ok(Models { recogniser: recogniser(folder)?, ..models });
    }
    let pack = Pack::open(folder).map_err(|e| e.to_string())?;
    let transducer = pack
        .transducer
        .ok_or_else(|| format!("{shown}: no recogniser in it; give a folder that has one"))?;
    Ok(Models { pack: Some(Arc::new(transducer)), ..models })
}

/// Reads a recogniser of our own kind: `asr_encoder.onnx` and `asr_tokens.txt`
/// as `training/asr/export.py` writes them, with `asr_words.bin` or
/// `asr_lm.bin` where they are there.
fn recogniser(folder: &Path) -> Result<Recogniser, String> {
    let shown = folder.display();
    let tokens = bytes(&folder.join("asr_tokens.txt"))?;
    let tokens = String::from_utf8(tokens)
        .map_err(|_| format!("{shown}: asr_tokens.txt is not UTF-8 text; export it again"))?;
    let named = |error: hearsay_speech::recogniser::RecogniserError| format!("{shown}: {error}");
    let recogniser = Recogniser::load(&bytes(&folder.join(ENCODER))?, &tokens).map_err(named)?;
    let (words, pieces) = (folder.join("asr_words.bin"), folder.join("asr_lm.bin"));
    if words.is_file() {
        return recogniser.with_words(&bytes(&words)?).map_err(named);
    }
    if pieces.is_file() {
        return recogniser.with_language_model(&bytes(&pieces)?, LANGUAGE_WEIGHT).map_err(named);
    }
    Ok(recogniser)
}

/// The language model of a GGUF file, or the built-in one. What may make its text worse is told.
///
/// # Errors
/// One line: the file that cannot be used, and why.
pub fn responder(file: Option<&Path>) -> Result<Arc<Responder>, String> {
    let Some(file) = file else {
        return Ok(super::models()?.responder().map_err(|e| e.to_string())?.clone());
    };
    let loaded = Responder::load(&bytes(file)?);
    let responder = loaded.map_err(|e| format!("{}: {e}", file.display()))?;
    if let Some(warning) = responder.slm().tokenizer.warning() {
        eprintln!("hearsay: {}: {warning}", file.display());
    }
    Ok(Arc::new(responder))
}

/// Reads a file of weights.
///
/// # Errors
/// One line: it cannot be read or is too long.
pub fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    let shown = path.display();
    let meta = std::fs::metadata(path)
        .map_err(|e| format!("{shown}: cannot be read ({e}); give an existing file"))?;
    if meta.len() > FILE_BYTES_MAX {
        return Err(format!("{shown}: {} bytes is too long for a model", meta.len()));
    }
    std::fs::read(path).map_err(|e| format!("{shown}: cannot be read ({e})"))
}

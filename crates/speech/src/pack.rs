//! Model packs: a folder of other people's models that load in place of ours.
//!
//! What it is: [`Pack::open`] looks into a folder, says what is there (a streaming transducer, a
//! voice activity detector, a Piper voice, a vocoder, or several of them), loads it and refuses what does not belong together, naming
//! the file and the cure. [`SpeechToText`] is the face that every recogniser of audio has. What it
//! is not: it downloads nothing, and it runs no code of the pack but its networks. The layouts are
//! described in `docs/models.md`.

mod files;
mod settings;

use std::path::{Path, PathBuf};

use crate::mel_vocoder::{MelVocoder, MelVocoderError};
use crate::piper::{PiperError, PiperVoice};
use crate::recogniser::{Interim, Transcript};
use crate::silero::{SileroError, SileroVad};
use crate::transducer::{Transducer, TransducerError, TransducerFiles};
use files::{Folder, Part};
use settings::Settings;

/// A recogniser that calls share: makes one stream for each utterance.
pub trait SpeechToText: Send + Sync {
    /// Rate of the audio that its streams take.
    fn sample_rate_hz(&self) -> u32;

    /// A stream at the start of an utterance.
    fn stream(&self) -> Box<dyn SpeechStream>;
}

/// One utterance of one call.
pub trait SpeechStream: Send {
    /// Takes samples in [-1, 1]; returns the words so far when they changed.
    ///
    /// # Errors
    /// When the utterance is too long, or a network fails.
    fn push(&mut self, samples: &[f32]) -> Result<Option<Interim>, SpeechToTextError>;

    /// Ends the utterance, returns its words and starts anew.
    ///
    /// # Errors
    /// When a network fails; the stream starts anew all the same.
    fn finish(&mut self) -> Result<Transcript, SpeechToTextError>;

    /// A copy that goes on by itself: `finish` it to see what the final would be now.
    fn snapshot(&self) -> Box<dyn SpeechStream>;

    /// Audio heard since the utterance began, ms.
    fn heard_ms(&self) -> u64;
}

/// Why a [`SpeechStream`] could not go on: the words of whatever recogniser is behind it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("recogniser: {0}")]
pub struct SpeechToTextError(String);

impl SpeechToTextError {
    /// From the error of a recogniser.
    pub fn new(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// Why a folder is no model pack: where, what, and how to mend it.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}: {kind}", at.display())]
pub struct PackError {
    /// What went wrong.
    pub kind: PackErrorKind,
    /// The file or folder concerned.
    pub at: PathBuf,
}

/// The kinds of [`PackError`].
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum PackErrorKind {
    /// The folder or file cannot be read.
    #[error("cannot be read ({0})")]
    Read(String),
    /// The folder holds no model that is known.
    #[error(
        "no model here; a pack has encoder*.onnx, decoder*.onnx, joiner*.onnx and tokens.txt, or \
         silero_vad*.onnx, or NAME.onnx and NAME.onnx.json of a Piper voice, or vocoder*.onnx and \
         vocoder*.json"
    )]
    Empty,
    /// A file of the pack is not there.
    #[error("the {part} is missing; put {pattern} beside the other files of the same export")]
    Missing {
        /// What it is.
        part: &'static str,
        /// What its name looks like.
        pattern: &'static str,
    },
    /// Several files could be meant.
    #[error(
        "{found} could be the {part}; write `{part}: NAME` into pack.yaml, or remove the others"
    )]
    Ambiguous {
        /// What it is.
        part: &'static str,
        /// The names.
        found: String,
    },
    /// A file or folder is larger than any model it could be.
    #[error("{got} {unit} are over the limit of {max}")]
    TooLarge {
        /// Size found.
        got: u64,
        /// Of what.
        unit: &'static str,
        /// The limit.
        max: u64,
    },
    /// A line of `pack.yaml` cannot be used.
    #[error("line {line}: {why}")]
    Settings {
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        why: String,
    },
    /// The transducer's files cannot be used.
    #[error(transparent)]
    Transducer(#[from] TransducerError),
    /// The voice activity detector's file cannot be used.
    #[error(transparent)]
    Vad(#[from] SileroError),
    /// The Piper voice's files cannot be used.
    #[error(transparent)]
    Piper(#[from] PiperError),
    /// The vocoder's files cannot be used.
    #[error(transparent)]
    Vocoder(#[from] MelVocoderError),
}

impl PackError {
    fn new(at: impl Into<PathBuf>, kind: PackErrorKind) -> Self {
        Self { kind, at: at.into() }
    }
}

/// The models of a folder.
#[derive(Debug, Clone)]
pub struct Pack {
    /// What `pack.yaml` calls it, else the folder's name.
    pub name: String,
    /// The licence that `pack.yaml` states.
    pub licence: Option<String>,
    /// The recogniser, where the folder has one.
    pub transducer: Option<Transducer>,
    /// The voice activity detector, where the folder has one.
    pub vad: Option<SileroVad>,
    /// The Piper voice, where the folder has one.
    pub piper: Option<PiperVoice>,
    /// The vocoder, where the folder has one.
    pub vocoder: Option<MelVocoder>,
}

impl Pack {
    /// Opens a folder and loads what is in it.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use hearsay_speech::pack::Pack;
    /// let pack = Pack::open("models/streaming-zipformer-en".as_ref())?;
    /// let transducer = pack.transducer.ok_or("no recogniser in it")?;
    /// let mut stream = transducer.stream();
    /// stream.push(&[0.0; 16_000])?; // one second of samples at 16 kHz
    /// println!("{}", stream.finish()?.text);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When the folder holds no models, not all files of one, or files that do not belong together.
    pub fn open(dir: &Path) -> Result<Self, PackError> {
        let folder = Folder::list(dir)?;
        let settings = Settings::read(&folder)?;
        let transducer = open_transducer(&folder, &settings)?;
        let vad = open_vad(&folder, &settings)?;
        let piper = open_piper(&folder, &settings)?;
        let vocoder = open_vocoder(&folder, &settings)?;
        if transducer.is_none() && vad.is_none() && piper.is_none() && vocoder.is_none() {
            return Err(PackError::new(dir, PackErrorKind::Empty));
        }
        let own = || dir.file_name().map(|name| name.to_string_lossy().into_owned());
        let name = settings.name.clone().or_else(own).unwrap_or_default();
        Ok(Self { name, licence: settings.licence, transducer, vad, piper, vocoder })
    }
}

fn open_transducer(folder: &Folder, settings: &Settings) -> Result<Option<Transducer>, PackError> {
    let weights = settings.weights;
    let named = |part: &Part| settings.files.get(part.name).map(String::as_str);
    let parts = [files::ENCODER, files::DECODER, files::JOINER];
    let mut paths = Vec::with_capacity(parts.len());
    for part in &parts {
        paths.push(folder.find(part, named(part), weights)?);
    }
    if paths.iter().all(Option::is_none) {
        return Ok(None);
    }
    let mut found = Vec::with_capacity(parts.len());
    for (path, part) in paths.into_iter().zip(&parts) {
        found.push(path.ok_or_else(|| folder.missing(part))?);
    }
    let tokens = folder.find(&files::TOKENS, named(&files::TOKENS), weights)?;
    let tokens = tokens.ok_or_else(|| folder.missing(&files::TOKENS))?;
    let tokens_text = files::read_text(&tokens)?;
    let mut bytes = Vec::with_capacity(found.len());
    for path in &found {
        bytes.push(files::read(path, files::NETWORK_BYTES_MAX)?);
    }
    let [encoder, decoder, joiner] = bytes.as_slice() else { return Ok(None) };
    let files = TransducerFiles {
        encoder,
        decoder,
        joiner,
        tokens: &tokens_text,
        method: settings.search,
        sample_scale: settings.sample_scale,
    };
    match Transducer::load(&files) {
        Ok(transducer) => Ok(Some(transducer)),
        Err(error) => Err(PackError::new(place(&error, &found, &tokens, folder), error.into())),
    }
}

/// The file that an error is about.
fn place(error: &TransducerError, networks: &[PathBuf], tokens: &Path, folder: &Folder) -> PathBuf {
    let part = match error {
        TransducerError::Tokens { .. } => return tokens.to_path_buf(),
        TransducerError::Network { part, .. } | TransducerError::Misfit { part, .. } => *part,
        _ => "encoder",
    };
    let index = ["encoder", "decoder", "joiner"].iter().position(|name| *name == part);
    let path = index.and_then(|index| networks.get(index));
    path.cloned().unwrap_or_else(|| folder.path().to_path_buf())
}

fn open_vad(folder: &Folder, settings: &Settings) -> Result<Option<SileroVad>, PackError> {
    let named = settings.files.get(files::VAD.name).map(String::as_str);
    let Some(path) = folder.find(&files::VAD, named, settings.weights)? else { return Ok(None) };
    let bytes = files::read(&path, files::NETWORK_BYTES_MAX)?;
    let vad = SileroVad::load(&bytes).map_err(|error| PackError::new(path, error.into()))?;
    Ok(Some(vad))
}

/// A Piper voice is known by its description, `NAME.onnx.json`; the network has the same name.
fn open_piper(folder: &Folder, settings: &Settings) -> Result<Option<PiperVoice>, PackError> {
    let named = settings.files.get(files::PIPER.name).map(String::as_str);
    let Some(json) = folder.find(&files::PIPER, named, settings.weights)? else { return Ok(None) };
    let onnx = folder.beside(&json, "", &files::PIPER)?;
    let bytes = files::read(&onnx, files::NETWORK_BYTES_MAX)?;
    let voice = PiperVoice::load(&bytes, &files::read_text(&json)?);
    voice.map(Some).map_err(|error| match error {
        PiperError::Description(_) => PackError::new(json, error.into()),
        _ => PackError::new(onnx, error.into()),
    })
}

/// A vocoder's description has its name with `.json` for `.onnx`.
fn open_vocoder(folder: &Folder, settings: &Settings) -> Result<Option<MelVocoder>, PackError> {
    let named = settings.files.get(files::VOCODER.name).map(String::as_str);
    let Some(onnx) = folder.find(&files::VOCODER, named, settings.weights)? else {
        return Ok(None);
    };
    let json = folder.beside(&onnx, "json", &files::VOCODER)?;
    let bytes = files::read(&onnx, files::NETWORK_BYTES_MAX)?;
    let vocoder = MelVocoder::load(&bytes, &files::read_text(&json)?);
    vocoder.map(Some).map_err(|error| match error {
        MelVocoderError::Description(_) => PackError::new(json, error.into()),
        _ => PackError::new(onnx, error.into()),
    })
}

//! One module a command.

mod bench;
mod bench_flood;
mod bench_guard;
mod bench_handoff;
mod bench_slm;
mod call;
mod calls;
mod chat;
mod check;
mod clone;
mod doctor;
mod eval;
mod keys;
mod model_folder;
mod models;
mod progress;
mod serve;
mod speak;
mod text;
mod transcribe;

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use hearsay_dialog::Pii;
use hearsay_engine::{Engine, Formatting, Models};
use hearsay_text::itn::Language as TextLanguage;
use serde_json::{Map, Value};

use crate::cli::{Command, Language, ServeArgs};
use crate::voice_store;

/// Exit code when the command ran and found a problem.
pub const FOUND_PROBLEM: u8 = 1;
/// Exit code for bad arguments or input.
pub const BAD_INPUT: u8 = 2;
/// Longest recording read, bytes: about three hours at 16 kHz.
const WAV_BYTES_MAX: u64 = 400 * 1024 * 1024;

/// Runs a command; an error is one clear line for the user.
pub fn run(command: Option<Command>) -> Result<ExitCode, String> {
    match command.unwrap_or(Command::Serve(ServeArgs::default())) {
        Command::Serve(args) => serve::run(&args),
        Command::Calls { what } => calls::run(&what),
        Command::Keys { what } => keys::run(&what),
        Command::Call(args) => call::run(&args),
        Command::Transcribe(args) => transcribe::run(&args),
        Command::Speak(args) => speak::run(&args),
        Command::Clone(args) => clone::run(&args),
        Command::Voices { json } => speak::voices(json),
        Command::Chat { agent, metadata } => chat::run(&agent, &metadata),
        Command::Check { file } => check::run(&file),
        Command::Text(args) => text::run(&args),
        Command::Eval { what } => eval::run(&what),
        Command::Bench { what } => bench::run(&what),
        Command::Models { what } => models::run(&what),
        Command::Doctor { audio: Some(path), json } => doctor::recording(&path, json),
        Command::Doctor { audio: None, json } => doctor::run(json),
    }
}

/// Loads the built-in models.
fn models() -> Result<Arc<Models>, String> {
    built_in().map(Arc::new)
}

fn built_in() -> Result<Models, String> {
    let models = Models::load().map_err(|e| format!("the built-in models do not load: {e}"))?;
    voice_store::add_all(&models);
    Ok(models)
}

/// Starts an engine with one worker a core, or as many as asked for.
pub fn engine(workers: Option<usize>) -> Result<Arc<Engine>, String> {
    let workers = workers.unwrap_or_else(cores);
    let engine = Engine::start(models()?, workers).map_err(|e| e.to_string())?;
    Ok(Arc::new(engine))
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// As [`engine`], with the recogniser of a folder if one is given.
fn engine_of(model: Option<&Path>, workers: Option<usize>) -> Result<Arc<Engine>, String> {
    let Some(folder) = model else { return engine(workers) };
    let models = Arc::new(model_folder::hearing_with(built_in()?, folder)?);
    let engine = Engine::start(models, workers.unwrap_or_else(cores)).map_err(|e| e.to_string())?;
    Ok(Arc::new(engine))
}

/// How transcripts are written that are asked for on the command line.
fn formatting(punctuate: bool, itn: bool, language: Language) -> Formatting {
    let all = Formatting::of(text_language(language));
    Formatting { punctuate: punctuate && all.punctuate, itn: all.itn.filter(|_| itn) }
}

/// A language as the text rules name it.
fn text_language(language: Language) -> TextLanguage {
    match language {
        Language::En => TextLanguage::English,
        Language::Es => TextLanguage::Spanish,
        Language::Hi => TextLanguage::Hindi,
    }
}

/// A runtime for sockets and clocks.
pub fn runtime() -> Result<tokio::runtime::Runtime, String> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.enable_all().build().map_err(|e| format!("cannot start the runtime: {e}"))
}

/// Reads a WAV file as it is.
fn load_wav(path: &Path) -> Result<hearsay_audio::wav::Wav, String> {
    let shown = path.display();
    let meta = std::fs::metadata(path)
        .map_err(|e| format!("{shown}: cannot be read ({e}); give an existing WAV file"))?;
    if meta.len() > WAV_BYTES_MAX {
        return Err(format!(
            "{shown}: {} bytes is too long; cut it into shorter files",
            meta.len()
        ));
    }
    let bytes = std::fs::read(path).map_err(|e| format!("{shown}: cannot be read ({e})"))?;
    let wav = hearsay_audio::wav::read(&bytes).map_err(|e| format!("{shown}: {e}"))?;
    if wav.truncated {
        eprintln!(
            "hearsay: {shown}: the file is shorter than its header says; using what is there"
        );
    }
    Ok(wav)
}

/// Reads a WAV file as mono at `rate_hz`.
pub fn read_wav(path: &Path, rate_hz: u32) -> Result<Vec<f32>, String> {
    let wav = load_wav(path)?;
    let mono = wav.mono();
    if wav.rate_hz == rate_hz {
        return Ok(mono);
    }
    hearsay_audio::resample::resample(&mono, wav.rate_hz, rate_hz)
        .map_err(|e| format!("{}: {e}", path.display()))
}

/// A file that is written while its bytes are made, or the standard output. It is created with its first bytes, so that
/// what fails before leaves nothing behind.
struct OutFile {
    path: PathBuf,
    file: Option<File>,
}

impl OutFile {
    /// Nothing is written yet; `-` is the standard output.
    fn new(path: &Path) -> Self {
        Self { path: path.to_path_buf(), file: None }
    }

    fn is_stdout(&self) -> bool {
        self.path == Path::new("-")
    }

    /// Writes more bytes.
    fn write(&mut self, bytes: &[u8]) -> Result<(), String> {
        if self.is_stdout() {
            let mut out = std::io::stdout().lock();
            let written = out.write_all(bytes).and_then(|()| out.flush());
            return written.map_err(|e| format!("the standard output: {e}"));
        }
        let file = match self.file.take() {
            Some(file) => file,
            None => File::create(&self.path).map_err(|e| unwritable(&self.path, &e))?,
        };
        let written = (&file).write_all(bytes).map_err(|e| unwritable(&self.path, &e));
        self.file = Some(file);
        written
    }

    /// Writes the file's first bytes once more, where it can be wound back; a pipe or a device cannot.
    fn write_start_again(&mut self, bytes: &[u8]) -> Result<(), String> {
        let Some(mut file) = self.file.as_ref() else { return Ok(()) };
        if !file.metadata().is_ok_and(|meta| meta.is_file()) {
            return Ok(());
        }
        let written = file.seek(SeekFrom::Start(0)).and_then(|_| file.write_all(bytes));
        written.map_err(|e| unwritable(&self.path, &e))
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> String {
    format!("{}: cannot be written ({error}); give a path in an existing folder", path.display())
}

/// Writes a voice's file into its folder, which is made where it is missing.
pub fn write_new_voice(folder: &Path, path: &Path, bytes: &[u8]) -> Result<(), String> {
    std::fs::create_dir_all(folder)
        .map_err(|e| format!("{}: cannot be made ({e}); set HEARSAY_VOICES", folder.display()))?;
    write(path, bytes)
}

/// Writes a file, naming it if that fails.
fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    std::fs::write(path, bytes).map_err(|e| unwritable(path, &e))
}

/// Makes a folder where it is missing, for its owner alone.
pub fn make_private_folder(folder: &Path) -> Result<(), String> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .map_err(|e| format!("{}: the folder cannot be made ({e}); give another", folder.display()))
}

/// Writes a file that only its owner may read, all of it or nothing; its folder is made where it is missing.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let fail = |e: std::io::Error| unwritable(path, &e);
    if let Some(folder) = path.parent() {
        make_private_folder(folder)?;
    }
    let new = path.with_extension("new");
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&new).map_err(fail)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(fail)?;
    std::fs::rename(&new, path).map_err(fail)
}

/// What the line tells about the caller, from `NAME=VALUE`; a value that is JSON keeps its type.
fn metadata(given: &[String]) -> Result<Pii<Map<String, Value>>, String> {
    let pair = |text: &String| {
        let parts = text.split_once('=').filter(|(name, _)| !name.trim().is_empty());
        let (name, value) = parts.ok_or_else(|| {
            format!("--metadata {text}: no name and value; write it as customer_name=Ann")
        })?;
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()));
        Ok((name.trim().to_owned(), value))
    };
    given.iter().map(pair).collect::<Result<_, String>>().map(Pii::new)
}

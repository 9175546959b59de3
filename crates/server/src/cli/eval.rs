//! What can be scored.

use std::path::PathBuf;

use clap::builder::RangedU64ValueParser;
use clap::{Args, Subcommand, ValueEnum};

use super::Language;

/// A count that cannot be 0.
fn at_least_one() -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(1..)
}

/// The models that can be scored; docs/evaluation.md has the files' formats.
#[derive(Debug, Subcommand)]
pub enum EvalCommand {
    /// Recognition: word errors, delays, speed.
    #[command(after_help = "Example:\n  hearsay eval asr recordings.tsv --codec mulaw")]
    Asr(EvalAsrArgs),
    /// Voice activity: ROC-AUC, F1, misses, false alarms, onset delay.
    #[command(after_help = "Example:\n  hearsay eval vad speech.jsonl --model silero_vad.onnx")]
    Vad(EvalVadArgs),
    /// Synthesis: word errors, distance to human recordings, seams, speed.
    #[command(after_help = "Example:\n  hearsay eval tts sentences.txt --out renderings")]
    Tts(EvalTtsArgs),
    /// The end of a turn: false cut-offs against delay.
    #[command(after_help = "Example:\n  hearsay eval turn turns.jsonl --json")]
    Turn(EvalTurnArgs),
    /// Spoken to written numbers, dates, amounts: right sentences.
    #[command(after_help = "Example:\n  hearsay eval itn money.txt date.txt --show 5")]
    Itn(EvalItnArgs),
    /// Written to spoken numbers, dates, amounts: right sentences.
    #[command(after_help = "Example:\n  hearsay eval tn cases/es --language es --show 5")]
    Tn(EvalTnArgs),
    /// An agent's own tests; or the language model: right calls of tools with right values, false calls.
    #[command(
        after_help = "Example:\n  hearsay eval agent examples/bank/tests.yaml --junit report.xml\n  \
                      hearsay eval agent examples/bank/tests.yaml --simulate 200 --seed 7\n  \
                      hearsay eval agent calls.jsonl --model qwen.gguf --show 5"
    )]
    Agent(EvalAgentArgs),
    /// Personal data: precision, recall and F1 of words by kind, and how much is covered.
    #[command(after_help = "Example:\n  hearsay eval pii sentences.jsonl --show 5")]
    Pii(EvalPiiArgs),
    /// Signs and capitals: F1.
    #[command(after_help = "Example:\n  hearsay eval punctuate turns.txt")]
    Punctuate(EvalPunctuateArgs),
    /// Knowledge: passages found, and questions refused that it cannot answer.
    #[command(
        after_help = "Example:\n  hearsay eval knowledge questions.json --knowledge faq.json fees.md"
    )]
    Knowledge(EvalKnowledgeArgs),
    /// Intents: right ones, strangers refused, speed.
    #[command(after_help = "Example:\n  hearsay eval router intents --json")]
    Router(EvalRouterArgs),
}

/// Arguments of `eval asr`.
#[derive(Debug, Args)]
pub struct EvalAsrArgs {
    /// TSV or JSONL of recordings and words, or a folder with `reference.tsv`.
    pub manifest: PathBuf,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// Score only this many recordings, spread evenly.
    #[arg(long, value_parser = at_least_one())]
    pub limit: Option<usize>,
    /// Names and words to favour, parted by commas.
    #[arg(long)]
    pub phrases: Option<String>,
    /// Expect digits, as a node that collects a code does.
    #[arg(long)]
    pub digits: bool,
    /// Pass the audio through a telephone's codec first.
    #[arg(long, value_enum)]
    pub codec: Option<Codec>,
    /// Pass the audio through this rate first, in Hz.
    #[arg(long)]
    pub rate: Option<u32>,
    /// A folder with a recogniser to score instead of the built-in one.
    #[arg(long)]
    pub model: Option<PathBuf>,
    /// Print this many wrong recordings of each group.
    #[arg(long, default_value_t = 0)]
    pub show: usize,
}

/// Telephone codecs at 8 kHz.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Codec {
    /// G.711 mu-law.
    Mulaw,
    /// G.711 A-law.
    Alaw,
}

/// Arguments of `eval agent`.
#[derive(Debug, Args)]
pub struct EvalAgentArgs {
    /// YAML of an agent's tests (docs/testing.md), or JSONL of conversations, tools and what is right after them.
    pub cases: PathBuf,
    /// Write what came of the tests as JUnit XML.
    #[arg(long)]
    pub junit: Option<PathBuf>,
    /// Place the tests' calls in sound: the caller's lines are spoken, and go through ear and mouth.
    #[arg(long)]
    pub audio: bool,
    /// The caller's voice, with --audio; one that the agents do not use if left out.
    #[arg(long, requires = "audio")]
    pub caller_voice: Option<String>,
    /// Instead of the tests, place this many typed calls by callers who are drawn by lot: what they say comes from the
    /// agent file, now and then they are silent, type, change their mind, talk nonsense or hang up.
    #[arg(long, value_parser = at_least_one(), conflicts_with_all = ["audio", "junit"])]
    pub simulate: Option<usize>,
    /// With --simulate: the same seed makes the same calls.
    #[arg(long, default_value_t = 1, requires = "simulate")]
    pub seed: u64,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// Score only this many cases, spread evenly.
    #[arg(long, value_parser = at_least_one())]
    pub limit: Option<usize>,
    /// A GGUF file to score instead of the built-in model.
    #[arg(long)]
    pub model: Option<PathBuf>,
    /// Where a call is right, let the model write nothing else: which tool and which values is
    /// then all that can be wrong.
    #[arg(long)]
    pub forced: bool,
    /// Print this many wrong turns.
    #[arg(long, default_value_t = 0)]
    pub show: usize,
}

/// Arguments of `eval vad`.
#[derive(Debug, Args)]
pub struct EvalVadArgs {
    /// TSV or JSONL of recordings and where speech is in them.
    pub manifest: PathBuf,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// Score only this many recordings, spread evenly.
    #[arg(long, value_parser = at_least_one())]
    pub limit: Option<usize>,
    /// The probability from which a frame counts as speech.
    #[arg(long, default_value_t = 0.5)]
    pub threshold: f32,
    /// Pass the audio through a telephone's codec first.
    #[arg(long, value_enum)]
    pub codec: Option<Codec>,
    /// Pass the audio through this rate first, in Hz.
    #[arg(long)]
    pub rate: Option<u32>,
    /// An ONNX file to score on the same recordings, beside the built-in one.
    #[arg(long)]
    pub model: Option<PathBuf>,
}

/// Arguments of `eval tts`.
#[derive(Debug, Args)]
pub struct EvalTtsArgs {
    /// One sentence a line, or TSV or JSONL of sentences and human recordings.
    pub manifest: PathBuf,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// Score only this many sentences, spread evenly.
    #[arg(long, value_parser = at_least_one())]
    pub limit: Option<usize>,
    /// A voice to score; may be repeated. The first one if left out.
    #[arg(long = "voice")]
    pub voices: Vec<String>,
    /// Keep the sounds in this folder, as 16-bit WAV files of 16 kHz.
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// A program that is given a WAV file and prints its words, instead of
    /// `PocketSphinx`.
    #[arg(long)]
    pub recogniser: Option<String>,
    /// A program that is given a WAV file and prints how natural it sounds, a
    /// number.
    #[arg(long)]
    pub predictor: Option<String>,
    /// Give the predictor so many files at once; it prints one number a line.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub predictor_files: u16,
}

/// Arguments of `eval turn`.
#[derive(Debug, Args)]
pub struct EvalTurnArgs {
    /// JSONL of words, what was expected, and whether the caller had finished.
    pub manifest: PathBuf,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// Score only this many lines, spread evenly.
    #[arg(long, value_parser = at_least_one())]
    pub limit: Option<usize>,
    /// A file of turn-end weights to score instead of the built-in ones.
    #[arg(long)]
    pub model: Option<PathBuf>,
    /// Print this many of the worst lines.
    #[arg(long, default_value_t = 0)]
    pub show: usize,
}

/// Arguments of `eval itn`.
#[derive(Debug, Args)]
pub struct EvalItnArgs {
    /// Files of `spoken~written` or TSV lines, one file a class.
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// Score only this many lines of each file, spread evenly.
    #[arg(long, value_parser = at_least_one())]
    pub limit: Option<usize>,
    /// The language of the lines.
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub language: Language,
    /// Print this many failures of each class.
    #[arg(long, default_value_t = 0)]
    pub show: usize,
}

/// Arguments of `eval tn`.
#[derive(Debug, Args)]
pub struct EvalTnArgs {
    /// A folder of files of `written~spoken` or TSV lines, one file a class, or one such file.
    pub folder: PathBuf,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// Score only this many cases of each file, spread evenly.
    #[arg(long, value_parser = at_least_one())]
    pub limit: Option<usize>,
    /// The language of the cases.
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub language: Language,
    /// Print this many failures of each class.
    #[arg(long, default_value_t = 0)]
    pub show: usize,
}

/// Arguments of `eval pii`.
#[derive(Debug, Args)]
pub struct EvalPiiArgs {
    /// JSONL of sentences with their spans: `{"text": "I am Mary", "spans": [[5, 9, "name"]]}`, in characters.
    pub sentences: PathBuf,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// Score only this many sentences, spread evenly.
    #[arg(long, value_parser = at_least_one())]
    pub limit: Option<usize>,
    /// A file of weights to score instead of the built-in ones.
    #[arg(long)]
    pub model: Option<PathBuf>,
    /// Print this many sentences that are not right.
    #[arg(long, default_value_t = 0)]
    pub show: usize,
}

/// Arguments of `eval punctuate`.
#[derive(Debug, Args)]
pub struct EvalPunctuateArgs {
    /// Text files, one correctly written turn a line.
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// Score only this many lines of each file, spread evenly.
    #[arg(long, value_parser = at_least_one())]
    pub limit: Option<usize>,
    /// A file of punctuation weights to score instead of the built-in ones.
    #[arg(long)]
    pub model: Option<PathBuf>,
    /// Print this many wrong turns of each file.
    #[arg(long, default_value_t = 0)]
    pub show: usize,
}

/// Arguments of `eval knowledge`.
#[derive(Debug, Args)]
pub struct EvalKnowledgeArgs {
    /// JSON: questions with the words of the expected passage or `none`.
    pub questions: PathBuf,
    /// The files that are asked: Markdown, text, HTML, PDF or FAQ JSON.
    #[arg(long, num_args = 1..)]
    pub knowledge: Vec<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// Score only this many questions of each knowledge, spread evenly.
    #[arg(long, value_parser = at_least_one())]
    pub limit: Option<usize>,
    /// Answer from this probability on that the knowledge holds the answer.
    #[arg(long, default_value_t = hearsay_language::knowledge::ANSWERABLE_MIN)]
    pub threshold: f32,
    /// A file of retrieval weights to score instead of the built-in ones.
    #[arg(long)]
    pub model: Option<PathBuf>,
    /// Print this many questions of each kind of mistake.
    #[arg(long, default_value_t = 0)]
    pub show: usize,
}

/// Arguments of `eval router`.
#[derive(Debug, Args)]
pub struct EvalRouterArgs {
    /// Folder with `banking77/train.csv`, `fewshot` and `clinc150/train_val.json`, or some of them.
    pub folder: PathBuf,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// Only this part of banking77's five, 0 to 4.
    #[arg(long)]
    pub fold: Option<usize>,
    /// A file of router weights to score instead of the built-in ones.
    #[arg(long)]
    pub model: Option<PathBuf>,
}

//! What a user can type.

mod calls;
mod eval;
mod keys;
mod speak;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use calls::{CallsCommand, StoreArgs};
pub use eval::{
    Codec, EvalAgentArgs, EvalAsrArgs, EvalCommand, EvalItnArgs, EvalKnowledgeArgs, EvalPiiArgs,
    EvalPunctuateArgs, EvalRouterArgs, EvalTnArgs, EvalTtsArgs, EvalTurnArgs, EvalVadArgs,
};

pub use keys::KeysCommand;
pub use speak::SpeakArgs;

/// A voice agent that answers the phone, on your own machine.
///
/// Without a command it serves the built-in bank example on
/// http://127.0.0.1:8080.
#[derive(Debug, Parser)]
#[command(name = "hearsay", version, propagate_version = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Answer calls from Twilio and Plivo.
    #[command(after_help = "Example:\n  hearsay serve --config hearsay.yaml")]
    Serve(ServeArgs),
    /// Place one call to an agent from recorded audio.
    #[command(after_help = "Example:\n  hearsay call examples/bank/agent.yaml \
        --audio examples/bank/lost-card.wav --out call.wav --report report.json")]
    Call(CallArgs),
    /// Turn recordings into text.
    #[command(after_help = "Example:\n  hearsay transcribe caller.wav --stream")]
    Transcribe(TranscribeArgs),
    /// Turn text into speech.
    #[command(
        after_help = "Example:\n  hearsay speak \"Your card is locked.\" --out reply.wav\n  \
        some-program | hearsay speak - --out - --encoding opus | mpv -"
    )]
    Speak(SpeakArgs),
    /// Make a voice from about ten seconds of somebody's speech, with their consent.
    #[command(after_help = "Example:\n  hearsay clone ana.wav --name ana \
        --consent \"I, Ana Ruiz, agree that my voice is cloned for our phone agent\"")]
    Clone(CloneArgs),
    /// List the voices.
    #[command(after_help = "Example:\n  hearsay voices --json")]
    Voices {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Talk to an agent in text.
    #[command(after_help = "Example:\n  hearsay chat examples/bank/agent.yaml")]
    Chat {
        /// The agent file.
        agent: PathBuf,
        /// Tell the agent about the caller, for a name of its `metadata`: customer_name=Ann.
        #[arg(long, value_name = "NAME=VALUE")]
        metadata: Vec<String>,
    },
    /// Check an agent file, its tests, or a configuration.
    #[command(after_help = "Example:\n  hearsay check examples/bank/agent.yaml")]
    Check {
        /// The file.
        file: PathBuf,
    },
    /// List, show, export and erase calls that were kept.
    #[command(after_help = "Example:\n  hearsay calls list --config hearsay.yaml")]
    Calls {
        /// What to do.
        #[command(subcommand)]
        what: CallsCommand,
    },
    /// Make API keys.
    #[command(after_help = "Example:\n  hearsay keys new shop --scope speech")]
    Keys {
        /// What to do.
        #[command(subcommand)]
        what: KeysCommand,
    },
    /// Rewrite text, one line in, one line out.
    #[command(after_help = "Example:\n  echo 'It costs $20.' | hearsay text normalize")]
    Text(TextArgs),
    /// Score the models on labelled data.
    #[command(after_help = "Example:\n  hearsay eval asr recordings.tsv --json")]
    Eval {
        /// What to score.
        #[command(subcommand)]
        what: EvalCommand,
    },
    /// Measure speed and latency.
    #[command(after_help = "Example:\n  hearsay bench calls --calls 20 --provider twilio")]
    Bench {
        /// What to measure.
        #[command(subcommand)]
        what: BenchCommand,
    },
    /// List the models and show their cards.
    #[command(after_help = "Example:\n  hearsay models show vad.onnx")]
    Models {
        /// What to do.
        #[command(subcommand)]
        what: ModelsCommand,
    },
    /// Tell what this machine has and lacks, or whether a recording is synthetic.
    #[command(after_help = "Example:\n  hearsay doctor --json\n  hearsay doctor reply.wav")]
    Doctor {
        /// A WAV file: look for the watermark of synthetic speech in it instead; exit code 0 when
        /// it is there, 1 when not.
        audio: Option<PathBuf>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

/// Arguments of `serve`.
#[derive(Debug, Default, Args)]
pub struct ServeArgs {
    /// The configuration; without it the built-in bank answers.
    #[arg(long)]
    pub config: Option<PathBuf>,
    /// Address and port instead of the configured ones; port 0 takes a free one.
    #[arg(long)]
    pub listen: Option<String>,
}

/// Arguments of `call`.
#[derive(Debug, Args)]
pub struct CallArgs {
    /// The agent file.
    pub agent: PathBuf,
    /// The caller's recording: one turn after another with silence between.
    #[arg(long)]
    pub audio: PathBuf,
    /// Tell the agent about the caller, for a name of its `metadata`: customer_name=Ann.
    #[arg(long, value_name = "NAME=VALUE")]
    pub metadata: Vec<String>,
    /// Write both sides here as a stereo WAV: caller left, agent right.
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// Write what happened here as JSON.
    #[arg(long)]
    pub report: Option<PathBuf>,
    /// Play the recording at its own times, so that it can interrupt.
    #[arg(long)]
    pub realtime: bool,
    /// Run as fast as the machine computes instead of by the clock.
    #[arg(long)]
    pub fast: bool,
}

/// Arguments of `clone`.
#[derive(Debug, Args)]
pub struct CloneArgs {
    /// A WAV file with one speaker, 3 to 30 seconds.
    pub recording: PathBuf,
    /// The new voice's name: letters, digits, `-` and `_`.
    #[arg(long)]
    pub name: String,
    /// The speaker's statement of consent, which is kept with the voice.
    #[arg(long)]
    pub consent: String,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `transcribe`.
#[derive(Debug, Args)]
pub struct TranscribeArgs {
    /// WAV files of any rate; each channel of a stereo file is heard on its own.
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Print JSON; the same as `--format json`.
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// How to print transcripts.
    #[arg(long, value_enum)]
    format: Option<TranscriptFormat>,
    /// Show the text while it grows.
    #[arg(long)]
    pub stream: bool,
    /// Hear the channels of a stereo file as one.
    #[arg(long)]
    pub mix: bool,
    /// Leave out signs and capitals.
    #[arg(long)]
    no_punctuation: bool,
    /// Leave numbers, amounts, dates and the like as words.
    #[arg(long)]
    no_itn: bool,
    /// The language whose numbers are written as figures.
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub language: Language,
    /// A folder with a recogniser to use instead of the built-in one.
    #[arg(long)]
    pub model: Option<PathBuf>,
    /// Names and words to favour, parted by commas.
    #[arg(long)]
    pub phrases: Option<String>,
}

impl TranscribeArgs {
    /// How transcripts are printed.
    pub fn format(&self) -> TranscriptFormat {
        let otherwise = if self.json { TranscriptFormat::Json } else { TranscriptFormat::Text };
        self.format.unwrap_or(otherwise)
    }

    /// Whether signs and capitals are put in.
    pub fn punctuation(&self) -> bool {
        !self.no_punctuation
    }

    /// Whether numbers are written as figures.
    pub fn itn(&self) -> bool {
        !self.no_itn
    }
}

/// How transcripts are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TranscriptFormat {
    /// Lines for people.
    Text,
    /// One JSON object a file, or with `--stream` one an event.
    Json,
    /// `SubRip` subtitles.
    Srt,
    /// WebVTT subtitles.
    Vtt,
}

/// Languages that text rules know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// English.
    En,
    /// Spanish.
    Es,
    /// Hindi.
    Hi,
}

/// Arguments of `text`.
#[derive(Debug, Args)]
pub struct TextArgs {
    /// What to do with each line of the standard input.
    pub rule: TextRule,
    /// The language of the lines, for `normalize`, `itn` and `phonemize`.
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub language: Language,
    /// Write whole amounts with cents, for `itn`: "$5.00" and not "$5".
    #[arg(long)]
    pub cents: bool,
}

/// Text rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TextRule {
    /// Written to spoken words: "$20" to "twenty dollars".
    Normalize,
    /// Spoken to written: "twenty dollars" to "$20".
    Itn,
    /// Signs and capitals into plain words.
    Punctuate,
    /// Words to phonemes: ARPAbet, and for Spanish and Hindi the symbols beside it.
    Phonemize,
    /// Blot out personal data: names, addresses, dates of birth, card and phone numbers and the like.
    Redact,
    /// Tell attacks, harmful requests, abuse and signs of self-harm: the threat, or `-`, before the line.
    Guard,
}

/// What can be done with models.
#[derive(Debug, Subcommand)]
pub enum ModelsCommand {
    /// List the built-in models.
    List {
        /// Print JSON, one object a line.
        #[arg(long)]
        json: bool,
    },
    /// Say what a folder of models holds, or why it cannot be used.
    Check {
        /// The folder.
        folder: PathBuf,
    },
    /// Show a model's card: its data, licence, command and figures.
    Show {
        /// Its name in the list.
        name: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

/// What can be measured.
#[derive(Debug, Subcommand)]
pub enum BenchCommand {
    /// Calls at once against a running server, in real time.
    Calls(BenchCallsArgs),
    /// Connections with one API key, as many as can be opened, against a running server of your own.
    #[command(
        after_help = "Example:\n  hearsay bench flood --server http://127.0.0.1:8080 --key hs_5b0c... --seconds 60"
    )]
    Flood(BenchFloodArgs),
    /// Recognition speed on a recording.
    Asr {
        /// A WAV file.
        audio: PathBuf,
    },
    /// Synthesis: real-time factor, text to first audio, alone and with many streams at once.
    Tts {
        /// Also speak this many streams at once, each listened to in real time, on one worker a core.
        #[arg(long)]
        streams: Option<usize>,
    },
    /// Another agent takes over: from the caller's words to the new agent's, models' time left out.
    #[command(after_help = "Example:\n  hearsay bench handoff --json")]
    Handoff {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// What the filter of threats and the redaction of personal data cost on a turn.
    #[command(after_help = "Example:\n  hearsay bench guard --json")]
    Guard {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Language model: reading, writing, first token, what drafts gain.
    #[command(after_help = "Example:\n  hearsay bench slm\n  hearsay bench slm --model qwen.gguf")]
    Slm {
        /// A GGUF file instead of the built-in model.
        #[arg(long)]
        model: Option<PathBuf>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

/// Arguments of `bench calls`.
#[derive(Debug, Args)]
pub struct BenchCallsArgs {
    /// Calls at once.
    #[arg(long, default_value_t = 1)]
    pub calls: usize,
    /// Whose protocol to speak.
    #[arg(long, value_enum, default_value_t = Provider::Twilio)]
    pub provider: Provider,
    /// The caller's recording.
    #[arg(long, default_value = "examples/bank/lost-card.wav")]
    pub audio: PathBuf,
    /// The caller's turn, counted from 1, that is said over the agent's speech.
    #[arg(long)]
    pub interrupt: Option<usize>,
    /// Address of a running server; without it one is started.
    #[arg(long)]
    pub server: Option<String>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `bench flood`.
#[derive(Debug, Args)]
pub struct BenchFloodArgs {
    /// Address of the server, http://host:port.
    #[arg(long)]
    pub server: String,
    /// The API key that each request carries.
    #[arg(long)]
    pub key: String,
    /// Threads that open connections.
    #[arg(long, default_value_t = 8)]
    pub threads: usize,
    /// How long.
    #[arg(long, default_value_t = 60)]
    pub seconds: u64,
}

/// Phone providers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Provider {
    /// Twilio Media Streams.
    Twilio,
    /// Plivo Audio Streaming.
    Plivo,
}

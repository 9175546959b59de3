//! Calls that were kept.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What can be done with calls that were kept; docs/security.md tells how they are.
#[derive(Debug, Subcommand)]
pub enum CallsCommand {
    /// List them, the latest first.
    #[command(after_help = "Example:\n  hearsay calls list --config hearsay.yaml")]
    List {
        /// Where they are.
        #[command(flatten)]
        store: StoreArgs,
        /// At most so many.
        #[arg(long, default_value_t = 50)]
        limit: usize,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show what happened in one.
    #[command(after_help = "Example:\n  hearsay calls show 5f1c... --config hearsay.yaml")]
    Show {
        /// Its name, as `list` shows it.
        id: String,
        /// Where they are.
        #[command(flatten)]
        store: StoreArgs,
        /// Print all that is kept, as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Write one to a folder: call.json, and call.wav where there is sound.
    #[command(
        after_help = "Example:\n  hearsay calls export 5f1c... --out call --config hearsay.yaml"
    )]
    Export {
        /// Its name, as `list` shows it.
        id: String,
        /// Where they are.
        #[command(flatten)]
        store: StoreArgs,
        /// The folder; it is made where it is missing.
        #[arg(long)]
        out: PathBuf,
    },
    /// Forget one call, or all of one caller: their keys are destroyed.
    #[command(
        after_help = "Example:\n  hearsay calls erase --caller +12025550101 --config hearsay.yaml"
    )]
    Erase {
        /// Its name, as `list` shows it.
        #[arg(conflicts_with = "caller")]
        id: Option<String>,
        /// All calls from this number, however it is written.
        #[arg(long)]
        caller: Option<String>,
        /// Where they are.
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Check that no call was changed, taken away or slipped in.
    #[command(after_help = "Example:\n  hearsay calls verify --config hearsay.yaml")]
    Verify {
        /// Where they are.
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Show who kept, read and erased what.
    #[command(after_help = "Example:\n  hearsay calls journal --config hearsay.yaml")]
    Journal {
        /// Where they are.
        #[command(flatten)]
        store: StoreArgs,
        /// At most so many entries, the latest.
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// Wrap all keys by the configuration's `key`; after this its `old_keys` are not needed.
    #[command(after_help = "Example:\n  hearsay calls rotate --config hearsay.yaml")]
    Rotate {
        /// Where they are.
        #[command(flatten)]
        store: StoreArgs,
    },
}

/// Where calls are kept.
#[derive(Debug, Args)]
pub struct StoreArgs {
    /// The configuration with `retention: encrypted`.
    #[arg(long)]
    pub config: PathBuf,
}

//! API keys.

use clap::Subcommand;

use crate::keys::Scope;

/// What can be done with API keys.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Make a key: it is shown once, and the line for the file of keys has only its hash.
    #[command(
        after_help = "Example:\n  hearsay keys new shop --scope speech --scope chat --expires 2027-01-31 >> keys.yaml\n\n\
                      The file begins with a line `keys:`."
    )]
    New {
        /// Whose key it is, for the log.
        name: String,
        /// What it opens; may be given several times.
        #[arg(long, value_enum, required = true)]
        scope: Vec<Scope>,
        /// The last day on which it is good.
        #[arg(long, value_name = "DAY")]
        expires: Option<String>,
    },
}

//! `hearsay keys`: new API keys.

use std::process::ExitCode;

use crate::cli::KeysCommand;
use crate::keys;

/// Runs the command.
pub fn run(what: &KeysCommand) -> Result<ExitCode, String> {
    let KeysCommand::New { name, scope, expires } = what;
    let expires = expires.as_deref().map(str::parse).transpose();
    let expires = expires.map_err(|e| format!("--expires: {e}; write a day as 2027-01-31"))?;
    let (key, entry) = keys::new(name, scope, expires)?;
    // The key itself is shown once and stands nowhere: what is for the file goes to the standard output.
    eprintln!("The key, which is shown only now: {key}");
    eprintln!("Add this line to the file that `keys` of the configuration names:");
    println!("{entry}");
    Ok(ExitCode::SUCCESS)
}

//! The `hearsay` program: the only crate with sockets, a clock and a disk.

mod acme;
mod addresses;
mod agent_file;
mod agent_mind;
mod agent_tests;
mod bench_calls;
mod bucket;
mod call_core;
#[allow(dead_code, reason = "the built-in model answers here once it is loaded")]
mod chat_api;
mod chat_model;
mod cli;
mod commands;
mod config;
mod control;
mod demo_bank;
mod drive;
mod fast;
mod gate;
mod hearing;
mod http;
mod keys;
mod listen;
mod media;
mod memory;
mod metrics;
mod playout;
mod processor;
mod recorded_caller;
mod recorder;
mod redaction;
#[allow(dead_code, reason = "agents name their model in the agent file")]
mod remote_model;
mod report;
mod retention;
mod score;
mod shared_limits;
mod speech_api;
mod tls;
mod tools;
mod transcripts;
mod typed_call;
mod voice_store;

use std::alloc::System;
use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Parser;

/// Memory that is given back is wiped first: what a caller said does not outlive the value that held it,
/// whichever library that was.
#[global_allocator]
static WIPING: zeroizing_alloc::ZeroAlloc<System> = zeroizing_alloc::ZeroAlloc(System);

/// Exit status of a program whose reader has gone, as a shell gives it for SIGPIPE.
const READER_GONE: i32 = 141;

/// `hearsay ... | head` ends quietly: the standard library panics where a line cannot be printed.
fn end_with_reader() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let message = info.payload_as_str().unwrap_or_default();
        if message.starts_with("failed printing to stdout") && message.contains("Broken pipe") {
            std::process::exit(READER_GONE);
        }
        usual(info);
    }));
}

fn main() -> ExitCode {
    end_with_reader();
    let cli = cli::Cli::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_env("HEARSAY_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    // Colours are for people, not for log files.
    let log = tracing_subscriber::fmt().with_ansi(std::io::stderr().is_terminal());
    log.with_env_filter(filter).with_writer(std::io::stderr).init();
    match commands::run(cli.command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("hearsay: {error}");
            ExitCode::from(commands::BAD_INPUT)
        }
    }
}

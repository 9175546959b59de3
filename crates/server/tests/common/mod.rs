//! Running the built program, and scratch files for it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio_tungstenite::tungstenite::Message;

/// A WebSocket to the program.
#[allow(dead_code, reason = "not every test program needs sockets")]
pub type Socket =
    tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

/// The next event of this name that a controlling program is told.
#[allow(dead_code, reason = "not every test program needs sockets")]
pub async fn told(program: &mut Socket, event: &str) -> Value {
    while let Some(message) = program.next().await {
        let Message::Text(text) = message.unwrap() else { continue };
        let told: Value = serde_json::from_str(&text).unwrap();
        if told["event"] == event {
            return told;
        }
    }
    panic!("no {event}");
}

/// A controlling program wants this done.
#[allow(dead_code, reason = "not every test program needs sockets")]
pub async fn act(program: &mut Socket, action: Value) {
    program.send(Message::text(action.to_string())).await.unwrap();
}

/// A program that ends with the test; on Unix by SIGKILL, so that it has no time for anything.
#[allow(dead_code, reason = "not every test program needs others")]
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A file of the bank example.
#[allow(dead_code, reason = "not every test program needs the bank")]
pub fn example(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/bank");
    root.join(name).display().to_string()
}

/// Runs the program with nothing on its standard input.
pub fn hearsay(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hearsay"))
        .args(args)
        .env("HEARSAY_LOG", "warn")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// A scratch file that is removed with this value.
#[allow(dead_code, reason = "not every test program needs files")]
pub struct Scratch(PathBuf);

#[allow(dead_code, reason = "not every test program needs files")]
impl Scratch {
    /// A file that holds these bytes.
    pub fn new(name: &str, bytes: &[u8]) -> Self {
        let name = format!("hearsay-test-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, bytes).unwrap();
        Self(path)
    }

    /// Its path.
    pub fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// A scratch folder that is removed with this value.
#[allow(dead_code, reason = "not every test program needs folders")]
pub struct ScratchFolder(PathBuf);

#[allow(dead_code, reason = "not every test program needs folders")]
impl ScratchFolder {
    /// An empty folder.
    pub fn new(name: &str) -> Self {
        let name = format!("hearsay-test-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// Writes a file into it.
    pub fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.0.join(name), bytes).unwrap();
    }

    /// The path of a file in it.
    pub fn file(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }

    /// Its path.
    pub fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for ScratchFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What the program printed.
pub fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What it complained about.
pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Fails with code 2 and one line that holds every part.
pub fn refuses(args: &[&str], parts: &[&str]) {
    let output = hearsay(args);
    let error = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{args:?}: {error}");
    for part in parts {
        assert!(error.contains(part), "{args:?}: no `{part}` in: {error}");
    }
    assert!(!error.contains("panicked"), "{error}");
}

//! A process that is killed while it keeps calls loses none that it was told are kept, and leaves none half-written.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use hearsay_vault::{MasterKey, NewCall, Part, Vault};

/// Where the process to be killed writes; unset in a run of the tests.
const DATABASE: &str = "HEARSAY_TEST_VAULT";
const KEPT_BEFORE_THE_KILL: usize = 12;

fn open(path: &Path) -> Vault {
    Vault::open(path, MasterKey::new([9; 32]), Vec::new()).unwrap()
}

/// The process to be killed: keeps calls for ever.
#[test]
fn writer() {
    let Some(path) = std::env::var_os(DATABASE) else { return };
    let mut vault = open(Path::new(&path));
    let sound = vec![3; 2_000_000];
    for number in 0.. {
        let id = format!("call-{number}");
        let call = NewCall {
            id: &id,
            started_ms: 0,
            expires_ms: None,
            caller: None,
            record: id.as_bytes(),
            recording: Some(&sound),
        };
        vault.keep(&call, "server", number).unwrap();
        println!("kept {id}");
    }
}

#[test]
fn a_kill_loses_nothing_that_was_told_to_be_kept() {
    let path: PathBuf =
        std::env::temp_dir().join(format!("hearsay-killed-{}.db", std::process::id()));
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "writer", "--nocapture"])
        .env(DATABASE, &path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let named = |line: String| line.rsplit_once("kept ").map(|(_, id)| id.to_string());
    let told: Vec<String> = lines.filter_map(named).take(KEPT_BEFORE_THE_KILL).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(told.len(), KEPT_BEFORE_THE_KILL);
    let mut vault = open(&path);
    for id in &told {
        assert_eq!(vault.peek(id, Part::Record).unwrap().unwrap().as_slice(), id.as_bytes());
        assert_eq!(vault.peek(id, Part::Recording).unwrap().unwrap().len(), 2_000_000);
    }
    let verified = vault.verify().unwrap();
    assert!(verified.problems.is_empty(), "{:?}", verified.problems);
    assert!(verified.calls >= KEPT_BEFORE_THE_KILL);
    drop(vault);
    for end in ["", "-wal", "-shm"] {
        drop(std::fs::remove_file(format!("{}{end}", path.display())));
    }
}

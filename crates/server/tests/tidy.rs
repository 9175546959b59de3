//! Rules about the code that no compiler checks, kept by a test.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What each crate may depend on inside the workspace; every arrow points up.
const MAY_DEPEND_ON: &[(&str, &[&str])] = &[
    ("audio", &[]),
    ("text", &[]),
    ("nn", &[]),
    ("weights", &[]),
    ("speech", &["audio", "text", "nn"]),
    ("language", &["text", "nn"]),
    ("dialog", &["text"]),
    ("wire", &["audio"]),
    ("engine", &["audio", "text", "nn", "speech", "language", "weights"]),
    ("vault", &[]),
    (
        "server",
        &[
            "audio", "text", "nn", "speech", "language", "weights", "dialog", "wire", "engine",
            "vault",
        ],
    ),
];
/// Longest line of Rust, characters.
const LINE_CHARS_MAX: usize = 140;
/// Longest file of Rust without its tests, lines.
const FILE_LINES_MAX: usize = 700;
/// Only these files write to disk, and the vault's database: zero retention means that they are not asked to.
const WRITERS: &[&str] = &["crates/server/src/commands/mod.rs"];
/// Only these modules may be `unsafe`: the arithmetic of the language model, and floats as bytes.
const UNSAFE: &[&str] = &[
    "crates/language/src/slm/attention.rs",
    "crates/language/src/slm/float.rs",
    "crates/language/src/slm/matrix.rs",
    "crates/language/src/slm/matrix/blocks.rs",
    "crates/language/src/slm/matrix/tiles.rs",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every Rust file under a folder of the workspace, with its path from the root.
fn rust_files(folder: &str) -> Vec<(String, String)> {
    let root = root();
    let mut folders = vec![root.join(folder)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&root).unwrap().display().to_string();
                files.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(!files.is_empty(), "no Rust under {folder}");
    files
}

fn is_test(name: &str) -> bool {
    name.contains("/tests/") || name.ends_with("/tests.rs") || name.contains("/examples/")
}

#[test]
fn dependencies_point_up() {
    let allowed: BTreeMap<_, _> = MAY_DEPEND_ON.iter().copied().collect();
    for entry in std::fs::read_dir(root().join("crates")).unwrap() {
        let folder = entry.unwrap();
        let name = folder.file_name().into_string().unwrap();
        let allowed = allowed.get(name.as_str()).unwrap_or_else(|| panic!("{name} is not listed"));
        let manifest = std::fs::read_to_string(folder.path().join("Cargo.toml")).unwrap();
        for line in manifest.lines() {
            let Some(rest) = line.strip_prefix("hearsay-") else { continue };
            let dependency = rest.split(['.', ' ', '=']).next().unwrap();
            assert!(allowed.contains(&dependency), "{name} must not depend on {dependency}");
        }
        let is_server = name == "server";
        assert!(is_server || !manifest.contains("tokio"), "only the server uses tokio: {name}");
    }
}

#[test]
fn pure_crates_read_no_clock_and_open_nothing() {
    let banned =
        ["Instant::now", "SystemTime", "thread::spawn", "std::net", "std::fs", "thread::sleep"];
    for folder in ["crates/dialog/src", "crates/wire/src", "crates/text/src", "crates/audio/src"] {
        for (name, text) in rust_files(folder) {
            for word in banned {
                assert!(!text.contains(word), "{name} uses {word}");
            }
        }
    }
}

#[test]
fn one_module_writes_to_disk() {
    for (name, text) in rust_files("crates") {
        let writes = text.contains("fs::write(") || text.contains("File::create");
        let allowed = WRITERS.contains(&name.as_str()) || is_test(&name);
        assert!(!writes || allowed, "{name} writes to disk");
    }
}

#[test]
fn lines_and_files_stay_readable() {
    for (name, text) in rust_files("crates") {
        for (number, line) in text.lines().enumerate() {
            let chars = line.chars().count();
            // A regular expression is one piece.
            let pattern = line.contains("r\"") || line.contains("r#\"");
            let short = chars <= LINE_CHARS_MAX || is_test(&name) || pattern;
            assert!(short, "{name}:{}: {chars} characters", number + 1);
        }
        let code = text.split("#[cfg(test)]").next().unwrap_or_default().lines().count();
        assert!(is_test(&name) || code <= FILE_LINES_MAX, "{name}: {code} lines");
    }
}

#[test]
fn tests_do_not_sleep() {
    for (name, text) in rust_files("crates") {
        if is_test(&name) && !name.ends_with("tidy.rs") {
            assert!(!text.contains("sleep("), "{name} sleeps");
        }
    }
}

#[test]
fn only_named_modules_are_unsafe() {
    let mut seen = 0;
    for (name, text) in rust_files("crates") {
        let is_unsafe = ["fn ", "{", "impl ", "trait ", "extern "]
            .iter()
            .any(|what| text.contains(&format!("{} {what}", "unsafe")));
        assert!(!is_unsafe || UNSAFE.contains(&name.as_str()), "{name} is unsafe");
        seen += usize::from(is_unsafe);
    }
    assert_eq!(seen, UNSAFE.len(), "a named module is not unsafe any more; take its name off");
}

//! What the program is made of: licences, known weaknesses, and the bill of materials.
//!
//! The bill (CycloneDX 1.5, `docs/sbom.cdx.json`) lists what the program is built from, on any system. `cargo
//! deny` and `cargo audit` are programs of their own; where they are not installed, their checks are skipped aloud.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Runs a cargo command in the workspace; its output, or what it complains of.
fn cargo(args: &[&str]) -> Result<String, String> {
    let output = Command::new(env!("CARGO")).args(args).current_dir(root()).output();
    let output = output.map_err(|e| e.to_string())?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match output.status.success() {
        true => Ok(text(&output.stdout)),
        false => Err(text(&output.stdout) + &text(&output.stderr)),
    }
}

fn is_installed(program: &str) -> bool {
    let there = cargo(&[program, "--version"]).is_ok();
    if !there {
        eprintln!("skipped: cargo {program} is not installed (cargo install cargo-{program})");
    }
    there
}

#[test]
fn licences_sources_and_bans_are_kept() {
    if is_installed("deny") {
        cargo(&["deny", "check", "bans", "licenses", "sources"]).unwrap();
    }
}

#[test]
fn no_weakness_is_known() {
    if !is_installed("audit") {
        return;
    }
    let home = std::env::var("CARGO_HOME").map(PathBuf::from).ok();
    let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
    let database = home.unwrap_or_default().join("advisory-db");
    if !database.exists() {
        eprintln!("skipped: no advisories in {} (cargo audit fetches them)", database.display());
        return;
    }
    // Whoever runs `cargo audit` by hand has fetched what is new.
    cargo(&["audit", "--no-fetch", "--stale"]).unwrap();
}

/// SHA-256 of each package from a registry, by name and version, as `Cargo.lock` has them.
fn checksums() -> BTreeMap<(String, String), String> {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let field = |package: &str, name: &str| {
        let line = package.lines().find_map(|line| line.strip_prefix(&format!("{name} = \"")));
        line.map(|value| value.trim_end_matches('"').to_string())
    };
    let entry = |package: &str| {
        let (name, version) = (field(package, "name")?, field(package, "version")?);
        Some(((name, version), field(package, "checksum")?))
    };
    lock.split("[[package]]").filter_map(entry).collect()
}

/// The packages that the program is built from, on any system: what it needs to run and to be built.
fn needed(metadata: &Value) -> BTreeSet<&str> {
    let list = |value: &'_ Value| value.as_array().cloned().unwrap_or_default();
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    let nodes: BTreeMap<&str, &Value> =
        nodes.iter().map(|node| (node["id"].as_str().unwrap(), node)).collect();
    let server = nodes.keys().find(|id| id.contains("crates/server#")).copied().unwrap();
    let (mut needed, mut open) = (BTreeSet::new(), vec![server]);
    while let Some(id) = open.pop() {
        if !needed.insert(id) {
            continue;
        }
        for dependency in nodes[id]["deps"].as_array().unwrap() {
            let is_needed = list(&dependency["dep_kinds"]).iter().any(|it| it["kind"] != "dev");
            open.extend(is_needed.then(|| dependency["pkg"].as_str().unwrap()));
        }
    }
    needed
}

fn bill(metadata: &Value) -> Value {
    let (needed, sums) = (needed(metadata), checksums());
    let packages = metadata["packages"].as_array().unwrap().iter();
    let mut components: Vec<(String, String, Value)> = packages
        .filter(|package| needed.contains(package["id"].as_str().unwrap()))
        .map(|package| {
            let field = |name: &str| package[name].as_str().unwrap_or_default().to_string();
            let (name, version) = (field("name"), field("version"));
            let licence = field("license").replace('/', " OR ");
            let mut component = json!({
                "type": "library",
                "name": name,
                "version": version,
                "purl": format!("pkg:cargo/{name}@{version}"),
                "licenses": [{"expression": licence}],
            });
            if let Some(sum) = sums.get(&(name.clone(), version.clone())) {
                component["hashes"] = json!([{"alg": "SHA-256", "content": sum}]);
            }
            assert!(!licence.is_empty(), "{name} {version} has no licence");
            (name, version, component)
        })
        .collect();
    components.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
    let components: Vec<Value> =
        components.into_iter().map(|(_, _, component)| component).collect();
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "hearsay", "version": env!("CARGO_PKG_VERSION")}},
        "components": components,
    })
}

#[test]
fn the_bill_of_materials_is_true() {
    let metadata = match cargo(&["metadata", "--format-version", "1", "--locked"]) {
        Ok(metadata) => serde_json::from_str(&metadata).unwrap(),
        Err(error) => {
            eprintln!("skipped: the packages of other systems cannot be looked up: {error}");
            return;
        }
    };
    let bill = bill(&metadata);
    assert!(bill["components"].as_array().unwrap().len() > 200);
    let told = std::fs::read_to_string(root().join("docs/sbom.cdx.json")).unwrap_or_default();
    let text = serde_json::to_string_pretty(&bill).unwrap() + "\n";
    if told != text {
        let fresh = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sbom.cdx.json");
        std::fs::write(&fresh, text).unwrap();
        panic!("docs/sbom.cdx.json is not of these packages; copy {} there", fresh.display());
    }
}

//! Scores inverse text normalisation on a folder of `spoken~written` cases, class by class.
//!
//! `cargo run -p hearsay-text --example itn_score -- FOLDER LANGUAGE [--second LANGUAGE]
//! [--failures] [--held-out]` where FOLDER holds `test_cases_CLASS.txt`. Every fifth line is held
//! out: it counts apart, and its failures are printed only with `--held-out`. Each case also runs
//! word by word; the text must be the same, and the mean delay is printed: how many words came
//! after a word before its text was certain.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use hearsay_text::itn::{ItnOptions, ItnStream, Language, itn_with};

/// What the command line says.
struct Args {
    folder: PathBuf,
    options: ItnOptions,
    failures: bool,
    held_out: bool,
}

/// Cases right and cases in all.
#[derive(Default, Clone, Copy)]
struct Tally {
    right: usize,
    all: usize,
}

impl Tally {
    fn add(&mut self, right: bool) {
        self.right += usize::from(right);
        self.all += 1;
    }

    fn percent(self) -> f64 {
        100.0 * self.right as f64 / self.all.max(1) as f64
    }
}

/// Words that came late, and by how much.
#[derive(Default)]
struct Delay {
    words: usize,
    late: usize,
    longest: usize,
}

fn main() -> ExitCode {
    let outcome = parse(std::env::args().skip(1).collect()).and_then(|args| score(&args));
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(message) => {
            eprintln!("itn_score: {message}");
            ExitCode::from(2)
        }
    }
}

fn parse(mut args: Vec<String>) -> Result<Args, String> {
    let language =
        |tag: &str| Language::from_code(tag).ok_or(format!("{tag}: give en, es or hi as language"));
    let mut flag = |name: &str| {
        let found = args.iter().position(|a| a == name);
        found.map(|i| args.remove(i)).is_some()
    };
    let (failures, held_out) = (flag("--failures"), flag("--held-out"));
    let second = match args.iter().position(|a| a == "--second") {
        Some(i) if i + 1 < args.len() => {
            Some(language(&args.drain(i..=i + 1).nth(1).unwrap_or_default())?)
        }
        Some(_) => return Err("--second: give a language behind it".into()),
        None => None,
    };
    let [folder, tag] = args.as_slice() else {
        return Err("give the folder of the cases and a language".into());
    };
    let options = ItnOptions::new(language(tag)?).second(second);
    Ok(Args { folder: folder.into(), options, failures, held_out })
}

fn score(args: &Args) -> Result<bool, String> {
    let (mut seen, mut apart, mut delay) = (Tally::default(), Tally::default(), Delay::default());
    let mut equal = true;
    println!("  {:<24} {:>12} {:>12}", "class", "seen", "held out");
    for file in files(&args.folder)? {
        let text =
            std::fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
        let (mut class_seen, mut class_apart) = (Tally::default(), Tally::default());
        for (i, line) in text.lines().enumerate() {
            let Some((spoken, written)) = line.split_once('~') else { continue };
            let got = itn_with(spoken, &args.options);
            let right = same(&got, written);
            let held = i % 5 == 4;
            if held {
                class_apart.add(right)
            } else {
                class_seen.add(right)
            }
            if !right && (if held { args.held_out } else { args.failures }) {
                println!("    {spoken:?} gave {got:?}, not {written:?}");
            }
            equal &= streamed(spoken, args.options, &mut delay);
        }
        let stem = file.file_stem().map_or(String::new(), |s| s.to_string_lossy().into());
        println!(
            "  {:<24} {} {}",
            stem.replace("test_cases_", ""),
            show(class_seen),
            show(class_apart)
        );
        seen = Tally { right: seen.right + class_seen.right, all: seen.all + class_seen.all };
        apart = Tally { right: apart.right + class_apart.right, all: apart.all + class_apart.all };
    }
    let all = Tally { right: seen.right + apart.right, all: seen.all + apart.all };
    println!("  {:<24} {} {}", "total", show(seen), show(apart));
    println!("  all: {} of {}, {:.1} %", all.right, all.all, all.percent());
    let mean = delay.late as f64 / delay.words.max(1) as f64;
    println!("  streaming: mean delay {mean:.2} words, most words held {}", delay.longest);
    Ok(equal)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|f| f.ok().map(|f| f.path()))
        .filter(|p| p.extension().is_some_and(|e| e == "txt"))
        .collect();
    files.sort();
    Ok(files)
}

fn show(tally: Tally) -> String {
    format!("{:>5} of {:>4}", tally.right, tally.all)
}

/// White space counts as one space, as in the suite the cases come from.
fn same(a: &str, b: &str) -> bool {
    a.split_whitespace().eq(b.split_whitespace())
}

/// Runs a case word by word; false, with a line, when the text differs.
fn streamed(spoken: &str, options: ItnOptions, delay: &mut Delay) -> bool {
    let mut stream = ItnStream::new(options);
    let mut text = String::new();
    for word in spoken.split_whitespace() {
        text.push_str(&stream.push(word));
        // Every word that is still held came one word too early.
        delay.late += stream.held_words();
        delay.longest = delay.longest.max(stream.held_words());
        delay.words += 1;
    }
    text.push_str(&stream.finish());
    let joined = spoken.split_whitespace().collect::<Vec<_>>().join(" ");
    let whole = itn_with(&joined, &options);
    if text != whole {
        println!("    {spoken:?} gave {text:?} word by word, {whole:?} whole");
    }
    text == whole
}

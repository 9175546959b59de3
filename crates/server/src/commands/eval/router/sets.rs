//! The open intent sets as tests of the router: examples to prepare it with,
//! and utterances whose intent is known.

use std::path::Path;

use hearsay_language::IntentExamples;

use crate::commands::eval::manifest::text_lines;
use crate::commands::model_folder;

/// Parts of a cross-validation.
pub const FOLDS: usize = 5;
/// Few-shot splits: a folder of `fewshot` and how many examples an intent has.
const FEW_SHOT: [(&str, usize); 6] = [
    ("BANKING77", 5),
    ("BANKING77", 10),
    ("HWU64", 5),
    ("HWU64", 10),
    ("CLINC150", 5),
    ("CLINC150", 10),
];

/// One test.
pub struct Task {
    /// What it is.
    pub name: String,
    /// What the router is given.
    pub intents: Vec<IntentExamples>,
    /// Utterances with the intent that is meant.
    pub asked: Vec<(String, String)>,
    /// Utterances that mean none of them.
    pub strangers: Vec<String>,
}

/// The tests whose files are in the folder.
///
/// # Errors
/// One line for a file that is there but cannot be used.
pub fn read(folder: &Path, fold: Option<usize>) -> Result<Vec<Task>, String> {
    let mut tasks = Vec::new();
    let banking = folder.join("banking77/train.csv");
    if banking.is_file() {
        let texts = distinct(csv_pairs(&banking)?);
        let wanted = |number: &usize| fold.is_none_or(|fold| fold == *number);
        tasks.extend((0..FOLDS).filter(wanted).map(|number| cut(&texts, number)));
    }
    for (set, shots) in FEW_SHOT {
        let given = folder.join(format!("fewshot/{set}/train_{shots}"));
        if given.is_dir() {
            let asked = folder.join(format!("fewshot/{set}/valid"));
            tasks.push(Task {
                name: format!("{set}, {shots} examples an intent"),
                intents: grouped(parallel_lines(&given)?),
                asked: parallel_lines(&asked)?,
                strangers: Vec::new(),
            });
        }
    }
    let clinc = folder.join("clinc150/train_val.json");
    if clinc.is_file() {
        tasks.push(clinc_task(&clinc)?);
    }
    if tasks.is_empty() {
        let shown = folder.display();
        return Err(format!(
            "{shown}: no banking77/train.csv, fewshot or clinc150/train_val.json in it; give the folder of the intent sets"
        ));
    }
    Ok(tasks)
}

/// (utterance, intent) pairs without repeats, runs of spaces being one space.
fn distinct(pairs: Vec<(String, String)>) -> Vec<IntentExamples> {
    let spaced = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut intents =
        grouped(pairs.into_iter().map(|(text, intent)| (spaced(text), intent)).collect());
    for intent in &mut intents {
        let mut seen = std::collections::HashSet::new();
        intent.examples.retain(|text| seen.insert(text.clone()));
    }
    intents
}

/// Every fifth example of each intent is asked about; the others are given.
fn cut(intents: &[IntentExamples], fold: usize) -> Task {
    let mut task = Task {
        name: format!("banking77, part {fold} of {FOLDS}"),
        intents: Vec::new(),
        asked: Vec::new(),
        strangers: Vec::new(),
    };
    for intent in intents {
        let mut given = Vec::new();
        for (number, text) in intent.examples.iter().enumerate() {
            if number % FOLDS == fold {
                task.asked.push((text.clone(), intent.name.clone()));
            } else {
                given.push(text.clone());
            }
        }
        task.intents.push(IntentExamples { name: intent.name.clone(), examples: given });
    }
    task
}

/// Intents in the order of their names.
fn grouped(pairs: Vec<(String, String)>) -> Vec<IntentExamples> {
    let mut by_name: std::collections::BTreeMap<String, Vec<String>> = Default::default();
    for (text, intent) in pairs {
        by_name.entry(intent).or_default().push(text);
    }
    by_name.into_iter().map(|(name, examples)| IntentExamples { name, examples }).collect()
}

/// A folder's `seq.in` and `label`, line by line.
fn parallel_lines(folder: &Path) -> Result<Vec<(String, String)>, String> {
    let lines = |name: &str| -> Result<Vec<String>, String> {
        Ok(text_lines(&folder.join(name))?.into_iter().map(|(_, line)| line).collect())
    };
    let (texts, labels) = (lines("seq.in")?, lines("label")?);
    if texts.len() != labels.len() {
        let (shown, texts, labels) = (folder.display(), texts.len(), labels.len());
        return Err(format!(
            "{shown}: {texts} lines in seq.in and {labels} in label; give one each"
        ));
    }
    Ok(texts.into_iter().zip(labels).collect())
}

#[derive(serde::Deserialize)]
struct Clinc {
    train: Vec<(String, String)>,
    val: Vec<(String, String)>,
    oos_val: Vec<(String, String)>,
}

fn clinc_task(path: &Path) -> Result<Task, String> {
    let clinc: Clinc = serde_json::from_slice(&model_folder::bytes(path)?)
        .map_err(|e| format!("{}: {e}; give clinc150's own file", path.display()))?;
    Ok(Task {
        name: "clinc150, validation".into(),
        intents: grouped(clinc.train),
        asked: clinc.val,
        strangers: clinc.oos_val.into_iter().map(|(text, _)| text).collect(),
    })
}

/// The first two columns of a table with a heading.
fn csv_pairs(path: &Path) -> Result<Vec<(String, String)>, String> {
    let shown = path.display();
    let text = String::from_utf8(model_folder::bytes(path)?)
        .map_err(|e| format!("{shown}: cannot be read as UTF-8 text ({})", e.utf8_error()))?;
    let mut pairs = Vec::new();
    for (number, row) in csv_rows(&text).into_iter().enumerate().skip(1) {
        let [text, intent] = <[String; 2]>::try_from(row).map_err(|row| {
            format!("{shown}: row {number}: {} columns; give text,category", row.len())
        })?;
        pairs.push((text, intent));
    }
    Ok(pairs)
}

/// Rows of comma-separated values (RFC 4180): a quoted cell may hold commas,
/// line ends and doubled quotes. Empty rows are left out.
fn csv_rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {}
            '\n' if !quoted => close(&mut row, &mut cell, &mut rows),
            other => cell.push(other),
        }
    }
    close(&mut row, &mut cell, &mut rows);
    rows
}

fn close(row: &mut Vec<String>, cell: &mut String, rows: &mut Vec<Vec<String>>) {
    if !row.is_empty() || !cell.is_empty() {
        row.push(std::mem::take(cell));
        rows.push(std::mem::take(row));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_cells_hold_commas_quotes_and_line_ends() {
        let text = "text,category\n\"a, \"\"b\"\"\nc\",x\r\n\nplain,y";
        assert_eq!(csv_rows(text), [["text", "category"], ["a, \"b\"\nc", "x"], ["plain", "y"]]);
    }

    #[test]
    fn arbitrary_text_is_read_without_harm() {
        let mut state = 3_u32;
        for _ in 0..200 {
            let next = |_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                ['"', ',', '\n', '\r', 'a', 'é'][(state >> 16) as usize % 6]
            };
            let text: String = (0..40).map(next).collect();
            assert!(csv_rows(&text).iter().all(|row| !row.is_empty()));
        }
    }

    #[test]
    fn every_example_is_asked_about_in_one_part_and_given_in_the_others() {
        let pairs = (0..11).map(|n| (format!("text {n}"), "one".to_string()));
        let intents = distinct(pairs.chain([("text  3".into(), "one".into())]).collect());
        assert_eq!(intents[0].examples.len(), 11, "the repeat is left out");
        let mut asked = Vec::new();
        for fold in 0..FOLDS {
            let task = cut(&intents, fold);
            assert_eq!(task.asked.len() + task.intents[0].examples.len(), 11);
            assert!(task.asked.iter().all(|(text, _)| !task.intents[0].examples.contains(text)));
            asked.extend(task.asked);
        }
        assert_eq!(asked.len(), 11);
    }
}

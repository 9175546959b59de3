//! What a run comes to, as a table or JSON.

use serde::Serialize;

use crate::commands::eval::table::Table;
use crate::commands::eval::{figure, percent};
use crate::score::{Compared, Distance, Edits, Jumps, Seams};

/// One speaker's sums.
#[derive(Default)]
pub struct Tally {
    /// Sentences said.
    pub sentences: usize,
    /// Length of all, seconds.
    pub audio_s: f64,
    /// Time to make them, seconds; 0 of recordings.
    pub took_s: f64,
    /// What the recogniser made of them.
    pub words: Edits,
    /// Beside the human recordings.
    pub distances: Vec<Distance>,
    /// Borders between pieces, of our own.
    pub seams: Seams,
    /// The predictor's numbers.
    pub naturalness: Vec<f64>,
}

/// What is printed as JSON.
#[derive(Debug, Serialize)]
pub struct Report {
    /// One a speaker.
    pub rows: Vec<Row>,
    /// What was left out and why.
    pub notes: Vec<String>,
}

/// One speaker. What could not be had is null.
#[derive(Debug, Serialize)]
pub struct Row {
    speaker: String,
    sentences: usize,
    audio_s: f64,
    /// Words that were recognised or should have been.
    reference_words: usize,
    /// Per cent.
    word_error_rate: Option<f64>,
    /// Sentences with a human recording.
    compared: usize,
    mcd_db: Option<f64>,
    f0_cents: Option<f64>,
    /// Per cent.
    voicing_error: Option<f64>,
    duration_ratio: Option<f64>,
    naturalness: Option<f64>,
    real_time_factor: Option<f64>,
    energy_seams_db: Option<SeamRow>,
    f0_seams_cents: Option<SeamRow>,
}

/// Jumps at borders against jumps in the middle of pieces.
#[derive(Debug, Serialize)]
struct SeamRow {
    borders: usize,
    border: f64,
    middle: f64,
    ratio: Option<f64>,
    p_value: f64,
}

fn rounded(value: f64, decimals: i32) -> f64 {
    let scale = 10f64.powi(decimals);
    (value * scale).round() / scale
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0usize), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / count as f64)
}

impl Row {
    /// The figures of a speaker.
    pub fn of(speaker: &str, tally: &Tally) -> Self {
        let distances = &tally.distances;
        let over = |get: fn(&Distance) -> f64| mean(distances.iter().map(get));
        let made = tally.took_s > 0.0 && tally.audio_s > 0.0;
        Self {
            speaker: speaker.to_string(),
            sentences: tally.sentences,
            audio_s: rounded(tally.audio_s, 2),
            reference_words: tally.words.reference,
            word_error_rate: tally.words.percent().map(|rate| rounded(rate, 1)),
            compared: distances.len(),
            mcd_db: over(|d| d.mcd_db).map(|db| rounded(db, 2)),
            f0_cents: mean(distances.iter().filter_map(|d| d.f0_cents)).map(|c| rounded(c, 0)),
            voicing_error: percent(over(|d| d.voicing_error)),
            duration_ratio: over(|d| d.duration_ratio).map(|ratio| rounded(ratio, 2)),
            naturalness: mean(tally.naturalness.iter().copied()).map(|score| rounded(score, 2)),
            real_time_factor: made.then(|| rounded(tally.took_s / tally.audio_s, 4)),
            energy_seams_db: SeamRow::of(&tally.seams.energy_db),
            f0_seams_cents: SeamRow::of(&tally.seams.f0_cents),
        }
    }
}

impl SeamRow {
    fn of(jumps: &Jumps) -> Option<Self> {
        let Compared { border, middle, ratio, p_value } = jumps.compare()?;
        Some(Self {
            borders: jumps.border.len(),
            border: rounded(border, 2),
            middle: rounded(middle, 2),
            ratio: ratio.map(|ratio| rounded(ratio, 2)),
            p_value: rounded(p_value, 4),
        })
    }
}

/// A column: its heading, decimals, and where its figure is.
type Column = (&'static str, usize, fn(&Row) -> Option<f64>);

const COLUMNS: [Column; 7] = [
    ("WER %", 1, |row| row.word_error_rate),
    ("MCD dB", 2, |row| row.mcd_db),
    ("F0 cents", 0, |row| row.f0_cents),
    ("voicing %", 1, |row| row.voicing_error),
    ("length", 2, |row| row.duration_ratio),
    ("natural", 2, |row| row.naturalness),
    ("RTF", 4, |row| row.real_time_factor),
];

impl Report {
    /// The tables; a column that nobody has a figure for is left out.
    pub fn render(&self) -> String {
        let has = |column: &&Column| self.rows.iter().any(|row| (column.2)(row).is_some());
        let columns: Vec<&Column> = COLUMNS.iter().filter(has).collect();
        let mut heading = vec!["speaker", "sentences"];
        heading.extend(columns.iter().map(|column| column.0));
        let mut table = Table::new(&heading);
        for row in &self.rows {
            let mut cells = vec![row.speaker.clone(), row.sentences.to_string()];
            cells.extend(columns.iter().map(|(_, decimals, get)| figure(get(row), *decimals)));
            table.row(cells);
        }
        let mut parts = vec![table.render()];
        parts.extend(self.seams());
        parts.extend((!self.notes.is_empty()).then(|| self.notes.join("\n")));
        parts.join("\n\n")
    }

    fn seams(&self) -> Option<String> {
        let mut table = Table::new(&["seams", "borders", "at borders", "in pieces", "ratio", "p"]);
        let mut any = false;
        for row in &self.rows {
            let kinds = [("level, dB", &row.energy_seams_db), ("F0, cents", &row.f0_seams_cents)];
            for (kind, seams) in kinds {
                let Some(seams) = seams else { continue };
                any = true;
                table.row(vec![
                    format!("{}: {kind}", row.speaker),
                    seams.borders.to_string(),
                    format!("{:.2}", seams.border),
                    format!("{:.2}", seams.middle),
                    figure(seams.ratio, 2),
                    format!("{:.3}", seams.p_value),
                ]);
            }
        }
        any.then(|| table.render())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distance(mcd_db: f64, f0_cents: Option<f64>) -> Distance {
        Distance { mcd_db, f0_cents, voicing_error: 0.1, duration_ratio: 0.9 }
    }

    #[test]
    fn figures_are_means_over_sentences_and_missing_ones_stay_missing() {
        let mut tally = Tally { sentences: 2, audio_s: 4.0, took_s: 1.0, ..Tally::default() };
        tally.words = Edits { reference: 10, substitutions: 1, ..Edits::default() };
        tally.distances = vec![distance(4.0, Some(200.0)), distance(6.0, None)];
        let row = Row::of("hearsay x", &tally);
        assert_eq!(
            (row.word_error_rate, row.mcd_db, row.f0_cents),
            (Some(10.0), Some(5.0), Some(200.0))
        );
        assert_eq!((row.voicing_error, row.duration_ratio), (Some(10.0), Some(0.9)));
        assert_eq!((row.real_time_factor, row.naturalness), (Some(0.25), None));
        let human = Row::of("human", &Tally { sentences: 1, audio_s: 3.0, ..Tally::default() });
        assert_eq!(
            (human.real_time_factor, human.mcd_db, human.word_error_rate),
            (None, None, None)
        );
    }

    #[test]
    fn columns_without_figures_are_left_out_and_notes_are_printed() {
        let tally = Tally { sentences: 3, audio_s: 2.0, took_s: 0.2, ..Tally::default() };
        let mut report = Report { rows: vec![Row::of("espeak-ng", &tally)], notes: Vec::new() };
        assert_eq!(report.render(), "speaker    sentences     RTF\nespeak-ng          3  0.1000");
        report.notes.push("flite not found: it is left out".to_string());
        assert!(report.render().ends_with("\n\nflite not found: it is left out"));
    }

    #[test]
    fn seams_have_a_table_of_their_own() {
        let mut tally = Tally { sentences: 1, audio_s: 1.0, took_s: 0.1, ..Tally::default() };
        tally.seams.energy_db = Jumps { border: vec![4.0, 6.0], middle: vec![2.0, 3.0] };
        let report = Report { rows: vec![Row::of("hearsay x", &tally)], notes: Vec::new() };
        let shown = report.render();
        let line = shown.lines().find(|line| line.starts_with("hearsay x: level")).unwrap();
        assert!(line.contains("2        5.00       2.50   2.00"), "{line}");
    }
}

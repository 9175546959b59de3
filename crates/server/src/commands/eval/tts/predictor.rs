//! How natural a sound is by a model of the user's, such as one that predicts mean opinion scores.

use std::path::Path;

use super::programs::OwnCommand;

/// The user's program.
pub struct Predictor {
    command: OwnCommand,
    files_max: usize,
}

impl Predictor {
    /// A program that is given up to `files_max` files at once.
    ///
    /// # Errors
    /// When the command is empty.
    pub fn new(command: &str, files_max: u16) -> Result<Self, String> {
        let files_max = usize::from(files_max.max(1));
        Ok(Self { command: OwnCommand::new("--predictor", command)?, files_max })
    }

    /// Files it takes at once.
    pub fn files_max(&self) -> usize {
        self.files_max
    }

    /// One number for each of the files.
    ///
    /// # Errors
    /// One line: the program fails or prints something else.
    pub fn scores(&self, files: &[&Path]) -> Result<Vec<f64>, String> {
        let printed = self.command.run(files).map_err(|e| format!("--predictor: {e}"))?;
        numbers(&printed, files.len()).map_err(|e| format!("--predictor: {e}"))
    }
}

fn numbers(printed: &str, wanted: usize) -> Result<Vec<f64>, String> {
    let lines = printed.lines().map(str::trim).filter(|line| !line.is_empty());
    let number = |line: &str| {
        let parsed: Option<f64> = line.parse().ok().filter(|number: &f64| number.is_finite());
        let shown: String = line.chars().take(40).collect();
        parsed.ok_or_else(|| format!("`{shown}` is no number; print one a line, nothing else"))
    };
    let numbers: Vec<f64> = lines.map(number).collect::<Result<_, _>>()?;
    if numbers.len() != wanted {
        return Err(format!("{} numbers for {wanted} files; print one for each", numbers.len()));
    }
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_a_file_and_nothing_else() {
        assert_eq!(numbers(" 3.25\n\n4\n", 2), Ok(vec![3.25, 4.0]));
        assert!(numbers("3.2\n", 2).unwrap_err().contains("1 numbers for 2 files"));
        assert!(numbers("MOS 3.2\n", 1).unwrap_err().contains("`MOS 3.2` is no number"));
        assert!(numbers("nan\n", 1).is_err());
        assert_eq!(numbers("", 0), Ok(Vec::new()));
    }

    #[cfg(unix)]
    #[test]
    fn files_are_passed_together() {
        let predictor = Predictor::new("printf 3.5%.0s\\n", 2).unwrap();
        let files = [Path::new("a.wav"), Path::new("b.wav")];
        assert_eq!(predictor.scores(&files).unwrap(), [3.5, 3.5]);
        assert!(Predictor::new("", 1).is_err());
    }
}

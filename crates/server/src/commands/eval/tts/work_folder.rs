//! Where the sounds of a run lie: a folder of the user's that stays, or one of our own that goes.

use std::path::{Path, PathBuf};

use super::RATE_HZ;
use crate::commands::write;

/// A folder for WAV files of 16 kHz.
pub struct WorkFolder {
    /// What is kept.
    kept: PathBuf,
    /// What is only for another program to read; removed with this value.
    own: PathBuf,
}

impl WorkFolder {
    /// Sounds go to `out`, or where there is none, to a temporary folder.
    ///
    /// # Errors
    /// When a folder cannot be made.
    pub fn new(out: Option<&Path>) -> Result<Self, String> {
        if let Some(out) = out {
            std::fs::create_dir_all(out).map_err(|e| refused(out, &e))?;
        }
        let mut salt = [0; 8];
        getrandom::fill(&mut salt).map_err(|e| format!("no random name for a folder: {e}"))?;
        let name = format!("hearsay-eval-{:016x}", u64::from_le_bytes(salt));
        let own = std::env::temp_dir().join(name);
        // It must be new: nobody else's files are removed at the end.
        std::fs::create_dir(&own).map_err(|e| refused(&own, &e))?;
        Ok(Self { kept: out.map_or_else(|| own.clone(), Path::to_path_buf), own })
    }

    /// Writes a sound to be measured, named after who says which line.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep(&self, speaker: &str, line: usize, samples: &[f32]) -> Result<PathBuf, String> {
        let plain = |c: char| if c.is_alphanumeric() { c } else { '-' };
        let speaker: String = speaker.chars().map(plain).collect();
        let path = self.kept.join(format!("{line:04}-{speaker}.wav"));
        write(&path, &hearsay_audio::wav::write_pcm16(samples, 1, RATE_HZ))?;
        Ok(path)
    }

    /// Writes a sound over the last one of that name, for another program to read.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn lend(&self, name: &str, samples: &[f32]) -> Result<PathBuf, String> {
        let path = self.scratch(name);
        write(&path, &hearsay_audio::wav::write_pcm16(samples, 1, RATE_HZ))?;
        Ok(path)
    }

    /// Where another program may write.
    pub fn scratch(&self, name: &str) -> PathBuf {
        self.own.join(name)
    }
}

impl Drop for WorkFolder {
    fn drop(&mut self) {
        // What cannot be removed is left to the system, which empties this place.
        let _ = std::fs::remove_dir_all(&self.own);
    }
}

fn refused(path: &Path, error: &std::io::Error) -> String {
    format!("{}: the folder cannot be made ({error}); give another one", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_folder_goes_and_the_users_stays() {
        let folder = WorkFolder::new(None).unwrap();
        let kept = folder.keep("flite rms", 3, &[0.0; 160]).unwrap();
        let lent = folder.lend("heard.wav", &[0.0; 160]).unwrap();
        assert_eq!(kept.file_name().unwrap(), "0003-flite-rms.wav");
        assert!(kept.is_file() && lent.is_file());
        drop(folder);
        assert!(!kept.exists() && !lent.exists());
        let own = WorkFolder::new(None).unwrap();
        let out = own.scratch("out");
        let folder = WorkFolder::new(Some(&out)).unwrap();
        let kept = folder.keep("../human", 1, &[0.0; 160]).unwrap();
        let lent = folder.lend("heard.wav", &[0.0; 160]).unwrap();
        drop(folder);
        assert!(kept.starts_with(&out) && kept.is_file() && !lent.exists());
    }
}

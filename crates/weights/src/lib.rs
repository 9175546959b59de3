//! The trained default models as bytes, each with its card.
//!
//! A card says what a model is, the data it was trained on and its licence, the
//! command that made it, what it scores and where it fails. Nothing here knows
//! how a model is run.

/// One file of trained numbers.
#[derive(Debug, Clone, Copy)]
pub struct Weight {
    /// File name in `crates/weights/data`.
    pub name: &'static str,
    /// The file.
    pub bytes: &'static [u8],
    /// Its model card, Markdown.
    pub card: &'static str,
    /// SHA-256 of the file, hexadecimal, as [`SHA256SUMS`] records it.
    pub sha256: &'static str,
}

/// `sha256sum` of every file of weights.
pub const SHA256SUMS: &str = include_str!("../data/SHA256SUMS");

/// Finds a file's hash in [`SHA256SUMS`] at compile time.
const fn recorded_hash(name: &str) -> &'static str {
    let sums = SHA256SUMS.as_bytes();
    let name = name.as_bytes();
    let mut line = 0;
    while line < sums.len() {
        let mut end = line;
        while end < sums.len() && sums[end] != b'\n' {
            end += 1;
        }
        // 64 digits, two spaces, the name.
        if end - line == 66 + name.len() {
            let mut same = 0;
            while same < name.len() && sums[line + 66 + same] == name[same] {
                same += 1;
            }
            if same == name.len() {
                let (_, from) = SHA256SUMS.split_at(line);
                let (hash, _) = from.split_at(64);
                return hash;
            }
        }
        line = end + 1;
    }
    panic!("a weight is not in data/SHA256SUMS: run sha256sum over the files")
}

macro_rules! weights {
    ($($(#[$doc:meta])* $constant:ident = $name:literal, $card:literal;)*) => {
        $($(#[$doc])*
        pub const $constant: Weight = Weight {
            name: $name,
            bytes: include_bytes!(concat!("../data/", $name)),
            card: include_str!(concat!("../data/", $card)),
            sha256: recorded_hash($name),
        };)*
        /// Every weight.
        pub const ALL: &[Weight] = &[$($constant),*];
    };
}

weights! {
    /// Voice activity: log-mel features to the probability of speech.
    VAD = "vad.onnx", "vad.md";
    /// The recogniser's streaming encoder.
    ASR_ENCODER = "asr_encoder.onnx", "asr.md";
    /// The recogniser's word pieces.
    ASR_TOKENS = "asr_tokens.txt", "asr.md";
    /// The recogniser's n-gram language model.
    ASR_LM = "asr_lm.bin", "asr.md";
    /// The recogniser's lexicon and word trigram.
    ASR_WORDS = "asr_words.bin", "asr.md";
    /// Signs and capitals into plain words.
    PUNCTUATE_EN = "punctuate_en.bin", "punctuate_en.md";
    /// Names, addresses and dates of birth.
    PII_EN = "pii_en.bin", "pii_en.md";
    /// Names, addresses and dates of birth in Spanish and Hindi.
    PII_ES_HI = "pii_es_hi.bin", "pii_es_hi.md";
    /// Attacks, harmful requests and abuse.
    FILTER_EN = "filter_en.bin", "filter_en.md";
    /// The end of a turn from its words.
    TURN_EN = "turn_en.bin", "turn_en.md";
    /// The acoustic model's text side: phones to durations and pitch.
    TTS_TEXT = "tts_text.onnx", "tts.md";
    /// The acoustic model's frame side: to mel frames.
    TTS_FRAMES = "tts_frames.onnx", "tts.md";
    /// The vocoder.
    TTS_VOCODER = "tts_vocoder.onnx", "tts.md";
    /// The speaker encoder of voice cloning.
    TTS_SPEAKER = "tts_speaker.onnx", "tts.md";
    /// The synthesiser's voices and dimensions.
    TTS_META = "tts_meta.json", "tts.md";
    /// The English pronunciation dictionary.
    LEXICON_EN = "lexicon_en.bin", "g2p.md";
    /// English letters to sounds.
    G2P_EN = "g2p_en.bin", "g2p.md";
    /// The intent router.
    ROUTER = "router_en.bin", "router.md";
    /// Conversations to replies and calls of tools.
    SLM = "slm_en.gguf", "slm_en.md";
    /// Retrieval and grounding.
    RETRIEVAL = "retrieval_en.bin", "retrieval.md";
}

/// The weight of that name, where this build has it.
pub fn find(name: &str) -> Option<&'static Weight> {
    ALL.iter().find(|weight| weight.name == name)
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    #[test]
    fn every_weight_is_the_one_recorded() {
        for weight in super::ALL {
            let hash: String =
                Sha256::digest(weight.bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(hash, weight.sha256, "{}: update data/SHA256SUMS and its card", weight.name);
        }
    }

    #[test]
    fn together_they_stay_under_80_mb() {
        let bytes: usize = super::ALL.iter().map(|weight| weight.bytes.len()).sum();
        assert!(bytes < 80_000_000, "{bytes} bytes");
    }

    #[test]
    fn every_card_names_data_licence_and_command() {
        for weight in super::ALL {
            for heading in ["Data", "Licence", "Command"] {
                let found = weight.card.lines().any(|line| {
                    line.starts_with('#') && line.to_lowercase().contains(&heading.to_lowercase())
                });
                assert!(found, "the card of {} has no heading {heading}", weight.name);
            }
        }
    }
}

//! Models that hear or speak: VAD, recogniser, acoustic model, vocoder.

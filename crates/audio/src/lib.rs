//! PCM frames, G.711, resampling, WAV, pacing arithmetic, mel features, spectrogram pictures.

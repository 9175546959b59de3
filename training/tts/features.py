"""Speech features shared by the vocoder and the acoustic model: mel, F0, voicing, pulse train.

Frame t is centred on sample 240 t (24 kHz, 10 ms).  The mel is the natural log of
max(mel-weighted magnitude, 1e-5): Hann window of 960 samples inside an FFT of 1536, 96 Slaney
mel bands from 0 to 12000 Hz.  A recording of a lower rate leaves its upper bands at the floor;
`bands_of` says how many are its own.
"""

import numpy as np
import librosa

RATE = 24000
HOP = 240
WIN = 960
FFT = 1536
BINS = FFT // 2 + 1
MELS = 96
FLOOR = 1e-5
LOG_FLOOR = float(np.log(FLOOR))
F0_MIN, F0_MAX = 60.0, 500.0

_WINDOW = np.hanning(WIN + 1)[:-1].astype(np.float32)
MEL_BASIS = librosa.filters.mel(sr=RATE, n_fft=FFT, n_mels=MELS, fmin=0, fmax=RATE / 2).astype(np.float32)


def frames_of(samples):
    """Number of frames of a signal: one for each started hop."""
    return (samples + HOP - 1) // HOP


def bands_of(rate):
    """How many of the mel bands lie below a recording's own bandwidth, leaving out its filter's slope."""
    return int((librosa.mel_frequencies(MELS + 2, fmin=0, fmax=RATE / 2)[2:] <= rate / 2 * 0.96).sum())


def log_mel(wave):
    """(samples,) in [-1, 1] -> (frames, 96) natural-log mel magnitudes."""
    n = frames_of(len(wave))
    padded = np.pad(wave, (WIN // 2, WIN // 2 + n * HOP - len(wave))).astype(np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(padded, WIN)[:: HOP][:n]
    spectrum = np.abs(np.fft.rfft(windows * _WINDOW, FFT, axis=1)).astype(np.float32)
    return np.log(np.maximum(spectrum @ MEL_BASIS.T, FLOOR))


def pitch(wave, floor=F0_MIN, ceil=F0_MAX):
    """(samples,) -> F0 in Hz, interpolated through unvoiced frames, and voicing 0/1; both (frames,)."""
    import pyworld

    x = wave.astype(np.float64)
    f0, times = pyworld.dio(x, RATE, f0_floor=floor, f0_ceil=ceil, frame_period=10.0)
    f0 = pyworld.stonemask(x, f0, times, RATE)
    n = frames_of(len(wave))
    f0 = np.pad(f0, (0, max(0, n - len(f0))))[:n]
    voiced = f0 > 0
    if voiced.sum() < 2:
        return np.full(n, 150.0, np.float32), np.zeros(n, np.float32)
    index = np.arange(n)
    smooth = np.exp(np.interp(index, index[voiced], np.log(f0[voiced])))
    return np.clip(smooth, floor, ceil).astype(np.float32), voiced.astype(np.float32)


def dilate(voiced):
    """Voicing widened by a frame on each side, so that pulses reach into onsets and tails."""
    v = np.pad(voiced, 1)
    return np.maximum(np.maximum(v[:-2], v[1:-1]), v[2:])


SINC_HALF = 8


def pulse_train(f0, voiced, phase=0.0):
    """Band-limited pulses of unit power: F0 and voicing per frame -> (frames * 240,) samples.

    The phase runs on through unvoiced frames; a pulse falls where it passes a whole number.  Each
    pulse is a Hann-windowed sinc at its exact (fractional) place, scaled by sqrt(period).
    """
    n = len(f0) * HOP
    # Frequency per sample: linear between frame centres, so frame t holds at sample 240 t.
    at = np.arange(n) / HOP
    freq = np.interp(at, np.arange(len(f0)), f0.astype(np.float64))
    turns = phase + np.concatenate([[0.0], np.cumsum(freq / RATE)])
    crossing = np.nonzero(np.floor(turns[1:]) > np.floor(turns[:-1]))[0]
    place = crossing + (np.floor(turns[crossing + 1]) - turns[crossing]) / (freq[crossing] / RATE)
    gate = dilate(voiced)[np.minimum(((crossing + HOP // 2) // HOP), len(f0) - 1)] > 0.5
    place, amp = place[gate], np.sqrt(RATE / freq[crossing[gate]])
    out = np.zeros(n + 4 * SINC_HALF, np.float64)
    base = np.floor(place).astype(int)
    for k in range(-SINC_HALF + 1, SINC_HALF + 1):
        d = base + k - place
        tap = np.sinc(d) * (0.5 + 0.5 * np.cos(np.pi * d / SINC_HALF))
        np.add.at(out, base + k + 2 * SINC_HALF, amp * tap)
    return out[2 * SINC_HALF : 2 * SINC_HALF + n].astype(np.float32)


def read(path, rate=RATE):
    """Reads a file as mono float at 24 kHz."""
    import soundfile

    wave, native = soundfile.read(path, dtype="float32", always_2d=True)
    wave = wave.mean(axis=1)
    return librosa.resample(wave, orig_sr=native, target_sr=rate, res_type="soxr_hq") if native != rate else wave


def level(wave, dbfs=-23.0):
    """Scales to a loudness: RMS of the louder frames (those within 30 dB of the loudest)."""
    n = len(wave) // HOP
    rms = np.sqrt((wave[: n * HOP].reshape(n, HOP) ** 2).mean(axis=1) + 1e-12)
    loud = rms[rms > rms.max() * 10 ** (-30 / 20)]
    return wave * (10 ** (dbfs / 20) / np.sqrt((loud**2).mean()))

"""Speech or not, for each 10 ms frame of a clean recording: energy with hysteresis.

This is the teacher of the detector. It is no detector itself: it looks at the whole clip, and it needs a clean one.
"""

import numpy as np

from features import HOP_SAMPLES, WINDOW_SAMPLES

GAP_FRAMES_MAX = 15  # shorter pauses (stop closures, 150 ms) count as speech
BURST_FRAMES_MIN = 5  # shorter bursts (clicks, 50 ms) do not


def frame_levels(audio):
    """Level of each frame in dB, after a first difference that takes hum and rumble away: (samples,) -> (frames,)."""
    bright = np.diff(audio, prepend=audio[:1]).astype(np.float64)
    frames = np.lib.stride_tricks.sliding_window_view(bright, WINDOW_SAMPLES)[::HOP_SAMPLES]
    return 10.0 * np.log10(np.mean(np.square(frames), axis=1) + 1e-10)


def runs(mask):
    """(start, end) of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return list(zip(edges[::2], edges[1::2]))


def speech_frames(audio):
    """(samples,) -> (frames,) of bool."""
    level = frame_levels(audio)
    peak, floor = np.percentile(level, 95), np.percentile(level, 5)
    # A clip cut tightly around a word has no floor to speak of: never ask for more than 18 dB below its peak.
    high = min(max(peak - 30.0, floor + 9.0), peak - 18.0)
    low = high - 6.0
    loud, present = level > high, level > low
    speech = np.zeros_like(loud)
    for start, end in runs(present):
        if loud[start:end].any():
            speech[start:end] = True
    for start, end in runs(~speech):
        if 0 < start and end < len(speech) and end - start <= GAP_FRAMES_MAX:
            speech[start:end] = True
    for start, end in runs(speech):
        if end - start < BURST_FRAMES_MIN:
            speech[start:end] = False
    return speech

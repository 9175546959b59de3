"""The synthesiser's symbols: pauses, ARPAbet consonants, ARPAbet vowels with and without stress."""

PAUSES = ["sil", "comma", "period", "question"]
CONSONANTS = "B CH D DH F G HH JH K L M N NG P R S SH T TH V W Y Z ZH".split()
VOWELS = "AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW".split()
SYMBOLS = ["pad"] + PAUSES + CONSONANTS + [v + s for v in VOWELS for s in "01"]
ID = {s: i for i, s in enumerate(SYMBOLS)}
# A symbol's place in its word.
PAUSE, INSIDE, START, END, SINGLE = range(5)
BASE = ["sil"] + CONSONANTS + VOWELS
SPEAKERS = ["linda", "slt", "rms"]


def canonical(phone):
    """CMUdict phone ("AH2") -> symbol; secondary stress is spoken as stress."""
    if phone in ID:
        return phone
    return phone[:-1] + ("0" if phone[-1] == "0" else "1")


def base(symbol):
    """Symbol -> phone without stress; every pause is "sil"."""
    if symbol in PAUSES or symbol == "pad":
        return "sil"
    return symbol.rstrip("01")


def from_flite(name, stress):
    """flite's phone and syllable stress -> symbol."""
    name = {"ax": "ah", "axr": "er"}.get(name, name).upper()
    return name if name in CONSONANTS else name + ("1" if stress == "1" else "0")


def pause_for(punctuation):
    """Punctuation after a word -> pause symbol."""
    if "?" in punctuation:
        return "question"
    return "period" if any(c in punctuation for c in ".!;:") else "comma"


def places(word_lengths):
    """Numbers of phones of one word -> its phones' places."""
    if word_lengths == 1:
        return [SINGLE]
    return [START] + [INSIDE] * (word_lengths - 2) + [END]

"""The synthesiser's symbols: pauses, ARPAbet for English, and what Spanish and Hindi add to it.

One inventory for all languages: a sound that two languages share has one symbol.  Each symbol also has
articulatory features, from which the text net builds most of its embedding, so that a voice that never
spoke a language still has its sounds.
"""

PAUSES = ["sil", "comma", "period", "question"]
CONSONANTS = "B CH D DH F G HH JH K L M N NG P R S SH T TH V W Y Z ZH".split()
VOWELS = "AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW".split()
PURE = "a e i o u".split()  # Spanish vowels, long Hindi vowels
NASAL = ["a~", "e~", "i~", "o~", "u~", "AH~", "IH~", "UH~", "EH~", "AO~"]
OTHERS = "p t k d β ɣ x ɾ r ɲ ʝ ʈ ɖ ɳ ɽ tɕ ʋ ʰ ʱ".split()  # t and d are dental; ʰ and ʱ follow a stop
SYMBOLS = (["pad"] + PAUSES + CONSONANTS + [v + s for v in VOWELS for s in "01"]
           + [v + s for v in PURE for s in "01"] + NASAL + OTHERS)
ID = {s: i for i, s in enumerate(SYMBOLS)}
# A symbol's place in its word.
PAUSE, INSIDE, START, END, SINGLE = range(5)
LANGUAGES = ["en", "es", "hi"]
BASE = ["sil"] + CONSONANTS + VOWELS + PURE + NASAL + OTHERS

# A classifier that was taught English only takes these for what is new in Spanish and Hindi.
NEAR_ENGLISH = {
    "a": "AA", "e": "EY", "i": "IY", "o": "OW", "u": "UW", "a~": "AA", "e~": "EY", "i~": "IY", "o~": "OW", "u~": "UW",
    "AH~": "AH", "IH~": "IH", "UH~": "UH", "EH~": "EH", "AO~": "AO", "p": "P", "t": "T", "k": "K", "d": "D", "β": "V",
    "ɣ": "G", "x": "HH", "ɾ": "D", "r": "R", "ɲ": "N", "ʝ": "Y", "ʈ": "T", "ɖ": "D", "ɳ": "N", "ɽ": "D", "tɕ": "CH",
    "ʋ": "V", "ʰ": "HH", "ʱ": "HH"}

_VOWEL_FEATURES = {
    "AA": "low back", "AE": "low front", "AH": "mid central", "AO": "mid low back round", "AW": "low central to_back",
    "AY": "low central to_front", "EH": "mid low front", "ER": "mid central rhotic", "EY": "mid front to_front long",
    "IH": "high lax front", "IY": "high front long", "OW": "mid back round to_back long", "OY": "mid back round to_front",
    "UH": "high lax back round", "UW": "high back round long", "a": "low central", "e": "mid front", "i": "high front",
    "o": "mid back round", "u": "high back round"}
_CONSONANT_FEATURES = {
    "B": "stop labial voiced", "CH": "stop fricative postalveolar aspirated", "D": "stop alveolar voiced", "DH": "fricative dental voiced weak",
    "F": "fricative labial", "G": "stop velar voiced", "HH": "fricative glottal", "JH": "stop fricative postalveolar voiced",
    "K": "stop velar aspirated", "L": "lateral alveolar voiced", "M": "nasal labial voiced", "N": "nasal alveolar voiced",
    "NG": "nasal velar voiced", "P": "stop labial aspirated", "R": "approximant alveolar voiced rhotic", "S": "fricative alveolar sibilant",
    "SH": "fricative postalveolar sibilant", "T": "stop alveolar aspirated", "TH": "fricative dental weak", "V": "fricative labial voiced weak",
    "W": "approximant labial velar voiced round", "Y": "approximant palatal voiced", "Z": "fricative alveolar sibilant voiced",
    "ZH": "fricative postalveolar sibilant voiced", "p": "stop labial", "t": "stop dental", "k": "stop velar", "d": "stop dental voiced",
    "β": "approximant labial voiced weak", "ɣ": "approximant velar voiced weak", "x": "fricative velar", "ɾ": "tap alveolar voiced rhotic",
    "r": "trill alveolar voiced rhotic", "ɲ": "nasal palatal voiced", "ʝ": "fricative palatal voiced", "ʈ": "stop retroflex",
    "ɖ": "stop retroflex voiced", "ɳ": "nasal retroflex voiced", "ɽ": "tap retroflex voiced", "tɕ": "stop fricative postalveolar",
    "ʋ": "approximant labial voiced", "ʰ": "release aspirated", "ʱ": "release voiced breathy"}


def base(symbol):
    """Symbol -> phone without stress; every pause is "sil"."""
    if symbol in PAUSES or symbol == "pad":
        return "sil"
    return symbol if symbol in OTHERS else symbol.rstrip("01")


def features_of(symbol):
    """Articulatory features of a symbol, as a set of names."""
    if symbol in PAUSES or symbol == "pad":
        return {"pause"}
    plain = base(symbol).rstrip("~")
    if plain in _CONSONANT_FEATURES:
        return {"consonant"} | set(_CONSONANT_FEATURES[plain].split())
    found = {"vowel", "voiced"} | set(_VOWEL_FEATURES[plain].split())
    if symbol.endswith("1"):
        found.add("stressed")
    if symbol.endswith("~"):
        found.add("nasalised")
    return found


FEATURES = sorted({f for s in SYMBOLS for f in features_of(s)})


def feature_table():
    """(symbols, features) of zeros and ones."""
    return [[float(f in features_of(s)) for f in FEATURES] for s in SYMBOLS]


def canonical(phone):
    """CMUdict phone ("AH2") -> symbol; secondary stress is spoken as stress."""
    if phone in ID:
        return phone
    return phone[:-1] + ("0" if phone[-1] == "0" else "1")


def from_flite(name, stress):
    """flite's phone and syllable stress -> symbol."""
    name = {"ax": "ah", "axr": "er"}.get(name, name).upper()
    return name if name in CONSONANTS else name + ("1" if stress == "1" else "0")


def pause_for(punctuation):
    """Punctuation after a word -> pause symbol."""
    if any(c in punctuation for c in "?¿"):
        return "question"
    return "period" if any(c in punctuation for c in ".!;:।") else "comma"


def places(word_lengths):
    """Number of phones of one word -> its phones' places."""
    if word_lengths == 1:
        return [SINGLE]
    return [START] + [INSIDE] * (word_lengths - 2) + [END]

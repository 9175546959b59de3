//! Weights of [`super`], made by `training/g2p/homographs.py`; 16 is a weight of one. Not laid out by rustfmt.

use super::{Homograph, Weights, sense, verb};

pub(super) static HOMOGRAPHS: [Homograph; 154] = [
    verb("abstract", "AE0 B S T R AE1 K T", "AE1 B S T R AE2 K T", -34),
    verb("abuse", "AH0 B Y UW1 Z", "AH0 B Y UW1 S", -27),
    verb("abuses", "AH0 B Y UW1 Z IH0 Z", "AH0 B Y UW1 S IH0 Z", -13),
    verb("addict", "AH0 D IH1 K T", "AE1 D IH2 K T", -24),
    verb("advocate", "AE1 D V AH0 K EY2 T", "AE1 D V AH0 K AH0 T", 0),
    sense("affect", "AE1 F EH2 K T", "AH0 F EH1 K T", -39),
    verb("affiliate", "AH0 F IH1 L IY0 EY2 T", "AH0 F IH1 L IY0 AH0 T", -30),
    sense("aged", "EY1 JH IH0 D", "EY1 JH D", -57),
    verb("aggregate", "AE1 G R AH0 G EY2 T", "AE1 G R AH0 G AH0 T", -7),
    verb("alternate", "AO1 L T ER0 N EY2 T", "AO1 L T ER0 N AH0 T", -17),
    verb("analyses", "AE1 N AH0 L AY2 Z IH0 Z", "AH0 N AE1 L AH0 S IY2 Z", -17),
    verb("animate", "AE1 N AH0 M EY2 T", "AE1 N AH0 M AH0 T", 0),
    verb("appropriate", "AH0 P R OW1 P R IY0 EY2 T", "AH0 P R OW1 P R IY0 AH0 T", -40),
    verb("approximate", "AH0 P R AA1 K S AH0 M EY2 T", "AH0 P R AA1 K S AH0 M AH0 T", -20),
    verb("articulate", "AA0 R T IH1 K Y AH0 L EY2 T", "AA0 R T IH1 K Y AH0 L AH0 T", -12),
    verb("associate", "AH0 S OW1 S IY0 EY2 T", "AH0 S OW1 S IY0 AH0 T", -33),
    verb("attribute", "AH0 T R IH1 B Y UW2 T", "AE1 T R AH0 B Y UW2 T", 0),
    sense("august", "AO0 G AH1 S T", "AO1 G AH0 S T", -11),
    sense("axes", "AE1 K S IY2 Z", "AE1 K S IH0 Z", -1),
    sense("bass", "B AE1 S", "B EY1 S", -27),
    sense("blessed", "B L EH1 S IH0 D", "B L EH1 S T", -22),
    sense("bow", "B AW1", "B OW1", 4),
    verb("buffet", "B AH1 F AH0 T", "B AH0 F EY1", -5),
    sense("celtic", "S EH1 L T IH0 K", "K EH1 L T IH0 K", 0),
    verb("close", "K L OW1 Z", "K L OW1 S", -13),
    verb("combine", "K AH0 M B AY1 N", "K AA1 M B AY0 N", 38),
    verb("compact", "K AH0 M P AE1 K T", "K AA1 M P AE0 K T", -24),
    verb("compound", "K AH0 M P AW1 N D", "K AA1 M P AW0 N D", -27),
    verb("compress", "K AH0 M P R EH1 S", "K AA1 M P R EH0 S", 33),
    verb("conduct", "K AH0 N D AH1 K T", "K AA1 N D AH0 K T", 0),
    verb("confines", "K AH0 N F AY1 N Z", "K AA1 N F AY2 N Z", 0),
    verb("conflict", "K AH0 N F L IH1 K T", "K AA1 N F L IH0 K T", -23),
    verb("conjugate", "K AA1 N JH AH0 G EY2 T", "K AA1 N JH AH0 G AH0 T", -28),
    verb("conscript", "K AH0 N S K R IH1 P T", "K AA1 N S K R IH2 P T", -20),
    verb("console", "K AH0 N S OW1 L", "K AA1 N S OW0 L", -35),
    verb("consort", "K AH0 N S AO1 R T", "K AA1 N S AO0 R T", -24),
    verb("construct", "K AH0 N S T R AH1 K T", "K AA1 N S T R AH0 K T", 15),
    verb("consummate", "K AA1 N S AH0 M EY2 T", "K AA1 N S AH0 M AH0 T", 0),
    verb("content", "K AH0 N T EH1 N T", "K AA1 N T EH0 N T", -35),
    verb("contest", "K AH0 N T EH1 S T", "K AA1 N T EH0 S T", -15),
    verb("contract", "K AH0 N T R AE1 K T", "K AA1 N T R AE2 K T", -23),
    verb("contrast", "K AH0 N T R AE1 S T", "K AA1 N T R AE0 S T", -20),
    verb("converse", "K AH0 N V ER1 S", "K AA1 N V ER0 S", 14),
    verb("convert", "K AH0 N V ER1 T", "K AA1 N V ER0 T", 19),
    verb("convict", "K AH0 N V IH1 K T", "K AA1 N V IH0 K T", -21),
    verb("coordinate", "K OW0 AO1 R D AH0 N EY2 T", "K OW0 AO1 R D AH0 N AH0 T", 0),
    verb("correlate", "K AO1 R AH0 L EY2 T", "K AO1 R AH0 L AH0 T", 37),
    verb("decrease", "D IH0 K R IY1 S", "D IY1 K R IY2 S", 5),
    verb("defect", "D IH0 F EH1 K T", "D IY1 F EH0 K T", -18),
    verb("degenerate", "D IH0 JH EH1 N ER0 EY2 T", "D IH0 JH EH1 N ER0 AH0 T", -17),
    verb("delegate", "D EH1 L AH0 G EY2 T", "D EH1 L AH0 G AH0 T", -24),
    verb("deliberate", "D IH0 L IH1 B ER0 EY2 T", "D IH0 L IH1 B ER0 AH0 T", -37),
    verb("desert", "D IH0 Z ER1 T", "D EH1 Z ER0 T", -24),
    verb("deviate", "D IY1 V IY0 EY2 T", "D IY1 V IY0 AH0 T", 38),
    verb("diagnoses", "D AY2 AH0 G N OW1 S IH0 Z", "D AY2 AH0 G N OW1 S IY0 Z", -10),
    verb("diffuse", "D IH0 F Y UW1 Z", "D IH0 F Y UW1 S", -11),
    verb("discard", "D IH0 S K AA1 R D", "D IH1 S K AA0 R D", 31),
    verb("discharge", "D IH0 S CH AA1 R JH", "D IH1 S CH AA2 R JH", -20),
    verb("discount", "D IH0 S K AW1 N T", "D IH1 S K AW0 N T", -39),
    verb("document", "D AA1 K Y AH0 M EH2 N T", "D AA1 K Y AH0 M AH0 N T", -4),
    sense("dove", "D OW1 V", "D AH1 V", -17),
    verb("duplicate", "D UW1 P L AH0 K EY2 T", "D UW1 P L AH0 K AH0 T", -22),
    verb("elaborate", "IH0 L AE1 B ER0 EY2 T", "IH0 L AE1 B R AH0 T", -24),
    verb("escort", "EH0 S K AO1 R T", "EH1 S K AO0 R T", -22),
    verb("estimate", "EH1 S T AH0 M EY2 T", "EH1 S T AH0 M AH0 T", 0),
    verb("excuse", "IH0 K S K Y UW1 Z", "IH0 K S K Y UW1 S", -8),
    verb("expatriate", "EH0 K S P EY1 T R IY0 EY2 T", "EH0 K S P EY1 T R IY0 AH0 T", -39),
    verb("exploit", "EH2 K S P L OY1 T", "EH1 K S P L OY2 T", 15),
    verb("export", "IH0 K S P AO1 R T", "EH1 K S P AO0 R T", -11),
    verb("expose", "IH0 K S P OW1 Z", "EH2 K S P OW0 Z EY1", 34),
    verb("extract", "IH0 K S T R AE1 K T", "EH1 K S T R AE2 K T", 0),
    verb("fragment", "F R AE2 G M EH1 N T", "F R AE1 G M AH0 N T", -14),
    verb("frequent", "F R IY2 K W EH1 N T", "F R IY1 K W AH0 N T", -40),
    verb("graduate", "G R AE1 JH AH0 W EY2 T", "G R AE1 JH AH0 W AH0 T", -45),
    verb("house", "HH AW1 Z", "HH AW1 S", -28),
    verb("impact", "IH2 M P AE1 K T", "IH1 M P AE0 K T", -40),
    verb("implant", "IH2 M P L AE1 N T", "IH1 M P L AE2 N T", -25),
    verb("implement", "IH1 M P L AH0 M EH2 N T", "IH1 M P L AH0 M AH0 N T", 17),
    verb("import", "IH2 M P AO1 R T", "IH1 M P AO2 R T", -25),
    verb("incense", "IH2 N S EH1 N S", "IH1 N S EH2 N S", -24),
    verb("incline", "IH2 N K L AY1 N", "IH1 N K L AY0 N", -18),
    verb("increase", "IH0 N K R IY1 S", "IH1 N K R IY2 S", 9),
    verb("increment", "IH1 N K R AH0 M EH2 N T", "IH1 N K R AH0 M AH0 N T", -23),
    verb("initiate", "IH2 N IH1 SH IY0 EY2 T", "IH2 N IH1 SH IY0 AH0 T", 24),
    verb("insert", "IH2 N S ER1 T", "IH1 N S ER2 T", 9),
    verb("insult", "IH2 N S AH1 L T", "IH1 N S AH2 L T", -11),
    verb("interchange", "IH2 N T ER0 CH EY1 N JH", "IH1 N T ER0 CH EY2 N JH", -24),
    verb("intimate", "IH1 N T AH0 M EY2 T", "IH1 N T AH0 M AH0 T", -24),
    verb("intrigue", "IH2 N T R IY1 G", "IH1 N T R IY0 G", -31),
    verb("invalid", "IH2 N V AE1 L AH0 D", "IH1 N V AH0 L AH0 D", 78),
    verb("invert", "IH2 N V ER1 T", "IH1 N V ER0 T", 24),
    verb("invite", "IH2 N V AY1 T", "IH1 N V AY0 T", 22),
    verb("isolate", "AY1 S AH0 L EY2 T", "AY1 S AH0 L AH0 T", 11),
    verb("laminate", "L AE1 M AH0 N EY2 T", "L AE1 M AH0 N AH0 T", -34),
    sense("lead", "L EH1 D", "L IY1 D", -8),
    sense("learned", "L ER1 N IH0 D", "L ER1 N D", -36),
    verb("live", "L IH1 V", "L AY1 V", 2),
    verb("lives", "L IH1 V Z", "L AY1 V Z", 35),
    sense("minute", "M AY0 N UW1 T", "M IH1 N AH0 T", -35),
    verb("misuse", "M IH0 S Y UW1 Z", "M IH0 S Y UW1 S", -18),
    sense("mobile", "M OW0 B IY1 L", "M OW1 B AH0 L", -52),
    verb("moderate", "M AA1 D ER0 EY2 T", "M AA1 D ER0 AH0 T", -70),
    sense("moped", "M OW1 P T", "M OW1 P EH0 D", -68),
    sense("nestle", "N EH1 S L IY0", "N EH1 S AH0 L", -8),
    verb("object", "AH0 B JH EH1 K T", "AA1 B JH EH0 K T", -24),
    verb("ornament", "AO1 R N AH0 M EH2 N T", "AO1 R N AH0 M AH0 N T", -41),
    verb("overthrow", "OW2 V ER0 TH R OW1", "OW1 V ER0 TH R OW2", 0),
    sense("pasty", "P EY1 S T IY0", "P AE1 S T IY0", 0),
    verb("perfect", "P ER0 F EH1 K T", "P ER1 F IH2 K T", -38),
    verb("perfume", "P ER0 F Y UW1 M", "P ER1 F Y UW0 M", -28),
    verb("permit", "P ER0 M IH1 T", "P ER1 M IH2 T", 0),
    verb("pervert", "P ER0 V ER1 T", "P ER1 V ER0 T", -1),
    sense("polish", "P OW1 L IH0 SH", "P AA1 L IH0 SH", 0),
    verb("postulate", "P AA1 S CH AH0 L EY2 T", "P AA1 S CH AH0 L AH0 T", 0),
    verb("precipitate", "P R IH0 S IH1 P IH0 T EY2 T", "P R IH0 S IH1 P IH0 T AH0 T", 9),
    verb("predicate", "P R EH1 D AH0 K EY2 T", "P R EH1 D AH0 K AH0 T", -51),
    verb("present", "P R IY0 Z EH1 N T", "P R EH1 Z AH0 N T", -48),
    verb("produce", "P R AH0 D UW1 S", "P R OW1 D UW0 S", 22),
    verb("progress", "P R AH0 G R EH1 S", "P R AA1 G R EH2 S", -4),
    verb("project", "P R AH0 JH EH1 K T", "P R AA1 JH EH0 K T", -23),
    verb("protest", "P R AH0 T EH1 S T", "P R OW1 T EH2 S T", -25),
    sense("ravel", "R AH0 V EH1 L", "R AE1 V AH0 L", 68),
    sense("read", "R EH1 D", "R IY1 D", -1),
    sense("reading", "R EH1 D IH0 NG", "R IY1 D IH0 NG", -53),
    verb("rebel", "R IH0 B EH1 L", "R EH1 B AH0 L", -31),
    verb("record", "R IH0 K AO1 R D", "R EH1 K ER0 D", -16),
    verb("recount", "R IH0 K AW1 N T", "R IY1 K AW2 N T", 7),
    verb("refund", "R IH0 F AH1 N D", "R IY1 F AH2 N D", -27),
    verb("refuse", "R AH0 F Y UW1 Z", "R EH1 F Y UW2 Z", 36),
    verb("reject", "R IH0 JH EH1 K T", "R IY1 JH EH0 K T", 30),
    verb("rerelease", "R IY2 R IH0 L IY1 S", "R IY1 R IH0 L IY2 S", -22),
    verb("resume", "R IH0 Z UW1 M", "R EH1 Z AH0 M EY2", 37),
    verb("retard", "R IH0 T AA1 R D", "R IY1 T AA2 R D", 25),
    sense("rodeo", "R OW0 D EY1 OW0", "R OW1 D IY0 OW2", -56),
    sense("sake", "S AA1 K IY0", "S EY1 K", 11),
    verb("separate", "S EH1 P ER0 EY2 T", "S EH1 P R AH0 T", -32),
    sense("sow", "S AW1", "S OW1", 0),
    verb("subject", "S AH0 B JH EH1 K T", "S AH1 B JH IH0 K T", -24),
    verb("subordinate", "S AH0 B AO1 R D AH0 N EY2 T", "S AH0 B AO1 R D AH0 N AH0 T", -62),
    verb("supplement", "S AH1 P L AH0 M EH2 N T", "S AH1 P L AH0 M AH0 N T", -2),
    verb("suspect", "S AH0 S P EH1 K T", "S AH1 S P EH2 K T", 0),
    verb("syndicate", "S IH1 N D IH0 K EY2 T", "S IH1 N D IH0 K AH0 T", -27),
    sense("tear", "T EH1 R", "T IH1 R", 17),
    sense("tears", "T EH1 R Z", "T IH1 R Z", -16),
    verb("transfer", "T R AE0 N S F ER1", "T R AE1 N S F ER0", -16),
    verb("transform", "T R AE0 N S F AO1 R M", "T R AE1 N S F AO0 R M", 17),
    verb("transplant", "T R AE0 N S P L AE1 N T", "T R AE1 N S P L AE2 N T", -34),
    verb("transport", "T R AE0 N S P AO1 R T", "T R AE1 N S P AO0 R T", -32),
    verb("upset", "AH0 P S EH1 T", "AH1 P S EH2 T", -4),
    verb("use", "Y UW1 Z", "Y UW1 S", 0),
    verb("uses", "Y UW1 Z IH0 Z", "Y UW1 S IH0 Z", 41),
    sense("wind", "W AY1 N D", "W IH1 N D", -35),
    sense("winds", "W AY1 N D Z", "W IH1 N D Z", -49),
    sense("wound", "W AW1 N D", "W UW1 N D", -9),
];

pub(super) static BEFORE: &Weights = &[
("a", -11), ("also", -6), ("an", -24), ("and", 13), ("annual", -1), ("are", 18), ("as", -28), ("can", 1), ("features",
-1), ("fourier", -13), ("have", -1), ("he", 59), ("helped", 23), ("his", -11), ("into", -7), ("more", -18), ("not",
-11), ("now", 9), ("often", 23), ("one", -17), ("only", -1), ("or", 15), ("other", -4), ("own", -10), ("she", 27),
("some", 25), ("that", 70), ("the", -5), ("their", -6), ("then", 59), ("this", -20), ("which", 21), ("will", 7),
("would", 8)
];
pub(super) static EARLIER: &Weights = &[
("a", -60), ("also", -18), ("an", -50), ("and", 1), ("are", -25), ("at", 44), ("first", -13), ("for", -5), ("his", -5),
("human", -44), ("in", -6), ("is", -19), ("its", -2), ("not", -5), ("of", -9), ("on", -31), ("the", -19), ("their",
-29), ("these", 7), ("this", -2), ("used", 7), ("was", -13), ("were", -11), ("with", -15), ("would", 13)
];
pub(super) static AFTER: &Weights = &[
("$", -14), ("a", 40), ("across", 13), ("and", -20), ("are", -29), ("at", -10), ("both", 8), ("but", -14), ("by", -11),
("each", 5), ("for", -28), ("from", -5), ("had", -5), ("has", -10), ("have", -10), ("her", 43), ("him", 51), ("his",
34), ("in", -13), ("is", -43), ("it", 28), ("its", 9), ("label", -3), ("me", 73), ("of", -60), ("on", -16), ("over",
-38), ("sugar", -46), ("the", 42), ("their", 42), ("them", 47), ("themselves", 20), ("this", 49), ("through", 7), ("to",
-16), ("was", -55), ("were", -29), ("with", -4)
];
pub(super) static LATER: &Weights = &[
("$", -18), ("a", -11), ("and", -6), ("are", -12), ("as", 2), ("at", -2), ("be", -13), ("by", -1), ("for", -6), ("have",
-5), ("in", -15), ("is", -35), ("may", -8), ("of", -11), ("on", -9), ("that", -13), ("the", -5), ("was", -23), ("with",
3)
];
pub(super) static BEFORE_ENDINGS: &Weights = &[
("'s", -47), ("ed", -23), ("ing", -18), ("ly", 25), ("s", 27)
];
pub(super) static AFTER_ENDINGS: &Weights = &[
("'s", 37), ("ed", -23), ("ing", -20), ("ly", 7), ("s", -14)
];
pub(super) static CLASSES: &Weights = &[
("adverb", 41), ("capital", -29), ("noun", -49), ("verb", 69)
];

pub(super) static NEARBY: [(&str, &Weights); 24] = [
("affect", &[
("<to", -8), (">the", -4), ("that", -4), ("the", -12), ("to", 18), ("with", 25)
]),
("august", &[
("^", -56)
]),
("axes", &[
(">^", 16), (">and", -2), (">of", 8), ("a", 24), ("along", 5), ("and", -25), ("are", 32), ("battle", -4), ("from", -8),
("is", 3), ("of", 14), ("show", -15), ("that", -5), ("the", 3), ("were", -9)
]),
("bass", &[
("<the", -2), ("bass", 9), ("fish", 11), ("for", -4), ("guitar", -13), ("in", -3), ("on", -10), ("player", -2),
("smallmouth", 40)
]),
("blessed", &[
("<^", 28), ("<the", 48), (">by", -2), (">with", -13), ("^", 46), ("a", -1), ("and", -14), ("is", 5), ("of", 1),
("that", -2)
]),
("bow", &[
("<a", -8), ("<the", 20), ("^", -21), ("a", 7), ("and", -9), ("by", -5), ("her", 21), ("in", 2), ("is", 3), ("off", 1),
("stern", 14), ("strings", -8), ("the", -2), ("to", 6), ("two", 17), ("was", 2), ("with", -11)
]),
("celtic", &[
("<the", -13), (">^", 38), ("^", -10), ("also", -3), ("at", 3), ("his", 28), ("league", 13), ("of", -26), ("or", -8),
("that", -2), ("the", -2), ("with", 27)
]),
("dove", &[
("<the", -12), ("^", -11), ("a", -2), ("is", -11), ("of", -7), ("the", -3)
]),
("lead", &[
("<^", 12), ("<of", 5), ("<the", -24), (">is", 27), (">roles", -8), (">to", -9), ("for", -13), ("is", 6), ("of", 9),
("roles", -2), ("the", -15), ("to", -18)
]),
("learned", &[
("<he", -5), ("^", 26), ("and", 10), ("as", 3), ("it", -2), ("the", -3), ("was", 1)
]),
("minute", &[
("<of", 22), ("gastropod", 13), ("is", 6), ("marine", 19), ("of", 10), ("the", -26)
]),
("mobile", &[
("^", 24), ("for", -2)
]),
("nestle", &[
("<^", 39), ("^", 72), ("and", -6)
]),
("pasty", &[
("<a", -8), ("<cornish", -17), ("<the", -25), (">^", -9), ("^", -27), ("cornish", -3), ("cornwall", -1), ("have", 1),
("it", 4), ("skin", 11), ("that", 8), ("the", -7), ("which", -10)
]),
("polish", &[
("^", 66)
]),
("read", &[
("<and", 3), ("<to", -10), ("=past", 46), ("=present", -32), (">^", -4), ("^", -24), ("by", 11), ("could", -2), ("from",
9), ("had", 15), ("house", 1), ("of", -6), ("on", 18), ("the", 2), ("was", -1), ("would", -6)
]),
("reading", &[
("^", 94)
]),
("sake", &[
("for", -75), ("of", -2)
]),
("sow", &[
("<a", 5), ("<the", 26), ("<to", -40), (">^", 9), (">the", -4), ("^", 20), ("a", 7), ("are", 15), ("as", -11), ("for",
2), ("harvest", -10), ("in", -12), ("reap", -32), ("the", 1), ("they", -1), ("to", -8)
]),
("tear", &[
("<a", -8), ("<to", 15), (">gas", -22), ("apart", 1), ("as", 8), ("can", -4), ("gas", -41), ("her", -30), ("in", 6),
("on", 4), ("that", 3), ("the", 3), ("to", 1)
]),
("tears", &[
("<a", -8), ("<to", 15), (">gas", -22), ("apart", 1), ("as", 8), ("can", -4), ("gas", -41), ("her", -30), ("in", 6),
("on", 4), ("that", 3), ("the", 3), ("to", 1)
]),
("wind", &[
("of", -3), ("the", -11)
]),
("winds", &[
("through", 31), ("up", 42)
]),
("wound", &[
("<the", -2), (">^", -12), (">on", 20), (">up", 59), ("a", -3), ("an", -8), ("and", -6), ("gunshot", -11), ("his", -5),
("of", -2), ("the", -8), ("to", -1), ("was", -11)
]),
];

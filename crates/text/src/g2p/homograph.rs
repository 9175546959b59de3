//! Words that are written alike and spoken differently ("read", "live", "record"), settled by the words
//! around them. The rules look at neighbours only; where they see nothing, the dictionary's first
//! pronunciation stands.

/// Lower-case words around a homograph; empty where the text ends.
pub struct Neighbours {
    /// The word before, and the one before that.
    pub before: [String; 2],
    /// The word after, and the one after that.
    pub after: [String; 2],
}

/// Which reading a rule is about.
struct Homograph {
    word: &'static str,
    /// As a verb (for "read" and "lead": the present).
    verb: &'static str,
    /// As a noun or adjective (for "read": the past).
    other: &'static str,
    /// What stands where the neighbours say nothing.
    verb_by_default: bool,
}

const fn pair(
    word: &'static str,
    verb: &'static str,
    other: &'static str,
    verb_by_default: bool,
) -> Homograph {
    Homograph { word, verb, other, verb_by_default }
}

const HOMOGRAPHS: [Homograph; 25] = [
    pair("close", "K L OW1 Z", "K L OW1 S", true),
    pair("conduct", "K AH0 N D AH1 K T", "K AA1 N D AH0 K T", true),
    pair("conflict", "K AH0 N F L IH1 K T", "K AA1 N F L IH0 K T", false),
    pair("contract", "K AH0 N T R AE1 K T", "K AA1 N T R AE2 K T", false),
    pair("contest", "K AH0 N T EH1 S T", "K AA1 N T EH0 S T", false),
    pair("excuse", "IH0 K S K Y UW1 Z", "IH0 K S K Y UW1 S", true),
    pair("export", "IH0 K S P AO1 R T", "EH1 K S P AO0 R T", false),
    pair("house", "HH AW1 Z", "HH AW1 S", false),
    pair("import", "IH0 M P AO1 R T", "IH1 M P AO2 R T", false),
    pair("increase", "IH0 N K R IY1 S", "IH1 N K R IY2 S", true),
    pair("decrease", "D IH0 K R IY1 S", "D IY1 K R IY2 S", true),
    pair("insert", "IH0 N S ER1 T", "IH1 N S ER2 T", true),
    pair("live", "L IH1 V", "L AY1 V", true),
    pair("object", "AH0 B JH EH1 K T", "AA1 B JH EH0 K T", false),
    pair("permit", "P ER0 M IH1 T", "P ER1 M IH2 T", true),
    pair("present", "P R IY0 Z EH1 N T", "P R EH1 Z AH0 N T", false),
    pair("produce", "P R AH0 D UW1 S", "P R OW1 D UW0 S", true),
    pair("project", "P R AH0 JH EH1 K T", "P R AA1 JH EH0 K T", false),
    pair("protest", "P R AH0 T EH1 S T", "P R OW1 T EH2 S T", false),
    pair("record", "R IH0 K AO1 R D", "R EH1 K ER0 D", false),
    pair("refund", "R IH0 F AH1 N D", "R IY1 F AH2 N D", false),
    pair("refuse", "R AH0 F Y UW1 Z", "R EH1 F Y UW2 Z", true),
    pair("subject", "S AH0 B JH EH1 K T", "S AH1 B JH IH0 K T", false),
    pair("transfer", "T R AE0 N S F ER1", "T R AE1 N S F ER0", false),
    pair("use", "Y UW1 Z", "Y UW1 S", true),
];

/// Words after which a verb stands.
const BEFORE_VERB: [&str; 40] = [
    "to", "i", "you", "we", "they", "can", "could", "will", "would", "shall", "should", "may",
    "might", "must", "not", "don't", "doesn't", "didn't", "can't", "couldn't", "won't", "wouldn't",
    "i'll", "you'll", "we'll", "they'll", "i'd", "you'd", "we'd", "let's", "please", "who", "and",
    "also", "do", "did", "does", "never", "always", "cannot",
];
/// Words after which a noun or adjective stands.
const BEFORE_NOUN: [&str; 34] = [
    "a", "an", "the", "this", "that", "these", "those", "my", "your", "his", "her", "its", "our",
    "their", "no", "any", "some", "each", "every", "of", "in", "on", "for", "with", "by", "at",
    "from", "under", "new", "full", "is", "are", "first", "very",
];

/// The pronunciation that the neighbours ask for, as symbols separated by spaces; `None` for words that are
/// not homographs here.
pub fn choose(word: &str, around: &Neighbours) -> Option<&'static str> {
    match word {
        "read" => return Some(read(around)),
        "lead" => return Some(lead(around)),
        "tear" | "tears" | "wind" | "minute" | "desert" => return odd_pair(word, around),
        _ => {}
    }
    let entry = HOMOGRAPHS.iter().find(|h| h.word == word)?;
    let [before, earlier] = [around.before[0].as_str(), around.before[1].as_str()];
    if word == "live" && is_adjective_live(before, around.after[0].as_str()) {
        return Some(entry.other);
    }
    if word == "close"
        && (matches!(around.after[0].as_str(), "to" | "by" | "enough")
            || matches!(before, "so" | "too" | "very" | "pretty" | "is"))
    {
        return Some(entry.other);
    }
    // "used to" and "that you use": the nearer word decides, then the one before it ("to quickly record").
    let verb = if BEFORE_VERB.contains(&before) {
        true
    } else if BEFORE_NOUN.contains(&before) {
        false
    } else if before.ends_with("ly") && BEFORE_VERB.contains(&earlier) {
        true
    } else {
        entry.verb_by_default
    };
    Some(if verb { entry.verb } else { entry.other })
}

fn is_adjective_live(before: &str, after: &str) -> bool {
    matches!(
        after,
        "music"
            | "agent"
            | "person"
            | "chat"
            | "tv"
            | "show"
            | "broadcast"
            | "event"
            | "stream"
            | "band"
            | "performance"
            | "recording"
            | "album"
            | "audience"
            | "version"
    ) || matches!(
        before,
        "a" | "the"
            | "go"
            | "goes"
            | "going"
            | "went"
            | "is"
            | "are"
            | "be"
            | "recorded"
            | "performed"
            | "broadcast"
    )
}

/// The present of "read" rhymes with "seed", the past with "bed".
fn read(around: &Neighbours) -> &'static str {
    const PRESENT: [&str; 30] = [
        "to", "can", "could", "will", "would", "should", "may", "might", "must", "please", "don't",
        "do", "did", "didn't", "doesn't", "can't", "cannot", "couldn't", "won't", "not", "let",
        "me", "i'll", "you'll", "we'll", "i'd", "a", "good", "does", "let's",
    ];
    const PAST: [&str; 22] = [
        "have", "has", "had", "i've", "you've", "we've", "they've", "was", "were", "is", "be",
        "been", "being", "he", "she", "it", "haven't", "hasn't", "already", "ever", "just",
        "having",
    ];
    let [before, earlier] = [around.before[0].as_str(), around.before[1].as_str()];
    if PRESENT.contains(&before) && before != "me" || (before == "me" && earlier == "let") {
        "R IY1 D"
    } else if PAST.contains(&before) || PAST[..8].contains(&earlier) {
        "R EH1 D"
    } else if PRESENT[..9].contains(&earlier)
        || before.is_empty()
        || matches!(before, "you" | "we" | "they" | "and" | "who")
    {
        "R IY1 D"
    } else {
        "R EH1 D"
    }
}

/// The metal rhymes with "bed", everything else with "seed".
fn lead(around: &Neighbours) -> &'static str {
    let after = around.after[0].as_str();
    let metal = matches!(
        after,
        "pipe"
            | "pipes"
            | "paint"
            | "poisoning"
            | "acid"
            | "ore"
            | "mine"
            | "mines"
            | "based"
            | "shot"
            | "oxide"
            | "content"
            | "levels"
            | "free"
    ) || matches!(
        around.before[0].as_str(),
        "contain" | "contains" | "containing" | "copper" | "zinc" | "molten" | "tin"
    );
    if metal { "L EH1 D" } else { "L IY1 D" }
}

/// Pairs that are not verb against noun.
fn odd_pair(word: &str, around: &Neighbours) -> Option<&'static str> {
    let before = around.before[0].as_str();
    let verb = BEFORE_VERB[..30].contains(&before);
    Some(match word {
        "tear" if verb || matches!(around.after[0].as_str(), "down" | "up" | "apart" | "off") => {
            "T EH1 R"
        }
        "tear" => "T IH1 R",
        "tears" if matches!(around.after[0].as_str(), "down" | "up" | "apart" | "off") => {
            "T EH1 R Z"
        }
        "tears" => "T IH1 R Z",
        "wind" if verb || matches!(around.after[0].as_str(), "up" | "down") && before != "the" => {
            "W AY1 N D"
        }
        "wind" => "W IH1 N D",
        "desert" if verb => "D IH0 Z ER1 T",
        "desert" => "D EH1 Z ER0 T",
        _ => "M IH1 N AH0 T",
    })
}

//! What the rules of Spanish cannot know: words with no stress, names of letters, foreign words that
//! everyone says in one way, and the Mexican x.

/// Words without stress of their own.
const CLITICS: [&str; 44] = [
    "a", "al", "ante", "aunque", "bajo", "como", "con", "cuando", "de", "del", "desde", "donde",
    "e", "el", "en", "entre", "hacia", "hasta", "la", "las", "le", "les", "lo", "los", "me", "mi",
    "mis", "ni", "nos", "o", "os", "para", "pero", "por", "porque", "que", "se", "si", "sin", "su",
    "sus", "te", "u", "y",
];

/// Foreign words in Spanish spelling; a space parts two stresses.
const RESPELLINGS: [(&str, &str); 44] = [
    ("airbnb", "erbienbí"),
    ("android", "ándroid"),
    ("apple", "ápel"),
    ("blackberry", "blakberri"),
    ("bluetooth", "blutuz"),
    ("check", "chek"),
    ("checkout", "chekaut"),
    ("chips", "chips"),
    ("cookies", "kukis"),
    ("delivery", "delíveri"),
    ("email", "ímeil"),
    ("e-mail", "ímeil"),
    ("emails", "ímeils"),
    ("facebook", "féisbuk"),
    ("feedback", "fídbak"),
    ("gigabyte", "gigabait"),
    ("gmail", "llímeil"),
    ("google", "gúguel"),
    ("hardware", "járgüer"),
    ("hotmail", "jótmeil"),
    ("instagram", "ínstagram"),
    ("iphone", "áifon"),
    ("jazz", "yas"),
    ("link", "link"),
    ("marketing", "márketin"),
    ("megabyte", "megabait"),
    ("netflix", "nétfliks"),
    ("ok", "okéi"),
    ("okay", "okéi"),
    ("online", "onláin"),
    ("outlook", "áutluk"),
    ("password", "pásguor"),
    ("paypal", "péipal"),
    ("pizza", "pitsa"),
    ("pizzas", "pitsas"),
    ("show", "shou"),
    ("smartphone", "smartfon"),
    ("software", "sófgüer"),
    ("streaming", "strimin"),
    ("uber", "úber"),
    ("whatsapp", "guatsap"),
    ("wi-fi", "guifi"),
    ("yahoo", "yajú"),
    ("youtube", "yutub"),
];

/// Beginnings of words with an x that is said as j.
const MEXICAN: [&str; 10] =
    ["méxic", "mexic", "mexiq", "oaxac", "oaxaq", "texas", "texan", "ximena", "xavier", "xalap"];

/// Initials of two or more letters that could be said as a word but are not.
const INITIALISMS: [&str; 14] =
    ["ai", "api", "eu", "ia", "id", "ip", "oea", "ong", "ot", "pc", "ue", "uk", "usa", "iphone"];

/// Two consonants that a Spanish word may begin with.
const ONSETS: [&str; 16] = [
    "bl", "br", "ch", "cl", "cr", "dr", "fl", "fr", "gl", "gr", "ll", "pl", "pr", "tr", "ps", "qu",
];

/// Whether a word in small letters is said without stress.
pub(super) fn is_clitic(word: &str) -> bool {
    CLITICS.binary_search(&word).is_ok()
}

/// The word as Spanish would spell what is said.
pub(super) fn respelling(word: &str) -> String {
    if let Some((_, said)) = RESPELLINGS.iter().find(|(written, _)| *written == word) {
        return (*said).to_string();
    }
    if MEXICAN.iter().any(|stem| word.starts_with(stem)) && word != "texas" {
        return word.replacen('x', "j", 1);
    }
    if word == "texas" { "tejas".into() } else { word.to_string() }
}

/// The name of a letter.
pub(super) fn letter_name(letter: char) -> Option<&'static str> {
    Some(match letter {
        'a' | 'á' => "a",
        'b' => "be",
        'c' => "ce",
        'd' => "de",
        'e' | 'é' => "e",
        'f' => "efe",
        'g' => "ge",
        'h' => "hache",
        'i' | 'í' => "i",
        'j' => "jota",
        'k' => "ka",
        'l' => "ele",
        'm' => "eme",
        'n' => "ene",
        'ñ' => "eñe",
        'o' | 'ó' => "o",
        'p' => "pe",
        'q' => "cu",
        'r' => "erre",
        's' => "ese",
        't' => "te",
        'u' | 'ú' | 'ü' => "u",
        'v' => "uve",
        'w' => "doble ve",
        'x' => "equis",
        'y' => "ye",
        'z' => "zeta",
        _ => return None,
    })
}

/// Whether capitals (given in small letters) are read as letters: no vowel, a beginning or an end that
/// cannot be said, or a known name of that kind.
pub(super) fn is_initialism(word: &str) -> bool {
    let vowel = |c: char| "aeiou".contains(c);
    if INITIALISMS.contains(&word) || !word.contains(vowel) {
        return true;
    }
    let begins = word.find(vowel).unwrap_or(0);
    let ends = word.len() - word.rfind(vowel).map_or(0, |i| i + 1);
    let onset = begins < 2 || begins == 2 && ONSETS.contains(&&word[..2]);
    let coda = ends == 0 || ends == 1 && !word.ends_with(['q', 'h', 'k', 'p', 'g', 'c', 'v', 'b']);
    let short = word.len() == 2
        && !matches!(
            word,
            "no" | "si"
                | "ya"
                | "tu"
                | "mi"
                | "la"
                | "el"
                | "un"
                | "es"
                | "de"
                | "en"
                | "al"
                | "lo"
                | "le"
                | "me"
                | "se"
                | "te"
                | "su"
                | "yo"
                | "va"
                | "ve"
                | "da"
                | "fe"
                | "ni"
                | "os"
                | "ha"
                | "he"
        );
    short || !onset || !coda && word.len() <= 4
}

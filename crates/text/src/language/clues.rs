//! How much one Latin word speaks for Spanish and for English.

/// Spanish words that are no English ones.
const SPANISH: [&str; 103] = [
    "adiós", "ahora", "al", "algo", "aquí", "así", "aunque", "ayuda", "bien", "buenas", "buenos",
    "cada", "como", "con", "cual", "cuando", "cuenta", "cuál", "cuándo", "cuánto", "cuántos",
    "cómo", "de", "del", "desde", "dijo", "donde", "dos", "días", "dónde", "el", "ella", "ellos",
    "en", "entre", "era", "es", "ese", "eso", "esta", "estar", "este", "esto", "estoy", "está",
    "están", "favor", "fue", "gracias", "gusta", "hace", "hasta", "hay", "hola", "hoy", "la",
    "las", "le", "les", "lo", "los", "mañana", "más", "mi", "mis", "mucho", "muy", "ni", "nos",
    "nosotros", "nuestro", "o", "para", "pero", "por", "porque", "puede", "puedo", "que", "quiere",
    "quiero", "quién", "qué", "se", "señor", "señora", "si", "sobre", "su", "sus", "sí", "también",
    "te", "tengo", "tiene", "todo", "tu", "un", "una", "usted", "y", "ya", "yo",
];

/// English words that are no Spanish ones.
const ENGLISH: [&str; 92] = [
    "about", "after", "am", "an", "and", "any", "are", "at", "be", "been", "but", "by", "call",
    "can", "could", "did", "do", "does", "don't", "for", "from", "get", "go", "good", "had",
    "have", "hello", "help", "her", "here", "hi", "his", "how", "i", "i'm", "if", "in", "is", "it",
    "it's", "its", "just", "know", "let", "like", "my", "need", "not", "now", "of", "on", "or",
    "our", "out", "please", "right", "said", "see", "she", "should", "so", "some", "than", "thank",
    "thanks", "that", "the", "their", "them", "then", "there", "these", "they", "this", "to",
    "today", "tomorrow", "up", "want", "was", "we", "were", "what", "when", "where", "which",
    "who", "will", "with", "would", "you", "your",
];

/// Endings of Spanish words that English ones lack.
const SPANISH_ENDINGS: [&str; 18] = [
    "mente", "ando", "iendo", "idad", "idades", "ciones", "siones", "aron", "ieron", "amos",
    "emos", "imos", "aba", "aban", "ería", "illo", "illa", "anza",
];
/// Endings of English words that Spanish ones lack.
const ENGLISH_ENDINGS: [&str; 13] =
    ["ing", "tion", "sion", "ness", "ght", "ould", "'s", "'re", "'ll", "n't", "ment", "ship", "ck"];

/// Points for Spanish and for English of one word in small letters.
pub(super) fn points(word: &str) -> (u32, u32) {
    let accented = word.contains(['á', 'é', 'í', 'ó', 'ú', 'ñ', 'ü']);
    // Letters of neither language: a foreign name says nothing.
    if word.chars().any(|c| c.is_alphabetic() && !c.is_ascii() && !"áéíóúñü’".contains(c))
    {
        return (0, 0);
    }
    let ends = |list: &[&str]| list.iter().any(|e| word.len() > e.len() + 1 && word.ends_with(e));
    let spanish = 2 * u32::from(SPANISH.contains(&word))
        + 2 * u32::from(accented)
        + u32::from(ends(&SPANISH_ENDINGS));
    let english =
        2 * u32::from(ENGLISH.contains(&word)) + u32::from(!accented && ends(&ENGLISH_ENDINGS));
    (spanish, english)
}

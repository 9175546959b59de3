//! What a row of digits is, by its length, its check digit and the words before it.

use super::{PiiKind, luhn, ssn};

/// Words before a number that are looked at.
const WORDS_BEFORE: usize = 7;
const SOCIAL: [&str; 3] = ["ssn", "social", "security"];
const CODE: [&str; 6] = ["cvv", "cvc", "cv2", "cvv2", "cvn", "csc"];
const PIN: [&str; 10] =
    ["pin", "passcode", "otp", "password", "clave", "contraseña", "nip", "पिन", "ओटीपी", "पासवर्ड"];
const PHONE: [&str; 17] = [
    "phone",
    "call",
    "mobile",
    "cell",
    "telephone",
    "fax",
    "callback",
    "reach",
    "teléfono",
    "telefono",
    "móvil",
    "movil",
    "celular",
    "llamar",
    "फ़ोन",
    "फोन",
    "मोबाइल",
];
const PASSPORT: [&str; 4] = ["passport", "pasaporte", "पासपोर्ट", "passeport"];
const NATIONAL: [&str; 8] = ["aadhaar", "aadhar", "आधार", "dni", "nie", "nif", "cédula", "cedula"];

/// The last words before a number, in lower case.
pub(super) struct Before(Vec<String>);

impl Before {
    pub fn new(before: &str) -> Self {
        let from = before.char_indices().rev().nth(120).map_or(0, |(at, _)| at);
        let words = before[from..].split(|c: char| c.is_whitespace() || c.is_ascii_punctuation());
        let words = words.filter(|word| !word.is_empty()).rev().take(WORDS_BEFORE);
        Self(words.map(str::to_lowercase).collect())
    }

    /// Whether one of the words was said.
    pub fn said(&self, words: &[&str]) -> bool {
        self.0.iter().any(|word| words.contains(&word.as_str()))
    }

    pub fn passport(&self) -> bool {
        self.said(&PASSPORT)
    }

    pub fn national(&self) -> bool {
        self.said(&NATIONAL)
    }

    /// Whether a three or four digit security code was named.
    fn security_code(&self) -> bool {
        let spelled = self
            .0
            .windows(3)
            .any(|w| matches!(w[0].as_str(), "v" | "c") && w[1] == "v" && w[2] == "c");
        self.said(&CODE) || spelled || self.said(&["security"]) && self.said(&["code"])
    }
}

/// What a row of digits is; `None` for short rows that nothing before makes a secret.
pub(super) fn kind_of_digits(figures: &str, before: &str) -> Option<PiiKind> {
    let before = Before::new(before);
    let n = figures.len();
    if (13..=19).contains(&n) && luhn(figures) {
        return Some(PiiKind::Card);
    }
    if n == 9 && before.said(&SOCIAL) && ssn(figures) {
        return Some(PiiKind::Ssn);
    }
    if (3..=4).contains(&n) && before.security_code() {
        return Some(PiiKind::SecurityCode);
    }
    if (4..=8).contains(&n) && before.said(&PIN) {
        return Some(PiiKind::Pin);
    }
    if (6..=10).contains(&n) && before.passport() {
        return Some(PiiKind::Passport);
    }
    if (7..=12).contains(&n) && before.national() {
        return Some(PiiKind::NationalId);
    }
    if (7..=15).contains(&n) && before.said(&PHONE) {
        return Some(PiiKind::Phone);
    }
    (n >= 6).then_some(PiiKind::Number)
}

//! Words, abbreviations and signs: everything that is not a figure.

use super::super::{Hit, Place};
use super::{begins, figure, in_word, number};
use crate::normalize::figure_value;

/// Abbreviations with their sign and what is said.
const ABBREVIATIONS: [(&str, &str); 44] = [
    ("डॉ.", "डॉक्टर"),
    ("डॉ॰", "डॉक्टर"),
    ("डा.", "डॉक्टर"),
    ("श्री.", "श्री"),
    ("श्रीमती.", "श्रीमती"),
    ("सु.", "सुश्री"),
    ("कु.", "कुमारी"),
    ("प्रो.", "प्रोफेसर"),
    ("प्रो॰", "प्रोफेसर"),
    ("इं.", "इंजीनियर"),
    ("इंजी.", "इंजीनियर"),
    ("वै.", "वैज्ञानिक"),
    ("मा.", "मास्टर"),
    ("ले.", "लेफ्टिनेंट"),
    ("लेफ्टि.", "लेफ्टिनेंट"),
    ("कै.", "कैप्टन"),
    ("कैप्ट.", "कैप्टन"),
    ("मे.", "मेजर"),
    ("क.", "कर्नल"),
    ("कर्न.", "कर्नल"),
    ("ज.", "जनरल"),
    ("ब्रि.", "ब्रिगेडियर"),
    ("स.", "सरदार"),
    ("पं.", "पंडित"),
    ("मो.", "मोहम्मद"),
    ("मु.", "मुहम्मद"),
    ("स्व.", "स्वर्गीय"),
    ("एड.", "एडवोकेट"),
    ("अधि.", "अधिवक्ता"),
    ("न्या.", "न्यायाधीश"),
    ("सी.ए.", "सी ए"),
    ("ई.पू.", "ईसा पूर्व"),
    ("ई॰पू॰", "ईसा पूर्व"),
    ("वि.सं.", "विक्रम संवत"),
    ("कि.मी.", "किलोमीटर"),
    ("कि.ग्रा.", "किलोग्राम"),
    ("से.मी.", "सेंटीमीटर"),
    ("मि.मी.", "मिलीमीटर"),
    ("मि.", "मिस्टर"),
    ("रु.", "रुपए"),
    ("रू.", "रुपए"),
    ("नं.", "नंबर"),
    ("सं.", "संख्या"),
    ("पृ.", "पृष्ठ"),
];

/// An abbreviation.
pub(super) fn abbreviation(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    if !begins(place) {
        return None;
    }
    let (written, said) = ABBREVIATIONS.iter().find(|(a, _)| rest.starts_with(a))?;
    Hit::new(written.len(), *said)
}

/// A word as it is written; signs on letters and joiners belong to it.
pub(super) fn word(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    let mut len = 0;
    let mut chars = rest.char_indices().peekable();
    while let Some((i, c)) = chars.next() {
        let letter = (in_word(c)
            || matches!(c, '\u{200c}' | '\u{200d}' | '॰' | '\u{300}'..='\u{36f}'))
            && !c.is_numeric();
        let joins = i > 0
            && matches!(c, '\'' | '’' | '-')
            && chars.peek().is_some_and(|(_, n)| in_word(*n) && !n.is_numeric());
        if !letter && !joins {
            break;
        }
        len = i + c.len_utf8();
    }
    Hit::new(len, &rest[..len]).filter(|hit| hit.spoken.contains(char::is_alphabetic))
}

/// A sign that is spoken, or a figure of another script.
pub(super) fn symbol(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    let c = rest.chars().next()?;
    let after = rest[c.len_utf8()..].chars().next();
    let said = match c {
        '&' => "और",
        '@' => "एट",
        '#' if after.is_some_and(super::is_figure) => "नंबर",
        '%' => "प्रतिशत",
        '+' => "प्लस",
        '=' => "बराबर",
        '−' => "माइनस",
        '°' => "डिग्री",
        '×' => "गुणा",
        '÷' => "भागा",
        '₹' => "रुपए",
        '$' => "डॉलर",
        '€' => "यूरो",
        '£' => "पाउंड",
        '²' => "वर्ग",
        '³' => "घन",
        c if c.is_numeric() && !c.is_alphabetic() => {
            if let Some(hit) = figure::fraction(place) {
                return Some(hit);
            }
            let value = figure_value(c)?;
            return Hit::new(c.len_utf8(), number::value(value.into()));
        }
        _ => return None,
    };
    Hit::new(c.len_utf8(), said)
}

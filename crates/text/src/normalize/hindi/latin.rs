//! Latin letters and the English words of the net in Devanagari.

/// The name of a Latin letter.
pub(super) fn letter(c: char) -> Option<&'static str> {
    const NAMES: [&str; 26] = [
        "ए",
        "बी",
        "सी",
        "डी",
        "ई",
        "एफ",
        "जी",
        "एच",
        "आई",
        "जे",
        "के",
        "एल",
        "एम",
        "एन",
        "ओ",
        "पी",
        "क्यू",
        "आर",
        "एस",
        "टी",
        "यू",
        "वी",
        "डब्ल्यू",
        "एक्स",
        "वाई",
        "ज़ेड",
    ];
    let index = (c.to_ascii_lowercase() as u32).checked_sub('a' as u32)?;
    NAMES.get(index as usize).copied()
}

/// The English ordinal of 1 to 31 and of the tens as Hindi says it.
pub(super) fn ordinal(n: usize) -> Option<String> {
    const SMALL: [&str; 20] = [
        "",
        "फ़र्स्ट",
        "सेकंड",
        "थर्ड",
        "फ़ोर्थ",
        "फ़िफ्थ",
        "सिक्स्थ",
        "सेवंथ",
        "एट्थ",
        "नाइंथ",
        "टेंथ",
        "इलेवंथ",
        "ट्वेल्फ्थ",
        "थर्टींथ",
        "फ़ोर्टींथ",
        "फ़िफ्टींथ",
        "सिक्सटींथ",
        "सेवंटींथ",
        "एटींथ",
        "नाइनटींथ",
    ];
    const TENS: [(&str, &str); 8] = [
        ("ट्वेंटी", "ट्वेंटीथ"),
        ("थर्टी", "थर्टीथ"),
        ("फ़ोर्टी", "फ़ोर्टीथ"),
        ("फ़िफ्टी", "फ़िफ्टीथ"),
        ("सिक्सटी", "सिक्सटीथ"),
        ("सेवंटी", "सेवंटीथ"),
        ("एटी", "एटीथ"),
        ("नाइनटी", "नाइनटीथ"),
    ];
    match n {
        1..20 => Some(SMALL[n].to_string()),
        20..100 => {
            let (cardinal, ordinal) = TENS[n / 10 - 2];
            if n.is_multiple_of(10) {
                Some(ordinal.into())
            } else {
                Some(format!("{cardinal} {}", SMALL[n % 10]))
            }
        }
        _ => None,
    }
}

/// Words of addresses that are said and not spelled.
const WORDS: [(&str, &str); 71] = [
    ("about", "अबाउट"),
    ("account", "अकाउंट"),
    ("admin", "एडमिन"),
    ("amazon", "अमेज़न"),
    ("app", "ऐप"),
    ("apple", "एप्पल"),
    ("bank", "बैंक"),
    ("blog", "ब्लॉग"),
    ("book", "बुक"),
    ("books", "बुक्स"),
    ("care", "केयर"),
    ("com", "कॉम"),
    ("contact", "कॉन्टैक्ट"),
    ("data", "डेटा"),
    ("desktop", "डेस्कटॉप"),
    ("documents", "डॉक्युमेंट्स"),
    ("download", "डाउनलोड"),
    ("downloads", "डाउनलोड्स"),
    ("drive", "ड्राइव"),
    ("facebook", "फेसबुक"),
    ("file", "फ़ाइल"),
    ("files", "फ़ाइल्स"),
    ("flipkart", "फ्लिपकार्ट"),
    ("gmail", "जीमेल"),
    ("google", "गूगल"),
    ("green", "ग्रीन"),
    ("help", "हेल्प"),
    ("home", "होम"),
    ("hotmail", "हॉटमेल"),
    ("image", "इमेज"),
    ("images", "इमेजेस"),
    ("index", "इंडेक्स"),
    ("india", "इंडिया"),
    ("info", "इन्फो"),
    ("instagram", "इंस्टाग्राम"),
    ("linkedin", "लिंक्डइन"),
    ("live", "लाइव"),
    ("local", "लोकल"),
    ("login", "लॉगिन"),
    ("mail", "मेल"),
    ("microsoft", "माइक्रोसॉफ्ट"),
    ("mobile", "मोबाइल"),
    ("movies", "मूवीज़"),
    ("music", "म्यूज़िक"),
    ("my", "माई"),
    ("net", "नेट"),
    ("news", "न्यूज़"),
    ("office", "ऑफिस"),
    ("online", "ऑनलाइन"),
    ("org", "ऑर्ग"),
    ("outlook", "आउटलुक"),
    ("page", "पेज"),
    ("pay", "पे"),
    ("photos", "फ़ोटोज़"),
    ("pictures", "पिक्चर्स"),
    ("program", "प्रोग्राम"),
    ("rediffmail", "रेडिफमेल"),
    ("sales", "सेल्स"),
    ("search", "सर्च"),
    ("service", "सर्विस"),
    ("shop", "शॉप"),
    ("store", "स्टोर"),
    ("support", "सपोर्ट"),
    ("team", "टीम"),
    ("twitter", "ट्विटर"),
    ("user", "यूज़र"),
    ("users", "यूज़र्स"),
    ("videos", "वीडियोज़"),
    ("wikipedia", "विकिपीडिया"),
    ("yahoo", "याहू"),
    ("youtube", "यूट्यूब"),
];

/// A Latin word in Devanagari, if it is one of those said.
pub(super) fn word(written: &str) -> Option<&'static str> {
    let lower = written.to_ascii_lowercase();
    WORDS.binary_search_by(|(w, _)| (*w).cmp(lower.as_str())).ok().map(|i| WORDS[i].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_in_order() {
        assert!(WORDS.windows(2).all(|w| w[0].0 < w[1].0));
    }
}

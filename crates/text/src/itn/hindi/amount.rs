//! How much and which: plain figures, decimals, fractions, ordinals and money.

use std::sync::OnceLock;

use super::number::{self, Names, Parsed, at, cardinal};
use crate::itn::words::{Context, Run, Written};

/// A number as it is written, before its unit.
pub(super) struct Quantity {
    /// Figures, with sign and decimals.
    pub figures: String,
    pub words: usize,
    /// The number itself, unless it has a sign or decimals.
    pub plain: Option<Parsed>,
}

/// A number with its sign and decimals; quarters become decimals: "साढ़े दस" is "10.5".
pub(super) fn quantity(run: Run<'_>) -> Option<Quantity> {
    let minus = usize::from(matches!(at(run, 0).as_str(), "माइनस" | "ऋण" | "रिण"));
    let sign = if minus == 1 { "-" } else { "" };
    let whole = cardinal(run.from(minus))?;
    let used = minus + whole.words;
    if matches!(at(run, used).as_str(), "दशमलब" | "पबाइट" | "पाइट") {
        let behind = number::digit_run(run.from(used + 1), true);
        if behind.words > 0 {
            let figures = format!("{sign}{}.{}", whole.whole()?, behind.figures);
            return Some(Quantity { figures, words: used + 1 + behind.words, plain: None });
        }
    }
    let figures = format!("{sign}{}", whole.decimal());
    Some(Quantity { figures, words: used, plain: Some(whole).filter(|_| minus == 0) })
}

/// A plain number. "एक" within a text is an article, and "दो" at its end means "give".
pub(super) fn figure(run: Run<'_>, context: Context<'_>) -> Option<Written> {
    let found = quantity(run)?;
    if let Some(plain) = found.plain.filter(|p| p.words == 1) {
        let inside = !context.before.is_empty() || !run.ends(1);
        let article = plain.quarters == 4 && inside;
        let give = plain.quarters == 8 && !context.before.is_empty() && run.ends(1);
        // "लाख" and "करोड़" alone are words; "ढाई" is a fraction.
        let scale = plain.quarters >= 4000 && inside;
        if article || give || scale {
            return None;
        }
    }
    Written::new(found.words, found.figures)
}

/// "दो सही एक बटा छह", "दो सौ बटा पाँच सौ", "सवा चौरासी", "दो तिहाई", "आधा".
pub(super) fn fraction(run: Run<'_>, context: Context<'_>) -> Option<Written> {
    if let Some(text) = alone(run, context) {
        return Written::new(1, text);
    }
    let first = cardinal(run)?;
    if let Some((part, words)) = over(run) {
        return Written::new(words, part);
    }
    if at(run, first.words) == "सहि"
        && let Some((part, words)) = over(run.from(first.words + 1))
    {
        return Written::new(first.words + 1 + words, format!("{} {part}", first.whole()?));
    }
    first.whole().is_none().then(|| Written::new(first.words, first.mixed()))?
}

/// A numerator over a denominator.
fn over(run: Run<'_>) -> Option<(String, usize)> {
    let above = cardinal(run)?;
    let used = above.words;
    let below = match at(run, used).as_str() {
        "बटा" | "बटे" => {
            let below = cardinal(run.from(used + 1))?;
            return Some((
                format!("{}/{}", above.whole()?, below.whole()?),
                used + 1 + below.words,
            ));
        }
        "तिहाइ" => 3,
        "चौथाइ" => 4,
        _ => return None,
    };
    Some((format!("{}/{below}", above.whole()?), used + 1))
}

/// Words that are a fraction by themselves: at the start with nothing behind, or before a measure.
fn alone(run: Run<'_>, context: Context<'_>) -> Option<&'static str> {
    let text = match at(run, 0).as_str() {
        "आधा" | "आधि" | "आधे" => "1/2",
        "साढे" => "1/2",
        "सबा" => "1/4",
        "पौना" | "पौने" | "पौन" => "3/4",
        _ => return None,
    };
    let measured = matches!(
        at(run, 1).as_str(),
        "कप" | "चमच"
            | "गिलास"
            | "किलो"
            | "लिटर"
            | "दरजन"
            | "मिटर"
            | "कटोरि"
    );
    (measured || context.before.is_empty() && run.ends(1)).then_some(text)
}

/// "एक हज़ार एकवीं" is "1001वीं"; "पहला", "दूसरा" and their like stay words.
pub(super) fn ordinal(run: Run<'_>, _: Context<'_>) -> Option<Written> {
    let (value, suffix, words) = number::ordinal(run)?;
    Written::new(words, format!("{value}{suffix}"))
}

/// Spoken names and signs, longer names first. The signs are those of the Unicode CLDR or the usual
/// short form.
const CURRENCIES: [(&str, &str); 92] = [
    ("अल्जीरियाई दिनार", "دج"),
    ("कुवैती दिनार", "د.ك"),
    ("बहरीनी दिनार", "bd"),
    ("इराकी दिनार", "ع.د"),
    ("बेलारूसी रूबल", "br"),
    ("बेलारूसियाई रूबल", "br"),
    ("रूसी रूबल", "₽"),
    ("चीनी युआन", "元"),
    ("आर्मेनियाई ड्राम", "֏"),
    ("युगांडा शिलिंग", "ush"),
    ("केन्याई शिलिंग", "ksh"),
    ("तंजानियाई शिलिंग", "tsh"),
    ("सऊदी रियाल", "﷼"),
    ("ईरानी रियाल", "﷼"),
    ("कतरी रियाल", "﷼"),
    ("ओमानी रियाल", "﷼"),
    ("दक्षिण कोरियाई वॉन", "₩"),
    ("कोरियाई वॉन", "₩"),
    ("जापानी येन", "¥"),
    ("तुर्की लीरा", "₺"),
    ("ब्रिटिश पाउंड", "£"),
    ("पाउंड स्टर्लिंग", "£"),
    ("मिस्री पाउंड", "e£"),
    ("अमेरिकी डॉलर", "$"),
    ("अमरीकी डॉलर", "$"),
    ("ऑस्ट्रेलियाई डॉलर", "a$"),
    ("कनाडाई डॉलर", "c$"),
    ("सिंगापुर डॉलर", "s$"),
    ("हांगकांग डॉलर", "hk$"),
    ("भारतीय रुपए", "₹"),
    ("भारतीय रुपये", "₹"),
    ("पाकिस्तानी रुपए", "₨"),
    ("नेपाली रुपए", "₨"),
    ("श्रीलंकाई रुपए", "₨"),
    ("बांग्लादेशी टका", "৳"),
    ("स्विस फ्रैंक", "fr"),
    ("मेक्सिकन पेसो", "$"),
    ("फिलीपीन पेसो", "₱"),
    ("यूक्रेनी रिव्निया", "₴"),
    ("इजरायली शेकेल", "₪"),
    ("कैमन आइलैंड्स डॉलर", "ci$"),
    ("बहामियन डॉलर", "b$"),
    ("बारबाडोस डॉलर", "bds$"),
    ("बेलीज़ डॉलर", "bz$"),
    ("ब्रुनेई डॉलर", "b$"),
    ("जमैकन डॉलर", "j$"),
    ("न्यूज़ीलैंड डॉलर", "nz$"),
    ("ताइवान डॉलर", "nt$"),
    ("त्रिनिदाद डॉलर", "tt$"),
    ("नामीबियाई डॉलर", "n$"),
    ("अफ़गानी", "؋"),
    ("अल्बानियाई लेक", "lek"),
    ("अंगोलन क्वांज़ा", "kz"),
    ("अज़रबैजानी मनात", "₼"),
    ("ब्राज़ीलियाई रियाल", "r$"),
    ("बल्गेरियाई लेव", "лв"),
    ("कंबोडियाई रील", "៛"),
    ("कोलंबियाई पेसो", "$"),
    ("अर्जेंटीना पेसो", "$"),
    ("चिली पेसो", "$"),
    ("क्यूबाई पेसो", "$"),
    ("चेक कोरुना", "kč"),
    ("डेनिश क्रोन", "kr"),
    ("नॉर्वेजियन क्रोन", "kr"),
    ("स्वीडिश क्रोना", "kr"),
    ("पोलिश ज़्लॉटी", "zł"),
    ("हंगेरियन फोरिंट", "ft"),
    ("थाई बाट", "฿"),
    ("वियतनामी डोंग", "₫"),
    ("दक्षिण अफ्रीकी रैंड", "r"),
    ("लिलांगेनी", "l"),
    ("बिटकॉइन", "₿"),
    ("रुपया", "₹"),
    ("रुपिया", "₹"),
    ("रुपए", "₹"),
    ("रुपये", "₹"),
    ("रुपयों", "₹"),
    ("डॉलर", "$"),
    ("यूरो", "€"),
    ("पाउंड", "£"),
    ("येन", "¥"),
    ("युआन", "元"),
    ("वॉन", "₩"),
    ("लीरा", "₺"),
    ("नाइरा", "₦"),
    ("रूबल", "₽"),
    ("टका", "৳"),
    ("ड्राम", "֏"),
    ("शेकेल", "₪"),
    ("डोंग", "₫"),
    ("बाट", "฿"),
    ("रियाल", "﷼"),
];
/// Hundredths of a currency, with the sign when they are said alone.
const HUNDREDTHS: [(&str, &str); 7] =
    [("पैसे", "₹"), ("पैसा", "₹"), ("सेंट", "$"), ("सेन", "¥"), ("पेंस", "£"), ("कोबो", "₦"), ("कुरस", "₺")];

fn currency(run: Run<'_>) -> Option<(&'static str, usize)> {
    static NAMES: OnceLock<Names> = OnceLock::new();
    NAMES.get_or_init(|| Names::new(&CURRENCIES)).find(run)
}

fn hundredth(run: Run<'_>) -> Option<(&'static str, usize)> {
    static NAMES: OnceLock<Names> = OnceLock::new();
    NAMES.get_or_init(|| Names::new(&HUNDREDTHS)).find(run)
}

/// An amount of money.
pub(super) fn money(run: Run<'_>, context: Context<'_>) -> Option<Written> {
    let main = quantity(run)?;
    let mut used = main.words;
    let whole = main.plain.and_then(Parsed::whole);
    if let Some((sign, words)) = hundredth(run.from(used)) {
        let cents = whole.filter(|v| *v < 100)?;
        return Written::new(used + words, format!("{sign}0.{cents:02}"));
    }
    let (sign, words) = currency(run.from(used))?;
    used += words;
    let (minus, figures) =
        main.figures.strip_prefix('-').map_or(("", main.figures.as_str()), |f| ("-", f));
    let mut text = format!("{minus}{sign}{figures}");
    if let Some((cents, words)) = hundredths(run.from(used)).filter(|_| whole.is_some()) {
        text.push_str(&format!(".{cents:02}"));
        used += words;
    } else if context.options.money_cents && whole.is_some() && !matches!(sign, "¥" | "₩") {
        text.push_str(".00");
    }
    Written::new(used, text)
}

/// "सत्तावन पैसे", with or without "और".
fn hundredths(run: Run<'_>) -> Option<(u128, usize)> {
    let and = usize::from(at(run, 0) == "और");
    let cents = number::below_hundred(run.from(and))?;
    let (_, words) = hundredth(run.from(and + 1))?;
    Some((cents, and + 1 + words))
}

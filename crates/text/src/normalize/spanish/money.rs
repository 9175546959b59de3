//! Amounts of money: "5,50 €", "$1,250.00", "US$ 20", "2,3 billones de pesos" in signs or codes.

use super::super::{Hit, Place};
use super::number::{self, Amount, Form};
use super::{begins, ends, minus, sign_fits};
use crate::normalize::english::pattern;

pattern!(
    before,
    r"(?i)\A([-−]?)([^\W\d_]{0,3}\$|[€£¥₩₹₽₺₡₲₱₪₴₦₫฿]|[^\W\d_]{1,3})([-−]?)[ \u{a0}]?([0-9])"
);
pattern!(after, r"(?i)\A[ \u{a0}]?([^\W\d_]{0,3}\$|[€£¥₩₹₽₺₡₲₱₪₴₦₫฿¢]|[^\W\d_]{2,3}\b)");
pattern!(
    scale,
    r"(?i)\A[ \u{a0}]?(mil millones|mill[oó]n(?:es)?|mill?|mm|m|k|mil|bill[oó]n(?:es)?|trill[oó]n(?:es)?)\b"
);
pattern!(negative, r"\A[-−]");

/// A currency: how it is written, said of one and of several, its hundredth, and whether it is feminine.
type Currency = (&'static str, &'static str, &'static str, &'static str, &'static str, bool);

/// Currencies by sign or code in small letters.
const CURRENCIES: [Currency; 74] = [
    ("$", "dólar", "dólares", "centavo", "centavos", false),
    ("us$", "dólar estadounidense", "dólares estadounidenses", "centavo", "centavos", false),
    ("usd", "dólar estadounidense", "dólares estadounidenses", "centavo", "centavos", false),
    ("€", "euro", "euros", "céntimo", "céntimos", false),
    ("eur", "euro", "euros", "céntimo", "céntimos", false),
    ("£", "libra", "libras", "penique", "peniques", true),
    ("gbp", "libra esterlina", "libras esterlinas", "penique", "peniques", true),
    ("¥", "yen", "yenes", "centavo", "centavos", false),
    ("jpy", "yen", "yenes", "centavo", "centavos", false),
    ("cny", "yuan", "yuanes", "fen", "fenes", false),
    ("₩", "won", "wones", "chon", "chones", false),
    ("krw", "won", "wones", "chon", "chones", false),
    ("₹", "rupia", "rupias", "paisa", "paisas", true),
    ("rs", "rupia", "rupias", "paisa", "paisas", true),
    ("inr", "rupia india", "rupias indias", "paisa", "paisas", true),
    ("₽", "rublo", "rublos", "kopek", "kopeks", false),
    ("rub", "rublo", "rublos", "kopek", "kopeks", false),
    ("₺", "lira", "liras", "kurus", "kurus", true),
    ("try", "lira turca", "liras turcas", "kurus", "kurus", true),
    ("₡", "colón", "colones", "céntimo", "céntimos", false),
    ("crc", "colón costarricense", "colones costarricenses", "céntimo", "céntimos", false),
    ("svc", "colón salvadoreño", "colones salvadoreños", "centavo", "centavos", false),
    ("₲", "guaraní", "guaraníes", "céntimo", "céntimos", false),
    ("pyg", "guaraní", "guaraníes", "céntimo", "céntimos", false),
    ("gs", "guaraní", "guaraníes", "céntimo", "céntimos", false),
    ("₱", "peso filipino", "pesos filipinos", "centavo", "centavos", false),
    ("php", "peso filipino", "pesos filipinos", "centavo", "centavos", false),
    ("₪", "séquel", "séqueles", "agora", "agoras", false),
    ("ils", "séquel", "séqueles", "agora", "agoras", false),
    ("₦", "naira", "nairas", "kobo", "kobos", true),
    ("₴", "grivna", "grivnas", "kopek", "kopeks", true),
    ("฿", "baht", "bahts", "satang", "satangs", false),
    ("₫", "dong", "dongs", "xu", "xu", false),
    ("mex$", "peso mexicano", "pesos mexicanos", "centavo", "centavos", false),
    ("mx$", "peso mexicano", "pesos mexicanos", "centavo", "centavos", false),
    ("mxn", "peso mexicano", "pesos mexicanos", "centavo", "centavos", false),
    ("col$", "peso colombiano", "pesos colombianos", "centavo", "centavos", false),
    ("cop", "peso colombiano", "pesos colombianos", "centavo", "centavos", false),
    ("ar$", "peso argentino", "pesos argentinos", "centavo", "centavos", false),
    ("ars", "peso argentino", "pesos argentinos", "centavo", "centavos", false),
    ("clp", "peso chileno", "pesos chilenos", "centavo", "centavos", false),
    ("clp$", "peso chileno", "pesos chilenos", "centavo", "centavos", false),
    ("uyu", "peso uruguayo", "pesos uruguayos", "centésimo", "centésimos", false),
    ("$u", "peso uruguayo", "pesos uruguayos", "centésimo", "centésimos", false),
    ("dop", "peso dominicano", "pesos dominicanos", "centavo", "centavos", false),
    ("rd$", "peso dominicano", "pesos dominicanos", "centavo", "centavos", false),
    ("cup", "peso cubano", "pesos cubanos", "centavo", "centavos", false),
    ("pen", "sol", "soles", "céntimo", "céntimos", false),
    ("s/", "sol", "soles", "céntimo", "céntimos", false),
    ("bob", "boliviano", "bolivianos", "centavo", "centavos", false),
    ("bs", "bolívar", "bolívares", "céntimo", "céntimos", false),
    ("ves", "bolívar", "bolívares", "céntimo", "céntimos", false),
    ("vef", "bolívar", "bolívares", "céntimo", "céntimos", false),
    ("gtq", "quetzal", "quetzales", "centavo", "centavos", false),
    ("q", "quetzal", "quetzales", "centavo", "centavos", false),
    ("hnl", "lempira", "lempiras", "centavo", "centavos", false),
    ("l", "lempira", "lempiras", "centavo", "centavos", false),
    ("nio", "córdoba", "córdobas", "centavo", "centavos", false),
    ("c$", "córdoba", "córdobas", "centavo", "centavos", false),
    ("pab", "balboa", "balboas", "centésimo", "centésimos", false),
    ("brl", "real brasileño", "reales brasileños", "centavo", "centavos", false),
    ("r$", "real", "reales", "centavo", "centavos", false),
    ("cad", "dólar canadiense", "dólares canadienses", "centavo", "centavos", false),
    ("ca$", "dólar canadiense", "dólares canadienses", "centavo", "centavos", false),
    ("aud", "dólar australiano", "dólares australianos", "centavo", "centavos", false),
    ("hkd", "dólar de Hong Kong", "dólares de Hong Kong", "centavo", "centavos", false),
    ("hk$", "dólar de Hong Kong", "dólares de Hong Kong", "centavo", "centavos", false),
    (
        "ttd",
        "dólar de Trinidad y Tobago",
        "dólares de Trinidad y Tobago",
        "centavo",
        "centavos",
        false,
    ),
    ("chf", "franco suizo", "francos suizos", "céntimo", "céntimos", false),
    ("fr", "franco", "francos", "céntimo", "céntimos", false),
    ("kr", "corona", "coronas", "céntimo", "céntimos", true),
    ("mk", "marco", "marcos", "penique", "peniques", false),
    ("dm", "marco", "marcos", "penique", "peniques", false),
    ("nzd", "dólar neozelandés", "dólares neozelandeses", "centavo", "centavos", false),
];

fn currency(written: &str) -> Option<&'static Currency> {
    let lower = written.to_lowercase();
    CURRENCIES.iter().find(|c| c.0 == lower)
}

/// An amount with its currency before or behind it.
pub(super) fn money(place: Place<'_>) -> Option<Hit> {
    if !begins(place) {
        return None;
    }
    sign_first(place).or_else(|| sign_last(place))
}

fn sign_first(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    let m = before().captures(rest).filter(|m| sign_fits(place, &m[1]))?;
    let key = &m[2];
    let found = currency(key)?;
    // A letter before figures is a currency in capitals or right before them: "Q50" but not "l 5".
    if key.len() == 1 && key.starts_with(char::is_alphabetic) && rest[key.len()..].starts_with(' ')
    {
        return None;
    }
    let at = m.get(4)?.start();
    let amount = number::amount(&rest[at..], key.ends_with('$'))?;
    let negative = if m[1].is_empty() { &m[3] } else { &m[1] };
    let (scale_len, scale) = scale_word(&rest[at + amount.len..]);
    let mut len = at + amount.len + scale_len;
    let mut found = found;
    // "$100 MXN" names the peso.
    if let Some(code) = after().captures(&rest[len..]).filter(|_| key == "$")
        && let Some(exact) = currency(&code[1]).filter(|c| c.0.len() == 3)
    {
        found = exact;
        len += code[0].len();
    }
    let words = spoken(&amount, scale, found);
    ends(rest, len).then(|| format!("{}{words}", minus(negative))).and_then(|w| Hit::new(len, w))
}

fn sign_last(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    let sign = negative().find(rest).map_or("", |m| m.as_str());
    if !sign_fits(place, sign) {
        return None;
    }
    let amount = number::amount(&rest[sign.len()..], false)?;
    let at = sign.len() + amount.len;
    let (scale_len, scale) = scale_word(&rest[at..]);
    let at = at + scale_len;
    let m = after().captures(&rest[at..])?;
    if &m[1] == "¢" {
        let unit = if amount.is_one() { "centavo" } else { "centavos" };
        return Hit::new(at + m[0].len(), format!("{} {unit}", amount.words(Form::Masculine)));
    }
    let found = currency(&m[1])?;
    let len = at + m[0].len();
    let words = spoken(&amount, scale, found);
    ends(rest, len).then(|| format!("{}{words}", minus(sign))).and_then(|w| Hit::new(len, w))
}

/// The scale behind an amount in words, and its bytes.
fn scale_word(text: &str) -> (usize, Option<String>) {
    let Some(m) = scale().captures(text) else { return (0, None) };
    let word = match m[1].to_lowercase().as_str() {
        "k" => "mil".to_string(),
        "m" | "mm" | "mill" | "mil." => "millones".to_string(),
        other => other.to_string(),
    };
    (m[0].len(), Some(word))
}

fn spoken(amount: &Amount, scale: Option<String>, currency: &Currency) -> String {
    let (_, one, many, part_one, parts, feminine) = *currency;
    let form = if feminine { Form::Feminine } else { Form::Masculine };
    if let Some(scale) = scale {
        let of = if scale == "mil" { "" } else { "de " };
        return format!("{} {scale} {of}{many}", amount.words(Form::Masculine));
    }
    // One or two figures are hundredths; more are read as decimals.
    let hundredths = match amount.part.len() {
        1 => format!("{}0", amount.part),
        2 => amount.part.clone(),
        0 => "00".to_string(),
        _ => return format!("{} {many}", amount.words(form)),
    };
    let whole = number::cardinal(&amount.whole, form);
    let round = whole.ends_with("ón") || whole.ends_with("ones");
    let unit = if amount.whole.trim_start_matches('0') == "1" { one } else { many };
    let whole = if round { format!("{whole} de {unit}") } else { format!("{whole} {unit}") };
    if hundredths == "00" {
        return whole;
    }
    let part = number::cardinal(&hundredths, Form::Masculine);
    let part = format!("{part} {}", if hundredths == "01" { part_one } else { parts });
    if amount.whole.bytes().all(|b| b == b'0') { part } else { format!("{whole} {part}") }
}

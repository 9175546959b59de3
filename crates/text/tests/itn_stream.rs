//! Words that come one by one end as the same text as all at once, nothing that was given out
//! changes, and no text is too strange. Sentences come from a seeded generator; a failure prints
//! its seed.

use hearsay_text::itn::{ItnOptions, ItnStream, Language, RUN_WORDS_MAX, itn_with};

const ENGLISH: &str = "zero one two three five nine ten twelve nineteen twenty forty ninety hundred thousand \
    million point and a the oh double triple dollars dollar cents euros percent kilometers per \
    hour square first third twentieth july march may of at dot com slash colon h t p s w john g \
    mail quarter half past to minus plus a m o'clock gmt mister smith please seconds minutes \
    forty-eight twenty-fifth";
const SPANISH: &str = "cero uno una dos tres cinco nueve diez quince veinte treinta noventa cien ciento doscientos \
    mil millón millones coma punto y menos más la las cuarto media para de julio siglo antes \
    cristo dólares centavos pesos euros metros kilo por ciento hora cuadrados décimo primero \
    tercios medio arroba com barra doble ve a b usted señor garcía es igual a por favor u t c";
const HINDI: &str = "शून्य एक दो तीन पाँच दस उन्नीस बीस पच्चीस सौ हज़ार लाख करोड़ साढ़े सवा पौने डेढ़ ढाई दशमलव \
    बटा सही बजे बजकर मिनट सेकंड घंटे जनवरी मार्च की से तक ईसवी रुपए पैसे डॉलर किलोमीटर प्रति \
    घंटा वर्ग मीटर बाई फीट दसवां एकवीं प्लस नंबर हाइफ़न आधा कप श्री राम मुझे दो";
/// Signs that punctuation puts around words, and what no rule expects.
const SIGNS: [&str; 8] = [".", ",", "?", "!", "...", ":", ")", "’"];
const STRANGE: [&str; 12] =
    ["", "-", "--", "٣", "½", "🙂", "\u{301}", "\u{0}", "a-b", "4821", "$5", "\u{93c}\u{94d}"];

/// Marsaglia's xorshift.
struct Random(u64);

impl Random {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below as u64) as usize
    }
}

fn sentence(random: &mut Random, pieces: &[&str]) -> Vec<String> {
    let word = |random: &mut Random| match random.next(40) {
        0 => STRANGE[random.next(STRANGE.len())].to_string(),
        1 => format!("({}", pieces[random.next(pieces.len())]),
        2 => char::from_u32(random.next(0x11_0000) as u32).map_or(String::new(), String::from),
        3..6 => format!("{}{}", pieces[random.next(pieces.len())], SIGNS[random.next(8)]),
        _ => pieces[random.next(pieces.len())].to_string(),
    };
    (0..random.next(24)).map(|_| word(random)).collect()
}

fn options(random: &mut Random, language: Language) -> ItnOptions {
    let second =
        (language != Language::English && random.next(3) == 0).then_some(Language::English);
    ItnOptions::new(language)
        .second(second)
        .money_cents(random.next(2) == 0)
        .native_digits(random.next(2) == 0)
}

#[test]
fn words_one_by_one_give_the_same_text() {
    for (language, pieces) in
        [(Language::English, ENGLISH), (Language::Spanish, SPANISH), (Language::Hindi, HINDI)]
    {
        let pieces: Vec<&str> = pieces.split_whitespace().collect();
        for seed in 1..400u64 {
            let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let options = options(&mut random, language);
            let words = sentence(&mut random, &pieces);
            let mut stream = ItnStream::new(options);
            let mut text = String::new();
            for word in &words {
                text.push_str(&stream.push(word));
                assert!(stream.held_words() < RUN_WORDS_MAX, "seed {seed}: {words:?}");
            }
            text.push_str(&stream.finish());
            let spoken: Vec<&str> =
                words.iter().map(|w| w.trim()).filter(|w| !w.is_empty()).collect();
            assert_eq!(text, itn_with(&spoken.join(" "), &options), "seed {seed}: {words:?}");
        }
    }
}

#[test]
fn words_that_never_end_are_not_held_for_ever() {
    for (language, word) in [
        (Language::English, "four"),
        (Language::English, "a"),
        (Language::English, "million"),
        (Language::Spanish, "cinco"),
        (Language::Spanish, "mil"),
        (Language::Hindi, "चार"),
        (Language::Hindi, "करोड़"),
    ] {
        let mut stream = ItnStream::new(ItnOptions::new(language));
        let mut text = String::new();
        for _ in 0..1000 {
            text.push_str(&stream.push(word));
            assert!(stream.held_words() < RUN_WORDS_MAX, "{word}");
        }
        text.push_str(&stream.finish());
        assert_eq!(text, itn_with(&vec![word; 1000].join(" "), &ItnOptions::new(language)));
    }
}

#[test]
fn text_comes_as_soon_as_it_is_certain() {
    struct Case(Language, &'static [(&'static str, &'static str)], &'static str);
    for Case(language, steps, rest) in [
        Case(
            Language::English,
            &[
                ("pay", ""),
                ("five", ""),
                ("dollars", "pay"),
                ("today", " $5"),
                ("please.", " today please."),
            ],
            "",
        ),
        Case(Language::English, &[("five", ""), ("dollars.", "$5."), ("ok", "")], " ok"),
        Case(
            Language::English,
            &[
                ("four", ""),
                ("eight", ""),
                ("two", ""),
                ("one", ""),
                ("is", "4821 is"),
                ("it", " it"),
            ],
            "",
        ),
        Case(
            Language::English,
            &[
                ("john", ""),
                ("at", ""),
                ("example", ""),
                ("dot", ""),
                ("com.", "john@example.com."),
            ],
            "",
        ),
        Case(
            Language::Spanish,
            &[
                ("a", ""),
                ("las", "a"),
                ("dos", ""),
                ("y", ""),
                ("media", ""),
                ("llego", " las 2:30"),
            ],
            " llego",
        ),
        Case(Language::Hindi, &[("ढाई", ""), ("सौ", ""), ("रुपए", ""), ("हैं।", "₹२५० हैं।")], ""),
    ] {
        let mut stream = ItnStream::new(ItnOptions::new(language));
        for (word, text) in steps {
            assert_eq!(stream.push(word), *text, "{language:?}, at {word:?}");
        }
        assert_eq!(stream.finish(), rest);
    }
}

//! Devanagari letters to sounds, every short a of a bare letter said.

/// Nukta, the dot below that makes another letter.
const NUKTA: char = '\u{93c}';
/// Virama, which takes the short a away.
const VIRAMA: char = '\u{94d}';

/// A vowel without its stress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quality {
    /// आ
    A,
    /// ए
    E,
    /// ई
    I,
    /// ओ
    O,
    /// ऊ
    U,
    /// अ
    Ah,
    /// इ
    Ih,
    /// उ
    Uh,
    /// ऐ
    Eh,
    /// औ
    Ao,
}

impl Quality {
    /// Whether it counts as short.
    pub fn is_short(self) -> bool {
        matches!(self, Self::Ah | Self::Ih | Self::Uh)
    }

    /// Its symbols without stress, with stress, and through the nose.
    pub fn symbols(self) -> [&'static str; 3] {
        match self {
            Self::A => ["a0", "a1", "a~"],
            Self::E => ["e0", "e1", "e~"],
            Self::I => ["i0", "i1", "i~"],
            Self::O => ["o0", "o1", "o~"],
            Self::U => ["u0", "u1", "u~"],
            Self::Ah => ["AH0", "AH1", "AH~"],
            Self::Ih => ["IH0", "IH1", "IH~"],
            Self::Uh => ["UH0", "UH1", "UH~"],
            Self::Eh => ["EH0", "EH1", "EH~"],
            Self::Ao => ["AO0", "AO1", "AO~"],
        }
    }
}

/// What is written above a vowel, and what it came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nasal {
    /// Nothing.
    No,
    /// Anusvara, not settled.
    Dot,
    /// Candrabindu, not settled.
    Moon,
    /// The vowel is nasal.
    Vowel,
}

/// A sound as the letters give it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sound {
    /// A consonant and its release; at least one symbol.
    Consonant(&'static [&'static str]),
    /// A vowel.
    Vowel {
        /// Which.
        quality: Quality,
        /// Whether it is the short a of a bare letter.
        inherent: bool,
        /// The sign above.
        nasal: Nasal,
    },
}

impl Sound {
    /// Whether it is a vowel.
    pub fn is_vowel(&self) -> bool {
        matches!(self, Self::Vowel { .. })
    }

    /// Whether it is the short a of a bare letter, without a sign above.
    pub fn is_inherent(&self) -> bool {
        matches!(self, Self::Vowel { inherent: true, nasal: Nasal::No, .. })
    }
}

/// Reads a word; signs that are no letters of Devanagari are passed over.
pub(super) fn sounds(word: &str) -> Vec<Sound> {
    // "ज्ञ" is one sign with a sound of its own.
    let word = word.replace("ज्ञ", "ग्य");
    let chars: Vec<char> = word.chars().flat_map(apart).filter(|c| !is_joiner(*c)).collect();
    let mut sounds = Vec::with_capacity(chars.len() + 4);
    let mut i = 0;
    while let Some(&c) = chars.get(i) {
        i += 1;
        let dotted = chars.get(i) == Some(&NUKTA);
        if let Some(symbols) = consonant(c, dotted) {
            i += usize::from(dotted);
            sounds.push(Sound::Consonant(symbols));
            match chars.get(i) {
                Some(&VIRAMA) => i += 1,
                Some(&sign) if is_sign(sign) => {
                    i += 1;
                    put_vowel(&mut sounds, sign, false);
                }
                _ => put_vowel(&mut sounds, 'अ', true),
            }
            continue;
        }
        match c {
            'ं' | 'ँ' => mark(&mut sounds, if c == 'ं' { Nasal::Dot } else { Nasal::Moon }),
            // "दुःख" is said without it.
            'ः' if chars.get(i) != Some(&'ख') => sounds.push(Sound::Consonant(&["HH"])),
            'ॐ' => {
                put_vowel(&mut sounds, 'ओ', false);
                sounds.push(Sound::Consonant(&["M"]));
            }
            _ => put_vowel(&mut sounds, c, false),
        }
    }
    diphthong_before_y(&mut sounds);
    sounds
}

/// A letter whose dot is part of its code as letter and dot.
fn apart(c: char) -> impl Iterator<Item = char> {
    let base = match c {
        '\u{929}' => 'न',
        '\u{931}' => 'र',
        '\u{934}' => 'ळ',
        '\u{958}' => 'क',
        '\u{959}' => 'ख',
        '\u{95a}' => 'ग',
        '\u{95b}' => 'ज',
        '\u{95c}' => 'ड',
        '\u{95d}' => 'ढ',
        '\u{95e}' => 'फ',
        '\u{95f}' => 'य',
        other => other,
    };
    std::iter::once(base).chain((base != c).then_some(NUKTA))
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

fn is_sign(c: char) -> bool {
    matches!(c, '\u{93e}'..='\u{94c}' | '\u{962}')
}

/// Adds the vowel of a vowel letter or sign; other characters add nothing.
fn put_vowel(sounds: &mut Vec<Sound>, letter: char, inherent: bool) {
    let quality = match letter {
        'अ' => Quality::Ah,
        'आ' | 'ा' => Quality::A,
        'इ' | 'ि' => Quality::Ih,
        'ई' | 'ी' => Quality::I,
        'उ' | 'ु' => Quality::Uh,
        'ऊ' | 'ू' => Quality::U,
        'ए' | 'े' | 'ऎ' | 'ॆ' => Quality::E,
        'ऐ' | 'ै' | 'ऍ' | 'ॅ' => Quality::Eh,
        'ओ' | 'ो' | 'ऒ' | 'ॊ' => Quality::O,
        'औ' | 'ौ' | 'ऑ' | 'ॉ' => Quality::Ao,
        'ऋ' | 'ृ' | 'ॠ' | 'ॄ' => {
            sounds.push(Sound::Consonant(&["ɾ"]));
            Quality::Ih
        }
        _ => return,
    };
    sounds.push(Sound::Vowel { quality, inherent, nasal: Nasal::No });
}

fn mark(sounds: &mut [Sound], sign: Nasal) {
    if let Some(Sound::Vowel { nasal, .. }) = sounds.last_mut() {
        *nasal = sign;
    }
}

/// "भैया" is said with a short a and an i.
fn diphthong_before_y(sounds: &mut Vec<Sound>) {
    let mut i = 0;
    while i + 1 < sounds.len() {
        let here = sounds[i];
        let before_y = sounds[i + 1] == Sound::Consonant(&["Y"]);
        if let Sound::Vowel { quality: Quality::Eh, nasal: Nasal::No, .. } = here
            && before_y
        {
            let vowel = |quality| Sound::Vowel { quality, inherent: false, nasal: Nasal::No };
            sounds[i] = vowel(Quality::Ah);
            sounds.insert(i + 1, vowel(Quality::Ih));
            i += 1;
        }
        i += 1;
    }
}

/// Whether a character is a consonant letter.
pub(super) fn is_consonant(letter: char) -> bool {
    matches!(letter, 'क'..='ह' | '\u{958}'..='\u{95f}' | NUKTA)
}

/// A consonant letter with its release; with a dot below some change.
fn consonant(letter: char, dotted: bool) -> Option<&'static [&'static str]> {
    Some(match (letter, dotted) {
        ('ख', true) => &["x"],
        ('ग', true) => &["ɣ"],
        ('ज', true) => &["Z"],
        ('झ', true) => &["ZH"],
        ('ड', true) => &["ɽ"],
        ('ढ', true) => &["ɽ", "ʱ"],
        ('फ', true) => &["F"],
        ('क', _) => &["k"],
        ('ख', _) => &["k", "ʰ"],
        ('ग', _) => &["G"],
        ('घ', _) => &["G", "ʱ"],
        ('ङ', _) => &["NG"],
        ('च', _) => &["tɕ"],
        ('छ', _) => &["tɕ", "ʰ"],
        ('ज', _) => &["JH"],
        ('झ', _) => &["JH", "ʱ"],
        ('ञ', _) => &["ɲ"],
        ('ट', _) => &["ʈ"],
        ('ठ', _) => &["ʈ", "ʰ"],
        ('ड', _) => &["ɖ"],
        ('ढ', _) => &["ɖ", "ʱ"],
        ('ण', _) => &["ɳ"],
        ('त', _) => &["t"],
        ('थ', _) => &["t", "ʰ"],
        ('द', _) => &["d"],
        ('ध', _) => &["d", "ʱ"],
        ('न', _) => &["N"],
        ('प', _) => &["p"],
        ('फ', _) => &["p", "ʰ"],
        ('ब', _) => &["B"],
        ('भ', _) => &["B", "ʱ"],
        ('म', _) => &["M"],
        ('य', _) => &["Y"],
        ('र', _) => &["ɾ"],
        ('ल' | 'ळ', _) => &["L"],
        ('व', _) => &["ʋ"],
        ('श' | 'ष', _) => &["SH"],
        ('स', _) => &["S"],
        ('ह', _) => &["HH"],
        _ => return None,
    })
}

//! Spanish letters to sounds, before glides, stress and open stops are decided.

/// A sound as the letters give it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sound {
    /// A consonant or glide, by its symbol.
    Consonant(&'static str),
    /// A vowel: a e i o u; whether it is an unmarked i or u; whether it carries the written accent.
    Vowel {
        /// Its plain letter.
        quality: char,
        /// Whether it may become a glide.
        weak: bool,
        /// Whether its accent is written.
        marked: bool,
    },
}

/// Reads a word in small letters; what is no letter is passed over.
pub(super) fn sounds(word: &str) -> Vec<Sound> {
    let letters: Vec<char> = word.chars().map(plain).filter(|c| c.is_alphabetic()).collect();
    let mut reader = Reader { letters: &letters, at: 0, sounds: Vec::with_capacity(letters.len()) };
    while reader.at < letters.len() {
        let used = reader.step();
        reader.at += used.max(1);
    }
    reader.sounds
}

/// Letters of other languages as the nearest that Spanish has.
fn plain(c: char) -> char {
    match c {
        'á' | 'é' | 'í' | 'ó' | 'ú' | 'ü' | 'ñ' => c,
        'ç' => 's',
        other => super::super::unaccented(other),
    }
}

struct Reader<'a> {
    letters: &'a [char],
    at: usize,
    sounds: Vec<Sound>,
}

impl Reader<'_> {
    fn ahead(&self, n: usize) -> char {
        self.letters.get(self.at + n).copied().unwrap_or(' ')
    }

    fn behind(&self) -> char {
        self.at.checked_sub(1).map_or(' ', |i| self.letters[i])
    }

    fn put(&mut self, consonants: &[&'static str]) {
        self.sounds.extend(consonants.iter().map(|c| Sound::Consonant(c)));
    }

    fn vowel(&mut self, quality: char, weak: bool, marked: bool) {
        self.sounds.push(Sound::Vowel { quality, weak, marked });
    }

    /// Reads one letter or group; returns how many letters that was.
    fn step(&mut self) -> usize {
        let (here, next) = (self.ahead(0), self.ahead(1));
        match here {
            'a' | 'e' | 'o' => self.vowel(here, false, false),
            'i' | 'u' => self.vowel(here, true, false),
            'ü' => self.vowel('u', true, false),
            'á' => self.vowel('a', false, true),
            'é' => self.vowel('e', false, true),
            'í' => self.vowel('i', false, true),
            'ó' => self.vowel('o', false, true),
            'ú' => self.vowel('u', false, true),
            'y' => return self.y(),
            'c' | 'q' | 'k' => return self.hard(here, next),
            'g' => return self.g(next),
            'h' => return self.h(next),
            'l' if next == 'l' => {
                self.put(&[if self.ahead(2) == ' ' { "L" } else { "ʝ" }]);
                return 2;
            }
            'p' | 't' | 's' => return self.with_h(here, next),
            'r' => return self.r(next),
            'x' => return self.x(next),
            'm' if self.at == 0 && next == 'n' => {}
            other => self.put(simple(other)),
        }
        1
    }

    fn y(&mut self) -> usize {
        let before = is_vowel(self.behind());
        if is_vowel(self.ahead(1)) {
            self.put(&["ʝ"]);
        } else {
            self.vowel('i', before, false);
        }
        1
    }

    fn hard(&mut self, here: char, next: char) -> usize {
        match (here, next) {
            ('c', 'h') => self.put(&["CH"]),
            ('c', c) if is_front(c) => {
                self.put(&["S"]);
                return 1;
            }
            ('c', 'k') => self.put(&["k"]),
            ('q', 'u') if is_front(self.ahead(2)) => self.put(&["k"]),
            _ => {
                self.put(&["k"]);
                return 1;
            }
        }
        2
    }

    fn g(&mut self, next: char) -> usize {
        match next {
            c if is_front(c) => self.put(&["x"]),
            'u' if is_front(self.ahead(2)) => {
                self.put(&["G"]);
                return 2;
            }
            // "gnomo"
            'n' if self.at == 0 => {}
            _ => self.put(&["G"]),
        }
        1
    }

    /// Silent, but "hie" and "hue" begin with a consonant.
    fn h(&mut self, next: char) -> usize {
        let begins = self.at == 0 || is_vowel(self.behind());
        match (next, self.ahead(2)) {
            ('i', 'e' | 'é') if self.at == 0 => self.put(&["ʝ"]),
            ('u', 'e' | 'é' | 'a' | 'i') if begins => self.put(&["W"]),
            _ => return 1,
        }
        2
    }

    /// p, t, s: with h behind them they are other sounds; "ps" and "pt" begin without p.
    fn with_h(&mut self, here: char, next: char) -> usize {
        let begins = self.at == 0;
        match (here, next) {
            ('p', 'h') => self.put(&["F"]),
            ('t', 'h') => self.put(&["t"]),
            ('s', 'h') => self.put(&["SH"]),
            ('p', 's' | 't') if begins => return 1,
            ('p', _) => {
                self.put(&["p"]);
                return 1;
            }
            ('t', _) => {
                self.put(&["t"]);
                return 1;
            }
            _ => {
                self.put(&["S"]);
                return 1;
            }
        }
        2
    }

    fn r(&mut self, next: char) -> usize {
        if next == 'r' {
            self.put(&["r"]);
            return 2;
        }
        let strong = self.at == 0 || matches!(self.behind(), 'n' | 'l' | 's');
        self.put(&[if strong || self.after_sub() { "r" } else { "ɾ" }]);
        1
    }

    /// "subrayar": the r begins the second part.
    fn after_sub(&self) -> bool {
        self.at == 3 && self.letters.starts_with(&['s', 'u', 'b'])
    }

    fn x(&mut self, next: char) -> usize {
        if self.at == 0 {
            self.put(&["S"]);
        } else {
            self.put(&["k", "S"]);
        }
        // "excelente" has one s.
        if next == 'c' && is_front(self.ahead(2)) { 2 } else { 1 }
    }
}

/// Letters with one sound everywhere.
fn simple(letter: char) -> &'static [&'static str] {
    match letter {
        'b' | 'v' => &["B"],
        'd' => &["d"],
        'f' => &["F"],
        'j' => &["x"],
        'l' => &["L"],
        'm' => &["M"],
        'n' => &["N"],
        'ñ' => &["ɲ"],
        'w' => &["W"],
        'z' => &["S"],
        _ => &[],
    }
}

fn is_front(c: char) -> bool {
    matches!(c, 'e' | 'i' | 'é' | 'í' | 'y')
}

fn is_vowel(c: char) -> bool {
    "aeiouáéíóúü".contains(c)
}

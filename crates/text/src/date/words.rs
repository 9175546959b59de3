//! The words for days and months in each language.

use jiff::civil::Weekday;

use crate::language::Language;

/// What a language calls things of the calendar; all in lower case, Spanish without accents.
pub(super) struct Names {
    pub months: [&'static [&'static str]; 12],
    /// From Monday on.
    pub weekdays: [&'static [&'static str]; 7],
    pub today: &'static [&'static str],
    pub tomorrow: &'static [&'static str],
    pub yesterday: &'static [&'static str],
    /// Before or behind "tomorrow" it means the day after.
    pub after_tomorrow: &'static [&'static str],
    pub day: &'static [&'static str],
    pub week: &'static [&'static str],
    pub month: &'static [&'static str],
    /// Before a weekday: in the week that follows.
    pub next: &'static [&'static str],
    /// Before a weekday: in the past.
    pub last: &'static [&'static str],
    /// Before a number of days: from today on.
    pub within: &'static [&'static str],
    /// Before or behind a number of days: back from today.
    pub ago: &'static [&'static str],
    /// Between the parts of a date.
    pub between: &'static [&'static str],
    /// Before the bare number of a day.
    pub article: &'static [&'static str],
    /// Small numbers that inverse normalisation leaves as words, from one on.
    pub numbers: &'static [&'static [&'static str]],
    /// Ordinals that it leaves as words, from first on.
    pub ordinals: &'static [&'static str],
    /// What callers say when they take back what they said before.
    pub corrections: &'static [&'static str],
    /// Before a date that is ruled out.
    pub denials: &'static [&'static str],
    /// Whether "3/5" is March.
    pub month_first: bool,
}

pub(super) fn names(language: Language) -> &'static Names {
    match language {
        Language::English => &ENGLISH,
        Language::Spanish => &SPANISH,
        Language::Hindi => &HINDI,
    }
}

const ENGLISH: Names = Names {
    months: [
        &["january", "jan"],
        &["february", "feb"],
        &["march", "mar"],
        &["april", "apr"],
        &["may"],
        &["june", "jun"],
        &["july", "jul"],
        &["august", "aug"],
        &["september", "sept", "sep"],
        &["october", "oct"],
        &["november", "nov"],
        &["december", "dec"],
    ],
    weekdays: [
        &["monday", "mondays", "mon"],
        &["tuesday", "tuesdays", "tue", "tues"],
        &["wednesday", "wednesdays", "wed"],
        &["thursday", "thursdays", "thu", "thurs"],
        &["friday", "fridays", "fri"],
        &["saturday", "saturdays"],
        &["sunday", "sundays"],
    ],
    today: &["today", "tonight"],
    tomorrow: &["tomorrow"],
    yesterday: &["yesterday"],
    after_tomorrow: &["after"],
    day: &["day", "days"],
    week: &["week", "weeks"],
    month: &["month", "months"],
    next: &["next", "following"],
    last: &["last"],
    within: &["in"],
    ago: &["ago"],
    between: &["of", "the", "in", "on"],
    article: &["the"],
    numbers: &[
        &["one", "a", "an"],
        &["two"],
        &["three"],
        &["four"],
        &["five"],
        &["six"],
        &["seven"],
        &["eight"],
        &["nine"],
        &["ten"],
        &["eleven"],
        &["twelve"],
    ],
    ordinals: &[
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
        "tenth", "eleventh", "twelfth",
    ],
    corrections: &[
        "no",
        "nope",
        "sorry",
        "wait",
        "rather",
        "actually",
        "oops",
        "correction",
        "mean",
        "instead",
    ],
    denials: &["not", "except"],
    month_first: true,
};

const SPANISH: Names = Names {
    months: [
        &["enero", "ene"],
        &["febrero", "feb"],
        &["marzo"],
        &["abril", "abr"],
        &["mayo"],
        &["junio", "jun"],
        &["julio", "jul"],
        &["agosto", "ago"],
        &["septiembre", "setiembre", "sept"],
        &["octubre", "oct"],
        &["noviembre", "nov"],
        &["diciembre", "dic"],
    ],
    weekdays: [
        &["lunes"],
        &["martes"],
        &["miercoles"],
        &["jueves"],
        &["viernes"],
        &["sabado"],
        &["domingo"],
    ],
    today: &["hoy"],
    tomorrow: &["manana"],
    yesterday: &["ayer"],
    after_tomorrow: &["pasado"],
    day: &["dia", "dias"],
    week: &["semana", "semanas"],
    month: &["mes", "meses"],
    next: &["proximo", "siguiente"],
    last: &["pasado", "ultimo"],
    within: &["en", "dentro"],
    ago: &["hace"],
    between: &["de", "del", "el"],
    article: &["el", "dia"],
    numbers: &[
        &["un", "uno", "una"],
        &["dos"],
        &["tres"],
        &["cuatro"],
        &["cinco"],
        &["seis"],
        &["siete"],
        &["ocho"],
        &["nueve"],
        &["diez"],
    ],
    ordinals: &["primero"],
    corrections: &["no", "perdon", "digo", "mejor", "espera", "espere", "bueno"],
    denials: &["menos", "excepto"],
    month_first: false,
};

const HINDI: Names = Names {
    months: [
        &["जनवरी"],
        &["फरवरी", "फ़रवरी"],
        &["मार्च"],
        &["अप्रैल"],
        &["मई"],
        &["जून"],
        &["जुलाई"],
        &["अगस्त"],
        &["सितंबर", "सितम्बर"],
        &["अक्टूबर", "अक्तूबर"],
        &["नवंबर", "नवम्बर"],
        &["दिसंबर", "दिसम्बर"],
    ],
    weekdays: [
        &["सोमवार"],
        &["मंगलवार"],
        &["बुधवार"],
        &["गुरुवार", "बृहस्पतिवार"],
        &["शुक्रवार"],
        &["शनिवार"],
        &["रविवार", "इतवार"],
    ],
    today: &["आज"],
    // "कल" is also yesterday; what is arranged lies ahead.
    tomorrow: &["कल"],
    yesterday: &[],
    after_tomorrow: &[],
    day: &["दिन"],
    week: &["हफ्ते", "हफ़्ते", "सप्ताह"],
    month: &["महीने"],
    next: &["अगले"],
    last: &["पिछले"],
    within: &[],
    ago: &["पहले"],
    between: &["को", "के"],
    article: &[],
    numbers: &[],
    ordinals: &[],
    corrections: &["नहीं", "माफ़", "बल्कि"],
    denials: &[],
    month_first: false,
};

/// The name that is said of a month, counted from 1.
pub(super) fn month(language: Language, month: i8) -> &'static str {
    const ENGLISH_SAID: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let index = usize::try_from(month - 1).unwrap_or_default().min(11);
    match language {
        Language::English => ENGLISH_SAID[index],
        Language::Spanish | Language::Hindi => names(language).months[index][0],
    }
}

/// The name that is said of a weekday.
pub(super) fn weekday(language: Language, weekday: Weekday) -> &'static str {
    const ENGLISH_SAID: [&str; 7] =
        ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    const SPANISH_SAID: [&str; 7] =
        ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"];
    let index = usize::try_from(weekday.to_monday_zero_offset()).unwrap_or_default().min(6);
    match language {
        Language::English => ENGLISH_SAID[index],
        Language::Spanish => SPANISH_SAID[index],
        Language::Hindi => HINDI.weekdays[index][0],
    }
}

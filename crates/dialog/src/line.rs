//! What else can be on a line than a caller who talks: an answering machine, and a caller who wants a moment.
//!
//! Judged from words alone, in English, Spanish and Hindi. A machine says at least two of four things (leave
//! something; a tone comes; nobody is there; what it is), or what nobody else says; a caller who wants a moment says
//! nothing else. Callers speak of messages and machines too ("if he is not available, can I leave a message"), and no
//! caller may be hung up on for it.

use crate::slot;

/// A machine's request.
const LEAVE: &[&str] = &[
    "leave a message",
    "leave your message",
    "leave me a message",
    "leave us a message",
    "leave a detailed message",
    "leave a brief message",
    "leave your name",
    "leave a name",
    "record your message",
    "record a message",
    "deje un mensaje",
    "deje su mensaje",
    "deja tu mensaje",
    "deja un mensaje",
    "puede dejar un mensaje",
    "deje su nombre",
    "grabe su mensaje",
    "grabe un mensaje",
    "संदेश छोड़ें",
    "संदेश छोड़िए",
    "संदेश छोड़ दें",
    "मैसेज छोड़ें",
    "मैसेज छोड़िए",
    "संदेश रिकॉर्ड करें",
    "संदेश रिकॉर्ड कीजिए",
];
/// What comes before the recording.
const TONE: &[&str] = &[
    "the tone",
    "the beep",
    "the signal",
    "the bip",
    "el tono",
    "la señal",
    "del tono",
    "el pitido",
    "बीप",
    "टोन के",
    "सिग्नल के",
];
/// Why there is a machine.
const NOBODY: &[&str] = &[
    "not available",
    "unavailable",
    "can't take your call",
    "cannot take your call",
    "can not take your call",
    "unable to take your call",
    "unable to answer",
    "can't answer",
    "can't come to the phone",
    "cannot come to the phone",
    "get back to you",
    "return your call",
    "call you back",
    "missed your call",
    "no está disponible",
    "no estoy disponible",
    "no podemos atender",
    "no puedo atender",
    "no puede atender",
    "le devolveré la llamada",
    "le devolveremos la llamada",
    "उपलब्ध नहीं",
    "फ़ोन नहीं उठा",
    "वापस कॉल कर",
];
/// Before a request in the same words it is a caller's own wish.
const WISHES: &[&str] = &["i", "to", "can", "could", "may", "let", "me", "we"];
/// What nobody but a machine says.
const ONLY_MACHINES: &[&str] = &[
    "you have reached the voicemail",
    "you've reached the voicemail",
    "you have reached the mailbox",
    "you've reached the mailbox",
    "forwarded to voicemail",
    "forwarded to an automated",
    "forwarded to an automatic",
    "voice messaging system",
    "voice message system",
    "este es el buzón de voz",
    "ha llamado al buzón de voz",
];
/// What it is.
const MACHINE: &[&str] = &[
    "voicemail",
    "voice mail",
    "mailbox",
    "answering machine",
    "buzón de voz",
    "contestador automático",
    "वॉइस मेल",
    "वॉयस मेल",
    "वॉइसमेल",
    "वॉयसमेल",
];
/// Words that ask for a moment and nothing else.
const WAIT: &[&str] = &[
    "hold on",
    "hold on a second",
    "hold on a sec",
    "hold on a minute",
    "hang on",
    "hang on a second",
    "hang on a sec",
    "hang on a minute",
    "hold the line",
    "hold",
    "wait",
    "one moment",
    "one second",
    "one sec",
    "one minute",
    "a moment",
    "give me a moment",
    "give me a second",
    "give me a sec",
    "give me a minute",
    "give me one moment",
    "give me one second",
    "give me one minute",
    "wait a moment",
    "wait a second",
    "wait a sec",
    "wait a minute",
    "bear with me",
    "let me check",
    "let me look",
    "let me see",
    "let me get it",
    "let me find it",
    "let me grab it",
    "let me look it up",
    "espere",
    "espera",
    "aguarde",
    "un momento",
    "un momentito",
    "un segundo",
    "un minuto",
    "deme un momento",
    "deme un segundo",
    "deme un minuto",
    "dame un momento",
    "dame un segundo",
    "dame un minuto",
    "déjeme ver",
    "déjeme buscar",
    "déjeme buscarlo",
    "no cuelgue",
    "रुकिए",
    "रुको",
    "रुकें",
    "एक मिनट",
    "एक सेकंड",
    "एक पल",
    "देखता हूँ",
    "देखती हूँ",
    "होल्ड कीजिए",
    "होल्ड करें",
    "होल्ड करिए",
];
/// Words around them that say nothing.
const AROUND: &[&str] = &[
    "please",
    "okay",
    "ok",
    "yes",
    "yeah",
    "sure",
    "uh",
    "um",
    "oh",
    "just",
    "can",
    "could",
    "you",
    "sorry",
    "so",
    "well",
    "for",
    "here",
    "hmm",
    "there",
    "then",
    "now",
    "por",
    "favor",
    "sí",
    "a",
    "ver",
    "perdón",
    "un",
    "poco",
    "ज़रा",
    "थोड़ा",
    "हाँ",
    "जी",
    "कृपया",
    "अच्छा",
    "ठीक",
    "है",
    "प्लीज़",
    "मैं",
];

/// Whether a machine says this: it announces a recording.
pub(crate) fn is_voicemail(text: &str) -> bool {
    let words = slot::words(text);
    let holds = |phrases: &[&str]| phrases.iter().any(|phrase| position(&words, phrase).is_some());
    let asked = LEAVE.iter().filter_map(|phrase| position(&words, phrase));
    let asks = asked
        .map(|at| at.checked_sub(1).map(|before| words[before].as_str()))
        .any(|before| before.is_none_or(|before| !WISHES.contains(&before)));
    let others = [TONE, NOBODY, MACHINE].into_iter().filter(|phrases| holds(phrases)).count();
    usize::from(asks) + others >= 2 || holds(ONLY_MACHINES)
}

/// Whether the caller asks for a moment, and says nothing else.
pub(crate) fn asks_to_wait(text: &str) -> bool {
    let mut words = slot::words(text);
    let mut found = false;
    // The longest first: "wait a minute" is not "wait" and "a minute".
    let mut phrases: Vec<&&str> = WAIT.iter().collect();
    phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.len()));
    for phrase in phrases {
        while let Some(at) = position(&words, phrase) {
            words.drain(at..at + phrase.split(' ').count());
            found = true;
        }
    }
    found && words.iter().all(|word| AROUND.contains(&word.as_str()))
}

/// Where a phrase begins in words. Its last word may go on: Hindi writes endings.
fn position(words: &[String], phrase: &str) -> Option<usize> {
    let phrase: Vec<&str> = phrase.split(' ').collect();
    let goes_on = phrase.last()?.chars().any(|c| ('\u{900}'..='\u{97f}').contains(&c));
    words.windows(phrase.len()).position(|window| {
        let (last, rest) = (window.len() - 1, &phrase[..phrase.len() - 1]);
        let same = window.iter().zip(rest).all(|(word, wanted)| word == wanted);
        same && (window[last] == phrase[last] || goes_on && window[last].starts_with(phrase[last]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_are_told_from_people() {
        for text in [
            "Hi, you've reached Tom. Please leave a message after the beep.",
            "the person you are calling is not available please leave your message after the tone",
            "You have reached the voicemail of Anna Green.",
            "we can't take your call right now leave your name and number and we'll get back to you",
            "your call has been forwarded to an automated voice messaging system",
            "the mailbox of Ann Lee is full and she is not available goodbye",
            "Este es el buzón de voz de Ana García.",
            "en este momento no puedo atender deje su mensaje después de la señal",
            "कृपया बीप के बाद अपना संदेश छोड़ें",
        ] {
            assert!(is_voicemail(text), "{text}");
        }
        for text in [
            "",
            "can i leave a message for doctor smith",
            "if he is not available i would like to leave a message",
            "i called before and got the voicemail",
            "i always go straight to voicemail",
            "your answering machine is broken",
            "me saltó el buzón de voz",
            "अगर वे उपलब्ध नहीं हैं तो मैं संदेश छोड़ना चाहता हूँ",
            "i left a message and nobody called me back",
            "is the red sofa not available",
            "could you call me back tomorrow",
            "hello who is this",
            "quiero dejar un mensaje para el doctor",
            "मुझे एक संदेश मिला है",
        ] {
            assert!(!is_voicemail(text), "{text}");
        }
    }

    #[test]
    fn a_moment_is_asked_for_by_nothing_else() {
        for text in [
            "Hold on.",
            "uh hold on a second please",
            "one moment please",
            "okay, just give me a minute",
            "wait wait",
            "let me see, one second",
            "Un momento, por favor.",
            "espere un segundo",
            "एक मिनट रुकिए",
            "ज़रा रुकिए",
        ] {
            assert!(asks_to_wait(text), "{text}");
        }
        for text in [
            "",
            "please",
            "yes",
            "wait that is the wrong card",
            "how long do i have to wait",
            "in one minute i will be there",
            "hold my order",
            "a minute",
            "one",
            "un café por favor",
            "मुझे एक मिनट में जाना है",
        ] {
            assert!(!asks_to_wait(text), "{text}");
        }
    }
}

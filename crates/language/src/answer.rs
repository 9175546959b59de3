//! Short answers to a yes-or-no question, by rules.
//!
//! An n-gram model cannot tell "no, yes" from "yes, no", and callers answer with
//! idioms that contain the wrong word ("why not", "no problem", "of course
//! not"). An utterance that consists only of phrases known here is decided here;
//! anything with a word of its own ("yes, and my card is lost") is not, and goes
//! to the model. English only; it knows nothing of the question that was asked.

use crate::features::words;

/// What a short answer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Yes: agreement, permission, confirmation.
    Yes,
    /// No: refusal, contradiction, "nothing more".
    No,
}

/// What one phrase adds to an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tone {
    /// "yes" itself: outweighs a "no" before it ("no, yes").
    PlainYes,
    Yes,
    No,
    /// Neither: nothing can be concluded from the answer.
    Unsure,
    /// Politeness and fillers.
    Neutral,
}

/// Phrases are written as [`words`] gives them: no case, no apostrophes.
const PLAIN_YES: &[&str] = &[
    "yes",
    "yeah",
    "yep",
    "yup",
    "yea",
    "ya",
    "yah",
    "aye",
    "affirmative",
    "uh huh",
    "mhm",
    "mm hmm",
    "mm hm",
];

const YES: &[&str] = &[
    "sure",
    "sure thing",
    "for sure",
    "of course",
    "ok",
    "okay",
    "alright",
    "all right",
    "right",
    "correct",
    "thats right",
    "that is right",
    "thats correct",
    "that is correct",
    "you are correct",
    "youre right",
    "exactly",
    "absolutely",
    "definitely",
    "certainly",
    "indeed",
    "true",
    "thats true",
    "totally",
    "fine",
    "thats fine",
    "that is fine",
    "thats okay",
    "thats ok",
    "thats good",
    "thats great",
    "thats perfect",
    "thats it exactly",
    "sounds good",
    "sounds great",
    "sounds fine",
    "sounds right",
    "sounds perfect",
    "that sounds good",
    "that sounds great",
    "that sounds right",
    "that sounds fine",
    "go ahead",
    "go for it",
    "go on",
    "do it",
    "do that",
    "please do",
    "lets do it",
    "lets do that",
    "lets go",
    "why not",
    "i do",
    "i am",
    "i did",
    "i have",
    "i can",
    "i will",
    "i would",
    "it is",
    "it does",
    "it was",
    "they are",
    "we are",
    "we do",
    "you can",
    "you may",
    "you could",
    "i would like that",
    "i would love that",
    "i would love to",
    "i would like to",
    "id like that",
    "id like to",
    "id love that",
    "id love to",
    "i want to",
    "i want that",
    "that would be great",
    "that would be good",
    "that would be nice",
    "that would be lovely",
    "that would be fine",
    "that would be helpful",
    "that would be perfect",
    "that would be wonderful",
    "thatd be great",
    "thatd be good",
    "thatd be nice",
    "that would help",
    "that works",
    "that works for me",
    "works for me",
    "that will work",
    "thatll work",
    "that will do",
    "you got it",
    "you bet",
    "perfect",
    "great",
    "good",
    "wonderful",
    "excellent",
    "cool",
    "by all means",
    "i think so",
    "i believe so",
    "i guess so",
    "i suppose so",
    "i suppose",
    "i hope so",
    "looks good",
    "looks right",
    "looks correct",
    "confirmed",
    "i confirm",
    "i agree",
    "agreed",
    "happy to",
    "no problem",
    "no worries",
    "not a problem",
    "no doubt",
    "no question",
    "without a doubt",
    "be my guest",
    "please",
    "you have it right",
    "proceed",
    "please proceed",
];

const NO: &[&str] = &[
    "no",
    "nope",
    "nah",
    "naw",
    "no no",
    "uh uh",
    "not",
    "not really",
    "not now",
    "not right now",
    "not just now",
    "not today",
    "not yet",
    "not at the moment",
    "not at this time",
    "not this time",
    "not for now",
    "not at all",
    "not quite",
    "not exactly",
    "not particularly",
    "not interested",
    "im not interested",
    "i am not interested",
    "not for me",
    "no way",
    "never",
    "never mind",
    "nevermind",
    "negative",
    "i dont think so",
    "i do not think so",
    "dont think so",
    "i dont believe so",
    "i guess not",
    "i suppose not",
    "i hope not",
    "i think not",
    "i dont want to",
    "i dont want that",
    "i dont want it",
    "i do not want to",
    "i do not want that",
    "i dont need to",
    "i dont need that",
    "i dont need it",
    "i dont need anything else",
    "i dont need anything",
    "id rather not",
    "i would rather not",
    "rather not",
    "id prefer not to",
    "i would prefer not to",
    "id prefer not",
    "i prefer not to",
    "better not",
    "maybe later",
    "perhaps later",
    "maybe another time",
    "maybe next time",
    "some other time",
    "another time",
    "later",
    "no need",
    "there is no need",
    "not necessary",
    "thats not necessary",
    "that wont be necessary",
    "that will not be necessary",
    "not needed",
    "wrong",
    "thats wrong",
    "that is wrong",
    "incorrect",
    "thats incorrect",
    "that is incorrect",
    "not right",
    "not correct",
    "thats not right",
    "that is not right",
    "thats not correct",
    "that is not correct",
    "thats not it",
    "thats not true",
    "it isnt",
    "it is not",
    "its not",
    "it doesnt",
    "it wasnt",
    "im not",
    "i am not",
    "i dont",
    "i do not",
    "i didnt",
    "i did not",
    "i havent",
    "i have not",
    "i cant",
    "i cannot",
    "i wont",
    "i will not",
    "i wouldnt",
    "i would not",
    "of course not",
    "absolutely not",
    "definitely not",
    "certainly not",
    "obviously not",
    "probably not",
    "why would i",
    "dont",
    "please dont",
    "dont do that",
    "dont do it",
    "do not",
    "do not do that",
    "thats all",
    "that is all",
    "that will be all",
    "thatll be all",
    "that would be all",
    "thats it",
    "that is it",
    "thats everything",
    "that is everything",
    "thats about it",
    "nothing",
    "nothing else",
    "nothing more",
    "none",
    "im good",
    "i am good",
    "im fine",
    "i am fine",
    "im okay",
    "im ok",
    "im all set",
    "i am all set",
    "all set",
    "all good",
    "were good",
    "were done",
    "im done",
    "i am done",
    "forget it",
    "forget about it",
    "leave it",
    "skip it",
    "skip that",
    "ill pass",
    "i will pass",
    "pass",
    "hold off",
    "i decline",
    "neither",
];

const UNSURE: &[&str] = &[
    "i dont know",
    "i do not know",
    "dont know",
    "im not sure",
    "i am not sure",
    "not sure",
    "maybe",
    "perhaps",
    "it depends",
    "that depends",
    "i dont remember",
    "i cant remember",
    "i dont understand",
    "i am not certain",
    "why",
    "im not certain",
    "possibly",
    "i dont care",
];

const NEUTRAL: &[&str] = &[
    "um",
    "uh",
    "er",
    "erm",
    "hm",
    "hmm",
    "mm",
    "well",
    "oh",
    "ah",
    "so",
    "like",
    "thanks",
    "thank you",
    "thank you very much",
    "thank you so much",
    "thanks a lot",
    "many thanks",
    "very much",
    "sir",
    "maam",
    "madam",
    "now",
    "for now",
    "i think",
    "i guess",
    "i mean",
    "you know",
    "actually",
    "just",
    "really",
    "then",
    "honestly",
    "today",
    "for today",
    "it",
    "that",
    "thats",
    "for your help",
    "for the help",
    "for asking",
    "for me",
    "to me",
    "with me",
    "by me",
    "and",
    "but",
    "because",
    "very",
    "i believe",
    "i said",
    "at the moment",
    "right now",
    "sorry",
    "im sorry",
    "im afraid",
    "i am afraid",
    "hey",
    "kind of",
    "that one",
    "this one",
    "to do that",
    "much",
    "for you",
    "to know",
    "lovely",
    "nice",
    "bye",
    "goodbye",
];

/// Words of the longest answer that the rules look at.
const ANSWER_WORDS_MAX: usize = 14;
/// Words of the longest phrase in the tables.
const PHRASE_WORDS_MAX: usize = 5;

/// The answer that an utterance gives, when it says nothing else.
pub fn answer(text: &str) -> Option<Answer> {
    let words = words(text);
    if words.len() > ANSWER_WORDS_MAX {
        return None;
    }
    let mut tones = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let (tone, length) = phrase(&words[at..])?;
        tones.push(tone);
        at += length;
    }
    weigh(&tones)
}

/// The answer that an utterance begins with, whatever follows: for a question
/// that only yes or no can answer.
pub fn leading_answer(text: &str) -> Option<Answer> {
    let words = words(text);
    let mut tones = Vec::new();
    let mut at = 0;
    while let Some((tone, length)) = phrase(&words[at..]) {
        tones.push(tone);
        at += length;
    }
    weigh(&tones)
}

/// A first "no" stands unless a plain "yes" corrects it; a first "yes" falls
/// with any "no" after it ("yeah, no", "okay, not right now").
fn weigh(tones: &[Tone]) -> Option<Answer> {
    if tones.contains(&Tone::Unsure) {
        return None;
    }
    let polar: Vec<Tone> = tones.iter().copied().filter(|tone| *tone != Tone::Neutral).collect();
    match polar.first()? {
        Tone::No => {
            let last_no = polar.iter().rposition(|tone| *tone == Tone::No);
            let corrected = polar.iter().rposition(|tone| *tone == Tone::PlainYes) > last_no;
            Some(if corrected { Answer::Yes } else { Answer::No })
        }
        _ if polar.contains(&Tone::No) => Some(Answer::No),
        _ => Some(Answer::Yes),
    }
}

/// The longest known phrase that the words begin with, and its length.
fn phrase(words: &[String]) -> Option<(Tone, usize)> {
    (1..=PHRASE_WORDS_MAX.min(words.len())).rev().find_map(|length| {
        let spoken = words[..length].join(" ");
        let is_in = |table: &[&str]| table.contains(&spoken.as_str());
        let tone = if is_in(PLAIN_YES) {
            Tone::PlainYes
        } else if is_in(NO) {
            Tone::No
        } else if is_in(UNSURE) {
            Tone::Unsure
        } else if is_in(YES) {
            Tone::Yes
        } else if is_in(NEUTRAL) {
            Tone::Neutral
        } else {
            return None;
        };
        Some((tone, length))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(expected: Option<Answer>, texts: &[&str]) {
        for text in texts {
            assert_eq!(answer(text), expected, "{text}");
        }
    }

    #[test]
    fn plain_answers() {
        check(Some(Answer::Yes), &["Yes.", "yeah", "Uh-huh", "sure, go ahead", "That's right."]);
        check(Some(Answer::No), &["No.", "nope", "uh-uh", "No, thank you.", "that's all"]);
    }

    #[test]
    fn idioms_with_the_wrong_word() {
        check(
            Some(Answer::Yes),
            &["why not", "no problem", "no worries, go ahead", "not a problem"],
        );
        check(
            Some(Answer::No),
            &["of course not", "absolutely not", "okay, not right now", "I'm good, thanks"],
        );
    }

    #[test]
    fn corrections() {
        check(Some(Answer::Yes), &["no, yes", "no... yeah, yes"]);
        check(
            Some(Answer::No),
            &["yeah, no", "yes... no", "no, that's fine", "no yes no", "no, that's okay, thanks"],
        );
    }

    #[test]
    fn neither_yes_nor_no() {
        check(
            None,
            &[
                "",
                "maybe",
                "I don't know",
                "yes and my card is lost",
                "what is my balance",
                "thank you",
                "um",
            ],
        );
    }

    #[test]
    fn the_beginning_counts_where_only_an_answer_fits() {
        assert_eq!(leading_answer("yes it was stolen from my car"), Some(Answer::Yes));
        assert_eq!(leading_answer("no I moved to another house"), Some(Answer::No));
        assert_eq!(leading_answer("my card was stolen"), None);
    }

    #[test]
    fn no_phrase_is_in_two_moods() {
        let tables = [PLAIN_YES, YES, NO, UNSURE];
        for (number, table) in tables.iter().enumerate() {
            for phrase in *table {
                assert!(
                    phrase.split(' ').count() <= PHRASE_WORDS_MAX,
                    "{phrase} is too long to be found"
                );
                let elsewhere = tables
                    .iter()
                    .enumerate()
                    .any(|(other, t)| other != number && t.contains(phrase));
                assert!(!elsewhere, "{phrase}");
                assert_eq!(words(phrase).join(" "), *phrase, "not as words() writes it");
            }
        }
    }
}

//! Intents that most agents need, so that an agent file need not list them.
//!
//! They are defaults: an agent file that gives an intent of the same name its
//! own examples replaces them.

use crate::router::IntentExamples;

/// Name of the intent "yes".
pub const AFFIRM: &str = "yes";
/// Name of the intent "no" (also "nothing more").
pub const DENY: &str = "no";

/// Examples of [`AFFIRM`].
pub const AFFIRM_EXAMPLES: &[&str] = &[
    "yes",
    "yes please",
    "yeah",
    "yep",
    "sure",
    "sure go ahead",
    "of course",
    "okay",
    "that's right",
    "correct",
    "sounds good",
    "yes that's correct",
    "yeah that would be great",
    "please do",
    "absolutely",
    "i would like that",
    "yes i do",
    "go ahead",
    "that works for me",
    "definitely",
    "yes let's do that",
    "i think so",
    "yes it is",
    "yeah sure",
    "go for it",
    "that would be great",
    "that would be helpful",
    "sounds good to me",
    "i'd love that",
    "okay let's do it",
    "why not",
    "by all means",
    "if you could",
    "i suppose so",
    "yes that is correct",
    "i do need one",
    "i'd appreciate that",
    "if it's no trouble",
    "as soon as possible please",
    "perfect, do that",
    "fine by me",
];

/// Examples of [`DENY`].
pub const DENY_EXAMPLES: &[&str] = &[
    "no",
    "no thanks",
    "no thank you",
    "nope",
    "not really",
    "that's all",
    "not right now",
    "i don't think so",
    "no i don't",
    "i'd rather not",
    "absolutely not",
    "no that's wrong",
    "that's not correct",
    "nothing else",
    "no that's everything",
    "never mind",
    "no i'm good",
    "please don't",
    "i don't want that",
    "not today",
    "no it isn't",
    "i'm all set",
    "maybe later",
    "not now",
    "not at the moment",
    "maybe another time",
    "i'll think about it",
    "i will pass",
    "that won't be necessary",
    "that is not necessary",
    "there's no need",
    "i don't need that",
    "i don't want one",
    "i would prefer not to",
    "i'm fine as it is",
    "i'm good without it",
    "i can do without",
    "leave it for now",
    "leave it as it is",
    "don't bother",
    "never mind that",
    "skip it",
    "just that is enough",
    "i still have another one",
    "i already have one",
    "i'm okay for now",
    "i'll do that myself later",
    "let me get back to you about that",
    "that is wrong",
    "no that's not right",
];

/// [`AFFIRM`] and [`DENY`] with their examples.
pub fn intents() -> Vec<IntentExamples> {
    let intent = |name: &str, examples: &[&str]| IntentExamples {
        name: name.into(),
        examples: examples.iter().map(|&text| text.into()).collect(),
    };
    vec![intent(AFFIRM, AFFIRM_EXAMPLES), intent(DENY, DENY_EXAMPLES)]
}

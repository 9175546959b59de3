//! Intents that most agents need, so that an agent file need not list them.
//!
//! They are defaults: an agent file that gives an intent of the same name its
//! own examples replaces them.

use crate::router::IntentExamples;

/// Name of the intent "yes".
pub const AFFIRM: &str = "affirm";
/// Name of the intent "no" (also "nothing more").
pub const DENY: &str = "deny";

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
];

/// [`AFFIRM`] and [`DENY`] with their examples.
pub fn intents() -> Vec<IntentExamples> {
    let intent = |name: &str, examples: &[&str]| IntentExamples {
        name: name.into(),
        examples: examples.iter().map(|&text| text.into()).collect(),
    };
    vec![intent(AFFIRM, AFFIRM_EXAMPLES), intent(DENY, DENY_EXAMPLES)]
}

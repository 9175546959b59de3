//! The shipped router: equal to its Python twin, right on yes and no, and on a
//! user's own intents.

use std::path::Path;

use hearsay_language::features::features;
use hearsay_language::{Encoder, IntentExamples, IntentSet, LanguageError, Router, defaults};

#[derive(serde::Deserialize)]
struct Golden {
    features: Vec<(String, Vec<u16>)>,
    vectors: Vec<(String, Vec<f32>)>,
    intents: Vec<(String, Vec<String>)>,
    cases: Vec<Case>,
}

#[derive(serde::Deserialize)]
struct Case {
    text: String,
    probabilities: Vec<f32>,
    outside: f32,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("golden/router.json")).unwrap()
}

fn shipped() -> Router {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../weights/data/router_en.bin");
    Router::load(&std::fs::read(path).unwrap()).unwrap()
}

fn intent(name: &str, examples: &[&str]) -> IntentExamples {
    IntentExamples {
        name: name.into(),
        examples: examples.iter().map(|&text| text.into()).collect(),
    }
}

fn bank() -> Vec<IntentExamples> {
    let mut intents = vec![
        intent(
            "lost_card",
            &[
                "i lost my card",
                "my card was stolen",
                "i can't find my debit card",
                "block my card please",
            ],
        ),
        intent(
            "balance",
            &["what is my balance", "how much money do i have", "tell me my account balance"],
        ),
        intent(
            "transfer",
            &[
                "i want to send money",
                "transfer money to another account",
                "make a payment to a friend",
            ],
        ),
        intent(
            "agent",
            &["let me talk to a person", "i want a human", "speak to a representative"],
        ),
    ];
    intents.extend(defaults::intents());
    intents
}

fn best<'a>(router: &Router, set: &'a IntentSet, text: &str) -> Option<&'a str> {
    let found = router.classify(set, text);
    let name = found.best()?.name.clone();
    set.names().iter().find(|known| **known == name).map(String::as_str)
}

#[test]
fn features_equal_the_python_twin() {
    for (text, buckets) in golden().features {
        assert_eq!(features(&text), buckets, "{text}");
    }
}

#[test]
fn vectors_equal_the_python_twin() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../weights/data/router_en.bin");
    let encoder = Encoder::load(&std::fs::read(path).unwrap()).unwrap();
    for (text, vector) in golden().vectors {
        let found = encoder.embed(&text);
        assert_eq!(found.len(), vector.len());
        for (got, want) in found.iter().zip(vector) {
            assert!((got - want).abs() < 1e-4, "{text}: {got} for {want}");
        }
    }
    assert!(encoder.embed("...").iter().all(|x| *x == 0.0));
}

#[test]
fn what_means_the_same_is_near() {
    let router = shipped();
    let near = |a: &str, b: &str| {
        let (a, b) = (router.encoder().embed(a), router.encoder().embed(b));
        a.iter().zip(b).map(|(x, y)| x * y).sum::<f32>()
    };
    for (text, same, other) in [
        ("i lost my card", "my debit card has been stolen", "what is my balance"),
        ("how much money do i have", "tell me my account balance", "book a table for two"),
        ("what's the weather tomorrow", "will it rain on friday", "play some jazz"),
    ] {
        assert!(near(text, same) > near(text, other), "{text}");
    }
}

#[test]
fn probabilities_equal_the_python_twin() {
    let golden = golden();
    let router = shipped();
    let intents: Vec<IntentExamples> = golden
        .intents
        .iter()
        .map(|(name, examples)| IntentExamples { name: name.clone(), examples: examples.clone() })
        .collect();
    let set = router.intents(&intents).unwrap();
    for case in golden.cases {
        let found = router.classify(&set, &case.text);
        assert!(
            (found.outside - case.outside).abs() < 1e-3,
            "{}: {} for {}",
            case.text,
            found.outside,
            case.outside
        );
        for (intent, want) in golden.intents.iter().zip(&case.probabilities) {
            let got =
                found.intents.iter().find(|score| score.name == intent.0).unwrap().probability;
            assert!((got - want).abs() < 1e-3, "{}, {}: {got} for {want}", case.text, intent.0);
        }
    }
}

const YES: &[&str] = &[
    "yes",
    "Yes, please.",
    "yeah that would be great",
    "of course",
    "sure",
    "sure, go ahead",
    "yep",
    "uh huh",
    "okay",
    "that's right",
    "That is correct.",
    "sounds good to me",
    "absolutely",
    "I think so",
    "definitely yes",
    "please do",
    "why not",
    "no problem",
    "go for it",
    "yes i would like that",
    "that works for me",
    "um yeah i guess so",
    "right",
    "you bet",
    "yes that's my number",
    "yeah sure let's do it",
    "i'd love to",
    "correct yes",
    "yes it is",
    "alright then",
    "yes i was born there",
    "mhm",
];

const NO: &[&str] = &[
    "no",
    "no thanks",
    "no i don't think so",
    "not right now",
    "i'd rather not",
    "that's all",
    "nope",
    "nah i'm good",
    "not really",
    "absolutely not",
    "of course not",
    "no that's wrong",
    "no thank you very much",
    "i don't want to",
    "never mind",
    "maybe later",
    "nothing else thank you",
    "no, that will be all",
    "that's not right",
    "i'm all set thanks",
    "not today",
    "no way",
    "i do not think so",
    "no that's okay",
    "please don't",
    "not at the moment",
    "no i didn't",
    "i would prefer not to",
    "incorrect",
    "no i moved last year",
    "well no not yet",
    "yeah no",
];

#[test]
fn yes_and_no_are_told_apart() {
    let router = shipped();
    let alone = router.intents(&defaults::intents()).unwrap();
    let among_others = router.intents(&bank()).unwrap();
    let mut wrong = Vec::new();
    for (texts, want) in [(YES, defaults::AFFIRM), (NO, defaults::DENY)] {
        for text in texts {
            for (set, label) in [(&alone, "alone"), (&among_others, "among others")] {
                // Among others, an answer with words of its own may mean another intent.
                let free =
                    label == "among others" && hearsay_language::answer::answer(text).is_none();
                let got = best(&router, set, text);
                if got != Some(want) && !free {
                    wrong.push(format!("{text} ({label}): {got:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_model_alone_tells_most_answers_apart() {
    // Other names, so that no rule applies.
    let mut intents = defaults::intents();
    intents[0].name = "agrees".into();
    intents[1].name = "refuses".into();
    let router = shipped();
    let set = router.intents(&intents).unwrap();
    let right = |texts: &[&str], name: &str| {
        texts.iter().filter(|text| router.classify(&set, text).intents[0].name == name).count()
    };
    let (yes, no) = (right(YES, "agrees"), right(NO, "refuses"));
    assert!(yes + no >= 52, "{yes} of {} yes, {no} of {} no", YES.len(), NO.len());
}

#[test]
fn a_users_own_intents_need_only_examples() {
    let router = shipped();
    let set = router.intents(&bank()).unwrap();
    for (text, want) in [
        ("somebody stole my card", "lost_card"),
        ("hi um i think i've lost my bank card", "lost_card"),
        ("how much money is in my account", "balance"),
        ("could you transfer some money to my brother", "transfer"),
        ("can i talk to a real person", "agent"),
        ("get me a human please", "agent"),
    ] {
        assert_eq!(
            best(&router, &set, text),
            Some(want),
            "{text}: {:?}",
            router.classify(&set, text)
        );
    }
}

#[test]
fn strangers_are_outside() {
    let router = shipped();
    let set = router.intents(&bank()).unwrap();
    for text in [
        "what is the tallest mountain in europe",
        "play some jazz in the kitchen",
        "how do i bake sourdough bread",
    ] {
        assert_eq!(best(&router, &set, text), None, "{text}: {:?}", router.classify(&set, text));
    }
}

#[test]
fn probabilities_sum_to_one_and_are_sorted() {
    let router = shipped();
    let set = router.intents(&bank()).unwrap();
    for text in ["yes", "i lost my card", "purple elephants", "", "?!", "क्या", "no i lost it"]
    {
        let found = router.classify(&set, text);
        let total: f32 =
            found.intents.iter().map(|score| score.probability).sum::<f32>() + found.outside;
        assert!((total - 1.0).abs() < 1e-4, "{text}: {total}");
        assert!(found.intents.is_sorted_by(|a, b| a.probability >= b.probability), "{text}");
    }
    assert_eq!(router.classify(&set, "...").best(), None);
}

#[test]
fn sets_that_cannot_work_are_errors_that_name_the_intent() {
    let router = shipped();
    let at = |intents: &[IntentExamples]| match router.intents(intents) {
        Err(LanguageError::Intents { at, .. }) => at,
        other => panic!("{other:?}"),
    };
    assert_eq!(at(&[]), "intents");
    assert_eq!(at(&[intent("empty", &[])]), "empty");
    assert_eq!(at(&[intent("mute", &["...", ""])]), "mute");
    assert_eq!(at(&[intent("twice", &["a"]), intent("twice", &["b"])]), "twice");
    assert!(router.intents(&[intent("one", &["hello"])]).is_ok());
}

#[test]
fn where_no_was_not_asked_for_a_goodbye_is_a_goodbye() {
    let router = shipped();
    let mut intents = bank();
    let answers = defaults::intents();
    intents.extend(answers.into_iter().filter(|one| !bank().iter().any(|b| b.name == one.name)));
    let examples = ["that's all", "no thank you", "goodbye", "bye bye", "nothing else"];
    let examples = examples.map(str::to_owned).to_vec();
    intents.push(IntentExamples { name: "goodbye".into(), examples });
    let set = router.intents(&intents).unwrap();
    for text in ["that's all", "no thank you", "No, thank you."] {
        assert_eq!(router.classify(&set, text).best().unwrap().name, defaults::DENY, "{text}");
        let open = router.classify_where(&set, text, |name| name != "yes" && name != "no");
        let best = open.best().unwrap();
        assert_eq!(best.name, "goodbye", "{text}: {open:?}");
        assert!(best.probability > 0.6, "{text}: {open:?}");
        let total: f32 = open.intents.iter().map(|one| one.probability).sum();
        assert!((total + open.outside - 1.0).abs() < 1e-4, "{text}: {open:?}");
    }
}

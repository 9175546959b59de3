use super::*;

fn texts(text: &str) -> Vec<String> {
    split(text).into_iter().map(|c| c.text).collect()
}

#[test]
fn clauses_of_whole_replies() {
    struct Case(&'static str, &'static [&'static str]);
    for Case(text, expected) in [
        Case("", &[]),
        Case("Hello", &["Hello"]),
        Case("Sure, I can help. Thanks, bye.", &["Sure, ", "I can help. ", "Thanks, bye."]),
        Case("I see—that is fine.", &["I see—", "that is fine."]),
        Case("Done - anything else?", &["Done - ", "anything else?"]),
        Case("Here it is: 4821.", &["Here it is: ", "4821."]),
        Case("Dr. Smith is in. He, too.", &["Dr. Smith is in. ", "He, too."]),
        Case("John Smith, Jr. is in.", &["John Smith, Jr. is in."]),
        Case("That is $1,000.50 or 3.5 of it.", &["That is $1,000.50 or 3.5 of it."]),
        Case("We have 3, 4 or 5.", &["We have 3, 4 or 5."]),
        Case("The U.S. Senate met. Ok.", &["The U.S. Senate met. ", "Ok."]),
        Case("Write to a.b@c.com, please.", &["Write to a.b@c.com, ", "please."]),
        Case("See https://a.b/c,d?e=f. Ok.", &["See https://a.b/c,d?e=f. ", "Ok."]),
        Case("It is (you know, nearly) over.", &["It is (you know, nearly) over."]),
        Case("Read [this, please](https://a.b) now.", &["Read [this, please](https://a.b) now."]),
        Case("Use **red, green** paint.", &["Use **red, green** paint."]),
        Case("Run `a, b` now.", &["Run `a, b` now."]),
        Case("<break time=\"1, 2\"/>Hello you.", &["<break time=\"1, 2\"/>Hello you."]),
        Case("One\n\n- two\n- three", &["One\n", "\n- two\n", "- three"]),
        Case("Sí, claro. El Sr. Gil, no.", &["Sí, ", "claro. ", "El Sr. Gil, no."]),
        Case("नमस्ते। मैं ठीक हूँ।", &["नमस्ते। ", "मैं ठीक हूँ।"]),
        Case(
            "I have looked up the order that you placed yesterday and it will arrive today.",
            &["I have looked up the order that you placed yesterday ", "and it will arrive today."],
        ),
    ] {
        assert_eq!(texts(text), expected, "{text:?}");
    }
}

#[test]
fn later_sentences_are_cut_only_when_long() {
    let short = "Ok. The parcel, which you sent, is here.";
    assert_eq!(texts(short), ["Ok. ", "The parcel, which you sent, is here."]);
    let long = "Ok. The parcel that you sent on Monday from the office in Hamburg is now on its way to the customer, \
                who will receive it tomorrow before noon if nothing else happens on the road.";
    assert_eq!(
        texts(long)[1],
        "The parcel that you sent on Monday from the office in Hamburg is now on its way to the customer, "
    );
    let plain = "word ".repeat(200);
    assert!(split(&plain).iter().all(|c| c.text.chars().count() <= CLAUSE_CHARS_MAX));
}

#[test]
fn a_clause_comes_one_token_after_its_end() {
    let mut splitter = ClauseSplitter::new();
    for (token, given) in [
        ("Of", None),
        (" course", None),
        (",", None),
        (" I", Some("Of course, ")),
        ("'ll", None),
        (" do", None),
        (" it", None),
        (".", None),
        (" By", Some("I'll do it. ")),
        (" 5", None),
        (" p", None),
        (".m", None),
        (".", None),
        (" today", None),
        ("?", None),
        ("\n", Some("By 5 p.m. today?\n")),
    ] {
        let clauses = splitter.push(token);
        assert_eq!(clauses.first().map(|c| c.text.as_str()), given, "{token:?}");
    }
    assert_eq!(splitter.finish(), None);
}

#[test]
fn fenced_code_is_marked() {
    let text = "Run this:\n```sh\nls, -l\n```\nDone. ```x, y``` is code.";
    let seen: Vec<(String, bool)> = split(text).into_iter().map(|c| (c.text, c.code)).collect();
    let expected = [
        ("Run this:\n", false),
        ("```sh\n", true),
        ("ls, -l\n", true),
        ("```\n", true),
        ("Done. ", false),
        ("```x, y``` is code.", false),
    ];
    assert_eq!(seen, expected.map(|(t, c)| (t.to_string(), c)));
}

#[test]
fn sentence_ends_are_told_from_commas() {
    let ends: Vec<(usize, bool)> =
        split("Yes, it is. Bye").iter().map(|c| (c.start_byte, c.ends_sentence)).collect();
    assert_eq!(ends, [(0, false), (5, true), (12, true)]);
}

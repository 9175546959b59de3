use super::*;

#[test]
fn takes_digits_out_of_utterances() {
    for (spoken, figures) in [
        ("four eight two one", "4821"),
        ("forty-eight twenty-one", "4821"),
        ("forty eight twenty one", "4821"),
        ("it's four, uh, eight two... one", "4821"),
        ("double four oh seven", "4407"),
        ("triple five", "555"),
        ("the last four are for ate to won", "4821"),
        ("I have two cards, the one ending in four eight two one", "24821"),
        ("one moment, it's sixteen digits, four one one one", "4111"),
        ("my number is for eight two one", "4821"),
        ("four ate too won", "4821"),
        ("oh four eight", "048"),
        ("oh, four eight", "48"),
        ("send it to four eight two one", "4821"),
        ("four eight to one please", "4821"),
        ("one eight hundred five five five oh one nine nine", "18005550199"),
        ("two thousand twenty six", "2026"),
        ("4821", "4821"),
        ("48 21", "4821"),
        ("nothing to see for you", ""),
        ("tree five", "35"),
        ("", ""),
    ] {
        assert_eq!(digits(spoken), figures, "{spoken}");
    }
}

#[test]
fn writes_spoken_text() {
    struct Case(&'static str, &'static str);
    for Case(spoken, written) in [
        Case("", ""),
        Case("my card ends in four eight two one", "my card ends in 4821"),
        Case("it is forty eight twenty one", "it is 4821"),
        Case("it's forty-eight dollars, thanks", "it's $48, thanks"),
        Case("two hundred and fifty dollars and five cents", "$250.05"),
        Case("on july twenty fifth twenty twelve please", "on july 25 2012 please"),
        Case("at half past three", "at 03:30"),
        Case("meet at ten thirty a m", "meet at 10:30 a.m."),
        Case("call four one five five five five oh one nine nine", "call 415-555-0199"),
        Case("john dot smith at example dot com", "john.smith@example.com"),
        Case("twelve point five percent", "12.5 %"),
        Case("one of them, or two", "one of them, or two"),
        Case("wait a second", "wait a second"),
        Case("the twenty third floor", "the 23rd floor"),
        Case("double four seven", "447"),
        Case("I have twenty one cats", "I have 21 cats"),
        Case("i may go, you may not", "i may go, you may not"),
        Case("look at this dot", "look at this dot"),
    ] {
        assert_eq!(itn(spoken), written, "{spoken:?}");
    }
}

#[test]
fn takes_a_number_out_of_an_utterance() {
    for (text, value) in [
        ("twenty five", Some(25.0)),
        ("I'd like two hundred and fifty please", Some(250.0)),
        ("minus two point five", Some(-2.5)),
        ("three and a half", Some(3.5)),
        ("one point five million", Some(1_500_000.0)),
        ("$1,200.50", Some(1200.5)),
        ("none at all", None),
        ("", None),
    ] {
        assert_eq!(number(text), value, "{text:?}");
    }
}

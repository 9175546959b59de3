use super::*;

#[test]
fn speaks_written_text() {
    struct Case(&'static str, &'static str);
    for Case(written, spoken) in [
        Case("", ""),
        Case("Plain words, don't change.", "Plain words, don't change."),
        Case(
            "I've blocked the card ending in 4821.",
            "I've blocked the card ending in four eight two one.",
        ),
        Case(
            "Your balance is $1,925.21.",
            "Your balance is one thousand nine hundred and twenty five dollars twenty one cents.",
        ),
        Case("It costs -$5 or £0.50", "It costs minus five dollars or fifty pence"),
        Case(
            "12.5% of $3.2 million",
            "twelve point five percent of three point two million dollars",
        ),
        Case("Dr. Smith lives on St. John St.", "doctor Smith lives on Saint John Street"),
        Case("Come to 1428 Elm Dr. on Monday", "Come to fourteen twenty eight Elm Drive on Monday"),
        Case("Mr. and Mrs. Lee, e.g. Anna", "Mr. and misses Lee, for example Anna"),
        Case("Call (415) 555-0199", "Call four one five, five five five, zero one nine nine"),
        Case(
            "at 3:05 p.m. on 01/15/2026",
            "at three oh five PM on january fifteenth twenty twenty six",
        ),
        Case("from 9am-5pm", "from nine AM to five PM"),
        Case("3-5 business days", "three to five business days"),
        Case("10-15% off", "ten to fifteen percent off"),
        Case("on 3/4, eat 3/4", "on march fourth, eat three quarters"),
        Case("the 2nd of 1,200", "the second of one thousand two hundred"),
        Case("jane@example.com", "jane at example dot com"),
        Case("Henry VIII", "Henry the eighth"),
        Case("PIN 0042, code: 907", "PIN zero zero four two, code: nine zero seven"),
        Case("AT&T, #1 & A/B", "AT and T, number one and A slash B"),
        Case("20°C, 5kg, ½ x²", "twenty degrees Celsius, five kilograms, one half x squared"),
        Case("It was 1994", "It was nineteen ninety four"),
        Case("٣ and 五", "three and 五"),
    ] {
        assert_eq!(normalize_text(written), spoken, "{written:?}");
    }
}

#[test]
fn tokens_lead_back_to_the_text() {
    let text = "Pay $20, please… on 5/6? No!";
    let tokens = normalize(text);
    let seen: Vec<(&str, &str, Pause)> = tokens
        .iter()
        .map(|t| (&text[t.source.clone()], t.spoken.as_str(), t.pause_after))
        .collect();
    assert_eq!(
        seen,
        [
            ("Pay", "Pay", Pause::None),
            ("$20", "twenty dollars", Pause::Comma),
            ("please", "please", Pause::Period),
            ("on", "on", Pause::None),
            ("5/6", "may sixth", Pause::Question),
            ("No", "No", Pause::Exclamation),
        ]
    );
}

#[test]
fn long_input_is_cut_not_refused() {
    let tokens = normalize(&"é ".repeat(TEXT_BYTES_MAX));
    assert!(tokens.last().is_some_and(|t| t.source.end <= TEXT_BYTES_MAX));
}

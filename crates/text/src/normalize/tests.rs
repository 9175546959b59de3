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
fn speaks_what_agents_write() {
    struct Case(&'static str, &'static str);
    for Case(written, spoken) in [
        Case(
            "Your order #4521 ships on 3/14/2025 at 5:30pm to 12 Main St., Apt. 4B.",
            "Your order number four five two one ships on march fourteenth twenty twenty five at five thirty PM \
             to twelve Main Street, apartment four B.",
        ),
        Case("call 1-800-555-0199", "call one, eight hundred, five five five, zero one nine nine"),
        Case("ref AB12-X9", "ref A B one two-X nine"),
        Case("$1.2M, 2x, 24/7", "one point two million dollars, two x, twenty four seven"),
        Case("w/ milk, e.g. oat, i.e. none", "with milk, for example oat, that is none"),
        Case("5'10\" tall, 12″ wide", "five feet ten inches tall, twelve inches wide"),
        Case("50% at -5°C", "fifty percent at minus five degrees Celsius"),
        Case("€3,50 or 3,50 €", "three euros fifty cents or three euros fifty cents"),
        Case("Q3, v2.1, #1", "the third quarter, version two point one, number one"),
        Case("10-15 min, 2.5–3kg", "ten to fifteen minutes, two point five to three kilograms"),
        Case("$10-15 or $2-3k", "ten to fifteen dollars or two to three thousand dollars"),
        Case("the 1990s, the '90s, 3rd", "the nineteen nineties, the nineties, third"),
        Case("Mon-Fri 9am-5pm", "Monday to Friday nine AM to five PM"),
        Case("3 < 5, x > 2, 16:9", "three less than five, x greater than two, sixteen to nine"),
        Case("open report.pdf or mysite.xyz", "open report dot PDF or mysite dot XYZ"),
        Case("That is done.and so on", "That is done.and so on"),
        Case(
            "80 mg/dl in 25 x 7 m",
            "eighty milligrams per deciliter in twenty five by seven meters",
        ),
        Case("He said \"at 12\" there", "He said \"at twelve\" there"),
        Case(
            "Mon.–Fri., Rm. 204, incl. tax",
            "Monday to Friday, room two hundred and four, including tax",
        ),
        Case(
            "Order #A-1029-X, code SAVE20",
            "Order number A-one zero two nine-X, code SAVE two zero",
        ),
        Case(
            "35 y/o, 5-10°C, 50/50",
            "thirty five years old, five to ten degrees Celsius, fifty fifty",
        ),
        Case("Dial *67; the 90th min. of it", "Dial star sixty seven; the ninetieth minute of it"),
        Case(
            "Version v3.2.1, 4.2bn, WWII",
            "Version three point two point one, four point two billion, World War two",
        ),
        Case("say [HH AH0 L OW1]", "say [HH AH0 L OW1]"),
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

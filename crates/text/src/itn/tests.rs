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
        Case("give me one second", "give me one second"),
        Case("is the doctor in", "is the doctor in"),
        Case("call Doctor Miller", "call Dr. Miller"),
        Case("eight hundred five five five one two three four", "800-555-1234"),
        Case("at twelve thirty", "at 12:30"),
        Case("the nineteen eighties", "the 1980s"),
        Case("a million dollars", "$1 million"),
        Case(
            "four one one one one one one one one one one one one one one one",
            "4111 1111 1111 1111",
        ),
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

fn check(language: Language, cases: &[(&str, &str)]) {
    for (spoken, written) in cases {
        assert_eq!(itn_with(spoken, &ItnOptions::new(language)), *written, "{spoken:?}");
    }
}

#[test]
fn writes_spanish() {
    check(
        Language::Spanish,
        &[
            ("", ""),
            ("tengo dos gatos y veinte perros", "tengo dos gatos y 20 perros"),
            ("pagué treinta y cinco dólares con veinte centavos.", "pagué $35,20."),
            ("cuesta mil doscientos pesos, gracias", "cuesta $1200, gracias"),
            ("son tres millones de euros", "son €3 millones"),
            ("quedamos a las siete y media de la tarde", "quedamos a las 7:30 p.m."),
            (
                "nos vemos el quince de marzo de dos mil veinticinco",
                "nos vemos el 15 de marzo de 2025",
            ),
            ("mi código es cuatro ocho dos uno", "mi código es 4821"),
            (
                "escríbame a juan punto pérez arroba ejemplo punto com",
                "escríbame a juan.pérez@ejemplo.com",
            ),
            ("sube un cinco por ciento", "sube un 5 %"),
            ("tres cuartos de litro", "3/4 l"),
            ("la vigésima quinta edición", "la 25.ª edición"),
            ("las tres personas y la una", "las tres personas y la una"),
            ("más o menos veinte", "más o menos 20"),
            ("el señor garcía y usted", "el sr. garcía y Ud."),
            ("quinientos cuarenta y tres mil", "543000"),
        ],
    );
}

#[test]
fn writes_hindi() {
    check(
        Language::Hindi,
        &[
            ("", ""),
            ("मुझे एक कार्ड दो", "मुझे एक कार्ड दो"),
            ("मेरे पास पच्चीस किताबें हैं।", "मेरे पास २५ किताबें हैं।"),
            ("साढ़े तीन हज़ार रुपए दीजिए", "₹३५०० दीजिए"),
            ("पौने दो लाख रुपये", "₹१७५०००"),
            ("सवा सात बजे मिलते हैं", "७:१५ मिलते हैं"),
            ("पाँच बजने में दस मिनट", "४:५०"),
            ("पंद्रह अगस्त उन्नीस सौ सैंतालीस", "१५ अगस्त, १९४७"),
            ("मेरा नंबर नौ आठ सात छह पाँच चार तीन दो एक शून्य है", "मेरा नंबर ९८७६५४३२१० है"),
            ("बीस प्रतिशत", "२० %"),
            ("दस वर्ग किलोमीटर", "१० km²"),
            ("पच्चीसवीं मंज़िल", "२५वीं मंज़िल"),
            ("तीन चौथाई", "३/४"),
        ],
    );
    let latin = ItnOptions::new(Language::Hindi).native_digits(false);
    assert_eq!(itn_with("ढाई सौ रुपए", &latin), "₹250");
}

#[test]
fn settings_change_what_is_written() {
    let cents = ItnOptions::default().money_cents(true);
    for (spoken, plain, with_cents) in [
        ("five dollars", "$5", "$5.00"),
        ("five dollars.", "$5.", "$5.00."),
        ("five dollars and ten cents", "$5.10", "$5.10"),
        ("two point five dollars", "$2.5", "$2.5"),
        ("five million dollars", "$5 million", "$5 million"),
        ("fifty yen", "¥50", "¥50"),
    ] {
        assert_eq!(itn(spoken), plain);
        assert_eq!(itn_with(spoken, &cents), with_cents);
    }
    let mixed = ItnOptions::new(Language::Spanish).second(Some(Language::English));
    assert_eq!(itn_with("cien dólares or twenty euros", &mixed), "$100 or €20");
    assert_eq!(Language::from_code("es-MX"), Some(Language::Spanish));
    assert_eq!(Language::from_code("fr"), None);
}

#[test]
fn values_of_other_languages() {
    use super::{digits_in, number_in};
    for (text, language, digits, number) in [
        ("cuatro dos siete uno", Language::Spanish, "4271", Some(4271.0)),
        ("una mesa para cuatro", Language::Spanish, "4", Some(4.0)),
        ("una", Language::Spanish, "", Some(1.0)),
        ("quiero una mesa grande", Language::Spanish, "", None),
        ("somos veintidós", Language::Spanish, "22", Some(22.0)),
        ("नौ आठ सात", Language::Hindi, "987", Some(987.0)),
        ("four two", Language::English, "42", number("four two")),
    ] {
        assert_eq!(digits_in(text, language), digits, "{text}");
        assert_eq!(number_in(text, language), number, "{text}");
    }
}

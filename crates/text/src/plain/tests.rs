use super::*;

#[track_caller]
fn check(cases: &[(&str, &str)]) {
    for (written, plain) in cases {
        assert_eq!(Plain::new(written).text(), *plain, "{written:?}");
    }
}

#[test]
fn markdown_blocks() {
    check(&[
        ("", ""),
        ("Plain words, as they are.", "Plain words, as they are."),
        ("# Plans\nOne of them.", "Plans.\nOne of them."),
        ("## What now? ##\nThis.", "What now?\nThis."),
        ("#1 and #hash", "#1 and #hash"),
        ("- milk\n- two eggs\n\nThat is all.", "milk.\ntwo eggs.\n\nThat is all."),
        ("* a\n  * b", "a.\nb."),
        ("- [x] done\n- [ ] open", "done.\nopen."),
        ("1. Press one.\n2) Press two", "1, Press one.\n2, Press two."),
        ("-5 is cold", "-5 is cold"),
        ("> quoted\n> again", "quoted\nagain"),
        ("> 5 is fine", "> 5 is fine"),
        ("a\n---\nb", "a\n\nb"),
        ("Title\n=====\nb", "Title\n\nb"),
        ("Do this:\n```sh\nrm -rf x\n```\nDone.", "Do this:\nDone."),
        ("~~~\n```\n~~~\nx", "x"),
        ("```\nnever closed", ""),
        ("| City | Price |\n|---|---:|\n| Rome | $5 |", "City, Price.\n\nRome, $5."),
        ("a | b\n--|--\n1 | 2\nend", "a, b.\n\n1, 2.\nend"),
        ("this | that", "this | that"),
        ("See [a].\n[a]: https://x.y/z", "See [a].\n"),
    ]);
}

#[test]
fn markdown_inside_a_line() {
    check(&[
        ("This is **bold**, *slanted* and ***both***.", "This is bold, slanted and both."),
        ("__init__ and snake_case_name", "init and snake_case_name"),
        ("_so_ and ~~gone~~", "so and gone"),
        ("2 * 3 * 4 is 5*3*2", "2 * 3 * 4 is 5*3*2"),
        ("un*frigging*real", "un*frigging*real".replace('*', "").as_str()),
        ("a lone * stays", "a lone * stays"),
        ("run `a_b_c` now", "run `a_b_c` now"),
        ("``quoted``", "``quoted``"),
        ("see [our page](https://a.b/c_(d) \"Title\").", "see our page."),
        ("[**Bold** link](/x) and [text][ref]", "Bold link and text"),
        ("![a cat](cat.png) sits ![](x.png)", "a cat sits "),
        ("[sic](see the note below)", "[sic](see the note below)"),
        ("a fact[^1]", "a fact"),
        (r"1\. \*not\*", "1. *not*"),
    ]);
}

#[test]
fn tags_and_entities() {
    check(&[
        ("<speak>Hello <break time=\"500ms\"/> world</speak>", "Hello , world"),
        ("One.<break time='1s'/>Two", "One. Two"),
        ("One<break/>two<break strength=\"none\"/>three", "One, two three"),
        ("<say-as interpret-as=\"characters\">AB1</say-as>!", "A B 1!"),
        ("<say-as interpret-as=\"date\">3/4</say-as>", "3/4"),
        ("<sub alias=\"doctor\">Dr</sub> No", "doctor No"),
        ("<p>One</p><p>Two</p>", "One. Two."),
        ("a<br>b", "a\nb"),
        ("<b>bold</b> <a href=\"x\" class='y'>link</a>", "bold link"),
        ("<script>alert(1)</script>ok <think>hm</think>yes", "ok yes"),
        ("3 < 5 and a<b and c>d", "3 < 5 and a<b and c>d"),
        ("<!-- no -->yes", "yes"),
        ("<https://a.b> <me@a.b>", "https://a.b me@a.b"),
        ("<sigh/> oh", "<sigh/> oh"),
        ("R&amp;D &#39;x&#x27; 5 &lt; 7 &lt;b&gt; &hi; &nbsp;z", "R&D 'x' 5 < 7  b> &hi;  z"),
    ]);
}

#[test]
fn characters() {
    check(&[
        ("Great 👍🏽! Hi👋there", "Great ! Hi there"),
        ("👨‍👩‍👧 family ❤️", " family "),
        ("press 1️⃣", "press 1"),
        ("Settings → Privacy", "Settings , Privacy"),
        ("cafe\u{301} nin\u{303}o x\u{301}", "café niño x"),
        ("pass\u{200b}word\u{feff} a\u{a0}b\tc", "password a b c"),
        ("１２３ ＡＢ ﬁne 𝗕𝗼𝗹𝗱 ③", "123 AB fine Bold 3"),
        ("a\u{0}b\u{7}", "a b"),
        ("क\u{94d}\u{200d}ष", "क\u{94d}\u{200d}ष"),
        ("line\r\nend", "line\nend"),
    ]);
    assert!(Plain::new("🙂 👍 …").is_silent());
    assert!(!Plain::new("🙂 ok").is_silent());
}

#[test]
fn plain_bytes_lead_back_to_the_original() {
    let text = "# **Caf**e\u{301} 👍\n- see [page](u) &amp; １５ <b>x</b>";
    let plain = Plain::new(text);
    assert_eq!(plain.text(), "Café.\nsee page & 15 x.");
    for (word, source) in [
        ("Café", "Caf**e\u{301}"),
        ("see", "see"),
        ("page", "page"),
        ("&", "&amp;"),
        ("15", "１５"),
        ("x", "x"),
    ] {
        let at = plain.text().find(word).unwrap_or_else(|| panic!("{word}"));
        assert_eq!(&text[plain.source(at..at + word.len())], source);
    }
}

#[test]
fn tags_are_never_spoken() {
    for (written, spoken) in [
        ("Hello <break time=\"500ms\"/> world", "Hello , world"),
        ("<sigh level=\"2\"/> I have 2", "<sigh level=\"2\"/> I have two"),
        ("**Total:** $5", "Total: five dollars"),
    ] {
        assert_eq!(crate::normalize::normalize_text(written), spoken);
    }
    let tokens = crate::normalize::normalize("<sigh level=\"2\"/> oh");
    assert_eq!(tokens.iter().map(|t| t.spoken.as_str()).collect::<Vec<_>>(), ["oh"]);
}

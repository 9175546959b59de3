use super::*;

fn of(name: &str, text: &str) -> Vec<Block> {
    blocks(name, text.as_bytes()).unwrap()
}

fn block(titles: &[&str], question: Option<&str>, text: &str, place: Place) -> Block {
    Block {
        titles: titles.iter().map(ToString::to_string).collect(),
        question: question.map(str::to_string),
        text: text.to_string(),
        place,
    }
}

#[test]
fn markdown_keeps_headings_items_and_tables() {
    let text = "---\ntitle: x\n---\n# Bank\nIntro with a [link](https://a.example) and *stress*.\n\n## Fees\n\
        - first item\n- second\n  goes on\n\n<!-- hidden\nstill --> \n| Kind | Fee |\n|---|---|\n| Basic | $4 |\n\n\
        Old heading\n-----------\nText.\n### Is it free?\nYes.\n";
    assert_eq!(
        of("a.md", text),
        [
            block(&["Bank"], None, "Intro with a link and stress.", Place::Line(5)),
            block(&["Bank", "Fees"], None, "first item", Place::Line(8)),
            block(&["Bank", "Fees"], None, "second goes on", Place::Line(9)),
            block(&["Bank", "Fees"], None, "Basic, Fee: $4", Place::Line(16)),
            block(&["Bank", "Old heading"], None, "Text.", Place::Line(20)),
            block(&["Bank", "Old heading"], Some("Is it free?"), "Yes.", Place::Line(22)),
        ]
    );
}

#[test]
fn plain_text_has_paragraphs_and_questions() {
    let text = "First line\nof two.\n\nQ: Are you open?\nA: Yes, we are.\nEvery day.\n\nQ: Pets?\nA: No.\n\nThe end.\n";
    assert_eq!(
        of("a.txt", text),
        [
            block(&[], None, "First line of two.", Place::Line(1)),
            block(&[], Some("Are you open?"), "Yes, we are. Every day.", Place::Line(5)),
            block(&[], Some("Pets?"), "No.", Place::Line(9)),
            block(&[], None, "The end.", Place::Line(11)),
        ]
    );
}

#[test]
fn html_is_what_a_reader_sees() {
    let text = "<!doctype html><html><head><title>Tab</title><style>p{}</style></head><body><nav>Home</nav>\n\
        <h1>Bank &amp; Co</h1><p>We are <b>open</b>\n daily.<script>if (a < b) x('</p>')</script></p>\n\
        <h2>Fees</h2><table><tr><th>Kind<th>Fee</tr><tr><td>Basic<td>&pound;4</tr></table>\n\
        <details><summary>Is it safe?</summary><p>Yes.</p></details><dl><dt>Limit</dt><dd>500 a day</dd></dl>\n\
        <p>Last <p>unclosed";
    assert_eq!(
        of("a.html", text),
        [
            block(&["Bank & Co"], None, "We are open daily.", Place::Line(2)),
            block(&["Bank & Co", "Fees"], None, "Basic, Fee: £4", Place::Line(4)),
            block(&["Bank & Co", "Fees"], Some("Is it safe?"), "Yes.", Place::Line(5)),
            block(&["Bank & Co", "Fees"], Some("Limit"), "500 a day", Place::Line(5)),
            block(&["Bank & Co", "Fees"], None, "Last", Place::Line(6)),
            block(&["Bank & Co", "Fees"], None, "unclosed", Place::Line(6)),
        ]
    );
}

#[test]
fn faq_json_in_three_shapes() {
    let entry = |titles: &[&str], n| block(titles, Some("Open?"), "Yes.", Place::Entry(n));
    assert_eq!(
        of("a.json", r#"[{"question": "Open?", "answer": "Yes.", "id": 4}]"#),
        [entry(&[], 1)]
    );
    assert_eq!(of("a.json", r#"{"Open?": "Yes."}"#), [entry(&[], 1)]);
    let nested = r#"{"hotel": {"0": {"name": "INN", "city": "X", "docs": {"0": {"title": "Open?", "body": "Yes."}}},
        "1": {"name": null, "docs": {"1": {"title": "Open?", "body": "Yes."}}}}}"#;
    assert_eq!(of("a.json", nested), [entry(&["INN"], 1), entry(&[], 2)]);
}

#[test]
fn pdf_lines_become_headings_and_paragraphs() {
    let blocks =
        blocks("a.pdf", &pdf(&[PAGE, "BT /F1 10 Tf 50 700 Td (Second page.) Tj ET"])).unwrap();
    assert_eq!(
        blocks,
        [
            block(
                &["Our fees"],
                None,
                "A transfer costs two pounds and fifty pence.",
                Place::Page(1)
            ),
            block(&["Our fees"], None, "Cards are free.", Place::Page(1)),
            block(&["Our fees"], None, "Second page.", Place::Page(2)),
        ]
    );
}

const PAGE: &str = "BT /F1 18 Tf 50 750 Td (Our fees) Tj ET\n\
    BT /F1 10 Tf 12 TL 50 700 Td [(A trans) 20 (fer) -300 (costs two)] TJ T* (pounds and fif-) Tj T* (ty pence.) Tj ET\n\
    BT /F1 10 Tf 1 0 0 1 50 600 Tm (Cards are) Tj 60 0 Td (free.) Tj ET";

/// A small PDF with these content streams, one a page.
fn pdf(pages: &[&str]) -> Vec<u8> {
    let mut objects = vec!["<< /Type /Catalog /Pages 2 0 R >>".to_string()];
    let kids: Vec<String> = (0..pages.len()).map(|at| format!("{} 0 R", 4 + 2 * at)).collect();
    objects.push(format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), pages.len()));
    objects.push(
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".into(),
    );
    for (at, content) in pages.iter().enumerate() {
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {} 0 R \
             /Resources << /Font << /F1 3 0 R >> >> >>",
            5 + 2 * at
        ));
        objects.push(format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()));
    }
    let mut file = "%PDF-1.4\n".to_string();
    let mut places = Vec::new();
    for (number, object) in (1..).zip(&objects) {
        places.push(file.len());
        file.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    let table = file.len();
    file.push_str(&format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1));
    places.iter().for_each(|place| file.push_str(&format!("{place:010} 00000 n \n")));
    file.push_str(&format!(
        "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n",
        objects.len() + 1
    ));
    file.into_bytes()
}

#[test]
fn any_bytes_give_blocks_or_one_line() {
    let mut state = 1_u32;
    let mut next = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state >> 8
    };
    let seeds: [Vec<u8>; 4] = [
        pdf(&[PAGE]),
        b"# A\n| a | b |\n|--|--|\n| 1 | 2 |\n```\nx\n<!-- -->\n- [ ] y\n---\n".to_vec(),
        b"<table><tr><td>a<h2>b</h2><details><summary>c?</summary></tr></table>&amp;<script>"
            .to_vec(),
        br#"{"a b": "c", "d": [{"question": "e", "answer": "f"}]}"#.to_vec(),
    ];
    for round in 0..400 {
        let mut bytes = seeds[round % seeds.len()].clone();
        for _ in 0..1 + next() % 8 {
            let at = next() as usize % bytes.len();
            match next() % 3 {
                0 => bytes[at] = next().to_le_bytes()[0],
                1 => bytes.truncate(at + 1),
                _ => bytes.insert(at, b"<>()[]{}|#\"/ "[next() as usize % 13]),
            }
        }
        for name in ["a.pdf", "a.md", "a.html", "a.json", "a.txt"] {
            match blocks(name, &bytes) {
                Ok(blocks) => {
                    assert!(blocks.iter().all(|b| !b.text.is_empty() && !b.text.contains('\n')))
                }
                Err(error) => assert!(error.to_string().lines().count() == 1, "{error}"),
            }
        }
    }
}

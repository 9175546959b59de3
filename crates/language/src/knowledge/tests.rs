use super::*;

const HANDBOOK: &str = "# River Bank\n\n## Opening hours\n\nWe are open from 9:30 to 17:00 on weekdays. \
    On Saturdays we close at noon.\n\n## Fees\n\n| Account | Monthly fee | Minimum |\n|---|---|---|\n\
    | Basic | $4.95 | none |\n| Premium | $12 | $2,500 |\n\n## Lost cards\n\n- Call us at once if your \
    card is lost.\n- A new card takes five working days. It costs $10.\n\n### Can I use Apple Pay?\n\n\
    Yes, with every debit card. Click here to see how.\n";

fn knowledge(files: &[(&str, &str)]) -> Result<Knowledge, KnowledgeError> {
    let files: Vec<KnowledgeFile> =
        files.iter().map(|(name, text)| KnowledgeFile { name, bytes: text.as_bytes() }).collect();
    Knowledge::load(&Encoder::untrained(), &files)
}

#[test]
fn the_passage_with_the_words_is_found_and_cited() {
    let knowledge = knowledge(&[("handbook.md", HANDBOOK)]).unwrap();
    let hits = knowledge.search("what is the monthly fee of the premium account", 2);
    assert_eq!(hits.len(), 2);
    assert!(hits[0].passage.text.contains("Premium, Monthly fee: $12"), "{:?}", hits[0]);
    assert_eq!(hits[0].passage.title, "River Bank > Fees");
    assert_eq!(hits[0].passage.citation(), "handbook.md, line 11");
    assert!(hits[0].score >= hits[1].score);
    let asked = knowledge.search("apple pay", 1);
    assert_eq!(asked[0].passage.question.as_deref(), Some("Can I use Apple Pay?"));
}

#[test]
fn misheard_and_split_words_are_found() {
    let text = "# A\nWi-Fi is free.\n# B\nParking costs ten pounds.\n# C\nCancellation is free for a day.\n";
    let knowledge = knowledge(&[("notes.md", text)]).unwrap();
    let first =
        |question: &str| knowledge.search_by(question, 1, Scoring::Terms)[0].passage.text.clone();
    assert_eq!(first("barking"), "Parking costs ten pounds.");
    assert_eq!(first("kansellation"), "Cancellation is free for a day.");
    assert_eq!(first("wifi"), "Wi-Fi is free.");
    assert_eq!(first("wi fi"), "Wi-Fi is free.");
}

#[test]
fn answers_are_short_and_for_ears() {
    let knowledge = knowledge(&[("handbook.md", HANDBOOK)]).unwrap();
    let answer = |question: &str| knowledge.ask(question, 1).answer.unwrap();
    assert_eq!(answer("can i use apple pay"), "Yes, with every debit card.");
    assert_eq!(answer("when do you close on saturdays"), "On Saturdays we close at noon.");
    let long = format!("Our rates are {}.\n", "very high and, ".repeat(80));
    let knowledge = self::knowledge(&[("long.txt", &long)]).unwrap();
    let said = knowledge.ask("rates", 1).answer.unwrap();
    assert!(said.split_whitespace().count() <= ANSWER_WORDS_MAX, "{said}");
}

#[test]
fn a_question_without_words_finds_nothing() {
    let knowledge = knowledge(&[("handbook.md", HANDBOOK)]).unwrap();
    let finding = knowledge.ask(" ... ", 3);
    assert!(finding.hits.is_empty() && finding.answer.is_none());
    assert_eq!(finding.answerable.to_bits(), 0.0_f32.to_bits());
    assert!(knowledge.search("fee", 0).is_empty());
    assert_eq!(knowledge.search("fee", 10_000).len(), knowledge.passages().len());
}

#[test]
fn what_cannot_be_loaded_is_said_in_one_line() {
    let error = |files: &[(&str, &str)]| knowledge(files).unwrap_err().to_string();
    for (name, text, expected) in [
        ("a.docx", "x", ".docx"),
        ("a.md", "", "no text"),
        ("a.json", "{", "no JSON"),
        ("a.json", "[1, 2]", "no question"),
        ("a.pdf", "hello", "PDF"),
        ("plain", "x", "is not read"),
    ] {
        let told = error(&[(name, text)]);
        assert!(told.starts_with(name) && told.contains(expected), "{told}");
        assert_eq!(told.lines().count(), 1);
    }
    assert!(error(&[]).contains("0 files"));
    let latin = Knowledge::load(
        &Encoder::untrained(),
        &[KnowledgeFile { name: "a.txt", bytes: b"caf\xe9" }],
    );
    assert!(latin.unwrap_err().to_string().contains("UTF-8"));
}

#[test]
fn bounds_hold() {
    let many =
        format!("[{0}{0}]", r#"{"question": "a", "answer": "b"},"#.repeat(PASSAGES_MAX / 2 + 1));
    let told = knowledge(&[("many.json", &many.replace(",]", "]"))]).unwrap_err().to_string();
    assert!(told.contains("passages"), "{told}");
    let endless = "x".repeat(100_000);
    let knowledge = knowledge(&[("endless.txt", &endless)]).unwrap();
    assert!(knowledge.passages().iter().all(|passage| passage.text.len() <= PASSAGE_BYTES_MAX));
    assert!(knowledge.memory_bytes() > 100_000);
}

#[test]
fn the_same_files_give_the_same_hits() {
    let (first, second) = (
        knowledge(&[("handbook.md", HANDBOOK)]).unwrap(),
        knowledge(&[("handbook.md", HANDBOOK)]).unwrap(),
    );
    for question in ["fee", "kard lost", "open on saturday", "nothing of that kind"] {
        let numbers =
            |k: &Knowledge| k.search(question, 9).iter().map(Hit::number).collect::<Vec<_>>();
        assert_eq!(numbers(&first), numbers(&second));
        assert_eq!(
            first.ask(question, 3).answerable.to_bits(),
            second.ask(question, 3).answerable.to_bits()
        );
    }
}

#[test]
fn evidence_is_finite_and_named() {
    let knowledge = knowledge(&[("handbook.md", HANDBOOK)]).unwrap();
    for question in ["fee", "a", "how much is the 99 account", "zzzz qqqq", "मेरा कार्ड"]
    {
        let hits = knowledge.search(question, 3);
        let evidence = knowledge.evidence(question, &hits);
        assert_eq!(evidence.len(), EVIDENCE_NAMES.len());
        assert!(evidence.iter().all(|x| x.is_finite()), "{question}: {evidence:?}");
    }
}

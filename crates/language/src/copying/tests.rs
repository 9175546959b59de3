use super::*;

fn sources(texts: &[&str]) -> Sources {
    let mut sources = Sources::default();
    texts.iter().for_each(|text| sources.add(text));
    sources
}

fn goes_on(sources: &Sources, begun: &str) -> Vec<String> {
    let rest = |place: &usize| {
        let rest = sources.text[*place..].split(|&byte| byte == BORDER).next().unwrap();
        String::from_utf8(rest.to_vec()).unwrap()
    };
    sources.places(begun.as_bytes()).iter().map(rest).collect()
}

#[test]
fn a_value_goes_on_as_a_source_does() {
    let sources = sources(&["a table at Luigi's at 8 pm", "no, at nine"]);
    assert_eq!(goes_on(&sources, "at"), [" nine", " 8 pm", " Luigi's at 8 pm"]);
    assert_eq!(goes_on(&sources, "Luigi"), ["'s at 8 pm"]);
    assert_eq!(goes_on(&sources, "uigi"), [""; 0], "not inside of a word");
    assert_eq!(goes_on(&sources, "pm no"), [""; 0], "nor over a border");
    assert!(goes_on(&sources, "").contains(&"8 pm".to_owned()));
    assert!(goes_on(&Sources::default(), "").is_empty());
}

#[test]
fn a_value_ends_with_a_word() {
    let sources = sources(&["in Paris, France"]);
    let end = |text: &str| {
        let places = sources.places(text.as_bytes());
        places.iter().any(|&place| sources.is_end(place))
    };
    assert!(end("Paris") && end("Paris, France") && end("in Paris"));
    assert!(!end("Par") && !end("Paris,") && !end("Paris, "));
}

#[test]
fn marks_are_written_as_in_json() {
    let said = sources(&["say \"hi\"\nor \\ this"]);
    assert_eq!(goes_on(&said, "say"), [" \\\"hi\\\"\\nor \\\\ this"]);
}

#[test]
fn arguments_are_found_wherever_the_call_ends() {
    let call =
        br#"{"name":"book","arguments":{"who":"a, \"b\"","list":[1,{"x":"y"}],"n":12,"day":"mon"#;
    let written = Written::read(call);
    let found: Vec<_> = written
        .arguments
        .iter()
        .map(|found| {
            (found.name.as_str(), std::str::from_utf8(&call[found.value.clone()]).unwrap())
        })
        .collect();
    let list = r#"[1,{"x":"y"}]"#;
    assert_eq!(found, [("who", r#""a, \"b\"""#), ("list", list), ("n", "12")]);
    let open = written.open.unwrap();
    assert_eq!((open.tool.as_deref(), open.parameter.as_str()), (Some("book"), "day"));
    assert_eq!(&call[open.text], b"mon");
    for cut in 0..call.len() {
        let open = Written::read(&call[..cut]).open;
        assert!(open.is_none_or(|open| open.parameter == "who" || open.parameter == "day"));
    }
    let whole = br#"{"name":"book","arguments":{"day":"mon"}}"#;
    assert_eq!(arguments(whole), [Argument { name: "day".into(), value: 34..39 }]);
    assert_eq!(arguments(br#"{"name":"book","arguments":{}}"#), []);
    assert_eq!(Written::read(b"}}]\"").arguments, []);
}

#[test]
fn only_plain_text_is_copied() {
    let parameters = serde_json::json!({"type": "object", "properties": {
        "city": {"type": "string", "description": "where"},
        "size": {"type": "string", "enum": ["small"]},
        "day": {"type": "string", "format": "date"},
        "count": {"type": "integer"},
    }});
    let tool = Tool { name: "find".into(), description: String::new(), parameters };
    let expected = HashSet::from([("find".to_owned(), "city".to_owned())]);
    assert_eq!(copied(&[tool]), expected);
}

#[test]
fn what_tools_answered_is_a_source_by_its_values() {
    let answer = serde_json::json!({"doctors": [{"name": "Ana Becker", "room": 12, "free": true}]});
    let prompt = Prompt { turns: vec![Turn::Result(answer)], ..Prompt::default() };
    let sources = Sources::of(&prompt);
    let mut all = goes_on(&sources, "");
    all.sort();
    assert_eq!(all, ["12", "Ana Becker", "Becker"]);
}

/// What is expected after a call that was begun.
fn expected(said: &str, call: &str) -> String {
    let parameters = serde_json::json!({"type": "object", "required": ["city", "time"], "properties": {
        "city": {"type": "string"}, "garden": {"type": "boolean"}, "time": {"type": "string"},
    }});
    let tool = Tool { name: "book".into(), description: String::new(), parameters };
    let parameters = guess::parameters(&[tool]);
    guess::of_call(&sources(&[said]), &parameters, call.as_bytes())
}

#[test]
fn in_a_call_words_end_and_the_next_parameter_follows() {
    let said = "a table in San Jose at eight";
    let call = |rest: &str| expected(said, &format!(r#"{{"name":"book","arguments":{{{rest}"#));
    assert_eq!(call(r#""c"#), "ity");
    assert_eq!(call(r#""city":"S"#), "an");
    assert_eq!(call(r#""city":"San"#), " Jose", "a name has another word");
    assert_eq!(call(r#""city":"San Jose"#), "\",\"", "there are more parameters");
    assert_eq!(call(r#""city":"San Jose",""#), "time", "one that is needed comes before others");
    assert_eq!(call(r#""city":"San Jose","time":"eight"#), "\"}}", "none is left");
    assert_eq!(call(r#""city":"Rome"#), "", "nobody said it");
    assert_eq!(call(r#""city":""#), "", "every word could begin it");
    assert_eq!(expected(said, ""), "");
    assert_eq!(expected(said, r#"{"name":"other","arguments":{"c"#), "", "an unknown tool");
}

#[test]
fn in_speech_names_and_numbers_that_were_begun_go_on_as_they_were_said() {
    let sources = sources(&["I am Alexandra Hamilton, 408 555 0199, in the old town"]);
    let after = |said: &str| guess::of_speech(&sources, said.as_bytes());
    assert_eq!(after("Thank you, Alex"), "andra Hamilton");
    assert_eq!(after("Your number is 40"), "8 555 0199");
    assert_eq!(after("the to"), "", "neither name nor number");
    assert_eq!(after("Thank you, A"), "", "too little");
    assert_eq!(after("Dear Alexandra Hamilton"), ", 408 555 0199", "what was said next");
    assert_eq!(after(""), "");
}

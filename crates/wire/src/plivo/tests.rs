use super::*;
use crate::Codec;

const START: &str = r#"{"event":"start","sequenceNumber":1,"start":{"callId":"c-1","streamId":"s-1","accountId":"MA1",
    "tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-l16","sampleRate":16000}},"extra_headers":"userId=12345;sessionId=abc"}"#;

fn started() -> Codec {
    let mut codec = Codec::new(Provider::Plivo);
    codec.decode(START).unwrap();
    codec
}

/// The messages of Plivo's documentation.
#[test]
fn documented_messages() {
    let mut codec = Codec::new(Provider::Plivo);
    let Inbound::Start(start) = codec.decode(START).unwrap() else { panic!("no start") };
    assert_eq!((start.call_id.as_str(), start.stream_id.as_str()), ("c-1", "s-1"));
    assert_eq!(
        (start.encoding, start.parameters["sessionId"].as_str()),
        (Encoding::L16At16k, "abc")
    );
    let media = r#"{"event":"media","sequenceNumber":2,"streamId":"s-1","media":{"track":"inbound","timestamp":"40","chunk":2,"payload":"AEAAwA=="}}"#;
    let Inbound::Media(media) = codec.decode(media).unwrap() else { panic!("no media") };
    assert_eq!((media.chunk, media.timestamp_ms, media.rate_hz), (2, 40, 16_000));
    assert_eq!(media.samples, [0.5, -0.5]);
    let dtmf = r##"{"event":"dtmf","streamId":"s-1","dtmf":{"track":"inbound","digit":"#","timestamp":"9"}}"##;
    assert_eq!(codec.decode(dtmf), Ok(Inbound::Dtmf('#')));
    let played = r#"{"event":"playedStream","streamId":"s-1","name":"customer greeting audio"}"#;
    assert_eq!(codec.decode(played), Ok(Inbound::Mark("customer greeting audio".into())));
    assert_eq!(
        codec.decode(r#"{"event":"clearedAudio","sequenceNumber":0,"streamId":"s-1"}"#),
        Ok(Inbound::Cleared)
    );
    assert_eq!(codec.decode(r#"{"event":"stop"}"#), Ok(Inbound::Stop));
    assert!(matches!(codec.decode(r#"{"event":"connected"}"#), Ok(Inbound::Ignored { .. })));
}

/// The order of keys does not matter.
fn object(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn what_we_send() {
    let codec = started();
    let media = codec.encode(&Outbound::Media((&[0.5f32, -0.5][..]).into())).unwrap();
    assert_eq!(
        object(&media),
        object(
            r#"{"event":"playAudio","media":{"contentType":"audio/x-l16","payload":"AEAAwA==","sampleRate":16000}}"#
        )
    );
    let mark = codec.encode(&Outbound::Mark("utt7".into())).unwrap();
    assert_eq!(object(&mark), object(r#"{"event":"checkpoint","name":"utt7","streamId":"s-1"}"#));
    let clear = codec.encode(&Outbound::Clear).unwrap();
    assert_eq!(object(&clear), object(r#"{"event":"clearAudio","streamId":"s-1"}"#));
}

#[test]
fn other_forms_of_the_same() {
    let start = |format: &str, headers: &str| {
        let text = format!(
            r#"{{"event":"start","start":{{"callId":"c","streamId":"s","mediaFormat":{format}}},"extra_headers":{headers}}}"#
        );
        let Inbound::Start(start) = Codec::new(Provider::Plivo).decode(&text).unwrap() else {
            panic!("no start")
        };
        (start.encoding, start.parameters.into_iter().collect::<Vec<_>>())
    };
    assert_eq!(start(r#"{"encoding":"audio/x-mulaw"}"#, "null"), (Encoding::Mulaw8k, vec![]));
    assert_eq!(start(r#"{"encoding":"audio/x-l16;rate=8000"}"#, "\"\"").0, Encoding::L16At8k);
    assert_eq!(
        start(r#"{"encoding":"audio/x-l16","sampleRate":"16000"}"#, "7").0,
        Encoding::L16At16k
    );
    let object = start(r#"{"encoding":"audio/x-alaw"}"#, r#"{"a":"1","b":2}"#);
    assert_eq!(
        object,
        (Encoding::Alaw8k, vec![("a".into(), "1".into()), ("b".into(), "2".into())])
    );
}

#[test]
fn errors_name_the_field() {
    let error = |text: &str| started().decode(text).unwrap_err().to_string();
    assert!(
        error(r#"{"event":"media","media":{"payload":"AEAA"}}"#)
            .starts_with("plivo media.payload: L16 audio of 3 bytes")
    );
    assert!(
        error(r#"{"event":"media","media":{"payload":"*"}}"#)
            .starts_with("plivo media.payload: not base64")
    );
    assert!(error(r#"{"event":"playedStream"}"#).starts_with("plivo name: missing"));
    assert!(
        error(r#"{"event":"start","start":{"callId":"c"}}"#)
            .starts_with("plivo start.streamId: missing")
    );
}

#[test]
fn the_answer_is_the_documented_xml() {
    let headers = [("userId", "12345"), ("sessionId", "abc")];
    let xml = answer_xml(
        "wss://HOST/plivo/media",
        Encoding::Mulaw8k,
        Some("https://HOST/plivo/stream-status"),
        None,
        &headers,
    );
    assert_eq!(
        xml.unwrap(),
        concat!(
            r#"<?xml version="1.0" encoding="UTF-8"?><Response><Stream bidirectional="true" keepCallAlive="true""#,
            r#" audioTrack="inbound" contentType="audio/x-mulaw;rate=8000" streamTimeout="86400""#,
            r#" statusCallbackUrl="https://HOST/plivo/stream-status" extraHeaders="userId=12345;sessionId=abc">"#,
            r#"wss://HOST/plivo/media</Stream></Response>"#
        )
    );
    let plain = answer_xml("wss://HOST/m?a=1&b=2", Encoding::L16At16k, None, None, &[]).unwrap();
    assert!(
        plain.contains("audio/x-l16;rate=16000")
            && plain.contains("m?a=1&amp;b=2<")
            && !plain.contains("extraHeaders")
    );
    let after = Some("https://H/after?call=a&b=2");
    let asked = answer_xml("wss://H/m", Encoding::Mulaw8k, None, after, &[]).unwrap();
    assert!(asked.contains("after?call=a&amp;b=2") && asked.contains("Redirect"), "{asked}");
    assert!(!plain.contains("Redirect"));
    assert!(answer_xml("wss://H/m", Encoding::Alaw8k, None, None, &[]).is_err());
    assert!(answer_xml("wss://H/m", Encoding::Mulaw8k, None, None, &[("a", "1;b=2")]).is_err());
    assert!(
        answer_xml("wss://H/m", Encoding::Mulaw8k, None, None, &[("a", &"1".repeat(511))]).is_err()
    );
    assert!(
        answer_xml(&format!("wss://H/{}", "m".repeat(2048)), Encoding::Mulaw8k, None, None, &[])
            .is_err()
    );
}

/// Vectors made with Plivo's own SDK (plivo 4.63.0).
#[test]
fn signatures_of_the_official_sdk() {
    let form = [("CallUUID".to_owned(), "abc".to_owned()), ("From".to_owned(), "+1555".to_owned())];
    struct Case<'a>(Method, &'a str, &'a [(String, String)], &'a str);
    let cases = [
        Case(
            Method::Get,
            "wss://voice.example.com/plivo/media",
            &[],
            "cd5mYhc4loptOeg+7XfiT20C+ZhT9IjnyAkgYJJtpGA=",
        ),
        Case(
            Method::Get,
            "https://voice.example.com/plivo/answer?b=2&a=1",
            &[],
            "DVc5wssiOEbXSIXzWMz2NNVKtyg+i5N0sOC88HcF/To=",
        ),
        Case(
            Method::Post,
            "https://voice.example.com/plivo/answer?b=2&a=1",
            &form,
            "AvICOX6FxDxARfS2KdsVNiaNwDYSqbyDAJd+pQ6c0Ag=",
        ),
        Case(
            Method::Post,
            "https://voice.example.com/plivo/answer",
            &form,
            "lzccSaiJUqkerhwKolwZKaAUcps8OAyfImKEXHGsRyc=",
        ),
    ];
    let (nonce, token) = ("12345678901234567890", "MAXXtoken");
    for Case(method, url, params, expected) in cases {
        assert_eq!(sign_v3(method, url, params, nonce, token).as_deref(), Some(expected), "{url}");
        assert!(validate_signature_v3(
            method,
            url,
            params,
            nonce,
            token,
            &format!("AAAA, {expected},rubbish")
        ));
        assert!(!validate_signature_v3(method, url, params, "1", token, expected));
        assert!(!validate_signature_v3(method, url, params, nonce, "MAXXtoke", expected));
        assert!(!validate_signature_v3(method, &format!("{url}x"), params, nonce, token, expected));
        for rubbish in ["", ",", "????", "AAAA"] {
            assert!(!validate_signature_v3(method, url, params, nonce, token, rubbish));
        }
    }
    assert_eq!(sign_v3(Method::Get, "no url", &[], nonce, token), None);
}

#[test]
fn a_websocket_may_be_signed_as_https() {
    let signed = sign_v3(Method::Get, "https://a.example/plivo/media", &[], "n", "t").unwrap();
    assert!(validate_signature_v3(
        Method::Get,
        "wss://a.example/plivo/media",
        &[],
        "n",
        "t",
        &signed
    ));
    assert!(!validate_signature_v3(
        Method::Get,
        "ws://a.example/plivo/media",
        &[],
        "n",
        "t",
        &signed
    ));
}

use super::*;
use crate::{Codec, Provider};

fn params(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

const START: &str = r#"{"event":"start","sequenceNumber":"1","start":{"accountSid":"AC1","streamSid":"MZ1","callSid":"CA1",
    "tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},
    "customParameters":{"token":"t0k"}},"streamSid":"MZ1"}"#;

fn started() -> Codec {
    let mut codec = Codec::new(Provider::Twilio);
    codec.decode(START).unwrap();
    codec
}

/// The messages of Twilio's documentation.
#[test]
fn documented_messages() {
    let mut codec = Codec::new(Provider::Twilio);
    assert_eq!(
        codec.decode(r#"{"event":"connected","protocol":"Call","version":"1.0.0"}"#),
        Ok(Inbound::Connected)
    );
    let Inbound::Start(start) = codec.decode(START).unwrap() else { panic!("no start") };
    assert_eq!((start.call_id.as_str(), start.stream_id.as_str()), ("CA1", "MZ1"));
    assert_eq!((start.encoding, start.parameters["token"].as_str()), (Encoding::Mulaw8k, "t0k"));
    let media = r#"{"event":"media","sequenceNumber":"3","media":{"track":"inbound","chunk":"1","timestamp":"5","payload":"/4AA"}}"#;
    let Inbound::Media(media) = codec.decode(media).unwrap() else { panic!("no media") };
    assert_eq!((media.chunk, media.timestamp_ms, media.rate_hz), (1, 5, 8000));
    assert_eq!(media.samples, [0.0, 32124.0 / 32768.0, -32124.0 / 32768.0]);
    let dtmf = r#"{"event":"dtmf","streamSid":"MZ1","sequenceNumber":"5","dtmf":{"track":"inbound_track","digit":"1"}}"#;
    assert_eq!(codec.decode(dtmf), Ok(Inbound::Dtmf('1')));
    let mark =
        r#"{"event":"mark","sequenceNumber":"4","streamSid":"MZ1","mark":{"name":"my label"}}"#;
    assert_eq!(codec.decode(mark), Ok(Inbound::Mark("my label".into())));
    let stop = r#"{"event":"stop","sequenceNumber":"5","stop":{"accountSid":"AC1","callSid":"CA1"},"streamSid":"MZ1"}"#;
    assert_eq!(codec.decode(stop), Ok(Inbound::Stop));
}

#[test]
fn what_we_send() {
    let codec = started();
    let media = codec.encode(&Outbound::Media((&[0.0f32, 1.0][..]).into())).unwrap();
    let object = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    let wanted = r#"{"event":"media","media":{"payload":"/4A="},"streamSid":"MZ1"}"#;
    assert_eq!(object(&media), object(wanted));
    let mark = codec.encode(&Outbound::Mark("utt7-3".into())).unwrap();
    let wanted = r#"{"event":"mark","mark":{"name":"utt7-3"},"streamSid":"MZ1"}"#;
    assert_eq!(object(&mark), object(wanted));
    let clear = codec.encode(&Outbound::Clear).unwrap();
    assert_eq!(object(&clear), object(r#"{"event":"clear","streamSid":"MZ1"}"#));
}

#[test]
fn numbers_may_be_numbers_and_other_events_are_ignored() {
    let mut codec = started();
    let media = r#"{"event":"media","media":{"chunk":7,"timestamp":140,"payload":""}}"#;
    assert!(
        matches!(codec.decode(media), Ok(Inbound::Media(media)) if media.chunk == 7 && media.timestamp_ms == 140)
    );
    assert_eq!(
        codec.decode(r#"{"event":"weather"}"#),
        Ok(Inbound::Ignored { event: "weather".into() })
    );
    let own = r#"{"event":"media","media":{"track":"outbound","payload":"/w=="}}"#;
    assert!(matches!(codec.decode(own), Ok(Inbound::Ignored { .. })));
}

#[test]
fn errors_name_the_field() {
    struct Case(&'static str, &'static str);
    let cases = [
        Case("", "twilio message: not a JSON object"),
        Case("[1]", "twilio message: not a JSON object (it is [1])"),
        Case("{}", "twilio event: missing"),
        Case(r#"{"event":{}}"#, "twilio event: must be a string, but is {}"),
        Case(r#"{"event":"start"}"#, "twilio start.callSid: missing"),
        Case(r#"{"event":"media","media":{}}"#, "twilio media.payload: missing"),
        Case(r#"{"event":"media","media":{"payload":"%%%"}}"#, "twilio media.payload: not base64"),
        Case(
            r#"{"event":"media","media":{"payload":5}}"#,
            "twilio media.payload: must be a base64 string, but is 5",
        ),
        Case(
            r#"{"event":"media","media":{"payload":"","chunk":"x"}}"#,
            "twilio media.chunk: must be a whole number",
        ),
        Case(r#"{"event":"dtmf","dtmf":{"digit":"12"}}"#, "twilio dtmf.digit: must be one key"),
        Case(r#"{"event":"mark","mark":null}"#, "twilio mark.name: missing"),
        Case(
            r#"{"event":"start","start":{"callSid":"a","streamSid":"b","mediaFormat":{"encoding":"audio/opus","sampleRate":48000}}}"#,
            r#"twilio start.mediaFormat.encoding: sound as "audio/opus at 48000 Hz" is not supported"#,
        ),
    ];
    for Case(text, expected) in cases {
        let error = started().decode(text).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{text}: {error}");
    }
}

#[test]
fn bounds_and_order() {
    let mut codec = Codec::new(Provider::Twilio);
    let early = codec.decode(r#"{"event":"media","media":{"payload":"/w=="}}"#).unwrap_err();
    assert_eq!(early.kind, WireErrorKind::NotStarted);
    assert_eq!(codec.encode(&Outbound::Clear).unwrap_err().kind, WireErrorKind::NotStarted);
    let long = format!(r#"{{"event":"media","media":{{"payload":"{}"}}}}"#, "A".repeat(10_000_000));
    let error = started().decode(&long).unwrap_err();
    assert_eq!(error.kind, WireErrorKind::TooLong { bytes: long.len() });
    assert!(error.to_string().contains(&format!("{} bytes; at most 65536", long.len())), "{error}");
    let error = started().encode(&Outbound::Media(vec![0.0; 80_000].into())).unwrap_err();
    assert!(matches!(error.kind, WireErrorKind::TooLong { .. }));
    // A deep nest is an error of the JSON reader, not a stack overflow.
    assert!(started().decode(&"[".repeat(60_000)).is_err());
}

#[test]
fn the_answer_is_the_documented_twiml() {
    let xml = answer_xml(
        "wss://HOST/twilio/media",
        Some("https://HOST/s?a=1&b=2"),
        None,
        &[("token", "a\"<b>")],
    )
    .unwrap();
    assert_eq!(
        xml,
        concat!(
            r#"<?xml version="1.0" encoding="UTF-8"?><Response><Connect>"#,
            r#"<Stream url="wss://HOST/twilio/media" statusCallback="https://HOST/s?a=1&amp;b=2">"#,
            r#"<Parameter name="token" value="a&quot;&lt;b&gt;"/></Stream></Connect></Response>"#
        )
    );
    let after = Some("https://HOST/after?call=a&b=2");
    let asked = answer_xml("wss://HOST/m", None, after, &[]).unwrap();
    assert!(asked.contains("after?call=a&amp;b=2") && asked.contains("Redirect"), "{asked}");
    assert!(
        answer_xml("wss://HOST/m?x=1", None, None, &[])
            .unwrap_err()
            .to_string()
            .contains("no query")
    );
    assert!(
        answer_xml("https://HOST/m", None, None, &[]).unwrap_err().to_string().contains("wss://")
    );
    assert!(answer_xml("wss://HOST/m", None, None, &[("n", &"v".repeat(499))]).is_err());
    assert!(answer_xml("wss://HOST/m", None, None, &[("n", &"v".repeat(498))]).is_ok());
}

/// Vectors made with Twilio's own SDK (twilio 9.13.0).
#[test]
fn signatures_of_the_official_sdk() {
    let form = params(&[
        ("To", "+18005551212"),
        ("CallSid", "CA1234567890ABCDE"),
        ("Caller", "+14158675309"),
        ("Digits", "1234"),
        ("From", "+14158675309"),
    ]);
    let url = "https://mycompany.com/myapp.php?foo=1&bar=2";
    assert_eq!(sign("12345", url, &form), "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
    assert!(validate_signature("12345", url, &form, "RSOYDt4T1cUTdK1PDd93/VVr8B8="));
    assert!(validate_signature(
        "12345",
        "https://mycompany.com:443/myapp.php?foo=1&bar=2",
        &form,
        "RSOYDt4T1cUTdK1PDd93/VVr8B8="
    ));
    assert!(!validate_signature("12346", url, &form, "RSOYDt4T1cUTdK1PDd93/VVr8B8="));
    assert!(!validate_signature("12345", url, &form[1..], "RSOYDt4T1cUTdK1PDd93/VVr8B8="));
    assert!(!validate_signature(
        "12345",
        "http://mycompany.com/myapp.php?foo=1&bar=2",
        &form,
        "RSOYDt4T1cUTdK1PDd93/VVr8B8="
    ));
    for rubbish in ["", "RSOYDt4T1cUTdK1PDd93/VVr8B8", "????", "AAAA"] {
        assert!(!validate_signature("12345", url, &form, rubbish));
    }
    assert!(validate_signature(
        "12345",
        "wss://voice.example.com/twilio/media",
        &[],
        "PGLrn08/Ba1sEIuSwPQRBPD54PA="
    ));
}

#[test]
fn a_signature_with_the_port_is_found_from_a_url_without() {
    let signed = sign("tok", "https://a.example:443/x", &[]);
    assert!(validate_signature("tok", "https://a.example/x", &[], &signed));
    let signed = sign("tok", "https://a.example/x", &[]);
    assert!(validate_signature("tok", "https://a.example:8443/x", &[], &signed));
}

#[test]
fn fields_sent_twice_count_once_for_each_value() {
    let once = params(&[("A", "1"), ("A", "2")]);
    let twice = params(&[("A", "2"), ("A", "1"), ("A", "2")]);
    assert_eq!(sign("tok", "https://a.example/", &once), sign("tok", "https://a.example/", &twice));
}

#[test]
fn a_json_body_is_bound_by_its_digest() {
    let digest = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"; // SHA-256 of "{}"
    let url = format!("https://a.example/x?bodySHA256={digest}");
    let header = sign("tok", &url, &[]);
    assert!(validate_signature_with_body("tok", &url, b"{}", &header));
    assert!(!validate_signature_with_body("tok", &url, b"{ }", &header));
    assert!(!validate_signature_with_body(
        "tok",
        "https://a.example/x",
        b"{}",
        &sign("tok", "https://a.example/x", &[])
    ));
}

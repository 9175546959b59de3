//! Requests as the API's clients write them, and everything else.

use super::live::{Action, FrameIds, message};
use super::*;

fn asked(body: &str) -> Result<SpeechRequest, String> {
    synthesis(body.as_bytes()).map(|s| s.speech).map_err(|error| error.to_string())
}

#[test]
fn a_telephone_request_is_read_as_written() {
    let speech = asked(
        r#"{"text":"Sure, I can help with that.","voice_id":"emily_en_us","speed":1.1,"sample_rate":8000,"encoding":"pcm_mulaw"}"#,
    )
    .unwrap();
    assert_eq!(speech.text, "Sure, I can help with that.");
    assert_eq!((speech.voice.as_deref(), speech.speed), (Some("emily_en_us"), Some(1.1)));
    assert_eq!(
        (speech.coding, speech.rate_hz(), speech.wav_header),
        (Coding::PcmMulaw, 8000, false)
    );
}

#[test]
fn formats_and_rates_have_the_usual_defaults() {
    for (fields, coding, rate_hz, wav) in [
        ("", Coding::PcmS16le, 24_000, false),
        (r#","output_format":"wav""#, Coding::PcmS16le, 24_000, true),
        (r#","output_format":"ulaw""#, Coding::PcmMulaw, 8000, false),
        (r#","output_format":"alaw","sample_rate":"16000""#, Coding::PcmAlaw, 16_000, false),
        (r#","encoding":"pcm_alaw","output_format":"wav""#, Coding::PcmAlaw, 8000, true),
        (r#","output_format":"wav","add_wav_header":false"#, Coding::PcmS16le, 24_000, false),
        (r#","encoding":"pcm_mulaw","add_wav_header":true"#, Coding::PcmMulaw, 8000, true),
        (
            r#","output_format":"mp3","model":"lightning_v3.1","consistency":0.5"#,
            Coding::Mp3,
            24_000,
            false,
        ),
        (r#","encoding":"opus","sample_rate":16000"#, Coding::Opus, 16_000, false),
    ] {
        let speech = asked(&format!(r#"{{"text":"x"{fields}}}"#)).unwrap();
        assert_eq!(
            (speech.coding, speech.rate_hz(), speech.wav_header),
            (coding, rate_hz, wav),
            "{fields}"
        );
    }
    assert_eq!(asked(r#"{"text":"x","language":"auto"}"#).unwrap().language, None);
    assert_eq!(
        asked(r#"{"text":"x","language_code":"hi-IN"}"#).unwrap().language.as_deref(),
        Some("hi-IN")
    );
}

#[test]
fn mistakes_are_named() {
    for (body, parts) in [
        ("null", vec!["not a JSON object"]),
        (r#"{"voice_id":"x"}"#, vec!["text", "missing"]),
        (r#"{"text":"x","speed":[1]}"#, vec!["speed", "a number"]),
        (r#"{"text":"x","sample_rate":8000.5}"#, vec!["sample_rate", "a whole number"]),
        (r#"{"text":"x","sample_rate":-1}"#, vec!["sample_rate", "a whole number"]),
        (r#"{"text":"x","encoding":"g722"}"#, vec!["encoding", "pcm_mulaw", "g722"]),
        (r#"{"text":"x","output_format":"flac"}"#, vec!["output_format", "wav", "flac"]),
        (
            r#"{"text":"x","encoding":"opus","output_format":"wav"}"#,
            vec!["output_format", "left out"],
        ),
        (
            r#"{"text":"x","output_format":"mp3","add_wav_header":true}"#,
            vec!["add_wav_header", "left out"],
        ),
        (
            r#"{"text":"x","encoding":"pcm_mulaw","output_format":"alaw"}"#,
            vec!["output_format", "same as encoding"],
        ),
        (r#"{"text":"x","add_wav_header":"maybe"}"#, vec!["add_wav_header", "true or false"]),
        (
            r#"{"text":"x","pronunciation_dicts":"a"}"#,
            vec!["pronunciation_dicts", "a list of strings"],
        ),
        (r#"{"text":"x","request_id":"a b"}"#, vec!["request_id", "at most 128"]),
    ] {
        let error = asked(body).unwrap_err();
        for part in parts {
            assert!(error.contains(part), "{body}: {error}");
        }
    }
    let many = format!(r#"{{"text":"x","pronunciation_dicts":{}}}"#, json!(vec!["a"; 17]));
    assert!(asked(&many).unwrap_err().contains("at most 16 ids"));
}

#[test]
fn live_messages_say_what_they_want() {
    for (body, segment, action) in [
        (r#"{"text":"Hello "}"#, "", Action::Finish),
        (r#"{"text":"Hel","continue":true,"flush":false}"#, "", Action::Continue),
        (r#"{"text":"lo","continue":true,"flush":true}"#, "", Action::Flush),
        (r#"{"text":"","continue":false,"flush":true}"#, "", Action::Finish),
        (r#"{"text":"","continue":false,"context_id":"c1"}"#, "c1", Action::Finish),
        (
            r#"{"text":" ","continue":true,"context_id":"c1","request_id":"r"}"#,
            "c1",
            Action::Continue,
        ),
        (r#"{"text":" ","voice_id":"x"}"#, "", Action::KeepAlive),
        (r#"{"text":"x","request_id":"r1","continue":null}"#, "r1", Action::Finish),
        (r#"{"cancel_request":true,"context_id":"c1"}"#, "c1", Action::Cancel),
    ] {
        let message = message(body).unwrap();
        assert_eq!((message.segment.as_str(), message.action), (segment, action), "{body}");
    }
    let timed =
        message(r#"{"text":"x","max_buffer_flush_ms":99999,"word_timestamps":true}"#).unwrap();
    assert_eq!((timed.buffer_ms, timed.word_timestamps), (Some(10_000), true));
    assert_eq!(message(r#"{"text":"x","max_buffer_delay_ms":0}"#).unwrap().buffer_ms, None);
    assert!(message(r#"{"text":"x","continue":"perhaps"}"#).is_err());
    assert!(message(&"x".repeat(crate::MESSAGE_BYTES_MAX + 1)).is_err());
}

#[test]
fn frames_carry_the_names_that_were_given() {
    let ids = FrameIds {
        session_id: "s".into(),
        request_id: "r".into(),
        context_id: Some("c".into()),
        ..FrameIds::default()
    };
    let read = |frame: String| serde_json::from_str::<Value>(&frame).unwrap();
    let word = read(ids.word_timestamp(3, "$100", 120, 660));
    assert_eq!(
        word,
        json!({
            "session_id": "s", "request_id": "r", "context_id": "c", "status": "word_timestamp",
            "data": {"id": 3, "word": "$100", "start": 0.12, "end": 0.66},
        })
    );
    assert_eq!(read(ids.chunk(&[1, 2, 3]))["data"]["audio"], "AQID");
    assert_eq!(read(ids.complete())["status"], "complete");
    let error = read(ids.error("invalid_request", "no"));
    assert_eq!(
        (&error["message"], &error["error"]["code"]),
        (&json!("no"), &json!("invalid_request"))
    );
    assert!(error.get("external_request_id").is_none());
}

#[test]
fn dictionaries_are_read_and_shown() {
    let items =
        dictionary_items(br#"{"items":[{"word":"GIF","pronunciation":"JH IH1 F"}]}"#).unwrap();
    assert_eq!(items, [("GIF".to_string(), "JH IH1 F".to_string())]);
    for body in ["{}", r#"{"items":{}}"#, r#"{"items":[{"word":"x"}]}"#, r#"{"items":[1]}"#] {
        assert!(dictionary_items(body.as_bytes()).unwrap_err().to_string().contains("items"));
    }
    assert!(dictionary_id(b"{}").is_err());
    let dictionary =
        Dictionary { id: "d".into(), items, created_at: "2026-01-02T03:04:05Z".into() };
    let shown: Value = serde_json::from_str(&dictionaries_body(&[dictionary])).unwrap();
    assert_eq!(shown[0]["items"][0]["word"], "GIF");
}

/// Calls `read` with a good body damaged in every way that a seed gives, and with bytes that were never a body.
pub(crate) fn with_damaged_bodies(good: &[u8], read: impl Fn(&[u8])) {
    let mut state = 7u64;
    let mut below = |bound: usize| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % bound
    };
    for _ in 0..5000 {
        let mut bytes = good.to_vec();
        for _ in 0..1 + below(4) {
            let at = below(bytes.len());
            match below(3) {
                0 => bytes[at] = below(256) as u8,
                1 => bytes.truncate(at.max(1)),
                _ => bytes.insert(at, b"{}[]\",:0-9e\\ntf"[below(15)]),
            }
        }
        read(&bytes);
        let noise: Vec<u8> = (0..below(60)).map(|_| below(256) as u8).collect();
        read(&noise);
    }
}

#[test]
fn arbitrary_bytes_are_read_or_refused() {
    let good = br#"{"text":"x","voice_id":"v","speed":1.1,"sample_rate":8000,"encoding":"pcm_mulaw","output_format":"ulaw","add_wav_header":true,"pronunciation_dicts":["a"],"request_id":"r"}"#;
    with_damaged_bodies(good, |bytes| drop(synthesis(bytes)));
    with_damaged_bodies(br#"{"id":"x","items":[{"word":"a","pronunciation":"b"}]}"#, |bytes| {
        drop((dictionary_items(bytes), dictionary_id(bytes)));
    });
    let live = br#"{"text":"x","continue":true,"flush":false,"context_id":"c","max_buffer_delay_ms":3000}"#;
    with_damaged_bodies(live, |bytes| drop(message(&String::from_utf8_lossy(bytes))));
}

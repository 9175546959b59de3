//! Requests as OpenAI's clients write them, and everything else.

use super::*;

fn request(body: &str) -> Result<CreateSpeech, String> {
    create_speech(body.as_bytes()).map_err(|error| error.to_string())
}

#[test]
fn the_usual_request_is_read() {
    let asked = request(
        r#"{"model":"gpt-4o-mini-tts","input":"Hi.","voice":"alloy","instructions":"Sound HAPPY, please."}"#,
    )
    .unwrap();
    assert_eq!((asked.speech.coding, asked.events), (Coding::Mp3, false));
    assert_eq!(asked.speech.voice.as_deref(), Some("alloy"));
    assert_eq!(asked.speech.emotion.as_deref(), Some("happy"));
    assert_eq!(asked.speech.rate_hz(), 24_000);
    let asked = request(
        r#"{"input":"Hi.","voice":{"id":"linda"},"response_format":"wav","speed":1.5,"stream_format":"sse"}"#,
    )
    .unwrap();
    assert!(asked.events && asked.speech.wav_header);
    assert_eq!((asked.speech.voice.as_deref(), asked.speech.speed), (Some("linda"), Some(1.5)));
    assert_eq!(
        request(r#"{"input":"Hi.","instructions":"Be unhappy."}"#).unwrap().speech.emotion,
        None
    );
}

#[test]
fn mistakes_are_named() {
    for (body, parts) in [
        ("", vec!["not a JSON object"]),
        ("[]", vec!["not a JSON object"]),
        ("{}", vec!["input", "missing"]),
        (r#"{"input":7.5,"voice":3}"#, vec!["voice", "a name"]),
        (r#"{"input":"x","voice":{}}"#, vec!["voice.id", "missing"]),
        (r#"{"input":"x","speed":"fast"}"#, vec!["speed", "a number", "fast"]),
        (
            r#"{"input":"x","response_format":"flac"}"#,
            vec!["response_format", "mp3, opus, wav, pcm", "flac"],
        ),
        (r#"{"input":"x","stream_format":"ws"}"#, vec!["stream_format", "audio or sse"]),
    ] {
        let error = request(body).unwrap_err();
        for part in parts {
            assert!(error.contains(part), "{body}: {error}");
        }
    }
}

fn voice(id: &str, gender: &str) -> VoiceEntry {
    VoiceEntry {
        id: id.into(),
        gender: gender.into(),
        language: "en".into(),
        description: String::new(),
    }
}

#[test]
fn their_voices_become_ours_of_the_same_gender() {
    let ours = [voice("ann", "female"), voice("bob", "male"), voice("eve", "female")];
    for (name, gender) in VOICES {
        let id = resolve_voice(name, &ours).unwrap();
        assert_eq!(ours.iter().find(|v| v.id == id).unwrap().gender, gender, "{name}");
    }
    assert_eq!(resolve_voice("eve", &ours), Some("eve"));
    assert_ne!(resolve_voice("alloy", &ours), resolve_voice("coral", &ours));
    assert_eq!(resolve_voice("nobody", &ours), None);
    assert_eq!(resolve_voice("alloy", &ours[1..2]), Some("bob"));
    assert_eq!(resolve_voice("alloy", &[]), None);
}

#[test]
fn what_is_written_is_json() {
    let event = delta_event(&[1, 2, 3]);
    let data: Value = serde_json::from_str(event.strip_prefix("data: ").unwrap().trim()).unwrap();
    assert_eq!((&data["type"], &data["audio"]), (&json!("speech.audio.delta"), &json!("AQID")));
    let error: Value =
        serde_json::from_str(&error_body("no", "invalid_request_error", Some("speed"), None))
            .unwrap();
    assert_eq!(error["error"]["param"], "speed");
    let models: Value = serde_json::from_str(&models_body()).unwrap();
    assert_eq!(models["data"][0]["id"], "hearsay");
    assert!(model_body("tts-1").is_some() && model_body("other").is_none());
}

#[test]
fn arbitrary_bytes_are_read_or_refused() {
    crate::waves::tests::with_damaged_bodies(
        br#"{"input":"Hi.","voice":{"id":"a"},"speed":1.5,"response_format":"pcm","stream_format":"sse"}"#,
        |bytes| drop(create_speech(bytes)),
    );
}

//! The speech APIs of the running server: what clients send, and what they must not get away with.

#[allow(dead_code, reason = "only scratch files are needed here")]
mod common;

use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::Scratch;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

/// Frames read from a socket before a test gives up.
const FRAMES_MAX: usize = 2000;
/// The key of a server that has one.
const KEY: &str = "a-key-for-tests";

/// The built program, serving; it is killed with this value.
struct Server {
    child: Child,
    url: String,
}

/// An answer as it came.
struct Answer {
    status: u16,
    media_type: String,
    retry_after: Option<String>,
    body: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {text}"))
    }
}

impl Server {
    fn start(config: &str) -> Self {
        // Tests run side by side.
        static SERVERS: AtomicUsize = AtomicUsize::new(0);
        let name = format!("speech-{}.yaml", SERVERS.fetch_add(1, Relaxed));
        let config = Scratch::new(&name, config.as_bytes());
        let mut child = Command::new(env!("CARGO_BIN_EXE_hearsay"))
            .args(["serve", "--listen", "127.0.0.1:0", "--config", config.path()])
            .env("HEARSAY_LOG", "error")
            .env("HEARSAY_TEST_SPEECH_KEY", KEY)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.split_whitespace().find(|word| word.starts_with("http://")).unwrap();
        Self { url: url.to_string(), child }
    }

    fn send(&self, method: &str, path: &str, body: &str, key: Option<&str>) -> Answer {
        let config = ureq::Agent::config_builder().http_status_as_error(false);
        let agent: ureq::Agent = config.build().into();
        let url = format!("{}{path}", self.url);
        let bearer = key.map(|key| format!("Bearer {key}")).unwrap_or_default();
        let sent = match method {
            "GET" => agent.get(url).header("authorization", bearer).call(),
            "DELETE" => {
                agent.delete(url).header("authorization", bearer).force_send_body().send(body)
            }
            "PUT" => agent.put(url).header("authorization", bearer).send(body),
            _ => agent.post(url).header("authorization", bearer).send(body),
        };
        let mut response = sent.unwrap();
        let header =
            |name| response.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_string);
        let (media_type, retry_after) =
            (header("content-type").unwrap_or_default(), header("retry-after"));
        let mut body = Vec::new();
        response.body_mut().as_reader().read_to_end(&mut body).unwrap();
        Answer { status: response.status().as_u16(), media_type, retry_after, body }
    }

    fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, &body.to_string(), None)
    }

    fn get(&self, path: &str) -> Answer {
        self.send("GET", path, "", None)
    }

    /// A voice that there is.
    fn voice(&self) -> String {
        self.get("/v1/audio/voices").json()["voices"][0]["id"].as_str().unwrap().to_string()
    }

    async fn socket(&self) -> Socket {
        let url = format!("{}/waves/v1/tts/live", self.url).replacen("http", "ws", 1);
        let (inner, _) = tokio_tungstenite::connect_async(url).await.unwrap();
        Socket { inner }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Socket {
    inner: tokio_tungstenite::WebSocketStream<
        tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>,
    >,
}

/// What a socket said of one segment.
#[derive(Default)]
struct Spoken {
    sound: Vec<u8>,
    words: Vec<(String, f64, f64)>,
    request_ids: Vec<String>,
}

impl Socket {
    async fn send(&mut self, message: Value) {
        self.inner.send(Message::text(message.to_string())).await.unwrap();
    }

    async fn frame(&mut self) -> Value {
        loop {
            match self.inner.next().await {
                Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).unwrap(),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                other => panic!("no frame but {other:?}"),
            }
        }
    }

    /// Reads to the next `complete`.
    async fn complete(&mut self) -> Spoken {
        self.complete_after(0).await
    }

    /// The same when this many words of the segment have been read.
    async fn complete_after(&mut self, words: usize) -> Spoken {
        let mut spoken = Spoken::default();
        for _ in 0..FRAMES_MAX {
            let frame = self.frame().await;
            spoken.request_ids.push(frame["request_id"].as_str().unwrap().to_string());
            match frame["status"].as_str().unwrap() {
                "chunk" => {
                    let audio = frame["data"]["audio"].as_str().unwrap();
                    spoken.sound.extend(STANDARD.decode(audio).unwrap());
                }
                "word_timestamp" => {
                    let data = &frame["data"];
                    assert_eq!(data["id"], words + spoken.words.len());
                    let at = |name: &str| data[name].as_f64().unwrap();
                    let word = data["word"].as_str().unwrap().to_string();
                    spoken.words.push((word, at("start"), at("end")));
                }
                "complete" => return spoken,
                other => panic!("{other}: {frame}"),
            }
        }
        panic!("no end");
    }
}

/// Loudest sample of mu-law bytes.
fn mulaw_peak(bytes: &[u8]) -> f32 {
    let mut samples = Vec::new();
    hearsay_audio::g711::decode(hearsay_audio::g711::Law::Mu, bytes, &mut samples);
    samples.iter().fold(0.0, |peak, x| x.abs().max(peak))
}

#[test]
fn waves_requests_are_spoken_as_asked() {
    let server = Server::start("");
    let asked = json!({
        "text": "Sure, I can help with that.", "voice_id": server.voice(),
        "speed": 1.1, "sample_rate": 8000, "encoding": "pcm_mulaw",
    });
    for path in ["/waves/v1/tts", "/waves/v1/lightning-v2/get_speech"] {
        let answer = server.post(path, &asked);
        assert_eq!((answer.status, answer.media_type.as_str()), (200, "audio/x-mulaw"));
        let seconds = answer.body.len() as f64 / 8000.0;
        assert!((1.0..5.0).contains(&seconds), "{seconds} s");
        assert!(mulaw_peak(&answer.body) > 0.05);
    }
    let wav = json!({"text": "Hello.", "output_format": "wav", "sample_rate": 16000});
    let answer = server.post("/waves/v1/tts", &wav);
    let read = hearsay_audio::wav::read(&answer.body).unwrap();
    assert_eq!((read.rate_hz, answer.media_type.as_str()), (16_000, "audio/wav"));
    assert!(read.samples.len() > 4000);
    let events = server.post("/waves/v1/tts/live", &json!({"text": "Hello."}));
    assert_eq!(events.media_type, "text/event-stream");
    let text = String::from_utf8(events.body).unwrap();
    assert!(text.starts_with("event: audio\ndata: {"), "{text}");
    assert!(text.ends_with("data: {\"done\":true}\n\n"), "{text}");
    let voices = server.get("/waves/v1/lightning-v3.1/get_voices").json();
    assert_eq!(voices["voices"][0]["voiceId"], server.voice());
}

#[test]
fn openai_requests_are_spoken_as_asked() {
    let server = Server::start("");
    let ask = |format: &str| {
        let body = json!({"model": "tts-1", "input": "Hello there.", "voice": "onyx", "response_format": format});
        server.post("/v1/audio/speech", &body)
    };
    for (format, media_type, start) in [
        ("wav", "audio/wav", &b"RIFF\xFF\xFF\xFF\xFF"[..]),
        ("opus", "audio/ogg", b"OggS"),
        ("mp3", "audio/mpeg", b"\xFF\xF3"),
        ("pcm", "audio/pcm", b""),
    ] {
        let answer = ask(format);
        assert_eq!((answer.status, answer.media_type.as_str()), (200, media_type));
        assert!(answer.body.starts_with(start), "{format}: {:?}", &answer.body[..8]);
        assert!(answer.body.len() > 2000, "{format}: {} bytes", answer.body.len());
    }
    let pcm = ask("pcm").body;
    let events = json!({"input": "Hello there.", "voice": {"id": "onyx"}, "response_format": "pcm", "stream_format": "sse"});
    let events = String::from_utf8(server.post("/v1/audio/speech", &events).body).unwrap();
    let mut sound = Vec::new();
    let mut kinds = Vec::new();
    for line in events.lines().filter_map(|line| line.strip_prefix("data: ")) {
        let event: Value = serde_json::from_str(line).unwrap();
        kinds.push(event["type"].as_str().unwrap().to_string());
        if let Some(audio) = event["audio"].as_str() {
            sound.extend(STANDARD.decode(audio).unwrap());
        }
    }
    assert!(sound == pcm, "the same sound as bytes and as events");
    assert_eq!(kinds.last().unwrap(), "speech.audio.done");
    assert!(kinds.len() > 2, "in pieces: {kinds:?}");
    assert_eq!(server.get("/v1/models").json()["object"], "list");
    assert_eq!(server.get("/v1/models/nothing").status, 404);
}

#[test]
fn what_cannot_be_done_is_refused_with_field_value_and_range() {
    let server = Server::start("");
    for (body, field, part) in [
        (json!({"text": "Hi.", "speed": 3}), "speed", "speed 3 is outside 0.5 to 2.0"),
        (json!({"text": "Hi.", "voice_id": "nobody"}), "voice_id", "the voices are "),
        (json!({"text": "Hi.", "sample_rate": 11025}), "sample_rate", "11025 is not one of 8000"),
        (json!({"text": "Hi.", "emotion": "angry"}), "emotion", "neutral, happy, calm, sad"),
        (json!({"text": "Hi.", "language": "xx"}), "language", "en, es, hi"),
        (json!({"text": "Hi.", "encoding": "flac"}), "encoding", "pcm_mulaw"),
        (
            json!({"text": "Hi.", "pronunciation_dicts": ["no"]}),
            "pronunciation_dicts",
            "no dictionary",
        ),
        (json!({"text": "..."}), "text", "nothing that can be spoken"),
        (json!({"text": ""}), "text", "empty"),
        (json!({"voice_id": "x"}), "text", "missing"),
        (json!({"text": "a ".repeat(60_000)}), "text", "over the limit of 100000"),
    ] {
        let answer = server.post("/waves/v1/tts", &body);
        let error = answer.json();
        assert_eq!((answer.status, &error["field"]), (400, &json!(field)), "{error}");
        assert!(error["message"].as_str().unwrap().contains(part), "{error}");
    }
    let answer = server.post("/v1/audio/speech", &json!({"input": "Hi.", "voice": "nobody"}));
    let error = answer.json()["error"].clone();
    assert_eq!((answer.status, &error["param"]), (400, &json!("voice")));
    assert_eq!(error["type"], "invalid_request_error");
    let empty = server.post("/v1/audio/speech", &json!({"input": "..."})).json();
    assert_eq!(empty["error"]["param"], "input");
    for body in ["", "[]", "{", "\u{0}\u{1}", "{\"text\":"] {
        assert_eq!(server.send("POST", "/waves/v1/tts", body, None).status, 400, "{body}");
        assert_eq!(server.send("POST", "/v1/audio/speech", body, None).status, 400, "{body}");
    }
    let huge = json!({"text": "x".repeat(2 * 1024 * 1024)});
    // The server need not read to the end: it may answer and close while the client still writes.
    let sent = ureq::Agent::config_builder().http_status_as_error(false).build();
    let sent =
        ureq::Agent::from(sent).post(format!("{}/waves/v1/tts", server.url)).send(huge.to_string());
    match sent {
        Ok(answer) => assert_eq!(answer.status(), 413),
        Err(ureq::Error::Io(error)) => {
            let kind = error.kind();
            assert!(matches!(kind, ErrorKind::BrokenPipe | ErrorKind::ConnectionReset), "{kind}");
        }
        Err(other) => panic!("{other}"),
    }
    assert_eq!(server.get("/waves/v1/tts").status, 405);
}

#[test]
fn a_key_is_asked_for_when_there_is_one() {
    let server = Server::start("speech: {api_key_env: HEARSAY_TEST_SPEECH_KEY}\n");
    let body = json!({"text": "Hello.", "encoding": "pcm_mulaw"}).to_string();
    for key in [None, Some("wrong"), Some("")] {
        let answer = server.send("POST", "/waves/v1/tts", &body, key);
        assert_eq!((answer.status, answer.json()["error"].as_str()), (401, Some("unauthorized")));
        let answer = server.send("POST", "/v1/audio/speech", "{\"input\":\"Hi.\"}", key);
        assert_eq!(answer.json()["error"]["type"], "authentication_error");
        assert_eq!(server.send("GET", "/waves/v1/pronunciation-dicts", "", key).status, 401);
        assert_eq!(server.send("GET", "/v1/models", "", key).status, 401);
    }
    assert_eq!(server.send("POST", "/waves/v1/tts", &body, Some(KEY)).status, 200);
    assert_eq!(server.get("/healthz").status, 200);
}

#[test]
fn dictionaries_are_kept_used_and_forgotten() {
    let server = Server::start("");
    let path = "/waves/v1/pronunciation-dicts";
    let items = json!({"items": [{"word": "Hi", "pronunciation": "good morning to all of you"}]});
    let made = server.post(path, &items).json();
    assert!(made["createdAt"].as_str().unwrap().ends_with('Z'), "{made}");
    let say = |fields: Value| {
        let mut body = json!({"text": "Hi.", "encoding": "pcm_mulaw"});
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        server.post("/waves/v1/tts", &body).body.len()
    };
    let with_it = say(json!({"pronunciation_dicts": [made["id"]]}));
    assert!(with_it > say(json!({})) * 3 / 2, "the word is said otherwise");
    assert_eq!(server.get(path).json()[0], made);
    let id = made["id"].as_str().unwrap();
    let changed = json!({"id": id, "items": [{"word": "Hi", "pronunciation": "HH AY1"}]});
    assert_eq!(server.send("PUT", path, &changed.to_string(), None).json()["id"], id);
    assert_eq!(server.get(&format!("{path}/{id}")).json()["items"][0]["pronunciation"], "HH AY1");
    for (word, pronunciation, part) in
        [("...", "x", "no letter"), ("x", "!", "pronunciation"), ("", "", "no letter")]
    {
        let bad = json!({"items": [{"word": word, "pronunciation": pronunciation}]});
        let answer = server.post(path, &bad);
        assert_eq!(answer.status, 400, "{word} {pronunciation}");
        let message = answer.json()["message"].to_string();
        assert!(message.contains(part), "{message}");
    }
    assert_eq!(server.post(path, &json!({"items": []})).status, 400);
    let gone = server.send("DELETE", path, &json!({"id": id}).to_string(), None).json();
    assert_eq!(gone, json!({"id": id, "deleted": true}));
    assert_eq!(server.send("DELETE", &format!("{path}/{id}"), "", None).status, 404);
}

#[tokio::test]
async fn a_socket_speaks_tokens_and_stays_open() {
    let server = Server::start("");
    let voice = server.voice();
    let mut socket = server.socket().await;
    let base = json!({"voice_id": voice, "sample_rate": 8000, "encoding": "pcm_mulaw", "word_timestamps": true});
    let with = |fields: Value| {
        let mut message = base.clone();
        message.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        message
    };
    // Keeping alive is answered by nothing; then a reply in tokens, ended by an empty message.
    socket.send(json!({"text": " ", "voice_id": voice})).await;
    for token in ["Your fee ", "is ", "$20. ", "Any", "thing else?"] {
        socket.send(with(json!({"text": token, "continue": true, "flush": false}))).await;
    }
    socket.send(with(json!({"text": "", "continue": false, "flush": true}))).await;
    let spoken = socket.complete().await;
    let words: Vec<&str> = spoken.words.iter().map(|(word, ..)| word.as_str()).collect();
    assert_eq!(words, ["Your", "fee", "is", "$20.", "Anything", "else?"]);
    let mut before = 0.0;
    for (word, start, end) in &spoken.words {
        assert!(*start >= before && end > start, "{word}: {:?}", spoken.words);
        let place = |seconds: f64| (seconds * 8000.0) as usize;
        assert!(mulaw_peak(&spoken.sound[place(*start)..place(*end)]) > 0.03, "{word} is heard");
        before = *end;
    }
    spoken.request_ids.windows(2).for_each(|pair| assert_eq!(pair[0], pair[1]));

    // The same socket again: a context, one message of its own, and a text of signs alone.
    socket.send(with(json!({"text": "Hello", "continue": true, "context_id": "c1"}))).await;
    socket.send(with(json!({"text": "", "continue": false, "context_id": "c1"}))).await;
    let second = socket.complete().await;
    assert_eq!(second.words[0].0, "Hello");
    assert_ne!(second.request_ids[0], spoken.request_ids[0]);
    socket.send(with(json!({"text": "..."}))).await;
    assert!(socket.complete().await.sound.is_empty());
    // A flush says what there is, although more may come.
    socket.send(with(json!({"text": "One moment", "continue": true, "flush": true}))).await;
    assert_eq!(socket.frame().await["status"], "word_timestamp");
    // So does time, for text that is held back.
    socket.send(with(json!({"text": "", "continue": false}))).await;
    assert_eq!(socket.complete_after(1).await.words[0].0, "moment");
    let held =
        json!({"text": "Wait for", "continue": true, "max_buffer_delay_ms": 1, "context_id": "c2"});
    socket.send(with(held)).await;
    assert_eq!(socket.frame().await["context_id"], "c2");
    socket.send(with(json!({"cancel_request": true, "context_id": "c2"}))).await;
    assert!(socket.complete_after(1).await.words.len() < 2);
}

#[tokio::test]
async fn a_sockets_errors_end_their_segment_alone() {
    let server = Server::start("");
    let voice = server.voice();
    let mut socket = server.socket().await;
    for (message, part) in [
        (json!({"text": "Hi.", "voice_id": "nobody"}), "the voices are "),
        (json!({"text": "Hi.", "voice_id": voice, "speed": 9}), "0.5 to 2.0"),
        (json!({"text": "Hi.", "continue": "perhaps"}), "true or false"),
    ] {
        socket.send(message).await;
        let frame = socket.frame().await;
        assert_eq!(frame["status"], "error", "{frame}");
        assert!(frame["message"].as_str().unwrap().contains(part), "{frame}");
    }
    // One error for a whole segment, whose later tokens are dropped.
    for token in ["Hel", "lo ", "there."] {
        socket.send(json!({"text": token, "voice_id": "nobody", "continue": true})).await;
    }
    socket.send(json!({"text": "", "continue": false})).await;
    socket.send(json!({"text": "Hello.", "voice_id": voice, "request_id": "r1"})).await;
    assert_eq!(socket.frame().await["status"], "error");
    let spoken = socket.complete().await;
    assert!(!spoken.sound.is_empty());
    // A text over the limit, in parts.
    let part = "word ".repeat(10_000);
    for _ in 0..3 {
        let message =
            json!({"text": part, "voice_id": voice, "continue": true, "context_id": "long"});
        socket.send(message).await;
    }
    loop {
        let frame = socket.frame().await;
        if frame["status"] == "error" {
            assert!(frame["message"].as_str().unwrap().contains("100000"), "{frame}");
            break;
        }
    }
    for _ in 0..30 {
        let _ = socket.inner.send(Message::text("{")).await;
    }
    let closed = async {
        while let Some(Ok(message)) = socket.inner.next().await {
            if matches!(message, Message::Close(_)) {
                return;
            }
        }
    };
    closed.await;
}

#[tokio::test]
async fn places_are_bounded_and_come_free() {
    let server = Server::start("speech: {requests_max: 1, api_key_env: HEARSAY_TEST_SPEECH_KEY}\n");
    let url = format!("{}/waves/v1/tts/live", server.url).replacen("http", "ws", 1);
    assert!(tokio_tungstenite::connect_async(&url).await.is_err(), "no key, no socket");
    let mut request = url.into_client_request().unwrap();
    request.headers_mut().insert("authorization", format!("Bearer {KEY}").parse().unwrap());
    let (inner, _) = tokio_tungstenite::connect_async(request).await.unwrap();
    let mut socket = Socket { inner };
    // A segment that waits for text holds the only place.
    socket.send(json!({"text": "Hello. ", "continue": true})).await;
    assert_eq!(socket.frame().await["status"], "chunk");
    let body = json!({"text": "Hello.", "encoding": "pcm_mulaw"}).to_string();
    let refused = server.send("POST", "/waves/v1/tts", &body, Some(KEY));
    assert_eq!((refused.status, refused.retry_after.as_deref()), (429, Some("1")));
    assert_eq!(refused.json()["error"], "busy");
    socket.send(json!({"text": "Once more.", "continue": true, "request_id": "second"})).await;
    while socket.frame().await["status"] != "error" {}
    socket.send(json!({"text": "", "continue": false})).await;
    socket.complete().await;
    assert_eq!(server.send("POST", "/waves/v1/tts", &body, Some(KEY)).status, 200);
    // A client that goes away in the middle of a long text leaves its place to others.
    let long = "This is a long text. ".repeat(2000);
    socket.send(json!({"text": long, "request_id": "long"})).await;
    assert_eq!(socket.frame().await["status"], "chunk");
    drop(socket);
    let mut status = 0;
    for _ in 0..FRAMES_MAX {
        status = server.send("POST", "/waves/v1/tts", &body, Some(KEY)).status;
        if status == 200 {
            break;
        }
    }
    assert_eq!(status, 200);
}

//! Programs that drive calls: over the running server, and the example clients against a scripted one.

#[allow(dead_code, reason = "only scratch files are needed here")]
mod common;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use common::{Scratch, Socket, act, example, told};
use futures_util::{SinkExt, StreamExt};
use hearsay_wire::{Encoding, Start, twilio};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::{Error, Message};

const KEY: &str = "test-key";

/// The built program, serving the museum's desk; it is killed with this value.
struct Server {
    child: Child,
    host: String,
}

impl Server {
    fn start() -> Self {
        let config = format!(
            "listen: 127.0.0.1:0\nagent: {}\ncontrol: {{api_key_env: HEARSAY_TEST_CONTROL}}\n",
            example("../control/agent.yaml")
        );
        let config = Scratch::new("control.yaml", config.as_bytes());
        let mut child = Command::new(env!("CARGO_BIN_EXE_hearsay"))
            .args(["serve", "--config", config.path()])
            .env("HEARSAY_LOG", "error")
            .env("HEARSAY_TEST_CONTROL", KEY)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.split_whitespace().find_map(|word| word.strip_prefix("http://")).unwrap();
        Self { host: url.to_string(), child }
    }

    /// A program's socket with this key.
    async fn program(&self, key: &str) -> Result<Socket, Error> {
        let url = format!("ws://{}/v1/calls/control", self.host);
        let mut request = url.into_client_request().unwrap();
        request.headers_mut().insert("authorization", format!("Bearer {key}").parse().unwrap());
        Ok(tokio_tungstenite::connect_async(request).await?.0)
    }

    /// A caller's line, ringing.
    async fn caller(&self) -> Socket {
        let xml = ureq::get(format!("http://{}/twilio/voice", self.host)).call().unwrap();
        let xml = xml.into_body().read_to_string().unwrap();
        let between =
            |from: &str| xml.split_once(from).unwrap().1.split_once('"').unwrap().0.to_string();
        let (url, token) = (between("url=\""), between("value=\""));
        let mut peer = twilio::peer::Peer::new(Start {
            call_id: "CA1".to_string(),
            stream_id: "MZ1".to_string(),
            encoding: Encoding::Mulaw8k,
            parameters: [("token".to_string(), token)].into(),
        });
        let (mut socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
        for message in [peer.connected(), peer.start()] {
            socket.send(Message::text(message)).await.unwrap();
        }
        socket
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn a_program_follows_a_call_and_leads_it() {
    let server = Server::start();
    let refused = server.program("wrong").await.unwrap_err();
    assert!(refused.to_string().contains("401"), "{refused}");
    let mut program = server.program(KEY).await.unwrap();
    assert_eq!(told(&mut program, "hello").await["agent"], "museum-desk");
    let mut caller = server.caller().await;
    assert_eq!(told(&mut program, "call_started").await["call_id"], "CA1");
    assert_eq!(told(&mut program, "node").await["node"], "hello");

    let say = json!({"action": "say", "call_id": "CA1", "id": 1, "text": "We are closed today."});
    act(&mut program, say).await;
    assert_eq!(told(&mut program, "done").await["id"], 1);
    for (action, why) in [
        (json!({"action": "intent", "call_id": "CA1", "intent": "filled"}), "no open edge"),
        (json!({"action": "fill", "call_id": "CA1", "slot": "day", "value": "soon"}), "a date"),
        (json!({"action": "say", "call_id": "CA2", "text": "Hello."}), "no call"),
        (json!({"action": "sing", "call_id": "CA1"}), "sing"),
        (json!([1, 2]), "not an action"),
    ] {
        act(&mut program, action).await;
        let refused = told(&mut program, "refused").await;
        assert!(refused["why"].as_str().unwrap().contains(why), "{refused}");
    }

    let intent = json!({"action": "intent", "call_id": "CA1", "id": "a", "intent": "tickets"});
    act(&mut program, intent).await;
    assert_eq!(told(&mut program, "node").await["node"], "how_many");
    assert_eq!(told(&mut program, "done").await["id"], "a");
    let fill = json!({"action": "fill", "call_id": "CA1", "slot": "tickets", "value": 3});
    act(&mut program, fill).await;
    assert_eq!(told(&mut program, "slot").await["value"], 3);
    assert_eq!(told(&mut program, "node").await["node"], "which_day");
    act(&mut program, json!({"action": "hang_up", "call_id": "CA1", "say": "Goodbye."})).await;
    // The line takes the last words, and the call is over.
    while let Some(Ok(message)) = caller.next().await {
        if message.is_close() {
            break;
        }
    }
    assert_eq!(told(&mut program, "call_ended").await["reason"], "hung_up");
    let noted = told(&mut program, "after_call").await;
    assert_eq!(noted["fields"], json!({"tickets": 3, "day": null}));
    assert_eq!(noted["disposition"], "asked");
}

#[tokio::test]
async fn rubbish_ends_the_program_and_not_the_call() {
    let server = Server::start();
    let mut good = server.program(KEY).await.unwrap();
    let mut bad = server.program(KEY).await.unwrap();
    let _caller = server.caller().await;
    assert_eq!(told(&mut good, "node").await["node"], "hello");
    for _ in 0..30 {
        // Closed after twenty of them.
        let _ = bad.send(Message::text("{")).await;
    }
    while let Some(Ok(message)) = bad.next().await {
        if message.is_close() {
            break;
        }
    }
    act(&mut good, json!({"action": "hang_up", "call_id": "CA1", "id": 9})).await;
    assert_eq!(told(&mut good, "done").await["id"], 9);
}

/// A server that puts these words of a caller to the program that runs this command, and gives back
/// what the program wanted.
async fn asks(program: &mut Command, words: &[&str]) -> Vec<Value> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut child = program
        .arg(format!("ws://{address}"))
        .env("HEARSAY_CONTROL_KEY", KEY)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let (stream, _) = listener.accept().await.unwrap();
    #[allow(clippy::result_large_err, reason = "tungstenite's own type")]
    let admit = |request: &Request, response: Response| {
        assert_eq!(request.uri().path(), "/v1/calls/control");
        assert_eq!(request.headers()["authorization"], format!("Bearer {KEY}"));
        Ok(response)
    };
    let mut socket = tokio_tungstenite::accept_hdr_async(stream, admit).await.unwrap();
    let mut wanted = Vec::new();
    act_as_server(&mut socket, json!({"event": "hello", "version": 1})).await;
    for (number, words) in (1..).zip(words) {
        let asked =
            json!({"event": "answer_wanted", "call_id": "CA1", "answers": number, "text": words});
        act_as_server(&mut socket, asked).await;
        let Some(Ok(Message::Text(text))) = socket.next().await else { panic!("no answer") };
        wanted.push(serde_json::from_str(&text).unwrap());
    }
    socket.close(None).await.unwrap();
    child.wait().unwrap();
    wanted
}

async fn act_as_server(
    socket: &mut tokio_tungstenite::WebSocketStream<tokio::net::TcpStream>,
    event: Value,
) {
    socket.send(Message::text(event.to_string())).await.unwrap();
}

/// What both example clients must make of callers' words.
async fn decides(program: &mut Command) {
    // Longer than the shortest form of a frame.
    let long = format!("when do you open {}", "please ".repeat(40));
    let words = ["what does a ticket cost", "two tickets", "a person", &long];
    let wanted = asks(program, &words).await;
    assert_eq!(wanted[0]["action"], "say");
    assert!(wanted[0]["text"].as_str().unwrap().contains("twelve euros"), "{}", wanted[0]);
    assert_eq!(wanted[0]["answers"], 1);
    assert_eq!(wanted[1]["action"], "intent");
    assert_eq!(wanted[1]["intent"], "tickets");
    assert_eq!(wanted[2]["action"], "transfer");
    assert!(wanted[3]["text"].as_str().unwrap().contains("at ten"), "{}", wanted[3]);
    assert!(wanted.iter().all(|it| it["call_id"] == "CA1" && it["id"].is_string()), "{wanted:?}");
}

/// The version that a program tells of itself, such as 3.11 or 22.18.
fn version(program: &str) -> Option<(u32, u32)> {
    let output = Command::new(program).arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let numbers = text.trim().trim_start_matches(|c: char| !c.is_ascii_digit());
    let mut numbers = numbers.split('.').map(|part| part.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

#[tokio::test]
async fn the_python_client_answers() {
    if version("python3").is_none_or(|version| version < (3, 9)) {
        return eprintln!("skipped: the Python client needs python3, 3.9 or later");
    }
    decides(Command::new("python3").arg(example("../control/control.py"))).await;
}

#[tokio::test]
async fn the_typescript_client_answers() {
    if version("node").is_none_or(|version| version < (22, 18)) {
        return eprintln!("skipped: the TypeScript client needs node, 22.18 or later");
    }
    decides(Command::new("node").arg(example("../control/control.ts"))).await;
}

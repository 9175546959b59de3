//! A server that dies in the middle of a call, and another that goes on with it.

#[allow(dead_code, reason = "other test programs use the rest")]
mod common;

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use common::{Running, ScratchFolder, Socket, act, example, told};
use futures_util::{SinkExt, StreamExt};
use hearsay_wire::{Encoding, Start, twilio};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

const CONTROL_KEY: &str = "a key of the tests";
const MASTER_KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
/// Times that is asked whether all is written down.
const ASKED_MAX: usize = 100_000;

/// The built program, serving the museum's desk; it is killed with this value.
struct Server {
    _child: Running,
    url: String,
}

impl Server {
    fn start(folder: &ScratchFolder) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_hearsay"))
            .args(["serve", "--config", &folder.file("hearsay.yaml")])
            .env("HEARSAY_LOG", "error")
            .env("HEARSAY_TEST_CONTROL", CONTROL_KEY)
            .env("HEARSAY_TEST_MASTER", MASTER_KEY)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.split_whitespace().find(|word| word.starts_with("http")).unwrap();
        Self { url: url.to_string(), _child: Running(child) }
    }

    async fn program(&self) -> Socket {
        let url = format!("{}/v1/calls/control", self.url.replacen("http", "ws", 1));
        let mut request = url.into_client_request().unwrap();
        let key = format!("Bearer {CONTROL_KEY}").parse().unwrap();
        request.headers_mut().insert("authorization", key);
        tokio_tungstenite::connect_async(request).await.unwrap().0
    }

    /// What Twilio is told to do with the call.
    fn asked(&self, path: &str) -> String {
        let form = "CallSid=CA1&From=%2B12025550101&To=%2B12025550199";
        let request = ureq::post(format!("{}{path}", self.url));
        let answer = request.content_type("application/x-www-form-urlencoded").send(form).unwrap();
        answer.into_body().read_to_string().unwrap()
    }

    /// The caller's line, as the answer has it.
    async fn line(&self, answer: &str) -> Socket {
        let between =
            |from: &str| answer.split_once(from).unwrap().1.split_once('"').unwrap().0.to_string();
        let mut peer = twilio::peer::Peer::new(Start {
            call_id: "CA1".to_string(),
            stream_id: "MZ1".to_string(),
            encoding: Encoding::Mulaw8k,
            parameters: [("token".to_string(), between("value=\""))].into(),
        });
        let (mut line, _) = tokio_tungstenite::connect_async(between("url=\"")).await.unwrap();
        for message in [peer.connected(), peer.start()] {
            line.send(Message::text(message)).await.unwrap();
        }
        line
    }

    fn metric(&self, name: &str) -> i64 {
        let text = ureq::get(format!("{}/metrics", self.url)).call().unwrap();
        let text = text.into_body().read_to_string().unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("{name} ")));
        line.unwrap_or_else(|| panic!("no {name}")).parse().unwrap()
    }

    /// All that it was asked to write down is on the disk.
    fn is_written(&self) -> bool {
        (0..ASKED_MAX).any(|_| self.metric("hearsay_keeper_waiting") == 0)
    }
}

#[tokio::test]
async fn a_call_goes_on_after_a_crash() {
    let folder = ScratchFolder::new("resuming");
    let config = format!(
        "listen: 127.0.0.1:0\nagent: {}\ncontrol: {{api_key_env: HEARSAY_TEST_CONTROL}}\n\
         retention: encrypted\nstore: {{key: {{env: HEARSAY_TEST_MASTER}}, resume: true}}\n",
        example("../control/agent.yaml")
    );
    folder.write("hearsay.yaml", config.as_bytes());
    let server = Server::start(&folder);
    let mut program = server.program().await;
    let answer = server.asked("/twilio/voice");
    assert!(answer.contains("/twilio/after"), "{answer}");
    let _line = server.line(&answer).await;
    assert_eq!(told(&mut program, "node").await["node"], "hello");
    act(&mut program, json!({"action": "intent", "call_id": "CA1", "intent": "tickets"})).await;
    assert_eq!(told(&mut program, "node").await["node"], "how_many");
    let fill = json!({"action": "fill", "call_id": "CA1", "slot": "tickets", "value": 3});
    act(&mut program, fill).await;
    assert_eq!(told(&mut program, "node").await["node"], "which_day");
    assert!(server.is_written(), "the state is never written");
    drop(server);

    let server = Server::start(&folder);
    let mut program = server.program().await;
    let answer = server.asked("/twilio/after");
    assert!(answer.contains("<Stream"), "{answer}");
    let mut line = server.line(&answer).await;
    assert_eq!(told(&mut program, "call_started").await["from"], "+12025550101");
    assert_eq!(told(&mut program, "resumed").await["call_id"], "CA1");
    assert_eq!(told(&mut program, "node").await["node"], "which_day");
    let said = told(&mut program, "agent_said").await["text"].as_str().unwrap().to_string();
    assert!(said.contains("cut off"), "{said}");
    assert_eq!(server.metric("hearsay_calls_resumed_total"), 1);
    act(&mut program, json!({"action": "hang_up", "call_id": "CA1"})).await;
    assert_eq!(told(&mut program, "after_call").await["fields"]["tickets"], 3);
    // The line is closed when all is told, and then nobody goes on with the call.
    while line.next().await.is_some_and(|message| message.is_ok_and(|it| !it.is_close())) {}
    let answer = server.asked("/twilio/after");
    assert!(answer.contains("<Hangup") && !answer.contains("<Stream"), "{answer}");
}

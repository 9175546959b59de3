//! The running server on a free port, met by providers and by worse.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use futures_util::{SinkExt, StreamExt};
use hearsay_wire::{Encoding, Outbound, Start, twilio};
use tokio_tungstenite::tungstenite::Message;

/// Messages read from a socket before a test gives up.
const MESSAGES_MAX: usize = 4000;

/// The built program, serving; it is killed with this value.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_hearsay"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env("HEARSAY_LOG", "error")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.split_whitespace().find(|word| word.starts_with("http://")).unwrap();
        Self { url: url.to_string(), child }
    }

    fn get(&self, path: &str) -> (u16, String) {
        let agent: ureq::Agent =
            ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut response = agent.get(format!("{}{path}", self.url)).call().unwrap();
        let mut body = String::new();
        response.body_mut().as_reader().read_to_string(&mut body).unwrap();
        (response.status().as_u16(), body)
    }

    fn metric(&self, name: &str) -> i64 {
        let (_, metrics) = self.get("/metrics");
        let line = metrics.lines().find(|line| line.starts_with(&format!("{name} "))).unwrap();
        line.rsplit(' ').next().unwrap().parse().unwrap()
    }

    /// Asks the Twilio webhook; gives the media address and the token.
    fn webhook(&self) -> (String, String) {
        let (status, xml) = self.get("/twilio/voice");
        assert_eq!(status, 200, "{xml}");
        let between =
            |from: &str| xml.split_once(from).unwrap().1.split_once('"').unwrap().0.to_string();
        (between("url=\""), between("value=\""))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn peer(token: &str) -> twilio::peer::Peer {
    twilio::peer::Peer::new(Start {
        call_id: "CA1".to_string(),
        stream_id: "MZ1".to_string(),
        encoding: Encoding::Mulaw8k,
        parameters: [("token".to_string(), token.to_string())].into(),
    })
}

type Socket =
    tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

async fn connect(url: &str, first: Vec<String>) -> Socket {
    let (mut socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
    for message in first {
        socket.send(Message::text(message)).await.unwrap();
    }
    socket
}

/// Reads until the agent's audio comes; false when the socket closes first.
async fn hears_agent(socket: &mut Socket, peer: &twilio::peer::Peer) -> bool {
    for _ in 0..MESSAGES_MAX {
        match socket.next().await {
            Some(Ok(Message::Text(text))) => {
                if let Outbound::Media(samples) = peer.decode(text.as_str()).unwrap()
                    && samples.iter().any(|x| x.abs() > 0.02)
                {
                    return true;
                }
            }
            Some(Ok(_)) => {}
            Some(Err(_)) | None => return false,
        }
    }
    false
}

/// Reads until the socket closes; false when it stays open.
async fn closes(socket: &mut Socket) -> bool {
    for _ in 0..MESSAGES_MAX {
        match socket.next().await {
            Some(Ok(Message::Close(_)) | Err(_)) | None => return true,
            Some(Ok(_)) => {}
        }
    }
    false
}

#[tokio::test]
async fn a_call_is_greeted_and_its_neighbours_rubbish_does_not_matter() {
    let server = Server::start();
    assert_eq!(server.get("/healthz"), (200, "ok\n".to_string()));
    assert_eq!(server.get("/nowhere").0, 404);

    let (url, token) = server.webhook();
    let mut good = peer(&token);
    let mut call = connect(&url, vec![good.connected(), good.start()]).await;
    assert!(hears_agent(&mut call, &good).await, "the greeting is heard");

    // A socket without a token, and one whose token was used.
    for token in ["wrong", &token] {
        let mut stranger = peer(token);
        let mut socket = connect(&url, vec![stranger.connected(), stranger.start()]).await;
        assert!(closes(&mut socket).await);
    }
    assert_eq!(server.metric("hearsay_unauthorized_total"), 2);

    // Rubbish before the start, 10 MB in one frame, rubbish in a call.
    let mut socket = connect(&url, vec!["{".to_string(); 30]).await;
    assert!(closes(&mut socket).await);
    let (mut socket, _) = tokio_tungstenite::connect_async(&url).await.unwrap();
    // The server may close before all of it has been taken.
    let _ = socket.send(Message::text("x".repeat(10 * 1024 * 1024))).await;
    assert!(closes(&mut socket).await);
    let (_, second) = server.webhook();
    let mut bad = peer(&second);
    let mut rubbish = connect(&url, vec![bad.connected(), bad.start()]).await;
    let media = r#"{"event":"media","streamSid":"MZ1","media":{"payload":"*not base64*"}}"#;
    for _ in 0..30 {
        // Closed after twenty of them.
        let _ = rubbish.send(Message::text(media)).await;
    }
    assert!(closes(&mut rubbish).await);
    assert!(server.metric("hearsay_bad_messages_total") >= 40);

    // A socket that breaks in the middle of a word.
    let (_, third) = server.webhook();
    let mut gone = peer(&third);
    let mut broken = connect(&url, vec![gone.connected(), gone.start()]).await;
    // Once it is heard, the server has it; what a broken line had not yet brought is lost.
    assert!(hears_agent(&mut broken, &gone).await, "the third call is greeted");
    broken.send(Message::text(gone.media(&[0.1; 160]))).await.unwrap();
    drop(broken);

    // The first call is still there.
    assert!(hears_agent(&mut call, &good).await, "the greeting goes on");
    call.send(Message::text(good.stop())).await.unwrap();
    assert!(closes(&mut call).await);
    assert_eq!(server.metric("hearsay_calls_total"), 3);
}

#[test]
fn a_wrong_signature_is_refused() {
    let folder = std::env::temp_dir();
    let config = folder.join(format!("hearsay-signature-{}.yaml", std::process::id()));
    let text = "listen: 127.0.0.1:0\npublic_url: https://voice.example.com\n\
                twilio: {auth_token_env: HEARSAY_TEST_TWILIO_TOKEN}\n";
    std::fs::write(&config, text).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_hearsay"))
        .args(["serve", "--config"])
        .arg(&config)
        .env("HEARSAY_TEST_TWILIO_TOKEN", "12345")
        .env("HEARSAY_LOG", "error")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    std::fs::remove_file(&config).unwrap();
    let url = line.split_whitespace().find(|word| word.starts_with("http://")).unwrap().to_string();
    let server = Server { child, url };

    let post = |signature: &str| {
        let agent: ureq::Agent =
            ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let request = agent.post(format!("{}/twilio/voice", server.url));
        let request = request.header("x-twilio-signature", signature);
        let mut response = request.send_form([("CallSid", "CA1"), ("From", "+15550100")]).unwrap();
        (response.status().as_u16(), response.body_mut().read_to_string().unwrap())
    };
    assert_eq!(post("bm9uc2Vuc2U=").0, 403);
    assert_eq!(post("").0, 403);
    let params = [("CallSid", "CA1"), ("From", "+15550100")];
    let params: Vec<(String, String)> =
        params.map(|(name, value)| (name.to_string(), value.to_string())).to_vec();
    let signed = twilio::sign("12345", "https://voice.example.com/twilio/voice", &params);
    let (status, xml) = post(&signed);
    assert_eq!(status, 200);
    assert!(xml.contains("wss://voice.example.com/twilio/media"), "{xml}");
}

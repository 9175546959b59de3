//! What is promised about calls and keys, checked on the running program: nothing of a call is left in memory or on
//! disk, or an encrypted record is; connections are TLS 1.3; keys open what they may and no more.

mod common;

use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use common::{ScratchFolder, Socket, hearsay, refuses, stderr, stdout, told};
use futures_util::{SinkExt, StreamExt};
use hearsay_audio::g711::{self, Law};
use hearsay_wire::{Encoding, Start, twilio};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

const CONTROL_KEY: &str = "a key of the tests";
const MASTER_KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
/// Times that memory is searched for what will be there.
const SEARCHES_MAX: usize = 50;
/// Words that stand in no agent file.
const UNUSUAL: &str = "Seven yellow elephants are dancing on my kitchen table.";

struct Server {
    child: Child,
    url: String,
    /// What it logs, read as it comes so that nothing of it has to be a file.
    log: Option<std::thread::JoinHandle<String>>,
}

impl Server {
    fn start(folder: &ScratchFolder, config: &str) -> Self {
        folder.write("hearsay.yaml", format!("listen: 127.0.0.1:0\n{config}").as_bytes());
        let mut child = Command::new(env!("CARGO_BIN_EXE_hearsay"))
            .args(["serve", "--config", &folder.file("hearsay.yaml")])
            .env("HEARSAY_LOG", "debug,hyper=info")
            .env("HEARSAY_TEST_CONTROL", CONTROL_KEY)
            .env("HEARSAY_TEST_MASTER", MASTER_KEY)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut errors = child.stderr.take().unwrap();
        let log = std::thread::spawn(move || {
            let mut log = Vec::new();
            let _ = errors.read_to_end(&mut log);
            String::from_utf8_lossy(&log).into_owned()
        });
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.split_whitespace().find(|word| word.starts_with("http"));
        let url = url.unwrap_or_else(|| panic!("{line}")).to_string();
        Self { child, url, log: Some(log) }
    }

    /// A program that follows calls.
    async fn program(&self) -> Socket {
        let url = format!("{}/v1/calls/control", self.url.replacen("http", "ws", 1));
        let mut request = url.into_client_request().unwrap();
        request
            .headers_mut()
            .insert("authorization", format!("Bearer {CONTROL_KEY}").parse().unwrap());
        tokio_tungstenite::connect_async(request).await.unwrap().0
    }

    /// A caller who says what is recorded, as a line brings it: a frame every 20 ms; gives what was understood, to
    /// `meanwhile` while the call still goes on.
    async fn call(&self, recording: &[f32], meanwhile: impl FnOnce(&str)) -> String {
        let mut program = self.program().await;
        let form = "From=%2B12025550101&To=%2B12025550199";
        let url = format!("{}/twilio/voice", self.url);
        let xml = ureq::post(&url).content_type("application/x-www-form-urlencoded").send(form);
        let xml = xml.unwrap().into_body().read_to_string().unwrap();
        let between =
            |from: &str| xml.split_once(from).unwrap().1.split_once('"').unwrap().0.to_string();
        let mut peer = twilio::peer::Peer::new(Start {
            call_id: "CA1".to_string(),
            stream_id: "MZ1".to_string(),
            encoding: Encoding::Mulaw8k,
            parameters: [("token".to_string(), between("value=\""))].into(),
        });
        let (line, _) = tokio_tungstenite::connect_async(between("url=\"")).await.unwrap();
        let (mut line, mut from_agent) = line.split();
        for message in [peer.connected(), peer.start()] {
            line.send(Message::text(message)).await.unwrap();
        }
        told(&mut program, "agent_said").await;
        let silence = vec![0.0; 160];
        let frames = recording.chunks(160).chain(std::iter::repeat_n(silence.as_slice(), 1000));
        let mut tick = tokio::time::interval(Duration::from_millis(20));
        let talk = async {
            for frame in frames {
                tick.tick().await;
                let mut frame = frame.to_vec();
                frame.resize(160, 0.0);
                line.send(Message::text(peer.media(&frame))).await.unwrap();
            }
        };
        let heard = async {
            let said = told(&mut program, "caller_said").await;
            said["text"].as_str().unwrap().to_string()
        };
        let listen = async { while from_agent.next().await.is_some_and(|m| m.is_ok()) {} };
        let text = tokio::select! {
            text = heard => text,
            () = talk => panic!("nothing was understood"),
            () = listen => panic!("the call ended"),
        };
        meanwhile(&text);
        line.close().await.unwrap();
        told(&mut program, "call_ended").await;
        text
    }

    fn metric(&self, name: &str) -> u64 {
        let text = ureq::get(format!("{}/metrics", self.url)).call().unwrap();
        let text = text.into_body().read_to_string().unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("{name} ")));
        line.unwrap_or_else(|| panic!("no {name}")).parse().unwrap()
    }

    /// Ends it as a service manager does; gives its log.
    fn stop(mut self) -> String {
        let pid = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &pid]).status().unwrap();
        self.child.wait().unwrap();
        self.log.take().unwrap().join().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Speech at the telephone's rate.
fn spoken(folder: &ScratchFolder, text: &str) -> Vec<f32> {
    let file = folder.file("spoken.wav");
    let output = hearsay(&["speak", text, "--out", &file, "--sample-rate", "8000"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let wav = hearsay_audio::wav::read(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(wav.rate_hz, 8000);
    wav.channel(0).unwrap()
}

/// Where these bytes stand in memory that a process can write to.
fn found_in_memory(pid: u32, needles: &[(&str, Vec<u8>)]) -> Option<Vec<String>> {
    const PIECE: usize = 1 << 24;
    let maps = std::fs::read_to_string(format!("/proc/{pid}/maps")).ok()?;
    let mut memory = std::fs::File::open(format!("/proc/{pid}/mem")).ok()?;
    let longest = needles.iter().map(|(_, needle)| needle.len()).max()?;
    let (mut found, mut bytes_read) = (Vec::new(), 0);
    let regions = maps
        .lines()
        .filter(|line| line.split(' ').nth(1).is_some_and(|mode| mode.starts_with("rw")));
    for region in regions {
        let (from, to) = region.split(' ').next()?.split_once('-')?;
        let (mut at, to) = (u64::from_str_radix(from, 16).ok()?, u64::from_str_radix(to, 16).ok()?);
        let mut piece = Vec::new();
        while at < to {
            let kept = piece.len().min(longest);
            piece.drain(..piece.len() - kept);
            let size = PIECE.min(usize::try_from(to - at).ok()?);
            piece.resize(kept + size, 0);
            let read =
                memory.seek(SeekFrom::Start(at)).and_then(|_| memory.read(&mut piece[kept..]));
            let Ok(read) = read else { break };
            if read == 0 {
                break;
            }
            piece.truncate(kept + read);
            for (name, needle) in needles {
                if memchr::memmem::find(&piece, needle).is_some() {
                    found.push(format!("{name} in {region}"));
                }
            }
            at += read as u64;
            bytes_read += read;
        }
    }
    assert!(bytes_read > 1 << 20, "only {bytes_read} bytes could be read");
    Some(found)
}

fn written_to_disk(pid: u32) -> Option<u64> {
    let io = std::fs::read_to_string(format!("/proc/{pid}/io")).ok()?;
    io.lines().find_map(|line| line.strip_prefix("write_bytes: "))?.parse().ok()
}

/// A frame of the recording that is loud, in the forms that the program has it in.
fn sounds(recording: &[f32]) -> Vec<(&'static str, Vec<u8>)> {
    let loudness = |frame: &[f32]| frame.iter().map(|x| x * x).sum::<f32>();
    let frame =
        recording.chunks_exact(160).max_by(|a, b| loudness(a).total_cmp(&loudness(b))).unwrap();
    let (mut coded, mut decoded) = (Vec::new(), Vec::new());
    g711::encode(Law::Mu, frame, &mut coded);
    g711::decode(Law::Mu, &coded, &mut decoded);
    let floats = decoded[..32].iter().flat_map(|x| x.to_le_bytes()).collect();
    let whole =
        decoded[..32].iter().flat_map(|x| ((x * 32767.0).round() as i16).to_le_bytes()).collect();
    vec![
        ("f32 samples", floats),
        ("16-bit samples", whole),
        ("mu-law samples", coded[..48].to_vec()),
    ]
}

/// What the language model makes of a text, as it lies in memory: its tokens, and their values in the first layer.
fn read_by_the_model(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    use hearsay_language::slm::{self, kv::Precision, kv::Session};
    let slm = slm::load(hearsay_weights::find("slm_en.gguf").unwrap().bytes).unwrap();
    let tokens = slm.tokenizer.encode(&format!(" {text}"));
    // Whatever stands around it: tokens from its middle.
    let tokens = &tokens[tokens.len() / 2 - 2..][..5];
    let mut session = Session::new(&slm.model, Precision::default());
    let mut values = Vec::new();
    for token in tokens {
        session.push(&[*token]).unwrap();
        values.extend(session.last_values());
    }
    let tokens = tokens.iter().flat_map(|token| token.to_ne_bytes()).collect();
    vec![("tokens", tokens), ("values of the model's cache", values)]
}

#[tokio::test]
async fn nothing_of_a_call_is_left_in_memory_or_on_disk() {
    if !cfg!(target_os = "linux") {
        eprintln!("skipped: the memory of a process is read from /proc, which this system has not");
        return;
    }
    let folder = ScratchFolder::new("nothing-left");
    let server = Server::start(&folder, "control: {api_key_env: HEARSAY_TEST_CONTROL}\n");
    let recording = spoken(&folder, UNUSUAL);
    let pid = server.child.id();
    let Some(written) = written_to_disk(pid) else {
        eprintln!(
            "skipped: /proc/{pid}/io cannot be read; run as root, the program lets nobody else look at it"
        );
        return;
    };
    let check = |text: &str| {
        // The model may still be about to read them.
        for needle in read_by_the_model(text).into_iter().chain([("words", text.into())]) {
            let needle = [needle];
            let is_there = |_| found_in_memory(pid, &needle).is_some_and(|found| !found.is_empty());
            let name = needle[0].0;
            assert!((0..SEARCHES_MAX).any(is_there), "no {name} while the call goes on: {text}");
        }
    };
    let text = server.call(&recording, check).await;
    assert!(text.split(' ').count() > 3, "{text}");
    let mut needles = vec![
        ("words", text.clone().into_bytes()),
        ("words in UTF-16", text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("the caller's number", b"+12025550101".to_vec()),
    ];
    needles.extend(sounds(&recording));
    needles.extend(read_by_the_model(&text));
    // The line's task may still be ending.
    let is_over = |_: &u32| server.metric("hearsay_calls_active") == 0;
    assert!((0..10_000).any(|n| is_over(&n)), "the call does not end");
    let found = found_in_memory(pid, &needles).expect("its /proc files can be read");
    assert!(found.is_empty(), "{found:#?}\nof {text:?}");
    assert_eq!(written_to_disk(pid), Some(written), "something was written to disk");
    let log = server.stop();
    assert!(log.contains("call ended"), "{log}");
    assert!(!log.contains(&text) && !log.contains("12025550101"), "{log}");
}

#[test]
fn memory_is_searched_at_all() {
    // A needle that this process has.
    let needle: Vec<u8> = (0..40).map(|n: u8| n.wrapping_mul(37) ^ 0x5a).collect();
    let here = std::hint::black_box(needle.clone());
    if let Some(found) = found_in_memory(std::process::id(), &[("needle", needle)]) {
        assert!(!found.is_empty());
    }
    drop(here);
}

#[tokio::test]
async fn a_call_is_kept_encrypted_and_forgotten_on_request() {
    let folder = ScratchFolder::new("kept");
    let server = Server::start(
        &folder,
        "control: {api_key_env: HEARSAY_TEST_CONTROL}\nretention: encrypted\n\
         store: {key: {env: HEARSAY_TEST_MASTER}, recordings: true}\n",
    );
    let recording =
        spoken(&folder, "My number is four one five five five five zero one nine nine.");
    let text = server.call(&recording, |_| ()).await;
    let host = server.url.clone();
    server.stop();
    let config = folder.file("hearsay.yaml");
    let calls = |args: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_hearsay"))
            .arg("calls")
            .args(args)
            .args(["--config", &config])
            .env("HEARSAY_TEST_CONTROL", CONTROL_KEY)
            .env("HEARSAY_TEST_MASTER", MASTER_KEY)
            .output()
            .unwrap()
    };
    let list: Value = serde_json::from_str(&stdout(&calls(&["list", "--json"]))).unwrap();
    assert_eq!(list.as_array().map(Vec::len), Some(1), "{list} {host}");
    let id = list[0]["id"].as_str().unwrap();
    assert_eq!((&list[0]["recording"], &list[0]["ended"]), (&json!(true), &json!("caller_gone")));
    let shown = stdout(&calls(&["show", id, "--json"]));
    assert!(shown.contains("_REDACTED]") && !shown.contains(&text), "{shown}");
    let out = folder.file("out");
    assert!(calls(&["export", id, "--out", &out]).status.success());
    let wav = hearsay_audio::wav::read(&std::fs::read(format!("{out}/call.wav")).unwrap()).unwrap();
    assert!(wav.frames() > 8000);
    // A tone of 1 kHz stands where the number was said.
    let caller = wav.channel(0).unwrap();
    let period = |at: &usize| (0..400).all(|n| (caller[at + n] - caller[at + n + 8]).abs() < 2e-3);
    let is_loud = |at: &usize| (0..8).any(|n| caller[at + n].abs() > 0.05);
    let tones = (0..caller.len() - 500).step_by(400).filter(|at| period(at) && is_loud(at)).count();
    assert!(tones > 10, "{tones} pieces of 50 ms are masked");
    let disk = std::fs::read(folder.file("calls.db")).unwrap();
    assert!(memchr::memmem::find(&disk, b"harbour-bank").is_none());
    assert!(stdout(&calls(&["verify"])).contains("nothing was changed"));
    assert!(stdout(&calls(&["erase", "--caller", "+1 (202) 555-0101"])).starts_with("1 calls"));
    assert_eq!(calls(&["show", id]).status.code(), Some(2));
    let journal = stdout(&calls(&["journal"]));
    for action in ["kept", "listed", "read", "erased"] {
        assert!(journal.contains(action), "{journal}");
    }
}

#[test]
fn calls_need_their_database() {
    let folder = ScratchFolder::new("no-calls");
    folder.write("plain.yaml", b"calls_max: 3\n");
    refuses(&["calls", "list", "--config", &folder.file("plain.yaml")], &["retention: encrypted"]);
    refuses(&["calls", "list", "--config", &folder.file("none.yaml")], &["none.yaml"]);
    refuses(&["calls", "erase", "--config", &folder.file("plain.yaml")], &["--caller"]);
}

/// What a server says to a client that speaks these versions of TLS.
fn shake(
    host: &str,
    versions: &[&'static rustls::SupportedProtocolVersion],
) -> Result<String, String> {
    #[derive(Debug)]
    struct Anybody(Arc<rustls::crypto::CryptoProvider>);
    use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
    use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
    impl ServerCertVerifier for Anybody {
        fn verify_server_cert(
            &self,
            _: &CertificateDer<'_>,
            _: &[CertificateDer<'_>],
            _: &ServerName<'_>,
            _: &[u8],
            _: UnixTime,
        ) -> Result<ServerCertVerified, rustls::Error> {
            Ok(ServerCertVerified::assertion())
        }
        fn verify_tls12_signature(
            &self,
            message: &[u8],
            cert: &CertificateDer<'_>,
            signed: &rustls::DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, rustls::Error> {
            let known = &self.0.signature_verification_algorithms;
            rustls::crypto::verify_tls12_signature(message, cert, signed, known)
        }
        fn verify_tls13_signature(
            &self,
            message: &[u8],
            cert: &CertificateDer<'_>,
            signed: &rustls::DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, rustls::Error> {
            let known = &self.0.signature_verification_algorithms;
            rustls::crypto::verify_tls13_signature(message, cert, signed, known)
        }
        fn supported_verify_schemes(&self) -> Vec<rustls::SignatureScheme> {
            self.0.signature_verification_algorithms.supported_schemes()
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(versions)
        .map_err(|e| e.to_string())?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anybody(provider)))
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").map_err(|e| e.to_string())?;
    let mut client =
        rustls::ClientConnection::new(Arc::new(config), name).map_err(|e| e.to_string())?;
    let mut socket = std::net::TcpStream::connect(host).map_err(|e| e.to_string())?;
    let mut stream = rustls::Stream::new(&mut client, &mut socket);
    let request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    std::io::Write::write_all(&mut stream, request).map_err(|e| e.to_string())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).map_err(|e| e.to_string())?;
    let version = client.protocol_version().map(|version| format!("{version:?}"));
    Ok(format!("{} {answer}", version.unwrap_or_default()))
}

#[test]
fn connections_are_tls_1_3() {
    let folder = ScratchFolder::new("tls");
    let server = Server::start(&folder, "tls: {self_signed: true}\n");
    let host = server.url.strip_prefix("https://").expect("it says that it is secret").to_string();
    let answer = shake(&host, &[&rustls::version::TLS13]).unwrap();
    assert!(answer.starts_with("TLSv1_3 HTTP/1.1 200"), "{answer}");
    let refused = shake(&host, &[&rustls::version::TLS12]).unwrap_err();
    assert!(refused.contains("ProtocolVersion"), "{refused}");
    drop(server);
    let server = Server::start(&folder, "tls: {self_signed: true, minimum: '1.2'}\n");
    let host = server.url.strip_prefix("https://").unwrap().to_string();
    let answer = shake(&host, &[&rustls::version::TLS12]).unwrap();
    assert!(answer.starts_with("TLSv1_2 HTTP/1.1 200"), "{answer}");
}

#[test]
fn keys_open_what_they_may_and_no_more() {
    let folder = ScratchFolder::new("keys");
    let new = |name: &str, more: &[&str]| {
        let output = hearsay(&[&["keys", "new", name], more].concat());
        let key = stderr(&output);
        let key = key.split_whitespace().find(|word| word.starts_with("hs_")).unwrap().to_string();
        (key, stdout(&output))
    };
    let (shop, shop_entry) = new("shop", &["--scope", "speech"]);
    let (watch, watch_entry) = new("watch", &["--scope", "metrics"]);
    let (late, late_entry) = new("late", &["--scope", "speech", "--expires", "2020-01-01"]);
    let few = shop_entry.replace("scopes:", "requests_per_minute: 3, scopes:");
    assert!(!few.contains(&shop), "the file has no key in it");
    folder.write("keys.yaml", format!("keys:\n{few}{watch_entry}{late_entry}").as_bytes());
    let server = Server::start(&folder, "keys: keys.yaml\n");
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let get = |path: &str, key: &str| {
        let request = agent.get(format!("{}{path}", server.url));
        let answer = request.header("authorization", format!("Bearer {key}")).call().unwrap();
        let after =
            answer.headers().get("retry-after").map(|value| value.to_str().unwrap().to_string());
        (answer.status().as_u16(), after)
    };
    assert_eq!(get("/healthz", "").0, 200, "no key is needed to see that it lives");
    for key in ["", "hs_0", &late, &shop[1..]] {
        assert_eq!(get("/v1/audio/voices", key).0, 401, "{key}");
    }
    assert_eq!(get("/metrics", &shop).0, 403);
    assert_eq!(get("/metrics", &watch).0, 200);
    for _ in 0..3 {
        assert_eq!(get("/v1/audio/voices", &shop).0, 200);
    }
    let (status, after) = get("/v1/audio/voices", &shop);
    assert_eq!(status, 429);
    assert!((1..=21).contains(&after.unwrap().parse::<u32>().unwrap()));
    assert_eq!(get("/metrics", &watch).0, 200, "one key's share is not another's");
    refuses(&["keys", "new", "shop"], &["--scope"]);
    refuses(&["keys", "new", "shop", "--scope", "all"], &["speech"]);
    refuses(&["keys", "new", "shop", "--scope", "chat", "--expires", "soon"], &["2027-01-31"]);
}

//! A certificate from a real authority: Pebble, Let's Encrypt's own for tests, which the test starts itself.

#[allow(dead_code, reason = "other test programs use the rest")]
mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::Arc;

use common::{Running, ScratchFolder};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

const DOMAIN: &str = "voice.example.com";
/// Times that somebody is asked who does not listen yet.
const ASKED_MAX: usize = 100_000;
const SKIPPED: &str =
    "skipped: pebble and pebble-challtestsrv cannot be run here (Debian: apt install pebble)";

/// Ports that nobody listens on.
fn free_ports<const N: usize>() -> [u16; N] {
    let open = [(); N].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    open.map(|listener| listener.local_addr().unwrap().port())
}

/// The program, once it has printed a line with this; `None` where it cannot be run or ends before.
fn running(program: &mut Command, ready: &str) -> Option<Running> {
    let mut child = program.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
    let mut log = BufReader::new(child.stdout.take()?);
    let child = Running(child);
    let mut line = String::new();
    while !line.contains(ready) {
        line.clear();
        if log.read_line(&mut line).ok()? == 0 {
            return None;
        }
    }
    // Nobody reads the rest, and nothing may wait for that.
    std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
    Some(child)
}

/// An authority that finds every name on this machine, behind `server_port`.
struct Authority {
    _names: Running,
    _pebble: Running,
    directory: String,
    management: String,
    own_root: String,
}

impl Authority {
    fn start(folder: &ScratchFolder, server_port: u16) -> Option<Self> {
        let [dns, names_management, listen, management] = free_ports();
        let key = rcgen::generate_simple_self_signed(vec!["localhost".to_string()]).unwrap();
        folder.write("pebble.pem", key.cert.pem().as_bytes());
        folder.write("pebble-key.pem", key.signing_key.serialize_pem().as_bytes());
        let config = serde_json::json!({"pebble": {
            "listenAddress": format!("127.0.0.1:{listen}"),
            "managementListenAddress": format!("127.0.0.1:{management}"),
            "certificate": folder.file("pebble.pem"),
            "privateKey": folder.file("pebble-key.pem"),
            "httpPort": 1,
            "tlsPort": server_port,
        }});
        folder.write("pebble.json", config.to_string().as_bytes());
        let mut names = Command::new("pebble-challtestsrv");
        names.args(["-defaultIPv6", "", "-http01", "", "-https01", "", "-tlsalpn01", ""]);
        names.args(["-dns01", &format!("127.0.0.1:{dns}")]);
        names.args(["-management", &format!("127.0.0.1:{names_management}")]);
        let mut pebble = Command::new("pebble");
        pebble.args(["-config", &folder.file("pebble.json")]);
        pebble.args(["-dnsserver", &format!("127.0.0.1:{dns}")]);
        pebble.env("PEBBLE_VA_NOSLEEP", "1");
        Some(Self {
            _names: running(&mut names, "Starting management server")?,
            _pebble: running(&mut pebble, "Listening on: 127.0.0.1")?,
            directory: format!("https://localhost:{listen}/dir"),
            management: format!("https://localhost:{management}"),
            own_root: folder.file("pebble.pem"),
        })
    }

    /// The certificate that signs what it gives out; both of its listeners have answered then.
    fn root(&self) -> CertificateDer<'static> {
        let own = std::fs::read(&self.own_root).unwrap();
        let own = ureq::tls::Certificate::from_pem(&own).unwrap();
        let roots = ureq::tls::RootCerts::Specific(Arc::new(vec![own]));
        let tls = ureq::tls::TlsConfig::builder().root_certs(roots).build();
        let agent: ureq::Agent = ureq::Agent::config_builder().tls_config(tls).build().into();
        // It says that it listens a moment before it does.
        let asked = |url: &str| {
            let answer = (0..ASKED_MAX).find_map(|_| {
                std::thread::yield_now();
                agent.get(url).call().ok()
            });
            answer.expect("pebble answers").into_body().read_to_string().unwrap()
        };
        asked(&self.directory);
        let pem = asked(&format!("{}/roots/0", self.management));
        CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()
    }
}

/// The server with its log, after its first line on the standard output.
fn server(folder: &ScratchFolder) -> (Running, BufReader<std::process::ChildStderr>) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_hearsay"))
        .args(["serve", "--config", &folder.file("hearsay.yaml")])
        .env("HEARSAY_LOG", "info")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.contains("https://"), "{line}");
    let log = BufReader::new(child.stderr.take().unwrap());
    (Running(child), log)
}

/// The next line of a log that holds one of these.
fn logged(log: &mut impl BufRead, parts: &[&str]) -> String {
    let mut line = String::new();
    while !parts.iter().any(|part| line.contains(part)) {
        line.clear();
        assert_ne!(log.read_line(&mut line).unwrap(), 0, "the log ends before any of {parts:?}");
    }
    line
}

/// What a client that trusts this root alone gets from the server.
fn asked(
    port: u16,
    root: &CertificateDer<'static>,
    alpn: Option<&[u8]>,
) -> std::io::Result<String> {
    let mut roots = RootCertStore::empty();
    roots.add(root.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider);
    let config = config.with_protocol_versions(&[&rustls::version::TLS13]).unwrap();
    let mut config = config.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols.extend(alpn.map(<[u8]>::to_vec));
    let name = ServerName::try_from(DOMAIN).unwrap();
    let client = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = StreamOwned::new(client, TcpStream::connect(("127.0.0.1", port))?);
    stream.write_all(b"GET /twilio/voice HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[test]
fn a_certificate_is_fetched_kept_and_used_again() {
    let folder = ScratchFolder::new("acme");
    let [port] = free_ports();
    let Some(authority) = Authority::start(&folder, port) else { return eprintln!("{SKIPPED}") };
    let write = |directory: &str| {
        let config = format!(
            "listen: 127.0.0.1:{port}\ntls:\n  acme: {{domains: [{DOMAIN}], accept_terms: true, \
             email: me@example.com, directory: '{directory}', root_certificate: pebble.pem}}\n"
        );
        folder.write("hearsay.yaml", config.as_bytes());
    };
    let root = authority.root();

    // Nobody there: calls are taken all the same, with a certificate that nobody has signed.
    let [nobody] = free_ports();
    write(&format!("https://localhost:{nobody}/dir"));
    let (running, mut log) = server(&folder);
    let line = logged(&mut log, &["no certificate"]);
    assert!(line.contains("next try in 60 s"), "{line}");
    let refused = asked(port, &root, None).unwrap_err().to_string();
    assert!(refused.contains("certificate"), "{refused}");
    drop(running);

    write(&authority.directory);
    let (running, mut log) = server(&folder);
    let line = logged(&mut log, &["has come", "no certificate"]);
    assert!(line.contains("a certificate for voice.example.com has come"), "{line}");
    let answer = asked(port, &root, None).unwrap();
    assert!(answer.contains("wss://voice.example.com/twilio/media"), "{answer}");
    // Nothing is proved any more, and nobody who asks for a proof gets anything else.
    asked(port, &root, Some(b"acme-tls/1")).unwrap_err();
    drop(running);

    // The authority is gone; what it gave is used from the first connection on.
    drop(authority);
    #[cfg(unix)]
    for file in ["certificates/certificate.pem", "certificates/account.json"] {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(folder.file(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    let (_running, _log) = server(&folder);
    assert!(asked(port, &root, None).unwrap().starts_with("HTTP/1.1 200"));
}

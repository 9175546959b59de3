//! `hearsay bench flood`: as many connections as can be opened, each with one request that carries an API key.
//!
//! It is what a client gone wild does to a server. Run `hearsay bench calls` beside it to see whether calls under
//! other keys feel it.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::cli::BenchFloodArgs;

/// Threads that can be asked for.
const THREADS_MAX: usize = 256;
/// A connection or an answer that takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(2);
/// Bytes of the answer's first line that say what came of it: `HTTP/1.1 429`.
const STATUS: std::ops::Range<usize> = 9..12;

/// How often each thing came of a connection.
type Outcomes = BTreeMap<String, u64>;

/// Runs the bench.
pub fn run(args: &BenchFloodArgs) -> Result<ExitCode, String> {
    if !(1..=THREADS_MAX).contains(&args.threads) {
        return Err(format!("--threads {}: give a number from 1 to {THREADS_MAX}", args.threads));
    }
    let host = args.server.strip_prefix("http://").map(|host| host.trim_end_matches('/'));
    let host = host.ok_or_else(|| format!("--server {}: write http://host:port", args.server))?;
    let address = host.to_socket_addrs().ok().and_then(|mut all| all.next());
    let address = address.ok_or_else(|| format!("--server {host}: not a host and a port"))?;
    let request = format!(
        "POST /v1/audio/speech HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {}\r\n\
         connection: close\r\ncontent-length: 0\r\n\r\n",
        args.key
    );
    let (started, lasts) = (Instant::now(), Duration::from_secs(args.seconds));
    let flooders: Vec<_> = (0..args.threads)
        .map(|_| {
            let request = request.clone();
            std::thread::spawn(move || {
                let mut outcomes = Outcomes::new();
                while started.elapsed() < lasts {
                    *outcomes.entry(connect(address, &request)).or_default() += 1;
                }
                outcomes
            })
        })
        .collect();
    let mut all = Outcomes::new();
    for flooder in flooders {
        let outcomes = flooder.join().map_err(|_| "a flooder stopped".to_string())?;
        outcomes.into_iter().for_each(|(what, count)| *all.entry(what).or_default() += count);
    }
    let total: u64 = all.values().sum();
    println!("connections          {:.0} a second", total as f64 / started.elapsed().as_secs_f64());
    for (what, count) in all {
        println!("{what:20} {count}");
    }
    Ok(ExitCode::SUCCESS)
}

/// One connection with one request; what came of it.
fn connect(address: SocketAddr, request: &str) -> String {
    let asked = || -> std::io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(request.as_bytes())?;
        let mut answer = vec![0; STATUS.end];
        stream.read_exact(&mut answer)?;
        Ok(answer)
    };
    match asked() {
        Ok(answer) => format!("status {}", String::from_utf8_lossy(&answer[STATUS])),
        Err(error) => error.kind().to_string(),
    }
}

//! Several servers that share the limits of their keys in a real Redis, which the test starts itself.

#[allow(dead_code, reason = "other test programs use the rest")]
mod common;

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use common::{Running, ScratchFolder, hearsay, stderr, stdout};

/// Redis on a socket in this folder; `None` where it is not installed.
fn redis(folder: &ScratchFolder) -> Option<(Running, String)> {
    let socket = folder.file("redis.sock");
    let mut child = Command::new("redis-server")
        .args(["--port", "0", "--unixsocket", &socket, "--save", "", "--appendonly", "no"])
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let log = BufReader::new(child.stdout.take()?);
    let ready = log.lines().map_while(Result::ok).any(|line| line.contains("eady to accept"));
    let child = Running(child);
    ready.then_some((child, format!("redis+unix://{socket}")))
}

fn server(folder: &ScratchFolder, redis: &str) -> Result<(Running, String), String> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_hearsay"))
        .args(["serve", "--config", &folder.file("hearsay.yaml")])
        .env("HEARSAY_TEST_REDIS", redis)
        .env("HEARSAY_LOG", "error")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    match line.split_whitespace().find(|word| word.starts_with("http")) {
        Some(url) => Ok((Running(child), url.to_string())),
        None => Err(stderr(&child.wait_with_output().unwrap())),
    }
}

fn status(url: &str, path: &str, key: &str) -> (u16, String) {
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let request = agent.get(format!("{url}{path}"));
    let mut answer = request.header("authorization", format!("Bearer {key}")).call().unwrap();
    (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
}

#[test]
fn servers_share_the_limits_of_a_key() {
    let folder = ScratchFolder::new("shared-limits");
    let new = |name: &str, scope: &str| {
        let output = hearsay(&["keys", "new", name, "--scope", scope]);
        let key = stderr(&output);
        let key = key.split_whitespace().find(|word| word.starts_with("hs_")).unwrap().to_string();
        (key, stdout(&output))
    };
    let (key, shop) = new("shop", "speech");
    let (watch, watching) = new("watch", "metrics");
    let shop = shop.replace("scopes:", "requests_per_minute: 5, scopes:");
    folder.write("keys.yaml", format!("keys:\n{shop}{watching}").as_bytes());
    let config = "listen: 127.0.0.1:0\nkeys: keys.yaml\n\
                  shared_limits: {redis_url_env: HEARSAY_TEST_REDIS}\n";
    folder.write("hearsay.yaml", config.as_bytes());
    // Nobody listens there.
    let refused = server(&folder, "redis://:secret@127.0.0.1:1/0").err().unwrap();
    assert!(refused.contains("Redis cannot be used") && !refused.contains("secret"), "{refused}");
    let refused = server(&folder, "http://secret").err().unwrap();
    assert!(refused.contains("redis://") && !refused.contains("secret"), "{refused}");
    let Some((redis, address)) = redis(&folder) else {
        eprintln!("skipped: redis-server cannot be run here (Debian: apt install redis-server)");
        return;
    };
    let servers = [(); 2].map(|()| server(&folder, &address).unwrap());
    let urls = servers.each_ref().map(|(_, url)| url.as_str());
    let ask = |n: usize| status(urls[n % 2], "/v1/audio/voices", &key).0;
    let statuses: Vec<u16> = (0..7).map(ask).collect();
    assert_eq!(statuses, [200, 200, 200, 200, 200, 429, 429], "five over both servers");
    drop(redis);
    // Each server has let in three or fewer by itself, so that its own limits let more in.
    assert_eq!((ask(0), ask(1)), (200, 200), "without Redis each keeps to its own limits");
    let (status, metrics) = status(urls[0], "/metrics", &watch);
    assert_eq!(status, 200);
    let failed = metrics
        .lines()
        .find_map(|line| line.strip_prefix("hearsay_shared_limits_failed_total "))
        .unwrap();
    assert!(failed.parse::<u32>().unwrap() >= 1, "{failed}");
}

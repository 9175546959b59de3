//! Limits that several servers share, kept in Redis: a key's places, and what it may use in a minute, over all of them.
//!
//! Each request takes a lease under its key, which is renewed while the request or the socket lives and runs out by
//! itself when a server dies. One script does all of it in one step, by Redis's own clock. While Redis does not
//! answer, each server keeps to its own limits, and that is logged and counted. What it is not: a secret store; Redis
//! sees names of keys made from their hashes, and counts.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::time::Duration;

use redis::Script;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use tokio::sync::oneshot;

use crate::http::random_name;
use crate::keys::Denied;
use crate::metrics::Metrics;

/// A lease that is not renewed for this long is given back: its server is gone.
const LEASE: Duration = Duration::from_secs(60);
/// How often a lease is renewed, and what was used is told.
const RENEW_EVERY: Duration = Duration::from_secs(15);
/// Redis is waited for no longer.
const ANSWER: Duration = Duration::from_millis(500);
/// Random bytes of a lease's name.
const LEASE_BYTES: usize = 12;
/// Enters, renews or leaves; 0, or milliseconds after which there is room again.
const SCRIPT: &str = r"
local op, lease, ttl = ARGV[1], ARGV[2], tonumber(ARGV[3])
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if op == 'enter' and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[4]) then return 1000 end
local at = tonumber(redis.call('HGET', KEYS[2], 'at') or now)
local wait, left = 0, {}
for i, name in ipairs({'requests', 'bytes', 'tokens'}) do
    local most, used = math.max(tonumber(ARGV[4 + i]), 1), tonumber(ARGV[7 + i])
    local was = tonumber(redis.call('HGET', KEYS[2], name) or most)
    local now_left = math.min(most, was + most * math.max(now - at, 0) / 60000)
    if op == 'enter' then used = math.min(used, most) end
    if now_left < (op == 'enter' and used or 0) then
        wait = math.max(wait, math.ceil((used - now_left) * 60000 / most))
    end
    left[i] = math.max(now_left - used, -most)
end
if op == 'enter' and wait > 0 then return wait end
redis.call('HSET', KEYS[2], 'at', now, 'requests', left[1], 'bytes', left[2], 'tokens', left[3])
redis.call('PEXPIRE', KEYS[2], 180000)
if op == 'leave' then
    redis.call('ZREM', KEYS[1], lease)
else
    redis.call('ZADD', KEYS[1], now + ttl, lease)
    redis.call('PEXPIRE', KEYS[1], ttl)
end
return wait";

/// What somebody may use over all servers.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// At once.
    pub places: usize,
    /// Requests a minute.
    pub requests: u32,
    /// Bytes a minute.
    pub bytes: u32,
    /// Tokens of the language model a minute.
    pub tokens: u32,
}

impl Limits {
    /// Places alone.
    pub fn places(places: usize) -> Self {
        Self { places, requests: u32::MAX, bytes: u32::MAX, tokens: u32::MAX }
    }
}

/// The limits in Redis.
pub struct SharedLimits {
    redis: ConnectionManager,
    script: Script,
    prefix: String,
    metrics: Arc<Metrics>,
    /// It did not answer when it was last asked.
    is_down: AtomicBool,
}

/// A place that is held over all servers; given back when dropped.
#[derive(Debug)]
pub struct Lease {
    spent: Arc<Spent>,
    _ends: oneshot::Sender<()>,
}

/// What was used and is not yet told.
#[derive(Debug, Default)]
struct Spent {
    bytes: AtomicU64,
    tokens: AtomicU64,
    is_over: AtomicBool,
}

impl Lease {
    /// Counts bytes; false when more than the share was used, by this or by others under the same key.
    pub fn spend(&self, bytes: usize) -> bool {
        self.spent.bytes.fetch_add(bytes as u64, Relaxed);
        !self.spent.is_over.load(Relaxed)
    }

    /// Counts tokens.
    pub fn spend_tokens(&self, tokens: u64) {
        self.spent.tokens.fetch_add(tokens, Relaxed);
    }
}

/// One use of the script.
struct Ask<'a> {
    op: &'static str,
    who: &'a str,
    lease: &'a str,
    limits: Limits,
    /// Requests, bytes, tokens.
    used: [u64; 3],
}

impl SharedLimits {
    /// Connects to Redis at `url`, such as `redis://:password@10.0.0.5:6379/0`; its names begin with `prefix`.
    ///
    /// # Errors
    /// When the address is none, or nobody answers there, in one line without the password.
    pub async fn connect(url: &str, prefix: &str, metrics: Arc<Metrics>) -> Result<Self, String> {
        let fail = |what: String| format!("shared_limits: Redis cannot be used: {what}");
        let client = redis::Client::open(url)
            .map_err(|_| fail("the address is not redis://:password@host:port/0".to_string()))?;
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(1)
            .set_connection_timeout(Some(ANSWER))
            .set_response_timeout(Some(ANSWER));
        let redis = ConnectionManager::new_with_config(client, config);
        let redis = redis.await.map_err(|e| fail(e.to_string()))?;
        Ok(Self {
            redis,
            script: Script::new(SCRIPT),
            prefix: prefix.to_string(),
            metrics,
            is_down: AtomicBool::new(false),
        })
    }

    /// Takes a place for a request of so many bytes; `None` while Redis does not answer.
    ///
    /// # Errors
    /// When the share is used up over all servers.
    pub async fn enter(
        self: &Arc<Self>,
        who: &str,
        limits: Limits,
        bytes: usize,
    ) -> Result<Option<Lease>, Denied> {
        let Some(name) = random_name(LEASE_BYTES) else { return Ok(None) };
        let ask = Ask { op: "enter", who, lease: &name, limits, used: [1, bytes as u64, 0] };
        match self.ask(ask).await {
            None => Ok(None),
            Some(0) => Ok(Some(self.clone().hold(who.to_string(), name, limits))),
            Some(wait_ms) => Err(Denied::TooMuch(Duration::from_millis(wait_ms))),
        }
    }

    /// Renews a lease until it is dropped.
    fn hold(self: Arc<Self>, who: String, name: String, limits: Limits) -> Lease {
        let (ends, mut ended) = oneshot::channel();
        let spent = Arc::new(Spent::default());
        let told = spent.clone();
        tokio::spawn(async move {
            loop {
                let op = tokio::select! {
                    _ = &mut ended => "leave",
                    () = tokio::time::sleep(RENEW_EVERY) => "renew",
                };
                let used = [0, told.bytes.swap(0, Relaxed), told.tokens.swap(0, Relaxed)];
                let wait = self.ask(Ask { op, who: &who, lease: &name, limits, used }).await;
                told.is_over.store(wait.is_some_and(|wait| wait > 0), Relaxed);
                if op == "leave" {
                    return;
                }
            }
        });
        Lease { spent, _ends: ends }
    }

    /// What the script answers; `None` if nothing came.
    async fn ask(&self, ask: Ask<'_>) -> Option<u64> {
        // Both names are in one slot of a cluster.
        let names = ["places", "used"].map(|of| format!("{}:{{{}}}:{of}", self.prefix, ask.who));
        let mut call = self.script.prepare_invoke();
        call.key(&names[0]).key(&names[1]).arg(ask.op).arg(ask.lease).arg(LEASE.as_millis() as u64);
        let Limits { places, requests, bytes, tokens } = ask.limits;
        call.arg(places).arg(requests).arg(bytes).arg(tokens);
        for used in ask.used {
            call.arg(used);
        }
        let answer: Result<u64, _> = call.invoke_async(&mut self.redis.clone()).await;
        let was_down = self.is_down.swap(answer.is_err(), Relaxed);
        match answer {
            Ok(wait_ms) => {
                if was_down {
                    tracing::info!("limits are shared again");
                }
                Some(wait_ms)
            }
            Err(error) => {
                self.metrics.shared_limits_failed.fetch_add(1, Relaxed);
                if !was_down {
                    tracing::warn!("limits are not shared now, Redis does not answer: {error}");
                }
                None
            }
        }
    }
}

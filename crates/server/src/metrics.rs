//! Counters and latency histograms in the Prometheus text format.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};

/// Upper bounds of the latency buckets, ms.
const LATENCY_BOUNDS_MS: [u64; 10] = [50, 100, 200, 300, 500, 800, 1200, 2000, 4000, 8000];
/// Upper bounds of the lateness buckets, ms: 20 is the promise.
const LATENESS_BOUNDS_MS: [u64; 10] = [1, 2, 5, 10, 15, 20, 40, 80, 160, 320];

/// What the process counts about itself. No caller's word or number is in it.
#[derive(Debug)]
pub struct Metrics {
    /// Calls answered since start.
    pub calls: AtomicU64,
    /// Calls in progress.
    pub calls_active: AtomicI64,
    /// Calls written to the database of calls.
    pub calls_kept: AtomicU64,
    /// Calls that should have been kept and are lost.
    pub calls_not_kept: AtomicU64,
    /// What the thread that keeps calls has yet to do.
    pub keeper_waiting: AtomicI64,
    /// Calls that went on where their line broke off.
    pub calls_resumed: AtomicU64,
    /// Calls refused because the limit was reached.
    pub calls_refused: AtomicU64,
    /// Webhooks and sockets refused for a wrong signature or token.
    pub unauthorized: AtomicU64,
    /// Requests of a key that has used up its share.
    pub too_much: AtomicU64,
    /// Connections over the limits.
    pub connections_refused: AtomicU64,
    /// Times that the limits shared with other servers could not be asked.
    pub shared_limits_failed: AtomicU64,
    /// Times that no certificate could be had from the authority.
    pub acme_failed: AtomicU64,
    /// Provider messages that could not be understood.
    pub bad_messages: AtomicU64,
    /// Times that a caller interrupted the agent.
    pub interruptions: AtomicU64,
    /// Requests to outside services that failed.
    pub tool_failures: AtomicU64,
    /// Texts that the speech APIs began to speak.
    pub speech_requests: AtomicU64,
    /// Texts refused because all places for speech were taken.
    pub speech_refused: AtomicU64,
    /// Caller stops speaking to the agent's first frame sent.
    pub turn_latency_ms: Histogram,
    /// How far behind its schedule each outbound frame left.
    pub frame_late_ms: Histogram,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            calls: AtomicU64::default(),
            calls_active: AtomicI64::default(),
            calls_kept: AtomicU64::default(),
            calls_not_kept: AtomicU64::default(),
            keeper_waiting: AtomicI64::default(),
            calls_resumed: AtomicU64::default(),
            calls_refused: AtomicU64::default(),
            unauthorized: AtomicU64::default(),
            too_much: AtomicU64::default(),
            connections_refused: AtomicU64::default(),
            shared_limits_failed: AtomicU64::default(),
            acme_failed: AtomicU64::default(),
            bad_messages: AtomicU64::default(),
            interruptions: AtomicU64::default(),
            tool_failures: AtomicU64::default(),
            speech_requests: AtomicU64::default(),
            speech_refused: AtomicU64::default(),
            turn_latency_ms: Histogram::new(LATENCY_BOUNDS_MS),
            frame_late_ms: Histogram::new(LATENESS_BOUNDS_MS),
        }
    }
}

/// A histogram with fixed buckets.
#[derive(Debug)]
pub struct Histogram {
    bounds: [u64; 10],
    counts: [AtomicU64; 11],
    sum: AtomicU64,
}

impl Histogram {
    fn new(bounds: [u64; 10]) -> Self {
        Self { bounds, counts: Default::default(), sum: AtomicU64::default() }
    }

    /// Counts one value.
    pub fn observe(&self, value: u64) {
        let bucket = self.bounds.iter().position(|&bound| value <= bound).unwrap_or(10);
        self.counts[bucket].fetch_add(1, Relaxed);
        self.sum.fetch_add(value, Relaxed);
    }

    fn write(&self, out: &mut String, name: &str, help: &str) {
        let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} histogram");
        let mut total = 0;
        for (bound, count) in self.bounds.iter().zip(&self.counts) {
            total += count.load(Relaxed);
            let _ = writeln!(out, "{name}_bucket{{le=\"{bound}\"}} {total}");
        }
        total += self.counts[10].load(Relaxed);
        let _ = writeln!(out, "{name}_bucket{{le=\"+Inf\"}} {total}");
        let _ = writeln!(out, "{name}_sum {}\n{name}_count {total}", self.sum.load(Relaxed));
    }
}

impl Metrics {
    /// The metrics in the Prometheus text exposition format, version 0.0.4.
    pub fn render(&self) -> String {
        let mut out = String::new();
        let counters = [
            ("hearsay_calls_total", "Calls answered.", &self.calls),
            ("hearsay_calls_kept_total", "Calls written to the database.", &self.calls_kept),
            ("hearsay_calls_not_kept_total", "Calls lost instead of kept.", &self.calls_not_kept),
            ("hearsay_calls_resumed_total", "Calls gone on with.", &self.calls_resumed),
            ("hearsay_calls_refused_total", "Calls over the limit.", &self.calls_refused),
            ("hearsay_unauthorized_total", "Wrong signatures or tokens.", &self.unauthorized),
            ("hearsay_too_much_total", "Requests over a key's share.", &self.too_much),
            (
                "hearsay_connections_refused_total",
                "Connections over the limits.",
                &self.connections_refused,
            ),
            (
                "hearsay_shared_limits_failed_total",
                "Times that shared limits could not be asked.",
                &self.shared_limits_failed,
            ),
            ("hearsay_acme_failed_total", "Certificates asked for in vain.", &self.acme_failed),
            ("hearsay_bad_messages_total", "Provider messages not understood.", &self.bad_messages),
            ("hearsay_interruptions_total", "Agent interrupted by caller.", &self.interruptions),
            ("hearsay_tool_failures_total", "Failed tool requests.", &self.tool_failures),
            ("hearsay_speech_requests_total", "Texts spoken by the APIs.", &self.speech_requests),
            ("hearsay_speech_refused_total", "Texts over the limit.", &self.speech_refused),
        ];
        for (name, help, value) in counters {
            let value = value.load(Relaxed);
            let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} counter\n{name} {value}");
        }
        let gauges = [
            ("hearsay_calls_active", "Calls now.", &self.calls_active),
            ("hearsay_keeper_waiting", "Jobs that wait for the database.", &self.keeper_waiting),
        ];
        for (name, help, value) in gauges {
            let value = value.load(Relaxed);
            let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}");
        }
        let help = "Caller stops speaking to agent's first frame, ms.";
        self.turn_latency_ms.write(&mut out, "hearsay_turn_latency_ms", help);
        let help = "Outbound frame behind its schedule, ms.";
        self.frame_late_ms.write(&mut out, "hearsay_frame_late_ms", help);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_cumulative() {
        let metrics = Metrics::default();
        for value in [10, 60, 450, 90_000] {
            metrics.turn_latency_ms.observe(value);
        }
        let text = metrics.render();
        for line in [
            "hearsay_turn_latency_ms_bucket{le=\"50\"} 1",
            "hearsay_turn_latency_ms_bucket{le=\"500\"} 3",
            "hearsay_turn_latency_ms_bucket{le=\"8000\"} 3",
            "hearsay_turn_latency_ms_bucket{le=\"+Inf\"} 4",
            "hearsay_turn_latency_ms_sum 90520",
        ] {
            assert!(text.lines().any(|have| have == line), "{line} not in\n{text}");
        }
    }
}

//! A token bucket: how much of something may still be used, which fills up steadily.

use std::time::{Duration, Instant};

/// How much is left of what may be used in a time.
#[derive(Debug, Clone)]
pub struct Bucket {
    most: f64,
    per_second: f64,
    left: f64,
    at: Option<Instant>,
}

impl Bucket {
    /// A full bucket that holds what may be used in a minute.
    pub fn per_minute(most: u32) -> Self {
        let most = f64::from(most);
        Self { most, per_second: most / 60.0, left: most, at: None }
    }

    /// A full bucket that holds what may be used in two seconds: peers come in bursts.
    pub fn per_second(rate: u32) -> Self {
        let rate = f64::from(rate);
        Self { most: rate * 2.0, per_second: rate, left: rate * 2.0, at: None }
    }

    /// Takes so much, or tells when it will be there. What is more than the bucket holds is never there; it is
    /// let through when the bucket is full, or a large body could never be sent.
    ///
    /// # Errors
    /// How long to wait.
    pub fn take(&mut self, now: Instant, much: f64) -> Result<(), Duration> {
        self.fill(now);
        let needed = much.min(self.most);
        if self.left >= needed {
            self.left -= needed;
            return Ok(());
        }
        let rate = self.per_second.max(1.0 / 60.0);
        Err(Duration::from_secs_f64((needed - self.left) / rate))
    }

    /// Takes what was used already, though it was more than was left: the debt fills up first, one bucket at most.
    pub fn owe(&mut self, now: Instant, much: f64) {
        self.fill(now);
        self.left = (self.left - much).max(-self.most);
    }

    /// Nothing is taken: it is as a new one.
    pub fn is_full(&mut self, now: Instant) -> bool {
        self.fill(now);
        self.left >= self.most
    }

    fn fill(&mut self, now: Instant) {
        let since = self.at.map_or(Duration::ZERO, |at| now.saturating_duration_since(at));
        self.left = (self.left + self.per_second * since.as_secs_f64()).min(self.most);
        self.at = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_up_comes_back_steadily() {
        let (start, mut bucket) = (Instant::now(), Bucket::per_second(10));
        (0..20).for_each(|_| bucket.take(start, 1.0).unwrap());
        assert_eq!(bucket.take(start, 1.0), Err(Duration::from_millis(100)));
        assert!(bucket.take(start + Duration::from_millis(150), 1.0).is_ok());
        assert!(!bucket.is_full(start + Duration::from_millis(1900)));
        assert!(bucket.is_full(start + Duration::from_secs(3)));
    }

    #[test]
    fn a_debt_is_paid_before_more_is_had() {
        let (start, mut bucket) = (Instant::now(), Bucket::per_minute(60));
        bucket.owe(start, 90.0);
        assert_eq!(bucket.take(start, 1.0), Err(Duration::from_secs(31)));
        // However much it was, it is paid within a bucket's time.
        bucket.owe(start, 1e9);
        assert!(bucket.take(start + Duration::from_secs(62), 1.0).is_ok());
    }
}

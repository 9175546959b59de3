//! Pacing: when each outbound frame may leave, and how much of a reply the caller has heard so far.
//!
//! A synthesiser gives a sentence much faster than it takes to say it. Sent at once, the sentence would sit in the phone
//! provider's buffer, and neither "stop now" nor "what has been heard" could be answered exactly. The pacer keeps the
//! frames here and lets them go at most `ahead_ms_max` before they are played.
//!
//! The model of the far end: it plays frames one after another without pause, the first as soon as it arrives, and plays
//! silence when it has none. The schedule starts at the first frame after silence. What it is not: there is no clock
//! (times in ms come in as arguments and must come from one monotonic clock), no socket and no notion of the network's
//! own delay; what the caller hears is later than [`Pacer::played_ms`] says by the one-way delay of the line.

use std::collections::VecDeque;

/// Sent pieces and finished replies that are remembered; the oldest is forgotten first.
const REPLIES_REMEMBERED_MAX: usize = 64;

/// Bounds of a [`Pacer`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PacerConfig {
    /// Length of every frame in ms.
    pub frame_ms: u64,
    /// Most sound, in ms, that may be sent and not yet played. At least one frame goes out even if this is smaller.
    pub ahead_ms_max: u64,
    /// Most frames that may wait here.
    pub queue_frames_max: usize,
}

impl Default for PacerConfig {
    /// 20 ms frames, at most 300 ms ahead, at most two minutes waiting.
    fn default() -> PacerConfig {
        PacerConfig { frame_ms: 20, ahead_ms_max: 300, queue_frames_max: 6000 }
    }
}

/// The queue is full; the frame comes back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "outbound audio: {queue_frames_max} frames already wait; speak a shorter reply or wait until some have played"
)]
pub struct PacerFull<T> {
    /// The frame that was not taken.
    pub frame: T,
    /// The bound that was met.
    pub queue_frames_max: usize,
}

/// A frame that may leave now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due<T> {
    /// The reply that the frame belongs to.
    pub reply: u64,
    /// The frame.
    pub frame: T,
    /// How long after its scheduled departure it was asked for, in ms: the jitter of whoever drives the pacer.
    pub late_ms: u64,
    /// When the far end will play it, in ms on the caller's clock.
    pub plays_at_ms: u64,
    /// Silence in ms that the caller hears between this frame and the one before it in the same reply: whoever made or
    /// sent it was later than what had been sent ahead could cover. 0 at the start of a reply.
    pub gap_ms: u64,
}

/// What [`Pacer::clear`] threw away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cleared {
    /// The reply that was being heard, or, if none was, the next one that would have been.
    pub reply: u64,
    /// How much of that reply the caller has heard, in ms.
    pub played_ms: u64,
    /// How much sound of any reply was dropped unheard, in ms, sent ahead or still waiting.
    pub dropped_ms: u64,
}

#[derive(Debug)]
struct Waiting<T> {
    reply: u64,
    frame: T,
    pushed_ms: u64,
}

/// A stretch of sound at the far end that belongs to one reply and has no pause in it.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    reply: u64,
    start_ms: u64,
    end_ms: u64,
}

/// The outbound queue of one call. `T` is a frame in whatever form it is sent.
#[derive(Debug)]
pub struct Pacer<T> {
    config: PacerConfig,
    queue: VecDeque<Waiting<T>>,
    /// When the far end will have played everything sent, in ms.
    plays_until_ms: u64,
    /// Sent and not yet added to `heard`, oldest first; at most `ahead_ms_max` lies in the future.
    stretches: VecDeque<Stretch>,
    /// Reply and ms of its stretches that have ended, oldest reply first.
    heard: VecDeque<(u64, u64)>,
}

impl<T> Pacer<T> {
    /// An empty pacer; the far end is silent. A zero `frame_ms` is taken as 1.
    pub fn new(config: PacerConfig) -> Pacer<T> {
        Pacer {
            config: PacerConfig { frame_ms: config.frame_ms.max(1), ..config },
            queue: VecDeque::new(),
            plays_until_ms: 0,
            stretches: VecDeque::new(),
            heard: VecDeque::new(),
        }
    }

    /// Adds a frame of `reply` to the end of the queue.
    pub fn push(&mut self, now_ms: u64, reply: u64, frame: T) -> Result<(), PacerFull<T>> {
        if self.queue.len() >= self.config.queue_frames_max {
            return Err(PacerFull { frame, queue_frames_max: self.config.queue_frames_max });
        }
        self.queue.push_back(Waiting { reply, frame, pushed_ms: now_ms });
        Ok(())
    }

    /// How many frames may leave now.
    pub fn due(&self, now_ms: u64) -> usize {
        let ahead_ms = self.plays_until_ms.saturating_sub(now_ms);
        let room = self.config.ahead_ms_max.saturating_sub(ahead_ms) / self.config.frame_ms;
        let at_least = usize::from(ahead_ms == 0);
        usize::try_from(room).unwrap_or(usize::MAX).max(at_least).min(self.queue.len())
    }

    /// When the frame at the front may leave, in ms; `None` if nothing waits. A time already past means at once.
    pub fn next_due_ms(&self) -> Option<u64> {
        let front = self.queue.front()?;
        // One frame may always be on its way: with a tiny bound it leaves when the far end runs dry.
        let ahead_ms = self.config.ahead_ms_max.max(self.config.frame_ms);
        let window_opens_ms = (self.plays_until_ms + self.config.frame_ms).saturating_sub(ahead_ms);
        Some(window_opens_ms.max(front.pushed_ms))
    }

    /// Takes the frame at the front if it may leave now. Call until it gives `None`.
    pub fn pop_due(&mut self, now_ms: u64) -> Option<Due<T>> {
        let due_ms = self.next_due_ms()?;
        if due_ms > now_ms {
            return None;
        }
        let Waiting { reply, frame, .. } = self.queue.pop_front()?;
        let plays_at_ms = self.plays_until_ms.max(now_ms);
        let continues = self.stretches.back().is_some_and(|last| last.reply == reply);
        let gap_ms = if continues { plays_at_ms - self.plays_until_ms } else { 0 };
        self.plays_until_ms = plays_at_ms + self.config.frame_ms;
        self.record(reply, plays_at_ms);
        self.settle(now_ms);
        Some(Due { reply, frame, late_ms: now_ms - due_ms, plays_at_ms, gap_ms })
    }

    /// How much of `reply` the far end has really played by `now_ms`, in ms; what was only sent ahead does not count.
    pub fn played_ms(&self, reply: u64, now_ms: u64) -> u64 {
        let ended: u64 = self.heard.iter().filter(|(id, _)| *id == reply).map(|(_, ms)| ms).sum();
        let running = self.stretches.iter().filter(|stretch| stretch.reply == reply);
        ended + running.map(|stretch| stretch.played_ms(now_ms)).sum::<u64>()
    }

    /// Sound of `reply` that the caller has yet to hear, in ms: waiting here or sent ahead.
    pub fn unheard_ms(&self, reply: u64, now_ms: u64) -> u64 {
        let waiting = self.queue.iter().filter(|waiting| waiting.reply == reply).count() as u64;
        let sent = self.stretches.iter().filter(|stretch| stretch.reply == reply);
        waiting * self.config.frame_ms + sent.map(|stretch| stretch.unheard_ms(now_ms)).sum::<u64>()
    }

    /// The reply that the caller is hearing at `now_ms`.
    pub fn playing(&self, now_ms: u64) -> Option<u64> {
        let stretch = self
            .stretches
            .iter()
            .find(|stretch| stretch.start_ms <= now_ms && now_ms < stretch.end_ms)?;
        Some(stretch.reply)
    }

    /// True when nothing waits and the far end has played all that was sent.
    pub fn idle(&self, now_ms: u64) -> bool {
        self.queue.is_empty() && self.plays_until_ms <= now_ms
    }

    /// When the far end will have played all that was sent so far, in ms.
    pub fn plays_until_ms(&self) -> u64 {
        self.plays_until_ms
    }

    /// Frames that wait here.
    pub fn queued(&self) -> usize {
        self.queue.len()
    }

    /// Takes back all frames that wait here, in order; what was sent is not touched.
    pub fn drain(&mut self) -> impl Iterator<Item = T> + '_ {
        self.queue.drain(..).map(|waiting| waiting.frame)
    }

    /// Stops at once: drops all that waits and counts all that was sent ahead as not heard, because the far end is told
    /// to drop it too. `None` if the caller had nothing left to hear.
    pub fn clear(&mut self, now_ms: u64) -> Option<Cleared> {
        if self.idle(now_ms) {
            return None;
        }
        let ahead_ms = self.plays_until_ms.saturating_sub(now_ms);
        let dropped_ms = ahead_ms + self.queue.len() as u64 * self.config.frame_ms;
        let next_sent = self
            .stretches
            .iter()
            .find(|stretch| stretch.end_ms > now_ms)
            .map(|stretch| stretch.reply);
        let reply = next_sent.or_else(|| self.queue.front().map(|waiting| waiting.reply))?;
        self.queue.clear();
        for stretch in &mut self.stretches {
            stretch.end_ms = stretch.end_ms.min(now_ms.max(stretch.start_ms));
        }
        // What had not begun is gone without trace; the rest keeps what was heard of it.
        self.stretches.retain(|stretch| stretch.end_ms > stretch.start_ms);
        self.plays_until_ms = self.plays_until_ms.min(now_ms);
        self.settle(now_ms);
        Some(Cleared { reply, played_ms: self.played_ms(reply, now_ms), dropped_ms })
    }

    /// Adds one frame to the far end's schedule.
    fn record(&mut self, reply: u64, start_ms: u64) {
        let end_ms = start_ms + self.config.frame_ms;
        match self.stretches.back_mut() {
            Some(last) if last.reply == reply && last.end_ms == start_ms => last.end_ms = end_ms,
            _ => self.stretches.push_back(Stretch { reply, start_ms, end_ms }),
        }
    }

    /// Moves stretches that have ended into `heard`. The newest stays, so that a late frame of its reply is known as such.
    fn settle(&mut self, now_ms: u64) {
        while self.stretches.len() > 1 && self.stretches[0].end_ms <= now_ms {
            let Some(stretch) = self.stretches.pop_front() else { break };
            let length_ms = stretch.end_ms - stretch.start_ms;
            match self.heard.iter_mut().find(|(reply, _)| *reply == stretch.reply) {
                Some((_, ms)) => *ms += length_ms,
                None => self.heard.push_back((stretch.reply, length_ms)),
            }
            if self.heard.len() > REPLIES_REMEMBERED_MAX {
                self.heard.pop_front();
            }
        }
    }
}

impl Stretch {
    fn played_ms(&self, now_ms: u64) -> u64 {
        now_ms.clamp(self.start_ms, self.end_ms) - self.start_ms
    }

    fn unheard_ms(&self, now_ms: u64) -> u64 {
        self.end_ms - now_ms.clamp(self.start_ms, self.end_ms)
    }
}

#[cfg(test)]
mod tests;

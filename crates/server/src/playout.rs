//! The agent's audio on its way to the caller: framed, paced, held and called
//! back.
//!
//! [`hearsay_audio::pacer`] decides when each frame goes out; this adds what
//! an interruption needs: frames that were sent and not yet heard are kept, so
//! that a reply that was held for a mere "mhm" goes on with the next word.

use std::collections::VecDeque;

use hearsay_audio::pacer::{Due, Pacer, PacerConfig};

/// Length of a telephone frame.
pub const FRAME_MS: u64 = 20;
/// How long before it is heard a frame goes out, at most: enough for a network
/// that shakes, and little to call back. The promise is at most 300 ms.
const AHEAD_MS: u64 = 120;

/// The audio of one reply at a time.
pub struct Playout {
    frame_samples: usize,
    pacer: Pacer<Vec<f32>>,
    reply: u64,
    /// Less than a frame.
    partial: Vec<f32>,
    /// Frames that were sent and not yet wholly heard.
    in_flight: VecDeque<(u64, Vec<f32>)>,
    /// Frames kept while the reply is held.
    held: Option<Vec<Vec<f32>>>,
    ended: bool,
    /// The last frame of a reply that was faded out is on its way.
    fading: bool,
}

impl Playout {
    /// Nothing to play, at `rate_hz`.
    pub fn new(rate_hz: u32) -> Self {
        let config =
            PacerConfig { frame_ms: FRAME_MS, ahead_ms_max: AHEAD_MS, ..PacerConfig::default() };
        Self {
            frame_samples: (u64::from(rate_hz) * FRAME_MS / 1000) as usize,
            pacer: Pacer::new(config),
            reply: 0,
            partial: Vec::new(),
            in_flight: VecDeque::new(),
            held: None,
            ended: true,
            fading: false,
        }
    }

    /// A new reply begins; whatever was left of the last is forgotten, but for the end of a
    /// [`Playout::fade_out`] that is still being heard.
    pub fn begin(&mut self, now_ms: u64, reply: u64) {
        if self.fading {
            self.in_flight.clear();
            self.fading = false;
        } else {
            self.clear(now_ms);
        }
        self.reply = reply;
        self.ended = false;
    }

    /// More audio of the reply. False when it is too much: what came is lost.
    pub fn push(&mut self, now_ms: u64, samples: &[f32]) -> bool {
        self.partial.extend_from_slice(samples);
        let mut taken = true;
        while self.partial.len() >= self.frame_samples {
            let rest = self.partial.split_off(self.frame_samples);
            let frame = std::mem::replace(&mut self.partial, rest);
            taken &= self.queue(now_ms, frame);
        }
        taken
    }

    /// The reply has no more audio.
    pub fn end(&mut self, now_ms: u64) {
        if !self.partial.is_empty() {
            let mut last = std::mem::take(&mut self.partial);
            last.resize(self.frame_samples, 0.0);
            // One frame over the bound would be lost at the end of minutes of
            // speech; the reply still ends.
            self.queue(now_ms, last);
        }
        self.ended = true;
    }

    fn queue(&mut self, now_ms: u64, frame: Vec<f32>) -> bool {
        match &mut self.held {
            Some(held) if held.len() < PacerConfig::default().queue_frames_max => {
                held.push(frame);
                true
            }
            Some(_) => false,
            None => self.pacer.push(now_ms, self.reply, frame).is_ok(),
        }
    }

    /// Drops all audio, sent or not.
    pub fn clear(&mut self, now_ms: u64) {
        self.pacer.clear(now_ms);
        self.partial.clear();
        self.in_flight.clear();
        self.held = None;
        self.ended = true;
        self.fading = false;
    }

    /// Holds the audio. True when sent audio must be called back from the
    /// line: it is kept and goes out again after [`Playout::resume`].
    pub fn pause(&mut self, now_ms: u64) -> bool {
        if self.held.is_some() {
            return false;
        }
        let called_back = self.in_flight.iter().any(|(at, _)| at + FRAME_MS > now_ms);
        // A frame of which most was heard is not worth hearing again.
        let unheard = |(at, frame): (u64, Vec<f32>)| (now_ms < at + FRAME_MS / 2).then_some(frame);
        let mut held: Vec<_> = self.in_flight.drain(..).filter_map(unheard).collect();
        held.extend(self.pacer.drain());
        self.pacer.clear(now_ms);
        self.held = Some(held);
        called_back
    }

    /// Ends the reply without a click: what is being heard goes on for one more frame, which falls
    /// to silence, and the rest is dropped. The frame is due at once. True when sent audio must be
    /// called back from the line before that frame goes out.
    pub fn fade_out(&mut self, now_ms: u64) -> bool {
        let called_back =
            self.held.is_none() && self.in_flight.iter().any(|(at, _)| at + FRAME_MS > now_ms);
        let tail = if called_back { self.tail(now_ms) } else { Vec::new() };
        self.clear(now_ms);
        if !tail.is_empty() {
            // The pacer was emptied just now, so there is room.
            self.fading = self.pacer.push(now_ms, self.reply, faded(tail)).is_ok();
        }
        called_back
    }

    /// A frame's length of what is heard from now on; silence where there is less.
    fn tail(&mut self, now_ms: u64) -> Vec<f32> {
        let mut heard_next = self.in_flight.iter().skip_while(|(at, _)| at + FRAME_MS <= now_ms);
        let Some((at, first)) = heard_next.next() else { return Vec::new() };
        let Some(into_ms) = now_ms.checked_sub(*at) else { return Vec::new() };
        let skipped = self.frame_samples * into_ms as usize / FRAME_MS as usize;
        let mut tail = first[skipped.min(first.len())..].to_vec();
        if let Some((_, next)) = heard_next.next() {
            tail.extend_from_slice(next);
        } else if let Some(next) = self.pacer.drain().next() {
            tail.extend(next);
        }
        tail.resize(self.frame_samples, 0.0);
        tail
    }

    /// Goes on after [`Playout::pause`].
    pub fn resume(&mut self, now_ms: u64) {
        for frame in self.held.take().into_iter().flatten() {
            self.queue(now_ms, frame);
        }
    }

    /// The next frame if it is time to send it.
    pub fn pop_due(&mut self, now_ms: u64) -> Option<Due<Vec<f32>>> {
        while self.in_flight.front().is_some_and(|(at, _)| at + FRAME_MS <= now_ms) {
            self.in_flight.pop_front();
        }
        let due = self.pacer.pop_due(now_ms)?;
        self.in_flight.push_back((due.plays_at_ms, due.frame.clone()));
        Some(due)
    }

    /// When something changes next: a frame is due or has been heard.
    pub fn next_wake_ms(&self, now_ms: u64) -> Option<u64> {
        let playing = self.pacer.plays_until_ms() > now_ms;
        let heard = playing.then(|| (now_ms + FRAME_MS).min(self.pacer.plays_until_ms()));
        self.pacer.next_due_ms().into_iter().chain(heard).min()
    }

    /// How much of the reply has been heard, ms.
    pub fn played_ms(&self, now_ms: u64) -> u64 {
        self.pacer.played_ms(self.reply, now_ms)
    }

    /// The reply is complete and has been heard to its end.
    pub fn is_finished(&self, now_ms: u64) -> bool {
        self.ended && self.held.is_none() && self.pacer.idle(now_ms)
    }

    /// The caller hears the agent at this moment.
    pub fn is_audible(&self, now_ms: u64) -> bool {
        self.pacer.playing(now_ms).is_some()
    }

    /// Audio not yet heard, ms.
    pub fn backlog_ms(&self, now_ms: u64) -> u64 {
        let held = self.held.as_ref().map_or(0, Vec::len) as u64 * FRAME_MS;
        held + self.pacer.unheard_ms(self.reply, now_ms)
    }
}

/// The frame with a gain that falls from 1 to 0 along half a cosine, so that neither end has a
/// corner.
fn faded(mut frame: Vec<f32>) -> Vec<f32> {
    let step = std::f32::consts::PI / frame.len().max(1) as f32;
    for (index, sample) in frame.iter_mut().enumerate() {
        *sample *= 0.5 + 0.5 * (step * (index + 1) as f32).cos();
    }
    frame
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(playout: &mut Playout, now_ms: u64) -> Vec<u64> {
        std::iter::from_fn(|| playout.pop_due(now_ms)).map(|due| due.plays_at_ms).collect()
    }

    fn second_of_reply(playout: &mut Playout) {
        playout.begin(0, 1);
        assert!(playout.push(0, &[0.5; 8000]));
        playout.end(0);
    }

    #[test]
    fn sends_a_little_ahead_and_then_keeps_pace() {
        let mut playout = Playout::new(8000);
        second_of_reply(&mut playout);
        assert_eq!(frames(&mut playout, 0), [0, 20, 40, 60, 80, 100]);
        assert_eq!(playout.next_wake_ms(5), Some(20));
        assert_eq!(frames(&mut playout, 20), [120]);
        assert_eq!(playout.played_ms(25), 25);
        assert!(playout.is_audible(25));
        for now_ms in (40..1000).step_by(20) {
            frames(&mut playout, now_ms);
            assert!(!playout.is_finished(now_ms));
        }
        assert!(playout.is_finished(1000));
        assert_eq!(playout.played_ms(2000), 1000);
    }

    #[test]
    fn a_pause_calls_back_what_was_not_heard() {
        let mut playout = Playout::new(8000);
        second_of_reply(&mut playout);
        frames(&mut playout, 0);
        assert!(playout.pause(47));
        assert!(!playout.is_audible(60));
        assert!(!playout.is_finished(5000), "what is held is still to be said");
        assert_eq!(frames(&mut playout, 100), Vec::<u64>::new());
        assert_eq!(playout.backlog_ms(100), 1000 - 40, "two frames were heard");
        playout.resume(300);
        assert_eq!(frames(&mut playout, 300)[0], 300);
        assert_eq!(playout.played_ms(320), 47 + 20);
        assert!(!playout.pause(2000) || playout.backlog_ms(2000) > 0);
    }

    /// A second of a 300 Hz tone at 8 kHz.
    fn tone() -> Vec<f32> {
        let phase = |i: usize| std::f32::consts::TAU * 300.0 * i as f32 / 8000.0;
        (0..8000).map(|i| 0.5 * phase(i).sin()).collect()
    }

    fn largest_step(samples: &[f32]) -> f32 {
        samples.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max)
    }

    #[test]
    fn a_fade_goes_on_where_the_caller_is_and_ends_in_silence_without_a_click() {
        for cut_ms in [20, 27, 33, 39, 40, 113] {
            let mut playout = Playout::new(8000);
            playout.begin(0, 1);
            assert!(playout.push(0, &tone()));
            for now_ms in 0..=cut_ms {
                while playout.pop_due(now_ms).is_some() {}
            }
            assert!(playout.fade_out(cut_ms));
            let due = playout.pop_due(cut_ms).unwrap();
            assert_eq!((due.plays_at_ms, due.frame.len()), (cut_ms, 160));
            assert!(playout.pop_due(cut_ms + 500).is_none(), "the rest is gone");
            let mut heard = tone()[..8 * cut_ms as usize].to_vec();
            heard.extend(&due.frame);
            heard.extend([0.0; 160]);
            let step = largest_step(&heard);
            assert!(step <= largest_step(&tone()) * 1.001, "cut at {cut_ms}: a step of {step}");
        }
        // At the top of a wave, a quarter of a period after 20 ms.
        let cut_hard = [&tone()[..168], &[0.0]].concat();
        assert!(largest_step(&cut_hard) > 4.0 * largest_step(&tone()), "a hard cut clicks");
    }

    #[test]
    fn the_answer_follows_the_fade_at_once() {
        let mut playout = Playout::new(8000);
        second_of_reply(&mut playout);
        frames(&mut playout, 0);
        assert!(playout.fade_out(50));
        assert_eq!(frames(&mut playout, 50), [50]);
        playout.begin(50, 2);
        assert!(playout.push(50, &[0.5; 480]));
        assert_eq!(frames(&mut playout, 50), [70, 90, 110]);
        assert_eq!(playout.played_ms(80), 10, "the fade is no part of the answer");
    }

    #[test]
    fn a_reply_that_has_not_begun_leaves_no_fade() {
        let mut playout = Playout::new(8000);
        second_of_reply(&mut playout);
        assert!(!playout.fade_out(0));
        assert_eq!(frames(&mut playout, 100), Vec::<u64>::new());
        second_of_reply(&mut playout);
        frames(&mut playout, 0);
        playout.pause(47);
        assert!(!playout.fade_out(60), "a held reply is silent already");
        assert!(playout.is_finished(60));
    }

    #[test]
    fn a_short_last_frame_is_filled_with_silence() {
        let mut playout = Playout::new(8000);
        playout.begin(0, 1);
        playout.push(0, &[0.5; 100]);
        assert_eq!(frames(&mut playout, 0), Vec::<u64>::new());
        playout.end(0);
        let due = playout.pop_due(0).unwrap();
        assert_eq!((due.frame.len(), due.frame[99], due.frame[100]), (160, 0.5, 0.0));
    }
}

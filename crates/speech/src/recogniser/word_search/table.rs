//! The hypotheses of the next frame, found by place, with a floor that rises as better ones come.

use super::super::trace::Trace;
use super::{Hypothesis, Place, log_add};

/// Slots at first; a power of two.
const SLOTS_MIN: usize = 4096;

/// A slot of the hash table.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    /// The frame that wrote it: older slots are empty.
    stamp: u32,
    /// Index in the list.
    at: u32,
}

/// Hypotheses under way. Its buffers are kept between frames and not copied with an utterance.
#[derive(Debug, Default)]
pub(super) struct Table {
    slots: Vec<Slot>,
    stamp: u32,
    list: Vec<(f32, Hypothesis)>,
    /// Ranks to find the bound for pruning with.
    ranks: Vec<f32>,
    best: f32,
    margin: f32,
}

impl Clone for Table {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Table {
    /// Empties the table; hypotheses `margin` nats behind the best will not be taken.
    pub fn clear(&mut self, margin: f32) {
        if self.slots.is_empty() || self.stamp == u32::MAX {
            self.slots = vec![Slot::default(); self.slots.len().max(SLOTS_MIN)];
            self.stamp = 0;
        }
        self.stamp += 1;
        self.list.clear();
        self.best = f32::NEG_INFINITY;
        self.margin = margin;
    }

    /// The rank that a hypothesis needs to be taken.
    pub fn floor(&self) -> f32 {
        self.best - self.margin
    }

    /// Takes a hypothesis, or merges it with one at the same place: the same words add up, of
    /// different words the better stay.
    pub fn add(&mut self, trace: &Trace, new: Hypothesis, rank: f32) {
        if rank.is_nan() || rank < self.floor() {
            return;
        }
        self.best = self.best.max(rank);
        let slot = self.slot(new.place);
        if self.slots[slot].stamp != self.stamp {
            self.slots[slot] = Slot { stamp: self.stamp, at: self.list.len() as u32 };
            self.list.push((rank, new));
            if self.list.len() * 2 > self.slots.len() {
                self.grow();
            }
            return;
        }
        let (old_rank, old) = &mut self.list[self.slots[slot].at as usize];
        let same = old.link == new.link || trace.hash(old.link) == trace.hash(new.link);
        let (blank, phone) = (log_add(old.blank, new.blank), log_add(old.phone, new.phone));
        if rank > *old_rank {
            (*old_rank, *old) = (rank, new);
        }
        if same {
            let before = old.score();
            (old.blank, old.phone) = (blank, phone);
            *old_rank += old.score() - before;
            self.best = self.best.max(*old_rank);
        }
    }

    /// The slot of a place, or an empty one where it belongs.
    fn slot(&self, place: Place) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = hash(place) as usize & mask;
        loop {
            let slot = self.slots[at];
            let free = slot.stamp != self.stamp;
            if free || self.list[slot.at as usize].1.place == place {
                return at;
            }
            at = (at + 1) & mask;
        }
    }

    fn grow(&mut self) {
        self.slots = vec![Slot::default(); self.slots.len() * 2];
        self.stamp = 1;
        for at in 0..self.list.len() {
            let slot = self.slot(self.list[at].1.place);
            self.slots[slot] = Slot { stamp: 1, at: at as u32 };
        }
    }

    /// Moves the best into `out`, at most about `count` of them, their scores relative to the best.
    pub fn take(&mut self, out: &mut Vec<Hypothesis>, count: usize) {
        out.clear();
        let mut floor = self.floor();
        self.ranks.clear();
        self.ranks.extend(self.list.iter().map(|(rank, _)| *rank).filter(|&rank| rank >= floor));
        if self.ranks.len() > count {
            let at = self.ranks.len() - count;
            let (_, bound, _) = self.ranks.select_nth_unstable_by(at, f32::total_cmp);
            floor = floor.max(*bound);
        }
        for (rank, hypothesis) in &self.list {
            if *rank >= floor && out.len() < count {
                let (blank, phone) = (hypothesis.blank - self.best, hypothesis.phone - self.best);
                out.push(Hypothesis { blank, phone, ..*hypothesis });
            }
        }
    }
}

fn hash(place: Place) -> u64 {
    let key = u64::from(place.node) << 32 | u64::from(place.history);
    let key = key ^ u64::from(place.bias).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    let key = key.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    key ^ key >> 29
}

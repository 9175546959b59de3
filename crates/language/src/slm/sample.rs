//! Choosing a token from logits: the likeliest, or at random by temperature and
//! top-p (Holtzman et al. 2020), the same for the same seed.

use super::float::{exp, largest};

/// How tokens are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Sampling {
    /// Always the likeliest; of equals the one with the lowest number.
    #[default]
    Greedy,
    /// At random.
    Random {
        /// Above 1 flatter, below 1 sharper; 0 and less is greedy.
        temperature: f32,
        /// Only the likeliest tokens that have this probability together, 0 to 1.
        top_p: f32,
        /// The same seed gives the same choices.
        seed: u64,
    },
}

/// Less likely than the likeliest by this factor's logarithm is not chosen.
const FAR: f32 = 20.0;

/// Chooses tokens, one after the other.
#[derive(Debug)]
pub(super) struct Sampler {
    sampling: Sampling,
    state: u64,
    /// (logit, token), scratch.
    candidates: Vec<(f32, u32)>,
}

impl Sampler {
    pub(super) fn new(sampling: Sampling) -> Self {
        let state = match sampling {
            Sampling::Random { seed, .. } => seed,
            Sampling::Greedy => 0,
        };
        Self { sampling, state, candidates: Vec::new() }
    }

    /// One of all tokens.
    pub(super) fn choose_any(&mut self, logits: &[f32]) -> Option<u32> {
        match self.sampling {
            Sampling::Greedy => Some(likeliest(logits)),
            Sampling::Random { .. } => self.choose(logits, |_| true),
        }
    }

    /// One of the tokens that `is_allowed` names, or none if there are none.
    pub(super) fn choose(
        &mut self,
        logits: &[f32],
        is_allowed: impl Fn(u32) -> bool,
    ) -> Option<u32> {
        let allowed = || logits.iter().copied().zip(0..).filter(|&(_, token)| is_allowed(token));
        let best = |best: Option<(f32, u32)>, next: (f32, u32)| match best {
            Some(best) if next.0 > best.0 || best.0.is_nan() => Some(next),
            Some(best) => Some(best),
            None => Some(next),
        };
        let (most, token) = allowed().fold(None, best)?;
        let Sampling::Random { temperature, top_p, .. } = self.sampling else { return Some(token) };
        if temperature.is_nan() || temperature <= 0.0 || !most.is_finite() {
            return Some(token);
        }
        self.candidates.clear();
        self.candidates.extend(allowed().filter(|&(logit, _)| (most - logit) / temperature < FAR));
        self.candidates.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        for (logit, _) in &mut self.candidates {
            *logit = exp((*logit - most) / temperature);
        }
        let total: f32 = self.candidates.iter().map(|(weight, _)| weight).sum();
        let mut nucleus = 0.0;
        let kept = self.candidates.iter().take_while(|(weight, _)| {
            let wanted = nucleus < top_p * total || nucleus == 0.0;
            nucleus += weight;
            wanted
        });
        let kept = kept.count();
        let within: f32 = self.candidates[..kept].iter().map(|(weight, _)| weight).sum();
        let mut left = self.random() * within;
        for &(weight, token) in &self.candidates[..kept] {
            left -= weight;
            if left < 0.0 {
                return Some(token);
            }
        }
        self.candidates.get(kept.saturating_sub(1)).map(|&(_, token)| token)
    }

    /// From 0 up to 1: SplitMix64 (Steele et al. 2014).
    fn random(&mut self) -> f32 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.state;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((x ^ (x >> 31)) >> 40) as f32 / 16_777_216.0
    }
}

/// The token with the largest logit; of equals the first.
pub(super) fn likeliest(logits: &[f32]) -> u32 {
    let most = largest(logits);
    let found = logits.iter().zip(0..).find(|(logit, _)| **logit == most);
    found.map_or(0, |(_, token)| token)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOGITS: [f32; 5] = [1.0, 3.0, 3.0, f32::NAN, -2.0];

    #[test]
    fn greedy_takes_the_first_of_the_largest_that_is_allowed() {
        assert_eq!((likeliest(&LOGITS), likeliest(&[f32::NAN; 20])), (1, 0));
        let mut greedy = Sampler::new(Sampling::Greedy);
        assert_eq!(greedy.choose(&LOGITS, |token| token != 1), Some(2));
        assert_eq!(greedy.choose(&LOGITS, |token| token > 2), Some(4), "not a number loses");
        assert_eq!(greedy.choose(&LOGITS, |_| false), None);
    }

    #[test]
    fn random_choices_follow_their_probabilities() {
        let logits = [2.0_f32.ln(), 1.0_f32.ln(), 1.0_f32.ln(), -60.0];
        let count = |top_p| {
            let sampling = Sampling::Random { temperature: 1.0, top_p, seed: 7 };
            let mut sampler = Sampler::new(sampling);
            let mut counts = [0; 4];
            for _ in 0..4000 {
                counts[sampler.choose(&logits, |_| true).unwrap() as usize] += 1;
            }
            counts
        };
        let all = count(1.0);
        assert!((1850..2150).contains(&all[0]) && (850..1150).contains(&all[1]), "{all:?}");
        assert_eq!(all[3], 0);
        assert_eq!(count(0.5), [4000, 0, 0, 0], "the first one has half");
        assert_eq!(count(0.0), [4000, 0, 0, 0], "one always stays");
        assert_eq!(count(0.7)[2], 0);
    }

    #[test]
    fn the_same_seed_gives_the_same_choices() {
        let run = |seed| {
            let sampling = Sampling::Random { temperature: 0.8, top_p: 0.95, seed };
            let mut sampler = Sampler::new(sampling);
            (0..20).map(|_| sampler.choose(&[0.0; 50], |_| true)).collect::<Vec<_>>()
        };
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
    }
}

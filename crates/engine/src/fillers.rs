//! Fillers made ahead of time: short sounds that must be heard at once when an answer is late.
//!
//! The cache holds finished sound by voice, speed, text and rate, made once by the same
//! [`SpeechStream`] that says everything else, or without a model where the filler is a
//! breath. It does not know when a filler is said.

use std::collections::{HashMap, VecDeque};
use std::f32::consts::{PI, TAU};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use hearsay_text::pii::Pii;

use crate::event::EngineEvent;
use crate::lanes::{Lane, Priority, lock};
use crate::speak::SpeakRequest;
use crate::speech::{SpeechOptions, SpeechStream};
use crate::{EngineError, Models};

/// The filler that is a breath taken in and no word.
pub const BREATH: &str = "[breath]";
/// Most fillers kept, over all voices and rates.
const FILLERS_MAX: usize = 256;
/// Longest filler kept, ms; a longer one is made when it is said.
const FILLER_MS_MAX: u64 = 6_000;

/// Length of a breath, ms: it rises, and falls a little faster.
const BREATH_MS: u64 = 350;
const BREATH_RISE_MS: u64 = 190;
/// Level of a breath, RMS: -32 dBFS.
const BREATH_LEVEL: f32 = 0.025_118_865;
/// Resonances of a half-open mouth that draws in air: Hz, width in Hz, share.
const RESONANCES: [(f32, f32, f32); 3] =
    [(750.0, 500.0, 0.6), (1500.0, 700.0, 1.0), (2500.0, 900.0, 0.7)];

/// A filler that a voice may have to say.
#[derive(Debug, Clone, PartialEq)]
pub struct FillerWish {
    /// The voice's name.
    pub voice: String,
    /// 0.5 to 2, 1 is normal.
    pub speed: f32,
    /// The words, or [`BREATH`].
    pub text: String,
}

/// Everything that the sound depends on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    voice: String,
    speed: u32,
    text: String,
    rate_hz: u32,
}

/// One filler as it is played.
#[derive(Debug, Default)]
struct Filler {
    samples: Vec<f32>,
    /// Words with their times from the first sample, ms.
    words: Vec<(String, u64, u64)>,
    duration_ms: u64,
}

/// Finished fillers, shared by all calls; one being made is there without its sound.
#[derive(Debug, Default)]
pub(crate) struct FillerCache {
    made: Mutex<HashMap<Key, Option<Arc<Filler>>>>,
}

impl FillerCache {
    /// Says what is asked for at once if it is there; false if it must be made.
    pub(crate) fn say(
        &self,
        request: &SpeakRequest,
        rate_hz: u32,
        asked: Instant,
        emit: &mut dyn FnMut(EngineEvent),
    ) -> bool {
        let SpeakRequest { reply, text, voice, speed } = request;
        let Some(filler) = self.find(Key::new(voice, *speed, text.expose(), rate_hz)) else {
            return false;
        };
        let (reply, duration_ms) = (*reply, filler.duration_ms);
        emit(EngineEvent::Planned { reply, part: 0, words: filler.words.clone(), duration_ms });
        let (samples, first_after) = (filler.samples.clone(), Some(asked.elapsed()));
        emit(EngineEvent::Audio { reply, samples, first_after });
        emit(EngineEvent::Spoken { reply });
        true
    }

    fn find(&self, key: Key) -> Option<Arc<Filler>> {
        if key.text == BREATH {
            return Some(Arc::new(Filler {
                samples: breath(key.rate_hz),
                words: Vec::new(),
                duration_ms: BREATH_MS,
            }));
        }
        lock(&self.made).get(&key).cloned().flatten()
    }

    /// Notes that somebody makes this filler; false if it is there, under way or one too many.
    fn begin(&self, key: &Key) -> bool {
        let mut made = lock(&self.made);
        let wanted = key.text != BREATH && made.len() < FILLERS_MAX && !made.contains_key(key);
        if wanted {
            made.insert(key.clone(), None);
        }
        wanted
    }

    fn keep(&self, key: Key, filler: Filler) {
        lock(&self.made).insert(key, Some(Arc::new(filler)));
    }
}

impl Key {
    fn new(voice: &str, speed: f32, text: &str, rate_hz: u32) -> Self {
        Self { voice: voice.to_owned(), speed: speed.to_bits(), text: text.to_owned(), rate_hz }
    }
}

/// Fillers on their way into the cache, a piece of sound at a time, so that no call waits for
/// more than one.
pub(crate) struct Preparation {
    models: Arc<Models>,
    cache: Arc<FillerCache>,
    waiting: VecDeque<Key>,
    current: Option<(Key, SpeechStream, Filler)>,
}

impl Preparation {
    /// Those of `wishes` that nobody has made yet.
    pub(crate) fn new(
        models: Arc<Models>,
        cache: Arc<FillerCache>,
        wishes: &[FillerWish],
        rate_hz: u32,
    ) -> Self {
        let keys = wishes.iter().map(|wish| Key::new(&wish.voice, wish.speed, &wish.text, rate_hz));
        let waiting = keys.filter(|key| cache.begin(key)).collect();
        Self { models, cache, waiting, current: None }
    }

    /// Makes piece after piece on the workers, behind everything that a caller waits for.
    pub(crate) fn go_on(mut self, lane: Lane) {
        if self.waiting.is_empty() && self.current.is_none() {
            return;
        }
        let next = lane.clone();
        // Nothing else is in the lane: there is room.
        let _ = lane.push(Priority::Ahead, move || {
            // One that cannot be made now is made when it is said, and its error told then.
            if self.step().is_err() {
                self.current = None;
            }
            self.go_on(next);
        });
    }

    fn step(&mut self) -> Result<(), EngineError> {
        if self.current.is_none() {
            let Some(key) = self.waiting.pop_front() else { return Ok(()) };
            let stream = stream(&self.models, &key)?;
            self.current = Some((key, stream, Filler::default()));
        }
        let Some((key, mut stream, mut filler)) = self.current.take() else { return Ok(()) };
        match stream.next_piece()? {
            Some(piece) => {
                filler.samples.extend(piece.samples);
                let words = piece.words.into_iter();
                filler.words.extend(words.map(|word| (word.text, word.start_ms, word.end_ms)));
                filler.duration_ms += piece.sentence.map_or(0, |sentence| sentence.duration_ms);
                if filler.duration_ms <= FILLER_MS_MAX {
                    self.current = Some((key, stream, filler));
                }
            }
            None => self.cache.keep(key, filler),
        }
        Ok(())
    }
}

fn stream(models: &Arc<Models>, key: &Key) -> Result<SpeechStream, EngineError> {
    let request = SpeakRequest {
        reply: 0,
        text: Pii::new(key.text.clone()),
        voice: key.voice.clone(),
        speed: f32::from_bits(key.speed),
    };
    said(models, request, key.rate_hz)
}

/// A request as a stream whose text is complete: the one way in which a call says something.
pub(crate) fn said(
    models: &Arc<Models>,
    request: SpeakRequest,
    rate_hz: u32,
) -> Result<SpeechStream, EngineError> {
    let options = SpeechOptions {
        voice: request.voice,
        speed: request.speed,
        sample_rate_hz: rate_hz,
        ..SpeechOptions::of(models)
    };
    let mut stream = SpeechStream::open(models.clone(), options)?;
    stream.push_text(request.text.expose())?;
    stream.finish_text();
    Ok(stream)
}

/// A breath taken in, at `rate_hz`: noise through the resonances of a mouth, always the same.
fn breath(rate_hz: u32) -> Vec<f32> {
    let samples_of = |ms: u64| (u64::from(rate_hz) * ms / 1000) as usize;
    let noise = noise(samples_of(BREATH_MS));
    let mut sound = vec![0.0; noise.len()];
    for (hz, width_hz, share) in RESONANCES {
        resonate(&noise, hz / rate_hz as f32, width_hz / rate_hz as f32, share, &mut sound);
    }
    let (rise, length) = (samples_of(BREATH_RISE_MS).max(1), sound.len());
    for (index, sample) in sound.iter_mut().enumerate() {
        let along = if index < rise {
            index as f32 / rise as f32
        } else {
            (length - 1 - index) as f32 / (length - rise) as f32
        };
        *sample *= (0.5 * PI * along).sin().powi(2);
    }
    let power = sound.iter().map(|x| x * x).sum::<f32>() / length.max(1) as f32;
    let gain = if power > 0.0 { BREATH_LEVEL / power.sqrt() } else { 0.0 };
    sound.iter_mut().for_each(|sample| *sample *= gain);
    sound
}

/// Adds what a resonance at `centre` (in cycles a sample) makes of the noise: two poles, and
/// zeros at both ends of the band.
fn resonate(noise: &[f32], centre: f32, width: f32, share: f32, sound: &mut [f32]) {
    let radius = (-PI * width).exp();
    let (a1, a2) = (2.0 * radius * (TAU * centre).cos(), -radius * radius);
    let gain = share * (1.0 - radius * radius) / 2.0;
    let (mut x1, mut x2, mut y1, mut y2) = (0.0, 0.0, 0.0, 0.0);
    for (&x, out) in noise.iter().zip(sound) {
        let y = gain * (x - x2) + a1 * y1 + a2 * y2;
        (x2, x1, y2, y1) = (x1, x, y1, y);
        *out += y;
    }
}

/// White noise in [-1, 1), always the same (xorshift32, Marsaglia 2003).
fn noise(length: usize) -> Vec<f32> {
    let mut state = 0x9E37_79B9_u32;
    let next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as f32 / 2f32.powi(31) - 1.0
    };
    std::iter::repeat_with(next).take(length).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Power at a frequency, of a sound at `rate_hz`.
    fn power_at(sound: &[f32], hz: f32, rate_hz: u32) -> f32 {
        let turn = |i: usize| TAU * hz * i as f32 / rate_hz as f32;
        let (cos, sin) = sound.iter().enumerate().fold((0.0, 0.0), |(cos, sin), (i, x)| {
            (cos + x * turn(i).cos(), sin + x * turn(i).sin())
        });
        cos * cos + sin * sin
    }

    fn mean_power(sound: &[f32], from_hz: u16, to_hz: u16, rate_hz: u32) -> f32 {
        let band = (from_hz..to_hz).step_by(20);
        let count = band.len() as f32;
        band.map(|hz| power_at(sound, f32::from(hz), rate_hz)).sum::<f32>() / count
    }

    #[test]
    fn a_breath_is_soft_and_lies_where_a_mouth_resounds() {
        for rate_hz in [8000, 16_000, 24_000] {
            let sound = breath(rate_hz);
            assert_eq!(sound.len(), rate_hz as usize * 350 / 1000);
            let power = sound.iter().map(|x| x * x).sum::<f32>() / sound.len() as f32;
            let level_db = 10.0 * power.log10();
            assert!((level_db + 32.0).abs() < 0.1, "{level_db} dBFS");
            let edge = rate_hz as usize / 200;
            let loudest = |part: &[f32]| part.iter().fold(0f32, |most, x| most.max(x.abs()));
            let most = loudest(&sound);
            assert!(most < 0.2, "{most}");
            assert!(loudest(&sound[..edge]) < most / 50.0, "begins softly");
            assert!(loudest(&sound[sound.len() - edge..]) < most / 50.0, "ends softly");
            let inside = mean_power(&sound, 600, 2900, rate_hz);
            assert!(mean_power(&sound, 20, 250, rate_hz) < inside / 10.0, "no rumble");
            assert!(mean_power(&sound, 3600, 3900, rate_hz) < inside / 3.0, "no hiss");
        }
    }

    fn said_by(cache: &FillerCache, text: &str, rate_hz: u32) -> Option<Vec<EngineEvent>> {
        let (text, voice) = (Pii::new(text.to_owned()), "ava".to_owned());
        let request = SpeakRequest { reply: 7, text, voice, speed: 1.0 };
        let mut events = Vec::new();
        let said = cache.say(&request, rate_hz, Instant::now(), &mut |event| events.push(event));
        said.then_some(events)
    }

    #[test]
    fn only_what_is_made_is_said_and_in_whole() {
        let cache = FillerCache::default();
        let key = Key::new("ava", 1.0, "Hmm.", 8000);
        assert!(said_by(&cache, "Hmm.", 8000).is_none());
        assert!(cache.begin(&key) && !cache.begin(&key), "made once");
        assert!(said_by(&cache, "Hmm.", 8000).is_none(), "it is not finished");
        let words = vec![("Hmm.".to_owned(), 10, 280)];
        cache.keep(key, Filler { samples: vec![0.25; 2400], words, duration_ms: 300 });
        assert!(said_by(&cache, "Hmm.", 16_000).is_none(), "another rate is another sound");
        match said_by(&cache, "Hmm.", 8000).unwrap().as_slice() {
            [
                EngineEvent::Planned { reply: 7, part: 0, words, duration_ms: 300 },
                EngineEvent::Audio { reply: 7, samples, first_after: Some(_) },
                EngineEvent::Spoken { reply: 7 },
            ] => assert_eq!((words.len(), samples.len()), (1, 2400)),
            other => panic!("{other:?}"),
        }
        assert_eq!(said_by(&cache, BREATH, 16_000).unwrap().len(), 3, "a breath needs no model");
    }

    #[test]
    fn the_cache_has_a_bound() {
        let cache = FillerCache::default();
        let begun = (0..1000).filter(|n| cache.begin(&Key::new("ava", 1.0, &n.to_string(), 8000)));
        assert_eq!(begun.count(), FILLERS_MAX);
    }
}

//! The ear's promises: one final an utterance, nothing after it, stream times.

use std::sync::{Arc, Mutex};

use hearsay_engine::{Engine, EngineCall, EngineEvent, Formatting, HearCommand, Models};

const RATE_HZ: u32 = 8000;
const FRAME: usize = 160;

/// A call, and what it was told.
struct Call {
    call: EngineCall,
    events: Arc<Mutex<Vec<EngineEvent>>>,
    // Dropping the engine ends its threads.
    _engine: Engine,
}

impl Call {
    fn open() -> Self {
        let models = Arc::new(Models::load().unwrap());
        let intents = Arc::new(models.intents(&[]).unwrap());
        let engine = Engine::start(models, 2).unwrap();
        let events = Arc::new(Mutex::new(Vec::new()));
        let kept = events.clone();
        let sink = Arc::new(move |event| kept.lock().unwrap().push(event));
        let call = engine.open(RATE_HZ, intents, sink).unwrap();
        Self { call, events, _engine: engine }
    }

    fn hear(&self, samples: &[f32]) {
        for frame in samples.chunks(FRAME) {
            self.call.hear(frame.to_vec()).unwrap();
            self.call.wait_idle();
        }
    }

    fn command(&self, command: HearCommand, utterance: u64) {
        self.call.command(command, utterance).unwrap();
    }

    /// What was told since the last time, without the voice.
    fn take(&self) -> Vec<EngineEvent> {
        self.call.wait_idle();
        let mut events = std::mem::take(&mut *self.events.lock().unwrap());
        events.retain(|event| !matches!(event, EngineEvent::Voice { .. }));
        events
    }
}

/// The first turn of the bank's caller with the silence before it, and where it
/// becomes loud, ms.
fn first_turn() -> (Vec<f32>, u64) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/bank/lost-card.wav");
    let wav = hearsay_audio::wav::read(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!(wav.rate_hz, RATE_HZ);
    let loud = wav.samples.iter().position(|x| x.abs() > 0.05).unwrap();
    (wav.samples[..loud + 12_000].to_vec(), loud as u64 / 8)
}

fn sequence(events: &[EngineEvent]) -> Vec<(u64, u64)> {
    let interims = events.iter().filter_map(|event| match event {
        EngineEvent::Interim { utterance, sequence, .. } => Some((*utterance, *sequence)),
        _ => None,
    });
    interims.collect()
}

#[test]
fn an_utterance_has_one_final_and_nothing_after_it() {
    let call = Call::open();
    let (turn, _) = first_turn();
    call.hear(&turn);
    // Asked for three times, in a row and without waiting.
    call.command(HearCommand::Finalize, 1);
    call.command(HearCommand::Finalize, 1);
    call.command(HearCommand::Preview, 1);
    call.command(HearCommand::Discard, 1);
    let first = call.take();
    let finals = first.iter().filter(|event| matches!(event, EngineEvent::Final { .. })).count();
    assert_eq!(finals, 1, "{first:?}");
    assert!(matches!(first.last(), Some(EngineEvent::Final { utterance: 1, .. })), "{first:?}");
    call.hear(&vec![0.0; 8000]);
    call.hear(&turn);
    call.command(HearCommand::Finalize, 2);
    let second = call.take();
    let late = sequence(&second).into_iter().find(|(utterance, _)| *utterance != 2);
    assert_eq!(late, None, "an interim of a closed utterance");
    let numbers: Vec<u64> =
        sequence(&first).into_iter().chain(sequence(&second)).map(|(_, n)| n).collect();
    let expected: Vec<u64> = (1..=numbers.len() as u64).collect();
    assert!(numbers.len() >= 2);
    assert_eq!(numbers, expected, "interims are counted over the call");
}

#[test]
fn times_are_those_of_the_stream() {
    let call = Call::open();
    let (turn, loud_ms) = first_turn();
    call.hear(&turn);
    call.command(HearCommand::Finalize, 1);
    let events = call.take();
    let Some(EngineEvent::Final { transcript, .. }) = events.last() else {
        panic!("no final: {events:?}");
    };
    let length_ms = turn.len() as u64 / 8;
    // The audio before the voice is over a second, of which the recogniser got
    // a third: its own times would be that much earlier.
    assert!(loud_ms > 1_000);
    let begins = transcript.start_ms.abs_diff(loud_ms);
    assert!(begins <= 150, "the voice begins at {} ms", transcript.start_ms);
    assert!(transcript.start_ms < transcript.end_ms && transcript.end_ms <= length_ms);
    assert!(!transcript.words.is_empty());
    let mut at_ms = loud_ms - 300;
    for word in &transcript.words {
        assert!(at_ms <= word.start_ms && word.start_ms <= word.end_ms, "{word:?}");
        assert!(word.end_ms <= length_ms, "{word:?} in {length_ms} ms");
        at_ms = word.start_ms;
    }
    for event in &events {
        if let EngineEvent::Interim { text, stable, start_ms, end_ms, .. } = event {
            assert!(*start_ms == transcript.start_ms && start_ms < end_ms && *end_ms <= length_ms);
            let stable = text.expose().get(..*stable).unwrap();
            assert!(transcript.text.expose().starts_with(stable), "`{stable}` was stable");
        }
    }
}

#[test]
fn raw_words_stay_beside_the_formatted_ones() {
    let models = Models::load().unwrap();
    let words = ["it", "costs", "twenty", "five", "dollars"];
    assert_eq!(models.format(&words, &Formatting::RAW), "it costs twenty five dollars");
    assert!(models.format(&words, &Formatting::default()).contains("$25"));
    assert_eq!(models.format(&[], &Formatting::default()), "");
    if models.punctuator.is_some() {
        let written = models.format(&words, &Formatting::default());
        assert!(written.starts_with("It") && written.ends_with('.'), "{written}");
    }
}

#[test]
fn audio_that_no_microphone_gives_is_survived() {
    let call = Call::open();
    call.hear(&[f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX].repeat(4000));
    call.command(HearCommand::Discard, 1);
    call.hear(&vec![0.0; 4000]);
    call.take();
    call.hear(&first_turn().0);
    call.command(HearCommand::Finalize, 2);
    let events = call.take();
    let failed = events.iter().find(|event| matches!(event, EngineEvent::Failed { .. }));
    assert!(failed.is_none(), "{failed:?}");
    let Some(EngineEvent::Final { transcript, .. }) = events.last() else {
        panic!("no final: {events:?}");
    };
    assert!(!transcript.text.expose().is_empty());
}

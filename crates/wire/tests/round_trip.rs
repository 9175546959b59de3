//! What one side writes the other side reads as the same, and nothing that can be written makes the reader panic.

use hearsay_wire::{Codec, Encoding, Inbound, Outbound, Provider, Start, plivo, twilio};

/// Enough randomness for tests, repeatable from its seed.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }

    fn name(&mut self) -> String {
        const LETTERS: [char; 12] =
            ['a', 'Z', '0', '-', ' ', '"', '\\', '\n', 'é', '語', '<', '\u{0}'];
        (0..1 + self.below(20)).map(|_| LETTERS[self.below(LETTERS.len())]).collect()
    }

    /// Samples that the encoding carries without loss: decoded from random bytes.
    fn samples(&mut self, encoding: Encoding) -> Vec<f32> {
        let bytes: Vec<u8> = (0..2 * self.below(400)).map(|_| self.below(256) as u8).collect();
        encoding.decode(&bytes).unwrap()
    }

    fn start(&mut self, encoding: Encoding) -> Start {
        // Plivo's header list cannot hold ; or =, so plain names serve both.
        let pair = |n: usize| (format!("key{n}"), format!("value {n}"));
        let parameters = (0..self.below(4)).map(pair).collect();
        Start { call_id: self.name(), stream_id: self.name(), encoding, parameters }
    }
}

const ENCODINGS: [Encoding; 4] =
    [Encoding::Mulaw8k, Encoding::Alaw8k, Encoding::L16At8k, Encoding::L16At16k];

/// Both peers behind one face.
enum Peer {
    Twilio(twilio::peer::Peer),
    Plivo(plivo::peer::Peer),
}

impl Peer {
    fn new(provider: Provider, start: Start) -> Peer {
        match provider {
            Provider::Twilio => Peer::Twilio(twilio::peer::Peer::new(start)),
            Provider::Plivo => Peer::Plivo(plivo::peer::Peer::new(start)),
        }
    }

    /// All messages of a call with what they must be read as.
    fn call(&mut self, start: &Start, samples: &[f32], name: &str) -> Vec<(String, Inbound)> {
        let media = |chunk, timestamp_ms| {
            let rate_hz = start.encoding.rate_hz();
            Inbound::Media(hearsay_wire::Media {
                chunk,
                timestamp_ms,
                rate_hz,
                samples: samples.to_vec(),
            })
        };
        let later_ms = samples.len() as u64 * 1000 / u64::from(start.encoding.rate_hz());
        let (begun, mark) = (Inbound::Start(start.clone()), Inbound::Mark(name.to_owned()));
        match self {
            Peer::Twilio(peer) => vec![
                (peer.connected(), Inbound::Connected),
                (peer.start(), begun),
                (peer.media(samples), media(1, 0)),
                (peer.media(samples), media(2, later_ms)),
                (peer.dtmf('*'), Inbound::Dtmf('*')),
                (peer.mark(name), mark),
                (peer.stop(), Inbound::Stop),
            ],
            Peer::Plivo(peer) => vec![
                (peer.start(), begun),
                (peer.media(samples), media(1, 0)),
                (peer.media(samples), media(2, later_ms)),
                (peer.dtmf('7'), Inbound::Dtmf('7')),
                (peer.played(name), mark),
                (peer.cleared(), Inbound::Cleared),
                (peer.stop(), Inbound::Stop),
            ],
        }
    }

    fn decode(&self, text: &str) -> Result<Outbound<'static>, hearsay_wire::WireError> {
        match self {
            Peer::Twilio(peer) => peer.decode(text),
            Peer::Plivo(peer) => peer.decode(text),
        }
    }
}

#[test]
fn both_directions_survive_the_wire() {
    for provider in [Provider::Twilio, Provider::Plivo] {
        for seed in 1..=200 {
            let mut random = Random(seed);
            let encoding = ENCODINGS[random.below(4)];
            let start = random.start(encoding);
            let (samples, name) = (random.samples(encoding), random.name());
            let mut peer = Peer::new(provider, start.clone());
            let mut codec = Codec::new(provider);
            for (text, expected) in peer.call(&start, &samples, &name) {
                assert_eq!(
                    codec.decode(&text).as_ref(),
                    Ok(&expected),
                    "{provider:?}, seed {seed}: {text}"
                );
            }
            for outbound in [
                Outbound::Media(samples.as_slice().into()),
                Outbound::Mark(name.as_str().into()),
                Outbound::Clear,
            ] {
                let text = codec.encode(&outbound).unwrap();
                assert_eq!(
                    peer.decode(&text).as_ref(),
                    Ok(&outbound),
                    "{provider:?}, seed {seed}: {text}"
                );
            }
        }
    }
}

#[test]
fn the_peer_refuses_another_stream() {
    for provider in [Provider::Twilio, Provider::Plivo] {
        let mut random = Random(5);
        let mut other = Peer::new(
            provider,
            Start { stream_id: "other".into(), ..random.start(Encoding::Mulaw8k) },
        );
        let here = Peer::new(
            provider,
            Start { stream_id: "here".into(), ..random.start(Encoding::Mulaw8k) },
        );
        let mut codec = Codec::new(provider);
        let start = Start { stream_id: "other".into(), ..random.start(Encoding::Mulaw8k) };
        for (text, _) in other.call(&start, &[], "x") {
            codec.decode(&text).unwrap();
        }
        assert!(here.decode(&codec.encode(&Outbound::Clear).unwrap()).is_err());
    }
}

/// Damages a message: changed, lost, doubled and spliced pieces.
fn damage(random: &mut Random, text: &str, other: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len().max(1)).min(bytes.len());
        match random.below(5) {
            0 if at < bytes.len() => bytes[at] = random.below(256) as u8,
            1 => bytes.truncate(at),
            2 if at < bytes.len() => drop(bytes.remove(at)),
            3 => bytes
                .splice(at..at, other.bytes().skip(random.below(other.len().max(1))))
                .for_each(drop),
            _ => {
                let pieces = ["null", "\"\",", "[[[", "1e99", "\"-1\"", "{}}"];
                let piece = pieces[random.below(pieces.len())];
                bytes.splice(at..at, piece.bytes()).for_each(drop);
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn damaged_messages_are_errors_or_messages_never_panics() {
    let seed = 0x0BAD_5EED;
    println!("seed {seed:#x}");
    let mut random = Random(seed);
    let (mut read, mut refused) = (0, 0);
    for provider in [Provider::Twilio, Provider::Plivo] {
        let start = random.start(Encoding::L16At8k);
        let samples = random.samples(Encoding::L16At8k);
        let texts: Vec<String> = Peer::new(provider, start.clone())
            .call(&start, &samples, "mark")
            .into_iter()
            .map(|(text, _)| text)
            .collect();
        for round in 0..10_000 {
            let mut codec = Codec::new(provider);
            if round % 2 == 0 {
                texts.iter().take(2).for_each(|text| drop(codec.decode(text)));
            }
            let other = &texts[random.below(texts.len())];
            let text = damage(&mut random, &texts[round % texts.len()], other);
            match codec.decode(&text) {
                Ok(_) => read += 1,
                Err(error) => {
                    refused += 1;
                    assert!(error.to_string().len() < 400, "one short line: {error}");
                }
            }
            drop(Peer::new(provider, start.clone()).decode(&text));
        }
    }
    assert!(
        read > 100 && refused > 100,
        "the damage is neither nothing nor all: {read} read, {refused} refused"
    );
}

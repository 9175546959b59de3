//! Lines of text as a Plivo peer might send them, on one stream.
#![no_main]
use hearsay_wire::{Codec, Provider};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let mut codec = Codec::new(Provider::Plivo);
    text.lines().for_each(|line| drop(codec.decode(line)));
});

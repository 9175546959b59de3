//! Bytes as the stream of a model elsewhere: whole and in pieces they say the same.
#![no_main]

use hearsay_wire::chat::{Reply, ReplyReader, error_of_body};

fn read(pieces: impl Iterator<Item = impl AsRef<[u8]>>) -> String {
    let mut reader = ReplyReader::new();
    let mut told = Vec::new();
    for piece in pieces {
        let fed = reader.feed(piece.as_ref());
        while let Some(event) = reader.next_event() {
            told.push(format!("{event:?}"));
        }
        if fed.is_err() {
            return format!("refused after {told:?}");
        }
    }
    format!("{:?} {told:?} {:?}", reader.end().is_ok(), reader.reply())
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let whole = read([bytes].into_iter());
    let pieces = read(bytes.chunks(3));
    if !whole.starts_with("refused") && !pieces.starts_with("refused") {
        assert_eq!(whole, pieces);
    }
    drop(Reply::parse(bytes));
    drop(error_of_body(bytes));
});

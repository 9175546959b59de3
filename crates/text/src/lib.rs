//! Rules that rewrite text, for a voice agent that listens and speaks: pure functions without input or output.
//!
//! | module | does |
//! |---|---|
//! | [`plain`] | takes markup, emoji and odd characters out of a text, with a map back to it |
//! | [`clause`] | gives out speakable pieces of a reply while it is still being written |
//! | [`sentence`] | finds where sentences end while text is still arriving |
//! | [`normalize`] | written text to spoken words: "$20" to "twenty dollars" |
//! | [`g2p`] | words to phones: English by dictionary and letter-to-sound model, Spanish and Hindi by rules |
//! | [`clock`] | times of the day as callers say them, and as they are said |
//! | [`date`] | calendar dates as callers say them, and as they are said |
//! | [`language`] | names of the languages; which one a text is in, and where it changes |
//! | [`itn`] | spoken words to written text, whole or streaming, in English, Spanish and Hindi; digits for slots |
//! | [`pii`] | finds and blots out personal numbers and addresses; [`pii::Pii`] never prints |
//!
//! What belongs to one language lies in modules of its own ([`normalize::english`], `itn::english`,
//! [`g2p::homograph`], [`g2p::spanish`], [`g2p::hindi`]). Nothing here
//! learns, reads files or knows what a phone call is; models come in as bytes.

pub mod clause;
pub mod clock;
pub mod date;
pub mod g2p;
pub mod itn;
pub mod language;
pub mod normalize;
mod number;
pub mod pii;
pub mod plain;
pub mod sentence;

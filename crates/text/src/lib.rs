//! Rules that rewrite text, for a voice agent that listens and speaks: pure functions without input or output.
//!
//! | module | does |
//! |---|---|
//! | [`sentence`] | finds where sentences end while text is still arriving |
//! | [`normalize`] | written text to spoken words: "$20" to "twenty dollars" |
//! | [`g2p`] | words to phones (ARPAbet), by dictionary and letter-to-sound model |
//! | [`itn`] | spoken words to written text, whole or streaming, in English, Spanish and Hindi; digits for slots |
//! | [`pii`] | finds and blots out personal numbers and addresses; [`pii::Pii`] never prints |
//!
//! What is English lies in modules of its own ([`normalize::english`], `itn::english`, [`g2p::homograph`]). Nothing here
//! learns, reads files or knows what a phone call is; models come in as bytes.

pub mod g2p;
pub mod itn;
pub mod normalize;
mod number;
pub mod pii;
pub mod sentence;

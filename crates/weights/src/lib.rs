//! Trained default models as bytes, each with a card and a hash.

//! Decides who speaks and what happens next in one call.

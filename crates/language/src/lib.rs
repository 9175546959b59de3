//! Models that read or write: router.

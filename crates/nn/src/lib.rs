//! One small trait over the network runtimes.

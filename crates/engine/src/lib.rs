//! Runs the models for many calls at once.

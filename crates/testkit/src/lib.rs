//! Scripted caller, fake engine, virtual clock, provider peers (tests only).

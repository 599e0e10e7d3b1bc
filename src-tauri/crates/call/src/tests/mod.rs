#![allow(clippy::unwrap_used)]
//! Ladders (one input, the complete ordered outputs), a walk over all inputs, and whole conversations over a bad link.

mod check;
mod contents;
mod conversation;
mod incoming;
mod kit;
mod outgoing;
mod restarts;
mod session;
mod strangers;
mod walk;

//! Sound of a call: microphone → processing → Opus → RTP payloads, and RTP payloads → jitter buffer → Opus → mixer →
//! speaker. [`AudioCall`] runs it; the parts are usable alone and, but for the streams of [`io`], know no clock.
//!
//! All sound inside is mono, 48 kHz, `f32` in −1..=1, in blocks of 10 ms; [`io`] converts at the border.

pub mod call;
pub mod codec;
mod engine;
pub mod io;
pub mod jitter;
pub mod level;
pub mod mixer;
mod playout_depth;
pub mod processing;
mod pull_clock;
pub mod remote;
pub(crate) mod resample;
mod send_clock;
pub mod stretch;
mod supervisor;
pub mod system;
mod tap;
pub mod test_devices;
mod wav;

pub use call::{AudioCall, AudioCallConfig, AudioEvent, AudioStatistics, InputChoice, OutputChoice};
pub use processing::Processing;

/// Hz; Opus' native rate and its RTP clock (RFC 7587 §4.1).
pub const SAMPLE_RATE: u32 = 48_000;
/// Samples in 10 ms: what echo cancellation works on.
pub const BLOCK: usize = 480;
/// 10 ms of mono sound.
pub type Block = [f32; BLOCK];
/// 10 ms of nothing.
pub const SILENCE: Block = [0.0; BLOCK];

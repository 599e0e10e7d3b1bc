//! Voice clips and other sound files of messages: recording, playing, and what is shown of them before they are played.
//!
//! Owns: [`VoiceRecorder`] (microphone → Ogg Opus file), [`VoicePlayer`] (file → speaker) and [`voice_details`] (file →
//! duration and waveform). In go paths of this device and the devices of a [`crate::device::DeviceCatalog`]; out come
//! files, durations, waveforms and, through watch channels, levels and positions.
//!
//! Not here: sending, fetching or deleting files, remembering the chosen devices, and calls. A clip that plays during a
//! call would be heard by the call's microphone, whose echo canceller does not know it: who owns both pauses the player
//! ([`VoicePlayer::pause`]) and finishes the recorder before a call starts its sound. The streams themselves do not
//! disturb each other; each has a connection of its own to the sound server.
//!
//! Everything blocks, or has a thread of its own: nothing here belongs into an async task except the watch channels.
//!
//! Files come from strangers. Ogg Opus is read by [`ogg_opus`] with bounded memory; all else by symphonia, whose
//! allocations are bounded by the file. No length or position that a file states is believed: lengths are summed from
//! its packets, and seeking counts packets from the start.

mod clip;
mod details;
mod foreign;
mod ogg_opus;
mod player;
mod presence;
mod recorder;
mod recording;
mod tempo;
mod waveform;

pub use clip::ClipError;
pub use details::{VoiceDetails, voice_details};
pub use player::{ClipId, Playback, PlaybackError, PlaybackState, Speed, VoicePlayer};
pub use recorder::{RecordError, Recorded, RecordingOptions, RecordingProgress, VoiceRecorder};
pub use recording::RecordingEnd;
pub use waveform::WAVEFORM_BINS;

/// The longest recording: 30 minutes, about 7 MB.
pub const LONGEST_RECORDING_MS: u32 = 30 * 60 * 1_000;
/// What a recording is (RFC 7845 §9).
pub const RECORDING_MEDIA_TYPE: &str = "audio/ogg; codecs=opus";

/// Samples at 48 kHz to milliseconds.
fn milliseconds(samples: u64) -> u32 {
    u32::try_from(samples / SAMPLES_PER_MS).unwrap_or(u32::MAX)
}

const SAMPLES_PER_MS: u64 = crate::audio::SAMPLE_RATE as u64 / 1_000;

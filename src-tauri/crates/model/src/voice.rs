//! Voice clips that are being recorded or played on this device.

use serde::{Deserialize, Serialize};

use crate::MessageId;

/// A recording that runs, several times a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct RecordingProgress {
    /// Milliseconds.
    pub elapsed_ms: u32,
    /// 0..=100, on the scale of [`crate::AudioLevel`].
    pub level: u8,
    /// It came to its end by itself; what was recorded until then waits to be finished or cancelled.
    pub ended: Option<RecordingEnd>,
}

/// Why a recording ended without being asked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum RecordingEnd {
    /// The longest clip that there is (30 minutes).
    LimitReached,
    MicrophoneLost,
    DiskFull,
    DiskFailed,
    /// A call needs the microphone.
    CallStarted,
}

/// A finished recording, to be sent as [`crate::DraftContent::File`] with `voice`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct RecordedClip {
    /// On this device.
    pub path: String,
    pub duration_ms: u32,
    /// 1 to 64 values of 0..=100: loudness over its time.
    pub waveform: Vec<u8>,
    /// Bytes.
    pub size: u32,
}

/// What the player of voice clips does. One clip plays at a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct VoicePlayback {
    /// Of a clip that waits to be sent: its path, in an event of no account.
    pub message: MessageId,
    pub state: VoicePlaybackState,
    /// Milliseconds into the clip.
    pub position_ms: u32,
    /// Measured, not as its sender says; 0 until the file was opened.
    pub duration_ms: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum VoicePlaybackState {
    Playing,
    /// Asked to, or because another clip or a call began. The position says where.
    Stopped,
    /// It was heard to its end.
    Ended,
    /// `code`: of the speaker (`busy`, `denied`, `notFound`, `failed`) or of the file (`unreadable`, `unsupported`,
    /// `damaged`, `tooLarge`, `tooLong`).
    Failed {
        code: String,
    },
}

/// How fast a clip is played; the pitch stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum VoiceSpeed {
    #[default]
    Normal,
    OneAndAHalf,
    Double,
}

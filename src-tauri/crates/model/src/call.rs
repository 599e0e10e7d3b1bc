//! Calls as everybody outside the call machine sees them.

use serde::{Deserialize, Serialize};

use crate::{AccountId, BareJid, CallId, CandidateKind, Timestamp};

/// What a call is placed or answered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum CallMedia {
    Audio,
    /// Audio and video.
    Video,
}

/// `docs/calls.md`: common mode ends when all have answered, advanced mode when somebody ends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum CallMode {
    Common,
    Advanced,
}

/// Who called whom, from the view of this account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum CallDirection {
    Incoming,
    Outgoing,
}

/// What this device shows for one call.
///
/// ```text
/// Calling → Connecting → Connected ⇄ Reconnecting
///    └──────────┴────────────┴─────────────┴→ Ended(reason)
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum CallPhase {
    /// Invited, nobody has answered.
    Calling,
    Connecting,
    Connected {
        since: Timestamp,
    },
    Reconnecting {
        since: Timestamp,
    },
    Ended {
        reason: EndReason,
    },
}

/// The state of one person in one call (`docs/calls.md`, section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum ParticipantState {
    /// Asked; no device has confirmed.
    Inviting,
    /// No device confirmed within the check time: the person may be offline.
    NotYetReceived,
    /// A device rings.
    Received,
    Accepted,
    Rejected,
    Busy,
    Cancelled,
    Timeout,
    Quit,
    Disconnected,
    /// A state that this version does not know.
    Unknown,
}

/// A person in a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Participant {
    pub jid: BareJid,
    pub state: ParticipantState,
    /// What the person's device tells of its own media.
    pub media: RemoteMediaState,
    pub quality: Option<QualityReport>,
}

/// The far side's media, as it tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct RemoteMediaState {
    pub muted: bool,
    pub camera: bool,
    pub held: bool,
}

/// The own media in a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct LocalMediaState {
    pub muted: bool,
    pub camera: bool,
    pub held: bool,
}

/// Network quality in five steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum QualityLevel {
    Lost,
    Bad,
    Poor,
    Good,
    Excellent,
}

/// Measured every two seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct QualityReport {
    pub level: QualityLevel,
    pub round_trip_ms: Option<u32>,
    /// Lost packets in per mille, towards the far side and from it.
    pub loss_out_permille: u32,
    pub loss_in_permille: u32,
    /// kbit/s
    pub rate_out_kbps: u32,
    pub rate_in_kbps: u32,
    pub jitter_buffer_ms: u32,
    /// Pictures that arrived whole in the last second, and their size; 0 without video.
    pub frames_per_second: u32,
    pub width: u32,
    pub height: u32,
    pub codecs: Vec<String>,
    /// The path: direct or through a relay.
    pub path: Option<CandidateKind>,
}

/// How a call ended. The wording for people is the UI's.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum EndReason {
    /// It was connected. Whole seconds.
    Completed {
        duration_s: u32,
    },
    /// The caller withdrew before an answer.
    Cancelled,
    /// The callee said no, with the reason they gave.
    Rejected {
        text: Option<String>,
    },
    /// The callee is in another call or does not want to be disturbed, with their text.
    Busy {
        text: Option<String>,
    },
    /// The far side's client refused without saying why.
    Unavailable,
    /// Caller: no answer. Callee: missed.
    Timeout,
    AnsweredElsewhere,
    DeclinedElsewhere,
    /// The call goes on on another own device.
    TakenOver,
    ConnectFailed {
        stage: CallStage,
    },
    ConnectionLost {
        duration_s: u32,
    },
    /// Something of ours failed; the code is stable.
    Failed {
        code: String,
    },
}

impl EndReason {
    /// Whether this device knows how the call ended: of a call that goes on on another device it knows only its own part.
    pub fn is_whole(&self) -> bool {
        !matches!(self, Self::AnsweredElsewhere | Self::DeclinedElsewhere | Self::TakenOver)
    }
}

/// How far a connection got before it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum CallStage {
    /// The session description never came.
    Signalling,
    /// No path through the network.
    Ice,
    /// A path, but no secure channel on it.
    Dtls,
    /// A secure channel, but no media.
    Media,
}

/// How an incoming call makes itself known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum RingKind {
    /// Window, notification, ringtone.
    Loud,
    /// Shown in the screen of the call that is on, with at most a tick.
    Waiting,
    /// Listed without window or sound.
    Silent,
    /// Answered, over, or silenced by the person.
    Stopped,
}

/// One call on this device, whole; each new snapshot replaces the last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct CallSnapshot {
    pub id: CallId,
    pub account: AccountId,
    pub direction: CallDirection,
    pub media: CallMedia,
    pub mode: CallMode,
    pub phase: CallPhase,
    /// The others; for a direct call one person.
    pub participants: Vec<Participant>,
    pub local: LocalMediaState,
    /// Waits quietly behind another call.
    pub waiting: bool,
    pub started_at: Timestamp,
    /// Until when it rings; `None` once answered or ended.
    pub rings_until: Option<Timestamp>,
    pub timings: CallTimings,
}

/// When things happened, in milliseconds since the call was started (caller) or received (callee).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct CallTimings {
    /// A device of the callee confirmed that it rings (caller only).
    pub received_ms: Option<u32>,
    pub accepted_ms: Option<u32>,
    /// Session description of the far side was there.
    pub described_ms: Option<u32>,
    /// ICE found a path.
    pub ice_ms: Option<u32>,
    /// DTLS was done: own media connected.
    pub connected_ms: Option<u32>,
    pub first_audio_ms: Option<u32>,
    /// First decoded picture of the far side.
    pub first_video_ms: Option<u32>,
}

/// What is kept of a call: exactly one per call and person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct CallRecord {
    pub id: CallId,
    pub direction: CallDirection,
    pub media: CallMedia,
    pub people: Vec<(BareJid, ParticipantState)>,
    pub started_at: Timestamp,
    pub answered_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    /// `None` while the call lasts, and after a crash until it is closed.
    pub reason: Option<EndReason>,
    /// The own device that answered, if it was another one.
    pub answered_by: Option<String>,
    pub timings: CallTimings,
}

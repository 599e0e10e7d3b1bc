//! Files in messages.

use serde::{Deserialize, Serialize};

/// A file of a message (XEP-0447, XEP-0446).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Attachment {
    pub kind: AttachmentKind,
    /// Made safe: no path, no control or direction characters, at most 255 bytes.
    pub name: String,
    /// As the sender claims; `application/octet-stream` if that is not a media type.
    pub media_type: String,
    /// Bytes, as the sender claims until it is here; `None`: not told, or more than 4 GiB.
    pub size: Option<u32>,
    /// A small picture as a `data:` URL of at most 64 KiB: PNG, JPEG or WebP, decoded and checked here.
    pub thumbnail: Option<String>,
    pub transfer: TransferState,
}

/// What the file is to people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum AttachmentKind {
    /// Pixels, 0 if not told.
    Image {
        width: u32,
        height: u32,
    },
    /// Pixels and milliseconds, 0 if not told.
    Video {
        width: u32,
        height: u32,
        duration_ms: u32,
    },
    /// A voice clip. `waveform`: loudness over its time, at most 64 values of 0–100; empty if not known.
    Voice {
        duration_ms: u32,
        waveform: Vec<u8>,
    },
    Audio {
        duration_ms: u32,
    },
    File,
}

/// Where the bytes of a file are.
///
/// ```text
/// sending:   Local → Uploading → Local (with the server)
/// receiving: Remote ⇄ Downloading → Local
///               └──────── Failed (may be tried again) ┘
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum TransferState {
    /// On the server only.
    Remote,
    Uploading {
        percent: u8,
    },
    Downloading {
        percent: u8,
    },
    /// On this device.
    Local,
    Failed {
        why: TransferFailure,
    },
}

/// Why a download did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum TransferFailure {
    /// The server no longer has it.
    Gone,
    /// No network, or the server does not answer.
    Unreachable { detail: String },
    /// The bytes are not those that were announced (size or checksum).
    Damaged,
    /// Larger than what may be downloaded, in bytes.
    TooLarge { limit: u32 },
    /// The address is not one that Confab fetches (only `https`).
    Refused { detail: String },
    /// It cannot be kept on this device.
    Disk { detail: String },
}

/// How a transfer goes on; the message follows when its state changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct TransferProgress {
    /// Bytes so far; at most 4 GiB.
    pub done: u32,
    /// Bytes in all, if known.
    pub total: Option<u32>,
    pub percent: u8,
}

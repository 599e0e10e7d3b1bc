//! Microphones, speakers and cameras as data.

use serde::{Deserialize, Serialize};

/// The platform's own identifier of a device; stable across restarts where the platform's is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct DeviceId(pub String);

/// What a device is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum DeviceKind {
    Microphone,
    Speaker,
    Camera,
}

/// One device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Device {
    pub id: DeviceId,
    pub kind: DeviceKind,
    pub name: String,
    pub is_default: bool,
    /// A built-in test source (picture or tone), not hardware. The UI says so on screen.
    pub is_test: bool,
}

/// All devices and which ones are in use or would be used.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Devices {
    pub devices: Vec<Device>,
    pub selection: DeviceSelection,
}

/// The user's choice; `None` follows the system's default.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct DeviceSelection {
    pub microphone: Option<DeviceId>,
    pub speaker: Option<DeviceId>,
    pub camera: Option<DeviceId>,
}

/// Loudness of the last 50 ms, 0..=100 on a scale of decibels (0 = −60 dBFS or less, 100 = full scale).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct AudioLevel {
    pub local: u8,
    pub remote: u8,
}

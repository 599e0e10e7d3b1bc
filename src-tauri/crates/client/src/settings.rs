//! What the person chose, for the whole device.

use serde::{Deserialize, Serialize};

/// A photo of a phone, or a voice clip of 20 minutes.
const AUTOMATIC_DOWNLOADS: u32 = 5 * 1024 * 1024;

/// Settings of the app. Unknown fields of a newer version are ignored, missing ones have their defaults.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Settings {
    pub language: Language,
    pub theme: Theme,
    /// A call that comes while in another one waits quietly; off: the caller hears that we are busy.
    pub call_waiting: bool,
    pub ring_strangers: StrangerPolicy,
    pub notifications: bool,
    /// Show who and what in notifications.
    pub notification_details: bool,
    /// A message that mentions this account or everybody is told though its conversation is muted.
    pub mentions_break_mute: bool,
    /// Bytes: pictures and voice clips of contacts up to this size are fetched by themselves; 0: nothing is.
    pub automatic_downloads: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: Language::System,
            theme: Theme::System,
            call_waiting: true,
            ring_strangers: StrangerPolicy::Silent,
            notifications: true,
            notification_details: true,
            mentions_break_mute: true,
            automatic_downloads: AUTOMATIC_DOWNLOADS,
        }
    }
}

/// The language of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum Language {
    #[serde(rename = "system")]
    System,
    #[serde(rename = "en")]
    English,
    #[serde(rename = "zh-CN")]
    SimplifiedChinese,
    #[serde(rename = "zh-TW")]
    TraditionalChinese,
}

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum Theme {
    System,
    Light,
    Dark,
}

/// What a call from somebody who is not a contact does (`docs/call-states.md`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum StrangerPolicy {
    Ring,
    /// Listed, without a sound and without an answer.
    Silent,
    /// Neither rung nor listed.
    Block,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_another_version_keeps_what_is_understood() {
        let settings: Settings =
            serde_json::from_str(r#"{"theme":"dark","language":"zh-TW","fromTheFuture":1}"#).expect("lenient");
        assert_eq!(
            settings,
            Settings { theme: Theme::Dark, language: Language::TraditionalChinese, ..Settings::default() }
        );
    }
}

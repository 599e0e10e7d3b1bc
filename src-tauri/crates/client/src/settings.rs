//! What the person chose, for the whole device.

use confab_session::PushService;
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
    /// Where the servers of the accounts send notifications while this device is away (XEP-0357); `None`: nowhere.
    pub push: Option<PushSettings>,
    /// Messages older than this are deleted on this device; `None`: they stay.
    pub keep_days: Option<u32>,
    /// MiB that copies of files may take on this device: the oldest go first; `None`: no limit.
    pub keep_files: Option<u32>,
    /// The app goes on when its window is closed, where its icon beside the clock brings it back.
    pub keep_running: bool,
    /// Bytes: pictures and voice clips of contacts up to this size are fetched by themselves; 0: nothing is.
    pub automatic_downloads: u32,
}

/// A push service, as its operator names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct PushSettings {
    /// An XMPP address.
    pub service: String,
    /// The device's place there.
    pub node: String,
    /// What the service wants to be published with: `secret`, as a rule.
    pub options: Vec<(String, String)>,
}

/// Characters of a node, and of names and values of options.
const MAX_PUSH_TEXT: usize = 1_000;
const MAX_PUSH_OPTIONS: usize = 10;
/// A hundred years.
const MAX_KEEP_DAYS: u32 = 36_500;

impl Settings {
    /// Says in words what is wrong with them.
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        if self.keep_days.is_some_and(|days| days == 0 || days > MAX_KEEP_DAYS) {
            return Err("messages are kept for 1 to 36,500 days");
        }
        let Some(push) = &self.push else { return Ok(()) };
        let is_fine = |text: &str| !text.is_empty() && text.chars().count() <= MAX_PUSH_TEXT;
        if PushService::new(&push.service, String::new(), Vec::new()).is_none() {
            return Err("the push service has no address");
        }
        let options_fit = push.options.iter().all(|(name, value)| is_fine(name) && is_fine(value));
        if !is_fine(&push.node) || push.options.len() > MAX_PUSH_OPTIONS || !options_fit {
            return Err("a push service has a node, and at most 10 options of 1,000 characters");
        }
        Ok(())
    }
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
            push: None,
            keep_days: None,
            keep_files: None,
            keep_running: true,
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
    fn what_cannot_be_used_is_not_kept() {
        let push = |service: &str, node: &str, options: usize| Settings {
            push: Some(PushSettings {
                service: service.to_owned(),
                node: node.to_owned(),
                options: vec![("secret".to_owned(), "s".to_owned()); options],
            }),
            ..Settings::default()
        };
        assert_eq!(Settings::default().check(), Ok(()));
        assert_eq!(push("push.example.org", "n", 10).check(), Ok(()));
        for bad in [push("@", "n", 0), push("push.example.org", "", 0), push("push.example.org", "n", 11)] {
            assert!(bad.check().is_err(), "{bad:?}");
        }
        for (days, fits) in [(0, false), (1, true), (36_501, false)] {
            assert_eq!(Settings { keep_days: Some(days), ..Settings::default() }.check().is_ok(), fits, "{days}");
        }
    }

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

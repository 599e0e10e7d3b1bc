//! What goes into and comes out of [`crate::Client`], beyond the shared model.

use std::path::PathBuf;

use confab_model::{Account, BareJid, CallRecord, Message, MessageId, QualityReport, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{MediaOptions, SecretPlace, Settings};

/// What the core is started with.
#[derive(Debug, Clone)]
pub struct ClientConfig {
    /// History, settings and, without a keychain, the saved sign-ins. Made if it is missing.
    pub data_dir: PathBuf,
    /// `None`: the keychain if there is one, else a file.
    pub secrets: Option<SecretPlace>,
    /// Certificates to trust in addition to the system's, as PEM.
    pub ca_file: Option<PathBuf>,
    /// How this device calls itself to servers and contacts.
    pub device_name: String,
    pub media: MediaOptions,
    /// Offer what only developers need.
    pub development: bool,
    /// On a new device the archive is read back so many days; older messages come when somebody scrolls or jumps to them.
    pub history_days: u32,
}

/// What people look back at now and then.
const HISTORY_DAYS: u32 = 30;

impl ClientConfig {
    /// As people have it: the keychain, the system's certificates, the devices of this machine.
    pub fn new(data_dir: PathBuf, device_name: String) -> Self {
        let media = MediaOptions::default();
        Self {
            data_dir,
            secrets: None,
            ca_file: None,
            device_name,
            media,
            development: false,
            history_days: HISTORY_DAYS,
        }
    }
}

/// What a shell needs to begin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Startup {
    pub accounts: Vec<Account>,
    pub settings: Settings,
    /// Where a remembered sign-in would be kept; said beside the choice.
    pub secret_place: SecretPlace,
    /// A built-in picture and tone stand in for camera and microphone; said on screen.
    pub test_media: bool,
    pub version: String,
    pub development: bool,
}

/// A page of a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct MessagePage {
    /// Oldest first.
    pub messages: Vec<Message>,
    /// Nothing older, here or on the server.
    pub complete: bool,
}

/// A file of this device that is about to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct PickedFile {
    pub path: String,
    pub name: String,
    /// Bytes; more than 4 GiB are told as 4 GiB.
    pub size: u32,
    /// A small `data:` picture of it, if it is one.
    pub preview: Option<String>,
}

/// A part of a conversation around a place in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct MessageWindow {
    /// Oldest first.
    pub messages: Vec<Message>,
    /// Nothing older, here or on the server.
    pub complete: bool,
    /// The newest message is among them.
    pub at_end: bool,
}

/// Where to jump in a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum Place {
    Message(MessageId),
    /// The first message from then on; without one the last before.
    Date(Timestamp),
}

/// What is looked for among messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct MessageSearch {
    /// Words, all of which a message must have; may be empty with a kind or a conversation.
    pub text: String,
    /// `None`: in all.
    pub conversation: Option<BareJid>,
    pub kind: SearchFor,
    /// Only what this person wrote.
    #[serde(default)]
    pub sender: Option<BareJid>,
    /// From this time on, in the direction; `None`: from the newest, or the oldest.
    #[serde(default)]
    pub from: Option<Timestamp>,
    /// Forward in time, oldest first; otherwise back, newest first.
    #[serde(default)]
    pub forward: bool,
    /// The last message of the page before.
    pub before: Option<MessageId>,
    /// 1 to 200.
    pub limit: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum SearchFor {
    #[default]
    Any,
    /// Pictures and films.
    Images,
    /// Other files, sound among them.
    Files,
    Voice,
    /// Texts with a web address.
    Links,
}

/// What is changed of a group; `None` leaves it as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct GroupChange {
    pub name: Option<String>,
    pub description: Option<String>,
    /// Anybody who knows the address may join.
    pub public: Option<bool>,
}

/// A page of the call list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct CallRecordPage {
    /// Newest first.
    pub records: Vec<CallRecord>,
    /// Where the next page starts; 0: no more.
    pub next: u32,
}

/// The course of a call, to be shown and exported.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct CallReport {
    pub record: CallRecord,
    pub quality: Vec<QualitySample>,
    pub transports: Vec<TransportReport>,
}

/// One measurement of a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct QualitySample {
    /// Milliseconds since the media session was opened.
    pub at_ms: u32,
    pub report: QualityReport,
}

/// How one transport of a call came about. Milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct TransportReport {
    pub contents: Vec<String>,
    pub local: Option<confab_model::CandidateKind>,
    pub remote: Option<confab_model::CandidateKind>,
    pub gathering_ms: Option<u32>,
    pub checks_ms: Option<u32>,
    pub dtls_ms: Option<u32>,
    pub ice_restarts: u32,
}

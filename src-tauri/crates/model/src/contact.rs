//! Contacts, their presence and their requests.

use serde::{Deserialize, Serialize};

use crate::{BareJid, Timestamp};

/// A roster entry together with what is known of the person's presence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Contact {
    pub jid: BareJid,
    /// The name given in the roster; empty if none (the UI then shows the address).
    pub name: String,
    pub subscription: Subscription,
    /// A request of ours that has not been answered.
    pub requested: bool,
    pub groups: Vec<String>,
    pub presence: PresenceShow,
    pub status: String,
}

/// RFC 6121 §2.1.2.5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum Subscription {
    None,
    /// We see their presence.
    To,
    /// They see ours.
    From,
    Both,
}

/// The best presence over all devices of a person (RFC 6121 §4.7.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum PresenceShow {
    Online,
    Away,
    ExtendedAway,
    DoNotDisturb,
    Offline,
}

/// Somebody asks to become a contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct ContactRequest {
    pub from: BareJid,
    /// The name that the other side gives itself (XEP-0172); empty if none.
    pub nickname: String,
    pub reason: String,
    pub received_at: Timestamp,
}

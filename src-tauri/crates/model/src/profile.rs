//! What people tell of themselves.

use serde::{Deserialize, Serialize};

use crate::{BareJid, Timestamp};

/// A person's, or the own, public data (XEP-0172, XEP-0084, XEP-0054).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Profile {
    pub jid: BareJid,
    /// The name that the person uses; empty if none is published.
    pub name: String,
    /// SHA-1 of the picture in hexadecimal, by which it is asked for; `None`: no picture.
    pub avatar: Option<String>,
    /// When it was last read from the server; `None`: never.
    pub updated_at: Option<Timestamp>,
}

/// Do not disturb, on all devices of the account (XEP-0223).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Availability {
    /// No ring and no notification. `until`: it ends by itself; `None`: when it is switched off.
    pub do_not_disturb: bool,
    pub until: Option<Timestamp>,
    /// What contacts read beside the name.
    pub status: String,
}

/// Why somebody is reported to the server (XEP-0377).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum ReportReason {
    Spam,
    Abuse,
}

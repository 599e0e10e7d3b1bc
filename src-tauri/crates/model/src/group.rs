//! Groups: rooms of XEP-0045.

use serde::{Deserialize, Serialize};

use crate::{BareJid, Sender};

/// A group that this account is in, or asked to join.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Group {
    pub jid: BareJid,
    pub name: String,
    pub description: String,
    /// Anybody who knows the address may join.
    pub public: bool,
    /// Messages of the group are kept by its server.
    pub has_archive: bool,
    /// Members see each other's addresses.
    pub shows_addresses: bool,
    /// The room takes messages of others back for those who rule it (XEP-0425).
    pub moderation: bool,
    /// The own name in the group.
    pub nickname: String,
    pub role: GroupRole,
    pub state: GroupState,
    /// Key of the group's picture, see [`crate::Profile::avatar`].
    pub avatar: Option<String>,
    /// People who may be in the group, whether they are there now or not.
    pub member_count: u32,
}

/// XEP-0045 §5.2 affiliations, in the words of a group chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum GroupRole {
    /// `outcast`
    Banned,
    /// `none`: in a public group, somebody who is just there.
    Guest,
    Member,
    Admin,
    Owner,
}

/// How this account stands to a group.
///
/// ```text
/// Joining → Joined ⇄ Disconnected (the room or its server is gone for now; tried again)
///    └→ Refused        └→ Left | Removed | Dissolved
/// Applied → Joining (approved)
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum GroupState {
    /// An application was sent to whom the group's link names, who has not answered.
    Applied {
        to: BareJid,
    },
    Joining,
    Joined,
    Disconnected {
        detail: String,
    },
    /// Members only, banned, full, a password is needed …
    Refused {
        why: GroupRefusal,
    },
    Left,
    /// Somebody took this account out.
    Removed {
        by: String,
        reason: String,
    },
    Dissolved {
        reason: String,
    },
}

/// XEP-0045 §7.2: why a room does not let somebody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum GroupRefusal {
    MembersOnly,
    Banned,
    Full,
    PasswordNeeded,
    NicknameTaken,
    NotFound,
    Other,
}

/// Somebody in a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct GroupMember {
    pub who: Sender,
    pub role: GroupRole,
    /// In the room with a device now.
    pub present: bool,
    pub own: bool,
}

/// What a group is made with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct GroupDraft {
    pub name: String,
    pub description: String,
    /// Else people come in by invitation, or by an application that an owner approves.
    pub public: bool,
    pub members: Vec<BareJid>,
    /// Goes to the members with their invitation.
    pub welcome: String,
    /// A picture of this device.
    pub picture: Option<String>,
}

/// An invitation into a group, or an application of somebody, that waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct GroupRequest {
    pub group: BareJid,
    pub kind: GroupRequestKind,
    /// Who invites, or who wants to come in.
    pub from: BareJid,
    /// What the group is called, as far as it is known.
    pub name: String,
    pub text: String,
    pub received_at: crate::Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum GroupRequestKind {
    Invitation,
    Application,
}

/// Something that happened in a group, as a line between its messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum GroupNotice {
    Created { by: Sender },
    Joined { who: Sender },
    Left { who: Sender },
    Removed { who: Sender, by: Option<Sender>, reason: String },
    Banned { who: Sender, by: Option<Sender>, reason: String },
    RoleChanged { who: Sender, role: GroupRole },
    Renamed { name: String, by: Option<Sender> },
    DescriptionChanged { by: Option<Sender> },
    PictureChanged { by: Option<Sender> },
    Dissolved { reason: String },
}

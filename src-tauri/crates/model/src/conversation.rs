//! Conversations: with one person or in a group.

use serde::{Deserialize, Serialize};

use crate::{BareJid, MessageId, MessagePreview, Timestamp};

/// What a conversation is with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum ConversationKind {
    /// One person.
    Direct,
    /// A room (XEP-0045).
    Group,
}

/// A conversation with one person or a group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Conversation {
    pub jid: BareJid,
    pub kind: ConversationKind,
    /// What the group is called; empty for a person, whose name is the contact's.
    pub name: String,
    pub last: Option<MessagePreview>,
    pub unread: u32,
    /// Unread messages that mention this account or everybody.
    pub mentions: u32,
    /// The first unread message, where the "new messages" line stands.
    pub first_unread: Option<MessageId>,
    /// Messages that are here.
    pub message_count: u32,
    pub draft: String,
    pub updated_at: Timestamp,
    pub pinned: bool,
    pub archived: bool,
    /// No notifications until then. [`MUTED_FOR_EVER`]: until it is changed.
    pub muted_until: Option<Timestamp>,
    /// A stranger began it and nothing was answered: it waits in the requests folder and is told nobody about.
    pub is_request: bool,
}

impl Conversation {
    /// One in which nothing has happened.
    pub fn new(jid: BareJid, kind: ConversationKind, created_at: Timestamp) -> Self {
        Self {
            jid,
            kind,
            name: String::new(),
            last: None,
            unread: 0,
            mentions: 0,
            first_unread: None,
            message_count: 0,
            draft: String::new(),
            updated_at: created_at,
            pinned: false,
            archived: false,
            muted_until: None,
            is_request: false,
        }
    }
}

/// 9999-12-31: no end.
pub const MUTED_FOR_EVER: Timestamp = Timestamp(253_402_300_799_000);

/// What a person changes of a conversation; `None` leaves it as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct ConversationChange {
    pub pinned: Option<bool>,
    pub archived: Option<bool>,
    /// A time in the past (0, say) unmutes.
    pub muted_until: Option<Timestamp>,
}

//! Conversations: with one person or in a group.

use serde::{Deserialize, Serialize};

use crate::{BareJid, Contact, Group, MessageId, MessagePreview, Profile, Timestamp};

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

    /// Whether nothing is told of it now; of a group also not who wants to join it.
    pub fn is_muted(&self, now: Timestamp) -> bool {
        self.muted_until.is_some_and(|until| until > now)
    }
}

/// A part of the list of conversations: pinned ones first, then newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct ConversationPage {
    pub conversations: Vec<Conversation>,
    /// Where the next page begins, for whoever gave this one; `None`: this was the last.
    pub next: Option<String>,
    /// What stands behind this page, so that whoever has the pages up to here knows the sums of all.
    pub behind: FolderTotals,
    /// Of the roster, those whom the page shows: with whom its conversations are, and who wrote their last messages. As they
    /// were kept, without presence.
    pub contacts: Vec<Contact>,
    /// What the same people tell of themselves.
    pub profiles: Vec<Profile>,
    /// The groups of the page.
    pub groups: Vec<Group>,
}

impl ConversationPage {
    /// What calls for the person in the main folder (as in [`FolderTotal::unread`]), here and behind this page.
    pub fn waiting(&self, now: Timestamp) -> u32 {
        let in_main =
            self.conversations.iter().filter(|conversation| !conversation.archived && !conversation.is_request);
        let here = in_main.map(|one| if one.is_muted(now) { one.mentions } else { one.unread });
        here.fold(self.behind.main.unread, u32::saturating_add)
    }
}

/// Conversations by the folder in which they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct FolderTotals {
    pub main: FolderTotal,
    pub archived: FolderTotal,
    pub requests: FolderTotal,
}

/// The sums of one folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct FolderTotal {
    pub chats: u32,
    /// Unread messages that call for the person: in the main folder of muted conversations only those that mention them.
    pub unread: u32,
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_waits_is_the_main_folders_and_of_muted_ones_what_mentions() {
        let now = Timestamp(1_000);
        let of = |change: fn(&mut Conversation)| {
            let jid = "bob@example.org".parse().unwrap();
            let mut conversation = Conversation::new(jid, ConversationKind::Direct, now);
            (conversation.unread, conversation.mentions) = (5, 2);
            change(&mut conversation);
            conversation
        };
        let conversations = vec![
            of(|_| {}),
            of(|one| one.muted_until = Some(Timestamp(1_001))),
            of(|one| one.muted_until = Some(Timestamp(1_000))),
            of(|one| one.archived = true),
            of(|one| one.is_request = true),
        ];
        let behind = FolderTotals { main: FolderTotal { chats: 1, unread: 100 }, ..FolderTotals::default() };
        let page =
            ConversationPage { conversations, next: None, behind, contacts: vec![], profiles: vec![], groups: vec![] };
        assert_eq!(page.waiting(now), 100 + 5 + 2 + 5);
    }
}

//! Messages on their way in and out, with where they came from.

use confab_model::{BareJid, Change, Composed, ConversationKind, FullJid, MessageId, Sender, Timestamp, WireId};

/// A message, or a change of one, on its way out.
#[derive(Debug, Clone, PartialEq)]
pub struct OutgoingMessage {
    /// Minted once by the caller; stanza id and origin id (XEP-0359). The same on every repetition.
    pub id: MessageId,
    /// The person or the room.
    pub to: BareJid,
    pub kind: ConversationKind,
    pub content: OutgoingContent,
}

/// What goes out.
#[derive(Debug, Clone, PartialEq)]
pub enum OutgoingContent {
    Message(Box<Composed>),
    /// Of an earlier message: XEP-0308, 0424, 0425, 0444.
    Change {
        of: WireId,
        change: Change,
    },
}

impl OutgoingMessage {
    /// A text for a person.
    pub fn text(id: MessageId, to: BareJid, text: impl Into<String>) -> Self {
        let content = OutgoingContent::Message(Box::new(Composed::text(text)));
        Self { id, to, kind: ConversationKind::Direct, content }
    }
}

/// A message that arrived, from the far side, from a room or from another own device.
#[derive(Debug, Clone, PartialEq)]
pub struct ReceivedMessage {
    /// The sender's stanza id; the archive's or a new one where the sender gave none. Chosen by the sender: only
    /// unique together with conversation and sender.
    pub id: MessageId,
    /// XEP-0359 origin id, where the sender gave one.
    pub origin_id: Option<String>,
    /// The id that the own archive, or the room, gave it; never one that somebody else claims.
    pub archive_id: Option<String>,
    pub conversation: BareJid,
    pub kind: ConversationKind,
    pub sender: Sender,
    /// The sending device, where the stanza names it.
    pub device: Option<FullJid>,
    /// Sent by this account: by another device, or a group's reflection of what this one sent.
    pub own: bool,
    pub content: Composed,
    /// By the server's clock where that is known, else the time of arrival.
    pub sent_at: Timestamp,
    /// That is the server's word; else it is the time of arrival.
    pub stamped: bool,
    /// What its archive has before it was not all told: it came live while that was still being read (or does not move the
    /// position in it), or on a page that is read backwards.
    pub ahead: bool,
    pub source: MessageSource,
    /// The sender wants to know when it is displayed (XEP-0333).
    pub markable: bool,
    /// To be given to [`SessionHandle::send_receipt`](crate::SessionHandle::send_receipt) when the message is kept.
    pub receipt: Option<Receipt>,
}

/// The confirmation that a message is kept here (XEP-0184).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The sending device.
    pub to: jid::Jid,
    /// The sender's stanza id.
    pub message: MessageId,
}

/// A change of an earlier message, by the person who wrote that (edit, recall), by a moderator or by anybody
/// (reactions). Whether `by` may do it is the store's to decide, which knows the message.
#[derive(Debug, Clone, PartialEq)]
pub struct Amendment {
    /// The stanza id of the change itself.
    pub id: MessageId,
    pub archive_id: Option<String>,
    pub conversation: BareJid,
    pub kind: ConversationKind,
    pub by: Sender,
    /// By another device of this account, or the reflection of an own change by a group.
    pub own: bool,
    pub of: WireId,
    pub change: Change,
    pub at: Timestamp,
    pub source: MessageSource,
}

/// How a message reached this device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MessageSource {
    /// Delivered now (also late, from the server's offline store).
    Live,
    /// A copy of what another own device sent or received (XEP-0280).
    Carbon,
    /// XEP-0313, by the catch-up.
    Archive,
}

/// Who confirmed which own message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveredBy {
    pub message: MessageId,
    pub by: BareJid,
    pub at: Timestamp,
}

/// A member of a group has, or has displayed, a message of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupAcknowledgement {
    pub group: BareJid,
    /// The room's id of it, or (XEP-0184, and older clients) its sender's.
    pub of: WireId,
    pub by: Sender,
    /// Another device of this account.
    pub own: bool,
    pub at: Timestamp,
}

/// Which part of a conversation's archive is read, and which way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArchiveSpan {
    /// Back from this archive id (`None`: from the end).
    Before(Option<String>),
    /// Forward from this archive id.
    After(String),
    /// Forward from this time.
    Since(Timestamp),
}

/// A page of the archive of one conversation, in one piece.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ArchivePage {
    /// Oldest first.
    pub messages: Vec<ReceivedMessage>,
    /// Oldest first. They may be of messages on other pages, or of ones that are long there.
    pub amendments: Vec<Amendment>,
    /// The archive ids to ask for the next page before and behind it with; `None` if the page was empty.
    pub first: Option<String>,
    pub last: Option<String>,
    /// The server has nothing beyond it in the direction in which it was read.
    pub complete: bool,
    /// The archive had not been read up to now by then: what is before this page may still come by that.
    pub ahead: bool,
}

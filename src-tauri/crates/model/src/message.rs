//! Messages: what they say, how far they have got, and what happens to them afterwards.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Attachment, BareJid, CallId, CallRecord, GroupNotice, MessageId, Timestamp};

/// Which way a message went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum Direction {
    Incoming,
    /// Sent by this account, from this or another device.
    Outgoing,
}

/// How far an own message has got.
///
/// ```text
/// Queued → Uploading → Sent → Delivered → Read
///   └────────┴──────────→ Failed(why) → Queued (resend)
/// any of them but Failed → Recalled
/// ```
/// A state never goes back, except by resending; a receipt that overtakes the server's acknowledgement counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum DeliveryState {
    /// In the outbox on this device; survives a crash.
    Queued,
    Uploading {
        percent: u8,
    },
    /// The server has it (XEP-0198); in a group, the room has (its reflection came back).
    Sent,
    /// A device of the other side has it (XEP-0184); in a group, of at least one member.
    Delivered,
    /// The other side has displayed it (XEP-0333); in a group, at least one member.
    Read,
    Failed {
        why: FailureWhy,
    },
    /// Taken back by its sender, or by a moderator of the group (XEP-0424, XEP-0425). Nothing of it is kept.
    Recalled,
}

/// Why a message could not be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum FailureWhy {
    /// The server says that there is no such person.
    NoSuchAddress,
    /// The other side's server cannot be reached.
    ServerUnreachable {
        domain: String,
    },
    /// The other side, or its server, does not accept messages from us.
    Refused {
        detail: String,
    },
    /// Larger than the server allows; `limit` in bytes where it said so.
    TooLarge {
        limit: Option<u32>,
    },
    /// The server ended the connection each time that it was sent; `detail` is the condition that it named.
    StreamEnded {
        detail: String,
    },
    /// This server takes no files (no XEP-0363).
    NoUpload,
    /// The file that was to be sent is gone, or cannot be read.
    FileUnreadable {
        detail: String,
    },
    /// The person stopped the upload.
    Cancelled,
    Other {
        detail: String,
    },
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum MessageContent {
    /// Plain text, in which XEP-0393 marks may stand.
    Text {
        text: String,
    },
    /// A picture, a voice clip or any other file, with the text that its sender wrote below it (may be empty).
    File {
        file: Box<Attachment>,
        caption: String,
    },
    Location {
        location: Location,
    },
    /// Nothing but the extension of the message: for programs that speak through Confab. Shown by its fallback text.
    Custom {
        text: String,
    },
    /// Something that happened in a group.
    Notice {
        notice: GroupNotice,
    },
    /// A call that took place here, shown in line with the messages. The record is the one of the call list.
    Call {
        call: CallId,
        record: Box<CallRecord>,
    },
    /// Encrypted for a method that Confab cannot read (XEP-0380), shown as such.
    Encrypted {
        method: String,
    },
    /// It was recalled; nothing of what it said is left.
    Recalled,
}

/// A place (XEP-0080).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Location {
    /// Degrees north, -90 to 90.
    pub latitude: f64,
    /// Degrees east, -180 to 180.
    pub longitude: f64,
    /// For people; may be empty.
    pub address: String,
}

/// Who wrote a message.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Sender {
    /// The person. `None` in a room that hides addresses.
    pub jid: Option<BareJid>,
    /// The name in the group when the message was sent; empty in a conversation of two.
    pub nickname: String,
    /// XEP-0421: the same for one person in one room for ever. `None` where the room has none.
    pub occupant: Option<String>,
}

impl Sender {
    /// A person in a conversation of two.
    pub fn person(jid: BareJid) -> Self {
        Self { jid: Some(jid), nickname: String::new(), occupant: None }
    }

    /// Whether this is certainly the same person: by occupant id if both have one, else by address, else (in rooms
    /// that tell neither) never.
    pub fn is(&self, other: &Sender) -> bool {
        match (&self.occupant, &other.occupant) {
            (Some(own), Some(other)) => own == other,
            _ => self.jid.is_some() && self.jid == other.jid,
        }
    }
}

/// A message that another one answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Quote {
    /// `None`: it is not in the store (yet).
    pub id: Option<MessageId>,
    pub sender: Option<Sender>,
    /// Its beginning, or what the answer quotes of it; empty if nothing is known.
    pub excerpt: String,
}

/// Where a forwarded message comes from (XEP-0297). A claim of whoever forwarded it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Forwarded {
    /// Name or address of the first sender; empty if it is not told.
    pub from: String,
    pub sent_at: Option<Timestamp>,
}

/// How people reacted with one emoji (XEP-0444).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Reaction {
    pub emoji: String,
    /// In the order of reacting.
    pub by: Vec<Sender>,
    /// This account is among them.
    pub own: bool,
}

/// Whom a part of a text addresses (XEP-0372).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Mention {
    pub of: Mentioned,
    /// Where its characters (Unicode code points) stand in the text, the end excluded.
    pub begin: u32,
    pub end: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum Mentioned {
    Person {
        jid: BareJid,
    },
    /// A member whose address the room hides.
    Nickname {
        nickname: String,
    },
    Everybody,
}

/// One message of a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Message {
    pub id: MessageId,
    /// The other person, or the group, whose conversation it belongs to.
    pub conversation: BareJid,
    pub sender: Sender,
    pub direction: Direction,
    pub content: MessageContent,
    /// When it was sent, by the server's clock where that is known.
    pub sent_at: Timestamp,
    /// For incoming messages: always `Delivered`, or `Read` once this account has displayed it on any device, or
    /// `Recalled`.
    pub delivery: DeliveryState,
    /// When its sender last changed it (XEP-0308).
    pub edited_at: Option<Timestamp>,
    pub reply_to: Option<Quote>,
    pub forwarded: Option<Forwarded>,
    /// Emoji in the order of their first use.
    pub reactions: Vec<Reaction>,
    pub mentions: Vec<Mention>,
    /// This account, or everybody, is mentioned.
    pub mentions_me: bool,
    /// Free JSON for programs that speak through Confab (XEP-0335): an object.
    pub extension: Option<Value>,
    /// JSON for the client's own use (XEP-0335): an object.
    pub config: Option<Value>,
    /// What its notification says in place of the text. A custom message without one notifies nobody.
    pub push_text: Option<String>,
}

impl Message {
    /// An incoming message of a person, and nothing that belongs to it.
    pub fn incoming(id: MessageId, from: BareJid, content: MessageContent, sent_at: Timestamp) -> Self {
        Self {
            id,
            conversation: from.clone(),
            sender: Sender::person(from),
            direction: Direction::Incoming,
            content,
            sent_at,
            delivery: DeliveryState::Delivered,
            edited_at: None,
            reply_to: None,
            forwarded: None,
            reactions: Vec::new(),
            mentions: Vec::new(),
            mentions_me: false,
            extension: None,
            config: None,
            push_text: None,
        }
    }
}

/// The last message of a conversation, as the list shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct MessagePreview {
    pub id: MessageId,
    pub sender: Sender,
    pub direction: Direction,
    pub content: MessageContent,
    pub sent_at: Timestamp,
    pub delivery: DeliveryState,
}

/// What is to be sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct MessageDraft {
    pub content: DraftContent,
    /// A message of the same conversation.
    #[serde(default)]
    pub reply_to: Option<MessageId>,
    #[serde(default)]
    pub mentions: Vec<Mention>,
    /// An object; 8 KiB as text.
    #[serde(default)]
    pub extension: Option<Value>,
    /// An object; 8 KiB as text.
    #[serde(default)]
    pub config: Option<Value>,
    /// What the far side's notification says in place of the text. A custom message without one notifies nobody.
    #[serde(default)]
    pub push_text: Option<String>,
}

impl MessageDraft {
    /// A text and nothing else.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            content: DraftContent::Text { text: text.into() },
            reply_to: None,
            mentions: Vec::new(),
            extension: None,
            config: None,
            push_text: None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum DraftContent {
    Text {
        text: String,
    },
    /// A file of this device, which is read when it is sent.
    File {
        path: String,
        /// Shown to the far side; `None`: the file's own name.
        name: Option<String>,
        caption: String,
        /// A voice clip that was recorded in the app, not any file with sound.
        voice: bool,
    },
    Location {
        location: Location,
    },
    /// `text`: what clients show that do not know the extension.
    Custom {
        text: String,
    },
}

/// Who has a message of a group, or of a conversation of two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct MessageReceipt {
    pub by: Sender,
    pub delivered_at: Option<Timestamp>,
    pub read_at: Option<Timestamp>,
}

/// XEP-0085, reduced to what is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum TypingState {
    Composing,
    Paused,
}

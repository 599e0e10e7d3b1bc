//! Messages and conversations.

use serde::{Deserialize, Serialize};

use crate::{BareJid, CallId, CallRecord, MessageId, Timestamp};

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
    /// The server has it (XEP-0198).
    Sent,
    /// A device of the other side has it (XEP-0184).
    Delivered,
    /// The other side has displayed it (XEP-0333).
    Read,
    Failed {
        why: FailureWhy,
    },
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
    /// Larger than the server allows.
    TooLarge,
    Other {
        detail: String,
    },
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum MessageContent {
    Text {
        text: String,
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
}

/// One message of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Message {
    pub id: MessageId,
    /// The other person (or, later, the group) whose conversation it belongs to.
    pub conversation: BareJid,
    pub sender: BareJid,
    pub direction: Direction,
    pub content: MessageContent,
    /// When it was sent, by the server's clock where that is known.
    pub sent_at: Timestamp,
    /// For incoming messages: always `Delivered`, or `Read` once this account has displayed it on any device.
    pub delivery: DeliveryState,
}

/// The last message of a conversation, as the list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct MessagePreview {
    pub id: MessageId,
    pub direction: Direction,
    pub content: MessageContent,
    pub sent_at: Timestamp,
    pub delivery: DeliveryState,
}

/// A conversation with one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Conversation {
    pub jid: BareJid,
    pub last: Option<MessagePreview>,
    pub unread: u32,
    /// The first unread message, where the "new messages" line stands.
    pub first_unread: Option<MessageId>,
    pub draft: String,
    pub updated_at: Timestamp,
}

/// XEP-0085, reduced to what is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum TypingState {
    Composing,
    Paused,
}

//! The numbers and texts that stand for enumerations in the file. They never change their meaning; new ones are added.

use confab_model::{
    CallDirection, CallMedia, ConversationKind, DeliveryState, Direction, FailureWhy, GroupRequestKind, GroupRole,
    Subscription, TransferFailure, TransferState,
};
use serde::{Serialize, de::DeserializeOwned};

use crate::StoreError;

/// `messages.kind`
pub(crate) const KIND_TEXT: i64 = 0;
pub(crate) const KIND_CALL: i64 = 1;
pub(crate) const KIND_ENCRYPTED: i64 = 2;
pub(crate) const KIND_FILE: i64 = 3;
pub(crate) const KIND_LOCATION: i64 = 4;
pub(crate) const KIND_CUSTOM: i64 = 5;
/// Something that happened in a group; like calls, nothing that was sent.
pub(crate) const KIND_NOTICE: i64 = 6;
pub(crate) const KIND_RECALLED: i64 = 7;

/// `outbox.kind`
pub(crate) const SEND_MESSAGE: i64 = 0;
pub(crate) const SEND_EDIT: i64 = 1;
pub(crate) const SEND_RECALL: i64 = 2;
pub(crate) const SEND_REACTIONS: i64 = 3;
pub(crate) const SEND_MODERATION: i64 = 4;

/// `attachments.transfer`. What was on its way when Confab ended is on the server only.
pub(crate) const TRANSFER_REMOTE: i64 = 0;
pub(crate) const TRANSFER_LOCAL: i64 = 1;
pub(crate) const TRANSFER_FAILED: i64 = 2;

/// `messages.delivery`. `READ` and `DELIVERED` are also written out in the schema's partial indexes.
pub(crate) const QUEUED: i64 = 0;
pub(crate) const UPLOADING: i64 = 1;
pub(crate) const SENT: i64 = 2;
pub(crate) const DELIVERED: i64 = 3;
pub(crate) const READ: i64 = 4;
pub(crate) const FAILED: i64 = 5;
pub(crate) const RECALLED: i64 = 6;

/// `accounts.history`: the archive is being read for the first time; has been read up to now; is being read again,
/// because there was a gap. Also written out in a migration.
pub(crate) const HISTORY_FIRST: i64 = 0;
pub(crate) const HISTORY_READ: i64 = 1;
pub(crate) const HISTORY_AGAIN: i64 = 2;

/// `messages.direction`
pub(crate) fn direction(direction: Direction) -> i64 {
    match direction {
        Direction::Incoming => 0,
        Direction::Outgoing => 1,
    }
}

pub(crate) fn direction_from(code: i64) -> Result<Direction, StoreError> {
    match code {
        0 => Ok(Direction::Incoming),
        1 => Ok(Direction::Outgoing),
        other => Err(unknown("direction", other)),
    }
}

/// The percentage of an upload is not kept: after a restart it starts again.
pub(crate) fn delivery_from(code: i64, failure: Option<&str>) -> Result<DeliveryState, StoreError> {
    match code {
        QUEUED => Ok(DeliveryState::Queued),
        UPLOADING => Ok(DeliveryState::Uploading { percent: 0 }),
        SENT => Ok(DeliveryState::Sent),
        DELIVERED => Ok(DeliveryState::Delivered),
        READ => Ok(DeliveryState::Read),
        FAILED => Ok(DeliveryState::Failed {
            why: match failure {
                Some(json) => from_json(json)?,
                None => FailureWhy::Other { detail: String::new() },
            },
        }),
        RECALLED => Ok(DeliveryState::Recalled),
        other => Err(unknown("delivery", other)),
    }
}

/// Whether a message may go from one state to another: never back, except that a resent message is queued again.
/// A receipt proves that a message which seemed to have failed has arrived.
pub(crate) fn may_advance(from: i64, to: i64) -> bool {
    match to {
        SENT => matches!(from, QUEUED | UPLOADING),
        DELIVERED => matches!(from, QUEUED | UPLOADING | SENT | FAILED),
        READ => matches!(from, QUEUED | UPLOADING | SENT | DELIVERED | FAILED),
        FAILED => matches!(from, QUEUED | UPLOADING | SENT),
        QUEUED => from == FAILED,
        _ => false,
    }
}

/// `conversations.kind`
pub(crate) fn conversation_kind(kind: ConversationKind) -> i64 {
    match kind {
        ConversationKind::Direct => 0,
        ConversationKind::Group => 1,
    }
}

pub(crate) fn conversation_kind_from(code: i64) -> Result<ConversationKind, StoreError> {
    match code {
        0 => Ok(ConversationKind::Direct),
        1 => Ok(ConversationKind::Group),
        other => Err(unknown("kind of conversation", other)),
    }
}

/// `attachments.transfer` and `attachments.failure`
pub(crate) fn transfer(state: &TransferState) -> Result<(i64, Option<String>), StoreError> {
    Ok(match state {
        TransferState::Remote | TransferState::Downloading { .. } => (TRANSFER_REMOTE, None),
        TransferState::Local | TransferState::Uploading { .. } => (TRANSFER_LOCAL, None),
        TransferState::Failed { why } => (TRANSFER_FAILED, Some(to_json(why)?)),
    })
}

pub(crate) fn transfer_from(code: i64, failure: Option<&str>) -> Result<TransferState, StoreError> {
    match code {
        TRANSFER_REMOTE => Ok(TransferState::Remote),
        TRANSFER_LOCAL => Ok(TransferState::Local),
        TRANSFER_FAILED => Ok(TransferState::Failed {
            why: match failure {
                Some(json) => from_json(json)?,
                None => TransferFailure::Unreachable { detail: String::new() },
            },
        }),
        other => Err(unknown("state of a file", other)),
    }
}

/// `groups.role`, `group_members.role`: in the order of rights.
pub(crate) fn role(role: GroupRole) -> i64 {
    match role {
        GroupRole::Banned => 0,
        GroupRole::Guest => 1,
        GroupRole::Member => 2,
        GroupRole::Admin => 3,
        GroupRole::Owner => 4,
    }
}

pub(crate) fn role_from(code: i64) -> Result<GroupRole, StoreError> {
    match code {
        0 => Ok(GroupRole::Banned),
        1 => Ok(GroupRole::Guest),
        2 => Ok(GroupRole::Member),
        3 => Ok(GroupRole::Admin),
        4 => Ok(GroupRole::Owner),
        other => Err(unknown("role", other)),
    }
}

/// `group_requests.kind`
pub(crate) fn request_kind(kind: GroupRequestKind) -> i64 {
    match kind {
        GroupRequestKind::Invitation => 0,
        GroupRequestKind::Application => 1,
    }
}

pub(crate) fn request_kind_from(code: i64) -> Result<GroupRequestKind, StoreError> {
    match code {
        0 => Ok(GroupRequestKind::Invitation),
        1 => Ok(GroupRequestKind::Application),
        other => Err(unknown("request", other)),
    }
}

/// `calls.direction`
pub(crate) fn call_direction(direction: CallDirection) -> i64 {
    match direction {
        CallDirection::Incoming => 0,
        CallDirection::Outgoing => 1,
    }
}

pub(crate) fn call_direction_from(code: i64) -> Result<CallDirection, StoreError> {
    match code {
        0 => Ok(CallDirection::Incoming),
        1 => Ok(CallDirection::Outgoing),
        other => Err(unknown("call direction", other)),
    }
}

/// `calls.media`
pub(crate) fn call_media(media: CallMedia) -> i64 {
    match media {
        CallMedia::Audio => 0,
        CallMedia::Video => 1,
    }
}

pub(crate) fn call_media_from(code: i64) -> Result<CallMedia, StoreError> {
    match code {
        0 => Ok(CallMedia::Audio),
        1 => Ok(CallMedia::Video),
        other => Err(unknown("call media", other)),
    }
}

/// `contacts.subscription`
pub(crate) fn subscription(subscription: Subscription) -> i64 {
    match subscription {
        Subscription::None => 0,
        Subscription::To => 1,
        Subscription::From => 2,
        Subscription::Both => 3,
    }
}

pub(crate) fn subscription_from(code: i64) -> Result<Subscription, StoreError> {
    match code {
        0 => Ok(Subscription::None),
        1 => Ok(Subscription::To),
        2 => Ok(Subscription::From),
        3 => Ok(Subscription::Both),
        other => Err(unknown("subscription", other)),
    }
}

/// The form in which structured values without columns of their own are kept.
pub(crate) fn to_json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Internal { detail: error.to_string() })
}

/// The serde name of a variant without fields, as text.
pub(crate) fn to_name<T: Serialize>(value: &T) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => Ok(name),
        other => Err(StoreError::Internal { detail: format!("not a name: {other:?}") }),
    }
}

pub(crate) fn from_json<T: DeserializeOwned>(json: &str) -> Result<T, StoreError> {
    serde_json::from_str(json).map_err(StoreError::damaged)
}

fn unknown(what: &str, code: i64) -> StoreError {
    StoreError::Damaged { detail: format!("unknown {what} {code}") }
}

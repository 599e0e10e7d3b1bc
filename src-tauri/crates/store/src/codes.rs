//! The numbers and texts that stand for enumerations in the file. They never change their meaning; new ones are added.

use confab_model::{CallDirection, CallMedia, DeliveryState, Direction, FailureWhy, Subscription};
use serde::{Serialize, de::DeserializeOwned};

use crate::StoreError;

/// `messages.kind`
pub(crate) const KIND_TEXT: i64 = 0;
pub(crate) const KIND_CALL: i64 = 1;
pub(crate) const KIND_ENCRYPTED: i64 = 2;

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

//! The time of day, for what depends on it: do not disturb, muted chats.

use std::time::{SystemTime, UNIX_EPOCH};

use confab_model::Timestamp;

pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

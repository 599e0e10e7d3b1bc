//! The one place that reads the clocks.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use confab_model::{Moment, Timestamp};

/// Reads monotonic and wall-clock time together. Clones share the same start.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    start: Instant,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self { start: Instant::now() }
    }

    pub(crate) fn now(&self) -> Moment {
        Moment { mono: self.start.elapsed(), wall: wall() }
    }

    /// Where `mono` is zero.
    pub(crate) fn start(&self) -> Instant {
        self.start
    }

    /// The instant at which the monotonic reading will be `mono`.
    pub(crate) fn instant(&self, mono: std::time::Duration) -> Instant {
        self.start + mono
    }
}

fn wall() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

//! Time as data. Nothing in this crate reads a clock.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Wall-clock time: milliseconds since 1970-01-01T00:00:00Z. Safe in a JavaScript number until the year 287396.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Default)]
#[serde(transparent)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Timestamp(#[cfg_attr(feature = "specta", specta(type = i32))] pub i64);

impl Timestamp {
    /// Milliseconds from `earlier` to `self`; 0 if `earlier` is later.
    pub fn millis_since(self, earlier: Timestamp) -> u64 {
        u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0)
    }
    /// This time plus a duration.
    pub fn plus(self, duration: Duration) -> Timestamp {
        Timestamp(self.0.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }
}

/// One reading of both clocks. Deadlines use `mono`, records use `wall`, so a changed system clock never
/// fires or delays a timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Moment {
    /// Monotonic time since an arbitrary start of this process.
    pub mono: Duration,
    /// Wall-clock time, corrected by the server's offset where that is known (XEP-0202).
    pub wall: Timestamp,
}

impl Moment {
    /// Both clocks moved on by `duration`.
    pub fn plus(self, duration: Duration) -> Moment {
        Moment { mono: self.mono + duration, wall: self.wall.plus(duration) }
    }
}

//! The one place of the video path where a clock is read.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use confab_model::{Moment, Timestamp};

/// Turns [`Instant`]s into [`Moment`]s with the origin that the whole application uses for `mono`.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    origin: Instant,
}

impl Clock {
    /// `origin` is where `mono` is zero; give the application's own, so that moments can be compared.
    pub fn new(origin: Instant) -> Self {
        Self { origin }
    }

    /// Both clocks, read now.
    pub fn now(&self) -> Moment {
        self.at(Instant::now())
    }

    /// The moment of an earlier `instant`: the wall clock is read now and taken back by its age.
    pub fn at(&self, instant: Instant) -> Moment {
        let age = Instant::now().saturating_duration_since(instant);
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).saturating_sub(age);
        Moment {
            mono: instant.saturating_duration_since(self.origin),
            wall: Timestamp(i64::try_from(wall.as_millis()).unwrap_or(i64::MAX)),
        }
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new(Instant::now())
    }
}

/// A point of monotonic time as an RTP time at 90 kHz, modulo 2³² (RFC 7741 §4.1).
pub(crate) fn rtp_time(mono: Duration) -> u32 {
    let ticks = mono.as_nanos() * 90 / 1_000_000;
    // Truncation is the wrap of the RTP clock.
    ticks as u32
}

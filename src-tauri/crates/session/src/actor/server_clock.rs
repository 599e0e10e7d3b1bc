//! How far the own server's clock is ahead of this device's (XEP-0202). How long a call has been ringing is the difference
//! between a stamp of the one and a reading of the other, and a device's clock may be wrong by minutes.

use std::time::Duration;

use confab_model::Timestamp;
use jid::Jid;
use tokio::time::Instant;

use super::{Actor, Purpose, requests::Answer};
use crate::xep::queries;

/// An answer that took longer says too little about when it was given.
const MAX_ROUND_TRIP: Duration = Duration::from_secs(3);
/// Clocks that are set by the network differ by less, and servers stamp and answer in whole seconds.
const TOLERANCE_MS: i64 = 2_000;

impl Actor {
    pub(super) fn ask_server_clock(&mut self) {
        let Ok(server) = Jid::new(self.own().domain().as_str()) else { return };
        let purpose = Purpose::ServerTime { asked: Instant::now() };
        self.request(false, Some(server), queries::time_query(), purpose);
    }

    pub(super) fn server_time(&mut self, asked: Instant, answer: &Answer) {
        let round_trip = asked.elapsed();
        let time = answer.as_ref().ok().and_then(|payload| queries::read_time(payload.as_ref()?));
        let Some(time) = time.filter(|_| round_trip <= MAX_ROUND_TRIP) else { return };
        let now = self.now();
        let half = i64::try_from(round_trip.as_millis() / 2).unwrap_or_default();
        let ahead = time.0.saturating_add(half).saturating_sub(now.0);
        self.server_ahead_ms = if ahead.saturating_abs() < TOLERANCE_MS { 0 } else { ahead };
        if self.server_ahead_ms != 0 {
            tracing::info!(ms = ahead, "the server's clock is ahead");
        }
    }

    /// A stamp of the server's as this device's clock would have had it. Nothing was sent in the future.
    pub(super) fn by_own_clock(&self, stamp: Timestamp) -> Timestamp {
        Timestamp(stamp.0.saturating_sub(self.server_ahead_ms)).min(self.now())
    }
}

//! When a block for the speaker would be wanted if the device were steady. Pure.
//!
//! Devices take several blocks at once and late; a jitter buffer that is asked at those times sees a delay that jumps by
//! the device's period. This clock gives the steady line below all requests: what is there at its time is there
//! when the device really asks.

use std::time::Duration;

const BLOCK_TIME: Duration = Duration::from_millis(10);
/// Share of the distance to the real requests that the line rises with each block: it follows a slow device, and forgets
/// a burst within some seconds.
const RISE: u32 = 300;
/// A device that paused for longer starts anew.
const PAUSE: Duration = Duration::from_millis(250);

#[derive(Debug, Default)]
pub(super) struct PullClock {
    due: Option<Duration>,
}

impl PullClock {
    /// The device asks for a block at `now`. Returns the block's steady time, never later than `now`.
    pub(super) fn next(&mut self, now: Duration) -> Duration {
        let due = self.due.filter(|due| now.saturating_sub(*due) < PAUSE).unwrap_or(now).min(now);
        self.due = Some(due + BLOCK_TIME + (now - due) / RISE);
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn bursts_become_a_steady_line_below_them() {
        let mut clock = PullClock::default();
        let mut last = None;
        for block in 0..1_000u64 {
            let now = ms(100 + block / 4 * 40);
            let steady = clock.next(now);
            assert!(steady <= now && now - steady <= ms(40), "block {block}");
            if let (Some(last), true) = (last, block > 4) {
                let step: Duration = steady - last;
                assert!(step.abs_diff(BLOCK_TIME) <= Duration::from_micros(500), "block {block}: {step:?}");
            }
            last = Some(steady);
        }
    }

    #[test]
    fn a_slow_device_is_followed_and_a_pause_starts_anew() {
        let mut clock = PullClock::default();
        let mut now = Duration::ZERO;
        for _ in 0..100_000 {
            now += Duration::from_micros(10_010);
            assert!(now - clock.next(now) <= ms(4));
        }
        now += ms(400);
        assert_eq!(clock.next(now), now);
    }
}

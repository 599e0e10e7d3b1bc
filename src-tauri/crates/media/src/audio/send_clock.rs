//! Keeps the outgoing stream at real time whatever the microphone does: silence in its gaps, no surplus after them. Pure.
//!
//! The clock of a healthy device is followed (its drift is in the RTP timestamps, RFC 3550 §5.1); only a stall of more
//! than [`TOLERANCE`] is filled.

use std::time::Duration;

/// Callbacks come this late on loaded machines without anything being wrong.
const TOLERANCE: Duration = Duration::from_millis(60);
const BLOCK_TIME: Duration = Duration::from_millis(10);
/// After a suspended machine there is nothing to fill.
const MAX_FILL: Duration = Duration::from_millis(500);
/// Share of the deviation that is forgotten with each block: 1,000 ppm of drift stay below 10 ms.
const FOLLOW: u32 = 100;

#[derive(Debug)]
pub(super) struct SendClock {
    /// When the next block is due.
    due: Duration,
}

impl SendClock {
    pub(super) fn new(now: Duration) -> Self {
        Self { due: now }
    }

    /// The microphone gave a block. False: it is surplus (its place was filled with silence), drop it.
    pub(super) fn accept(&mut self, now: Duration) -> bool {
        if self.due > now + TOLERANCE {
            return false;
        }
        self.due += BLOCK_TIME;
        // Towards now: a device slightly slow or fast is right by definition.
        if self.due > now {
            self.due -= (self.due - now) / FOLLOW;
        } else {
            self.due += (now - self.due) / FOLLOW;
        }
        true
    }

    /// Blocks of silence that must be sent now because nothing came.
    pub(super) fn missing(&mut self, now: Duration) -> u32 {
        let late = now.saturating_sub(self.due);
        if late > MAX_FILL {
            self.due = now;
            return 0;
        }
        if late <= TOLERANCE {
            return 0;
        }
        let mut blocks = 0;
        while self.due + BLOCK_TIME <= now {
            self.due += BLOCK_TIME;
            blocks += 1;
        }
        blocks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn a_steady_device_is_passed_on() {
        let mut clock = SendClock::new(ms(0));
        for n in 0..1_000 {
            assert!(clock.accept(ms(n * 10)));
            assert_eq!(clock.missing(ms(n * 10 + 5)), 0);
        }
    }

    #[test]
    fn drift_of_a_thousand_ppm_is_followed_for_an_hour() {
        for step_us in [9_990, 10_010] {
            let mut clock = SendClock::new(ms(0));
            for n in 0..360_000u64 {
                let now = Duration::from_micros(n * step_us);
                assert!(clock.accept(now), "{step_us}: block {n}");
                assert_eq!(clock.missing(now), 0, "{step_us}: block {n}");
            }
        }
    }

    #[test]
    fn a_stall_is_filled_at_real_time_and_its_late_blocks_are_dropped() {
        let mut clock = SendClock::new(ms(0));
        (0..100).for_each(|n| assert!(clock.accept(ms(n * 10))));
        let filled: u32 = (100..200).map(|n| clock.missing(ms(n * 10))).sum();
        assert!((93..=100).contains(&filled), "{filled} blocks for a second");
        // The device gives the whole second at once.
        let accepted = (0..100).filter(|_| clock.accept(ms(2_000))).count();
        // What was not filled yet, and what may be early.
        assert!(accepted <= 13, "{accepted}");
        assert_eq!(clock.missing(ms(2_010)), 0);
    }

    #[test]
    fn no_device_at_all_is_silence_at_real_time() {
        let mut clock = SendClock::new(ms(0));
        let filled: u32 = (0..1_000).map(|n| clock.missing(ms(n * 10))).sum();
        assert!((990..=1_000).contains(&filled), "{filled}");
        // The machine slept.
        assert_eq!(clock.missing(ms(3_600_000)), 0);
        assert_eq!(clock.missing(ms(3_600_100)), 10);
    }
}

//! Keeps the encoder's output below the target rate over short times.
//!
//! libvpx needs up to two seconds to follow a lower target. This is a leaky bucket in front of it: it fills
//! with the encoded bits, leaks at the target rate, and while it holds more than the allowed delay the next
//! picture is left out. What comes out of any interval `t` is therefore at most
//! `target × (t + MAX_DELAY) + one picture`.

use std::time::Duration;

/// Bits that may wait, as time at the target rate: with more of them the picture would lag. The encoder aims a
/// little below the target (see [`ENCODER_SHARE`]), so it seldom comes to this.
const MAX_DELAY: Duration = Duration::from_millis(200);
/// After a step down the bits already encoded are worth more time than before. The picture stands still at most
/// for the difference of the two, rather than until the last of them has left.
const MAX_DEBT: Duration = Duration::from_millis(600);
/// What the encoder is told, as a share of the target: without the difference nothing would ever empty the pacer.
pub(super) const ENCODER_SHARE: f64 = 0.95;

/// A leaky bucket of encoded bits.
#[derive(Debug)]
pub struct RateBudget {
    /// Bits a second
    rate: u32,
    /// Bits
    level: f64,
    last: Option<Duration>,
}

impl RateBudget {
    /// An empty bucket.
    pub fn new(rate: u32) -> Self {
        Self { rate, level: 0.0, last: None }
    }

    /// The new target.
    pub fn set_rate(&mut self, rate: u32) {
        self.rate = rate.max(1);
        self.level = self.level.min(f64::from(self.rate) * MAX_DEBT.as_secs_f64());
    }

    /// Whether a picture at `now` (monotonic) may be encoded.
    pub fn admits(&mut self, now: Duration) -> bool {
        if let Some(last) = self.last {
            let leaked = f64::from(self.rate) * now.saturating_sub(last).as_secs_f64();
            self.level = (self.level - leaked).max(0.0);
        }
        self.last = Some(now);
        self.level <= f64::from(self.rate) * MAX_DELAY.as_secs_f64()
    }

    /// Accounts for an encoded picture.
    pub fn spend(&mut self, bytes: usize) {
        self.level += bytes as f64 * 8.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_second_carries_more_than_the_rate_and_the_delay() {
        let mut budget = RateBudget::new(400_000);
        let mut sent = Vec::new();
        for frame in 0..300u32 {
            let now = Duration::from_micros(u64::from(frame) * 33_333);
            if frame == 150 {
                budget.set_rate(100_000);
            }
            if budget.admits(now) {
                budget.spend(3_000);
                sent.push((frame, 24_000u32));
            }
        }
        let bits =
            |from: u32| sent.iter().filter(|(at, _)| (from..from + 30).contains(at)).map(|(_, b)| b).sum::<u32>();
        for from in (0..120).step_by(10) {
            assert!((376_000..=400_000 + 80_000 + 24_000).contains(&bits(from)), "{from}: {}", bits(from));
        }
        for from in (185..270).step_by(10) {
            assert!((76_000..=100_000 + 20_000 + 24_000).contains(&bits(from)), "{from}: {}", bits(from));
        }
    }
}

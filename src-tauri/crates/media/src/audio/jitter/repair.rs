//! Whether lost packets that are sent again (RFC 4585 NACK) are worth waiting for. Pure; in: what arrives in which
//! order; out: how late a packet that comes after its successors may be and still move the target.
//!
//! A lone loss is covered by the copy in its successor, 20 ms later, so a round trip of delay for the original is a bad
//! bargain. When packets are lost together, or so many that neighbours often are, there is no copy to be had.

/// ms; packets that only changed places on the way.
const REORDERED_MS: i64 = 60;
/// ms; with the usual 50 to 100 ms of the way itself this is what a conversation bears (ITU-T G.114: 400 ms), and what one
/// question over a round trip of 150 ms needs, or several over a shorter one.
const PATIENCE_MS: i64 = 200;
/// Share of packets without a copy above which waiting begins, and below which it ends: 7 and 5 % of random loss.
const BEGIN: f32 = 0.005;
const END: f32 = 0.0025;
/// Forgetting per packet: 10 s at 50 packets a second.
const FORGETTING: f32 = 0.998;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Repairs {
    without_copy: f32,
    observed: u32,
    is_waiting: bool,
}

impl Repairs {
    /// A packet came `step` sequence numbers after the newest before it (1: none is missing).
    pub(super) fn advanced(&mut self, step: i64) {
        // A jump of more is a restart or an outage, in which nothing was asked for.
        let step = u32::try_from(step).unwrap_or(0).min(50);
        for number in 0..step {
            self.observed = self.observed.saturating_add(1);
            let keep = FORGETTING.min(1.0 - 1.0 / (self.observed as f32 + 50.0));
            // Of those that are missing, the last one is in this packet.
            let is_without = number + 2 < step;
            self.without_copy = self.without_copy * keep + if is_without { 1.0 - keep } else { 0.0 };
        }
        self.is_waiting = self.without_copy > if self.is_waiting { END } else { BEGIN };
    }

    /// µs
    pub(super) fn patience_us(&self) -> i64 {
        1_000 * if self.is_waiting { PATIENCE_MS } else { REORDERED_MS }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(pattern: &[i64]) -> i64 {
        let mut repairs = Repairs::default();
        (0..1_000).for_each(|_| pattern.iter().for_each(|step| repairs.advanced(*step)));
        repairs.patience_us()
    }

    #[test]
    fn only_what_has_no_copy_is_waited_for() {
        assert_eq!(after(&[1]), 60_000);
        // Every third packet lost, never two together.
        assert_eq!(after(&[1, 2]), 60_000);
        // Two together in every hundred.
        let mut pairs = vec![1; 97];
        pairs.push(3);
        assert_eq!(after(&pairs), 200_000);
    }

    #[test]
    fn waiting_ends_when_losses_end() {
        let mut repairs = Repairs::default();
        (0..200).for_each(|_| repairs.advanced(3));
        assert_eq!(repairs.patience_us(), 200_000);
        (0..5_000).for_each(|_| repairs.advanced(1));
        assert_eq!(repairs.patience_us(), 60_000);
        repairs.advanced(i64::MAX);
        repairs.advanced(-5);
    }
}

//! How much arrives, by the far side's own times of arrival, or leaves, by the own ones.

use std::collections::VecDeque;

/// s: what is kept.
const SPAN: f64 = 1.0;
/// s: shorter windows are not a rate.
const SHORTEST: f64 = 0.03;
/// Packets that are kept at most: 1 s of 40 Mbit/s.
const MAX_PACKETS: usize = 4_096;

#[derive(Debug, Default)]
pub(super) struct Throughput {
    /// (arrival in s, bits), by arrival.
    packets: VecDeque<(f64, f64)>,
}

impl Throughput {
    pub(super) fn add(&mut self, arrived: f64, bits: f64) {
        // Nearly always at the end.
        let place = self.packets.iter().rposition(|packet| packet.0 <= arrived).map_or(0, |index| index + 1);
        self.packets.insert(place, (arrived, bits));
        let newest = self.packets.back().map_or(arrived, |packet| packet.0);
        while self.packets.len() > MAX_PACKETS || self.packets.front().is_some_and(|packet| packet.0 < newest - SPAN) {
            self.packets.pop_front();
        }
    }

    /// bit/s over the newest `span` seconds; `None` if that is not known.
    pub(super) fn over(&self, span: f64) -> Option<f64> {
        let newest = self.packets.back()?.0;
        self.since(newest - span)
    }

    /// bit/s from the first arrival after `since` on.
    fn since(&self, since: f64) -> Option<f64> {
        let newest = self.packets.back()?.0;
        let mut within = self.packets.iter().filter(|packet| packet.0 >= since);
        // The first marks the beginning: its own bits came before.
        let first = within.next()?.0;
        let bits: f64 = within.map(|packet| packet.1).sum();
        let elapsed = newest - first;
        (elapsed >= SHORTEST).then(|| bits / elapsed)
    }

    pub(super) fn newest(&self) -> Option<f64> {
        Some(self.packets.back()?.0)
    }

    pub(super) fn reset(&mut self) {
        self.packets.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_that_of_the_arrivals_in_any_order() {
        let mut throughput = Throughput::default();
        assert_eq!(throughput.over(0.5), None);
        for number in [0, 2, 1, 3, 4, 6, 5, 7, 8, 9, 10] {
            throughput.add(100.0 + f64::from(number) * 0.01, 10_000.0);
        }
        let rate = throughput.over(0.5).unwrap_or_default();
        assert!((rate - 1e6).abs() < 1.0, "{rate}");
        throughput.add(200.0, 1.0);
        assert_eq!(throughput.over(0.5), None, "forgotten");
    }
}

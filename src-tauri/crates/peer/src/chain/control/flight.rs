//! What has left and is not told of yet.

use std::collections::VecDeque;

/// Packets: more than a second of 40 Mbit/s. The oldest are forgotten: they are lost, or feedback has ended.
const MAX_PACKETS: usize = 4_096;

#[derive(Debug, Default)]
pub(super) struct Flight {
    /// (departure in s, bits)
    packets: VecDeque<(f64, f64)>,
    bits: f64,
}

impl Flight {
    pub(super) fn add(&mut self, departed: f64, bits: f64) {
        self.packets.push_back((departed, bits));
        self.bits += bits;
        if self.packets.len() > MAX_PACKETS {
            self.pop();
        }
    }

    /// The packet that left then has arrived: those before it are there too, or lost.
    pub(super) fn land(&mut self, departed: f64) {
        while self.packets.front().is_some_and(|packet| packet.0 <= departed) {
            self.pop();
        }
    }

    fn pop(&mut self) {
        if let Some((_, bits)) = self.packets.pop_front() {
            self.bits -= bits;
        }
        if self.packets.is_empty() {
            // No rounding is carried on.
            self.bits = 0.0;
        }
    }

    pub(super) fn bits(&self) -> f64 {
        self.bits
    }

    pub(super) fn reset(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_left_before_an_arrival_is_no_longer_under_way() {
        let mut flight = Flight::default();
        for number in 0..10 {
            flight.add(f64::from(number), 1_000.0);
        }
        flight.land(6.5);
        assert_eq!(flight.bits(), 3_000.0);
        flight.land(9.0);
        assert_eq!(flight.bits(), 0.0);
    }
}

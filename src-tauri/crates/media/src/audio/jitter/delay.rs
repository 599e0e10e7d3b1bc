//! How much later than the fastest packet do packets arrive? Owns the base transit time and a forgetting
//! histogram of relative delays; comes in: arrival times; goes out: the delay that covers nearly all of them.
//! It does not hold packets.

use std::collections::VecDeque;

/// The share of packets that the target delay shall cover. The rest is late, which costs a short stretch of
/// concealment and never the packet itself (see the module above).
const COVERED: f32 = 0.98;
/// ms; finer gives nothing, as playout asks every 10 ms.
const BUCKET_MS: i64 = 5;
/// 200 × 5 ms = 1 s, the longest delay that a conversation survives.
const BUCKETS: usize = 200;
/// Forgetting per packet: with 50 packets a second a spike is forgotten after about 10 s.
const FORGETTING: f32 = 0.998;
/// What an outage weighs: one alone stays below the share that need not be covered, one every four seconds exceeds it
/// after some of them.
const OUTAGE_WEIGHT: f32 = 0.008;
/// The fastest packet of the last 10 s is the base: long enough to hold through a loaded spell, short enough
/// that a clock drift of 100 ppm moves it by 1 ms only.
const WINDOW_S: i64 = 10;

#[derive(Debug)]
pub(super) struct DelayEstimator {
    /// The smallest transit of each second, oldest first: (second, µs).
    minima: VecDeque<(i64, i64)>,
    base_us: Option<i64>,
    histogram: Box<[f32; BUCKETS]>,
    observed: u32,
}

impl DelayEstimator {
    pub(super) fn new() -> Self {
        Self {
            minima: VecDeque::with_capacity(WINDOW_S as usize + 2),
            base_us: None,
            histogram: Box::new([0.0; BUCKETS]),
            observed: 0,
        }
    }

    /// Transit of the fastest recent packet: arrival minus media time, both in µs. `None` before the first packet.
    pub(super) fn base_us(&self) -> Option<i64> {
        self.base_us
    }

    /// A packet with media time `media_us` arrived at `arrived_us`. Returns its relative delay in µs, not yet counted.
    pub(super) fn observe(&mut self, media_us: i64, arrived_us: i64) -> i64 {
        let transit = arrived_us.saturating_sub(media_us);
        let second = arrived_us.div_euclid(1_000_000);
        match self.minima.back_mut() {
            // `<=`: arrival times of a hostile or reordered feed may step back; they then join the newest second.
            Some((newest, minimum)) if second <= *newest => *minimum = (*minimum).min(transit),
            _ => self.minima.push_back((second, transit)),
        }
        while self.minima.front().is_some_and(|(oldest, _)| *oldest < second - WINDOW_S) {
            self.minima.pop_front();
        }
        let base = self.minima.iter().map(|(_, minimum)| *minimum).min().unwrap_or(transit);
        self.base_us = Some(base);
        transit - base
    }

    /// Counts a delay: that of an arrival which shall be covered, or one without an arrival of its own (a lost packet is as
    /// late as its successor, which carries its copy).
    pub(super) fn count(&mut self, relative_us: i64) {
        self.observed = self.observed.saturating_add(1);
        // A mean of all while there are few, then forgetting.
        let keep = FORGETTING.min(1.0 - 1.0 / (self.observed as f32 + 1.0));
        self.weigh(relative_us, keep);
    }

    /// Counts an outage, which is one event however many packets it held back.
    pub(super) fn count_outage(&mut self, relative_us: i64) {
        self.weigh(relative_us, 1.0 - OUTAGE_WEIGHT);
    }

    fn weigh(&mut self, relative_us: i64, keep: f32) {
        for share in self.histogram.iter_mut() {
            *share *= keep;
        }
        let bucket = (relative_us / (BUCKET_MS * 1_000)).clamp(0, BUCKETS as i64 - 1) as usize;
        self.histogram[bucket] += 1.0 - keep;
    }

    /// ms that cover [`COVERED`] of the packets; a multiple of the bucket, at least one.
    pub(super) fn covering_ms(&self) -> i64 {
        let total: f32 = self.histogram.iter().sum();
        let mut sum = 0.0;
        for (bucket, share) in self.histogram.iter().enumerate() {
            sum += share;
            if sum >= total * COVERED {
                return (bucket as i64 + 1) * BUCKET_MS;
            }
        }
        BUCKETS as i64 * BUCKET_MS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steady_arrivals_need_one_bucket() {
        let mut delays = DelayEstimator::new();
        for n in 0..500 {
            let relative = delays.observe(n * 20_000, 7_000 + n * 20_000);
            assert_eq!(relative, 0);
            delays.count(relative);
        }
        assert_eq!(delays.covering_ms(), BUCKET_MS);
        assert_eq!(delays.base_us(), Some(7_000));
    }

    #[test]
    fn one_late_packet_in_ten_is_covered_and_forgotten() {
        let mut delays = DelayEstimator::new();
        for n in 0..500 {
            let late = if n % 10 == 0 { 62_000 } else { 0 };
            let relative = delays.observe(n * 20_000, n * 20_000 + late);
            delays.count(relative);
        }
        assert_eq!(delays.covering_ms(), 65);
        for n in 500..2_500 {
            let relative = delays.observe(n * 20_000, n * 20_000);
            delays.count(relative);
        }
        assert_eq!(delays.covering_ms(), BUCKET_MS);
    }

    #[test]
    fn a_drifting_sender_moves_the_base_and_not_the_delay() {
        let mut delays = DelayEstimator::new();
        for n in 0..30_000i64 {
            // 200 ppm slow: transit grows by 4 µs per packet, 120 ms in all.
            let relative = delays.observe(n * 20_000, n * 20_004);
            assert!(relative <= 2_300, "packet {n}: {relative} µs");
            delays.count(relative);
        }
        assert_eq!(delays.covering_ms(), BUCKET_MS);
    }
}

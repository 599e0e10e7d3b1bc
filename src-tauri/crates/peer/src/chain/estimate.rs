//! How much the path carries: from transport-wide feedback where the far side gives it, else from its loss reports,
//! never more than it asks for by REMB.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Instant;

use rtc::interceptor::{BandwidthEstimator, EstimatorStats, Gcc, PacketReport};

/// bit/s before anything is known: a 360p picture at a good quality.
pub(crate) const START_RATE: u32 = 800_000;
/// bit/s: below it no picture is of use.
pub(crate) const MIN_RATE: u32 = 60_000;
/// bit/s: 720p30 needs no more.
pub(crate) const MAX_RATE: u32 = 6_000_000;

/// Loss above which the rate goes down, and below which it goes up (draft-ietf-rmcat-gcc-02 §6).
const HIGH_LOSS: f64 = 0.10;
const LOW_LOSS: f64 = 0.02;
/// Growth per loss report, which comes about every second.
const GROWTH: f64 = 1.08;

/// One transport's estimate, shared by the pacer, the tap and the session.
#[derive(Debug)]
pub(crate) struct Estimate {
    min: u32,
    max: u32,
    /// By delay and loss of single packets; used once feedback has come.
    by_packets: AtomicU32,
    has_packets: AtomicBool,
    by_loss: AtomicU32,
    /// `u32::MAX` until one has come.
    remb: AtomicU32,
}

impl Estimate {
    pub(crate) fn new(start: u32, min: u32, max: u32) -> Self {
        Self {
            min,
            max,
            by_packets: AtomicU32::new(start),
            has_packets: AtomicBool::new(false),
            by_loss: AtomicU32::new(start),
            remb: AtomicU32::new(u32::MAX),
        }
    }

    /// bit/s
    pub(crate) fn current(&self) -> u32 {
        let source = if self.has_packets.load(Ordering::Relaxed) { &self.by_packets } else { &self.by_loss };
        source.load(Ordering::Relaxed).min(self.remb.load(Ordering::Relaxed)).clamp(self.min, self.max)
    }

    /// A receiver report about a sent stream: the share of packets lost since the last.
    pub(crate) fn on_loss(&self, loss: f64) {
        let rate = f64::from(self.by_loss.load(Ordering::Relaxed));
        let rate = if loss > HIGH_LOSS {
            rate * (1.0 - 0.5 * loss)
        } else if loss < LOW_LOSS {
            // Not far above what REMB allows, so that a raised limit is not jumped at.
            (rate * GROWTH).min(f64::from(self.remb.load(Ordering::Relaxed)) * 1.5)
        } else {
            rate
        };
        self.by_loss.store(rate.clamp(f64::from(self.min), f64::from(self.max)) as u32, Ordering::Relaxed);
    }

    /// draft-alvestrand-rmcat-remb-03: what the far side wants at most.
    pub(crate) fn on_remb(&self, bps: f32) {
        if bps.is_finite() && bps > 0.0 {
            // The cast saturates.
            self.remb.store(bps as u32, Ordering::Relaxed);
        }
    }

    fn on_packets(&self, bps: f64) {
        self.by_packets.store(bps as u32, Ordering::Relaxed);
        self.has_packets.store(true, Ordering::Relaxed);
    }
}

/// Google congestion control (draft-ietf-rmcat-gcc-02) that publishes what it finds.
pub(crate) struct PublishedGcc {
    gcc: Gcc,
    estimate: Arc<Estimate>,
}

impl PublishedGcc {
    pub(crate) fn new(estimate: Arc<Estimate>) -> Self {
        let gcc = Gcc::new(f64::from(START_RATE), f64::from(estimate.min), f64::from(estimate.max));
        Self { gcc, estimate }
    }
}

impl BandwidthEstimator for PublishedGcc {
    fn on_reports(&mut self, now: Instant, reports: &[PacketReport]) {
        self.gcc.on_reports(now, reports);
        if !reports.is_empty() {
            self.estimate.on_packets(self.gcc.target_bitrate());
        }
    }

    fn target_bitrate(&self) -> f64 {
        self.gcc.target_bitrate()
    }

    fn handle_timeout(&mut self, now: Instant) {
        self.gcc.handle_timeout(now);
    }

    fn poll_timeout(&self) -> Option<Instant> {
        self.gcc.poll_timeout()
    }

    fn stats(&self) -> EstimatorStats {
        self.gcc.stats()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loss_reports_steer_until_there_is_something_better_and_remb_is_the_limit() {
        let estimate = Estimate::new(1_000_000, 60_000, 2_000_000);
        estimate.on_loss(0.0);
        assert_eq!(estimate.current(), 1_080_000);
        estimate.on_loss(0.05);
        assert_eq!(estimate.current(), 1_080_000);
        estimate.on_loss(0.5);
        assert_eq!(estimate.current(), 810_000);
        estimate.on_remb(300_000.0);
        assert_eq!(estimate.current(), 300_000);
        estimate.on_remb(f32::NAN);
        estimate.on_remb(1e12);
        assert_eq!(estimate.current(), 810_000);
        estimate.on_packets(5e9);
        assert_eq!(estimate.current(), 2_000_000);
        for _ in 0..100 {
            estimate.on_loss(1.0);
        }
        estimate.on_packets(0.0);
        assert_eq!(estimate.current(), 60_000);
    }
}

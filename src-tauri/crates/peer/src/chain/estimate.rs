//! How much the path carries, shared by the parts of the chain and the session: by the [controller](super::control)
//! where transport-wide feedback comes, else by reports of loss and round trip; never more than the far side asks for
//! by REMB.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::control::{Advice, Burst, LOSS_FLOOR, Loss, Verdict};
use crate::stream::lock;

/// bit/s before anything is known: a 360p picture at a good quality.
pub(crate) const START_RATE: u32 = 800_000;
/// bit/s: below it no picture is of use.
pub(crate) const MIN_RATE: u32 = 100_000;
/// bit/s: a camera at its limit of 2.5 Mbit/s, the repairs that may come with it, and room for a burst at twice the rate.
pub(crate) const MAX_RATE: u32 = 6_000_000;

/// Growth per report, which comes about every second; a rate that works is left sooner than it is found.
const GROWTH: f64 = 1.15;
/// Share of loss that does not call for more.
const NO_GROWTH: f64 = 0.35;
/// Growth ends at so much above what is sent.
const HEADROOM: f64 = 1.5;
/// The rate after a report that tells of a queue.
const QUEUE_CUT: f64 = 0.8;
/// A round trip above the least one by this is a queue.
const QUEUE: Duration = Duration::from_millis(120);
/// After so many cuts for a queue that has stayed as long as it was, within this share, the path itself has become longer
/// (another network, a relay): the rate is at a quarter by then, which would have drained a queue of the own making.
const CUTS_IN_VAIN: u32 = 6;
const AS_LONG: f64 = 0.3;
/// A report that covers less is no measure.
const MIN_REPORT: Duration = Duration::from_millis(200);
/// Of the pacing without feedback: see [`super::control`].
const PACING: f64 = 2.5;
/// The share of the rate that retransmissions may take from the encoder.
const MAX_REPAIR_SHARE: f64 = 0.4;
/// Before one is measured.
const ROUND_TRIP: Duration = Duration::from_millis(100);

/// What loss reports have told.
#[derive(Debug)]
struct Reports {
    rate: f64,
    loss: Loss,
    since: Option<Instant>,
    last: Option<(Instant, u64)>,
    least_round_trip: Duration,
    /// Cuts for a queue, one after the other, and the round trip at the first of them.
    cuts: (u32, Duration),
}

impl Reports {
    /// Whether this round trip tells of a queue that the rate is to be cut for.
    fn has_queue(&mut self, round_trip: Duration) -> bool {
        self.least_round_trip = self.least_round_trip.min(round_trip);
        if round_trip - self.least_round_trip <= QUEUE {
            self.cuts.0 = 0;
            return false;
        }
        if self.cuts.0 == 0 {
            self.cuts.1 = round_trip;
        }
        let is_as_long = round_trip.abs_diff(self.cuts.1) <= self.cuts.1.mul_f64(AS_LONG);
        if self.cuts.0 >= CUTS_IN_VAIN && is_as_long {
            (self.least_round_trip, self.cuts.0) = (round_trip, 0);
            return false;
        }
        self.cuts.0 += 1;
        true
    }
}

/// One transport's estimate.
#[derive(Debug)]
pub(crate) struct Estimate {
    min: u32,
    max: u32,
    by_feedback: AtomicU32,
    pacing: AtomicU32,
    has_feedback: AtomicBool,
    by_reports: AtomicU32,
    reports: Mutex<Reports>,
    /// `u32::MAX` until one has come.
    remb: AtomicU32,
    /// bit/s of retransmissions over the last second.
    repairs: AtomicU32,
    round_trip_us: AtomicU64,
    /// In millionths.
    path_loss: AtomicU32,
    bytes_sent: AtomicU64,
    burst: Mutex<Option<Burst>>,
}

impl Estimate {
    pub(crate) fn new(start: u32, min: u32, max: u32) -> Self {
        let reports = Reports {
            rate: f64::from(start),
            loss: Loss::default(),
            since: None,
            last: None,
            least_round_trip: Duration::MAX,
            cuts: (0, Duration::ZERO),
        };
        Self {
            min,
            max,
            by_feedback: AtomicU32::new(start),
            pacing: AtomicU32::new(start),
            has_feedback: AtomicBool::new(false),
            by_reports: AtomicU32::new(start),
            reports: Mutex::new(reports),
            remb: AtomicU32::new(u32::MAX),
            repairs: AtomicU32::new(0),
            round_trip_us: AtomicU64::new(ROUND_TRIP.as_micros() as u64),
            path_loss: AtomicU32::new(0),
            bytes_sent: AtomicU64::new(0),
            burst: Mutex::new(None),
        }
    }

    /// bit/s of everything, on the wire.
    pub(crate) fn current(&self) -> u32 {
        let has_feedback = self.has_feedback.load(Ordering::Relaxed);
        let source = if has_feedback { &self.by_feedback } else { &self.by_reports };
        source.load(Ordering::Relaxed).min(self.remb.load(Ordering::Relaxed)).clamp(self.min, self.max)
    }

    /// bit/s that are left for new media.
    pub(crate) fn for_media(&self) -> u32 {
        let current = self.current();
        let most = (f64::from(current) * MAX_REPAIR_SHARE) as u32;
        current - self.repairs.load(Ordering::Relaxed).min(most)
    }

    /// bit/s at which packets that can wait leave.
    pub(crate) fn pacing(&self) -> f64 {
        let by_rate = f64::from(self.current()) * PACING;
        if self.has_feedback.load(Ordering::Relaxed) {
            by_rate.min(f64::from(self.pacing.load(Ordering::Relaxed).max(self.min)))
        } else {
            by_rate
        }
    }

    pub(crate) fn round_trip(&self) -> Duration {
        Duration::from_micros(self.round_trip_us.load(Ordering::Relaxed))
    }

    /// The share that the path loses by itself.
    pub(crate) fn path_loss(&self) -> f64 {
        f64::from(self.path_loss.load(Ordering::Relaxed)) / 1e6
    }

    pub(crate) fn on_path_loss(&self, share: f64) {
        self.path_loss.store((share * 1e6) as u32, Ordering::Relaxed);
    }

    /// From the controller.
    pub(crate) fn on_advice(&self, advice: Advice, round_trip: Duration) {
        self.by_feedback.store(advice.target, Ordering::Relaxed);
        self.pacing.store(advice.pacing, Ordering::Relaxed);
        self.has_feedback.store(true, Ordering::Relaxed);
        self.note_round_trip(round_trip);
    }

    fn note_round_trip(&self, round_trip: Duration) {
        let us = u64::try_from(round_trip.as_micros()).unwrap_or(u64::MAX);
        self.round_trip_us.store(us, Ordering::Relaxed);
    }

    pub(crate) fn ask_for_burst(&self, burst: Burst) {
        *lock(&self.burst) = Some(burst);
    }

    pub(crate) fn take_burst(&self) -> Option<Burst> {
        lock(&self.burst).take()
    }

    /// Bytes on the wire.
    pub(crate) fn on_sent(&self, bytes: usize) {
        self.bytes_sent.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// bit/s, from the pacer.
    pub(crate) fn on_repairs(&self, bps: f64) {
        self.repairs.store(bps as u32, Ordering::Relaxed);
    }

    /// A receiver report about a sent video: the share of packets lost since the last, of how many, and the round trip.
    pub(crate) fn on_report(&self, now: Instant, loss: f64, packets: u64, round_trip: Option<Duration>) {
        if let Some(round_trip) = round_trip
            && !self.has_feedback.load(Ordering::Relaxed)
        {
            self.note_round_trip(round_trip);
        }
        let mut reports = lock(&self.reports);
        let bytes = self.bytes_sent.load(Ordering::Relaxed);
        let Some((then, bytes_then)) = reports.last else {
            (reports.since, reports.last) = (Some(now), Some((now, bytes)));
            return;
        };
        let elapsed = now.saturating_duration_since(then);
        if elapsed < MIN_REPORT {
            return;
        }
        reports.last = Some((now, bytes));
        let sent = bytes.saturating_sub(bytes_then) as f64 * 8.0 / elapsed.as_secs_f64();
        let at = reports.since.map_or(0.0, |since| now.saturating_duration_since(since).as_secs_f64());
        reports.loss.observe(at, sent, packets as f64, packets as f64 * loss);
        if !self.has_feedback.load(Ordering::Relaxed) {
            self.on_path_loss(loss);
        }
        let has_queue = round_trip.is_some_and(|round_trip| reports.has_queue(round_trip));
        let floor = LOSS_FLOOR.min(reports.rate);
        let rate = match reports.loss.verdict() {
            _ if has_queue => reports.rate.min(sent) * QUEUE_CUT,
            Verdict::Narrow(line) => (line * 0.95).min(reports.rate).max(floor),
            Verdict::TooMuch => (reports.rate * 0.7).max(floor),
            Verdict::Own(_) if loss > NO_GROWTH => reports.rate,
            Verdict::Own(_) => {
                // Not far above what is sent or REMB allows, so that a raised limit is not jumped at.
                let remb = f64::from(self.remb.load(Ordering::Relaxed));
                let most = (sent * HEADROOM).min(remb * HEADROOM);
                (reports.rate * GROWTH).min(most.max(reports.rate))
            }
        };
        if !matches!(reports.loss.verdict(), Verdict::Own(_)) {
            reports.loss.lowered();
        }
        reports.rate = rate.clamp(f64::from(self.min), f64::from(self.max));
        self.by_reports.store(reports.rate as u32, Ordering::Relaxed);
    }

    /// draft-alvestrand-rmcat-remb-03: what the far side wants at most.
    pub(crate) fn on_remb(&self, bps: f32) {
        if bps.is_finite() && bps > 0.0 {
            // The cast saturates.
            self.remb.store(bps as u32, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reports every second while all of the rate is sent.
    fn report(estimate: &Estimate, now: &mut Instant, loss: f64, round_trip: Option<Duration>) {
        *now += Duration::from_secs(1);
        estimate.on_sent(estimate.current() as usize / 8);
        estimate.on_report(*now, loss, 100, round_trip);
    }

    #[test]
    fn reports_steer_until_there_is_something_better_and_remb_is_the_limit() {
        let estimate = Estimate::new(1_000_000, 60_000, 2_000_000);
        let mut now = Instant::now();
        report(&estimate, &mut now, 0.0, None);
        assert_eq!(estimate.current(), 1_000_000, "the first has nothing before it");
        report(&estimate, &mut now, 0.0, None);
        assert_eq!(estimate.current(), 1_150_000);
        estimate.on_remb(300_000.0);
        assert_eq!(estimate.current(), 300_000);
        estimate.on_remb(f32::NAN);
        estimate.on_remb(1e12);
        assert_eq!(estimate.current(), 1_150_000);
        estimate.on_advice(Advice { target: 5_000_000, pacing: 9 }, Duration::from_millis(70));
        assert_eq!((estimate.current(), estimate.round_trip()), (2_000_000, Duration::from_millis(70)));
        estimate.on_repairs(300_000.0);
        assert_eq!(estimate.for_media(), 1_700_000);
        estimate.on_repairs(5e9);
        assert_eq!(estimate.for_media(), 1_200_000);
        estimate.on_advice(Advice { target: 0, pacing: 0 }, Duration::ZERO);
        assert_eq!(estimate.current(), 60_000);
    }

    #[test]
    fn without_feedback_random_loss_is_carried_and_a_long_round_trip_is_not() {
        let estimate = Estimate::new(1_000_000, 60_000, 3_000_000);
        let mut now = Instant::now();
        let short = Some(Duration::from_millis(40));
        for _ in 0..20 {
            report(&estimate, &mut now, 0.2, short);
        }
        assert_eq!(estimate.current(), 3_000_000);
        report(&estimate, &mut now, 0.2, Some(Duration::from_millis(200)));
        assert_eq!(estimate.current(), 2_400_000);
        for _ in 0..60 {
            report(&estimate, &mut now, 0.7, short);
        }
        assert_eq!(estimate.current(), LOSS_FLOOR as u32, "losses alone stop at a floor");
    }

    #[test]
    fn without_feedback_a_path_that_has_become_longer_is_no_queue_and_one_that_grows_is() {
        for (growth, expected) in [(0, 2_500_000..=3_000_000), (100, 60_000..=60_000)] {
            let estimate = Estimate::new(1_000_000, 60_000, 3_000_000);
            let mut now = Instant::now();
            for _ in 0..20 {
                report(&estimate, &mut now, 0.0, Some(Duration::from_millis(40)));
            }
            for number in 0..20 {
                report(&estimate, &mut now, 0.0, Some(Duration::from_millis(240 + number * growth)));
            }
            assert!(expected.contains(&estimate.current()), "{growth}: {}", estimate.current());
        }
    }
}

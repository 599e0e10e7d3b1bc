//! Whether a queue builds up on the path, from when packets left and when they arrived.
//!
//! Two signals: the slope of the delay (draft-ietf-rmcat-gcc-02 §5, as a trendline instead of a Kalman filter), which
//! sees a queue while it is still short, and the delay that stands above the smallest of the last seconds, which sees
//! a queue that no longer grows. Neither needs synchronous clocks.

use std::collections::VecDeque;

/// s: packets that leave within it are one burst.
const BURST: f64 = 0.005;
/// s: longest burst that grows by packets arriving together.
const MAX_BURST: f64 = 0.1;
/// Bursts in the trendline.
const WINDOW: usize = 20;
/// Of the exponential smoothing of the accumulated delay.
const SMOOTHING: f64 = 0.9;
/// Makes the slope comparable with the threshold.
const GAIN: f64 = 4.0;
const MAX_DELTAS: u32 = 60;
/// ms; where the adaptive threshold starts and how far it may go (draft-ietf-rmcat-gcc-02 §5.4).
const THRESHOLD: f64 = 12.5;
const THRESHOLD_RANGE: (f64, f64) = (6.0, 600.0);
/// Per ms: how fast the threshold grows and shrinks.
const THRESHOLD_UP: f64 = 0.008_7;
const THRESHOLD_DOWN: f64 = 0.039;
/// ms: what is further away is an outlier, not a threshold.
const OUTLIER: f64 = 15.0;
/// s: how long the slope must be too steep.
const OVERUSE_TIME: f64 = 0.010;
/// s: of the one-way delay the smallest within it is the path's own. Clocks drift by less than 1 ms in that time.
const BASE_SPAN: f64 = 15.0;
/// Parts of [`BASE_SPAN`] that are forgotten one after the other.
const BASE_PARTS: usize = 5;
/// s: of the newest delays the smallest counts: single late packets are no queue.
const RECENT: f64 = 0.035;
/// Weight of a new delta in the mean of their size and in the mean itself.
const NOISE_WEIGHT: f64 = 1.0 / 64.0;
const MEAN_WEIGHT: f64 = 1.0 / 16.0;

#[derive(Debug, Clone, Copy)]
struct Burst {
    departed_first: f64,
    departed: f64,
    arrived_first: f64,
    arrived: f64,
}

/// Where the slope stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Slope {
    #[default]
    Flat,
    Rising,
    Falling,
}

#[derive(Debug)]
pub(super) struct Delay {
    burst: Option<Burst>,
    previous: Option<Burst>,
    deltas: u32,
    accumulated: f64,
    smoothed: f64,
    /// (arrival in ms, smoothed delay in ms)
    points: VecDeque<(f64, f64)>,
    threshold: f64,
    threshold_at: Option<f64>,
    too_steep: f64,
    steep_count: u32,
    last_trend: f64,
    slope: Slope,
    /// ms: mean of the deltas between bursts, and how far they are from it.
    mean_delta: f64,
    noise: f64,
    /// Smallest one-way delay by part of [`BASE_SPAN`]: (since, delay).
    base: VecDeque<(f64, f64)>,
    /// (arrival, one-way delay)
    recent: VecDeque<(f64, f64)>,
    /// Arrival of the last packet that waited for less than the caller's calm.
    last_calm: Option<f64>,
}

impl Default for Delay {
    fn default() -> Self {
        Self {
            burst: None,
            previous: None,
            deltas: 0,
            accumulated: 0.0,
            smoothed: 0.0,
            points: VecDeque::with_capacity(WINDOW + 1),
            threshold: THRESHOLD,
            threshold_at: None,
            too_steep: 0.0,
            steep_count: 0,
            last_trend: 0.0,
            slope: Slope::Flat,
            mean_delta: 0.0,
            noise: 0.0,
            base: VecDeque::with_capacity(BASE_PARTS + 1),
            recent: VecDeque::new(),
            last_calm: None,
        }
    }
}

impl Delay {
    /// A packet that arrived, in the order of departure. Seconds; the two clocks have nothing in common. A packet that
    /// waited for less than `calm` marks the end of the last queue.
    pub(super) fn add(&mut self, departed: f64, arrived: f64, calm: f64) {
        let delay = arrived - departed;
        self.note_base(arrived, delay);
        if delay < least(&self.base) + calm {
            self.last_calm = Some(arrived);
        }
        self.recent.push_back((arrived, delay));
        // By the newest arrival: late packets do not bring back old times.
        while self.recent.len() > 512 || self.recent.front().is_some_and(|oldest| oldest.0 < arrived - RECENT) {
            self.recent.pop_front();
        }
        let Some(burst) = self.burst.as_mut() else {
            self.burst = Some(Burst { departed_first: departed, departed, arrived_first: arrived, arrived });
            return;
        };
        if departed < burst.departed_first {
            // Overtaken by a whole burst.
            return;
        }
        let gained = (arrived - burst.arrived) - (departed - burst.departed);
        let came_together =
            gained < 0.0 && arrived - burst.arrived <= BURST && arrived - burst.arrived_first < MAX_BURST;
        if departed - burst.departed_first <= BURST || came_together {
            burst.departed = burst.departed.max(departed);
            burst.arrived = burst.arrived.max(arrived);
            return;
        }
        let complete = *burst;
        *burst = Burst { departed_first: departed, departed, arrived_first: arrived, arrived };
        if let Some(previous) = self.previous.replace(complete) {
            let (sent, received) = (complete.departed - previous.departed, complete.arrived - previous.arrived);
            if received >= 0.0 {
                self.point(complete.arrived * 1e3, (received - sent) * 1e3, sent * 1e3);
            }
        }
    }

    fn note_base(&mut self, arrived: f64, delay: f64) {
        match self.base.back_mut() {
            Some((since, least)) if arrived < *since + BASE_SPAN / BASE_PARTS as f64 => *least = least.min(delay),
            _ => self.base.push_back((arrived, delay)),
        }
        if self.base.len() > BASE_PARTS {
            self.base.pop_front();
        }
    }

    /// ms
    fn point(&mut self, arrived: f64, delta: f64, sent: f64) {
        self.mean_delta += MEAN_WEIGHT * (delta - self.mean_delta);
        self.noise += NOISE_WEIGHT * ((delta - self.mean_delta).abs().min(200.0) - self.noise);
        self.deltas = (self.deltas + 1).min(1_000);
        self.accumulated += delta;
        self.smoothed = SMOOTHING * self.smoothed + (1.0 - SMOOTHING) * self.accumulated;
        self.points.push_back((arrived, self.smoothed));
        if self.points.len() > WINDOW {
            self.points.pop_front();
        }
        let trend = if self.points.len() == WINDOW { trend(&self.points).unwrap_or(self.last_trend) } else { 0.0 };
        let modified = f64::from(self.deltas.min(MAX_DELTAS)) * trend * GAIN;
        if modified > self.threshold {
            self.too_steep += sent;
            self.steep_count += 1;
            if self.too_steep > OVERUSE_TIME * 1e3 && self.steep_count > 1 && trend >= self.last_trend {
                (self.too_steep, self.steep_count) = (0.0, 0);
                self.slope = Slope::Rising;
            }
        } else {
            (self.too_steep, self.steep_count) = (0.0, 0);
            self.slope = if modified < -self.threshold { Slope::Falling } else { Slope::Flat };
        }
        self.last_trend = trend;
        self.adapt(modified.abs(), arrived);
    }

    fn adapt(&mut self, modified: f64, at: f64) {
        let elapsed = (at - self.threshold_at.replace(at).unwrap_or(at)).clamp(0.0, 100.0);
        if modified > self.threshold + OUTLIER {
            return;
        }
        let speed = if modified < self.threshold { THRESHOLD_DOWN } else { THRESHOLD_UP };
        self.threshold += speed * (modified - self.threshold) * elapsed;
        self.threshold = self.threshold.clamp(THRESHOLD_RANGE.0, THRESHOLD_RANGE.1);
    }

    pub(super) fn slope(&self) -> Slope {
        self.slope
    }

    /// See [`Self::add`].
    pub(super) fn last_calm(&self) -> Option<f64> {
        self.last_calm
    }

    /// s: how much the delay differs from burst to burst.
    pub(super) fn noise(&self) -> f64 {
        self.noise / 1e3
    }

    /// s: what the newest packets waited longer than the fastest of the last seconds.
    pub(super) fn standing(&self) -> f64 {
        let standing = least(&self.recent) - least(&self.base);
        if standing.is_finite() { standing.max(0.0) } else { 0.0 }
    }

    /// The path has changed: nothing that was learnt of it holds.
    pub(super) fn reset(&mut self) {
        *self = Self::default();
    }
}

fn least(values: &VecDeque<(f64, f64)>) -> f64 {
    values.iter().map(|entry| entry.1).fold(f64::INFINITY, f64::min)
}

/// Slope of the line of least squares, ms per ms.
fn trend(points: &VecDeque<(f64, f64)>) -> Option<f64> {
    let count = points.len() as f64;
    let mean_x = points.iter().map(|point| point.0).sum::<f64>() / count;
    let mean_y = points.iter().map(|point| point.1).sum::<f64>() / count;
    let above: f64 = points.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    let below: f64 = points.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
    (below > 0.0).then(|| above / below)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Packets every 10 ms over a path whose queue grows by `growth` s per s.
    fn run(delay: &mut Delay, from: f64, seconds: f64, growth: f64) {
        let count = (seconds * 100.0) as u32;
        for number in 0..count {
            let sent = f64::from(number) * 0.01;
            delay.add(from + sent, from + sent + 77.0 + sent * growth, 0.01);
        }
    }

    #[test]
    fn a_growing_queue_is_seen_within_a_third_of_a_second_and_a_flat_one_never() {
        let mut delay = Delay::default();
        run(&mut delay, 0.0, 3.0, 0.0);
        assert_eq!((delay.slope(), delay.standing() < 0.001), (Slope::Flat, true));
        run(&mut delay, 3.0, 0.33, 0.18);
        assert_eq!(delay.slope(), Slope::Rising);
        let standing = delay.standing();
        assert!((0.03..0.06).contains(&standing), "{standing}");
    }

    #[test]
    fn a_queue_that_no_longer_grows_still_stands() {
        let mut delay = Delay::default();
        run(&mut delay, 0.0, 2.0, 0.0);
        for number in 0..100 {
            let sent = 2.0 + f64::from(number) * 0.01;
            delay.add(sent, sent + 77.0 + 0.2, 0.01);
        }
        assert_eq!(delay.slope(), Slope::Flat);
        assert!((0.19..0.21).contains(&delay.standing()));
    }
}

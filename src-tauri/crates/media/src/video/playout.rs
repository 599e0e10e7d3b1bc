//! When a whole picture is shown. No I/O, no clock.
//!
//! Each picture has a lateness: how much longer it took from capture to being whole than the fastest one of the
//! last seconds. Pictures are held back so that the usual lateness (95 of 100) disappears in the delay: on a
//! clean path that is nothing, on a lossy one it is the time of a repair. A late picture is shown at once; the
//! delay rises at once and sinks slowly. Audio may ask for more, for the sake of the lips.

use std::{collections::VecDeque, time::Duration};

/// Pictures that the estimate looks back on: five seconds at 30.
const WINDOW: usize = 150;
/// Share of pictures that shall be in time.
const IN_TIME_PERCENT: usize = 95;
/// Lateness that is not smoothed away: screens show pictures every 16 ms anyway.
const DEAD_BAND: Duration = Duration::from_millis(12);
/// The most that is ever added.
const MAX_DELAY: Duration = Duration::from_millis(400);
/// How much the delay sinks with each picture: 3 % at 30 a second, which nobody sees.
const SINK: Duration = Duration::from_millis(1);
/// The fastest picture is looked for in this time and the one before it: clocks drift.
const BASE_WINDOW: Duration = Duration::from_secs(5);
/// A jump of the media time by more than this is a new stream.
const MAX_GAP_TICKS: i32 = 90_000 * 10;

/// See the module.
#[derive(Debug, Default)]
pub struct Playout {
    last_timestamp: Option<u32>,
    /// Media time since the first picture, in 90 kHz ticks.
    ticks: i64,
    /// Smallest transit in the window before and in this one, in µs; the origin is arbitrary.
    base: (i64, i64),
    base_began: Duration,
    lateness: VecDeque<u32>,
    delay: Duration,
    minimum: Duration,
    last_release: Duration,
    last_transit: Option<i64>,
    jitter_us: f64,
}

impl Playout {
    /// A target from audio: pictures are held back at least this long.
    pub fn set_minimum(&mut self, minimum: Duration) {
        self.minimum = minimum.min(MAX_DELAY);
    }

    /// What is currently added.
    pub fn delay(&self) -> Duration {
        self.delay.max(self.minimum)
    }

    /// RFC 3550 §6.4.1 over whole pictures.
    pub fn jitter(&self) -> Duration {
        Duration::from_micros(self.jitter_us as u64)
    }

    /// When a picture that was whole at `completed` is to be shown, in monotonic time; never before
    /// `completed`, never before an earlier picture.
    pub fn schedule(&mut self, timestamp: u32, completed: Duration) -> Duration {
        let completed_us = i64::try_from(completed.as_micros()).unwrap_or(i64::MAX);
        let step = self.last_timestamp.map_or(0, |last| timestamp.wrapping_sub(last) as i32);
        if self.last_timestamp.is_none() || step.abs() > MAX_GAP_TICKS {
            self.restart(completed, completed_us);
        } else {
            self.ticks += i64::from(step);
        }
        self.last_timestamp = Some(timestamp);
        let media_us = self.ticks * 100 / 9;
        let transit = completed_us - media_us;
        self.note_transit(transit, completed);
        let late_us = u64::try_from(transit - self.base.0.min(self.base.1)).unwrap_or(0);
        self.adapt(Duration::from_micros(late_us));
        let fastest = u64::try_from(self.base.0.min(self.base.1) + media_us).unwrap_or(0);
        let due = Duration::from_micros(fastest) + self.delay();
        // The bound holds even when timestamps are nonsense.
        let release = due.clamp(completed, completed + MAX_DELAY).max(self.last_release.min(completed + MAX_DELAY));
        self.last_release = release;
        release
    }

    fn restart(&mut self, completed: Duration, completed_us: i64) {
        self.ticks = 0;
        self.base = (i64::MAX, completed_us);
        self.base_began = completed;
        self.lateness.clear();
        self.delay = Duration::ZERO;
        self.last_transit = None;
    }

    fn note_transit(&mut self, transit: i64, completed: Duration) {
        if let Some(last) = self.last_transit {
            let difference = (transit - last).unsigned_abs() as f64;
            self.jitter_us += (difference.min(1e6) - self.jitter_us) / 16.0;
        }
        self.last_transit = Some(transit);
        if completed.saturating_sub(self.base_began) >= BASE_WINDOW {
            self.base = (self.base.1, transit);
            self.base_began = completed;
        }
        self.base.1 = self.base.1.min(transit);
    }

    fn adapt(&mut self, late: Duration) {
        if self.lateness.len() == WINDOW {
            self.lateness.pop_front();
        }
        self.lateness.push_back(u32::try_from(late.as_micros()).unwrap_or(u32::MAX));
        let mut sorted: Vec<u32> = self.lateness.iter().copied().collect();
        // Rounded down: with few pictures one late one does not count yet.
        let index = (sorted.len() - 1) * IN_TIME_PERCENT / 100;
        let (_, &mut usual, _) = sorted.select_nth_unstable(index);
        let wanted = Duration::from_micros(u64::from(usual)).saturating_sub(DEAD_BAND).min(MAX_DELAY);
        self.delay = if wanted > self.delay { wanted } else { self.delay.saturating_sub(SINK).max(wanted) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pictures every 33 ms with the given lateness; returns what is added to the shortest path, in ms.
    fn run(playout: &mut Playout, first: u32, lateness: impl Iterator<Item = u64>) -> Vec<i64> {
        let mut added = Vec::new();
        let mut before = Duration::ZERO;
        for (index, late) in (first..).zip(lateness) {
            let captured = Duration::from_micros(u64::from(index) * 33_333);
            let completed = captured + Duration::from_millis(1_000 + late);
            let release = playout.schedule(u32::MAX.wrapping_sub(90_000).wrapping_add(index * 3_000), completed);
            assert!(release >= completed && release >= before);
            before = release;
            added.push(release.as_millis() as i64 - captured.as_millis() as i64 - 1_000);
        }
        added
    }

    #[test]
    fn a_clean_path_costs_nothing() {
        let mut playout = Playout::default();
        let added = run(&mut playout, 0, (0..600).map(|index| index % 7));
        assert!(added.iter().all(|&ms| ms <= 7), "{added:?}");
        assert_eq!(playout.delay(), Duration::ZERO);
    }

    #[test]
    fn repairs_become_even_delay_and_go_away_again() {
        let mut playout = Playout::default();
        let added = run(&mut playout, 0, (0..600).map(|index| if index % 5 == 0 { 120 } else { 0 }));
        let (low, high) = (added[300..].iter().min().unwrap(), added[300..].iter().max().unwrap());
        assert!(*low >= 100 && *high <= 125, "{low}..{high}");
        let added = run(&mut playout, 600, std::iter::repeat_n(0, 600));
        assert!(*added.last().unwrap() <= 1, "{:?}", added.last());
    }

    #[test]
    fn audio_can_ask_for_more() {
        let mut playout = Playout::default();
        playout.set_minimum(Duration::from_millis(80));
        let added = run(&mut playout, 0, std::iter::repeat_n(0, 30));
        assert!(added.iter().all(|&ms| (79..=81).contains(&ms)), "{added:?}");
    }

    #[test]
    fn nonsense_timestamps_delay_no_picture_beyond_the_limit() {
        let mut playout = Playout::default();
        let mut state = 1u32;
        for index in 0..2_000u64 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let completed = Duration::from_millis(index * 33);
            let release = playout.schedule(if index % 3 == 0 { state } else { state >> 12 }, completed);
            assert!(release >= completed && release <= completed + MAX_DELAY);
        }
    }
}

//! Which size and frame rate a bit rate pays for, and what the processor can carry.
//!
//! ```text
//! Full ⇄ ThreeQuarters ⇄ Half ⇄ ThreeEighths ⇄ Quarter     (of 1280×720)
//! ```
//!
//! Down at once (a late step is a queue in the network), up only after the rate has been enough for a while
//! (each step costs a keyframe). Pure: time comes in as an argument.

use std::time::Duration;

/// A new size needs a keyframe; after a step the ladder stands still this long before it goes up.
const CALM_BEFORE_UP: Duration = Duration::from_secs(3);
/// Two steps down are at least this far apart, unless the rate fell below half of what the size needs.
const CALM_BEFORE_DOWN: Duration = Duration::from_millis(800);
/// Mean encode time, as a share of the frame interval, above which the processor is too slow.
const CPU_HIGH: f64 = 0.7;
/// ... and below which one step up would still fit (a step up has 1.8 to 2.25 times the pixels).
const CPU_LOW: f64 = 0.25;
/// Pictures in the mean of the encode time.
const CPU_WINDOW: u32 = 30;
/// How long a size that did not work is not tried again; twice as long each time, up to the limit.
const PENALTY: Duration = Duration::from_secs(30);
const PENALTY_MAX: Duration = Duration::from_secs(240);
/// Share of pictures left out over [`DROP_WINDOW`] above which the size is too large for its content.
const DROP_HIGH: f64 = 0.3;
const DROP_WINDOW: u32 = 60;

/// One size of the ladder. The box is for pictures that lie; upright ones turn it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rung {
    pub width: u32,
    pub height: u32,
    /// Bits a second at 30 pictures a second from which this size is taken.
    up_at: u32,
    /// ... below which it is left.
    down_below: u32,
}

/// From large to small.
const RUNGS: [Rung; 5] = [
    Rung { width: 1280, height: 720, up_at: 1_100_000, down_below: 750_000 },
    Rung { width: 960, height: 540, up_at: 650_000, down_below: 450_000 },
    Rung { width: 640, height: 360, up_at: 320_000, down_below: 210_000 },
    Rung { width: 480, height: 270, up_at: 190_000, down_below: 130_000 },
    Rung { width: 320, height: 180, up_at: 0, down_below: 0 },
];

/// The size in use and why it may change.
#[derive(Debug)]
pub struct Ladder {
    rung: usize,
    /// The largest rung that the processor or the content allows.
    ceiling: usize,
    ceiling_until: Duration,
    penalty: Duration,
    rate: u32,
    changed: Option<Duration>,
    enough_since: Option<Duration>,
    encode_share: f64,
    encodes: u32,
    pictures: u32,
    drops: u32,
}

impl Ladder {
    /// Starts where `rate` (bits a second) belongs.
    pub fn new(rate: u32) -> Self {
        let rung = RUNGS.iter().position(|rung| rate >= rung.down_below).unwrap_or(RUNGS.len() - 1);
        Self {
            rung,
            ceiling: 0,
            ceiling_until: Duration::ZERO,
            penalty: PENALTY,
            rate,
            changed: None,
            enough_since: None,
            encode_share: 0.0,
            encodes: 0,
            pictures: 0,
            drops: 0,
        }
    }

    /// The size to encode.
    pub fn rung(&self) -> Rung {
        RUNGS[self.rung]
    }

    /// Pictures a second that the rate pays for, at most `limit`.
    pub fn fps(&self, limit: u32) -> u32 {
        let affordable = match self.rate {
            0..50_000 => 7,
            50_000..90_000 => 12,
            90_000..130_000 => 20,
            _ => 60,
        };
        affordable.min(limit).max(1)
    }

    /// The encoder's target changed.
    pub fn set_rate(&mut self, rate: u32) {
        self.rate = rate;
    }

    /// One picture was encoded (or left out to stay within the rate) at `now`.
    /// `share` is its encode time divided by the frame interval.
    pub fn note_picture(&mut self, now: Duration, left_out: bool, share: f64) {
        self.pictures += 1;
        if left_out {
            self.drops += 1;
        } else {
            self.encodes += 1;
            let weight = 1.0 / f64::from(self.encodes.min(CPU_WINDOW));
            self.encode_share += (share - self.encode_share) * weight;
        }
        if self.pictures >= DROP_WINDOW {
            if f64::from(self.drops) > DROP_HIGH * f64::from(self.pictures) {
                self.lower_ceiling(now);
            }
            self.pictures = 0;
            self.drops = 0;
        }
        if self.encodes >= CPU_WINDOW && self.encode_share > CPU_HIGH {
            self.lower_ceiling(now);
        }
    }

    fn lower_ceiling(&mut self, now: Duration) {
        self.ceiling = (self.rung + 1).min(RUNGS.len() - 1);
        self.ceiling_until = now + self.penalty;
        self.penalty = (2 * self.penalty).min(PENALTY_MAX);
        self.reset_load();
    }

    fn reset_load(&mut self) {
        self.encode_share = 0.0;
        self.encodes = 0;
        self.pictures = 0;
        self.drops = 0;
    }

    /// Decides before each picture. True if the size changed.
    pub fn update(&mut self, now: Duration) -> bool {
        if self.ceiling > 0 && now >= self.ceiling_until && self.encode_share < CPU_LOW {
            self.ceiling -= 1;
            self.ceiling_until = now + self.penalty;
        }
        let mut wanted = self.rung.max(self.ceiling);
        let starved = self.rate < RUNGS[wanted].down_below / 2;
        let calm = self.changed.is_none_or(|at| now.saturating_sub(at) >= CALM_BEFORE_DOWN);
        if calm || starved {
            while self.rate < RUNGS[wanted].down_below && wanted + 1 < RUNGS.len() {
                wanted += 1;
            }
        }
        if wanted == self.rung {
            wanted = self.rung_above(now);
        } else {
            self.enough_since = None;
        }
        let changed = wanted != self.rung;
        if changed {
            self.rung = wanted;
            self.changed = Some(now);
            self.reset_load();
        }
        changed
    }

    fn rung_above(&mut self, now: Duration) -> usize {
        let mut above = self.rung;
        while above > self.ceiling && self.rate >= RUNGS[above - 1].up_at {
            above -= 1;
        }
        if above == self.rung {
            self.enough_since = None;
            return self.rung;
        }
        let since = *self.enough_since.get_or_insert(now);
        if now.saturating_sub(since) < CALM_BEFORE_UP {
            return self.rung;
        }
        self.enough_since = None;
        above
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn down_at_once_up_after_a_while_and_not_at_the_edge() {
        let mut ladder = Ladder::new(2_000_000);
        let mut log = vec![(0, ladder.rung().width)];
        let rates = [(1_000, 500_000), (3_000, 700_000), (4_000, 440_000), (6_000, 60_000), (8_000, 2_000_000)];
        for millis in (0..16_000).step_by(100) {
            if let Some((_, rate)) = rates.iter().find(|(when, _)| *when == millis) {
                ladder.set_rate(*rate);
            }
            if ladder.update(at(millis)) {
                log.push((millis, ladder.rung().width));
            }
        }
        assert_eq!(log, [(0, 1280), (1_000, 960), (4_000, 640), (6_000, 320), (11_000, 1280)]);
    }

    #[test]
    fn a_rate_that_swings_around_an_edge_moves_nothing() {
        let mut ladder = Ladder::new(600_000);
        for step in 0..200u64 {
            ladder.set_rate(if step % 2 == 0 { 460_000 } else { 900_000 });
            assert!(!ladder.update(at(step * 100)), "step {step}");
        }
    }

    #[test]
    fn a_slow_processor_lowers_the_size_and_it_is_tried_again_later() {
        let mut ladder = Ladder::new(2_000_000);
        let mut log = Vec::new();
        for frame in 0..3_000u64 {
            let now = at(frame * 33);
            let share = if ladder.rung().width == 1280 { 0.9 } else { 0.2 };
            ladder.note_picture(now, false, share);
            if ladder.update(now) {
                log.push((frame * 33 / 1_000, ladder.rung().width));
            }
        }
        assert_eq!(log, [(0, 960), (33, 1280), (34, 960), (98, 1280)]);
    }

    #[test]
    fn content_that_cannot_be_coded_at_this_size_gets_a_smaller_one() {
        let mut ladder = Ladder::new(800_000);
        assert_eq!(ladder.rung().width, 1280);
        for frame in 0..60u64 {
            ladder.note_picture(at(frame * 33), frame % 2 == 0, 0.1);
        }
        assert!(ladder.update(at(2_000)));
        assert_eq!(ladder.rung().width, 960);
    }

    #[test]
    fn little_rate_means_fewer_pictures() {
        for (rate, fps) in [(2_000_000, 30), (100_000, 20), (60_000, 12), (30_000, 7)] {
            assert_eq!(Ladder::new(rate).fps(30), fps);
        }
    }
}

//! How much sound waits for the speaker: one period of the device, and more when that was not enough. Pure.
//!
//! What a speaker lacked is time lost: it was silent, and what should have sounded meanwhile is now too late and has to be
//! squeezed out by time stretching. Once is an accident; a machine that is busy with other things does it every other
//! second, and there a deeper queue costs less than silence and squeezing.

use std::time::Duration;

use crate::audio::BLOCK;

/// Blocks beyond the device's own period: 200 ms, above which people talk over each other.
const MAX_EXTRA: usize = 20;
/// Calm time after which a quarter is given back, at least one block. A lack that follows another within it is no accident.
const CALM: Duration = Duration::from_secs(20);

#[derive(Debug, Default)]
pub(super) struct PlayoutDepth {
    extra: usize,
    lost: u64,
    changed: Duration,
}

impl PlayoutDepth {
    /// Samples to keep in the ring of a device that takes `period` at once and lacked `lost` samples since it opened.
    pub(super) fn wanted(&mut self, period: usize, lost: u64, now: Duration) -> usize {
        let is_calm = now.saturating_sub(self.changed) >= CALM;
        if lost > self.lost {
            let lacked = usize::try_from(lost - self.lost).unwrap_or(usize::MAX).div_ceil(BLOCK);
            let more = if is_calm || self.extra == 0 { 1 } else { lacked };
            self.lost = lost;
            self.extra = self.extra.saturating_add(more).min(MAX_EXTRA);
            self.changed = now;
        } else if self.extra > 0 && is_calm {
            self.extra -= (self.extra / 4).max(1);
            self.changed = now;
        }
        period + self.extra * BLOCK
    }

    /// Another device: what it lacked is counted from zero; what the machine needs is remembered.
    pub(super) fn device_changed(&mut self) {
        self.lost = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_lack_is_an_accident_and_more_are_met_by_depth() {
        let at = Duration::from_secs;
        let mut depth = PlayoutDepth::default();
        let seen: Vec<usize> =
            [(0, 0), (1, 2_400), (2, 2_400), (3, 4_800), (22, 4_800), (23, 4_800), (42, 4_800), (43, 4_800)]
                .map(|(second, lost)| depth.wanted(480, lost, at(second)) / BLOCK)
                .to_vec();
        assert_eq!(seen, [1, 2, 2, 7, 7, 6, 6, 5]);
        // A lone lack of 100 ms, long after.
        assert_eq!(depth.wanted(480, 9_600, at(100)) / BLOCK, 6);
    }

    #[test]
    fn a_device_that_is_late_every_other_second_is_served_from_the_third_time_on() {
        let (mut depth, mut ring, mut lost) = (PlayoutDepth::default(), 0usize, 0u64);
        let mut lacks = Vec::new();
        for block in 0..1_000u64 {
            let wanted = depth.wanted(BLOCK, lost, Duration::from_millis(block * 10));
            ring = ring.max(wanted);
            // Away for 100 ms, then it takes all that it missed at once.
            let pulls = match block % 200 {
                190..199 => 0,
                199 => 10,
                _ => 1,
            };
            let lacking = (pulls * BLOCK).saturating_sub(ring);
            ring = ring.saturating_sub(pulls * BLOCK);
            lost += lacking as u64;
            if lacking > 0 {
                lacks.push((block / 100, lacking / BLOCK));
            }
        }
        assert_eq!(lacks, [(1, 9), (3, 8)]);
    }

    #[test]
    fn depth_has_an_end_and_outlives_the_device() {
        let at = Duration::from_secs;
        let mut depth = PlayoutDepth::default();
        (1..20).for_each(|n| {
            depth.wanted(480, n * 4_800, at(50));
        });
        assert_eq!(depth.wanted(480, 19 * 4_800, at(50)), (1 + MAX_EXTRA) * BLOCK);
        depth.device_changed();
        assert_eq!(depth.wanted(960, 0, at(51)), (2 + MAX_EXTRA) * BLOCK);
    }
}

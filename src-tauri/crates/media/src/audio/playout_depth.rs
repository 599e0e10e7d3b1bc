//! How much sound waits for the speaker: one period of the device, and more when that was not enough. Pure.

use std::time::Duration;

use crate::audio::BLOCK;

/// 50 ms beyond the device's own period; who needs more has a machine that cannot hold a call.
const MAX_EXTRA: usize = 5;
/// Calm time after which one block is given back.
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
        if lost > self.lost {
            self.lost = lost;
            self.extra = (self.extra + 1).min(MAX_EXTRA);
            self.changed = now;
        } else if self.extra > 0 && now.saturating_sub(self.changed) >= CALM {
            self.extra -= 1;
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
    fn depth_grows_with_every_lack_and_shrinks_in_calm() {
        let at = Duration::from_secs;
        let mut depth = PlayoutDepth::default();
        let wanted: Vec<usize> = [(0, 0), (1, 480), (2, 480), (3, 900), (22, 900), (23, 900), (42, 900), (43, 900)]
            .map(|(second, lost)| depth.wanted(480, lost, at(second)) / BLOCK)
            .to_vec();
        assert_eq!(wanted, [1, 2, 2, 3, 3, 2, 2, 1]);
        (0..20).for_each(|n| {
            depth.wanted(480, 1_000 + n, at(50));
        });
        assert_eq!(depth.wanted(480, 1_019, at(50)), (1 + MAX_EXTRA) * BLOCK);
        depth.device_changed();
        assert_eq!(depth.wanted(960, 0, at(51)), (2 + MAX_EXTRA) * BLOCK);
    }
}

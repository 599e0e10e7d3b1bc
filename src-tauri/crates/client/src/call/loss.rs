//! How much of the own sound the far side misses, for the share of error correction in it. Pure.
//!
//! A single report covers some 50 to 250 packets, so at 10 % it says anything from 2 to 20, and one lucky report must
//! not switch the copies off. In: the newest `fraction_lost` of the sound (RFC 3550 §6.4.1). Out: per mille.

use std::time::Duration;

/// Assumed before the first report, and never less: copies cost a tenth of the rate, a hole in a word costs the word.
const LEAST: f32 = 0.05;
/// A worse report counts at once; better ones bring the value down by 63 % in this time.
const DECAY: Duration = Duration::from_secs(15);

/// Fast up, slow down.
#[derive(Debug, Default)]
pub(crate) struct SoundLoss {
    share: f32,
}

impl SoundLoss {
    /// Takes the newest report, if there was one, `elapsed` after the call before. Returns per mille, 50 to 1,000.
    pub(crate) fn update(&mut self, reported: Option<f32>, elapsed: Duration) -> u32 {
        if let Some(reported) = reported.filter(|share| share.is_finite()) {
            let reported = reported.clamp(0.0, 1.0);
            let kept = (-elapsed.as_secs_f32() / DECAY.as_secs_f32()).exp();
            self.share = reported.max(reported + (self.share - reported) * kept);
        }
        (self.share.max(LEAST) * 1_000.0).round() as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEP: Duration = Duration::from_secs(2);

    #[test]
    fn nothing_known_and_nothing_lost_keep_the_copies() {
        let mut loss = SoundLoss::default();
        assert_eq!(loss.update(None, STEP), 50);
        assert_eq!(loss.update(Some(0.0), STEP), 50);
        assert_eq!(loss.update(Some(f32::NAN), STEP), 50);
    }

    #[test]
    fn up_at_once_and_down_over_many_reports() {
        let mut loss = SoundLoss::default();
        let seen: Vec<u32> = [0.2, 0.0, 0.0, 0.0, 0.1, 0.0, 0.0, 0.3, 7.0]
            .into_iter()
            .map(|share| loss.update(Some(share), STEP))
            .collect();
        assert_eq!(seen, [200, 175, 153, 134, 130, 114, 99, 300, 1_000]);
        let later: Vec<u32> = (0..40).map(|_| loss.update(Some(0.0), STEP)).collect();
        assert!(later.windows(2).all(|pair| pair[1] <= pair[0]), "{later:?}");
        assert_eq!(later.last(), Some(&50));
    }

    #[test]
    fn a_missing_report_changes_nothing() {
        let mut loss = SoundLoss::default();
        loss.update(Some(0.2), STEP);
        assert_eq!(loss.update(None, STEP), 200);
    }
}

//! Loudness on the scale of [`confab_model::AudioLevel`].

use crate::audio::Block;

/// Blocks in one reading: 50 ms.
const WINDOW: u32 = 5;
/// dBFS that is shown as 0.
const FLOOR_DB: f32 = -60.0;

/// Sums blocks and gives a reading every 50 ms.
#[derive(Debug, Default)]
pub struct LevelMeter {
    energy: f32,
    blocks: u32,
    level: u8,
}

impl LevelMeter {
    /// Takes 10 ms. Returns true when there is a new reading.
    pub fn add(&mut self, block: &Block) -> bool {
        self.energy += block.iter().map(|x| x * x).sum::<f32>() / block.len() as f32;
        self.blocks += 1;
        if self.blocks < WINDOW {
            return false;
        }
        // A full-scale sine has a mean square of 1/2 and shall read 0 dB (AES17).
        self.level = scale(2.0 * self.energy / self.blocks as f32);
        self.energy = 0.0;
        self.blocks = 0;
        true
    }

    /// 0..=100
    pub fn level(&self) -> u8 {
        self.level
    }
}

/// From mean square (1 = full-scale sine) to 0..=100.
fn scale(mean_square: f32) -> u8 {
    if mean_square <= 0.0 || !mean_square.is_finite() {
        return 0;
    }
    let db = 10.0 * mean_square.log10();
    ((db - FLOOR_DB) / -FLOOR_DB * 100.0).clamp(0.0, 100.0).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::{BLOCK, SILENCE};

    #[test]
    fn the_scale_is_decibels() {
        let sine = |peak: f32| -> Block {
            std::array::from_fn(|i| peak * (i as f32 * 10.0 * std::f32::consts::TAU / BLOCK as f32).sin())
        };
        for (peak, level) in [(1.0, 100), (0.1, 67), (0.01, 33), (0.001, 0), (0.0001, 0)] {
            let mut meter = LevelMeter::default();
            let readings: Vec<bool> = (0..5).map(|_| meter.add(&sine(peak))).collect();
            assert_eq!(readings, [false, false, false, false, true]);
            assert_eq!(meter.level(), level, "peak {peak}");
        }
        let mut meter = LevelMeter::default();
        (0..5).for_each(|_| {
            meter.add(&SILENCE);
        });
        assert_eq!(meter.level(), 0);
        assert_eq!(scale(f32::NAN), 0);
    }
}

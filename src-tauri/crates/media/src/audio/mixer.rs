//! Adds the sound of several people, without clipping: what exceeds full scale turns the sum down and lets it up again slowly.

use crate::audio::{BLOCK, Block};

/// −0.5 dBFS: room for the loudspeaker's converter.
const CEILING: f32 = 0.944;
/// Of the missing gain per block: back to 90 % in about 220 ms.
const RELEASE: f32 = 0.1;

/// Mixes any number of inputs, 10 ms at a time.
#[derive(Debug)]
pub struct Mixer {
    sum: Block,
    gain: f32,
}

impl Default for Mixer {
    fn default() -> Self {
        Self { sum: [0.0; BLOCK], gain: 1.0 }
    }
}

impl Mixer {
    /// Adds one input to the current block.
    pub fn add(&mut self, block: &Block) {
        for (sum, sample) in self.sum.iter_mut().zip(block) {
            *sum += sample;
        }
    }

    /// The sum of all that was added since the last time; silence if nothing was.
    pub fn finish(&mut self) -> Block {
        let mut block = std::mem::replace(&mut self.sum, [0.0; BLOCK]);
        let peak = block.iter().fold(0.0f32, |peak, sample| peak.max(sample.abs()));
        let fitting = if peak > CEILING { CEILING / peak } else { 1.0 };
        let from = self.gain.min(1.0);
        let to = fitting.min(from + (1.0 - from) * RELEASE);
        // Down at once where it would clip, up along the block.
        let start = from.min(fitting);
        if start < 1.0 || to < 1.0 {
            for (i, sample) in block.iter_mut().enumerate() {
                *sample *= start + (to - start) * i as f32 / BLOCK as f32;
            }
        }
        self.gain = to;
        block
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(peak: f32) -> Block {
        std::array::from_fn(|i| peak * (i as f32 * 10.0 * std::f32::consts::TAU / BLOCK as f32).sin())
    }

    #[test]
    fn one_input_passes_unchanged_and_none_is_silence() {
        let mut mixer = Mixer::default();
        mixer.add(&sine(0.9));
        assert_eq!(mixer.finish(), sine(0.9));
        assert_eq!(mixer.finish(), [0.0; BLOCK]);
    }

    #[test]
    fn ten_loud_people_do_not_clip_and_one_is_as_loud_as_before_afterwards() {
        let mut mixer = Mixer::default();
        for _ in 0..10 {
            (0..10).for_each(|_| mixer.add(&sine(0.8)));
            assert!(mixer.finish().iter().all(|sample| sample.abs() <= CEILING + 1e-6));
        }
        let mut last = [0.0; BLOCK];
        for _ in 0..100 {
            mixer.add(&sine(0.5));
            last = mixer.finish();
        }
        assert!(last.iter().zip(sine(0.5)).all(|(a, b)| (a - b).abs() < 0.001));
    }
}

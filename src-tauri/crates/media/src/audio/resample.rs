//! Between a device's sample rate and the 10 ms blocks at 48 kHz of a call. Allocates when made, never after.

use std::fmt;

use rubato::{Fft, FixedSync, Resampler, audioadapter_buffers::direct::InterleavedSlice};

use crate::audio::{BLOCK, Block, SAMPLE_RATE, io::DeviceError};

/// Devices outside this range do not exist; a rate of 1 Hz from a broken driver would want gigabytes.
const RATES: std::ops::RangeInclusive<u32> = 8_000..=384_000;

/// One direction of one device.
pub(crate) struct Resample(Option<Fft<f32>>);

impl fmt::Debug for Resample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Resample").field(&self.0.as_ref().map(Resampler::resample_ratio)).finish()
    }
}

impl Resample {
    /// From `rate` to blocks.
    pub(crate) fn to_blocks(rate: u32) -> Result<Self, DeviceError> {
        Self::between(rate, SAMPLE_RATE, FixedSync::Output)
    }

    /// From blocks to `rate`.
    pub(super) fn from_blocks(rate: u32) -> Result<Self, DeviceError> {
        Self::between(SAMPLE_RATE, rate, FixedSync::Input)
    }

    fn between(from: u32, to: u32, fixed: FixedSync) -> Result<Self, DeviceError> {
        if from == to {
            return Ok(Self(None));
        }
        if !RATES.contains(&from) || !RATES.contains(&to) {
            return Err(DeviceError::Failed(format!("cannot convert {from} Hz to {to} Hz")));
        }
        Fft::new(from as usize, to as usize, BLOCK, 1, fixed)
            .map(|fft| Self(Some(fft)))
            .map_err(|error| DeviceError::Failed(error.to_string()))
    }

    pub(crate) fn largest_input(&self) -> usize {
        self.0.as_ref().map_or(BLOCK, Resampler::input_frames_max)
    }
    pub(super) fn largest_output(&self) -> usize {
        self.0.as_ref().map_or(BLOCK, Resampler::output_frames_max)
    }
    /// Samples wanted for the next block.
    pub(crate) fn next_input(&self) -> usize {
        self.0.as_ref().map_or(BLOCK, Resampler::input_frames_next)
    }

    /// `input` has [`Self::next_input`] samples.
    pub(crate) fn fill_block(&mut self, input: &[f32], block: &mut Block) {
        if self.convert(input, block).is_none() {
            block.fill(0.0);
        }
    }

    /// Returns how many samples of `output` were made.
    pub(super) fn convert_block(&mut self, block: &Block, output: &mut [f32]) -> usize {
        self.convert(block, output).unwrap_or(0)
    }

    /// `None` only if the lengths are not those that were asked for.
    fn convert(&mut self, input: &[f32], output: &mut [f32]) -> Option<usize> {
        let Some(fft) = &mut self.0 else {
            output.get_mut(..input.len())?.copy_from_slice(input);
            return Some(input.len());
        };
        let frames = output.len();
        let input = InterleavedSlice::new(input, 1, input.len()).ok()?;
        let mut output = InterleavedSlice::new_mut(output, 1, frames).ok()?;
        fft.process_into_buffer(&input, &mut output, None).ok().map(|(_, made)| made)
    }
}

/// A whole clip at 48 kHz.
pub(super) fn clip(samples: Vec<f32>, rate: u32) -> Result<Vec<f32>, DeviceError> {
    if rate == SAMPLE_RATE {
        return Ok(samples);
    }
    let Resample(Some(mut fft)) = Resample::between(rate, SAMPLE_RATE, FixedSync::Input)? else { return Ok(samples) };
    let failed = |error: &dyn fmt::Display| DeviceError::Failed(error.to_string());
    let length = samples.len();
    let input = InterleavedSlice::new(&samples, 1, length).map_err(|error| failed(&error))?;
    let needed = fft.process_all_needed_output_len(length);
    let mut out = vec![0.0; needed];
    let mut output = InterleavedSlice::new_mut(&mut out, 1, needed).map_err(|error| failed(&error))?;
    let (_, made) = fft.process_all_into_buffer(&input, &mut output, length, None).map_err(|error| failed(&error))?;
    out.truncate(made);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(rate: u32, samples: usize) -> Vec<f32> {
        (0..samples).map(|i| (i as f32 * 1_000.0 * std::f32::consts::TAU / rate as f32).sin() * 0.5).collect()
    }

    fn mean_square(sound: &[f32]) -> f32 {
        sound.iter().map(|x| x * x).sum::<f32>() / sound.len() as f32
    }

    #[test]
    fn common_rates_become_blocks_and_back_with_their_loudness() {
        for rate in [8_000, 16_000, 22_050, 32_000, 44_100, 48_000, 88_200, 96_000, 192_000] {
            let sound = tone(rate, rate as usize);
            let mut to = Resample::to_blocks(rate).unwrap();
            let mut from = Resample::from_blocks(rate).unwrap();
            let mut at = 0;
            let (mut blocks, mut back) = (0, Vec::new());
            let mut out = vec![0.0; from.largest_output()];
            let mut block = [0.0; BLOCK];
            while at + to.next_input() <= sound.len() {
                let wanted = to.next_input();
                to.fill_block(&sound[at..at + wanted], &mut block);
                at += wanted;
                blocks += 1;
                let made = from.convert_block(&block, &mut out);
                back.extend_from_slice(&out[..made]);
            }
            assert!((95..=100).contains(&blocks), "{rate} Hz: {blocks} blocks in a second");
            assert!(back.len().abs_diff(at) <= 2 * from.largest_output(), "{rate} Hz: {} of {at}", back.len());
            let loudness = mean_square(&back[back.len() / 2..]);
            assert!((loudness - 0.125).abs() < 0.01, "{rate} Hz: {loudness}");
        }
    }

    #[test]
    fn impossible_rates_are_refused() {
        for rate in [0, 1, 7_999, 400_000, u32::MAX] {
            assert!(Resample::to_blocks(rate).is_err());
            assert!(Resample::from_blocks(rate).is_err());
        }
    }
}

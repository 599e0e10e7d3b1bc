//! Loudness over time as it is drawn: at most [`WAVEFORM_BINS`] values of 0..=100.

use crate::audio::SAMPLE_RATE;

/// Bars that a bubble has room for.
pub const WAVEFORM_BINS: usize = 64;
/// Samples of one reading while recording: 50 ms. Half an hour has 36,000 of them.
const READING: usize = SAMPLE_RATE as usize / 20;
/// Mean square that is drawn full when nothing in the clip is louder (−40 dBFS): a silent room stays low.
const QUIETEST_FULL: f32 = 1e-4;
/// Loudness grows with energy to the power of 0.3 (Stevens; ISO 532): 10 dB are twice as loud.
const LOUDNESS_EXPONENT: f32 = 0.3;

/// Collects the loudness of a clip whose length is not known yet.
#[derive(Debug, Default)]
pub(super) struct LoudnessLog {
    /// Mean squares, one for each full reading.
    readings: Vec<f32>,
    energy: f32,
    samples: usize,
}

impl LoudnessLog {
    pub(super) fn add(&mut self, sound: &[f32]) {
        for part in sound.chunks(READING) {
            self.energy += part.iter().map(|x| x * x).sum::<f32>();
            self.samples += part.len();
            if self.samples >= READING {
                self.close_reading();
            }
        }
    }

    fn close_reading(&mut self) {
        self.readings.push(self.energy / self.samples as f32);
        self.energy = 0.0;
        self.samples = 0;
    }

    /// Of what was added so far; empty when that was nothing.
    pub(super) fn waveform(mut self) -> Vec<u8> {
        if self.readings.is_empty() && self.samples > 0 {
            self.close_reading();
        }
        let count = self.readings.len();
        let bins = count.min(WAVEFORM_BINS);
        let means: Vec<f32> = (0..bins)
            .map(|bin| {
                let part = &self.readings[bin * count / bins..(bin + 1) * count / bins];
                part.iter().sum::<f32>() / part.len().max(1) as f32
            })
            .collect();
        drawn(&means)
    }
}

/// Mean squares to bars, on the scale of the loudest.
pub(super) fn drawn(mean_squares: &[f32]) -> Vec<u8> {
    let full = mean_squares.iter().copied().filter(|x| x.is_finite()).fold(QUIETEST_FULL, f32::max);
    let bar = |mean: &f32| {
        let share = if mean.is_finite() { (mean / full).clamp(0.0, 1.0) } else { 0.0 };
        (share.powf(LOUDNESS_EXPONENT) * 100.0).round() as u8
    };
    mean_squares.iter().map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_decibels_less_are_half_as_high() {
        assert_eq!(drawn(&[0.1, 0.01, 0.001, 0.0]), [100, 50, 25, 0]);
        assert_eq!(drawn(&[1e-6]), [25], "a silent room is no full bar");
        assert_eq!(drawn(&[f32::NAN, f32::INFINITY, 0.1]), [0, 0, 100]);
        assert_eq!(drawn(&[]), [0u8; 0]);
    }

    #[test]
    fn a_log_gives_at_most_64_bars_in_order() {
        let waveform = |samples: usize| {
            let mut log = LoudnessLog::default();
            for n in 0..samples / 480 {
                // Loud in its second half.
                let value = if n * 480 >= samples / 2 { 0.5 } else { 0.05 };
                log.add(&[value; 480]);
            }
            log.waveform()
        };
        assert_eq!(waveform(0), [0u8; 0]);
        assert_eq!(waveform(480), [100]);
        assert_eq!(waveform(4 * READING), [25, 25, 100, 100]);
        let long = waveform(60 * SAMPLE_RATE as usize);
        assert_eq!(long.len(), WAVEFORM_BINS);
        assert_eq!((long[0], long[31], long[32], long[63]), (25, 25, 100, 100));
    }
}

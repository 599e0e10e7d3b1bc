//! Faster playing at the same pitch: whole periods are taken out ([`stretch::accelerate`]).

use std::collections::VecDeque;

use crate::audio::{Block, stretch};

/// Samples that a step wants before it: the longest period (12.5 ms) and twice that to compare it with.
const WANTED: usize = 1_800;
/// The longest period.
const AT_MOST: usize = 600;

/// Input samples in, fewer output samples out.
#[derive(Debug)]
pub(super) struct Tempo {
    /// Of the input, the share that is taken out: 0 ≤ share < 1.
    share: f64,
    /// Not yet worked on, and how much of its start is already done with.
    pending: Vec<f32>,
    ready: VecDeque<f32>,
    /// Samples that should be taken out now; negative: that were taken out too early.
    debt: f64,
}

impl Tempo {
    /// `factor` ≥ 1.
    pub(super) fn new(factor: f64) -> Self {
        Self { share: 1.0 - 1.0 / factor.max(1.0), pending: Vec::new(), ready: VecDeque::new(), debt: 0.0 }
    }

    pub(super) fn set_factor(&mut self, factor: f64) {
        self.share = 1.0 - 1.0 / factor.max(1.0);
        self.debt = 0.0;
    }

    pub(super) fn clear(&mut self) {
        self.pending.clear();
        self.ready.clear();
        self.debt = 0.0;
    }

    pub(super) fn push(&mut self, sound: &[f32]) {
        self.pending.extend_from_slice(sound);
        let mut done = 0;
        while self.pending.len() - done >= WANTED {
            done += self.step(done);
        }
        self.pending.drain(..done);
    }

    /// The input is over: what is left goes out as it is.
    pub(super) fn flush(&mut self) {
        self.ready.extend(self.pending.drain(..));
    }

    /// The next 10 ms. `None` until there are so many; with `last`, what is there and silence.
    pub(super) fn next_block(&mut self, last: bool) -> Option<Block> {
        let mut block: Block = crate::audio::SILENCE;
        if self.ready.is_empty() || (self.ready.len() < block.len() && !last) {
            return None;
        }
        let there = block.len().min(self.ready.len());
        for (to, from) in block.iter_mut().zip(self.ready.drain(..there)) {
            *to = from;
        }
        Some(block)
    }

    /// Input samples that did not come out yet, as near as it matters.
    pub(super) fn held(&self) -> u64 {
        let ready = self.ready.len() as f64 / (1.0 - self.share);
        self.pending.len() as u64 + ready as u64
    }

    /// Moves samples from `pending[from..]` to `ready`. Returns how many of `pending` are done with, at least 1.
    fn step(&mut self, from: usize) -> usize {
        if self.share <= 0.0 {
            let all = self.pending.len() - from;
            self.ready.extend(&self.pending[from..]);
            return all;
        }
        let taken = if self.debt >= 0.0 { stretch::accelerate(&mut self.pending, from, AT_MOST, true) } else { 0 };
        // A seam is as long as the period that was taken out; between two seams goes what keeps the pace.
        let passed = match taken {
            0 => ((-self.debt / self.share).ceil().max(1.0) as usize).min(self.pending.len() - from),
            taken => taken,
        };
        self.ready.extend(&self.pending[from..from + passed]);
        self.debt += (passed + taken) as f64 * self.share - taken as f64;
        passed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::{SAMPLE_RATE, test_devices::Tone};

    /// Rising zero crossings in the second half of `sound`, per second.
    fn pitch(sound: &[f32]) -> f64 {
        let half = &sound[sound.len() / 2..];
        let crossings = half.windows(2).filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0).count();
        crossings as f64 * f64::from(SAMPLE_RATE) / half.len() as f64
    }

    fn play(factor: f64, seconds: usize) -> Vec<f32> {
        let mut tempo = Tempo::new(factor);
        let mut out = Vec::new();
        let mut phase = 0.0f32;
        for _ in 0..seconds * 100 {
            let block: Block = std::array::from_fn(|_| {
                phase = (phase + 220.0 / SAMPLE_RATE as f32).fract();
                0.3 * (phase * std::f32::consts::TAU).sin()
            });
            tempo.push(&block);
            while let Some(block) = tempo.next_block(false) {
                out.extend_from_slice(&block);
            }
        }
        tempo.flush();
        while let Some(block) = tempo.next_block(true) {
            out.extend_from_slice(&block);
        }
        out
    }

    #[test]
    fn the_length_changes_and_the_pitch_stays() {
        for factor in [1.0, 1.5, 2.0] {
            let out = play(factor, 4);
            let seconds = out.len() as f64 / f64::from(SAMPLE_RATE);
            assert!((seconds - 4.0 / factor).abs() < 0.06, "{factor}: {seconds} s");
            let hz = pitch(&out);
            assert!((hz - 220.0).abs() < 6.0, "{factor}: {hz} Hz");
            let step = out[..out.len() - 480].windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
            assert!(step < 0.03, "{factor}: a click of {step}");
        }
    }

    #[test]
    fn what_is_held_is_what_went_in_and_did_not_come_out() {
        let mut tempo = Tempo::new(2.0);
        let mut tone = Tone::new(300);
        let (mut fed, mut out) = (0u64, 0u64);
        for _ in 0..200 {
            tempo.push(&tone.next_block());
            fed += 480;
            while tempo.next_block(false).is_some() {
                out += 480;
            }
            assert!(tempo.held().abs_diff(fed - 2 * out) < 1_300, "{} held, {fed} in, {out} out", tempo.held());
        }
        tempo.clear();
        assert_eq!(tempo.held(), 0);
    }
}

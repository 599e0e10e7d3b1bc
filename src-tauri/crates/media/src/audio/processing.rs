//! Echo cancellation, noise suppression and gain control of the own microphone (sonora: AEC3, NS, AGC2).

use std::fmt;

use sonora::{
    AudioProcessing, Config, StreamConfig,
    config::{
        AdaptiveDigital, EchoCanceller, GainController2, HighPassFilter, MaxProcessingRate, NoiseSuppression, Pipeline,
    },
};

use crate::audio::{BLOCK, Block, SAMPLE_RATE};

/// What is done to the own sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Processing {
    pub echo_cancellation: bool,
    pub noise_suppression: bool,
    pub gain_control: bool,
}

impl Default for Processing {
    fn default() -> Self {
        Self { echo_cancellation: true, noise_suppression: true, gain_control: true }
    }
}

impl Processing {
    /// The sound as it is.
    pub const NONE: Self = Self { echo_cancellation: false, noise_suppression: false, gain_control: false };
}

/// Gain control for voices at a desk. The library's own start (15 dB) and limit (50 dB) raise a quiet room to a roar.
const GAIN: AdaptiveDigital = AdaptiveDigital {
    headroom_db: 5.0,
    max_gain_db: 24.0,
    initial_gain_db: 6.0,
    max_gain_change_db_per_second: 6.0,
    max_output_noise_level_dbfs: -50.0,
};

/// The processor of one microphone and the speaker that it hears.
pub struct Processor {
    apm: Option<AudioProcessing>,
    render_out: Block,
    hears_speaker: bool,
}

impl fmt::Debug for Processor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Processor").field("active", &self.apm.is_some()).finish_non_exhaustive()
    }
}

impl Processor {
    pub fn new(what: Processing) -> Self {
        let apm = (what != Processing::NONE).then(|| {
            let stream = StreamConfig::new(SAMPLE_RATE, 1);
            AudioProcessing::builder().config(config(what)).capture_config(stream).render_config(stream).build()
        });
        Self { apm, render_out: [0.0; BLOCK], hears_speaker: what.echo_cancellation }
    }

    /// 10 ms that are about to be played. Call it before the capture that may contain its echo.
    pub fn render(&mut self, block: &Block) {
        if let (Some(apm), true) = (&mut self.apm, self.hears_speaker) {
            // The formats are those that it was built for; there is nothing else to fail.
            let _ = apm.process_render_f32(&[block], &mut [&mut self.render_out]);
        }
    }

    /// Cleans 10 ms of the microphone. `delay_ms`: from [`Self::render`] to loudspeaker plus from membrane to here.
    pub fn capture(&mut self, block: &mut Block, delay_ms: u32) {
        let Some(apm) = &mut self.apm else { return };
        // A hint only: AEC3 searches the delay itself. It clamps to 500 ms and says so.
        let _ = apm.set_stream_delay_ms(i32::try_from(delay_ms).unwrap_or(i32::MAX));
        let input = *block;
        if apm.process_capture_f32(&[&input], &mut [block]).is_err() {
            *block = input;
        }
    }

    /// dB by which the canceller reduces the echo now, where it knows.
    pub fn echo_reduction_db(&self) -> Option<i32> {
        let reduction = self.apm.as_ref()?.statistics().echo_return_loss_enhancement?;
        Some(reduction.round() as i32)
    }
}

fn config(what: Processing) -> Config {
    Config {
        // The default of 32 kHz would cut everything above 16 kHz off.
        pipeline: Pipeline { maximum_internal_processing_rate: MaxProcessingRate::Rate48kHz, ..Pipeline::default() },
        high_pass_filter: Some(HighPassFilter::default()),
        echo_canceller: what.echo_cancellation.then(EchoCanceller::default),
        noise_suppression: what.noise_suppression.then(NoiseSuppression::default),
        gain_controller2: what
            .gain_control
            .then(|| GainController2 { adaptive_digital: Some(GAIN), ..GainController2::default() }),
        ..Config::default()
    }
}

#[cfg(test)]
mod tests {
    use rand::{Rng, SeedableRng, rngs::StdRng};

    use super::*;

    /// Noise with the syllables and the falling spectrum of speech.
    struct SpeechLike {
        rng: StdRng,
        low: f32,
        at: usize,
    }

    impl SpeechLike {
        fn new(seed: u64) -> Self {
            println!("seed {seed}");
            Self { rng: StdRng::seed_from_u64(seed), low: 0.0, at: 0 }
        }
        fn block(&mut self) -> Block {
            std::array::from_fn(|_| {
                let t = self.at as f32 / SAMPLE_RATE as f32;
                self.at += 1;
                let syllable = (0.5 + 0.5 * (t * 3.7 * std::f32::consts::TAU).sin()).powi(2);
                self.low += (self.rng.random_range(-1.0..1.0f32) - self.low) * 0.15;
                0.6 * syllable * self.low
            })
        }
    }

    /// A room: 35 ms to the microphone, then 60 ms of decaying reflections, 6 dB down in all.
    struct Room {
        response: Vec<f32>,
        past: Vec<f32>,
    }

    impl Room {
        fn new(seed: u64) -> Self {
            let mut rng = StdRng::seed_from_u64(seed);
            let delay = 35 * 48;
            let mut response = vec![0.0; delay + 60 * 48];
            for (i, tap) in response[delay..].iter_mut().enumerate() {
                *tap = rng.random_range(-1.0..1.0f32) * (-(i as f32) / 480.0).exp();
            }
            let energy: f32 = response.iter().map(|tap| tap * tap).sum();
            response.iter_mut().for_each(|tap| *tap *= 0.5 / energy.sqrt());
            Self { past: vec![0.0; response.len()], response }
        }
        fn echo(&mut self, block: &Block) -> Block {
            std::array::from_fn(|i| {
                self.past.rotate_right(1);
                self.past[0] = block[i];
                self.past.iter().zip(&self.response).map(|(sample, tap)| sample * tap).sum()
            })
        }
    }

    fn energy(block: &Block) -> f32 {
        block.iter().map(|x| x * x).sum()
    }

    /// dB by which the echo is reduced, per second.
    fn reduction(what: Processing, seconds: usize) -> Vec<f32> {
        let (mut far, mut room, mut processor) = (SpeechLike::new(5), Room::new(6), Processor::new(what));
        (0..seconds)
            .map(|_| {
                let (mut before, mut after) = (0.0, 1e-9);
                for _ in 0..100 {
                    let said = far.block();
                    processor.render(&said);
                    let mut heard = room.echo(&said);
                    before += energy(&heard);
                    processor.capture(&mut heard, 35);
                    after += energy(&heard);
                }
                10.0 * (before / after).log10()
            })
            .collect()
    }

    #[test]
    fn an_echo_is_35_db_down_after_two_seconds() {
        let echo_only = Processing { echo_cancellation: true, ..Processing::NONE };
        let by_second = reduction(echo_only, 5);
        println!("canceller alone: {by_second:.1?} dB");
        assert!(by_second[2..].iter().all(|db| *db >= 35.0), "{by_second:.1?}");
        let by_second = reduction(Processing::default(), 5);
        println!("all processing: {by_second:.1?} dB");
        assert!(by_second[2..].iter().all(|db| *db >= 25.0), "{by_second:.1?}");
        let by_second = reduction(Processing::NONE, 3);
        assert!(by_second.iter().all(|db| db.abs() < 0.1), "{by_second:.1?}");
    }

    #[test]
    fn the_own_voice_survives_without_an_echo() {
        let mut voice = SpeechLike::new(8);
        let mut processor = Processor::new(Processing { gain_control: false, ..Processing::default() });
        let (mut before, mut after) = (0.0f32, 0.0f32);
        for n in 0..400 {
            processor.render(&[0.0; BLOCK]);
            let mut block = voice.block();
            let said = energy(&block);
            processor.capture(&mut block, 0);
            if n >= 200 {
                before += said;
                after += energy(&block);
            }
        }
        let change = 10.0 * (after / before).log10();
        println!("{change:.1} dB");
        assert!(change > -12.0 && change < 3.0, "{change:.1} dB");
    }
}

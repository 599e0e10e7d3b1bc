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

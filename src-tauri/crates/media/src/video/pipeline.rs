//! From a picture to RTP payloads: size, rate, keyframes, VP8, packets. No thread, no clock, so that tests run
//! it in virtual time; [`super::VideoSender`] drives it in real time.

use std::time::Duration;

use confab_model::{ContentName, RtpOut};

use super::{
    CaptureLimit, Ladder, Picture, PicturePool, RateBudget,
    budget::ENCODER_SHARE,
    clock::rtp_time,
    rtp::Packetizer,
    scale,
    vp8::{EncodedPicture, EncoderError, EncoderSettings, Vp8Encoder},
};

/// Keyframes on demand are at least this far apart: a storm of requests would cost all of the rate.
const KEYFRAME_SPACING: Duration = Duration::from_millis(300);
/// A keyframe without demand after this time, should requests be lost for ever.
const KEYFRAME_MAX_INTERVAL: Duration = Duration::from_secs(120);
/// The least that is sent (bits a second): below it VP8 is only noise.
const MIN_RATE: u32 = 30_000;

/// What a pipeline starts with.
#[derive(Debug, Clone)]
pub struct PipelineConfig {
    pub content: ContentName,
    pub limit: CaptureLimit,
    /// Bits a second.
    pub start_rate: u32,
    /// Bits a second.
    pub max_rate: u32,
    pub processors: usize,
    /// First picture id and offset of RTP timestamps, arbitrary (RFC 3550 §5.1, RFC 7741 §4.2).
    pub seed: u32,
}

/// One picture, ready to be sent.
#[derive(Debug, Clone)]
pub struct PipelineOutput {
    pub packets: Vec<RtpOut>,
    pub picture: EncodedPicture,
    pub timestamp: u32,
}

/// See the module.
#[derive(Debug)]
pub struct SendPipeline {
    config: PipelineConfig,
    ladder: Ladder,
    budget: RateBudget,
    packetizer: Packetizer,
    encoder: Option<Vp8Encoder>,
    pool: PicturePool,
    rate: u32,
    keyframe_wanted: bool,
    last_keyframe: Option<Duration>,
    /// When the next picture is due, for frame rates below the input's.
    due: Duration,
    dropped_rate: u64,
}

impl SendPipeline {
    /// The encoder is made with the first picture.
    pub fn new(config: PipelineConfig) -> Self {
        let rate = config.start_rate.clamp(MIN_RATE, config.max_rate.max(MIN_RATE));
        Self {
            ladder: Ladder::new(rate),
            budget: RateBudget::new(rate),
            packetizer: Packetizer::new(config.content.clone(), config.seed as u16),
            encoder: None,
            pool: PicturePool::default(),
            rate,
            keyframe_wanted: false,
            last_keyframe: None,
            due: Duration::ZERO,
            dropped_rate: 0,
            config,
        }
    }

    /// What the network carries now (bits a second of payload).
    pub fn set_target_rate(&mut self, rate: u32) -> Result<(), EncoderError> {
        self.rate = rate.clamp(MIN_RATE, self.config.max_rate.max(MIN_RATE));
        self.ladder.set_rate(self.rate);
        self.budget.set_rate(self.rate);
        match &mut self.encoder {
            Some(encoder) => encoder.set_rate(encoder_rate(self.rate)),
            None => Ok(()),
        }
    }

    /// Bits a second.
    pub fn target_rate(&self) -> u32 {
        self.rate
    }

    /// The next picture is a keyframe, or one soon after if there was one just now.
    pub fn force_keyframe(&mut self) {
        self.keyframe_wanted = true;
    }

    /// Pictures left out so far to stay within the rate.
    pub fn dropped_rate(&self) -> u64 {
        self.dropped_rate
    }

    /// The content of all packets from now on.
    pub fn set_content(&mut self, content: ContentName) {
        self.packetizer.set_content(content);
    }

    /// Makes the encoder that this picture would need, so that the first one sent does not wait for it.
    pub fn prepare(&mut self, picture: &Picture) -> Result<(), EncoderError> {
        self.ladder.update(picture.captured.mono);
        let (width, height) = self.target_size(picture);
        self.prepare_encoder(width, height)
    }

    /// How long the last picture took to scale and encode.
    pub fn note_cost(&mut self, now: Duration, cost: Duration) {
        let interval = 1.0 / f64::from(self.ladder.fps(self.config.limit.fps));
        self.ladder.note_picture(now, false, cost.as_secs_f64() / interval);
    }

    /// Encodes a picture, or leaves it out: `Ok(None)`.
    pub fn handle_picture(&mut self, picture: &Picture) -> Result<Option<PipelineOutput>, EncoderError> {
        let now = picture.captured.mono;
        if !self.is_due(now) {
            return Ok(None);
        }
        if !self.budget.admits(now) {
            self.left_out(now);
            return Ok(None);
        }
        self.ladder.update(now);
        let (width, height) = self.target_size(picture);
        self.prepare_encoder(width, height)?;
        let keyframe = self.keyframe_is_due(now);
        let scaled = ((picture.width(), picture.height()) != (width, height))
            .then(|| scale::resize(picture, width, height, &self.pool));
        let Some(encoder) = &mut self.encoder else { return Ok(None) };
        let pts = i64::try_from(now.as_nanos() * 90 / 1_000_000).unwrap_or(i64::MAX);
        let interval = 90_000 / self.ladder.fps(self.config.limit.fps);
        let Some(encoded) = encoder.encode(scaled.as_ref().unwrap_or(picture), pts, interval, keyframe)? else {
            self.left_out(now);
            return Ok(None);
        };
        if encoded.keyframe {
            self.keyframe_wanted = false;
            self.last_keyframe = Some(now);
        }
        self.budget.spend(encoded.data.len());
        let timestamp = rtp_time(now).wrapping_add(self.config.seed);
        let packets = self.packetizer.packetize(&encoded.data, timestamp);
        Ok(Some(PipelineOutput { packets, picture: encoded, timestamp }))
    }

    fn left_out(&mut self, now: Duration) {
        self.dropped_rate += 1;
        self.ladder.note_picture(now, true, 0.0);
    }

    fn is_due(&mut self, now: Duration) -> bool {
        let interval = Duration::from_secs(1) / self.ladder.fps(self.config.limit.fps);
        // Half an interval early is in time: cameras are not even.
        if now + interval / 2 < self.due {
            return false;
        }
        self.due = self.due.max(now.saturating_sub(interval)) + interval;
        true
    }

    fn target_size(&self, picture: &Picture) -> (u32, u32) {
        let (rung, limit) = (self.ladder.rung(), self.config.limit);
        scale::fit(
            picture.width(),
            picture.height(),
            rung.width.min(limit.width.max(2)),
            rung.height.min(limit.height.max(2)),
        )
    }

    fn prepare_encoder(&mut self, width: u32, height: u32) -> Result<(), EncoderError> {
        if self.encoder.as_ref().is_some_and(|encoder| encoder.size() == (width, height)) {
            return Ok(());
        }
        // A new encoder rather than a reconfigured one: the keyframe is needed anyway, and libvpx cannot grow.
        let settings =
            EncoderSettings { width, height, rate: encoder_rate(self.rate), processors: self.config.processors };
        self.encoder = Some(Vp8Encoder::new(settings)?);
        Ok(())
    }

    fn keyframe_is_due(&self, now: Duration) -> bool {
        let Some(last) = self.last_keyframe else { return true };
        let age = now.saturating_sub(last);
        (self.keyframe_wanted && age >= KEYFRAME_SPACING) || age >= KEYFRAME_MAX_INTERVAL
    }
}

/// What the encoder is told of a target (bits a second).
fn encoder_rate(target: u32) -> u32 {
    (f64::from(target) * ENCODER_SHARE) as u32
}

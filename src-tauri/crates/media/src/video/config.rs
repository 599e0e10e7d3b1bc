//! What the owner of a call tells the video path, and what it hears from it.

use std::time::Duration;

use confab_model::{ContentName, DeviceId, Moment};

use super::{
    clock::Clock,
    input::{InputChoice, InputFailure},
};

/// The largest pictures that are asked of the input and encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaptureLimit {
    /// Pixels
    pub width: u32,
    /// Pixels
    pub height: u32,
    /// Pictures a second
    pub fps: u32,
}

impl Default for CaptureLimit {
    fn default() -> Self {
        Self { width: 1280, height: 720, fps: 30 }
    }
}

/// The own picture as shown to its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PreviewConfig {
    /// The preview fits into this box; pictures are never enlarged.
    pub width: u32,
    /// Pixels
    pub height: u32,
    /// At most this many pictures a second.
    pub fps: u32,
}

impl Default for PreviewConfig {
    fn default() -> Self {
        Self { width: 320, height: 180, fps: 15 }
    }
}

/// bit/s: below what a transport believes in before it has measured anything, less sound and headers.
const START_RATE: u32 = 600_000;
/// bit/s: what libwebrtc allows a single stream above 960x540. Signal stays at 2 Mbit/s; at 720p30 the half Mbit/s
/// between shows in movement only, and what a path cannot carry the estimate takes back.
const MAX_RATE: u32 = 2_500_000;

/// How a [`VideoSender`](super::VideoSender) starts.
#[derive(Debug, Clone)]
pub struct VideoSenderConfig {
    /// Goes into every packet.
    pub content: ContentName,
    pub input: InputChoice,
    pub limit: CaptureLimit,
    /// Bits a second until the first `set_target_rate`.
    pub start_rate: u32,
    /// Never more than this, whatever the estimate says (bits a second).
    pub max_rate: u32,
    pub preview: PreviewConfig,
    /// Encode and send from the start; without it there is only the preview.
    pub sending: bool,
    pub clock: Clock,
}

impl VideoSenderConfig {
    /// 720p30, 600 kbit/s at first, 2.5 Mbit/s at most.
    pub fn new(content: ContentName, input: InputChoice, clock: Clock) -> Self {
        Self {
            content,
            input,
            limit: CaptureLimit::default(),
            start_rate: START_RATE,
            max_rate: MAX_RATE,
            preview: PreviewConfig::default(),
            sending: true,
            clock,
        }
    }
}

/// What happened to the own picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VideoSenderEvent {
    /// The input delivers. `is_test` pictures are announced on screen by the UI.
    InputStarted { device: DeviceId, name: String, is_test: bool },
    /// The device vanished or stayed silent; a replacement, if any, follows as `InputReplaced`.
    InputLost { device: DeviceId },
    /// Another device delivers now, or the same one again.
    InputReplaced { from: DeviceId, to: DeviceId, name: String },
    /// No picture can be had; the sender stays and waits for `set_input`, or for a camera to appear.
    InputFailed { failure: InputFailure },
    /// The size of encoded pictures changed.
    SizeChanged { width: u32, height: u32 },
    /// The encoder cannot run. Nothing more is sent.
    EncoderFailed { detail: String },
}

/// The sender's figures; counters since its start, rates over the last second.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct VideoSenderStatistics {
    /// Pictures from the input in the last second.
    pub captured_fps: u32,
    /// Pictures encoded in the last second.
    pub fps: u32,
    pub width: u32,
    pub height: u32,
    /// Payload bits in the last second.
    pub bits_per_second: u32,
    /// What the encoder was told (bits a second).
    pub target_rate: u32,
    /// Quantiser of the last picture, 0 (best) to 63.
    pub quantizer: u32,
    /// Mean time of scaling and encoding one picture over the last second.
    pub encode_time: Duration,
    pub encoded: u64,
    pub keyframes: u64,
    /// Pictures replaced by newer ones before the encoder took them.
    pub dropped_late: u64,
    /// Pictures left out to stay within the rate.
    pub dropped_rate: u64,
    /// Encoded pictures that did not fit into the queue to `peer`.
    pub dropped_queue: u64,
    /// Preview pictures that the window did not take in time.
    pub dropped_preview: u64,
}

/// How a [`VideoReceiver`](super::VideoReceiver) starts.
#[derive(Debug, Clone)]
pub struct VideoReceiverConfig {
    pub content: ContentName,
    /// Until the first `set_round_trip`.
    pub round_trip: Duration,
    /// Decode to I420 as well, for `VideoSinks::raw` and `FirstFrameDecoded`.
    pub decode: bool,
    pub clock: Clock,
}

impl VideoReceiverConfig {
    /// No decoding, 100 ms round trip assumed.
    pub fn new(content: ContentName, clock: Clock) -> Self {
        Self { content, round_trip: Duration::from_millis(100), decode: false, clock }
    }
}

/// What happened to the far side's picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VideoReceiverEvent {
    /// The first whole picture that can be decoded is out.
    FirstFrameComplete {
        at: Moment,
        width: u32,
        height: u32,
    },
    /// The first picture was decoded here (only with `decode`).
    FirstFrameDecoded {
        at: Moment,
        width: u32,
        height: u32,
    },
    /// Ask the far side for a keyframe (PLI, RFC 4585 §6.3.1). Already limited in rate.
    KeyframeWanted {
        content: ContentName,
    },
    SizeChanged {
        width: u32,
        height: u32,
        rotation: u16,
    },
}

/// The receiver's figures; counters since its start, rates over the last second.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct VideoReceiverStatistics {
    /// Whole pictures in the last second.
    pub fps: u32,
    pub width: u32,
    pub height: u32,
    /// Payload bits in the last second.
    pub bits_per_second: u32,
    /// Whole pictures given out.
    pub frames: u64,
    pub keyframes: u64,
    /// Pictures that were begun or known to exist and never shown.
    pub dropped: u64,
    /// Gaps between shown pictures above max(3 × mean gap, mean + 150 ms).
    pub freezes: u64,
    /// Sum of those gaps.
    pub freeze_time: Duration,
    /// Interarrival jitter of whole pictures (RFC 3550 §6.4.1 over pictures).
    pub jitter: Duration,
    /// What playout currently adds.
    pub playout_delay: Duration,
    pub keyframe_requests: u64,
    /// Packets refused as malformed.
    pub malformed: u64,
    /// Pictures that a sink did not take in time.
    pub sink_drops: u64,
    pub decode_errors: u64,
    pub decoded: u64,
}

//! Video: capture, scaling, VP8, RTP payloads, frame assembly, playout. No network, no window.
//!
//! ```text
//! VideoInput ─Picture→ slot (newest wins) → SendPipeline: scale → VP8 → RFC 7741 ─RtpOut→ peer
//!   camera, test picture, file        └→ preview: small raw I420
//! peer ─RtpIn→ FrameAssembler → Playout ─EncodedVideoFrame→ window (WebCodecs)
//!                                   └→ decoder thread ─I420Frame→ window that cannot decode, files, tests
//! ```
//!
//! [`VideoSender`] and [`VideoReceiver`] own the threads and the clocks; everything between them is pure and
//! takes the time as an argument ([`FrameAssembler`], [`Playout`], [`SendPipeline`], [`Ladder`]), so that
//! seconds of a call run in milliseconds of a test.
//!
//! What it does not do: sequence numbers, SSRC, RTX, NACK and congestion control are `peer`'s; who sees a
//! picture is the shell's.
//!
//! The own preview is raw I420, at most 320×180 at 15 pictures a second by default, and not the encoder's
//! bitstream: it needs no second encoder before the call, no keyframe when a window opens, follows no
//! congestion, and costs less than decoding in the window (1/32 of the samples of 720p30).

pub mod barcode;
mod budget;
mod clock;
mod config;
mod font;
pub mod input;
mod ladder;
mod picture;
mod pipeline;
mod receiver;
pub mod rtp;
pub mod scale;
mod sender;
mod slot;
pub mod test_picture;
pub mod vp8;
mod writer;

mod assembler;
mod playout;

pub use assembler::{AssembledFrame, AssemblerConfig, AssemblerOutput, AssemblerStatistics, FrameAssembler};
pub use budget::RateBudget;
pub use clock::Clock;
pub use config::{
    CaptureLimit, PreviewConfig, VideoReceiverConfig, VideoReceiverEvent, VideoReceiverStatistics, VideoSenderConfig,
    VideoSenderEvent, VideoSenderStatistics,
};
pub use input::{InputChoice, InputFailure, VideoInput, VideoInputEvent, camera};
pub use ladder::{Ladder, Rung};
pub use picture::{Picture, PicturePool, luma_psnr};
pub use pipeline::{PipelineConfig, PipelineOutput, SendPipeline};
pub use playout::Playout;
pub use receiver::{VideoReceiver, VideoSinks};
pub use sender::VideoSender;
pub use writer::{IvfWriter, Y4mWriter};

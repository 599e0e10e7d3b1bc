//! What crosses the queues between `media` and `peer`, and from `media` to whoever shows pictures.

use std::time::Instant;

use bytes::Bytes;

use crate::{ContentName, Moment};

/// An RTP payload on its way out. `peer` adds SSRC, sequence number, payload type and header extensions.
#[derive(Debug, Clone)]
pub struct RtpOut {
    pub content: ContentName,
    /// In units of the codec's clock (48 kHz for Opus, 90 kHz for video); continuous, start is arbitrary.
    pub timestamp: u32,
    /// Last packet of a picture (RFC 7741 §4.1); first packet after silence for audio (RFC 3551 §4.1).
    pub marker: bool,
    pub payload: Bytes,
}

/// A received RTP packet, after decryption and after retransmissions have been unwrapped to their original form.
#[derive(Debug, Clone)]
pub struct RtpIn {
    pub content: ContentName,
    pub ssrc: u32,
    pub payload_type: u8,
    pub sequence: u16,
    pub timestamp: u32,
    pub marker: bool,
    pub payload: Bytes,
    /// When it left the socket.
    pub arrived: Instant,
}

/// A whole encoded picture.
#[derive(Debug, Clone)]
pub struct EncodedVideoFrame {
    pub codec: &'static str,
    pub keyframe: bool,
    /// 90 kHz
    pub timestamp: u32,
    /// Luma size in pixels where known (VP8 tells it in keyframes).
    pub width: u32,
    pub height: u32,
    /// Clockwise, 0, 90, 180 or 270 (3GPP TS 26.114 §7.4.5).
    pub rotation: u16,
    pub data: Bytes,
    /// When its first packet arrived, or when it was captured (own preview).
    pub started: Moment,
}

/// A picture of 8-bit 4:2:0 planes without padding: Y (width × height), U and V (⌈width/2⌉ × ⌈height/2⌉).
#[derive(Debug, Clone)]
pub struct I420Frame {
    pub width: u32,
    pub height: u32,
    pub data: Bytes,
    /// 90 kHz
    pub timestamp: u32,
    pub rotation: u16,
}

/// A picture for a window, in the form that it can show.
#[derive(Debug, Clone)]
pub enum VideoFrameBody {
    /// For WebCodecs.
    Encoded(EncodedVideoFrame),
    /// For a window that cannot decode.
    Raw(I420Frame),
}

/// Whose picture it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VideoSourceKind {
    LocalPreview,
    Remote,
}

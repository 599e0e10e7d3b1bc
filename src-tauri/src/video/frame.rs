//! The binary frames of the video socket. Pure.
//!
//! Layout, big endian: `u8` version (1) · `u8` kind (0 encoded, 1 raw I420) · `u8` source (0 local preview,
//! 1 remote) · `u8` flags (bit 0 keyframe) · `u16` rotation in degrees · `u16` codec (0 VP8) · `u32` width ·
//! `u32` height · `u32` RTP timestamp (90 kHz) · `u32` picture number · `u8` length of the call id, the call id ·
//! the data.

use confab_client::Picture;
use confab_model::{VideoFrameBody, VideoSourceKind};

const VERSION: u8 = 1;
const FLAG_KEYFRAME: u8 = 1;

/// The picture as one binary message. `None` for a call id that does not fit, which none of ours is.
pub(crate) fn encode(picture: &Picture) -> Option<Vec<u8>> {
    let id = picture.call.as_str().as_bytes();
    let id_length = u8::try_from(id.len()).ok()?;
    let (kind, flags, rotation, width, height, timestamp, data) = match &picture.body {
        VideoFrameBody::Encoded(frame) => {
            let flags = if frame.keyframe { FLAG_KEYFRAME } else { 0 };
            (0u8, flags, frame.rotation, frame.width, frame.height, frame.timestamp, &frame.data)
        }
        VideoFrameBody::Raw(frame) => {
            (1, FLAG_KEYFRAME, frame.rotation, frame.width, frame.height, frame.timestamp, &frame.data)
        }
    };
    let source = match picture.source {
        VideoSourceKind::LocalPreview => 0u8,
        VideoSourceKind::Remote => 1,
    };
    let mut out = Vec::with_capacity(25 + id.len() + data.len());
    out.extend([VERSION, kind, source, flags]);
    out.extend_from_slice(&rotation.to_be_bytes());
    out.extend_from_slice(&0u16.to_be_bytes());
    for number in [width, height, timestamp, picture.number] {
        out.extend_from_slice(&number.to_be_bytes());
    }
    out.push(id_length);
    out.extend_from_slice(id);
    out.extend_from_slice(data);
    Some(out)
}

#[cfg(test)]
mod tests {
    use confab_model::{CallId, EncodedVideoFrame, Moment};

    use super::*;

    #[test]
    fn the_layout_is_the_one_that_the_window_reads() {
        let frame = EncodedVideoFrame {
            codec: "VP8",
            keyframe: true,
            timestamp: 0x0102_0304,
            width: 640,
            height: 360,
            rotation: 90,
            data: vec![0xAA, 0xBB].into(),
            started: Moment::default(),
        };
        let picture = Picture {
            call: CallId::from("ab"),
            source: VideoSourceKind::Remote,
            number: 5,
            body: VideoFrameBody::Encoded(frame),
        };
        let expected =
            [1, 0, 1, 1, 0, 90, 0, 0, 0, 0, 2, 128, 0, 0, 1, 104, 1, 2, 3, 4, 0, 0, 0, 5, 2, b'a', b'b', 0xAA, 0xBB];
        assert_eq!(encode(&picture), Some(expected.to_vec()));
    }
}

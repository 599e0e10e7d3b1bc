//! VP8 on the system's libvpx: the encoder, the decoder and what a bitstream's first bytes tell.

mod decoder;
mod encoder;

use std::ffi::CStr;

pub use decoder::{DecodeError, Vp8Decoder};
pub use encoder::{EncodedPicture, EncoderError, EncoderSettings, Vp8Encoder};

/// The largest picture that is decoded: 4096×2304. RFC 6386 allows 16383×16383, which would cost a gigabyte
/// for thirty bytes from a stranger.
pub const MAX_PIXELS: u64 = 4096 * 2304;

/// What RFC 6386 §9.1 says at the start of every picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameHeader {
    pub keyframe: bool,
    /// Pixels; only keyframes tell.
    pub size: Option<(u32, u32)>,
}

impl FrameHeader {
    /// `None` if the bytes cannot be the start of a picture.
    pub fn parse(data: &[u8]) -> Option<Self> {
        let (&first, _) = data.split_first()?;
        if data.len() < 3 {
            return None;
        }
        if first & 1 == 1 {
            return Some(Self { keyframe: false, size: None });
        }
        // Start code and two 14-bit sizes, each with two bits of scaling that nobody uses.
        let header: &[u8; 7] = data.get(3..10)?.try_into().ok()?;
        if header[..3] != [0x9D, 0x01, 0x2A] {
            return None;
        }
        let width = u32::from(u16::from_le_bytes([header[3], header[4]]) & 0x3FFF);
        let height = u32::from(u16::from_le_bytes([header[5], header[6]]) & 0x3FFF);
        (width > 0 && height > 0).then_some(Self { keyframe: true, size: Some((width, height)) })
    }
}

/// libvpx's own words about its last error.
fn describe(context: &mut vpx_sys::vpx_codec_ctx_t) -> String {
    // SAFETY: the context is initialised; both functions return null or a string that lives with the context.
    let texts = unsafe { [vpx_sys::vpx_codec_error(context), vpx_sys::vpx_codec_error_detail(context)] };
    let words: Vec<String> = texts
        .into_iter()
        .filter(|text| !text.is_null())
        // SAFETY: not null, and terminated by libvpx.
        .map(|text| unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned())
        .collect();
    words.join(": ")
}

//! One VP8 decoder. It takes bytes of strangers: every error is a value, and sizes are checked before libvpx
//! allocates for them.

use std::{mem::MaybeUninit, ptr, slice};

use confab_model::Moment;
use vpx_sys::{
    VPX_DECODER_ABI_VERSION, vpx_codec_ctx_t, vpx_codec_dec_cfg_t, vpx_codec_dec_init_ver, vpx_codec_decode,
    vpx_codec_destroy, vpx_codec_err_t, vpx_codec_get_frame, vpx_codec_vp8_dx, vpx_image_t, vpx_img_fmt,
};

use super::{
    super::{Picture, PicturePool},
    FrameHeader, MAX_PIXELS, describe,
};

/// Why a picture could not be decoded. After any of them a keyframe is needed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    #[error("not a VP8 picture")]
    Malformed,
    #[error("{width}x{height} is larger than allowed")]
    TooLarge { width: u32, height: u32 },
    #[error("no keyframe yet")]
    NoKeyframe,
    #[error("libvpx refused the picture: {0}")]
    Refused(String),
}

/// A libvpx decoder context.
pub struct Vp8Decoder {
    context: Box<vpx_codec_ctx_t>,
    /// The context may point at it for as long as it lives.
    _config: Box<vpx_codec_dec_cfg_t>,
    pool: PicturePool,
    has_keyframe: bool,
}

// SAFETY: libvpx contexts have no thread affinity; `&mut self` makes every use exclusive.
unsafe impl Send for Vp8Decoder {}

impl std::fmt::Debug for Vp8Decoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vp8Decoder").field("has_keyframe", &self.has_keyframe).finish_non_exhaustive()
    }
}

impl Drop for Vp8Decoder {
    fn drop(&mut self) {
        // SAFETY: the context was initialised in `new` and is destroyed once.
        unsafe { vpx_codec_destroy(&mut *self.context) };
    }
}

impl Vp8Decoder {
    /// A decoder that waits for a keyframe.
    pub fn new() -> Result<Self, DecodeError> {
        let config = Box::new(vpx_codec_dec_cfg_t { threads: 1, w: 0, h: 0 });
        let mut context = Box::new(MaybeUninit::<vpx_codec_ctx_t>::zeroed());
        // SAFETY: zeroed memory of the right size, as the C macro expects it.
        let result = unsafe {
            vpx_codec_dec_init_ver(
                context.as_mut_ptr(),
                vpx_codec_vp8_dx(),
                &*config,
                0,
                VPX_DECODER_ABI_VERSION as i32,
            )
        };
        if result != vpx_codec_err_t::VPX_CODEC_OK {
            return Err(DecodeError::Refused(format!("{result:?}")));
        }
        // SAFETY: initialised by the call above; every field of the zeroed memory is a valid value anyway.
        let context = unsafe { Box::from_raw(Box::into_raw(context).cast::<vpx_codec_ctx_t>()) };
        Ok(Self { context, _config: config, pool: PicturePool::default(), has_keyframe: false })
    }

    /// Decodes one whole picture. `Ok(None)` is a picture that is not to be shown (RFC 6386 §9.1,
    /// `show_frame`).
    pub fn decode(&mut self, data: &[u8], captured: Moment) -> Result<Option<Picture>, DecodeError> {
        let header = FrameHeader::parse(data).ok_or(DecodeError::Malformed)?;
        if let Some((width, height)) = header.size {
            if u64::from(width) * u64::from(height) > MAX_PIXELS {
                return Err(DecodeError::TooLarge { width, height });
            }
        } else if !self.has_keyframe {
            return Err(DecodeError::NoKeyframe);
        }
        let size = u32::try_from(data.len()).map_err(|_| DecodeError::Malformed)?;
        // SAFETY: initialised context; libvpx reads `size` bytes and keeps no pointer after the call.
        let result = unsafe { vpx_codec_decode(&mut *self.context, data.as_ptr(), size, ptr::null_mut(), 0) };
        if result != vpx_codec_err_t::VPX_CODEC_OK {
            self.has_keyframe = false;
            return Err(DecodeError::Refused(describe(&mut self.context)));
        }
        self.has_keyframe |= header.keyframe;
        let mut iterator = ptr::null();
        // SAFETY: initialised context; the iterator starts as null and is only touched by libvpx.
        let image = unsafe { vpx_codec_get_frame(&mut *self.context, &mut iterator) };
        // SAFETY: null or an image that stays valid until the next call into the context.
        let Some(image) = (unsafe { image.as_ref() }) else { return Ok(None) };
        if image.fmt != vpx_img_fmt::VPX_IMG_FMT_I420 || image.d_w == 0 || image.d_h == 0 {
            return Err(DecodeError::Malformed);
        }
        let mut picture = self.pool.picture(image.d_w, image.d_h, captured);
        copy_planes(image, &mut picture);
        Ok(Some(picture))
    }
}

fn copy_planes(image: &vpx_image_t, picture: &mut Picture) {
    let widths = [picture.width() as usize, picture.chroma_width() as usize, picture.chroma_width() as usize];
    let (y, u, v) = picture.planes_mut();
    for ((plane, index), width) in [y, u, v].into_iter().zip(0..).zip(widths) {
        let stride = usize::try_from(image.stride[index]).unwrap_or(0);
        for (row, line) in plane.chunks_exact_mut(width).enumerate() {
            // SAFETY: libvpx's planes have at least d_h (half of it for chroma) rows of `stride` bytes, each with
            // at least `width` samples.
            let source = unsafe { slice::from_raw_parts(image.planes[index].add(row * stride), width) };
            line.copy_from_slice(source);
        }
    }
}

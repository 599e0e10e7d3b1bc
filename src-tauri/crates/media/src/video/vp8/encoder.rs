//! One VP8 encoder of one picture size, tuned for conversation: no look-ahead, constant bit rate, keyframes on
//! demand only.

use std::{mem::MaybeUninit, ptr, slice};

use bytes::Bytes;
use vpx_sys::{
    VPX_DL_REALTIME, VPX_EFLAG_FORCE_KF, VPX_ENCODER_ABI_VERSION, VPX_FRAME_IS_KEY, vp8e_enc_control_id as control,
    vp8e_token_partitions, vpx_bit_depth, vpx_codec_control_, vpx_codec_ctx_t, vpx_codec_cx_pkt_kind,
    vpx_codec_destroy, vpx_codec_enc_cfg_t, vpx_codec_enc_config_default, vpx_codec_enc_config_set,
    vpx_codec_enc_init_ver, vpx_codec_encode, vpx_codec_err_t, vpx_codec_get_cx_data, vpx_codec_vp8_cx, vpx_enc_pass,
    vpx_image_t, vpx_img_fmt, vpx_img_wrap, vpx_kf_mode, vpx_rational, vpx_rc_mode,
};

use super::{super::Picture, describe};

/// Ticks a second of the encoder's clock: RTP's.
const TIMEBASE: i32 = 90_000;
/// Quantiser range 0..=63. At 10 an easy picture is still at 54 dB, and takes 40 % fewer bits and a tenth less time
/// than at the usual 2. The upper end is open: with the usual 56 libvpx overshoots for seconds after a step down of
/// the rate.
const MIN_QUANTIZER: u32 = 10;
const MAX_QUANTIZER: u32 = 63;
/// Milliseconds at the target rate that the rate control may borrow: start, aim, limit.
const BUFFER_INITIAL_MS: u32 = 150;
const BUFFER_OPTIMAL_MS: u32 = 200;
const BUFFER_SIZE_MS: u32 = 400;
/// Per cent of the buffer below which libvpx leaves pictures out.
const DROP_THRESHOLD: u32 = 25;
/// A keyframe may take this per cent of a picture's share of the rate: 133 ms of it at 30 pictures a second.
/// More stalls the path for everything behind it, less is a blurred start.
const MAX_INTRA_PERCENT: u32 = 400;
/// Encoder effort: −16 fastest to −1 best. Fixed (negative): a positive value adapts by the wall clock and is
/// neither repeatable nor calm on a shared processor.
/// From −6 to −16 the time hardly sinks any more, but the rate at equal quality rises by 8 %.
const SPEED: i32 = -6;
/// SAD below which a block counts as unchanged: 1 switches skipping of unchanged blocks on.
const STATIC_THRESHOLD: u32 = 1;

/// Encoding failed in libvpx.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EncoderError {
    #[error("VP8 cannot encode {width}x{height}")]
    UnusableSize { width: u32, height: u32 },
    #[error("libvpx refused {operation}: {detail}")]
    Refused { operation: &'static str, detail: String },
}

/// What an encoder is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EncoderSettings {
    /// Pixels, 2..=16383.
    pub width: u32,
    /// Pixels, 2..=16383.
    pub height: u32,
    /// Bits a second.
    pub rate: u32,
    /// Processors of the machine.
    pub processors: usize,
}

/// One encoded picture.
#[derive(Debug, Clone)]
pub struct EncodedPicture {
    pub keyframe: bool,
    pub width: u32,
    pub height: u32,
    /// 0 (best) to 63.
    pub quantizer: u32,
    pub data: Bytes,
}

/// A libvpx encoder context. Another size needs another encoder.
pub struct Vp8Encoder {
    // Boxed: libvpx keeps pointers into nothing of it, but its documentation does not promise that.
    context: Box<vpx_codec_ctx_t>,
    config: vpx_codec_enc_cfg_t,
    width: u32,
    height: u32,
    last_pts: i64,
}

// SAFETY: libvpx contexts have no thread affinity; `&mut self` makes every use exclusive.
unsafe impl Send for Vp8Encoder {}

impl std::fmt::Debug for Vp8Encoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vp8Encoder").field("width", &self.width).field("height", &self.height).finish_non_exhaustive()
    }
}

impl Drop for Vp8Encoder {
    fn drop(&mut self) {
        // SAFETY: the context was initialised in `new` and is destroyed once.
        unsafe { vpx_codec_destroy(&mut *self.context) };
    }
}

impl Vp8Encoder {
    /// An encoder whose first picture is a keyframe.
    pub fn new(settings: EncoderSettings) -> Result<Self, EncoderError> {
        let EncoderSettings { width, height, .. } = settings;
        if !(2..=16_383).contains(&width) || !(2..=16_383).contains(&height) {
            return Err(EncoderError::UnusableSize { width, height });
        }
        let config = configuration(settings)?;
        let mut context = Box::new(MaybeUninit::<vpx_codec_ctx_t>::zeroed());
        // SAFETY: the context is zeroed memory of the right size, as the C macro expects it; the interface and
        // the configuration come from libvpx.
        let result = unsafe {
            vpx_codec_enc_init_ver(context.as_mut_ptr(), vpx_codec_vp8_cx(), &config, 0, VPX_ENCODER_ABI_VERSION as i32)
        };
        if result != vpx_codec_err_t::VPX_CODEC_OK {
            return Err(EncoderError::Refused { operation: "an encoder", detail: format!("{result:?}") });
        }
        // SAFETY: initialised by the call above; every field of the zeroed memory is a valid value anyway.
        let context = unsafe { Box::from_raw(Box::into_raw(context).cast::<vpx_codec_ctx_t>()) };
        let mut encoder = Self { context, config, width, height, last_pts: -1 };
        encoder.tune()?;
        Ok(encoder)
    }

    fn tune(&mut self) -> Result<(), EncoderError> {
        let partitions = if self.config.g_threads > 1 {
            vp8e_token_partitions::VP8_TWO_TOKENPARTITION
        } else {
            vp8e_token_partitions::VP8_ONE_TOKENPARTITION
        };
        self.control(control::VP8E_SET_CPUUSED, SPEED)?;
        self.control(control::VP8E_SET_STATIC_THRESHOLD, STATIC_THRESHOLD as i32)?;
        self.control(control::VP8E_SET_TOKEN_PARTITIONS, partitions as i32)?;
        self.control(control::VP8E_SET_MAX_INTRA_BITRATE_PCT, MAX_INTRA_PERCENT as i32)?;
        self.control(control::VP8E_SET_NOISE_SENSITIVITY, 0)
    }

    fn control(&mut self, id: control, value: i32) -> Result<(), EncoderError> {
        // SAFETY: initialised context; each of the controls used takes one `int` or `unsigned int`.
        let result = unsafe { vpx_codec_control_(&mut *self.context, id as i32, value) };
        self.check(result, "a setting")
    }

    fn check(&mut self, result: vpx_codec_err_t, operation: &'static str) -> Result<(), EncoderError> {
        if result == vpx_codec_err_t::VPX_CODEC_OK {
            return Ok(());
        }
        Err(EncoderError::Refused { operation, detail: describe(&mut self.context) })
    }

    /// Pixels of a row and rows.
    pub fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// Follows another target, in bits a second.
    pub fn set_rate(&mut self, rate: u32) -> Result<(), EncoderError> {
        let kilobits = (rate / 1_000).max(1);
        if self.config.rc_target_bitrate == kilobits {
            return Ok(());
        }
        self.config.rc_target_bitrate = kilobits;
        // SAFETY: initialised context, and a configuration that only differs in the rate from the accepted one.
        let result = unsafe { vpx_codec_enc_config_set(&mut *self.context, &self.config) };
        self.check(result, "a rate")
    }

    /// Encodes one picture, shown for `duration` ticks of 90 kHz from `pts` on. `None` if libvpx left it out to
    /// stay within the rate. `pts` must grow; it is corrected where it does not.
    pub fn encode(
        &mut self,
        picture: &Picture,
        pts: i64,
        duration: u32,
        force_keyframe: bool,
    ) -> Result<Option<EncodedPicture>, EncoderError> {
        if (picture.width(), picture.height()) != (self.width, self.height) {
            return Err(EncoderError::UnusableSize { width: picture.width(), height: picture.height() });
        }
        let pts = pts.max(self.last_pts + 1);
        self.last_pts = pts;
        let image = wrap(picture)?;
        let flags = if force_keyframe { i64::from(VPX_EFLAG_FORCE_KF) } else { 0 };
        // SAFETY: the image points at planes of exactly this size, which live and stay unchanged for the call.
        let result = unsafe {
            vpx_codec_encode(
                &mut *self.context,
                &image,
                pts,
                duration.max(1).into(),
                flags as std::ffi::c_long,
                VPX_DL_REALTIME.into(),
            )
        };
        self.check(result, "a picture")?;
        Ok(self.take_output())
    }

    fn take_output(&mut self) -> Option<EncodedPicture> {
        let mut iterator = ptr::null();
        let mut data = Vec::new();
        let mut keyframe = false;
        loop {
            // SAFETY: initialised context; the iterator starts as null and is only touched by libvpx.
            let packet = unsafe { vpx_codec_get_cx_data(&mut *self.context, &mut iterator) };
            // SAFETY: null or a packet that stays valid until the next call into the context.
            let Some(packet) = (unsafe { packet.as_ref() }) else { break };
            if packet.kind != vpx_codec_cx_pkt_kind::VPX_CODEC_CX_FRAME_PKT {
                continue;
            }
            // SAFETY: the kind says that this member of the union is the one set; buf and sz describe memory of
            // the encoder that is valid until the next call.
            let (bytes, flags) = unsafe {
                let frame = packet.data.frame;
                (slice::from_raw_parts(frame.buf.cast::<u8>(), frame.sz), frame.flags)
            };
            keyframe |= flags & VPX_FRAME_IS_KEY != 0;
            data.extend_from_slice(bytes);
        }
        if data.is_empty() {
            return None;
        }
        Some(EncodedPicture {
            keyframe,
            width: self.width,
            height: self.height,
            quantizer: self.last_quantizer(),
            data: data.into(),
        })
    }

    fn last_quantizer(&mut self) -> u32 {
        let mut quantizer = 0i32;
        // SAFETY: initialised context; this control writes one `int` through the pointer.
        unsafe {
            vpx_codec_control_(
                &mut *self.context,
                control::VP8E_GET_LAST_QUANTIZER_64 as i32,
                &mut quantizer as *mut i32,
            );
        }
        u32::try_from(quantizer).unwrap_or(0)
    }
}

/// Threads cost more in sum than they save in time unless the picture is large and processors are idle.
fn threads(settings: EncoderSettings) -> u32 {
    let large = settings.width * settings.height >= 1280 * 720;
    if large && settings.processors >= 4 { 2 } else { 1 }
}

fn configuration(settings: EncoderSettings) -> Result<vpx_codec_enc_cfg_t, EncoderError> {
    let mut config = MaybeUninit::<vpx_codec_enc_cfg_t>::zeroed();
    // SAFETY: libvpx fills the structure that it is given.
    let result = unsafe { vpx_codec_enc_config_default(vpx_codec_vp8_cx(), config.as_mut_ptr(), 0) };
    if result != vpx_codec_err_t::VPX_CODEC_OK {
        return Err(EncoderError::Refused { operation: "defaults", detail: format!("{result:?}") });
    }
    // SAFETY: filled in by the successful call above.
    let mut config = unsafe { config.assume_init() };
    config.g_w = settings.width;
    config.g_h = settings.height;
    config.g_threads = threads(settings);
    config.g_bit_depth = vpx_bit_depth::VPX_BITS_8;
    config.g_timebase = vpx_rational { num: 1, den: TIMEBASE };
    config.g_pass = vpx_enc_pass::VPX_RC_ONE_PASS;
    config.g_lag_in_frames = 0;
    // Off: every picture is delivered or asked for again, so the entropy contexts may run across pictures,
    // which saves some per cent of the rate.
    config.g_error_resilient = 0;
    config.rc_end_usage = vpx_rc_mode::VPX_CBR;
    config.rc_target_bitrate = (settings.rate / 1_000).max(1);
    config.rc_min_quantizer = MIN_QUANTIZER;
    config.rc_max_quantizer = MAX_QUANTIZER;
    config.rc_undershoot_pct = 100;
    config.rc_overshoot_pct = 15;
    config.rc_buf_initial_sz = BUFFER_INITIAL_MS;
    config.rc_buf_optimal_sz = BUFFER_OPTIMAL_MS;
    config.rc_buf_sz = BUFFER_SIZE_MS;
    config.rc_dropframe_thresh = DROP_THRESHOLD;
    config.rc_resize_allowed = 0;
    config.kf_mode = vpx_kf_mode::VPX_KF_DISABLED;
    Ok(config)
}

/// Describes the picture's planes to libvpx without copying them.
fn wrap(picture: &Picture) -> Result<vpx_image_t, EncoderError> {
    let (width, height) = (picture.width(), picture.height());
    let mut image = MaybeUninit::<vpx_image_t>::zeroed();
    let (y, u, v) = picture.planes();
    // SAFETY: `image` is writable; the data pointer is only stored, and libvpx never writes to an image that it
    // is given to encode.
    let wrapped = unsafe {
        vpx_img_wrap(image.as_mut_ptr(), vpx_img_fmt::VPX_IMG_FMT_I420, width, height, 1, y.as_ptr().cast_mut())
    };
    if wrapped.is_null() {
        return Err(EncoderError::UnusableSize { width, height });
    }
    // SAFETY: filled in by the successful call above.
    let mut image = unsafe { image.assume_init() };
    // Odd sizes: libvpx would assume planes of an even width.
    image.planes[0] = y.as_ptr().cast_mut();
    image.planes[1] = u.as_ptr().cast_mut();
    image.planes[2] = v.as_ptr().cast_mut();
    let chroma = i32::try_from(picture.chroma_width()).unwrap_or(i32::MAX);
    image.stride = [i32::try_from(width).unwrap_or(i32::MAX), chroma, chroma, 0];
    Ok(image)
}

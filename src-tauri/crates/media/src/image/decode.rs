//! Bytes to pixels within limits.

use std::{
    io::Cursor,
    panic::{AssertUnwindSafe, catch_unwind},
};

use ::image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, error::LimitErrorKind,
    metadata::Orientation,
};

use crate::image::{LARGEST_EDGE, LARGEST_FILE, MOST_PIXELS, PictureError, PictureInfo, metadata};

/// What is taken from whom.
#[derive(Debug, Clone, Copy)]
pub(super) struct Allowed {
    /// Of the file.
    pub(super) bytes: u64,
    pub(super) pixels: u64,
    /// Of a side.
    pub(super) edge: u32,
}

impl Allowed {
    /// What a person chose to send or to open.
    pub(super) const CHOSEN: Self = Self { bytes: LARGEST_FILE, pixels: MOST_PIXELS, edge: LARGEST_EDGE };
}

/// Bytes of a pixel at most: four channels of 16 bits.
const PIXEL_BYTES: u64 = 8;
/// Bytes that a decoder may need beside the pixels.
const DECODER_BYTES: u64 = 16 * 1024 * 1024;

pub(super) fn format_of(bytes: &[u8]) -> Result<ImageFormat, PictureError> {
    match ::image::guess_format(bytes) {
        Ok(
            format @ (ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP | ImageFormat::Gif | ImageFormat::Bmp),
        ) => Ok(format),
        Ok(_) | Err(_) => Err(PictureError::Unsupported),
    }
}

/// What a picture is, from its header.
///
/// # Errors
/// No known picture, or beyond the limits of this module.
pub fn inspect(bytes: &[u8]) -> Result<PictureInfo, PictureError> {
    guarded(|| {
        let (_, info, _) = open(bytes, Allowed::CHOSEN)?;
        Ok(info)
    })
}

/// The pixels as stored, and how they are to be turned.
pub(super) fn decode(bytes: &[u8], allowed: Allowed) -> Result<(DynamicImage, Orientation), PictureError> {
    guarded(|| {
        let (decoder, _, orientation) = open(bytes, allowed)?;
        // Every decoder of `image` tells how much it will write; the header was checked, this is the second lock.
        if decoder.total_bytes() > allowed.pixels * PIXEL_BYTES {
            return Err(PictureError::TooLarge);
        }
        let image = DynamicImage::from_decoder(decoder).map_err(refused)?;
        Ok((image, orientation))
    })
}

fn open(bytes: &[u8], allowed: Allowed) -> Result<(impl ImageDecoder + '_, PictureInfo, Orientation), PictureError> {
    if bytes.len() as u64 > allowed.bytes {
        return Err(PictureError::TooLarge);
    }
    let format = format_of(bytes)?;
    if format == ImageFormat::WebP {
        // Its decoder makes room for what a chunk claims to be.
        metadata::check_webp(bytes)?;
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(allowed.edge);
    limits.max_image_height = Some(allowed.edge);
    limits.max_alloc = Some(allowed.pixels * PIXEL_BYTES + DECODER_BYTES);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(refused)?;
    let (width, height) = decoder.dimensions();
    let is_large = width > allowed.edge || height > allowed.edge;
    if is_large || u64::from(width) * u64::from(height) > allowed.pixels {
        return Err(PictureError::TooLarge);
    }
    if width == 0 || height == 0 {
        return Err(PictureError::Damaged("it has no pixels".to_owned()));
    }
    // Broken metadata turn nothing.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let (width, height) = if is_on_its_side(orientation) { (height, width) } else { (width, height) };
    Ok((decoder, PictureInfo { width, height, media_type: format.to_mime_type() }, orientation))
}

fn is_on_its_side(orientation: Orientation) -> bool {
    match orientation {
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH => {
            true
        }
        Orientation::NoTransforms
        | Orientation::Rotate180
        | Orientation::FlipHorizontal
        | Orientation::FlipVertical => false,
    }
}

/// A decoder that panics has met a picture that it cannot handle; the program goes on.
fn guarded<T>(work: impl FnOnce() -> Result<T, PictureError>) -> Result<T, PictureError> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(PictureError::Damaged("the decoder gave up on it".to_owned())))
}

fn refused(error: ImageError) -> PictureError {
    match error {
        ImageError::Limits(error) if matches!(error.kind(), LimitErrorKind::Unsupported { .. }) => {
            PictureError::Unsupported
        }
        ImageError::Limits(_) => PictureError::TooLarge,
        ImageError::Unsupported(_) => PictureError::Unsupported,
        ImageError::Decoding(_) | ImageError::Encoding(_) | ImageError::Parameter(_) | ImageError::IoError(_) => {
            PictureError::Damaged(error.to_string())
        }
    }
}

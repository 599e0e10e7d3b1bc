//! Takes out of picture files what their camera or editor wrote beside the picture: place, time, device, owner, comments,
//! earlier versions. The picture itself is copied bit by bit; colour profiles and how to turn it stay. Works on the
//! structure of the file only, so that size does not matter.

mod gif;
mod jpeg;
mod png;
mod webp;

use ::image::{ImageFormat, metadata::Orientation};

use crate::image::{PictureError, decode::format_of};

pub(super) use webp::check as check_webp;

/// Bytes of [`orientation_only`].
const ORIENTATION_ONLY: usize = 26;

/// A copy of a picture file without metadata. It is shown as before: where it was to be turned, that alone is still said.
///
/// # Errors
/// No known picture, or its structure is broken: then it cannot be told what is in it, and it must not be sent as a photo.
pub fn strip_metadata(bytes: &[u8]) -> Result<Vec<u8>, PictureError> {
    let stripped = match format_of(bytes)? {
        ImageFormat::Jpeg => jpeg::strip(bytes),
        ImageFormat::Png => png::strip(bytes),
        ImageFormat::WebP => webp::strip(bytes),
        ImageFormat::Gif => gif::strip(bytes),
        // Has no place for metadata.
        ImageFormat::Bmp => Some(bytes.to_vec()),
        _ => return Err(PictureError::Unsupported),
    };
    stripped.ok_or_else(|| PictureError::Damaged("its structure is broken".to_owned()))
}

/// What an Exif block says about turning, if it says so.
fn orientation_in(exif: &[u8]) -> Option<Orientation> {
    let tiff = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
    Orientation::from_exif_chunk(tiff).filter(|orientation| *orientation != Orientation::NoTransforms)
}

/// An Exif block (TIFF 6.0 §2) with one field, 0x0112 Orientation, a short.
fn orientation_only(orientation: Orientation) -> [u8; ORIENTATION_ONLY] {
    let mut block = *b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0";
    block[19] = orientation.to_exif();
    block
}

/// Takes `count` bytes off the front of `rest`. `None`: there are not so many.
fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(count)?;
    *rest = left;
    Some(taken)
}

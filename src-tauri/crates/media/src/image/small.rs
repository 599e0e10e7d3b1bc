//! Small pictures: thumbnails and avatars, made and checked.

use ::image::{
    DynamicImage, ExtendedColorType, ImageEncoder, ImageResult,
    codecs::{
        jpeg::JpegEncoder,
        png::{CompressionType, FilterType as PngFilter, PngEncoder},
    },
    imageops::FilterType,
    metadata::Orientation,
};

use crate::image::{
    AVATAR_BYTES, AVATAR_EDGE, Picture, PictureError, PictureInfo, SMALL_BYTES, Square, THUMBNAIL_BYTES,
    decode::{Allowed, decode},
};

/// What a stranger may send as a thumbnail.
const THUMBNAIL_ALLOWED: Allowed = Allowed { bytes: 256 * 1024, pixels: 1_000_000, edge: 4_096 };
/// What a stranger may have as an avatar.
const AVATAR_ALLOWED: Allowed = Allowed { bytes: 2 * 1024 * 1024, pixels: 4_200_000, edge: 4_096 };
/// Pixels of the longer side of a thumbnail that is shown: a bubble at twice the density.
const SHOWN_EDGE: u32 = 512;
/// JPEG qualities that are tried until the bytes suffice.
const QUALITIES: [u8; 4] = [85, 70, 50, 35];
/// Pixels of the longer side below which nothing can be seen.
const SMALLEST_EDGE: u32 = 32;
/// Before the last, good filter a large picture is averaged to so many times its size: a tenth of the work.
const ROUGH: u32 = 3;

/// A small version to send along (XEP-0264): JPEG, or PNG where something is transparent, of at most
/// [`THUMBNAIL_BYTES`]. Nothing of the original's metadata is in it. Never larger than the original.
///
/// # Errors
/// See [`PictureError`].
pub fn thumbnail(bytes: &[u8], max_edge: u32) -> Result<Picture, PictureError> {
    let (image, orientation) = decode(bytes, Allowed::CHOSEN)?;
    encode(upright(shrunk(image, max_edge.max(1)), orientation), THUMBNAIL_BYTES)
}

/// A thumbnail that somebody sent, decoded within tight limits and encoded anew, at most [`SMALL_BYTES`] and 512 pixels.
/// `media_type` as stated; what is no picture by its own word is not looked at.
///
/// # Errors
/// See [`PictureError`].
pub fn check_thumbnail(media_type: &str, bytes: &[u8]) -> Result<Picture, PictureError> {
    let is_picture = media_type.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("image/"));
    if !is_picture {
        return Err(PictureError::Unsupported);
    }
    let (image, orientation) = decode(bytes, THUMBNAIL_ALLOWED)?;
    encode(upright(shrunk(image, SHOWN_EDGE), orientation), SMALL_BYTES)
}

/// The own avatar (XEP-0084): a square of [`AVATAR_EDGE`] pixels, smaller where the part has fewer, of at most
/// [`AVATAR_BYTES`]. Without `part` the middle; a part that reaches over the border is moved inside.
///
/// # Errors
/// See [`PictureError`].
pub fn avatar(bytes: &[u8], part: Option<Square>) -> Result<Picture, PictureError> {
    let (image, orientation) = decode(bytes, Allowed::CHOSEN)?;
    let image = upright(image, orientation);
    let (width, height) = (image.width(), image.height());
    let edge = part.map_or(u32::MAX, |part| part.edge).clamp(1, width.min(height));
    let (x, y) = part.map_or(((width - edge) / 2, (height - edge) / 2), |part| (part.x, part.y));
    let square = image.crop_imm(x.min(width - edge), y.min(height - edge), edge, edge);
    encode(shrunk(square, AVATAR_EDGE), AVATAR_BYTES)
}

/// An avatar that somebody has, decoded within tight limits and encoded anew, at most [`SMALL_BYTES`] and
/// [`AVATAR_EDGE`]. Its shape stays.
///
/// # Errors
/// See [`PictureError`].
pub fn check_avatar(bytes: &[u8]) -> Result<Picture, PictureError> {
    let (image, orientation) = decode(bytes, AVATAR_ALLOWED)?;
    encode(upright(shrunk(image, AVATAR_EDGE), orientation), SMALL_BYTES)
}

fn upright(mut image: DynamicImage, orientation: Orientation) -> DynamicImage {
    image.apply_orientation(orientation);
    image
}

/// Neither side longer than `edge`.
fn shrunk(image: DynamicImage, edge: u32) -> DynamicImage {
    let longer = image.width().max(image.height());
    if longer <= edge {
        return image;
    }
    let rough = edge.saturating_mul(ROUGH);
    let image = if longer > rough { image.thumbnail(rough, rough) } else { image };
    image.resize(edge, edge, FilterType::CatmullRom)
}

/// The best that fits into `most` bytes.
fn encode(image: DynamicImage, most: usize) -> Result<Picture, PictureError> {
    let (image, has_alpha) = plain(image);
    let mut image = if has_alpha {
        for edge in [u32::MAX, image.width().max(image.height()) * 3 / 4] {
            let candidate = png(&shrunk(image.clone(), edge.max(1)))?;
            if candidate.bytes.len() <= most {
                return Ok(candidate);
            }
        }
        on_white(&image)
    } else {
        image
    };
    loop {
        for quality in QUALITIES {
            let candidate = jpeg(&image, quality)?;
            if candidate.bytes.len() <= most {
                return Ok(candidate);
            }
        }
        let edge = image.width().max(image.height()) * 3 / 4;
        if edge < SMALLEST_EDGE {
            return Err(PictureError::TooLarge);
        }
        image = shrunk(image, edge);
    }
}

/// With 8 bits a channel, and with an alpha channel only if something is transparent.
fn plain(image: DynamicImage) -> (DynamicImage, bool) {
    if !image.color().has_alpha() {
        return (image.into_rgb8().into(), false);
    }
    let image = image.into_rgba8();
    let has_alpha = image.pixels().any(|pixel| pixel.0[3] < u8::MAX);
    let image = DynamicImage::from(image);
    if has_alpha { (image, true) } else { (image.into_rgb8().into(), false) }
}

fn on_white(image: &DynamicImage) -> DynamicImage {
    let mut image = image.to_rgba8();
    for pixel in image.pixels_mut() {
        let [red, green, blue, alpha] = pixel.0.map(u32::from);
        let over = |value: u32| ((value * alpha + 255 * (255 - alpha)) / 255) as u8;
        pixel.0 = [over(red), over(green), over(blue), u8::MAX];
    }
    DynamicImage::from(image).into_rgb8().into()
}

fn png(image: &DynamicImage) -> Result<Picture, PictureError> {
    let image = image.to_rgba8();
    let mut bytes = Vec::new();
    let written = PngEncoder::new_with_quality(&mut bytes, CompressionType::Best, PngFilter::Adaptive).write_image(
        image.as_raw(),
        image.width(),
        image.height(),
        ExtendedColorType::Rgba8,
    );
    made(written, bytes, (image.width(), image.height()), "image/png")
}

fn jpeg(image: &DynamicImage, quality: u8) -> Result<Picture, PictureError> {
    let image = image.to_rgb8();
    let mut bytes = Vec::new();
    let written = JpegEncoder::new_with_quality(&mut bytes, quality).write_image(
        image.as_raw(),
        image.width(),
        image.height(),
        ExtendedColorType::Rgb8,
    );
    made(written, bytes, (image.width(), image.height()), "image/jpeg")
}

fn made(
    written: ImageResult<()>,
    bytes: Vec<u8>,
    (width, height): (u32, u32),
    media_type: &'static str,
) -> Result<Picture, PictureError> {
    written.map_err(|error| PictureError::Damaged(error.to_string()))?;
    Ok(Picture { info: PictureInfo { width, height, media_type }, bytes })
}

//! Pictures of messages and profiles: what they are, small ones to show before the large ones are there, and large ones
//! without what their camera wrote into them.
//!
//! Bytes in, bytes out; owns no file, cache or thread. All functions block for as long as decoding takes (a photo of
//! 12 megapixels about a fifth of a second): not for async tasks. [`load`] reads a file that a person chose.
//!
//! Known are PNG, JPEG, WebP, GIF (its first frame) and BMP, told apart by content, never by name or stated type.
//! Everything is hostile: sizes are checked in the header before anything is decoded, against [`LARGEST_EDGE`],
//! [`MOST_PIXELS`] and, for what strangers send unasked, much tighter limits; what comes out was decoded and encoded anew.
//! Colour profiles are ignored in what is made small.

mod decode;
mod metadata;
mod small;

use std::{fs::File, io::Read, path::Path};

pub use decode::inspect;
pub use metadata::strip_metadata;
pub use small::{avatar, check_avatar, check_thumbnail, thumbnail};

/// Pixels of a side.
pub const LARGEST_EDGE: u32 = 16_384;
/// Pixels: 40 megapixels, decoded 160 MB, with 16 bits a channel twice that.
pub const MOST_PIXELS: u64 = 40_000_000;
/// Bytes of a picture file.
pub const LARGEST_FILE: u64 = 64 * 1024 * 1024;
/// Pixels of the longer side of a thumbnail to send (XEP-0264 leaves it open; 160 is two lines of text at twice the density).
pub const THUMBNAIL_EDGE: u32 = 160;
/// Bytes of a thumbnail to send: it goes in every stanza and every archive. In base64, with what else the message has, it stays below
/// the 10,000 octets that every server takes (RFC 6120 §13.12).
pub const THUMBNAIL_BYTES: usize = 5 * 1024;
/// Bytes of an own avatar: it is published in one stanza, and read in one by everybody.
pub const AVATAR_BYTES: usize = 24 * 1024;
/// Pixels of a side of an avatar.
pub const AVATAR_EDGE: u32 = 256;
/// Bytes of somebody's avatar, and of every small picture that was checked (XEP-0084 §6: no more than fits a stanza).
pub const SMALL_BYTES: usize = 64 * 1024;

/// What a picture is. As it is shown: turned as its camera says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PictureInfo {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// `image/png`, `image/jpeg`, `image/webp`, `image/gif` or `image/bmp`.
    pub media_type: &'static str,
}

/// A small picture that was encoded here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    pub info: PictureInfo,
    pub bytes: Vec<u8>,
}

/// A part of a picture as it is shown, in pixels from its upper left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Square {
    pub x: u32,
    pub y: u32,
    pub edge: u32,
}

/// Why a picture is not taken. `code` is stable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    #[error("cannot be read: {0}")]
    Unreadable(String),
    #[error("no picture of a known kind")]
    Unsupported,
    #[error("damaged: {0}")]
    Damaged(String),
    /// Of bytes or pixels.
    #[error("too large")]
    TooLarge,
}

impl PictureError {
    /// `unreadable`, `unsupported`, `damaged` or `tooLarge`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "unreadable",
            Self::Unsupported => "unsupported",
            Self::Damaged(_) => "damaged",
            Self::TooLarge => "tooLarge",
        }
    }
}

/// Reads a picture file.
///
/// # Errors
/// It cannot be read, or is larger than [`LARGEST_FILE`]. What is in it is not looked at.
pub fn load(path: &Path) -> Result<Vec<u8>, PictureError> {
    let unreadable = |error: std::io::Error| PictureError::Unreadable(error.to_string());
    let file = File::open(path).map_err(unreadable)?;
    if !file.metadata().map_err(unreadable)?.is_file() {
        return Err(PictureError::Unreadable("not a file".to_owned()));
    }
    let mut bytes = Vec::new();
    // It may grow while it is read.
    file.take(LARGEST_FILE + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > LARGEST_FILE { Err(PictureError::TooLarge) } else { Ok(bytes) }
}

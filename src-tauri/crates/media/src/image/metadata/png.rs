//! PNG (third edition, §5).

use crate::image::metadata::{orientation_in, orientation_only, take};

const SIGNATURE: &[u8; 8] = b"\x89PNG\r\n\x1a\n";
/// What the picture, its colours and its animation need. Not: texts, times, Exif, what others invented.
const KEPT: [&[u8; 4]; 17] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV",
    b"bKGD", b"pHYs", b"acTL", b"fcTL", b"fdAT",
];

/// `None`: no sound structure.
pub(super) fn strip(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut rest = bytes.strip_prefix(SIGNATURE)?;
    let mut out = Vec::with_capacity(bytes.len());
    out.extend(SIGNATURE);
    let (mut exif_at, mut orientation) = (None, None);
    loop {
        let chunk = rest;
        let length = u32::from_be_bytes(take(&mut rest, 4)?.try_into().ok()?);
        let kind: &[u8; 4] = take(&mut rest, 4)?.try_into().ok()?;
        let data = take(&mut rest, usize::try_from(length).ok()?)?;
        take(&mut rest, 4)?;
        if kind == b"eXIf" {
            orientation = orientation.or_else(|| orientation_in(data));
        }
        if KEPT.contains(&kind) {
            out.extend_from_slice(&chunk[..chunk.len() - rest.len()]);
        }
        // Right behind the header, which is the first chunk.
        exif_at = exif_at.or(Some(out.len()));
        if kind == b"IEND" {
            break;
        }
    }
    if let (Some(at), Some(orientation)) = (exif_at, orientation) {
        let mut named = b"eXIf".to_vec();
        named.extend(orientation_only(orientation));
        let mut chunk = (named.len() as u32 - 4).to_be_bytes().to_vec();
        chunk.extend(&named);
        chunk.extend(crc(&named).to_be_bytes());
        out.splice(at..at, chunk);
    }
    Some(out)
}

/// ISO 3309 (PNG annex D). For a few bytes: no table.
fn crc(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
    !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}

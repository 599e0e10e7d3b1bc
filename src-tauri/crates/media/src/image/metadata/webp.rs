//! WebP (RFC 9649 §2).

use crate::image::{
    PictureError,
    metadata::{orientation_in, orientation_only, take},
};

/// Bytes before the first chunk: `RIFF`, size, `WEBP`.
const HEADER: usize = 12;
/// Flags of a `VP8X` chunk.
const HAS_XMP: u8 = 0x04;
const HAS_EXIF: u8 = 0x08;
/// What the picture, its colours and its animation need.
const KEPT: [&[u8; 4]; 7] = [b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"];

struct Chunk<'a> {
    kind: &'a [u8],
    data: &'a [u8],
}

/// `None`: a chunk is longer than the file.
fn chunks(bytes: &[u8]) -> Option<Vec<Chunk<'_>>> {
    let mut rest = bytes.get(HEADER..)?;
    let mut found = Vec::new();
    while rest.len() >= 8 {
        let kind = take(&mut rest, 4)?;
        let length = u32::from_le_bytes(take(&mut rest, 4)?.try_into().ok()?);
        let data = take(&mut rest, usize::try_from(length).ok()?)?;
        // Padded to even length; at the end of the file the padding is often missing.
        let _ = take(&mut rest, data.len() % 2);
        found.push(Chunk { kind, data });
    }
    Some(found)
}

/// Whether every chunk is as long as it claims.
pub(in crate::image) fn check(bytes: &[u8]) -> Result<(), PictureError> {
    chunks(bytes).map(drop).ok_or_else(|| PictureError::Damaged("it is cut off".to_owned()))
}

/// `None`: no sound structure.
pub(super) fn strip(bytes: &[u8]) -> Option<Vec<u8>> {
    let found = chunks(bytes)?;
    let exif = found.iter().find(|chunk| chunk.kind == b"EXIF");
    let orientation = exif.and_then(|chunk| orientation_in(chunk.data));
    let mut out = bytes.get(..HEADER)?.to_vec();
    let mut put = |kind: &[u8], data: &[u8]| {
        out.extend_from_slice(kind);
        out.extend((data.len() as u32).to_le_bytes());
        out.extend_from_slice(data);
        out.resize(out.len().next_multiple_of(2), 0);
    };
    for chunk in found.iter().filter(|chunk| KEPT.iter().any(|kind| chunk.kind == *kind)) {
        if chunk.kind == b"VP8X" {
            let mut data = chunk.data.to_vec();
            let flags = data.first_mut()?;
            *flags &= !(HAS_EXIF | HAS_XMP);
            if orientation.is_some() {
                *flags |= HAS_EXIF;
            }
            put(chunk.kind, &data);
        } else {
            put(chunk.kind, chunk.data);
        }
    }
    if let Some(orientation) = orientation {
        put(b"EXIF", &orientation_only(orientation));
    }
    let size = u32::try_from(out.len() - 8).ok()?;
    out[4..8].copy_from_slice(&size.to_le_bytes());
    Some(out)
}

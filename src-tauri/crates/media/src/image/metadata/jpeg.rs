//! JPEG (ITU-T T.81 annex B).

use crate::image::metadata::{orientation_in, orientation_only, take};

const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
const APP0: u8 = 0xe0;
const APP1: u8 = 0xe1;
const APP2: u8 = 0xe2;
const APP14: u8 = 0xee;

/// `None`: no sound structure.
pub(super) fn strip(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut rest = bytes.strip_prefix(&[0xff, 0xd8])?;
    let mut out = Vec::with_capacity(bytes.len());
    out.extend([0xff, 0xd8]);
    // Where the only Exif block goes: behind a JFIF header, before everything else.
    let (mut exif_at, mut orientation) = (out.len(), None);
    loop {
        let Some(marker) = next_marker(&mut rest) else {
            // Cut off behind the picture's data, or without an end: viewers show it, so do we.
            out.extend([0xff, EOI]);
            break;
        };
        match marker {
            // What follows is an appendix: a film, another picture with metadata of its own.
            EOI => {
                out.extend([0xff, EOI]);
                break;
            }
            // A picture within the picture.
            SOI => return None,
            // Without length (TEM, restart).
            0x01 | 0xd0..=0xd7 => out.extend([0xff, marker]),
            _ => {
                let [high, low] = *rest.first_chunk()?;
                let segment = take(&mut rest, usize::from(u16::from_be_bytes([high, low])))?;
                let content = segment.get(2..)?;
                if marker == APP1 && orientation.is_none() && content.starts_with(b"Exif\0\0") {
                    orientation = orientation_in(content);
                }
                if is_kept(marker, content) {
                    out.extend([0xff, marker]);
                    out.extend_from_slice(segment);
                    if marker == APP0 {
                        exif_at = out.len();
                    }
                }
                if marker == SOS {
                    out.extend_from_slice(take_scan(&mut rest)?);
                }
            }
        }
    }
    if let Some(orientation) = orientation {
        let tiff = orientation_only(orientation);
        let mut segment = vec![0xff, APP1];
        segment.extend((8 + tiff.len() as u16).to_be_bytes());
        segment.extend(b"Exif\0\0");
        segment.extend(tiff);
        out.splice(exif_at..exif_at, segment);
    }
    Some(out)
}

/// What the picture needs, and its colours.
fn is_kept(marker: u8, content: &[u8]) -> bool {
    match marker {
        APP0 => content.starts_with(b"JFIF\0"),
        APP2 => content.starts_with(b"ICC_PROFILE\0"),
        APP14 => content.starts_with(b"Adobe"),
        // Frames, tables, scans, intervals; not the reserved, the other applications', the comments.
        0xc0..=0xdf => true,
        _ => false,
    }
}

/// `None`: the end.
fn next_marker(rest: &mut &[u8]) -> Option<u8> {
    let at = rest.windows(2).position(|pair| pair[0] == 0xff && pair[1] != 0xff && pair[1] != 0)?;
    let marker = rest[at + 1];
    *rest = &rest[at + 2..];
    Some(marker)
}

/// The data of a scan, up to the next marker that is no restart.
fn take_scan<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let is_end = |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0 | 0xff | 0xd0..=0xd7);
    let length = rest.windows(2).position(is_end).unwrap_or(rest.len());
    take(rest, length)
}

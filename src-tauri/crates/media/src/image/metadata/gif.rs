//! GIF (89a).

use crate::image::metadata::take;

const EXTENSION: u8 = 0x21;
const IMAGE: u8 = 0x2c;
const TRAILER: u8 = 0x3b;
const GRAPHIC_CONTROL: u8 = 0xf9;
const APPLICATION: u8 = 0xff;
/// A first sub-block (its length before it) of those that say how often an animation repeats.
const LOOPS: [&[u8; 12]; 2] = [b"\x0bNETSCAPE2.0", b"\x0bANIMEXTS1.0"];

/// `None`: no sound structure.
pub(super) fn strip(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut rest = bytes;
    let mut out = Vec::with_capacity(bytes.len());
    let header = take(&mut rest, 13)?;
    out.extend_from_slice(header);
    out.extend_from_slice(take(&mut rest, table_length(header[10]))?);
    loop {
        let block = rest;
        let Some(kind) = take(&mut rest, 1) else {
            // Cut off between two blocks: what is there is shown.
            out.push(TRAILER);
            return Some(out);
        };
        match kind[0] {
            TRAILER => {
                out.push(TRAILER);
                return Some(out);
            }
            IMAGE => {
                let descriptor = take(&mut rest, 9)?;
                take(&mut rest, table_length(descriptor[8]))?;
                // The code size before the data.
                take(&mut rest, 1)?;
                skip_sub_blocks(&mut rest)?;
                out.extend_from_slice(&block[..block.len() - rest.len()]);
            }
            EXTENSION => {
                let label = take(&mut rest, 1)?[0];
                let is_loop = LOOPS.iter().any(|start| rest.starts_with(*start));
                skip_sub_blocks(&mut rest)?;
                if label == GRAPHIC_CONTROL || (label == APPLICATION && is_loop) {
                    out.extend_from_slice(&block[..block.len() - rest.len()]);
                }
            }
            _ => return None,
        }
    }
}

/// Bytes of the colour table that the flags announce.
fn table_length(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

fn skip_sub_blocks(rest: &mut &[u8]) -> Option<()> {
    loop {
        let length = take(rest, 1)?[0];
        if length == 0 {
            return Some(());
        }
        take(rest, usize::from(length))?;
    }
}

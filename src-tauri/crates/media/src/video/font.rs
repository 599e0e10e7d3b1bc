//! A 5×7 bitmap font of the few characters that the test picture shows.

use super::Picture;

/// Columns and rows of a glyph.
pub(super) const GLYPH_WIDTH: u32 = 5;
pub(super) const GLYPH_HEIGHT: u32 = 7;

/// Rows from the top, the five low bits from left to right. Unknown characters are blank.
fn glyph(character: char) -> [u8; 7] {
    match character {
        'T' => [0x1F, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04],
        'E' => [0x1F, 0x10, 0x10, 0x1E, 0x10, 0x10, 0x1F],
        'S' => [0x0F, 0x10, 0x10, 0x0E, 0x01, 0x01, 0x1E],
        '0' => [0x0E, 0x11, 0x13, 0x15, 0x19, 0x11, 0x0E],
        '1' => [0x04, 0x0C, 0x04, 0x04, 0x04, 0x04, 0x0E],
        '2' => [0x0E, 0x11, 0x01, 0x02, 0x04, 0x08, 0x1F],
        '3' => [0x1F, 0x02, 0x04, 0x02, 0x01, 0x11, 0x0E],
        '4' => [0x02, 0x06, 0x0A, 0x12, 0x1F, 0x02, 0x02],
        '5' => [0x1F, 0x10, 0x1E, 0x01, 0x01, 0x11, 0x0E],
        '6' => [0x06, 0x08, 0x10, 0x1E, 0x11, 0x11, 0x0E],
        '7' => [0x1F, 0x01, 0x02, 0x04, 0x08, 0x08, 0x08],
        '8' => [0x0E, 0x11, 0x11, 0x0E, 0x11, 0x11, 0x0E],
        '9' => [0x0E, 0x11, 0x11, 0x0F, 0x01, 0x02, 0x0C],
        ':' => [0x00, 0x04, 0x04, 0x00, 0x04, 0x04, 0x00],
        '.' => [0x00, 0x00, 0x00, 0x00, 0x00, 0x0C, 0x0C],
        _ => [0; 7],
    }
}

/// Pixels that `text` takes across at `scale`, without the gap after the last glyph.
pub(super) fn text_width(text: &str, scale: u32) -> u32 {
    let glyphs = u32::try_from(text.chars().count()).unwrap_or(0);
    (glyphs * (GLYPH_WIDTH + 1)).saturating_sub(1) * scale
}

/// Draws luma only; what falls outside the picture is left out.
pub(super) fn draw_text(picture: &mut Picture, text: &str, left: u32, top: u32, scale: u32, luma: u8) {
    let (width, height) = (picture.width(), picture.height());
    let plane = picture.planes_mut().0;
    for (index, character) in (0u32..).zip(text.chars()) {
        let glyph_left = left + index * (GLYPH_WIDTH + 1) * scale;
        for (row, bits) in (0u32..).zip(glyph(character)) {
            for column in 0..GLYPH_WIDTH {
                if bits >> (GLYPH_WIDTH - 1 - column) & 1 == 0 {
                    continue;
                }
                let from = (glyph_left + column * scale).min(width);
                let to = (from + scale).min(width);
                for line in (top + row * scale).min(height)..(top + (row + 1) * scale).min(height) {
                    plane[(line * width + from) as usize..(line * width + to) as usize].fill(luma);
                }
            }
        }
    }
}

//! The picture clock: a strip at the top of the luma plane that carries the time of capture.
//!
//! 36 cells, each ⌊width/40⌋ wide, begin two cells from the left edge: white, black; 32 data bits, most
//! significant first, white = 1; black, white. The strip is ⌊height/12⌋ high and starts at the top row; directly
//! below, a second strip of the same height has every cell inverted. The value is the low 32 bits of the
//! milliseconds since 1970. Test tools read the same format from screens and files.

use super::Picture;

/// Luma of a set bit and of a clear bit.
const WHITE: u8 = 235;
const BLACK: u8 = 16;
const CELLS: u32 = 36;
/// The left edge of the strip, in cells.
const OFFSET: u32 = 2;
/// Cells that fit into the width of a picture.
const CELLS_ACROSS: u32 = 40;
/// Strips that fit into the height of a picture.
const STRIPS_DOWN: u32 = 12;
/// Two readings of one bit must differ by at least this much luma to count.
const MIN_CONTRAST: i32 = 40;

/// Whether the cell is white in the upper strip.
fn cell_is_white(cell: u32, value: u32) -> bool {
    match cell {
        0 => true,
        1 => false,
        2..=33 => value >> (33 - cell) & 1 == 1,
        34 => false,
        _ => true,
    }
}

/// Draws `value` into the picture. Pictures under 40×12 stay as they are.
pub fn draw(picture: &mut Picture, value: u32) {
    let (cell_width, strip) = (picture.width() / CELLS_ACROSS, picture.height() / STRIPS_DOWN);
    let stride = picture.width() as usize;
    if cell_width == 0 || strip == 0 {
        return;
    }
    // Grey below it: a coloured strip would bleed into the luma of a lossy picture.
    let (chroma_stride, chroma_rows) = (picture.chroma_width() as usize, strip as usize);
    let (luma, u, v) = picture.planes_mut();
    for plane in [u, v] {
        plane[..chroma_stride * chroma_rows].fill(128);
    }
    for row in 0..2 * strip {
        let line = &mut luma[row as usize * stride..][..stride];
        for cell in 0..CELLS {
            let white = cell_is_white(cell, value) != (row >= strip);
            let from = ((OFFSET + cell) * cell_width) as usize;
            line[from..from + cell_width as usize].fill(if white { WHITE } else { BLACK });
        }
    }
}

/// Reads the value. `None` if there is no strip, or a bit of it cannot be told.
///
/// A picture that was scaled after drawing has cells of width/40 that are not whole pixels; both are tried.
pub fn read(picture: &Picture) -> Option<u32> {
    let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
    let drawn = ((width / f64::from(CELLS_ACROSS)).floor(), (height / f64::from(STRIPS_DOWN)).floor());
    let scaled = (width / f64::from(CELLS_ACROSS), height / f64::from(STRIPS_DOWN));
    read_cells(picture, drawn).or_else(|| read_cells(picture, scaled))
}

/// `cell` is the width and height of one cell in pixels.
fn read_cells(picture: &Picture, cell: (f64, f64)) -> Option<u32> {
    if cell.0 < 1.0 || cell.1 < 1.0 {
        return None;
    }
    let mut value = 0u32;
    for number in 0..CELLS {
        let difference = mean(picture, number, 0, cell) - mean(picture, number, 1, cell);
        if difference.abs() < MIN_CONTRAST {
            return None;
        }
        let white = difference > 0;
        if (2..=33).contains(&number) {
            value = value << 1 | u32::from(white);
        } else if white != cell_is_white(number, 0) {
            return None;
        }
    }
    Some(value)
}

/// Mean luma of the middle half of a cell: edges are soft after scaling and coding.
fn mean(picture: &Picture, number: u32, strip: u32, (width, height): (f64, f64)) -> i32 {
    let left = (f64::from(OFFSET + number) * width + width / 4.0) as usize;
    let top = (f64::from(strip) * height + height / 4.0) as usize;
    let (columns, rows) = (((width / 2.0) as usize).max(1), ((height / 2.0) as usize).max(1));
    let stride = picture.width() as usize;
    let luma = picture.planes().0;
    let mut sum = 0i32;
    for row in top..top + rows {
        sum += luma[row * stride + left..][..columns].iter().map(|&sample| i32::from(sample)).sum::<i32>();
    }
    sum / i32::try_from(columns * rows).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_is_read_at_every_size() {
        for (width, height) in [(1280, 720), (960, 540), (640, 360), (641, 363), (480, 270), (320, 180)] {
            for value in [0, u32::MAX, 0xA5A5_5A5A, 1, 0x8000_0000] {
                let mut picture = Picture::new(width, height);
                draw(&mut picture, value);
                assert_eq!(read(&picture), Some(value), "{width}x{height}");
            }
        }
    }

    #[test]
    fn pictures_without_a_strip_have_no_value() {
        assert_eq!(read(&Picture::new(640, 360)), None);
        assert_eq!(read(&Picture::new(16, 8)), None);
    }
}

//! The picture clock: the time of capture as a strip of black and white cells at the top of a picture.
//!
//! Owns: drawing and reading of the strip. In: the luma plane (one byte per pixel). Out: 32 bits, the low half of the
//! unix time in milliseconds. Does not: tell the time or touch chroma.
//!
//! ```text
//! x:   2 cells margin │ W B │ 32 data bits, MSB first, white = 1 │ B W │ margin
//! y 0: the strip, height/12 high        y 1: the same strip with every cell inverted
//! ```
//! A cell is width/40 wide. The second row is the check: a picture without a strip passes for one with probability 2⁻³⁶.
//! `confab-media` draws the same strip in its built-in test picture, the camera shim in C in `tests/devices`.

/// Luma of a white cell and of a black one (limited range, ITU-R BT.601).
const WHITE: u8 = 235;
const BLACK: u8 = 16;

/// Cells across the picture, of which [`CELLS`] are drawn after a margin of [`MARGIN`].
pub const ACROSS: usize = 40;
pub const MARGIN: usize = 2;
pub const CELLS: usize = 36;

/// Rows of cells that would fit on top of each other.
pub const DOWN: usize = 12;

/// Half way between black and white, whatever compression did to either.
const THRESHOLD: u8 = 128;

/// Cells of the first row, left to right: guard W B, 32 bits, guard B W.
fn cells(value: u32) -> [bool; CELLS] {
    let mut cells = [false; CELLS];
    cells[0] = true;
    for (bit, cell) in cells[2..34].iter_mut().enumerate() {
        *cell = value >> (31 - bit) & 1 == 1;
    }
    cells[35] = true;
    cells
}

/// Draws `value` into a luma plane of `height` rows, `stride` bytes apart. Pictures under 40x24 stay as they are.
pub fn draw(luma: &mut [u8], stride: usize, width: usize, height: usize, value: u32) {
    let (cell_width, cell_height) = (width / ACROSS, height / DOWN);
    if cell_width == 0 || cell_height < 2 || stride < width {
        return;
    }
    let cells = cells(value);
    for (y, row) in luma.chunks_mut(stride).take(2 * cell_height).enumerate() {
        let inverted = y >= cell_height;
        for (index, cell) in cells.iter().enumerate() {
            let x = (MARGIN + index) * cell_width;
            if let Some(pixels) = row.get_mut(x..x + cell_width) {
                pixels.fill(if *cell != inverted { WHITE } else { BLACK });
            }
        }
    }
}

/// Reads the strip out of a picture that may have been scaled and compressed since.
///
/// `None` when guards or check row do not fit: no strip, or one too damaged to trust.
#[must_use]
pub fn read(luma: &[u8], stride: usize, width: usize, height: usize) -> Option<u32> {
    if width < ACROSS || height < 2 * DOWN || stride < width || luma.len() < stride * (height - 1) + width {
        return None;
    }
    // The picture was drawn with whole pixels and scaled: a cell is where its share of the width is now.
    let cell = |index: usize, row: f64| {
        let x = (MARGIN + index) as f64 + 0.5;
        mean(luma, stride, x * width as f64 / ACROSS as f64, row * height as f64 / DOWN as f64)
    };
    read_cells(&std::array::from_fn(|index| cell(index, 0.5)), &std::array::from_fn(|index| cell(index, 1.5)))
}

/// Reads the strip from the brightness in the middle of each cell, of the strip and of its inverted copy below.
///
/// `None` as for [`read`].
#[must_use]
pub fn read_cells(strip: &[u8; CELLS], inverted: &[u8; CELLS]) -> Option<u32> {
    let mut value = 0;
    for (index, (upper, lower)) in strip.iter().zip(inverted).enumerate() {
        let white = *upper >= THRESHOLD;
        if (*lower >= THRESHOLD) == white {
            return None;
        }
        match index {
            0 | 35 if !white => return None,
            1 | 34 if white => return None,
            2..34 => value = value << 1 | u32::from(white),
            _ => {}
        }
    }
    Some(value)
}

/// Mean of 3x3 pixels around a cell's centre: averages away single wrong pixels.
fn mean(luma: &[u8], stride: usize, x: f64, y: f64) -> u8 {
    let (x, y) = (x as usize, y as usize);
    let mut sum = 0;
    let mut count = 0;
    for row in y.saturating_sub(1)..=y + 1 {
        for column in x.saturating_sub(1)..=x + 1 {
            if let Some(pixel) = luma.get(row * stride + column) {
                sum += u32::from(*pixel);
                count += 1;
            }
        }
    }
    u8::try_from(sum / count.max(1)).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};

    const VALUES: [u32; 6] = [0, u32::MAX, 0x8000_0001, 0xAAAA_AAAA, 0x1234_5678, 1_795_219_200];

    fn picture(width: usize, height: usize, value: u32) -> Vec<u8> {
        let mut luma: Vec<u8> = (0..width * height).map(|i| (i % 251) as u8).collect();
        draw(&mut luma, width, width, height, value);
        luma
    }

    /// Bilinear scaling, as a video call does it to the picture.
    fn scaled(luma: &[u8], from: (usize, usize), to: (usize, usize)) -> Vec<u8> {
        let sample = |x: usize, y: usize| f64::from(luma[y.min(from.1 - 1) * from.0 + x.min(from.0 - 1)]);
        let mut out = Vec::with_capacity(to.0 * to.1);
        for y in 0..to.1 {
            for x in 0..to.0 {
                let fx = ((x as f64 + 0.5) * from.0 as f64 / to.0 as f64 - 0.5).max(0.0);
                let fy = ((y as f64 + 0.5) * from.1 as f64 / to.1 as f64 - 0.5).max(0.0);
                let (ix, iy, dx, dy) = (fx as usize, fy as usize, fx.fract(), fy.fract());
                let top = sample(ix, iy) * (1.0 - dx) + sample(ix + 1, iy) * dx;
                let bottom = sample(ix, iy + 1) * (1.0 - dx) + sample(ix + 1, iy + 1) * dx;
                out.push((top * (1.0 - dy) + bottom * dy) as u8);
            }
        }
        out
    }

    #[test]
    fn what_was_drawn_is_read() {
        for (width, height) in [(640, 480), (1280, 720), (640, 360), (320, 180), (1920, 1080)] {
            for value in VALUES {
                assert_eq!(read(&picture(width, height, value), width, width, height), Some(value), "{width}x{height}");
            }
        }
    }

    #[test]
    fn a_stride_wider_than_the_picture_is_respected() {
        let (stride, width, height) = (704, 640, 360);
        let mut luma = vec![90; stride * height];
        draw(&mut luma, stride, width, height, 0x1234_5678);
        assert_eq!(read(&luma, stride, width, height), Some(0x1234_5678));
        assert!(luma.chunks(stride).all(|row| row[width..].iter().all(|p| *p == 90)), "nothing drawn into the padding");
    }

    #[test]
    fn scaling_and_noise_do_not_hurt() {
        let seed = 7;
        let mut random = StdRng::seed_from_u64(seed);
        for to in [(640, 360), (320, 180), (1920, 1080), (854, 480), (426, 240)] {
            for value in VALUES {
                let mut luma = scaled(&picture(1280, 720, value), (1280, 720), to);
                for pixel in &mut luma {
                    *pixel = (i32::from(*pixel) + random.random_range(-60..=60)).clamp(0, 255) as u8;
                }
                assert_eq!(read(&luma, to.0, to.0, to.1), Some(value), "seed {seed}, {to:?}");
            }
        }
    }

    #[test]
    fn pictures_without_a_strip_say_nothing() {
        let mut random = StdRng::seed_from_u64(1);
        for luma in [0, 16, 128, 235, 255] {
            assert_eq!(read(&vec![luma; 640 * 360], 640, 640, 360), None);
        }
        let noise: Vec<u8> = (0..640 * 360).map(|_| random.random()).collect();
        assert_eq!(read(&noise, 640, 640, 360), None);
    }

    #[test]
    fn one_wrong_cell_is_noticed() {
        for luma in [0, 255] {
            let mut damaged = picture(640, 360, 0x1234_5678);
            for row in damaged.chunks_mut(640).take(60) {
                row[20 * 16..21 * 16].fill(luma);
            }
            assert_eq!(read(&damaged, 640, 640, 360), None, "luma {luma}");
        }
    }

    #[test]
    fn sizes_that_do_not_fit_are_refused() {
        assert_eq!(read(&[], 0, 0, 0), None);
        assert_eq!(read(&[0; 100], 640, 640, 360), None);
        assert_eq!(read(&vec![0; 640 * 360], 100, 640, 360), None);
        let mut tiny = [7; 30 * 10];
        draw(&mut tiny, 30, 30, 10, 5);
        assert_eq!(tiny, [7; 300]);
    }
}

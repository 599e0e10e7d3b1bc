//! The built-in test picture: shown to people who have no camera, and measured by tests.
//!
//! A slow colour gradient as background, a disc that travels, the word TEST with the time of day, and the
//! picture clock ([`super::barcode`]) at the top. It is a pure function of the time.

use confab_model::Moment;

use super::{Picture, PicturePool, barcode, font};

/// One round of the disc.
const ROUND_MS: u64 = 6_000;
/// One walk of the background through its colours.
const COLOUR_MS: u64 = 24_000;
const INK: u8 = 232;
const SHADE: u8 = 40;

/// Draws test pictures of one size.
#[derive(Debug)]
pub struct TestPicture {
    width: u32,
    height: u32,
    pool: PicturePool,
}

impl TestPicture {
    /// Sizes are made even, and at least 160×90.
    pub fn new(width: u32, height: u32) -> Self {
        Self { width: width.max(160) & !1, height: height.max(90) & !1, pool: PicturePool::default() }
    }

    /// The picture at a moment; its clock strip shows the wall time.
    pub fn at(&self, now: Moment) -> Picture {
        let mut picture = self.pool.picture(self.width, self.height, now);
        let millis = u64::try_from(now.wall.0).unwrap_or(0);
        paint_background(&mut picture, millis);
        paint_disc(&mut picture, millis);
        paint_text(&mut picture, millis);
        barcode::draw(&mut picture, millis as u32);
        picture
    }
}

/// A triangle wave, 0..=255, of the given period.
fn triangle(millis: u64, period: u64) -> u32 {
    let phase = millis % period * 510 / period;
    u32::try_from(if phase > 255 { 510 - phase } else { phase }).unwrap_or(0)
}

fn paint_background(picture: &mut Picture, millis: u64) {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let (chroma_width, chroma_height) = (picture.chroma_width() as usize, picture.chroma_height() as usize);
    let tint = triangle(millis, COLOUR_MS) as usize;
    let (luma, u, v) = picture.planes_mut();
    for (y, row) in luma.chunks_exact_mut(width).enumerate() {
        // From 96 at the top to 48 at the bottom: light text stands out everywhere.
        row.fill((96 - 48 * y / height) as u8);
    }
    let mut u_row = vec![0u8; chroma_width];
    for (x, sample) in u_row.iter_mut().enumerate() {
        *sample = (150 + 30 * x / chroma_width) as u8;
    }
    for (y, (u_line, v_line)) in u.chunks_exact_mut(chroma_width).zip(v.chunks_exact_mut(chroma_width)).enumerate() {
        u_line.copy_from_slice(&u_row);
        v_line.fill((96 + 24 * y / chroma_height + tint / 10) as u8);
    }
}

fn paint_disc(picture: &mut Picture, millis: u64) {
    let (width, height) = (picture.width(), picture.height());
    let radius = height.min(width) / 9;
    let travel = width - 2 * radius - 8;
    let centre_x = 4 + radius + triangle(millis, ROUND_MS) * travel / 255;
    let bounce = triangle(millis, ROUND_MS / 4);
    // A parabola from a triangle: it hangs at the top and hurries at the bottom, like a ball.
    let fall = bounce * bounce / 255;
    let ceiling = height / 4 + radius;
    let floor = height - radius - 4;
    let centre_y = ceiling + fall * (floor - ceiling) / 255;
    let chroma_width = picture.chroma_width() as usize;
    let (luma, u, v) = picture.planes_mut();
    for dy in 0..=2 * radius {
        let y = centre_y - radius + dy;
        let off = u64::from(dy.abs_diff(radius));
        let half = (u64::from(radius).pow(2) - off.pow(2)).isqrt() as u32;
        let (from, to) = ((centre_x - half) as usize, (centre_x + half) as usize);
        let shade = 190 - (dy * 70 / (2 * radius).max(1)) as u8;
        luma[y as usize * width as usize + from..y as usize * width as usize + to].fill(shade);
        if y.is_multiple_of(2) {
            let row = (y / 2) as usize * chroma_width;
            u[row + from / 2..row + to / 2].fill(76);
            v[row + from / 2..row + to / 2].fill(170);
        }
    }
}

fn paint_text(picture: &mut Picture, millis: u64) {
    let (width, height) = (picture.width(), picture.height());
    let scale = (height / 40).min(width / 40).max(2);
    let shadow = (scale / 4).max(1);
    let left = width.saturating_sub(font::text_width("TEST", scale)) / 2;
    let top = height * 2 / 5;
    font::draw_text(picture, "TEST", left + shadow, top + shadow, scale, SHADE);
    font::draw_text(picture, "TEST", left, top, scale, INK);
    let second = millis / 1_000;
    let clock = format!("{:02}:{:02}:{:02}.{}", second / 3_600 % 24, second / 60 % 60, second % 60, millis / 100 % 10);
    let small = (scale / 3).max(1);
    let left = width.saturating_sub(font::text_width(&clock, small)) / 2;
    font::draw_text(picture, &clock, left, top + (font::GLYPH_HEIGHT + 2) * scale, small, INK);
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use confab_model::Timestamp;

    use super::*;

    #[test]
    fn it_moves_and_tells_the_time_at_every_size() {
        for (width, height) in [(1280, 720), (640, 480), (640, 360), (320, 180), (361, 641), (2, 2)] {
            let source = TestPicture::new(width, height);
            let start = Moment { mono: Duration::ZERO, wall: Timestamp(1_795_230_000_123) };
            let mut last: Option<Vec<u8>> = None;
            for step in 0..200u64 {
                let now = start.plus(Duration::from_millis(step * 131));
                let picture = source.at(now);
                assert_eq!(barcode::read(&picture), Some(now.wall.0 as u32), "{width}x{height} step {step}");
                assert_ne!(last.as_deref(), Some(picture.data()));
                last = Some(picture.data().to_vec());
            }
        }
    }
}

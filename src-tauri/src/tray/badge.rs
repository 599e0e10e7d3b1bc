//! The app's picture with a number on it. Panels show it at 16 to 64 pixels: nothing smaller than a digit can be read.

/// The app's picture, as straight RGBA.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Picture {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) rgba: Vec<u8>,
}

/// `--danger` of the light theme (`ui/src/styles/tokens.css`): it is read on dark and on light panels.
const RED: [u8; 3] = [0xd9, 0x2d, 0x20];
const WHITE: [u8; 3] = [0xff; 3];
/// More than this is this.
const MOST: u32 = 99;

/// Three columns and five rows for each digit, the top row first, its left column in the highest of three bits.
const DIGITS: [[u8; 5]; 10] = [
    [0b111, 0b101, 0b101, 0b101, 0b111],
    [0b010, 0b110, 0b010, 0b010, 0b111],
    [0b111, 0b001, 0b111, 0b100, 0b111],
    [0b111, 0b001, 0b111, 0b001, 0b111],
    [0b101, 0b101, 0b111, 0b001, 0b001],
    [0b111, 0b100, 0b111, 0b001, 0b111],
    [0b111, 0b100, 0b111, 0b101, 0b111],
    [0b111, 0b001, 0b010, 0b010, 0b010],
    [0b111, 0b101, 0b111, 0b101, 0b111],
    [0b111, 0b101, 0b111, 0b001, 0b111],
];
const COLUMNS: u32 = 3;
const ROWS: u32 = 5;

/// The picture with how many wait on it, in its lower right corner; 0: as it is.
pub(super) fn with_number(picture: &Picture, number: u32) -> Picture {
    let mut picture = picture.clone();
    if number == 0 {
        return picture;
    }
    let digits = digits_of(number.min(MOST));
    let count = u32::try_from(digits.len()).unwrap_or(1);
    // Side of one square of a digit: the number takes about half of the picture.
    let square = (picture.height / 12).max(1);
    let (wide, high) = ((count * COLUMNS + count - 1) * square, ROWS * square);
    let margin = square * 3 / 2;
    let (plate_wide, plate_high) = ((wide + 2 * margin).max(high + 2 * margin), high + 2 * margin);
    let (left, top) = (picture.width.saturating_sub(plate_wide), picture.height.saturating_sub(plate_high));
    plate(&mut picture, (left, top), (plate_wide, plate_high));
    let (x, y) = (left + (plate_wide - wide) / 2, top + margin);
    for (place, digit) in (0..).zip(digits) {
        draw(&mut picture, digit, (x + place * (COLUMNS + 1) * square, y), square);
    }
    picture
}

fn digits_of(number: u32) -> Vec<usize> {
    number.to_string().bytes().map(|digit| usize::from(digit - b'0')).collect()
}

/// A rectangle with round ends.
fn plate(picture: &mut Picture, (left, top): (u32, u32), (wide, high): (u32, u32)) {
    let radius = f64::from(high) / 2.0;
    let (first, last) = (f64::from(left) + radius, f64::from(left + wide) - radius);
    let middle = f64::from(top) + radius;
    for y in top..top + high {
        for x in left..left + wide {
            let (px, py) = (f64::from(x) + 0.5, f64::from(y) + 0.5);
            let off = (px - px.clamp(first, last.max(first))).hypot(py - middle);
            // One pixel of the edge is mixed.
            blend(picture, (x, y), RED, (radius - off + 0.5).clamp(0.0, 1.0));
        }
    }
}

fn draw(picture: &mut Picture, digit: usize, (left, top): (u32, u32), square: u32) {
    let Some(rows) = DIGITS.get(digit) else { return };
    for (row, bits) in (0..).zip(rows) {
        for column in 0..COLUMNS {
            if bits & (1 << (COLUMNS - 1 - column)) == 0 {
                continue;
            }
            for y in 0..square {
                for x in 0..square {
                    blend(picture, (left + column * square + x, top + row * square + y), WHITE, 1.0);
                }
            }
        }
    }
}

/// Lays a colour over a pixel.
fn blend(picture: &mut Picture, (x, y): (u32, u32), colour: [u8; 3], cover: f64) {
    if x >= picture.width || y >= picture.height {
        return;
    }
    let at = (y as usize * picture.width as usize + x as usize) * 4;
    let Some([red, green, blue, alpha]) = picture.rgba.get_mut(at..at + 4) else { return };
    let under = f64::from(*alpha) / 255.0 * (1.0 - cover);
    let whole = cover + under;
    if whole <= 0.0 {
        return;
    }
    for (channel, over) in [red, green, blue].into_iter().zip(colour) {
        *channel = byte((f64::from(over) * cover + f64::from(*channel) * under) / whole);
    }
    *alpha = byte(whole * 255.0);
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is between 0 and 255")]
fn byte(value: f64) -> u8 {
    value.round().clamp(0.0, 255.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn empty(side: u32) -> Picture {
        Picture { width: side, height: side, rgba: vec![0; (side * side * 4) as usize] }
    }

    fn pixels(picture: &Picture, colour: [u8; 3]) -> usize {
        picture.rgba.chunks(4).filter(|pixel| pixel[..3] == colour && pixel[3] == 255).count()
    }

    #[test]
    fn a_number_stands_in_the_lower_right_corner() {
        let plain = empty(64);
        assert_eq!(with_number(&plain, 0), plain);
        let seven = with_number(&plain, 7);
        // Seven of its fifteen squares, of 5 × 5 pixels each.
        assert_eq!(pixels(&seven, WHITE), 7 * 25);
        assert!(pixels(&seven, RED) > 400);
        assert!(seven.rgba[..64 * 4 * 16].iter().all(|byte| *byte == 0), "the upper quarter is free");
    }

    #[test]
    fn two_digits_fit_and_more_become_the_most() {
        for side in [16, 22, 32, 48, 128] {
            let most = with_number(&empty(side), 99);
            assert_eq!(with_number(&empty(side), 4_000), most, "{side}");
            let square = (side / 12).max(1) as usize;
            assert_eq!(pixels(&most, WHITE), 2 * 12 * square * square, "{side}: nothing is cut off");
        }
        assert_eq!(with_number(&empty(0), 5), empty(0));
    }
}

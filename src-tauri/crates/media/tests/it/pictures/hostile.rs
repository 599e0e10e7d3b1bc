//! Pictures that want to harm: they end in a picture or an error, never in a panic or much memory.

use confab_media::image::{avatar, check_avatar, check_thumbnail, inspect, strip_metadata, thumbnail};
use image::ImageFormat;
use rand::{Rng, SeedableRng, rngs::StdRng};

use super::stage::{chunk, encoded, halves, photo, png_with};

const SEED: u64 = 20_261_121;
const FORMATS: [ImageFormat; 5] =
    [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif, ImageFormat::Bmp];

/// The header of a PNG and pixels for the first row at most.
fn png_claiming(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = encoded(&halves(8, 8), ImageFormat::Png);
    let data = [&width.to_be_bytes(), height.to_be_bytes().as_slice(), &[8, 6, 0, 0, 0]].concat();
    bytes.splice(8..33, chunk(b"IHDR", &data));
    bytes
}

fn codes(bytes: &[u8]) -> [&'static str; 4] {
    let code = |failed: Option<confab_media::image::PictureError>| failed.map_or("ok", |error| error.code());
    [
        code(inspect(bytes).err()),
        code(thumbnail(bytes, 160).err()),
        code(avatar(bytes, None).err()),
        code(check_avatar(bytes).err()),
    ]
}

#[test]
fn bombs_are_known_by_their_header() {
    for (width, height) in [(60_000, 60_000), (16_385, 1), (1, 20_000), (10_000, 4_001), (u32::MAX / 2, 2)] {
        assert_eq!(codes(&png_claiming(width, height)), ["tooLarge"; 4], "{width}×{height}");
    }
    let mut gif = encoded(&halves(8, 8), ImageFormat::Gif);
    gif[6..10].copy_from_slice(&[0xff; 4]);
    assert_eq!(codes(&gif), ["tooLarge"; 4]);
    let mut bmp = encoded(&halves(8, 8), ImageFormat::Bmp);
    bmp[18..22].copy_from_slice(&50_000u32.to_le_bytes());
    bmp[22..26].copy_from_slice(&50_000u32.to_le_bytes());
    assert_eq!(codes(&bmp), ["tooLarge"; 4]);
    let mut jpeg = encoded(&halves(8, 8), ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    jpeg[frame + 5..frame + 9].fill(0xff);
    assert_eq!(codes(&jpeg), ["tooLarge"; 4]);
}

#[test]
fn what_strangers_send_has_tighter_limits() {
    let large = encoded(&halves(3_000, 2_000), ImageFormat::Png);
    assert_eq!(codes(&large), ["ok", "ok", "ok", "tooLarge"]);
    assert_eq!(check_thumbnail("image/png", &large).unwrap_err().code(), "tooLarge");
    let heavy = png_with(&encoded(&halves(8, 8), ImageFormat::Png), &chunk(b"prVt", &vec![0; 300_000]));
    assert_eq!(check_thumbnail("image/png", &heavy).unwrap_err().code(), "tooLarge");
    assert!(inspect(&heavy).is_ok());
}

#[test]
fn a_webp_chunk_that_claims_gigabytes_makes_no_room_for_them() {
    let plain = encoded(&halves(64, 48), ImageFormat::WebP);
    let extended = [b"VP8X\x0a\0\0\0\x08\0\0\0".as_slice(), &[63, 0, 0, 47, 0, 0]].concat();
    let claim = b"EXIF\xf0\xff\xff\xff";
    let bytes = [&plain[..12], &extended, &plain[12..], claim].concat();
    assert_eq!(codes(&bytes), ["damaged"; 4]);
    assert_eq!(strip_metadata(&bytes).unwrap_err().code(), "damaged");
}

#[test]
fn cut_off_pictures_end_in_a_picture_or_an_error() {
    for format in FORMATS {
        let whole = encoded(&halves(64, 48), format);
        for length in (0..whole.len()).step_by(whole.len() / 60 + 1) {
            let [inspected, made, ..] = codes(&whole[..length]);
            assert!(inspected == "ok" || made != "ok", "{format:?}: {length}");
            let _ = strip_metadata(&whole[..length]);
        }
    }
}

/// Makes the checksums of all chunks right again, so that a change is looked at and not just refused.
fn with_checksums(png: &[u8]) -> Vec<u8> {
    let mut bytes = png[..png.len().min(8)].to_vec();
    let mut at = 8;
    while let Some([a, b, c, d, kind @ ..]) = png.get(at..at + 8) {
        let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        let Some(data) = png.get(at + 8..(at + 8).saturating_add(length)) else { break };
        bytes.extend(chunk(kind.try_into().unwrap(), data));
        at += 12 + length;
    }
    bytes
}

#[test]
fn damaged_pictures_end_in_a_picture_or_an_error() {
    println!("seed {SEED}");
    for format in FORMATS {
        let original =
            if format == ImageFormat::Jpeg { photo(&halves(64, 48), 6) } else { encoded(&halves(64, 48), format) };
        let mut rng = StdRng::seed_from_u64(SEED);
        let mut made = 0;
        for _ in 0..400 {
            let mut bytes = original.clone();
            for _ in 0..rng.random_range(1..=4) {
                let near = if rng.random_bool(0.7) { bytes.len().min(120) } else { bytes.len() };
                let at = rng.random_range(0..near);
                match rng.random_range(0..4) {
                    0 => bytes[at] ^= 1 << rng.random_range(0..8),
                    1 => bytes[at] = rng.random(),
                    2 => {
                        let end = (at + rng.random_range(1..5)).min(bytes.len());
                        bytes[at..end].fill(0xff);
                    }
                    _ => {
                        let end = (at + rng.random_range(1..20)).min(bytes.len() - 1);
                        bytes.drain(at.min(end)..end);
                    }
                }
            }
            if format == ImageFormat::Png && rng.random() {
                bytes = with_checksums(&bytes);
            }
            made += usize::from(thumbnail(&bytes, 160).is_ok());
            let _ = (inspect(&bytes), check_avatar(&bytes), check_thumbnail("image/png", &bytes));
            // What is taken apart without an error can be taken apart again.
            if let Ok(stripped) = strip_metadata(&bytes) {
                assert_eq!(strip_metadata(&stripped), Ok(stripped.clone()));
            }
        }
        println!("{format:?}: {made} of 400 were readable");
    }
}

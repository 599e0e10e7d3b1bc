//! Pictures are sent without what their camera wrote into them, and are shown as before.

use confab_media::image::{inspect, strip_metadata};
use image::{ImageDecoder, ImageFormat, ImageReader};

use super::stage::{SECRET, chunk, contains, decoded, encoded, exif, halves, jpeg_with, photo, png_with};

fn orientation(bytes: &[u8]) -> u8 {
    let reader = ImageReader::new(std::io::Cursor::new(bytes)).with_guessed_format().unwrap();
    reader.into_decoder().unwrap().orientation().unwrap().to_exif()
}

fn assert_clean_and_the_same(original: &[u8]) -> Vec<u8> {
    assert!(contains(original, SECRET), "the test needs something to hide");
    let stripped = strip_metadata(original).unwrap();
    assert!(!contains(&stripped, SECRET));
    assert_eq!(decoded(&stripped), decoded(original));
    assert_eq!(inspect(&stripped), inspect(original));
    assert_eq!(orientation(&stripped), orientation(original));
    assert_eq!(strip_metadata(&stripped).unwrap(), stripped, "nothing more to take out");
    stripped
}

#[test]
fn a_photo_keeps_how_it_is_turned_and_nothing_else() {
    for turned in 1..=8 {
        let stripped = assert_clean_and_the_same(&photo(&halves(64, 48), turned));
        assert_eq!(orientation(&stripped), turned);
        assert_eq!(contains(&stripped, b"Exif"), turned != 1);
    }
}

#[test]
fn colour_profiles_stay() {
    let plain = encoded(&halves(64, 48), ImageFormat::Jpeg);
    let profile = [b"ICC_PROFILE\0\x01\x01".as_slice(), &[7; 300]].concat();
    let bytes = jpeg_with(&plain, &[(0xe2, profile.clone()), (0xfe, SECRET.to_vec())], b"");
    assert!(contains(&assert_clean_and_the_same(&bytes), &profile));
}

#[test]
fn a_jpeg_without_its_end_is_completed() {
    let bytes = photo(&halves(64, 48), 6);
    let end = bytes.len() - SECRET.len() - 2;
    let stripped = strip_metadata(&bytes[..end]).unwrap();
    assert_eq!(stripped, strip_metadata(&bytes).unwrap());
}

#[test]
fn a_png_keeps_its_pixels_and_colours() {
    let plain = encoded(&halves(64, 48), ImageFormat::Png);
    for turned in [1, 6] {
        let chunks = [
            chunk(b"gAMA", &45_455u32.to_be_bytes()),
            chunk(b"tEXt", &[b"Comment\0".as_slice(), SECRET].concat()),
            chunk(b"eXIf", &exif(turned)),
            chunk(b"prVt", SECRET),
        ]
        .concat();
        let bytes = [png_with(&plain, &chunks).as_slice(), SECRET].concat();
        let stripped = assert_clean_and_the_same(&bytes);
        assert!(contains(&stripped, b"gAMA") && !contains(&stripped, b"tEXt"));
        assert_eq!(contains(&stripped, b"eXIf"), turned != 1);
    }
}

#[test]
fn a_webp_keeps_its_pixels() {
    let plain = encoded(&halves(64, 48), ImageFormat::WebP);
    for turned in [1, 8] {
        let part = |kind: &[u8; 4], data: &[u8]| {
            let padding: &[u8] = if data.len() % 2 == 1 { &[0] } else { &[] };
            [kind.as_slice(), &(data.len() as u32).to_le_bytes(), data, padding].concat()
        };
        let extended = [0x0c, 0, 0, 0, 63, 0, 0, 47, 0, 0];
        let body = [
            b"WEBP".to_vec(),
            part(b"VP8X", &extended),
            plain[12..].to_vec(),
            part(b"EXIF", &exif(turned)),
            part(b"XMP ", SECRET),
            part(b"junk", SECRET),
        ]
        .concat();
        let bytes = [b"RIFF".as_slice(), &(body.len() as u32).to_le_bytes(), &body].concat();
        let stripped = assert_clean_and_the_same(&bytes);
        assert_eq!(stripped.len(), 8 + u32::from_le_bytes(stripped[4..8].try_into().unwrap()) as usize);
        assert_eq!(contains(&stripped, b"EXIF"), turned != 1);
    }
}

#[test]
fn a_gif_keeps_its_loop_and_loses_its_comments() {
    let plain = encoded(&halves(64, 48), ImageFormat::Gif);
    let table = if plain[10] & 0x80 == 0 { 0 } else { 3 << ((plain[10] & 7) + 1) };
    let (head, rest) = plain.split_at(13 + table);
    let comment = [&[0x21, 0xfe, SECRET.len() as u8], SECRET, &[0]].concat();
    let repeat = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0".to_vec();
    let other = [b"\x21\xff\x0bXMP DataXMP".as_slice(), &[SECRET.len() as u8], SECRET, &[0]].concat();
    let bytes = [head, &comment, &repeat, &other, rest, SECRET].concat();
    let stripped = assert_clean_and_the_same(&bytes);
    assert!(contains(&stripped, b"NETSCAPE2.0"));
}

#[test]
fn what_is_broken_is_not_sent_as_a_photo() {
    let jpeg = photo(&halves(64, 48), 6);
    assert_eq!(strip_metadata(&jpeg[..30]).unwrap_err().code(), "damaged");
    let png = encoded(&halves(64, 48), ImageFormat::Png);
    assert_eq!(strip_metadata(&png[..png.len() - 20]).unwrap_err().code(), "damaged");
    let webp = encoded(&halves(64, 48), ImageFormat::WebP);
    assert_eq!(strip_metadata(&webp[..webp.len() - 5]).unwrap_err().code(), "damaged");
    let gif = encoded(&halves(64, 48), ImageFormat::Gif);
    assert_eq!(strip_metadata(&gif[..gif.len() - 10]).unwrap_err().code(), "damaged");
    assert_eq!(strip_metadata(b"\0\0\0\x18ftypheic").unwrap_err().code(), "unsupported");
}

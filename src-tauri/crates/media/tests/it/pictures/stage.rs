//! Pictures to test with.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};

pub const RED: [u8; 3] = [220, 20, 20];
pub const BLUE: [u8; 3] = [20, 20, 220];
/// Found in metadata, must not be found elsewhere.
pub const SECRET: &[u8] = b"52 deg 31 min north";

/// The left half red, the right half blue.
pub fn halves(width: u32, height: u32) -> DynamicImage {
    let colour = |x| if x < width / 2 { RED } else { BLUE };
    RgbaImage::from_fn(width, height, |x, _| {
        let [red, green, blue] = colour(x);
        Rgba([red, green, blue, 255])
    })
    .into()
}

pub fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let plain = if format == ImageFormat::Jpeg { image.to_rgb8().into() } else { image.clone() };
    plain.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

pub fn decoded(bytes: &[u8]) -> RgbaImage {
    image::load_from_memory(bytes).unwrap().into_rgba8()
}

pub fn is_near(pixel: &Rgba<u8>, colour: [u8; 3]) -> bool {
    pixel.0.iter().zip(colour).all(|(a, b)| a.abs_diff(b) < 40)
}

/// An Exif block with an orientation (1..=8) and a secret.
pub fn exif(orientation: u8) -> Vec<u8> {
    let mut block = b"II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    block.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    block.extend(SECRET);
    block
}

/// Puts segments behind the start of a JPEG, and an appendix behind its end.
pub fn jpeg_with(image: &[u8], segments: &[(u8, Vec<u8>)], appendix: &[u8]) -> Vec<u8> {
    let mut bytes = image[..2].to_vec();
    for (marker, content) in segments {
        bytes.extend([0xff, *marker]);
        bytes.extend((content.len() as u16 + 2).to_be_bytes());
        bytes.extend(content);
    }
    bytes.extend(&image[2..]);
    bytes.extend(appendix);
    bytes
}

/// A photo with all that a camera writes.
pub fn photo(image: &DynamicImage, orientation: u8) -> Vec<u8> {
    let exif = [b"Exif\0\0".as_slice(), &exif(orientation)].concat();
    let secret = |start: &[u8]| [start, SECRET].concat();
    let segments = [
        (0xe1, exif),
        (0xe1, secret(b"http://ns.adobe.com/xap/1.0/\0")),
        (0xe2, secret(b"MPF\0")),
        (0xed, secret(b"Photoshop 3.0\0")),
        (0xfe, SECRET.to_vec()),
    ];
    jpeg_with(&encoded(image, ImageFormat::Jpeg), &segments, SECRET)
}

/// A PNG chunk with its checksum.
pub fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let named = [kind.as_slice(), data].concat();
    let crc = !named.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    });
    [&(data.len() as u32).to_be_bytes(), named.as_slice(), &crc.to_be_bytes()].concat()
}

/// Puts chunks behind the header of a PNG.
pub fn png_with(image: &[u8], chunks: &[u8]) -> Vec<u8> {
    [&image[..33], chunks, &image[33..]].concat()
}

pub fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

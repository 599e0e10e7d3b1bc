use confab_media::image::{
    AVATAR_BYTES, AVATAR_EDGE, PictureInfo, Square, THUMBNAIL_BYTES, THUMBNAIL_EDGE, avatar, check_avatar,
    check_thumbnail, inspect, load, thumbnail,
};
use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};
use rand::{Rng, SeedableRng, rngs::StdRng};

use super::stage::{BLUE, RED, SECRET, contains, decoded, encoded, halves, is_near, photo};

#[test]
fn a_picture_is_known_by_its_content() {
    let image = halves(40, 30);
    for (format, media_type) in [
        (ImageFormat::Png, "image/png"),
        (ImageFormat::Jpeg, "image/jpeg"),
        (ImageFormat::WebP, "image/webp"),
        (ImageFormat::Gif, "image/gif"),
        (ImageFormat::Bmp, "image/bmp"),
    ] {
        let bytes = encoded(&image, format);
        assert_eq!(inspect(&bytes), Ok(PictureInfo { width: 40, height: 30, media_type }));
        let small = thumbnail(&bytes, 20).unwrap();
        assert_eq!((small.info.width, small.info.height, small.info.media_type), (20, 15, "image/jpeg"), "{format:?}");
    }
    for bytes in [b"".as_slice(), b"no picture", b"%PDF-1.7", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"II\x2a\0"]
    {
        assert_eq!(inspect(bytes).unwrap_err().code(), "unsupported");
    }
}

#[test]
fn a_file_is_read_up_to_its_limit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.png");
    std::fs::write(&path, b"abc").unwrap();
    assert_eq!(load(&path).unwrap(), b"abc");
    std::fs::File::create(&path).unwrap().set_len(confab_media::image::LARGEST_FILE + 1).unwrap();
    assert_eq!(load(&path).unwrap_err().code(), "tooLarge");
    assert_eq!(load(folder.path()).unwrap_err().code(), "unreadable");
    assert_eq!(load(&folder.path().join("none")).unwrap_err().code(), "unreadable");
}

/// Where red is in each of the eight orientations of Exif.
#[test]
fn a_thumbnail_is_turned_as_the_camera_says_and_tells_nothing_else() {
    for orientation in 1..=8 {
        let bytes = photo(&halves(800, 400), orientation);
        let is_on_its_side = orientation >= 5;
        let info = inspect(&bytes).unwrap();
        assert_eq!((info.width, info.height), if is_on_its_side { (400, 800) } else { (800, 400) });
        let small = thumbnail(&bytes, THUMBNAIL_EDGE).unwrap();
        let (width, height) = (small.info.width, small.info.height);
        assert_eq!((width, height), if is_on_its_side { (80, 160) } else { (160, 80) });
        assert!(!contains(&small.bytes, SECRET) && !contains(&small.bytes, b"Exif"));
        let pixels = decoded(&small.bytes);
        let (first, last) = (pixels.get_pixel(4, 4), pixels.get_pixel(width - 5, height - 5));
        let starts_red = matches!(orientation, 1 | 4 | 5 | 6);
        let (start, end) = if starts_red { (RED, BLUE) } else { (BLUE, RED) };
        assert!(is_near(first, start) && is_near(last, end), "{orientation}: {first:?} {last:?}");
    }
}

/// The hardest to compress.
fn noise(width: u32, height: u32, alpha: bool) -> DynamicImage {
    let mut rng = StdRng::seed_from_u64(3);
    RgbaImage::from_fn(width, height, |_, _| {
        let mut pixel: [u8; 4] = rng.random();
        if !alpha {
            pixel[3] = 255;
        }
        Rgba(pixel)
    })
    .into()
}

#[test]
fn nothing_is_larger_than_promised() {
    for alpha in [false, true] {
        let bytes = encoded(&noise(700, 500, alpha), ImageFormat::Png);
        let small = thumbnail(&bytes, THUMBNAIL_EDGE).unwrap();
        assert!(small.bytes.len() <= THUMBNAIL_BYTES, "{} bytes", small.bytes.len());
        assert!((100..=THUMBNAIL_EDGE).contains(&small.info.width), "{:?}", small.info);
        let face = avatar(&bytes, None).unwrap();
        assert!(face.bytes.len() <= AVATAR_BYTES, "{} bytes", face.bytes.len());
        assert!(face.info.width == face.info.height && face.info.width >= 128, "{:?}", face.info);
    }
}

#[test]
fn what_is_transparent_stays_so() {
    let mut image = halves(300, 300).into_rgba8();
    image.pixels_mut().take(300 * 150).for_each(|pixel| pixel.0[3] = 0);
    let bytes = encoded(&image.into(), ImageFormat::Png);
    for picture in [thumbnail(&bytes, 160), avatar(&bytes, None), check_avatar(&bytes)] {
        let picture = picture.unwrap();
        assert_eq!(picture.info.media_type, "image/png");
        let pixels = decoded(&picture.bytes);
        assert_eq!((pixels.get_pixel(5, 5).0[3], pixels.get_pixel(5, picture.info.height - 5).0[3]), (0, 255));
    }
}

#[test]
fn a_small_picture_is_not_blown_up() {
    let bytes = encoded(&halves(30, 20), ImageFormat::Png);
    let sizes = [thumbnail(&bytes, 160), avatar(&bytes, None), check_avatar(&bytes)]
        .map(|picture| picture.map(|picture| (picture.info.width, picture.info.height)).unwrap());
    assert_eq!(sizes, [(30, 20), (20, 20), (30, 20)]);
    let line = encoded(&halves(3_000, 1), ImageFormat::Png);
    let small = thumbnail(&line, 160).unwrap();
    assert_eq!((small.info.width, small.info.height), (160, 1));
}

#[test]
fn an_avatar_is_the_square_that_was_chosen() {
    let bytes = photo(&halves(1_000, 600), 1);
    let at = |part| {
        let picture = avatar(&bytes, part).unwrap();
        let edge = picture.info.width;
        assert_eq!(picture.info.height, edge);
        let pixels = decoded(&picture.bytes);
        let colour = |x, y| if is_near(pixels.get_pixel(x, y), RED) { 'r' } else { 'b' };
        (
            edge,
            [colour(edge / 50, edge / 50), colour(edge - 1 - edge / 50, edge - 1 - edge / 50)]
                .iter()
                .collect::<String>(),
        )
    };
    let square = |x, y, edge| Some(Square { x, y, edge });
    assert_eq!(at(None), (AVATAR_EDGE, "rb".to_owned()));
    assert_eq!(at(square(0, 0, 400)), (AVATAR_EDGE, "rr".to_owned()));
    assert_eq!(at(square(550, 50, 400)), (AVATAR_EDGE, "bb".to_owned()));
    assert_eq!(at(square(0, 0, 100)), (100, "rr".to_owned()));
    // Beyond the border: moved inside.
    assert_eq!(at(square(u32::MAX, u32::MAX, 400)), (AVATAR_EDGE, "bb".to_owned()));
    assert_eq!(at(square(0, 0, u32::MAX)), (AVATAR_EDGE, "rb".to_owned()));
    assert_eq!(at(square(7, 7, 0)), (1, "rr".to_owned()));
}

#[test]
fn what_strangers_send_is_made_anew() {
    let bytes = photo(&halves(320, 200), 6);
    let shown = check_thumbnail("image/jpeg", &bytes).unwrap();
    assert_eq!((shown.info.width, shown.info.height), (200, 320));
    assert!(shown.bytes != bytes && !contains(&shown.bytes, SECRET));
    assert!(check_thumbnail("image/png", &bytes).is_ok(), "the content counts");
    let large = encoded(&halves(900, 800), ImageFormat::Png);
    assert_eq!(check_thumbnail("IMAGE/PNG", &large).unwrap().info.width, 512);
    for media_type in ["text/html", "", "imag", "é/image", "application/image/png"] {
        assert_eq!(check_thumbnail(media_type, &bytes).unwrap_err().code(), "unsupported", "{media_type}");
    }
    let face = check_avatar(&bytes).unwrap();
    assert_eq!((face.info.width, face.info.height), (160, 256));
    assert!(!contains(&face.bytes, SECRET));
}

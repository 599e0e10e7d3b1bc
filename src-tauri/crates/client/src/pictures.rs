//! Small pictures as `data:` URLs, decoded and encoded anew before anybody sees them.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use confab_media::image;
use confab_model::{Composed, MessageBody};
use confab_store::ShownFile;
use confab_transfer::safe_name;

pub(crate) fn data_url(media_type: &str, bytes: &[u8]) -> String {
    format!("data:{media_type};base64,{}", STANDARD.encode(bytes))
}

/// What people see of a received message's file. Blocks for some milliseconds if there is a thumbnail.
pub(crate) fn shown(content: &Composed) -> Option<ShownFile> {
    let MessageBody::File { file, .. } = &content.body else { return None };
    let thumbnail = file.thumbnail.as_ref().and_then(|(media_type, bytes)| {
        let small = image::check_thumbnail(media_type, bytes)
            .inspect_err(|error| tracing::info!(code = error.code(), "a thumbnail was dropped"))
            .ok()?;
        Some(data_url(small.info.media_type, &small.bytes))
    });
    Some(ShownFile { name: safe_name(&file.name), thumbnail })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use confab_model::{Pii, SharedFile};

    use super::*;

    /// A PNG of one black pixel that says in its header how large it is.
    fn png(side: u32) -> Vec<u8> {
        let chunk = |kind: &[u8; 4], data: &[u8]| {
            let body = [kind.as_slice(), data].concat();
            let mut crc = u32::MAX;
            for octet in &body {
                crc ^= u32::from(*octet);
                for _ in 0..8 {
                    crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
                }
            }
            [&u32::try_from(data.len()).unwrap().to_be_bytes(), body.as_slice(), &(!crc).to_be_bytes()].concat()
        };
        let header = [&side.to_be_bytes()[..], &side.to_be_bytes()[..], &[8, 0, 0, 0, 0]].concat();
        // One line of one pixel, stored (RFC 1950, RFC 1951 §3.2.4).
        let pixels = [0x78, 0x01, 0x01, 2, 0, 0xfd, 0xff, 0, 0, 0, 2, 0, 1];
        [b"\x89PNG\r\n\x1a\n".as_slice(), &chunk(b"IHDR", &header), &chunk(b"IDAT", &pixels), &chunk(b"IEND", b"")]
            .concat()
    }

    fn shown_of(side: u32) -> ShownFile {
        let file = SharedFile {
            name: "../../cv\u{202e}fdp.exe".to_owned(),
            media_type: "image/png".to_owned(),
            size: None,
            urls: vec![Pii("https://example.org/f".to_owned())],
            sha256: None,
            width: 0,
            height: 0,
            duration_ms: 0,
            voice: None,
            thumbnail: Some(("image/png".to_owned(), png(side))),
        };
        let body = MessageBody::File { file: Box::new(file), caption: Pii(String::new()) };
        shown(&Composed::of(body)).unwrap()
    }

    #[test]
    fn a_thumbnail_that_is_a_bomb_is_dropped() {
        assert!(shown_of(1).thumbnail.unwrap().starts_with("data:image/"));
        let bomb = shown_of(60_000);
        assert_eq!((bomb.name.as_str(), bomb.thumbnail), ("cvfdp.exe", None));
    }
}

//! XEP-0084: pictures of people. The metadata are pushed, the picture itself is asked for by its SHA-1.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use minidom::Element;
use sha1::{Digest, Sha1};

use super::pubsub_0060::Item;
use crate::xml::{ElementExt, element};

pub const DATA: &str = "urn:xmpp:avatar:data";
pub const METADATA: &str = "urn:xmpp:avatar:metadata";
/// Octets of a picture that is read. XEP-0084 §5 advises 8 KiB, people send 100.
pub const MAX_PICTURE: usize = 512 * 1024;

/// What is known of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AvatarInfo {
    /// SHA-1 of the picture, hexadecimal.
    pub id: String,
    /// As its owner claims; empty if not told.
    pub media_type: String,
    /// Pixels, 0 if not told.
    pub width: u32,
    pub height: u32,
}

/// SHA-1 in hexadecimal: what a picture is called.
pub fn id(picture: &[u8]) -> String {
    Sha1::digest(picture).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A SHA-1 in hexadecimal, in lower case.
pub fn read_id(text: &str) -> Option<String> {
    let id = text.trim().to_ascii_lowercase();
    (id.len() == 40 && id.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(id)
}

/// Reads metadata. `Some(None)`: there is no picture (any more). Of several formats, the PNG that everybody must have
/// (§4.2.1), else the first; one that is only somewhere on the web is not taken.
pub fn read_metadata(item: &Item) -> Option<Option<AvatarInfo>> {
    let metadata = item.payload.as_ref().filter(|payload| payload.is("metadata", METADATA))?;
    let formats = metadata.children().filter(|child| child.is("info", METADATA) && child.attr("url").is_none());
    let mut formats: Vec<AvatarInfo> = formats.take(8).filter_map(read_info).collect();
    let png = formats.iter().position(|format| format.media_type == "image/png").unwrap_or(0);
    Some((!formats.is_empty()).then(|| formats.swap_remove(png)))
}

fn read_info(info: &Element) -> Option<AvatarInfo> {
    let number = |name| info.attr(name).and_then(|text| text.parse().ok()).unwrap_or(0);
    Some(AvatarInfo {
        id: read_id(info.attr("id")?)?,
        media_type: info.attr("type").unwrap_or_default().chars().take(64).collect(),
        width: number("width"),
        height: number("height"),
    })
}

/// The payload that tells of a picture; without one: there is none.
pub fn metadata(picture: Option<(&AvatarInfo, usize)>) -> Element {
    let metadata = element("metadata", METADATA);
    let Some((info, bytes)) = picture else { return metadata };
    let mut child =
        element("info", METADATA).with("id", &info.id).with("type", &info.media_type).with("bytes", bytes.to_string());
    if info.width > 0 && info.height > 0 {
        child = child.with("width", info.width.to_string()).with("height", info.height.to_string());
    }
    metadata.with_child(child)
}

/// The payload with a picture.
pub fn data(picture: &[u8]) -> Element {
    element("data", DATA).with_text(BASE64.encode(picture))
}

/// Reads a picture, which must be the one that was asked for.
pub fn read_data(item: &Item, wanted: &str) -> Option<Vec<u8>> {
    let data = item.payload.as_ref().filter(|payload| payload.is("data", DATA))?;
    picture(&data.text()).filter(|picture| id(picture) == wanted)
}

/// A picture in Base64, of a bounded size.
pub fn picture(text: &str) -> Option<Vec<u8>> {
    if text.len() > MAX_PICTURE * 3 / 2 {
        return None;
    }
    let text: String = text.split_whitespace().collect();
    BASE64.decode(text).ok().filter(|bytes| !bytes.is_empty() && bytes.len() <= MAX_PICTURE)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn item(payload: &str) -> Item {
        Item { id: "x".to_owned(), payload: Some(payload.parse().unwrap()) }
    }

    #[test]
    fn a_picture_must_be_the_one_that_was_announced() {
        let info = AvatarInfo { id: id(b"hi"), media_type: "image/png".to_owned(), width: 2, height: 3 };
        let told = Item { id: info.id.clone(), payload: Some(metadata(Some((&info, 2)))) };
        assert_eq!(read_metadata(&told), Some(Some(info.clone())));
        let sent = Item { id: info.id.clone(), payload: Some(data(b"hi")) };
        assert_eq!(read_data(&sent, &info.id), Some(b"hi".to_vec()));
        let other = Item { id: info.id.clone(), payload: Some(data(b"ho")) };
        assert_eq!(read_data(&other, &info.id), None);
    }

    #[test]
    fn formats_are_chosen_and_nothing_is_fetched_elsewhere() {
        let (a, b) = ("a".repeat(40), "b".repeat(40));
        let told = item(&format!(
            "<metadata xmlns='urn:xmpp:avatar:metadata'><info id='{a}' type='image/jpeg'/><info id='{b}' \
             type='image/png' width='x'/></metadata>"
        ));
        assert_eq!(read_metadata(&told).unwrap().unwrap().id, b);
        let elsewhere =
            format!("<metadata xmlns='urn:xmpp:avatar:metadata'><info id='{a}' url='https://x'/></metadata>");
        assert_eq!(read_metadata(&item(&elsewhere)), Some(None));
        assert_eq!(read_metadata(&item("<metadata xmlns='urn:xmpp:avatar:metadata'/>")), Some(None));
        assert_eq!(read_metadata(&item("<metadata xmlns='urn:x'/>")), None);
        assert_eq!(read_id("../../etc/passwd"), None);
    }
}

//! XEP-0447: files on a server, with what XEP-0446 (metadata), XEP-0264 (thumbnails) and XEP-0300 (checksums) say of them.
//!
//! The thumbnail travels in the same message (XEP-0231). That it is a voice clip, and how loud it is, no extension tells:
//! our own child beside it, `<voice xmlns='urn:confab:call:0'>0 12 100</voice>`, with at most 64 values of 0–100 over its
//! time.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use confab_model::{CONFAB_CALL_NS, Pii, SharedFile};
use minidom::Element;
use sha1::{Digest, Sha1};

use super::{oob_0066, uri};
use crate::xml::{ElementExt, child_text, element};

pub const NS: &str = "urn:xmpp:sfs:0";
const METADATA: &str = "urn:xmpp:file:metadata:0";
const THUMBS: &str = "urn:xmpp:thumbs:1";
const HASHES: &str = "urn:xmpp:hashes:2";
const URL_DATA: &str = "http://jabber.org/protocol/url-data";
const BOB: &str = "urn:xmpp:bob";
/// Addresses of one file.
pub const MAX_URLS: usize = 5;
/// Characters of a name, before it is made safe.
pub const MAX_NAME: usize = 1_024;
/// Octets of a thumbnail.
pub const MAX_THUMBNAIL: usize = 48 * 1_024;
/// Values of a waveform.
pub const MAX_WAVEFORM: usize = 64;
/// Octets of a media type (RFC 6838 §4.2: 127 on each side).
const MAX_MEDIA_TYPE: usize = 255;
const UNKNOWN_TYPE: &str = "application/octet-stream";

/// Reads the file of a message. `None`: there is none, or no address at which it could be fetched.
pub fn read(message: &Element) -> Option<SharedFile> {
    let sharing = message.get_child("file-sharing", NS)?;
    let mut urls: Vec<String> = Vec::new();
    let targets = sharing.get_child("sources", NS)?.children().filter(|source| source.is("url-data", URL_DATA));
    for url in targets.filter_map(|source| source.attr("target")).map(str::trim).filter(|url| uri::is_web(url)) {
        if urls.len() < MAX_URLS && !urls.iter().any(|known| known == url) {
            urls.push(url.to_owned());
        }
    }
    let first = urls.first()?.clone();
    let Some(file) = sharing.get_child("file", METADATA) else {
        return Some(SharedFile { urls: urls.into_iter().map(Pii).collect(), ..at(&first) });
    };
    let text =
        |name| child_text(file, name, METADATA).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let number = |name| text(name).and_then(|text| text.parse::<u32>().ok()).unwrap_or(0);
    let by_address = at(&first);
    let (width, height) = match (number("width"), number("height")) {
        (0, 0) => text("dimensions").as_deref().and_then(dimensions).unwrap_or((0, 0)),
        told => told,
    };
    Some(SharedFile {
        name: text("name").map_or(by_address.name, bounded_name),
        media_type: text("media-type").map_or(by_address.media_type, |text| media_type(&text)),
        size: text("size").and_then(|text| text.parse().ok()),
        urls: urls.into_iter().map(Pii).collect(),
        sha256: sha256(file),
        width,
        height,
        duration_ms: number("length"),
        voice: voice(message),
        thumbnail: thumbnail(message, file),
    })
}

/// A file of which only the address is known.
pub fn at(url: &str) -> SharedFile {
    let name = bounded_name(uri::last_segment(url));
    SharedFile {
        media_type: guessed_type(&name).to_owned(),
        name,
        size: None,
        urls: vec![Pii(url.to_owned())],
        sha256: None,
        width: 0,
        height: 0,
        duration_ms: 0,
        voice: None,
        thumbnail: None,
    }
}

fn bounded_name(name: String) -> String {
    name.chars().take(MAX_NAME).collect()
}

/// XEP-0446 of before 0.2.
fn dimensions(text: &str) -> Option<(u32, u32)> {
    let (width, height) = text.split_once('x')?;
    Some((width.trim().parse().ok()?, height.trim().parse().ok()?))
}

/// A media type as RFC 6838 §4.2 has it, without parameters.
fn media_type(text: &str) -> String {
    let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_name = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
    };
    let is_type = essence.split_once('/').is_some_and(|(kind, sub)| is_name(kind) && is_name(sub));
    if is_type && essence.len() <= MAX_MEDIA_TYPE { essence } else { UNKNOWN_TYPE.to_owned() }
}

/// By the end of a name: what people send with clients that tell nothing but the address.
fn guessed_type(name: &str) -> &'static str {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    match ending.as_deref() {
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("png") => "image/png",
        Some("gif") => "image/gif",
        Some("webp") => "image/webp",
        Some("mp4" | "m4v") => "video/mp4",
        Some("webm") => "video/webm",
        Some("mov") => "video/quicktime",
        Some("mp3") => "audio/mpeg",
        Some("m4a") => "audio/mp4",
        Some("ogg" | "oga" | "opus") => "audio/ogg",
        Some("wav") => "audio/wav",
        Some("flac") => "audio/flac",
        Some("pdf") => "application/pdf",
        Some("txt") => "text/plain",
        _ => UNKNOWN_TYPE,
    }
}

fn sha256(file: &Element) -> Option<[u8; 32]> {
    let mut hashes = file.children().filter(|child| child.is("hash", HASHES));
    let hash = hashes.find(|hash| hash.attr("algo") == Some("sha-256"))?;
    decoded(&hash.text(), 32)?.try_into().ok()
}

fn voice(message: &Element) -> Option<Vec<u8>> {
    let text = message.get_child("voice", CONFAB_CALL_NS)?.text();
    let values = text.split_whitespace().take(MAX_WAVEFORM);
    Some(values.map(|value| value.parse::<u8>().unwrap_or(0).min(100)).collect())
}

/// A picture of this message by `cid:`, or one in the address itself (RFC 2397).
fn thumbnail(message: &Element, file: &Element) -> Option<(String, Vec<u8>)> {
    let uri = file.get_child("thumbnail", THUMBS)?.attr("uri")?;
    let (kind, text) = if let Some(cid) = uri.strip_prefix("cid:") {
        let data = message.children().find(|child| child.is("data", BOB) && child.attr("cid") == Some(cid))?;
        (data.attr("type")?.to_owned(), data.text())
    } else {
        let (kind, text) = uri.strip_prefix("data:")?.split_once(";base64,")?;
        (kind.to_owned(), text.to_owned())
    };
    let is_picture = matches!(kind.as_str(), "image/png" | "image/jpeg" | "image/webp");
    let bytes = is_picture.then(|| decoded(&text, MAX_THUMBNAIL)).flatten()?;
    (!bytes.is_empty()).then_some((kind, bytes))
}

/// Base64, white space in it allowed; at most so many octets.
fn decoded(text: &str, most: usize) -> Option<Vec<u8>> {
    // Line ends after 64 characters add a sixty-fourth or two.
    if text.len() > most / 3 * 4 + most / 24 + 8 {
        return None;
    }
    let text: String = text.split_whitespace().collect();
    BASE64.decode(text).ok().filter(|bytes| bytes.len() <= most)
}

/// The children of a message; the first address is the one for clients that know nothing else.
pub fn children(file: &SharedFile) -> Vec<Element> {
    let mut metadata = element("file", METADATA)
        .with_child(element("media-type", METADATA).with_text(&file.media_type))
        .with_child(element("name", METADATA).with_text(&file.name));
    let mut number = |name, value: Option<u64>| {
        if let Some(value) = value {
            metadata.append_child(element(name, METADATA).with_text(value.to_string()));
        }
    };
    number("size", file.size);
    for (name, value) in [("width", file.width), ("height", file.height), ("length", file.duration_ms)] {
        number(name, (value > 0).then_some(value.into()));
    }
    if let Some(sha256) = &file.sha256 {
        metadata.append_child(element("hash", HASHES).with("algo", "sha-256").with_text(BASE64.encode(sha256)));
    }
    let mut further = Vec::new();
    if let Some((kind, bytes)) = file.thumbnail.as_ref().filter(|(_, bytes)| bytes.len() <= MAX_THUMBNAIL) {
        let digest: String = Sha1::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        let cid = format!("sha1+{digest}@bob.xmpp.org");
        metadata.append_child(element("thumbnail", THUMBS).with("uri", format!("cid:{cid}")).with("media-type", kind));
        further.push(element("data", BOB).with("cid", cid).with("type", kind).with_text(BASE64.encode(bytes)));
    }
    let mut sources = element("sources", NS);
    for url in file.urls.iter().take(MAX_URLS) {
        sources.append_child(element("url-data", URL_DATA).with("target", &url.0));
    }
    let is_shown = ["image/", "audio/", "video/"].iter().any(|kind| file.media_type.starts_with(kind));
    let sharing = element("file-sharing", NS)
        .with("disposition", if is_shown { "inline" } else { "attachment" })
        .with_child(metadata)
        .with_child(sources);
    let mut children = vec![sharing];
    children.append(&mut further);
    if let Some(url) = file.urls.first() {
        children.push(oob_0066::child(&url.0));
    }
    if let Some(waveform) = &file.voice {
        let values = waveform.iter().take(MAX_WAVEFORM).map(|value| value.min(&100).to_string());
        children.push(element("voice", CONFAB_CALL_NS).with_text(values.collect::<Vec<_>>().join(" ")));
    }
    children
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn parse(file: &str, sources: &str, further: &str) -> Option<SharedFile> {
        let message = format!(
            "<message xmlns='jabber:client'><file-sharing xmlns='urn:xmpp:sfs:0' disposition='inline'>\
             <file xmlns='urn:xmpp:file:metadata:0'>{file}</file><sources>{sources}</sources></file-sharing>{further}\
             </message>"
        );
        read(&message.parse().unwrap())
    }

    const SOURCE: &str = "<url-data xmlns='http://jabber.org/protocol/url-data' target='https://x.org/a/b.jpg'/>";

    #[test]
    fn what_is_told_is_read() {
        let file = parse(
            "<media-type>image/JPEG; q=1</media-type><name>summit.jpg</name><size>3032449</size><dimensions>4096x2160\
             </dimensions><hash xmlns='urn:xmpp:hashes:2' algo='sha3-256'>x</hash><hash xmlns='urn:xmpp:hashes:2' \
             algo='sha-256'>AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=</hash><thumbnail \
             xmlns='urn:xmpp:thumbs:1' uri='data:image/png;base64,aGk='/>",
            SOURCE,
            "",
        )
        .unwrap();
        assert_eq!((file.name.as_str(), file.media_type.as_str()), ("summit.jpg", "image/jpeg"));
        assert_eq!((file.size, file.width, file.height), (Some(3_032_449), 4096, 2160));
        assert_eq!(file.sha256, Some([0; 32]));
        assert_eq!(file.thumbnail, Some(("image/png".to_owned(), b"hi".to_vec())));
        assert_eq!(file.urls, [Pii("https://x.org/a/b.jpg".to_owned())]);
        assert_eq!(file.voice, None);
    }

    #[test]
    fn what_is_not_told_comes_from_the_address() {
        let file = parse("", SOURCE, "").unwrap();
        assert_eq!((file.name.as_str(), file.media_type.as_str(), file.size), ("b.jpg", "image/jpeg", None));
    }

    #[test]
    fn too_much_and_out_of_range_is_left_out() {
        let other = |scheme: &str| SOURCE.replace("https", scheme);
        assert_eq!(parse("", &other("javascript"), ""), None);
        let many: String = (0..9).map(|number| SOURCE.replace("b.jpg", &number.to_string())).collect();
        assert_eq!(parse("", &many, "").unwrap().urls.len(), MAX_URLS);
        let picture = |kind: &str, size: usize| {
            let text = BASE64.encode(vec![1; size]);
            let thumbnail = "<thumbnail xmlns='urn:xmpp:thumbs:1' uri='cid:a'/>";
            let data = format!("<data xmlns='urn:xmpp:bob' cid='a' type='{kind}'>{text}</data>");
            parse(thumbnail, SOURCE, &data).unwrap().thumbnail.map(|(_, bytes)| bytes.len())
        };
        assert_eq!(picture("image/png", MAX_THUMBNAIL), Some(MAX_THUMBNAIL));
        assert_eq!(picture("image/png", MAX_THUMBNAIL + 1), None);
        assert_eq!(picture("image/svg+xml", 10), None);
        let voice = format!("<voice xmlns='urn:confab:call:0'>0 200 x -1 {}</voice>", "7 ".repeat(100));
        let voice = parse("<media-type>audio ogg</media-type>", SOURCE, &voice).unwrap();
        assert_eq!(voice.media_type, UNKNOWN_TYPE);
        assert_eq!((voice.voice.as_ref().unwrap().len(), &voice.voice.unwrap()[..5]), (64, &[0, 100, 0, 0, 7][..]));
        assert_eq!(parse(&format!("<name>{}</name>", "x".repeat(5_000)), SOURCE, "").unwrap().name.len(), MAX_NAME);
    }
}

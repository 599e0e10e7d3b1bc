//! XEP-0231 and XEP-0221: small pictures inside of stanzas, for the CAPTCHAs of XEP-0158.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use minidom::Element;

const NS: &str = "urn:xmpp:bob";
const MEDIA: &str = "urn:xmpp:media-element";
/// A larger picture is not a CAPTCHA (XEP-0231 §2.1 recommends 8 KiB).
const MAX_PICTURE: usize = 512 * 1024;

/// A picture that came with a stanza.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Data {
    cid: String,
    url: String,
}

/// All pictures of a stanza's payload.
pub fn read(parent: &Element) -> Vec<Data> {
    parent
        .children()
        .filter(|child| child.is("data", NS))
        .filter_map(|data| {
            let kind = data.attr("type").filter(|kind| is_picture(kind))?;
            // White space is allowed in the encoding, and has no place in a URL.
            let text: String = data.text().split_whitespace().collect();
            let valid = text.len() <= MAX_PICTURE && BASE64.decode(&text).is_ok();
            valid.then(|| Data {
                cid: data.attr("cid").unwrap_or_default().to_owned(),
                url: format!("data:{kind};base64,{text}"),
            })
        })
        .collect()
}

/// Only formats that cannot carry scripts: the picture is shown in a webview.
fn is_picture(kind: &str) -> bool {
    matches!(kind, "image/png" | "image/jpeg" | "image/gif" | "image/webp")
}

/// The picture of a form field as a `data:` URL.
pub fn picture(field: &Element, pictures: &[Data]) -> Option<String> {
    let media = field.get_child("media", MEDIA)?;
    media.children().filter(|child| child.is("uri", MEDIA)).find_map(|uri| {
        let text = uri.text();
        let cid = text.trim().strip_prefix("cid:")?;
        pictures.iter().find(|data| data.cid == cid).map(|data| data.url.clone())
    })
}

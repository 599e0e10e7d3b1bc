//! XEP-0066: an address beside the text; where the text is nothing but that address, it is a file.

use minidom::Element;

use super::uri;
use crate::xml::{ElementExt, child_text, element};

pub const NS: &str = "jabber:x:oob";

/// The web address.
pub fn read(message: &Element) -> Option<String> {
    let url = child_text(message.get_child("x", NS)?, "url", NS)?.trim().to_owned();
    uri::is_web(&url).then_some(url)
}

/// The child with it.
pub fn child(url: &str) -> Element {
    element("x", NS).with_child(element("url", NS).with_text(url))
}

//! XEP-0184: a device of the other side has a message.

use minidom::Element;

use crate::xml::{ElementExt, element};

pub const NS: &str = "urn:xmpp:receipts";

/// Whether the sender wants a receipt.
pub fn is_requested(message: &Element) -> bool {
    message.has_child("request", NS)
}

/// The message that this one confirms.
pub fn received(message: &Element) -> Option<&str> {
    message.get_child("received", NS)?.attr("id").filter(|id| !id.is_empty())
}

/// The child that asks for a receipt.
pub fn request_child() -> Element {
    element("request", NS)
}

/// The child that gives one.
pub fn received_child(id: &str) -> Element {
    element("received", NS).with("id", id)
}

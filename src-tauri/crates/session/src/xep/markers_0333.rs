//! XEP-0333: how far the other side has displayed a conversation.

use minidom::Element;

use crate::xml::{ElementExt, element};

pub const NS: &str = "urn:xmpp:chat-markers:0";

/// Whether the sender wants to know when it is displayed.
pub fn is_markable(message: &Element) -> bool {
    message.has_child("markable", NS)
}

/// The message up to which everything was displayed.
pub fn displayed(message: &Element) -> Option<&str> {
    // §4.1 `acknowledged` implies it was displayed.
    let marker = message.get_child("displayed", NS).or_else(|| message.get_child("acknowledged", NS))?;
    marker.attr("id").filter(|id| !id.is_empty())
}

/// The child of a message that may be marked.
pub fn markable_child() -> Element {
    element("markable", NS)
}

/// The child that marks.
pub fn displayed_child(id: &str) -> Element {
    element("displayed", NS).with("id", id)
}

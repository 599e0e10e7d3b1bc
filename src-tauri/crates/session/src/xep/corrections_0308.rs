//! XEP-0308: a message takes the place of an earlier one of its sender.

use confab_model::WireId;
use minidom::Element;

use super::stanza_ids_0359;
use crate::xml::{ElementExt, element};

pub const NS: &str = "urn:xmpp:message-correct:0";

/// The message that this one replaces.
pub fn read(message: &Element) -> Option<WireId> {
    stanza_ids_0359::wire_id(message.get_child("replace", NS)?.attr("id")?)
}

/// The child that says so.
pub fn child(of: &WireId) -> Element {
    element("replace", NS).with("id", &of.0)
}

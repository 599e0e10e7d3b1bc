//! XEP-0359: ids that the sender and the archive give a message.

use confab_model::WireId;
use jid::BareJid;
use minidom::Element;

use crate::xml::{ElementExt, element};

pub const NS: &str = "urn:xmpp:sid:0";

/// The sender's own id.
pub fn origin_id(message: &Element) -> Option<String> {
    non_empty(message.get_child("origin-id", NS)?.attr("id")?)
}

/// The id that the own archive gave it. Others' are of no use, and theirs to choose (§6: only `by` the own
/// account, and only if the server advertises that it removes forged ones; the caller checks the latter).
pub fn stanza_id(message: &Element, own: &BareJid) -> Option<String> {
    let mut ids = message.children().filter(|child| child.is("stanza-id", NS));
    let id = ids.find(|id| id.attr("by").and_then(|by| BareJid::new(by).ok()).as_ref() == Some(own))?;
    non_empty(id.attr("id")?)
}

/// Octets of an id that is kept with a message; real ones have some 40.
pub const MAX_ID: usize = 1024;

/// An id by which somebody names a message.
pub fn wire_id(id: &str) -> Option<WireId> {
    non_empty(id).map(WireId)
}

fn non_empty(id: &str) -> Option<String> {
    (!id.is_empty() && id.len() <= MAX_ID).then(|| id.to_owned())
}

/// The child for an own message.
pub fn origin_id_child(id: &str) -> Element {
    element("origin-id", NS).with("id", id)
}

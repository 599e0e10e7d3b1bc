//! XEP-0172: the name that somebody gives themself, as a node of theirs.

use minidom::Element;

use super::pubsub_0060::Item;
use crate::xml::{ElementExt, element};

/// Node and namespace.
pub const NODE: &str = "http://jabber.org/protocol/nick";

/// The name; empty if it was taken away.
pub fn read(item: &Item) -> Option<String> {
    Some(item.payload.as_ref().filter(|payload| payload.is("nick", NODE))?.text().trim().to_owned())
}

/// The payload.
pub fn payload(name: &str) -> Element {
    element("nick", NODE).with_text(name)
}

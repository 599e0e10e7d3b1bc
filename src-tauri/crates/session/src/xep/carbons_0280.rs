//! XEP-0280: copies of what other devices of this account send and receive.

use jid::BareJid;
use minidom::Element;

use crate::xml::{element, is_from_own_account, ns};

pub const NS: &str = "urn:xmpp:carbons:2";

/// What a message is with respect to carbons.
#[derive(Debug, Clone, PartialEq)]
pub enum Carbon<'a> {
    /// Not a carbon.
    None,
    /// A copy of what another own device sent.
    Sent(&'a Element),
    /// A copy of what another own device received.
    Received(&'a Element),
    /// Pretends to be a carbon and does not come from the own account (§11; CVE-2017-5589 and its kin let anybody
    /// put words into a contact's mouth). Nothing in it may be used.
    Forged,
}

/// Unwraps a message.
pub fn read<'a>(message: &'a Element, own: &BareJid) -> Carbon<'a> {
    let Some(wrapper) =
        message.children().find(|child| child.has_ns(NS) && matches!(child.name(), "sent" | "received"))
    else {
        return Carbon::None;
    };
    // The own server always writes the own bare address here; "no address" is not enough.
    if message.attr("from").is_none() || !is_from_own_account(message, own) {
        return Carbon::Forged;
    }
    let inner =
        wrapper.get_child("forwarded", ns::FORWARD).and_then(|forwarded| forwarded.get_child("message", ns::CLIENT));
    match (inner, wrapper.name()) {
        (Some(inner), "sent") => Carbon::Sent(inner),
        (Some(inner), _) => Carbon::Received(inner),
        (None, _) => Carbon::Forged,
    }
}

/// The request that turns them on.
pub fn enable() -> Element {
    element("enable", NS)
}

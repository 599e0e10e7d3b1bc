//! XEP-0297: a message of somebody else, handed on. The outer message says the same in its own words, so that every
//! client shows it; what is read here is where it comes from, which is a claim of whoever hands it on.

use confab_model::Forwarded;
use minidom::Element;

use super::{datetime_0082, delay_0203};
use crate::xml::{ElementExt, child_text, element, ns};

pub const NS: &str = ns::FORWARD;
const NICK: &str = "http://jabber.org/protocol/nick";
/// Characters of a name or address.
const MAX_FROM: usize = 1_024;

/// Where it comes from, and the text of the message that was handed on.
pub fn read(message: &Element) -> Option<(Forwarded, Option<String>)> {
    let forwarded = message.get_child("forwarded", NS)?;
    let inner = forwarded.get_child("message", ns::CLIENT)?;
    let name = child_text(inner, "nick", NICK).filter(|name| !name.trim().is_empty());
    let from = name.or_else(|| inner.attr("from").map(str::to_owned)).unwrap_or_default();
    let from = from.chars().take(MAX_FROM).collect();
    let text = child_text(inner, "body", ns::CLIENT).filter(|text| !text.is_empty());
    Some((Forwarded { from, sent_at: delay_0203::read(forwarded) }, text))
}

/// The child that says where it comes from. A name that is no address travels as a nickname (XEP-0172).
pub fn child(forwarded: &Forwarded, text: Option<&str>) -> Element {
    let mut message = element("message", ns::CLIENT).with("type", "chat");
    let is_address = forwarded.from.contains('@') && jid::Jid::new(&forwarded.from).is_ok();
    if is_address {
        message = message.with("from", &forwarded.from);
    } else if !forwarded.from.is_empty() {
        message.append_child(element("nick", NICK).with_text(&forwarded.from));
    }
    if let Some(text) = text {
        message.append_child(element("body", ns::CLIENT).with_text(text));
    }
    let mut child = element("forwarded", NS);
    if let Some(sent_at) = forwarded.sent_at {
        child.append_child(element("delay", "urn:xmpp:delay").with("stamp", datetime_0082::format(sent_at)));
    }
    child.with_child(message)
}

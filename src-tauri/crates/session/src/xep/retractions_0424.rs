//! XEP-0424: a message is taken back. Also read: the form of its first version (`message-retract:0` within `fasten:0`),
//! and a room's own retraction (XEP-0425), which names the same element.

use confab_model::WireId;
use minidom::Element;

use super::stanza_ids_0359;
use crate::xml::{ElementExt, child_text, element};

pub const NS: &str = "urn:xmpp:message-retract:1";
const NS_FIRST: &str = "urn:xmpp:message-retract:0";
const NS_FASTEN: &str = "urn:xmpp:fasten:0";
const NS_MODERATE: &str = "urn:xmpp:message-moderate:1";
const NS_MODERATE_FIRST: &str = "urn:xmpp:message-moderate:0";
/// Characters of a moderator's reason.
const MAX_REASON: usize = 1_000;
/// For clients that do not know retractions (§4).
pub const FALLBACK: &str = "This message was recalled, which your client does not support.";

/// What is taken back, and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Retraction {
    ByItsSender,
    /// XEP-0425. Whether the message came from a room is the caller's to check.
    ByTheRoom {
        reason: String,
    },
}

/// Reads it. `Some(None)`: it is a retraction, and not well-formed; its text is not a message all the same.
pub fn read(message: &Element) -> Option<Option<(WireId, Retraction)>> {
    if let Some(retract) = message.get_child("retract", NS) {
        let moderated = retract.has_child("moderated", NS_MODERATE);
        let reason = child_text(retract, "reason", NS).unwrap_or_default();
        return Some(told(retract, moderated.then_some(reason)));
    }
    let fastened = message.get_child("apply-to", NS_FASTEN)?;
    if fastened.has_child("retract", NS_FIRST) {
        return Some(told(fastened, None));
    }
    let moderated = fastened.get_child("moderated", NS_MODERATE_FIRST)?;
    let reason = child_text(moderated, "reason", NS_MODERATE_FIRST).unwrap_or_default();
    Some(moderated.has_child("retract", NS_FIRST).then(|| told(fastened, Some(reason))).flatten())
}

fn told(names: &Element, reason: Option<String>) -> Option<(WireId, Retraction)> {
    let of = stanza_ids_0359::wire_id(names.attr("id")?)?;
    let retraction = match reason {
        Some(reason) => Retraction::ByTheRoom { reason: reason.chars().take(MAX_REASON).collect() },
        None => Retraction::ByItsSender,
    };
    Some((of, retraction))
}

/// The child that takes a message back.
pub fn child(of: &WireId) -> Element {
    element("retract", NS).with("id", &of.0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn parse(inner: &str) -> Option<Option<(WireId, Retraction)>> {
        read(&format!("<message xmlns='jabber:client'>{inner}</message>").parse().unwrap())
    }

    #[test]
    fn both_versions_and_both_authors_are_read() {
        let of = WireId("m1".to_owned());
        let sender = Some(Some((of.clone(), Retraction::ByItsSender)));
        assert_eq!(parse("<retract xmlns='urn:xmpp:message-retract:1' id='m1'/><body>x</body>"), sender);
        let first = "<apply-to xmlns='urn:xmpp:fasten:0' id='m1'>\
            <retract xmlns='urn:xmpp:message-retract:0'/></apply-to>";
        assert_eq!(parse(first), sender);
        let room = Some(Some((of, Retraction::ByTheRoom { reason: "rude".to_owned() })));
        let moderated = "<retract xmlns='urn:xmpp:message-retract:1' id='m1'>\
            <moderated xmlns='urn:xmpp:message-moderate:1' by='r@x/m'/><reason>rude</reason></retract>";
        assert_eq!(parse(moderated), room);
        let first = "<apply-to xmlns='urn:xmpp:fasten:0' id='m1'><moderated xmlns='urn:xmpp:message-moderate:0' \
            by='r@x/m'><retract xmlns='urn:xmpp:message-retract:0'/><reason>rude</reason></moderated></apply-to>";
        assert_eq!(parse(first), room);
    }

    #[test]
    fn a_retraction_of_nothing_is_still_no_message() {
        assert_eq!(parse("<retract xmlns='urn:xmpp:message-retract:1'/><body>x</body>"), Some(None));
        assert_eq!(parse("<apply-to xmlns='urn:xmpp:fasten:0' id='m1'/><body>x</body>"), None);
        assert_eq!(parse("<body>x</body>"), None);
    }
}

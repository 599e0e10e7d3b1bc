//! XEP-0425: a room takes back somebody's message on a moderator's word. What the room then sends is read by
//! `retractions_0424`.

use confab_model::WireId;
use minidom::Element;

use crate::xml::{ElementExt, element, jid_attr};

const NS: &str = "urn:xmpp:message-moderate:1";
const NS_FIRST: &str = "urn:xmpp:message-moderate:0";
const NS_RETRACT: &str = "urn:xmpp:message-retract:1";
const NS_RETRACT_FIRST: &str = "urn:xmpp:message-retract:0";
const NS_FASTEN: &str = "urn:xmpp:fasten:0";

/// What rooms advertise, the better first.
pub const VERSIONS: [&str; 2] = [NS, NS_FIRST];

/// Asks a room to take a message back; `version`: one that it advertises.
pub fn request(version: &str, of: &WireId, reason: &str) -> Element {
    let first = version == NS_FIRST;
    let namespace = if first { NS_FIRST } else { NS };
    let retract = element("retract", if first { NS_RETRACT_FIRST } else { NS_RETRACT });
    let mut moderate = element("moderate", namespace);
    if !first {
        moderate = moderate.with("id", &of.0);
    }
    moderate.append_child(retract);
    if !reason.is_empty() {
        moderate.append_child(element("reason", namespace).with_text(reason));
    }
    if first { element("apply-to", NS_FASTEN).with("id", &of.0).with_child(moderate) } else { moderate }
}

/// The name of the moderator in the room, as the room tells.
pub fn moderator(message: &Element) -> Option<String> {
    let moderated = message.get_child("retract", NS_RETRACT).and_then(|retract| retract.get_child("moderated", NS));
    let first = || message.get_child("apply-to", NS_FASTEN)?.get_child("moderated", NS_FIRST);
    let by = jid_attr(moderated.or_else(first)?, "by")?;
    by.resource().map(|nickname| nickname.as_str().to_owned())
}

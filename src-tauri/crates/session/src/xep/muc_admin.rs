//! XEP-0045 §9 and §10: lists of a room's members and what they may do, and putting somebody out.

use confab_model::{BareJid, GroupRole};
use minidom::Element;

use super::muc_0045::{affiliation, role};
use crate::xml::{ElementExt, element, jid_attr};

pub const NS: &str = "http://jabber.org/protocol/muc#admin";
/// Members of one list that are kept.
pub const MAX_MEMBERS: usize = 5_000;

/// Asks for everybody of one role.
pub fn list(of: GroupRole) -> Element {
    element("query", NS).with_child(element("item", NS).with("affiliation", affiliation(of)))
}

/// Reads the answer.
pub fn read_list(answer: &Element) -> Vec<(BareJid, GroupRole)> {
    let items = answer.children().filter(|child| answer.is("query", NS) && child.is("item", NS)).take(MAX_MEMBERS);
    items.filter_map(|item| Some((jid_attr(item, "jid")?.to_bare().into(), role(item.attr("affiliation")?)))).collect()
}

/// Gives somebody a role, or takes it.
pub fn set_role(jid: &BareJid, to: GroupRole, reason: &str) -> Element {
    let item = element("item", NS).with("affiliation", affiliation(to)).with("jid", jid.to_string());
    element("query", NS).with_child(with_reason(item, reason))
}

/// Puts out who has this name in the room now.
pub fn kick(nickname: &str, reason: &str) -> Element {
    let item = element("item", NS).with("nick", nickname).with("role", "none");
    element("query", NS).with_child(with_reason(item, reason))
}

fn with_reason(item: Element, reason: &str) -> Element {
    if reason.is_empty() { item } else { item.with_child(element("reason", NS).with_text(reason)) }
}

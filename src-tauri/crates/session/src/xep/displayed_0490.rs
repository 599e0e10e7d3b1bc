//! XEP-0490: how far each conversation was displayed, for the account's other devices.

use confab_model::{BareJid, ConversationKind};
use minidom::Element;

use super::{
    pubsub_0060::{Item, Options},
    stanza_ids_0359,
};
use crate::xml::{ElementExt, element};

/// Node and namespace.
pub const NODE: &str = "urn:xmpp:mds:displayed:0";
/// §3.1.
pub const OPTIONS: Options<'_> = &[
    ("persist_items", "true"),
    ("max_items", "max"),
    ("send_last_published_item", "never"),
    ("access_model", "whitelist"),
];

/// How far one conversation was displayed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Displayed {
    pub conversation: BareJid,
    pub kind: ConversationKind,
    /// The id that the own archive, or the room's, gave the message.
    pub archive_id: String,
}

/// Reads an item. Only ids of the own archive, and of a room for itself, name a message.
pub fn read(item: &Item, own: &jid::BareJid) -> Option<Displayed> {
    let conversation: BareJid = item.id.parse().ok()?;
    let displayed = item.payload.as_ref().filter(|payload| payload.is("displayed", NODE))?;
    let id = displayed.get_child("stanza-id", stanza_ids_0359::NS)?;
    let by: BareJid = id.attr("by")?.parse().ok()?;
    let kind = if *by == *own {
        ConversationKind::Direct
    } else if by == conversation {
        ConversationKind::Group
    } else {
        return None;
    };
    Some(Displayed { conversation, kind, archive_id: stanza_ids_0359::wire_id(id.attr("id")?)?.0 })
}

/// The payload of the item with the conversation's address as its id.
pub fn payload(displayed: &Displayed, own: &jid::BareJid) -> Element {
    let by = match displayed.kind {
        ConversationKind::Direct => own.to_string(),
        ConversationKind::Group => displayed.conversation.to_string(),
    };
    let id = element("stanza-id", stanza_ids_0359::NS).with("by", by).with("id", &displayed.archive_id);
    element("displayed", NODE).with_child(id)
}

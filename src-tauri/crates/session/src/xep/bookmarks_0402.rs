//! XEP-0402: the rooms of an account, on a node of it.

use confab_model::BareJid;
use minidom::Element;

use super::pubsub_0060::{self, Item, Options};
use crate::xml::{ElementExt, child_text, element};

/// Node and namespace.
pub const NODE: &str = "urn:xmpp:bookmarks:1";
/// §5.3: nobody else's business, and all of them are kept.
pub const OPTIONS: Options<'_> = &[
    ("persist_items", "true"),
    ("max_items", "max"),
    ("send_last_published_item", "never"),
    ("access_model", "whitelist"),
];
/// Characters of a name.
const MAX_TEXT: usize = 1_000;

/// A room of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bookmark {
    pub group: BareJid,
    pub name: String,
    /// The devices of the account are in it.
    pub autojoin: bool,
    /// The own name in it; empty: not told.
    pub nickname: String,
    /// What other clients keep with it (§4, `<extensions/>` and the password), which is kept as it is.
    pub others: Vec<Element>,
}

/// Reads an item; `None`: not a bookmark.
pub fn read(item: &Item) -> Option<Bookmark> {
    let group: BareJid = item.id.parse().ok()?;
    let conference = item.payload.as_ref().filter(|payload| payload.is("conference", NODE))?;
    group.node()?;
    let cut = |text: &str| -> String { text.trim().chars().take(MAX_TEXT).collect() };
    let others = conference.children().filter(|child| !child.is("nick", NODE)).take(16).cloned().collect();
    Some(Bookmark {
        group,
        name: cut(conference.attr("name").unwrap_or_default()),
        autojoin: matches!(conference.attr("autojoin"), Some("true" | "1")),
        nickname: cut(&child_text(conference, "nick", NODE).unwrap_or_default()),
        others,
    })
}

/// The payload of an item.
pub fn payload(bookmark: &Bookmark) -> Element {
    let mut conference = element("conference", NODE).with("autojoin", if bookmark.autojoin { "true" } else { "false" });
    if !bookmark.name.is_empty() {
        conference = conference.with("name", &bookmark.name);
    }
    if !bookmark.nickname.is_empty() {
        conference.append_child(element("nick", NODE).with_text(&bookmark.nickname));
    }
    bookmark.others.iter().for_each(|other| {
        conference.append_child(other.clone());
    });
    conference
}

/// Takes a bookmark away (XEP-0060 §7.2); the other devices are told.
pub fn retract(group: &BareJid) -> Element {
    let item = element("item", pubsub_0060::NS).with("id", group.to_string());
    let retract = element("retract", pubsub_0060::NS).with("node", NODE).with("notify", "true").with_child(item);
    element("pubsub", pubsub_0060::NS).with_child(retract)
}

/// The rooms that an event takes away.
pub fn read_retracted(message: &Element) -> Vec<BareJid> {
    let items = message
        .get_child("event", pubsub_0060::NS_EVENT)
        .and_then(|event| event.get_child("items", pubsub_0060::NS_EVENT))
        .filter(|items| items.attr("node") == Some(NODE));
    let Some(items) = items else { return Vec::new() };
    let retracted = items.children().filter(|child| child.is("retract", pubsub_0060::NS_EVENT));
    retracted.filter_map(|retract| retract.attr("id")?.parse().ok()).take(500).collect()
}

//! RFC 6121 §2: the roster, versioned (§2.6).

use confab_model::{BareJid, Contact, PresenceShow, Subscription};
use minidom::Element;

use crate::xml::{ElementExt, element};

pub const NS: &str = "jabber:iq:roster";

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    Present(Box<Contact>),
    Removed(BareJid),
}

impl Entry {
    /// Whom it is about.
    pub fn jid(&self) -> &BareJid {
        match self {
            Self::Present(contact) => &contact.jid,
            Self::Removed(jid) => jid,
        }
    }
}

/// A roster or a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roster {
    pub version: Option<String>,
    pub entries: Vec<Entry>,
}

/// Reads a result or a push. Entries that are not valid are left out.
pub fn read(query: &Element) -> Option<Roster> {
    if !query.is("query", NS) {
        return None;
    }
    let entries = query.children().filter(|child| child.is("item", NS)).filter_map(read_item).collect();
    Some(Roster { version: query.attr("ver").map(str::to_owned), entries })
}

fn read_item(item: &Element) -> Option<Entry> {
    let jid: BareJid = jid::Jid::new(item.attr("jid")?).ok()?.to_bare().into();
    let subscription = match item.attr("subscription").unwrap_or("none") {
        "remove" => return Some(Entry::Removed(jid)),
        "to" => Subscription::To,
        "from" => Subscription::From,
        "both" => Subscription::Both,
        _ => Subscription::None,
    };
    Some(Entry::Present(Box::new(Contact {
        jid,
        name: item.attr("name").unwrap_or_default().to_owned(),
        subscription,
        requested: item.attr("ask") == Some("subscribe"),
        groups: item.children().filter(|child| child.is("group", NS)).map(Element::text).collect(),
        presence: PresenceShow::Offline,
        status: String::new(),
    })))
}

/// Asks for the roster, or for what changed since a version. An empty version asks for versioning.
pub fn get(version: Option<&str>) -> Element {
    match version {
        Some(version) => element("query", NS).with("ver", version),
        None => element("query", NS),
    }
}

/// Adds or changes an entry. Name and groups replace what the server has.
pub fn set(jid: &BareJid, name: &str, groups: &[String]) -> Element {
    let mut item = element("item", NS).with("jid", jid.to_string());
    if !name.is_empty() {
        item = item.with("name", name);
    }
    for group in groups {
        item.append_child(element("group", NS).with_text(group));
    }
    element("query", NS).with_child(item)
}

/// Removes an entry and both subscriptions.
pub fn remove(jid: &BareJid) -> Element {
    let item = element("item", NS).with("jid", jid.to_string()).with("subscription", "remove");
    element("query", NS).with_child(item)
}

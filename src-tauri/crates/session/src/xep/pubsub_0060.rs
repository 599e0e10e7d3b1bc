//! XEP-0060, as far as XEP-0163 (personal eventing) needs it: events in, items asked for and published.

use jid::Jid;
use minidom::Element;

use super::forms_0004;
use crate::xml::{ElementExt, element, jid_attr};

pub const NS: &str = "http://jabber.org/protocol/pubsub";
pub const NS_EVENT: &str = "http://jabber.org/protocol/pubsub#event";
const NS_OWNER: &str = "http://jabber.org/protocol/pubsub#owner";
const NODE_CONFIG: &str = "http://jabber.org/protocol/pubsub#node_config";
const PUBLISH_OPTIONS: &str = "http://jabber.org/protocol/pubsub#publish-options";
/// Items of one answer or event that are looked at.
const MAX_ITEMS: usize = 5_000;

/// One item.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    pub id: String,
    pub payload: Option<Element>,
}

/// What changed on a node.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub node: String,
    pub items: Vec<Item>,
}

/// Whether a message tells of a node; it is nothing else then.
pub fn is_event(message: &Element) -> bool {
    message.has_child("event", NS_EVENT)
}

/// The account whose node it is, and what was published. Only an account itself speaks by its bare address; a device of
/// it, or anybody else, has a resource or another name.
pub fn read_event(message: &Element) -> Option<(jid::BareJid, Event)> {
    let from = jid_attr(message, "from").filter(|from| from.resource().is_none()).as_ref().map(Jid::to_bare)?;
    let items = message.get_child("event", NS_EVENT)?.get_child("items", NS_EVENT)?;
    Some((from, Event { node: items.attr("node")?.to_owned(), items: read(items, NS_EVENT) }))
}

/// The items in the answer to [`items`].
pub fn read_items(answer: &Element) -> Vec<Item> {
    answer.get_child("items", NS).map(|items| read(items, NS)).unwrap_or_default()
}

fn read(items: &Element, namespace: &str) -> Vec<Item> {
    let items = items.children().filter(|child| child.is("item", namespace)).take(MAX_ITEMS);
    items
        .map(|item| Item {
            id: item.attr("id").unwrap_or_default().to_owned(),
            payload: item.children().next().cloned(),
        })
        .collect()
}

/// Which items of a node are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted<'a> {
    All,
    Newest,
    Item(&'a str),
}

/// Asks for items; the payload of an iq `get`.
pub fn items(node: &str, wanted: Wanted<'_>) -> Element {
    let items = element("items", NS).with("node", node);
    let items = match wanted {
        Wanted::All => items,
        Wanted::Newest => items.with("max_items", "1"),
        Wanted::Item(id) => items.with_child(element("item", NS).with("id", id)),
    };
    element("pubsub", NS).with_child(items)
}

/// What a node is to be; publishing fails if it is otherwise (`precondition-not-met`).
pub type Options<'a> = &'a [(&'a str, &'a str)];

/// Publishes an item; the payload of an iq `set`.
pub fn publish(node: &str, id: &str, payload: Element, options: Options<'_>) -> Element {
    let item = element("item", NS).with("id", id).with_child(payload);
    let pubsub = element("pubsub", NS).with_child(element("publish", NS).with("node", node).with_child(item));
    if options.is_empty() {
        return pubsub;
    }
    pubsub.with_child(element("publish-options", NS).with_child(form(PUBLISH_OPTIONS, options)))
}

/// Makes an existing node what [`publish`] wants it to be.
pub fn configure(node: &str, options: Options<'_>) -> Element {
    let configure = element("configure", NS_OWNER).with("node", node).with_child(form(NODE_CONFIG, options));
    element("pubsub", NS_OWNER).with_child(configure)
}

/// Makes a node that is from its beginning what it is to be.
pub fn create(node: &str, options: Options<'_>) -> Element {
    element("pubsub", NS)
        .with_child(element("create", NS).with("node", node))
        .with_child(element("configure", NS).with_child(form(NODE_CONFIG, options)))
}

fn form(kind: &str, options: Options<'_>) -> Element {
    let fields: Vec<(String, Vec<String>)> =
        options.iter().map(|(name, value)| (format!("pubsub#{name}"), vec![(*value).to_owned()])).collect();
    forms_0004::submission(Some(kind), &fields)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_an_account_itself_tells_of_its_nodes() {
        let parse = |from: &str| {
            let message: Element = format!(
                "<message xmlns='jabber:client' {from}><event xmlns='http://jabber.org/protocol/pubsub#event'>\
                 <items node='n'><item id='1'><x xmlns='x'/></item><retract id='2'/></items></event></message>"
            )
            .parse()
            .unwrap();
            assert!(is_event(&message));
            read_event(&message).map(|(from, event)| (from.to_string(), event.node, event.items.len()))
        };
        assert_eq!(parse("from='bob@example.org'"), Some(("bob@example.org".to_owned(), "n".to_owned(), 1)));
        assert_eq!(parse("from='bob@example.org/x'"), None);
        assert_eq!(parse(""), None);
    }
}

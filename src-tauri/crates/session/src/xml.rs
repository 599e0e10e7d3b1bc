//! Small things for reading and writing stanzas as [`minidom::Element`].
//!
//! Stanzas are read leniently by hand rather than by typed parsers: a child that does not follow its schema must
//! cost that child, not the stanza. (The library has types for the stanzas themselves; `connect::scanner` repairs what
//! they are too strict about.)

use jid::{BareJid, Jid};
use minidom::Element;
use minidom::rxml::{Namespace, NcName};

use crate::IqError;

/// Namespaces that more than one module uses.
pub mod ns {
    pub const CLIENT: &str = "jabber:client";
    pub const STANZAS: &str = "urn:ietf:params:xml:ns:xmpp-stanzas";
    pub const DISCO_INFO: &str = "http://jabber.org/protocol/disco#info";
    pub const FORWARD: &str = "urn:xmpp:forward:0";
    pub const HINTS: &str = "urn:xmpp:hints";
    pub const RSM: &str = "http://jabber.org/protocol/rsm";
    pub const DATA_FORMS: &str = "jabber:x:data";
    pub const JINGLE: &str = "urn:xmpp:jingle:1";
}

/// A new element.
pub fn element(name: &str, namespace: &str) -> Element {
    Element::bare(name, namespace)
}

/// Building elements from parts, in one expression.
pub trait ElementExt: Sized {
    /// Sets an attribute. Names are ours and always valid.
    fn with(self, name: &'static str, value: impl Into<String>) -> Self;
    fn with_child(self, child: Element) -> Self;
    fn with_text(self, text: impl Into<String>) -> Self;
}

impl ElementExt for Element {
    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        if let Ok(name) = NcName::try_from(name) {
            self.set_attr(Namespace::NONE, name, clean(value.into()));
        }
        self
    }
    fn with_child(mut self, child: Element) -> Self {
        self.append_child(child);
        self
    }
    fn with_text(mut self, text: impl Into<String>) -> Self {
        let text = clean(text.into());
        if !text.is_empty() {
            self.append_text_node(text);
        }
        self
    }
}

/// Leaves out what XML 1.0 §2.2 forbids: a stanza with it could not be written, however often it were sent again.
pub fn clean(mut text: String) -> String {
    let allowed = |c: char| {
        !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}')
            || matches!(c, '\t' | '\n' | '\r' | '\u{7f}'..='\u{9f}')
    };
    if !text.chars().all(allowed) {
        text.retain(allowed);
    }
    text
}

/// The sender or addressee of a stanza; `None` if absent or not an address.
pub fn jid_attr(stanza: &Element, name: &str) -> Option<Jid> {
    stanza.attr(name).and_then(|value| Jid::new(value).ok())
}

/// Whether a stanza comes from the own account: no sender, or the own bare address (RFC 6120 §8.1.2.1).
pub fn is_from_own_account(stanza: &Element, own: &BareJid) -> bool {
    match stanza.attr("from") {
        None => true,
        Some(from) => Jid::new(from).is_ok_and(|from| from.resource().is_none() && from.to_bare() == *own),
    }
}

/// The text of a child, `None` if there is no such child.
pub fn child_text(parent: &Element, name: &str, namespace: &str) -> Option<String> {
    parent.get_child(name, namespace).map(Element::text)
}

/// Characters of an error's text and of its conditions' names, which people may see.
const MAX_ERROR_TEXT: usize = 1000;
const MAX_CONDITION: usize = 64;

/// Reads a stanza's `<error/>` (RFC 6120 §8.3.2).
pub fn stanza_error(stanza: &Element) -> IqError {
    let mut error = IqError { condition: "undefined-condition".to_owned(), application: None, text: String::new() };
    let Some(child) = stanza.get_child("error", ns::CLIENT) else { return error };
    for part in child.children() {
        match (part.ns() == ns::STANZAS, part.name()) {
            (true, "text") => error.text = part.text().chars().take(MAX_ERROR_TEXT).collect(),
            (true, condition) => error.condition = condition.chars().take(MAX_CONDITION).collect(),
            (false, application) => error.application = Some(application.chars().take(MAX_CONDITION).collect()),
        }
    }
    error
}

/// An `<error/>` with a defined condition.
pub fn error_child(kind: &str, condition: &str) -> Element {
    element("error", ns::CLIENT).with("type", kind).with_child(element(condition, ns::STANZAS))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn reads_conditions_texts_and_application_conditions() {
        let stanza: Element = "<iq xmlns='jabber:client' type='error' id='1'><error type='cancel'>\
            <item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>\
            <text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>gone</text>\
            <unknown-session xmlns='urn:xmpp:jingle:errors:1'/></error></iq>"
            .parse()
            .unwrap();
        let error = stanza_error(&stanza);
        assert_eq!(error.condition, "item-not-found");
        assert_eq!(error.application.as_deref(), Some("unknown-session"));
        assert_eq!(error.to_string(), "item-not-found: gone");
        assert_eq!(stanza_error(&element("iq", ns::CLIENT)).condition, "undefined-condition");
    }

    #[test]
    fn forbidden_characters_are_left_out() {
        assert_eq!(clean("a\u{0}b\u{8}\n\u{fffe}\u{85}😀".to_owned()), "ab\n\u{85}😀");
    }

    #[test]
    fn own_account_is_the_bare_address_only() {
        let own = BareJid::new("me@example.org").unwrap();
        let from = |from: Option<&str>| {
            let mut stanza = element("iq", ns::CLIENT);
            if let Some(from) = from {
                stanza = stanza.with("from", from);
            }
            is_from_own_account(&stanza, &own)
        };
        assert!(from(None));
        assert!(from(Some("me@example.org")));
        assert!(!from(Some("me@example.org/phone")));
        assert!(!from(Some("example.org")));
        assert!(!from(Some("eve@example.org")));
        assert!(!from(Some("@")));
    }
}

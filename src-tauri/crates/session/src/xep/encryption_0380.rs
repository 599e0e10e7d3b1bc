//! XEP-0380: messages that are encrypted with a method that Confab does not have.

use minidom::Element;

const NS: &str = "urn:xmpp:eme:0";
/// Methods by namespace (§4), also recognised by their own element where a sender does not declare them.
const METHODS: [(&str, &str); 6] = [
    ("urn:xmpp:omemo:2", "OMEMO"),
    ("eu.siacs.conversations.axolotl", "OMEMO"),
    ("urn:xmpp:openpgp:0", "OpenPGP"),
    ("jabber:x:encrypted", "OpenPGP"),
    ("urn:xmpp:otr:0", "OTR"),
    ("urn:ietf:params:xml:ns:xmpp-e2e", "E2E"),
];

/// The name of the method, if the message is encrypted.
pub fn method(message: &Element) -> Option<String> {
    if let Some(declared) = message.get_child("encryption", NS) {
        let namespace = declared.attr("namespace").unwrap_or_default();
        let known = METHODS.iter().find(|(ns, _)| *ns == namespace).map(|(_, name)| *name);
        let name = known.or_else(|| declared.attr("name").filter(|name| !name.is_empty())).unwrap_or(namespace);
        return Some(name.chars().take(64).collect());
    }
    message
        .children()
        .find_map(|child| METHODS.iter().find(|(ns, _)| child.ns() == *ns && !child.name().starts_with("e2e")))
        .map(|(_, name)| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn declared_and_undeclared_methods_are_named() {
        let named = |inner: &str| {
            let message: Element = format!("<message xmlns='jabber:client'>{inner}</message>").parse().unwrap();
            method(&message)
        };
        assert_eq!(named("<body>hi</body>"), None);
        let omemo = "<encryption xmlns='urn:xmpp:eme:0' namespace='eu.siacs.conversations.axolotl'/>";
        assert_eq!(named(omemo).as_deref(), Some("OMEMO"));
        let other = "<encryption xmlns='urn:xmpp:eme:0' namespace='urn:x' name='Mine'/>";
        assert_eq!(named(other).as_deref(), Some("Mine"));
        assert_eq!(named("<encrypted xmlns='eu.siacs.conversations.axolotl'/>").as_deref(), Some("OMEMO"));
    }
}

//! XEP-0380: messages that are encrypted with a method that Confab does not have.

use minidom::Element;

use crate::xml::ns;

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

/// The name of the method, if the message has an encrypted text.
pub fn method(message: &Element) -> Option<String> {
    if is_key_transport(message) && !message.has_child("body", ns::CLIENT) {
        return None;
    }
    if let Some(declared) = message.get_child("encryption", NS) {
        let namespace = declared.attr("namespace").unwrap_or_default();
        let known = METHODS.iter().find(|(ns, _)| *ns == namespace).map(|(_, name)| *name);
        let name = known.or_else(|| declared.attr("name").filter(|name| !name.is_empty())).unwrap_or(namespace);
        return Some(name.chars().take(64).collect());
    }
    let of = |child: &Element| METHODS.iter().find(|(ns, _)| child.ns() == *ns && !child.name().starts_with("e2e"));
    message.children().find_map(of).map(|(_, name)| (*name).to_owned())
}

/// OMEMO messages without a payload only carry keys (XEP-0384 §4.6 of 0.3, §5.6 of 0.8): a person wrote nothing.
fn is_key_transport(message: &Element) -> bool {
    let is_omemo = |child: &&Element| METHODS.iter().any(|(ns, name)| child.ns() == *ns && *name == "OMEMO");
    message.children().find(is_omemo).is_some_and(|child| !child.has_child("payload", child.ns().as_str()))
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
        let payload = "<encrypted xmlns='eu.siacs.conversations.axolotl'><header/><payload>x</payload></encrypted>";
        assert_eq!(named(payload).as_deref(), Some("OMEMO"));
    }

    #[test]
    fn what_only_carries_keys_is_no_message() {
        let named = |inner: &str| {
            let message: Element = format!("<message xmlns='jabber:client'>{inner}</message>").parse().unwrap();
            method(&message)
        };
        let eme = |ns: &str| format!("<encryption xmlns='urn:xmpp:eme:0' namespace='{ns}'/>");
        for ns in ["eu.siacs.conversations.axolotl", "urn:xmpp:omemo:2"] {
            let keys = format!("<encrypted xmlns='{ns}'><header sid='1'/></encrypted>");
            assert_eq!(named(&keys), None);
            assert_eq!(named(&format!("{keys}{}", eme(ns))), None);
            assert_eq!(named(&format!("{keys}<body>fallback</body>")).as_deref(), Some("OMEMO"));
        }
    }
}

//! XEP-0115: a device's features behind a hash in its presence.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use minidom::Element;
use sha1::{Digest, Sha1};

use super::disco_0030::Info;
use crate::xml::{ElementExt, element};

pub const NS: &str = "http://jabber.org/protocol/caps";
/// Octets of each part that a presence may claim: it is kept for every device, and a hash has at most 88.
const MAX_PART: usize = 256;
/// The only hash function that is computed, as §5.1 demands of everybody.
pub const HASH: &str = "sha-1";
/// Names the software (§4).
pub const NODE: &str = "https://confab.im";

/// What a presence says.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Caps {
    pub hash: String,
    pub node: String,
    pub ver: String,
}

/// Reads it from a presence.
pub fn read(presence: &Element) -> Option<Caps> {
    let caps = presence.get_child("c", NS)?;
    let text = |name: &str| caps.attr(name).filter(|part| part.len() <= MAX_PART).map(str::to_owned);
    Some(Caps { hash: text("hash")?, node: text("node")?, ver: text("ver")? })
}

/// The child of the own presence.
pub fn child(own: &Info) -> Element {
    element("c", NS).with("hash", HASH).with("node", NODE).with("ver", verification(own))
}

/// Whether the information is what the hash stands for. Otherwise a contact could give other contacts' clients
/// features that they do not have (§8.1: "caps poisoning").
pub fn is_genuine(caps: &Caps, info: &Info) -> bool {
    caps.hash == HASH && !info.ill_formed && verification(info) == caps.ver
}

/// §5.1.
pub fn verification(info: &Info) -> String {
    let mut text = String::new();
    for identity in &info.identities {
        let parts = [&identity.category, &identity.kind, &identity.lang, &identity.name];
        // A `<` in a value would let two different sets have the same text.
        text.push_str(&parts.map(|part| part.replace('<', "&lt;")).join("/"));
        text.push('<');
    }
    for feature in &info.features {
        text.push_str(&feature.replace('<', "&lt;"));
        text.push('<');
    }
    let mut forms = info.forms.clone();
    forms.sort();
    for (form_type, mut fields) in forms {
        text.push_str(&form_type.replace('<', "&lt;"));
        text.push('<');
        fields.sort();
        for (name, mut values) in fields {
            text.push_str(&name.replace('<', "&lt;"));
            text.push('<');
            values.sort();
            for value in values {
                text.push_str(&value.replace('<', "&lt;"));
                text.push('<');
            }
        }
    }
    BASE64.encode(Sha1::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn info(xml: &str) -> Info {
        Info::read(&xml.parse().unwrap()).unwrap()
    }

    #[test]
    fn simple_example_of_the_extension() {
        let info = info(
            "<query xmlns='http://jabber.org/protocol/disco#info'>\
            <identity category='client' name='Exodus 0.9.1' type='pc'/>\
            <feature var='http://jabber.org/protocol/caps'/><feature var='http://jabber.org/protocol/disco#info'/>\
            <feature var='http://jabber.org/protocol/disco#items'/><feature var='http://jabber.org/protocol/muc'/>\
            </query>",
        );
        assert_eq!(verification(&info), "QgayPKawpkPSDYmwT/WM94uAlu0=");
    }

    #[test]
    fn complex_example_of_the_extension() {
        let info = info(
            "<query xmlns='http://jabber.org/protocol/disco#info'>\
            <identity xml:lang='en' category='client' name='Psi 0.11' type='pc'/>\
            <identity xml:lang='el' category='client' name='Ψ 0.11' type='pc'/>\
            <feature var='http://jabber.org/protocol/caps'/><feature var='http://jabber.org/protocol/disco#info'/>\
            <feature var='http://jabber.org/protocol/disco#items'/><feature var='http://jabber.org/protocol/muc'/>\
            <x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE' type='hidden'>\
            <value>urn:xmpp:dataforms:softwareinfo</value></field>\
            <field var='ip_version' type='text-multi'><value>ipv4</value><value>ipv6</value></field>\
            <field var='os'><value>Mac</value></field><field var='os_version'><value>10.5.1</value></field>\
            <field var='software'><value>Psi</value></field><field var='software_version'><value>0.11</value></field>\
            </x></query>",
        );
        assert_eq!(verification(&info), "q07IKJEyjvHSyhy//CH0CxmKi8w=");
    }

    #[test]
    fn a_wrong_hash_and_a_feature_given_twice_are_not_genuine() {
        let twice =
            info("<query xmlns='http://jabber.org/protocol/disco#info'><feature var='a'/><feature var='a'/></query>");
        let caps = Caps { hash: "sha-1".to_owned(), node: String::new(), ver: verification(&twice) };
        assert!(!is_genuine(&caps, &twice));
        let once = info("<query xmlns='http://jabber.org/protocol/disco#info'><feature var='a'/></query>");
        assert!(is_genuine(&caps, &once));
        assert!(!is_genuine(&Caps { ver: "x".to_owned(), ..caps }, &once));
    }
}

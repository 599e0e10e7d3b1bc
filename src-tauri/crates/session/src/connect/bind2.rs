//! Bind 2 (XEP-0386): the resource, carbons and stream management in the sign-in itself, two round trips less.
//!
//! The stanza stream of the library binds and enables by itself. What it asks for has been done by then: [`Bound`] gives
//! the features that it looks for and the answers to what it says, which the [wire](super::wire) plays to it.

use confab_model::{BareJid, FullJid, SignInFailure};
use minidom::Element;

use super::{sasl::protocol, wire::Reply};
use crate::{
    xep::carbons_0280,
    xml::{ElementExt, element, ns},
};

pub(super) const NS: &str = "urn:xmpp:bind:0";
const SM: &str = "urn:xmpp:sm:3";
const ORDINARY: &str = "urn:ietf:params:xml:ns:xmpp-bind";

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Bound {
    pub jid: FullJid,
    /// The server copies what concerns the other devices from now on (XEP-0280).
    pub carbons: bool,
    /// The server's `<enabled/>`, if stream management (XEP-0198) is on.
    stream_management: Option<Element>,
}

/// What can be asked for.
#[derive(Debug)]
pub(super) struct Offer {
    carbons: bool,
    stream_management: bool,
}

impl Offer {
    /// From the inline features of SASL2. `None`: not offered.
    pub(super) fn read(inline: &Element) -> Option<Self> {
        let bind = inline.get_child("bind", NS)?;
        let features = bind.get_child("inline", NS);
        let has =
            |name: &str| features.is_some_and(|list| list.children().any(|feature| feature.attr("var") == Some(name)));
        Some(Self { carbons: has(carbons_0280::NS), stream_management: has(SM) })
    }

    /// `tag`: begins the resource; the server adds what makes it this installation's (§3.2).
    pub(super) fn request(&self, tag: &str) -> Element {
        let mut bind = element("bind", NS).with_child(element("tag", NS).with_text(tag));
        if self.carbons {
            bind.append_child(carbons_0280::enable());
        }
        if self.stream_management {
            bind.append_child(element("enable", SM).with("resume", "true"));
        }
        bind
    }
}

impl Bound {
    /// From a SASL2 `<success/>`. `None`: nothing was bound, so that it is done the ordinary way.
    pub(crate) fn read(
        success: &Element,
        own: &BareJid,
        identifier: Option<String>,
    ) -> Result<Option<Self>, SignInFailure> {
        let Some(bound) = success.get_child("bound", NS) else { return Ok(None) };
        let jid: FullJid = identifier.unwrap_or_default().trim().parse().map_err(protocol)?;
        if jid.bare() != *own {
            return Err(SignInFailure::Protocol { detail: "the server signed somebody else in".to_owned() });
        }
        let stream_management = bound.get_child("enabled", SM).cloned();
        Ok(Some(Self { jid, carbons: bound.has_child("enabled", carbons_0280::NS), stream_management }))
    }

    /// The server may leave out what is done; the library wants to see it.
    pub(crate) fn complete(&self, features: &mut Element) {
        let mut wanted = vec![("bind", ORDINARY)];
        if self.stream_management.is_some() {
            wanted.push(("sm", SM));
        }
        for (name, namespace) in wanted {
            if !features.has_child(name, namespace) {
                features.append_child(element(name, namespace));
            }
        }
    }

    /// The answers to what the library asks for, in its order.
    pub(crate) fn replies(self) -> Vec<Reply> {
        let jid = self.jid.to_string();
        let bind: Reply = Box::new(move |asked| {
            let asked = format!("<x xmlns='{}'>{}</x>", ns::CLIENT, String::from_utf8_lossy(asked)).parse::<Element>();
            let id = asked.ok().and_then(|wrapper| wrapper.children().next()?.attr("id").map(str::to_owned));
            let bound = element("bind", ORDINARY).with_child(element("jid", ORDINARY).with_text(jid));
            let result = element("iq", ns::CLIENT).with("type", "result").with("id", id.unwrap_or_default());
            String::from(&result.with_child(bound)).into_bytes()
        });
        let mut replies = vec![bind];
        if let Some(enabled) = self.stream_management {
            replies.push(Box::new(move |_| String::from(&enabled).into_bytes()));
        }
        replies
    }
}

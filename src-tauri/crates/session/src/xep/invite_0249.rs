//! XEP-0249: an invitation into a room from person to person; and, where no extension has it, the application for one:
//! `<application xmlns='urn:confab:call:0' group='…'/>`, with `declined='true'` in the answer that refuses it. The words
//! of both are the text of the message, so that other clients show them.

use confab_model::{BareJid, CONFAB_CALL_NS};
use minidom::Element;

use crate::xml::{ElementExt, child_text, element, jid_attr, ns};

pub const NS: &str = "jabber:x:conference";
/// Characters of a reason.
const MAX_TEXT: usize = 1_000;

/// What somebody wants of this account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// To come into a room.
    Invitation { group: BareJid, text: String },
    /// To be let into a room of ours.
    Application { group: BareJid, text: String },
    /// We were not let in.
    Declined { group: BareJid, text: String },
}

/// Reads a message.
pub fn read(message: &Element) -> Option<Wish> {
    let cut = |text: &str| -> String { text.trim().chars().take(MAX_TEXT).collect() };
    let bare = |child: &Element, name: &str| {
        let jid = jid_attr(child, name).filter(|jid| jid.resource().is_none() && jid.node().is_some())?;
        Some(BareJid::from(jid.to_bare()))
    };
    if let Some(conference) = message.get_child("x", NS) {
        let text = cut(conference.attr("reason").unwrap_or_default());
        return Some(Wish::Invitation { group: bare(conference, "jid")?, text });
    }
    let application = message.get_child("application", CONFAB_CALL_NS)?;
    let group = bare(application, "group")?;
    let text = cut(&child_text(message, "body", ns::CLIENT).unwrap_or_default());
    Some(match application.attr("declined") {
        Some("true" | "1") => Wish::Declined { group, text },
        _ => Wish::Application { group, text },
    })
}

/// The message that says it.
pub fn message(to: &BareJid, wish: &Wish) -> Element {
    let message =
        element("message", ns::CLIENT).with("to", to.to_string()).with("id", uuid::Uuid::new_v4().to_string());
    let application = |group: &BareJid| element("application", CONFAB_CALL_NS).with("group", group.to_string());
    let with_body = |text: &str, child: Element| {
        let message = message.clone().with("type", "chat");
        let message =
            if text.is_empty() { message } else { message.with_child(element("body", ns::CLIENT).with_text(text)) };
        message.with_child(child).with_child(element("store", ns::HINTS))
    };
    match wish {
        Wish::Invitation { group, text } => {
            let mut conference = element("x", NS).with("jid", group.to_string());
            if !text.is_empty() {
                conference = conference.with("reason", text);
            }
            message.with_child(conference)
        }
        Wish::Application { group, text } => with_body(text, application(group)),
        Wish::Declined { group, text } => with_body(text, application(group).with("declined", "true")),
    }
}

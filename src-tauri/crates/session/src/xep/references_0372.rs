//! XEP-0372: who is mentioned where in a text. Everybody at once is our own child beside it,
//! `<mention-all xmlns='urn:confab:call:0' begin='…' end='…'/>`.

use confab_model::{BareJid, CONFAB_CALL_NS, Mention, Mentioned};
use jid::Jid;
use minidom::Element;

use super::uri;
use crate::xml::{ElementExt, element};

pub const NS: &str = "urn:xmpp:reference:0";
/// Mentions in one message.
pub const MAX_MENTIONS: usize = 50;

/// The mentions, with their places in the text as it was sent (code points, not yet checked). `room`: where nicknames
/// are of, in a group.
pub fn read(message: &Element, room: Option<&BareJid>) -> Vec<Mention> {
    message.children().filter_map(|child| read_child(child, room)).take(MAX_MENTIONS).collect()
}

fn read_child(child: &Element, room: Option<&BareJid>) -> Option<Mention> {
    let of = if child.is("mention-all", CONFAB_CALL_NS) {
        Mentioned::Everybody
    } else if child.is("reference", NS) && child.attr("type") == Some("mention") {
        mentioned(child.attr("uri")?, room)?
    } else {
        return None;
    };
    let number = |name| child.attr(name).and_then(|text| text.parse().ok());
    Some(Mention { of, begin: number("begin")?, end: number("end")? })
}

fn mentioned(uri: &str, room: Option<&BareJid>) -> Option<Mentioned> {
    let jid = uri::read_xmpp(uri)?;
    let bare = BareJid::from(jid.to_bare());
    match jid.resource() {
        Some(nickname) if room == Some(&bare) => Some(Mentioned::Nickname { nickname: nickname.as_str().to_owned() }),
        _ if room == Some(&bare) => Some(Mentioned::Everybody),
        _ => Some(Mentioned::Person { jid: bare }),
    }
}

/// The child that mentions; `None`: a nickname that nobody can have.
pub fn child(mention: &Mention, room: &BareJid) -> Option<Element> {
    let jid: Jid = match &mention.of {
        Mentioned::Person { jid } => jid.clone().into(),
        Mentioned::Nickname { nickname } => room.with_resource(nickname).ok()?.into(),
        Mentioned::Everybody => return Some(placed(element("mention-all", CONFAB_CALL_NS), mention)),
    };
    Some(placed(element("reference", NS).with("type", "mention").with("uri", uri::xmpp(&jid)), mention))
}

fn placed(child: Element, mention: &Mention) -> Element {
    child.with("begin", mention.begin.to_string()).with("end", mention.end.to_string())
}

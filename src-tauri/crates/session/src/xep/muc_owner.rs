//! XEP-0045 §10: the configuration of a room, and its end.
//!
//! A room is configured through its own form: what it has is filled in, in the words of the server at hand, and what it
//! does not have is left out. Fields that are not ours keep their values.

use confab_model::BareJid;
use minidom::Element;

use super::forms_0004;
use crate::xml::{ElementExt, element, ns};

pub const NS: &str = "http://jabber.org/protocol/muc#owner";
const CONFIG: &str = "http://jabber.org/protocol/muc#roomconfig";
/// Fields of a form that are looked at: ejabberd has 30.
const MAX_FIELDS: usize = 128;

/// What a room is to be. `None`: as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settings<'a> {
    pub name: Option<&'a str>,
    pub description: Option<&'a str>,
    /// Anybody may come in, the room is listed and hides addresses; else the contrary of all three.
    pub public: Option<bool>,
    /// With this the room also stays when everybody is gone, keeps its messages, and lets members invite.
    pub is_new: bool,
}

/// Asks for the form.
pub fn form() -> Element {
    element("query", NS)
}

/// Fills in the form that a room answered with. `None`: it has none.
pub fn filled(answer: &Element, settings: Settings<'_>) -> Option<Element> {
    let form = answer.get_child("x", ns::DATA_FORMS).filter(|_| answer.is("query", NS))?;
    let fields: Vec<(String, Vec<String>)> = form
        .children()
        .filter(|child| child.is("field", ns::DATA_FORMS))
        .filter(|field| !matches!(field.attr("type"), Some("fixed")))
        .take(MAX_FIELDS)
        .filter_map(|field| {
            let name = field.attr("var").filter(|name| *name != "FORM_TYPE")?;
            let values = match wanted(name, settings) {
                Some(value) => vec![value],
                None => field.children().filter(|child| child.is("value", ns::DATA_FORMS)).map(Element::text).collect(),
            };
            Some((name.to_owned(), values))
        })
        .collect();
    Some(element("query", NS).with_child(forms_0004::submission(Some(CONFIG), &fields)))
}

fn wanted(field: &str, settings: Settings<'_>) -> Option<String> {
    let flag = |value: bool| Some(if value { "1" } else { "0" }.to_owned());
    match field {
        "muc#roomconfig_roomname" => settings.name.map(str::to_owned),
        "muc#roomconfig_roomdesc" => settings.description.map(str::to_owned),
        "muc#roomconfig_membersonly" => settings.public.and_then(|public| flag(!public)),
        "muc#roomconfig_publicroom" | "public_list" => settings.public.and_then(flag),
        "muc#roomconfig_whois" => settings.public.map(|public| if public { "moderators" } else { "anyone" }.to_owned()),
        "muc#roomconfig_passwordprotectedroom" | "muc#roomconfig_moderatedroom" if settings.is_new => flag(false),
        "muc#roomconfig_persistentroom"
        | "muc#roomconfig_allowinvites"
        | "{http://prosody.im/protocol/muc}roomconfig_allowmemberinvites"
        | "muc#roomconfig_enablearchiving"
        | "mam"
            if settings.is_new =>
        {
            flag(true)
        }
        _ => None,
    }
}

/// Gives up a room that was made by accident (§10.1.2).
pub fn cancel() -> Element {
    element("query", NS).with_child(element("x", ns::DATA_FORMS).with("type", "cancel"))
}

/// Ends a room for everybody (§10.9).
pub fn destroy(group: &BareJid, reason: &str) -> Element {
    let mut destroy = element("destroy", NS).with("jid", group.to_string());
    if !reason.is_empty() {
        destroy.append_child(element("reason", NS).with_text(reason));
    }
    element("query", NS).with_child(destroy)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_form_is_filled_in_as_far_as_it_goes() {
        let answer: Element = "<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='form'>\
            <title>t</title><field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/muc#roomconfig</value>\
            </field><field type='fixed'><value>note</value></field><field var='muc#roomconfig_roomname' \
            type='text-single'><value/></field><field var='muc#roomconfig_membersonly' type='boolean'><value>0</value>\
            </field><field var='mam' type='boolean'><value>0</value></field><field var='other'><value>kept</value>\
            </field></x></query>"
            .parse()
            .unwrap();
        let settings = Settings { name: Some("Hikers"), public: Some(false), is_new: true, ..Settings::default() };
        let expected: Element = "<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' \
            type='submit'><field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/muc#roomconfig</value>\
            </field><field var='muc#roomconfig_roomname'><value>Hikers</value></field><field \
            var='muc#roomconfig_membersonly'><value>1</value></field><field var='mam'><value>1</value></field><field \
            var='other'><value>kept</value></field></x></query>"
            .parse()
            .unwrap();
        assert_eq!(filled(&answer, settings), Some(expected));
        assert_eq!(filled(&form(), settings), None);
    }
}

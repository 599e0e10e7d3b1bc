//! XEP-0045: presence and messages of rooms. Lists and forms of their owners are in `muc_admin` and `muc_owner`.
//!
//! In: stanzas of which the caller has checked that the room sent them. Out: what is in them, bounded.

use confab_model::{BareJid, GroupRefusal, GroupRole};
use jid::Jid;
use minidom::Element;

use super::{disco_0030::Info, occupant_0421, stanza_ids_0359};
use crate::xml::{ElementExt, child_text, element, jid_attr, ns};

pub const NS: &str = "http://jabber.org/protocol/muc";
pub const NS_USER: &str = "http://jabber.org/protocol/muc#user";
/// Form of a room's description (§6.4).
const ROOM_INFO: &str = "http://jabber.org/protocol/muc#roominfo";
/// Characters of a reason, a name or a description.
const MAX_TEXT: usize = 1_000;
/// Items and status codes of one stanza that are looked at; servers send one to three.
const MAX_PARTS: usize = 16;

/// §10, §7.2.2, §9: what happened.
pub mod status {
    /// The presence is the own one.
    pub const OWN: u16 = 110;
    /// The room was made by this entering.
    pub const CREATED: u16 = 201;
    pub const BANNED: u16 = 301;
    pub const RENAMED: u16 = 303;
    pub const KICKED: u16 = 307;
    /// Not a member any more of a room for members.
    pub const AFFILIATION_LOST: u16 = 321;
    /// The room became one for members.
    pub const MEMBERS_ONLY_NOW: u16 = 322;
    pub const SHUTDOWN: u16 = 332;
    /// The room's server could not reach the device.
    pub const UNREACHABLE: u16 = 333;
    /// The configuration changed: something else, who sees addresses, whether it is logged.
    pub const CONFIGURATION: [u16; 5] = [104, 170, 171, 172, 173];
}

/// Enters a room, or (§7.7) tells it of a changed presence. History is not asked for: it is read from the archive.
pub fn enter(presence: Element, occupant: &Jid) -> Element {
    let history = element("history", NS).with("maxstanzas", "0");
    presence.with("to", occupant.to_string()).with_child(element("x", NS).with_child(history))
}

/// Leaves a room.
pub fn leave(occupant: &Jid) -> Element {
    element("presence", ns::CLIENT).with("type", "unavailable").with("to", occupant.to_string())
}

/// One `<item/>` of `muc#user`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub affiliation: GroupRole,
    /// The real address, where the room shows it.
    pub jid: Option<BareJid>,
    /// The new name, with status 303.
    pub nick: Option<String>,
    /// No role any more: not in the room.
    pub is_out: bool,
    /// Address or name of who did it; may be empty.
    pub actor: Option<Actor>,
    pub reason: String,
}

/// Who did something, as far as the room tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub jid: Option<BareJid>,
    pub nick: String,
}

/// The `muc#user` part of a presence or message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct User {
    pub item: Option<Item>,
    pub status: Vec<u16>,
    /// The room is gone, and why.
    pub destroyed: Option<String>,
}

impl User {
    pub fn has(&self, status: u16) -> bool {
        self.status.contains(&status)
    }
}

/// Whether a stanza says something of a room, or is a private message within one (§7.5).
pub fn is_of_a_room(stanza: &Element) -> bool {
    stanza.has_child("x", NS_USER)
}

/// Reads a stanza's `muc#user` part. Somebody who is there with several devices has an `<item/>` for each, which say the
/// same; items that do not are nobody's: a member can have added one.
pub fn read_user(stanza: &Element) -> Option<User> {
    let mut user = User::default();
    let mut items = Vec::new();
    let mut parts = stanza.children().filter(|child| child.is("x", NS_USER)).peekable();
    parts.peek()?;
    for child in parts.flat_map(Element::children).take(MAX_PARTS) {
        match child.name() {
            "item" if child.ns() == NS_USER => items.push(read_item(child)),
            "status" if child.ns() == NS_USER => {
                user.status.extend(child.attr("code").and_then(|code| code.parse::<u16>().ok()));
            }
            "destroy" if child.ns() == NS_USER => user.destroyed = Some(reason(child)),
            _ => {}
        }
    }
    let same = |one: &Item, other: &Item| one.jid == other.jid && one.affiliation == other.affiliation;
    if items.windows(2).all(|two| same(&two[0], &two[1])) {
        user.item = items.into_iter().next();
    }
    Some(user)
}

fn read_item(item: &Element) -> Item {
    let actor = item.get_child("actor", NS_USER).map(|actor| Actor {
        jid: jid_attr(actor, "jid").map(|jid| jid.to_bare().into()),
        nick: cut(actor.attr("nick").unwrap_or_default()),
    });
    Item {
        affiliation: role(item.attr("affiliation").unwrap_or("none")),
        jid: jid_attr(item, "jid").map(|jid| jid.to_bare().into()),
        nick: item.attr("nick").map(str::to_owned),
        is_out: item.attr("role") == Some("none"),
        actor,
        reason: reason(item),
    }
}

fn reason(of: &Element) -> String {
    cut(&child_text(of, "reason", NS_USER).unwrap_or_default())
}

fn cut(text: &str) -> String {
    text.chars().take(MAX_TEXT).collect()
}

/// §5.2 by its name; one that is unknown is nothing.
pub fn role(affiliation: &str) -> GroupRole {
    match affiliation {
        "owner" => GroupRole::Owner,
        "admin" => GroupRole::Admin,
        "member" => GroupRole::Member,
        "outcast" => GroupRole::Banned,
        _ => GroupRole::Guest,
    }
}

/// The name of an affiliation.
pub fn affiliation(role: GroupRole) -> &'static str {
    match role {
        GroupRole::Owner => "owner",
        GroupRole::Admin => "admin",
        GroupRole::Member => "member",
        GroupRole::Guest => "none",
        GroupRole::Banned => "outcast",
    }
}

/// §7.2: what the error of an entering says. `None`: a trouble that may pass.
pub fn refusal(condition: &str) -> Option<GroupRefusal> {
    Some(match condition {
        "registration-required" => GroupRefusal::MembersOnly,
        "forbidden" => GroupRefusal::Banned,
        "service-unavailable" => GroupRefusal::Full,
        "not-authorized" => GroupRefusal::PasswordNeeded,
        "conflict" => GroupRefusal::NicknameTaken,
        "item-not-found" | "gone" | "not-allowed" => GroupRefusal::NotFound,
        "remote-server-not-found"
        | "remote-server-timeout"
        | "internal-server-error"
        | "resource-constraint"
        | "recipient-unavailable"
        | "undefined-condition" => return None,
        _ => GroupRefusal::Other,
    })
}

/// What a room says of itself (§6.4).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(clippy::struct_excessive_bools)]
pub struct RoomInfo {
    pub name: String,
    pub description: String,
    pub members_only: bool,
    pub shows_addresses: bool,
    /// XEP-0313
    pub archive: bool,
    /// It gives messages ids of its own, and takes out forged ones (XEP-0359).
    pub stanza_ids: bool,
    /// XEP-0421
    pub occupant_ids: bool,
    /// XEP-0425: the version that it speaks.
    pub moderation: Option<&'static str>,
}

/// Reads the answer of a room. `None`: not a room.
pub fn read_info(info: &Info) -> Option<RoomInfo> {
    let identity = info.identities.iter().find(|identity| identity.category == "conference")?;
    let field = |name: &str| {
        let fields = &info.forms.iter().find(|(kind, _)| kind == ROOM_INFO)?.1;
        fields.iter().find(|(field, _)| field == name)?.1.first().cloned()
    };
    let has = |feature: &str| info.features.contains(feature);
    let archive = has(super::archive_0313::NS);
    Some(RoomInfo {
        name: cut(identity.name.trim()),
        description: cut(field("muc#roominfo_description").unwrap_or_default().trim()),
        members_only: has("muc_membersonly"),
        shows_addresses: has("muc_nonanonymous"),
        archive,
        stanza_ids: archive || has(stanza_ids_0359::NS),
        occupant_ids: has(occupant_0421::NS),
        moderation: super::moderation_0425::VERSIONS.into_iter().find(|version| has(version)),
    })
}

/// An invitation that the room hands on (§7.8.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediatedInvitation {
    /// Who invites, as the room says.
    pub from: BareJid,
    pub reason: String,
}

/// Reads it; the sender of the message is the room.
pub fn read_invitation(message: &Element) -> Option<MediatedInvitation> {
    let invite = message.get_child("x", NS_USER)?.get_child("invite", NS_USER)?;
    Some(MediatedInvitation { from: jid_attr(invite, "from")?.to_bare().into(), reason: reason(invite) })
}

/// Asks a room to hand an invitation on.
pub fn invitation(group: &BareJid, to: &BareJid, reason: &str) -> Element {
    to_room(group, "invite", to, reason)
}

/// Refuses an invitation that came by the room (§7.8.2).
pub fn decline(group: &BareJid, to: &BareJid, reason: &str) -> Element {
    to_room(group, "decline", to, reason)
}

fn to_room(group: &BareJid, kind: &str, to: &BareJid, reason: &str) -> Element {
    let mut said = element(kind, NS_USER).with("to", to.to_string());
    if !reason.is_empty() {
        said.append_child(element("reason", NS_USER).with_text(reason));
    }
    element("message", ns::CLIENT)
        .with("to", group.to_string())
        .with("id", uuid::Uuid::new_v4().to_string())
        .with_child(element("x", NS_USER).with_child(said))
}

/// The topic of a room (§8.1: a subject and no body).
pub fn read_subject(message: &Element) -> Option<String> {
    let is_subject = !message.has_child("body", ns::CLIENT) && !message.has_child("thread", ns::CLIENT);
    message.get_child("subject", ns::CLIENT).filter(|_| is_subject).map(|subject| cut(subject.text().trim()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn user(inner: &str) -> Option<User> {
        read_user(&format!("<presence xmlns='jabber:client'>{inner}</presence>").parse().unwrap())
    }

    #[test]
    fn items_codes_and_ends_are_read() {
        let told = user(
            "<x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='none' \
             jid='bob@example.org/x'><actor nick='Al'/><reason>rude</reason></item><status code='110'/><status \
             code='307'/><status code='x'/></x>",
        )
        .unwrap();
        let item = told.item.clone().unwrap();
        assert_eq!(item.jid, "bob@example.org".parse().ok());
        assert_eq!((item.affiliation, item.is_out, item.reason.as_str()), (GroupRole::Guest, true, "rude"));
        assert_eq!(item.actor, Some(Actor { jid: None, nick: "Al".to_owned() }));
        assert!(told.has(status::OWN) && told.has(status::KICKED) && !told.has(status::BANNED));
        let gone = user("<x xmlns='http://jabber.org/protocol/muc#user'><destroy><reason>over</reason></destroy></x>");
        assert_eq!(gone.unwrap().destroyed.as_deref(), Some("over"));
        assert_eq!(user("<x xmlns='http://jabber.org/protocol/muc'/>"), None);
    }

    #[test]
    fn an_item_beside_another_names_nobody() {
        let x = |jid: &str| {
            format!("<x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='owner' jid='{jid}'/></x>")
        };
        assert_eq!(user(&format!("{}{}", x("eve@example.net"), x("bob@example.org"))).unwrap().item, None);
        let devices = format!("{}{}", x("bob@example.org/phone"), x("bob@example.org/desk"));
        assert_eq!(user(&devices).unwrap().item.unwrap().jid, "bob@example.org".parse().ok(), "of one person");
    }
}

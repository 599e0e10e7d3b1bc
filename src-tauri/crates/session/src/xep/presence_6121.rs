//! RFC 6121 §3 and §4: presence and subscriptions, with XEP-0172 nicknames.

use confab_model::PresenceShow;
use minidom::Element;

use crate::{
    OwnPresence,
    xml::{ElementExt, child_text, element, ns},
};

const NICK: &str = "http://jabber.org/protocol/nick";

/// What kind of presence it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PresenceKind {
    Available {
        show: PresenceShow,
        priority: i8,
        status: String,
    },
    Unavailable,
    Subscribe {
        reason: String,
        nickname: String,
    },
    Subscribed,
    Unsubscribe,
    /// Declined, or no longer let in.
    Unsubscribed {
        reason: String,
    },
    /// An error, a probe, or something unknown.
    Other,
}

/// Reads a presence.
pub fn read(presence: &Element) -> PresenceKind {
    let status = child_text(presence, "status", ns::CLIENT).unwrap_or_default();
    match presence.attr("type") {
        None => {
            let show = match child_text(presence, "show", ns::CLIENT).as_deref().map(str::trim) {
                Some("away") => PresenceShow::Away,
                Some("xa") => PresenceShow::ExtendedAway,
                Some("dnd") => PresenceShow::DoNotDisturb,
                _ => PresenceShow::Online,
            };
            let priority = child_text(presence, "priority", ns::CLIENT);
            let priority = priority.and_then(|text| text.trim().parse().ok()).unwrap_or(0);
            PresenceKind::Available { show, priority, status }
        }
        Some("unavailable") => PresenceKind::Unavailable,
        Some("subscribe") => {
            PresenceKind::Subscribe { reason: status, nickname: child_text(presence, "nick", NICK).unwrap_or_default() }
        }
        Some("subscribed") => PresenceKind::Subscribed,
        Some("unsubscribe") => PresenceKind::Unsubscribe,
        Some("unsubscribed") => PresenceKind::Unsubscribed { reason: status },
        Some(_) => PresenceKind::Other,
    }
}

/// The own presence, without capabilities.
pub fn own(presence: &OwnPresence) -> Element {
    let mut stanza = element("presence", ns::CLIENT);
    let show = match presence.show {
        PresenceShow::Online | PresenceShow::Offline => None,
        PresenceShow::Away => Some("away"),
        PresenceShow::ExtendedAway => Some("xa"),
        PresenceShow::DoNotDisturb => Some("dnd"),
    };
    if let Some(show) = show {
        stanza.append_child(element("show", ns::CLIENT).with_text(show));
    }
    if !presence.status.is_empty() {
        stanza.append_child(element("status", ns::CLIENT).with_text(&presence.status));
    }
    if presence.priority != 0 {
        stanza.append_child(element("priority", ns::CLIENT).with_text(presence.priority.to_string()));
    }
    stanza
}

/// A subscription stanza to a bare address: `subscribe`, `subscribed`, `unsubscribed`, … with its reason and the own
/// nickname, both possibly empty.
pub fn subscription(to: &jid::BareJid, kind: &'static str, reason: &str, nickname: &str) -> Element {
    let mut stanza = element("presence", ns::CLIENT).with("to", to.to_string()).with("type", kind);
    if !reason.is_empty() {
        stanza.append_child(element("status", ns::CLIENT).with_text(reason));
    }
    if !nickname.is_empty() {
        stanza.append_child(element("nick", NICK).with_text(nickname));
    }
    stanza
}

/// Rank for the best of several devices: who can be reached comes first.
pub fn rank(show: PresenceShow) -> u8 {
    match show {
        PresenceShow::Online => 4,
        PresenceShow::DoNotDisturb => 3,
        PresenceShow::Away => 2,
        PresenceShow::ExtendedAway => 1,
        PresenceShow::Offline => 0,
    }
}

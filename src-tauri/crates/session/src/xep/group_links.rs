//! Links to groups: `xmpp:room@server?join` (XEP-0147), and where one asks to be let in,
//! `xmpp:room@server?join;owner=…`.

use confab_model::BareJid;
use jid::Jid;

use super::uri;

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupLink {
    pub group: BareJid,
    /// Who lets people in.
    pub owner: Option<BareJid>,
}

impl GroupLink {
    /// Reads a link; also a bare address.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let is_uri = text.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("xmpp:"));
        if !is_uri {
            let jid = Jid::new(text).ok().filter(is_room)?;
            return Some(Self { group: jid.to_bare().into(), owner: None });
        }
        let jid = uri::read_xmpp(text).filter(is_room)?;
        let (_, query) = text.split_once('?').unwrap_or((text, "join"));
        let mut parts = query.split('#').next().unwrap_or_default().split(';');
        if !parts.next()?.eq_ignore_ascii_case("join") {
            return None;
        }
        let owner = parts.filter_map(|part| part.split_once('=')).find(|(name, _)| *name == "owner");
        let owner = owner.and_then(|(_, owner)| uri::read_xmpp(&format!("xmpp:{owner}")));
        Some(Self { group: jid.to_bare().into(), owner: owner.map(|owner| owner.to_bare().into()) })
    }

    /// As a link.
    pub fn uri(&self) -> String {
        let group = uri::xmpp(&self.group.clone().into());
        match &self.owner {
            Some(owner) => {
                let owner = uri::xmpp(&owner.clone().into());
                format!("{group}?join;owner={}", owner.strip_prefix("xmpp:").unwrap_or(&owner))
            }
            None => format!("{group}?join"),
        }
    }
}

fn is_room(jid: &Jid) -> bool {
    jid.node().is_some() && jid.resource().is_none()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn links_survive_and_others_are_none() {
        let open = GroupLink { group: "hikers@rooms.example.org".parse().unwrap(), owner: None };
        let closed = GroupLink { owner: Some("ann%b@example.org".parse().unwrap()), ..open.clone() };
        for link in [&open, &closed] {
            assert_eq!(GroupLink::read(&link.uri()).as_ref(), Some(link), "{}", link.uri());
        }
        assert_eq!(open.uri(), "xmpp:hikers@rooms.example.org?join");
        assert_eq!(GroupLink::read("hikers@rooms.example.org"), Some(open.clone()));
        assert_eq!(GroupLink::read("XMPP:hikers@rooms.example.org"), Some(open));
        for other in ["", "xmpp:ann@example.org?message", "rooms.example.org", "a@b/c", "https://example.org", "é"] {
            assert_eq!(GroupLink::read(other), None, "{other}");
        }
    }
}

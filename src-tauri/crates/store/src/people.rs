//! Who wrote, reacted and read: a [`Sender`] in columns, as JSON, and as the key by which one person is found again.

use confab_model::Sender;

use crate::{StoreError, codes, database::jid};

/// The key of this account in tables of people: its own changes come from several devices, with and without occupant id.
pub(crate) const ME: &str = "me";

/// What stands for a person in one conversation: the occupant id where there is one (XEP-0421), else the bare address,
/// else the name in the group.
pub(crate) fn key(who: &Sender) -> String {
    match (&who.occupant, &who.jid) {
        // An address has no colon before its domain ends, a domain has none at all.
        (Some(occupant), _) => format!("occupant:{occupant}"),
        (None, Some(jid)) => jid.to_string(),
        (None, None) => format!("nickname:{}", who.nickname),
    }
}

/// `messages.sender`: empty where a room hides the address.
pub(crate) fn address(who: &Sender) -> String {
    who.jid.as_ref().map(ToString::to_string).unwrap_or_default()
}

/// From the columns of a message.
pub(crate) fn sender(address: &str, nickname: String, occupant: Option<String>) -> Result<Sender, StoreError> {
    let jid = if address.is_empty() { None } else { Some(jid(address)?) };
    Ok(Sender { jid, nickname, occupant })
}

/// JSON of a person of a group; `None` for somebody whose address says all, whose row needs nothing else.
pub(crate) fn json_beyond_address(who: &Sender) -> Result<Option<String>, StoreError> {
    let says_all = who.jid.is_some() && who.occupant.is_none() && who.nickname.is_empty();
    (!says_all).then(|| codes::to_json(who)).transpose()
}

/// Whether two messages of one id come from one person: [`Sender::is`], and in rooms that tell neither address nor
/// occupant id the name must do.
pub(crate) fn is_same(one: &Sender, other: &Sender) -> bool {
    let nameless = |who: &Sender| who.jid.is_none() && who.occupant.is_none();
    one.is(other) || (nameless(one) && nameless(other) && one.nickname == other.nickname)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_tell_people_apart() {
        let person = Sender::person("a@example.org".parse().unwrap());
        let occupant = Sender { occupant: Some("a@example.org".into()), ..person.clone() };
        let name = Sender { jid: None, nickname: "a@example.org".into(), occupant: None };
        let keys = [key(&person), key(&occupant), key(&name), ME.to_owned()];
        let different: std::collections::BTreeSet<_> = keys.iter().collect();
        assert_eq!(different.len(), keys.len(), "{keys:?}");
        assert!(is_same(&name, &name.clone()) && !name.is(&name));
        assert!(!is_same(&name, &person));
    }
}

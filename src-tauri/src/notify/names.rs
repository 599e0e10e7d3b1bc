//! Who people are called in notifications. Pure.
//!
//! A name that somebody chose for themself proves nothing: one that looks like that of a contact is told with the address
//! behind it, as the windows show it (`ui/src/stores/names.ts`, `ui/src/lib/identity.ts`; `looks.json` is read by both).

use std::{
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
};

use confab_model::{BareJid, Contact, Profile, Sender, Subscription};
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use super::words::{isolated, unmarked};

/// Letters that look like a Latin one (Unicode TR 39).
static TWINS: LazyLock<HashMap<char, String>> = LazyLock::new(|| {
    #[derive(serde::Deserialize)]
    struct Looks {
        twins: BTreeMap<String, String>,
    }
    // A file of ours, read by a test.
    let looks: Looks = serde_json::from_str(LOOKS).unwrap_or(Looks { twins: BTreeMap::new() });
    looks
        .twins
        .into_iter()
        .flat_map(|(latin, twins)| twins.chars().map(|twin| (twin, latin.clone())).collect::<Vec<_>>())
        .collect()
});
const LOOKS: &str = include_str!("../../../ui/src/lib/looks.json");

/// A name as it is told: nothing that reorders the line, nothing that cannot be seen or pushes the rest away; empty if nothing is
/// left.
pub(super) fn plain_name(name: &str) -> String {
    let name: String = unmarked(name).chars().filter(|c| !is_invisible(*c)).collect();
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Two names of one skeleton look alike.
fn skeleton(name: &str) -> String {
    let mut looks = String::new();
    let letters = plain_name(name).nfkd().collect::<String>().to_lowercase();
    for letter in letters.chars().filter(|c| !is_combining_mark(*c) && !c.is_whitespace() && !is_format(*c)) {
        match TWINS.get(&letter) {
            Some(latin) => looks.push_str(latin),
            None => looks.push(letter),
        }
    }
    looks.replace("rn", "m").replace("vv", "w")
}

/// Takes no room on screen: fillers, soft hyphens, joiners of nothing, tags. (Not ZWJ and ZWNJ: emoji and scripts need them.)
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'
        | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{2064}' | '\u{206a}'..='\u{206f}' | '\u{2800}'
        | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// What is left of the general category Cf.
fn is_format(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{8e2}' | '\u{200c}' | '\u{200d}')
}

/// What is known of the people of one account.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// By the person of the account.
    given: HashMap<BareJid, String>,
    /// By themselves.
    chosen: HashMap<BareJid, String>,
    /// Whose each look is; `None`: several people's.
    looks: HashMap<String, Option<BareJid>>,
    /// Everybody is in it; else a look that is not may be somebody's.
    whole: bool,
}

impl Names {
    pub(super) fn new(contacts: Vec<Contact>, profiles: Vec<Profile>, own: Option<BareJid>) -> Self {
        let chosen = profiles.into_iter().map(|profile| (profile.jid, plain_name(&profile.name))).collect();
        let mut names = Self { chosen, whole: true, ..Self::default() };
        for contact in contacts {
            let given = plain_name(&contact.name);
            if contact.subscription != Subscription::None || contact.requested {
                let known = if given.is_empty() { names.of_unknown(&contact.jid) } else { given.clone() };
                names.know(contact.jid.clone(), &known);
            }
            names.given.insert(contact.jid, given);
        }
        if let Some(own) = own {
            let name = names.chosen.get(&own).cloned().unwrap_or_default();
            names.know(own, &name);
        }
        names
    }

    fn of_unknown(&self, jid: &BareJid) -> String {
        let chosen = self.chosen.get(jid).filter(|name| !name.is_empty());
        chosen.cloned().unwrap_or_else(|| jid.node().map_or_else(|| jid.to_string(), |node| node.to_string()))
    }

    fn know(&mut self, jid: BareJid, name: &str) {
        let look = skeleton(name);
        if look.is_empty() {
            return;
        }
        let owner = self.looks.entry(look).or_insert_with(|| Some(jid.clone()));
        if owner.as_ref() != Some(&jid) {
            *owner = None;
        }
    }

    /// Somebody's name: as this person calls them, as they call themselves, or their address.
    pub(super) fn of_person(&self, jid: &BareJid) -> String {
        match (self.given.get(jid), self.chosen.get(jid)) {
            (Some(given), _) if !given.is_empty() => given.clone(),
            (_, Some(chosen)) if !chosen.is_empty() => self.proven(chosen, Some(jid), ""),
            (_, _) => jid.to_string(),
        }
    }

    /// Who wrote in a group; `None` in a conversation of two. `hidden`: what stands for an address that nobody tells.
    pub(super) fn of_sender(&self, sender: &Sender, hidden: &str) -> Option<String> {
        let nickname = plain_name(&sender.nickname);
        if nickname.is_empty() {
            return sender.occupant.as_ref().map(|_| sender.jid.as_ref().map_or(hidden.to_owned(), BareJid::to_string));
        }
        match sender.jid.as_ref().and_then(|jid| self.given.get(jid)).filter(|given| !given.is_empty()) {
            Some(given) => Some(given.clone()),
            None => Some(self.proven(&nickname, sender.jid.as_ref(), hidden)),
        }
    }

    /// A name that somebody chose, with the address where it looks like that of another.
    fn proven(&self, name: &str, jid: Option<&BareJid>, hidden: &str) -> String {
        let is_theirs = match self.looks.get(&skeleton(name)) {
            Some(owner) => owner.is_some() && owner.as_ref() == jid,
            None => self.whole,
        };
        if is_theirs {
            return name.to_owned();
        }
        let proof = jid.map_or(hidden.to_owned(), BareJid::to_string);
        format!("{} ({proof})", isolated(name))
    }
}

#[cfg(test)]
mod tests {
    use confab_model::PresenceShow;

    use super::*;

    fn jid(name: &str) -> BareJid {
        name.parse().unwrap()
    }

    fn contact(address: &str, name: &str) -> Contact {
        Contact {
            jid: jid(address),
            name: name.to_owned(),
            subscription: Subscription::Both,
            requested: false,
            groups: Vec::new(),
            presence: PresenceShow::Offline,
            status: String::new(),
        }
    }

    fn profile(address: &str, name: &str) -> Profile {
        Profile { jid: jid(address), name: name.to_owned(), avatar: None, updated_at: None }
    }

    #[test]
    fn names_look_alike_here_as_in_the_windows() {
        let looks: serde_json::Value = serde_json::from_str(LOOKS).unwrap();
        let tests = looks["tests"].as_array().unwrap();
        assert!(!tests.is_empty() && !TWINS.is_empty());
        for test in tests {
            let name = skeleton(test["name"].as_str().unwrap());
            for (others, is_alike) in [(&test["alike"], true), (&test["different"], false)] {
                for other in others.as_array().unwrap() {
                    let other = other.as_str().unwrap();
                    assert_eq!(skeleton(other) == name, is_alike, "{other:?} and {}", test["name"]);
                }
            }
        }
    }

    #[test]
    fn whoever_is_called_like_a_contact_has_the_address_beside_the_name() {
        let profiles = vec![
            profile("dana@example.org", "Dana"),
            profile("eve@evil.example", "Lіn Xiao"),
            profile("owl@example.org", "Owl"),
        ];
        let contacts = vec![contact("lin@example.org", "Lin Xiao"), contact("dana@example.org", "")];
        let names = Names::new(contacts, profiles, Some(jid("me@example.org")));
        let person = |address: &str| names.of_person(&jid(address));
        assert_eq!(person("lin@example.org"), "Lin Xiao");
        assert_eq!(person("dana@example.org"), "Dana");
        assert_eq!(person("owl@example.org"), "Owl");
        assert_eq!(person("eve@evil.example"), "Lіn Xiao (eve@evil.example)");
        assert_eq!(person("nobody@example.org"), "nobody@example.org");

        let says = |jid: Option<&str>, nickname: &str| {
            let jid = jid.map(|jid| jid.parse().unwrap());
            let sender = Sender { jid, nickname: nickname.to_owned(), occupant: Some("o".to_owned()) };
            names.of_sender(&sender, "hidden").unwrap()
        };
        assert_eq!(says(Some("eve@evil.example"), "\u{202e}dana"), "dana (eve@evil.example)");
        assert_eq!(says(None, "Lin Xia0"), "Lin Xia0 (hidden)");
        assert_eq!(says(Some("lin@example.org"), "Dana"), "Lin Xiao");
        assert_eq!(says(Some("dana@example.org"), "Dana"), "Dana");
        assert_eq!(says(Some("owl@example.org"), "owl"), "owl");
        assert_eq!(says(None, "\u{200b}"), "hidden");
        assert_eq!(names.of_sender(&Sender::person(jid("lin@example.org")), "hidden"), None);
    }

    #[test]
    fn while_the_contacts_are_not_known_every_name_has_its_address() {
        let sender = Sender { jid: None, nickname: "Lin Xiao".to_owned(), occupant: Some("o".to_owned()) };
        assert_eq!(Names::default().of_sender(&sender, "hidden").unwrap(), "Lin Xiao (hidden)");
        assert_eq!(plain_name(" Lin\u{3000}\u{3000}\u{a0}Xiao  ."), "Lin Xiao .");
    }

    #[test]
    fn two_contacts_of_one_name_are_told_apart() {
        let contacts = vec![contact("ann@a.example", ""), contact("ann@b.example", "")];
        let names = Names::new(contacts, vec![profile("ann@b.example", "Ann")], None);
        assert_eq!(names.of_person(&jid("ann@b.example")), "Ann (ann@b.example)");
    }
}

//! What people publish of themselves on nodes of their accounts (XEP-0163): names and pictures of contacts; of this
//! account also how far it has read (XEP-0490) and whether it may be disturbed.
//!
//! Only the account itself is believed, and of others only contacts: nothing of a stranger is told or loaded by itself.

use std::collections::HashMap;

use confab_model::{BareJid, Pii};
use minidom::Element;

use super::{Actor, Purpose, contacts::cut, greeting::Question, requests::Answer};
use crate::{
    ProfileChange, ProfileUpdate, RequestError, SessionEvent,
    handle::Reply,
    xep::{
        availability, avatars_0084,
        displayed_0490::{self, Displayed},
        nicknames_0172,
        pubsub_0060::{self, Item},
        registration_0077, sign_outs, vcard_0054,
    },
};

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Personal {
    /// The own published name.
    pub(super) nickname: String,
    /// How far the other devices have read was asked for, and not answered yet: on a new device that decides what of the
    /// history is unread, so the archive is not told to be read before.
    pub(super) marks_awaited: bool,
    /// Where each contact's picture was last told from. As many as there are contacts.
    pictures: HashMap<BareJid, Picture>,
}

#[derive(Debug, PartialEq, Eq)]
enum Picture {
    /// XEP-0084: what presence says of a card does not count.
    Node,
    /// XEP-0153.
    Card(Option<String>),
}

impl Actor {
    /// A message that tells of a node.
    pub(super) fn node_changed(&mut self, stanza: &Element) {
        if stanza.attr("type") == Some("error") {
            return;
        }
        let Some((from, event)) = pubsub_0060::read_event(stanza) else {
            tracing::debug!("an event of no account");
            return;
        };
        let from = BareJid::from(from);
        let is_own = *from == *self.own();
        match event.node.as_str() {
            displayed_0490::NODE | availability::NODE | sign_outs::NODE if !is_own => {
                tracing::warn!("forged event of a private node");
            }
            sign_outs::NODE => {
                if let Some(id) = event.items.last().and_then(sign_outs::read) {
                    self.emit(SessionEvent::SignOutAsked { id });
                }
            }
            displayed_0490::NODE => self.tell_marks(&event.items),
            availability::NODE => {
                if let Some(told) = event.items.last().and_then(availability::read) {
                    self.availability_told(told);
                }
            }
            nicknames_0172::NODE | avatars_0084::METADATA if is_own || self.people.contact(&from).is_some() => {
                if let Some(item) = event.items.last() {
                    self.profile_changed(from, event.node.as_str(), item);
                }
            }
            _ => {}
        }
    }

    fn profile_changed(&mut self, jid: BareJid, node: &str, item: &Item) {
        let change = if node == nicknames_0172::NODE {
            let Some(name) = nicknames_0172::read(item).map(cut) else { return };
            if *jid == *self.own() {
                self.personal.nickname.clone_from(&name);
            }
            ProfileChange::Nickname(name)
        } else {
            let Some(picture) = avatars_0084::read_metadata(item) else { return };
            match picture {
                Some(_) => self.personal.pictures.insert(jid.clone(), Picture::Node),
                // There may still be one on the card.
                None => self.personal.pictures.remove(&jid),
            };
            ProfileChange::Avatar(picture)
        };
        self.emit(SessionEvent::ProfileChanged(ProfileUpdate { jid, change }));
    }

    /// A contact's presence may tell of the picture on their card.
    pub(super) fn card_told(&mut self, person: &BareJid, presence: &Element) {
        let is_known = *person == self.config.jid || self.people.contact(person).is_some();
        let Some(told) = vcard_0054::read_update(presence).filter(|_| is_known) else { return };
        match self.personal.pictures.get(person) {
            Some(Picture::Node) => return,
            Some(Picture::Card(known)) if *known == told => return,
            // Nothing was told, and there is nothing.
            None if told.is_none() => return,
            Some(Picture::Card(_)) | None => {}
        }
        self.personal.pictures.insert(person.clone(), Picture::Card(told.clone()));
        let picture = told.map(|id| avatars_0084::AvatarInfo { id, media_type: String::new(), width: 0, height: 0 });
        let change = ProfileChange::Avatar(picture);
        self.emit(SessionEvent::ProfileChanged(ProfileUpdate { jid: person.clone(), change }));
    }

    /// How far the other devices have read, asked at the beginning of a session.
    pub(super) fn marks_told(&mut self, answer: Answer) {
        if self.settle(Question::Marks, &answer) {
            // `item-not-found`: nothing was ever read on a client that tells.
            let items = answer.ok().flatten().as_ref().map(pubsub_0060::read_items).unwrap_or_default();
            self.tell_marks(&items);
        }
        if std::mem::take(&mut self.personal.marks_awaited) && self.archive.is_caught_up() {
            self.tell_caught_up();
        }
    }

    fn tell_marks(&mut self, items: &[Item]) {
        let marks: Vec<Displayed> = items.iter().filter_map(|item| displayed_0490::read(item, self.own())).collect();
        for mark in marks {
            self.emit(SessionEvent::DisplayedUpTo(mark));
        }
    }

    pub(super) fn change_password(&mut self, password: Pii<String>, reply: Reply<Result<(), RequestError>>) {
        let name = self.own().node().map(|node| node.as_str().to_owned()).unwrap_or_default();
        let query = registration_0077::change_password(&name, &password.0);
        let server = jid::Jid::new(self.own().domain().as_str()).ok();
        self.request(true, server, query, Purpose::Password { password, reply });
    }
}

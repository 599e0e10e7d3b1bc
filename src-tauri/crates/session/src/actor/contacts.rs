//! Roster, subscriptions, presence and capabilities: what the actor does with them.

use std::time::Duration;

use confab_model::{BareJid, Contact, ContactRequest, FullJid, Subscription};
use jid::Jid;
use minidom::Element;

use super::{Actor, Purpose, greeting::Question, people::CapsState, requests::Answer};
use crate::{
    RequestError, SessionEvent,
    handle::Reply,
    xep::{
        caps_0115, disco_0030,
        presence_6121::{self, PresenceKind},
        roster_6121::{self, Entry},
    },
    xml::{ElementExt, is_from_own_account, jid_attr},
};

/// A device that is online answers in a round trip.
const DEVICE_INFO_TIMEOUT: Duration = Duration::from_secs(5);
/// Devices that are asked at the same time for what their common hash stands for.
const HOLDERS_ASKED: usize = 2;
/// Contact requests that are kept; somebody who sends more is not looking for contacts.
const MAX_CONTACT_REQUESTS: usize = 1000;
/// Characters of a reason or nickname.
const MAX_TEXT: usize = 1000;

type Done = Reply<Result<(), RequestError>>;

impl Actor {
    pub(super) fn roster_loaded(&mut self, answer: Answer, reply: Option<Reply<Result<Vec<Contact>, RequestError>>>) {
        if reply.is_none() {
            self.settle(Question::Roster, &answer);
        }
        let result = match answer {
            Ok(Some(query)) => match roster_6121::read(&query) {
                Some(roster) => {
                    self.people.load(roster);
                    self.refresh_everybody();
                    Ok(())
                }
                None => Err(RequestError::Unexpected("not a roster".to_owned())),
            },
            // RFC 6121 §2.6.3: an empty result says that ours is up to date; changes follow as pushes.
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        if result.is_ok() {
            let (contacts, version) = (self.people.contacts(), self.people.roster_version.clone());
            self.emit(SessionEvent::ContactsLoaded { contacts, version });
        }
        match reply {
            Some(reply) => {
                let contacts = self.people.contacts();
                let _ = reply.send(result.map(|()| contacts));
            }
            None => {
                if let Err(error) = result {
                    tracing::warn!(%error, "no roster");
                }
            }
        }
    }

    fn refresh_everybody(&mut self) {
        for contact in self.people.contacts() {
            self.people.refresh(&contact.jid);
        }
    }

    /// A roster push. The caller has checked who it is from. Returns whether it was one.
    pub(super) fn roster_push(&mut self, query: &Element) -> bool {
        let Some(roster) = roster_6121::read(query) else { return false };
        // §2.1.6: exactly one item.
        let Some(entry) = roster.entries.into_iter().next() else { return false };
        if roster.version.is_some() {
            self.people.roster_version = roster.version;
        }
        let version = self.people.roster_version.clone();
        let settles = match &entry {
            Entry::Present(contact) => matches!(contact.subscription, Subscription::From | Subscription::Both),
            Entry::Removed(_) => true,
        };
        let was_one_sided =
            self.people.contact(entry.jid()).is_some_and(|known| known.subscription != Subscription::Both);
        match self.people.apply_entry(entry) {
            Ok(contact) => {
                let jid = contact.jid.clone();
                if contact.subscription == Subscription::Both && was_one_sided && self.greeting.announced {
                    // Their server has told them already. ejabberd's of theirs looks what we want to be told (XEP-0163
                    // §4.3) only at presences that come once we are contacts on both sides: a later one brings their
                    // name and picture.
                    let presence =
                        presence_6121::own(&self.presence_now()).with_child(caps_0115::child(&self.own_info));
                    let _ = self.send(presence.with("to", jid.to_string()));
                }
                self.emit(SessionEvent::ContactChanged { contact, version });
                if settles {
                    self.settle_request(&jid);
                }
            }
            Err(jid) => {
                self.settle_request(&jid);
                self.emit(SessionEvent::ContactRemoved { jid, version });
            }
        }
        true
    }

    fn settle_request(&mut self, from: &BareJid) {
        if self.contact_requests.remove(from) {
            self.emit(SessionEvent::ContactRequestSettled { from: from.clone() });
        }
    }

    pub(super) fn presence(&mut self, stanza: &Element) {
        let Some(from) = jid_attr(stanza, "from") else { return };
        let person: BareJid = from.to_bare().into();
        match presence_6121::read(stanza) {
            PresenceKind::Available { show, priority, status } => {
                let Ok(device) = from.try_into_full() else { return };
                let device: FullJid = device.into();
                let caps = caps_0115::read(stanza);
                match self.people.available(&device, (show, priority, cut(status)), caps.clone()) {
                    // The question carries our full address: a stranger's presence does not get it out of us.
                    Some(CapsState::Unknown) if self.may_ask(&person) => self.ask_device(&device, caps),
                    Some(CapsState::Unknown | CapsState::Known) => self.answer_feature_questions(&device),
                    None => return,
                }
                self.tell_presence(&person);
                self.card_told(&person, stanza);
            }
            PresenceKind::Unavailable => {
                self.people.unavailable(&person, from.resource().map(|resource| resource.as_str()));
                self.tell_presence(&person);
            }
            PresenceKind::Subscribe { reason, nickname } => self.subscribe_requested(person, reason, nickname),
            PresenceKind::Unsubscribe => self.settle_request(&person),
            PresenceKind::Unsubscribed { reason } => self.declined(person, reason),
            // The roster push that comes with it says it all.
            PresenceKind::Subscribed | PresenceKind::Other => {}
        }
    }

    /// Somebody whom we asked does not want to. The roster push comes before this, and our request is no longer in it, or
    /// after it. Who takes back what they gave once is still seen here.
    fn declined(&mut self, person: BareJid, reason: String) {
        let is_answer = |contact: &Contact| {
            let is_seen = matches!(contact.subscription, Subscription::To | Subscription::Both);
            contact.requested || !reason.is_empty() && !is_seen
        };
        if self.people.contact(&person).is_some_and(is_answer) {
            self.emit(SessionEvent::ContactDeclined { jid: person, reason: cut(reason) });
        }
    }

    fn may_ask(&self, person: &BareJid) -> bool {
        *person == self.config.jid || self.people.contact(person).is_some() || self.people.knows_us(person)
    }

    fn tell_presence(&mut self, person: &BareJid) {
        let before = self.people.contact(person).map(|contact| (contact.presence, contact.status.clone()));
        if let Some(contact) = self.people.refresh(person)
            && before != Some((contact.presence, contact.status.clone()))
        {
            self.emit(SessionEvent::ContactChanged { contact, version: None });
        }
    }

    fn subscribe_requested(&mut self, from: BareJid, reason: String, nickname: String) {
        if self.people.may_see_us(&from) {
            let _ = self.send(presence_6121::subscription(&from, "subscribed", "", ""));
            return;
        }
        if self.contact_requests.len() >= MAX_CONTACT_REQUESTS && !self.contact_requests.contains(&from) {
            return;
        }
        self.contact_requests.insert(from.clone());
        let request = ContactRequest { from, nickname: cut(nickname), reason: cut(reason), received_at: self.now() };
        self.emit(SessionEvent::ContactRequested(request));
    }

    pub(super) fn add_contact(&mut self, jid: &BareJid, name: &str, reason: &str, reply: Done) {
        let groups = self.people.contact(jid).map(|contact| contact.groups.clone()).unwrap_or_default();
        self.request(true, None, roster_6121::set(jid, name, &groups), Purpose::Done(reply));
        let nickname = self.nickname();
        let _ = self.send(presence_6121::subscription(jid, "subscribe", reason, &nickname));
    }

    /// What this person calls itself towards strangers: the published name, else the local part.
    pub(super) fn nickname(&self) -> String {
        if !self.personal.nickname.is_empty() {
            return self.personal.nickname.clone();
        }
        self.own().node().map(|node| node.as_str().to_owned()).unwrap_or_default()
    }

    pub(super) fn accept_contact(&mut self, jid: &BareJid, reply: Done) {
        let result = self.send(presence_6121::subscription(jid, "subscribed", "", ""));
        if result.is_ok() {
            self.contact_requests.remove(jid);
            if !self.people.wanted_by_us(jid) {
                let nickname = self.nickname();
                let _ = self.send(presence_6121::subscription(jid, "subscribe", "", &nickname));
            }
        }
        let _ = reply.send(result.map_err(Into::into));
    }

    pub(super) fn decline_contact(&mut self, jid: &BareJid, reason: &str, reply: Done) {
        let result = self.send(presence_6121::subscription(jid, "unsubscribed", reason, ""));
        if result.is_ok() {
            self.people.was_refused(jid);
            self.contact_requests.remove(jid);
        }
        let _ = reply.send(result.map_err(Into::into));
    }

    pub(super) fn rename_contact(&mut self, jid: &BareJid, name: &str, reply: Done) {
        match self.people.contact(jid).map(|contact| contact.groups.clone()) {
            Some(groups) => self.request(true, None, roster_6121::set(jid, name, &groups), Purpose::Done(reply)),
            None => {
                let _ = reply.send(Err(super::requests::refused("item-not-found")));
            }
        }
    }

    pub(super) fn group_contact(&mut self, jid: &BareJid, groups: &[String], reply: Done) {
        match self.people.contact(jid).map(|contact| contact.name.clone()) {
            Some(name) => self.request(true, None, roster_6121::set(jid, &name, groups), Purpose::Done(reply)),
            None => {
                let _ = reply.send(Err(super::requests::refused("item-not-found")));
            }
        }
    }

    pub(super) fn speaks(&mut self, device: FullJid, feature: String, reply: Reply<bool>) {
        if let Some(known) = self.people.speaks(&device, &feature) {
            let _ = reply.send(known);
            return;
        }
        self.feature_questions.entry(device.clone()).or_default().push((feature, reply));
        let caps = self.people.caps_of(&device);
        self.ask_device(&device, caps);
    }

    fn ask_device(&mut self, device: &FullJid, caps: Option<caps_0115::Caps>) {
        let is_asked =
            |purpose: &Purpose| matches!(purpose, Purpose::DeviceInfo { device: asked, .. } if asked == device);
        let hash_is_asked = |purpose: &Purpose| matches!(purpose, Purpose::DeviceInfo { caps: asked, .. } if asked.is_some() && *asked == caps);
        // One device answers for all with its hash, and a second one in case that the first is gone without a word; a
        // question that is waited for goes to the device itself.
        let waited_for = self.feature_questions.contains_key(device);
        if self.requests.any(is_asked) || (!waited_for && self.requests.count(hash_is_asked) >= HOLDERS_ASKED) {
            return;
        }
        let node = caps.as_ref().map(|caps| format!("{}#{}", caps.node, caps.ver));
        let query = disco_0030::query(node.as_deref());
        let purpose = Purpose::DeviceInfo { device: device.clone(), caps };
        self.request_within(DEVICE_INFO_TIMEOUT, false, Some(Jid::from(device.clone())), query, purpose);
    }

    pub(super) fn device_info(&mut self, device: &FullJid, caps: Option<&caps_0115::Caps>, answer: Answer) {
        let info = answer.ok().flatten().as_ref().and_then(disco_0030::Info::read);
        if let Some(info) = &info {
            self.people.told(device, caps, info);
            // It may have answered for others that are waited for.
            for waiting in self.feature_questions.keys().cloned().collect::<Vec<_>>() {
                self.answer_feature_questions(&waiting);
            }
        }
        for (feature, reply) in self.feature_questions.remove(device).unwrap_or_default() {
            // A device without presence is not kept, but its answer is good for who asked.
            let speaks = info.as_ref().is_some_and(|info| info.features.contains(&feature));
            let _ = reply.send(speaks);
        }
    }

    fn answer_feature_questions(&mut self, device: &FullJid) {
        let Some(questions) = self.feature_questions.remove(device) else { return };
        let mut open = Vec::new();
        for (feature, reply) in questions {
            match self.people.speaks(device, &feature) {
                Some(known) => {
                    let _ = reply.send(known);
                }
                None => open.push((feature, reply)),
            }
        }
        if !open.is_empty() {
            self.feature_questions.insert(device.clone(), open);
        }
    }

    /// Whether a stanza is the own account's, for pushes (RFC 6121 §2.1.6; CVE-2015-8688: anybody could add contacts).
    pub(super) fn is_own_account(&self, stanza: &Element) -> bool {
        is_from_own_account(stanza, self.own())
    }
}

/// What people see of a text that somebody else chose for a label: bounded, and without characters that steer the
/// line around it (controls, bidirectional overrides and isolates: UAX #9 §2).
pub(super) fn cut(text: String) -> String {
    let steers =
        |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().filter(|c| !steers(*c)).take(MAX_TEXT).collect()
}

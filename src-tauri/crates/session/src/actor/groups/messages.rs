//! Messages of rooms, in both directions.
//!
//! A room speaks by its bare address, its occupants by a name behind it. What an occupant is called proves nothing: the
//! real address comes from the room's presences or its archive, never out of a name. XEP-0184 receipts are neither
//! asked for nor given in a room (§5.3); private messages within a room are no conversation here.

use confab_model::{BareJid, Change, ConversationKind, GroupMember, GroupNotice, MessageId, Sender};
use minidom::Element;

use super::{
    super::{
        Actor,
        contacts::cut,
        messages::{Envelope, hint},
        told::{Said, Told},
    },
    room::{Occupant, Phase},
};
use crate::{
    GroupAcknowledgement, GroupEvent, MessageSource, OutgoingContent, SendError, SessionEvent,
    content::{self, Content},
    xep::{
        chat_states_0085, delay_0203, markers_0333, moderation_0425, muc_0045, occupant_0421, receipts_0184,
        stanza_ids_0359,
    },
    xml::{ElementExt, element, jid_attr, ns, stanza_error},
};

/// Who said something in a room.
struct Speaker {
    /// `None`: the room itself.
    nickname: Option<String>,
    sender: Sender,
    own: bool,
}

impl Actor {
    /// A message that is no event and no result. Whether it is of a room, and with that done with.
    pub(in crate::actor) fn room_message(&mut self, stanza: &Element) -> bool {
        if !self.groups.enabled {
            return false;
        }
        let Some(from) = jid_attr(stanza, "from") else { return false };
        let group = BareJid::from(from.to_bare());
        let Some(room) = self.groups.rooms.get_mut(&group) else { return false };
        let is_in = room.phase == Phase::In;
        if is_in {
            room.heard();
        }
        let is_room = from.resource().is_none();
        match stanza.attr("type") {
            Some("error") => self.bounced_in_room(&group, stanza),
            _ if is_room && muc_0045::read_invitation(stanza).is_some() => {
                let at = self.live_time(stanza);
                self.invited_by_room(&group, stanza, at);
            }
            _ if !is_in => tracing::debug!("a message of a room that we are not in"),
            Some("groupchat") => self.live_in_room(&group, stanza),
            _ if is_room => self.room_says(&group, stanza),
            _ => tracing::debug!("a private message within a room"),
        }
        true
    }

    fn live_in_room(&mut self, group: &BareJid, stanza: &Element) {
        let now = self.now();
        let Some(room) = self.groups.rooms.get(group) else { return };
        let stamped = delay_0203::read_from(stanza, &[&group.to_string()]);
        let archive_id = room.info.stanza_ids.then(|| stanza_ids_0359::stanza_id(stanza, group)).flatten();
        let envelope = Envelope {
            source: MessageSource::Live,
            sent_at: stamped.map_or(now, |stamp| stamp.min(now)),
            stamped,
            ahead: archive_id.is_some() && !room.archive.is_caught_up(),
            archive_id: archive_id.clone(),
        };
        self.said_in_room(group, stanza, &envelope);
        if let Some(id) = archive_id {
            self.room_live_id(group, id);
        }
    }

    /// What the room itself says, beside its conversation.
    fn room_says(&mut self, group: &BareJid, stanza: &Element) {
        let Some(user) = muc_0045::read_user(stanza) else { return };
        self.configuration_changed(group, &user);
        let Some((item, jid)) = user.item.as_ref().and_then(|item| Some((item, item.jid.clone()?))) else { return };
        // §9: somebody who is not there became something else.
        let Some(room) = self.groups.rooms.get_mut(group) else { return };
        let before = room.known_role(Some(&jid));
        room.note_role(Some(&jid), item.affiliation);
        let is_there = room.occupants.values().any(|occupant| occupant.jid.as_ref() == Some(&jid));
        self.tell_group(group);
        if !is_there {
            let own = *jid == *self.own();
            let member = GroupMember { who: Sender::person(jid.clone()), role: item.affiliation, present: false, own };
            self.tell(GroupEvent::MemberChanged { group: group.clone(), member });
        }
        if let Some(before) = before {
            self.role_changed(group, Sender::person(jid), before, item.affiliation);
        }
    }

    /// A message of a room's conversation, live or from its archive. Tells everything that is in it.
    pub(super) fn said_in_room(&mut self, group: &BareJid, message: &Element, envelope: &Envelope) {
        let Some(speaker) = self.speaker(group, message, envelope.source) else { return };
        if envelope.source == MessageSource::Live
            && let Some(user) = muc_0045::read_user(message)
        {
            if speaker.nickname.is_none() {
                self.room_says(group, message);
            } else {
                self.configuration_changed(group, &user);
            }
        }
        if let Some(subject) = muc_0045::read_subject(message) {
            return self.subject_told(group, subject, &speaker, envelope.source);
        }
        if speaker.own && self.came_back(group, message, envelope) {
            return;
        }
        self.tell_group_acknowledgements(group, message, &speaker, envelope);
        if envelope.source == MessageSource::Live
            && !speaker.own
            && speaker.nickname.is_some()
            && let Some(state) = chat_states_0085::read(message)
        {
            let (conversation, who) = (group.clone(), speaker.sender.clone());
            self.emit(SessionEvent::Typing { conversation, who, state });
        }
        match read(group, message, &speaker, envelope) {
            Some(Told::Message(received)) => self.emit(SessionEvent::MessageReceived(received)),
            Some(Told::Amendment(amendment)) => self.emit(SessionEvent::MessageAmended(amendment)),
            None => {}
        }
    }

    /// As it is read for older pages: nothing else comes of it.
    pub(super) fn read_in_room(&self, group: &BareJid, message: &Element, envelope: &Envelope) -> Option<Told> {
        let speaker = self.speaker(group, message, envelope.source)?;
        read(group, message, &speaker, envelope)
    }

    /// `None`: it is not of this room's conversation, whatever it says.
    fn speaker(&self, group: &BareJid, message: &Element, source: MessageSource) -> Option<Speaker> {
        let room = self.groups.rooms.get(group)?;
        let from = jid_attr(message, "from").filter(|from| from.to_bare() == **group);
        let Some(from) = from.filter(|_| message.attr("type") == Some("groupchat")) else {
            tracing::info!("something else in the archive of a room");
            return None;
        };
        let Some(nickname) = from.resource().map(|nickname| nickname.as_str().to_owned()) else {
            let sender = Sender { jid: None, nickname: String::new(), occupant: None };
            return Some(Speaker { nickname: None, sender, own: false });
        };
        let id = room.info.occupant_ids.then(|| occupant_0421::read(message)).flatten();
        if source == MessageSource::Live {
            let mut sender = room.sender(&nickname);
            if id.is_some() {
                sender.occupant = id;
            }
            let own = nickname == room.group.nickname;
            return Some(Speaker { nickname: Some(nickname), sender, own });
        }
        // Names of the past are others' now: only what the room wrote down says who it was.
        let same = |occupant: &&Occupant| id.is_some() && occupant.id == id;
        let told = muc_0045::read_user(message).filter(|_| room.info.shows_addresses);
        let jid = told.and_then(|user| user.item?.jid);
        let jid = jid.or_else(|| room.occupants.values().find(same)?.jid.clone());
        let own = match (&id, &room.own_id) {
            (Some(id), Some(own)) => id == own,
            _ => jid.as_ref().is_some_and(|jid| **jid == *self.own()),
        };
        let sender = Sender { jid, nickname: cut(nickname.clone()), occupant: id };
        Some(Speaker { nickname: Some(nickname), sender, own })
    }

    /// Whether it is what this device sent: the room has it.
    fn came_back(&mut self, group: &BareJid, message: &Element, envelope: &Envelope) -> bool {
        let origin_id = stanza_ids_0359::origin_id(message);
        let Some(room) = self.groups.rooms.get_mut(group) else { return false };
        let Some(id) = room.reflected([message.attr("id"), origin_id.as_deref()]) else { return false };
        let (archive_id, sent_at) = (envelope.archive_id.clone(), envelope.sent_at);
        self.tell(GroupEvent::Reflected { group: group.clone(), id: id.clone(), archive_id, sent_at });
        self.emit(SessionEvent::MessageSent { id });
        true
    }

    fn subject_told(&mut self, group: &BareJid, subject: String, speaker: &Speaker, source: MessageSource) {
        // The newest is told on entering; what the archive has is of the past.
        if source != MessageSource::Live {
            return;
        }
        let Some(room) = self.groups.rooms.get_mut(group) else { return };
        let is_news = room.subject != subject && room.archive.is_caught_up();
        room.subject = subject;
        let describes = room.info.description.is_empty();
        self.tell_group(group);
        if is_news && describes && speaker.nickname.is_some() {
            let by = Some(speaker.sender.clone());
            self.tell_notice(group, GroupNotice::DescriptionChanged { by });
        }
    }

    fn tell_group_acknowledgements(
        &mut self,
        group: &BareJid,
        message: &Element,
        speaker: &Speaker,
        envelope: &Envelope,
    ) {
        if speaker.nickname.is_none() {
            return;
        }
        let told = |id: &str| {
            let of = stanza_ids_0359::wire_id(id)?;
            let (group, by) = (group.clone(), speaker.sender.clone());
            Some(GroupAcknowledgement { group, of, by, own: speaker.own, at: envelope.sent_at })
        };
        if let Some(told) = receipts_0184::received(message).and_then(told).filter(|told| !told.own) {
            self.tell(GroupEvent::Delivered(told));
        }
        if let Some(told) = markers_0333::displayed(message).and_then(told) {
            self.tell(GroupEvent::Displayed(told));
        }
    }

    fn bounced_in_room(&mut self, group: &BareJid, stanza: &Element) {
        let Some(room) = self.groups.rooms.get_mut(group) else { return };
        let Some(id) = stanza.attr("id").filter(|id| room.bounced(id)).map(MessageId::from) else { return };
        let error = stanza_error(stanza);
        // §7.4: we are not in there (any more).
        if error.condition == "not-acceptable" && room.phase == Phase::In {
            self.emit(SessionEvent::MessagesUnacknowledged { ids: vec![id] });
            self.disconnected(group, error.to_string());
            return;
        }
        self.bounced(stanza);
    }

    pub(in crate::actor) fn send_to_room(
        &mut self,
        id: MessageId,
        group: &BareJid,
        content: &OutgoingContent,
    ) -> Result<(), SendError> {
        let room = self.groups.rooms.get(group).filter(|room| room.phase == Phase::In).ok_or(SendError::NotOnline)?;
        if room.is_pending(&id) {
            return Ok(());
        }
        if !room.takes_more() {
            return Err(SendError::QueueFull);
        }
        let mut stanza = note(group, &id);
        let children = content::children(content, group).map_err(SendError::Invalid)?;
        let has_text = children.iter().any(|child| child.is("body", ns::CLIENT));
        children.into_iter().for_each(|child| {
            stanza.append_child(child);
        });
        stanza.append_child(stanza_ids_0359::origin_id_child(id.as_str()));
        let is_message = matches!(content, OutgoingContent::Message(_));
        if is_message {
            stanza.append_child(markers_0333::markable_child());
            stanza.append_child(chat_states_0085::active_child());
        }
        if !is_message || !has_text {
            stanza.append_child(hint("store"));
        }
        if !self.connection.is_online() {
            return Err(SendError::NotOnline);
        }
        self.link.as_mut().ok_or(SendError::NotOnline)?.send(stanza, Some(id.clone()))?;
        if let Some(room) = self.groups.rooms.get_mut(group) {
            room.sending(id);
        }
        Ok(())
    }

    /// Typing and read marks.
    pub(in crate::actor) fn note_to_room(
        &mut self,
        group: &BareJid,
        child: Element,
        keep: bool,
    ) -> Result<(), SendError> {
        self.groups.rooms.get(group).filter(|room| room.phase == Phase::In).ok_or(SendError::NotOnline)?;
        let stanza = note(group, &MessageId::random()).with_child(child);
        self.send(stanza.with_child(hint(if keep { "store" } else { "no-store" })))
    }
}

fn note(group: &BareJid, id: &MessageId) -> Element {
    element("message", ns::CLIENT).with("type", "groupchat").with("to", group.to_string()).with("id", id.as_str())
}

fn read(group: &BareJid, message: &Element, speaker: &Speaker, envelope: &Envelope) -> Option<Told> {
    let content = content::read(message, Some(group))?;
    let is_moderation = matches!(content, Content::Change { change: Change::Moderated { .. }, .. });
    let (sender, own) = match (is_moderation, speaker.nickname.is_none()) {
        (true, true) => {
            let nickname = cut(moderation_0425::moderator(message).unwrap_or_default());
            (Sender { nickname, ..speaker.sender.clone() }, false)
        }
        (true, false) => {
            tracing::info!("a moderation that is not the room's");
            return None;
        }
        // What a room says to everybody in its own words is not a person's message.
        (false, true) => return None,
        (false, false) => (speaker.sender.clone(), speaker.own),
    };
    let said = Said { conversation: group, kind: ConversationKind::Group, sender, device: None, own };
    Some(said.told(message, content, envelope))
}

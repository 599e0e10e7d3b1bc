//! Invitations (XEP-0045 §7.8, XEP-0249) and applications: told once each, and settled here or on another device.

use confab_model::{BareJid, GroupRequest, GroupRequestKind, GroupState, Timestamp};
use minidom::Element;

use super::{
    super::{
        Actor,
        contacts::cut,
        messages::{Envelope, Parties},
    },
    MAX_ROOMS,
    room::{Phase, Room},
};
use crate::{
    GroupEvent,
    xep::{
        invite_0249::{self, Wish},
        muc_0045,
    },
};

/// Requests that are remembered; of more the oldest are forgotten (and told anew if they come again).
pub(super) const MAX_REQUESTS: usize = 200;

/// One that was told and not settled.
#[derive(Debug)]
pub(super) struct OpenRequest {
    group: BareJid,
    kind: GroupRequestKind,
    from: BareJid,
    /// The room handed it on, and takes the answer.
    by_room: bool,
    from_contact: bool,
}

impl Actor {
    /// What a message between people asks of this account. Whether it is that, or was said within a room, and no
    /// message of a conversation.
    pub(in crate::actor) fn group_wish(&mut self, message: &Element, parties: &Parties, envelope: &Envelope) -> bool {
        if !self.groups.enabled {
            return false;
        }
        if self.groups.has(&parties.conversation) {
            tracing::debug!("a private message within a room");
            return true;
        }
        if parties.from.resource().is_none() && !parties.own && muc_0045::read_invitation(message).is_some() {
            self.invited_by_room(&parties.sender, message, envelope.sent_at);
            return true;
        }
        // Copies of what other devices sent ask nothing of us.
        let wish = invite_0249::read(message);
        if parties.own {
            return wish.is_some();
        }
        match wish {
            Some(Wish::Invitation { group, text }) => {
                // XEP-0045 §7.5: a private message of a room that we are not in is not from a person.
                if !muc_0045::is_of_a_room(message) {
                    self.asked(
                        request(GroupRequestKind::Invitation, group, &parties.sender, text, envelope.sent_at),
                        false,
                    );
                }
                true
            }
            Some(Wish::Application { group, text }) if self.rules(&group) => {
                self.asked(
                    request(GroupRequestKind::Application, group, &parties.sender, text, envelope.sent_at),
                    false,
                );
                true
            }
            Some(Wish::Declined { group, .. }) => self.application_declined(&group, &parties.sender),
            Some(Wish::Application { .. }) => false,
            None => muc_0045::is_of_a_room(message),
        }
    }

    /// The room hands an invitation on. Who invites is its word.
    pub(super) fn invited_by_room(&mut self, group: &BareJid, message: &Element, at: Timestamp) {
        let Some(invitation) = muc_0045::read_invitation(message) else { return };
        let kind = GroupRequestKind::Invitation;
        self.asked(request(kind, group.clone(), &invitation.from, invitation.reason, at), true);
    }

    fn asked(&mut self, request: GroupRequest, by_room: bool) {
        let GroupRequest { group, kind, from, .. } = request.clone();
        if kind == GroupRequestKind::Invitation {
            let room = self.groups.rooms.get(&group);
            if room.is_some_and(|room| matches!(room.phase, Phase::In | Phase::Entering { .. })) {
                return;
            }
            // What we asked for ourselves.
            if room
                .is_some_and(|room| room.applied_to.as_ref() == Some(&from) || (by_room && room.applied_to.is_some()))
            {
                return self.application_approved(&group);
            }
        }
        // A room can say that anybody invites: a contact's server and our own could as well, others' are strangers.
        let own_domains = [self.own().domain().as_str(), from.domain().as_str()];
        let is_near = own_domains.iter().any(|domain| is_within(group.domain().as_str(), domain));
        let from_contact = self.people.contact(&from).is_some() && (!by_room || is_near);
        let is_it = |known: &&mut OpenRequest| known.group == group && known.kind == kind && known.from == from;
        if let Some(known) = self.groups.requests.iter_mut().find(is_it) {
            known.by_room |= by_room;
            if known.from_contact || !from_contact {
                return;
            }
            known.from_contact = true;
        } else {
            if self.groups.requests.len() == MAX_REQUESTS {
                self.groups.requests.pop_front();
            }
            let known = OpenRequest { group: group.clone(), kind, from: from.clone(), by_room, from_contact };
            self.groups.requests.push_back(known);
        }
        let room = self.groups.rooms.get(&group);
        let name = room.map_or_else(String::new, |room| room.group.name.clone());
        let request = GroupRequest { name, text: cut(request.text), ..request };
        self.tell(GroupEvent::Requested { request, from_contact });
    }

    /// An application went out.
    pub(super) fn applied(&mut self, group: BareJid, to: BareJid, name: String) {
        if self.groups.rooms.len() >= MAX_ROOMS && !self.groups.has(&group) {
            return;
        }
        let own = self.nickname();
        let room = self.groups.rooms.entry(group.clone()).or_insert_with(|| Room::new(group.clone(), own));
        if room.phase != Phase::Out {
            return;
        }
        if !name.is_empty() {
            room.fallback_name = name;
        }
        room.applied_to = Some(to.clone());
        room.group.state = GroupState::Applied { to };
        self.tell_group(&group);
    }

    fn application_approved(&mut self, group: &BareJid) {
        let Some(room) = self.groups.rooms.get_mut(group) else { return };
        room.applied_to = None;
        room.phase = Phase::Queued;
        room.group.state = GroupState::Joining;
        self.tell_group(group);
        self.enter_rooms();
    }

    fn application_declined(&mut self, group: &BareJid, by: &BareJid) -> bool {
        let room = self.groups.rooms.get(group);
        if room.is_none_or(|room| room.applied_to.as_ref() != Some(by)) {
            return false;
        }
        if let Some(room) = self.groups.rooms.get_mut(group) {
            room.applied_to = None;
        }
        self.refused(group, confab_model::GroupRefusal::MembersOnly);
        true
    }

    /// We are in: all invitations into this group are answered.
    pub(super) fn settle_invitations(&mut self, group: &BareJid) {
        self.settle_group_request(group, GroupRequestKind::Invitation, None);
    }

    /// Answered. Returns whether the room may take a refusal, which it may of one that was told in an earlier session;
    /// `from: None`: everybody's.
    pub(super) fn settle_group_request(
        &mut self,
        group: &BareJid,
        kind: GroupRequestKind,
        from: Option<&BareJid>,
    ) -> bool {
        let is_it = |known: &OpenRequest| {
            known.group == *group && known.kind == kind && from.is_none_or(|from| known.from == *from)
        };
        let (settled, open): (Vec<_>, Vec<_>) = self.groups.requests.drain(..).partition(is_it);
        self.groups.requests.extend(open);
        let by_room = settled.is_empty() || settled.iter().any(|known| known.by_room);
        for OpenRequest { group, from, .. } in settled {
            self.tell(GroupEvent::RequestSettled { group, kind, from });
        }
        by_room
    }
}

fn request(
    kind: GroupRequestKind,
    group: BareJid,
    from: &BareJid,
    text: String,
    received_at: Timestamp,
) -> GroupRequest {
    GroupRequest { group, kind, from: from.clone(), name: String::new(), text, received_at }
}

fn is_within(domain: &str, parent: &str) -> bool {
    domain == parent || domain.strip_suffix(parent).is_some_and(|front| front.ends_with('.'))
}

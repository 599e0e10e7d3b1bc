//! Who is in a room: its presences (XEP-0045 §7, §9), and what they say about this account.

use confab_model::{BareJid, GroupMember, GroupNotice, GroupRefusal, GroupRole, GroupState, Sender};
use minidom::Element;

use super::{
    super::{Actor, contacts::cut},
    MAX_NICKNAMES,
    room::{MAX_OCCUPANTS, Occupant, Phase},
};
use crate::{
    GroupEvent,
    xep::{
        muc_0045::{self, User, status},
        occupant_0421, vcard_0054,
    },
    xml::{jid_attr, stanza_error},
};

/// Octets of a name in a room: that of a resource (RFC 7622 §3.4).
const MAX_NICKNAME: usize = 1_023;

impl Actor {
    /// A presence. Whether it is of a room, and with that done with.
    pub(in crate::actor) fn room_presence(&mut self, stanza: &Element) -> bool {
        if !self.groups.enabled {
            return false;
        }
        let Some(from) = jid_attr(stanza, "from") else { return false };
        let group = BareJid::from(from.to_bare());
        let Some(room) = self.groups.rooms.get_mut(&group) else {
            // Of a room that we are not in: nobody's presence.
            return muc_0045::is_of_a_room(stanza);
        };
        if room.phase == Phase::Out {
            return true;
        }
        room.heard();
        let nickname = from.resource().map(|nickname| nickname.as_str().to_owned());
        match (stanza.attr("type"), nickname) {
            (Some("error"), _) => self.entering_failed(&group, stanza),
            (None, Some(nickname)) => self.occupant_came(&group, nickname, stanza),
            (Some("unavailable"), Some(nickname)) => self.occupant_went(&group, &nickname, stanza),
            (None, None) => self.room_pictured(&group, stanza),
            _ => {}
        }
        true
    }

    /// §7.2.
    fn entering_failed(&mut self, group: &BareJid, stanza: &Element) {
        let Some(room) = self.groups.rooms.get_mut(group) else { return };
        if !matches!(room.phase, Phase::Entering { .. }) {
            return;
        }
        let error = stanza_error(stanza);
        match muc_0045::refusal(&error.condition) {
            Some(GroupRefusal::NicknameTaken) if room.nickname_tries < MAX_NICKNAMES => {
                room.nickname_tries += 1;
                let tries = room.nickname_tries;
                let stem = match room.group.nickname.rsplit_once(' ') {
                    Some((stem, number)) if tries > 1 && number.parse::<u32>().is_ok() => stem.to_owned(),
                    _ => room.group.nickname.clone(),
                };
                room.group.nickname = format!("{stem} {}", tries + 1);
                self.enter_room(group);
            }
            Some(why) => self.refused(group, why),
            None => self.disconnected(group, error.to_string()),
        }
    }

    fn occupant_came(&mut self, group: &BareJid, nickname: String, stanza: &Element) {
        let own_jid = self.own().clone();
        let Some(user) = muc_0045::read_user(stanza) else { return };
        let Some(room) = self.groups.rooms.get_mut(group) else { return };
        let is_inside = room.phase == Phase::In;
        if !is_inside && !matches!(room.phase, Phase::Entering { .. }) {
            return;
        }
        let is_own = user.has(status::OWN) || (is_inside && nickname == room.group.nickname);
        if room.occupants.len() >= MAX_OCCUPANTS && !room.occupants.contains_key(&nickname) && !is_own {
            tracing::debug!("more occupants than are kept");
            return;
        }
        let Some(item) = user.item.clone() else { return };
        let id = room.info.occupant_ids.then(|| occupant_0421::read(stanza)).flatten();
        let jid = if is_own { Some(own_jid.clone().into()) } else { item.jid.clone() };
        let occupant = Occupant { jid: jid.clone(), id: id.clone(), role: item.affiliation };
        let before = room.occupants.insert(nickname.clone(), occupant.clone());
        let known = before.as_ref().map(|before| before.role).or_else(|| room.known_role(jid.as_ref()));
        room.note_role(jid.as_ref(), item.affiliation);
        if is_own {
            room.group.role = item.affiliation;
            room.group.nickname.clone_from(&nickname);
            room.own_id = id;
        }
        if is_own && !is_inside {
            return self.entered(group, &user);
        }
        if !is_inside {
            return;
        }
        if before.as_ref() != Some(&occupant) {
            self.tell_member(group, &nickname);
        }
        let who = self.groups.rooms.get(group).map(|room| room.sender(&nickname));
        if let (Some(who), Some(known)) = (who, known) {
            self.role_changed(group, who, known, item.affiliation);
        }
        if is_own {
            self.tell_group(group);
        }
        self.configuration_changed(group, &user);
    }

    /// The own presence came back: we are in, and know everybody who is there.
    fn entered(&mut self, group: &BareJid, user: &User) {
        let own = self.own().clone();
        let Some(room) = self.groups.rooms.get_mut(group) else { return };
        if user.has(status::CREATED) && !room.creates {
            return self.give_up_made(group);
        }
        room.phase = Phase::In;
        room.attempts = 0;
        room.applied_to = None;
        room.group.state = GroupState::Joined;
        let (members, creates) = (room.all_members(&own), room.creates);
        self.tell_group(group);
        self.tell(GroupEvent::Members { group: group.clone(), members, complete: false });
        self.answer_entering(group);
        self.settle_invitations(group);
        if !creates {
            self.start_room_catch_up(group);
        }
        self.enter_rooms();
    }

    fn occupant_went(&mut self, group: &BareJid, nickname: &str, stanza: &Element) {
        let own = self.own().clone();
        let user = muc_0045::read_user(stanza).unwrap_or_default();
        let Some(room) = self.groups.rooms.get_mut(group) else { return };
        let is_own = user.has(status::OWN) || nickname == room.group.nickname;
        if user.has(status::RENAMED)
            && let Some(new) = user.item.as_ref().and_then(|item| item.nick.clone())
            && !new.is_empty()
            && new.len() <= MAX_NICKNAME
        {
            if let Some(occupant) = room.occupants.remove(nickname) {
                room.occupants.insert(new.clone(), occupant);
            }
            if is_own {
                room.group.nickname = new;
                self.tell_group(group);
            }
            return;
        }
        if is_own && (user.has(status::OWN) || room.phase == Phase::In) {
            return self.went_out(group, &user);
        }
        let who = room.sender(nickname);
        let Some(occupant) = room.occupants.remove(nickname) else { return };
        // A person may be there by another name still.
        let is_there = occupant.jid.is_some() && room.occupants.values().any(|other| other.jid == occupant.jid);
        let role = user.item.as_ref().map_or(occupant.role, |item| item.affiliation);
        room.note_role(occupant.jid.as_ref(), role);
        if room.phase != Phase::In {
            return;
        }
        let own = occupant.jid.as_ref().is_some_and(|jid| **jid == own);
        let member = GroupMember { who: who.clone(), role, present: is_there, own };
        self.tell(GroupEvent::MemberChanged { group: group.clone(), member });
        let reason = user.item.as_ref().map(|item| item.reason.clone()).unwrap_or_default();
        let by = user.item.as_ref().and_then(|item| item.actor.as_ref()).map(|actor| self.actor_of(group, actor));
        if user.has(status::BANNED) {
            self.tell_notice(group, GroupNotice::Banned { who, by, reason });
        } else if user.has(status::KICKED) && !user.has(status::UNREACHABLE) || user.has(status::AFFILIATION_LOST) {
            self.tell_notice(group, GroupNotice::Removed { who, by, reason });
        }
    }

    /// This account is out of the room, and why.
    fn went_out(&mut self, group: &BareJid, user: &User) {
        if let Some(reason) = &user.destroyed {
            self.go_out(group, GroupState::Dissolved { reason: cut(reason.clone()) });
            self.tell_notice(group, GroupNotice::Dissolved { reason: cut(reason.clone()) });
            self.retract_bookmark(group);
            return;
        }
        let passes = user.has(status::SHUTDOWN) || user.has(status::UNREACHABLE);
        let is_put_out = [status::BANNED, status::KICKED, status::AFFILIATION_LOST, status::MEMBERS_ONLY_NOW]
            .into_iter()
            .any(|status| user.has(status));
        if passes || !is_put_out {
            // Also without a reason: nobody asked for it.
            return self.disconnected(group, "the room is not there".to_owned());
        }
        if let (Some(room), true) = (self.groups.rooms.get_mut(group), user.has(status::BANNED)) {
            room.group.role = GroupRole::Banned;
        }
        self.put_out(group, user);
    }

    /// XEP-0153, of the room itself.
    fn room_pictured(&mut self, group: &BareJid, stanza: &Element) {
        let Some(picture) = vcard_0054::read_update(stanza) else { return };
        let Some(room) = self.groups.rooms.get_mut(group) else { return };
        if room.group.avatar == picture {
            return;
        }
        let was_told = room.group.avatar.is_some();
        room.group.avatar = picture;
        if was_told && room.phase == Phase::In {
            self.tell_notice(group, GroupNotice::PictureChanged { by: None });
        }
        self.tell_group(group);
    }

    pub(super) fn tell_member(&mut self, group: &BareJid, nickname: &str) {
        let own = self.own().clone();
        let member = self.groups.rooms.get(group).and_then(|room| room.member(nickname, &own));
        if let Some(member) = member {
            self.tell(GroupEvent::MemberChanged { group: group.clone(), member });
        }
    }

    /// Somebody's affiliation changed, as everybody is to read.
    pub(super) fn role_changed(&mut self, group: &BareJid, who: Sender, before: GroupRole, now: GroupRole) {
        if before == now {
            return;
        }
        let notice = match (before, now) {
            (_, GroupRole::Banned) => GroupNotice::Banned { who, by: None, reason: String::new() },
            (GroupRole::Banned, GroupRole::Guest) => return,
            (GroupRole::Banned | GroupRole::Guest, _) => GroupNotice::Joined { who },
            (_, GroupRole::Guest) => GroupNotice::Left { who },
            (_, role) => GroupNotice::RoleChanged { who, role },
        };
        self.tell_notice(group, notice);
    }

    /// §10: the room is otherwise from now on.
    pub(super) fn configuration_changed(&mut self, group: &BareJid, user: &User) {
        if status::CONFIGURATION.iter().any(|status| user.has(*status)) {
            let is_in = self.groups.rooms.get(group).is_some_and(|room| room.phase == Phase::In && !room.creates);
            if is_in {
                self.ask_room(group.clone(), false);
            }
        }
    }

    /// Who did it, as far as the room tells: by name if somebody has it.
    pub(super) fn actor_of(&self, group: &BareJid, actor: &muc_0045::Actor) -> Sender {
        let mut who = match self.groups.rooms.get(group) {
            Some(room) if !actor.nick.is_empty() => room.sender(&actor.nick),
            _ => Sender { jid: None, nickname: cut(actor.nick.clone()), occupant: None },
        };
        if who.jid.is_none() {
            who.jid.clone_from(&actor.jid);
        }
        who
    }

    /// The lists of a room were read.
    pub(super) fn members_listed(
        &mut self,
        group: &BareJid,
        lists: Option<Vec<(BareJid, GroupRole)>>,
    ) -> Vec<GroupMember> {
        let own = self.own().clone();
        let Some(room) = self.groups.rooms.get_mut(group) else { return Vec::new() };
        let is_told = lists.is_some();
        if let Some(lists) = lists {
            room.members = Some(lists.into_iter().take(MAX_OCCUPANTS).collect());
        }
        let members = room.all_members(&own);
        if is_told {
            self.tell_group(group);
            self.tell(GroupEvent::Members { group: group.clone(), members: members.clone(), complete: true });
        }
        members
    }
}

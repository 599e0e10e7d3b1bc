//! What the app asks of groups: to enter and leave them, what they are, who is in them.

use confab_model::{BareJid, GroupNotice, GroupState};

use super::{
    super::{Actor, requests::refused},
    MAX_ROOMS, bookmarks,
    room::{Entered, Phase, Room},
};
use crate::{RequestError, groups::GroupCommand, xep::muc_0045};

impl Actor {
    pub(in crate::actor) fn group_command(&mut self, command: GroupCommand) {
        match command {
            GroupCommand::Enter { group, nickname, creates, reply } => {
                self.enter_command(group, nickname, creates, reply);
            }
            GroupCommand::Leave { group, reply } => {
                let _ = reply.send(self.leave_room(&group));
            }
            GroupCommand::List(reply) => {
                let _ = reply.send(self.groups.all());
            }
            GroupCommand::Refresh(reply) => {
                if self.server.personal_eventing && self.connection.is_online() {
                    self.groups.refreshing.push(reply);
                    self.ask_bookmarks();
                } else {
                    let _ = reply.send(self.groups.all());
                }
            }
            GroupCommand::Described { group, info, made, reply } => {
                self.described_command(&group, *info, made);
                let _ = reply.send(());
            }
            GroupCommand::Members { group, lists, reply } => {
                let _ = reply.send(self.members_listed(&group, lists));
            }
            GroupCommand::Bookmark { group, reply } => {
                let _ = reply.send(self.groups.rooms.get(&group).map(bookmarks::bookmark));
            }
            GroupCommand::Moderation { group, reply } => {
                let _ = reply.send(self.groups.rooms.get(&group).and_then(|room| room.info.moderation));
            }
            GroupCommand::Send { stanza, reply } => {
                let _ = reply.send(self.send(*stanza));
            }
            GroupCommand::Applied { group, to, name } => self.applied(group, to, name),
            GroupCommand::Settle { group, kind, from, reply } => {
                let _ = reply.send(self.settle_group_request(&group, kind, from.as_ref()));
            }
        }
    }

    fn enter_command(&mut self, group: BareJid, nickname: Option<String>, creates: bool, reply: Entered) {
        if !self.groups.enabled || !self.connection.is_online() {
            let _ = reply.send(Err(RequestError::NotOnline));
            return;
        }
        if self.groups.rooms.len() >= MAX_ROOMS && !self.groups.has(&group) {
            let _ = reply.send(Err(RequestError::QueueFull));
            return;
        }
        let nickname = nickname.filter(|nickname| !nickname.trim().is_empty());
        let own = self.nickname();
        let room = self.groups.rooms.entry(group.clone());
        let room = room.or_insert_with(|| Room::new(group.clone(), nickname.clone().unwrap_or(own)));
        if room.phase == Phase::In {
            let _ = reply.send(Ok(room.group.clone()));
            return;
        }
        if let Some(nickname) = nickname {
            room.group.nickname = nickname;
        }
        room.entering.push(reply);
        room.creates = creates;
        room.nickname_tries = 0;
        room.group.state = GroupState::Joining;
        if matches!(room.phase, Phase::Out | Phase::Waiting { .. }) {
            room.phase = Phase::Queued;
        }
        // Who asks for a room does not wait for the bookmarks.
        if room.phase == Phase::Queued {
            room.phase = Phase::Asking;
            self.ask_room(group.clone(), true);
        }
        self.tell_group(&group);
    }

    pub(in crate::actor) fn leave_room(&mut self, group: &BareJid) -> Result<(), RequestError> {
        let Some(room) = self.groups.rooms.get_mut(group) else {
            return Err(refused("item-not-found"));
        };
        room.applied_to = None;
        let occupant = room.occupant_jid().filter(|_| matches!(room.phase, Phase::In | Phase::Entering { .. }));
        self.go_out(group, GroupState::Left);
        if let Some(occupant) = occupant {
            // Without a stream there is nothing to leave: the server has seen to it.
            let _ = self.send(muc_0045::leave(&occupant));
        }
        Ok(())
    }

    fn described_command(&mut self, group: &BareJid, info: muc_0045::RoomInfo, made: bool) {
        let Some(room) = self.groups.rooms.get_mut(group) else { return };
        let is_made = made && std::mem::take(&mut room.creates);
        self.room_described(group, info);
        if is_made {
            let by = self.own_sender(group);
            self.tell_notice(group, GroupNotice::Created { by });
        }
    }
}

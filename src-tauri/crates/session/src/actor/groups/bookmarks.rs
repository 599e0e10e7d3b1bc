//! The rooms of the account on all its devices (XEP-0402): read at the start of a session, and followed after that.

use confab_model::{BareJid, GroupState};
use minidom::Element;

use super::{
    super::{Actor, Purpose, requests::Answer},
    GroupPurpose, MAX_ROOMS,
    room::{Phase, Room},
};
use crate::{
    RequestError,
    xep::{
        bookmarks_0402::{self, Bookmark},
        muc_0045,
        pubsub_0060::{self, Item, Wanted},
    },
};

/// What is published of a room that the account is in.
pub(super) fn bookmark(room: &Room) -> Bookmark {
    Bookmark {
        group: room.group.jid.clone(),
        name: room.group.name.clone(),
        autojoin: true,
        nickname: room.group.nickname.clone(),
        others: room.others.clone(),
    }
}

impl Actor {
    pub(super) fn ask_bookmarks(&mut self) {
        let query = pubsub_0060::items(bookmarks_0402::NODE, Wanted::All);
        self.request(false, None, query, Purpose::Group(GroupPurpose::Bookmarks));
    }

    pub(super) fn bookmarks_told(&mut self, answer: Answer) {
        match answer {
            Ok(answer) => {
                let items = answer.as_ref().map(pubsub_0060::read_items).unwrap_or_default();
                let bookmarks: Vec<Bookmark> = items.iter().filter_map(bookmarks_0402::read).collect();
                let is_wanted = |group: &BareJid| bookmarks.iter().any(|known| known.autojoin && known.group == *group);
                let inside = self.groups.rooms.values().filter(|room| room.phase != Phase::Out && !room.creates);
                let gone: Vec<BareJid> = inside
                    .filter(|room| room.entering.is_empty())
                    .map(|room| room.group.jid.clone())
                    .filter(|group| !is_wanted(group))
                    .collect();
                for group in gone {
                    let _ = self.leave_room(&group);
                }
                for bookmark in bookmarks {
                    self.bookmarked(bookmark);
                }
            }
            // There is no such node: nothing was ever bookmarked, and nothing is known to have been left.
            Err(RequestError::Refused(_)) => {}
            Err(error) => tracing::info!(%error, "no bookmarks"),
        }
        self.groups.may_enter = true;
        self.groups.refreshed();
        self.enter_rooms();
    }

    fn bookmarked(&mut self, bookmark: Bookmark) {
        let Bookmark { group, name, autojoin, nickname, others } = bookmark;
        if self.groups.rooms.len() >= MAX_ROOMS && !self.groups.has(&group) {
            tracing::info!("more groups than are kept");
            return;
        }
        if !autojoin {
            // Who enters again at once does not leave by the echo of the time before.
            let leaves = |room: &Room| room.phase != Phase::Out && room.entering.is_empty();
            if self.groups.rooms.get(&group).is_some_and(leaves) {
                let _ = self.leave_room(&group);
            }
            return;
        }
        let own = self.nickname();
        let room = self.groups.rooms.entry(group.clone());
        let room = room.or_insert_with(|| Room::new(group.clone(), own));
        room.others = others;
        room.retracted_here = false;
        if !name.is_empty() {
            room.fallback_name = name;
        }
        // Another name is taken up when the room is entered next: two devices with one name are one occupant.
        let is_inside = matches!(room.phase, Phase::In | Phase::Entering { .. });
        if !nickname.is_empty() && !is_inside {
            room.group.nickname = nickname;
        }
        if room.phase == Phase::Out {
            room.phase = Phase::Queued;
            room.group.state = GroupState::Joining;
        }
        self.tell_group(&group);
        self.enter_rooms();
    }

    /// A message that tells of a node. `false`: it is not that of the bookmarks.
    pub(in crate::actor) fn bookmarks_changed(&mut self, stanza: &Element) -> bool {
        if !self.groups.enabled {
            return false;
        }
        let Some((from, event)) = pubsub_0060::read_event(stanza) else { return false };
        if event.node != bookmarks_0402::NODE {
            return false;
        }
        if from != *self.own() || stanza.attr("type") == Some("error") {
            tracing::warn!("forged event of a private node");
            return true;
        }
        for bookmark in event.items.iter().filter_map(|item: &Item| bookmarks_0402::read(item)) {
            self.bookmarked(bookmark);
        }
        for group in bookmarks_0402::read_retracted(stanza) {
            let Some(room) = self.groups.rooms.get_mut(&group) else { continue };
            // Who enters again at once does not leave by the echo of the time before.
            let is_echo = std::mem::take(&mut room.retracted_here) || !room.entering.is_empty();
            if room.phase != Phase::Out && !is_echo {
                let _ = self.leave_room(&group);
            }
        }
        true
    }

    /// The other devices need not try either.
    pub(super) fn retract_bookmark(&mut self, group: &BareJid) {
        if self.server.personal_eventing {
            if let Some(room) = self.groups.rooms.get_mut(group) {
                room.retracted_here = true;
            }
            let purpose = Purpose::Group(GroupPurpose::Nothing);
            self.request(true, None, bookmarks_0402::retract(group), purpose);
        }
    }

    /// Out, and told so by the room: `muc_0045::status`.
    pub(super) fn put_out(&mut self, group: &BareJid, user: &muc_0045::User) {
        let item = user.item.as_ref();
        let by = item.and_then(|item| item.actor.as_ref());
        let by = by.map(|actor| match &actor.jid {
            Some(jid) if actor.nick.is_empty() => jid.to_string(),
            Some(_) | None => actor.nick.clone(),
        });
        let reason = item.map(|item| item.reason.clone()).unwrap_or_default();
        self.go_out(group, GroupState::Removed { by: by.unwrap_or_default(), reason });
        self.retract_bookmark(group);
    }
}

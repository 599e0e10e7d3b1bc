//! Groups: rooms of XEP-0045 that this account is in.
//!
//! Owns: entering and leaving, who is there, whether we still are (XEP-0410), the way back in after every new session,
//! messages in both directions, the rooms' archives, bookmarks (XEP-0402), invitations and applications. In: stanzas of
//! rooms, [`GroupCommand`]s. Out: stanzas and the `Group…` events. It stores nothing: positions and the list of groups
//! go out as events and come back with the configuration.
//!
//! Only what comes from a room's address is believed of the room. Everything is bounded: [`MAX_ROOMS`],
//! [`room::MAX_OCCUPANTS`], [`requests::MAX_REQUESTS`].

mod archive;
mod bookmarks;
mod commands;
mod messages;
mod pings;
mod presence;
#[cfg(any(test, feature = "fuzzing"))]
mod pretended;
mod requests;
mod room;

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use confab_model::{BareJid, Group, GroupNotice, GroupRefusal, GroupRole, GroupState, MessageId, Sender};
use rand::Rng;
use tokio::time::Instant;

use self::{
    requests::OpenRequest,
    room::{Phase, Room},
};
use super::{Actor, Purpose, contacts::cut, history::History, reading::Reading, requests::Answer};
use crate::{
    GroupEvent, RequestError, SessionEvent,
    handle::Reply,
    xep::{
        bookmarks_0402, caps_0115,
        disco_0030::{self, Info},
        invite_0249, muc_0045, muc_owner, presence_6121,
    },
    xml::ElementExt,
};

/// What a session that knows groups says of itself (XEP-0045 §6.7, XEP-0249 §3, XEP-0402 §3.1).
pub(super) const FEATURES: [&str; 4] =
    [muc_0045::NS, invite_0249::NS, bookmarks_0402::NODE, "urn:xmpp:bookmarks:1+notify"];
/// Rooms of one account; more are not entered.
const MAX_ROOMS: usize = 500;
/// Rooms that are being entered at the same time: a new session is not to flood the server.
const MAX_ENTERING: usize = 16;
/// For the room's own presence after an entering; a large one sends everybody's first.
const ENTERING_TIMEOUT: Duration = Duration::from_secs(30);
/// Other names that are tried when the own one is taken.
const MAX_NICKNAMES: u32 = 5;

/// What an iq was sent for.
pub(super) enum GroupPurpose {
    /// What a room is, before it is entered or because it changed.
    Info {
        group: BareJid,
        enters: bool,
    },
    Ping {
        group: BareJid,
    },
    Page {
        group: BareJid,
        query: String,
    },
    History {
        query: String,
        history: Box<History>,
    },
    Bookmarks,
    /// Nothing depends on the answer.
    Nothing,
}

impl GroupPurpose {
    pub(super) fn outlives_a_cut(&self) -> bool {
        match self {
            Self::Info { .. } | Self::Page { .. } | Self::Bookmarks | Self::Nothing => true,
            Self::Ping { .. } | Self::History { .. } => false,
        }
    }
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Groups {
    /// The app wants groups at all.
    pub enabled: bool,
    rooms: BTreeMap<BareJid, Room>,
    /// The bookmarks are known, or cannot be.
    may_enter: bool,
    /// Who waits for the bookmarks to be read anew.
    refreshing: Vec<Reply<Vec<Group>>>,
    requests: VecDeque<OpenRequest>,
}

impl Groups {
    pub(super) fn has(&self, jid: &BareJid) -> bool {
        self.rooms.contains_key(jid)
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.rooms.values().filter_map(Room::deadline).min()
    }

    /// The own server has this stanza. Whether it is one for a room, which has still to take it.
    pub(super) fn acknowledged(&mut self, id: &MessageId) -> bool {
        self.rooms.values_mut().any(|room| room.acknowledged(id))
    }

    /// The stream lost these. Returns those that are to be sent again.
    pub(super) fn lost(&mut self, mut ids: Vec<MessageId>) -> Vec<MessageId> {
        for room in self.rooms.values_mut() {
            ids.retain(|id| {
                let was_sent = room.is_pending(id);
                room.forget(id.as_str()) || !was_sent
            });
        }
        ids
    }

    fn all(&mut self) -> Vec<Group> {
        let groups = self.rooms.values_mut().map(|room| {
            room.describe();
            room.group.clone()
        });
        groups.collect()
    }

    /// The bookmarks were read, or cannot be.
    fn refreshed(&mut self) {
        for reply in std::mem::take(&mut self.refreshing) {
            let _ = reply.send(self.all());
        }
    }

    fn entering(&self) -> usize {
        self.rooms.values().filter(|room| matches!(room.phase, Phase::Asking | Phase::Entering { .. })).count()
    }
}

impl Actor {
    /// The rooms that the app knows, before the first session.
    pub(super) fn know_groups(&mut self) {
        let Some(known) = self.config.groups.take() else { return };
        self.groups.enabled = true;
        for known in known.into_iter().take(MAX_ROOMS) {
            let nickname = if known.nickname.is_empty() { self.nickname() } else { known.nickname };
            let mut room = Room::new(known.jid.clone(), nickname);
            if !known.name.is_empty() {
                room.fallback_name = known.name;
            }
            room.archive = Reading::from(known.archive_id);
            room.applied_to = known.applied_to;
            if known.joined {
                room.phase = Phase::Queued;
                room.group.state = GroupState::Joining;
            } else if let Some(to) = room.applied_to.clone() {
                room.group.state = GroupState::Applied { to };
            }
            self.groups.rooms.insert(known.jid, room);
        }
    }

    /// A session without what the one before had: no room knows us any more.
    pub(super) fn groups_in_new_session(&mut self) {
        self.groups.may_enter = false;
        self.groups.refreshed();
        for group in self.groups.rooms.keys().cloned().collect::<Vec<_>>() {
            let Some(room) = self.groups.rooms.get_mut(&group) else { continue };
            room.attempts = 0;
            if room.phase == Phase::Out {
                continue;
            }
            room.emptied();
            room.nickname_tries = 0;
            room.phase = Phase::Queued;
            room.group.state = GroupState::Joining;
            let ids = room.give_up(false);
            // What the app knows from earlier is better than what is known here before the room has said anything.
            let was_told = room.told.is_some();
            self.unacknowledged(ids);
            if was_told {
                self.tell_group(&group);
            }
        }
    }

    /// The stream is gone with all that it had.
    pub(super) fn groups_lost_stream(&mut self) {
        for group in self.groups.rooms.keys().cloned().collect::<Vec<_>>() {
            let Some(room) = self.groups.rooms.get_mut(&group) else { continue };
            for reply in room.entering.drain(..) {
                let _ = reply.send(Err(RequestError::NotOnline));
            }
            let ids = room.give_up(true);
            self.unacknowledged(ids);
        }
    }

    fn unacknowledged(&mut self, ids: Vec<MessageId>) {
        if !ids.is_empty() {
            self.emit(SessionEvent::MessagesUnacknowledged { ids });
        }
    }

    /// The stream was resumed: whether the rooms did not lose us meanwhile is asked.
    pub(super) fn groups_resumed(&mut self) {
        let now = Instant::now();
        for room in self.groups.rooms.values_mut().filter(|room| room.phase == Phase::In) {
            room.is_pinging = false;
            room.ping_at = now;
        }
        self.enter_rooms();
    }

    /// The account has told what it keeps, and our presence is out.
    pub(super) fn groups_may_enter(&mut self) {
        if !self.groups.enabled || self.groups.may_enter {
            return;
        }
        if self.server.personal_eventing {
            self.ask_bookmarks();
        } else {
            self.groups.may_enter = true;
            self.enter_rooms();
        }
    }

    /// Enters those that wait for it, a few at a time.
    fn enter_rooms(&mut self) {
        if !self.groups.may_enter || !self.connection.is_online() {
            return;
        }
        let free = MAX_ENTERING.saturating_sub(self.groups.entering());
        let queued = self.groups.rooms.values_mut().filter(|room| room.phase == Phase::Queued).take(free);
        let next: Vec<BareJid> = queued
            .map(|room| {
                room.phase = Phase::Asking;
                room.group.jid.clone()
            })
            .collect();
        for group in next {
            self.ask_room(group, true);
        }
    }

    /// §6.4. Asking first keeps us from making rooms that are gone, and says what may be believed of its messages.
    fn ask_room(&mut self, group: BareJid, enters: bool) {
        let to = Some(group.clone().into());
        let purpose = Purpose::Group(GroupPurpose::Info { group, enters });
        self.request_within(ENTERING_TIMEOUT, false, to, disco_0030::query(None), purpose);
    }

    pub(super) fn group_answered(&mut self, purpose: GroupPurpose, answer: Answer) {
        match purpose {
            GroupPurpose::Info { group, enters } => self.room_told(&group, enters, answer),
            GroupPurpose::Ping { group } => self.room_pinged(&group, &answer),
            GroupPurpose::Page { group, query } => self.room_page(&group, &query, answer),
            GroupPurpose::History { query, history } => self.room_history_page(&query, answer, *history),
            GroupPurpose::Bookmarks => self.bookmarks_told(answer),
            GroupPurpose::Nothing => {}
        }
    }

    /// The session in which it was asked is gone, and with it what depended on the answer.
    pub(super) fn group_abandoned(&mut self, purpose: GroupPurpose) {
        match purpose {
            GroupPurpose::History { query, history } => {
                self.room_history_page(&query, Err(RequestError::Timeout), *history);
            }
            GroupPurpose::Info { .. }
            | GroupPurpose::Ping { .. }
            | GroupPurpose::Page { .. }
            | GroupPurpose::Nothing => {}
            GroupPurpose::Bookmarks => self.groups.refreshed(),
        }
    }

    fn room_told(&mut self, group: &BareJid, enters: bool, answer: Answer) {
        let Some(room) = self.groups.rooms.get_mut(group) else { return };
        let waits = room.phase == Phase::Asking;
        match answer {
            Ok(Some(query)) => {
                let info = Info::read(&query).as_ref().and_then(muc_0045::read_info);
                self.room_described(group, info.unwrap_or_default());
            }
            Err(RequestError::Refused(error)) if enters && waits && is_absent(&error.condition) && !room.creates => {
                return self.refused(group, GroupRefusal::NotFound);
            }
            // A room need not tell those who are not in it.
            Ok(None) | Err(RequestError::Refused(_)) => {}
            Err(error) => {
                if enters && waits {
                    self.disconnected(group, error.to_string());
                }
                return;
            }
        }
        if enters && waits {
            self.enter_room(group);
        }
    }

    /// What a room is, or has become.
    pub(super) fn room_described(&mut self, group: &BareJid, info: muc_0045::RoomInfo) {
        let Some(room) = self.groups.rooms.get_mut(group) else { return };
        let before = (room.group.name.clone(), room.group.description.clone());
        let was_described =
            room.phase == Phase::In && room.told.is_some() && room.info != muc_0045::RoomInfo::default();
        room.info = info;
        room.describe();
        let (name, is_in) = (room.group.name.clone(), room.phase == Phase::In && !room.creates);
        let description_changed = before.1 != room.group.description;
        if was_described && before.0 != name {
            self.tell_notice(group, GroupNotice::Renamed { name, by: None });
        }
        if was_described && description_changed {
            self.tell_notice(group, GroupNotice::DescriptionChanged { by: None });
        }
        self.tell_group(group);
        if is_in
            && self
                .groups
                .rooms
                .get(group)
                .is_some_and(|room| room.archive.is_idle() && room.archive.retry_at().is_none())
        {
            self.start_room_catch_up(group);
        }
    }

    /// Sends the presence that enters (§7.2), with the own capabilities.
    fn enter_room(&mut self, group: &BareJid) {
        let presence = presence_6121::own(&self.presence_now()).with_child(caps_0115::child(&self.own_info));
        let Some(room) = self.groups.rooms.get_mut(group) else { return };
        let Some(occupant) = room.occupant_jid() else {
            return self.refused(group, GroupRefusal::NicknameTaken);
        };
        room.phase = Phase::Entering { until: Instant::now() + ENTERING_TIMEOUT };
        if let Err(error) = self.send(muc_0045::enter(presence, &occupant)) {
            self.disconnected(group, error.to_string());
        }
    }

    /// The own presence changed (§7.7): nobody tells the rooms but we.
    pub(super) fn tell_rooms_presence(&mut self) {
        let presence = presence_6121::own(&self.presence_now()).with_child(caps_0115::child(&self.own_info));
        let inside = self.groups.rooms.values().filter(|room| room.phase == Phase::In);
        let occupants: Vec<jid::Jid> = inside.filter_map(Room::occupant_jid).collect();
        for occupant in occupants {
            let _ = self.send(presence.clone().with("to", occupant.to_string()));
        }
    }

    /// The room does not let us in, and will not if it is asked again.
    fn refused(&mut self, group: &BareJid, why: GroupRefusal) {
        tracing::info!(?why, "a group lets nobody in");
        self.go_out(group, GroupState::Refused { why });
    }

    /// Out of the room for good, as far as this device can tell.
    fn go_out(&mut self, group: &BareJid, state: GroupState) {
        let Some(room) = self.groups.rooms.get_mut(group) else { return };
        room.phase = Phase::Out;
        room.group.state = state;
        room.creates = false;
        room.emptied();
        let ids = room.give_up(false);
        self.unacknowledged(ids);
        self.tell_group(group);
        self.answer_entering(group);
        self.enter_rooms();
    }

    /// The room, or its server, is not there for now.
    fn disconnected(&mut self, group: &BareJid, detail: String) {
        let jitter = rand::rng().random_range(0.5..1.0);
        let is_online = self.connection.is_online();
        let Some(room) = self.groups.rooms.get_mut(group) else { return };
        room.emptied();
        let pause = room.pause().mul_f64(jitter);
        room.attempts = room.attempts.saturating_add(1);
        room.phase = if is_online { Phase::Waiting { until: Instant::now() + pause } } else { Phase::Queued };
        room.group.state = GroupState::Disconnected { detail };
        let ids = room.give_up(false);
        self.unacknowledged(ids);
        self.tell_group(group);
        self.answer_entering(group);
        self.enter_rooms();
    }

    fn answer_entering(&mut self, group: &BareJid) {
        let Some(room) = self.groups.rooms.get_mut(group) else { return };
        room.describe();
        for reply in room.entering.drain(..) {
            let _ = reply.send(Ok(room.group.clone()));
        }
    }

    fn tell(&mut self, event: GroupEvent) {
        self.emit(SessionEvent::Group(Box::new(event)));
    }

    pub(super) fn tell_group(&mut self, group: &BareJid) {
        if let Some(news) = self.groups.rooms.get_mut(group).and_then(Room::news) {
            self.tell(GroupEvent::Changed(news));
        }
    }

    fn tell_notice(&mut self, group: &BareJid, notice: GroupNotice) {
        let at = self.now();
        self.tell(GroupEvent::Noticed { group: group.clone(), notice, at });
    }

    /// This account, as it is named in a room.
    fn own_sender(&self, group: &BareJid) -> Sender {
        let room = self.groups.rooms.get(group);
        Sender {
            jid: Some(self.config.jid.clone()),
            nickname: room.map(|room| cut(room.group.nickname.clone())).unwrap_or_default(),
            occupant: room.and_then(|room| room.own_id.clone()),
        }
    }

    /// A room that was made by entering one that is not there is given up again (§10.1.2).
    fn give_up_made(&mut self, group: &BareJid) {
        let purpose = Purpose::Group(GroupPurpose::Nothing);
        self.request(true, Some(group.clone().into()), muc_owner::cancel(), purpose);
        let occupant = self.groups.rooms.get(group).and_then(Room::occupant_jid);
        if let Some(occupant) = occupant {
            let _ = self.send(muc_0045::leave(&occupant));
        }
        self.refused(group, GroupRefusal::NotFound);
    }

    /// Whether this account may let people into a group.
    fn rules(&self, group: &BareJid) -> bool {
        self.groups.rooms.get(group).is_some_and(|room| room.phase == Phase::In && room.group.role >= GroupRole::Admin)
    }
}

fn is_absent(condition: &str) -> bool {
    matches!(condition, "item-not-found" | "gone")
}

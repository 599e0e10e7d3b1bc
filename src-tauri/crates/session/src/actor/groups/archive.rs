//! The archives of rooms: reading on from where it stopped, 30 days back on a new device, and older pages on demand.
//! As `catch_up`, for every room by itself; how a reading goes on is in [`reading`].

use confab_model::BareJid;
use minidom::Element;

use super::{
    super::{
        Actor, Purpose,
        history::History,
        reading::{self, Page, read_answer},
        requests::Answer,
    },
    GroupPurpose,
    room::Phase,
};
use crate::{
    GroupEvent, RequestError,
    xep::archive_0313::{self, Range},
    xml::jid_attr,
};

/// What is read backwards of one room on a new device; the rest comes on demand.
const MAX_BACKWARD: usize = 2_000;

impl Actor {
    pub(super) fn start_room_catch_up(&mut self, group: &BareJid) {
        let Some(room) = self.groups.rooms.get_mut(group) else { return };
        if !room.info.archive {
            return self.end_room_catch_up(group);
        }
        let range = room.archive.begin();
        self.ask_room_page(group, range);
    }

    fn ask_room_page(&mut self, group: &BareJid, range: Range) {
        let since = self.config.catch_up_since;
        let Some(room) = self.groups.rooms.get_mut(group) else { return };
        let query = room.archive.ask(range, since);
        let purpose = GroupPurpose::Page { group: group.clone(), query: query.id.clone() };
        self.request(true, Some(group.clone().into()), query.to_element(), Purpose::Group(purpose));
    }

    /// A result of an archive. Whether it is a room's, whatever is in it.
    pub(in crate::actor) fn room_archive_result(&mut self, stanza: &Element) -> bool {
        let Some(from) = jid_attr(stanza, "from").filter(|from| from.resource().is_none()) else { return false };
        let Some(room) = self.groups.rooms.get_mut(&from.to_bare().into()) else { return false };
        if let Some(archived) = archive_0313::read_result(stanza) {
            room.archive.take(archived);
        }
        true
    }

    pub(super) fn room_page(&mut self, group: &BareJid, query: &str, answer: Answer) {
        let Some(room) = self.groups.rooms.get_mut(group) else { return };
        let results = room.archive.close(query);
        if !room.archive.awaits(query) {
            return;
        }
        match read_answer(answer) {
            Ok(fin) => {
                if let Some(page) = room.archive.turn(results, fin, MAX_BACKWARD) {
                    self.room_page_turned(group, &page);
                }
            }
            Err(RequestError::Refused(error)) if error.condition == "item-not-found" && room.archive.is_forward() => {
                room.archive.forget_position();
                self.tell(GroupEvent::ArchiveGap { group: group.clone() });
                self.start_room_catch_up(group);
            }
            Err(RequestError::Refused(error)) => {
                // Not for us, or not there in spite of what it says.
                tracing::info!(condition = error.condition, "a room does not let its archive be read");
                self.end_room_catch_up(group);
            }
            Err(error) => {
                tracing::info!(%error, "the archive of a room does not answer");
                room.archive.failed(true);
                // Nobody's messages wait for an archive that says nothing: the ids of a double tell it apart.
                if room.phase == Phase::In {
                    self.tell(GroupEvent::CaughtUp { group: group.clone() });
                }
            }
        }
    }

    fn room_page_turned(&mut self, group: &BareJid, page: &Page) {
        let now = self.now();
        for archived in &page.results {
            self.said_in_room(group, &archived.message, &reading::envelope(archived, now, page.ahead));
        }
        if let Some(id) = page.reached.clone() {
            self.tell(GroupEvent::ArchiveReached { group: group.clone(), id });
        }
        match page.next.clone() {
            Some(next) => self.ask_room_page(group, next),
            None => self.end_room_catch_up(group),
        }
    }

    /// A live message has an id of the room's.
    pub(super) fn room_live_id(&mut self, group: &BareJid, id: String) {
        let Some(room) = self.groups.rooms.get_mut(group).filter(|room| room.info.archive) else { return };
        if room.archive.came_live(&id) {
            self.tell(GroupEvent::ArchiveReached { group: group.clone(), id });
        }
    }

    fn end_room_catch_up(&mut self, group: &BareJid) {
        let Some(room) = self.groups.rooms.get_mut(group) else { return };
        if let Some(id) = room.archive.end() {
            self.tell(GroupEvent::ArchiveReached { group: group.clone(), id });
        }
        self.tell(GroupEvent::CaughtUp { group: group.clone() });
    }

    /// As [`Actor::history`], of a room.
    pub(in crate::actor) fn room_history(&mut self, history: History) {
        let group = history.with.clone();
        let Some(room) = self.groups.rooms.get_mut(&group).filter(|room| room.info.archive) else {
            let _ = history.reply.send(Err(RequestError::Unsupported(archive_0313::NS)));
            return;
        };
        let id = room.archive.open();
        let query = history.query(id.clone(), None);
        let purpose = GroupPurpose::History { query: id, history: Box::new(history) };
        self.request(true, Some(group.into()), query.to_element(), Purpose::Group(purpose));
    }

    pub(super) fn room_history_page(&mut self, query: &str, answer: Answer, mut history: History) {
        let mut results = Vec::new();
        if let Some(room) = self.groups.rooms.get_mut(&history.with) {
            results = room.archive.close(query);
            history.page.ahead |= !room.archive.is_caught_up();
        }
        let fin = match read_answer(answer) {
            Ok(fin) => fin,
            Err(error) => {
                let _ = history.reply.send(Err(error));
                return;
            }
        };
        history.order(&mut results);
        let now = self.now();
        let told = results.iter().filter_map(|archived| {
            self.read_in_room(&history.with, &archived.message, &reading::envelope(archived, now, true))
        });
        let told = told.collect();
        if let Some(history) = history.add(told, &results, fin) {
            self.room_history(history);
        }
    }
}

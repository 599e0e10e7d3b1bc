//! The archives of rooms: reading on from where it stopped, 30 days back on a new device, and older pages on demand.
//! As `catch_up`, for every room by itself; see there for the order of stamps and for when positions move.

use std::{collections::HashMap, time::Duration};

use confab_model::{BareJid, Timestamp};
use minidom::Element;
use tokio::time::Instant;

use super::{
    super::{
        Actor, Purpose,
        catch_up::{History, Progress, begin_after, end_before, read_answer},
        messages::{Envelope, Told},
        requests::Answer,
    },
    GroupPurpose,
};
use crate::{
    GroupEvent, MessageSource, RequestError,
    xep::archive_0313::{self, Archived, Fin, Query, Range},
    xml::jid_attr,
};

/// Messages per page.
const PAGE: u32 = 100;
/// What is read backwards of one room on a new device; the rest comes on demand.
const MAX_BACKWARD: usize = 2_000;
/// Results that are kept of a page, whatever a server sends.
const MAX_RESULTS: usize = 1_000;
const MIN_HISTORY: usize = 40;
const MAX_HISTORY_QUERIES: u32 = 10;
const RETRY: Duration = Duration::from_secs(20);

/// Where the reading of one room's archive stands.
#[derive(Debug, Default)]
pub(super) struct RoomArchive {
    pub position: Option<String>,
    progress: Progress,
    latest: Option<Timestamp>,
    query: String,
    results: HashMap<String, Vec<Archived>>,
    newest_live: Option<String>,
    retry_at: Option<Instant>,
}

impl RoomArchive {
    /// Not in the room: what comes next stands after a gap.
    pub(super) fn interrupt(&mut self) {
        self.progress = Progress::Idle;
        self.results.remove(&self.query);
        self.newest_live = None;
        self.retry_at = None;
    }

    pub(super) fn is_caught_up(&self) -> bool {
        self.progress == Progress::CaughtUp
    }

    pub(super) fn is_idle(&self) -> bool {
        self.progress == Progress::Idle && self.retry_at.is_none()
    }

    pub(super) fn retry_at(&self) -> Option<Instant> {
        self.retry_at
    }
}

impl Actor {
    pub(super) fn start_room_catch_up(&mut self, group: &BareJid) {
        let since = self.config.catch_up_since;
        let Some(room) = self.groups.rooms.get_mut(group) else { return };
        room.archive.retry_at = None;
        if !room.info.archive {
            room.archive.progress = Progress::CaughtUp;
            return;
        }
        match room.archive.position.clone() {
            Some(position) => {
                room.archive.progress = Progress::Forward;
                self.ask_room_page(group, Range::After(position), None);
            }
            None => {
                room.archive.progress = Progress::Backward { newest: None, read: 0, bound: None };
                self.ask_room_page(group, Range::Before(None), since);
            }
        }
    }

    fn ask_room_page(&mut self, group: &BareJid, range: Range, since: Option<Timestamp>) {
        let Some(room) = self.groups.rooms.get_mut(group) else { return };
        let id = uuid::Uuid::new_v4().to_string();
        room.archive.query.clone_from(&id);
        room.archive.results.insert(id.clone(), Vec::new());
        let query = Query { id: id.clone(), with: None, since, range, max: PAGE };
        let purpose = GroupPurpose::Page { group: group.clone(), query: id };
        self.request(true, Some(group.clone().into()), query.to_element(), Purpose::Group(purpose));
    }

    /// A result of an archive. Whether it is a room's, whatever is in it.
    pub(in crate::actor) fn room_archive_result(&mut self, stanza: &Element) -> bool {
        let Some(from) = jid_attr(stanza, "from").filter(|from| from.resource().is_none()) else { return false };
        let Some(room) = self.groups.rooms.get_mut(&from.to_bare().into()) else { return false };
        if let Some(archived) = archive_0313::read_result(stanza)
            && let Some(results) = room.archive.results.get_mut(&archived.query)
            && results.len() < MAX_RESULTS
        {
            results.push(archived);
        }
        true
    }

    pub(super) fn room_page(&mut self, group: &BareJid, query: &str, answer: Answer) {
        let Some(room) = self.groups.rooms.get_mut(group) else { return };
        let results = room.archive.results.remove(query).unwrap_or_default();
        if room.archive.query != query {
            return;
        }
        match read_answer(answer) {
            Ok(fin) => match room.archive.progress.clone() {
                Progress::Forward => self.room_forward(group, results, fin),
                Progress::Backward { newest, read, bound } => {
                    self.room_backward(group, results, fin, newest, (read, bound));
                }
                Progress::Idle | Progress::CaughtUp => {}
            },
            Err(RequestError::Refused(error))
                if error.condition == "item-not-found" && room.archive.progress == Progress::Forward =>
            {
                room.archive.position = None;
                self.tell(GroupEvent::ArchiveGap { group: group.clone() });
                self.start_room_catch_up(group);
            }
            Err(RequestError::Refused(error)) => {
                // Not for us, or not there in spite of what it says.
                tracing::info!(condition = error.condition, "a room does not let its archive be read");
                room.archive.progress = Progress::CaughtUp;
            }
            Err(error) => {
                tracing::info!(%error, "the archive of a room does not answer");
                room.archive.progress = Progress::Idle;
                room.archive.retry_at = Some(Instant::now() + RETRY);
            }
        }
    }

    fn room_forward(&mut self, group: &BareJid, mut results: Vec<Archived>, fin: Fin) {
        let Some(room) = self.groups.rooms.get_mut(group) else { return };
        room.archive.latest = begin_after(&mut results, room.archive.latest);
        let position = room.archive.position.clone();
        let last = fin.last.or_else(|| results.last().map(|archived| archived.id.clone()));
        self.tell_room_page(group, &results);
        if let Some(last) = last {
            // A server that stays where it is would be asked for ever.
            let moves = position.as_ref() != Some(&last);
            self.room_reached(group, last.clone());
            if !fin.complete && moves {
                return self.ask_room_page(group, Range::After(last), None);
            }
        }
        self.end_room_catch_up(group);
    }

    fn room_backward(
        &mut self,
        group: &BareJid,
        mut results: Vec<Archived>,
        fin: Fin,
        newest: Option<String>,
        (read, bound): (usize, Option<Timestamp>),
    ) {
        let bound = end_before(&mut results, bound);
        let is_empty = results.is_empty();
        let read = read + results.len();
        let first = fin.first.or_else(|| results.first().map(|archived| archived.id.clone()));
        let newest = newest.or(fin.last).or_else(|| results.last().map(|archived| archived.id.clone()));
        self.tell_room_page(group, &results);
        match first {
            Some(first) if !fin.complete && !is_empty && read < MAX_BACKWARD => {
                let since = self.config.catch_up_since;
                if let Some(room) = self.groups.rooms.get_mut(group) {
                    room.archive.progress = Progress::Backward { newest, read, bound };
                }
                self.ask_room_page(group, Range::Before(Some(first)), since);
            }
            _ => {
                if let Some(newest) = newest {
                    self.room_reached(group, newest);
                }
                self.end_room_catch_up(group);
            }
        }
    }

    fn tell_room_page(&mut self, group: &BareJid, results: &[Archived]) {
        for archived in results {
            if let Some(room) = self.groups.rooms.get_mut(group)
                && room.archive.newest_live.as_ref() == Some(&archived.id)
            {
                room.archive.newest_live = None;
            }
            let envelope = self.archived_envelope(archived);
            self.said_in_room(group, &archived.message, &envelope);
        }
    }

    fn archived_envelope(&self, archived: &Archived) -> Envelope {
        let now = self.now();
        Envelope {
            source: MessageSource::Archive,
            sent_at: archived.sent_at.map_or(now, |stamp| stamp.min(now)),
            stamped: archived.sent_at,
            archive_id: Some(archived.id.clone()),
        }
    }

    fn room_reached(&mut self, group: &BareJid, id: String) {
        let Some(room) = self.groups.rooms.get_mut(group) else { return };
        room.archive.position = Some(id.clone());
        self.tell(GroupEvent::ArchiveReached { group: group.clone(), id });
    }

    /// A live message has an id of the room's.
    pub(super) fn room_live_id(&mut self, group: &BareJid, id: String, sent_at: Timestamp) {
        let Some(room) = self.groups.rooms.get_mut(group).filter(|room| room.info.archive) else { return };
        if room.archive.progress == Progress::CaughtUp {
            room.archive.latest = room.archive.latest.max(Some(sent_at));
            self.room_reached(group, id);
        } else {
            room.archive.newest_live = Some(id);
        }
    }

    fn end_room_catch_up(&mut self, group: &BareJid) {
        let Some(room) = self.groups.rooms.get_mut(group) else { return };
        room.archive.progress = Progress::CaughtUp;
        if let Some(id) = room.archive.newest_live.take() {
            self.room_reached(group, id);
        }
    }

    /// As [`Actor::older_messages`], of a room.
    pub(in crate::actor) fn older_room_messages(&mut self, history: History) {
        let group = history.with.clone();
        let Some(room) = self.groups.rooms.get_mut(&group).filter(|room| room.info.archive) else {
            let _ = history.reply.send(Err(RequestError::Unsupported(archive_0313::NS)));
            return;
        };
        let id = uuid::Uuid::new_v4().to_string();
        room.archive.results.insert(id.clone(), Vec::new());
        let range = Range::Before(history.page.first.clone());
        let query = Query { id: id.clone(), with: None, since: None, range, max: PAGE };
        let purpose = GroupPurpose::History { query: id, history: Box::new(history) };
        self.request(true, Some(group.into()), query.to_element(), Purpose::Group(purpose));
    }

    pub(super) fn room_history_page(&mut self, query: &str, answer: Answer, mut history: History) {
        let room = self.groups.rooms.get_mut(&history.with);
        let mut results = room.and_then(|room| room.archive.results.remove(query)).unwrap_or_default();
        let fin = match read_answer(answer) {
            Ok(fin) => fin,
            Err(error) => {
                let _ = history.reply.send(Err(error));
                return;
            }
        };
        history.bound = end_before(&mut results, history.bound);
        let (mut messages, mut amendments) = (Vec::new(), Vec::new());
        for archived in &results {
            let envelope = self.archived_envelope(archived);
            match self.read_in_room(&history.with, &archived.message, &envelope) {
                Some(Told::Message(message)) => messages.push(*message),
                Some(Told::Amendment(amendment)) => amendments.push(*amendment),
                None => {}
            }
        }
        let page = &mut history.page;
        page.messages.splice(0..0, messages);
        page.amendments.splice(0..0, amendments);
        page.complete = fin.complete || results.is_empty();
        page.first = fin.first.or_else(|| results.first().map(|archived| archived.id.clone())).or(page.first.take());
        history.queries += 1;
        if !page.complete && page.messages.len() < MIN_HISTORY && history.queries < MAX_HISTORY_QUERIES {
            self.older_room_messages(history);
        } else {
            let _ = history.reply.send(Ok(history.page));
        }
    }
}

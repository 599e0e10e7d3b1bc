//! The archive: reading on from where the last session stopped, and older pages on demand.
//!
//! ```text
//! new session → Forward from the last id ──page──→ … ──complete──→ caught up: live ids move the position
//!             → Backward (new device, or the id is gone) ──page──→ … ──complete, limit──┘
//! ```
//! Until it is caught up, the ids of live messages do not move the position: a crash would leave a gap before them. Nor
//! do they where the server does not copy what the other devices send (XEP-0280).

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use confab_model::{BareJid, ConnectionState, ReceivedSignal, Timestamp};
use minidom::Element;
use tokio::time::Instant;

use super::{
    Actor, Purpose,
    messages::{Envelope, Told, parties, read_message},
    requests::Answer,
};
use crate::{
    ArchivePage, MessageSource, RequestError, SessionEvent,
    handle::Reply,
    xep::archive_0313::{self, Archived, Fin, Query, Range},
};

/// Messages per page.
const PAGE: u32 = 100;
/// What is read backwards on a new device; the rest comes on demand.
const MAX_BACKWARD: usize = 5000;
/// Messages that a request for older ones should bring, and the queries it may take.
const MIN_HISTORY: usize = 40;
const MAX_HISTORY_QUERIES: u32 = 10;
/// Results that are kept of a page, whatever a server sends.
const MAX_RESULTS: usize = 1000;
/// Signals that are held back until the end of the catch-up.
const MAX_HELD: usize = 1000;
/// Some archives stamp whole seconds, live messages have milliseconds.
const STAMP_STEP_MS: i64 = 1000;
/// After a page that did not come.
const RETRY: Duration = Duration::from_secs(20);

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Progress {
    /// Not begun in this session.
    #[default]
    Idle,
    Forward,
    Backward {
        /// The newest id, which becomes the position at the end.
        newest: Option<String>,
        read: usize,
        /// When the first message of the page before was sent: everything from here on stands before it.
        bound: Option<Timestamp>,
    },
    CaughtUp,
}

/// Where the reading of the archive stands.
#[derive(Debug, Default)]
pub(super) struct Archive {
    position: Option<String>,
    since: Option<Timestamp>,
    progress: Progress,
    /// When it was last read to its end in this process there was nothing in it.
    was_empty: bool,
    /// When the last message was sent that moved the position.
    latest: Option<Timestamp>,
    query: String,
    /// Results by query, until the page is complete.
    results: HashMap<String, Vec<Archived>>,
    newest_live: Option<String>,
    held: VecDeque<ReceivedSignal>,
    retry_at: Option<Instant>,
}

impl Archive {
    pub(super) fn new(position: Option<String>, since: Option<Timestamp>) -> Self {
        Self { position, since, ..Self::default() }
    }

    pub(super) fn is_caught_up(&self) -> bool {
        self.progress == Progress::CaughtUp
    }

    pub(super) fn new_session(&mut self) {
        self.progress = Progress::Idle;
        self.results.clear();
        self.newest_live = None;
        self.held.clear();
        self.retry_at = None;
    }

    pub(super) fn retry_at(&self) -> Option<Instant> {
        self.retry_at
    }

    /// Messages that were sent while this device was away are confirmed; a new device that reads years back is not
    /// to confirm them all.
    pub(super) fn confirms_receipt(&self) -> bool {
        self.progress == Progress::Forward || self.was_empty
    }

    /// Holds a signal, dated by the server, back until the end of the catch-up, when it is known what became of the call.
    /// Of too many the oldest are dropped: their calls have long stopped ringing.
    pub(super) fn hold(&mut self, signal: ReceivedSignal) {
        if self.held.len() == MAX_HELD {
            self.held.pop_front();
        }
        self.held.push_back(signal);
    }
}

impl Actor {
    pub(super) fn start_catch_up(&mut self) {
        self.archive.retry_at = None;
        if !self.server.archive {
            self.archive.progress = Progress::CaughtUp;
            self.tell_caught_up();
            return;
        }
        match self.archive.position.clone() {
            Some(position) => {
                self.archive.progress = Progress::Forward;
                self.ask_page(Range::After(position), None);
            }
            None => self.start_backward(),
        }
    }

    /// The stream is back: asks again where nothing is asked and the end is not reached.
    pub(super) fn go_on_catching_up(&mut self) {
        if self.archive.progress == Progress::Idle {
            self.start_catch_up();
        }
    }

    fn start_backward(&mut self) {
        self.archive.progress = Progress::Backward { newest: None, read: 0, bound: None };
        let since = self.archive.since;
        self.ask_page(Range::Before(None), since);
    }

    fn ask_page(&mut self, range: Range, since: Option<Timestamp>) {
        let id = uuid::Uuid::new_v4().to_string();
        self.archive.query = id.clone();
        self.archive.results.insert(id.clone(), Vec::new());
        let query = Query { id, with: None, since, range, max: PAGE };
        self.request(true, None, query.to_element(), Purpose::CatchUp);
    }

    /// One result. The caller has checked that it is the own archive's.
    pub(super) fn archive_result(&mut self, stanza: &Element) {
        let Some(archived) = archive_0313::read_result(stanza) else { return };
        if let Some(results) = self.archive.results.get_mut(&archived.query)
            && results.len() < MAX_RESULTS
        {
            results.push(archived);
        }
    }

    pub(super) fn catch_up_page(&mut self, answer: Answer) {
        let results = self.archive.results.remove(&self.archive.query.clone()).unwrap_or_default();
        match read_answer(answer) {
            Ok(fin) => match self.archive.progress.clone() {
                Progress::Forward => self.forward_page(results, fin),
                Progress::Backward { newest, read, bound } => self.backward_page(results, fin, newest, (read, bound)),
                Progress::Idle | Progress::CaughtUp => {}
            },
            Err(RequestError::Refused(error))
                if error.condition == "item-not-found" && self.archive.progress == Progress::Forward =>
            {
                // §4.3.1: the message with that id is gone from the archive.
                self.archive.position = None;
                self.emit(SessionEvent::ArchiveGap);
                self.start_backward();
            }
            Err(error) => {
                tracing::warn!(%error, "the archive does not answer");
                self.archive.progress = Progress::Idle;
                if self.connection.is_online() {
                    self.archive.retry_at = Some(Instant::now() + RETRY);
                }
            }
        }
    }

    fn forward_page(&mut self, mut results: Vec<Archived>, fin: Fin) {
        self.archive.latest = begin_after(&mut results, self.archive.latest);
        let last = fin.last.or_else(|| results.last().map(|archived| archived.id.clone()));
        self.tell_page(&results);
        if let Some(last) = last {
            // A server that stays where it is would be asked for ever.
            let moves = self.archive.position.as_ref() != Some(&last);
            self.reached(last.clone());
            if !fin.complete && moves {
                self.ask_page(Range::After(last), None);
                return;
            }
        }
        self.end_catch_up();
    }

    fn backward_page(
        &mut self,
        mut results: Vec<Archived>,
        fin: Fin,
        newest: Option<String>,
        (read, bound): (usize, Option<Timestamp>),
    ) {
        let bound = end_before(&mut results, bound);
        let is_empty = results.is_empty();
        let read = read + results.len();
        let first = fin.first.or_else(|| results.first().map(|archived| archived.id.clone()));
        let last = fin.last.or_else(|| results.last().map(|archived| archived.id.clone()));
        let newest = newest.or(last);
        self.tell_page(&results);
        match first {
            Some(first) if !fin.complete && !is_empty && read < MAX_BACKWARD => {
                self.archive.progress = Progress::Backward { newest, read, bound };
                let since = self.archive.since;
                self.ask_page(Range::Before(Some(first)), since);
            }
            _ => {
                let is_empty = newest.is_none();
                if let Some(newest) = newest {
                    self.reached(newest);
                }
                self.end_catch_up();
                self.archive.was_empty = is_empty && self.archive.position.is_none();
            }
        }
    }

    fn tell_page(&mut self, results: &[Archived]) {
        let now = self.now();
        // On a new device only the newest page may hold a call that still rings.
        let signals_count = !matches!(self.archive.progress, Progress::Backward { read, .. } if read > 0);
        let held = (!signals_count).then(|| self.archive.held.clone());
        for archived in results {
            if self.archive.newest_live.as_ref() == Some(&archived.id) {
                self.archive.newest_live = None;
            }
            let envelope = Envelope {
                source: MessageSource::Archive,
                sent_at: archived.sent_at.map_or(now, |stamp| stamp.min(now)),
                stamped: archived.sent_at,
                archive_id: Some(archived.id.clone()),
            };
            self.delivered(&archived.message, &envelope);
        }
        if let Some(held) = held {
            self.archive.held = held;
        }
    }

    fn reached(&mut self, id: String) {
        self.archive.position = Some(id.clone());
        self.archive.was_empty = false;
        self.emit(SessionEvent::ArchiveReached { id });
    }

    /// A live message has an archive id. It moves the position only if nothing of the other devices can stand before it
    /// that did not come here.
    pub(super) fn live_archive_id(&mut self, id: String, sent_at: Timestamp) {
        if !self.greeting.copies {
            return;
        }
        if self.archive.is_caught_up() {
            self.archive.latest = self.archive.latest.max(Some(sent_at));
            self.reached(id);
        } else {
            self.archive.newest_live = Some(id);
        }
    }

    fn end_catch_up(&mut self) {
        self.archive.progress = Progress::CaughtUp;
        // Live messages that came meanwhile and are newer than the last page.
        if let Some(id) = self.archive.newest_live.take() {
            self.reached(id);
        }
        for mut signal in std::mem::take(&mut self.archive.held) {
            signal.provenance.sent_at = self.by_own_clock(signal.provenance.sent_at);
            self.emit(SessionEvent::SignalReceived(signal));
        }
        self.tell_caught_up();
    }

    fn tell_caught_up(&mut self) {
        self.emit(SessionEvent::ConnectionChanged(ConnectionState::Online { catching_up: false }));
    }

    pub(super) fn older_messages(&mut self, history: History) {
        if self.groups.has(&history.with) {
            return self.older_room_messages(history);
        }
        if self.connection.is_online() && !self.server.archive {
            let _ = history.reply.send(Err(RequestError::Unsupported(archive_0313::NS)));
            return;
        }
        let id = uuid::Uuid::new_v4().to_string();
        self.archive.results.insert(id.clone(), Vec::new());
        let with = Some(history.with.clone().into());
        let range = Range::Before(history.page.first.clone());
        let query = Query { id: id.clone(), with, since: None, range, max: PAGE };
        self.request(true, None, query.to_element(), Purpose::History { query: id, history: Box::new(history) });
    }

    pub(super) fn history_page(&mut self, query: &str, answer: Answer, mut history: History) {
        let mut results = self.archive.results.remove(query).unwrap_or_default();
        let fin = match read_answer(answer) {
            Ok(fin) => fin,
            Err(error) => {
                let _ = history.reply.send(Err(error));
                return;
            }
        };
        let now = self.now();
        history.bound = end_before(&mut results, history.bound);
        let (mut messages, mut amendments) = (Vec::new(), Vec::new());
        for archived in &results {
            let envelope = Envelope {
                source: MessageSource::Archive,
                sent_at: archived.sent_at.map_or(now, |stamp| stamp.min(now)),
                stamped: archived.sent_at,
                archive_id: Some(archived.id.clone()),
            };
            let Some(parties) = parties(&archived.message, self.own()) else { continue };
            match read_message(&archived.message, &parties, &envelope) {
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
        // Receipts and markers are archived too: a page may hold nothing that a person wrote.
        if !page.complete && page.messages.len() < MIN_HISTORY && history.queries < MAX_HISTORY_QUERIES {
            self.older_messages(history);
        } else {
            let _ = history.reply.send(Ok(history.page));
        }
    }
}

/// A request for older messages of one conversation, and what came of it so far.
pub(super) struct History {
    pub with: BareJid,
    pub page: ArchivePage,
    pub queries: u32,
    /// When the first message of the page before was sent.
    pub bound: Option<Timestamp>,
    pub reply: Reply<Result<ArchivePage, RequestError>>,
}

/// Some archives stamp whole seconds, so that the end of a page seems to be as late as the page after it. The archive's
/// order counts: what stands before a message is at least a millisecond older. Returns the bound of the next page.
pub(super) fn end_before(results: &mut [Archived], bound: Option<Timestamp>) -> Option<Timestamp> {
    if let Some(bound) = bound {
        let latest = Timestamp(bound.0.saturating_sub(1));
        for archived in &mut *results {
            archived.sent_at = archived.sent_at.map(|stamp| stamp.min(latest));
        }
    }
    results.first().and_then(|archived| archived.sent_at).or(bound)
}

/// The same for pages that are read forwards: within a step of the stamps nothing moves before what was there. Returns
/// when the last message was sent.
pub(super) fn begin_after(results: &mut [Archived], mut latest: Option<Timestamp>) -> Option<Timestamp> {
    for stamp in results.iter_mut().filter_map(|archived| archived.sent_at.as_mut()) {
        if let Some(latest) = latest
            && latest > *stamp
            && latest.0 - stamp.0 < STAMP_STEP_MS
        {
            *stamp = latest;
        }
        latest = latest.max(Some(*stamp));
    }
    latest
}

pub(super) fn read_answer(answer: Answer) -> Result<Fin, RequestError> {
    let payload = answer?.ok_or_else(|| RequestError::Unexpected("no end of the page".to_owned()))?;
    archive_0313::read_fin(&payload).ok_or_else(|| RequestError::Unexpected("no end of the page".to_owned()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn page(stamps: &[i64]) -> Vec<Archived> {
        let message: Element = "<message xmlns='jabber:client'/>".parse().unwrap();
        let archived = |stamp: &i64| Archived {
            query: "q".to_owned(),
            id: stamp.to_string(),
            message: message.clone(),
            sent_at: Some(Timestamp(*stamp)),
        };
        stamps.iter().map(archived).collect()
    }

    fn stamps(page: &[Archived]) -> Vec<i64> {
        page.iter().filter_map(|archived| archived.sent_at).map(|stamp| stamp.0).collect()
    }

    #[test]
    fn pages_of_whole_seconds_keep_their_order() {
        let (mut newest, mut older, mut oldest) = (page(&[5_000, 5_000, 6_000]), page(&[4_000, 5_000]), page(&[4_000]));
        let bound = end_before(&mut newest, None);
        let bound = end_before(&mut older, bound);
        let bound = end_before(&mut oldest, bound);
        assert_eq!(stamps(&newest), [5_000, 5_000, 6_000], "the newest page is as it is");
        assert_eq!(stamps(&older), [4_000, 4_999]);
        assert_eq!(stamps(&oldest), [3_999]);
        assert_eq!(bound, Some(Timestamp(3_999)));
        assert_eq!(end_before(&mut [], bound), bound);
    }

    #[test]
    fn a_whole_second_does_not_move_a_message_before_live_ones() {
        let mut results = page(&[5_000, 5_000, 6_000, 2_000]);
        let latest = begin_after(&mut results, Some(Timestamp(5_562)));
        assert_eq!(stamps(&results), [5_562, 5_562, 6_000, 2_000], "an old stamp stays what it is");
        assert_eq!(latest, Some(Timestamp(6_000)));
    }
}

//! The account's own archive: reading on from where the last session stopped. How a reading goes on is in
//! [`reading`](super::reading), older pages on demand are in [`history`](super::history).
//!
//! Live messages do not move the position either where the server does not copy what the other devices send (XEP-0280).

use std::collections::VecDeque;

use confab_model::{ConnectionState, ReceivedSignal, Timestamp};
use minidom::Element;
use tokio::time::Instant;

use super::{
    Actor, Purpose,
    reading::{self, Page, Reading, read_answer},
    requests::Answer,
};
use crate::{
    RequestError, SessionEvent,
    xep::archive_0313::{self, Range},
};

/// What is read backwards on a new device, within the days that are asked for: what comes in about a minute. The rest comes on
/// demand.
const MAX_BACKWARD: usize = 50_000;
/// Signals that are held back until the end of the catch-up.
const MAX_HELD: usize = 1000;

/// Where the reading of the archive stands.
#[derive(Debug, Default)]
pub(super) struct Archive {
    pub(super) reading: Reading,
    since: Option<Timestamp>,
    /// When it was last read to its end in this process there was nothing in it.
    was_empty: bool,
    held: VecDeque<ReceivedSignal>,
}

impl Archive {
    pub(super) fn new(position: Option<String>, since: Option<Timestamp>) -> Self {
        Self { reading: Reading::from(position), since, ..Self::default() }
    }

    pub(super) fn is_caught_up(&self) -> bool {
        self.reading.is_caught_up()
    }

    pub(super) fn new_session(&mut self) {
        let position = self.reading.take_position();
        self.reading = Reading::from(position);
        self.held.clear();
    }

    pub(super) fn retry_at(&self) -> Option<Instant> {
        self.reading.retry_at()
    }

    /// Messages that were sent while this device was away are confirmed; a new device that reads years back is not
    /// to confirm them all.
    pub(super) fn confirms_receipt(&self) -> bool {
        self.reading.is_forward() || self.was_empty
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
        if !self.server.archive {
            self.archive.reading.end();
            self.tell_caught_up();
            return;
        }
        let range = self.archive.reading.begin();
        self.ask_page(range);
    }

    /// The stream is back: asks again where nothing is asked and the end is not reached, and what came since the cut.
    pub(super) fn go_on_catching_up(&mut self) {
        if self.server.archive {
            self.archive.reading.look_again();
        }
        if self.archive.reading.is_idle() {
            self.start_catch_up();
        }
    }

    fn ask_page(&mut self, range: Range) {
        let query = self.archive.reading.ask(range, self.archive.since);
        self.request(true, None, query.to_element(), Purpose::CatchUp);
    }

    /// One result. The caller has checked that it is the own archive's.
    pub(super) fn archive_result(&mut self, stanza: &Element) {
        if let Some(archived) = archive_0313::read_result(stanza) {
            self.archive.reading.take(archived);
        }
    }

    pub(super) fn catch_up_page(&mut self, answer: Answer) {
        let results = self.archive.reading.close_page();
        match read_answer(answer) {
            Ok(fin) => {
                if let Some(page) = self.archive.reading.turn(results, fin, MAX_BACKWARD) {
                    self.page_turned(&page);
                }
            }
            Err(RequestError::Refused(error))
                if error.condition == "item-not-found" && self.archive.reading.is_forward() =>
            {
                self.archive.reading.forget_position();
                self.emit(SessionEvent::ArchiveGap);
                self.start_catch_up();
            }
            Err(error) => {
                tracing::warn!(%error, "the archive does not answer");
                self.archive.reading.failed(self.connection.is_online());
            }
        }
    }

    fn page_turned(&mut self, page: &Page) {
        self.tell_page(page);
        if let Some(id) = page.reached.clone() {
            self.reached(id);
        }
        match page.next.clone() {
            Some(next) => self.ask_page(next),
            None => {
                self.end_catch_up();
                self.archive.was_empty |= !self.archive.reading.has_position();
            }
        }
    }

    fn tell_page(&mut self, page: &Page) {
        let now = self.now();
        // On a new device only the newest page may hold a call that still rings.
        let held = (!page.is_newest).then(|| self.archive.held.clone());
        for archived in &page.results {
            self.delivered(&archived.message, &reading::envelope(archived, now, page.ahead));
        }
        if let Some(held) = held {
            self.archive.held = held;
        }
    }

    fn reached(&mut self, id: String) {
        self.archive.was_empty = false;
        self.emit(SessionEvent::ArchiveReached { id });
    }

    /// Whether a live message moves the position: only if nothing of the other devices can stand before it that did not come
    /// here, and if it is next. One that is `stamped` in a session that was never cut waited for an older session, and may be
    /// long known: moved back there, the position would have everything behind it read again.
    pub(super) fn follows_archive(&self, stamped: bool) -> bool {
        self.archive.is_caught_up() && self.greeting.copies && (!stamped || self.connection.resumed)
    }

    /// A live message has an archive id.
    pub(super) fn live_archive_id(&mut self, id: String, stamped: bool) {
        let is_next = self.greeting.copies && (!stamped || self.connection.resumed);
        if is_next && self.archive.reading.came_live(&id) {
            self.reached(id);
        }
    }

    fn end_catch_up(&mut self) {
        if let Some(id) = self.archive.reading.end() {
            self.reached(id);
        }
        for mut signal in std::mem::take(&mut self.archive.held) {
            signal.provenance.sent_at = self.by_own_clock(signal.provenance.sent_at);
            self.emit(SessionEvent::SignalReceived(signal));
        }
        self.tell_caught_up();
    }

    pub(super) fn tell_caught_up(&mut self) {
        if self.personal.marks_awaited {
            return;
        }
        self.emit(SessionEvent::ConnectionChanged(ConnectionState::Online { catching_up: false }));
    }
}

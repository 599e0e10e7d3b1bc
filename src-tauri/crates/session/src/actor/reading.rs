//! Reading an archive in pages, the account's own or that of a room: where it stands, and what comes next. No stanzas are
//! sent here, and nothing is told.
//!
//! ```text
//! Idle → Forward from the position ──page──→ … ──complete──→ CaughtUp: live ids move the position
//!      → Backward (new device, or the id is gone) ──page──→ … ──complete, limit──┘
//! ```
//! Until it is caught up, the ids of live messages do not move the position: a crash would leave a gap before them.

use std::{collections::HashMap, time::Duration};

use confab_model::Timestamp;
use tokio::time::Instant;

use super::{messages::Envelope, requests::Answer};
use crate::{
    MessageSource, RequestError,
    xep::archive_0313::{self, Archived, Fin, Query, Range},
};

/// Messages per page.
pub(super) const PAGE: u32 = 100;
/// Results that are kept of a page, whatever a server sends.
const MAX_RESULTS: usize = 1000;
/// After a page that did not come.
const RETRY: Duration = Duration::from_secs(20);

#[derive(Debug, Clone, PartialEq, Eq, Default)]
enum Progress {
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

/// Where the reading of one archive stands.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// Everything up to this id has been told.
    position: Option<String>,
    progress: Progress,
    query: String,
    /// Results by query, until the page is complete.
    results: HashMap<String, Vec<Archived>>,
    newest_live: Option<String>,
    retry_at: Option<Instant>,
}

/// A page that has come, and what is to be done about it, in this order.
#[derive(Debug)]
pub(super) struct Page {
    pub results: Vec<Archived>,
    /// What stands before it was not told.
    pub ahead: bool,
    /// Read forward, or the first one that is read backwards.
    pub is_newest: bool,
    /// The position moves here.
    pub reached: Option<String>,
    /// `None`: there is no more.
    pub next: Option<Range>,
}

impl Reading {
    pub(super) fn from(position: Option<String>) -> Self {
        Self { position, ..Self::default() }
    }

    pub(super) fn is_caught_up(&self) -> bool {
        self.progress == Progress::CaughtUp
    }

    pub(super) fn is_idle(&self) -> bool {
        self.progress == Progress::Idle
    }

    pub(super) fn is_forward(&self) -> bool {
        self.progress == Progress::Forward
    }

    pub(super) fn has_position(&self) -> bool {
        self.position.is_some()
    }

    pub(super) fn take_position(&mut self) -> Option<String> {
        self.position.take()
    }

    pub(super) fn retry_at(&self) -> Option<Instant> {
        self.retry_at
    }

    /// What comes next stands after a gap.
    pub(super) fn interrupt(&mut self) {
        self.progress = Progress::Idle;
        self.results.remove(&self.query);
        self.newest_live = None;
        self.retry_at = None;
    }

    /// The stream was cut and is back. What the server kept for it may come behind what is newer: nothing that comes now says
    /// where it stands, until it was asked for once more.
    pub(super) fn look_again(&mut self) {
        if self.is_caught_up() && self.has_position() {
            self.interrupt();
        }
    }

    /// Begins, and says with what.
    pub(super) fn begin(&mut self) -> Range {
        self.retry_at = None;
        match self.position.clone() {
            Some(position) => {
                self.progress = Progress::Forward;
                Range::After(position)
            }
            None => {
                self.progress = Progress::Backward { newest: None, read: 0, bound: None };
                Range::Before(None)
            }
        }
    }

    /// §4.3.1: the message of the position is gone from the archive.
    pub(super) fn forget_position(&mut self) {
        self.position = None;
    }

    /// The query for the next page. `since`: how far it goes back.
    pub(super) fn ask(&mut self, range: Range, since: Option<Timestamp>) -> Query {
        let id = self.open();
        self.query.clone_from(&id);
        let since = since.filter(|_| matches!(range, Range::Before(_)));
        Query { id, with: None, since, range, max: PAGE }
    }

    /// The id of a query of which the results are to be kept.
    pub(super) fn open(&mut self) -> String {
        let id = uuid::Uuid::new_v4().to_string();
        self.results.insert(id.clone(), Vec::new());
        id
    }

    /// The results of a query that has ended.
    pub(super) fn close(&mut self, query: &str) -> Vec<Archived> {
        self.results.remove(query).unwrap_or_default()
    }

    /// Whether it is the query of the page that is waited for.
    pub(super) fn awaits(&self, query: &str) -> bool {
        self.query == query
    }

    pub(super) fn close_page(&mut self) -> Vec<Archived> {
        let query = std::mem::take(&mut self.query);
        self.close(&query)
    }

    /// One result, of whatever query.
    pub(super) fn take(&mut self, archived: Archived) {
        if let Some(results) = self.results.get_mut(&archived.query)
            && results.len() < MAX_RESULTS
        {
            results.push(archived);
        }
    }

    /// Takes a whole page. `most`: so many messages are read backwards, the rest comes on demand. `None`: it was not waited
    /// for.
    pub(super) fn turn(&mut self, mut results: Vec<Archived>, fin: Fin, most: usize) -> Option<Page> {
        let bound = match &self.progress {
            Progress::Backward { bound, .. } => end_before(&mut results, *bound),
            Progress::Forward => None,
            Progress::Idle | Progress::CaughtUp => return None,
        };
        for archived in &results {
            if self.newest_live.as_ref() == Some(&archived.id) {
                self.newest_live = None;
            }
        }
        let first = fin.first.or_else(|| results.first().map(|archived| archived.id.clone()));
        let last = fin.last.or_else(|| results.last().map(|archived| archived.id.clone()));
        let mut page = Page { results, ahead: false, is_newest: true, reached: None, next: None };
        if let Progress::Backward { newest, read, bound: at } = &mut self.progress {
            (page.ahead, page.is_newest) = (true, *read == 0);
            (*read, *at) = (*read + page.results.len(), bound);
            *newest = newest.take().or(last);
            match first {
                Some(first) if !fin.complete && !page.results.is_empty() && *read < most => {
                    page.next = Some(Range::Before(Some(first)));
                }
                _ => page.reached.clone_from(newest),
            }
        } else if let Some(last) = last {
            // A server that stays where it is would be asked for ever.
            let moves = self.position.as_ref() != Some(&last);
            page.next = (!fin.complete && moves).then(|| Range::After(last.clone()));
            page.reached = Some(last);
        }
        if page.reached.is_some() {
            self.position.clone_from(&page.reached);
        }
        Some(page)
    }

    /// The end is reached. The position moves to what came live meanwhile and is newer than the last page.
    pub(super) fn end(&mut self) -> Option<String> {
        self.progress = Progress::CaughtUp;
        self.retry_at = None;
        let live = self.newest_live.take()?;
        self.position = Some(live.clone());
        Some(live)
    }

    /// The page did not come. `retries`: it is asked for again by itself.
    pub(super) fn failed(&mut self, retries: bool) {
        self.progress = Progress::Idle;
        if retries {
            self.retry_at = Some(Instant::now() + RETRY);
        }
    }

    /// A live message has an id of the archive. Whether the position moves there.
    pub(super) fn came_live(&mut self, id: &str) -> bool {
        if self.is_caught_up() {
            self.position = Some(id.to_owned());
            return true;
        }
        self.newest_live = Some(id.to_owned());
        false
    }
}

/// Around a result of an archive. `ahead`: what stands before its page was not told.
pub(super) fn envelope(archived: &Archived, now: Timestamp, ahead: bool) -> Envelope {
    Envelope {
        source: MessageSource::Archive,
        sent_at: archived.sent_at.map_or(now, |stamp| stamp.min(now)),
        stamped: archived.sent_at,
        archive_id: Some(archived.id.clone()),
        ahead,
    }
}

/// Some archives stamp whole seconds, so that the end of a page seems to be as late as the page after it. The archive's
/// order counts: what stands before a message is at least a millisecond older. Returns the bound of the next page. (Of pages
/// that are read forwards the store keeps the order, which knows what is there.)
pub(super) fn end_before(results: &mut [Archived], bound: Option<Timestamp>) -> Option<Timestamp> {
    if let Some(bound) = bound {
        let latest = Timestamp(bound.0.saturating_sub(1));
        for archived in &mut *results {
            archived.sent_at = archived.sent_at.map(|stamp| stamp.min(latest));
        }
    }
    results.first().and_then(|archived| archived.sent_at).or(bound)
}

pub(super) fn read_answer(answer: Answer) -> Result<Fin, RequestError> {
    let payload = answer?.ok_or_else(|| RequestError::Unexpected("no end of the page".to_owned()))?;
    archive_0313::read_fin(&payload).ok_or_else(|| RequestError::Unexpected("no end of the page".to_owned()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use minidom::Element;

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
    fn backwards_the_position_moves_at_the_end_and_live_ids_after_it() {
        let mut reading = Reading::default();
        assert_eq!(reading.begin(), Range::Before(None));
        assert!(!reading.came_live("9000"));
        let fin = |complete| Fin { complete, first: None, last: None };
        let newest = reading.turn(page(&[5_000, 6_000]), fin(false), 100).unwrap();
        assert!(newest.ahead && newest.is_newest && newest.reached.is_none());
        assert_eq!(newest.next, Some(Range::Before(Some("5000".to_owned()))));
        let older = reading.turn(page(&[4_000, 5_000]), fin(true), 100).unwrap();
        assert!(older.ahead && !older.is_newest);
        assert_eq!((older.reached.as_deref(), older.next), (Some("6000"), None));
        assert_eq!(stamps(&older.results), [4_000, 4_999]);
        assert_eq!(reading.end().as_deref(), Some("9000"));
        assert!(reading.came_live("9001"));
        assert_eq!(reading.begin(), Range::After("9001".to_owned()));
        assert!(reading.turn(page(&[]), fin(true), 100).unwrap().next.is_none());
    }

    #[test]
    fn not_more_than_is_wanted_is_read_backwards() {
        let mut reading = Reading::default();
        reading.begin();
        let page = reading.turn(page(&[1, 2, 3]), Fin::default(), 3).unwrap();
        assert_eq!((page.reached.as_deref(), page.next), (Some("3"), None));
    }

    #[test]
    fn a_server_that_stays_where_it_is_is_not_asked_for_ever() {
        let mut reading = Reading::from(Some("1".to_owned()));
        reading.begin();
        assert_eq!(reading.turn(page(&[2]), Fin::default(), 9).unwrap().next, Some(Range::After("2".to_owned())));
        assert_eq!(reading.turn(page(&[2]), Fin::default(), 9).unwrap().next, None);
        reading.end();
        assert!(reading.turn(page(&[3]), Fin::default(), 9).is_none(), "nobody asked");
    }
}

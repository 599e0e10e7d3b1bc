//! Parts of the archive of one conversation, on demand: older pages, around a date, behind a message.

use confab_model::{BareJid, Timestamp};

use super::{
    Actor, Purpose,
    messages::{parties, read_message},
    reading::{self, PAGE, end_before, read_answer},
    requests::Answer,
    told::Told,
};
use crate::{
    ArchivePage, ArchiveSpan, RequestError,
    handle::Reply,
    xep::archive_0313::{self, Archived, Fin, Query, Range},
};

/// Messages that a request for older ones should bring, and the queries it may take.
const MIN_HISTORY: usize = 40;
const MAX_HISTORY_QUERIES: u32 = 10;

impl Actor {
    pub(super) fn history(&mut self, history: History) {
        if self.groups.has(&history.with) {
            return self.room_history(history);
        }
        if self.connection.is_online() && !self.server.archive {
            let _ = history.reply.send(Err(RequestError::Unsupported(archive_0313::NS)));
            return;
        }
        let id = self.archive.reading.open();
        let query = history.query(id.clone(), Some(history.with.clone().into()));
        self.request(true, None, query.to_element(), Purpose::History { query: id, history: Box::new(history) });
    }

    pub(super) fn history_page(&mut self, query: &str, answer: Answer, mut history: History) {
        let mut results = self.archive.reading.close(query);
        let fin = match read_answer(answer) {
            Ok(fin) => fin,
            Err(error) => {
                let _ = history.reply.send(Err(error));
                return;
            }
        };
        let now = self.now();
        history.order(&mut results);
        history.page.ahead |= !self.archive.is_caught_up();
        let told = results.iter().filter_map(|archived| {
            let envelope = reading::envelope(archived, now, true);
            let parties = parties(&archived.message, self.own())?;
            read_message(&archived.message, &parties, &envelope)
        });
        let told = told.collect();
        if let Some(history) = history.add(told, &results, fin) {
            self.history(history);
        }
    }
}

/// A request for a part of the archive of one conversation, and what came of it so far.
pub(super) struct History {
    pub with: BareJid,
    span: ArchiveSpan,
    pub page: ArchivePage,
    queries: u32,
    /// When the outermost message so far was sent.
    bound: Option<Timestamp>,
    pub reply: Reply<Result<ArchivePage, RequestError>>,
}

impl History {
    pub(super) fn new(with: BareJid, span: ArchiveSpan, reply: Reply<Result<ArchivePage, RequestError>>) -> Self {
        Self { with, span, page: ArchivePage::default(), queries: 0, bound: None, reply }
    }

    fn goes_forward(&self) -> bool {
        match self.span {
            ArchiveSpan::After(_) | ArchiveSpan::Since(_) => true,
            ArchiveSpan::Before(_) => false,
        }
    }

    /// The next query. `with`: in an archive that has other conversations too.
    pub(super) fn query(&self, id: String, with: Option<jid::BareJid>) -> Query {
        let (first, last) = (self.page.first.clone(), self.page.last.clone());
        let (range, since) = match &self.span {
            ArchiveSpan::Before(before) => (Range::Before(first.or_else(|| before.clone())), None),
            ArchiveSpan::After(after) => (Range::After(last.unwrap_or_else(|| after.clone())), None),
            ArchiveSpan::Since(since) => (last.map_or(Range::First, Range::After), Some(*since)),
        };
        Query { id, with, since, range, max: PAGE }
    }

    /// Brings the stamps of a page into the archive's order; see [`end_before`].
    pub(super) fn order(&mut self, results: &mut [Archived]) {
        if !self.goes_forward() {
            self.bound = end_before(results, self.bound);
        }
    }

    /// Takes what the last query brought. Returns the request if it has to go on, and answers it otherwise.
    pub(super) fn add(mut self, told: Vec<Told>, results: &[Archived], fin: Fin) -> Option<Self> {
        let goes_forward = self.goes_forward();
        let page = &mut self.page;
        let at = if goes_forward { (page.messages.len(), page.amendments.len()) } else { (0, 0) };
        let (mut messages, mut amendments) = (Vec::new(), Vec::new());
        for one in told {
            match one {
                Told::Message(message) => messages.push(*message),
                Told::Amendment(amendment) => amendments.push(*amendment),
            }
        }
        page.messages.splice(at.0..at.0, messages);
        page.amendments.splice(at.1..at.1, amendments);
        let first = fin.first.or_else(|| results.first().map(|archived| archived.id.clone()));
        let last = fin.last.or_else(|| results.last().map(|archived| archived.id.clone()));
        // A server that stays where it is would be asked for ever.
        let moves = if goes_forward { last != page.last } else { first != page.first };
        page.complete = fin.complete || results.is_empty() || !moves;
        if goes_forward || page.last.is_none() {
            page.last = last.or(page.last.take());
        }
        if !goes_forward || page.first.is_none() {
            page.first = first.or(page.first.take());
        }
        self.queries += 1;
        // Receipts and markers are archived too: a page may hold nothing that a person wrote.
        if !self.page.complete && self.page.messages.len() < MIN_HISTORY && self.queries < MAX_HISTORY_QUERIES {
            return Some(self);
        }
        let _ = self.reply.send(Ok(self.page));
        None
    }
}

//! Writes the records of calls beside the calls' way.
//!
//! A record is written whenever the machine learns something new of a call, several times while it connects, and each
//! write reaches the disk before it counts. The actor must not wait for that: signals of the same call stand behind it.
//! In: records as they are now, calls that never were, and the answers of operations. Out: rows in the store, the events
//! that tell of them, and each answer when everything that came before it is on the disk: who has one may pull the plug.
//! Order is kept; a newer state of a call takes the place of one that was not written yet, so what waits is bounded by
//! the number of calls and of operations under way. What a full disk or a lock does not let through is tried again when
//! nothing else waits: answers do not wait for it. Does not decide what a record says.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use confab_call::Done;
use confab_model::{AccountId, CallId, CallRecord, Event};
use confab_store::{Store, StoreError};
use tokio::{sync::Notify, task::JoinHandle};
use tracing::Instrument as _;

use super::{Reply, told_records::RecordTeller};
use crate::{OperationError, event_bus::EventBus};

/// After the store failed. A lock is gone by then, and for a full disk it is often enough.
const RETRY: Duration = Duration::from_secs(5);

/// Where the actor puts records. The task ends, after the last write, when this is dropped or finished.
#[derive(Debug)]
pub(super) struct CallRecords {
    queue: Arc<Queue>,
    task: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    changed: Notify,
    written: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    entries: VecDeque<Entry>,
    /// The store did not take these, and nothing newer is known of their calls.
    failed: VecDeque<Entry>,
    /// One entry was taken and is not on disk yet.
    busy: bool,
    closed: bool,
    /// What fails from now on is left to the next start, which closes what is open.
    is_last_try: bool,
}

/// What the writer does next.
#[derive(Debug)]
enum Next {
    Write(Entry),
    Rest { has_failed: bool },
    End,
}

#[derive(Debug)]
enum Entry {
    Keep(Box<CallRecord>),
    Discard(CallId),
    Answer(Reply<Done>, Result<Done, OperationError>),
}

impl Entry {
    /// The call whose state this is.
    fn call(&self) -> Option<&CallId> {
        match self {
            Self::Keep(record) => Some(&record.id),
            Self::Discard(call) => Some(call),
            Self::Answer(..) => None,
        }
    }

    /// Whether both are states of the same call.
    fn is_outdated_by(&self, newer: &Self) -> bool {
        self.call().is_some() && self.call() == newer.call()
    }
}

impl CallRecords {
    /// `teller` hears of each that is closed.
    pub(super) fn start(account: AccountId, store: Store, bus: EventBus, teller: RecordTeller) -> Self {
        let queue = Arc::new(Queue::default());
        let writer = Writer { account, store, bus, teller, queue: Arc::clone(&queue), is_failing: false };
        Self { queue, task: Some(tokio::spawn(writer.run().in_current_span())) }
    }

    /// This is how the call's record is now.
    pub(super) fn keep(&self, record: CallRecord) {
        self.queue.push(Entry::Keep(Box::new(record)));
    }

    /// The call was merged into another one: its record goes.
    pub(super) fn discard(&self, call: CallId) {
        self.queue.push(Entry::Discard(call));
    }

    /// Answers an operation once the store has all that was put in so far.
    pub(super) fn answer(&self, reply: Reply<Done>, result: Result<Done, OperationError>) {
        self.queue.push(Entry::Answer(reply, result));
    }

    /// Waits until the store has, or has refused, all that was put in so far.
    pub(super) async fn flush(&self) {
        loop {
            let written = self.queue.written.notified();
            tokio::pin!(written);
            // From here on no notification is missed.
            written.as_mut().enable();
            {
                let waiting = self.queue.lock();
                if waiting.entries.is_empty() && !waiting.busy {
                    return;
                }
            }
            written.await;
        }
    }

    /// Writes what is left and ends.
    pub(super) async fn finish(mut self) {
        self.queue.close();
        if let Some(task) = self.task.take() {
            let _ = task.await;
        }
    }
}

impl Drop for CallRecords {
    fn drop(&mut self) {
        self.queue.close();
    }
}

impl Queue {
    /// Nothing panics while it is held; a poisoned queue would still be whole.
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, entry: Entry) {
        self.lock().put(entry);
        self.changed.notify_one();
    }

    fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_one();
    }
}

impl Waiting {
    fn put(&mut self, entry: Entry) {
        self.failed.retain(|failed| !failed.is_outdated_by(&entry));
        match self.entries.iter_mut().find(|waiting| waiting.is_outdated_by(&entry)) {
            Some(waiting) => *waiting = entry,
            None => self.entries.push_back(entry),
        }
    }

    fn next(&mut self) -> Next {
        if self.entries.is_empty() && self.closed && !self.is_last_try {
            self.is_last_try = true;
            self.try_again();
        }
        let entry = self.entries.pop_front();
        self.busy = entry.is_some();
        match entry {
            Some(entry) => Next::Write(entry),
            None if self.closed => Next::End,
            None => Next::Rest { has_failed: !self.failed.is_empty() },
        }
    }

    /// The store did not take this.
    fn put_back(&mut self, entry: Entry) {
        if !self.is_last_try && !self.entries.iter().any(|newer| entry.is_outdated_by(newer)) {
            self.failed.push_back(entry);
        }
    }

    fn try_again(&mut self) {
        self.entries.append(&mut self.failed);
    }
}

struct Writer {
    account: AccountId,
    store: Store,
    bus: EventBus,
    teller: RecordTeller,
    queue: Arc<Queue>,
    /// People have been told.
    is_failing: bool,
}

impl Writer {
    async fn run(mut self) {
        loop {
            let next = self.queue.lock().next();
            match next {
                Next::Write(entry) => self.write(entry).await,
                Next::Rest { has_failed } => {
                    self.queue.written.notify_waiters();
                    let changed = self.queue.changed.notified();
                    if !has_failed {
                        changed.await;
                    } else if tokio::time::timeout(RETRY, changed).await.is_err() {
                        self.queue.lock().try_again();
                    }
                }
                Next::End => return self.queue.written.notify_waiters(),
            }
        }
    }

    async fn write(&mut self, entry: Entry) {
        let written = match entry {
            Entry::Keep(ref record) => self.keep(record).await,
            Entry::Discard(ref call) => self.discard(call).await,
            Entry::Answer(reply, result) => {
                let _ = reply.send(result);
                return;
            }
        };
        let Err(error) = written else {
            self.is_failing = false;
            return;
        };
        tracing::error!(%error, "a call record was not written");
        if !std::mem::replace(&mut self.is_failing, true) {
            self.publish(Event::Warning { code: error.code().to_owned(), detail: error.to_string() });
        }
        if error.may_pass() {
            self.queue.lock().put_back(entry);
        }
    }

    async fn keep(&self, record: &CallRecord) -> Result<(), StoreError> {
        let Some((other, _)) = record.people.first() else { return Ok(()) };
        // Nobody else writes calls that go on here: what was not there is new to windows too.
        let known = self.store.call_record(self.account, &record.id).await?.is_some();
        let Some(stored) = self.store.record_call(self.account, other, record).await? else { return Ok(()) };
        let message = stored.message;
        self.publish(if known { Event::MessageUpdated { message } } else { Event::MessageAdded { message } });
        self.publish(Event::ConversationChanged { conversation: stored.conversation });
        self.publish(Event::CallRecorded { record: record.clone() });
        if record.reason.is_some() {
            self.teller.is_due();
        }
        Ok(())
    }

    async fn discard(&self, call: &CallId) -> Result<(), StoreError> {
        if let Some(conversation) = self.store.remove_call(self.account, call).await? {
            self.publish(Event::ConversationChanged { conversation });
        }
        Ok(())
    }

    fn publish(&self, event: Event) {
        self.bus.publish(Some(self.account), event);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use confab_model::{BareJid, CallDirection, CallMedia, EndReason, ParticipantState};

    use super::*;

    fn record(id: &str, reason: Option<EndReason>) -> CallRecord {
        CallRecord {
            id: CallId(id.to_owned()),
            direction: CallDirection::Outgoing,
            media: CallMedia::Audio,
            people: vec![("bob@example.org".parse::<BareJid>().unwrap(), ParticipantState::Inviting)],
            started_at: confab_model::Timestamp(1),
            answered_at: None,
            ended_at: None,
            reason,
            answered_by: None,
            timings: confab_model::CallTimings::default(),
        }
    }

    fn keep(id: &str, reason: Option<EndReason>) -> Entry {
        Entry::Keep(Box::new(record(id, reason)))
    }

    #[test]
    fn a_newer_state_takes_the_place_of_one_that_waits() {
        let mut waiting = Waiting::default();
        waiting.put(keep("a", None));
        waiting.put(keep("b", None));
        waiting.put(keep("a", Some(EndReason::Cancelled)));
        waiting.put(Entry::Discard(CallId("b".to_owned())));
        assert_eq!(waiting.entries.len(), 2);
        assert!(matches!(&waiting.entries[0], Entry::Keep(a) if a.reason == Some(EndReason::Cancelled)));
        assert!(matches!(&waiting.entries[1], Entry::Discard(b) if b.0 == "b"));
    }

    #[test]
    fn what_the_store_did_not_take_is_tried_again_unless_something_newer_is_known() {
        let kept = |next: Next| match next {
            Next::Write(Entry::Keep(record)) => record.id.0,
            other => format!("{other:?}"),
        };
        let mut waiting = Waiting::default();
        for id in ["a", "b", "c"] {
            waiting.put_back(keep(id, None));
        }
        assert!(matches!(waiting.next(), Next::Rest { has_failed: true }), "not at once");
        waiting.put(keep("b", Some(EndReason::Cancelled)));
        waiting.put_back(keep("b", None));
        waiting.try_again();
        assert_eq!(kept(waiting.next()), "b");
        assert_eq!(kept(waiting.next()), "a");
        waiting.put_back(keep("a", None));
        assert_eq!(kept(waiting.next()), "c");
        // Once more at the end, and then not for ever.
        waiting.closed = true;
        assert_eq!(kept(waiting.next()), "a");
        waiting.put_back(keep("a", None));
        assert!(matches!(waiting.next(), Next::End));
    }

    #[tokio::test]
    async fn what_was_put_in_is_on_disk_after_a_flush_and_after_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("history.sqlite")).await.unwrap();
        let account = store.add_account(&"alice@example.org".parse().unwrap(), None, false).await.unwrap();
        let bus = EventBus::new();
        let mut events = bus.listen();
        let (queue, mut due) = tokio::sync::mpsc::channel(8);
        let records = CallRecords::start(account, store.clone(), bus, RecordTeller(queue.downgrade()));

        records.keep(record("a", None));
        records.keep(record("b", None));
        let (reply, answered) = tokio::sync::oneshot::channel();
        records.answer(reply, Ok(Done::Ok));
        answered.await.unwrap().unwrap();
        records.flush().await;
        assert_eq!(store.open_calls(account).await.unwrap().len(), 2);
        records.discard(CallId("b".to_owned()));
        let ended = record("a", Some(EndReason::Cancelled));
        records.keep(ended.clone());
        records.finish().await;
        assert_eq!(store.call_record(account, &ended.id).await.unwrap(), Some(ended));
        assert!(due.try_recv().is_ok(), "the other devices are to hear of it");
        assert!(due.try_recv().is_err(), "of what is over");
        assert_eq!(store.call_record(account, &CallId("b".to_owned())).await.unwrap(), None);

        let mut kinds = Vec::new();
        while let Some(envelope) = events.next().await {
            kinds.push(match envelope.event {
                Event::MessageAdded { .. } => "added",
                Event::MessageUpdated { .. } => "updated",
                Event::ConversationChanged { .. } => "conversation",
                Event::CallRecorded { record } if record.reason.is_some() => "ended",
                Event::CallRecorded { .. } => "recorded",
                other => panic!("{other:?}"),
            });
        }
        let opened = ["added", "conversation", "recorded"];
        let gone = ["conversation"];
        let closed = ["updated", "conversation", "ended"];
        assert_eq!(kinds, [&opened[..], &opened, &gone, &closed].concat());
    }
}

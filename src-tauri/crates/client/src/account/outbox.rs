//! Handing the outbox to the session: messages and changes of messages, in order, each once per session, as far as the
//! server takes them.
//!
//! The store's outbox is the queue; this is only the place in it. It starts anew from the oldest entry whenever the
//! stream comes back, resumed or not, and leaves out what the session has in hand: that goes out by itself. Nothing is
//! handed over between the end of a stream and the account hearing of the next one, so that a message written then
//! cannot overtake those which were lost with the old one.

use std::{
    collections::{HashSet, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use confab_model::{AccountId, MessageId};
use confab_session::{OutgoingContent, OutgoingMessage, SendError, SessionHandle};
use confab_store::{Sending as Entry, SendingContent, Store, StoreError};
use tokio::{
    sync::{Notify, mpsc},
    time::Instant,
};

/// Messages that are read at a time.
const PAGE: u32 = 200;
/// Messages with the session that the server has not acknowledged. Beyond it they wait in the store; the session's own
/// queue has 1,024 places, calls need some of them.
const MAX_IN_HAND: usize = 500;
/// After the session's queue was full.
const FULL_RETRY: Duration = Duration::from_millis(250);
/// After the store could not be read.
const STORE_RETRY: Duration = Duration::from_secs(5);

/// What the account's actor tells its sending task. State, not a queue: nothing can overflow, and only the last word
/// counts.
#[derive(Debug, Default)]
pub(super) struct Sending {
    state: Mutex<State>,
    pub(super) changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// Counts the times that the stream came back.
    connection: u64,
    /// Stanzas may be handed over.
    is_open: bool,
    /// Begin again with the oldest message.
    restart: bool,
    /// There may be more at the end of the outbox.
    grown: bool,
    /// With the session, and neither acknowledged nor lost.
    in_hand: HashSet<MessageId>,
    markers_changed: bool,
    is_new_session: bool,
}

/// Something about markers to do; see [`super::markers`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct MarkerWork {
    pub(super) connection: u64,
    pub(super) changed: bool,
    /// What was handed over in an older session and not confirmed is lost.
    pub(super) is_new_session: bool,
}

impl Sending {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds the lock; if it did, the state would still be whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state());
        self.changed.notify_one();
    }

    /// The stream is there.
    pub(super) fn online(&self, resumed: bool) {
        self.change(|state| {
            state.connection += 1;
            state.is_open = true;
            state.restart = true;
            state.markers_changed = true;
            state.is_new_session |= !resumed;
        });
    }

    /// The stream is gone.
    pub(super) fn offline(&self) {
        self.change(|state| state.is_open = false);
    }

    /// The outbox has a new message.
    pub(super) fn queued(&self) {
        self.change(|state| state.grown = true);
    }

    /// The message is no longer in the outbox.
    pub(super) fn settled(&self, id: &MessageId) {
        self.change(|state| {
            state.in_hand.remove(id);
        });
    }

    /// The session had these in hand and lost them.
    pub(super) fn lost(&self, ids: &[MessageId]) {
        self.change(|state| {
            for id in ids {
                state.in_hand.remove(id);
            }
            state.restart = true;
        });
    }

    /// A marker is due.
    pub(super) fn marker_due(&self) {
        self.change(|state| state.markers_changed = true);
    }

    /// The session says that there is no stream. The account will hear of the next one, unless it just did.
    pub(super) fn found_closed(&self, connection: u64) {
        let mut state = self.state();
        if state.connection == connection {
            state.is_open = false;
        }
    }

    /// What there is to do about markers; `None` without a stream.
    pub(super) fn take_marker_work(&self) -> Option<MarkerWork> {
        let mut state = self.state();
        state.is_open.then(|| MarkerWork {
            connection: state.connection,
            changed: std::mem::take(&mut state.markers_changed),
            is_new_session: std::mem::take(&mut state.is_new_session),
        })
    }
}

/// Where the messages go. The session; a script in tests.
pub(super) trait MessageSink: Send + Sync {
    fn send_message(&self, message: OutgoingMessage) -> impl Future<Output = Result<(), SendError>> + Send;
}

impl MessageSink for SessionHandle {
    async fn send_message(&self, message: OutgoingMessage) -> Result<(), SendError> {
        Self::send_message(self, message).await
    }
}

/// Where the messages come from. The store's outbox; a list in tests.
pub(super) trait MessageSource: Send + Sync {
    /// The next entries after a place, with the place of the last one; the same place again at the end.
    fn read(&self, after: i64, limit: u32) -> impl Future<Output = Result<(Vec<Entry>, i64), StoreError>> + Send;
}

impl MessageSource for (Store, AccountId) {
    async fn read(&self, after: i64, limit: u32) -> Result<(Vec<Entry>, i64), StoreError> {
        let page = self.0.sending(self.1, after, limit).await?;
        Ok((page.entries, page.last))
    }
}

/// Whether there was something to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Done,
    /// Nothing until something changes, or until this time.
    Idle(Option<Instant>),
}

/// The place in the outbox.
pub(super) struct Outbox<S, M> {
    sink: S,
    source: M,
    /// Messages that cannot be written as a stanza, with why.
    failed: mpsc::UnboundedSender<(MessageId, String)>,
    after: i64,
    /// Read and not handed over; nothing in it was in hand when it was read.
    page: VecDeque<Entry>,
    /// Nothing was left behind the place.
    is_at_end: bool,
    retry_at: Option<Instant>,
}

impl<S: MessageSink, M: MessageSource> Outbox<S, M> {
    pub(super) fn new(sink: S, source: M, failed: mpsc::UnboundedSender<(MessageId, String)>) -> Self {
        Self { sink, source, failed, after: 0, page: VecDeque::new(), is_at_end: false, retry_at: None }
    }

    /// Reads a page or hands over one message.
    pub(super) async fn step(&mut self, sending: &Sending) -> Step {
        let connection = {
            let mut state = sending.state();
            if std::mem::take(&mut state.restart) {
                (self.after, self.is_at_end) = (0, false);
                self.page.clear();
            }
            if std::mem::take(&mut state.grown) {
                self.is_at_end = false;
            }
            if !state.is_open || state.in_hand.len() >= MAX_IN_HAND {
                return Step::Idle(None);
            }
            state.connection
        };
        if let Some(at) = self.retry_at.filter(|at| *at > Instant::now()) {
            return Step::Idle(Some(at));
        }
        self.retry_at = None;
        match self.page.pop_front() {
            Some(entry) => self.hand_over(entry, connection, sending).await,
            None if self.is_at_end => return Step::Idle(None),
            None => self.read_page(sending).await,
        }
        Step::Done
    }

    async fn read_page(&mut self, sending: &Sending) {
        // Taken before the page is read: what is acknowledged meanwhile may still be in it.
        let in_hand = sending.state().in_hand.clone();
        match self.source.read(self.after, PAGE).await {
            Ok((entries, last)) => {
                self.is_at_end = last == self.after;
                self.after = last;
                self.page.extend(entries.into_iter().filter(|entry| !in_hand.contains(&entry.id)));
            }
            Err(error) => {
                tracing::warn!(%error, "the outbox cannot be read");
                self.retry_at = Some(Instant::now() + STORE_RETRY);
            }
        }
    }

    async fn hand_over(&mut self, entry: Entry, connection: u64, sending: &Sending) {
        let id = entry.id.clone();
        // In hand before it is sent: the acknowledgement may be quicker than the answer.
        sending.state().in_hand.insert(id.clone());
        let Err(error) = self.sink.send_message(outgoing(entry.clone())).await else { return };
        sending.state().in_hand.remove(&id);
        match error {
            SendError::Invalid(detail) => {
                let _ = self.failed.send((id, detail));
            }
            SendError::NotOnline | SendError::Closed => {
                self.page.push_front(entry);
                sending.found_closed(connection);
            }
            SendError::QueueFull => {
                self.page.push_front(entry);
                self.retry_at = Some(Instant::now() + FULL_RETRY);
            }
        }
    }
}

fn outgoing(Entry { id, to, kind, content }: Entry) -> OutgoingMessage {
    let content = match content {
        SendingContent::Message(composed) => OutgoingContent::Message(composed),
        SendingContent::Change { of, change } => OutgoingContent::Change { of, change },
    };
    OutgoingMessage { id, to, kind, content }
}

#[cfg(test)]
mod tests;

//! Handing the outbox to the session: messages and changes of messages, in order, each once per session, as far as the
//! server takes them.
//!
//! The store's outbox is the queue; this is only the place in it. It starts anew from the oldest entry whenever the
//! stream comes back, resumed or not, and leaves out what the session has in hand: that goes out by itself. Nothing is
//! handed over between the end of a stream and the account hearing of the next one, so that a message written then
//! cannot overtake those which were lost with the old one; and what is handed over for a session of which the end was not
//! heard yet, the session itself refuses.
//!
//! What is for a group goes while this account is in it, and only when its archive has told which of the own messages the
//! group has; until then it stays in the store and lets the rest pass.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use confab_model::{AccountId, BareJid, ConversationKind, FailureWhy, MessageId};
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
    /// The session that it is, as the session counts.
    session: u64,
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
    /// The groups that are known.
    rooms: HashMap<BareJid, Room>,
    /// What the other devices displayed is known by now: what this one tells them takes none of them back.
    is_caught_up: bool,
    positions_changed: bool,
}

/// Whether something may be handed over for a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Room {
    /// Not in it, or what it has of this account is not all known yet.
    Closed,
    Open,
    /// Open, and the session says that it is not: the account has yet to hear of it, or of a stream that ended.
    Refused,
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
    pub(super) fn online(&self, resumed: bool, session: u64) {
        self.change(|state| {
            state.connection += 1;
            state.session = session;
            state.is_open = true;
            state.restart = true;
            state.markers_changed = true;
            state.is_new_session |= !resumed;
            for room in state.rooms.values_mut() {
                *room = match room {
                    Room::Open | Room::Refused if resumed => Room::Open,
                    Room::Open | Room::Refused | Room::Closed => Room::Closed,
                };
            }
        });
    }

    /// The stream is gone.
    pub(super) fn offline(&self) {
        self.change(|state| {
            state.is_open = false;
            state.is_caught_up = false;
        });
    }

    /// The archive has been read up to now.
    pub(super) fn caught_up(&self) {
        self.change(|state| {
            state.is_caught_up = true;
            state.positions_changed = true;
        });
    }

    /// The group takes messages, and it is known which of the own ones it has.
    pub(super) fn room_open(&self, group: &BareJid) {
        self.change(|state| {
            if state.rooms.insert(group.clone(), Room::Open) != Some(Room::Open) {
                state.restart = true;
                state.markers_changed = true;
            }
        });
    }

    /// The group takes nothing for now, or for good. What is for it waits in the store, and nothing else behind it.
    pub(super) fn room_closed(&self, group: &BareJid) {
        self.state().rooms.insert(group.clone(), Room::Closed);
    }

    /// Whether stanzas may go to a person or group.
    pub(super) fn takes(&self, to: &BareJid, kind: ConversationKind) -> bool {
        match self.state().rooms.get(to) {
            Some(room) => *room == Room::Open,
            None => kind == ConversationKind::Direct,
        }
    }

    /// The session does not take something though there is a stream as far as is known here: of a group because it is
    /// not in there, else because there is none.
    pub(super) fn found_offline(&self, to: &BareJid, connection: u64) {
        let mut state = self.state();
        if state.connection != connection {
            return;
        }
        match state.rooms.get_mut(to) {
            Some(room @ Room::Open) => *room = Room::Refused,
            Some(Room::Closed | Room::Refused) => {}
            None => state.is_open = false,
        }
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

    /// A marker, or the place for the other devices, is due.
    pub(super) fn marker_due(&self) {
        self.change(|state| {
            state.markers_changed = true;
            state.positions_changed = true;
        });
    }

    /// Whether there may be places to tell the other devices.
    pub(super) fn take_position_work(&self) -> bool {
        let mut state = self.state();
        state.is_open && state.is_caught_up && std::mem::take(&mut state.positions_changed)
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
    /// `session`: the one that it is for.
    fn send_message(
        &self,
        session: u64,
        message: OutgoingMessage,
    ) -> impl Future<Output = Result<(), SendError>> + Send;
}

impl MessageSink for SessionHandle {
    async fn send_message(&self, session: u64, message: OutgoingMessage) -> Result<(), SendError> {
        self.send_message_in(session, message).await
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
    failed: mpsc::UnboundedSender<(MessageId, FailureWhy)>,
    after: i64,
    /// Read and not handed over; nothing in it was in hand when it was read.
    page: VecDeque<Entry>,
    /// Nothing was left behind the place.
    is_at_end: bool,
    retry_at: Option<Instant>,
}

impl<S: MessageSink, M: MessageSource> Outbox<S, M> {
    pub(super) fn new(sink: S, source: M, failed: mpsc::UnboundedSender<(MessageId, FailureWhy)>) -> Self {
        Self { sink, source, failed, after: 0, page: VecDeque::new(), is_at_end: false, retry_at: None }
    }

    /// Reads a page or hands over one message.
    pub(super) async fn step(&mut self, sending: &Sending) -> Step {
        let stream = {
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
            (state.connection, state.session)
        };
        if let Some(at) = self.retry_at.filter(|at| *at > Instant::now()) {
            return Step::Idle(Some(at));
        }
        self.retry_at = None;
        match self.page.pop_front() {
            Some(entry) => self.hand_over(entry, stream, sending).await,
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

    async fn hand_over(&mut self, entry: Entry, (connection, session): (u64, u64), sending: &Sending) {
        if !sending.takes(&entry.to, entry.kind) {
            // It is read again when its group takes messages.
            return;
        }
        let id = entry.id.clone();
        // In hand before it is sent: the acknowledgement may be quicker than the answer.
        sending.state().in_hand.insert(id.clone());
        let Err(error) = self.sink.send_message(session, outgoing(entry.clone())).await else { return };
        sending.state().in_hand.remove(&id);
        match error {
            SendError::Invalid(detail) => {
                let _ = self.failed.send((id, FailureWhy::Other { detail }));
            }
            SendError::TooLarge { limit } => {
                let _ = self.failed.send((id, FailureWhy::TooLarge { limit: u32::try_from(limit).ok() }));
            }
            SendError::NotOnline | SendError::Closed => {
                sending.found_offline(&entry.to, connection);
                self.page.push_front(entry);
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

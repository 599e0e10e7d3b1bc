//! What an account sends, in order, without ever making its actor wait.
//!
//! The actor must not wait for the session, because the session may be waiting for the actor to take its events.
//! So this task waits in its place. Chat messages and displayed markers are safe in the store, from where they are sent
//! as soon as there is a stream ([`super::outbox`], [`super::markers`], [`super::positions`]); receipts are kept by the session. Call signals
//! have no such home: they are kept here, in order, until the stream is back or they are too old to mean anything; they
//! go before messages.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use confab_model::{AccountId, BareJid, FailureWhy, MessageId, OutgoingSignal, TypingState};
use confab_session::{Receipt, SendError, SessionHandle};
use confab_store::Store;
use tokio::{
    sync::{
        mpsc::{self, error::TryRecvError},
        oneshot,
    },
    time::Instant,
};

use super::{
    markers::Markers,
    outbox::{Outbox, Sending, Step},
    positions::Positions,
    told_records::{self, RecordTeller},
};
use crate::clock::Clock;

/// Signals, receipts and typing notifications that may wait for the session. Beyond it they are dropped: a machine that
/// is a thousand signals behind has no call any more.
const QUEUE: usize = 1_024;
/// A signal of a call that is older than this finds the call over: reconnecting takes 60 s at most.
const SIGNAL_LIFETIME: Duration = Duration::from_secs(60);
/// How long signing out waits for the last words about calls.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(2);
/// How often a waiting signal is tried again. The session itself says only that it is not online.
const RETRY: Duration = Duration::from_millis(250);

/// One thing to be sent that is not in the store.
#[derive(Debug)]
pub(crate) enum Outgoing {
    Signal(OutgoingSignal),
    Receipt(Receipt),
    /// Those that the own other devices do not have.
    CallRecords,
    ChatState(BareJid, TypingState),
    /// Answered when the session has every signal before it.
    Flush(oneshot::Sender<()>),
}

/// Where the actor puts things to be sent. Ends with the task when dropped.
#[derive(Debug)]
pub(crate) struct OutgoingQueue {
    sender: mpsc::Sender<Outgoing>,
    sending: Arc<Sending>,
}

impl OutgoingQueue {
    /// Starts the task. `failed` hears of messages that cannot be written as a stanza at all.
    pub(crate) fn start(
        session: SessionHandle,
        (store, account): (Store, AccountId),
        clock: Clock,
        failed: mpsc::UnboundedSender<(MessageId, FailureWhy)>,
    ) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let sending = Arc::new(Sending::default());
        let task = Task {
            outbox: Outbox::new(session.clone(), (store.clone(), account), failed),
            markers: Markers::new(session.clone(), store.clone(), account),
            positions: Positions::new(session.clone(), store.clone(), account),
            session,
            store,
            account,
            clock,
            receiver,
            sending: Arc::clone(&sending),
            waiting: VecDeque::new(),
            flushes: Vec::new(),
        };
        tokio::spawn(task.run());
        Self { sender, sending }
    }

    /// Queues it; `false` if the queue is full.
    pub(crate) fn push(&self, outgoing: Outgoing) -> bool {
        let queued = self.sender.try_send(outgoing).is_ok();
        if !queued {
            tracing::warn!("the queue to the session is full");
        }
        queued
    }

    /// Waits until the session has every signal, as far as there is a stream; before signing out.
    pub(super) async fn flush(&self) {
        let (reply, flushed) = oneshot::channel();
        let flush = async {
            if self.sender.send(Outgoing::Flush(reply)).await.is_ok() {
                let _ = flushed.await;
            }
        };
        if tokio::time::timeout(FLUSH_TIMEOUT, flush).await.is_err() {
            tracing::warn!("signals were not sent before signing out");
        }
    }

    /// For whoever writes records of calls.
    pub(super) fn record_teller(&self) -> RecordTeller {
        RecordTeller(self.sender.downgrade())
    }

    /// What the task is told of the stream and of the store.
    pub(super) fn sending(&self) -> &Sending {
        &self.sending
    }
}

struct Task {
    session: SessionHandle,
    store: Store,
    account: AccountId,
    clock: Clock,
    receiver: mpsc::Receiver<Outgoing>,
    sending: Arc<Sending>,
    outbox: Outbox<SessionHandle, (Store, AccountId)>,
    markers: Markers,
    positions: Positions<SessionHandle>,
    /// Signals that found no stream, oldest first, with the time at which they are given up.
    waiting: VecDeque<(Instant, OutgoingSignal)>,
    flushes: Vec<oneshot::Sender<()>>,
}

impl Task {
    async fn run(mut self) {
        loop {
            match self.receiver.try_recv() {
                Ok(outgoing) => {
                    self.send(outgoing).await;
                    continue;
                }
                Err(TryRecvError::Disconnected) => return,
                Err(TryRecvError::Empty) => {}
            }
            let until = match self.outbox.step(&self.sending).await {
                Step::Done => continue,
                Step::Idle(until) => until,
            };
            self.markers.step(&self.sending).await;
            self.positions.step(&self.sending).await;
            let retry = (!self.waiting.is_empty()).then(|| Instant::now() + RETRY);
            let wake = [until, retry].into_iter().flatten().min();
            tokio::select! {
                outgoing = self.receiver.recv() => match outgoing {
                    Some(outgoing) => self.send(outgoing).await,
                    None => return,
                },
                // Keeps one notification that came while nobody waited.
                () = self.sending.changed.notified() => self.send_waiting().await,
                answer = self.markers.proof() => self.markers.proven(answer).await,
                answer = self.positions.answer() => self.positions.answered(answer).await,
                () = sleep_until(wake) => self.send_waiting().await,
            }
        }
    }

    async fn send(&mut self, outgoing: Outgoing) {
        match outgoing {
            Outgoing::Signal(signal) => {
                self.waiting.push_back((Instant::now() + SIGNAL_LIFETIME, signal));
                self.send_waiting().await;
            }
            Outgoing::Flush(reply) => {
                self.flushes.push(reply);
                self.send_waiting().await;
            }
            // The session keeps it until the server has it.
            Outgoing::Receipt(receipt) => self.session.send_receipt(receipt).await,
            Outgoing::CallRecords => self.tell_records().await,
            // Means nothing later.
            Outgoing::ChatState(to, state) => {
                let _ = self.session.send_chat_state(to, state).await;
            }
        }
    }

    /// What is not taken now the next stream tells.
    async fn tell_records(&mut self) {
        let records = match told_records::untold(&self.store, self.account, self.clock.now().wall).await {
            Ok(records) => records,
            Err(error) => return tracing::warn!(%error, "the records of calls cannot be read"),
        };
        for record in records {
            let id = told_records::message_of(&record.id);
            match self.session.send_call_record(id, record).await {
                Ok(()) => {}
                Err(SendError::Invalid(why)) => tracing::warn!(why, "a call is not told to the other devices"),
                Err(error) => return tracing::debug!(%error, "a call is told later"),
            }
        }
    }

    /// Sends the waiting signals in order, as far as the stream takes them.
    async fn send_waiting(&mut self) {
        while let Some((deadline, signal)) = self.waiting.front() {
            if *deadline <= Instant::now() {
                tracing::info!("a call signal found no stream in time");
                self.waiting.pop_front();
                continue;
            }
            match self.session.send_signal(signal.clone()).await {
                Err(SendError::NotOnline | SendError::QueueFull) => return,
                Ok(()) | Err(SendError::Invalid(_) | SendError::TooLarge { .. } | SendError::Closed) => {
                    self.waiting.pop_front();
                }
            }
        }
        for flushed in self.flushes.drain(..) {
            let _ = flushed.send(());
        }
    }
}

async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

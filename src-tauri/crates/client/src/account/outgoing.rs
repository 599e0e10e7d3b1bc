//! What an account sends, in order, without ever making its actor wait.
//!
//! The actor must not wait for the session, because the session may be waiting for the actor to take its events.
//! So this task waits in its place. Chat messages are safe in the store's outbox and are simply dropped here when
//! there is no stream: the actor sends them again after the next sign-in. Call signals have no such home: they
//! are kept here, in order, until the stream is back or they are too old to mean anything.

use std::{collections::VecDeque, time::Duration};

use confab_model::{BareJid, MessageId, OutgoingSignal, TypingState};
use confab_session::{OutgoingMessage, SendError, SessionHandle};
use tokio::{sync::mpsc, time::Instant};

/// Things that may wait to be written to the stream. Beyond it messages are dropped, and stay in the outbox.
const QUEUE: usize = 1_024;
/// A signal of a call that is older than this finds the call over: reconnecting takes 60 s at most.
const SIGNAL_LIFETIME: Duration = Duration::from_secs(60);
/// How often a waiting signal is tried again. The session itself says only that it is not online.
const RETRY: Duration = Duration::from_millis(250);

/// One thing to be sent.
#[derive(Debug)]
pub(crate) enum Outgoing {
    Message(OutgoingMessage),
    Signal(OutgoingSignal),
    Displayed(BareJid, MessageId),
    ChatState(BareJid, TypingState),
}

/// Where the actor puts things to be sent. Ends with the task when dropped.
#[derive(Debug)]
pub(crate) struct OutgoingQueue {
    sender: mpsc::Sender<Outgoing>,
}

impl OutgoingQueue {
    /// Starts the task. `failed` hears of messages that cannot be written as a stanza at all.
    pub(crate) fn start(session: SessionHandle, failed: mpsc::UnboundedSender<(MessageId, String)>) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        tokio::spawn(Task { session, receiver, failed, waiting: VecDeque::new() }.run());
        Self { sender }
    }

    /// Queues it; `false` if the queue is full.
    pub(crate) fn push(&self, outgoing: Outgoing) -> bool {
        let queued = self.sender.try_send(outgoing).is_ok();
        if !queued {
            tracing::warn!("the queue to the session is full");
        }
        queued
    }
}

struct Task {
    session: SessionHandle,
    receiver: mpsc::Receiver<Outgoing>,
    failed: mpsc::UnboundedSender<(MessageId, String)>,
    /// Signals that found no stream, oldest first, with the time at which they are given up.
    waiting: VecDeque<(Instant, OutgoingSignal)>,
}

impl Task {
    async fn run(mut self) {
        loop {
            let outgoing = if self.waiting.is_empty() {
                self.receiver.recv().await
            } else {
                tokio::select! {
                    outgoing = self.receiver.recv() => outgoing,
                    () = tokio::time::sleep(RETRY) => {
                        self.send_waiting().await;
                        continue;
                    }
                }
            };
            match outgoing {
                Some(outgoing) => self.send(outgoing).await,
                None => return,
            }
        }
    }

    async fn send(&mut self, outgoing: Outgoing) {
        match outgoing {
            Outgoing::Message(message) => {
                let id = message.id.clone();
                if let Err(SendError::Invalid(detail)) = self.session.send_message(message).await {
                    let _ = self.failed.send((id, detail));
                }
            }
            Outgoing::Signal(signal) => {
                self.waiting.push_back((Instant::now() + SIGNAL_LIFETIME, signal));
                self.send_waiting().await;
            }
            Outgoing::Displayed(to, message) => {
                let _ = self.session.send_displayed(to, message).await;
            }
            Outgoing::ChatState(to, state) => {
                let _ = self.session.send_chat_state(to, state).await;
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
                Ok(()) | Err(SendError::Invalid(_) | SendError::Closed) => {
                    self.waiting.pop_front();
                }
            }
        }
    }
}

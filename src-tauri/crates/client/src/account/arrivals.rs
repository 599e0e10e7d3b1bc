//! What the session tells and the store keeps, until it is kept.
//!
//! Owns the order: everything is written as it came, messages of an archive page together. When the store fails (a full
//! disk, a lock), what was told waits here and is tried again with a growing pause; nothing behind it is written before
//! it, so that neither the place in the archive nor the version of the roster ever gets ahead of what is kept. What no
//! try will ever write is left out after a few, alone.
//!
//! Overflow: with [`MAX_WAITING`] events waiting the account takes no more from the session, which then stops reading
//! the stream.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use confab_model::BareJid;
use confab_session::{Amendment, GroupEvent, MessageSource, ReceivedMessage, SessionEvent};
use confab_store::StoreError;

/// Messages and changes of a catch-up that are written in one transaction. One page of the archive has 100.
const BATCH: usize = 200;
/// Events that may wait for the store.
const MAX_WAITING: usize = 2_000;
/// Pauses between tries: a lock is gone soon, a full disk is not.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// Tries of something that fails for a reason of its own, not of the disk's.
const MAX_TRIES: u32 = 3;

/// A message, or what happened to one.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum FromWire {
    Message(Box<ReceivedMessage>),
    Amendment(Box<Amendment>),
}

impl FromWire {
    fn of(event: &SessionEvent) -> Option<Self> {
        match event {
            SessionEvent::MessageReceived(message) => Some(Self::Message(message.clone())),
            SessionEvent::MessageAmended(amendment) => Some(Self::Amendment(amendment.clone())),
            _ => None,
        }
    }

    pub(super) fn conversation(&self) -> &BareJid {
        match self {
            Self::Message(message) => &message.conversation,
            Self::Amendment(amendment) => &amendment.conversation,
        }
    }
}

/// A place in an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reached {
    Own(String),
    Group(BareJid, String),
}

impl Reached {
    fn of(event: &SessionEvent) -> Option<Self> {
        match event {
            SessionEvent::ArchiveReached { id } => Some(Self::Own(id.clone())),
            SessionEvent::Group(event) => match &**event {
                GroupEvent::ArchiveReached { group, id } => Some(Self::Group(group.clone(), id.clone())),
                _ => None,
            },
            _ => None,
        }
    }
}

/// Whether an event is written with those before it: messages, and the places that an archive has been read up to.
pub(super) fn is_paged(event: &SessionEvent) -> bool {
    match event {
        SessionEvent::MessageReceived(_) | SessionEvent::MessageAmended(_) => true,
        other => Reached::of(other).is_some(),
    }
}

/// One thing to be written, whole or not at all.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Arrival {
    /// In their order. With `position`, everything in that archive up to there is then in the store.
    Messages {
        messages: Vec<FromWire>,
        position: Option<Reached>,
    },
    Other(Box<SessionEvent>),
}

/// Who writes. The account's actor; a script in tests.
pub(super) trait ArrivalWriter {
    async fn write(&mut self, arrival: Arrival) -> Result<(), StoreError>;
    /// The store fails from now on.
    fn failing(&mut self, error: &StoreError);
    /// This was left out.
    async fn left_out(&mut self, arrival: Arrival, error: &StoreError);
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Arrivals {
    events: VecDeque<SessionEvent>,
    retry_at: Option<Instant>,
    pause: Duration,
    tries: u32,
    /// So many of the first messages are written one by one, to find the one that cannot be.
    singly: usize,
}

impl Arrivals {
    pub(super) fn has_room(&self) -> bool {
        self.events.len() < MAX_WAITING
    }

    pub(super) fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// When what failed is tried again.
    pub(super) fn retry_at(&self) -> Option<Instant> {
        self.retry_at
    }

    /// Takes an event that the store keeps. Returns whether it is time to write: messages of a catch-up wait for the end of
    /// their page.
    pub(super) fn push(&mut self, event: SessionEvent) -> bool {
        let is_paged = match &event {
            SessionEvent::MessageReceived(message) => message.source == MessageSource::Archive,
            SessionEvent::MessageAmended(amendment) => amendment.source == MessageSource::Archive,
            _ => false,
        };
        self.events.push_back(event);
        !is_paged || self.events.len() >= BATCH
    }

    /// Writes what waits, in order, unless a pause is running.
    pub(super) async fn write(&mut self, now: Instant, writer: &mut impl ArrivalWriter) {
        if self.retry_at.is_some_and(|at| at > now) {
            return;
        }
        self.retry_at = None;
        while let Some((arrival, count)) = self.next() {
            let Err(error) = writer.write(arrival.clone()).await else {
                self.written(count);
                continue;
            };
            self.tries += 1;
            if self.tries == 1 && self.singly == 0 {
                writer.failing(&error);
            }
            if error.may_pass() || self.tries < MAX_TRIES {
                self.pause = (self.pause * 2).clamp(FIRST_PAUSE, LONGEST_PAUSE);
                self.retry_at = Some(now + self.pause);
                return;
            }
            if matches!(&arrival, Arrival::Messages { messages, .. } if messages.len() > 1) {
                self.singly = count;
                self.tries = 0;
            } else {
                writer.left_out(arrival, &error).await;
                self.written(count);
            }
        }
    }

    fn written(&mut self, count: usize) {
        self.events.drain(..count);
        self.singly = self.singly.saturating_sub(count);
        self.tries = 0;
        self.pause = Duration::ZERO;
    }

    /// The next thing to write, and of how many events it is made.
    fn next(&self) -> Option<(Arrival, usize)> {
        let most = if self.singly > 0 { 1 } else { BATCH };
        let messages: Vec<_> = self.events.iter().map_while(FromWire::of).take(most).collect();
        let count = messages.len();
        let next = self.events.get(count);
        if let Some(reached) = next.and_then(Reached::of)
            && (self.singly == 0 || count == 0)
        {
            return Some((Arrival::Messages { messages, position: Some(reached) }, count + 1));
        }
        match next {
            _ if count > 0 => Some((Arrival::Messages { messages, position: None }, count)),
            Some(other) => Some((Arrival::Other(Box::new(other.clone())), 1)),
            None => None,
        }
    }
}

#[cfg(test)]
mod tests;

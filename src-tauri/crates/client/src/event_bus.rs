//! Numbers events and hands them to every listener.
//!
//! Owns the sequence number. In: events of accounts and of the device. Out: [`Events`], one per listener.
//! A listener that falls more than [`BACKLOG`] events behind loses the oldest and is told so by one
//! [`Event::Resync`]; nobody ever waits for a slow listener.

use std::sync::{Arc, Mutex, PoisonError};

use confab_model::{AccountId, Event, EventEnvelope};
use tokio::sync::broadcast;

/// Events kept for a slow listener: a first archive catch-up changes a few hundred conversations at once.
const BACKLOG: usize = 4_096;

/// Where events are published. Clones share the numbering.
#[derive(Debug, Clone)]
pub(crate) struct EventBus {
    sender: broadcast::Sender<EventEnvelope>,
    /// The last number. Held while the event is sent, so that listeners get them in the order of their numbers, whoever
    /// publishes beside.
    last: Arc<Mutex<u32>>,
}

impl EventBus {
    pub(crate) fn new() -> Self {
        let (sender, _) = broadcast::channel(BACKLOG);
        Self { sender, last: Arc::default() }
    }

    /// Publishes an event. Without listeners it is dropped, which is right: nobody has a view to keep up to date.
    pub(crate) fn publish(&self, account: Option<AccountId>, event: Event) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = last.wrapping_add(1);
        let _ = self.sender.send(EventEnvelope { account, seq: *last, event });
    }

    pub(crate) fn listen(&self) -> Events {
        Events { receiver: self.sender.subscribe() }
    }
}

/// The events of the core from now on.
#[derive(Debug)]
pub struct Events {
    receiver: broadcast::Receiver<EventEnvelope>,
}

impl Events {
    /// The next event, or `None` when the core has ended. After an overflow: one `Resync`, whose number is 0.
    pub async fn next(&mut self) -> Option<EventEnvelope> {
        match self.receiver.recv().await {
            Ok(envelope) => Some(envelope),
            Err(broadcast::error::RecvError::Lagged(_)) => Some(resync()),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }

    /// The next event that was published already, if there is one; for what is left at the end.
    pub fn try_next(&mut self) -> Option<EventEnvelope> {
        match self.receiver.try_recv() {
            Ok(envelope) => Some(envelope),
            Err(broadcast::error::TryRecvError::Lagged(_)) => Some(resync()),
            Err(broadcast::error::TryRecvError::Empty | broadcast::error::TryRecvError::Closed) => None,
        }
    }
}

fn resync() -> EventEnvelope {
    EventEnvelope { account: None, seq: 0, event: Event::Resync }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn publishers_beside_each_other_do_not_mix_up_the_numbers() {
        let bus = EventBus::new();
        let mut events = bus.listen();
        std::thread::scope(|threads| {
            for _ in 0..4 {
                threads.spawn(|| (0..1_000).for_each(|_| bus.publish(None, Event::AccountRemoved)));
            }
        });
        let numbers = std::iter::from_fn(|| events.try_next()).map(|envelope| envelope.seq);
        assert!(numbers.eq(1..=4_000));
    }

    #[tokio::test]
    async fn a_slow_listener_gets_one_resync_and_then_what_is_left() {
        let bus = EventBus::new();
        let mut events = bus.listen();
        for _ in 0..BACKLOG + 10 {
            bus.publish(Some(AccountId(1)), Event::AccountRemoved);
        }
        assert_eq!(events.next().await.map(|e| e.event), Some(Event::Resync));
        let first = events.next().await.expect("the bus is alive");
        assert_eq!((first.seq, first.event), (11, Event::AccountRemoved));
    }

    #[tokio::test]
    async fn two_listeners_see_the_same_numbers() {
        let bus = EventBus::new();
        let (mut one, mut two) = (bus.listen(), bus.listen());
        assert_eq!(one.try_next(), None);
        bus.publish(None, Event::Resync);
        assert_eq!(one.next().await.map(|e| e.seq), Some(1));
        assert_eq!(two.try_next().map(|e| e.seq), Some(1));
    }
}

//! Messages that a server may have lost though it had acknowledged them: when they have been missing for long enough, they are sent
//! again. What is in doubt, and what tells that it is missing, is kept by the store (`unconfirmed`).

use std::time::{Duration, Instant};

use confab_model::Event;

use super::actor::AccountActor;

/// Between two looks, at both of which a message must be missing: the other side may still be reading its archive, and confirm
/// earlier ones from there.
const GRACE: Duration = Duration::from_secs(5);

/// When it is time to look.
#[derive(Debug, Default)]
pub(super) struct Doubts {
    /// Something is in doubt.
    are_there: bool,
    due_at: Option<Instant>,
}

impl Doubts {
    pub(super) fn due_at(&self) -> Option<Instant> {
        self.due_at
    }

    pub(super) fn something_was_confirmed(&mut self) {
        if self.are_there && self.due_at.is_none() {
            self.due_at = Some(Instant::now() + GRACE);
        }
    }
}

impl AccountActor {
    /// The stream could not be resumed, or this program has just begun.
    pub(super) async fn session_lost(&mut self) {
        match self.context.store.session_lost(self.id).await {
            Ok(are_there) => self.doubts.are_there = are_there,
            Err(error) => self.store_failed(&error),
        }
    }

    /// The time has come to send again what the other sides miss.
    pub(super) async fn send_missing_again(&mut self) {
        self.doubts.due_at = Some(Instant::now() + GRACE);
        // The confirmations that came while this device was away are in its archive.
        if self.catching_up {
            return;
        }
        let now = self.context.clock.now().wall;
        let (again, more) = match self.context.store.send_missing_again(self.id, now).await {
            Ok(found) => found,
            Err(error) => return self.store_failed(&error),
        };
        self.doubts.due_at = self.doubts.due_at.filter(|_| more);
        if again.is_empty() {
            return;
        }
        tracing::warn!(count = again.len(), "acknowledged by a server and lost with it: sent again");
        for message in again {
            self.publish(Event::MessageUpdated { message });
        }
        self.outgoing.sending().queued();
    }
}

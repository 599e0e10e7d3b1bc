//! Whether there is a relay, and if not, why: read from what is said between the engine and its TURN servers, as the
//! engine tells it to its log only.

use std::sync::{Mutex, atomic::AtomicBool, atomic::Ordering};

use tokio::sync::watch;

use super::RelayFailure;
use crate::stream::lock;
use crate::stun;

/// Requests that may wait for their answer: a few servers from a few local addresses.
const MAX_ASKED: usize = 64;

/// What became of the relays since [`Outcome::begin`].
#[derive(Debug)]
pub(crate) struct Outcome {
    allocated: watch::Sender<bool>,
    /// Something is still on its way, so that most datagrams need not be looked at.
    is_asking: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Transactions with credentials; the first request of a client has none and is always refused.
    asked: Vec<[u8; 12]>,
    failure: Option<RelayFailure>,
}

impl Default for Outcome {
    fn default() -> Self {
        Self { allocated: watch::channel(false).0, is_asking: AtomicBool::new(false), state: Mutex::default() }
    }
}

impl Outcome {
    /// Forgets what was, for a new ICE generation.
    pub(crate) fn begin(&self) {
        *lock(&self.state) = State::default();
        self.allocated.send_replace(false);
    }

    /// Why there is no relay; `None` if there is one.
    pub(crate) fn failure(&self) -> Option<RelayFailure> {
        let failure = || lock(&self.state).failure.clone().unwrap_or(RelayFailure::Unreachable);
        (!*self.allocated.borrow()).then(failure)
    }

    /// Waits until there is one.
    pub(crate) async fn allocated(&self) {
        let mut receiver = self.allocated.subscribe();
        // The sender lives as long as this.
        let _ = receiver.wait_for(|allocated| *allocated).await;
    }

    /// A datagram goes to whom it may.
    pub(crate) fn note_sent(&self, datagram: &[u8]) {
        if stun::message_type(datagram) != Some(stun::ALLOCATE_REQUEST) {
            return;
        }
        self.is_asking.store(true, Ordering::Relaxed);
        let Some(id) = stun::transaction(datagram) else { return };
        let mut state = lock(&self.state);
        let is_new = !state.asked.contains(&id) && state.asked.len() < MAX_ASKED;
        if is_new && stun::attribute(datagram, stun::USERNAME).is_some() {
            state.asked.push(id);
        }
    }

    /// A datagram has come from whomever.
    pub(crate) fn note_received(&self, datagram: &[u8]) {
        if !self.is_asking.load(Ordering::Relaxed) {
            return;
        }
        let kind @ (stun::ALLOCATE_SUCCESS | stun::ALLOCATE_ERROR) = stun::message_type(datagram).unwrap_or_default()
        else {
            return;
        };
        let mut state = lock(&self.state);
        let id = stun::transaction(datagram);
        let Some(position) = state.asked.iter().position(|asked| Some(*asked) == id) else { return };
        state.asked.swap_remove(position);
        if kind == stun::ALLOCATE_SUCCESS {
            self.allocated.send_replace(true);
            return;
        }
        state.failure = Some(match stun::error_code(datagram) {
            Some(401 | 441) => RelayFailure::Credentials,
            code => RelayFailure::Refused(code.unwrap_or_default()),
        });
    }

    /// A stream to a relay has failed.
    pub(crate) fn note_failure(&self, failure: RelayFailure) {
        let mut state = lock(&self.state);
        // What a server said tells more than that another one cannot be reached.
        if failure != RelayFailure::Unreachable || state.failure.is_none() {
            state.failure = Some(failure);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stun::tests::message;

    fn error(code: u8) -> Vec<u8> {
        message(stun::ALLOCATE_ERROR, &[(stun::ERROR_CODE, &[0, 0, 4, code])])
    }

    #[test]
    fn only_an_answer_to_credentials_counts() {
        let outcome = Outcome::default();
        assert_eq!(outcome.failure(), Some(RelayFailure::Unreachable));
        outcome.note_sent(&message(stun::ALLOCATE_REQUEST, &[]));
        outcome.note_received(&error(1));
        assert_eq!(outcome.failure(), Some(RelayFailure::Unreachable), "the usual first answer");
        outcome.note_sent(&message(stun::ALLOCATE_REQUEST, &[(stun::USERNAME, b"name")]));
        outcome.note_received(&error(1));
        assert_eq!(outcome.failure(), Some(RelayFailure::Credentials));
        outcome.note_received(&error(86));
        assert_eq!(outcome.failure(), Some(RelayFailure::Credentials), "answered already");
        outcome.note_failure(RelayFailure::Unreachable);
        assert_eq!(outcome.failure(), Some(RelayFailure::Credentials));
        outcome.note_sent(&message(stun::ALLOCATE_REQUEST, &[(stun::USERNAME, b"name")]));
        outcome.note_received(&error(86));
        assert_eq!(outcome.failure(), Some(RelayFailure::Refused(486)));
        outcome.note_sent(&message(stun::ALLOCATE_REQUEST, &[(stun::USERNAME, b"name")]));
        outcome.note_received(&message(stun::ALLOCATE_SUCCESS, &[]));
        assert_eq!(outcome.failure(), None);
        outcome.begin();
        assert_eq!(outcome.failure(), Some(RelayFailure::Unreachable));
    }
}

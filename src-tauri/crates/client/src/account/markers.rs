//! Displayed markers (XEP-0333) on their way out.
//!
//! The store knows which are due. They are handed to the session whenever there is a stream and stay due until the
//! server has them, which the answer to a ping behind them proves: a server processes the stanzas of a stream in order
//! (RFC 6120 §10.1). A marker carries no text that a person waits for, so it is not worth a place in the outbox; of
//! each conversation only the newest counts.

use std::collections::HashMap;

use confab_model::{AccountId, BareJid, ConversationKind, MessageId};
use confab_session::{RequestError, SendError, SessionHandle, xep::queries};
use confab_store::{DueMarker, Store};
use futures::future::BoxFuture;

use super::outbox::Sending;

/// The proof that is being waited for, and of what.
struct Proof {
    of: Vec<DueMarker>,
    answer: BoxFuture<'static, Result<(), RequestError>>,
}

/// See the module.
pub(super) struct Markers {
    session: SessionHandle,
    store: Store,
    account: AccountId,
    /// Handed over in this session and not proven: by conversation, the newest.
    handed: HashMap<BareJid, String>,
    proof: Option<Proof>,
}

impl Markers {
    pub(super) fn new(session: SessionHandle, store: Store, account: AccountId) -> Self {
        Self { session, store, account, handed: HashMap::new(), proof: None }
    }

    /// Hands over what is due, if something changed.
    pub(super) async fn step(&mut self, sending: &Sending) {
        let Some(work) = sending.take_marker_work() else { return };
        if work.is_new_session {
            self.handed.clear();
            self.proof = None;
        }
        if !work.changed {
            return;
        }
        let due = match self.store.due_markers(self.account).await {
            Ok(due) => due,
            Err(error) => return tracing::warn!(%error, "the due markers cannot be read"),
        };
        for marker in due {
            // A group that is not there now is told when it is.
            let is_known = self.handed.get(&marker.conversation) == Some(&marker.stanza_id);
            if is_known || !sending.takes(&marker.conversation, ConversationKind::Direct) {
                continue;
            }
            let (to, id) = (marker.conversation.clone(), MessageId(marker.stanza_id.clone()));
            match self.session.send_displayed(to, id).await {
                Ok(()) => {
                    self.handed.insert(marker.conversation, marker.stanza_id);
                }
                // An id that XML cannot carry: there is no way to tell.
                Err(SendError::Invalid(_) | SendError::TooLarge { .. }) => self.sent(&[marker]).await,
                Err(SendError::NotOnline | SendError::Closed) => {
                    sending.found_offline(&marker.conversation, work.connection);
                }
                // The next change tries again.
                Err(SendError::QueueFull) => break,
            }
        }
        self.ask_for_proof();
    }

    fn ask_for_proof(&mut self) {
        if self.proof.is_some() || self.handed.is_empty() {
            return;
        }
        let of = self.handed.iter().map(|(conversation, stanza_id)| DueMarker {
            conversation: conversation.clone(),
            stanza_id: stanza_id.clone(),
        });
        let session = self.session.clone();
        let answer = async move { session.iq_get(None, queries::ping()).await.map(|_| ()) };
        self.proof = Some(Proof { of: of.collect(), answer: Box::pin(answer) });
    }

    /// Waits for the proof; for ever without one. Cancel-safe.
    pub(super) async fn proof(&mut self) -> Result<(), RequestError> {
        match &mut self.proof {
            Some(proof) => (&mut proof.answer).await,
            None => std::future::pending().await,
        }
    }

    pub(super) async fn proven(&mut self, answer: Result<(), RequestError>) {
        let Some(Proof { of, .. }) = self.proof.take() else { return };
        match answer {
            // A refusal also stands behind the markers.
            Ok(()) | Err(RequestError::Refused(_)) => {
                self.handed.retain(|conversation, stanza_id| {
                    !of.iter().any(|marker| marker.conversation == *conversation && marker.stanza_id == *stanza_id)
                });
                self.sent(&of).await;
                self.ask_for_proof();
            }
            // They stay due; the next stream, or the next marker, asks again.
            Err(error) => tracing::debug!(%error, "the markers are not proven"),
        }
    }

    async fn sent(&mut self, markers: &[DueMarker]) {
        if let Err(error) = self.store.markers_sent(self.account, markers).await {
            tracing::warn!(%error, "sent markers stay due");
        }
    }
}

//! Receipts for messages (XEP-0184) on their way out.
//!
//! In: receipts of messages that the app has kept. Out: stanzas, and again in the next session those that the server had
//! not acknowledged when the one before was lost. Not kept beyond the process: what a crash takes is made up for by the
//! displayed marker, which the store does keep and which says more.

use std::collections::VecDeque;

use confab_model::MessageId;

use super::{
    Actor,
    messages::{hint, note},
};
use crate::{Receipt, SendError, xep::receipts_0184, xml::ElementExt};

/// Receipts that wait for the server; of more the oldest are dropped. Ten pages of a catch-up.
const MAX_WAITING: usize = 1_000;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Receipts {
    waiting: VecDeque<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    receipt: Receipt,
    /// The stanza in which the stream has it.
    sent_as: Option<MessageId>,
}

impl Receipts {
    fn add(&mut self, receipt: Receipt) {
        if self.waiting.len() == MAX_WAITING {
            tracing::info!("a receipt is dropped: the server takes none");
            self.waiting.pop_front();
        }
        self.waiting.push_back(Waiting { receipt, sent_as: None });
    }

    /// The server has this stanza. Returns whether it was a receipt.
    pub(super) fn acknowledged(&mut self, stanza: &MessageId) -> bool {
        let place = self.waiting.iter().position(|waiting| waiting.sent_as.as_ref() == Some(stanza));
        place.and_then(|place| self.waiting.remove(place)).is_some()
    }

    /// The session that had these stanzas is gone. Returns those that were no receipts.
    pub(super) fn lost(&mut self, mut stanzas: Vec<MessageId>) -> Vec<MessageId> {
        stanzas.retain(|stanza| {
            let waiting = self.waiting.iter_mut().find(|waiting| waiting.sent_as.as_ref() == Some(stanza));
            waiting.map(|waiting| waiting.sent_as = None).is_none()
        });
        stanzas
    }

    /// The stream and all that it had is gone.
    pub(super) fn all_lost(&mut self) {
        self.waiting.iter_mut().for_each(|waiting| waiting.sent_as = None);
    }
}

impl Actor {
    pub(super) fn send_receipt(&mut self, receipt: Receipt) {
        self.receipts.add(receipt);
        self.send_receipts();
    }

    /// Hands the stream the receipts that it does not have, as far as it takes them.
    pub(super) fn send_receipts(&mut self) {
        let Some(link) = self.link.as_mut().filter(|_| self.connection.is_online()) else { return };
        self.receipts.waiting.retain_mut(|waiting| {
            if waiting.sent_as.is_some() {
                return true;
            }
            let id = MessageId::random();
            let Receipt { to, message } = &waiting.receipt;
            let stanza =
                note(to, &id).with_child(receipts_0184::received_child(message.as_str())).with_child(hint("store"));
            match link.send(stanza, Some(id.clone())) {
                Ok(()) => {
                    waiting.sent_as = Some(id);
                    true
                }
                Err(SendError::Invalid(_) | SendError::TooLarge { .. }) => false,
                Err(SendError::NotOnline | SendError::QueueFull | SendError::Closed) => true,
            }
        });
    }
}

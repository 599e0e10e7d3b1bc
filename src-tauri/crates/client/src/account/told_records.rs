//! Records of calls among the devices of the account (`docs/calls.md`, section 8): what this device tells the others, and what
//! they tell it.
//!
//! The store knows which records are to be told. They go out when there is a stream, each under an id that is made of the
//! call's, and are told when the server has them.

use confab_model::{
    AccountId, CallDirection, CallId, CallRecord, EndReason, Event, MessageContent, MessageId, Timestamp,
};
use confab_session::ToldCall;
use confab_store::{Store, StoreError};
use tokio::sync::mpsc::WeakSender;

use super::{actor::AccountActor, outgoing::Outgoing};

/// Before the id of a call, in the id of the message with its record.
const PREFIX: &str = "call-record-";
/// A call that nobody answered is told by the devices that it rang on, when it ends. One that a device finds over when it comes back
/// the archive tells to the others as well.
const RECENT_MS: i64 = 300_000;

/// The id of the message with a call's record.
pub(super) fn message_of(call: &CallId) -> MessageId {
    MessageId(format!("{PREFIX}{}", call.0))
}

/// The call whose record has gone out under this id.
pub(super) fn call_of(message: &MessageId) -> Option<CallId> {
    message.0.strip_prefix(PREFIX).map(|call| CallId(call.to_owned()))
}

/// The records that the other devices do not have, oldest first.
pub(super) async fn untold(store: &Store, account: AccountId, now: Timestamp) -> Result<Vec<CallRecord>, StoreError> {
    store.untold_calls(account, Timestamp(now.0.saturating_sub(RECENT_MS))).await
}

/// Says that there is a record to be told. It does not keep the queue open.
#[derive(Debug, Clone)]
pub(super) struct RecordTeller(pub(super) WeakSender<Outgoing>);

impl RecordTeller {
    /// A full queue loses nothing: the next stream asks the store again.
    pub(super) fn is_due(&self) {
        if let Some(queue) = self.0.upgrade() {
            let _ = queue.try_send(Outgoing::CallRecords);
        }
    }
}

impl AccountActor {
    /// Another device of the account tells of a call, or this one did before it lost its history.
    pub(super) async fn call_told(&mut self, told: ToldCall) -> Result<(), StoreError> {
        let ToldCall { mut record, by } = told;
        if self.calls.as_ref().is_some_and(|calls| calls.snapshot(&record.id).is_some()) {
            // It goes on here, and ends here.
            return Ok(());
        }
        let Some((peer, _)) = record.people.first().cloned() else { return Ok(()) };
        let is_settled_there =
            record.answered_at.is_some() || matches!(record.reason, Some(EndReason::Rejected { .. }));
        if record.direction == CallDirection::Incoming && is_settled_there && by != self.device {
            record.answered_by = by.map(|device| device.resource().to_string());
        }
        let is_new = self.context.store.call_record(self.id, &record.id).await?.is_none();
        let stored = self.context.store.adopt_call(self.id, &peer, &record, self.history_read).await?;
        let knows_us = record.direction == CallDirection::Outgoing || record.answered_at.is_some();
        self.call_settled(record.id.clone(), peer, knows_us).await;
        let Some(stored) = stored else { return Ok(()) };
        let message = stored.message;
        // As it is kept: where it rang, it began when it rang here.
        if let MessageContent::Call { record: kept, .. } = &message.content {
            record.clone_from(kept);
        }
        self.publish(if is_new { Event::MessageAdded { message } } else { Event::MessageUpdated { message } });
        self.publish(Event::ConversationChanged { conversation: stored.conversation });
        self.publish(Event::CallRecorded { record });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_names_its_call() {
        let call = CallId("a-b".to_owned());
        assert_eq!(call_of(&message_of(&call)), Some(call));
        assert_eq!(call_of(&"a-b".into()), None);
    }
}

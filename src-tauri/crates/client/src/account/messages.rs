//! Messages of an account: out through the store's outbox, in through the store, both told as events.
//!
//! The store is the queue. A message is on the disk before anybody hears of it, and leaves the outbox only when the
//! server has acknowledged it, so a crash or a cut repeats it with the same id and the far side drops the double. What is
//! received is confirmed (XEP-0184) when it is on the disk, and not before.

use std::collections::BTreeSet;

use confab_model::{BareJid, ConversationKind, Direction, Event, FailureWhy, Message, MessageId, Sender, Timestamp};
use confab_session::{ArchivePage, DeliveredBy, MessageSource, ReceivedMessage as FromWire, RequestError};
use confab_store::{Received, ReceivedMessage, StoreError, Stored};
use tokio::sync::mpsc;

use super::{AccountMessage, Reply, actor::AccountActor, outgoing::Outgoing};
use crate::{ErrorCode, OperationError};

/// Messages that could not be written as a stanza, with why.
pub(super) type MessageFailures = mpsc::UnboundedReceiver<(MessageId, String)>;

/// What the archive answered to the wish for older messages.
#[derive(Debug)]
pub(crate) struct OlderPage {
    page: Result<ArchivePage, RequestError>,
    /// When the message was sent before which the page ends.
    before: Option<Timestamp>,
}

/// Characters that one message may have; servers cut stanzas at 256 KiB or more, a character has up to 4 bytes and
/// up to 6 as XML.
const MAX_TEXT: usize = 30_000;

impl AccountActor {
    pub(super) async fn send_text(&mut self, conversation: BareJid, text: String) -> Result<MessageId, OperationError> {
        if text.trim().is_empty() {
            return Err(OperationError::new(ErrorCode::InvalidArgument, "an empty message is not sent"));
        }
        if text.chars().count() > MAX_TEXT {
            let limit = format!("at most {MAX_TEXT} characters");
            return Err(OperationError::new(ErrorCode::InvalidArgument, "the message is too long").with_detail(limit));
        }
        let id = MessageId::random();
        let now = self.context.clock.now().wall;
        let stored = self.context.store.queue_text(self.id, &conversation, &id, &text, now).await?;
        self.publish(Event::MessageAdded { message: stored.message });
        self.publish(Event::ConversationChanged { conversation: stored.conversation });
        self.outgoing.sending().queued();
        Ok(id)
    }

    pub(super) async fn resend(&mut self, message: MessageId) -> Result<(), OperationError> {
        let now = self.context.clock.now().wall;
        let Some(stored) = self.context.store.resend(self.id, &message, now).await? else {
            return Err(OperationError::new(ErrorCode::UnknownMessage, "there is no failed message of that id"));
        };
        self.outgoing.sending().queued();
        self.publish_stored(stored);
        Ok(())
    }

    pub(super) async fn message_sent(&mut self, id: MessageId) -> Result<(), StoreError> {
        let changed = self.context.store.mark_sent(self.id, &id).await?;
        self.outgoing.sending().settled(&id);
        if let Some(message) = changed {
            self.publish_updated(message).await;
        }
        Ok(())
    }

    pub(super) async fn message_unsendable(&mut self, id: MessageId, detail: String) {
        if let Err(error) = self.message_failed(id, FailureWhy::Other { detail }).await {
            self.store_failed(&error);
        }
    }

    /// An error came back. Only the person to whom the message went may fail it.
    pub(super) async fn message_bounced(
        &mut self,
        id: MessageId,
        to: BareJid,
        why: FailureWhy,
    ) -> Result<(), StoreError> {
        match self.context.store.message(self.id, &id).await? {
            Some(message) if message.conversation == to && message.direction == Direction::Outgoing => {
                self.message_failed(id, why).await
            }
            _ => {
                tracing::info!("an error for a message that was not sent there was dropped");
                Ok(())
            }
        }
    }

    async fn message_failed(&mut self, id: MessageId, why: FailureWhy) -> Result<(), StoreError> {
        if let Some(message) = self.context.store.mark_failed(self.id, &id, &why).await? {
            self.outgoing.sending().settled(&id);
            self.publish_updated(message).await;
        }
        Ok(())
    }

    pub(super) async fn message_delivered(&mut self, delivered: DeliveredBy) -> Result<(), StoreError> {
        let DeliveredBy { message, by, at } = delivered;
        if let Some(message) =
            self.context.store.receipt(self.id, &by, &Sender::person(by.clone()), &message.0, at).await?
        {
            self.publish_updated(message).await;
        }
        Ok(())
    }

    pub(super) async fn message_displayed(&mut self, displayed: DeliveredBy) -> Result<(), StoreError> {
        let DeliveredBy { message, by, at } = displayed;
        for message in self.context.store.read_marker(self.id, &by, &Sender::person(by.clone()), &message.0, at).await?
        {
            self.publish_updated(message).await;
        }
        Ok(())
    }

    /// Writes what was received; with `position`, everything in the archive up to there is then in the store.
    pub(super) async fn messages_received(
        &mut self,
        mut messages: Vec<FromWire>,
        position: Option<&str>,
    ) -> Result<(), StoreError> {
        let history_read = self.history_read;
        let receipts: Vec<_> = messages.iter_mut().filter_map(|message| message.receipt.take()).collect();
        let batch = messages.into_iter().map(|message| {
            // What a new device finds is not news; `settle_history` says at the end what was not displayed anywhere.
            let read = message.source == MessageSource::Archive && !history_read;
            ReceivedMessage { read, ..to_store(message, &self.jid) }
        });
        let batch: Vec<_> = batch.collect();
        let received = self.context.store.receive(self.id, &batch, position).await?;
        for receipt in receipts {
            self.outgoing.push(Outgoing::Receipt(receipt));
        }
        self.publish_received(received).await;
        Ok(())
    }

    /// The archive does not reach back to what is here.
    pub(super) async fn archive_gap(&mut self) -> Result<(), StoreError> {
        tracing::warn!("the server's archive does not reach back to the last known id");
        self.context.store.note_gap(self.id).await?;
        self.history_read = false;
        Ok(())
    }

    /// The archive has been read up to now and everything is written: decides what of it is unread.
    pub(super) async fn settle_history(&mut self) {
        if self.history_read {
            return;
        }
        match self.context.store.settle_history(self.id).await {
            Ok(conversations) => {
                self.history_read = true;
                for conversation in conversations {
                    self.publish(Event::ConversationChanged { conversation });
                }
            }
            Err(error) => self.store_failed(&error),
        }
    }

    async fn publish_received(&mut self, received: Vec<Received>) {
        let mut conversations = BTreeSet::new();
        for received in received {
            match received {
                Received::Added(message) => {
                    conversations.insert(message.conversation.clone());
                    self.publish(Event::MessageAdded { message });
                }
                Received::Updated(message) => {
                    conversations.insert(message.conversation.clone());
                    self.publish(Event::MessageUpdated { message });
                }
                Received::Known(_) => {}
            }
        }
        for conversation in conversations {
            self.publish_conversation(&conversation).await;
        }
    }

    pub(super) async fn open_conversation(
        &mut self,
        jid: BareJid,
    ) -> Result<confab_model::Conversation, OperationError> {
        let now = self.context.clock.now().wall;
        let conversation = self.context.store.open_conversation(self.id, &jid, now).await?;
        self.publish(Event::ConversationChanged { conversation: conversation.clone() });
        Ok(conversation)
    }

    /// Asks the archive for what is older than what is here before a message without a gap. Answers whether the history
    /// is complete.
    pub(super) async fn load_older(&mut self, conversation: BareJid, before: Option<MessageId>, reply: Reply<bool>) {
        let reach = match self.context.store.history_reach(self.id, &conversation, before.as_ref()).await {
            Ok(reach) if !reach.complete => reach,
            Ok(_) => {
                let _ = reply.send(Ok(true));
                return;
            }
            Err(error) => {
                let _ = reply.send(Err(error.into()));
                return;
            }
        };
        let (session, mailbox) = (self.session.clone(), self.own_mailbox.clone());
        tokio::spawn(async move {
            let page = session.older_messages(conversation.clone(), reach.oldest_archive_id).await;
            let page = Box::new(OlderPage { page, before: reach.oldest_sent_at });
            if let Some(mailbox) = mailbox.upgrade() {
                let _ = mailbox.send(AccountMessage::OlderLoaded { conversation, page, reply }).await;
            }
        });
    }

    pub(super) async fn older_loaded(
        &mut self,
        conversation: BareJid,
        OlderPage { page, before }: OlderPage,
    ) -> Result<bool, OperationError> {
        let page = match page {
            Ok(page) => page,
            // What is here is all there is to see for now; the next scroll asks again.
            Err(RequestError::NotOnline | RequestError::Timeout) => return Ok(false),
            // No archive on this server: there is nothing older anywhere.
            Err(RequestError::Unsupported(_)) => return Ok(true),
            Err(error) => return Err(error.into()),
        };
        let batch: Vec<_> = page
            .messages
            .into_iter()
            .filter(|message| message.conversation == conversation)
            .map(|message| {
                let message = to_store(message, &self.jid);
                // Some archives stamp whole seconds: what they have before a message must stay before it here.
                let sent_at = before.map_or(message.sent_at, |at| message.sent_at.min(Timestamp(at.0 - 1)));
                // Old history is not news: it was there before this device was.
                ReceivedMessage { read: true, sent_at, ..message }
            })
            .collect();
        self.context.store.receive_older(self.id, &conversation, &batch, before, page.complete).await?;
        Ok(page.complete)
    }

    /// Displayed here: lowers the unread count and tells the far side and the own other devices.
    pub(super) async fn mark_displayed(
        &mut self,
        conversation: BareJid,
        up_to: MessageId,
    ) -> Result<(), OperationError> {
        let tell = self.may_know_of_us(&conversation).await;
        let displayed = self.context.store.mark_displayed(self.id, &conversation, &up_to, tell).await?;
        if !displayed.messages.is_empty() {
            self.outgoing.sending().marker_due();
            self.publish(Event::ConversationChanged { conversation: displayed.conversation });
        }
        Ok(())
    }

    /// Another own device displayed the conversation up to a message of the far side.
    pub(super) async fn displayed_elsewhere(
        &mut self,
        conversation: BareJid,
        stanza_id: MessageId,
    ) -> Result<(), StoreError> {
        let changed = self.context.store.displayed_elsewhere(self.id, &conversation, stanza_id.as_str()).await?;
        if let Some(conversation) = changed {
            self.publish(Event::ConversationChanged { conversation });
        }
        Ok(())
    }

    pub(super) async fn save_draft(&mut self, conversation: BareJid, text: String) -> Result<(), OperationError> {
        self.context.store.save_draft(self.id, &conversation, &text).await?;
        self.publish_conversation(&conversation).await;
        Ok(())
    }

    pub(super) fn publish_stored(&self, stored: Stored) {
        self.publish(Event::MessageUpdated { message: stored.message });
        self.publish(Event::ConversationChanged { conversation: stored.conversation });
    }

    async fn publish_updated(&mut self, message: Message) {
        let conversation = message.conversation.clone();
        self.publish(Event::MessageUpdated { message });
        self.publish_conversation(&conversation).await;
    }

    pub(super) async fn publish_conversation(&mut self, jid: &BareJid) {
        match self.context.store.conversation(self.id, jid).await {
            Ok(Some(conversation)) => self.publish(Event::ConversationChanged { conversation }),
            Ok(None) => {}
            Err(error) => self.store_failed(&error),
        }
    }

    /// Something could not be kept. The person is told in words; the account goes on with what it has.
    pub(super) fn store_failed(&self, error: &StoreError) {
        tracing::error!(%error, "the store failed");
        self.publish(Event::Warning { code: error.code().to_owned(), detail: error.to_string() });
    }
}

fn to_store(message: FromWire, own: &BareJid) -> ReceivedMessage {
    let direction = if message.own { Direction::Outgoing } else { Direction::Incoming };
    let mut sender = message.sender;
    if message.kind == ConversationKind::Direct {
        let jid = sender.jid.get_or_insert_with(|| message.conversation.clone());
        debug_assert!(message.own == (jid == own), "the session checks whose message it is");
    }
    ReceivedMessage {
        id: if message.own { message.id.clone() } else { MessageId::random() },
        conversation: message.conversation,
        kind: message.kind,
        sender,
        direction,
        stanza_id: Some(message.id.0),
        origin_id: message.origin_id,
        archive_id: message.archive_id,
        content: message.content,
        shown: None,
        sent_at: message.sent_at,
        sent_by_server: message.source == MessageSource::Archive,
        read: false,
    }
}

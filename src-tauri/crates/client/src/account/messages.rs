//! Messages of an account: out through the store's outbox, in through the store, both told as events.
//!
//! The store is the queue. A message is in the store before anybody hears of it, and leaves the outbox only when the
//! server has acknowledged it, so a crash or a cut repeats it with the same id and the far side drops the double. What is
//! received is confirmed (XEP-0184) when the store has it, and not before. The disk is waited for where a power cut would lose
//! what no archive gives back (`docs/decisions/0006-what-waits-for-the-disk.md`).

use std::collections::BTreeSet;

use confab_model::{
    BareJid, Change, Composed, ConnectionState, ConversationKind, DeliveryState, Direction, Event, FailureWhy, Message,
    MessageDraft, MessageId, Sender, Timestamp,
};
use confab_session::{Amendment, ArchivePage, DeliveredBy, MessageSource, ReceivedMessage as Incoming, RequestError};
use confab_store::{
    Amended, ArchivePosition, Arrived, Queued, Received, ReceivedAmendment, ReceivedMessage, Standing, StoreError,
    Stored, Taken, Unsent,
};
use tokio::sync::mpsc;

use super::{
    AccountMessage, Reply,
    actor::AccountActor,
    arrivals::{FromWire, Reached},
    drafts,
    outgoing::Outgoing,
    told_records,
};
use crate::{ErrorCode, OperationError, files::PreparedFile, pictures};

/// Messages that cannot be sent as a stanza, with why.
pub(super) type MessageFailures = mpsc::UnboundedReceiver<(MessageId, FailureWhy)>;

/// Younger than this is just said: longer than a message is on its way to a device that is online.
const JUST_NOW_MS: i64 = 60_000;

/// What the archive answered to the wish for older messages.
#[derive(Debug)]
pub(crate) struct OlderPage {
    pub(super) page: Result<ArchivePage, RequestError>,
    /// When the message was sent before which the page ends.
    pub(super) before: Option<Timestamp>,
}

impl AccountActor {
    /// Queues a message; with a file, that is uploaded first.
    pub(super) async fn send_message(
        &mut self,
        conversation: BareJid,
        draft: MessageDraft,
        file: Option<PreparedFile>,
    ) -> Result<MessageId, OperationError> {
        let kind = self.kind_of(&conversation).await?;
        self.check_may_write(&conversation, kind).await?;
        let reply_to = draft.reply_to.clone();
        let (file, shown, local) = match file {
            Some(PreparedFile { file, shown, local }) => (Some(file), Some(shown), Some(local)),
            None => (None, None, None),
        };
        let content = drafts::compose(draft, file)?;
        let id = MessageId::random();
        let with = Queued {
            reply_to: reply_to.as_ref(),
            shown: shown.as_ref(),
            upload: local.as_ref(),
            is_archived: kind == ConversationKind::Direct && self.is_archiving(),
        };
        self.queue((&conversation, kind), &id, (&content, &with)).await?;
        if local.is_some() {
            self.upload_file(&id).await?;
        }
        Ok(id)
    }

    /// Whether what is written to a person goes out now and the server keeps it.
    fn is_archiving(&self) -> bool {
        let account = self.account.borrow();
        matches!(account.connection, ConnectionState::Online { .. }) && account.server.archive
    }

    pub(super) async fn queue(
        &mut self,
        whose: (&BareJid, ConversationKind),
        id: &MessageId,
        content: (&Composed, &Queued<'_>),
    ) -> Result<(), OperationError> {
        let now = self.context.clock.now().wall;
        let stored = self.context.store.queue(self.id, whose, id, content, now).await?;
        self.publish(Event::MessageAdded { message: stored.message });
        self.publish(Event::ConversationChanged { conversation: stored.conversation });
        self.outgoing.sending().queued();
        Ok(())
    }

    pub(super) async fn resend(&mut self, message: MessageId) -> Result<(), OperationError> {
        let conversation = self.known_message(&message).await?.conversation;
        let kind = self.kind_of(&conversation).await?;
        self.check_may_write(&conversation, kind).await?;
        let now = self.context.clock.now().wall;
        let Some(stored) = self.context.store.resend(self.id, &message, now).await? else {
            return Err(OperationError::new(ErrorCode::UnknownMessage, "there is no failed message of that id"));
        };
        let must_be_uploaded = matches!(stored.message.delivery, DeliveryState::Uploading { .. });
        self.publish_stored(stored);
        if must_be_uploaded {
            self.upload_file(&message).await?;
        }
        self.outgoing.sending().queued();
        Ok(())
    }

    pub(super) async fn message_sent(&mut self, id: MessageId) -> Result<(), StoreError> {
        if let Some(call) = told_records::call_of(&id) {
            return self.context.store.call_told(self.id, &call).await;
        }
        let now = self.context.clock.now().wall;
        let changed = self.context.store.mark_acknowledged(self.id, &id, Some(now)).await?;
        self.outgoing.sending().settled(&id);
        if let Some(message) = changed {
            self.publish_updated(message).await;
        }
        Ok(())
    }

    pub(super) async fn message_unsendable(&mut self, id: MessageId, why: FailureWhy) {
        if let Err(error) = self.unsent(id, None, why).await {
            self.store_failed(&error);
        }
    }

    /// An error came back. Only the person or group to whom the message went may fail it.
    pub(super) async fn message_bounced(
        &mut self,
        id: MessageId,
        to: BareJid,
        why: FailureWhy,
    ) -> Result<(), StoreError> {
        self.unsent(id, Some(&to), why).await
    }

    pub(super) async fn unsent(
        &mut self,
        id: MessageId,
        from: Option<&BareJid>,
        why: FailureWhy,
    ) -> Result<(), StoreError> {
        match self.context.store.mark_unsent(self.id, &id, from, &why).await? {
            Some(Unsent::Message(message)) => {
                self.outgoing.sending().settled(&id);
                self.publish_updated(*message).await;
            }
            // What it did here stays; the person should know that others do not see it.
            Some(Unsent::Change(message)) => {
                self.outgoing.sending().settled(&id);
                self.publish(Event::Warning { code: "changeNotSent".to_owned(), detail: message.id.0 });
            }
            None => tracing::info!("an error for a message that was not sent there, or is over, was dropped"),
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
        self.doubts.something_was_confirmed();
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
        position: Option<&Reached>,
    ) -> Result<(), StoreError> {
        let history_read = self.history_read;
        let new_groups = self.groups.unread_before(&messages);
        let receipts = messages.iter_mut().filter_map(|one| match one {
            FromWire::Message(message) => message.receipt.take(),
            FromWire::Amendment(_) => None,
        });
        let receipts: Vec<_> = receipts.collect();
        let batch = to_store(messages, self.jid.clone(), move |message, kept| {
            // What a new device finds is not news; `settle_history` says at the end what was not displayed anywhere.
            let is_read = match message.kind {
                ConversationKind::Direct => history_read,
                ConversationKind::Group => !new_groups.contains(&message.conversation),
            };
            kept.read = message.source == MessageSource::Archive && !is_read;
        })
        .await?;
        let position = position.map(|reached| match reached {
            Reached::Own(id) => ArchivePosition::Own(id),
            Reached::Group(group, id) => ArchivePosition::Group(group, id),
        });
        let taken = self.context.store.take_in(self.id, &batch, position).await?;
        for receipt in receipts {
            self.outgoing.push(Outgoing::Receipt(receipt));
        }
        self.publish_taken(taken).await;
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
                self.load_quiet_contacts().await;
            }
            Err(error) => self.store_failed(&error),
        }
    }

    pub(super) async fn publish_taken(&mut self, taken: Vec<Taken>) {
        let mut conversations = BTreeSet::new();
        let mut news = Vec::new();
        for one in taken {
            let (is_new, message) = match one {
                Taken::Message(received) => {
                    self.came_back(received.message());
                    if received.is_news() {
                        news.push(received.message().clone());
                    }
                    match *received {
                        Received::Added(message) => (true, message),
                        Received::Updated(message) => (false, message),
                        Received::Known(_) => continue,
                    }
                }
                Taken::Amendment(amended) => match *amended {
                    Amended::Changed { message, files } => {
                        self.transfers.delete_copies(files);
                        if message.delivery == DeliveryState::Recalled {
                            self.transfers.forget(&message.id);
                        }
                        (false, *message)
                    }
                    Amended::Waiting | Amended::Old | Amended::Refused => continue,
                },
            };
            conversations.insert(message.conversation.clone());
            self.publish(if is_new { Event::MessageAdded { message } } else { Event::MessageUpdated { message } });
        }
        for conversation in conversations {
            self.publish_conversation(&conversation).await;
        }
        for message in news {
            if let Err(error) = self.fetch_by_itself(&message).await {
                self.store_failed(&error);
            }
        }
    }

    /// A room has an own message, and may have named it: changes that waited for the name can go.
    fn came_back(&self, message: &Message) {
        if message.direction == Direction::Outgoing {
            self.outgoing.sending().settled(&message.id);
            self.outgoing.sending().queued();
        }
    }

    pub(super) async fn open_conversation(
        &mut self,
        jid: BareJid,
    ) -> Result<confab_model::Conversation, OperationError> {
        let now = self.context.clock.now().wall;
        let conversation = match self.kind_of(&jid).await? {
            ConversationKind::Direct => self.context.store.open_conversation(self.id, &jid, now).await?,
            ConversationKind::Group => self.context.store.open_group_conversation(self.id, &jid, now).await?,
        };
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
            // A group that is gone, or that this account is not in: nobody will tell more.
            Err(RequestError::Refused(_)) if self.kind_of(&conversation).await? == ConversationKind::Group => {
                return Ok(true);
            }
            Err(error) => return Err(error.into()),
        };
        let of_page = page.messages.into_iter().map(|message| FromWire::Message(Box::new(message)));
        let changes = page.amendments.into_iter().map(|amendment| FromWire::Amendment(Box::new(amendment)));
        let batch = of_page.chain(changes).filter(|one| *one.conversation() == conversation).collect();
        let ahead = page.ahead;
        let batch = to_store(batch, self.jid.clone(), move |_, kept| {
            kept.ahead = ahead;
            // Old history is not news: it was there before this device was.
            kept.read = true;
        })
        .await?;
        let mut taken = self.context.store.take_in_older(self.id, &conversation, &batch, before, page.complete).await?;
        // The page itself is the answer; what it changes of messages that are on screen is told. So is what was said just
        // now: the newest page may overtake the copy that is on its way here, which is then known and told to nobody.
        let just_now = Timestamp(self.context.clock.now().wall.0 - JUST_NOW_MS);
        taken.retain(|one| match one {
            Taken::Message(received) if matches!(**received, Received::Updated(_)) => true,
            Taken::Message(received) => before.is_none() && received.message().sent_at >= just_now,
            Taken::Amendment(_) => true,
        });
        self.publish_taken(taken).await;
        // How many there are here, and in a conversation that was not here the last one.
        self.publish_conversation(&conversation).await;
        Ok(page.complete)
    }

    /// Displayed here: lowers the unread count and tells the far side and the own other devices.
    pub(super) async fn mark_displayed(
        &mut self,
        conversation: BareJid,
        up_to: MessageId,
    ) -> Result<(), OperationError> {
        let is_group = self.kind_of(&conversation).await? == ConversationKind::Group;
        let tell = is_group || self.may_know_of_us(&conversation).await;
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

    /// The account's devices know that the conversation was displayed up to a message (XEP-0490).
    pub(super) async fn displayed_everywhere(
        &mut self,
        conversation: BareJid,
        archive_id: &str,
    ) -> Result<(), StoreError> {
        if let Some(conversation) = self.context.store.displayed_everywhere(self.id, &conversation, archive_id).await? {
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

    pub(super) async fn publish_updated(&mut self, message: Message) {
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
        if let StoreError::Damaged { .. } = error {
            self.context.store.suspect();
        }
        self.publish(Event::Warning { code: error.code().to_owned(), detail: error.to_string() });
    }
}

/// As the store takes it. `settle` decides what depends on where it came from.
pub(super) async fn to_store(
    messages: Vec<FromWire>,
    own: BareJid,
    settle: impl Fn(&Incoming, &mut ReceivedMessage) + Send + 'static,
) -> Result<Vec<Arrived>, StoreError> {
    // Thumbnails are decoded: not in the account's task.
    let work = move || {
        messages
            .into_iter()
            .map(|one| match one {
                FromWire::Message(message) => {
                    let mut kept = message_to_store(&message, &own);
                    settle(&message, &mut kept);
                    Arrived::Message(Box::new(kept))
                }
                FromWire::Amendment(amendment) => Arrived::Amendment(Box::new(amendment_to_store(*amendment))),
            })
            .collect()
    };
    tokio::task::spawn_blocking(work).await.map_err(|error| StoreError::Internal { detail: error.to_string() })
}

fn message_to_store(message: &Incoming, own: &BareJid) -> ReceivedMessage {
    let direction = if message.own { Direction::Outgoing } else { Direction::Incoming };
    let mut sender = message.sender.clone();
    if message.kind == ConversationKind::Direct {
        let jid = sender.jid.get_or_insert_with(|| message.conversation.clone());
        debug_assert!(message.own == (jid == own), "the session checks whose message it is");
    }
    ReceivedMessage {
        id: if message.own { message.id.clone() } else { MessageId::random() },
        conversation: message.conversation.clone(),
        kind: message.kind,
        sender,
        direction,
        stanza_id: Some(message.id.0.clone()),
        origin_id: message.origin_id.clone(),
        archive_id: message.archive_id.clone(),
        shown: pictures::shown(&message.content),
        content: message.content.clone(),
        sent_at: message.sent_at,
        sent_by_server: message.source == MessageSource::Archive,
        standing: standing(message),
        ahead: message.ahead && message.source != MessageSource::Archive && message.archive_id.is_some(),
        read: false,
    }
}

fn standing(message: &Incoming) -> Standing {
    match message.source {
        MessageSource::Archive if message.ahead => Standing::ByTime,
        MessageSource::Archive => Standing::Behind,
        MessageSource::Live | MessageSource::Carbon if !message.stamped => Standing::Last,
        // It waited for a stream that was cut. The archive, up to it, is here.
        MessageSource::Live | MessageSource::Carbon if message.archive_id.is_some() && !message.ahead => {
            Standing::Behind
        }
        MessageSource::Live | MessageSource::Carbon => Standing::ByTime,
    }
}

fn amendment_to_store(amendment: Amendment) -> ReceivedAmendment {
    let shown = match &amendment.change {
        Change::Edit(content) => pictures::shown(content),
        Change::Recall | Change::Moderated { .. } | Change::React { .. } => None,
    };
    ReceivedAmendment {
        id: amendment.id,
        conversation: amendment.conversation,
        kind: amendment.kind,
        by: amendment.by,
        own: amendment.own,
        of: amendment.of,
        change: amendment.change,
        shown,
        at: amendment.at,
    }
}

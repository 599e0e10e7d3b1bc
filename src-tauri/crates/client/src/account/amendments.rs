//! What happens to messages after they were sent: own edits, recalls and reactions on their way out, and what was deleted
//! here. Changes of others come with the messages (`messages`).

use confab_model::{BareJid, DeliveryState, Direction, Event, Mention, Message, MessageContent, MessageId};
use confab_store::{Deleted, OwnChange, Queued, ShownFile};

use super::{actor::AccountActor, drafts};
use crate::{ErrorCode, OperationError};

/// Messages that are forwarded, or deleted, at a time.
const MAX_AT_ONCE: usize = 100;
/// People and groups to whom something is forwarded at a time.
const MAX_RECIPIENTS: usize = 20;

impl AccountActor {
    /// The message, or `UnknownMessage`.
    pub(super) async fn known_message(&mut self, id: &MessageId) -> Result<Message, OperationError> {
        let message = self.context.store.message(self.id, id).await?;
        message.ok_or_else(|| OperationError::new(ErrorCode::UnknownMessage, "there is no such message"))
    }

    pub(super) async fn edit_message(
        &mut self,
        id: MessageId,
        text: String,
        mentions: Vec<Mention>,
    ) -> Result<(), OperationError> {
        let message = self.own_message(&id).await?;
        let stored = self.context.store.file(self.id, &id).await?;
        let shown = stored.as_ref().map(|stored| shown(&message, stored.name.clone()));
        let content = drafts::edited(&message, text, mentions, stored.map(|stored| stored.file))?;
        self.change(&id, OwnChange::Edit { content: Box::new(content), shown }).await
    }

    pub(super) async fn recall_message(&mut self, id: MessageId) -> Result<(), OperationError> {
        self.own_message(&id).await?;
        self.change(&id, OwnChange::Recall).await?;
        self.transfers.forget(&id);
        Ok(())
    }

    pub(super) async fn react(&mut self, id: MessageId, emojis: Vec<String>) -> Result<(), OperationError> {
        let emojis = drafts::reactions(emojis)?;
        let message = self.known_message(&id).await?;
        if matches!(
            message.content,
            MessageContent::Recalled | MessageContent::Call { .. } | MessageContent::Notice { .. }
        ) {
            return Err(drafts::not_allowed("nobody can react to this"));
        }
        let before = message.reactions.iter().filter(|reaction| reaction.own).map(|reaction| &reaction.emoji);
        if before.eq(&emojis) {
            return Ok(());
        }
        self.change(&id, OwnChange::React { emojis }).await
    }

    /// An own message that can be changed.
    async fn own_message(&mut self, id: &MessageId) -> Result<Message, OperationError> {
        let message = self.known_message(id).await?;
        if message.direction != Direction::Outgoing {
            return Err(drafts::not_allowed("somebody else wrote this message"));
        }
        match (&message.content, &message.delivery) {
            (MessageContent::Recalled, _) | (_, DeliveryState::Recalled) => {
                Err(drafts::not_allowed("the message was recalled"))
            }
            (MessageContent::Call { .. } | MessageContent::Notice { .. }, _) => {
                Err(drafts::not_allowed("this was not written by anybody"))
            }
            (_, DeliveryState::Failed { .. }) => {
                Err(drafts::not_allowed("the message was not sent: it can be deleted, or sent again"))
            }
            _ => Ok(message),
        }
    }

    async fn change(&mut self, of: &MessageId, change: OwnChange) -> Result<(), OperationError> {
        let now = self.context.clock.now().wall;
        let id = MessageId::random();
        let Some(changed) = self.context.store.change(self.id, &id, of, &change, now).await? else {
            return Err(drafts::not_allowed("the message cannot be changed so"));
        };
        if changed.is_queued {
            self.outgoing.sending().queued();
        }
        self.publish_stored(changed.stored);
        self.transfers.delete_copies(changed.files);
        Ok(())
    }

    /// Sends messages on, in their order, to each of the recipients. Everything is checked before anything is queued.
    pub(super) async fn forward_messages(
        &mut self,
        messages: Vec<MessageId>,
        to: Vec<BareJid>,
    ) -> Result<Vec<MessageId>, OperationError> {
        if !(1..=MAX_AT_ONCE).contains(&messages.len()) || !(1..=MAX_RECIPIENTS).contains(&to.len()) {
            let limits = format!("1 to {MAX_AT_ONCE} messages, 1 to {MAX_RECIPIENTS} recipients");
            return Err(OperationError::new(ErrorCode::InvalidArgument, limits));
        }
        let mut going = Vec::with_capacity(messages.len());
        for id in &messages {
            let message = self.known_message(id).await?;
            let stored = self.context.store.file(self.id, id).await?;
            let shown = stored.as_ref().map(|stored| shown(&message, stored.name.clone()));
            going.push((drafts::forwarded(&message, stored.map(|stored| stored.file))?, shown));
        }
        let mut recipients = Vec::with_capacity(to.len());
        for conversation in to {
            let kind = self.kind_of(&conversation).await?;
            self.check_may_write(&conversation, kind).await?;
            recipients.push((conversation, kind));
        }
        let mut queued = Vec::with_capacity(messages.len() * recipients.len());
        for (conversation, kind) in recipients {
            for (content, shown) in &going {
                let id = MessageId::random();
                let with = Queued { shown: shown.as_ref(), ..Queued::default() };
                self.queue((&conversation, kind), &id, (content, &with)).await?;
                queued.push(id);
            }
        }
        Ok(queued)
    }

    /// Deletes messages on this device, of whichever conversations.
    pub(super) async fn delete_messages(&mut self, messages: Vec<MessageId>) -> Result<(), OperationError> {
        if !(1..=MAX_AT_ONCE).contains(&messages.len()) {
            let limits = format!("1 to {MAX_AT_ONCE} messages");
            return Err(OperationError::new(ErrorCode::InvalidArgument, limits));
        }
        let mut by_conversation: Vec<(BareJid, Vec<MessageId>)> = Vec::new();
        for id in messages {
            let conversation = self.known_message(&id).await?.conversation;
            match by_conversation.iter_mut().find(|(other, _)| *other == conversation) {
                Some((_, ids)) => ids.push(id),
                None => by_conversation.push((conversation, vec![id])),
            }
        }
        for (conversation, ids) in by_conversation {
            if let Some(deleted) = self.context.store.delete_messages(self.id, &conversation, &ids).await? {
                self.publish_deleted(deleted);
            }
        }
        Ok(())
    }

    pub(super) fn publish_deleted(&mut self, deleted: Deleted) {
        let Deleted { conversation, left, messages, files } = deleted;
        for message in &messages {
            self.transfers.forget(message);
            self.outgoing.sending().settled(message);
        }
        self.transfers.delete_copies(files);
        if !messages.is_empty() {
            self.publish(Event::MessagesRemoved { conversation: conversation.clone(), messages });
        }
        match left {
            Some(conversation) => self.publish(Event::ConversationChanged { conversation }),
            None => self.publish(Event::ConversationRemoved { jid: conversation }),
        }
    }
}

/// What people see of a message's file: that stays when the message is changed or sent on.
fn shown(message: &Message, name: String) -> ShownFile {
    let thumbnail = match &message.content {
        MessageContent::File { file, .. } => file.thumbnail.clone(),
        _ => None,
    };
    ShownFile { name, thumbnail }
}

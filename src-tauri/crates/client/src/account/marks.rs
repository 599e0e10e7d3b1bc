//! What a person does with a whole conversation: pin, archive, mute, delete, take in from the requests folder.

use confab_model::{BareJid, Conversation, ConversationChange, ConversationKind, Event};

use super::actor::AccountActor;
use crate::{ErrorCode, OperationError};

impl AccountActor {
    /// What a conversation is with; a new one is with a person, unless a group of this account has the address.
    pub(super) async fn kind_of(&mut self, conversation: &BareJid) -> Result<ConversationKind, OperationError> {
        if let Some(known) = self.context.store.conversation(self.id, conversation).await? {
            return Ok(known.kind);
        }
        let is_group = self.context.store.group(self.id, conversation).await?.is_some();
        Ok(if is_group { ConversationKind::Group } else { ConversationKind::Direct })
    }

    pub(super) async fn set_conversation(
        &mut self,
        jid: BareJid,
        change: ConversationChange,
    ) -> Result<Conversation, OperationError> {
        let now = self.context.clock.now().wall;
        let changed = self.context.store.change_conversation(self.id, &jid, change, now).await?;
        self.told(changed)
    }

    pub(super) async fn accept_request(&mut self, jid: BareJid) -> Result<Conversation, OperationError> {
        let accepted = self.context.store.accept_request(self.id, &jid).await?;
        self.told(accepted)
    }

    fn told(&self, changed: Option<Conversation>) -> Result<Conversation, OperationError> {
        let conversation = changed.ok_or_else(unknown)?;
        self.publish(Event::ConversationChanged { conversation: conversation.clone() });
        Ok(conversation)
    }

    pub(super) async fn delete_conversation(&mut self, jid: BareJid) -> Result<(), OperationError> {
        let now = self.context.clock.now().wall;
        let deleted = self.context.store.delete_conversation(self.id, &jid, now).await?.ok_or_else(unknown)?;
        self.publish_deleted(deleted);
        self.forget_group(jid).await
    }
}

fn unknown() -> OperationError {
    OperationError::new(ErrorCode::UnknownConversation, "there is no such conversation")
}

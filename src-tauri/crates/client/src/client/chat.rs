//! Conversations and their messages.

use confab_model::{
    AccountId, BareJid, Conversation, ConversationChange, ConversationPage, DraftContent, Mention, Message,
    MessageDraft, MessageId, MessageReceipt, TypingState,
};
use confab_store::StoreError;

use super::{Client, MessagePage};
use crate::{ErrorCode, OperationError, account::AccountMessage, files};

/// Messages of one page; more are not drawn at once by any window.
pub(super) const MAX_PAGE: u32 = 200;
/// Conversations of one page of the list; a few hundred kilobytes.
const MAX_LIST: u32 = 500;

impl Client {
    /// All conversations, newest first.
    pub async fn conversations(&self, account: AccountId) -> Result<Vec<Conversation>, OperationError> {
        Ok(self.shared.store.conversations(account).await?)
    }

    /// A part of the list of conversations, pinned ones first, then newest first: the first one, or what follows the place
    /// `after` that an earlier part gave. Somebody who reads on while the list changes hears of what changed by events.
    pub async fn conversation_page(
        &self,
        account: AccountId,
        after: Option<String>,
        limit: u32,
    ) -> Result<ConversationPage, OperationError> {
        let limit = page_limit(limit, MAX_LIST)?;
        let now = self.shared.clock.now().wall;
        let page = self.shared.store.conversation_page(account, after.as_deref(), limit, now).await;
        page.map_err(|error| match error {
            StoreError::Unknown(_) => OperationError::new(ErrorCode::InvalidArgument, "after is no place in the list"),
            other => other.into(),
        })
    }

    /// The conversation with a person, made if there is none.
    pub async fn open_conversation(&self, account: AccountId, jid: BareJid) -> Result<Conversation, OperationError> {
        self.handle(account)?.ask(|reply| AccountMessage::OpenConversation { jid, reply }).await
    }

    /// The newest messages, or those before `before`; what is not here is fetched from the archive.
    pub async fn messages(
        &self,
        account: AccountId,
        conversation: BareJid,
        before: Option<MessageId>,
        limit: u32,
    ) -> Result<MessagePage, OperationError> {
        let limit = page_limit(limit, MAX_PAGE)?;
        let store = &self.shared.store;
        let page = store.messages(account, &conversation, before.as_ref(), limit).await?;
        let enough = page.messages.len() >= limit as usize;
        if page.more || enough || page.history_complete {
            let complete = !page.more && page.history_complete;
            return Ok(MessagePage { messages: page.messages, complete });
        }
        let Ok(handle) = self.handle(account) else {
            return Ok(MessagePage { messages: page.messages, complete: false });
        };
        let (of, from) = (conversation.clone(), before.clone());
        let load = |reply| AccountMessage::LoadOlder { conversation: of, before: from, reply };
        let complete = handle.ask(load).await?;
        let page = store.messages(account, &conversation, before.as_ref(), limit).await?;
        Ok(MessagePage { complete: complete && !page.more, messages: page.messages })
    }

    /// Queues a text; the store has it when this returns.
    pub async fn send_text(
        &self,
        account: AccountId,
        conversation: BareJid,
        text: String,
    ) -> Result<MessageId, OperationError> {
        self.send_message(account, conversation, MessageDraft::text(text)).await
    }

    /// Queues a message of any kind; the store has it when this returns. A file is uploaded first.
    ///
    /// # Errors
    /// `InvalidArgument` and `ExtensionTooLarge`: beyond a limit of `docs/agent.md`; `FileFailed`: the file cannot be
    /// read; `UnknownMessage`: the answered message is not in the conversation.
    pub async fn send_message(
        &self,
        account: AccountId,
        conversation: BareJid,
        draft: MessageDraft,
    ) -> Result<MessageId, OperationError> {
        let handle = self.handle(account)?;
        let file = match &draft.content {
            DraftContent::File { path, name, voice, .. } => {
                let (files, path, name, voice) =
                    (self.shared.files.clone(), std::path::PathBuf::from(path), name.clone(), *voice);
                let work = move || files::prepare(&files, &path, name.as_deref(), voice);
                let prepared = tokio::task::spawn_blocking(work).await.map_err(|_| OperationError::gone())??;
                Some(Box::new(prepared))
            }
            DraftContent::Text { .. } | DraftContent::Location { .. } | DraftContent::Custom { .. } => None,
        };
        let path = match &draft.content {
            DraftContent::File { path, .. } => Some(std::path::PathBuf::from(path)),
            DraftContent::Text { .. } | DraftContent::Location { .. } | DraftContent::Custom { .. } => None,
        };
        let draft = Box::new(draft);
        let sent = handle.ask(|reply| AccountMessage::Send { conversation, draft, file, reply }).await;
        if let (Ok(_), Some(path)) = (&sent, path) {
            self.shared.files.end_waiting(&path);
        }
        sent
    }

    /// Changes the text (or caption) of an own message everywhere (XEP-0308).
    ///
    /// # Errors
    /// `NotAllowed`: somebody else's, recalled, not sent, or without a text.
    pub async fn edit_message(
        &self,
        account: AccountId,
        message: MessageId,
        text: String,
        mentions: Vec<Mention>,
    ) -> Result<(), OperationError> {
        self.handle(account)?.ask(|reply| AccountMessage::Edit { message, text, mentions, reply }).await
    }

    /// Takes an own message back everywhere (XEP-0424).
    ///
    /// # Errors
    /// `NotAllowed`: somebody else's, recalled already, or not sent.
    pub async fn recall_message(&self, account: AccountId, message: MessageId) -> Result<(), OperationError> {
        self.handle(account)?.ask(|reply| AccountMessage::Recall { message, reply }).await
    }

    /// All that this account reacts to a message with from now on (XEP-0444); none: takes them back.
    pub async fn react(
        &self,
        account: AccountId,
        message: MessageId,
        emojis: Vec<String>,
    ) -> Result<(), OperationError> {
        self.handle(account)?.ask(|reply| AccountMessage::React { message, emojis, reply }).await
    }

    /// Sends messages on, in this order, to each of the recipients. The new messages, by recipient.
    ///
    /// # Errors
    /// `NotAllowed`: one of them cannot be forwarded; then nothing is sent.
    pub async fn forward_messages(
        &self,
        account: AccountId,
        messages: Vec<MessageId>,
        to: Vec<BareJid>,
    ) -> Result<Vec<MessageId>, OperationError> {
        self.handle(account)?.ask(|reply| AccountMessage::Forward { messages, to, reply }).await
    }

    /// Deletes messages on this device.
    pub async fn delete_messages(&self, account: AccountId, messages: Vec<MessageId>) -> Result<(), OperationError> {
        self.handle(account)?.ask(|reply| AccountMessage::DeleteMessages { messages, reply }).await
    }

    /// One message as it is now.
    pub async fn message(&self, account: AccountId, message: MessageId) -> Result<Message, OperationError> {
        let found = self.shared.store.message(account, &message).await?;
        found.ok_or_else(|| OperationError::new(ErrorCode::UnknownMessage, "there is no such message"))
    }

    /// Who has an own message.
    pub async fn receipts(
        &self,
        account: AccountId,
        message: MessageId,
    ) -> Result<Vec<MessageReceipt>, OperationError> {
        Ok(self.shared.store.message_receipts(account, &message).await?)
    }

    /// One conversation, if there is one.
    pub async fn conversation(
        &self,
        account: AccountId,
        jid: &BareJid,
    ) -> Result<Option<Conversation>, OperationError> {
        Ok(self.shared.store.conversation(account, jid).await?)
    }

    /// Pins, archives, mutes.
    pub async fn set_conversation(
        &self,
        account: AccountId,
        jid: BareJid,
        change: ConversationChange,
    ) -> Result<Conversation, OperationError> {
        self.handle(account)?.ask(|reply| AccountMessage::SetConversation { jid, change, reply }).await
    }

    /// Deletes a conversation and everything in it on this device.
    pub async fn delete_conversation(&self, account: AccountId, jid: BareJid) -> Result<(), OperationError> {
        self.handle(account)?.ask(|reply| AccountMessage::DeleteConversation { jid, reply }).await
    }

    /// Takes a stranger's conversation out of the requests folder.
    pub async fn accept_request(&self, account: AccountId, jid: BareJid) -> Result<Conversation, OperationError> {
        self.handle(account)?.ask(|reply| AccountMessage::AcceptRequest { jid, reply }).await
    }

    /// Queues a failed message again.
    pub async fn resend(&self, account: AccountId, message: MessageId) -> Result<(), OperationError> {
        self.handle(account)?.ask(|reply| AccountMessage::Resend { message, reply }).await
    }

    /// Tells the far side whether somebody is typing here.
    pub async fn set_typing(
        &self,
        account: AccountId,
        conversation: BareJid,
        state: TypingState,
    ) -> Result<(), OperationError> {
        self.handle(account)?.tell(AccountMessage::SetTyping { conversation, state }).await
    }

    /// The person has seen the conversation up to a message.
    pub async fn mark_displayed(
        &self,
        account: AccountId,
        conversation: BareJid,
        up_to: MessageId,
    ) -> Result<(), OperationError> {
        self.handle(account)?.ask(|reply| AccountMessage::MarkDisplayed { conversation, up_to, reply }).await
    }

    /// Keeps what has been typed and not sent.
    pub async fn save_draft(
        &self,
        account: AccountId,
        conversation: BareJid,
        text: String,
    ) -> Result<(), OperationError> {
        self.handle(account)?.ask(|reply| AccountMessage::SaveDraft { conversation, text, reply }).await
    }
}

/// A page has 1 to `most` entries.
pub(super) fn page_limit(limit: u32, most: u32) -> Result<u32, OperationError> {
    if (1..=most).contains(&limit) {
        return Ok(limit);
    }
    Err(OperationError::new(ErrorCode::InvalidArgument, format!("a page has 1 to {most} entries")))
}

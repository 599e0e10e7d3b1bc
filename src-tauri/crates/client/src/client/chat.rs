//! Conversations and their messages.

use confab_model::{AccountId, BareJid, Conversation, Message, MessageId, TypingState};

use super::{Client, MessagePage};
use crate::{ErrorCode, OperationError, account::AccountMessage};

/// Messages of one page; more are not drawn at once by any window.
const MAX_PAGE: u32 = 200;

impl Client {
    /// All conversations, newest first.
    pub async fn conversations(&self, account: AccountId) -> Result<Vec<Conversation>, OperationError> {
        Ok(self.shared.store.conversations(account).await?)
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

    /// Queues a text; it is on the disk when this returns.
    pub async fn send_text(
        &self,
        account: AccountId,
        conversation: BareJid,
        text: String,
    ) -> Result<MessageId, OperationError> {
        self.handle(account)?.ask(|reply| AccountMessage::SendText { conversation, text, reply }).await
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

    /// Messages that contain all words of the query, newest first.
    pub async fn search_messages(
        &self,
        account: AccountId,
        query: String,
        conversation: Option<BareJid>,
        before: Option<MessageId>,
        limit: u32,
    ) -> Result<Vec<Message>, OperationError> {
        let limit = page_limit(limit, MAX_PAGE)?;
        let store = &self.shared.store;
        Ok(store.search(account, &query, conversation.as_ref(), before.as_ref(), limit).await?)
    }
}

fn page_limit(limit: u32, most: u32) -> Result<u32, OperationError> {
    if (1..=most).contains(&limit) {
        return Ok(limit);
    }
    Err(OperationError::new(ErrorCode::InvalidArgument, format!("a page has 1 to {most} entries")))
}

//! Finding messages: by words and kinds, around a place, towards the newest.

use confab_model::{AccountId, BareJid, Message, MessageId, Sender};
use confab_store::{Anchor, SearchDirection, SearchKind, SearchQuery, StoredWindow};

use super::{
    Client, MessageSearch, MessageWindow, Place, SearchFor,
    chat::{MAX_PAGE, page_limit},
};
use crate::OperationError;

impl Client {
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

    /// Messages by words, kind, person and time. Without words, kind and conversation: none.
    pub async fn search(&self, account: AccountId, search: MessageSearch) -> Result<Vec<Message>, OperationError> {
        let limit = page_limit(search.limit, MAX_PAGE)?;
        let kinds = match search.kind {
            SearchFor::Any => Vec::new(),
            SearchFor::Images => vec![SearchKind::Image, SearchKind::Video],
            SearchFor::Files => vec![SearchKind::File, SearchKind::Audio],
            SearchFor::Voice => vec![SearchKind::Voice],
            SearchFor::Links => vec![SearchKind::Text],
        };
        // Words match from their start: `https` and `http` alike.
        let text = if search.kind == SearchFor::Links { format!("{} http", search.text) } else { search.text };
        if text.trim().is_empty() && kinds.is_empty() && search.conversation.is_none() && search.sender.is_none() {
            return Ok(Vec::new());
        }
        let query = SearchQuery {
            text,
            conversation: search.conversation,
            sender: search.sender.map(Sender::person),
            kinds,
            direction: if search.forward { SearchDirection::Newer } else { SearchDirection::Older },
            from: search.from,
            beyond: search.before,
            limit,
        };
        Ok(self.shared.store.find(account, &query).await?)
    }

    /// The messages around a message or a date that are here. Empty if the message is not.
    pub async fn messages_around(
        &self,
        account: AccountId,
        conversation: BareJid,
        place: Place,
        limit: u32,
    ) -> Result<MessageWindow, OperationError> {
        let limit = page_limit(limit, MAX_PAGE)?;
        let anchor = match &place {
            Place::Message(message) => Anchor::Message(message),
            Place::Date(at) => Anchor::Date(*at),
        };
        let window = self.shared.store.messages_around(account, &conversation, anchor, limit).await?;
        self.window(account, &conversation, window).await
    }

    /// The messages that follow one, towards the newest; `None`: from the oldest one here.
    pub async fn messages_after(
        &self,
        account: AccountId,
        conversation: BareJid,
        after: Option<MessageId>,
        limit: u32,
    ) -> Result<MessageWindow, OperationError> {
        let limit = page_limit(limit, MAX_PAGE)?;
        let window = self.shared.store.messages_after(account, &conversation, after.as_ref(), limit).await?;
        self.window(account, &conversation, window).await
    }

    async fn window(
        &self,
        account: AccountId,
        conversation: &BareJid,
        window: StoredWindow,
    ) -> Result<MessageWindow, OperationError> {
        let complete = match window.messages.first() {
            Some(first) if !window.older => {
                self.shared.store.history_reach(account, conversation, Some(&first.id)).await?.complete
            }
            _ => false,
        };
        Ok(MessageWindow { complete, at_end: !window.newer, messages: window.messages })
    }
}

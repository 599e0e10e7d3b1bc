//! Finding messages: by words and kinds, around a place, towards the newest.

use confab_model::{AccountId, BareJid, Message, MessageId, Sender};
use confab_store::{Anchor, SearchDirection, SearchKind, SearchQuery, StoredWindow};

use super::{
    Client, MessageSearch, MessageWindow, Place, SearchFor,
    chat::{MAX_PAGE, page_limit},
};
use crate::{
    OperationError,
    account::{AccountMessage, Part},
};

/// Pages that are read on behind those around a date which do not reach up to it.
const PAGES_OF_A_SECOND: usize = 5;

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

    /// The messages around a message or a date. What is not here of them is fetched from the archive, except an unknown
    /// message: then it is empty.
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
        let store = &self.shared.store;
        let mut window = store.messages_around(account, &conversation, anchor, limit).await?;
        if let (Place::Date(at), true) = (&place, window.gap_at_date)
            && self.load_part(account, &conversation, Part::Around(*at)).await?
        {
            window = store.messages_around(account, &conversation, anchor, limit).await?;
            // Of an archive that stamps whole seconds the date's second may have more than it gives at once.
            for _ in 0..PAGES_OF_A_SECOND {
                let Some(last) = window.before_gap.clone() else { break };
                if !self.load_part(account, &conversation, Part::Behind(last)).await? {
                    break;
                }
                window = store.messages_around(account, &conversation, anchor, limit).await?;
            }
        }
        if self.load_behind(account, &conversation, &window).await? {
            window = store.messages_around(account, &conversation, anchor, limit).await?;
        }
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
        let store = &self.shared.store;
        let mut window = store.messages_after(account, &conversation, after.as_ref(), limit).await?;
        if self.load_behind(account, &conversation, &window).await? {
            window = store.messages_after(account, &conversation, after.as_ref(), limit).await?;
        }
        self.window(account, &conversation, window).await
    }

    /// Fetches what is missing directly behind a window. Whether something came.
    async fn load_behind(
        &self,
        account: AccountId,
        conversation: &BareJid,
        window: &StoredWindow,
    ) -> Result<bool, OperationError> {
        match window.messages.last().filter(|_| window.gap_after) {
            Some(last) => self.load_part(account, conversation, Part::Behind(last.id.clone())).await,
            None => Ok(false),
        }
    }

    /// Asks the archive, if this account can be asked. Whether something came.
    async fn load_part(&self, account: AccountId, conversation: &BareJid, part: Part) -> Result<bool, OperationError> {
        let Ok(handle) = self.handle(account) else { return Ok(false) };
        let conversation = conversation.clone();
        handle.ask(|reply| AccountMessage::LoadPart { conversation, part, reply }).await
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

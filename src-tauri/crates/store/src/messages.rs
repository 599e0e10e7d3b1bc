//! Messages as they are kept: rows in, pages out. Where they come from is in `receive`, `outbox` and `calls`.

use confab_model::{AccountId, BareJid, Conversation, Direction, Message, MessageId, Sender};
use sqlx::SqliteConnection;

use crate::{
    ReceivedMessage, Store, StoreError, accounts, codes,
    content::Content,
    conversations, history, people, receive,
    rows::{MessageRow, message_rows},
};

/// A page of a conversation.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredPage {
    /// Oldest first.
    pub messages: Vec<Message>,
    /// There are older ones in the store that follow without a gap.
    pub more: bool,
    /// The server has nothing older than the oldest one in the store, and nothing is missing down to there.
    pub history_complete: bool,
}

impl Store {
    /// One message, if it is there.
    pub async fn message(&self, account: AccountId, message: &MessageId) -> Result<Option<Message>, StoreError> {
        message_rows!("WHERE m.account_id = ?1 AND m.uid = ?2", account.0, message.0)
            .fetch_optional(&self.readers)
            .await?
            .map(MessageRow::into_message)
            .transpose()
    }

    /// The newest `limit` messages, or those before `before`, down to the next gap (see [`Store::note_gap`]). An unknown
    /// `before` or conversation gives an empty page.
    pub async fn messages(
        &self,
        account: AccountId,
        conversation: &BareJid,
        before: Option<&MessageId>,
        limit: u32,
    ) -> Result<StoredPage, StoreError> {
        let address = conversation.to_string();
        // One connection and transaction: both queries see the same state.
        let mut tx = self.readers.begin().await?;
        let state = sqlx::query!(
            r#"SELECT id AS "id!: i64", history_complete AS "complete!: bool" FROM conversations
            WHERE account_id = ?1 AND jid = ?2"#,
            account.0,
            address
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(state) = state else {
            return Ok(StoredPage { messages: Vec::new(), more: false, history_complete: false });
        };
        let before = match before {
            None => Some((i64::MAX, i64::MAX)),
            Some(before) => place(&mut tx, account, state.id, before).await?,
        };
        let Some((before_ms, before_row)) = before else {
            return Ok(StoredPage { messages: Vec::new(), more: false, history_complete: state.complete });
        };
        let gap = history::gap_before(&mut tx, state.id, (before_ms, before_row)).await?;
        let (after_ms, after_row) = gap.unwrap_or((-1, 0));
        let history_complete = state.complete && gap.is_none();
        let one_more = i64::from(limit) + 1;
        let mut rows = message_rows!(
            "WHERE m.conversation_id = ?1 AND (m.sent_ms, m.id) < (?2, ?3) AND (m.sent_ms, m.id) > (?5, ?6)
            ORDER BY m.sent_ms DESC, m.id DESC LIMIT ?4",
            state.id,
            before_ms,
            before_row,
            one_more,
            after_ms,
            after_row
        )
        .fetch_all(&mut *tx)
        .await?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let messages = rows.into_iter().rev().map(MessageRow::into_message).collect::<Result<_, _>>()?;
        Ok(StoredPage { messages, more, history_complete })
    }

    /// By which ids the archive knows messages that somebody else wrote in a conversation; those that it does not know are
    /// left out.
    pub async fn archive_ids(
        &self,
        account: AccountId,
        conversation: &BareJid,
        messages: &[MessageId],
    ) -> Result<Vec<String>, StoreError> {
        let (address, uids) = (conversation.to_string(), codes::to_json(&messages)?);
        let ids = sqlx::query_scalar!(
            r#"SELECT m.archive_id AS "id!: String" FROM messages m JOIN conversations v ON v.id = m.conversation_id
            WHERE m.account_id = ?1 AND v.jid = ?2 AND m.direction = 0 AND m.archive_id IS NOT NULL
                AND m.uid IN (SELECT value FROM json_each(?3))
            ORDER BY m.sent_ms, m.id"#,
            account.0,
            address,
            uids
        )
        .fetch_all(&self.readers)
        .await?;
        Ok(ids)
    }

    /// The message that a receipt, marker or correction of the conversation names by its `id` attribute; of several
    /// (not every client gives unique ids) the newest.
    pub async fn find_by_stanza_id(
        &self,
        account: AccountId,
        conversation: &BareJid,
        stanza_id: &str,
    ) -> Result<Option<MessageId>, StoreError> {
        let address = conversation.to_string();
        let id = sqlx::query_scalar!(
            "SELECT m.uid FROM conversations v JOIN messages m ON m.conversation_id = v.id
            WHERE v.account_id = ?1 AND v.jid = ?2 AND m.stanza_id = ?3 ORDER BY m.sent_ms DESC, m.id DESC LIMIT 1",
            account.0,
            address,
            stanza_id
        )
        .fetch_optional(&self.readers)
        .await?;
        Ok(id.map(MessageId))
    }

    /// The message with an id of the archive (XEP-0490 names messages so).
    pub async fn find_by_archive_id(
        &self,
        account: AccountId,
        conversation: &BareJid,
        archive_id: &str,
    ) -> Result<Option<MessageId>, StoreError> {
        let address = conversation.to_string();
        let id = sqlx::query_scalar!(
            "SELECT m.uid FROM conversations v JOIN messages m ON m.conversation_id = v.id
            WHERE v.account_id = ?1 AND v.jid = ?2 AND m.archive_id = ?3",
            account.0,
            address,
            archive_id
        )
        .fetch_optional(&self.readers)
        .await?;
        Ok(id.map(MessageId))
    }
}

/// The columns of a new message beside its content.
#[derive(Debug)]
pub(crate) struct New<'a> {
    pub uid: &'a str,
    pub stanza_id: Option<&'a str>,
    pub origin_id: Option<&'a str>,
    pub archive_id: Option<&'a str>,
    pub sender: &'a Sender,
    pub direction: Direction,
    pub sent_ms: i64,
    pub sent_by_server: bool,
    /// See [`crate::ReceivedMessage`].
    pub ahead: bool,
    pub delivery: i64,
}

impl<'a> New<'a> {
    /// Of a message that came over the wire.
    pub(crate) fn received(message: &'a ReceivedMessage, uid: &'a str, sent_ms: i64) -> Self {
        Self {
            uid,
            stanza_id: message.stanza_id.as_deref(),
            origin_id: receive::origin(message),
            archive_id: message.archive_id.as_deref(),
            sender: &message.sender,
            direction: message.direction,
            sent_ms,
            sent_by_server: message.sent_by_server,
            ahead: message.ahead,
            delivery: match message.direction {
                Direction::Outgoing => codes::SENT,
                Direction::Incoming if message.read => codes::READ,
                Direction::Incoming => codes::DELIVERED,
            },
        }
    }
}

/// Writes the row of a message; file, index and conversation are the caller's.
pub(crate) async fn insert(
    connection: &mut SqliteConnection,
    account: AccountId,
    conversation: i64,
    new: &New<'_>,
    content: &Content,
) -> Result<i64, StoreError> {
    let address = people::address(new.sender);
    let direction = codes::direction(new.direction);
    let details = content.details.to_json()?;
    let mentions_me =
        new.direction == Direction::Incoming && mentions_me(connection, account, conversation, content).await?;
    Ok(sqlx::query_scalar!(
        r#"INSERT INTO messages (account_id, conversation_id, uid, stanza_id, origin_id, archive_id, sender, nickname,
            occupant, direction, kind, body, encryption, reply_to, details, mentions_me, sent_ms, sent_by_server,
            delivery, ahead)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)
        RETURNING id AS "id!: i64""#,
        account.0,
        conversation,
        new.uid,
        new.stanza_id,
        new.origin_id,
        new.archive_id,
        address,
        new.sender.nickname,
        new.sender.occupant,
        direction,
        content.kind,
        content.body,
        content.encryption,
        content.reply_to,
        details,
        mentions_me,
        new.sent_ms,
        new.sent_by_server,
        new.delivery,
        new.ahead
    )
    .fetch_one(connection)
    .await?)
}

/// Whether a message of somebody else addresses this account, by its address or by its name in the group.
pub(crate) async fn mentions_me(
    connection: &mut SqliteConnection,
    account: AccountId,
    conversation: i64,
    content: &Content,
) -> Result<bool, StoreError> {
    if content.details.mentions.is_empty() {
        return Ok(false);
    }
    let own = accounts::own_jid(connection, account).await?;
    let nickname = sqlx::query_scalar!(
        "SELECT g.nickname FROM conversations v JOIN groups g ON g.account_id = v.account_id AND g.jid = v.jid
        WHERE v.id = ?1",
        conversation
    )
    .fetch_optional(connection)
    .await?;
    Ok(content.details.mentions(&own, nickname.as_deref()))
}

/// Where a message of a conversation stands, by `(sent_ms, row)`.
pub(crate) async fn place(
    connection: &mut SqliteConnection,
    account: AccountId,
    conversation: i64,
    message: &MessageId,
) -> Result<Option<(i64, i64)>, StoreError> {
    let found = sqlx::query!(
        r#"SELECT id AS "row!: i64", sent_ms FROM messages
        WHERE account_id = ?1 AND uid = ?2 AND conversation_id = ?3"#,
        account.0,
        message.0,
        conversation
    )
    .fetch_optional(connection)
    .await?;
    Ok(found.map(|found| (found.sent_ms, found.row)))
}

/// Where a message that is here stands in the conversation with this address.
pub(crate) async fn place_of(
    connection: &mut SqliteConnection,
    account: AccountId,
    conversation: &BareJid,
    message: &Message,
) -> Result<(i64, i64), StoreError> {
    let conversation = conversations::find(connection, account, conversation).await?;
    let conversation = conversation.ok_or(StoreError::Unknown("conversation"))?;
    place(connection, account, conversation, &message.id).await?.ok_or(StoreError::Unknown("message"))
}

/// The row of a message.
pub(crate) async fn row(
    connection: &mut SqliteConnection,
    account: AccountId,
    message: &str,
) -> Result<Option<i64>, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT id AS "id!: i64" FROM messages WHERE account_id = ?1 AND uid = ?2"#,
        account.0,
        message
    )
    .fetch_optional(connection)
    .await?)
}

/// The message by its row.
pub(crate) async fn load(connection: &mut SqliteConnection, row: i64) -> Result<Message, StoreError> {
    message_rows!("WHERE m.id = ?1", row).fetch_one(connection).await?.into_message()
}

/// Writes a state that the caller has found allowed.
pub(crate) async fn set_delivery(
    connection: &mut SqliteConnection,
    row: i64,
    delivery: i64,
    failure: Option<&str>,
) -> Result<(), StoreError> {
    sqlx::query!("UPDATE messages SET delivery = ?2, failure = ?3 WHERE id = ?1", row, delivery, failure)
        .execute(connection)
        .await?;
    Ok(())
}

/// A sent message before the other side's read marker has been read. `by_time`: the server's time alone tells;
/// otherwise it must also have been queued before the marked one, so that a clock that was set back shows nothing as
/// read too early.
pub(crate) async fn confirm_by_marker(
    connection: &mut SqliteConnection,
    row: i64,
    by_time: bool,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE messages SET delivery = 4 WHERE id = ?1 AND direction = 1 AND delivery IN (2, 3) AND EXISTS
            (SELECT 1 FROM conversations v WHERE v.id = messages.conversation_id
                AND (messages.sent_ms, messages.id) <= (v.peer_read_ms, v.peer_read_id)
                AND (?2 OR messages.id <= v.peer_read_id))",
        row,
        by_time
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A message together with its conversation as it is after the change.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    pub message: Message,
    pub conversation: Conversation,
}

/// Both by their rows.
pub(crate) async fn stored(connection: &mut SqliteConnection, row: i64) -> Result<Stored, StoreError> {
    let message = load(connection, row).await?;
    let conversation_id = sqlx::query_scalar!("SELECT conversation_id FROM messages WHERE id = ?1", row)
        .fetch_one(&mut *connection)
        .await?;
    Ok(Stored { message, conversation: conversations::load(connection, conversation_id).await? })
}

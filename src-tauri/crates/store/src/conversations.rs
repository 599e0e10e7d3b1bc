//! Conversations: the list with last message, unread count and draft.

use confab_model::{AccountId, BareJid, Conversation, ConversationKind, MessageId, Timestamp};
use sqlx::SqliteConnection;

use crate::{
    Store, StoreError,
    database::jid,
    rows::{MessageRow, millis},
    strangers,
};

/// A conversation's row together with its last message.
#[derive(Debug)]
struct ConversationRow {
    jid: String,
    unread: i64,
    first_unread: Option<String>,
    draft: String,
    updated_ms: i64,
    uid: Option<String>,
    sender: Option<String>,
    direction: Option<i64>,
    kind: Option<i64>,
    body: Option<String>,
    encryption: Option<String>,
    sent_ms: Option<i64>,
    delivery: Option<i64>,
    failure: Option<String>,
    call: Option<String>,
    call_direction: Option<i64>,
    call_media: Option<i64>,
    call_started_ms: Option<i64>,
    call_answered_ms: Option<i64>,
    call_ended_ms: Option<i64>,
    call_reason: Option<String>,
    call_answered_by: Option<String>,
    call_timings: Option<String>,
    call_people: Option<String>,
}

/// `query_as!` for [`ConversationRow`]; `$rest` follows the joins of `v` (conversations).
macro_rules! conversation_rows {
    ($rest:literal, $($argument:expr),+ $(,)?) => {
        sqlx::query_as!(
            ConversationRow,
            r#"SELECT v.jid AS "jid!: String", v.unread AS "unread!: i64", f.uid AS "first_unread?: String",
                v.draft AS "draft!: String", v.updated_ms AS "updated_ms!: i64",
                m.uid AS "uid?: String", m.sender AS "sender?: String", m.direction AS "direction?: i64",
                m.kind AS "kind?: i64", substr(m.body, 1, 500) AS "body?: String",
                m.encryption AS "encryption?: String", m.sent_ms AS "sent_ms?: i64", m.delivery AS "delivery?: i64",
                m.failure AS "failure?: String", c.uid AS "call?: String", c.direction AS "call_direction?: i64",
                c.media AS "call_media?: i64", c.started_ms AS "call_started_ms?: i64",
                c.answered_ms AS "call_answered_ms?: i64", c.ended_ms AS "call_ended_ms?: i64",
                c.reason AS "call_reason?: String", c.answered_by AS "call_answered_by?: String",
                c.timings AS "call_timings?: String",
                (SELECT json_group_array(json_array(p.jid, p.state) ORDER BY p.position)
                    FROM call_participants p WHERE p.call_id = c.id) AS "call_people?: String"
            FROM conversations v LEFT JOIN messages f ON f.id = v.first_unread_id
            LEFT JOIN messages m ON m.id = v.last_message_id LEFT JOIN calls c ON c.id = m.call_id "#
            + $rest,
            $($argument),+
        )
    };
}

impl ConversationRow {
    fn into_conversation(self) -> Result<Conversation, StoreError> {
        let address: BareJid = jid(&self.jid)?;
        let last = match (self.uid, self.sender, self.direction, self.kind, self.sent_ms, self.delivery) {
            (Some(uid), Some(sender), Some(direction), Some(kind), Some(sent_ms), Some(delivery)) => Some(
                MessageRow {
                    uid,
                    conversation: self.jid,
                    sender,
                    direction,
                    kind,
                    body: self.body.unwrap_or_default(),
                    encryption: self.encryption,
                    sent_ms,
                    delivery,
                    failure: self.failure,
                    call: self.call,
                    call_direction: self.call_direction,
                    call_media: self.call_media,
                    call_started_ms: self.call_started_ms,
                    call_answered_ms: self.call_answered_ms,
                    call_ended_ms: self.call_ended_ms,
                    call_reason: self.call_reason,
                    call_answered_by: self.call_answered_by,
                    call_timings: self.call_timings,
                    call_people: self.call_people,
                }
                .into_preview()?,
            ),
            _ => None,
        };
        Ok(Conversation {
            last,
            unread: u32::try_from(self.unread).unwrap_or(u32::MAX),
            first_unread: self.first_unread.map(MessageId),
            draft: self.draft,
            ..Conversation::new(address, ConversationKind::Direct, Timestamp(self.updated_ms))
        })
    }
}

impl Store {
    /// All conversations, newest first. Of the last message's text at most 500 characters.
    pub async fn conversations(&self, account: AccountId) -> Result<Vec<Conversation>, StoreError> {
        let rows = conversation_rows!("WHERE v.account_id = ?1 ORDER BY v.updated_ms DESC, v.id DESC", account.0)
            .fetch_all(&self.readers)
            .await?;
        rows.into_iter().map(ConversationRow::into_conversation).collect()
    }

    /// One conversation, if it is there.
    pub async fn conversation(
        &self,
        account: AccountId,
        conversation: &BareJid,
    ) -> Result<Option<Conversation>, StoreError> {
        let conversation = conversation.to_string();
        conversation_rows!("WHERE v.account_id = ?1 AND v.jid = ?2", account.0, conversation)
            .fetch_optional(&self.readers)
            .await?
            .map(ConversationRow::into_conversation)
            .transpose()
    }

    /// The conversation with a person, made if it is missing. `at`: now, where a new one stands in the list.
    pub async fn open_conversation(
        &self,
        account: AccountId,
        conversation: &BareJid,
        at: Timestamp,
    ) -> Result<Conversation, StoreError> {
        let mut tx = self.write().await?;
        let id = ensure(&mut tx, account, conversation, millis(at)).await?;
        strangers::familiar(&mut tx, id).await?;
        let opened = load(&mut tx, id).await?;
        tx.commit().await?;
        Ok(opened)
    }

    /// Keeps what a person has typed and not sent; an empty text forgets it.
    pub async fn save_draft(&self, account: AccountId, conversation: &BareJid, text: &str) -> Result<(), StoreError> {
        let conversation = conversation.to_string();
        let done = sqlx::query!(
            "UPDATE conversations SET draft = ?3 WHERE account_id = ?1 AND jid = ?2",
            account.0,
            conversation,
            text
        )
        .execute(&self.writer)
        .await?;
        if done.rows_affected() == 0 { Err(StoreError::Unknown("conversation")) } else { Ok(()) }
    }
}

/// The row of a conversation, made if it is missing.
pub(crate) async fn ensure(
    connection: &mut SqliteConnection,
    account: AccountId,
    conversation: &BareJid,
    at_ms: i64,
) -> Result<i64, StoreError> {
    if let Some(id) = find(connection, account, conversation).await? {
        return Ok(id);
    }
    let address = conversation.to_string();
    let id = sqlx::query_scalar!(
        r#"INSERT INTO conversations (account_id, jid, unread, draft, created_ms, updated_ms, peer_read_ms,
            peer_read_id, history_complete)
        VALUES (?1, ?2, 0, '', ?3, ?3, -1, 0, 0) RETURNING id AS "id!: i64""#,
        account.0,
        address,
        at_ms
    )
    .fetch_one(connection)
    .await;
    match id {
        Err(sqlx::Error::Database(error)) if error.is_foreign_key_violation() => Err(StoreError::Unknown("account")),
        other => Ok(other?),
    }
}

/// The row of a conversation.
pub(crate) async fn find(
    connection: &mut SqliteConnection,
    account: AccountId,
    conversation: &BareJid,
) -> Result<Option<i64>, StoreError> {
    let address = conversation.to_string();
    Ok(sqlx::query_scalar!(
        r#"SELECT id AS "id!: i64" FROM conversations WHERE account_id = ?1 AND jid = ?2"#,
        account.0,
        address
    )
    .fetch_optional(connection)
    .await?)
}

/// The whole conversation by its row.
pub(crate) async fn load(connection: &mut SqliteConnection, id: i64) -> Result<Conversation, StoreError> {
    conversation_rows!("WHERE v.id = ?1", id).fetch_one(connection).await?.into_conversation()
}

/// Brings the last message up to date after messages came, went or changed their time.
pub(crate) async fn refresh_last(connection: &mut SqliteConnection, id: i64) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE conversations SET
            last_message_id =
                (SELECT id FROM messages WHERE conversation_id = ?1 ORDER BY sent_ms DESC, id DESC LIMIT 1),
            updated_ms = coalesce(
                (SELECT sent_ms FROM messages WHERE conversation_id = ?1 ORDER BY sent_ms DESC, id DESC LIMIT 1),
                created_ms)
        WHERE id = ?1",
        id
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Moves the unread count by `change` (messages came) and finds the first unread message again.
pub(crate) async fn add_unread(connection: &mut SqliteConnection, id: i64, change: i64) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE conversations SET unread = max(0, unread + ?2), first_unread_id =
            (SELECT id FROM messages WHERE conversation_id = ?1 AND direction = 0 AND delivery = 3
                ORDER BY sent_ms, id LIMIT 1)
        WHERE id = ?1",
        id,
        change
    )
    .execute(connection)
    .await?;
    Ok(())
}

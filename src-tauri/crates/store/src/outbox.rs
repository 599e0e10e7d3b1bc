//! Own messages on their way to the server, in order. Message and outbox row are written in one transaction, so what a
//! person saw as queued is sent after any crash, with the same ids.

use confab_model::{AccountId, BareJid, FailureWhy, Message, MessageId, Timestamp};
use sqlx::SqliteConnection;

use crate::{
    Store, StoreError, accounts, codes, conversations,
    messages::{self, Stored, confirm_by_marker, set_delivery},
    rows::{MessageRow, message_rows, millis},
    search, strangers,
};

/// A part of what is to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct OutboxPage {
    /// In the order of sending.
    pub messages: Vec<Message>,
    /// The place of the last one in the outbox: where the next page starts.
    pub last: i64,
}

impl Store {
    /// Queues a text. `id` is also its stanza id and origin id; a message with this id that is here already comes back
    /// unchanged. `at`: now, by the server's clock where its offset is known.
    pub async fn queue_text(
        &self,
        account: AccountId,
        conversation: &BareJid,
        id: &MessageId,
        text: &str,
        at: Timestamp,
    ) -> Result<Stored, StoreError> {
        let sent_ms = millis(at);
        let mut tx = self.write().await?;
        if let Some(row) = messages::row(&mut tx, account, &id.0).await? {
            return messages::stored(&mut tx, row).await;
        }
        let sender = accounts::own_jid(&mut tx, account).await?;
        let conversation = conversations::ensure(&mut tx, account, conversation, sent_ms).await?;
        let row = sqlx::query_scalar!(
            r#"INSERT INTO messages (account_id, conversation_id, uid, stanza_id, origin_id, sender, direction, kind,
                body, sent_ms, sent_by_server, delivery)
            VALUES (?1, ?2, ?3, ?3, ?3, ?4, 1, 0, ?5, ?6, 0, 0) RETURNING id AS "id!: i64""#,
            account.0,
            conversation,
            id.0,
            sender,
            text,
            sent_ms
        )
        .fetch_one(&mut *tx)
        .await?;
        enqueue(&mut tx, account, row, sent_ms).await?;
        search::index(&mut tx, row, conversation, sent_ms, text).await?;
        conversations::refresh_last(&mut tx, conversation).await?;
        strangers::familiar(&mut tx, conversation).await?;
        let stored = messages::stored(&mut tx, row).await?;
        tx.commit().await?;
        Ok(stored)
    }

    /// What is to be sent, in order, after a place in the outbox (0: from the start). At most `limit`.
    pub async fn outbox(&self, account: AccountId, after: i64, limit: u32) -> Result<OutboxPage, StoreError> {
        // One transaction: the last place is that of the last message.
        let mut tx = self.readers.begin().await?;
        let places = sqlx::query_scalar!(
            "SELECT seq FROM outbox WHERE account_id = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
            account.0,
            after,
            limit
        )
        .fetch_all(&mut *tx)
        .await?;
        let Some(&last) = places.last() else { return Ok(OutboxPage { messages: Vec::new(), last: after }) };
        let messages = message_rows!(
            "JOIN outbox o ON o.message_id = m.id WHERE o.account_id = ?1 AND o.seq > ?2 AND o.seq <= ?3 ORDER BY o.seq",
            account.0,
            after,
            last
        )
        .fetch_all(&mut *tx)
        .await?
        .into_iter()
        .map(MessageRow::into_message)
        .collect::<Result<_, _>>()?;
        Ok(OutboxPage { messages, last })
    }

    /// The server has the message (XEP-0198). `None`: unknown, or it had got as far already.
    pub async fn mark_sent(&self, account: AccountId, message: &MessageId) -> Result<Option<Message>, StoreError> {
        let mut tx = self.write().await?;
        let Some((row, delivery)) = own(&mut tx, account, message).await? else { return Ok(None) };
        let changed = sent(&mut tx, row, delivery).await?;
        let message = messages::load(&mut tx, row).await?;
        tx.commit().await?;
        Ok(changed.then_some(message))
    }

    /// The message will not be sent, or came back. `None`: unknown, failed already, or delivered all the same.
    pub async fn mark_failed(
        &self,
        account: AccountId,
        message: &MessageId,
        why: &FailureWhy,
    ) -> Result<Option<Message>, StoreError> {
        let failure = codes::to_json(why)?;
        let mut tx = self.write().await?;
        let Some((row, delivery)) = own(&mut tx, account, message).await? else { return Ok(None) };
        if !codes::may_advance(delivery, codes::FAILED) {
            return Ok(None);
        }
        set_delivery(&mut tx, row, codes::FAILED, Some(&failure)).await?;
        dequeue(&mut tx, row).await?;
        let message = messages::load(&mut tx, row).await?;
        tx.commit().await?;
        Ok(Some(message))
    }

    /// Queues a failed message again, with the same ids, at the end of the outbox and of the conversation (`at`: now).
    /// `None`: unknown or not failed.
    pub async fn resend(
        &self,
        account: AccountId,
        message: &MessageId,
        at: Timestamp,
    ) -> Result<Option<Stored>, StoreError> {
        let sent_ms = millis(at);
        let mut tx = self.write().await?;
        let Some((row, delivery)) = own(&mut tx, account, message).await? else { return Ok(None) };
        if !codes::may_advance(delivery, codes::QUEUED) {
            return Ok(None);
        }
        set_delivery(&mut tx, row, codes::QUEUED, None).await?;
        let conversation = sqlx::query_scalar!(
            "UPDATE messages SET sent_ms = ?2, sent_by_server = 0 WHERE id = ?1 RETURNING conversation_id",
            row,
            sent_ms
        )
        .fetch_one(&mut *tx)
        .await?;
        enqueue(&mut tx, account, row, sent_ms).await?;
        search::reindex(&mut tx, row, sent_ms).await?;
        conversations::refresh_last(&mut tx, conversation).await?;
        let stored = messages::stored(&mut tx, row).await?;
        tx.commit().await?;
        Ok(Some(stored))
    }
}

/// Row and delivery of an own message.
pub(crate) async fn own(
    connection: &mut SqliteConnection,
    account: AccountId,
    message: &MessageId,
) -> Result<Option<(i64, i64)>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT id AS "id!: i64", delivery FROM messages
        WHERE account_id = ?1 AND uid = ?2 AND direction = 1 AND kind <> 1"#,
        account.0,
        message.0
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| (row.id, row.delivery)))
}

/// An own message is with the server: out of the outbox, and read if the other side's marker was faster.
pub(crate) async fn sent(connection: &mut SqliteConnection, row: i64, delivery: i64) -> Result<bool, StoreError> {
    if !codes::may_advance(delivery, codes::SENT) {
        return Ok(false);
    }
    set_delivery(connection, row, codes::SENT, None).await?;
    dequeue(connection, row).await?;
    confirm_by_marker(connection, row, false).await?;
    Ok(true)
}

/// The message needs no sending any more.
pub(crate) async fn dequeue(connection: &mut SqliteConnection, row: i64) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM outbox WHERE message_id = ?1", row).execute(connection).await?;
    Ok(())
}

async fn enqueue(
    connection: &mut SqliteConnection,
    account: AccountId,
    row: i64,
    at_ms: i64,
) -> Result<(), StoreError> {
    sqlx::query!("INSERT INTO outbox (account_id, message_id, queued_ms) VALUES (?1, ?2, ?3)", account.0, row, at_ms)
        .execute(connection)
        .await?;
    Ok(())
}

//! Who has got and who has displayed what (XEP-0184, XEP-0333), in both directions.

use confab_model::{AccountId, BareJid, Conversation, Message, MessageId, Timestamp};
use sqlx::SqliteConnection;

use crate::{
    Store, StoreError, codes, conversations, messages, outbox,
    rows::{MessageRow, message_rows, millis},
};

/// What this account has now displayed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Displayed {
    pub conversation: Conversation,
    /// The messages that were unread, oldest first. A marker is due for the last one with a `stanza_id` (XEP-0333 §4:
    /// a marker covers all earlier ones), a synchronised position (XEP-0490) for the last one with an `archive_id`.
    pub messages: Vec<DisplayedMessage>,
}

/// One message that has now been displayed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisplayedMessage {
    pub id: MessageId,
    /// What the sender calls it.
    pub stanza_id: Option<String>,
    pub archive_id: Option<String>,
}

impl Store {
    /// A receipt by `peer` for an own message. `None` if `peer` is not whom the message went to, or nothing is new.
    pub async fn receipt(
        &self,
        account: AccountId,
        peer: &BareJid,
        message: &MessageId,
        at: Timestamp,
    ) -> Result<Option<Message>, StoreError> {
        let mut tx = self.write().await?;
        let Some(target) = addressed(&mut tx, account, peer, message).await? else { return Ok(None) };
        let (address, at_ms) = (peer.to_string(), millis(at));
        sqlx::query!(
            "INSERT INTO receipts (message_id, jid, delivered_ms) VALUES (?1, ?2, ?3)
            ON CONFLICT (message_id, jid) DO UPDATE SET delivered_ms = coalesce(delivered_ms, excluded.delivered_ms)",
            target.row,
            address,
            at_ms
        )
        .execute(&mut *tx)
        .await?;
        let changed = advance(&mut tx, &target, codes::DELIVERED).await?;
        let message = messages::load(&mut tx, target.row).await?;
        tx.commit().await?;
        Ok(changed.then_some(message))
    }

    /// `peer` has displayed an own message and with it all earlier ones that are known to be sent. Those that still wait
    /// for the server's acknowledgement become read with it. What changed, oldest first.
    pub async fn read_marker(
        &self,
        account: AccountId,
        peer: &BareJid,
        message: &MessageId,
        at: Timestamp,
    ) -> Result<Vec<Message>, StoreError> {
        let mut tx = self.write().await?;
        let Some(target) = addressed(&mut tx, account, peer, message).await? else { return Ok(Vec::new()) };
        let (address, at_ms) = (peer.to_string(), millis(at));
        sqlx::query!(
            "INSERT INTO receipts (message_id, jid, read_ms) VALUES (?1, ?2, ?3)
            ON CONFLICT (message_id, jid) DO UPDATE SET read_ms = coalesce(read_ms, excluded.read_ms)",
            target.row,
            address,
            at_ms
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query!(
            "UPDATE conversations SET peer_read_ms = ?2, peer_read_id = ?3
            WHERE id = ?1 AND (peer_read_ms, peer_read_id) < (?2, ?3)",
            target.conversation_id,
            target.sent_ms,
            target.row
        )
        .execute(&mut *tx)
        .await?;
        let mut rows = sqlx::query_scalar!(
            r#"SELECT id AS "id!: i64" FROM messages
            WHERE conversation_id = ?1 AND direction = 1 AND delivery IN (2, 3) AND (sent_ms, id) < (?2, ?3)
            ORDER BY sent_ms, id"#,
            target.conversation_id,
            target.sent_ms,
            target.row
        )
        .fetch_all(&mut *tx)
        .await?;
        for &row in &rows {
            messages::set_delivery(&mut tx, row, codes::READ, None).await?;
        }
        if advance(&mut tx, &target, codes::READ).await? {
            rows.push(target.row);
        }
        let mut changed = Vec::with_capacity(rows.len());
        for row in rows {
            changed.push(messages::load(&mut tx, row).await?);
        }
        tx.commit().await?;
        Ok(changed)
    }

    /// This account has displayed the conversation up to a message, here or on another device.
    ///
    /// # Errors
    /// `Unknown` if the conversation does not hold that message.
    pub async fn mark_displayed(
        &self,
        account: AccountId,
        conversation: &BareJid,
        up_to: &MessageId,
    ) -> Result<Displayed, StoreError> {
        let mut tx = self.write().await?;
        let id =
            conversations::find(&mut tx, account, conversation).await?.ok_or(StoreError::Unknown("conversation"))?;
        let last = sqlx::query!(
            r#"SELECT id AS "row!: i64", sent_ms FROM messages
            WHERE account_id = ?1 AND uid = ?2 AND conversation_id = ?3"#,
            account.0,
            up_to.0,
            id
        )
        .fetch_optional(&mut *tx)
        .await?
        .ok_or(StoreError::Unknown("message"))?;
        let unread = sqlx::query!(
            "SELECT uid, stanza_id, archive_id FROM messages
            WHERE conversation_id = ?1 AND direction = 0 AND delivery = 3 AND (sent_ms, id) <= (?2, ?3)
            ORDER BY sent_ms, id",
            id,
            last.sent_ms,
            last.row
        )
        .fetch_all(&mut *tx)
        .await?;
        if !unread.is_empty() {
            sqlx::query!(
                "UPDATE messages SET delivery = 4
                WHERE conversation_id = ?1 AND direction = 0 AND delivery = 3 AND (sent_ms, id) <= (?2, ?3)",
                id,
                last.sent_ms,
                last.row
            )
            .execute(&mut *tx)
            .await?;
            let fewer = i64::try_from(unread.len()).unwrap_or(i64::MAX);
            conversations::add_unread(&mut tx, id, -fewer).await?;
        }
        let conversation = conversations::load(&mut tx, id).await?;
        tx.commit().await?;
        let messages = unread
            .into_iter()
            .map(|row| DisplayedMessage {
                id: MessageId(row.uid),
                stanza_id: row.stanza_id,
                archive_id: row.archive_id,
            })
            .collect();
        Ok(Displayed { conversation, messages })
    }

    /// All unread messages of a conversation, oldest first.
    pub async fn unread(&self, account: AccountId, conversation: &BareJid) -> Result<Vec<Message>, StoreError> {
        let address = conversation.to_string();
        message_rows!(
            "WHERE v.account_id = ?1 AND v.jid = ?2 AND m.direction = 0 AND m.delivery = 3 ORDER BY m.sent_ms, m.id",
            account.0,
            address
        )
        .fetch_all(&self.readers)
        .await?
        .into_iter()
        .map(MessageRow::into_message)
        .collect()
    }
}

/// An own message that somebody may confirm.
#[derive(Debug)]
struct Addressed {
    row: i64,
    conversation_id: i64,
    sent_ms: i64,
    delivery: i64,
}

/// The own message, if `peer` is whom it went to: nobody else's receipt counts.
async fn addressed(
    connection: &mut SqliteConnection,
    account: AccountId,
    peer: &BareJid,
    message: &MessageId,
) -> Result<Option<Addressed>, StoreError> {
    let address = peer.to_string();
    Ok(sqlx::query_as!(
        Addressed,
        r#"SELECT m.id AS "row!: i64", m.conversation_id, m.sent_ms, m.delivery
        FROM messages m JOIN conversations v ON v.id = m.conversation_id
        WHERE m.account_id = ?1 AND m.uid = ?2 AND m.direction = 1 AND m.kind <> 1 AND v.jid = ?3"#,
        account.0,
        message.0,
        address
    )
    .fetch_optional(connection)
    .await?)
}

/// Moves a message on if it has not got as far yet. What the other side has needs no sending any more.
async fn advance(connection: &mut SqliteConnection, target: &Addressed, to: i64) -> Result<bool, StoreError> {
    if !codes::may_advance(target.delivery, to) {
        return Ok(false);
    }
    messages::set_delivery(connection, target.row, to, None).await?;
    outbox::dequeue(connection, target.row).await?;
    messages::confirm_by_marker(connection, target.row, false).await?;
    Ok(true)
}

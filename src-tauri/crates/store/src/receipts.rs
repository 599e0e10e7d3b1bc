//! Who has got and who has displayed own messages (XEP-0184, XEP-0333). What this account displays is in `displayed`.

use confab_model::{AccountId, BareJid, Message, MessageId, Timestamp};
use sqlx::SqliteConnection;

use crate::{Store, StoreError, codes, messages, outbox, rows::millis};

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

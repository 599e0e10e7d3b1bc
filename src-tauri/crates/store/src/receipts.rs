//! Who has got and who has displayed own messages (XEP-0184, XEP-0333). What this account displays is in `displayed`.

use std::collections::BTreeMap;

use confab_model::{AccountId, BareJid, ConversationKind, Message, MessageId, MessageReceipt, Sender, Timestamp};
use sqlx::SqliteConnection;

use crate::{Store, StoreError, codes, messages, outbox, people, rows::millis, unconfirmed};

/// Readers of later messages that are looked at to tell who has read an earlier one.
const MOST_MARKERS: i64 = 2_000;

impl Store {
    /// A receipt for an own message, by the other person of the conversation or by a member of the group. `message`: its
    /// stanza id, or the id that the room gave it. `None` if it did not go to them, or nothing is new.
    pub async fn receipt(
        &self,
        account: AccountId,
        conversation: &BareJid,
        by: &Sender,
        message: &str,
        at: Timestamp,
    ) -> Result<Option<Message>, StoreError> {
        let mut tx = self.write_soon().await?;
        let Some(target) = addressed(&mut tx, account, conversation, by, message).await? else { return Ok(None) };
        let (person, who, at_ms) = (people::key(by), people::json_beyond_address(by)?, millis(at));
        sqlx::query!(
            "INSERT INTO receipts (message_id, jid, who, delivered_ms) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (message_id, jid) DO UPDATE SET delivered_ms = coalesce(delivered_ms, excluded.delivered_ms)",
            target.row,
            person,
            who,
            at_ms
        )
        .execute(&mut *tx)
        .await?;
        unconfirmed::confirmed(&mut tx, target.row).await?;
        let changed = advance(&mut tx, &target, codes::DELIVERED).await?;
        let message = messages::load(&mut tx, target.row).await?;
        tx.commit().await?;
        Ok(changed.then_some(message))
    }

    /// Somebody has displayed an own message and with it all earlier ones that are known to be sent. Those that still wait
    /// for the server's acknowledgement become read with it. What changed, oldest first; in a group, where one more has
    /// displayed it, at least the message itself.
    pub async fn read_marker(
        &self,
        account: AccountId,
        conversation: &BareJid,
        by: &Sender,
        message: &str,
        at: Timestamp,
    ) -> Result<Vec<Message>, StoreError> {
        let mut tx = self.write_soon().await?;
        let Some(target) = addressed(&mut tx, account, conversation, by, message).await? else {
            return Ok(Vec::new());
        };
        let (person, who, at_ms) = (people::key(by), people::json_beyond_address(by)?, millis(at));
        sqlx::query!(
            "INSERT INTO receipts (message_id, jid, who, read_ms) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (message_id, jid) DO UPDATE SET read_ms = coalesce(read_ms, excluded.read_ms)",
            target.row,
            person,
            who,
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
        unconfirmed::confirmed(&mut tx, target.row).await?;
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
        if rows.is_empty() && target.kind == codes::conversation_kind(ConversationKind::Group) {
            rows.push(target.row);
        }
        let mut changed = Vec::with_capacity(rows.len());
        for row in rows {
            changed.push(messages::load(&mut tx, row).await?);
        }
        tx.commit().await?;
        Ok(changed)
    }

    /// Who has an own message, by person: a marker for a later message tells that this one was read too. Empty for an unknown
    /// message, and for those of others.
    pub async fn message_receipts(
        &self,
        account: AccountId,
        message: &MessageId,
    ) -> Result<Vec<MessageReceipt>, StoreError> {
        let mut tx = self.readers.begin().await?;
        let found = sqlx::query!(
            r#"SELECT id AS "row!: i64", conversation_id, sent_ms FROM messages
            WHERE account_id = ?1 AND uid = ?2 AND direction = 1"#,
            account.0,
            message.0
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(found) = found else { return Ok(Vec::new()) };
        let rows = sqlx::query!(
            r#"SELECT r.message_id AS "message_id!: i64", r.jid AS "person!: String", r.who AS "who?: String",
                r.delivered_ms AS "delivered_ms?: i64", r.read_ms AS "read_ms?: i64"
            FROM messages m JOIN receipts r ON r.message_id = m.id
            WHERE m.conversation_id = ?1 AND (m.sent_ms, m.id) >= (?2, ?3) AND m.direction = 1
            ORDER BY m.sent_ms, m.id LIMIT ?4"#,
            found.conversation_id,
            found.sent_ms,
            found.row,
            MOST_MARKERS
        )
        .fetch_all(&mut *tx)
        .await?;
        let mut people: BTreeMap<String, MessageReceipt> = BTreeMap::new();
        for row in rows {
            let is_own_row = row.message_id == found.row;
            if !is_own_row && row.read_ms.is_none() {
                continue;
            }
            if !people.contains_key(&row.person) {
                let by = match &row.who {
                    Some(json) => codes::from_json(json)?,
                    None => Sender::person(crate::database::jid(&row.person)?),
                };
                people.insert(row.person.clone(), MessageReceipt { by, delivered_at: None, read_at: None });
            }
            let Some(receipt) = people.get_mut(&row.person) else { continue };
            if is_own_row {
                receipt.delivered_at = row.delivered_ms.map(Timestamp);
            }
            // The first of them that was marked tells the time.
            receipt.read_at = receipt.read_at.or(row.read_ms.map(Timestamp));
        }
        Ok(people.into_values().collect())
    }
}

/// An own message that somebody may confirm.
#[derive(Debug)]
struct Addressed {
    row: i64,
    conversation_id: i64,
    sent_ms: i64,
    delivery: i64,
    kind: i64,
}

/// The own message, if it went to whoever confirms it: nobody else's receipt counts. Who is in a group, the session knows.
async fn addressed(
    connection: &mut SqliteConnection,
    account: AccountId,
    conversation: &BareJid,
    by: &Sender,
    message: &str,
) -> Result<Option<Addressed>, StoreError> {
    let address = conversation.to_string();
    let found = sqlx::query_as!(
        Addressed,
        r#"SELECT m.id AS "row!: i64", m.conversation_id, m.sent_ms, m.delivery, v.kind AS "kind!: i64"
        FROM messages m JOIN conversations v ON v.id = m.conversation_id
        WHERE m.account_id = ?1 AND m.uid = ?2 AND m.direction = 1 AND m.kind <> 1 AND v.jid = ?3"#,
        account.0,
        message,
        address
    )
    .fetch_optional(&mut *connection)
    .await?;
    let found = match found {
        Some(found) => Some(found),
        None => {
            sqlx::query_as!(
                Addressed,
                r#"SELECT m.id AS "row!: i64", m.conversation_id, m.sent_ms, m.delivery, v.kind AS "kind!: i64"
                FROM conversations v JOIN messages m ON m.conversation_id = v.id
                WHERE v.account_id = ?1 AND v.jid = ?3 AND v.kind = 1 AND m.archive_id = ?2 AND m.direction = 1
                    AND m.kind <> 1"#,
                account.0,
                message,
                address
            )
            .fetch_optional(connection)
            .await?
        }
    };
    let Some(found) = found else { return Ok(None) };
    let may = match codes::conversation_kind_from(found.kind)? {
        ConversationKind::Direct => by.jid.as_ref() == Some(conversation),
        ConversationKind::Group => true,
    };
    Ok(may.then_some(found))
}

/// Moves a message on if it has not got as far yet. What the other side has needs no sending any more.
async fn advance(connection: &mut SqliteConnection, target: &Addressed, to: i64) -> Result<bool, StoreError> {
    if !codes::may_advance(target.delivery, to) {
        return Ok(false);
    }
    messages::set_delivery(connection, target.row, to, None).await?;
    outbox::sent_message(connection, target.row).await?;
    messages::confirm_by_marker(connection, target.row, false).await?;
    Ok(true)
}

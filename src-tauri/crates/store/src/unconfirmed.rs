//! Own messages that a server acknowledged and lost.
//!
//! An acknowledgement (XEP-0198) says that the server has taken a message on, not that it is on a disk. A server that is killed loses
//! what it had in memory: ejabberd puts a message into the sender's archive, acknowledges it, and only then hands it to the
//! process of the one it is for, who finds nothing of it, in no archive, ever. The sender's own archive has it, so asking that
//! would not help.
//!
//! What tells is the other side: it confirms what it receives (XEP-0184), in order. So the messages of the last minute before a
//! session was lost are in doubt until they are confirmed by name; when a message that was sent later, in another session, is
//! confirmed and one in doubt is not, it is sent again with the same ids, by which every receiver tells a double. Once for
//! each, and kept here, so that a restart changes nothing.
//!
//! ```text
//! acknowledged ──session lost──→ in doubt ──later one confirmed──→ missing ──a while──→ due ──→ sent again
//!      └──────────────┴─────────────┴────── confirmed: forgotten ──────┴───────────────┴──────────┘
//! ```

use confab_model::{AccountId, Message, Timestamp};
use sqlx::SqliteConnection;

use crate::{Store, StoreError, codes, messages, outbox, rows::millis};

/// What a server that dies may not have brought further yet: a minute.
const IN_MEMORY_MS: i64 = 60_000;
/// Of older ones the other side has other news: a week.
const TOO_OLD_MS: i64 = 7 * 24 * 60 * 60 * 1_000;
/// Messages that are sent again at a time.
const MOST: i64 = 200;

const ACKNOWLEDGED: i64 = 0;
const IN_DOUBT: i64 = 1;
const MISSING: i64 = 2;
const SENT_AGAIN: i64 = 3;
const DUE: i64 = 4;

impl Store {
    /// A new session has begun, and what the one before had acknowledged last may have been lost with it. Whether there is
    /// anything in doubt.
    pub async fn session_lost(&self, account: AccountId) -> Result<bool, StoreError> {
        let mut tx = self.write_soon().await?;
        sqlx::query!(
            "UPDATE unconfirmed SET state = ?2 WHERE account_id = ?1 AND state = ?3",
            account.0,
            IN_DOUBT,
            ACKNOWLEDGED
        )
        .execute(&mut *tx)
        .await?;
        let in_doubt = sqlx::query_scalar!(
            "SELECT count(*) FROM unconfirmed WHERE account_id = ?1 AND state IN (1, 2, 4)",
            account.0
        )
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(in_doubt > 0)
    }

    /// The session was closed by both sides: nothing of it is in doubt.
    pub async fn session_closed(&self, account: AccountId) -> Result<(), StoreError> {
        let mut tx = self.write_soon().await?;
        sqlx::query!("DELETE FROM unconfirmed WHERE account_id = ?1 AND state = ?2", account.0, ACKNOWLEDGED)
            .execute(&mut *tx)
            .await?;
        tx.commit().await
    }

    /// Puts what the other sides missed at the last call and miss still into the outbox again, with the same ids. What was, and
    /// whether something else is missing by now.
    pub async fn send_missing_again(
        &self,
        account: AccountId,
        now: Timestamp,
    ) -> Result<(Vec<Message>, bool), StoreError> {
        let now_ms = millis(now);
        let oldest = now_ms - TOO_OLD_MS;
        let mut tx = self.write().await?;
        sqlx::query!(
            "DELETE FROM unconfirmed WHERE account_id = ?1 AND state = ?2 AND acknowledged_ms < ?3",
            account.0,
            DUE,
            oldest
        )
        .execute(&mut *tx)
        .await?;
        let missing = sqlx::query!(
            r#"SELECT u.message_id AS "row!: i64", m.uid, m.kind, m.delivery
            FROM unconfirmed u JOIN messages m ON m.id = u.message_id
            WHERE u.account_id = ?1 AND u.state = ?2 ORDER BY u.acknowledged_ms, u.message_id LIMIT ?3"#,
            account.0,
            DUE,
            MOST
        )
        .fetch_all(&mut *tx)
        .await?;
        let mut again = Vec::new();
        for one in missing {
            sqlx::query!("UPDATE unconfirmed SET state = ?2 WHERE message_id = ?1", one.row, SENT_AGAIN)
                .execute(&mut *tx)
                .await?;
            let is_there = matches!(one.delivery, codes::SENT | codes::DELIVERED | codes::READ);
            if !is_there || one.kind == codes::KIND_RECALLED {
                continue;
            }
            messages::set_delivery(&mut tx, one.row, codes::QUEUED, None).await?;
            let next = outbox::Next { uid: &one.uid, row: one.row, kind: codes::SEND_MESSAGE, payload: None };
            outbox::enqueue(&mut tx, account, &next, now_ms).await?;
            again.push(messages::load(&mut tx, one.row).await?);
        }
        let next = sqlx::query!(
            "UPDATE unconfirmed SET state = ?2 WHERE account_id = ?1 AND state = ?3",
            account.0,
            DUE,
            MISSING
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok((again, next.rows_affected() > 0))
    }
}

/// The server has acknowledged an own message to a person.
pub(crate) async fn acknowledged(
    connection: &mut SqliteConnection,
    account: AccountId,
    row: i64,
    at: Timestamp,
) -> Result<(), StoreError> {
    let at_ms = millis(at);
    let too_old = at_ms - IN_MEMORY_MS;
    sqlx::query!(
        "DELETE FROM unconfirmed WHERE account_id = ?1 AND state = ?2 AND acknowledged_ms < ?3",
        account.0,
        ACKNOWLEDGED,
        too_old
    )
    .execute(&mut *connection)
    .await?;
    // What was sent again keeps that it was.
    sqlx::query!(
        "INSERT INTO unconfirmed (message_id, account_id, conversation_id, state, acknowledged_ms)
        SELECT id, ?2, conversation_id, ?3, ?4 FROM messages WHERE id = ?1
        ON CONFLICT (message_id) DO NOTHING",
        row,
        account.0,
        ACKNOWLEDGED,
        at_ms
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The other side has confirmed this message, by its name.
pub(crate) async fn confirmed(connection: &mut SqliteConnection, row: i64) -> Result<(), StoreError> {
    let was = sqlx::query!(
        r#"DELETE FROM unconfirmed WHERE message_id = ?1
        RETURNING conversation_id AS "conversation!: i64", state AS "state!: i64""#,
        row
    )
    .fetch_optional(&mut *connection)
    .await?;
    // Those in doubt were sent before.
    if let Some(was) = was.filter(|was| was.state == ACKNOWLEDGED) {
        sqlx::query!(
            "UPDATE unconfirmed SET state = ?2 WHERE conversation_id = ?1 AND state = 1",
            was.conversation,
            MISSING
        )
        .execute(connection)
        .await?;
    }
    Ok(())
}

//! How far each conversation's history reaches back, and the gaps in it.
//!
//! The archive is read forwards from the last known message. When the server does not know that one any more, it is read
//! backwards from its end, and may stop before it meets what is here: between the two a gap is left in every
//! conversation. Pages end at a gap; reading on from there brings what is missing, and meeting a message from before
//! the gap closes it.

use confab_model::{AccountId, BareJid, MessageId, Timestamp};
use sqlx::SqliteConnection;

use crate::{
    Arrived, Store, StoreError, Taken, amendments, codes, conversations,
    receive::{Received, ReceivedMessage},
    rows::millis,
    run::{Run, Whence},
};

/// How far a conversation's history reaches back in the store without a gap.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HistoryReach {
    /// The server has nothing older.
    pub complete: bool,
    /// The archive id of the oldest message that has one: where to page on (XEP-0313 `before`).
    pub oldest_archive_id: Option<String>,
    /// When that message was sent.
    pub oldest_sent_at: Option<Timestamp>,
}

impl Store {
    /// How far back the history is here from `before` on (from the newest message on, if that is not given or not
    /// here). The default for a conversation that does not exist.
    pub async fn history_reach(
        &self,
        account: AccountId,
        conversation: &BareJid,
        before: Option<&MessageId>,
    ) -> Result<HistoryReach, StoreError> {
        let (address, before) = (conversation.to_string(), before.map(|before| &before.0));
        let mut tx = self.readers.begin().await?;
        let found = sqlx::query!(
            r#"SELECT v.id AS "id!: i64", v.history_complete AS "complete!: bool",
                (SELECT m.sent_ms FROM messages m WHERE m.account_id = ?1 AND m.uid = ?3
                    AND m.conversation_id = v.id) AS "before_ms?: i64",
                (SELECT m.id FROM messages m WHERE m.account_id = ?1 AND m.uid = ?3
                    AND m.conversation_id = v.id) AS "before_id?: i64"
            FROM conversations v WHERE v.account_id = ?1 AND v.jid = ?2"#,
            account.0,
            address,
            before
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(found) = found else { return Ok(HistoryReach::default()) };
        let place = found.before_ms.zip(found.before_id).unwrap_or((i64::MAX, i64::MAX));
        let gap = gap_before(&mut tx, found.id, place).await?;
        let (after_ms, after_id) = gap.unwrap_or((-1, 0));
        let oldest = sqlx::query!(
            r#"SELECT archive_id AS "archive_id!: String", sent_ms FROM messages
            WHERE conversation_id = ?1 AND archive_id IS NOT NULL AND (sent_ms, id) > (?2, ?3)
            ORDER BY sent_ms, id LIMIT 1"#,
            found.id,
            after_ms,
            after_id
        )
        .fetch_optional(&mut *tx)
        .await?;
        let (oldest_archive_id, oldest_sent_at) = oldest.map(|row| (row.archive_id, Timestamp(row.sent_ms))).unzip();
        Ok(HistoryReach { complete: found.complete && gap.is_none(), oldest_archive_id, oldest_sent_at })
    }

    /// A page of a conversation's older messages, which the archive has directly before those of [`Store::history_reach`];
    /// `at` is their time. Without it, the newest page that there was when it was asked for: what came since stands behind it.
    /// `complete`: it has nothing before the page. What is here from before a gap stays, and when the
    /// page meets it, or the archive ends, the gap is closed.
    pub async fn receive_older(
        &self,
        account: AccountId,
        conversation: &BareJid,
        page: &[ReceivedMessage],
        at: Option<Timestamp>,
        complete: bool,
    ) -> Result<Vec<Received>, StoreError> {
        let arrived: Vec<_> = page.iter().map(|message| Arrived::Message(Box::new(message.clone()))).collect();
        let taken = self.take_in_older(account, conversation, &arrived, at, complete).await?;
        Ok(taken
            .into_iter()
            .filter_map(|taken| match taken {
                Taken::Message(received) => Some(*received),
                Taken::Amendment(_) => None,
            })
            .collect())
    }

    /// [`Store::receive_older`] for a page with changes of messages.
    pub async fn take_in_older(
        &self,
        account: AccountId,
        conversation: &BareJid,
        page: &[Arrived],
        at: Option<Timestamp>,
        complete: bool,
    ) -> Result<Vec<Taken>, StoreError> {
        let at_ms = at.map_or(i64::MAX, millis);
        let mut tx = self.write().await?;
        let known = conversations::find(&mut tx, account, conversation).await?;
        let whence = at.map_or(Whence::Around, |_| Whence::Before(at_ms));
        let mut run = Run::new(&mut tx, known, page, whence).await?;
        let from = run.end().unwrap_or((at_ms, -1));
        let mut taken = Vec::with_capacity(page.len());
        for (number, one) in page.iter().enumerate() {
            match one {
                Arrived::Message(message) => {
                    let received = run.take(&mut tx, account, (number, message), Some(from)).await?;
                    taken.extend(received.map(|(received, _)| Taken::Message(Box::new(received))));
                }
                Arrived::Amendment(amendment) => {
                    let amended = amendments::amend(&mut tx, account, amendment).await?;
                    taken.push(Taken::Amendment(Box::new(amended)));
                }
            }
        }
        if complete && let Some(id) = conversations::find(&mut tx, account, conversation).await? {
            sqlx::query!("UPDATE conversations SET history_complete = 1 WHERE id = ?1", id).execute(&mut *tx).await?;
            met(&mut tx, id, (-1, 0), from).await?;
        }
        taken.extend(run.moved(&mut tx).await?);
        tx.commit().await?;
        Ok(taken)
    }

    /// The archive of a group does not reach back to what is here: there may be a gap.
    pub async fn note_group_gap(&self, account: AccountId, group: &BareJid) -> Result<(), StoreError> {
        let address = group.to_string();
        sqlx::query!(
            "INSERT INTO gaps (conversation_id, before_ms, before_id)
            SELECT m.conversation_id, m.sent_ms, m.id FROM conversations v JOIN messages m ON m.id =
                (SELECT l.id FROM messages l WHERE l.conversation_id = v.id AND l.archive_id IS NOT NULL
                    ORDER BY l.sent_ms DESC, l.id DESC LIMIT 1)
            WHERE v.account_id = ?1 AND v.jid = ?2 AND v.kind = 1
            ON CONFLICT DO NOTHING",
            account.0,
            address
        )
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// The server's archive does not reach back to what is here: it is read backwards from its end from now on, and
    /// every conversation of two may have a gap. Until [`Store::settle_history`], what comes is taken as read.
    pub async fn note_gap(&self, account: AccountId) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        // Behind the last message that came from the archive: what is still to be sent stands after the gap.
        sqlx::query!(
            "INSERT INTO gaps (conversation_id, before_ms, before_id)
            SELECT m.conversation_id, m.sent_ms, m.id FROM conversations v JOIN messages m ON m.id =
                (SELECT l.id FROM messages l WHERE l.conversation_id = v.id AND l.archive_id IS NOT NULL
                    ORDER BY l.sent_ms DESC, l.id DESC LIMIT 1)
            WHERE v.account_id = ?1 AND v.kind = 0
            ON CONFLICT DO NOTHING",
            account.0
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query!(
            "UPDATE accounts SET history = ?2 WHERE id = ?1 AND history = ?3",
            account.0,
            codes::HISTORY_AGAIN,
            codes::HISTORY_READ
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }
}

/// The last message before the newest gap that lies before a place; all as `(sent_ms, row)`.
pub(crate) async fn gap_before(
    connection: &mut SqliteConnection,
    conversation: i64,
    (sent_ms, row): (i64, i64),
) -> Result<Option<(i64, i64)>, StoreError> {
    let gap = sqlx::query!(
        "SELECT before_ms, before_id FROM gaps WHERE conversation_id = ?1 AND (before_ms, before_id) < (?2, ?3)
        ORDER BY before_ms DESC, before_id DESC LIMIT 1",
        conversation,
        sent_ms,
        row
    )
    .fetch_optional(connection)
    .await?;
    Ok(gap.map(|gap| (gap.before_ms, gap.before_id)))
}

/// The archive, read backwards from a place on, had a message that is here: nothing is missing between the two.
pub(crate) async fn met(
    connection: &mut SqliteConnection,
    conversation: i64,
    (sent_ms, row): (i64, i64),
    (from_ms, from_row): (i64, i64),
) -> Result<(), StoreError> {
    sqlx::query!(
        "DELETE FROM gaps WHERE conversation_id = ?1 AND (before_ms, before_id) >= (?2, ?3)
            AND (before_ms, before_id) < (?4, ?5)",
        conversation,
        sent_ms,
        row,
        from_ms,
        from_row
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Whether the oldest message that is here is the archive's oldest.
pub(crate) async fn is_complete(connection: &mut SqliteConnection, conversation: i64) -> Result<bool, StoreError> {
    let complete = sqlx::query_scalar!("SELECT history_complete FROM conversations WHERE id = ?1", conversation)
        .fetch_one(connection)
        .await?;
    Ok(complete != 0)
}

/// Whether the archive is being read backwards because of a gap.
pub(crate) async fn is_read_again(connection: &mut SqliteConnection, account: AccountId) -> Result<bool, StoreError> {
    let history =
        sqlx::query_scalar!("SELECT history FROM accounts WHERE id = ?1", account.0).fetch_optional(connection).await?;
    Ok(history == Some(codes::HISTORY_AGAIN))
}

//! Call records: exactly one per call, each also a message of its conversation, so that pages interleave the two.

use confab_model::{
    AccountId, BareJid, CallDirection, CallId, CallRecord, Conversation, ConversationKind, EndReason, MessageId,
    Timestamp,
};
use serde::{Serialize, de::DeserializeOwned};
use sqlx::SqliteConnection;

use crate::{
    Store, StoreError, accounts, codes, conversations,
    messages::{self, Stored},
    rows::{CallRow, call_rows, millis},
    strangers::{self, Standing},
};

/// A page of the call list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCalls {
    /// Newest first.
    pub records: Vec<CallRecord>,
    /// Where the next page starts; 0: there is none.
    pub next: u32,
}

impl Store {
    /// Opens, changes or closes a call's record. One that is closed stays as it is, whoever brings a call of the same id
    /// again: ids are chosen by the far side. A missed call counts as unread.
    ///
    /// `None`: it is not kept, because too many strangers called or wrote within an hour (see `strangers`).
    pub async fn record_call(
        &self,
        account: AccountId,
        peer: &BareJid,
        record: &CallRecord,
    ) -> Result<Option<Stored>, StoreError> {
        let started_ms = millis(record.started_at);
        let is_wanted = record.direction == CallDirection::Outgoing || record.answered_at.is_some();
        let mut tx = self.write().await?;
        let (call, message) = match find(&mut tx, account, &record.id).await? {
            Some(found) => found,
            None => {
                if !is_wanted && strangers::standing(&mut tx, account, peer, started_ms).await? == Standing::OneTooMany
                {
                    tracing::info!("a stranger's call is not listed: too many of them came within an hour");
                    return Ok(None);
                }
                insert(&mut tx, account, peer, record, started_ms).await?
            }
        };
        if is_wanted && let Some(conversation) = conversations::find(&mut tx, account, peer).await? {
            strangers::familiar(&mut tx, conversation).await?;
        }
        if write(&mut tx, call, record).await? {
            settle_unread(&mut tx, message, record).await?;
        }
        let stored = messages::stored(&mut tx, message).await?;
        tx.commit().await?;
        Ok(Some(stored))
    }

    /// Takes in how a call ended that another device of the account tells. It takes the place of a record that is open, or that
    /// this device has by hearsay (answered elsewhere); what it knows itself stays. `is_news`: a missed call counts as unread.
    ///
    /// `None`: nothing has changed.
    pub async fn adopt_call(
        &self,
        account: AccountId,
        peer: &BareJid,
        record: &CallRecord,
        is_news: bool,
    ) -> Result<Option<Stored>, StoreError> {
        let mut tx = self.write().await?;
        let (call, message) = match find(&mut tx, account, &record.id).await? {
            Some(found) => found,
            None => insert(&mut tx, account, peer, record, millis(record.started_at)).await?,
        };
        let known = call_rows!("WHERE c.id = ?1", call).fetch_one(&mut *tx).await?.into_record()?;
        let is_own = known.reason.as_ref().is_some_and(EndReason::is_whole) && known.answered_by.is_none();
        if is_own || known == *record {
            return Ok(None);
        }
        sqlx::query!("UPDATE calls SET reason = NULL, told = 1 WHERE id = ?1", call).execute(&mut *tx).await?;
        write(&mut tx, call, record).await?;
        if is_news {
            settle_unread(&mut tx, message, record).await?;
        }
        let stored = messages::stored(&mut tx, message).await?;
        tx.commit().await?;
        Ok(Some(stored))
    }

    /// Records that the own other devices are to be told, oldest first, a hundred at most. Of calls that nobody answered only those
    /// that ended since then.
    pub async fn untold_calls(&self, account: AccountId, since: Timestamp) -> Result<Vec<CallRecord>, StoreError> {
        let since_ms = millis(since);
        let rows = call_rows!(
            "WHERE c.account_id = ?1 AND c.told = 0 AND c.reason IS NOT NULL
                AND (c.direction = 1 OR c.answered_ms IS NOT NULL OR c.ended_ms >= ?2)
            ORDER BY c.id LIMIT 100",
            account.0,
            since_ms
        )
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(CallRow::into_record).collect()
    }

    /// The server has the record.
    pub async fn call_told(&self, account: AccountId, call: &CallId) -> Result<(), StoreError> {
        sqlx::query!("UPDATE calls SET told = 1 WHERE account_id = ?1 AND uid = ?2", account.0, call.0)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// One call's record, if it is there.
    pub async fn call_record(&self, account: AccountId, call: &CallId) -> Result<Option<CallRecord>, StoreError> {
        call_rows!("WHERE c.account_id = ?1 AND c.uid = ?2", account.0, call.0)
            .fetch_optional(&self.readers)
            .await?
            .map(CallRow::into_record)
            .transpose()
    }

    /// Records that nobody has closed, with their conversations: after a start, those that a crash left.
    pub async fn open_calls(&self, account: AccountId) -> Result<Vec<(BareJid, CallRecord)>, StoreError> {
        let rows = call_rows!("WHERE c.account_id = ?1 AND c.reason IS NULL ORDER BY c.started_ms, c.id", account.0)
            .fetch_all(&self.readers)
            .await?;
        let mut open = Vec::with_capacity(rows.len());
        for row in rows {
            let conversation = sqlx::query_scalar!(
                "SELECT v.jid FROM calls c JOIN conversations v ON v.id = c.conversation_id WHERE c.id = ?1",
                row.row
            )
            .fetch_one(&self.readers)
            .await?;
            open.push((crate::database::jid(&conversation)?, row.into_record()?));
        }
        Ok(open)
    }

    /// Takes a record back, with its message: the call was no call after all (glare merged it into another). The
    /// conversation as it is now; `None` if there was no such record.
    pub async fn remove_call(&self, account: AccountId, call: &CallId) -> Result<Option<Conversation>, StoreError> {
        let mut tx = self.write().await?;
        let conversation = sqlx::query_scalar!(
            r#"DELETE FROM calls WHERE account_id = ?1 AND uid = ?2 RETURNING conversation_id AS "id!: i64""#,
            account.0,
            call.0
        )
        .fetch_optional(&mut *tx)
        .await?;
        // Its message went with it by the foreign key.
        let Some(conversation) = conversation else { return Ok(None) };
        conversations::refresh_last(&mut tx, conversation).await?;
        let unread = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!: i64" FROM messages
            WHERE conversation_id = ?1 AND direction = 0 AND delivery = 3"#,
            conversation
        )
        .fetch_one(&mut *tx)
        .await?;
        let known = conversations::load(&mut tx, conversation).await?;
        conversations::add_unread(&mut tx, conversation, unread - i64::from(known.unread)).await?;
        let conversation = conversations::load(&mut tx, conversation).await?;
        tx.commit().await?;
        Ok(Some(conversation))
    }

    /// Keeps what was measured during a call. Nothing happens if there is no such record.
    pub async fn set_call_course<T: Serialize>(
        &self,
        account: AccountId,
        call: &CallId,
        course: &T,
    ) -> Result<(), StoreError> {
        let json = codes::to_json(course)?;
        sqlx::query!("UPDATE calls SET course = ?3 WHERE account_id = ?1 AND uid = ?2", account.0, call.0, json)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// What was measured during a call; `None` if nothing was, or another version wrote something unreadable.
    pub async fn call_course<T: DeserializeOwned>(
        &self,
        account: AccountId,
        call: &CallId,
    ) -> Result<Option<T>, StoreError> {
        let course =
            sqlx::query_scalar!("SELECT course FROM calls WHERE account_id = ?1 AND uid = ?2", account.0, call.0)
                .fetch_optional(&self.readers)
                .await?;
        Ok(course.flatten().and_then(|json| serde_json::from_str(&json).ok()))
    }

    /// The call list, newest first. `cursor`: 0, or `next` of the page before.
    pub async fn call_records(&self, account: AccountId, count: u32, cursor: u32) -> Result<StoredCalls, StoreError> {
        let (before_ms, before_row) = if cursor == 0 {
            (i64::MAX, i64::MAX)
        } else {
            let anchor = sqlx::query_scalar!(
                "SELECT started_ms FROM calls WHERE id = ?1 AND account_id = ?2",
                cursor,
                account.0
            )
            .fetch_optional(&self.readers)
            .await?;
            match anchor {
                Some(started_ms) => (started_ms, i64::from(cursor)),
                None => return Ok(StoredCalls { records: Vec::new(), next: 0 }),
            }
        };
        let one_more = i64::from(count) + 1;
        let mut rows = call_rows!(
            "WHERE c.account_id = ?1 AND (c.started_ms, c.id) < (?2, ?3)
            ORDER BY c.started_ms DESC, c.id DESC LIMIT ?4",
            account.0,
            before_ms,
            before_row,
            one_more
        )
        .fetch_all(&self.readers)
        .await?;
        let more = rows.len() > count as usize;
        rows.truncate(count as usize);
        let next = match rows.last() {
            Some(last) if more => u32::try_from(last.row).map_err(StoreError::damaged)?,
            _ => 0,
        };
        let records = rows.into_iter().map(CallRow::into_record).collect::<Result<_, _>>()?;
        Ok(StoredCalls { records, next })
    }
}

/// Rows of a call and of its message.
async fn find(
    connection: &mut SqliteConnection,
    account: AccountId,
    call: &CallId,
) -> Result<Option<(i64, i64)>, StoreError> {
    let found = sqlx::query!(
        r#"SELECT c.id AS "call!: i64", m.id AS "message!: i64"
        FROM calls c JOIN messages m ON m.call_id = c.id
        WHERE c.account_id = ?1 AND c.uid = ?2"#,
        account.0,
        call.0
    )
    .fetch_optional(connection)
    .await?;
    Ok(found.map(|found| (found.call, found.message)))
}

async fn insert(
    connection: &mut SqliteConnection,
    account: AccountId,
    peer: &BareJid,
    record: &CallRecord,
    started_ms: i64,
) -> Result<(i64, i64), StoreError> {
    let whose = (peer, ConversationKind::Direct);
    let conversation = conversations::ensure(connection, account, whose, started_ms).await?;
    let direction = codes::call_direction(record.direction);
    let media = codes::call_media(record.media);
    let timings = codes::to_json(&record.timings)?;
    let call = sqlx::query_scalar!(
        r#"INSERT INTO calls (account_id, conversation_id, uid, direction, media, started_ms, timings)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) RETURNING id AS "id!: i64""#,
        account.0,
        conversation,
        record.id.0,
        direction,
        media,
        started_ms,
        timings
    )
    .fetch_one(&mut *connection)
    .await?;
    let (sender, delivery) = match record.direction {
        CallDirection::Incoming => (peer.to_string(), codes::READ),
        CallDirection::Outgoing => (accounts::own_jid(connection, account).await?, codes::SENT),
    };
    let uid = MessageId::random().0;
    let message = sqlx::query_scalar!(
        r#"INSERT INTO messages (account_id, conversation_id, uid, sender, direction, kind, body, call_id, sent_ms,
            sent_by_server, delivery)
        VALUES (?1, ?2, ?3, ?4, ?5, 1, '', ?6, ?7, 1, ?8) RETURNING id AS "id!: i64""#,
        account.0,
        conversation,
        uid,
        sender,
        direction,
        call,
        started_ms,
        delivery
    )
    .fetch_one(&mut *connection)
    .await?;
    conversations::refresh_last(connection, conversation).await?;
    Ok((call, message))
}

/// The record's contents; `false` if it is closed already. Known times stay unless the record brings new ones.
async fn write(connection: &mut SqliteConnection, call: i64, record: &CallRecord) -> Result<bool, StoreError> {
    let media = codes::call_media(record.media);
    let (answered_ms, ended_ms) = (record.answered_at.map(millis), record.ended_at.map(millis));
    let reason = record.reason.as_ref().map(codes::to_json).transpose()?;
    // Of what it knows only in part, the device that knows it tells.
    let is_told = record.reason.as_ref().is_some_and(|reason| !reason.is_whole());
    let timings = codes::to_json(&record.timings)?;
    let written = sqlx::query!(
        "UPDATE calls SET media = ?2, answered_ms = coalesce(?3, answered_ms), ended_ms = coalesce(?4, ended_ms),
            reason = ?5, answered_by = coalesce(?6, answered_by), timings = ?7, told = max(told, ?8)
        WHERE id = ?1 AND reason IS NULL",
        call,
        media,
        answered_ms,
        ended_ms,
        reason,
        record.answered_by,
        timings,
        is_told
    )
    .execute(&mut *connection)
    .await?;
    if written.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query!("DELETE FROM call_participants WHERE call_id = ?1", call).execute(&mut *connection).await?;
    for (position, (jid, state)) in (0_i64..).zip(&record.people) {
        let jid = jid.to_string();
        let state = codes::to_name(state)?;
        sqlx::query!(
            "INSERT INTO call_participants (call_id, position, jid, state) VALUES (?1, ?2, ?3, ?4)",
            call,
            position,
            jid,
            state
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(true)
}

/// A call that rang here and that nobody took is unread until it is displayed.
async fn settle_unread(connection: &mut SqliteConnection, message: i64, record: &CallRecord) -> Result<(), StoreError> {
    let Some(reason) = &record.reason else { return Ok(()) };
    let missed = record.direction == CallDirection::Incoming
        && record.answered_at.is_none()
        && match reason {
            EndReason::Cancelled | EndReason::Timeout | EndReason::Busy { .. } => true,
            EndReason::Completed { .. }
            | EndReason::Rejected { .. }
            | EndReason::Unavailable
            | EndReason::AnsweredElsewhere
            | EndReason::DeclinedElsewhere
            | EndReason::TakenOver
            | EndReason::ConnectFailed { .. }
            | EndReason::ConnectionLost { .. }
            | EndReason::Failed { .. } => false,
        };
    let row = sqlx::query!("SELECT conversation_id, delivery FROM messages WHERE id = ?1", message)
        .fetch_one(&mut *connection)
        .await?;
    if missed && row.delivery != codes::DELIVERED {
        messages::set_delivery(connection, message, codes::DELIVERED, None).await?;
        conversations::add_unread(connection, row.conversation_id, 1).await?;
    }
    Ok(())
}

//! Parts of a conversation around a place: a jump to a message or a date, and the way from there towards the newest.

use confab_model::{AccountId, BareJid, Message, MessageId, Timestamp};
use sqlx::SqliteConnection;

use crate::{
    Store, StoreError, conversations, history, messages,
    rows::{MessageRow, message_rows, millis},
};

/// Where to jump.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor<'a> {
    Message(&'a MessageId),
    /// The first message at or after a time; if there is none, the last one before.
    Date(Timestamp),
}

/// Messages that follow one another.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StoredWindow {
    /// Oldest first.
    pub messages: Vec<Message>,
    /// The message to which it was jumped; `None`: it is not here.
    pub anchor: Option<MessageId>,
    /// There are older ones in the store that follow without a gap.
    pub older: bool,
    /// There are newer ones in the store.
    pub newer: bool,
    /// Directly after the last one some may be missing (see [`Store::note_gap`]): ask for what is older than the first one
    /// of the next part.
    pub gap_after: bool,
    /// For a date: it is not certain that the message of the anchor is the archive's first from then on.
    pub gap_at_date: bool,
    /// For a date in a gap: the last message before that.
    pub before_gap: Option<MessageId>,
}

type Place = (i64, i64);

impl Store {
    /// The message of the anchor with about half of `limit` before and behind it, down and up to the next gap. Empty if
    /// the anchor or the conversation is not here.
    pub async fn messages_around(
        &self,
        account: AccountId,
        conversation: &BareJid,
        anchor: Anchor<'_>,
        limit: u32,
    ) -> Result<StoredWindow, StoreError> {
        let mut tx = self.readers.begin().await?;
        let Some(id) = conversations::find(&mut tx, account, conversation).await? else {
            return Ok(StoredWindow::default());
        };
        let place = match anchor {
            Anchor::Message(message) => messages::place(&mut tx, account, id, message).await?,
            Anchor::Date(at) => at_date(&mut tx, id, millis(at)).await?,
        };
        let Some(place) = place else {
            let gap_at_date = matches!(anchor, Anchor::Date(_)) && !history::is_complete(&mut tx, id).await?;
            return Ok(StoredWindow { gap_at_date, ..StoredWindow::default() });
        };
        let half = (limit / 2).max(1);
        let (older, has_older) = before(&mut tx, id, place, half).await?;
        // The anchor itself is the first of those that are not older.
        let (newer, has_newer, gap_after) = from(&mut tx, id, place, true, limit.saturating_sub(half).max(1)).await?;
        let (gap_at_date, before_gap) = match anchor {
            Anchor::Message(_) => (false, None),
            // The last one before it stands here.
            Anchor::Date(at) if place.0 < millis(at) => {
                (gap_after, newer.last().filter(|_| gap_after).map(|message| message.id.clone()))
            }
            // What follows on an older message without a gap is the first.
            Anchor::Date(_) if !older.is_empty() => (false, None),
            Anchor::Date(_) => match history::gap_before(&mut tx, id, place).await? {
                Some((_, row)) => (true, Some(messages::load(&mut tx, row).await?.id)),
                None => (!history::is_complete(&mut tx, id).await?, None),
            },
        };
        let anchor = newer.first().map(|message| message.id.clone());
        let messages = older.into_iter().chain(newer).collect();
        Ok(StoredWindow { messages, anchor, older: has_older, newer: has_newer, gap_after, gap_at_date, before_gap })
    }

    /// The messages after one of them, at most `limit`, up to the next gap; `None`: from the oldest one here. Behind the
    /// last message before a gap the page begins on the other side.
    pub async fn messages_after(
        &self,
        account: AccountId,
        conversation: &BareJid,
        after: Option<&MessageId>,
        limit: u32,
    ) -> Result<StoredWindow, StoreError> {
        let mut tx = self.readers.begin().await?;
        let Some(id) = conversations::find(&mut tx, account, conversation).await? else {
            return Ok(StoredWindow::default());
        };
        let place = match after {
            None => Some((-1, 0)),
            Some(after) => messages::place(&mut tx, account, id, after).await?,
        };
        let Some(place) = place else { return Ok(StoredWindow::default()) };
        let (messages, newer, gap_after) = from(&mut tx, id, place, false, limit).await?;
        Ok(StoredWindow { messages, older: after.is_some(), newer, gap_after, ..StoredWindow::default() })
    }
}

async fn at_date(
    connection: &mut SqliteConnection,
    conversation: i64,
    at_ms: i64,
) -> Result<Option<Place>, StoreError> {
    let first = sqlx::query!(
        r#"SELECT sent_ms, id AS "id!: i64" FROM messages WHERE conversation_id = ?1 AND sent_ms >= ?2
        ORDER BY sent_ms, id LIMIT 1"#,
        conversation,
        at_ms
    )
    .fetch_optional(&mut *connection)
    .await?;
    if let Some(first) = first {
        return Ok(Some((first.sent_ms, first.id)));
    }
    let last = sqlx::query!(
        r#"SELECT sent_ms, id AS "id!: i64" FROM messages WHERE conversation_id = ?1 AND sent_ms < ?2
        ORDER BY sent_ms DESC, id DESC LIMIT 1"#,
        conversation,
        at_ms
    )
    .fetch_optional(connection)
    .await?;
    Ok(last.map(|last| (last.sent_ms, last.id)))
}

/// Messages before a place, oldest first, and whether there are more before the next gap.
async fn before(
    connection: &mut SqliteConnection,
    conversation: i64,
    (sent_ms, row): Place,
    limit: u32,
) -> Result<(Vec<Message>, bool), StoreError> {
    let gap = history::gap_before(connection, conversation, (sent_ms, row)).await?;
    let (after_ms, after_row) = gap.unwrap_or((-1, 0));
    let one_more = i64::from(limit) + 1;
    let mut rows = message_rows!(
        "WHERE m.conversation_id = ?1 AND (m.sent_ms, m.id) < (?2, ?3) AND (m.sent_ms, m.id) > (?5, ?6)
        ORDER BY m.sent_ms DESC, m.id DESC LIMIT ?4",
        conversation,
        sent_ms,
        row,
        one_more,
        after_ms,
        after_row
    )
    .fetch_all(connection)
    .await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let messages = rows.into_iter().rev().map(MessageRow::into_message).collect::<Result<_, _>>()?;
    Ok((messages, more))
}

/// Messages after a place (`with`: and at it), oldest first; whether there are newer ones in the store; whether a gap
/// follows directly.
async fn from(
    connection: &mut SqliteConnection,
    conversation: i64,
    (sent_ms, row): Place,
    with: bool,
    limit: u32,
) -> Result<(Vec<Message>, bool, bool), StoreError> {
    let first_row = if with { row } else { row.saturating_add(1) };
    let gap = sqlx::query!(
        "SELECT before_ms, before_id FROM gaps WHERE conversation_id = ?1 AND (before_ms, before_id) >= (?2, ?3)
        ORDER BY before_ms, before_id LIMIT 1",
        conversation,
        sent_ms,
        first_row
    )
    .fetch_optional(&mut *connection)
    .await?;
    let (until_ms, until_row) = gap.as_ref().map_or((i64::MAX, i64::MAX), |gap| (gap.before_ms, gap.before_id));
    let one_more = i64::from(limit) + 1;
    let mut rows = message_rows!(
        "WHERE m.conversation_id = ?1 AND (m.sent_ms, m.id) >= (?2, ?3) AND (m.sent_ms, m.id) <= (?5, ?6)
        ORDER BY m.sent_ms, m.id LIMIT ?4",
        conversation,
        sent_ms,
        first_row,
        one_more,
        until_ms,
        until_row
    )
    .fetch_all(connection)
    .await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let messages = rows.into_iter().map(MessageRow::into_message).collect::<Result<_, _>>()?;
    Ok((messages, more || gap.is_some(), !more && gap.is_some()))
}

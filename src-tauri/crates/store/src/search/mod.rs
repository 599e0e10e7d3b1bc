//! Full-text search over all messages, newest first.
//!
//! The index is a contentless FTS5 table whose row number is the message's time ([`slot`]), so that FTS5 walks the
//! hits from the newest on and stops when the page is full, whatever their number. It is written in the transaction
//! that writes the message. It gives candidates; [`text::matches`] decides.

mod text;

use confab_model::{AccountId, BareJid, Message, MessageId};
use sqlx::{SqliteConnection, SqlitePool};

use crate::{Store, StoreError, codes, conversations, rows::message_rows};

/// Rows of the index per millisecond. More messages than this in one millisecond (servers that stamp whole seconds)
/// take the next free rows and only lose their exact order.
const SLOTS_PER_MS: i64 = 16;
/// Candidates read beyond what is still wanted, and at most at a time: the filter drops few, so one round nearly always
/// does; while it drops many, rounds double.
const SPARE_CANDIDATES: i64 = 16;
const MOST_CANDIDATES: i64 = 1024;
/// Rounds of one search: a query whose candidates are nearly all dropped, of which only made-up texts have many, ends
/// with what it has found.
const MOST_ROUNDS: u32 = 32;
/// Messages that are put into the index in one transaction when it is rebuilt.
const REBUILD_BATCH: i64 = 2_000;
/// Characters of a message that can be found. Longer than anything that a person types; of what strangers send less is
/// kept anyway.
const LONGEST_INDEXED: usize = 30_000;

impl Store {
    /// Messages that match all words of `query`, newest first, at most `limit`; of one conversation if given; older than
    /// `before` if given (an unknown one gives nothing). Case, width and diacritics do not count; words match from their
    /// start, Chinese and the like anywhere. A query without words gives nothing. Of a long message the first 30,000
    /// characters count.
    pub async fn search(
        &self,
        account: AccountId,
        query: &str,
        conversation: Option<&BareJid>,
        before: Option<&MessageId>,
        limit: u32,
    ) -> Result<Vec<Message>, StoreError> {
        let query = text::fold(query);
        let Some(mut expression) = text::match_expression(&query) else { return Ok(Vec::new()) };
        // One transaction: all pages of candidates come from the same state.
        let mut tx = self.readers.begin().await?;
        let mut below = match before {
            None => i64::MAX,
            Some(before) => match search_id(&mut tx, account, before).await? {
                Some(id) => id,
                None => return Ok(Vec::new()),
            },
        };
        if let Some(conversation) = conversation {
            let Some(id) = conversations::find(&mut tx, account, conversation).await? else { return Ok(Vec::new()) };
            expression = format!("\"{}\" {expression}", text::conversation_token(id));
        }
        let conversation = conversation.map(ToString::to_string);
        let mut found = Vec::new();
        let mut round = (i64::from(limit) + SPARE_CANDIDATES).min(MOST_CANDIDATES);
        for _ in 0..MOST_ROUNDS {
            if found.len() >= limit as usize {
                break;
            }
            let candidates = sqlx::query_scalar!(
                r#"SELECT rowid AS "rowid!: i64" FROM messages_text
                WHERE messages_text MATCH ?1 AND rowid < ?2 ORDER BY rowid DESC LIMIT ?3"#,
                expression,
                below,
                round
            )
            .fetch_all(&mut *tx)
            .await?;
            let Some(&last) = candidates.last() else { break };
            below = last;
            round = (round * 2).min(MOST_CANDIDATES);
            let candidates = codes::to_json(&candidates)?;
            // The plus sign keeps SQLite from walking through all messages of the account instead.
            let rows = message_rows!(
                "WHERE m.search_id IN (SELECT value FROM json_each(?1)) AND +m.account_id = ?2
                    AND (?3 IS NULL OR v.jid = ?3)
                ORDER BY m.search_id DESC",
                candidates,
                account.0,
                conversation
            )
            .fetch_all(&mut *tx)
            .await?;
            let wanted = limit as usize - found.len();
            for row in rows.into_iter().filter(|row| text::matches(&row.body, &query)).take(wanted) {
                found.push(row.into_message()?);
            }
        }
        Ok(found)
    }
}

/// Where a message stands in the order of the search; messages without text take the place of their time.
async fn search_id(
    connection: &mut SqliteConnection,
    account: AccountId,
    message: &MessageId,
) -> Result<Option<i64>, StoreError> {
    let row = sqlx::query!(
        "SELECT search_id, sent_ms FROM messages WHERE account_id = ?1 AND uid = ?2",
        account.0,
        message.0
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| row.search_id.unwrap_or(row.sent_ms * SLOTS_PER_MS)))
}

/// Writes the index entry of a new message.
pub(crate) async fn index(
    connection: &mut SqliteConnection,
    row: i64,
    conversation: i64,
    sent_ms: i64,
    body: &str,
) -> Result<(), StoreError> {
    let Some(tokens) = entry(conversation, body) else { return Ok(()) };
    let slot = slot(connection, sent_ms).await?;
    sqlx::query!("UPDATE messages SET search_id = ?2 WHERE id = ?1", row, slot).execute(&mut *connection).await?;
    sqlx::query!("INSERT INTO messages_text (rowid, tokens) VALUES (?1, ?2)", slot, tokens).execute(connection).await?;
    Ok(())
}

/// The index entry of a message; `None` if there is nothing to find.
fn entry(conversation: i64, body: &str) -> Option<String> {
    let end = body.char_indices().nth(LONGEST_INDEXED).map_or(body.len(), |(at, _)| at);
    let tokens = text::index_tokens(body.get(..end)?)?;
    Some(format!("{} {tokens}", text::conversation_token(conversation)))
}

/// Fills the index again if a migration has emptied it. Goes on where it was interrupted.
pub(crate) async fn rebuild(writer: &SqlitePool) -> Result<(), StoreError> {
    loop {
        let mut tx = writer.begin_with("BEGIN IMMEDIATE").await?;
        let Some(below) = sqlx::query_scalar!("SELECT below FROM search_rebuild ORDER BY below LIMIT 1")
            .fetch_optional(&mut *tx)
            .await?
        else {
            return Ok(());
        };
        let messages = sqlx::query!(
            r#"SELECT search_id AS "slot!: i64", conversation_id, body FROM messages
            WHERE search_id IS NOT NULL AND search_id < ?1 ORDER BY search_id DESC LIMIT ?2"#,
            below,
            REBUILD_BATCH
        )
        .fetch_all(&mut *tx)
        .await?;
        sqlx::query!("DELETE FROM search_rebuild WHERE below = ?1", below).execute(&mut *tx).await?;
        for message in &messages {
            if let Some(tokens) = entry(message.conversation_id, &message.body) {
                sqlx::query!("INSERT INTO messages_text (rowid, tokens) VALUES (?1, ?2)", message.slot, tokens)
                    .execute(&mut *tx)
                    .await?;
            }
        }
        if let Some(last) = messages.last() {
            sqlx::query!("INSERT INTO search_rebuild (below) VALUES (?1)", last.slot).execute(&mut *tx).await?;
        }
        tx.commit().await?;
    }
}

/// Moves the index entry of a message whose time changed.
pub(crate) async fn reindex(connection: &mut SqliteConnection, row: i64, sent_ms: i64) -> Result<(), StoreError> {
    let message = sqlx::query!("SELECT conversation_id, body, search_id FROM messages WHERE id = ?1", row)
        .fetch_one(&mut *connection)
        .await?;
    let Some(old) = message.search_id else { return Ok(()) };
    sqlx::query!("UPDATE messages SET search_id = NULL WHERE id = ?1", row).execute(&mut *connection).await?;
    sqlx::query!("DELETE FROM messages_text WHERE rowid = ?1", old).execute(&mut *connection).await?;
    index(connection, row, message.conversation_id, sent_ms, &message.body).await
}

/// The first free row of the index at or after a time. After 64 taken ones in a line it leaps ahead in doubling steps:
/// thousands of messages with one time stamp stay cheap.
async fn slot(connection: &mut SqliteConnection, sent_ms: i64) -> Result<i64, StoreError> {
    let mut slot = sent_ms * SLOTS_PER_MS;
    let mut leap = 64;
    loop {
        let taken = sqlx::query_scalar!(
            r#"SELECT search_id AS "id!: i64" FROM messages WHERE search_id >= ?1 ORDER BY search_id LIMIT 64"#,
            slot
        )
        .fetch_all(&mut *connection)
        .await?;
        let in_line = (slot..).zip(&taken).take_while(|(expected, taken)| expected == *taken).count();
        if in_line < 64 {
            return Ok(slot + i64::try_from(in_line).unwrap_or(0));
        }
        slot += leap;
        leap *= 2;
    }
}

/// What the index is asked for a query.
#[cfg(test)]
pub(crate) fn expression(query: &str) -> Option<String> {
    text::match_expression(&text::fold(query))
}

/// Puts a text and a query through everything that reads them. Returns whether the text matches and the octets of its
/// index entry. For tests and fuzzing.
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) fn probe(text: &str, query: &str) -> (bool, usize) {
    let query = text::fold(query);
    let expression = text::match_expression(&query);
    let tokens = text::index_tokens(text);
    // Words of a query come out quoted: nothing of it can be read as an operator.
    let is_token = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric();
    assert!(expression.iter().all(|words| words.chars().all(|c| is_token(c) || "\"* ".contains(c))));
    let entry = tokens.as_deref().unwrap_or_default();
    assert!(entry.chars().all(|c| is_token(c) || c == ' '), "{entry}");
    (expression.is_some() && text::matches(text, &query), entry.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_makes_a_bounded_entry() {
        let seed = 20_261_121_u64;
        println!("seed {seed}");
        let mut state = seed;
        let mut random = |below: u32| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            u32::try_from(state >> 33).unwrap_or(0) % below
        };
        let kinds = [0x80, 0x300, 0x600, 0x3000, 0xa000, 0xd800, 0x1_0000, 0x3_0000, 0x11_0000];
        for _ in 0..2_000 {
            let mut text = |longest: u32| -> String {
                let length = random(longest);
                let mut any = || char::from_u32(kinds.get(random(9) as usize).map_or(0, |&kind| random(kind)));
                (0..length).filter_map(|_| any()).collect()
            };
            let (text, query) = (text(200), text(12));
            let (_, entry) = probe(&text, &query);
            // U+FDFA has 18 characters when it is taken apart, each of them one token of at most seven octets.
            assert!(entry <= 18 * 2 * 16 * text.chars().count(), "seed {seed}: {text:?} made {entry} octets");
        }
    }
}

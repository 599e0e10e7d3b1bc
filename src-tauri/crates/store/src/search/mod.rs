//! Full-text search over all messages, newest first.
//!
//! The index is a contentless FTS5 table whose row number is the message's time ([`slot`]), so that FTS5 walks the
//! hits from the newest on and stops when the page is full, whatever their number. It is written in the transaction
//! that writes the message. It gives candidates; [`text::matches`] decides.

mod entry;
mod text;

use confab_model::{AccountId, BareJid, ConversationKind, Message, MessageId, Sender, Timestamp};
use sqlx::{SqliteConnection, SqlitePool};

pub(crate) use self::entry::Found;
use self::entry::{FoundRow, found_rows};
use crate::{
    Store, StoreError, accounts, codes, conversations, people,
    rows::{MessageRow, message_rows, millis},
};

/// Rows of the index per millisecond. More messages than this in one millisecond (servers that stamp whole seconds)
/// take the next free rows and only lose their exact order.
const SLOTS_PER_MS: i64 = 16;
/// Candidates read beyond what is still wanted, and at most at a time: the filter drops few, so one round nearly always
/// does; while it drops many, rounds double.
const SPARE_CANDIDATES: i64 = 16;
const MOST_CANDIDATES: i64 = 1024;
/// Rounds of one search: a query whose candidates are nearly all dropped (a rare sender of a common word; made-up texts)
/// ends with what it has found among a quarter of a million.
const MOST_ROUNDS: u32 = 256;
/// Messages that are put into the index in one transaction when it is rebuilt.
const REBUILD_BATCH: i64 = 2_000;
/// Characters of a message that can be found. Longer than anything that a person types; of what strangers send less is
/// kept anyway.
const LONGEST_INDEXED: usize = 30_000;

/// What is looked for. All that is given must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SearchQuery {
    /// Words, all of which a message must have: see [`Store::find`]. Without any, `conversation`, `sender` or `kinds` must
    /// say more.
    pub text: String,
    pub conversation: Option<BareJid>,
    /// Only what this person wrote ([`Sender::is`]).
    pub sender: Option<Sender>,
    /// Empty: all.
    pub kinds: Vec<SearchKind>,
    pub direction: SearchDirection,
    /// Messages of this time on, in the direction; `None`: from the newest, or the oldest.
    pub from: Option<Timestamp>,
    /// The last message of the page before; an unknown one gives nothing.
    pub beyond: Option<MessageId>,
    pub limit: u32,
}

/// Which way a search goes, and the order of what it finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SearchDirection {
    /// Back in time, newest first.
    #[default]
    Older,
    /// Forward in time, oldest first.
    Newer,
}

/// What a message is, to a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SearchKind {
    Text,
    Image,
    Video,
    Voice,
    Audio,
    File,
    Location,
    Custom,
}

/// Where the next round of a search begins, by row of the index.
#[derive(Debug, Clone, Copy)]
enum Edge {
    Below(i64),
    Above(i64),
}

impl Store {
    /// [`Store::find`] by words alone, newest first; older than `before` if given.
    pub async fn search(
        &self,
        account: AccountId,
        query: &str,
        conversation: Option<&BareJid>,
        before: Option<&MessageId>,
        limit: u32,
    ) -> Result<Vec<Message>, StoreError> {
        let query = SearchQuery {
            text: query.to_owned(),
            conversation: conversation.cloned(),
            beyond: before.cloned(),
            limit,
            ..SearchQuery::default()
        };
        if query.text.trim().is_empty() {
            return Ok(Vec::new());
        }
        self.find(account, &query).await
    }

    /// Messages whose text, caption, file name or address of a place matches all words, in the order of the direction, at
    /// most `limit`. Case, width and diacritics do not count; words match from their start, Chinese and the like
    /// anywhere, from one character on. Of a long message the first 30,000 characters count.
    pub async fn find(&self, account: AccountId, query: &SearchQuery) -> Result<Vec<Message>, StoreError> {
        let words = text::fold(&query.text);
        // One transaction: all pages of candidates come from the same state.
        let mut tx = self.readers.begin().await?;
        let Some(asked) = expression_of(&mut tx, account, query, &words).await? else { return Ok(Vec::new()) };
        let Some(mut edge) = edge_of(&mut tx, account, query).await? else { return Ok(Vec::new()) };
        let conversation = query.conversation.as_ref().map(ToString::to_string);
        let mut found = Vec::new();
        let mut round = (i64::from(query.limit) + SPARE_CANDIDATES).min(MOST_CANDIDATES);
        for _ in 0..MOST_ROUNDS {
            if found.len() >= query.limit as usize {
                break;
            }
            let candidates = candidates(&mut tx, account, (&asked, edge), round).await?;
            let Some(&last) = candidates.last() else { break };
            edge = match edge {
                Edge::Below(_) => Edge::Below(last),
                Edge::Above(_) => Edge::Above(last),
            };
            round = (round * 2).min(MOST_CANDIDATES);
            let candidates = codes::to_json(&candidates)?;
            // The plus sign keeps SQLite from walking through all messages of the account instead.
            let mut rows = message_rows!(
                "WHERE m.search_id IN (SELECT value FROM json_each(?1)) AND +m.account_id = ?2
                    AND (?3 IS NULL OR v.jid = ?3)
                ORDER BY m.search_id DESC",
                candidates,
                account.0,
                conversation
            )
            .fetch_all(&mut *tx)
            .await?;
            if query.direction == SearchDirection::Newer {
                rows.reverse();
            }
            for row in rows {
                if found.len() < query.limit as usize && is_wanted(&row, query, &words)? {
                    found.push(row.into_message()?);
                }
            }
        }
        Ok(found)
    }
}

/// Where candidates come from.
#[derive(Debug)]
enum Asked {
    /// The index.
    Index(String),
    /// All that can be found: what this account wrote, to whomever.
    All,
}

/// What is asked; `None` if there is nothing to find.
async fn expression_of(
    connection: &mut SqliteConnection,
    account: AccountId,
    query: &SearchQuery,
    words: &str,
) -> Result<Option<Asked>, StoreError> {
    let text = text::match_expression(words);
    if text.is_none() && !query.text.trim().is_empty() {
        // Nothing of what was typed can be found in a text.
        return Ok(None);
    }
    let mut terms = Vec::new();
    if let Some(conversation) = &query.conversation {
        let Some(id) = conversations::find(connection, account, conversation).await? else { return Ok(None) };
        terms.push(format!("\"{}\"", text::conversation_token(id)));
    }
    if let Some(sender) = &query.sender {
        terms.extend(written_by(connection, account, query, sender).await?);
    }
    // Texts have no token of their kind.
    if !query.kinds.is_empty() && !query.kinds.contains(&SearchKind::Text) {
        let kinds: Vec<_> = query.kinds.iter().map(|kind| format!("\"{}\"", entry::kind_token(*kind))).collect();
        terms.push(format!("({})", kinds.join(" OR ")));
    }
    terms.extend(text);
    Ok(match terms.is_empty() {
        false => Some(Asked::Index(terms.join(" AND "))),
        true => query.sender.as_ref().map(|_| Asked::All),
    })
}

/// What narrows a search down to one person: in groups messages have tokens of who wrote them, with one person there are
/// only two. `None`: nothing does.
async fn written_by(
    connection: &mut SqliteConnection,
    account: AccountId,
    query: &SearchQuery,
    sender: &Sender,
) -> Result<Option<String>, StoreError> {
    let mut tokens = entry::person_tokens(sender);
    if let Some(conversation) = &query.conversation {
        let Some(id) = conversations::find(connection, account, conversation).await? else { return Ok(None) };
        let kind =
            sqlx::query_scalar!("SELECT kind FROM conversations WHERE id = ?1", id).fetch_one(connection).await?;
        if kind == codes::conversation_kind(ConversationKind::Direct) {
            return Ok(None);
        }
    } else if let Some(jid) = &sender.jid {
        if jid.to_string() == accounts::own_jid(connection, account).await? {
            // In every conversation, and without a token in those with one person.
            return Ok(None);
        }
        let with = conversations::find(connection, account, jid).await?;
        tokens.extend(with.map(text::conversation_token));
    }
    let tokens: Vec<_> = tokens.iter().map(|token| format!("\"{token}\"")).collect();
    Ok(Some(format!("({})", tokens.join(" OR "))))
}

/// Where a search begins; `None` if the message to go on from is not there.
async fn edge_of(
    connection: &mut SqliteConnection,
    account: AccountId,
    query: &SearchQuery,
) -> Result<Option<Edge>, StoreError> {
    let beyond = match &query.beyond {
        Some(beyond) => match search_id(connection, account, beyond).await? {
            Some(id) => Some(id),
            None => return Ok(None),
        },
        None => None,
    };
    let from = query.from.map(millis);
    Ok(Some(match query.direction {
        SearchDirection::Older => {
            let from = from.map_or(i64::MAX, |ms| (ms + 1) * SLOTS_PER_MS);
            Edge::Below(beyond.map_or(from, |id| id.min(from)))
        }
        SearchDirection::Newer => {
            let from = from.map_or(-1, |ms| ms * SLOTS_PER_MS - 1);
            Edge::Above(beyond.map_or(from, |id| id.max(from)))
        }
    }))
}

async fn candidates(
    connection: &mut SqliteConnection,
    account: AccountId,
    (asked, edge): (&Asked, Edge),
    limit: i64,
) -> Result<Vec<i64>, StoreError> {
    let Asked::Index(expression) = asked else { return every_one(connection, account, edge, limit).await };
    Ok(match edge {
        Edge::Below(below) => {
            sqlx::query_scalar!(
                r#"SELECT rowid AS "rowid!: i64" FROM messages_text
                WHERE messages_text MATCH ?1 AND rowid < ?2 ORDER BY rowid DESC LIMIT ?3"#,
                expression,
                below,
                limit
            )
            .fetch_all(connection)
            .await?
        }
        Edge::Above(above) => {
            sqlx::query_scalar!(
                r#"SELECT rowid AS "rowid!: i64" FROM messages_text
                WHERE messages_text MATCH ?1 AND rowid > ?2 ORDER BY rowid LIMIT ?3"#,
                expression,
                above,
                limit
            )
            .fetch_all(connection)
            .await?
        }
    })
}

/// Own messages that can be found, whatever they say.
async fn every_one(
    connection: &mut SqliteConnection,
    account: AccountId,
    edge: Edge,
    limit: i64,
) -> Result<Vec<i64>, StoreError> {
    Ok(match edge {
        Edge::Below(below) => {
            sqlx::query_scalar!(
                r#"SELECT search_id AS "rowid!: i64" FROM messages
                WHERE search_id IS NOT NULL AND search_id < ?1 AND +account_id = ?2 AND +direction = 1
                ORDER BY search_id DESC LIMIT ?3"#,
                below,
                account.0,
                limit
            )
            .fetch_all(connection)
            .await?
        }
        Edge::Above(above) => {
            sqlx::query_scalar!(
                r#"SELECT search_id AS "rowid!: i64" FROM messages
                WHERE search_id IS NOT NULL AND search_id > ?1 AND +account_id = ?2 AND +direction = 1
                ORDER BY search_id LIMIT ?3"#,
                above,
                account.0,
                limit
            )
            .fetch_all(connection)
            .await?
        }
    })
}

/// The exact comparison. The index only has to hold every match.
fn is_wanted(row: &MessageRow, query: &SearchQuery, words: &str) -> Result<bool, StoreError> {
    if let Some(sender) = &query.sender
        && !people::is_same(&people::sender(&row.sender, row.nickname.clone(), row.occupant.clone())?, sender)
    {
        return Ok(false);
    }
    if !query.kinds.is_empty() {
        let kind = entry::kind_of(row.kind, row.file_type.as_deref(), row.file_details.as_deref())?;
        if !kind.is_some_and(|kind| query.kinds.contains(&kind)) {
            return Ok(false);
        }
    }
    Ok(text::matches(&row.searchable()?, words))
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
    found: &Found,
) -> Result<(), StoreError> {
    let slot = slot(connection, sent_ms).await?;
    index_at(connection, row, slot, conversation, found).await
}

/// The row of the index that a message of this time takes if it is free.
pub(crate) fn first_slot(sent_ms: i64) -> i64 {
    sent_ms * SLOTS_PER_MS
}

/// [`index`] in a row that is known to be free.
pub(crate) async fn index_at(
    connection: &mut SqliteConnection,
    row: i64,
    slot: i64,
    conversation: i64,
    found: &Found,
) -> Result<(), StoreError> {
    let Some(tokens) = found.tokens(conversation) else { return Ok(()) };
    sqlx::query!("UPDATE messages SET search_id = ?2 WHERE id = ?1", row, slot).execute(&mut *connection).await?;
    sqlx::query!("INSERT INTO messages_text (rowid, tokens) VALUES (?1, ?2)", slot, tokens).execute(connection).await?;
    Ok(())
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
        let messages = found_rows!(
            "WHERE m.search_id IS NOT NULL AND m.search_id < ?1 ORDER BY m.search_id DESC LIMIT ?2",
            below,
            REBUILD_BATCH
        )
        .fetch_all(&mut *tx)
        .await?;
        sqlx::query!("DELETE FROM search_rebuild WHERE below = ?1", below).execute(&mut *tx).await?;
        let last = messages.last().and_then(|message| message.search_id);
        for message in messages {
            let (slot, conversation) = (message.search_id, message.conversation_id);
            if let (Some(slot), Some(tokens)) = (slot, message.into_found()?.tokens(conversation)) {
                sqlx::query!("INSERT INTO messages_text (rowid, tokens) VALUES (?1, ?2)", slot, tokens)
                    .execute(&mut *tx)
                    .await?;
            }
        }
        if let Some(last) = last {
            sqlx::query!("INSERT INTO search_rebuild (below) VALUES (?1)", last).execute(&mut *tx).await?;
        }
        tx.commit().await?;
    }
}

/// Takes a message out of the index.
pub(crate) async fn unindex(connection: &mut SqliteConnection, row: i64) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM messages_text WHERE rowid = (SELECT search_id FROM messages WHERE id = ?1)", row)
        .execute(&mut *connection)
        .await?;
    sqlx::query!("UPDATE messages SET search_id = NULL WHERE id = ?1", row).execute(connection).await?;
    Ok(())
}

/// Writes the index entry of a message whose time or text changed afresh.
pub(crate) async fn reindex(connection: &mut SqliteConnection, row: i64) -> Result<(), StoreError> {
    unindex(connection, row).await?;
    let message = found_rows!("WHERE m.id = ?1", row).fetch_one(&mut *connection).await?;
    let (conversation, sent_ms) = (message.conversation_id, message.sent_ms);
    index(connection, row, conversation, sent_ms, &message.into_found()?).await
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

//! What a person, or the retention, deletes on this device. Others keep what they have.
//!
//! Archives bring everything again; so it is kept what shall not come back: of a conversation the time up to which it was
//! deleted, of a single message its names.

use std::path::PathBuf;

use confab_model::{AccountId, BareJid, Conversation, MessageId, Timestamp};
use sqlx::SqliteConnection;

use crate::{ReceivedMessage, Store, StoreError, codes, conversations, database::jid, rows::millis};

/// Messages that the retention deletes in one transaction.
const BATCH: i64 = 500;

/// What was deleted.
#[derive(Debug, Clone, PartialEq)]
pub struct Deleted {
    pub conversation: BareJid,
    /// As it is now; `None`: it is gone as a whole.
    pub left: Option<Conversation>,
    pub messages: Vec<MessageId>,
    /// Copies of their files, which are to be deleted.
    pub files: Vec<PathBuf>,
}

#[derive(Debug)]
struct Going {
    row: i64,
    uid: String,
    stanza_id: Option<String>,
    archive_id: Option<String>,
    copy: Option<String>,
}

/// `query_as!` for [`Going`]; `$rest` follows the joins of `m` (messages), `a` (its file).
macro_rules! going {
    ($rest:literal, $($argument:expr),+ $(,)?) => {
        sqlx::query_as!(
            Going,
            r#"SELECT m.id AS "row!: i64", m.uid AS "uid!: String", m.stanza_id AS "stanza_id?: String",
                m.archive_id AS "archive_id?: String", iif(a.is_copy = 1, a.local_path, NULL) AS "copy?: String"
            FROM messages m LEFT JOIN attachments a ON a.message_id = m.id AND a.position = 0 "#
            + $rest,
            $($argument),+
        )
    };
}

impl Store {
    /// Deletes messages here: texts, files, and whatever of them was still to be sent. Unknown ones are left out. `None`:
    /// there is no such conversation.
    pub async fn delete_messages(
        &self,
        account: AccountId,
        conversation: &BareJid,
        messages: &[MessageId],
    ) -> Result<Option<Deleted>, StoreError> {
        let mut tx = self.write().await?;
        let Some(id) = conversations::find(&mut tx, account, conversation).await? else { return Ok(None) };
        let mut going = Vec::new();
        for message in messages {
            let found =
                going!("WHERE m.account_id = ?1 AND m.uid = ?2 AND m.conversation_id = ?3", account.0, message.0, id)
                    .fetch_optional(&mut *tx)
                    .await?;
            going.extend(found);
        }
        for message in &going {
            keep_out(&mut tx, account, conversation, message).await?;
        }
        let (messages, files) = delete(&mut tx, going).await?;
        conversations::recount(&mut tx, id).await?;
        let left = conversations::load(&mut tx, id).await?;
        tx.commit().await?;
        Ok(Some(Deleted { conversation: conversation.clone(), left: Some(left), messages, files }))
    }

    /// Deletes a conversation here with everything in it, its calls too. What its archive has up to `at` (now) does not
    /// come back; a new message makes a new conversation. `None`: there is no such conversation.
    pub async fn delete_conversation(
        &self,
        account: AccountId,
        conversation: &BareJid,
        at: Timestamp,
    ) -> Result<Option<Deleted>, StoreError> {
        let mut tx = self.write().await?;
        let Some(id) = conversations::find(&mut tx, account, conversation).await? else { return Ok(None) };
        clear(&mut tx, account, conversation, millis(at)).await?;
        let going = going!("WHERE m.conversation_id = ?1", id).fetch_all(&mut *tx).await?;
        let (messages, files) = delete(&mut tx, going).await?;
        sqlx::query!("DELETE FROM conversations WHERE id = ?1", id).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(Some(Deleted { conversation: conversation.clone(), left: None, messages, files }))
    }

    /// Deletes what is older than `before`, of all accounts, 500 messages at a time; call it until it answers nothing.
    /// What still waits to be sent stays.
    pub async fn delete_older(&self, before: Timestamp) -> Result<Vec<(AccountId, Deleted)>, StoreError> {
        let before_ms = millis(before);
        let mut tx = self.write().await?;
        let mut room = BATCH;
        let mut all = Vec::new();
        // The list is walked as a whole: a conversation without old messages costs one step in the index.
        let old = sqlx::query!(
            r#"SELECT v.id AS "id!: i64", v.account_id AS "account!: u32", v.jid AS "jid!: String" FROM conversations v
            WHERE EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = v.id AND m.sent_ms < ?1
                AND (m.direction = 0 OR m.delivery > 1))"#,
            before_ms
        )
        .fetch_all(&mut *tx)
        .await?;
        for conversation in old {
            let going = going!(
                "WHERE m.conversation_id = ?1 AND m.sent_ms < ?2 AND (m.direction = 0 OR m.delivery > 1)
                ORDER BY m.sent_ms, m.id LIMIT ?3",
                conversation.id,
                before_ms,
                room
            )
            .fetch_all(&mut *tx)
            .await?;
            room -= i64::try_from(going.len()).unwrap_or(room);
            let (account, whose) = (AccountId(conversation.account), jid(&conversation.jid)?);
            clear(&mut tx, account, &whose, before_ms - 1).await?;
            let (messages, files) = delete(&mut tx, going).await?;
            conversations::recount(&mut tx, conversation.id).await?;
            let left = Some(conversations::load(&mut tx, conversation.id).await?);
            all.push((account, Deleted { conversation: whose, left, messages, files }));
            if room <= 0 {
                break;
            }
        }
        tx.commit().await?;
        Ok(all)
    }
}

/// Whether a message of an archive was deleted here.
pub(crate) async fn was_deleted(
    connection: &mut SqliteConnection,
    account: AccountId,
    message: &ReceivedMessage,
    sent_ms: i64,
) -> Result<bool, StoreError> {
    let address = message.conversation.to_string();
    let by_archive = message.archive_id.as_deref().map(archive_name);
    let by_sender = message.stanza_id.as_deref().map(sender_name);
    let found = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM cleared WHERE account_id = ?1 AND jid = ?2 AND until_ms >= ?3)
            OR EXISTS (SELECT 1 FROM deleted_messages WHERE account_id = ?1 AND jid = ?2 AND wire IN (?4, ?5))
            AS "found!: bool""#,
        account.0,
        address,
        sent_ms,
        by_archive,
        by_sender
    )
    .fetch_one(connection)
    .await?;
    Ok(found)
}

pub(crate) fn archive_name(id: &str) -> String {
    format!("archive:{id}")
}

pub(crate) fn sender_name(id: &str) -> String {
    format!("sender:{id}")
}

/// Nothing of the conversation up to this time comes back, and there is nothing older to ask for.
async fn clear(
    connection: &mut SqliteConnection,
    account: AccountId,
    conversation: &BareJid,
    until_ms: i64,
) -> Result<(), StoreError> {
    let address = conversation.to_string();
    sqlx::query!(
        "INSERT INTO cleared (account_id, jid, until_ms) VALUES (?1, ?2, ?3)
        ON CONFLICT (account_id, jid) DO UPDATE SET until_ms = max(until_ms, excluded.until_ms)",
        account.0,
        address,
        until_ms
    )
    .execute(&mut *connection)
    .await?;
    // The single ones are among them.
    sqlx::query!("DELETE FROM early_amendments WHERE account_id = ?1 AND jid = ?2", account.0, address)
        .execute(connection)
        .await?;
    Ok(())
}

/// The message does not come back: by the archive's name, or, while that is not known, by the sender's.
async fn keep_out(
    connection: &mut SqliteConnection,
    account: AccountId,
    conversation: &BareJid,
    message: &Going,
) -> Result<(), StoreError> {
    let name = match (&message.archive_id, &message.stanza_id) {
        (Some(id), _) => archive_name(id),
        (None, Some(id)) => sender_name(id),
        (None, None) => return Ok(()),
    };
    let address = conversation.to_string();
    sqlx::query!(
        "INSERT INTO deleted_messages (account_id, jid, wire) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        account.0,
        address,
        name
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Deletes rows and index entries; files, reactions, receipts and places in the outbox go with them by their foreign keys,
/// and so do the records of calls.
async fn delete(
    connection: &mut SqliteConnection,
    going: Vec<Going>,
) -> Result<(Vec<MessageId>, Vec<PathBuf>), StoreError> {
    let rows: Vec<i64> = going.iter().map(|message| message.row).collect();
    let rows = codes::to_json(&rows)?;
    sqlx::query!(
        "DELETE FROM messages_text WHERE rowid IN (SELECT m.search_id FROM messages m
            WHERE m.id IN (SELECT value FROM json_each(?1)) AND m.search_id IS NOT NULL)",
        rows
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "DELETE FROM calls WHERE id IN (SELECT m.call_id FROM messages m
            WHERE m.id IN (SELECT value FROM json_each(?1)) AND m.call_id IS NOT NULL)",
        rows
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("DELETE FROM messages WHERE id IN (SELECT value FROM json_each(?1))", rows)
        .execute(connection)
        .await?;
    Ok(going.into_iter().map(|message| (MessageId(message.uid), message.copy.map(PathBuf::from))).fold(
        (Vec::new(), Vec::new()),
        |(mut ids, mut files), (id, file)| {
            ids.push(id);
            files.extend(file);
            (ids, files)
        },
    ))
}

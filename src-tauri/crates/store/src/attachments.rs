//! Files of messages: where they can be fetched, where they are on this device, and which of the copies here may go.
//!
//! A copy was made by Confab (downloaded, recorded, pasted) and goes with its message; a file that the person picked is
//! the person's own and is never named for deletion. The store deletes no files: it answers with their paths.

use std::path::PathBuf;

use confab_model::{AccountId, BareJid, Message, MessageId, SharedFile, Timestamp, TransferState};
use sqlx::SqliteConnection;

use crate::{
    Store, StoreError, codes,
    content::{self, KeptFile},
    database::jid,
    messages::{self, Stored},
    outbox,
    rows::millis,
};

/// A file on this device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalFile {
    pub path: PathBuf,
    /// Made by Confab; goes with the message, and when copies take too much space.
    pub is_copy: bool,
    /// Octets.
    pub size: u64,
}

/// What is known of a message's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    pub message: MessageId,
    pub conversation: BareJid,
    /// As it was sent or will be; its thumbnail is the one that is shown.
    pub file: SharedFile,
    /// Safe.
    pub name: String,
    pub local: Option<LocalFile>,
    pub transfer: TransferState,
}

/// What an upload brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uploaded {
    /// Best first.
    pub urls: Vec<String>,
    pub sha256: Option<[u8; 32]>,
    pub size: Option<u64>,
}

/// A copy that may be deleted: the file is on a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CachedFile {
    pub account: AccountId,
    pub message: MessageId,
    pub file: LocalFile,
}

#[derive(Debug)]
struct FileRow {
    uid: String,
    jid: String,
    delivery: i64,
    name: String,
    media_type: String,
    size_bytes: Option<i64>,
    details: String,
    thumbnail: Option<String>,
    transfer: i64,
    failure: Option<String>,
    local_path: Option<String>,
    is_copy: i64,
    copy_bytes: i64,
}

/// `query_as!` for [`FileRow`]; `$rest` follows the joins of `a` (attachments), `m` (messages), `v` (conversations).
macro_rules! file_rows {
    ($rest:literal, $($argument:expr),+ $(,)?) => {
        sqlx::query_as!(
            FileRow,
            r#"SELECT m.uid AS "uid!: String", v.jid AS "jid!: String",
                m.delivery AS "delivery!: i64",
                a.name AS "name!: String", a.media_type AS "media_type!: String", a.size_bytes AS "size_bytes?: i64",
                a.details AS "details!: String", a.thumbnail AS "thumbnail?: String", a.transfer AS "transfer!: i64",
                a.failure AS "failure?: String", a.local_path AS "local_path?: String", a.is_copy AS "is_copy!: i64",
                a.copy_bytes AS "copy_bytes!: i64"
            FROM messages m JOIN attachments a ON a.message_id = m.id AND a.position = 0
            JOIN conversations v ON v.id = m.conversation_id "#
            + $rest,
            $($argument),+
        )
    };
}

impl FileRow {
    fn into_file(self) -> Result<StoredFile, StoreError> {
        let delivery = codes::delivery_from(self.delivery, None)?;
        let transfer = content::transfer(self.transfer, self.failure.as_deref(), &delivery)?;
        let kept = KeptFile {
            name: self.name.clone(),
            media_type: self.media_type,
            size: self.size_bytes,
            thumbnail: self.thumbnail,
            details: codes::from_json(&self.details)?,
        };
        let local = self.local_path.map(|path| LocalFile {
            path: path.into(),
            is_copy: self.is_copy != 0,
            size: u64::try_from(self.copy_bytes).unwrap_or(0),
        });
        Ok(StoredFile {
            message: MessageId(self.uid),
            conversation: jid(&self.jid)?,
            file: kept.into_shared(),
            name: self.name,
            local,
            transfer,
        })
    }
}

impl Store {
    /// The file of a message, if it has one.
    pub async fn file(&self, account: AccountId, message: &MessageId) -> Result<Option<StoredFile>, StoreError> {
        file_rows!("WHERE m.account_id = ?1 AND m.uid = ?2", account.0, message.0)
            .fetch_optional(&self.readers)
            .await?
            .map(FileRow::into_file)
            .transpose()
    }

    /// Own messages whose file is still to be uploaded, oldest first: after a start, all of them begin again.
    pub async fn pending_uploads(&self, account: AccountId) -> Result<Vec<StoredFile>, StoreError> {
        file_rows!("WHERE m.account_id = ?1 AND m.direction = 1 AND m.delivery = 1 ORDER BY m.id", account.0)
            .fetch_all(&self.readers)
            .await?
            .into_iter()
            .map(FileRow::into_file)
            .collect()
    }

    /// The file is on the server: its message is queued now, behind what was queued meanwhile. `None`: there is no such
    /// message, or it is not waiting (it was recalled, deleted, or the upload was given up).
    pub async fn upload_finished(
        &self,
        account: AccountId,
        message: &MessageId,
        uploaded: &Uploaded,
        at: Timestamp,
    ) -> Result<Option<Stored>, StoreError> {
        let mut tx = self.write().await?;
        let waiting = sqlx::query!(
            r#"SELECT m.id AS "row!: i64", a.details AS "details!: String"
            FROM messages m JOIN attachments a ON a.message_id = m.id AND a.position = 0
            WHERE m.account_id = ?1 AND m.uid = ?2 AND m.direction = 1 AND m.delivery = 1"#,
            account.0,
            message.0
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(waiting) = waiting else { return Ok(None) };
        let mut details: content::FileDetails = codes::from_json(&waiting.details)?;
        details.urls.clone_from(&uploaded.urls);
        if let Some(sum) = &uploaded.sha256 {
            details.sha256 = Some(content::hexadecimal(sum));
        }
        let details = codes::to_json(&details)?;
        let url = uploaded.urls.first();
        let size = uploaded.size.and_then(|size| i64::try_from(size).ok());
        sqlx::query!(
            "UPDATE attachments SET details = ?2, url = ?3, size_bytes = coalesce(?4, size_bytes)
            WHERE message_id = ?1 AND position = 0",
            waiting.row,
            details,
            url,
            size
        )
        .execute(&mut *tx)
        .await?;
        messages::set_delivery(&mut tx, waiting.row, codes::QUEUED, None).await?;
        let next = outbox::Next { uid: &message.0, row: waiting.row, kind: codes::SEND_MESSAGE, payload: None };
        outbox::enqueue(&mut tx, account, &next, millis(at)).await?;
        let stored = messages::stored(&mut tx, waiting.row).await?;
        tx.commit().await?;
        Ok(Some(stored))
    }

    /// Where the bytes of a message's file are now. `Local` needs the file; every other state forgets it. How far a
    /// transfer has got is not kept. `None`: there is no such message, or it has no file (any more): what was fetched
    /// is to be deleted.
    pub async fn set_transfer(
        &self,
        account: AccountId,
        message: &MessageId,
        state: &TransferState,
        local: Option<&LocalFile>,
        at: Timestamp,
    ) -> Result<Option<Message>, StoreError> {
        let (code, failure) = codes::transfer(state)?;
        let mut tx = self.write().await?;
        let Some(row) = messages::row(&mut tx, account, &message.0).await? else { return Ok(None) };
        let at_ms = millis(at);
        let local = local.map(columns).transpose()?;
        let (path, is_copy, size) = match &local {
            Some((path, is_copy, size)) => (Some(path.as_str()), *is_copy, *size),
            None => (None, false, 0),
        };
        let done = sqlx::query!(
            "UPDATE attachments SET transfer = ?2, failure = ?3, local_path = ?4, is_copy = ?5, copy_bytes = ?6,
                copied_ms = ?7
            WHERE message_id = ?1 AND position = 0",
            row,
            code,
            failure,
            path,
            is_copy,
            size,
            at_ms
        )
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(None);
        }
        let message = messages::load(&mut tx, row).await?;
        tx.commit().await?;
        Ok(Some(message))
    }

    /// Where the files of messages are on this device, of all accounts.
    pub async fn local_files(&self) -> Result<Vec<PathBuf>, StoreError> {
        let paths = sqlx::query_scalar!(
            r#"SELECT local_path AS "path!: String" FROM attachments WHERE local_path IS NOT NULL"#
        )
        .fetch_all(&self.readers)
        .await?;
        Ok(paths.into_iter().map(PathBuf::from).collect())
    }

    /// The copies that must go so that those that stay take at most `limit` octets, oldest first; only of files that are on
    /// a server. Delete each, then tell by [`Store::set_transfer`] that it is remote.
    pub async fn copies_beyond(&self, limit: u64) -> Result<Vec<CachedFile>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let total = sqlx::query_scalar!(
            r#"SELECT coalesce(sum(copy_bytes), 0) AS "total!: i64" FROM attachments WHERE is_copy = 1"#
        )
        .fetch_one(&self.readers)
        .await?;
        let mut excess = total - limit;
        if excess <= 0 {
            return Ok(Vec::new());
        }
        let rows = sqlx::query!(
            r#"SELECT m.account_id AS "account!: u32", m.uid AS "uid!: String", a.local_path AS "path!: String",
                a.copy_bytes AS "size!: i64"
            FROM attachments a JOIN messages m ON m.id = a.message_id
            WHERE a.is_copy = 1 AND a.local_path IS NOT NULL AND a.url IS NOT NULL ORDER BY a.copied_ms, a.id"#
        )
        .fetch_all(&self.readers)
        .await?;
        let mut going = Vec::new();
        for row in rows {
            if excess <= 0 {
                break;
            }
            excess -= row.size;
            let size = u64::try_from(row.size).unwrap_or(0);
            let file = LocalFile { path: row.path.into(), is_copy: true, size };
            going.push(CachedFile { account: AccountId(row.account), message: MessageId(row.uid), file });
        }
        Ok(going)
    }
}

/// Path as text, whether it is a copy, octets. A path that is no Unicode text cannot be kept.
fn columns(local: &LocalFile) -> Result<(String, bool, i64), StoreError> {
    let path =
        local.path.to_str().ok_or_else(|| StoreError::Internal { detail: "a path is not Unicode".to_owned() })?;
    Ok((path.to_owned(), local.is_copy, i64::try_from(local.size).unwrap_or(i64::MAX)))
}

/// Writes the file of a message, in place of the one that was there.
pub(crate) async fn put(connection: &mut SqliteConnection, row: i64, file: &KeptFile) -> Result<(), StoreError> {
    let details = codes::to_json(&file.details)?;
    let url = file.details.urls.first();
    sqlx::query!(
        "INSERT INTO attachments (message_id, position, name, media_type, size_bytes, url, details, thumbnail)
        VALUES (?1, 0, ?2, ?3, ?4, ?5, ?6, ?7)",
        row,
        file.name,
        file.media_type,
        file.size,
        url,
        details,
        file.thumbnail
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The file that an own message is made of is here.
pub(crate) async fn set_local(
    connection: &mut SqliteConnection,
    row: i64,
    local: &LocalFile,
    at_ms: i64,
) -> Result<(), StoreError> {
    let (path, is_copy, size) = columns(local)?;
    sqlx::query!(
        "UPDATE attachments SET transfer = ?2, local_path = ?3, is_copy = ?4, copy_bytes = ?5, copied_ms = ?6
        WHERE message_id = ?1 AND position = 0",
        row,
        codes::TRANSFER_LOCAL,
        path,
        is_copy,
        size,
        at_ms
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes the file of a message away. The copy of it here, which is to be deleted.
pub(crate) async fn remove(connection: &mut SqliteConnection, row: i64) -> Result<Vec<PathBuf>, StoreError> {
    let paths = sqlx::query_scalar!(
        r#"DELETE FROM attachments WHERE message_id = ?1
        RETURNING iif(is_copy = 1, local_path, NULL) AS "path?: String""#,
        row
    )
    .fetch_all(connection)
    .await?;
    Ok(paths.into_iter().flatten().map(PathBuf::from).collect())
}

/// Whether an own message has a file that is not on a server yet.
pub(crate) async fn needs_upload(connection: &mut SqliteConnection, row: i64) -> Result<bool, StoreError> {
    let found = sqlx::query_scalar!(
        r#"SELECT 1 AS "one!: i64" FROM attachments WHERE message_id = ?1 AND position = 0 AND url IS NULL"#,
        row
    )
    .fetch_optional(connection)
    .await?;
    Ok(found.is_some())
}

/// The file of a message as it is kept.
pub(crate) async fn load(connection: &mut SqliteConnection, row: i64) -> Result<Option<KeptFile>, StoreError> {
    let found = sqlx::query!(
        "SELECT name, media_type, size_bytes, details, thumbnail FROM attachments WHERE message_id = ?1 AND position = 0",
        row
    )
    .fetch_optional(connection)
    .await?;
    found
        .map(|found| {
            Ok(KeptFile {
                name: found.name,
                media_type: found.media_type,
                size: found.size_bytes,
                thumbnail: found.thumbnail,
                details: codes::from_json(&found.details)?,
            })
        })
        .transpose()
}

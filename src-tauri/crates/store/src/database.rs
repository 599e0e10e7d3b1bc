//! Opening the file: connections, settings of SQLite, migrations.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use sqlx::{
    Sqlite, SqlitePool, Transaction,
    migrate::Migrator,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{StoreError, search};

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// How long a statement waits for a lock of another process. Own writers wait in the pool instead.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long an operation waits for a connection; longer than [`BUSY_TIMEOUT`], so that the cause is told first.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(15);
/// Connections that read beside the one that writes.
const READERS: u32 = 4;

/// The history of all accounts on this device. Cheap to clone; all clones share the connections.
#[derive(Debug, Clone)]
pub struct Store {
    /// Exactly one connection: writers queue here and never meet `SQLITE_BUSY` of their own making.
    pub(crate) writer: SqlitePool,
    pub(crate) readers: SqlitePool,
    /// Where the file is.
    pub(crate) path: PathBuf,
}

impl Store {
    /// Opens the file, makes it if it is missing (its folder must be there), and brings it to this version's schema.
    ///
    /// # Errors
    /// Every [`StoreError`] but `Unknown`. A file that is not ours, damaged or newer is left untouched: see
    /// [`crate::set_aside`].
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // What a person saw as queued survives a power cut as well as a crash: one fsync per transaction.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            .statement_cache_capacity(200);
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options.clone())
            .await?;
        // SQLite opens a file without write permission for reading and says nothing. Migrations write only when there
        // is something to migrate, so ask.
        writer.begin_with("BEGIN IMMEDIATE").await?.rollback().await?;
        MIGRATIONS.run(&writer).await?;
        search::rebuild(&writer).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .connect_with(options.create_if_missing(false).pragma("query_only", "ON"))
            .await?;
        Ok(Self { writer, readers, path: path.to_owned() })
    }

    /// Finishes what is running and closes the file; later operations of any clone fail.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Reads the whole file and compares it with its indexes: about a second per 200 MB. For the background, after a
    /// crash.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] with SQLite's first finding.
    pub async fn check(&self) -> Result<(), StoreError> {
        let finding: String = sqlx::query_scalar("PRAGMA integrity_check(1)").fetch_one(&self.readers).await?;
        if finding == "ok" { Ok(()) } else { Err(StoreError::Damaged { detail: finding }) }
    }

    /// A transaction that holds the write lock from its start. Dropping it undoes it.
    pub(crate) async fn write(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }
}

/// Reads an address back.
pub(crate) fn jid<T: std::str::FromStr<Err = confab_model::InvalidJid>>(text: &str) -> Result<T, StoreError> {
    T::from_str(text).map_err(StoreError::damaged)
}

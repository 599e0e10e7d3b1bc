//! Opening the file: connections, settings of SQLite, migrations.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use sqlx::{
    Sqlite, SqlitePool, Transaction,
    migrate::Migrator,
    pool::PoolConnection,
    sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{StoreError, log_sync::LogSync, search};

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// How long a statement waits for a lock of another process. Own writers wait in the pool instead.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long an operation waits for a connection; longer than [`BUSY_TIMEOUT`], so that the cause is told first.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(15);
/// Connections that read beside the one that writes.
const READERS: u32 = 4;
/// Pages of the log from which a writer itself brings it back into the file, 32 MB: four times what `log_sync` allows, so that
/// writers seldom wait for that.
const LOG_PAGES: &str = "8192";
/// What the log keeps of its size in bytes when it has been brought back: as much as SQLite lets it grow by itself. A longer one
/// that a crash leaves behind is read whole by the next start (80 MB: 80 ms).
const LOG_KEPT: &str = "4194304";

/// The history of all accounts on this device. Cheap to clone; all clones share the connections.
#[derive(Debug, Clone)]
pub struct Store {
    /// Exactly one connection: writers queue here and never meet `SQLITE_BUSY` of their own making.
    pub(crate) writer: SqlitePool,
    pub(crate) readers: SqlitePool,
    /// Writes without waiting for the disk, in the turn of `writer`: see [`Store::write_soon`].
    soon: SqlitePool,
    sync: Arc<LogSync>,
    /// Where the file is.
    pub(crate) path: PathBuf,
}

/// A transaction whose end may not wait for the disk. Dropping it undoes it.
#[derive(Debug)]
pub(crate) struct SoonTransaction {
    // In this order: the next writer's turn begins when this one has ended.
    transaction: Transaction<'static, Sqlite>,
    _turn: Option<PoolConnection<Sqlite>>,
    /// Who brings it to the disk; `None`: its end waits for that.
    sync: Option<Arc<LogSync>>,
}

impl SoonTransaction {
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        self.transaction.commit().await?;
        if let Some(sync) = self.sync {
            sync.written();
        }
        Ok(())
    }
}

impl std::ops::Deref for SoonTransaction {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.transaction
    }
}

impl std::ops::DerefMut for SoonTransaction {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.transaction
    }
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
            .pragma("wal_autocheckpoint", LOG_PAGES)
            .pragma("journal_size_limit", LOG_KEPT)
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
            .connect_with(options.clone().create_if_missing(false).pragma("query_only", "ON"))
            .await?;
        let soon = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_lazy_with(options.create_if_missing(false).synchronous(SqliteSynchronous::Normal));
        let sync = Arc::new(LogSync::start(path, readers.clone()));
        let store = Self { writer, readers, soon, sync, path: path.to_owned() };
        store.check_if_suspected().await?;
        // A crash may have left a long log.
        store.sync.written();
        Ok(store)
    }

    /// Damage was met while the file was in use: the next [`Store::open`] reads all of it before it takes it, so that a
    /// person is told once and clearly. Best effort: where not even a mark can be left, the damage is met again.
    pub fn suspect(&self) {
        if let Err(error) = std::fs::write(suspicion(&self.path), []) {
            tracing::warn!(%error, "the damaged file cannot be marked");
        }
    }

    async fn check_if_suspected(&self) -> Result<(), StoreError> {
        let mark = suspicion(&self.path);
        if !mark.exists() {
            return Ok(());
        }
        if let Err(error) = self.check().await {
            self.close().await;
            return Err(error);
        }
        let _ = std::fs::remove_file(mark);
        Ok(())
    }

    /// Finishes what is running and closes the file; later operations of any clone fail.
    pub async fn close(&self) {
        self.readers.close().await;
        self.soon.close().await;
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
        begin(&self.writer).await
    }

    /// [`Store::write`] for what may be forgotten in a power cut, though not in a crash: what an archive gives back, and how
    /// far an own message has got, which comes again or costs a tick beside a message. It is on the disk within a fraction of a
    /// second (`log_sync`), and never before an earlier transaction (the log is one file).
    pub(crate) async fn write_soon(&self) -> Result<SoonTransaction, StoreError> {
        let turn = self.writer.acquire().await?;
        let transaction = begin(&self.soon).await?;
        Ok(SoonTransaction { transaction, _turn: Some(turn), sync: Some(Arc::clone(&self.sync)) })
    }

    /// [`Store::write_soon`], or [`Store::write`] if its end has to wait for the disk.
    pub(crate) async fn write_waiting(&self, is_to_wait: bool) -> Result<SoonTransaction, StoreError> {
        if !is_to_wait {
            return self.write_soon().await;
        }
        Ok(SoonTransaction { transaction: self.write().await?, _turn: None, sync: None })
    }
}

/// Begins a transaction on the one connection of a pool.
///
/// When a disk is full SQLite undoes the transaction by itself; sqlx then finds nothing to undo, goes on counting it as open, and
/// would refuse every later one. Such a connection makes room for a new one.
async fn begin(pool: &SqlitePool) -> Result<Transaction<'static, Sqlite>, StoreError> {
    match pool.begin_with("BEGIN IMMEDIATE").await {
        Err(sqlx::Error::InvalidSavePointStatement) => {
            pool.acquire().await?.close().await?;
            Ok(pool.begin_with("BEGIN IMMEDIATE").await?)
        }
        begun => Ok(begun?),
    }
}

/// The mark of a file in which damage was met.
pub(crate) fn suspicion(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".suspect");
    name.into()
}

/// Reads an address back.
pub(crate) fn jid<T: std::str::FromStr<Err = confab_model::InvalidJid>>(text: &str) -> Result<T, StoreError> {
    T::from_str(text).map_err(StoreError::damaged)
}

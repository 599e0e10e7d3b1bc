//! Brings to the disk what was written without waiting for it, soon; and the log back into the file, beside the writers.
//!
//! Goes in: word that something was written, and to which log. What comes out is only safety: within [`DELAY`] and the time of
//! one `fdatasync` everything written before is on the disk, in its order, because the log is one file that grows at its end.
//! Nobody waits here, and nobody is told of a failure: the next writer that waits meets it. Does not decide what may be
//! written so: see `docs/decisions/0006-what-waits-for-the-disk.md`.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use sqlx::SqlitePool;
use tokio::{sync::Notify, task::AbortHandle};

/// What a power cut may take of what the archive gives back. Long enough that a burst of messages shares one wait of the disk.
const DELAY: Duration = Duration::from_millis(200);
/// Size of the log in bytes from which it is brought back into the file: as much as SQLite itself allows doubles its cost, for
/// pages that many transactions change are written once for all of them.
const LONG_LOG: u64 = 8 << 20;

/// The task that does it. Ends with the last clone of the store.
#[derive(Debug)]
pub(crate) struct LogSync {
    written: Arc<Notify>,
    task: AbortHandle,
}

impl LogSync {
    /// `database`: the file of the store; `connections`: where the log is brought back from.
    pub(crate) fn start(database: &Path, connections: SqlitePool) -> Self {
        let mut log = database.as_os_str().to_owned();
        log.push("-wal");
        let log = PathBuf::from(log);
        let written = Arc::new(Notify::new());
        let told = Arc::clone(&written);
        let task = tokio::spawn(async move {
            let sync = |is_new| {
                let log = log.clone();
                async move { tokio::task::spawn_blocking(move || sync(&log, is_new)).await? }
            };
            run(&told, sync, || bring_back(&connections)).await;
        });
        Self { written, task: task.abort_handle() }
    }

    /// Something was written and not waited for.
    pub(crate) fn written(&self) {
        self.written.notify_one();
    }
}

impl Drop for LogSync {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// `sync`: [`sync`] of the log, told whether its name may be new; `bring_back`: [`bring_back`].
async fn run<Synced, Back>(written: &Notify, mut sync: impl FnMut(bool) -> Synced, mut bring_back: impl FnMut() -> Back)
where
    Synced: Future<Output = io::Result<u64>>,
    Back: Future<Output = ()>,
{
    let mut is_new = true;
    loop {
        written.notified().await;
        tokio::time::sleep(DELAY).await;
        // What was written until now needs no wait of its own.
        tokio::select! {
            biased;
            () = written.notified() => {}
            () = std::future::ready(()) => {}
        }
        match sync(is_new).await {
            Ok(length) => {
                is_new = false;
                if length >= LONG_LOG {
                    bring_back().await;
                }
            }
            // The last connection has closed it: everything is in the file.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => tracing::error!(%error, "what was received last is not safe from a power cut"),
        }
    }
}

/// Waits for the disk; how long the log is.
///
/// SQLite has no lock on its log that closing another handle of it would take away (those are on the file itself and its
/// index), and `fdatasync` is of the file, whoever wrote.
fn sync(log: &Path, is_new: bool) -> io::Result<u64> {
    // Windows flushes only what may be written.
    let file = File::options().read(true).write(true).open(log)?;
    file.sync_data()?;
    if cfg!(unix) && is_new {
        // Its name has to be there too.
        log.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())?;
    }
    Ok(file.metadata()?.len())
}

/// As far as nobody reads what is to be replaced. Writers go on meanwhile.
async fn bring_back(connections: &SqlitePool) {
    if let Err(error) = sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").execute(connections).await {
        tracing::warn!(%error, "the log stays long");
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::{cell::RefCell, fs};

    use sqlx::{
        ConnectOptions as _,
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions},
    };
    use tokio::time::{Instant, sleep, sleep_until, timeout};

    use super::*;

    /// Far more than anything here takes; only so that a fault ends.
    const LIMIT: Duration = Duration::from_secs(60);

    #[derive(Debug, PartialEq, Eq)]
    enum Step {
        Sync { is_new: bool },
        BringBack,
    }

    /// What is done, and when in milliseconds, if something is written at `times`, and each wait for the disk takes `took_ms`
    /// and ends so.
    async fn ladder(times: &[u64], took_ms: u64, ends: &[io::Result<u64>]) -> Vec<(u128, Step)> {
        let (begin, written) = (Instant::now(), Notify::new());
        let (steps, mut ends) = (RefCell::new(Vec::new()), ends.iter());
        let step = |step| steps.borrow_mut().push((begin.elapsed().as_millis(), step));
        let sync = |is_new| {
            step(Step::Sync { is_new });
            let end = match ends.next().unwrap() {
                Ok(length) => Ok(*length),
                Err(error) => Err(error.kind().into()),
            };
            async move {
                sleep(Duration::from_millis(took_ms)).await;
                end
            }
        };
        let back = || {
            step(Step::BringBack);
            async {}
        };
        let write = async {
            for ms in times {
                sleep_until(begin + Duration::from_millis(*ms)).await;
                written.notify_one();
            }
            sleep(LIMIT).await;
        };
        tokio::select! {
            () = run(&written, sync, back) => {}
            () = write => {}
        }
        assert_eq!(ends.len(), 0, "all ends were met");
        steps.into_inner()
    }

    fn sync_at(ms: u128) -> (u128, Step) {
        (ms, Step::Sync { is_new: false })
    }

    fn new_at(ms: u128) -> (u128, Step) {
        (ms, Step::Sync { is_new: true })
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_shares_one_wait_for_the_disk() {
        let steps = ladder(&[0, 10, 20, 199, 1_000], 5, &[Ok(1), Ok(2)]).await;
        assert_eq!(steps, [new_at(200), sync_at(1_200)]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_written_during_a_wait_gets_its_own() {
        let steps = ladder(&[0, 250, 260], 100, &[Ok(1), Ok(2)]).await;
        assert_eq!(steps, [new_at(200), sync_at(500)]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_name_is_new_until_it_was_brought_to_the_disk_once() {
        let gone = Err(io::ErrorKind::NotFound.into());
        let failed = Err(io::ErrorKind::StorageFull.into());
        let steps = ladder(&[0, 1_000, 2_000, 3_000], 0, &[gone, failed, Ok(1), Ok(1)]).await;
        assert_eq!(steps, [new_at(200), new_at(1_200), new_at(2_200), sync_at(3_200)]);
    }

    #[tokio::test(start_paused = true)]
    async fn only_a_long_log_is_brought_back() {
        let steps = ladder(&[0, 1_000, 2_000], 0, &[Ok(LONG_LOG - 1), Ok(LONG_LOG), Ok(LONG_LOG + 1)]).await;
        let back = |ms| (ms, Step::BringBack);
        assert_eq!(steps, [new_at(200), sync_at(1_200), back(1_200), sync_at(2_200), back(2_200)]);
    }

    #[test]
    fn the_length_is_the_file_s_and_a_missing_one_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("a-wal");
        assert_eq!(sync(&log, true).unwrap_err().kind(), io::ErrorKind::NotFound);
        fs::write(&log, [7; 1_234]).unwrap();
        for is_new in [true, false] {
            assert_eq!(sync(&log, is_new).unwrap(), 1_234);
        }
        assert_ne!(sync(folder.path(), false).unwrap_err().kind(), io::ErrorKind::NotFound, "not a file");
    }

    #[tokio::test]
    async fn a_long_log_goes_into_the_file_while_others_have_it_open() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("a.sqlite");
        let options = SqliteConnectOptions::new()
            .filename(&database)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .pragma("wal_autocheckpoint", "0");
        let writer = SqlitePoolOptions::new().connect_with(options.clone()).await.unwrap();
        let mut reader = options.connect().await.unwrap();
        sqlx::raw_sql("CREATE TABLE t (b)").execute(&writer).await.unwrap();
        let _: i64 = sqlx::query_scalar("SELECT count(*) FROM t").fetch_one(&mut reader).await.unwrap();
        let log_sync = LogSync::start(&database, writer.clone());
        let length = || File::open(&database).unwrap().metadata().unwrap().len();
        sqlx::query("INSERT INTO t VALUES (zeroblob(?1))").bind(LONG_LOG.cast_signed()).execute(&writer).await.unwrap();
        assert!(length() < LONG_LOG, "all of it is in the log");
        log_sync.written();
        let in_file = async {
            while length() < LONG_LOG {
                tokio::task::yield_now().await;
            }
        };
        timeout(LIMIT, in_file).await.unwrap();
    }

    #[tokio::test]
    async fn the_task_ends_with_the_store() {
        let folder = tempfile::tempdir().unwrap();
        let pool = SqlitePoolOptions::new().connect("sqlite::memory:").await.unwrap();
        let log_sync = LogSync::start(&folder.path().join("a.sqlite"), pool);
        let told = Arc::downgrade(&log_sync.written);
        drop(log_sync);
        let ended = async {
            while told.strong_count() > 0 {
                tokio::task::yield_now().await;
            }
        };
        timeout(LIMIT, ended).await.unwrap();
    }
}

//! A full disk, a read-only file, a damaged file, a locked file: told apart, and nothing lost or half done.

use std::path::Path;

use super::{at, id, incoming, world};
use crate::{Store, StoreError};

#[tokio::test]
async fn a_full_disk_is_told_and_everything_committed_stays() {
    let w = world().await;
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(&w.store.writer).await.unwrap();
    let limit = || sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {}", pages + 12));
    sqlx::query(limit()).execute(&w.store.writer).await.unwrap();
    let text = "long enough to need pages ".repeat(40);
    let mut kept = 0_u32;
    let error = loop {
        let name = id(&format!("m{kept}"));
        match w.store.queue_text(w.alice, &w.bob, &name, &text, at(i64::from(kept))).await {
            Ok(_) => kept += 1,
            Err(error) => break error,
        }
        assert!(kept < 1000, "the disk never filled up");
    };
    assert_eq!(error, StoreError::DiskFull);
    assert!(kept > 0);
    // The failed message left no trace, and there is a connection that works; the limit belongs to the one before.
    drop(w.store.write().await.unwrap());
    sqlx::query(limit()).execute(&w.store.writer).await.unwrap();
    let refused = w.store.queue_text(w.alice, &w.bob, &id("again"), &text.repeat(50), at(5000)).await;
    assert_eq!(refused, Err(StoreError::DiskFull));
    assert_eq!(w.store.outbox(w.alice, 0, 2000).await.unwrap().messages.len(), kept as usize);
    assert_eq!(w.ladder().await.len(), kept.min(200) as usize);
    w.store.check().await.unwrap();
    // There is space again.
    sqlx::query("PRAGMA max_page_count = 1000000").execute(&w.store.writer).await.unwrap();
    w.store.queue_text(w.alice, &w.bob, &id("again"), &text, at(5000)).await.unwrap();
    assert_eq!(w.store.search(w.alice, "pages", None, None, 2000).await.unwrap().len(), kept as usize + 1);
}

#[tokio::test]
async fn a_batch_is_taken_whole_or_not_at_all() {
    let w = world().await;
    sqlx::query(
        "CREATE TRIGGER no BEFORE INSERT ON messages WHEN new.uid = 'bad' BEGIN SELECT raise(ABORT, 'no'); END",
    )
    .execute(&w.store.writer)
    .await
    .unwrap();
    let page = [incoming("good", 10), incoming("bad", 20)];
    assert!(matches!(w.store.receive(w.alice, &page, Some("A1")).await, Err(StoreError::Internal { .. })));
    assert_eq!(w.store.conversations(w.alice).await.unwrap(), []);
    assert_eq!(w.store.account(w.alice).await.unwrap().unwrap().archive_position, None);
}

#[tokio::test]
async fn a_damaged_file_is_told_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("confab.db");
    let garbage = b"this has never been a database; ".repeat(200);
    std::fs::write(&file, &garbage).unwrap();
    assert!(matches!(Store::open(&file).await, Err(StoreError::Damaged { .. })));
    assert_eq!(std::fs::read(&file).unwrap(), garbage);
}

#[tokio::test]
async fn damage_inside_is_found() {
    let w = world().await;
    for n in 0..400 {
        w.queue(&format!("m{n}"), n).await;
    }
    w.store.close().await;
    let file = w.folder.path().join("confab.db");
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 8192].fill(0xA5);
    std::fs::write(&file, bytes).unwrap();
    let outcome = match Store::open(&file).await {
        Ok(store) => store.check().await,
        Err(error) => Err(error),
    };
    assert!(matches!(outcome, Err(StoreError::Damaged { .. })), "{outcome:?}");
}

#[tokio::test]
async fn a_file_that_was_cut_short_is_told_and_left_alone() {
    let w = world().await;
    for n in 0..400 {
        w.queue(&format!("m{n}"), n).await;
    }
    w.store.close().await;
    let file = w.folder.path().join("confab.db");
    let whole = std::fs::read(&file).unwrap();
    for length in [whole.len() / 2, whole.len() - 4096, 5_000, 50] {
        std::fs::write(&file, &whole[..length]).unwrap();
        let outcome = Store::open(&file).await.map(drop);
        assert!(matches!(outcome, Err(StoreError::Damaged { .. })), "{length} octets: {outcome:?}");
        assert_eq!(std::fs::read(&file).unwrap().len(), length);
    }
}

#[tokio::test]
async fn the_log_of_a_crash_is_read_and_what_is_no_log_is_not() {
    let w = world().await;
    let file = w.folder.path().join("confab.db");
    let log = w.folder.path().join("confab.db-wal");
    w.queue("in the log", 10).await;
    // As after a crash: the file and the log as they are, while nobody has closed anything.
    let crashed = tempfile::tempdir().unwrap();
    let copy = crashed.path().join("confab.db");
    std::fs::copy(&file, &copy).unwrap();
    std::fs::copy(&log, crashed.path().join("confab.db-wal")).unwrap();
    let store = Store::open(&copy).await.unwrap();
    assert!(store.message(w.alice, &id("in the log")).await.unwrap().is_some());
    store.close().await;
    // What is no log, or ends before its first transaction does: what is in it is nobody's.
    let other = world().await;
    other.queue("of another", 10).await;
    other.store.close().await;
    let database = other.folder.path().join("confab.db");
    let whole = std::fs::read(&log).unwrap();
    for leftover in [vec![0xA5; 9_000], whole[..20].to_vec(), whole[..3_000].to_vec()] {
        std::fs::write(other.folder.path().join("confab.db-wal"), leftover).unwrap();
        let store = Store::open(&database).await.unwrap();
        store.check().await.unwrap();
        assert!(store.message(other.alice, &id("of another")).await.unwrap().is_some());
        store.close().await;
    }
}

#[tokio::test]
async fn a_file_in_which_damage_was_met_is_read_whole_before_it_is_used_again() {
    let w = world().await;
    for n in 0..400 {
        w.queue(&format!("m{n}"), n).await;
    }
    let file = w.folder.path().join("confab.db");
    // A false alarm is forgotten.
    w.store.suspect();
    w.store.close().await;
    Store::open(&file).await.unwrap().close().await;
    assert!(!crate::database::suspicion(&file).exists());
    // The end of the file is no page that is read at the start.
    let mut bytes = std::fs::read(&file).unwrap();
    let end = bytes.len();
    bytes[end - 3 * 4096..].fill(0xA5);
    std::fs::write(&file, bytes).unwrap();
    let store = Store::open(&file).await.unwrap();
    store.suspect();
    store.close().await;
    for _ in 0..2 {
        assert!(matches!(Store::open(&file).await, Err(StoreError::Damaged { .. })), "until it is put aside");
    }
    crate::set_aside(&file, 5).unwrap().unwrap();
    Store::open(&file).await.unwrap().close().await;
}

#[tokio::test]
async fn a_newer_file_and_a_missing_folder_are_told() {
    let w = world().await;
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
        VALUES (9999, 'of the future', 1, x'00', 0)",
    )
    .execute(&w.store.writer)
    .await
    .unwrap();
    w.store.close().await;
    assert_eq!(Store::open(&w.folder.path().join("confab.db")).await.unwrap_err(), StoreError::TooNew);
    let nowhere = w.folder.path().join("no/such/folder/confab.db");
    assert!(matches!(Store::open(&nowhere).await, Err(StoreError::Inaccessible { .. })));
}

#[tokio::test]
async fn a_file_locked_by_another_program_is_told() {
    let w = world().await;
    let file = w.folder.path().join("confab.db");
    let other = Store::open(&file).await.unwrap();
    let lock = other.write().await.unwrap();
    sqlx::query("PRAGMA busy_timeout = 1").execute(&w.store.writer).await.unwrap();
    assert_eq!(w.store.set_account_name(w.alice, "A").await, Err(StoreError::Busy));
    drop(lock);
    other.close().await;
    w.store.set_account_name(w.alice, "A").await.unwrap();
}

/// Not a test of its own: opens the file as a user who may not write it.
#[tokio::test]
async fn reader_without_permission() {
    let Some(file) = std::env::var_os("CONFAB_STORE_READ_ONLY_FILE") else { return };
    println!("outcome {:?}", Store::open(Path::new(&file)).await.map(|_| ()));
}

#[cfg(unix)]
#[tokio::test]
async fn a_read_only_file_is_told() {
    use std::os::unix::{fs::PermissionsExt as _, process::CommandExt as _};

    let w = world().await;
    w.queue("kept", 10).await;
    w.store.close().await;
    let file = w.folder.path().join("confab.db");
    let before = std::fs::read(&file).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o444)).unwrap();
    std::fs::set_permissions(w.folder.path(), std::fs::Permissions::from_mode(0o555)).unwrap();
    // Permissions do not bind root: a copy of this program runs as nobody (65534).
    let program = tempfile::tempdir().unwrap();
    std::fs::set_permissions(program.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let copy = program.path().join("reader");
    std::fs::copy(std::env::current_exe().unwrap(), &copy).unwrap();
    let mut command = std::process::Command::new(&copy);
    command
        .args(["--exact", "tests::faults::reader_without_permission", "--nocapture", "--test-threads=1"])
        .env("CONFAB_STORE_READ_ONLY_FILE", &file)
        .current_dir("/");
    if std::fs::metadata("/proc/self").is_ok_and(|process| std::os::unix::fs::MetadataExt::uid(&process) == 0) {
        command.uid(65534).gid(65534);
    }
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let output = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.contains("outcome Err(ReadOnly)"), "{output}");
    assert_eq!(std::fs::read(&file).unwrap(), before);
    std::fs::set_permissions(w.folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
}

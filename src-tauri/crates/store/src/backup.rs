//! The whole file as one encrypted file, and back; and a damaged file out of the way.
//!
//! ```text
//! backup = magic (16) ‖ memory KiB (u32) ‖ passes (u32) ‖ lanes (u32) ‖ salt (16) ‖ nonce (19) ‖ chunk*
//! chunk  = XChaCha20-Poly1305 STREAM-BE32 of 64 KiB of the database and its tag (16); the last one is shorter, or empty
//! ```
//! Numbers are big-endian. The key is Argon2id (RFC 9106) of the passphrase; everything before the chunks is
//! authenticated with each of them. STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015) tells apart what was cut short, put
//! in another order, or made of two backups.
//!
//! Copies of files are not in it: they are on a server, or the person's own. Nor are secrets, which the keychain has.

use std::{
    fs::{self, File},
    io::{self, BufReader, BufWriter, Write as _},
    path::{Path, PathBuf},
};

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305,
    aead::{
        Payload,
        stream::{DecryptorBE32, EncryptorBE32},
    },
};
use rand::RngCore as _;
use zeroize::Zeroizing;

use crate::{Store, StoreError, database::suspicion};

const MAGIC: &[u8; 16] = b"Confab backup 1\n";
const SALT: usize = 16;
/// 24 octets of XChaCha20 without the counter and the mark of the end.
const NONCE: usize = 19;
const HEADER: usize = MAGIC.len() + 12 + SALT + NONCE;
const CHUNK: usize = 64 * 1024;
const TAG: usize = 16;
/// RFC 9106 §4, second recommendation: 64 MiB, 3 passes, 4 lanes; half a second on a slow computer.
const COST: Cost = Cost { memory_kib: 64 * 1024, passes: 3, lanes: 4 };
/// What a file may ask for: more would take the computer's memory, or an hour.
const MOST: Cost = Cost { memory_kib: 1024 * 1024, passes: 16, lanes: 16 };

/// Why a backup was not made or not read. Nothing of what was there before has changed.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("the passphrase is empty")]
    NoPassphrase,
    #[error("this is not a backup of Confab, or of a newer version")]
    NotABackup,
    /// Which of the two cannot be told.
    #[error("the passphrase is wrong, or the backup is damaged")]
    Undecipherable,
    #[error("a file cannot be read or written: {0}")]
    Io(#[from] io::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[derive(Debug, Clone, Copy)]
struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl Store {
    /// Writes everything into one encrypted file, while the store is in use; what is changed meanwhile is not in it. A
    /// file of that name is replaced when the new one is whole. Needs as much space beside the database, and blocks a
    /// thread for about a second per 100 MB.
    pub async fn back_up(&self, to: &Path, passphrase: &str) -> Result<(), BackupError> {
        self.back_up_at_cost(to, passphrase, COST).await
    }

    async fn back_up_at_cost(&self, to: &Path, passphrase: &str, cost: Cost) -> Result<(), BackupError> {
        if passphrase.is_empty() {
            return Err(BackupError::NoPassphrase);
        }
        // Beside the database, which is as readable as this: never on the stick or share where the backup goes.
        let plain = with_suffix(&self.path, ".backup");
        remove(&plain)?;
        let name = plain.to_str().ok_or_else(|| io::Error::other("a path is not Unicode"))?;
        let copied = sqlx::query("VACUUM INTO ?1").bind(name).execute(&self.writer).await;
        let written = match copied {
            Ok(_) => {
                let (source, to, passphrase) = (plain.clone(), to.to_owned(), Zeroizing::new(passphrase.to_owned()));
                blocking(move || encrypt_file(&source, &to, &passphrase, cost)).await
            }
            Err(error) => Err(StoreError::from(error).into()),
        };
        remove(&plain)?;
        written
    }
}

/// Puts the content of a backup in the place of the database `at`, which must not be open. What was there is set aside as
/// by [`set_aside`] with `now_ms` in its name: its new path, if there was one.
pub async fn restore(from: &Path, passphrase: &str, at: &Path, now_ms: i64) -> Result<Option<PathBuf>, BackupError> {
    let fresh = with_suffix(at, ".restored");
    for suffix in ["", "-wal", "-shm"] {
        remove(&with_suffix(&fresh, suffix))?;
    }
    let (source, target, passphrase) = (from.to_owned(), fresh.clone(), Zeroizing::new(passphrase.to_owned()));
    let outcome = async {
        blocking(move || decrypt_file(&source, &target, &passphrase)).await?;
        let store = Store::open(&fresh).await?;
        let checked = store.check().await;
        store.close().await;
        checked?;
        Ok(())
    }
    .await;
    if let Err(error) = outcome {
        for suffix in ["", "-wal", "-shm"] {
            remove(&with_suffix(&fresh, suffix))?;
        }
        return Err(error);
    }
    let before = set_aside(at, now_ms)?;
    fs::rename(&fresh, at)?;
    Ok(before)
}

/// Moves a database that cannot be opened out of the way, with all that belongs to it, so that a new one can be begun and
/// nothing is lost: the rescue copy. Its path; `None` if there was no database.
pub fn set_aside(database: &Path, now_ms: i64) -> io::Result<Option<PathBuf>> {
    let aside = with_suffix(database, &format!(".{now_ms}.aside"));
    let mut moved = None;
    // The log first: with a database of that name a log of another one would be read into it.
    for suffix in ["-wal", "-shm", ""] {
        match fs::rename(with_suffix(database, suffix), with_suffix(&aside, suffix)) {
            Ok(()) if suffix.is_empty() => moved = Some(aside.clone()),
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    remove(&suspicion(database))?;
    Ok(moved)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BackupError> + Send + 'static,
) -> Result<T, BackupError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(error) => Err(BackupError::Io(io::Error::other(error))),
    }
}

fn key(passphrase: &str, salt: &[u8], cost: Cost) -> Result<XChaCha20Poly1305, BackupError> {
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32));
    let params = params.map_err(|_| BackupError::NotABackup)?;
    let mut key = Zeroizing::new([0_u8; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), salt, key.as_mut())
        .map_err(|_| BackupError::NotABackup)?;
    Ok(XChaCha20Poly1305::new(key.as_ref().into()))
}

fn encrypt_file(source: &Path, to: &Path, passphrase: &str, cost: Cost) -> Result<(), BackupError> {
    let partial = with_suffix(to, ".part");
    let outcome = write_encrypted(source, &partial, passphrase, cost);
    if outcome.is_err() {
        remove(&partial)?;
        return outcome;
    }
    fs::rename(&partial, to)?;
    Ok(())
}

fn write_encrypted(source: &Path, to: &Path, passphrase: &str, cost: Cost) -> Result<(), BackupError> {
    let mut header = Vec::with_capacity(HEADER);
    header.extend_from_slice(MAGIC);
    for number in [cost.memory_kib, cost.passes, cost.lanes] {
        header.extend_from_slice(&number.to_be_bytes());
    }
    let mut random = [0; SALT + NONCE];
    rand::rng().fill_bytes(&mut random);
    header.extend_from_slice(&random);
    let (salt, nonce) = random.split_at(SALT);
    let mut sealing = EncryptorBE32::from_aead(key(passphrase, salt, cost)?, nonce.into());

    let mut source = BufReader::new(File::open(source)?);
    let mut to = BufWriter::new(File::create(to)?);
    to.write_all(&header)?;
    let mut chunk = Zeroizing::new(vec![0; CHUNK]);
    loop {
        let read = fill(&mut source, &mut chunk)?;
        let part = Payload { msg: chunk.get(..read).unwrap_or_default(), aad: &header };
        if read < CHUNK {
            let sealed = sealing.encrypt_last(part).map_err(|_| BackupError::Undecipherable)?;
            to.write_all(&sealed)?;
            break;
        }
        to.write_all(&sealing.encrypt_next(part).map_err(|_| BackupError::Undecipherable)?)?;
    }
    to.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    Ok(())
}

fn decrypt_file(source: &Path, to: &Path, passphrase: &str) -> Result<(), BackupError> {
    let mut source = BufReader::new(File::open(source)?);
    let mut header = [0; HEADER];
    if fill(&mut source, &mut header)? < HEADER {
        return Err(BackupError::NotABackup);
    }
    let (cost, salt, nonce) = read_header(&header)?;
    let mut opening = DecryptorBE32::from_aead(key(passphrase, salt, cost)?, nonce.into());
    let mut to = BufWriter::new(File::create(to)?);
    let mut chunk = vec![0; CHUNK + TAG];
    loop {
        let read = fill(&mut source, &mut chunk)?;
        let part = Payload { msg: chunk.get(..read).unwrap_or_default(), aad: &header };
        if read < CHUNK + TAG {
            let plain = opening.decrypt_last(part).map_err(|_| BackupError::Undecipherable)?;
            to.write_all(&plain)?;
            break;
        }
        to.write_all(&opening.decrypt_next(part).map_err(|_| BackupError::Undecipherable)?)?;
    }
    to.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    Ok(())
}

/// Cost, salt and nonce.
fn read_header(header: &[u8; HEADER]) -> Result<(Cost, &[u8], &[u8]), BackupError> {
    let rest = header.strip_prefix(MAGIC).ok_or(BackupError::NotABackup)?;
    let number = |n: usize| {
        let octets = rest.get(4 * n..4 * n + 4).and_then(|octets| octets.try_into().ok());
        octets.map(u32::from_be_bytes).ok_or(BackupError::NotABackup)
    };
    let cost = Cost { memory_kib: number(0)?, passes: number(1)?, lanes: number(2)? };
    if cost.memory_kib > MOST.memory_kib || cost.passes > MOST.passes || cost.lanes > MOST.lanes {
        return Err(BackupError::NotABackup);
    }
    let (salt, nonce) = rest.get(12..).unwrap_or_default().split_at_checked(SALT).ok_or(BackupError::NotABackup)?;
    Ok((cost, salt, nonce))
}

/// Reads until the buffer is full or the file ends.
fn fill(source: &mut impl io::Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match source.read(rest) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{World, id, world};

    /// Quick enough for tests.
    const CHEAP: Cost = Cost { memory_kib: 64, passes: 1, lanes: 1 };

    async fn backup(w: &World) -> PathBuf {
        let to = w.folder.path().join("backup.confab");
        w.store.back_up_at_cost(&to, "correct horse", CHEAP).await.unwrap();
        to
    }

    fn files(w: &World) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(w.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[tokio::test]
    async fn a_backup_brings_everything_back_and_keeps_what_was_there() {
        let w = world().await;
        for n in 0..300 {
            w.queue(&format!("m{n}"), n).await;
        }
        let to = backup(&w).await;
        let sealed = fs::read(&to).unwrap();
        assert!(!sealed.windows(7).any(|window| window == b"text of"), "nothing can be read in it");
        assert_eq!(files(&w), ["backup.confab", "confab.db", "confab.db-shm", "confab.db-wal"]);
        w.queue("later", 999).await;
        w.store.close().await;
        let database = w.folder.path().join("confab.db");
        let before = restore(&to, "correct horse", &database, 5).await.unwrap().unwrap();
        assert_eq!(files(&w), ["backup.confab", "confab.db", "confab.db.5.aside"]);
        let restored = Store::open(&database).await.unwrap();
        assert_eq!(restored.outbox(w.alice, 0, 999).await.unwrap().messages.len(), 300);
        assert_eq!(restored.search(w.alice, "m299", None, None, 9).await.unwrap().len(), 1);
        restored.close().await;
        let old = Store::open(&before).await.unwrap();
        assert!(old.message(w.alice, &id("later")).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn a_wrong_passphrase_or_a_changed_file_changes_nothing() {
        let w = world().await;
        w.queue("a", 10).await;
        let to = backup(&w).await;
        let whole = fs::read(&to).unwrap();
        w.store.close().await;
        let database = w.folder.path().join("confab.db");
        let outcome = async |file: &[u8], passphrase: &str| {
            fs::write(&to, file).unwrap();
            restore(&to, passphrase, &database, 5).await.unwrap_err().to_string()
        };
        let undecipherable = BackupError::Undecipherable.to_string();
        assert_eq!(outcome(&whole, "wrong horse").await, undecipherable);
        for n in [20, HEADER - 1, HEADER + 5, whole.len() / 2, whole.len() - 1] {
            let mut changed = whole.clone();
            changed[n] ^= 1;
            let told = outcome(&changed, "correct horse").await;
            assert!(told == undecipherable || n < HEADER, "octet {n}: {told}");
        }
        assert_eq!(outcome(&whole[..whole.len() - 1], "correct horse").await, undecipherable);
        // Cut exactly between two chunks.
        let one = HEADER + CHUNK + TAG;
        assert!(whole.len() > one, "the test needs more than one chunk");
        assert_eq!(outcome(&whole[..one], "correct horse").await, undecipherable);
        for nothing in [&b"short"[..], &[0; 500], b""] {
            assert_eq!(outcome(nothing, "correct horse").await, BackupError::NotABackup.to_string());
        }
        // One that asks for all memory.
        let mut greedy = whole.clone();
        greedy[16..20].copy_from_slice(&u32::MAX.to_be_bytes());
        assert_eq!(outcome(&greedy, "correct horse").await, BackupError::NotABackup.to_string());
        assert_eq!(files(&w), ["backup.confab", "confab.db"]);
        let store = Store::open(&database).await.unwrap();
        assert!(store.message(w.alice, &id("a")).await.unwrap().is_some());
        assert!(matches!(store.back_up(&to, "").await, Err(BackupError::NoPassphrase)));
    }

    #[tokio::test]
    async fn a_damaged_file_is_set_aside_and_a_new_one_begun() {
        let w = world().await;
        w.queue("a", 10).await;
        w.store.close().await;
        let database = w.folder.path().join("confab.db");
        fs::write(&database, b"no database any more".repeat(500)).unwrap();
        fs::write(with_suffix(&database, "-wal"), b"its log").unwrap();
        assert!(matches!(Store::open(&database).await, Err(StoreError::Damaged { .. })));
        let aside = set_aside(&database, 77).unwrap().unwrap();
        assert_eq!(fs::read(&aside).unwrap().len(), 10_000);
        let store = Store::open(&database).await.unwrap();
        assert!(store.accounts().await.unwrap().is_empty());
        store.close().await;
        assert_eq!(set_aside(&w.folder.path().join("nothing.db"), 1).unwrap(), None);
    }
}

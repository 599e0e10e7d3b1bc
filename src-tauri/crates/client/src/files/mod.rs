//! Files of messages on this device, and the transfers that bring them to and from servers.
//!
//! ```text
//! DATA/files/ACCOUNT/MESSAGE/NAME   what was downloaded (beside it NAME.part while it is not whole)
//! DATA/files/own/RANDOM/NAME        what is sent and was made here: recorded, pasted, a picture without its metadata
//! DATA/files/avatars/KEY            pictures of people, encoded anew
//! ```
//! `MESSAGE` is a hash of the message's id: ids of other clients are no names of folders. Owns these folders, the HTTP
//! client, and how many transfers run at a time. It does not decide what is loaded (the account does) nor what is shown.

mod leftovers;
mod prepare;
mod transfers;

use std::{
    collections::HashSet,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use confab_model::{AccountId, MessageId};
use confab_transfer::{Http, safe_name};
use sha2::{Digest as _, Sha256};
use tokio::sync::{OnceCell, Semaphore};

pub(crate) use prepare::{PreparedFile, prepare};
pub(crate) use transfers::{Outcome, Transfers};

/// Transfers in one direction at a time, over all accounts: more share the same link and all become slow.
const AT_ONCE: usize = 3;
/// The folder of what is made here to be sent.
const OWN: &str = "own";
/// Octets of a name on the disk: file systems take 255, the part beside it needs some.
const LONGEST_NAME: usize = 200;
/// Octets of an extension that is kept when a name is cut.
const LONGEST_EXTENSION: usize = 16;

/// What the accounts share. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    root: PathBuf,
    ca_file: Option<PathBuf>,
    http: OnceCell<Http>,
    uploads: Semaphore,
    downloads: Semaphore,
    /// What was recorded or pasted and neither sent nor thrown away.
    waiting: Mutex<HashSet<PathBuf>>,
    /// Folders of what this run has made.
    made: Mutex<HashSet<String>>,
}

impl Files {
    /// `data_dir`: of the app.
    pub(crate) fn new(data_dir: &Path, ca_file: Option<PathBuf>) -> Self {
        let shared = Shared {
            root: data_dir.join("files"),
            ca_file,
            http: OnceCell::new(),
            uploads: Semaphore::new(AT_ONCE),
            downloads: Semaphore::new(AT_ONCE),
            waiting: Mutex::default(),
            made: Mutex::default(),
        };
        Self { shared: Arc::new(shared) }
    }

    /// The client, made with the first transfer: reading the system's certificates takes a while.
    async fn http(&self) -> Result<Http, String> {
        let shared = &self.shared;
        let make = || async {
            let ca_file = shared.ca_file.clone();
            let tls = tokio::task::spawn_blocking(move || confab_session::tls_config(ca_file.as_deref()));
            let tls = tls.await.map_err(|error| error.to_string())?.map_err(|failure| format!("{failure:?}"))?;
            Http::new(Arc::new(tls))
        };
        shared.http.get_or_try_init(make).await.cloned()
    }

    fn of_account(&self, account: AccountId) -> PathBuf {
        self.shared.root.join(account.0.to_string())
    }

    /// Where the file of a message goes.
    fn of_message(&self, account: AccountId, message: &MessageId) -> PathBuf {
        let hash = Sha256::digest(message.as_str());
        let name: String = hash.iter().take(16).map(|octet| format!("{octet:02x}")).collect();
        self.of_account(account).join(name)
    }

    /// A new path for something that is made here. Blocks.
    pub(crate) fn own_path(&self, name: &str) -> io::Result<PathBuf> {
        let name_of_folder = uuid::Uuid::new_v4().simple().to_string();
        let folder = self.shared.root.join(OWN).join(&name_of_folder);
        // Before it is there: nobody takes it for one of an earlier run.
        self.made().insert(name_of_folder);
        std::fs::create_dir_all(&folder)?;
        Ok(folder.join(disk_name(name)))
    }

    /// [`Files::own_path`] for what waits until a person sends it or thinks better of it.
    pub(crate) fn waiting_path(&self, name: &str) -> io::Result<PathBuf> {
        let path = self.own_path(name)?;
        self.waiting().insert(path.clone());
        Ok(path)
    }

    pub(crate) fn is_waiting(&self, path: &Path) -> bool {
        self.waiting().contains(path)
    }

    /// A file does not wait any more: it is sent, or to be deleted. Whether it did.
    pub(crate) fn end_waiting(&self, path: &Path) -> bool {
        self.waiting().remove(path)
    }

    /// Deletes what waits. Whether it did.
    pub(crate) fn throw_away(&self, path: PathBuf) -> bool {
        let did_wait = self.end_waiting(&path);
        if did_wait {
            self.delete(vec![path]);
        }
        did_wait
    }

    fn waiting(&self) -> MutexGuard<'_, HashSet<PathBuf>> {
        // A set of paths has no state in between.
        self.shared.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn made(&self) -> MutexGuard<'_, HashSet<String>> {
        self.shared.made.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this run made a folder of that name.
    fn was_made_now(&self, name: &str) -> bool {
        self.made().contains(name)
    }

    /// Where a picture of a person is kept. `None`: that is no key (SHA-1 in hexadecimal).
    pub(crate) fn avatar_path(&self, key: &str) -> Option<PathBuf> {
        let is_key = key.len() == 40 && key.bytes().all(|c| c.is_ascii_hexdigit());
        is_key.then(|| self.shared.root.join("avatars").join(key))
    }

    /// Whether Confab made the file, so that it goes with its message.
    fn is_own(&self, path: &Path) -> bool {
        path.starts_with(&self.shared.root)
    }

    /// Deletes copies, and their folders. What Confab did not make stays. In the background.
    pub(crate) fn delete(&self, copies: Vec<PathBuf>) {
        let copies: Vec<_> = copies.into_iter().filter(|path| self.is_own(path)).collect();
        if copies.is_empty() {
            return;
        }
        tokio::task::spawn_blocking(move || {
            for copy in copies {
                if let Err(error) = std::fs::remove_file(&copy)
                    && error.kind() != io::ErrorKind::NotFound
                {
                    tracing::warn!(%error, "a copy of a file cannot be deleted");
                }
                if let Some(folder) = copy.parent() {
                    // Fails if there is something else in it.
                    let _ = std::fs::remove_dir(folder);
                }
            }
        });
    }

    /// Deletes whatever was downloaded of a message, parts too. In the background.
    fn delete_of_message(&self, account: AccountId, message: &MessageId) {
        let folder = self.of_message(account, message);
        tokio::task::spawn_blocking(move || std::fs::remove_dir_all(folder));
    }

    /// Deletes everything that an account has here.
    pub(crate) async fn delete_of_account(&self, account: AccountId) {
        let folder = self.of_account(account);
        let done = tokio::fs::remove_dir_all(folder).await;
        if let Err(error) =
            done.or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
        {
            tracing::warn!(%error, "the files of an account cannot be deleted");
        }
    }
}

/// A safe name that leaves room for what stands beside the file.
fn disk_name(name: &str) -> String {
    let safe = safe_name(name);
    if safe.len() <= LONGEST_NAME {
        return safe;
    }
    let (stem, extension) = match safe.rfind('.') {
        Some(at) if safe.len() - at <= LONGEST_EXTENSION => safe.split_at(at),
        _ => (safe.as_str(), ""),
    };
    let mut end = LONGEST_NAME - extension.len();
    while !stem.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{extension}", &stem[..end])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn ids_of_others_are_no_paths() {
        let files = Files::new(Path::new("/data"), None);
        let folder = files.of_message(AccountId(7), &"../../../etc".into());
        assert_eq!(folder.parent().unwrap(), Path::new("/data/files/7"));
        assert_eq!(folder.file_name().unwrap().len(), 32);
        assert_ne!(folder, files.of_message(AccountId(7), &"../../../Etc".into()));
    }

    #[test]
    fn what_was_sent_or_was_never_kept_does_not_wait() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::new(folder.path(), None);
        let (sent, dropped) = (files.waiting_path("a.ogg").unwrap(), files.waiting_path("a.ogg").unwrap());
        assert_ne!(sent, dropped);
        assert!(files.is_waiting(&sent) && !files.is_waiting(Path::new("/etc/passwd")));
        assert!(files.end_waiting(&sent) && files.end_waiting(&dropped));
        assert!(!files.end_waiting(&sent) && !files.is_waiting(&sent), "once");
        assert!(!files.end_waiting(Path::new("/etc/passwd")));
    }

    #[test]
    fn a_long_name_leaves_room_for_its_part() {
        let name = disk_name(&format!("{}.jpeg", "照".repeat(100)));
        assert!(name.len() <= LONGEST_NAME && name.ends_with("照.jpeg"), "{name}");
        assert_eq!(disk_name("../a.txt"), "a.txt");
    }

    #[tokio::test]
    async fn only_what_was_made_here_is_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::new(&folder.path().join("data"), None);
        let copy = files.own_path("a.txt").unwrap();
        let foreign = folder.path().join("b.txt");
        for path in [&copy, &foreign] {
            std::fs::write(path, b"x").unwrap();
        }
        files.delete(vec![copy.clone(), foreign.clone()]);
        while copy.parent().unwrap().exists() {
            tokio::task::yield_now().await;
        }
        assert!(foreign.exists());
    }
}

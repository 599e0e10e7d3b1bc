//! What earlier runs made to be sent and nobody sent: recorded or pasted, and the process was killed before it was sent or
//! thrown away.
//!
//! In: the folder of what was made here, and the store, which knows what belongs to messages (drafts are texts; what waits to
//! be sent is a message already). Deleted is only what no message has, this run did not make and is older than a day (another
//! run may be on); and nothing as long as a history that was set aside may have it, or one is to be restored: without an account
//! there is none.

use std::{
    collections::HashSet,
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use confab_store::Store;

use super::{Files, OWN};
use crate::OperationError;

/// What is younger may be another run's.
const OLD: Duration = Duration::from_secs(24 * 3600);

impl Files {
    /// Deletes them. How many there were.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn sweep_leftovers(&self, store: &Store, now: SystemTime) -> Result<usize, OperationError> {
        if store.accounts().await?.is_empty() {
            return Ok(0);
        }
        let files = self.clone();
        let found = tokio::task::spawn_blocking(move || files.of_earlier_runs(now)).await;
        let found = found.map_err(|_| OperationError::gone())?.unwrap_or_else(|error| {
            tracing::warn!(%error, "what was never sent cannot be looked for");
            Vec::new()
        });
        if found.is_empty() {
            return Ok(0);
        }
        // By the names of their folders: the data folder may be somewhere else than it was.
        let kept: HashSet<_> = store.local_files().await?.iter().filter_map(|path| folder_of(path)).collect();
        let left: Vec<_> =
            found.into_iter().filter(|folder| name(folder).is_some_and(|n| !kept.contains(&n))).collect();
        let count = left.len();
        let delete = move || {
            for folder in left {
                if let Err(error) = fs::remove_dir_all(folder) {
                    tracing::warn!(%error, "what was never sent cannot be deleted");
                }
            }
        };
        tokio::task::spawn_blocking(delete).await.map_err(|_| OperationError::gone())?;
        Ok(count)
    }

    /// The folders that earlier runs made. Blocks.
    fn of_earlier_runs(&self, now: SystemTime) -> io::Result<Vec<PathBuf>> {
        let own = self.shared.root.join(OWN);
        if !own.is_dir() || self.shared.root.parent().map_or(Ok(true), has_history_aside)? {
            return Ok(Vec::new());
        }
        let mut folders = Vec::new();
        for entry in fs::read_dir(own)? {
            let entry = entry?;
            let is_made_here = |name: &str| name.len() == 32 && name.bytes().all(|c| c.is_ascii_hexdigit());
            let is_old = |name: &str| is_made_here(name) && !self.was_made_now(name);
            // Of a link the type is not the folder's.
            if !entry.file_type()?.is_dir() || !entry.file_name().to_str().is_some_and(is_old) {
                continue;
            }
            let age = now.duration_since(entry.metadata()?.modified()?);
            if age.is_ok_and(|age| age > OLD) {
                folders.push(entry.path());
            }
        }
        Ok(folders)
    }
}

/// Damaged, or replaced by a restored one: its messages may have files here.
fn has_history_aside(data_dir: &Path) -> io::Result<bool> {
    for entry in fs::read_dir(data_dir)? {
        if entry?.path().extension().is_some_and(|end| end == "aside") {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The name of the folder in which a file lies, as whatever system wrote the path.
fn folder_of(path: &Path) -> Option<String> {
    Some(path.to_str()?.rsplit(['/', '\\']).nth(1)?.to_owned())
}

fn name(folder: &Path) -> Option<String> {
    Some(folder.file_name()?.to_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use confab_model::{Composed, ConversationKind, MessageBody, MessageId, Pii, SharedFile, Timestamp};
    use confab_store::{LocalFile, Queued, ShownFile};

    use super::*;

    fn tomorrow() -> SystemTime {
        SystemTime::now() + 2 * OLD
    }

    struct World {
        folder: tempfile::TempDir,
        store: Store,
    }

    async fn world() -> World {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("history.sqlite")).await.unwrap();
        store.add_account(&"me@example.org".parse().unwrap(), None, false).await.unwrap();
        World { folder, store }
    }

    impl World {
        /// The files as a new run of the app sees them.
        fn files(&self) -> Files {
            Files::new(self.folder.path(), None)
        }

        fn make(&self, files: &Files) -> PathBuf {
            let path = files.waiting_path("a.ogg").unwrap();
            fs::write(&path, b"x").unwrap();
            path
        }

        /// A message that waits for the upload of a file.
        async fn send(&self, path: &Path) {
            let account = self.store.accounts().await.unwrap()[0].id;
            let file = SharedFile {
                name: "a.ogg".into(),
                media_type: "audio/ogg".into(),
                size: Some(1),
                urls: Vec::new(),
                sha256: None,
                width: 0,
                height: 0,
                duration_ms: 0,
                voice: None,
                thumbnail: None,
            };
            let content = Composed {
                body: MessageBody::File { file: Box::new(file), caption: Pii(String::new()) },
                ..Composed::text("")
            };
            let shown = ShownFile { name: "a.ogg".into(), thumbnail: None };
            let upload = LocalFile { path: path.to_owned(), is_copy: true, size: 1 };
            let queued = Queued { shown: Some(&shown), upload: Some(&upload), ..Queued::default() };
            let bob = "bob@example.org".parse().unwrap();
            let to = (&bob, ConversationKind::Direct);
            self.store.queue(account, to, &MessageId::from("m"), (&content, &queued), Timestamp(1)).await.unwrap();
        }
    }

    #[tokio::test]
    async fn what_a_killed_run_made_and_nobody_sent_goes() {
        let w = world().await;
        assert_eq!(w.files().sweep_leftovers(&w.store, tomorrow()).await.unwrap(), 0, "nothing was ever made");
        let killed = w.files();
        let (sent, left, empty) = (w.make(&killed), w.make(&killed), killed.own_path("b.png").unwrap());
        w.send(&sent).await;
        let own = w.folder.path().join("files/own");
        fs::create_dir(own.join("notes of mine")).unwrap();
        fs::write(own.join("0123456789abcdef0123456789abcdef"), b"no folder").unwrap();

        let files = w.files();
        let now = w.make(&files);
        assert_eq!(files.sweep_leftovers(&w.store, SystemTime::now()).await.unwrap(), 0, "another run may be on");
        assert_eq!(files.sweep_leftovers(&w.store, tomorrow()).await.unwrap(), 2);
        let is_there = |path: &PathBuf| path.parent().unwrap().exists();
        assert_eq!([&sent, &left, &empty, &now].map(is_there), [true, false, false, true]);
        assert_eq!(fs::read_dir(&own).unwrap().count(), 4, "and what Confab did not make");
        assert_eq!(files.sweep_leftovers(&w.store, tomorrow()).await.unwrap(), 0);
    }

    #[tokio::test]
    async fn what_a_history_beside_this_one_may_have_stays() {
        let w = world().await;
        let left = w.make(&w.files());
        let aside = w.folder.path().join("history.sqlite.17.aside");
        fs::write(&aside, b"damaged").unwrap();
        assert_eq!(w.files().sweep_leftovers(&w.store, tomorrow()).await.unwrap(), 0);
        assert!(left.exists());
        fs::remove_file(aside).unwrap();
        assert_eq!(w.files().sweep_leftovers(&w.store, tomorrow()).await.unwrap(), 1);
        assert!(!left.exists());
    }

    /// It is about to be restored.
    #[tokio::test]
    async fn without_a_history_everything_stays() {
        let w = world().await;
        let left = w.make(&w.files());
        let empty = Store::open(&w.folder.path().join("other.sqlite")).await.unwrap();
        assert_eq!(w.files().sweep_leftovers(&empty, tomorrow()).await.unwrap(), 0);
        assert!(left.exists());
    }

    #[tokio::test]
    async fn a_moved_data_folder_keeps_its_files() {
        let w = world().await;
        let sent = w.make(&w.files());
        w.send(&Path::new("/elsewhere/files/own").join(sent.parent().unwrap().file_name().unwrap()).join("a.ogg"))
            .await;
        assert_eq!(w.files().sweep_leftovers(&w.store, tomorrow()).await.unwrap(), 0);
        assert!(sent.exists());
        let windows = Path::new(r"C:\Users\me\files\own\0123\a.ogg");
        assert_eq!(folder_of(windows).as_deref(), Some("0123"));
    }
}

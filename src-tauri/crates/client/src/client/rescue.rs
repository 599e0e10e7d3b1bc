//! A history file that cannot be read any more: out of the way, and a new one in its place.
//!
//! In: the data folder, before the core has started. Out: where the damaged file is now. Nothing is deleted: whoever can
//! repair files finds all of it there, and what the server's archive still has comes back at the next sign-in.

use std::{
    io,
    path::{Path, PathBuf},
};

use confab_model::Timestamp;
use confab_store::{Store, StoreError};

use crate::{ErrorCode, OperationError, clock::Clock};

/// The history of a data folder.
pub(crate) fn history_file(data_dir: &Path) -> PathBuf {
    data_dir.join("history.sqlite")
}

/// Why there is no data folder, in the words of the history file, which would be the next to fail.
pub(crate) fn no_folder(error: &io::Error) -> OperationError {
    let code = match error.kind() {
        io::ErrorKind::ReadOnlyFilesystem => ErrorCode::StoreReadOnly,
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ErrorCode::DiskFull,
        _ => ErrorCode::StoreInaccessible,
    };
    OperationError::new(code, "the data folder cannot be made or closed to others").with_detail(error)
}

/// Puts a damaged history, with all that belongs to it, aside in the same folder under another name, which is returned.
/// `None`: it can be opened and is sound, so nothing was done.
///
/// # Errors
/// It cannot be opened for another reason (then it stays where it is), or it cannot be renamed.
pub async fn set_history_aside(data_dir: &Path) -> Result<Option<PathBuf>, OperationError> {
    let file = history_file(data_dir);
    let found = match Store::open(&file).await {
        Ok(store) => {
            let checked = store.check().await;
            store.close().await;
            checked
        }
        Err(error) => Err(error),
    };
    match found {
        Ok(()) => return Ok(None),
        Err(StoreError::Damaged { detail }) => tracing::error!(detail, "the history is damaged and set aside"),
        Err(error) => return Err(error.into()),
    }
    let Timestamp(now_ms) = Clock::new().now().wall;
    let moved = tokio::task::spawn_blocking(move || confab_store::set_aside(&file, now_ms)).await;
    let failed = |error: &dyn std::fmt::Display| {
        OperationError::new(ErrorCode::StoreInaccessible, "the damaged history cannot be renamed").with_detail(error)
    };
    match moved {
        Ok(Ok(aside)) => Ok(aside),
        Ok(Err(error)) => Err(failed(&error)),
        Err(error) => Err(failed(&error)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::{Client, ClientConfig, SecretPlace};

    async fn start(folder: &Path) -> Result<Client, OperationError> {
        let config = ClientConfig::new(folder.to_owned(), "test".to_owned());
        Client::start(ClientConfig { secrets: Some(SecretPlace::File), ..config }).await
    }

    #[tokio::test]
    async fn a_damaged_history_is_told_set_aside_and_begun_anew() {
        let folder = tempfile::tempdir().unwrap();
        let file = history_file(folder.path());
        let garbage = b"no database any more".repeat(500);
        std::fs::write(&file, &garbage).unwrap();
        let error = start(folder.path()).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::StoreDamaged, "{error:?}");
        assert_eq!(std::fs::read(&file).unwrap(), garbage, "left as it was");
        let aside = set_history_aside(folder.path()).await.unwrap().unwrap();
        assert_eq!(std::fs::read(&aside).unwrap(), garbage);
        let client = start(folder.path()).await.unwrap();
        assert!(client.startup().await.unwrap().accounts.is_empty());
        client.shut_down().await;
        drop(client);
        assert_eq!(set_history_aside(folder.path()).await.unwrap(), None, "a sound one stays");
        assert!(file.exists() && aside.exists());
    }
}

//! Files of messages.

use std::path::PathBuf;

use confab_media::image;
use confab_model::{AccountId, MessageId};
use confab_store::StoredFile;

use super::Client;
use crate::{ErrorCode, OperationError, account::AccountMessage, pictures::data_url};

/// Octets of what is pasted or dropped: it goes through memory.
const MAX_KEPT: usize = 64 * 1024 * 1024;
/// Octets of a picture that a window gets as a `data:` URL.
const MAX_SHOWN: u64 = 32 * 1024 * 1024;

impl Client {
    /// Fetches the file of a message; progress and end come as events.
    pub async fn download(&self, account: AccountId, message: MessageId) -> Result<(), OperationError> {
        self.handle(account)?.ask(|reply| AccountMessage::Download { message, reply }).await
    }

    /// Stops an upload (the message fails as cancelled) or a download (which goes on from there the next time).
    ///
    /// # Errors
    /// `NotAllowed` if nothing is being transferred.
    pub async fn cancel_transfer(&self, account: AccountId, message: MessageId) -> Result<(), OperationError> {
        self.handle(account)?.ask(|reply| AccountMessage::CancelTransfer { message, reply }).await
    }

    /// Copies the file of a message into a folder, under a name that is free there. Where it is then.
    ///
    /// # Errors
    /// `FileFailed`: it is not on this device, or the folder cannot be written.
    pub async fn save_attachment(
        &self,
        account: AccountId,
        message: MessageId,
        folder: PathBuf,
    ) -> Result<PathBuf, OperationError> {
        let (stored, path) = self.local_file(account, &message).await?;
        blocking(move || {
            confab_transfer::keep_copy(&path, &folder, &stored.name).map_err(|error| {
                let code = if error.kind() == std::io::ErrorKind::StorageFull {
                    ErrorCode::DiskFull
                } else {
                    ErrorCode::FileFailed
                };
                OperationError::new(code, "the file cannot be saved there").with_detail(error)
            })
        })
        .await
    }

    /// Where the file of a message is on this device, to be opened by the system.
    pub async fn attachment_path(&self, account: AccountId, message: MessageId) -> Result<PathBuf, OperationError> {
        Ok(self.local_file(account, &message).await?.1)
    }

    /// A picture of a message that is on this device, as a `data:` URL. Its kind and size are checked by its content.
    ///
    /// # Errors
    /// `FileFailed`: it is not here, no picture, or too large.
    pub async fn picture(&self, account: AccountId, message: MessageId) -> Result<String, OperationError> {
        let (_, path) = self.local_file(account, &message).await?;
        blocking(move || {
            let unreadable = |detail: String| {
                OperationError::new(ErrorCode::FileFailed, "the picture cannot be shown").with_detail(detail)
            };
            let size = std::fs::metadata(&path).map_err(|error| unreadable(error.to_string()))?.len();
            if size > MAX_SHOWN {
                return Err(unreadable("it is too large".to_owned()));
            }
            let bytes = std::fs::read(&path).map_err(|error| unreadable(error.to_string()))?;
            let info = image::inspect(&bytes).map_err(|error| unreadable(error.to_string()))?;
            Ok(data_url(info.media_type, &bytes))
        })
        .await
    }

    /// Keeps what was pasted or dropped until it is sent: a path for a draft.
    pub async fn keep_file(&self, name: String, bytes: Vec<u8>) -> Result<PathBuf, OperationError> {
        if bytes.is_empty() || bytes.len() > MAX_KEPT {
            return Err(OperationError::new(ErrorCode::InvalidArgument, "1 byte to 64 MiB"));
        }
        let files = self.shared.files.clone();
        blocking(move || {
            let keep = || {
                let path = files.own_path(&name)?;
                std::fs::write(&path, bytes).map(|()| path)
            };
            keep().map_err(|error| {
                OperationError::new(ErrorCode::FileFailed, "the file cannot be kept").with_detail(error)
            })
        })
        .await
    }

    async fn local_file(
        &self,
        account: AccountId,
        message: &MessageId,
    ) -> Result<(StoredFile, PathBuf), OperationError> {
        let stored = self.shared.store.file(account, message).await?;
        let stored =
            stored.ok_or_else(|| OperationError::new(ErrorCode::UnknownMessage, "there is no file in this message"))?;
        match &stored.local {
            Some(local) if local.path.is_file() => {
                let path = local.path.clone();
                Ok((stored, path))
            }
            _ => Err(OperationError::new(ErrorCode::FileFailed, "the file is not on this device")),
        }
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, OperationError> + Send + 'static,
) -> Result<T, OperationError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| OperationError::gone())?
}

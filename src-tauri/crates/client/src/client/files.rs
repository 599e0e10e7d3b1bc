//! Files of messages.

use std::path::{Path, PathBuf};

use confab_media::image;
use confab_model::{AccountId, MessageId};
use confab_store::StoredFile;

use super::{Client, PickedFile};
use crate::{ErrorCode, OperationError, account::AccountMessage, pictures::data_url};

/// Octets of what is pasted or dropped: it goes through memory.
const MAX_KEPT: usize = 64 * 1024 * 1024;
/// Octets of a picture that a window gets as a `data:` URL.
const MAX_SHOWN: u64 = 32 * 1024 * 1024;
/// Pixels of the longer side of a picture that is about to be sent.
const PREVIEW_EDGE: u32 = 640;

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
        blocking(move || confab_transfer::keep_copy(&path, &folder, &stored.name).map_err(not_saved)).await
    }

    /// Copies the file of a message to a path that the person chose, in place of what is there: whoever asked has asked
    /// about that. What was there before is lost only when the copy is whole.
    ///
    /// # Errors
    /// As [`Client::save_attachment`].
    pub async fn save_attachment_as(
        &self,
        account: AccountId,
        message: MessageId,
        path: PathBuf,
    ) -> Result<PathBuf, OperationError> {
        let (_, from) = self.local_file(account, &message).await?;
        blocking(move || {
            confab_transfer::copy_over(&from, &path).map_err(not_saved)?;
            Ok(path)
        })
        .await
    }

    /// The name that the file of a message should have elsewhere.
    pub async fn attachment_name(&self, account: AccountId, message: MessageId) -> Result<String, OperationError> {
        Ok(self.local_file(account, &message).await?.0.name)
    }

    /// What is shown of a file before it is sent.
    ///
    /// # Errors
    /// `FileFailed`: it cannot be read, or is a folder.
    pub async fn picked_file(&self, path: PathBuf) -> Result<PickedFile, OperationError> {
        blocking(move || {
            let unreadable = |detail: String| {
                OperationError::new(ErrorCode::FileFailed, "the file cannot be read").with_detail(detail)
            };
            let metadata = std::fs::metadata(&path).map_err(|error| unreadable(error.to_string()))?;
            if !metadata.is_file() {
                return Err(unreadable("it is a folder or a device".to_owned()));
            }
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let size = u32::try_from(metadata.len()).unwrap_or(u32::MAX);
            let preview = (metadata.len() <= image::LARGEST_FILE).then(|| preview(&path)).flatten();
            Ok(PickedFile { path: path.to_string_lossy().into_owned(), name, size, preview })
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
                let path = files.waiting_path(&name)?;
                std::fs::write(&path, bytes).map(|()| path)
            };
            keep().map_err(|error| {
                OperationError::new(ErrorCode::FileFailed, "the file cannot be kept").with_detail(error)
            })
        })
        .await
    }

    /// Deletes what was recorded or kept here and is not to be sent after all.
    ///
    /// # Errors
    /// `NotAllowed`: it was sent, thrown away already, or never kept by this run of the app.
    pub async fn discard_file(&self, path: PathBuf) -> Result<(), OperationError> {
        match self.shared.files.throw_away(path) {
            true => Ok(()),
            false => Err(OperationError::new(ErrorCode::NotAllowed, "that file does not wait to be sent")),
        }
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

fn not_saved(error: std::io::Error) -> OperationError {
    let code = match error.kind() {
        std::io::ErrorKind::StorageFull => ErrorCode::DiskFull,
        _ => ErrorCode::FileFailed,
    };
    OperationError::new(code, "the file cannot be saved there").with_detail(error)
}

/// A small picture of a file that is one. Blocks.
fn preview(path: &Path) -> Option<String> {
    let mut start = [0; 12];
    let mut file = std::fs::File::open(path).ok()?;
    std::io::Read::read_exact(&mut file, &mut start).ok()?;
    if !looks_like_a_picture(&start) {
        return None;
    }
    let small = image::thumbnail(&std::fs::read(path).ok()?, PREVIEW_EDGE).ok()?;
    Some(data_url(small.info.media_type, &small.bytes))
}

/// By its first octets, so that large files of other kinds are not read whole.
fn looks_like_a_picture(start: &[u8; 12]) -> bool {
    start.starts_with(b"\x89PNG")
        || start.starts_with(&[0xff, 0xd8, 0xff])
        || start.starts_with(b"GIF8")
        || start.starts_with(b"BM")
        || (start.starts_with(b"RIFF") && start.ends_with(b"WEBP"))
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, OperationError> + Send + 'static,
) -> Result<T, OperationError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| OperationError::gone())?
}

//! Running transfers of one account. Each has a task; its end comes back through the account's mailbox, its progress goes
//! to the listeners directly, at most five times a second.

use std::{
    collections::HashMap,
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use confab_model::{
    Account, AccountId, BareJid, ConnectionState, Event, FailureWhy, MessageId, TransferFailure, TransferProgress,
};
use confab_session::{RequestError, SessionHandle, UploadError as SlotError};
use confab_store::{LocalFile, StoredFile, Uploaded};
use confab_transfer::{Download, Expected, Progress, Upload, UploadError};
use sha2::{Digest as _, Sha256};
use tokio::{
    sync::{mpsc, watch},
    task::AbortHandle,
};

use super::{Files, disk_name};
use crate::{account::AccountMessage, event_bus::EventBus};

/// How long a server may take after the sign-in to tell that it takes files.
const SERVICE_TIMEOUT: Duration = Duration::from_secs(20);
/// Pauses between tries.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// Tries of an upload whose server cannot be reached though the stream is up.
const UPLOAD_TRIES: u32 = 6;
/// Tries of a download that breaks off; each goes on where the one before ended.
const DOWNLOAD_TRIES: u32 = 3;
/// What is read of a file at a time for its checksum.
const CHUNK: usize = 256 * 1024;

/// How a transfer ended.
#[derive(Debug)]
pub(crate) enum Outcome {
    Uploaded(Uploaded),
    NotUploaded(FailureWhy),
    Downloaded(LocalFile),
    NotDownloaded(TransferFailure),
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Transfers {
    account: AccountId,
    files: Files,
    session: SessionHandle,
    state: watch::Receiver<Account>,
    bus: EventBus,
    mailbox: mpsc::WeakSender<AccountMessage>,
    running: HashMap<MessageId, (u64, AbortHandle)>,
    /// Of the last one.
    number: u64,
}

impl Transfers {
    pub(crate) fn new(
        (account, files): (AccountId, Files),
        (session, state): (SessionHandle, watch::Receiver<Account>),
        bus: EventBus,
        mailbox: mpsc::WeakSender<AccountMessage>,
    ) -> Self {
        Self { account, files, session, state, bus, mailbox, running: HashMap::new(), number: 0 }
    }

    pub(crate) fn is_running(&self, message: &MessageId) -> bool {
        self.running.contains_key(message)
    }

    /// Brings a file to the server.
    pub(crate) fn upload(&mut self, stored: StoredFile) {
        let (files, session, state) = (self.files.clone(), self.session.clone(), self.state.clone());
        let reporter = self.reporter(&stored.message, &stored.conversation);
        self.run(stored.message.clone(), async move {
            match upload(&files, &session, state, stored, &reporter).await {
                Ok(uploaded) => Outcome::Uploaded(uploaded),
                Err(why) => Outcome::NotUploaded(why),
            }
        });
    }

    /// Fetches a file; at most `limit` octets.
    pub(crate) fn download(&mut self, stored: StoredFile, limit: u64) {
        let (files, account) = (self.files.clone(), self.account);
        let reporter = self.reporter(&stored.message, &stored.conversation);
        self.run(stored.message.clone(), async move {
            match download(&files, account, stored, limit, &reporter).await {
                Ok(local) => Outcome::Downloaded(local),
                Err(why) => Outcome::NotDownloaded(why),
            }
        });
    }

    fn run(&mut self, message: MessageId, transfer: impl Future<Output = Outcome> + Send + 'static) {
        self.stop(&message);
        self.number += 1;
        let (number, mailbox, id) = (self.number, self.mailbox.clone(), message.clone());
        let task = tokio::spawn(async move {
            let outcome = transfer.await;
            if let Some(mailbox) = mailbox.upgrade() {
                let _ = mailbox.send(AccountMessage::Transferred { message: id, number, outcome }).await;
            }
        });
        self.running.insert(message, (number, task.abort_handle()));
    }

    fn reporter(&self, message: &MessageId, conversation: &BareJid) -> Reporter {
        let (message, conversation) = (message.clone(), conversation.clone());
        Reporter { bus: self.bus.clone(), account: self.account, conversation, message }
    }

    /// Whether this end is of the transfer that runs; it does not run any more.
    pub(crate) fn ended(&mut self, message: &MessageId, number: u64) -> bool {
        let is_current = self.running.get(message).is_some_and(|(running, _)| *running == number);
        if is_current {
            self.running.remove(message);
        }
        is_current
    }

    /// Stops the transfer of a message. What came of a download stays. Whether there was one.
    pub(crate) fn stop(&mut self, message: &MessageId) -> bool {
        let task = self.running.remove(message);
        if let Some((_, task)) = &task {
            task.abort();
        }
        task.is_some()
    }

    /// The message is gone: so is whatever is here of its file.
    pub(crate) fn forget(&mut self, message: &MessageId) {
        self.stop(message);
        self.files.delete_of_message(self.account, message);
    }

    pub(crate) fn delete_copies(&self, copies: Vec<PathBuf>) {
        self.files.delete(copies);
    }
}

impl Drop for Transfers {
    fn drop(&mut self) {
        for (_, task) in self.running.values() {
            task.abort();
        }
    }
}

/// Tells how a transfer goes on.
struct Reporter {
    bus: EventBus,
    account: AccountId,
    conversation: BareJid,
    message: MessageId,
}

impl Reporter {
    async fn follow<T>(&self, transfer: impl Future<Output = T>, mut progress: watch::Receiver<TransferProgress>) -> T {
        tokio::pin!(transfer);
        loop {
            tokio::select! {
                biased;
                result = &mut transfer => return result,
                Ok(()) = progress.changed() => {
                    let progress = *progress.borrow_and_update();
                    let event = Event::TransferProgressed {
                        conversation: self.conversation.clone(),
                        message: self.message.clone(),
                        progress,
                    };
                    self.bus.publish(Some(self.account), event);
                }
            }
        }
    }
}

async fn upload(
    files: &Files,
    session: &SessionHandle,
    mut state: watch::Receiver<Account>,
    stored: StoredFile,
    reporter: &Reporter,
) -> Result<Uploaded, FailureWhy> {
    let unreadable = |detail: String| FailureWhy::FileUnreadable { detail };
    let _place = files.shared.uploads.acquire().await;
    let local = stored.local.ok_or_else(|| unreadable("it is not on this device".to_owned()))?;
    let path = local.path.clone();
    let (size, sha256) = tokio::task::spawn_blocking(move || checksum(&path))
        .await
        .map_err(|error| unreadable(error.to_string()))?
        .map_err(|error| unreadable(error.to_string()))?;
    let http = files.http().await.map_err(|detail| FailureWhy::Other { detail })?;
    let mut pause = FIRST_PAUSE;
    let mut tries = 0;
    loop {
        wait_for_service(&mut state).await?;
        let detail = match session.upload_slot(&stored.name, size, &stored.file.media_type).await {
            Err(error) => slot_failure(error)?,
            Ok(slot) => {
                let upload = Upload {
                    file: local.path.clone(),
                    size,
                    media_type: stored.file.media_type.clone(),
                    put_url: slot.put_url,
                    headers: slot.headers,
                };
                let (progress, told) = Progress::new(Some(size));
                match reporter.follow(http.upload(&upload, progress), told).await {
                    Ok(()) => {
                        return Ok(Uploaded { urls: vec![slot.get_url], sha256: Some(sha256), size: Some(size) });
                    }
                    Err(error) => upload_failure(error)?,
                }
            }
        };
        tries += 1;
        tracing::info!(detail, tries, "an upload is tried again");
        if tries >= UPLOAD_TRIES {
            return Err(FailureWhy::Other { detail });
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// `Ok`: worth another try, with what happened.
fn slot_failure(error: SlotError) -> Result<String, FailureWhy> {
    match error {
        SlotError::TooLarge { limit } => {
            Err(FailureWhy::TooLarge { limit: limit.and_then(|limit| u32::try_from(limit).ok()) })
        }
        SlotError::QuotaReached(detail) => Err(FailureWhy::Refused { detail }),
        SlotError::Request(RequestError::Refused(refusal)) => Err(FailureWhy::Refused { detail: refusal.to_string() }),
        SlotError::NoService | SlotError::Request(_) => Ok(error.to_string()),
    }
}

/// `Ok`: worth another try, with what happened.
fn upload_failure(error: UploadError) -> Result<String, FailureWhy> {
    match error {
        UploadError::Unreachable(detail) => Ok(detail),
        UploadError::Unreadable(detail) => Err(FailureWhy::FileUnreadable { detail }),
        UploadError::TooLarge => Err(FailureWhy::TooLarge { limit: None }),
        UploadError::Refused(detail) => Err(FailureWhy::Refused { detail }),
    }
}

/// Waits for the stream, as long as that takes, and then a while for the server to say that it takes files.
async fn wait_for_service(state: &mut watch::Receiver<Account>) -> Result<(), FailureWhy> {
    let is_online = |account: &Account| matches!(account.connection, ConnectionState::Online { .. });
    let gone = |_| FailureWhy::Cancelled;
    loop {
        state.wait_for(is_online).await.map_err(gone)?;
        let told = state.wait_for(|account| account.server.upload || !is_online(account));
        match tokio::time::timeout(SERVICE_TIMEOUT, told).await {
            Ok(account) if account.as_ref().is_ok_and(|account| account.server.upload) => return Ok(()),
            Ok(Ok(_)) => {}
            Ok(Err(_)) => return Err(FailureWhy::Cancelled),
            Err(_) => return Err(FailureWhy::NoUpload),
        }
    }
}

/// Octets and SHA-256 of a file. Blocks.
fn checksum(path: &Path) -> io::Result<(u64, [u8; 32])> {
    let mut file = std::fs::File::open(path)?;
    let (mut hash, mut size, mut buffer) = (Sha256::new(), 0, vec![0; CHUNK]);
    loop {
        match io::Read::read(&mut file, &mut buffer)? {
            0 => return Ok((size, hash.finalize().into())),
            length => {
                hash.update(buffer.get(..length).unwrap_or_default());
                size += length as u64;
            }
        }
    }
}

async fn download(
    files: &Files,
    account: AccountId,
    stored: StoredFile,
    limit: u64,
    reporter: &Reporter,
) -> Result<LocalFile, TransferFailure> {
    let disk = |error: io::Error| TransferFailure::Disk { detail: error.to_string() };
    let _place = files.shared.downloads.acquire().await;
    let folder = files.of_message(account, &stored.message);
    tokio::fs::create_dir_all(&folder).await.map_err(disk)?;
    let to = folder.join(disk_name(&stored.name));
    // Left by a crash between the file and its entry in the history.
    match tokio::fs::remove_file(&to).await {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(disk(error)),
        _ => {}
    }
    let expected = Expected { size: stored.file.size, sha256: stored.file.sha256 };
    let mut last = TransferFailure::Refused { detail: "no address that can be fetched".to_owned() };
    for url in &stored.file.urls {
        let download = Download { url: url.0.clone(), to: to.clone(), expected, limit };
        match with_patience(files, &download, reporter).await {
            Ok(()) => {
                let size = tokio::fs::metadata(&to).await.map_err(disk)?.len();
                return Ok(LocalFile { path: to, is_copy: true, size });
            }
            // Another address may have it.
            Err(
                failure @ (TransferFailure::Gone
                | TransferFailure::Unreachable { .. }
                | TransferFailure::Refused { .. }
                | TransferFailure::Damaged),
            ) => last = failure,
            Err(failure @ (TransferFailure::TooLarge { .. } | TransferFailure::Disk { .. })) => return Err(failure),
        }
    }
    Err(last)
}

async fn with_patience(files: &Files, download: &Download, reporter: &Reporter) -> Result<(), TransferFailure> {
    let http = files.http().await.map_err(|detail| TransferFailure::Unreachable { detail })?;
    let mut pause = FIRST_PAUSE;
    for _ in 1..DOWNLOAD_TRIES {
        let (progress, told) = Progress::new(download.expected.size);
        match reporter.follow(http.download(download, progress), told).await {
            Err(TransferFailure::Unreachable { detail }) => {
                tracing::info!(detail, "a download is tried again");
                tokio::time::sleep(pause).await;
                pause *= 4;
            }
            other => return other,
        }
    }
    let (progress, told) = Progress::new(download.expected.size);
    reporter.follow(http.download(download, progress), told).await
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use confab_model::ServerOffers;

    use super::*;

    fn account(connection: ConnectionState, upload: bool) -> Account {
        let server = ServerOffers { upload, ..ServerOffers::default() };
        Account { id: AccountId(1), jid: "a@b".parse().unwrap(), name: String::new(), connection, server }
    }

    const ONLINE: ConnectionState = ConnectionState::Online { catching_up: false };

    #[tokio::test(start_paused = true)]
    async fn an_upload_waits_for_the_stream_and_then_for_the_service() {
        let (sender, mut state) = watch::channel(account(ConnectionState::Offline, true));
        let waiting = tokio::spawn(async move { wait_for_service(&mut state).await });
        tokio::time::sleep(Duration::from_secs(3_600)).await;
        assert!(!waiting.is_finished(), "without a stream there is time");
        sender.send_replace(account(ONLINE, false));
        tokio::time::sleep(SERVICE_TIMEOUT / 2).await;
        sender.send_replace(account(ONLINE, true));
        assert_eq!(waiting.await.unwrap(), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_without_the_service_is_told() {
        let (sender, mut state) = watch::channel(account(ONLINE, false));
        assert_eq!(wait_for_service(&mut state).await, Err(FailureWhy::NoUpload));
        drop(sender);
    }

    #[test]
    fn a_checksum_is_of_the_whole_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        std::fs::write(&path, vec![7; CHUNK + 1]).unwrap();
        let expected: [u8; 32] = Sha256::digest(vec![7; CHUNK + 1]).into();
        assert_eq!(checksum(&path).unwrap(), (CHUNK as u64 + 1, expected));
    }
}

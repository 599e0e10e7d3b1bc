//! What is kept on this device, for how long, and how it gets out and in: export, backup, deletion by age.

use std::{
    collections::HashMap,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Weak},
    time::Duration,
};

use confab_model::{AccountId, BareJid, Event, MessageContent, MessageId, Pii, Timestamp, TransferState};
use confab_store::{BackupError, Store, StoreError};
use tokio::sync::watch;

use super::{Client, Installation, Shared, rescue};
use crate::{
    ErrorCode, Language, OperationError, Settings,
    export::{Export, ExportForm, Head, Names},
};

/// Messages that are read at a time for an export.
const PAGE: u32 = 200;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// Between two looks at what is too old. What counts are days.
const SWEEP_EVERY: Duration = Duration::from_secs(60 * 60);
/// The person has just made the setting, and may think better of it.
const SWEEP_AFTER_CHANGE: Duration = Duration::from_secs(10);
const MIB: u64 = 1024 * 1024;
/// Where a restored history waits for the next start, beside the one in use.
const STAGED: &str = "history.restored.sqlite";

impl Client {
    /// Writes a conversation, as far as it is on this device, into a new folder in `folder`: `form`, and its files beside
    /// it. The new folder.
    ///
    /// # Errors
    /// `UnknownConversation`; `DiskFull` and `FileFailed`: then nothing of it is left.
    pub async fn export_conversation(
        &self,
        account: AccountId,
        conversation: BareJid,
        folder: PathBuf,
        form: ExportForm,
        language: Language,
    ) -> Result<PathBuf, OperationError> {
        let store = &self.shared.store;
        let known = store.conversation(account, &conversation).await?;
        let known = known.ok_or(StoreError::Unknown("conversation"))?;
        let names = self.names_of(account).await?;
        let name = Some(known.name).filter(|name| !name.is_empty());
        let name = name.or_else(|| names.known.get(&conversation).cloned().filter(|name| !name.is_empty()));
        let head = Head {
            account: self.stored(account).await?.jid,
            name: name.unwrap_or_else(|| conversation.to_string()),
            conversation: conversation.clone(),
            at: self.shared.clock.now().wall,
            language,
        };
        let mut export = Export::begin(&folder, form, head, names).await.map_err(|error| unwritable(&error))?;
        match self.export_messages(account, &conversation, &mut export).await {
            Ok(()) => export.finish().await.map_err(|error| unwritable(&error)),
            Err(error) => {
                export.give_up().await;
                Err(error)
            }
        }
    }

    async fn export_messages(
        &self,
        account: AccountId,
        conversation: &BareJid,
        export: &mut Export,
    ) -> Result<(), OperationError> {
        let store = &self.shared.store;
        let mut last: Option<MessageId> = None;
        loop {
            let page = store.messages_after(account, conversation, last.as_ref(), PAGE).await?;
            let Some(newest) = page.messages.last() else { return Ok(()) };
            last = Some(newest.id.clone());
            let mut files = HashMap::new();
            for message in &page.messages {
                if matches!(message.content, MessageContent::File { .. })
                    && let Some(stored) = store.file(account, &message.id).await?
                    && let Some(local) = stored.local
                {
                    files.insert(message.id.clone(), (local.path, stored.name));
                }
            }
            export.add(&page.messages, &files).await.map_err(|error| unwritable(&error))?;
        }
    }

    async fn names_of(&self, account: AccountId) -> Result<Names, OperationError> {
        let store = &self.shared.store;
        let profiles = store.profiles(account).await?;
        let mut known: HashMap<BareJid, String> =
            profiles.into_iter().map(|profile| (profile.jid, profile.name)).collect();
        // The names that the person gave.
        for contact in store.contacts(account).await?.into_iter().filter(|contact| !contact.name.is_empty()) {
            known.insert(contact.jid, contact.name);
        }
        Ok(Names { known })
    }

    /// Writes all history of this device into one encrypted file. Files of messages and saved sign-ins are not in it.
    ///
    /// # Errors
    /// `DiskFull`, `FileFailed`, `InvalidArgument` for an empty passphrase. What was at `to` is then as it was.
    pub async fn back_up(&self, to: PathBuf, passphrase: Pii<String>) -> Result<(), OperationError> {
        Ok(self.shared.store.back_up(&to, &passphrase.0).await?)
    }

    /// Reads a backup and puts it in the place of this device's history at the next start of Confab; what was here is set
    /// aside beside it, in the data folder. Until then nothing changes.
    ///
    /// # Errors
    /// `BackupLocked`: the passphrase is wrong or the file is damaged, which cannot be told apart; `NotABackup`; `DiskFull`;
    /// `FileFailed`.
    pub async fn restore_backup(&self, from: PathBuf, passphrase: Pii<String>) -> Result<(), OperationError> {
        let staged = self.shared.config.data_dir.join(STAGED);
        let now = self.shared.clock.now().wall.0;
        // It decrypts beside that, checks the whole file, and renames it when it is good.
        let partial = staged.with_extension("new");
        confab_store::restore(&from, &passphrase.0, &partial, now).await?;
        let store = Store::open(&partial).await?;
        let adopted = adopt(&store, &self.shared.installation).await;
        store.close().await;
        adopted?;
        std::fs::rename(&partial, &staged).map_err(|error| unwritable(&error))?;
        Ok(())
    }

    /// Deletes on this device, of all accounts, what was sent before a time. What waits to be sent stays. How many messages.
    pub async fn delete_older(&self, before: Timestamp) -> Result<u32, OperationError> {
        let mut count: usize = 0;
        loop {
            let deleted = self.shared.store.delete_older(before).await?;
            if deleted.is_empty() {
                return Ok(u32::try_from(count).unwrap_or(u32::MAX));
            }
            for (account, deleted) in deleted {
                count += deleted.messages.len();
                self.shared.files.delete(deleted.files);
                let removed =
                    Event::MessagesRemoved { conversation: deleted.conversation.clone(), messages: deleted.messages };
                self.shared.bus.publish(Some(account), removed);
                let changed = match deleted.left {
                    Some(conversation) => Event::ConversationChanged { conversation },
                    None => Event::ConversationRemoved { jid: deleted.conversation },
                };
                self.shared.bus.publish(Some(account), changed);
            }
        }
    }

    /// Deletes copies of files that are on a server too, oldest first, until the others take `limit` octets at most.
    async fn limit_copies(&self, limit: u64) -> Result<(), OperationError> {
        let store = &self.shared.store;
        for copy in store.copies_beyond(limit).await? {
            let now = self.shared.clock.now().wall;
            let remote = TransferState::Remote;
            if let Some(message) = store.set_transfer(copy.account, &copy.message, &remote, None, now).await? {
                self.shared.bus.publish(Some(copy.account), Event::MessageUpdated { message });
            }
            self.shared.files.delete(vec![copy.file.path]);
        }
        Ok(())
    }

    /// Does what the settings say about what is kept.
    async fn sweep(&self) -> Result<(), OperationError> {
        let settings = self.shared.settings.borrow().clone();
        if let Some(days) = settings.keep_days {
            let now = self.shared.clock.now().wall;
            self.delete_older(Timestamp(now.0 - i64::from(days) * DAY_MS)).await?;
        }
        if let Some(limit) = settings.keep_files {
            self.limit_copies(u64::from(limit) * MIB).await?;
        }
        Ok(())
    }
}

/// Sweeps now, each hour, and when the settings have changed; as long as the core lives.
pub(super) async fn follow(shared: Weak<Shared>, mut settings: watch::Receiver<Settings>) {
    let wanted = |settings: &Settings| (settings.keep_days, settings.keep_files);
    if let Some(shared) = shared.upgrade()
        && let Err(error) = shared.files.sweep_leftovers(&shared.store, std::time::SystemTime::now()).await
    {
        tracing::warn!(%error, "what an earlier run left is still here");
    }
    loop {
        let before = wanted(&settings.borrow_and_update());
        let Some(client) = shared.upgrade().map(|shared| Client { shared }) else { return };
        if let Err(error) = client.sweep().await {
            tracing::warn!(%error, "what is too old is still here");
        }
        drop(client);
        let changed = async {
            while settings.changed().await.is_ok() {
                if wanted(&settings.borrow_and_update()) != before {
                    tokio::time::sleep(SWEEP_AFTER_CHANGE).await;
                    return true;
                }
            }
            false
        };
        match tokio::time::timeout(SWEEP_EVERY, changed).await {
            Ok(true) | Err(_) => {}
            Ok(false) => return,
        }
    }
}

/// Signs accounts out whose person did so on another device; as long as the core lives.
pub(super) async fn follow_leaving(shared: Weak<Shared>, mut leaving: tokio::sync::mpsc::UnboundedReceiver<AccountId>) {
    while let Some(account) = leaving.recv().await {
        let Some(client) = shared.upgrade().map(|shared| Client { shared }) else { return };
        if let Err(error) = client.sign_out(account).await {
            tracing::warn!(%error, "signing out from elsewhere");
        }
    }
}

/// At the start, before the history is opened: a restored one takes its place.
pub(super) fn take_restored(data_dir: &Path, now_ms: i64) -> io::Result<()> {
    let staged = data_dir.join(STAGED);
    if !staged.exists() {
        return Ok(());
    }
    let history = rescue::history_file(data_dir);
    let aside = confab_store::set_aside(&history, now_ms)?;
    tracing::info!(aside = aside.is_some(), "the history is a restored one from now on");
    std::fs::rename(&staged, &history)
}

/// What belongs to this device and not to the one that was backed up.
async fn adopt(store: &Store, installation: &Installation) -> Result<(), StoreError> {
    store.set_setting("installation", installation).await?;
    for account in store.accounts().await? {
        store.remove_setting(&crate::account::sign_outs::key(account.id)).await?;
        store.remove_setting(&crate::account::push_key(account.id)).await?;
    }
    Ok(())
}

impl From<BackupError> for OperationError {
    fn from(error: BackupError) -> Self {
        let message = error.to_string();
        match error {
            BackupError::NoPassphrase => Self::new(ErrorCode::InvalidArgument, message),
            BackupError::NotABackup => Self::new(ErrorCode::NotABackup, message),
            BackupError::Undecipherable => Self::new(ErrorCode::BackupLocked, message),
            BackupError::Io(error) => unwritable(&error),
            BackupError::Store(error) => error.into(),
        }
    }
}

fn unwritable(error: &io::Error) -> OperationError {
    let code = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ErrorCode::DiskFull,
        _ => ErrorCode::FileFailed,
    };
    OperationError::new(code, "that file or folder cannot be read or written").with_detail(error)
}

/// See [`follow`] and [`follow_leaving`].
pub(super) fn start(
    shared: &Arc<Shared>,
    settings: watch::Receiver<Settings>,
    leaving: tokio::sync::mpsc::UnboundedReceiver<AccountId>,
) {
    tokio::spawn(follow(Arc::downgrade(shared), settings));
    tokio::spawn(follow_leaving(Arc::downgrade(shared), leaving));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use confab_model::{Composed, ConversationKind, Direction, Sender};
    use confab_store::ReceivedMessage;

    use super::*;
    use crate::{ClientConfig, SecretPlace};

    async fn client(folder: &Path) -> Client {
        let config = ClientConfig::new(folder.to_owned(), "test".to_owned());
        Client::start(ClientConfig { secrets: Some(SecretPlace::File), ..config }).await.unwrap()
    }

    fn bob() -> BareJid {
        "bob@example.org".parse().unwrap()
    }

    async fn with_messages(client: &Client, times: &[i64]) -> AccountId {
        let store = &client.shared.store;
        let account = store.add_account(&"me@example.org".parse().unwrap(), None, false).await.unwrap();
        for at in times {
            let message = ReceivedMessage {
                id: MessageId(format!("m{at}")),
                conversation: bob(),
                kind: ConversationKind::Direct,
                sender: Sender::person(bob()),
                direction: Direction::Incoming,
                stanza_id: Some(format!("s{at}")),
                origin_id: None,
                archive_id: None,
                content: Composed::text(format!("text of {at}")),
                shown: None,
                sent_at: Timestamp(*at),
                sent_by_server: false,
                standing: confab_store::Standing::Last,
                ahead: false,
                read: false,
            };
            store.receive(account, &[message], None).await.unwrap();
        }
        account
    }

    async fn messages(client: &Client, account: AccountId) -> usize {
        client.shared.store.messages(account, &bob(), None, 100).await.unwrap().messages.len()
    }

    #[tokio::test]
    async fn a_backup_comes_back_at_the_next_start_on_this_device() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let first = client(one.path()).await;
        let account = with_messages(&first, &[10, 20]).await;
        let file = one.path().join("backup.confab");
        let passphrase = || Pii("correct horse".to_owned());
        assert_eq!(first.back_up(file.clone(), Pii(String::new())).await.unwrap_err().code, ErrorCode::InvalidArgument);
        first.back_up(file.clone(), passphrase()).await.unwrap();

        let second = client(other.path()).await;
        let own = second.shared.installation.clone();
        let wrong = second.restore_backup(file.clone(), Pii("battery staple".to_owned())).await.unwrap_err();
        assert_eq!(wrong.code, ErrorCode::BackupLocked);
        let damaged = other.path().join("damaged");
        std::fs::write(&damaged, b"not a backup at all, but long enough to look at".repeat(9)).unwrap();
        assert_eq!(second.restore_backup(damaged, passphrase()).await.unwrap_err().code, ErrorCode::NotABackup);
        let missing = other.path().join("missing");
        assert_eq!(second.restore_backup(missing, passphrase()).await.unwrap_err().code, ErrorCode::FileFailed);
        assert!(!other.path().join(STAGED).exists(), "what failed leaves nothing");

        second.restore_backup(file, passphrase()).await.unwrap();
        assert_eq!(second.shared.store.accounts().await.unwrap(), [], "not before the next start");
        second.shared.store.close().await;
        drop(second);
        let restored = client(other.path()).await;
        assert_eq!(messages(&restored, account).await, 2);
        assert_eq!(restored.shared.installation.id, own.id, "two devices do not become one");
        let asides = std::fs::read_dir(other.path()).unwrap();
        let asides = asides.filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().ends_with(".aside"));
        assert_eq!(asides.count(), 1, "what was here is not lost");
    }

    #[test]
    fn a_full_disk_is_told_as_one() {
        for kind in [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded] {
            assert_eq!(OperationError::from(BackupError::Io(kind.into())).code, ErrorCode::DiskFull);
        }
        let store = BackupError::Store(StoreError::DiskFull);
        assert_eq!(OperationError::from(store).code, ErrorCode::DiskFull);
        let folder = BackupError::Io(io::ErrorKind::PermissionDenied.into());
        assert_eq!(OperationError::from(folder).code, ErrorCode::FileFailed);
    }

    #[tokio::test]
    async fn what_is_too_old_goes_and_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let client = client(folder.path()).await;
        let now = client.shared.clock.now().wall.0;
        let account = with_messages(&client, &[now - 40 * DAY_MS, now - 31 * DAY_MS, now - 29 * DAY_MS]).await;
        client.sweep().await.unwrap();
        assert_eq!(messages(&client, account).await, 3, "nothing goes unasked");
        let mut events = client.events();
        client.shared.settings.send_modify(|settings| settings.keep_days = Some(30));
        client.sweep().await.unwrap();
        assert_eq!(messages(&client, account).await, 1);
        let removed = loop {
            if let Event::MessagesRemoved { messages, .. } = events.next().await.unwrap().event {
                break messages.len();
            }
        };
        assert_eq!(removed, 2);
    }

    #[tokio::test]
    async fn a_conversation_is_exported_whole() {
        let folder = tempfile::tempdir().unwrap();
        let client = client(&folder.path().join("data")).await;
        let times: Vec<i64> = (1..=450).collect();
        let account = with_messages(&client, &times).await;
        let (to, form) = (folder.path().to_owned(), ExportForm::Json);
        let made = client.export_conversation(account, bob(), to.clone(), form, Language::English).await.unwrap();
        let json = std::fs::read_to_string(made.join("messages.json")).unwrap();
        let whole: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(whole["messages"].as_array().unwrap().len(), 450);
        let nobody = "nobody@example.org".parse().unwrap();
        let unknown = client.export_conversation(account, nobody, to, form, Language::English).await.unwrap_err();
        assert_eq!(unknown.code, ErrorCode::UnknownConversation);
    }
}

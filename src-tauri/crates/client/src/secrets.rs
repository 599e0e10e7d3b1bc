//! Passwords and sign-in tokens at rest.
//!
//! The system's keychain where there is one; else a file that only the owner may read (mode 0600), which the
//! sign-in screen says before it is used. Nothing secret is ever in the database.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use confab_model::{BareJid, Pii};
use serde::{Deserialize, Serialize};
use tokio::sync::{Mutex, watch};

/// The name under which entries stand in the keychain.
const SERVICE: &str = "im.confab.Confab";
/// A locked keychain may wait for a person's password; a broken session bus may never answer.
const KEYCHAIN_TIMEOUT: Duration = Duration::from_secs(20);
/// Only to find out whether there is a keychain at all, before the first window is drawn.
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);

/// Where secrets are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum SecretPlace {
    Keychain,
    /// A file in the data folder that only its owner may read.
    File,
}

/// What is remembered of one account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccountSecret {
    pub(crate) password: Option<Pii<String>>,
    /// XEP-0484: mechanism and token.
    pub(crate) token: Option<(String, Pii<String>)>,
}

/// Why a secret could not be kept or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    #[error("the keychain does not answer; it may be locked")]
    KeychainSilent,
    #[error("the keychain refused: {0}")]
    Keychain(String),
    #[error("the file with the saved sign-in cannot be used: {0}")]
    File(String),
}

/// The store of secrets.
#[derive(Debug, Clone)]
pub(crate) struct Secrets {
    place: SecretPlace,
    file: PathBuf,
    /// One reader or writer of the file at a time.
    lock: Arc<Mutex<()>>,
}

impl Secrets {
    /// Looks for a keychain, unless `place` fixes the answer, as tests and scripted runs do.
    pub(crate) async fn open(place: Option<SecretPlace>, data_dir: &Path) -> Self {
        let place = match place {
            Some(place) => place,
            None if keychain_is_there().await => SecretPlace::Keychain,
            None => SecretPlace::File,
        };
        Self { place, file: data_dir.join("secrets.json"), lock: Arc::default() }
    }

    pub(crate) fn place(&self) -> SecretPlace {
        self.place
    }

    pub(crate) async fn load(&self, jid: &BareJid) -> Result<Option<AccountSecret>, SecretError> {
        match self.place {
            SecretPlace::Keychain => {
                let text = with_entry(jid, |entry| match entry.get_password() {
                    Ok(text) => Ok(Some(text)),
                    Err(keyring::Error::NoEntry) => Ok(None),
                    Err(error) => Err(error),
                })
                .await?;
                text.map(|text| serde_json::from_str(&text).map_err(|e| SecretError::Keychain(e.to_string())))
                    .transpose()
            }
            SecretPlace::File => {
                let _guard = self.lock.lock().await;
                Ok(read_file(&self.file)?.remove(&jid.to_string()))
            }
        }
    }

    pub(crate) async fn save(&self, jid: &BareJid, secret: &AccountSecret) -> Result<(), SecretError> {
        match self.place {
            SecretPlace::Keychain => {
                let text = serde_json::to_string(secret).map_err(|e| SecretError::Keychain(e.to_string()))?;
                with_entry(jid, move |entry| entry.set_password(&text)).await
            }
            SecretPlace::File => {
                let _guard = self.lock.lock().await;
                let mut all = read_file(&self.file)?;
                all.insert(jid.to_string(), secret.clone());
                write_file(&self.file, &all)
            }
        }
    }

    pub(crate) async fn forget(&self, jid: &BareJid) -> Result<(), SecretError> {
        match self.place {
            SecretPlace::Keychain => {
                with_entry(jid, |entry| match entry.delete_credential() {
                    Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
                    Err(error) => Err(error),
                })
                .await
            }
            SecretPlace::File => {
                let _guard = self.lock.lock().await;
                let mut all = read_file(&self.file)?;
                if all.remove(&jid.to_string()).is_some() { write_file(&self.file, &all) } else { Ok(()) }
            }
        }
    }
}

/// Keeps one account's secret up to date in the background: a keychain may wait for a person. Of several changes at
/// once only the last is written, and never an earlier one after a later one.
#[derive(Debug)]
pub(crate) struct SecretKeeper {
    latest: watch::Sender<Option<AccountSecret>>,
    task: tokio::task::JoinHandle<()>,
}

impl SecretKeeper {
    /// `failed` hears why a secret could not be kept.
    pub(crate) fn start(secrets: Secrets, jid: BareJid, failed: impl Fn(SecretError) + Send + 'static) -> Self {
        let (latest, mut changes) = watch::channel(None);
        let task = tokio::spawn(async move {
            while changes.changed().await.is_ok() {
                let secret = changes.borrow_and_update().clone();
                if let Some(secret) = secret
                    && let Err(error) = secrets.save(&jid, &secret).await
                {
                    failed(error);
                }
            }
        });
        Self { latest, task }
    }

    pub(crate) fn keep(&self, secret: AccountSecret) {
        self.latest.send_replace(Some(secret));
    }

    /// Waits until nothing is being written any more, so that what is forgotten next stays forgotten.
    pub(crate) async fn finish(self) {
        drop(self.latest);
        let _ = self.task.await;
    }
}

async fn keychain_is_there() -> bool {
    let probe = tokio::task::spawn_blocking(|| keyring::Entry::store_status().is_ok());
    matches!(tokio::time::timeout(PROBE_TIMEOUT, probe).await, Ok(Ok(true)))
}

/// Runs one keychain call off the async threads: it talks to another process and may wait for a person.
async fn with_entry<T: Send + 'static>(
    jid: &BareJid,
    call: impl FnOnce(keyring::Entry) -> keyring::Result<T> + Send + 'static,
) -> Result<T, SecretError> {
    let user = jid.to_string();
    let task = tokio::task::spawn_blocking(move || keyring::Entry::new(SERVICE, &user).and_then(call));
    match tokio::time::timeout(KEYCHAIN_TIMEOUT, task).await {
        Ok(Ok(result)) => result.map_err(|error| SecretError::Keychain(error.to_string())),
        Ok(Err(_)) | Err(_) => Err(SecretError::KeychainSilent),
    }
}

type SecretFile = BTreeMap<String, AccountSecret>;

fn read_file(path: &Path) -> Result<SecretFile, SecretError> {
    match std::fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| SecretError::File(error.to_string())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(SecretFile::new()),
        Err(error) => Err(SecretError::File(error.to_string())),
    }
}

/// Writes a new file beside the old one and renames it, so that a crash leaves one of the two whole.
fn write_file(path: &Path, all: &SecretFile) -> Result<(), SecretError> {
    let attempt = || -> io::Result<()> {
        let temporary = path.with_extension("json.new");
        let bytes = serde_json::to_vec(all)?;
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&temporary)?;
        io::Write::write_all(&mut file, &bytes)?;
        file.sync_all()?;
        std::fs::rename(&temporary, path)
    };
    attempt().map_err(|error| SecretError::File(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(password: &str) -> AccountSecret {
        AccountSecret { password: Some(Pii(password.to_owned())), token: None }
    }

    #[tokio::test]
    async fn the_file_keeps_each_account_apart_and_only_for_its_owner() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let secrets = Secrets::open(Some(SecretPlace::File), dir.path()).await;
        let (alice, bob): (BareJid, BareJid) =
            ("alice@example.org".parse().expect("valid"), "bob@example.org".parse().expect("valid"));
        secrets.save(&alice, &secret("one")).await.expect("saved");
        secrets.save(&bob, &secret("two")).await.expect("saved");
        assert_eq!(secrets.load(&alice).await, Ok(Some(secret("one"))));
        secrets.forget(&alice).await.expect("forgotten");
        assert_eq!(secrets.load(&alice).await, Ok(None));
        assert_eq!(secrets.load(&bob).await, Ok(Some(secret("two"))));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(dir.path().join("secrets.json")).expect("there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[tokio::test]
    async fn of_several_changes_the_last_one_stays() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let secrets = Secrets::open(Some(SecretPlace::File), dir.path()).await;
        let alice: BareJid = "alice@example.org".parse().expect("valid");
        let (failed, mut failures) = tokio::sync::mpsc::unbounded_channel();
        let keeper = SecretKeeper::start(secrets.clone(), alice.clone(), move |error| {
            let _ = failed.send(error);
        });
        for password in ["one", "two", "three"] {
            keeper.keep(secret(password));
        }
        keeper.finish().await;
        assert_eq!(failures.recv().await, None, "the keeper ended without a failure");
        assert_eq!(secrets.load(&alice).await, Ok(Some(secret("three"))));
    }

    #[tokio::test]
    async fn a_damaged_file_is_an_error_and_is_not_overwritten() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = dir.path().join("secrets.json");
        std::fs::write(&path, b"not json").expect("written");
        let secrets = Secrets::open(Some(SecretPlace::File), dir.path()).await;
        let alice: BareJid = "alice@example.org".parse().expect("valid");
        assert!(matches!(secrets.save(&alice, &secret("one")).await, Err(SecretError::File(_))));
        assert_eq!(std::fs::read(&path).expect("there"), b"not json");
    }
}

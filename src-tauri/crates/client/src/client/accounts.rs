//! Accounts: signing in and out, registering, and what an account's actor is started with.

use std::time::Duration;

use confab_call::Leaving;
use confab_model::{
    Account, AccountId, BareJid, ConnectionState, Event, Pii, RegistrationForm, RegistrationFormAnswer, ServerAddress,
    ServerOffers, SignInFailure,
};
use confab_session::{ClientIdentity, NetworkConnector, SessionConfig, SignInToken};
use confab_store::StoredAccount;
use tokio::sync::oneshot;

use super::Client;
use crate::{
    ErrorCode, OperationError,
    account::{AccountHandle, AccountMessage, AccountStart, sign_outs},
    core::CoreMessage,
    secrets::AccountSecret,
};

/// How long the first sign-in may take in all, as a person waits for it.
const SIGN_IN_TIMEOUT: Duration = Duration::from_secs(45);

/// How long a person waits for what is not needed at once.
const SIGN_OUT_TIMEOUT: Duration = Duration::from_secs(5);
/// Characters.
const MAX_PASSWORD: usize = 1_000;

/// A known account while another sign-in to it is tried.
struct SetAside {
    stored: StoredAccount,
    /// It ran with this.
    ran: Option<AccountSecret>,
}

impl Client {
    /// Signs in the accounts whose sign-in is remembered.
    pub(super) async fn start_remembered(&self) -> Result<(), OperationError> {
        for stored in self.shared.store.accounts().await? {
            // Whoever did not want a sign-in to be remembered types the password, whatever an earlier run left.
            if !stored.signed_in || !stored.remember {
                continue;
            }
            let secret = match self.shared.secrets.load(&stored.jid).await {
                Ok(secret) => secret,
                Err(error) => {
                    let event = Event::Warning { code: "secrets".to_owned(), detail: error.to_string() };
                    self.shared.bus.publish(Some(stored.id), event);
                    None
                }
            };
            if let Some(secret) = secret {
                let remember = stored.remember;
                self.start_account(stored, secret, remember).await?;
            }
        }
        Ok(())
    }

    /// Signs in; resolves when the server has accepted. An account that is new here stays only if that works; of one that
    /// is known nothing changes unless it works: a mistyped password takes neither the saved sign-in nor a call away.
    ///
    /// # Errors
    /// `AccountExists` if the account is online or in a call: it is signed out first. Else why the server did not accept.
    pub async fn sign_in(
        &self,
        jid: BareJid,
        password: Pii<String>,
        server: Option<ServerAddress>,
        remember: bool,
    ) -> Result<AccountId, OperationError> {
        let known = self.shared.store.accounts().await?.into_iter().find(|stored| stored.jid == jid);
        let before = match known {
            Some(stored) => Some(self.set_aside(stored).await?),
            None => None,
        };
        let id = self.shared.store.add_account(&jid, server.as_ref(), remember).await?;
        // Whatever was signed out before is not this sign-in.
        let (store, key) = (&self.shared.store, sign_outs::key(id));
        let signed_out_before: Option<String> = store.setting(&key).await?;
        store.remove_setting(&key).await?;
        let stored = self.stored(id).await?;
        let secret = AccountSecret { password: Some(password), token: None };
        let signed_in = match self.start_account(stored, secret, remember).await {
            Ok(handle) => wait_for_sign_in(&handle).await.map(|()| handle),
            Err(error) => Err(error),
        };
        match signed_in {
            Ok(handle) => {
                // Known before anybody can leave again; without an answer the account finds out by itself.
                if let Ok(Ok(last)) = tokio::time::timeout(SIGN_OUT_TIMEOUT, handle.session.last_sign_out()).await {
                    handle.tell(AccountMessage::SignOutKnown(last.unwrap_or_default())).await?;
                }
                if !remember {
                    self.forget_secret(id, &jid).await;
                }
                Ok(id)
            }
            Err(failure) => {
                self.stop_account(id, Leaving::UntilStart).await;
                if let Some(known) = signed_out_before {
                    store.set_setting(&key, &known).await?;
                }
                match before {
                    Some(before) => self.bring_back(before).await?,
                    None => {
                        self.shared.store.remove_account(id).await?;
                        self.shared.bus.publish(Some(id), Event::AccountRemoved);
                    }
                }
                Err(failure)
            }
        }
    }

    /// Stops a known account to make way for another sign-in.
    async fn set_aside(&self, stored: StoredAccount) -> Result<SetAside, OperationError> {
        let Ok(handle) = self.handle(stored.id) else { return Ok(SetAside { stored, ran: None }) };
        let online = matches!(handle.account.borrow().connection, ConnectionState::Online { .. });
        if online || !handle.live_calls().await?.is_empty() {
            return Err(OperationError::new(ErrorCode::AccountExists, "this account is signed in here already"));
        }
        let ran = self.stop_account(stored.id, Leaving::UntilStart).await;
        Ok(SetAside { stored, ran })
    }

    /// Makes an account what it was before another sign-in was tried.
    async fn bring_back(&self, before: SetAside) -> Result<(), OperationError> {
        let SetAside { stored, ran } = before;
        let store = &self.shared.store;
        store.add_account(&stored.jid, stored.server.as_ref(), stored.remember).await?;
        store.set_signed_in(stored.id, stored.signed_in).await?;
        if let Some(secret) = ran {
            let remember = stored.remember;
            self.start_account(stored, secret, remember).await?;
        }
        Ok(())
    }

    /// What was saved before is not used again either way (`start_remembered`); this takes it off the disk.
    async fn forget_secret(&self, account: AccountId, jid: &BareJid) {
        if let Err(error) = self.shared.secrets.forget(jid).await {
            let event = Event::Warning { code: "secrets".to_owned(), detail: error.to_string() };
            self.shared.bus.publish(Some(account), event);
        }
    }

    /// Signs this device out: nothing is pushed for it any more, and the server forgets its token. The history stays, the
    /// saved sign-in does not.
    pub async fn sign_out(&self, account: AccountId) -> Result<(), OperationError> {
        let stored = self.stored(account).await?;
        self.shared.store.set_signed_in(account, false).await?;
        let secret = self.stop_account(account, Leaving::ForGood).await;
        self.shared.secrets.forget(&stored.jid).await?;
        if let Some((mechanism, token)) = secret.and_then(|secret| secret.token) {
            let token = SignInToken { mechanism, token, expires_at: None };
            let connector = self.connector(stored.jid, stored.server);
            if let Err(error) = connector.end_token(token, self.identity()).await {
                tracing::info!(%error, "the token of this device ends by its own time");
            }
        }
        Ok(())
    }

    /// Signs all devices of the account out, this one too: those that are online at once, others when they are online
    /// again. Only devices with Confab take part; a new password keeps everything else out.
    ///
    /// # Errors
    /// The server keeps no private nodes, or there is no connection: then nothing happens.
    pub async fn sign_out_everywhere(&self, account: AccountId) -> Result<(), OperationError> {
        self.session(account)?.ask_all_to_sign_out().await?;
        self.sign_out(account).await
    }

    /// Gives the account a new password on its server, which this device then uses. Other devices need it at their next
    /// sign-in.
    pub async fn change_password(&self, account: AccountId, password: Pii<String>) -> Result<(), OperationError> {
        if password.0.is_empty() || password.0.chars().count() > MAX_PASSWORD {
            return Err(OperationError::new(ErrorCode::InvalidArgument, "a password has 1 to 1,000 characters"));
        }
        let handle = self.handle(account)?;
        handle.session.change_password(password.clone()).await?;
        handle.tell(AccountMessage::PasswordChanged { password }).await
    }

    /// Removes the account from its server for good, and forgets it here.
    ///
    /// # Errors
    /// `ServerRefused`: this server does not let people remove accounts. Then nothing changes.
    pub async fn delete_account(&self, account: AccountId) -> Result<(), OperationError> {
        self.session(account)?.remove_account().await?;
        self.remove_account(account).await
    }

    /// Forgets an account and its history on this device. The account on the server stays.
    pub async fn remove_account(&self, account: AccountId) -> Result<(), OperationError> {
        let stored = self.stored(account).await?;
        self.stop_account(account, Leaving::ForGood).await;
        self.shared.store.remove_account(account).await?;
        self.shared.files.delete_of_account(account).await;
        self.shared.store.remove_setting(&sign_outs::key(account)).await?;
        self.shared.bus.publish(Some(account), Event::AccountRemoved);
        self.shared.secrets.forget(&stored.jid).await?;
        Ok(())
    }

    /// Tries to connect now instead of at the next planned time.
    pub async fn reconnect(&self, account: AccountId) -> Result<(), OperationError> {
        self.session(account)?.reconnect().await;
        Ok(())
    }

    /// The form that a server wants to be filled in for a new account.
    pub async fn registration_form(
        &self,
        domain: String,
        server: Option<ServerAddress>,
    ) -> Result<RegistrationForm, OperationError> {
        let ca_file = self.shared.config.ca_file.clone();
        Ok(confab_session::fetch_registration_form(&domain, server.as_ref(), ca_file).await?)
    }

    /// Makes an account and signs in with it.
    pub async fn register(
        &self,
        domain: String,
        server: Option<ServerAddress>,
        answers: Vec<RegistrationFormAnswer>,
    ) -> Result<AccountId, OperationError> {
        let answer = |name: &str| {
            let given = answers.iter().find(|answer| answer.name == name)?;
            given.values.first().map(|value| value.0.clone())
        };
        let (Some(name), Some(password)) = (answer("username"), answer("password")) else {
            return Err(OperationError::new(ErrorCode::InvalidArgument, "a name and a password are needed"));
        };
        let jid: BareJid = format!("{name}@{domain}").parse()?;
        let ca_file = self.shared.config.ca_file.clone();
        confab_session::register(&domain, server.as_ref(), ca_file, &answers).await?;
        self.sign_in(jid, Pii(password), server, true).await
    }

    /// How this installation names itself to servers.
    fn identity(&self) -> ClientIdentity {
        ClientIdentity {
            installation: self.shared.installation.id,
            device: self.shared.config.device_name.clone(),
            ..ClientIdentity::default()
        }
    }

    fn connector(&self, jid: BareJid, server: Option<ServerAddress>) -> NetworkConnector {
        NetworkConnector::new(jid, server, self.shared.config.ca_file.clone())
    }

    pub(super) async fn stored(&self, account: AccountId) -> Result<StoredAccount, OperationError> {
        self.shared
            .store
            .account(account)
            .await?
            .ok_or_else(|| OperationError::new(ErrorCode::UnknownAccount, "there is no such account"))
    }

    async fn start_account(
        &self,
        stored: StoredAccount,
        secret: AccountSecret,
        remember: bool,
    ) -> Result<AccountHandle, OperationError> {
        let mut config = SessionConfig::new(stored.jid.clone(), Pii(String::new()));
        config.resource = Some(format!("confab.{}", self.shared.installation.suffix));
        config.client = self.identity();
        config.roster = self.shared.store.contacts(stored.id).await?;
        config.roster_version.clone_from(&stored.roster_version);
        config.last_archive_id.clone_from(&stored.archive_position);
        config.proven_mechanism.clone_from(&stored.proven_mechanism);
        config.avoids_sasl2 = stored.avoids_sasl2;
        config.catch_up_since = Some(self.catch_up_since());
        config.groups = Some(self.known_groups(stored.id).await?);
        let start = AccountStart {
            connector: self.connector(stored.jid.clone(), stored.server.clone()),
            secret,
            remember,
            config,
            settings: self.shared.settings.borrow().clone(),
            stored,
        };
        let (reply, started) = oneshot::channel();
        let message = CoreMessage::Start { start: Box::new(start), reply };
        self.shared.core.send(message).await.map_err(|_| OperationError::gone())?;
        started.await.map_err(|_| OperationError::gone())
    }

    /// On a new device the archive is read back this far.
    fn catch_up_since(&self) -> confab_model::Timestamp {
        const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
        let back = i64::from(self.shared.config.history_days) * DAY_MS;
        confab_model::Timestamp(self.shared.clock.now().wall.0.saturating_sub(back))
    }

    /// Stops it if it runs, with what it signed in with.
    async fn stop_account(&self, account: AccountId, leaving: Leaving) -> Option<AccountSecret> {
        let (reply, removed) = oneshot::channel();
        self.shared.core.send(CoreMessage::Remove { account, reply }).await.ok()?;
        let handle = removed.await.ok()??;
        handle.stop(leaving).await
    }
}

/// Waits until the session is online or says why not. A first sign-in does not wait for a network to come back.
async fn wait_for_sign_in(handle: &AccountHandle) -> Result<(), OperationError> {
    let mut account = handle.account.clone();
    let wait = async {
        loop {
            let state = account.borrow_and_update().connection.clone();
            match state {
                ConnectionState::Online { .. } => return Ok(()),
                ConnectionState::Failed { why } | ConnectionState::Waiting { why, .. } => return Err(why.into()),
                ConnectionState::Offline | ConnectionState::Connecting => {}
            }
            account.changed().await.map_err(|_| OperationError::gone())?;
        }
    };
    tokio::time::timeout(SIGN_IN_TIMEOUT, wait)
        .await
        .unwrap_or_else(|_| Err(OperationError::new(ErrorCode::Timeout, "the server does not answer")))
}

/// An account that does not run.
pub(super) fn signed_out(stored: StoredAccount) -> Account {
    // Signed in and not running: nothing was remembered.
    let connection = if stored.signed_in {
        ConnectionState::Failed { why: SignInFailure::NotRemembered }
    } else {
        ConnectionState::Offline
    };
    Account { id: stored.id, jid: stored.jid, name: stored.name, connection, server: ServerOffers::default() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::{ClientConfig, SecretPlace};

    async fn client(folder: &tempfile::TempDir) -> Client {
        let config = ClientConfig::new(folder.path().to_owned(), "test".to_owned());
        Client::start(ClientConfig { secrets: Some(SecretPlace::File), ..config }).await.unwrap()
    }

    fn jid() -> BareJid {
        "alice@localhost".parse().unwrap()
    }

    /// Nobody listens on port 1.
    fn nowhere() -> Option<ServerAddress> {
        Some(ServerAddress { host: "127.0.0.1".to_owned(), port: 1, direct_tls: false })
    }

    fn secret() -> AccountSecret {
        AccountSecret { password: Some(Pii("right".to_owned())), token: None }
    }

    async fn tries(client: &Client, remember: bool) -> ErrorCode {
        let password = Pii("mistyped".to_owned());
        client.sign_in(jid(), password, nowhere(), remember).await.unwrap_err().code
    }

    #[tokio::test]
    async fn a_sign_in_that_fails_changes_nothing_of_a_known_account() {
        let folder = tempfile::tempdir().unwrap();
        let client = client(&folder).await;
        let shared = &client.shared;
        // Signed out here, with another server.
        let other = ServerAddress { host: "other.example.org".to_owned(), port: 5222, direct_tls: false };
        let id = shared.store.add_account(&jid(), Some(&other), true).await.unwrap();
        shared.store.set_signed_in(id, false).await.unwrap();
        shared.secrets.save(&jid(), &secret()).await.unwrap();
        let before = shared.store.account(id).await.unwrap();
        assert_eq!(tries(&client, false).await, ErrorCode::Unreachable);
        assert_eq!(shared.store.account(id).await.unwrap(), before);
        assert_eq!(shared.secrets.load(&jid()).await, Ok(Some(secret())));
        assert!(client.handle(id).is_err());
        // It runs, and looks for its server: it goes on doing so with its own password.
        let id = shared.store.add_account(&jid(), nowhere().as_ref(), true).await.unwrap();
        let stored = client.stored(id).await.unwrap();
        client.start_account(stored.clone(), secret(), true).await.unwrap();
        assert_eq!(tries(&client, false).await, ErrorCode::Unreachable);
        assert_eq!(client.stored(id).await.unwrap(), stored);
        assert_eq!(client.handle(id).unwrap().stop(Leaving::UntilStart).await, Some(secret()));
    }

    #[tokio::test]
    async fn a_new_account_stays_only_if_its_sign_in_works() {
        let folder = tempfile::tempdir().unwrap();
        let client = client(&folder).await;
        assert_eq!(tries(&client, true).await, ErrorCode::Unreachable);
        assert_eq!(client.shared.store.accounts().await.unwrap(), []);
    }

    #[tokio::test]
    async fn what_is_not_to_be_remembered_is_not_used_though_it_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let first = client(&folder).await;
        first.shared.store.add_account(&jid(), nowhere().as_ref(), false).await.unwrap();
        first.shared.secrets.save(&jid(), &secret()).await.unwrap();
        drop(first);
        let second = client(&folder).await;
        let account = second.startup().await.unwrap().accounts.remove(0);
        assert_eq!(account.connection, ConnectionState::Failed { why: SignInFailure::NotRemembered });
        assert!(second.handle(account.id).is_err());
    }
}

//! The operations of the core. Reads go to the store, commands to the account's actor or its session.

use std::{path::PathBuf, sync::Arc, time::Duration};

use confab_call::Operation;
use confab_model::{
    Account, AccountId, BareJid, CallId, CallMedia, CallRecord, CallSnapshot, ConnectionState, Contact, ContactRequest,
    Conversation, Device, DeviceId, DeviceKind, Devices, Event, Message, MessageId, Pii, QualityReport,
    RegistrationForm, RegistrationFormAnswer, ServerAddress, SignInFailure, TypingState,
};
use confab_session::{NetworkConnector, SessionConfig, SessionHandle};
use confab_store::{Store, StoredAccount};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::sync::{mpsc, oneshot, watch};

use crate::{
    ErrorCode, OperationError, SecretPlace, Settings,
    account::{AccountContext, AccountHandle, AccountMessage, AccountStart, end_operation},
    call::{CallStack, MediaOptions},
    clock::Clock,
    core::{self, CoreMessage, Running},
    device_desk::DeviceDesk,
    event_bus::{EventBus, Events},
    network_watch,
    picture_hub::{PictureFeed, PictureHub},
    secrets::{AccountSecret, Secrets},
};

/// How long the first sign-in may take in all, as a person waits for it.
const SIGN_IN_TIMEOUT: Duration = Duration::from_secs(45);
/// Messages of one page; more are not drawn at once by any window.
const MAX_PAGE: u32 = 200;
/// Records of one page of the call list.
const MAX_RECORDS: u32 = 100;

/// What the core is started with.
#[derive(Debug, Clone)]
pub struct ClientConfig {
    /// History, settings and, without a keychain, the saved sign-ins. Made if it is missing.
    pub data_dir: PathBuf,
    /// `None`: the keychain if there is one, else a file.
    pub secrets: Option<SecretPlace>,
    /// Certificates to trust in addition to the system's, as PEM.
    pub ca_file: Option<PathBuf>,
    /// How this device calls itself to servers and contacts.
    pub device_name: String,
    pub media: MediaOptions,
    /// Offer what only developers need.
    pub development: bool,
}

/// What a shell needs to begin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Startup {
    pub accounts: Vec<Account>,
    pub settings: Settings,
    /// Where a remembered sign-in would be kept; said beside the choice.
    pub secret_place: SecretPlace,
    /// A built-in picture and tone stand in for camera and microphone; said on screen.
    pub test_media: bool,
    pub version: String,
    pub development: bool,
}

/// A page of a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct MessagePage {
    /// Oldest first.
    pub messages: Vec<Message>,
    /// Nothing older, here or on the server.
    pub complete: bool,
}

/// A page of the call list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct CallRecordPage {
    /// Newest first.
    pub records: Vec<CallRecord>,
    /// Where the next page starts; 0: no more.
    pub next: u32,
}

/// The course of a call, to be shown and exported.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct CallReport {
    pub record: CallRecord,
    pub quality: Vec<QualitySample>,
    pub transports: Vec<TransportReport>,
}

/// One measurement of a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct QualitySample {
    /// Milliseconds since the media session was opened.
    pub at_ms: u32,
    pub report: QualityReport,
}

/// How one transport of a call came about. Milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct TransportReport {
    pub contents: Vec<String>,
    pub local: Option<confab_model::CandidateKind>,
    pub remote: Option<confab_model::CandidateKind>,
    pub gathering_ms: Option<u32>,
    pub checks_ms: Option<u32>,
    pub dtls_ms: Option<u32>,
    pub ice_restarts: u32,
}

/// The application core. Cheap to clone; it ends when the last clone is dropped or by [`Client::shut_down`].
#[derive(Debug, Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    config: ClientConfig,
    store: Store,
    bus: EventBus,
    secrets: Secrets,
    clock: Clock,
    hub: PictureHub,
    devices: DeviceDesk,
    settings: watch::Sender<Settings>,
    installation: Installation,
    core: mpsc::Sender<CoreMessage>,
    running: watch::Receiver<Running>,
}

/// What makes this installation known to servers, made once.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Installation {
    id: uuid::Uuid,
    /// The end of the resource, so that two installations of one account do not replace each other.
    suffix: String,
}

impl Installation {
    fn new() -> Self {
        let id = uuid::Uuid::new_v4();
        Self { id, suffix: id.simple().to_string()[..8].to_owned() }
    }
}

impl Client {
    /// Opens the data folder and signs in the accounts that are remembered.
    ///
    /// # Errors
    /// The store cannot be opened (its errors say why), or the folder cannot be made.
    pub async fn start(config: ClientConfig) -> Result<Self, OperationError> {
        own_folder(&config.data_dir).map_err(|error| {
            OperationError::new(ErrorCode::Store, "the data folder cannot be made").with_detail(error)
        })?;
        let store = Store::open(&config.data_dir.join("history.sqlite")).await?;
        let secrets = Secrets::open(config.secrets, &config.data_dir).await;
        let settings = watch::Sender::new(store.setting::<Settings>("settings").await?.unwrap_or_default());
        let installation = match store.setting::<Installation>("installation").await? {
            Some(installation) => installation,
            None => {
                let installation = Installation::new();
                store.set_setting("installation", &installation).await?;
                installation
            }
        };
        let (bus, hub, clock) = (EventBus::new(), PictureHub::new(), Clock::new());
        let devices = DeviceDesk::open(&config.media, &store, bus.clone()).await?;
        let stack = CallStack {
            catalog: devices.catalog(),
            selection: devices.selection(),
            hub: hub.clone(),
            bus: bus.clone(),
            store: store.clone(),
            clock,
            options: config.media.clone(),
        };
        let (floor_sender, floor) = mpsc::unbounded_channel();
        let context = AccountContext {
            store: store.clone(),
            bus: bus.clone(),
            secrets: secrets.clone(),
            clock,
            floor: floor_sender,
            calls: Arc::new(stack),
        };
        let (core, running) = core::spawn(context, floor);
        tokio::spawn(network_watch::follow(network_watch::system_changes(), running.clone()));
        let shared = Shared { config, store, bus, secrets, clock, hub, devices, settings, installation, core, running };
        let client = Self { shared: Arc::new(shared) };
        client.start_remembered().await?;
        Ok(client)
    }

    async fn start_remembered(&self) -> Result<(), OperationError> {
        for stored in self.shared.store.accounts().await? {
            if !stored.signed_in {
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

    /// The events from now on.
    pub fn events(&self) -> Events {
        self.shared.bus.listen()
    }

    /// The pictures of calls, for one window.
    pub fn pictures(&self) -> PictureFeed {
        self.shared.hub.open_feed()
    }

    /// Ends calls, signs off and waits for it.
    pub async fn shut_down(&self) {
        let running = self.shared.running.borrow().clone();
        for handle in running.values() {
            handle.stop().await;
        }
    }

    fn handle(&self, account: AccountId) -> Result<AccountHandle, OperationError> {
        self.shared
            .running
            .borrow()
            .get(&account)
            .cloned()
            .ok_or_else(|| OperationError::new(ErrorCode::NotOnline, "this account is not signed in"))
    }

    fn session(&self, account: AccountId) -> Result<SessionHandle, OperationError> {
        self.handle(account).map(|handle| handle.session)
    }

    /// What a shell needs to begin.
    pub async fn startup(&self) -> Result<Startup, OperationError> {
        let running = self.shared.running.borrow().clone();
        let accounts = self.shared.store.accounts().await?.into_iter().map(|stored| match running.get(&stored.id) {
            Some(handle) => handle.account.borrow().clone(),
            None => signed_out(stored),
        });
        Ok(Startup {
            accounts: accounts.collect(),
            settings: self.shared.settings.borrow().clone(),
            secret_place: self.shared.secrets.place(),
            test_media: self.shared.config.media.uses_test_media(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            development: self.shared.config.development,
        })
    }

    /// Keeps the settings and applies them.
    pub async fn settings_save(&self, settings: Settings) -> Result<(), OperationError> {
        self.shared.store.set_setting("settings", &settings).await?;
        self.shared.settings.send_replace(settings.clone());
        let _ = self.shared.core.send(CoreMessage::SettingsChanged(settings)).await;
        Ok(())
    }

    /// The settings, and their changes.
    pub fn settings(&self) -> watch::Receiver<Settings> {
        self.shared.settings.subscribe()
    }

    // Accounts

    /// Signs in; resolves when the server has accepted. An account that is new here stays only if that works.
    pub async fn sign_in(
        &self,
        jid: BareJid,
        password: Pii<String>,
        server: Option<ServerAddress>,
        remember: bool,
    ) -> Result<AccountId, OperationError> {
        let known = self.shared.store.accounts().await?.into_iter().find(|stored| stored.jid == jid);
        if let Some(known) = &known {
            self.stop_account(known.id).await;
        }
        let id = self.shared.store.add_account(&jid, server.as_ref(), remember).await?;
        let stored = self.stored(id).await?;
        let secret = AccountSecret { password: Some(password), token: None };
        let handle = self.start_account(stored, secret, remember).await?;
        match wait_for_sign_in(&handle).await {
            Ok(()) => Ok(id),
            Err(failure) => {
                self.stop_account(id).await;
                if known.is_none() {
                    self.shared.store.remove_account(id).await?;
                    self.shared.bus.publish(Some(id), Event::AccountRemoved);
                } else {
                    self.shared.store.set_signed_in(id, false).await?;
                }
                Err(failure)
            }
        }
    }

    /// Signs this device out. The history stays, the saved sign-in does not.
    pub async fn sign_out(&self, account: AccountId) -> Result<(), OperationError> {
        let stored = self.stored(account).await?;
        self.shared.store.set_signed_in(account, false).await?;
        self.stop_account(account).await;
        self.shared.secrets.forget(&stored.jid).await?;
        Ok(())
    }

    /// Forgets an account and its history on this device. The account on the server stays.
    pub async fn remove_account(&self, account: AccountId) -> Result<(), OperationError> {
        let stored = self.stored(account).await?;
        self.stop_account(account).await;
        self.shared.store.remove_account(account).await?;
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

    fn connector(&self, jid: BareJid, server: Option<ServerAddress>) -> NetworkConnector {
        NetworkConnector::new(jid, server, self.shared.config.ca_file.clone())
    }

    async fn stored(&self, account: AccountId) -> Result<StoredAccount, OperationError> {
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
        config.client.installation = self.shared.installation.id;
        config.client.device.clone_from(&self.shared.config.device_name);
        config.roster = self.shared.store.contacts(stored.id).await?;
        config.roster_version.clone_from(&stored.roster_version);
        config.last_archive_id.clone_from(&stored.archive_position);
        config.catch_up_since = Some(self.catch_up_since());
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

    /// On a new device the archive is read back this far; older messages come when somebody scrolls to them.
    fn catch_up_since(&self) -> confab_model::Timestamp {
        const DAYS_MS: i64 = 30 * 24 * 60 * 60 * 1_000;
        confab_model::Timestamp(self.shared.clock.now().wall.0.saturating_sub(DAYS_MS))
    }

    async fn stop_account(&self, account: AccountId) {
        let (reply, removed) = oneshot::channel();
        if self.shared.core.send(CoreMessage::Remove { account, reply }).await.is_ok()
            && let Ok(Some(handle)) = removed.await
        {
            handle.stop().await;
        }
    }

    // Contacts

    /// The contacts; with `refresh`, or when none are known here, from the server.
    pub async fn contacts(&self, account: AccountId, refresh: bool) -> Result<Vec<Contact>, OperationError> {
        match self.handle(account) {
            Ok(handle) => {
                let known = handle.session.contacts(refresh).await?;
                if known.is_empty() && !refresh { Ok(self.shared.store.contacts(account).await?) } else { Ok(known) }
            }
            Err(error) if refresh => Err(error),
            Err(_) => Ok(self.shared.store.contacts(account).await?),
        }
    }

    /// Requests that wait for an answer, newest first.
    pub async fn contact_requests(&self, account: AccountId) -> Result<Vec<ContactRequest>, OperationError> {
        Ok(self.shared.store.contact_requests(account).await?)
    }

    /// Asks a person to become a contact.
    pub async fn add_contact(
        &self,
        account: AccountId,
        jid: BareJid,
        name: String,
        reason: String,
    ) -> Result<(), OperationError> {
        let handle = self.handle(account)?;
        if handle.jid == jid {
            return Err(OperationError::new(ErrorCode::InvalidArgument, "that is your own address"));
        }
        Ok(handle.session.add_contact(jid, name, reason).await?)
    }

    /// Accepts a request.
    pub async fn accept_contact(&self, account: AccountId, jid: BareJid) -> Result<(), OperationError> {
        let handle = self.handle(account)?;
        handle.session.accept_contact(jid.clone()).await?;
        handle.ask(|reply| AccountMessage::RequestAnswered { from: jid, reply }).await
    }

    /// Declines a request; the reason is told.
    pub async fn decline_contact(
        &self,
        account: AccountId,
        jid: BareJid,
        reason: String,
    ) -> Result<(), OperationError> {
        let handle = self.handle(account)?;
        handle.session.decline_contact(jid.clone(), reason).await?;
        handle.ask(|reply| AccountMessage::RequestAnswered { from: jid, reply }).await
    }

    /// Removes a contact. The conversation stays.
    pub async fn remove_contact(&self, account: AccountId, jid: BareJid) -> Result<(), OperationError> {
        Ok(self.session(account)?.remove_contact(jid).await?)
    }

    /// Changes the name that this account gives a contact.
    pub async fn rename_contact(&self, account: AccountId, jid: BareJid, name: String) -> Result<(), OperationError> {
        Ok(self.session(account)?.rename_contact(jid, name).await?)
    }

    // Chat

    /// All conversations, newest first.
    pub async fn conversations(&self, account: AccountId) -> Result<Vec<Conversation>, OperationError> {
        Ok(self.shared.store.conversations(account).await?)
    }

    /// The conversation with a person, made if there is none.
    pub async fn open_conversation(&self, account: AccountId, jid: BareJid) -> Result<Conversation, OperationError> {
        self.handle(account)?.ask(|reply| AccountMessage::OpenConversation { jid, reply }).await
    }

    /// The newest messages, or those before `before`; what is not here is fetched from the archive.
    pub async fn messages(
        &self,
        account: AccountId,
        conversation: BareJid,
        before: Option<MessageId>,
        limit: u32,
    ) -> Result<MessagePage, OperationError> {
        let limit = page_limit(limit, MAX_PAGE)?;
        let store = &self.shared.store;
        let page = store.messages(account, &conversation, before.as_ref(), limit).await?;
        let enough = page.messages.len() >= limit as usize;
        if page.more || enough || page.history_complete {
            let complete = !page.more && page.history_complete;
            return Ok(MessagePage { messages: page.messages, complete });
        }
        let Ok(handle) = self.handle(account) else {
            return Ok(MessagePage { messages: page.messages, complete: false });
        };
        let of = conversation.clone();
        let complete = handle.ask(|reply| AccountMessage::LoadOlder { conversation: of, reply }).await?;
        let page = store.messages(account, &conversation, before.as_ref(), limit).await?;
        Ok(MessagePage { complete: complete && !page.more, messages: page.messages })
    }

    /// Queues a text; it is on the disk when this returns.
    pub async fn send_text(
        &self,
        account: AccountId,
        conversation: BareJid,
        text: String,
    ) -> Result<MessageId, OperationError> {
        self.handle(account)?.ask(|reply| AccountMessage::SendText { conversation, text, reply }).await
    }

    /// Queues a failed message again.
    pub async fn resend(&self, account: AccountId, message: MessageId) -> Result<(), OperationError> {
        self.handle(account)?.ask(|reply| AccountMessage::Resend { message, reply }).await
    }

    /// Tells the far side whether somebody is typing here.
    pub async fn set_typing(
        &self,
        account: AccountId,
        conversation: BareJid,
        state: TypingState,
    ) -> Result<(), OperationError> {
        self.handle(account)?.tell(AccountMessage::SetTyping { conversation, state }).await
    }

    /// The person has seen the conversation up to a message.
    pub async fn mark_displayed(
        &self,
        account: AccountId,
        conversation: BareJid,
        up_to: MessageId,
    ) -> Result<(), OperationError> {
        self.handle(account)?.ask(|reply| AccountMessage::MarkDisplayed { conversation, up_to, reply }).await
    }

    /// Keeps what has been typed and not sent.
    pub async fn save_draft(
        &self,
        account: AccountId,
        conversation: BareJid,
        text: String,
    ) -> Result<(), OperationError> {
        self.handle(account)?.ask(|reply| AccountMessage::SaveDraft { conversation, text, reply }).await
    }

    /// Messages that contain all words of the query, newest first.
    pub async fn search_messages(
        &self,
        account: AccountId,
        query: String,
        conversation: Option<BareJid>,
        before: Option<MessageId>,
        limit: u32,
    ) -> Result<Vec<Message>, OperationError> {
        let limit = page_limit(limit, MAX_PAGE)?;
        let store = &self.shared.store;
        Ok(store.search(account, &query, conversation.as_ref(), before.as_ref(), limit).await?)
    }

    // Calls

    /// Calls somebody. The result is the call's id; its course comes as events.
    pub async fn place_call(
        &self,
        account: AccountId,
        to: BareJid,
        media: CallMedia,
        timeout_s: Option<u32>,
        extension: Option<Map<String, Value>>,
    ) -> Result<CallId, OperationError> {
        let handle = self.handle(account)?;
        let callee = crate::callee::look_up(&handle.session, &to).await;
        let invitation = confab_call::Invitation { to, media, timeout_s, extension, received_check_s: None, callee };
        match self.operate(&handle, Operation::Invite(invitation)).await? {
            confab_call::Done::Invited { call, .. } => Ok(call),
            confab_call::Done::Ok => Err(OperationError::new(ErrorCode::UnknownCall, "the call is over already")),
        }
    }

    /// Answers, with or without the camera.
    pub async fn accept_call(&self, account: AccountId, call: CallId, media: CallMedia) -> Result<(), OperationError> {
        self.call_operation(account, Operation::Accept { call, media, extension: None }).await
    }

    /// Declines, with a text for the caller if wanted.
    pub async fn reject_call(
        &self,
        account: AccountId,
        call: CallId,
        text: Option<String>,
    ) -> Result<(), OperationError> {
        self.call_operation(account, Operation::Reject { call, text, extension: None }).await
    }

    /// Ends a call, or withdraws it if nobody has answered.
    pub async fn hang_up(&self, account: AccountId, call: CallId) -> Result<(), OperationError> {
        let handle = self.handle(account)?;
        let live = handle.live_calls().await?;
        let Some(snapshot) = live.into_iter().find(|snapshot| snapshot.id == call) else {
            return Err(OperationError::new(ErrorCode::UnknownCall, "there is no such call"));
        };
        self.operate(&handle, end_operation(&snapshot)).await.map(drop)
    }

    /// Mutes or unmutes the microphone; the far side is told.
    pub async fn set_muted(&self, account: AccountId, call: CallId, muted: bool) -> Result<(), OperationError> {
        self.call_operation(account, Operation::SetMuted { call, muted }).await
    }

    /// Turns the camera on or off; the far side is told.
    pub async fn set_camera(&self, account: AccountId, call: CallId, on: bool) -> Result<(), OperationError> {
        self.call_operation(account, Operation::SetCamera { call, camera: on }).await
    }

    /// Holds or resumes.
    pub async fn set_held(&self, account: AccountId, call: CallId, held: bool) -> Result<(), OperationError> {
        self.call_operation(account, Operation::SetHeld { call, held }).await
    }

    async fn call_operation(&self, account: AccountId, operation: Operation) -> Result<(), OperationError> {
        let handle = self.handle(account)?;
        self.operate(&handle, operation).await.map(drop)
    }

    async fn operate(&self, handle: &AccountHandle, operation: Operation) -> Result<confab_call::Done, OperationError> {
        handle.ask(|reply| AccountMessage::Call { operation, reply }).await
    }

    /// The calls of all accounts that are not over.
    pub async fn calls(&self) -> Result<Vec<CallSnapshot>, OperationError> {
        let running = self.shared.running.borrow().clone();
        let mut calls = Vec::new();
        for handle in running.values() {
            calls.extend(handle.live_calls().await?);
        }
        Ok(calls)
    }

    /// The call list, newest first. `cursor`: 0, or `next` of the page before; more than 100 is taken as 100.
    pub async fn call_records(
        &self,
        account: AccountId,
        count: u32,
        cursor: u32,
    ) -> Result<CallRecordPage, OperationError> {
        let count = count.clamp(1, MAX_RECORDS);
        let page = self.shared.store.call_records(account, count, cursor).await?;
        Ok(CallRecordPage { records: page.records, next: page.next })
    }

    /// How a call went.
    pub async fn call_report(&self, account: AccountId, call: CallId) -> Result<CallReport, OperationError> {
        let Some(record) = self.shared.store.call_record(account, &call).await? else {
            return Err(OperationError::new(ErrorCode::UnknownCall, "there is no such call"));
        };
        let course = crate::call::load_course(&self.shared.store, account, &call).await?;
        Ok(CallReport { record, quality: course.quality, transports: course.transports })
    }

    // Devices

    /// All devices and the selection.
    pub async fn devices(&self) -> Result<Devices, OperationError> {
        Ok(self.shared.devices.devices().await)
    }

    /// Chooses a device for this and later calls; `None` follows the system.
    pub async fn select_device(&self, kind: DeviceKind, id: Option<DeviceId>) -> Result<Devices, OperationError> {
        let known: Vec<Device> = self.shared.devices.devices().await.devices;
        if let Some(id) = &id
            && !known.iter().any(|device| device.kind == kind && device.id == *id)
        {
            return Err(OperationError::new(ErrorCode::UnknownDevice, "there is no such device now"));
        }
        self.shared.devices.select(kind, id).await?;
        Ok(self.shared.devices.devices().await)
    }
}

/// Makes the folder if it is missing, and closes it to other people of this machine: it holds all that was written.
fn own_folder(path: &std::path::Path) -> std::io::Result<()> {
    std::fs::create_dir_all(path)?;
    #[cfg(unix)]
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    Ok(())
}

fn signed_out(stored: StoredAccount) -> Account {
    // Signed in and not running: nothing was remembered, so the person has to type the password.
    let connection = if stored.signed_in {
        ConnectionState::Failed { why: SignInFailure::WrongPassword }
    } else {
        ConnectionState::Offline
    };
    Account { id: stored.id, jid: stored.jid, name: stored.name, connection, has_archive: false, has_relay: false }
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

fn page_limit(limit: u32, most: u32) -> Result<u32, OperationError> {
    if (1..=most).contains(&limit) {
        return Ok(limit);
    }
    Err(OperationError::new(ErrorCode::InvalidArgument, format!("a page has 1 to {most} entries")))
}

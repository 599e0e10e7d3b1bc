//! The operations of the core, by subject. Reads go to the store, commands to the account's actor or its session.

mod accounts;
mod api;
mod calls;
mod chat;
mod contacts;
mod devices;
mod files;
mod groups;
mod keeping;
mod personal;
mod rescue;
mod search;
mod voice;

use std::sync::Arc;

use confab_call::Leaving;
use confab_model::{AccountId, BareJid};
use confab_session::SessionHandle;
use confab_store::Store;
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, watch};

pub use api::{
    CallRecordPage, CallReport, ClientConfig, GroupChange, MessagePage, MessageSearch, MessageWindow, PickedFile,
    Place, QualitySample, SearchFor, Startup, TransportReport,
};
pub use rescue::set_history_aside;

use crate::{
    ErrorCode, OperationError, Settings,
    account::{AccountContext, AccountHandle},
    call::CallStack,
    clock::Clock,
    core::{self, CoreMessage, Running},
    device_desk::DeviceDesk,
    event_bus::{EventBus, Events},
    files::Files,
    network_watch,
    picture_hub::{PictureFeed, PictureHub},
    secrets::Secrets,
    voice::{CallSound, VoiceContext, VoiceDesk},
};

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
    files: Files,
    voice: VoiceDesk,
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
        own_folder(&config.data_dir).map_err(|error| rescue::no_folder(&error))?;
        let clock = Clock::new();
        keeping::take_restored(&config.data_dir, clock.now().wall.0).map_err(|error| {
            OperationError::new(ErrorCode::FileFailed, "the restored history cannot be put in its place")
                .with_detail(error)
        })?;
        let store = Store::open(&rescue::history_file(&config.data_dir)).await?;
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
        let (bus, hub) = (EventBus::new(), PictureHub::new());
        let devices = DeviceDesk::open(&config.media, &store, bus.clone()).await?;
        let sound = CallSound::new();
        let stack = CallStack {
            catalog: devices.catalog(),
            selection: devices.selection(),
            hub: hub.clone(),
            bus: bus.clone(),
            store: store.clone(),
            clock,
            sound: sound.clone(),
            options: config.media.clone(),
            ca_file: config.ca_file.clone(),
        };
        let (floor_sender, floor) = mpsc::unbounded_channel();
        let files = Files::new(&config.data_dir, config.ca_file.clone());
        let voice = VoiceContext {
            catalog: devices.catalog(),
            selection: devices.selection(),
            test_media: config.media.test_media,
            files: files.clone(),
            bus: bus.clone(),
        };
        let voice = VoiceDesk::start(voice, &sound);
        let (leaving_sender, leaving) = mpsc::unbounded_channel();
        let context = AccountContext {
            store: store.clone(),
            bus: bus.clone(),
            secrets: secrets.clone(),
            clock,
            floor: floor_sender,
            calls: Arc::new(stack),
            files: files.clone(),
            leaving: leaving_sender,
        };
        let (core, running) = core::spawn(context, floor);
        tokio::spawn(network_watch::follow(network_watch::system_changes(), running.clone()));
        let shared = Shared {
            config,
            store,
            bus,
            secrets,
            clock,
            hub,
            devices,
            files,
            voice,
            settings,
            installation,
            core,
            running,
        };
        let client = Self { shared: Arc::new(shared) };
        keeping::start(&client.shared, client.settings(), leaving);
        client.start_remembered().await?;
        Ok(client)
    }

    /// The events from now on.
    pub fn events(&self) -> Events {
        self.shared.bus.listen()
    }

    /// The pictures of calls, for one window.
    pub fn pictures(&self) -> PictureFeed {
        self.shared.hub.open_feed()
    }

    /// Ends the calls that were placed or answered here, signs off and waits for it.
    pub async fn shut_down(&self) {
        let running = self.shared.running.borrow().clone();
        // Side by side: each may wait for devices and for its server.
        futures::future::join_all(running.values().map(|account| account.stop(Leaving::UntilStart))).await;
    }

    /// Closes the history, so that another process may have it. After [`Client::shut_down`]; nothing works any more then.
    pub async fn close(&self) {
        self.shared.store.close().await;
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

    /// The address of an account, if others run beside it: then it is said which one something is about.
    pub fn account_among_others(&self, account: AccountId) -> Option<BareJid> {
        let running = self.shared.running.borrow();
        running.get(&account).filter(|_| running.len() > 1).map(|handle| handle.jid.clone())
    }

    /// The address of an account that runs.
    pub fn own_address(&self, account: AccountId) -> Option<BareJid> {
        self.shared.running.borrow().get(&account).map(|handle| handle.jid.clone())
    }

    /// What a shell needs to begin.
    pub async fn startup(&self) -> Result<Startup, OperationError> {
        let running = self.shared.running.borrow().clone();
        let accounts = self.shared.store.accounts().await?.into_iter().map(|stored| match running.get(&stored.id) {
            Some(handle) => handle.account.borrow().clone(),
            None => accounts::signed_out(stored),
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
        settings.check().map_err(|why| OperationError::new(ErrorCode::InvalidArgument, why))?;
        self.shared.store.set_setting("settings", &settings).await?;
        self.shared.settings.send_replace(settings.clone());
        let _ = self.shared.core.send(CoreMessage::SettingsChanged(settings)).await;
        Ok(())
    }

    /// The settings, and their changes.
    pub fn settings(&self) -> watch::Receiver<Settings> {
        self.shared.settings.subscribe()
    }
}

/// Makes the folder if it is missing, and closes it to other people of this machine: it holds all that was written.
fn own_folder(path: &std::path::Path) -> std::io::Result<()> {
    std::fs::create_dir_all(path)?;
    #[cfg(unix)]
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    Ok(())
}

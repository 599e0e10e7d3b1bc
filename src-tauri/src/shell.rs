//! What lives as long as the process: the core, once it has started, and how everything ends.
//!
//! Owns the one [`Client`]. In: commands that need it, signals and windows that want to end. Out: the client, or why
//! it cannot start (a damaged, locked or newer history, a full disk): the window words that and can try again.

use std::{
    path::PathBuf,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use confab_client::{Client, ClientConfig, ErrorCode, OperationError, Theme};
use confab_model::{CallDirection, CallPhase};
use tauri::{AppHandle, Manager as _, WebviewWindow, async_runtime::JoinHandle};
use tokio::sync::{OnceCell, watch};

use crate::{
    error::{IpcError, IpcResult},
    events,
    incoming::Rings,
    instance::Instance,
    notify,
    tray::Tray,
    video::{self, VideoSocket},
    window,
};

/// Ending calls and signing off takes one round trip; a dead network must not keep the process.
const FAREWELL_TIMEOUT: Duration = Duration::from_secs(5);
/// Taking back notifications is one local message each.
const TIDY_TIMEOUT: Duration = Duration::from_secs(1);

/// What this run finds around it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Surroundings {
    /// Where web views keep their data, if not where the system says.
    pub(crate) web_data: Option<PathBuf>,
    /// Nothing is shown beside the clock.
    pub(crate) no_tray: bool,
}

/// The shell's state, managed by Tauri.
pub(crate) struct Shell {
    app: AppHandle,
    config: ClientConfig,
    around: Surroundings,
    client: OnceCell<Client>,
    video: OnceCell<VideoSocket>,
    rings: Rings,
    /// The main window has been on screen.
    begun: AtomicBool,
    /// Whether the person looks at the main window.
    focused: watch::Sender<bool>,
    /// Whether there is an icon beside the clock.
    tray: watch::Sender<bool>,
    /// True from the moment on when the process is to end.
    ending: watch::Sender<bool>,
    notifications: Mutex<Option<JoinHandle<()>>>,
    /// The data folder is this process's.
    instance: Mutex<Option<Instance>>,
}

impl Shell {
    pub(crate) fn new(app: AppHandle, config: ClientConfig, around: Surroundings) -> Self {
        Self {
            app,
            config,
            around,
            client: OnceCell::new(),
            video: OnceCell::new(),
            rings: Rings::new(),
            begun: AtomicBool::new(false),
            focused: watch::Sender::new(false),
            tray: watch::Sender::new(false),
            ending: watch::Sender::new(false),
            notifications: Mutex::new(None),
            instance: Mutex::new(None),
        }
    }

    /// Keeps the data folder for as long as the process runs.
    pub(crate) fn keep(&self, instance: Instance) {
        if let Ok(mut kept) = self.instance.lock() {
            *kept = Some(instance);
        }
    }

    /// The core. Whoever asks first starts it, the others wait; a failed start is tried again by the next one.
    pub(crate) async fn client(&self) -> Result<&Client, OperationError> {
        self.client.get_or_try_init(|| self.start()).await
    }

    /// Puts a damaged history aside. Never while the core runs: whoever has it open would go on writing into it.
    pub(crate) async fn set_history_aside(&self) -> Result<Option<PathBuf>, OperationError> {
        match self.client().await {
            Ok(_) => Ok(None),
            Err(error) if error.code == ErrorCode::StoreDamaged => {
                confab_client::set_history_aside(&self.config.data_dir).await
            }
            Err(error) => Err(error),
        }
    }

    async fn start(&self) -> Result<Client, OperationError> {
        let client = Client::start(self.config.clone())
            .await
            .inspect_err(|error| tracing::error!(%error, detail = error.detail, "the core cannot start"))?;
        tauri::async_runtime::spawn(events::pump(self.app.clone(), client.events()));
        window::follow_theme(self.app.clone(), client.settings());
        self.rings.start(&self.app, &client, self.focused.subscribe(), self.ending.subscribe());
        let watcher = notify::Watcher {
            app: self.app.clone(),
            client: client.clone(),
            focused: self.focused.subscribe(),
            ending: self.ending.subscribe(),
        };
        let task = tauri::async_runtime::spawn(watcher.run());
        if !self.around.no_tray {
            let tray = Tray {
                app: self.app.clone(),
                client: client.clone(),
                shown: self.tray.clone(),
                ending: self.ending.subscribe(),
            };
            tauri::async_runtime::spawn(tray.run());
        }
        if let Ok(mut notifications) = self.notifications.lock() {
            *notifications = Some(task);
        }
        tracing::info!("the core has started");
        Ok(client)
    }

    /// Where windows get their pictures; opened when one asks for the first time.
    pub(crate) async fn video_socket(&self) -> IpcResult<VideoSocket> {
        let client = self.client().await?.clone();
        let origins = window::origins(&self.app);
        let socket = self.video.get_or_try_init(|| video::serve(move || client.pictures(), origins)).await;
        socket.cloned().map_err(|error| IpcError {
            code: "internal".to_owned(),
            message: "pictures cannot be shown: no socket on this machine".to_owned(),
            detail: Some(error.to_string()),
        })
    }

    pub(crate) fn rings(&self) -> &Rings {
        &self.rings
    }

    pub(crate) fn web_data(&self) -> Option<PathBuf> {
        self.around.web_data.clone()
    }

    pub(crate) fn app(&self) -> &AppHandle {
        &self.app
    }

    /// The window that dialogs stand in front of.
    pub(crate) fn main_window(&self) -> Option<WebviewWindow> {
        self.app.get_webview_window(window::MAIN)
    }

    /// Where the person's downloads go.
    pub(crate) fn downloads(&self) -> Option<PathBuf> {
        self.app.path().download_dir().ok().filter(|folder| folder.is_dir())
    }

    /// The chosen theme, as far as it is known.
    pub(crate) fn theme(&self) -> Theme {
        self.client.get().map_or(Theme::System, |client| client.settings().borrow().theme)
    }

    /// Whether the main window has been on screen; from now on it counts as that.
    pub(crate) fn begin(&self) -> bool {
        self.begun.swap(true, Ordering::Relaxed)
    }

    pub(crate) fn has_begun(&self) -> bool {
        self.begun.load(Ordering::Relaxed)
    }

    /// Whether there is an icon by which the person gets a closed window back.
    pub(crate) fn has_tray(&self) -> bool {
        *self.tray.borrow()
    }

    /// Whether somebody is called or talked to.
    pub(crate) async fn is_in_call(&self) -> bool {
        let Some(client) = self.client.get() else { return false };
        let calls = client.calls().await.unwrap_or_default();
        calls.iter().any(|call| match call.phase {
            CallPhase::Calling => call.direction == CallDirection::Outgoing,
            CallPhase::Connecting | CallPhase::Connected { .. } | CallPhase::Reconnecting { .. } => true,
            CallPhase::Ended { .. } => false,
        })
    }

    /// Whether the app goes on when its window is closed.
    pub(crate) fn outlives_window(&self) -> bool {
        self.has_tray() && self.client.get().is_some_and(|client| client.settings().borrow().keep_running)
    }

    pub(crate) fn set_focused(&self, focused: bool) {
        self.focused.send_if_modified(|known| std::mem::replace(known, focused) != focused);
    }

    pub(crate) fn is_ending(&self) -> bool {
        *self.ending.borrow()
    }

    async fn farewell(&self) {
        if let Some(client) = self.client.get()
            && tokio::time::timeout(FAREWELL_TIMEOUT, client.shut_down()).await.is_err()
        {
            tracing::warn!("the servers did not answer the farewell in time");
        }
        let task = self.notifications.lock().ok().and_then(|mut task| task.take());
        if let Some(task) = task {
            let _ = tokio::time::timeout(TIDY_TIMEOUT, task).await;
        }
    }
}

/// Ends calls, signs off and leaves. The windows go at once; the process follows when that is done.
pub(crate) fn end(app: &AppHandle) {
    let shell = app.state::<Shell>();
    if shell.ending.send_replace(true) {
        return;
    }
    for window in app.webview_windows().into_values() {
        let _ = window.hide();
    }
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        app.state::<Shell>().farewell().await;
        app.exit(0);
    });
}

/// Ends as [`end`], and begins again as another process, which finds nothing in use.
pub(crate) fn start_again(app: &AppHandle) {
    let shell = app.state::<Shell>();
    if shell.ending.send_replace(true) {
        return;
    }
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let shell = app.state::<Shell>();
        shell.farewell().await;
        if let Some(client) = shell.client.get() {
            client.close().await;
        }
        // The next process is to take the folder, not to tell this one.
        drop(shell.instance.lock().ok().and_then(|mut instance| instance.take()));
        tauri::process::restart(&app.env());
    });
}

/// Ends like a closed window when the system asks the process to: a session that ends, a terminal, a test.
pub(crate) async fn end_on_signal(app: AppHandle) {
    let asked = async {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let mut terminate = signal(SignalKind::terminate())?;
            tokio::select! {
                _ = terminate.recv() => Ok(()),
                result = tokio::signal::ctrl_c() => result,
            }
        }
        #[cfg(not(unix))]
        tokio::signal::ctrl_c().await
    };
    match asked.await {
        Ok(()) => end(&app),
        Err(error) => tracing::warn!(%error, "signals end the process at once"),
    }
}

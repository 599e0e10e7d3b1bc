//! What lives as long as the process: the core, once it has started, and how everything ends.
//!
//! Owns the one [`Client`]. In: commands that need it, signals and windows that want to end. Out: the client, or why
//! it cannot start (a damaged, locked or newer history, a full disk): the window words that and can try again.

use std::{path::PathBuf, sync::Mutex, time::Duration};

use confab_client::{Client, ClientConfig, OperationError, Theme};
use tauri::{AppHandle, Manager as _, async_runtime::JoinHandle};
use tokio::sync::{OnceCell, watch};

use crate::{
    error::{IpcError, IpcResult},
    events,
    incoming::Rings,
    notify,
    video::{self, VideoSocket},
    window,
};

/// Ending calls and signing off takes one round trip; a dead network must not keep the process.
const FAREWELL_TIMEOUT: Duration = Duration::from_secs(5);
/// Taking back notifications is one local message each.
const TIDY_TIMEOUT: Duration = Duration::from_secs(1);

/// The shell's state, managed by Tauri.
pub(crate) struct Shell {
    app: AppHandle,
    config: ClientConfig,
    /// Where web views keep their data, if not where the system says.
    web_data: Option<PathBuf>,
    client: OnceCell<Client>,
    video: OnceCell<VideoSocket>,
    rings: Rings,
    /// Whether the person looks at the main window.
    focused: watch::Sender<bool>,
    /// True from the moment on when the process is to end.
    ending: watch::Sender<bool>,
    notifications: Mutex<Option<JoinHandle<()>>>,
}

impl Shell {
    pub(crate) fn new(app: AppHandle, config: ClientConfig, web_data: Option<PathBuf>) -> Self {
        Self {
            app,
            config,
            web_data,
            client: OnceCell::new(),
            video: OnceCell::new(),
            rings: Rings::new(),
            focused: watch::Sender::new(false),
            ending: watch::Sender::new(false),
            notifications: Mutex::new(None),
        }
    }

    /// The core. Whoever asks first starts it, the others wait; a failed start is tried again by the next one.
    pub(crate) async fn client(&self) -> Result<&Client, OperationError> {
        self.client.get_or_try_init(|| self.start()).await
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
        self.web_data.clone()
    }

    /// The chosen theme, as far as it is known.
    pub(crate) fn theme(&self) -> Theme {
        self.client.get().map_or(Theme::System, |client| client.settings().borrow().theme)
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

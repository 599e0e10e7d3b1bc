//! Notifications of Windows and macOS, by Tauri's plugin. It shows a title and a text; buttons, replacing and taking
//! back are not in its desktop part, so ringing calls rely on the main window coming to the front.

use tauri::{AppHandle, Wry, plugin::TauriPlugin};
use tauri_plugin_notification::NotificationExt as _;

use super::{Deed, board::Subject, words::Notice};

pub(super) fn init() -> TauriPlugin<Wry> {
    tauri_plugin_notification::init()
}

/// The desktop as far as notifications go.
pub(super) struct Desktop {
    app: AppHandle,
}

impl Desktop {
    pub(super) async fn open(app: &AppHandle) -> Self {
        Self { app: app.clone() }
    }

    pub(super) async fn show(&mut self, _: &Subject, notice: &Notice) {
        let shown = self.app.notification().builder().title(&notice.title).body(&notice.body).show();
        if let Err(error) = shown {
            tracing::debug!(%error, "a notification was not shown");
        }
    }

    pub(super) async fn close(&mut self, _: &Subject) {}

    /// Nothing is reported on these platforms.
    pub(super) async fn next(&mut self) -> Deed {
        std::future::pending().await
    }
}

//! What a window needs to begin and to end, and settings.

use confab_client::{Settings, Startup};

use super::Core;
use crate::{error::IpcResult, outside::OpenedLink};

#[tauri::command]
#[specta::specta]
pub(crate) async fn startup(core: Core<'_>) -> IpcResult<Startup> {
    Ok(core.client().await?.startup().await?)
}

/// For a core that cannot start because its history is damaged: puts the file aside. Where it is now; `None`: it is sound.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_history_aside(core: Core<'_>) -> IpcResult<Option<String>> {
    Ok(core.set_history_aside().await?.map(|path| path.to_string_lossy().into_owned()))
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn settings_save(core: Core<'_>, settings: Settings) -> IpcResult<()> {
    Ok(core.client().await?.settings_save(settings).await?)
}

/// An `xmpp:` link that was opened outside of the app and waits for the page.
#[tauri::command]
#[specta::specta]
pub(crate) fn take_link(links: tauri::State<'_, OpenedLink>) -> Option<String> {
    links.take()
}

/// Whether there is an icon of the app beside the clock: then closing the window need not end it.
#[tauri::command]
#[specta::specta]
pub(crate) fn has_tray(core: Core<'_>) -> bool {
    core.has_tray()
}

/// Signs off and ends the app.
#[tauri::command]
#[specta::specta]
pub(crate) fn quit(app: tauri::AppHandle) {
    crate::shell::end(&app);
}

//! What is kept on this device, and how it gets out and in. The person chooses places in the system's dialogs.

use std::path::PathBuf;

use confab_client::{ExportForm, Language};
use confab_model::{AccountId, BareJid, Pii};
use tauri::AppHandle;

use super::Core;
use crate::{error::IpcResult, outside, shell};

/// Asks where, and writes the conversation there. The new folder; `None`: the person thought better of it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_conversation(
    core: Core<'_>,
    account: AccountId,
    conversation: BareJid,
    form: ExportForm,
    language: Language,
) -> IpcResult<Option<String>> {
    let client = core.client().await?;
    let Some(window) = core.main_window() else { return Ok(None) };
    let Some(folder) = outside::pick_folder(window).await else { return Ok(None) };
    let made = client.export_conversation(account, conversation, folder, form, language).await?;
    Ok(Some(made.to_string_lossy().into_owned()))
}

/// Asks where, with a name to begin with, and writes all history there. `None`: the person thought better of it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn back_up(core: Core<'_>, name: String, passphrase: Pii<String>) -> IpcResult<Option<String>> {
    let client = core.client().await?;
    let Some(window) = core.main_window() else { return Ok(None) };
    let Some(place) = outside::place_for(window, core.downloads(), name).await else { return Ok(None) };
    client.back_up(place.clone(), passphrase).await?;
    Ok(Some(place.to_string_lossy().into_owned()))
}

/// The system's dialog for a backup to restore; `None`: the person thought better of it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn pick_backup(core: Core<'_>) -> IpcResult<Option<String>> {
    let Some(window) = core.main_window() else { return Ok(None) };
    let picked = outside::pick_files(window).await.into_iter().next();
    Ok(picked.map(|path| path.to_string_lossy().into_owned()))
}

/// Reads the backup; if it is good, Confab starts again with it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn restore_backup(
    app: AppHandle,
    core: Core<'_>,
    path: PathBuf,
    passphrase: Pii<String>,
) -> IpcResult<()> {
    core.client().await?.restore_backup(path, passphrase).await?;
    shell::start_again(&app);
    Ok(())
}

//! Files of messages.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use confab_client::PickedFile;
use confab_model::{AccountId, MessageId};

use super::Core;
use crate::{
    error::{IpcError, IpcResult},
    outside,
};

#[tauri::command]
#[specta::specta]
pub(crate) async fn download(core: Core<'_>, account: AccountId, message: MessageId) -> IpcResult<()> {
    Ok(core.client().await?.download(account, message).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn cancel_transfer(core: Core<'_>, account: AccountId, message: MessageId) -> IpcResult<()> {
    Ok(core.client().await?.cancel_transfer(account, message).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn picture(core: Core<'_>, account: AccountId, message: MessageId) -> IpcResult<String> {
    Ok(core.client().await?.picture(account, message).await?)
}

/// Keeps what was pasted or dropped (`data`: Base64) until it is sent: a path for a draft.
#[tauri::command]
#[specta::specta]
pub(crate) async fn keep_file(core: Core<'_>, name: String, data: String) -> IpcResult<String> {
    let bytes = STANDARD.decode(data).map_err(IpcError::not_base64)?;
    let path = core.client().await?.keep_file(name, bytes).await?;
    Ok(path.to_string_lossy().into_owned())
}

/// Deletes what was recorded or kept and is not to be sent after all.
#[tauri::command]
#[specta::specta]
pub(crate) async fn discard_file(core: Core<'_>, path: String) -> IpcResult<()> {
    Ok(core.client().await?.discard_file(path.into()).await?)
}

/// The system's dialog for files to send. What cannot be read is left out.
#[tauri::command]
#[specta::specta]
pub(crate) async fn pick_files(core: Core<'_>) -> IpcResult<Vec<PickedFile>> {
    let client = core.client().await?;
    let Some(window) = core.main_window() else { return Ok(Vec::new()) };
    Ok(outside::readable(client, outside::pick_files(window).await).await)
}

/// What the clipboard has beside text, where the web view does not hand it to the page: files to send.
#[tauri::command]
#[specta::specta]
pub(crate) async fn paste_files(core: Core<'_>) -> IpcResult<Vec<PickedFile>> {
    let client = core.client().await?;
    let paths = match outside::copied(core.app()).await {
        None => Vec::new(),
        Some(outside::Copied::Files(paths)) => paths,
        Some(outside::Copied::Picture { bytes, extension }) => {
            vec![client.keep_file(format!("image.{extension}"), bytes).await?]
        }
    };
    Ok(outside::readable(client, paths).await)
}

/// Asks where, and copies the file of a message there. `None`: the person thought better of it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_attachment(
    core: Core<'_>,
    account: AccountId,
    message: MessageId,
) -> IpcResult<Option<String>> {
    let client = core.client().await?;
    let name = client.attachment_name(account, message.clone()).await?;
    let Some(window) = core.main_window() else { return Ok(None) };
    let Some(place) = outside::place_for(window, core.downloads(), name).await else { return Ok(None) };
    let path = client.save_attachment_as(account, message, place).await?;
    Ok(Some(path.to_string_lossy().into_owned()))
}

/// With the program that the system has for it; a file that might run is shown in its folder.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_attachment(core: Core<'_>, account: AccountId, message: MessageId) -> IpcResult<()> {
    let path = core.client().await?.attachment_path(account, message).await?;
    outside::open_file(&path).await.map_err(IpcError::not_opened)
}

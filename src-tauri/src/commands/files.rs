//! Files of messages.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use confab_model::{AccountId, MessageId};

use super::Core;
use crate::error::{IpcError, IpcResult};

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

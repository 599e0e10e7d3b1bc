//! Calls.

use confab_client::{CallRecordPage, CallReport};
use confab_model::{AccountId, BareJid, CallId, CallMedia, CallSnapshot};
use serde_json::{Map, Value};

use super::Core;
use crate::error::IpcResult;

#[tauri::command]
#[specta::specta]
pub(crate) async fn place_call(
    core: Core<'_>,
    account: AccountId,
    to: BareJid,
    media: CallMedia,
    timeout_s: Option<u32>,
    extension: Option<Map<String, Value>>,
) -> IpcResult<CallId> {
    Ok(core.client().await?.place_call(account, to, media, timeout_s, extension).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn accept_call(core: Core<'_>, account: AccountId, call: CallId, media: CallMedia) -> IpcResult<()> {
    Ok(core.client().await?.accept_call(account, call, media).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn reject_call(
    core: Core<'_>,
    account: AccountId,
    call: CallId,
    text: Option<String>,
) -> IpcResult<()> {
    Ok(core.client().await?.reject_call(account, call, text).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn hang_up(core: Core<'_>, account: AccountId, call: CallId) -> IpcResult<()> {
    Ok(core.client().await?.hang_up(account, call).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn set_muted(core: Core<'_>, account: AccountId, call: CallId, muted: bool) -> IpcResult<()> {
    Ok(core.client().await?.set_muted(account, call, muted).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn set_camera(core: Core<'_>, account: AccountId, call: CallId, on: bool) -> IpcResult<()> {
    Ok(core.client().await?.set_camera(account, call, on).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn add_video(core: Core<'_>, account: AccountId, call: CallId) -> IpcResult<()> {
    Ok(core.client().await?.add_video(account, call).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_video(core: Core<'_>, account: AccountId, call: CallId) -> IpcResult<()> {
    Ok(core.client().await?.remove_video(account, call).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn set_held(core: Core<'_>, account: AccountId, call: CallId, held: bool) -> IpcResult<()> {
    Ok(core.client().await?.set_held(account, call, held).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn calls(core: Core<'_>) -> IpcResult<Vec<CallSnapshot>> {
    Ok(core.client().await?.calls().await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn call_records(
    core: Core<'_>,
    account: AccountId,
    count: u32,
    cursor: u32,
) -> IpcResult<CallRecordPage> {
    Ok(core.client().await?.call_records(account, count, cursor).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn call_report(core: Core<'_>, account: AccountId, call: CallId) -> IpcResult<CallReport> {
    Ok(core.client().await?.call_report(account, call).await?)
}

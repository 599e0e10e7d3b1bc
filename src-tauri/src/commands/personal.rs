//! Profiles, availability, and people from whom nothing comes through.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use confab_model::{AccountId, Availability, BareJid, MessageId, Profile, ReportReason};

use super::Core;
use crate::error::{IpcError, IpcResult};

#[tauri::command]
#[specta::specta]
pub(crate) async fn block(
    core: Core<'_>,
    account: AccountId,
    jid: BareJid,
    report: Option<ReportReason>,
    messages: Vec<MessageId>,
) -> IpcResult<()> {
    Ok(core.client().await?.block(account, jid, report, messages).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn unblock(core: Core<'_>, account: AccountId, jid: BareJid) -> IpcResult<()> {
    Ok(core.client().await?.unblock(account, jid).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn blocked(core: Core<'_>, account: AccountId) -> IpcResult<Vec<BareJid>> {
    Ok(core.client().await?.blocked(account).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn profiles(core: Core<'_>, account: AccountId) -> IpcResult<Vec<Profile>> {
    Ok(core.client().await?.profiles(account).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn profile(core: Core<'_>, account: AccountId, jid: BareJid) -> IpcResult<Profile> {
    Ok(core.client().await?.profile(account, jid).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn set_profile(core: Core<'_>, account: AccountId, name: String) -> IpcResult<()> {
    Ok(core.client().await?.set_profile(account, name).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn avatar(core: Core<'_>, account: AccountId, key: String) -> IpcResult<String> {
    Ok(core.client().await?.avatar(account, key).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn availability(core: Core<'_>, account: AccountId) -> IpcResult<Availability> {
    Ok(core.client().await?.availability(account).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn set_availability(core: Core<'_>, account: AccountId, availability: Availability) -> IpcResult<()> {
    Ok(core.client().await?.set_availability(account, availability).await?)
}

/// `picture`: Base64.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_avatar(core: Core<'_>, account: AccountId, picture: Option<String>) -> IpcResult<()> {
    let picture = picture.map(|text| STANDARD.decode(text)).transpose().map_err(IpcError::not_base64)?;
    Ok(core.client().await?.set_avatar(account, picture).await?)
}

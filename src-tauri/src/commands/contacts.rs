//! Contacts and requests.

use confab_model::{AccountId, BareJid, Contact, ContactRequest};

use super::Core;
use crate::error::IpcResult;

#[tauri::command]
#[specta::specta]
pub(crate) async fn contacts(core: Core<'_>, account: AccountId, refresh: bool) -> IpcResult<Vec<Contact>> {
    Ok(core.client().await?.contacts(account, refresh).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn contact_requests(core: Core<'_>, account: AccountId) -> IpcResult<Vec<ContactRequest>> {
    Ok(core.client().await?.contact_requests(account).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn add_contact(
    core: Core<'_>,
    account: AccountId,
    jid: BareJid,
    name: String,
    reason: String,
) -> IpcResult<()> {
    Ok(core.client().await?.add_contact(account, jid, name, reason).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn accept_contact(core: Core<'_>, account: AccountId, jid: BareJid) -> IpcResult<()> {
    Ok(core.client().await?.accept_contact(account, jid).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn decline_contact(core: Core<'_>, account: AccountId, jid: BareJid, reason: String) -> IpcResult<()> {
    Ok(core.client().await?.decline_contact(account, jid, reason).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_contact(core: Core<'_>, account: AccountId, jid: BareJid) -> IpcResult<()> {
    Ok(core.client().await?.remove_contact(account, jid).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn rename_contact(core: Core<'_>, account: AccountId, jid: BareJid, name: String) -> IpcResult<()> {
    Ok(core.client().await?.rename_contact(account, jid, name).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn group_contact(
    core: Core<'_>,
    account: AccountId,
    jid: BareJid,
    groups: Vec<String>,
) -> IpcResult<()> {
    Ok(core.client().await?.group_contact(account, jid, groups).await?)
}

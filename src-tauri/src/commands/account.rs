//! Accounts.

use confab_model::{AccountId, BareJid, Pii, RegistrationForm, RegistrationFormAnswer, ServerAddress};

use super::Core;
use crate::error::IpcResult;

#[tauri::command]
#[specta::specta]
pub(crate) async fn sign_in(
    core: Core<'_>,
    jid: BareJid,
    password: Pii<String>,
    server: Option<ServerAddress>,
    remember: bool,
) -> IpcResult<AccountId> {
    Ok(core.client().await?.sign_in(jid, password, server, remember).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn sign_out(core: Core<'_>, account: AccountId) -> IpcResult<()> {
    Ok(core.client().await?.sign_out(account).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn sign_out_everywhere(core: Core<'_>, account: AccountId) -> IpcResult<()> {
    Ok(core.client().await?.sign_out_everywhere(account).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn change_password(core: Core<'_>, account: AccountId, password: Pii<String>) -> IpcResult<()> {
    Ok(core.client().await?.change_password(account, password).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_account(core: Core<'_>, account: AccountId) -> IpcResult<()> {
    Ok(core.client().await?.delete_account(account).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_account(core: Core<'_>, account: AccountId) -> IpcResult<()> {
    Ok(core.client().await?.remove_account(account).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn reconnect(core: Core<'_>, account: AccountId) -> IpcResult<()> {
    Ok(core.client().await?.reconnect(account).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn registration_form(
    core: Core<'_>,
    domain: String,
    server: Option<ServerAddress>,
) -> IpcResult<RegistrationForm> {
    Ok(core.client().await?.registration_form(domain, server).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn register(
    core: Core<'_>,
    domain: String,
    server: Option<ServerAddress>,
    answers: Vec<RegistrationFormAnswer>,
) -> IpcResult<AccountId> {
    Ok(core.client().await?.register(domain, server, answers).await?)
}

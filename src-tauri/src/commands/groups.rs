//! Groups.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use confab_client::GroupChange;
use confab_model::{AccountId, BareJid, Group, GroupDraft, GroupMember, GroupRequest, GroupRole, MessageId, Sender};

use super::Core;
use crate::error::{IpcError, IpcResult};

#[tauri::command]
#[specta::specta]
pub(crate) async fn groups(core: Core<'_>, account: AccountId, refresh: bool) -> IpcResult<Vec<Group>> {
    Ok(core.client().await?.groups(account, refresh).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn group_info(core: Core<'_>, account: AccountId, group: BareJid, refresh: bool) -> IpcResult<Group> {
    Ok(core.client().await?.group_info(account, group, refresh).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn group_members(
    core: Core<'_>,
    account: AccountId,
    group: BareJid,
    refresh: bool,
) -> IpcResult<Vec<GroupMember>> {
    Ok(core.client().await?.group_members(account, group, refresh).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn group_requests(core: Core<'_>, account: AccountId) -> IpcResult<Vec<GroupRequest>> {
    Ok(core.client().await?.group_requests(account).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn create_group(core: Core<'_>, account: AccountId, draft: GroupDraft) -> IpcResult<Group> {
    Ok(core.client().await?.create_group(account, draft).await?)
}

/// `address`: of a group, or its `xmpp:` link.
#[tauri::command]
#[specta::specta]
pub(crate) async fn join_group(core: Core<'_>, account: AccountId, address: String, text: String) -> IpcResult<Group> {
    Ok(core.client().await?.join_group(account, address, text).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn leave_group(core: Core<'_>, account: AccountId, group: BareJid) -> IpcResult<()> {
    Ok(core.client().await?.leave_group(account, group).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn dissolve_group(
    core: Core<'_>,
    account: AccountId,
    group: BareJid,
    reason: String,
) -> IpcResult<()> {
    Ok(core.client().await?.dissolve_group(account, group, reason).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn change_group(
    core: Core<'_>,
    account: AccountId,
    group: BareJid,
    change: GroupChange,
) -> IpcResult<()> {
    Ok(core.client().await?.change_group(account, group, change).await?)
}

/// `picture`: Base64.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_group_picture(
    core: Core<'_>,
    account: AccountId,
    group: BareJid,
    picture: Option<String>,
) -> IpcResult<()> {
    let picture = picture.map(|text| STANDARD.decode(text)).transpose().map_err(IpcError::not_base64)?;
    Ok(core.client().await?.set_group_picture(account, group, picture).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn invite_to_group(
    core: Core<'_>,
    account: AccountId,
    group: BareJid,
    people: Vec<BareJid>,
    text: String,
) -> IpcResult<()> {
    Ok(core.client().await?.invite_to_group(account, group, people, text).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn set_group_role(
    core: Core<'_>,
    account: AccountId,
    group: BareJid,
    member: Sender,
    role: GroupRole,
) -> IpcResult<()> {
    Ok(core.client().await?.set_group_role(account, group, member, role).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_from_group(
    core: Core<'_>,
    account: AccountId,
    group: BareJid,
    member: Sender,
    reason: String,
) -> IpcResult<()> {
    Ok(core.client().await?.remove_from_group(account, group, member, reason).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn moderate_message(
    core: Core<'_>,
    account: AccountId,
    message: MessageId,
    reason: String,
) -> IpcResult<()> {
    Ok(core.client().await?.moderate_message(account, message, reason).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn answer_group_request(
    core: Core<'_>,
    account: AccountId,
    request: GroupRequest,
    accept: bool,
    text: String,
) -> IpcResult<()> {
    Ok(core.client().await?.answer_group_request(account, request, accept, text).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn group_link(core: Core<'_>, account: AccountId, group: BareJid) -> IpcResult<String> {
    Ok(core.client().await?.group_link(account, group).await?)
}

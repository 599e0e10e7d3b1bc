//! Conversations and messages.

use confab_client::MessagePage;
use confab_model::{AccountId, BareJid, Conversation, Message, MessageId, TypingState};

use super::Core;
use crate::error::IpcResult;

#[tauri::command]
#[specta::specta]
pub(crate) async fn conversations(core: Core<'_>, account: AccountId) -> IpcResult<Vec<Conversation>> {
    Ok(core.client().await?.conversations(account).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn open_conversation(core: Core<'_>, account: AccountId, jid: BareJid) -> IpcResult<Conversation> {
    Ok(core.client().await?.open_conversation(account, jid).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn messages(
    core: Core<'_>,
    account: AccountId,
    conversation: BareJid,
    before: Option<MessageId>,
    limit: u32,
) -> IpcResult<MessagePage> {
    Ok(core.client().await?.messages(account, conversation, before, limit).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn send_text(
    core: Core<'_>,
    account: AccountId,
    conversation: BareJid,
    text: String,
) -> IpcResult<MessageId> {
    Ok(core.client().await?.send_text(account, conversation, text).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn resend(core: Core<'_>, account: AccountId, message: MessageId) -> IpcResult<()> {
    Ok(core.client().await?.resend(account, message).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn set_typing(
    core: Core<'_>,
    account: AccountId,
    conversation: BareJid,
    state: TypingState,
) -> IpcResult<()> {
    Ok(core.client().await?.set_typing(account, conversation, state).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn mark_displayed(
    core: Core<'_>,
    account: AccountId,
    conversation: BareJid,
    up_to: MessageId,
) -> IpcResult<()> {
    Ok(core.client().await?.mark_displayed(account, conversation, up_to).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn save_draft(
    core: Core<'_>,
    account: AccountId,
    conversation: BareJid,
    text: String,
) -> IpcResult<()> {
    Ok(core.client().await?.save_draft(account, conversation, text).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn search_messages(
    core: Core<'_>,
    account: AccountId,
    query: String,
    conversation: Option<BareJid>,
    before: Option<MessageId>,
    limit: u32,
) -> IpcResult<Vec<Message>> {
    Ok(core.client().await?.search_messages(account, query, conversation, before, limit).await?)
}

//! Conversations and messages.

use confab_client::{MessagePage, MessageSearch, MessageWindow, Place};
use confab_model::{
    AccountId, BareJid, Conversation, ConversationChange, ConversationPage, Mention, Message, MessageDraft, MessageId,
    MessageReceipt, TypingState,
};

use super::Core;
use crate::error::IpcResult;

#[tauri::command]
#[specta::specta]
pub(crate) async fn conversation_page(
    core: Core<'_>,
    account: AccountId,
    after: Option<String>,
    limit: u32,
) -> IpcResult<ConversationPage> {
    Ok(core.client().await?.conversation_page(account, after, limit).await?)
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

#[tauri::command]
#[specta::specta]
pub(crate) async fn send_message(
    core: Core<'_>,
    account: AccountId,
    conversation: BareJid,
    draft: MessageDraft,
) -> IpcResult<MessageId> {
    Ok(core.client().await?.send_message(account, conversation, draft).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn edit_message(
    core: Core<'_>,
    account: AccountId,
    message: MessageId,
    text: String,
    mentions: Vec<Mention>,
) -> IpcResult<()> {
    Ok(core.client().await?.edit_message(account, message, text, mentions).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn recall_message(core: Core<'_>, account: AccountId, message: MessageId) -> IpcResult<()> {
    Ok(core.client().await?.recall_message(account, message).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn react(
    core: Core<'_>,
    account: AccountId,
    message: MessageId,
    emojis: Vec<String>,
) -> IpcResult<()> {
    Ok(core.client().await?.react(account, message, emojis).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn forward_messages(
    core: Core<'_>,
    account: AccountId,
    messages: Vec<MessageId>,
    to: Vec<BareJid>,
) -> IpcResult<()> {
    core.client().await?.forward_messages(account, messages, to).await?;
    Ok(())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_messages(core: Core<'_>, account: AccountId, messages: Vec<MessageId>) -> IpcResult<()> {
    Ok(core.client().await?.delete_messages(account, messages).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn receipts(core: Core<'_>, account: AccountId, message: MessageId) -> IpcResult<Vec<MessageReceipt>> {
    Ok(core.client().await?.receipts(account, message).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn search(core: Core<'_>, account: AccountId, search: MessageSearch) -> IpcResult<Vec<Message>> {
    Ok(core.client().await?.search(account, search).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn messages_around(
    core: Core<'_>,
    account: AccountId,
    conversation: BareJid,
    place: Place,
    limit: u32,
) -> IpcResult<MessageWindow> {
    Ok(core.client().await?.messages_around(account, conversation, place, limit).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn messages_after(
    core: Core<'_>,
    account: AccountId,
    conversation: BareJid,
    after: Option<MessageId>,
    limit: u32,
) -> IpcResult<MessageWindow> {
    Ok(core.client().await?.messages_after(account, conversation, after, limit).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn set_conversation(
    core: Core<'_>,
    account: AccountId,
    jid: BareJid,
    change: ConversationChange,
) -> IpcResult<()> {
    core.client().await?.set_conversation(account, jid, change).await?;
    Ok(())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_conversation(core: Core<'_>, account: AccountId, jid: BareJid) -> IpcResult<()> {
    Ok(core.client().await?.delete_conversation(account, jid).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn accept_request(core: Core<'_>, account: AccountId, jid: BareJid) -> IpcResult<()> {
    core.client().await?.accept_request(account, jid).await?;
    Ok(())
}

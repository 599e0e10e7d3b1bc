//! Voice clips: recording and playing.

use confab_model::{AccountId, MessageId, RecordedClip, VoiceSpeed};

use super::Core;
use crate::error::IpcResult;

#[tauri::command]
#[specta::specta]
pub(crate) async fn start_recording(core: Core<'_>) -> IpcResult<()> {
    Ok(core.client().await?.start_recording().await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn finish_recording(core: Core<'_>) -> IpcResult<RecordedClip> {
    Ok(core.client().await?.finish_recording().await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn cancel_recording(core: Core<'_>) -> IpcResult<()> {
    Ok(core.client().await?.cancel_recording().await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn play_voice(
    core: Core<'_>,
    account: AccountId,
    message: Option<MessageId>,
    from_ms: u32,
    speed: VoiceSpeed,
) -> IpcResult<()> {
    Ok(core.client().await?.play_voice(account, message, from_ms, speed).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn play_recording(core: Core<'_>, path: String, from_ms: u32, speed: VoiceSpeed) -> IpcResult<()> {
    Ok(core.client().await?.play_recording(path, from_ms, speed).await?)
}

//! Devices, and where the pictures of calls are to be had.

use confab_model::{DeviceId, DeviceKind, Devices};

use super::Core;
use crate::{error::IpcResult, video::VideoSocket};

#[tauri::command]
#[specta::specta]
pub(crate) async fn devices(core: Core<'_>) -> IpcResult<Devices> {
    Ok(core.client().await?.devices().await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn select_device(core: Core<'_>, kind: DeviceKind, id: Option<DeviceId>) -> IpcResult<Devices> {
    Ok(core.client().await?.select_device(kind, id).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn video_socket(core: Core<'_>) -> IpcResult<VideoSocket> {
    core.video_socket().await
}

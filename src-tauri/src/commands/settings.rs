//! What a window needs to begin, and settings.

use confab_client::{Settings, Startup};

use super::Core;
use crate::error::IpcResult;

#[tauri::command]
#[specta::specta]
pub(crate) async fn startup(core: Core<'_>) -> IpcResult<Startup> {
    Ok(core.client().await?.startup().await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn settings_save(core: Core<'_>, settings: Settings) -> IpcResult<()> {
    Ok(core.client().await?.settings_save(settings).await?)
}

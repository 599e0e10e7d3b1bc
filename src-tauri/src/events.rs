//! From the core's events to the windows.

use confab_client::Events;
use confab_model::EventEnvelope;
use serde::{Deserialize, Serialize};
use tauri::AppHandle;
use tauri_specta::Event as _;

/// The one event that windows listen to.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type, tauri_specta::Event)]
#[serde(transparent)]
pub struct AppEvent(pub EventEnvelope);

/// Hands every event to the windows until the core ends.
pub(crate) async fn pump(app: AppHandle, mut events: Events) {
    while let Some(envelope) = events.next().await {
        if let Err(error) = AppEvent(envelope).emit(&app) {
            tracing::warn!(%error, "an event did not reach the windows");
        }
    }
}

//! Files of other programs on their way into a conversation: dragged over the main window where the web view does not tell its
//! page of them (WebKitGTK), and what is shown of them before they are sent. Elsewhere pages handle drags themselves.

use std::path::PathBuf;

use confab_client::{Client, PickedFile};
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, DragDropEvent, Manager as _};
use tauri_specta::Event as _;

use crate::shell::Shell;

/// Files that are taken at once; what a person chooses or drops beyond it is left out.
const MOST: usize = 50;

/// Files over the main window.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type, tauri_specta::Event)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum FilesDragged {
    Over,
    Left,
    Dropped { files: Vec<PickedFile> },
}

/// Tells the page.
pub(crate) fn dragged(app: &AppHandle, event: &DragDropEvent) {
    match event {
        // Links of a browser come this way too.
        DragDropEvent::Enter { paths, .. } if paths.iter().any(|path| path.is_file()) => tell(app, FilesDragged::Over),
        DragDropEvent::Drop { paths, .. } => {
            let (app, paths) = (app.clone(), paths.clone());
            tauri::async_runtime::spawn(async move {
                let files = match app.state::<Shell>().client().await {
                    Ok(client) => readable(client, paths).await,
                    Err(_) => Vec::new(),
                };
                tell(&app, FilesDragged::Dropped { files });
            });
        }
        DragDropEvent::Leave => tell(app, FilesDragged::Left),
        _ => {}
    }
}

fn tell(app: &AppHandle, event: FilesDragged) {
    if let Err(error) = event.emit(app) {
        tracing::warn!(%error, "the window did not hear of dragged files");
    }
}

/// What is shown of files that can be read.
pub(crate) async fn readable(client: &Client, paths: Vec<PathBuf>) -> Vec<PickedFile> {
    let mut files = Vec::new();
    for path in paths.into_iter().take(MOST) {
        match client.picked_file(path).await {
            Ok(file) => files.push(file),
            Err(error) => tracing::info!(%error, detail = error.detail, "a file is left out"),
        }
    }
    files
}

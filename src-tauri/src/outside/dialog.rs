//! The system's dialogs for files, one at a time. On Linux GTK's own on the main thread (inside of sandboxes it asks the
//! portal by itself); elsewhere the system's through `rfd`.

use std::path::PathBuf;

use tauri::WebviewWindow;
use tokio::sync::Mutex;

/// Another dialog in front of the same window would confuse.
static OPEN: Mutex<()> = Mutex::const_new(());

/// What is asked for.
#[derive(Debug)]
enum Wanted {
    /// Existing files, one or more.
    Files,
    /// An existing folder.
    Folder,
    /// A place for a file, beginning with this folder and name. The dialog asks before a file there is replaced.
    Place { folder: Option<PathBuf>, name: String },
}

/// Files to send; none if the person thought better of it, or if a dialog is open already.
pub(crate) async fn pick_files(window: WebviewWindow) -> Vec<PathBuf> {
    let Ok(_one) = OPEN.try_lock() else { return Vec::new() };
    system::ask(window, Wanted::Files).await
}

/// A folder to write into; as [`pick_files`].
pub(crate) async fn pick_folder(window: WebviewWindow) -> Option<PathBuf> {
    let Ok(_one) = OPEN.try_lock() else { return None };
    system::ask(window, Wanted::Folder).await.into_iter().next()
}

/// Where to save a file; as [`pick_files`].
pub(crate) async fn place_for(window: WebviewWindow, folder: Option<PathBuf>, name: String) -> Option<PathBuf> {
    let Ok(_one) = OPEN.try_lock() else { return None };
    system::ask(window, Wanted::Place { folder, name }).await.into_iter().next()
}

/// Says why the app does not start, and waits until it was read. On the main thread, before there is a window.
pub(crate) fn tell(words: &str) {
    system::tell(words);
}

#[cfg(target_os = "linux")]
mod system {
    use std::{cell::Cell, path::PathBuf};

    use gtk::{
        ButtonsType, DialogFlags, FileChooserAction, FileChooserNative, MessageDialog, MessageType, ResponseType,
        Window, prelude::*,
    };
    use tauri::{Manager as _, WebviewWindow};
    use tokio::sync::oneshot;

    use super::Wanted;

    pub(super) fn tell(words: &str) {
        let dialog =
            MessageDialog::new(None::<&Window>, DialogFlags::MODAL, MessageType::Warning, ButtonsType::Close, words);
        dialog.set_title("Confab");
        dialog.run();
    }

    pub(super) async fn ask(window: WebviewWindow, wanted: Wanted) -> Vec<PathBuf> {
        let (sender, chosen) = oneshot::channel();
        let app = window.app_handle().clone();
        let shown = app.run_on_main_thread(move || show(&window, wanted, sender));
        if let Err(error) = shown {
            tracing::warn!(%error, "no dialog");
        }
        // Dropped without an answer: there was none.
        chosen.await.unwrap_or_default()
    }

    fn show(window: &WebviewWindow, wanted: Wanted, answer: oneshot::Sender<Vec<PathBuf>>) {
        let parent = match window.gtk_window() {
            Ok(parent) => Some(parent),
            Err(error) => {
                tracing::debug!(%error, "a dialog without its window");
                None
            }
        };
        let action = match wanted {
            Wanted::Files => FileChooserAction::Open,
            Wanted::Folder => FileChooserAction::SelectFolder,
            Wanted::Place { .. } => FileChooserAction::Save,
        };
        // Buttons without words of ours: GTK has them in the language of the system.
        let dialog = FileChooserNative::new(Some("Confab"), parent.as_ref(), action, None, None);
        dialog.set_modal(true);
        match wanted {
            Wanted::Files => dialog.set_select_multiple(true),
            Wanted::Folder => {}
            Wanted::Place { folder, name } => {
                dialog.set_do_overwrite_confirmation(true);
                if let Some(folder) = folder {
                    dialog.set_current_folder(folder);
                }
                dialog.set_current_name(&name);
            }
        }
        let answer = Cell::new(Some(answer));
        dialog.connect_response(move |dialog, response| {
            let files = if response == ResponseType::Accept { dialog.filenames() } else { Vec::new() };
            if let Some(answer) = answer.take() {
                let _ = answer.send(files);
            }
            dialog.destroy();
        });
        dialog.show();
        KEPT.set(Some(dialog));
    }

    thread_local! {
        /// GTK does not keep a native dialog alive.
        static KEPT: Cell<Option<FileChooserNative>> = const { Cell::new(None) };
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use std::path::PathBuf;

    use rfd::{AsyncFileDialog, FileHandle, MessageDialog, MessageLevel};
    use tauri::WebviewWindow;

    use super::Wanted;

    pub(super) fn tell(words: &str) {
        MessageDialog::new().set_level(MessageLevel::Warning).set_title("Confab").set_description(words).show();
    }

    pub(super) async fn ask(window: WebviewWindow, wanted: Wanted) -> Vec<PathBuf> {
        let dialog = AsyncFileDialog::new().set_parent(&window);
        let path = |file: FileHandle| file.path().to_owned();
        match wanted {
            Wanted::Files => dialog.pick_files().await.unwrap_or_default().into_iter().map(path).collect(),
            Wanted::Folder => dialog.pick_folder().await.into_iter().map(path).collect(),
            Wanted::Place { folder, name } => {
                let dialog = match folder {
                    Some(folder) => dialog.set_directory(folder),
                    None => dialog,
                };
                dialog.set_file_name(name).save_file().await.into_iter().map(path).collect()
            }
        }
    }
}

//! Files and pictures on the clipboard, where the web view does not hand them to its page: WebKitGTK gives pages texts
//! only. Other web views do it themselves; there this finds nothing.

use std::path::PathBuf;

use tauri::AppHandle;

/// What can be sent of the clipboard.
#[derive(Debug)]
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "web views there give files to their pages"))]
pub(crate) enum Copied {
    /// Copied in a file manager.
    Files(Vec<PathBuf>),
    /// A picture, such as a screenshot, and what its name should end with.
    Picture { bytes: Vec<u8>, extension: &'static str },
}

/// What is on the clipboard beside text.
pub(crate) async fn copied(app: &AppHandle) -> Option<Copied> {
    #[cfg(target_os = "linux")]
    {
        let (answer, found) = tokio::sync::oneshot::channel();
        app.run_on_main_thread(move || system::look(answer))
            .inspect_err(|error| tracing::warn!(%error, "the clipboard cannot be asked"))
            .ok()?;
        match tokio::time::timeout(system::LIMIT, found).await {
            Ok(Ok(copied)) => copied,
            Ok(Err(_)) => None,
            Err(_) => {
                tracing::info!("whoever owns the clipboard does not answer");
                None
            }
        }
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = app;
        None
    }
}

#[cfg(target_os = "linux")]
mod system {
    use std::time::Duration;

    use gtk::{Clipboard, gdk, gio::prelude::FileExt as _};
    use tokio::sync::oneshot;

    use super::Copied;

    /// Another program has to hand it over.
    pub(super) const LIMIT: Duration = Duration::from_secs(5);
    /// In the order of preference: as it was drawn, then what is smaller.
    const PICTURES: [(&str, &str); 4] =
        [("image/png", "png"), ("image/jpeg", "jpg"), ("image/webp", "webp"), ("image/bmp", "bmp")];

    type Answer = oneshot::Sender<Option<Copied>>;

    /// On the main thread. What there is is asked first: some programs answer every question with the text that they have.
    pub(super) fn look(answer: Answer) {
        let clipboard = Clipboard::get(&gdk::SELECTION_CLIPBOARD);
        clipboard.request_contents(&gdk::Atom::intern("TARGETS"), |clipboard, contents| {
            let targets = contents.targets().unwrap_or_default();
            let has = |name: &str| targets.contains(&gdk::Atom::intern(name));
            let picture = PICTURES.into_iter().find(|(media_type, _)| has(media_type));
            // File managers offer a picture of a file's icon beside the file.
            if has("text/uri-list") {
                files(clipboard, answer);
            } else if let Some((media_type, extension)) = picture {
                clipboard.request_contents(&gdk::Atom::intern(media_type), move |_, contents| {
                    let bytes = contents.data();
                    let _ = answer.send((!bytes.is_empty()).then_some(Copied::Picture { bytes, extension }));
                });
            } else {
                let _ = answer.send(None);
            }
        });
    }

    fn files(clipboard: &Clipboard, answer: Answer) {
        clipboard.request_uris(|_, uris| {
            let paths: Vec<_> = uris.iter().filter_map(|uri| gtk::gio::File::for_uri(uri).path()).collect();
            let _ = answer.send((!paths.is_empty()).then_some(Copied::Files(paths)));
        });
    }
}

//! The main window: how it is made, brought to the front and kept to its own pages; and what other windows of the app
//! have in common with it.

use std::time::Duration;

use confab_client::{Settings, Theme};
use tauri::{
    AppHandle, Manager as _, Url, UserAttentionType, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent, Wry,
    webview::{Color, NewWindowResponse, PageLoadEvent},
};
use tokio::sync::watch;

use crate::{
    outside::{self, open_link},
    shell::{self, Shell},
};

pub(crate) const MAIN: &str = "main";

/// Logical pixels: rail, list and conversation side by side.
const START_SIZE: (f64, f64) = (1180.0, 760.0);
/// Logical pixels: one folded pane.
const LEAST_SIZE: (f64, f64) = (420.0, 560.0);
/// The content's background in both themes (`--bg-content` in `ui/src/styles/tokens.css`): what shows where the page
/// has not painted yet.
const LIGHT: Color = Color(0xff, 0xff, 0xff, 0xff);
const DARK: Color = Color(0x1c, 0x20, 0x27, 0xff);
/// A page that never finishes loading is shown as it is.
const LOADING_LIMIT: Duration = Duration::from_secs(5);

/// A window that shows pages of the app and nothing else.
pub(crate) fn page<'a>(app: &'a AppHandle, label: &str, url: WebviewUrl) -> WebviewWindowBuilder<'a, Wry, AppHandle> {
    let own = origins(app);
    let builder = WebviewWindowBuilder::new(app, label, url)
        .zoom_hotkeys_enabled(false)
        .on_navigation(move |url| {
            let stays = url.as_str() == "about:blank" || own.contains(&origin(url));
            if !stays {
                open_link(url);
            }
            stays
        })
        .on_new_window(|url, _| {
            open_link(&url);
            NewWindowResponse::Deny
        });
    // Pages handle dropped files themselves, except where the web view does not give them any (`outside::dragged`).
    let builder = if cfg!(target_os = "linux") { builder } else { builder.disable_drag_drop_handler() };
    match app.state::<Shell>().web_data() {
        Some(dir) => builder.data_directory(dir),
        None => builder,
    }
}

/// Makes the main window, hidden until its page has been painted.
pub(crate) fn open(app: &AppHandle) -> tauri::Result<WebviewWindow> {
    let window = page(app, MAIN, WebviewUrl::default())
        .title("Confab")
        .inner_size(START_SIZE.0, START_SIZE.1)
        .min_inner_size(LEAST_SIZE.0, LEAST_SIZE.1)
        .center()
        .visible(false)
        .on_page_load(|window, payload| {
            if payload.event() == PageLoadEvent::Finished && !window.state::<Shell>().begin() {
                let _ = window.show();
            }
        })
        .build()?;
    paint(&window, Theme::System);
    let handle = app.clone();
    window.on_window_event(move |event| match event {
        WindowEvent::CloseRequested { api, .. } => {
            api.prevent_close();
            close(&handle);
        }
        WindowEvent::DragDrop(event) => outside::dragged(&handle, event),
        WindowEvent::Focused(focused) => handle.state::<Shell>().set_focused(*focused),
        _ => {}
    });
    show_late(window.clone());
    Ok(window)
}

fn show_late(window: WebviewWindow) {
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(LOADING_LIMIT).await;
        let shell = window.state::<Shell>();
        if !shell.is_ending() && !shell.begin() {
            tracing::warn!("the page has not finished loading");
            let _ = window.show();
        }
    });
}

/// The origins of the app's own pages, as the web view tells them: the built page on each platform, and while
/// developing that of the development server.
pub(crate) fn origins(app: &AppHandle) -> Vec<String> {
    let built = if cfg!(windows) { "http://tauri.localhost" } else { "tauri://localhost" };
    let mut origins = vec![built.to_owned()];
    if tauri::is_dev()
        && let Some(url) = &app.config().build.dev_url
    {
        origins.push(origin(url));
    }
    origins
}

/// `scheme://host[:port]`. The standard's serialisation calls the origin of every other scheme than the web's "null".
fn origin(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{}://{host}:{port}", url.scheme()),
        None => format!("{}://{host}", url.scheme()),
    }
}

/// The person closed the main window: it hides where it is found again, and else the app ends.
fn close(app: &AppHandle) {
    let shell = app.state::<Shell>();
    if !shell.outlives_window() {
        return shell::end(app);
    }
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let shell = app.state::<Shell>();
        let Some(window) = app.get_webview_window(MAIN) else { return };
        // Nobody is to be heard without a window that says so.
        let hidden = if shell.is_in_call().await { window.minimize() } else { window.hide() };
        shell.set_focused(false);
        if let Err(error) = hidden {
            tracing::debug!(%error, "the window was not hidden");
        }
    });
}

/// Shows the main window if it was closed and there is nothing else any more by which it could be found.
pub(crate) fn show_again(app: &AppHandle) {
    let Some(window) = app.get_webview_window(MAIN) else { return };
    let shell = app.state::<Shell>();
    if !shell.is_ending()
        && shell.has_begun()
        && let Err(error) = window.show()
    {
        tracing::debug!(%error, "the window was not shown again");
    }
}

/// Shows the main window and gives it the keyboard: the person asked for it.
pub(crate) fn raise(app: &AppHandle) {
    let Some(window) = app.get_webview_window(MAIN) else { return };
    for result in [window.unminimize(), window.show(), window.set_focus()] {
        if let Err(error) = result {
            tracing::debug!(%error, "the window was not raised");
        }
    }
}

/// Puts the main window above the others while it rings and no small window can be had, without taking the keyboard
/// from what somebody types.
pub(crate) fn set_ringing(app: &AppHandle, ringing: bool) {
    let Some(window) = app.get_webview_window(MAIN) else { return };
    let results = if ringing {
        if window.is_focused().unwrap_or(false) {
            return;
        }
        let unminimized = if window.is_minimized().unwrap_or(false) { window.unminimize() } else { Ok(()) };
        [unminimized, window.set_always_on_top(true), window.request_user_attention(Some(UserAttentionType::Critical))]
    } else {
        [window.set_always_on_top(false), window.request_user_attention(None), Ok(())]
    };
    for error in results.into_iter().filter_map(Result::err) {
        tracing::debug!(%error, "the window was not brought to the front");
    }
}

/// Keeps the colour behind the page that of the chosen theme.
pub(crate) fn follow_theme(app: AppHandle, mut settings: watch::Receiver<Settings>) {
    tauri::async_runtime::spawn(async move {
        loop {
            let theme = settings.borrow_and_update().theme;
            if let Some(window) = app.get_webview_window(MAIN) {
                paint(&window, theme);
            }
            if settings.changed().await.is_err() {
                return;
            }
        }
    });
}

/// Gives a window the background of a theme.
pub(crate) fn paint(window: &WebviewWindow, theme: Theme) {
    let dark = match theme {
        Theme::Light => false,
        Theme::Dark => true,
        Theme::System => matches!(window.theme(), Ok(tauri::Theme::Dark)),
    };
    if let Err(error) = window.set_background_color(Some(if dark { DARK } else { LIGHT })) {
        tracing::debug!(%error, "the window keeps its background");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_has_no_path_and_only_an_unusual_port() {
        for (url, expected) in [
            ("tauri://localhost/index.html#x", "tauri://localhost"),
            ("http://localhost:1420/", "http://localhost:1420"),
            ("https://example.org:443/a?b", "https://example.org"),
            ("about:blank", "about://"),
        ] {
            assert_eq!(origin(&url.parse().unwrap()), expected);
        }
    }
}

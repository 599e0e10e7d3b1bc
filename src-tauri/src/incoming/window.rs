//! The small window of a call that rings: on top of all others and on every workspace, as large as its page.
//!
//! It is made when it begins to ring and destroyed when that is over: a hidden one in reserve would keep a web process
//! of its own all day. It stays hidden until its page stands, and it does not take the keyboard: who types somewhere
//! else would answer with the next Enter. Its way to the keyboard is the one to every window of the desktop.

use confab_client::Language;
use tauri::{
    AppHandle, LogicalSize, Manager as _, PhysicalPosition, UserAttentionType, WebviewUrl, WebviewWindow, WindowEvent,
};

use crate::{shell::Shell, words::words};

pub(super) const LABEL: &str = "incoming";
/// Beside `index.html` in `ui/`.
const PAGE: &str = "incoming.html";
/// Logical pixels; the page draws itself this wide (`ui/src/screens/call/IncomingCard.svelte`) and tells its height.
const WIDTH: f64 = 360.0;
/// Logical pixels: a video call in English, so that the first page is laid out as it will be seen.
const USUAL_HEIGHT: f64 = 218.0;
/// Logical pixels: what a page may ask for.
const HEIGHTS: std::ops::RangeInclusive<u32> = 120..=640;
/// The part of the free height that is left above it: below a desktop's own notifications, over what one works at.
const ABOVE: f64 = 0.2;

/// Makes the window, hidden.
pub(super) async fn open(app: &AppHandle, language: Language) -> tauri::Result<WebviewWindow> {
    let handle = app.clone();
    // Waits for the main thread, which makes the window.
    let made = tauri::async_runtime::spawn_blocking(move || build(&handle, language)).await;
    made?
}

fn build(app: &AppHandle, language: Language) -> tauri::Result<WebviewWindow> {
    let theme = app.state::<Shell>().theme();
    let window = crate::window::page(app, LABEL, WebviewUrl::App(PAGE.into()))
        .title(words(language).incoming_call)
        .inner_size(WIDTH, USUAL_HEIGHT)
        .min_inner_size(WIDTH, USUAL_HEIGHT)
        .max_inner_size(WIDTH, USUAL_HEIGHT)
        .resizable(false)
        .maximizable(false)
        .minimizable(false)
        .decorations(false)
        .always_on_top(true)
        .visible_on_all_workspaces(true)
        .focused(false)
        .visible(false)
        .build()?;
    crate::window::paint(&window, theme);
    let handle = app.clone();
    window.on_window_event(move |event| {
        if let WindowEvent::CloseRequested { api, .. } = event {
            api.prevent_close();
            handle.state::<Shell>().rings().say(super::Word::Closed);
        }
    });
    Ok(window)
}

/// Gives the window the height of its page and, the first time, a place.
pub(super) fn show(window: &WebviewWindow, height: u32) {
    let height = f64::from(height.clamp(*HEIGHTS.start(), *HEIGHTS.end()));
    let size = LogicalSize::new(WIDTH, height);
    let mut results = vec![window.set_min_size(Some(size)), window.set_max_size(Some(size)), window.set_size(size)];
    if !window.is_visible().unwrap_or(false) {
        if let Some(position) = position(window, size) {
            results.push(window.set_position(position));
        }
        results.push(window.show());
        results.push(window.request_user_attention(Some(UserAttentionType::Critical)));
    }
    for error in results.into_iter().filter_map(Result::err) {
        tracing::debug!(%error, "the window of an incoming call is not as it should be");
    }
}

/// On the screen with the pointer: there the person is. `None`: the desktop decides (Wayland does so always).
fn position(window: &WebviewWindow, size: LogicalSize<f64>) -> Option<PhysicalPosition<i32>> {
    let pointer = window.cursor_position().ok();
    let pointed = pointer.and_then(|at| window.monitor_from_point(at.x, at.y).ok().flatten());
    let monitor = pointed.or_else(|| window.primary_monitor().ok().flatten())?;
    let area = monitor.work_area();
    let size = size.to_physical::<i32>(monitor.scale_factor());
    let free = |whole: u32, part: i32| f64::from(i32::try_from(whole).unwrap_or(i32::MAX).saturating_sub(part).max(0));
    Some(PhysicalPosition::new(
        area.position.x + (free(area.size.width, size.width) / 2.0) as i32,
        area.position.y + (free(area.size.height, size.height) * ABOVE) as i32,
    ))
}

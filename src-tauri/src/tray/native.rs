//! The icon in the notification area of Windows and in the menu bar of macOS.

use tauri::{
    AppHandle,
    image::Image,
    menu::{MenuBuilder, MenuItem},
    tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent},
};
use tokio::sync::mpsc::UnboundedSender;

use super::{
    Deed, Face,
    badge::{Picture, with_number},
};

const OPEN: &str = "open";
const QUIT: &str = "quit";

/// The icon, with its menu.
pub(super) struct Icon {
    icon: TrayIcon,
    open: MenuItem<tauri::Wry>,
    quit: MenuItem<tauri::Wry>,
    plain: Picture,
}

impl Icon {
    /// `None`: the system shows none.
    pub(super) async fn show(app: &AppHandle, face: Face, deeds: UnboundedSender<Deed>) -> Option<Self> {
        match Self::made(app, face, deeds.clone()) {
            Ok(icon) => {
                let _ = deeds.send(Deed::Shown(true));
                icon
            }
            Err(error) => {
                tracing::info!(%error, "no icon beside the clock");
                None
            }
        }
    }

    fn made(app: &AppHandle, face: Face, deeds: UnboundedSender<Deed>) -> tauri::Result<Option<Self>> {
        let Some(plain) = app.default_window_icon().map(|icon| Picture {
            width: icon.width(),
            height: icon.height(),
            rgba: icon.rgba().to_vec(),
        }) else {
            return Ok(None);
        };
        let open = MenuItem::with_id(app, OPEN, face.words.open, true, None::<&str>)?;
        let quit = MenuItem::with_id(app, QUIT, face.words.quit, true, None::<&str>)?;
        let menu = MenuBuilder::new(app).item(&open).separator().item(&quit).build()?;
        let pressed = deeds.clone();
        let icon = TrayIconBuilder::with_id("confab")
            .icon(image(&with_number(&plain, face.unread)))
            .tooltip(face.hint())
            .menu(&menu)
            .show_menu_on_left_click(cfg!(target_os = "macos"))
            .on_menu_event(move |_, event| {
                let _ = deeds.send(if event.id() == QUIT { Deed::Quit } else { Deed::Open });
            })
            .on_tray_icon_event(move |_, event| {
                if let TrayIconEvent::Click { button: MouseButton::Left, button_state: MouseButtonState::Up, .. } =
                    event
                    && !cfg!(target_os = "macos")
                {
                    let _ = pressed.send(Deed::Open);
                }
            })
            .build(app)?;
        Ok(Some(Self { icon, open, quit, plain }))
    }

    pub(super) async fn set(&mut self, face: Face) {
        let picture = with_number(&self.plain, face.unread);
        let results = [
            self.icon.set_icon(Some(image(&picture))),
            self.icon.set_tooltip(Some(face.hint())),
            self.open.set_text(face.words.open),
            self.quit.set_text(face.words.quit),
        ];
        for error in results.into_iter().filter_map(Result::err) {
            tracing::debug!(%error, "the icon beside the clock stays as it was");
        }
    }

    pub(super) async fn remove(self) {
        let _ = self.icon.set_visible(false);
    }
}

fn image(picture: &Picture) -> Image<'static> {
    Image::new_owned(picture.rgba.clone(), picture.width, picture.height)
}

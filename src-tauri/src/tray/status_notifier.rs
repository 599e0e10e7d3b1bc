//! The icon by the StatusNotifierItem specification, over the session bus: KDE, Xfce, Cinnamon, MATE, LXQt, and GNOME with its
//! extension. Without a bus there is none; a panel that starts later shows it then.

use ksni::{Handle, MenuItem, OfflineReason, ToolTip, TrayMethods as _, menu::StandardItem};
use tauri::AppHandle;
use tokio::sync::mpsc::UnboundedSender;

use super::{
    Deed, Face,
    badge::{Picture, with_number},
};

/// The icon on the panel.
pub(super) struct Icon(Handle<Item>);

struct Item {
    face: Face,
    plain: Picture,
    deeds: UnboundedSender<Deed>,
}

impl Icon {
    /// `None`: there is no desktop that could ever show one.
    pub(super) async fn show(app: &AppHandle, face: Face, deeds: UnboundedSender<Deed>) -> Option<Self> {
        let plain = app.default_window_icon().map(|icon| Picture {
            width: icon.width(),
            height: icon.height(),
            rgba: icon.rgba().to_vec(),
        })?;
        // Taken back at once, in this order, where nobody shows it.
        let _ = deeds.send(Deed::Shown(true));
        let item = Item { face, plain, deeds: deeds.clone() };
        match item.assume_sni_available(true).spawn().await {
            Ok(handle) => Some(Self(handle)),
            Err(error) => {
                tracing::info!(%error, "no icon beside the clock");
                None
            }
        }
    }

    pub(super) async fn set(&mut self, face: Face) {
        self.0.update(|item| item.face = face).await;
    }

    pub(super) async fn remove(self) {
        self.0.shutdown().await;
    }
}

impl Item {
    fn tell(&self, deed: Deed) {
        // Whoever listened has ended, and the app with it.
        let _ = self.deeds.send(deed);
    }
}

impl ksni::Tray for Item {
    fn id(&self) -> String {
        "confab".to_owned()
    }

    fn title(&self) -> String {
        "Confab".to_owned()
    }

    fn icon_pixmap(&self) -> Vec<ksni::Icon> {
        let picture = with_number(&self.plain, self.face.unread);
        let (Ok(width), Ok(height)) = (i32::try_from(picture.width), i32::try_from(picture.height)) else {
            return Vec::new();
        };
        let mut data = picture.rgba;
        // ARGB in network byte order.
        data.chunks_exact_mut(4).for_each(|pixel| pixel.rotate_right(1));
        vec![ksni::Icon { width, height, data }]
    }

    fn tool_tip(&self) -> ToolTip {
        ToolTip { title: self.face.hint(), ..ToolTip::default() }
    }

    fn activate(&mut self, _x: i32, _y: i32) {
        self.tell(Deed::Open);
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        let item = |label: &str, deed: Deed| {
            MenuItem::from(StandardItem {
                label: label.to_owned(),
                activate: Box::new(move |item: &mut Self| item.tell(deed)),
                ..StandardItem::default()
            })
        };
        vec![item(self.face.words.open, Deed::Open), MenuItem::Separator, item(self.face.words.quit, Deed::Quit)]
    }

    fn watcher_online(&self) {
        self.tell(Deed::Shown(true));
    }

    fn watcher_offline(&self, _: OfflineReason) -> bool {
        self.tell(Deed::Shown(false));
        true
    }
}

//! Where calls ring. These never wait for the core: a window must know at once what it is to show.

use super::Core;
use crate::incoming::RingPlace;

#[tauri::command]
#[specta::specta]
pub(crate) fn ring_place(core: Core<'_>) -> RingPlace {
    core.rings().place()
}

/// No more sound for the calls that ring now; they can still be answered.
#[tauri::command]
#[specta::specta]
pub(crate) fn silence_ring(core: Core<'_>) {
    core.rings().silence();
}

/// The page of the small window stands; `height` in logical pixels.
#[tauri::command]
#[specta::specta]
pub(crate) fn incoming_drawn(core: Core<'_>, height: u32) {
    core.rings().drawn(height);
}

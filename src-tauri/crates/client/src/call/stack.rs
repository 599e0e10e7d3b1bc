//! What calls need from the device, and how they are to run.

use std::{path::PathBuf, sync::Arc};

use confab_media::device::DeviceCatalog;
use confab_model::DeviceSelection;
use confab_store::Store;
use tokio::sync::watch;

use crate::{clock::Clock, event_bus::EventBus, picture_hub::PictureHub, voice::CallSound};

/// How calls run on this device. The default is what people have; the rest is for demos, tests and benchmarks.
#[derive(Debug, Clone, Default)]
pub struct MediaOptions {
    /// Devices to begin with instead of the person's choice, which they do not change.
    pub devices: DeviceSelection,
    /// Where there is no camera or microphone, the built-in picture and tone stand in, and the UI says so.
    pub test_media: bool,
    /// A file as the camera (Y4M or IVF with VP8), instead of any device.
    pub camera_file: Option<PathBuf>,
    /// Also use loopback addresses for media: servers and peers on this machine.
    pub loopback: bool,
    /// Only relayed media, which hides the own address from the far side.
    pub relay_only: bool,
    /// Decode pictures here, for measuring or recording, also when no window asks for it.
    pub decode: bool,
    /// Width and height of the largest picture sent, and pictures per second. `None`: 1280×720 at 30.
    pub picture_limit: Option<(u32, u32, u32)>,
    /// A folder in which each call leaves what was heard and sent (WAV), and what was seen (IVF), named by call id.
    pub record_dir: Option<PathBuf>,
}

impl MediaOptions {
    /// Whether something built in stands in for hardware.
    pub fn uses_test_media(&self) -> bool {
        let is_test = |id: &Option<confab_model::DeviceId>| id.as_ref().is_some_and(|id| id.0.starts_with("test:"));
        self.test_media || is_test(&self.devices.microphone) || is_test(&self.devices.camera)
    }
}

/// Shared by all calls of the device.
#[derive(Clone)]
pub(crate) struct CallStack {
    pub(crate) catalog: Arc<dyn DeviceCatalog>,
    pub(crate) selection: watch::Receiver<DeviceSelection>,
    pub(crate) hub: PictureHub,
    pub(crate) bus: EventBus,
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    /// Told while a call uses the sound devices.
    pub(crate) sound: CallSound,
    pub(crate) options: MediaOptions,
    /// Authorities that are trusted for relays over TLS beside the system's.
    pub(crate) ca_file: Option<PathBuf>,
}

impl std::fmt::Debug for CallStack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CallStack").field("options", &self.options).finish_non_exhaustive()
    }
}

//! Which devices there are and which ones the person chose.
//!
//! Owns the choice, which is kept in the settings, and the list. The list is watched only while somebody looks: every
//! look starts a lease; without one nothing is polled, so that an idle app costs nothing. Opening devices is the
//! calls' affair.

use std::{sync::Arc, time::Duration};

use confab_media::device::{DeviceCatalog, DeviceWatch, SystemCatalog};
use confab_model::{Device, DeviceId, DeviceKind, DeviceSelection, Devices, Event};
use confab_store::Store;
use tokio::{
    sync::{mpsc, watch},
    time::Instant,
};

use crate::{MediaOptions, OperationError, event_bus::EventBus};

/// How long the list is watched after a look. A window that shows devices looks again more often.
const LEASE: Duration = Duration::from_secs(120);
/// A hung sound server does not keep the list of cameras from being shown.
const LIST_TIMEOUT: Duration = Duration::from_secs(3);
const SETTING: &str = "devices";

/// See the module. Cheap to share behind the client.
pub(crate) struct DeviceDesk {
    catalog: Arc<dyn DeviceCatalog>,
    selection: watch::Sender<DeviceSelection>,
    store: Store,
    looks: mpsc::Sender<()>,
    list: watch::Receiver<Option<Vec<Device>>>,
}

impl std::fmt::Debug for DeviceDesk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeviceDesk").field("selection", &*self.selection.borrow()).finish_non_exhaustive()
    }
}

impl DeviceDesk {
    pub(crate) async fn open(options: &MediaOptions, store: &Store, bus: EventBus) -> Result<Self, OperationError> {
        let catalog: Arc<dyn DeviceCatalog> = Arc::new(SystemCatalog::new());
        let chosen = store.setting::<DeviceSelection>(SETTING).await?.unwrap_or_default();
        let preset = options.devices.clone();
        let selection = DeviceSelection {
            microphone: preset.microphone.or(chosen.microphone),
            speaker: preset.speaker.or(chosen.speaker),
            camera: preset.camera.or(chosen.camera),
        };
        let selection = watch::Sender::new(selection);
        let (looks, looked) = mpsc::channel(1);
        let (list_sender, list) = watch::channel(None);
        let keeper = ListKeeper {
            catalog: Arc::clone(&catalog),
            looked,
            list: list_sender,
            selection: selection.subscribe(),
            bus,
        };
        tokio::spawn(keeper.run());
        Ok(Self { catalog, selection, store: store.clone(), looks, list })
    }

    pub(crate) fn catalog(&self) -> Arc<dyn DeviceCatalog> {
        Arc::clone(&self.catalog)
    }

    pub(crate) fn selection(&self) -> watch::Receiver<DeviceSelection> {
        self.selection.subscribe()
    }

    /// The devices of now, as far as the system answers in time.
    pub(crate) async fn devices(&self) -> Devices {
        // A look that is under way already serves this one too.
        let _ = self.looks.try_send(());
        let mut list = self.list.clone();
        let known = tokio::time::timeout(LIST_TIMEOUT, list.wait_for(Option::is_some)).await;
        let devices = match known {
            Ok(Ok(list)) => list.clone().unwrap_or_default(),
            Ok(Err(_)) | Err(_) => Vec::new(),
        };
        Devices { devices, selection: self.selection.borrow().clone() }
    }

    pub(crate) async fn select(&self, kind: DeviceKind, id: Option<DeviceId>) -> Result<(), OperationError> {
        let mut selection = self.selection.borrow().clone();
        match kind {
            DeviceKind::Microphone => selection.microphone = id,
            DeviceKind::Speaker => selection.speaker = id,
            DeviceKind::Camera => selection.camera = id,
        }
        self.store.set_setting(SETTING, &selection).await?;
        self.selection.send_replace(selection);
        Ok(())
    }
}

struct ListKeeper {
    catalog: Arc<dyn DeviceCatalog>,
    looked: mpsc::Receiver<()>,
    list: watch::Sender<Option<Vec<Device>>>,
    selection: watch::Receiver<DeviceSelection>,
    bus: EventBus,
}

impl ListKeeper {
    /// Waits for a look, watches for the time of a lease, and rests again.
    async fn run(mut self) {
        while self.looked.recv().await.is_some() {
            match DeviceWatch::start(Arc::clone(&self.catalog)) {
                Ok((watching, list)) => self.watch(watching, list).await,
                Err(error) => tracing::warn!(%error, "the list of devices cannot be watched"),
            }
            // What is known now is not news later.
            self.list.send_replace(None);
        }
    }

    async fn watch(&mut self, _watching: DeviceWatch, mut found: watch::Receiver<Vec<Device>>) {
        let mut until = Instant::now() + LEASE;
        loop {
            tokio::select! {
                look = self.looked.recv() => match look {
                    Some(()) => until = Instant::now() + LEASE,
                    None => return,
                },
                changed = found.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    let devices = found.borrow_and_update().clone();
                    let is_change = self.list.borrow().as_ref().is_some_and(|known| *known != devices);
                    self.list.send_replace(Some(devices.clone()));
                    if is_change {
                        let selection = self.selection.borrow().clone();
                        self.bus.publish(None, Event::DevicesChanged { devices: Devices { devices, selection } });
                    }
                }
                () = tokio::time::sleep_until(until) => return,
            }
        }
    }
}

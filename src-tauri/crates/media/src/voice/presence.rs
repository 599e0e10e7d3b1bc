//! Notices that a device in use was pulled out. Sound servers move a stream silently to another device, so that the
//! stream itself tells nothing; the list of devices does.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, Thread},
    time::{Duration, Instant},
};

use confab_model::{Device, DeviceId, DeviceKind};

use crate::{
    audio::io::{DeviceError, Gauge},
    device::{DeviceCatalog, POLL_INTERVAL, resolve},
};

/// Questions to the sound system that may fail in a row before its devices count as gone.
const UNKNOWN_LISTS: u32 = 3;
/// A device that called back no more for this time is dead, whatever the platform says.
const STALLED_AFTER: Duration = Duration::from_secs(4);

/// Asks every [`POLL_INTERVAL`] whether a device is still there, on a thread of its own, until dropped.
#[derive(Debug)]
pub(super) struct Presence {
    gone: Arc<AtomicBool>,
    stop: Arc<AtomicBool>,
    thread: Option<Thread>,
    gauge: Arc<Gauge>,
    callbacks: u64,
    alive: Instant,
}

impl Presence {
    /// `gauge` is that of the open stream. What is built in cannot be pulled out and is not asked for.
    pub(super) fn watch(catalog: Arc<dyn DeviceCatalog>, device: &Device, gauge: Arc<Gauge>) -> Self {
        let (gone, stop) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let mut thread = None;
        if !device.is_test {
            let (gone, stop, id, kind) = (gone.clone(), stop.clone(), device.id.clone(), device.kind);
            let poll = move || poll(catalog.as_ref(), &id, kind, &gone, &stop);
            // Without a thread there still are the stream's own signs.
            thread = thread::Builder::new().name("voice-presence".to_owned()).spawn(poll).ok();
        }
        let thread = thread.map(|handle| handle.thread().clone());
        Self { gone, stop, thread, gauge, callbacks: 0, alive: Instant::now() }
    }

    pub(super) fn is_gone(&mut self, now: Instant) -> bool {
        let callbacks = self.gauge.callbacks();
        if callbacks != self.callbacks {
            self.callbacks = callbacks;
            self.alive = now;
        }
        let stalled = now.saturating_duration_since(self.alive) >= STALLED_AFTER;
        stalled || self.gauge.has_failed() || self.gone.load(Ordering::Relaxed)
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        // Not joined: a question may hang with the sound server.
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = &self.thread {
            thread.unpark();
        }
    }
}

fn poll(catalog: &dyn DeviceCatalog, id: &DeviceId, kind: DeviceKind, gone: &AtomicBool, stop: &AtomicBool) {
    let mut unknown = 0;
    while !stop.load(Ordering::Relaxed) {
        match catalog.audio() {
            Ok(list) => {
                unknown = 0;
                if !list.iter().any(|device| device.kind == kind && device.id == *id) {
                    gone.store(true, Ordering::Relaxed);
                    return;
                }
            }
            Err(_) => unknown += 1,
        }
        if unknown >= UNKNOWN_LISTS {
            gone.store(true, Ordering::Relaxed);
            return;
        }
        thread::park_timeout(POLL_INTERVAL);
    }
}

/// The devices to try, best first: the chosen one, then what it means when it is not there (see [`resolve`]).
///
/// # Errors
/// There is none.
pub(super) fn candidates(
    catalog: &dyn DeviceCatalog,
    kind: DeviceKind,
    choice: Option<&DeviceId>,
) -> Result<Vec<DeviceId>, DeviceError> {
    let listed = catalog.audio();
    let devices = listed.as_deref().unwrap_or_default();
    let mut ids: Vec<DeviceId> = choice.cloned().into_iter().collect();
    for device in [resolve(devices, kind, choice), resolve(devices, kind, None)].into_iter().flatten() {
        if !ids.contains(&device.id) {
            ids.push(device.id.clone());
        }
    }
    match (ids.is_empty(), listed) {
        (true, Err(error)) => Err(error),
        (true, Ok(_)) => Err(DeviceError::NotFound("there is no device".to_owned())),
        (false, _) => Ok(ids),
    }
}

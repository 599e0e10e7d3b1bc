//! Notices that devices came or went. No platform tells all of it (nokhwa has no hot-plug events, PulseAudio moves
//! streams silently), so the list is read again and compared.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, Thread},
    time::Duration,
};

use confab_model::Device;
use tokio::sync::watch;

use crate::device::DeviceCatalog;

/// A person who plugs something in looks at the screen about a second later.
pub const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// Reads the list every [`POLL_INTERVAL`] on a thread of its own until dropped. A slow receiver sees the newest list only.
#[derive(Debug)]
pub struct DeviceWatch {
    stop: Arc<AtomicBool>,
    thread: Option<Thread>,
}

impl DeviceWatch {
    /// The receiver has an empty list until the first reading, which is made at once.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn start(catalog: Arc<dyn DeviceCatalog>) -> std::io::Result<(Self, watch::Receiver<Vec<Device>>)> {
        let (sender, receiver) = watch::channel(Vec::new());
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let thread = thread::Builder::new().name("device-watch".into()).spawn(move || {
            while !stopped.load(Ordering::Relaxed) && !sender.is_closed() {
                // No answer: what was known stays until there is one.
                let Ok(list) = catalog.list() else {
                    thread::park_timeout(POLL_INTERVAL);
                    continue;
                };
                sender.send_if_modified(|known| {
                    let changed = *known != list;
                    if changed {
                        *known = list;
                    }
                    changed
                });
                thread::park_timeout(POLL_INTERVAL);
            }
        })?;
        Ok((Self { stop, thread: Some(thread.thread().clone()) }, receiver))
    }

    /// Reads the list now.
    pub fn poke(&self) {
        if let Some(thread) = &self.thread {
            thread.unpark();
        }
    }
}

impl Drop for DeviceWatch {
    fn drop(&mut self) {
        // Not joined: a reading may hang with the sound server.
        self.stop.store(true, Ordering::Relaxed);
        self.poke();
    }
}

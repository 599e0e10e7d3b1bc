//! What needs threads, files or devices; everything else is tested beside its module.
#![allow(clippy::unwrap_used)]

mod audio_call;
mod audio_devices;
mod pictures;
mod video;
mod voice;

/// For a call to close its devices; how long that takes is not what is tested.
const STOP_PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);

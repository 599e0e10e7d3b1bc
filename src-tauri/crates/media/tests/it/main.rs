//! What needs threads, files or devices; everything else is tested beside its module.
#![allow(clippy::unwrap_used)]

mod audio_call;
mod audio_devices;
mod pictures;
mod video;
mod voice;

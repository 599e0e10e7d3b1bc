//! Devices, processing, codecs, jitter buffers, mixing and rendering: everything between a microphone, camera or file and
//! RTP payloads, and back; voice clips and pictures of messages. No network, no XMPP, no window.

pub mod audio;
pub mod device;
pub mod image;
pub mod video;
pub mod voice;

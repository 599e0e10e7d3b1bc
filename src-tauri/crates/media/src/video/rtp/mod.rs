//! RTP payload format for VP8 (RFC 7741): descriptors, cutting pictures into payloads.

mod descriptor;
mod packetizer;

pub use descriptor::{DescriptorError, PayloadDescriptor, TemporalLayer};
pub use packetizer::{MAX_PAYLOAD, Packetizer};

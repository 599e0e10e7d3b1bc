//! Cuts encoded pictures into RTP payloads.

use bytes::Bytes;
use confab_model::{ContentName, RtpOut};

use super::PayloadDescriptor;

/// Bytes of a payload with its descriptor: what fits with RTP header extensions, SRTP, TURN and IPv6 into the
/// 1,280 bytes that every IPv6 path carries.
pub const MAX_PAYLOAD: usize = 1_160;

/// Bytes of the descriptor that is written: flags, extension flags, 15-bit picture id.
const DESCRIPTOR: usize = 4;

/// Gives pictures their ids and cuts them.
#[derive(Debug)]
pub struct Packetizer {
    content: ContentName,
    picture_id: u16,
}

impl Packetizer {
    /// `first_picture_id` may be anything (RFC 7741 §4.2 asks for a random one).
    pub fn new(content: ContentName, first_picture_id: u16) -> Self {
        Self { content, picture_id: first_picture_id & 0x7FFF }
    }

    /// The content of all packets from now on.
    pub fn set_content(&mut self, content: ContentName) {
        self.content = content;
    }

    /// The payloads of one picture, all of nearly the same length, so that none is more likely to be lost.
    pub fn packetize(&mut self, data: &[u8], timestamp: u32) -> Vec<RtpOut> {
        let count = data.len().div_ceil(MAX_PAYLOAD - DESCRIPTOR).max(1);
        let id = self.picture_id;
        self.picture_id = (self.picture_id + 1) & 0x7FFF;
        let mut from = 0;
        (0..count)
            .map(|index| {
                let to = data.len() * (index + 1) / count;
                let descriptor = PayloadDescriptor {
                    partition_start: index == 0,
                    picture_id: Some((id, true)),
                    ..PayloadDescriptor::default()
                };
                let mut payload = Vec::with_capacity(DESCRIPTOR + to - from);
                descriptor.write(&mut payload);
                payload.extend_from_slice(&data[from..to]);
                from = to;
                RtpOut {
                    content: self.content.clone(),
                    timestamp,
                    marker: index + 1 == count,
                    payload: Bytes::from(payload),
                }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn payloads_hold_the_picture_and_the_limit(
            data in proptest::collection::vec(any::<u8>(), 1..20_000), id in any::<u16>()
        ) {
            let mut packetizer = Packetizer::new("video".into(), id);
            let packets = packetizer.packetize(&data, 7);
            let mut whole = Vec::new();
            for (index, packet) in packets.iter().enumerate() {
                prop_assert!(packet.payload.len() <= MAX_PAYLOAD);
                let (descriptor, body) = PayloadDescriptor::parse(&packet.payload).unwrap();
                prop_assert_eq!(descriptor.is_picture_start(), index == 0);
                prop_assert_eq!(descriptor.picture_id, Some((id & 0x7FFF, true)));
                prop_assert_eq!(packet.marker, index + 1 == packets.len());
                whole.extend_from_slice(body);
            }
            prop_assert_eq!(whole, data);
            let next = packetizer.packetize(&[1], 8);
            let (descriptor, _) = PayloadDescriptor::parse(&next[0].payload).unwrap();
            prop_assert_eq!(descriptor.picture_id, Some((id.wrapping_add(1) & 0x7FFF, true)));
        }
    }
}

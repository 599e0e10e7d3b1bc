//! Unwraps retransmissions (RFC 4588 §4) before the NACK generator sees them.
//!
//! The engine does it after: the generator then takes the repaired packet for still missing and asks for it again
//! every 100 ms.

use std::collections::{HashMap, VecDeque};
use std::time::Instant;

use rtc::interceptor::{Interceptor, Packet, StreamInfo, TaggedPacket};
use rtc::sansio::Protocol;
use rtc::shared::error::Error;

use super::passive_protocol_parts;

/// A retransmission that was unwrapped.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Repaired;

struct Primary {
    ssrc: u32,
    payload_type: u8,
    payload_type_rtx: u8,
}

#[derive(Default)]
pub(crate) struct Unrtx {
    /// By the SSRC of the retransmissions.
    primaries: HashMap<u32, Primary>,
    read_queue: VecDeque<TaggedPacket>,
    write_queue: VecDeque<TaggedPacket>,
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for Unrtx {
    passive_protocol_parts!();

    fn handle_read(&mut self, mut tagged: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtp(packet) = &mut tagged.message.packet
            && let Some(primary) = self.primaries.get(&packet.header.ssrc)
        {
            if packet.header.payload_type != primary.payload_type_rtx || packet.payload.len() < 2 {
                // Padding that probes for bandwidth, or nonsense.
                return Ok(());
            }
            packet.header.ssrc = primary.ssrc;
            packet.header.payload_type = primary.payload_type;
            packet.header.sequence_number = u16::from_be_bytes([packet.payload[0], packet.payload[1]]);
            packet.header.padding = false;
            packet.payload = packet.payload.slice(2..);
            tagged.message.add(rtc::interceptor::Attribute::Custom(std::sync::Arc::new(Repaired)));
        }
        self.read_queue.push_back(tagged);
        Ok(())
    }

    fn handle_write(&mut self, tagged: TaggedPacket) -> Result<(), Error> {
        self.write_queue.push_back(tagged);
        Ok(())
    }

    fn handle_timeout(&mut self, _: Instant) -> Result<(), Error> {
        Ok(())
    }
}

impl Interceptor for Unrtx {
    fn bind_local_stream(&mut self, _: &StreamInfo) {}

    fn unbind_local_stream(&mut self, _: &StreamInfo) {}

    fn bind_remote_stream(&mut self, info: &StreamInfo) {
        if let (Some(ssrc_rtx), Some(payload_type_rtx)) = (info.ssrc_rtx, info.payload_type_rtx) {
            let primary = Primary { ssrc: info.ssrc, payload_type: info.payload_type, payload_type_rtx };
            self.primaries.insert(ssrc_rtx, primary);
        }
    }

    fn unbind_remote_stream(&mut self, info: &StreamInfo) {
        self.primaries.retain(|_, primary| primary.ssrc != info.ssrc);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn tagged(ssrc: u32, payload_type: u8, payload: &'static [u8]) -> TaggedPacket {
        let header = rtc::rtp::Header { ssrc, payload_type, sequence_number: 7, marker: true, ..Default::default() };
        let packet = rtc::rtp::Packet { header, payload: Bytes::from_static(payload) };
        TaggedPacket {
            now: Instant::now(),
            transport: Default::default(),
            message: rtc::interceptor::AttributedPacket::new(Packet::Rtp(packet)),
        }
    }

    #[test]
    fn a_retransmission_becomes_the_packet_that_was_lost() {
        let mut unrtx = Unrtx::default();
        unrtx.bind_remote_stream(&StreamInfo {
            ssrc: 1,
            ssrc_rtx: Some(2),
            payload_type: 96,
            payload_type_rtx: Some(97),
            ..Default::default()
        });
        unrtx.handle_read(tagged(2, 97, &[0x12, 0x34, 9])).unwrap();
        let out = unrtx.poll_read().unwrap();
        assert!(out.message.custom::<Repaired>().is_some());
        let Packet::Rtp(packet) = out.message.packet else { panic!("RTP") };
        assert_eq!((packet.header.ssrc, packet.header.payload_type), (1, 96));
        assert_eq!((packet.header.sequence_number, packet.header.marker), (0x1234, true));
        assert_eq!(&packet.payload[..], &[9]);
        unrtx.handle_read(tagged(2, 97, &[0])).unwrap();
        assert!(unrtx.poll_read().is_none(), "padding is not media");
        unrtx.handle_read(tagged(1, 96, &[0])).unwrap();
        assert!(unrtx.poll_read().is_some_and(|out| out.message.custom::<Repaired>().is_none()));
    }
}

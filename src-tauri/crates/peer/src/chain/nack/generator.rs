//! Asks the far side for what is missing.

use std::collections::{HashMap, VecDeque};
use std::time::Instant;

use rtc::interceptor::{AttributedPacket, Interceptor, Packet, StreamInfo, TaggedPacket};
use rtc::rtcp::transport_feedbacks::transport_layer_nack::{TransportLayerNack, nack_pairs_from_sequence_numbers};
use rtc::sansio::Protocol;
use rtc::shared::error::Error;

use super::missing::Missing;
use super::supports_nack;
use crate::chain::passive_protocol_parts;

/// Pairs in one packet: 1,000 bytes.
const MAX_PAIRS: usize = 250;

pub(crate) struct NackGenerator {
    sender_ssrc: u32,
    streams: HashMap<u32, Missing>,
    read_queue: VecDeque<TaggedPacket>,
    write_queue: VecDeque<TaggedPacket>,
}

impl NackGenerator {
    pub(crate) fn new(sender_ssrc: u32) -> Self {
        Self { sender_ssrc, streams: HashMap::new(), read_queue: VecDeque::new(), write_queue: VecDeque::new() }
    }
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for NackGenerator {
    passive_protocol_parts!();

    fn handle_read(&mut self, tagged: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtp(packet) = &tagged.message.packet
            && let Some(missing) = self.streams.get_mut(&packet.header.ssrc)
        {
            missing.note(tagged.now, packet.header.sequence_number);
        }
        self.read_queue.push_back(tagged);
        Ok(())
    }

    fn handle_write(&mut self, tagged: TaggedPacket) -> Result<(), Error> {
        self.write_queue.push_back(tagged);
        Ok(())
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), Error> {
        for (ssrc, missing) in &mut self.streams {
            if missing.next().is_none_or(|at| at > now) {
                continue;
            }
            let pairs = nack_pairs_from_sequence_numbers(&missing.take_due(now));
            for nacks in pairs.chunks(MAX_PAIRS) {
                let nack =
                    TransportLayerNack { sender_ssrc: self.sender_ssrc, media_ssrc: *ssrc, nacks: nacks.to_vec() };
                let message = AttributedPacket::new(Packet::Rtcp(vec![Box::new(nack)]));
                self.write_queue.push_back(TaggedPacket { now, transport: Default::default(), message });
            }
        }
        Ok(())
    }

    fn poll_timeout(&mut self) -> Option<Instant> {
        self.streams.values().filter_map(Missing::next).min()
    }
}

impl Interceptor for NackGenerator {
    fn bind_local_stream(&mut self, _: &StreamInfo) {}

    fn unbind_local_stream(&mut self, _: &StreamInfo) {}

    fn bind_remote_stream(&mut self, info: &StreamInfo) {
        if supports_nack(info) {
            self.streams.entry(info.ssrc).or_default();
        }
    }

    fn unbind_remote_stream(&mut self, info: &StreamInfo) {
        self.streams.remove(&info.ssrc);
    }
}

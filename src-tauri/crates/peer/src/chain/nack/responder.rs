//! Sends again what the far side misses, and what probes for bandwidth.
//!
//! A packet that was sent again less than a round trip ago is not sent once more: that request left before the answer
//! came. When a request comes again, or the path loses much by itself, the answer goes out twice: a picture of ten packets
//! otherwise often waits for a third round. Repairs may take at most half of the rate: what is beyond is lost anyway. While
//! they are near that, first answers are worth more than second copies.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::{BufMut, Bytes, BytesMut};
use rtc::interceptor::{Attribute, AttributedPacket, Interceptor, Packet, StreamInfo, TaggedPacket};
use rtc::rtcp::transport_feedbacks::transport_layer_nack::TransportLayerNack;
use rtc::sansio::Protocol;
use rtc::shared::error::Error;
use rtc::shared::marshal::MarshalSize;

use super::supports_nack;
use crate::chain::control::Burst;
use crate::chain::estimate::Estimate;
use crate::chain::pacer::OfBurst;
use crate::chain::passive_protocol_parts;

/// Packets per stream that can be sent again, a power of two: 1.5 s of 6 Mbit/s on the wire, and what stands before the pacer.
const HISTORY: usize = 2_048;
/// The least between two answers to the same request.
const LEAST_BETWEEN: Duration = Duration::from_millis(20);
/// Of the round trip: the measured one is smoothed.
const BETWEEN: f64 = 0.9;
/// Share of loss from which on answers go out twice at once. Of a picture of twelve packets one is lost at 10 %: with a
/// single answer every tenth picture would wait for a second one, which costs more than a tenth of the rate.
const TWICE_FROM: f64 = 0.05;
/// Of the estimate: what repairs may take.
const REPAIR_SHARE: f64 = 0.5;
/// s of it that may be used at once, after a burst of losses.
const REPAIR_BURST: f64 = 0.5;

#[derive(Debug)]
struct Kept {
    packet: rtc::rtp::Packet,
    repeated: Option<Instant>,
}

/// A stream with what it has sent.
#[derive(Debug)]
struct Stream {
    /// SSRC and payload type of retransmissions; without, packets are repeated as they were.
    rtx: Option<(u32, u8)>,
    next_rtx: u16,
    kept: Vec<Option<Kept>>,
    newest: u16,
}

impl Stream {
    fn new(info: &StreamInfo) -> Self {
        let kept = std::iter::repeat_with(|| None).take(HISTORY).collect();
        Self { rtx: info.ssrc_rtx.zip(info.payload_type_rtx), next_rtx: rand::random(), kept, newest: 0 }
    }

    fn keep(&mut self, packet: &rtc::rtp::Packet) {
        self.newest = packet.header.sequence_number;
        self.kept[usize::from(self.newest) % HISTORY] = Some(Kept { packet: packet.clone(), repeated: None });
    }

    fn find(&mut self, sequence: u16) -> Option<&mut Kept> {
        let kept = self.kept[usize::from(sequence) % HISTORY].as_mut()?;
        (kept.packet.header.sequence_number == sequence).then_some(kept)
    }

    /// The packet as a retransmission (RFC 4588 §4).
    fn wrap(&mut self, packet: &rtc::rtp::Packet) -> rtc::rtp::Packet {
        let Some((ssrc, payload_type)) = self.rtx else { return packet.clone() };
        let mut payload = BytesMut::with_capacity(2 + packet.payload.len());
        payload.put_u16(packet.header.sequence_number);
        payload.put_slice(&packet.payload);
        let sequence_number = self.next_rtx;
        self.next_rtx = sequence_number.wrapping_add(1);
        let header = rtc::rtp::Header {
            version: 2,
            ssrc,
            payload_type,
            sequence_number,
            timestamp: packet.header.timestamp,
            marker: packet.header.marker,
            ..Default::default()
        };
        rtc::rtp::Packet { header, payload: Bytes::from(payload) }
    }
}

pub(crate) struct NackResponder {
    estimate: Arc<Estimate>,
    streams: HashMap<u32, Stream>,
    budget_bits: f64,
    refilled: Option<Instant>,
    read_queue: VecDeque<TaggedPacket>,
    write_queue: VecDeque<TaggedPacket>,
}

impl NackResponder {
    pub(crate) fn new(estimate: Arc<Estimate>) -> Self {
        Self {
            estimate,
            streams: HashMap::new(),
            budget_bits: 0.0,
            refilled: None,
            read_queue: VecDeque::new(),
            write_queue: VecDeque::new(),
        }
    }

    /// Returns the bits from which on there is enough for second copies.
    fn refill(&mut self, now: Instant) -> f64 {
        let rate = f64::from(self.estimate.current()) * REPAIR_SHARE;
        let most = rate * REPAIR_BURST;
        let elapsed = self.refilled.replace(now).map(|last| now.saturating_duration_since(last).as_secs_f64());
        self.budget_bits = elapsed.map_or(most, |elapsed| (self.budget_bits + elapsed * rate).min(most));
        most / 2.0
    }

    fn answer(&mut self, now: Instant, nack: &TransportLayerNack) {
        let plenty = self.refill(now);
        let between = self.estimate.round_trip().mul_f64(BETWEEN).max(LEAST_BETWEEN);
        let is_lossy = self.estimate.path_loss() >= TWICE_FROM;
        let Some(stream) = self.streams.get_mut(&nack.media_ssrc) else { return };
        for sequence in nack.nacks.iter().flat_map(|pair| pair.into_iter()) {
            if self.budget_bits <= 0.0 {
                tracing::debug!("more is missing than may be sent again");
                return;
            }
            let Some(kept) = stream.find(sequence) else { continue };
            if kept.repeated.is_some_and(|last| now.saturating_duration_since(last) < between) {
                continue;
            }
            let is_hard = kept.repeated.replace(now).is_some() || is_lossy;
            let copies = if is_hard && self.budget_bits > plenty { 2 } else { 1 };
            let packet = kept.packet.clone();
            for _ in 0..copies {
                let packet = stream.wrap(&packet);
                self.budget_bits -= packet.marshal_size() as f64 * 8.0;
                let message = AttributedPacket::new(Packet::Rtp(packet)).with(Attribute::Retransmission);
                self.write_queue.push_back(TaggedPacket { now, transport: Default::default(), message });
            }
        }
    }

    /// Repeats what was sent last. Without retransmission streams nothing can be repeated unnoticed.
    fn probe(&mut self, now: Instant, burst: Burst) {
        let Some(stream) = self.streams.values_mut().find(|stream| stream.rtx.is_some()) else { return };
        let newest = stream.newest;
        // The largest of the last ones: small packets need many for the same rate.
        let recent = (0..64).map(|back| newest.wrapping_sub(back));
        let mut recent: Vec<rtc::rtp::Packet> =
            recent.filter_map(|sequence| stream.find(sequence).map(|kept| kept.packet.clone())).collect();
        recent.sort_by_key(|packet| std::cmp::Reverse(packet.payload.len()));
        recent.truncate(burst.packets as usize);
        if recent.is_empty() {
            return;
        }
        let mark = Attribute::Custom(Arc::new(OfBurst { number: burst.number, rate: burst.rate }));
        for index in 0..burst.packets as usize {
            let packet = stream.wrap(&recent[index % recent.len()]);
            let message = AttributedPacket::new(Packet::Rtp(packet)).with(Attribute::Retransmission).with(mark.clone());
            self.write_queue.push_back(TaggedPacket { now, transport: Default::default(), message });
        }
    }
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for NackResponder {
    passive_protocol_parts!();

    fn handle_read(&mut self, tagged: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtcp(packets) = &tagged.message.packet {
            for packet in packets {
                if let Some(nack) = packet.as_any().downcast_ref::<TransportLayerNack>() {
                    self.answer(tagged.now, nack);
                }
            }
            // Feedback has just been heard of wire-ward of here.
            if let Some(burst) = self.estimate.take_burst() {
                self.probe(tagged.now, burst);
            }
        }
        self.read_queue.push_back(tagged);
        Ok(())
    }

    fn handle_write(&mut self, tagged: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtp(packet) = &tagged.message.packet
            && let Some(stream) = self.streams.get_mut(&packet.header.ssrc)
        {
            stream.keep(packet);
        }
        self.write_queue.push_back(tagged);
        Ok(())
    }

    fn handle_timeout(&mut self, _: Instant) -> Result<(), Error> {
        Ok(())
    }
}

impl Interceptor for NackResponder {
    fn bind_local_stream(&mut self, info: &StreamInfo) {
        if supports_nack(info) {
            self.streams.insert(info.ssrc, Stream::new(info));
        }
    }

    fn unbind_local_stream(&mut self, info: &StreamInfo) {
        self.streams.remove(&info.ssrc);
    }

    fn bind_remote_stream(&mut self, _: &StreamInfo) {}

    fn unbind_remote_stream(&mut self, _: &StreamInfo) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use rtc::rtcp::transport_feedbacks::transport_layer_nack::nack_pairs_from_sequence_numbers;

    fn responder(rtx: bool) -> NackResponder {
        let mut responder = NackResponder::new(Arc::new(Estimate::new(1_000_000, 100_000, 5_000_000)));
        responder.bind_local_stream(&StreamInfo {
            ssrc: 1,
            ssrc_rtx: rtx.then_some(2),
            payload_type: 96,
            payload_type_rtx: rtx.then_some(97),
            rtcp_feedback: vec![rtc::interceptor::RTCPFeedback { typ: "nack".to_owned(), parameter: String::new() }],
            ..Default::default()
        });
        responder
    }

    fn send(responder: &mut NackResponder, now: Instant, sequence_number: u16, bytes: usize) {
        let header = rtc::rtp::Header { version: 2, ssrc: 1, sequence_number, payload_type: 96, ..Default::default() };
        let packet = rtc::rtp::Packet { header, payload: Bytes::from(vec![9; bytes]) };
        let message = AttributedPacket::new(Packet::Rtp(packet));
        responder.handle_write(TaggedPacket { now, transport: Default::default(), message }).unwrap();
        responder.poll_write().unwrap();
    }

    /// Asks, and returns the sequence numbers that are repeated.
    fn ask(responder: &mut NackResponder, now: Instant, sequences: &[u16]) -> Vec<u16> {
        let nacks = nack_pairs_from_sequence_numbers(sequences);
        let nack = TransportLayerNack { sender_ssrc: 9, media_ssrc: 1, nacks };
        let message = AttributedPacket::new(Packet::Rtcp(vec![Box::new(nack)]));
        responder.handle_read(TaggedPacket { now, transport: Default::default(), message }).unwrap();
        let mut repeated = Vec::new();
        while let Some(tagged) = responder.poll_write() {
            assert!(tagged.message.has(&Attribute::Retransmission));
            let Packet::Rtp(packet) = tagged.message.packet else { panic!("RTP") };
            if packet.header.ssrc == 2 {
                assert_eq!((packet.header.version, packet.header.payload_type), (2, 97));
                repeated.push(u16::from_be_bytes([packet.payload[0], packet.payload[1]]));
            } else {
                repeated.push(packet.header.sequence_number);
            }
        }
        repeated
    }

    #[test]
    fn a_packet_is_repeated_once_per_round_trip() {
        for rtx in [true, false] {
            let mut responder = responder(rtx);
            let now = Instant::now();
            (65_530..=65_535).chain(0..4).for_each(|sequence| send(&mut responder, now, sequence, 100));
            assert_eq!(ask(&mut responder, now, &[65_534, 1, 2, 9_000]), [65_534, 1, 2]);
            assert_eq!(ask(&mut responder, now + Duration::from_millis(50), &[65_534, 3]), [3]);
            assert_eq!(ask(&mut responder, now + Duration::from_millis(100), &[65_534, 3]), [65_534, 65_534]);
        }
    }

    #[test]
    fn repairs_are_bounded() {
        let mut responder = responder(true);
        let now = Instant::now();
        let all: Vec<u16> = (0..1_000).collect();
        all.iter().for_each(|sequence| send(&mut responder, now, *sequence, 1_000));
        // Half a second of half of 1 Mbit/s.
        let repeated = ask(&mut responder, now, &all);
        assert_eq!(repeated.len(), 31);
        assert_eq!(ask(&mut responder, now, &all).len(), 0);
        let later = now + Duration::from_secs(1);
        let repeated = ask(&mut responder, later, &all);
        assert_eq!((repeated.len(), &repeated[..4]), (31, &[0, 0, 1, 1][..]), "asked for again: twice");
        assert!(repeated[16..].windows(2).all(|pair| pair[0] != pair[1]), "once, to the end: {repeated:?}");
        responder.estimate.on_path_loss(0.2);
        let repeated = ask(&mut responder, later + Duration::from_secs(1), &all[500..]);
        assert_eq!(repeated[..4], [500, 500, 501, 501]);
    }

    #[test]
    fn a_burst_is_made_of_the_largest_packets() {
        let mut responder = responder(true);
        let now = Instant::now();
        for (sequence, bytes) in [(1, 100), (2, 1_000), (3, 50), (4, 900)] {
            send(&mut responder, now, sequence, bytes);
        }
        responder.estimate.ask_for_burst(Burst { number: 7, rate: 2_000_000, packets: 2 });
        assert_eq!(ask(&mut responder, now, &[]), [2, 4]);
    }
}

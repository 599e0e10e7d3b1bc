//! Numbers what leaves, remembers it, and tells the [`Controller`] what the far side says became of it
//! (draft-holmer-rmcat-transport-wide-cc-extensions-01).
//!
//! The wire-most part of the chain, so that it sees every packet at the time it leaves: retransmissions and bursts too,
//! which the engine's own parts leave out. Packets that no feedback speaks of are neither lost nor received: on a lossy
//! way back feedback is lost as well.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use rtc::interceptor::{Interceptor, Packet, StreamInfo, TaggedPacket, convert_twcc};
use rtc::rtcp::transport_feedbacks::transport_layer_cc::TransportLayerCc;
use rtc::sansio::Protocol;
use rtc::shared::error::Error;
use rtc::shared::marshal::MarshalSize;

use super::control::{Controller, Fate};
use super::estimate::Estimate;
use super::pacer::OfBurst;
use super::passive_protocol_parts;
use crate::codec::TRANSPORT_CC_URI;

/// Packets without feedback that are remembered: 3 s of 10 Mbit/s. The oldest are forgotten.
const HISTORY: usize = 4_096;

/// Bytes besides the RTP packet: IPv4 and UDP headers, SRTP's tag (RFC 3711 §4.2, 80 bits).
const WIRE_OVERHEAD: usize = 28 + 10;

/// The clock of transport-wide feedback starts anew after so much: 2^24 × 64 ms.
const CLOCK: Duration = Duration::from_millis(64 << 24);

#[derive(Debug, Clone, Copy)]
struct Sent {
    /// Of the number space without a wrap.
    number: u64,
    departed: Instant,
    bytes: usize,
    burst: Option<u32>,
    /// Was told as lost.
    is_lost: bool,
    /// Nothing remains to be told.
    is_done: bool,
}

/// What has left, by its number.
#[derive(Debug, Default)]
struct History {
    next: u64,
    sent: VecDeque<Sent>,
}

impl History {
    /// Takes the next number.
    fn add(&mut self, departed: Instant, bytes: usize, burst: Option<u32>) -> u16 {
        let number = self.next;
        self.next += 1;
        self.sent.push_back(Sent { number, departed, bytes, burst, is_lost: false, is_done: false });
        if self.sent.len() > HISTORY {
            self.sent.pop_front();
        }
        // Modulo 2^16 is what is on the wire.
        number as u16
    }

    /// What is new about a packet.
    fn tell(&mut self, number: u16, arrived: Option<Duration>) -> Option<(u64, Fate)> {
        let first = self.sent.front()?.number;
        let index = usize::from(number.wrapping_sub(first as u16));
        let sent = self.sent.get_mut(index)?;
        if sent.is_done || (sent.is_lost && arrived.is_none()) {
            return None;
        }
        let was_lost = std::mem::replace(&mut sent.is_lost, arrived.is_none());
        sent.is_done = arrived.is_some();
        let (departed, bytes, burst) = (sent.departed, sent.bytes, sent.burst);
        Some((sent.number, Fate { departed, arrived, bytes, burst, was_lost }))
    }
}

pub(crate) struct Feedback {
    controller: Controller,
    estimate: Arc<Estimate>,
    history: History,
    /// The extension's number by SSRC.
    streams: HashMap<u32, u8>,
    /// The last arrival, for a clock that starts anew.
    last_arrival: Option<Duration>,
    clock_turns: u32,
    read_queue: VecDeque<TaggedPacket>,
    write_queue: VecDeque<TaggedPacket>,
}

impl Feedback {
    pub(crate) fn new(controller: Controller, estimate: Arc<Estimate>) -> Self {
        Self {
            controller,
            estimate,
            history: History::default(),
            streams: HashMap::new(),
            last_arrival: None,
            clock_turns: 0,
            read_queue: VecDeque::new(),
            write_queue: VecDeque::new(),
        }
    }

    fn unwrapped(&mut self, arrived: Duration) -> Duration {
        if let Some(last) = self.last_arrival
            && last > arrived + CLOCK / 2
        {
            self.clock_turns = self.clock_turns.saturating_add(1);
        }
        self.last_arrival = Some(arrived);
        arrived + CLOCK.saturating_mul(self.clock_turns)
    }

    fn receive(&mut self, now: Instant, feedback: &TransportLayerCc) {
        let mut fates = Vec::new();
        for told in convert_twcc(feedback) {
            let arrived = if told.arrived {
                // Without a time it has arrived, but says nothing about the path.
                let Some(at) = told.arrival else { continue };
                Some(self.unwrapped(at))
            } else {
                None
            };
            fates.extend(self.history.tell(told.sequence_number, arrived));
        }
        fates.sort_by_key(|(number, _)| *number);
        let fates: Vec<Fate> = fates.into_iter().map(|(_, fate)| fate).collect();
        self.controller.on_feedback(now, &fates);
        self.publish(!fates.is_empty());
    }

    fn publish(&mut self, is_known: bool) {
        let advice = self.controller.advice();
        if is_known {
            self.estimate.on_advice(advice, self.controller.round_trip());
            self.estimate.on_path_loss(self.controller.own_loss());
        }
        if let Some(burst) = self.controller.take_burst() {
            self.estimate.ask_for_burst(burst);
        }
    }
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for Feedback {
    passive_protocol_parts!();

    fn handle_read(&mut self, tagged: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtcp(packets) = &tagged.message.packet {
            for packet in packets {
                if let Some(feedback) = packet.as_any().downcast_ref::<TransportLayerCc>() {
                    self.receive(tagged.now, feedback);
                }
            }
        }
        self.read_queue.push_back(tagged);
        Ok(())
    }

    fn handle_write(&mut self, mut tagged: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtp(packet) = &mut tagged.message.packet {
            let bytes = packet.marshal_size() + WIRE_OVERHEAD;
            if let Some(id) = self.streams.get(&packet.header.ssrc) {
                let burst = tagged.message.attributes.iter().find_map(OfBurst::of);
                let bytes = bytes + if packet.header.extension { 0 } else { 8 };
                let number = self.history.add(tagged.now, bytes, burst);
                self.controller.on_sent(tagged.now, bytes);
                let number = Bytes::copy_from_slice(&number.to_be_bytes());
                // Fails only for numbers that no description can name.
                let _ = packet.header.set_extension(*id, number);
            }
            self.estimate.on_sent(bytes);
        }
        self.write_queue.push_back(tagged);
        Ok(())
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), Error> {
        if self.controller.timeout().is_some_and(|at| at <= now) {
            self.controller.on_timeout(now);
            self.publish(true);
        }
        Ok(())
    }

    fn poll_timeout(&mut self) -> Option<Instant> {
        self.controller.timeout()
    }
}

impl Interceptor for Feedback {
    fn bind_local_stream(&mut self, info: &StreamInfo) {
        let extension = info.rtp_header_extensions.iter().find(|extension| extension.uri == TRANSPORT_CC_URI);
        // One-byte header extensions (RFC 8285 §4.2).
        let id = extension.and_then(|extension| u8::try_from(extension.id).ok()).filter(|id| (1..=14).contains(id));
        if let Some(id) = id {
            self.streams.insert(info.ssrc, id);
            self.streams.extend(info.ssrc_rtx.map(|ssrc| (ssrc, id)));
        }
    }

    fn unbind_local_stream(&mut self, info: &StreamInfo) {
        self.streams.remove(&info.ssrc);
        if let Some(ssrc) = info.ssrc_rtx {
            self.streams.remove(&ssrc);
        }
    }

    fn bind_remote_stream(&mut self, _: &StreamInfo) {}

    fn unbind_remote_stream(&mut self, _: &StreamInfo) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_is_told_once_and_a_late_one_is_taken_back() {
        let now = Instant::now();
        let mut history = History { next: 65_534, ..History::default() };
        let numbers: Vec<u16> = (0..4).map(|_| history.add(now, 100, None)).collect();
        assert_eq!(numbers, [65_534, 65_535, 0, 1]);
        let at = Some(Duration::from_secs(1));
        let fate = |history: &mut History, number, arrived| {
            history.tell(number, arrived).map(|(number, fate)| (number, fate.arrived.is_some(), fate.was_lost))
        };
        assert_eq!(fate(&mut history, 0, at), Some((65_536, true, false)));
        assert_eq!(fate(&mut history, 0, at), None, "told");
        assert_eq!(fate(&mut history, 65_535, None), Some((65_535, false, false)));
        assert_eq!(fate(&mut history, 65_535, None), None, "told");
        assert_eq!(fate(&mut history, 65_535, at), Some((65_535, true, true)));
        assert_eq!(fate(&mut history, 2, at), None, "never sent");
        assert_eq!(fate(&mut history, 65_533, at), None, "never sent");
    }

    #[test]
    fn the_clock_may_start_anew() {
        let estimate = Arc::new(Estimate::new(1, 1, 1));
        let mut feedback = Feedback::new(Controller::new(1, 1, 1), estimate);
        let end = CLOCK - Duration::from_millis(10);
        assert_eq!(feedback.unwrapped(end), end);
        assert_eq!(feedback.unwrapped(Duration::from_millis(5)), CLOCK + Duration::from_millis(5));
        assert_eq!(feedback.unwrapped(Duration::from_millis(9)), CLOCK + Duration::from_millis(9));
    }

    #[test]
    fn retransmissions_are_numbered_too() {
        let estimate = Arc::new(Estimate::new(1, 1, 1));
        let mut feedback = Feedback::new(Controller::new(1, 1, 1), estimate);
        let extension = rtc::interceptor::RTPHeaderExtension { uri: TRANSPORT_CC_URI.to_owned(), id: 5 };
        let rtp_header_extensions = vec![extension];
        feedback.bind_local_stream(&StreamInfo {
            ssrc: 1,
            ssrc_rtx: Some(2),
            rtp_header_extensions,
            ..Default::default()
        });
        let mut numbers = Vec::new();
        for ssrc in [1, 2, 3, 1] {
            let header = rtc::rtp::Header { version: 2, ssrc, ..Default::default() };
            let packet = rtc::rtp::Packet { header, payload: Bytes::from_static(b"x") };
            let message = rtc::interceptor::AttributedPacket::new(Packet::Rtp(packet));
            feedback
                .handle_write(TaggedPacket { now: Instant::now(), transport: Default::default(), message })
                .unwrap();
            let out = feedback.poll_write().unwrap();
            let Packet::Rtp(packet) = out.message.packet else { panic!("RTP") };
            numbers.push(packet.header.get_extension(5).map(|number| number[1]));
        }
        assert_eq!(numbers, [Some(0), Some(1), None, Some(2)]);
    }
}

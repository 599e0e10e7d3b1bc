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
use rtc::rtcp::transport_feedbacks::transport_layer_cc::{PacketStatusChunk, TransportLayerCc};
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

/// Statuses that are read of one datagram: no more packets are remembered. A run of 8,191 takes two bytes, so a datagram
/// could else tell two million.
const MAX_STATUSES: usize = HISTORY;

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
    /// The last arrival, on a clock that does not start anew, and how often the real one had. Begins with 1: packets of
    /// before the first may come later.
    last_arrival: Option<Duration>,
    turn: u32,
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
            turn: 1,
            read_queue: VecDeque::new(),
            write_queue: VecDeque::new(),
        }
    }

    /// The arrival on a clock that does not start anew: the one nearest to the last, as feedback may overtake another.
    fn unwrapped(&mut self, arrived: Duration) -> Duration {
        let last = self.last_arrival.unwrap_or(CLOCK + arrived);
        let turns = [self.turn.saturating_sub(1), self.turn, self.turn.saturating_add(1)];
        let at = |turn: u32| CLOCK.saturating_mul(turn) + arrived;
        let nearest = turns.into_iter().min_by_key(|turn| at(*turn).abs_diff(last));
        self.turn = nearest.unwrap_or(self.turn);
        *self.last_arrival.insert(at(self.turn))
    }

    fn receive(&mut self, now: Instant, feedback: &TransportLayerCc) {
        let mut fates = Vec::new();
        // The last chunk goes on beyond the count, with statuses that say "not received" (§3.1.4).
        for told in convert_twcc(feedback).into_iter().take(usize::from(feedback.packet_status_count)) {
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

/// How many statuses its chunks make, whatever count it tells.
fn statuses(feedback: &TransportLayerCc) -> usize {
    let of_chunk = |chunk: &PacketStatusChunk| match chunk {
        PacketStatusChunk::RunLengthChunk(run) => usize::from(run.run_length),
        PacketStatusChunk::StatusVectorChunk(vector) => vector.symbol_list.len(),
    };
    feedback.packet_chunks.iter().map(of_chunk).sum()
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for Feedback {
    passive_protocol_parts!();

    fn handle_read(&mut self, tagged: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtcp(packets) = &tagged.message.packet {
            let mut room = MAX_STATUSES;
            for packet in packets {
                if let Some(feedback) = packet.as_any().downcast_ref::<TransportLayerCc>()
                    && let Some(left) = room.checked_sub(statuses(feedback))
                {
                    room = left;
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
    use rtc::rtcp::transport_feedbacks::transport_layer_cc::{
        RecvDelta, RunLengthChunk, StatusChunkTypeTcc, StatusVectorChunk, SymbolSizeTypeTcc, SymbolTypeTcc,
    };

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
    fn the_clock_may_start_anew_even_when_feedback_is_overtaken_meanwhile() {
        let estimate = Arc::new(Estimate::new(1, 1, 1));
        let mut feedback = Feedback::new(Controller::new(1, 1, 1), estimate);
        let milliseconds = Duration::from_millis;
        let first = feedback.unwrapped(CLOCK - milliseconds(10));
        let later = |feedback: &mut Feedback, arrived| (feedback.unwrapped(arrived) + CLOCK - first) - CLOCK;
        assert_eq!(later(&mut feedback, milliseconds(5)), milliseconds(15));
        assert_eq!(later(&mut feedback, CLOCK - milliseconds(3)), milliseconds(7), "of before");
        assert_eq!(later(&mut feedback, milliseconds(9)), milliseconds(19));
        assert_eq!(later(&mut feedback, CLOCK - milliseconds(10)), Duration::ZERO);
    }

    /// Feedback of a datagram, after so many packets have left.
    fn told(sent: usize, packets: Vec<TransportLayerCc>) -> (usize, usize) {
        let mut feedback = Feedback::new(Controller::new(1, 1, 1), Arc::new(Estimate::new(1, 1, 1)));
        let now = Instant::now();
        for _ in 0..sent {
            feedback.history.add(now, 100, None);
        }
        let packets: Vec<Box<dyn rtc::rtcp::Packet>> =
            packets.into_iter().map(|packet| Box::new(packet) as Box<dyn rtc::rtcp::Packet>).collect();
        let message = rtc::interceptor::AttributedPacket::new(Packet::Rtcp(packets));
        feedback.handle_read(TaggedPacket { now, transport: Default::default(), message }).unwrap();
        let count = |is: fn(&Sent) -> bool| feedback.history.sent.iter().filter(|sent| is(sent)).count();
        (count(|sent| sent.is_done), count(|sent| sent.is_lost))
    }

    fn run(base_sequence_number: u16, symbol: SymbolTypeTcc, run_length: u16, count: u16) -> TransportLayerCc {
        let chunk =
            RunLengthChunk { type_tcc: StatusChunkTypeTcc::RunLengthChunk, packet_status_symbol: symbol, run_length };
        TransportLayerCc {
            base_sequence_number,
            packet_status_count: count,
            packet_chunks: vec![PacketStatusChunk::RunLengthChunk(chunk)],
            recv_deltas: vec![RecvDelta { type_tcc_packet: symbol, delta: 250 }; usize::from(count)],
            ..Default::default()
        }
    }

    #[test]
    fn what_fills_the_last_chunk_is_not_taken_for_losses() {
        // Three statuses in a chunk of fourteen, of which the rest says "not received".
        let (came, lost) = (SymbolTypeTcc::PacketReceivedSmallDelta, SymbolTypeTcc::PacketNotReceived);
        let mut symbol_list = vec![lost; 14];
        (symbol_list[0], symbol_list[2]) = (came, came);
        let chunk = StatusVectorChunk {
            type_tcc: StatusChunkTypeTcc::StatusVectorChunk,
            symbol_size: SymbolSizeTypeTcc::OneBit,
            symbol_list,
        };
        let feedback = TransportLayerCc {
            packet_status_count: 3,
            packet_chunks: vec![PacketStatusChunk::StatusVectorChunk(chunk)],
            recv_deltas: vec![RecvDelta { type_tcc_packet: came, delta: 250 }; 2],
            ..Default::default()
        };
        assert_eq!(told(20, vec![feedback]), (2, 1));
    }

    #[test]
    fn a_datagram_tells_no_more_than_is_remembered() {
        let came = SymbolTypeTcc::PacketReceivedSmallDelta;
        assert_eq!(told(20, vec![run(0, came, 10, 10), run(10, came, 10, 10)]), (20, 0));
        let endless = run(0, SymbolTypeTcc::PacketNotReceived, 8_191, 1);
        assert_eq!(told(20, vec![endless, run(10, came, 5, 5)]), (5, 0), "the first is not read");
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

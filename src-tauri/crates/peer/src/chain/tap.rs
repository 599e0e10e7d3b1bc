//! Where packets enter and leave the engine: the application's end of its packet chain.
//!
//! Taking packets here instead of from the engine's tracks loses none before a track is announced, saves two queues,
//! and lets `send` be a push and a wake. Also the place where feedback of the far side is read, which the engine
//! otherwise swallows.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::time::{Duration, Instant};

use confab_model::{ContentName, RtpIn};
use rtc::interceptor::{AttributedPacket, Interceptor, Packet, TaggedPacket};
use rtc::rtcp::payload_feedbacks::full_intra_request::FullIntraRequest;
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc::rtcp::payload_feedbacks::receiver_estimated_maximum_bitrate::ReceiverEstimatedMaximumBitrate;
use rtc::rtcp::receiver_report::ReceiverReport;
use rtc::rtcp::reception_report::ReceptionReport;
use rtc::rtcp::sender_report::SenderReport;
use rtc::sansio::Protocol;
use rtc::shared::error::Error;
use rtc::shared::time::SystemInstant;
use tokio::sync::mpsc;

use super::estimate::Estimate;
use super::outbox::Outbox;
use super::unrtx::Repaired;
use super::{no_streams, passive_protocol_parts};
use crate::event::{Inner, InnerEvent};
use crate::stream::{Stream, lock};

/// Between two keyframe requests for the same content: shorter than a round trip gains nothing.
const KEYFRAME_REQUEST_INTERVAL: Duration = Duration::from_millis(100);

/// Sources per content that are followed for their losses; a far side has one at a time.
const MAX_SOURCES: usize = 8;

/// Packets between two reports; more is nonsense.
const MAX_REPORTED: u32 = 10_000;

/// Which content an incoming packet belongs to.
#[derive(Debug, Default)]
pub(crate) struct Demux {
    /// Declared sources (XEP-0339). Only they are taken for a content that declares any.
    pub(crate) by_ssrc: HashMap<u32, usize>,
    /// Payload types of contents that declare no source (Dino).
    pub(crate) undeclared: Vec<(u8, usize)>,
}

/// What the tap shares with the transport.
#[derive(Debug)]
pub(crate) struct TapShared {
    pub(crate) streams: Vec<Arc<Stream>>,
    pub(crate) demux: RwLock<Demux>,
    pub(crate) outbox: Mutex<Outbox>,
    /// Bytes of pictures that wait in the pacer.
    pub(crate) paced: Arc<AtomicUsize>,
    pub(crate) estimate: Arc<Estimate>,
    pub(crate) first_rtcp: AtomicBool,
}

pub(crate) struct Tap {
    shared: Arc<TapShared>,
    transport: usize,
    rtp: mpsc::Sender<RtpIn>,
    events: mpsc::Sender<Inner>,
    losses: HashMap<u32, Losses>,
    /// Highest sequence number that reports have named, by own SSRC.
    reported: HashMap<u32, u32>,
    last_request: Vec<Option<Instant>>,
    told_rate: Option<u32>,
    read_queue: VecDeque<TaggedPacket>,
    write_queue: VecDeque<TaggedPacket>,
}

/// What a packet is in the count of its stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counted {
    /// Came for the first time; so many are missing in all so far.
    First { missing: u64 },
    /// Came before, as repairs and probes do.
    Again,
    /// Too far off to tell.
    Stray,
}

/// RFC 3550 §A.1, as far as needed to count first receptions.
#[derive(Default)]
struct Losses {
    first: u64,
    highest: u64,
    received: u64,
    /// Of the last 1,024 numbers: which have come.
    seen: Box<[u64; 16]>,
    /// A second packet here, after a stray one, is a stream that has started anew.
    restart_at: Option<u16>,
    /// Missing from before it did.
    missing_before: u64,
}

impl Losses {
    const WINDOW: u64 = 1_024;

    /// The place of a number in the window: word and bit.
    fn place(number: u64) -> (usize, u64) {
        ((number / 64 % 16) as usize, 1 << (number % 64))
    }

    fn count(&mut self, sequence: u16) -> Counted {
        if self.received == 0 {
            // Far from 0, so that packets before the first have a number.
            self.first = u64::from(sequence) + (1 << 32);
            self.highest = self.first;
        }
        let ahead = sequence.wrapping_sub(self.highest as u16);
        let number = if ahead < 0x8000 {
            self.highest + u64::from(ahead)
        } else {
            self.highest - u64::from((self.highest as u16).wrapping_sub(sequence))
        };
        if number + Self::WINDOW <= self.highest {
            if self.restart_at.replace(sequence.wrapping_add(1)) == Some(sequence) {
                *self = Self { missing_before: self.missing(), ..Self::default() };
                return self.count(sequence);
            }
            return Counted::Stray;
        }
        // A gap of a whole window leaves nothing of it.
        for passed in (self.highest + 1..=number).take(Self::WINDOW as usize) {
            let (word, _) = Self::place(passed);
            if passed % 64 == 0 || number - self.highest >= Self::WINDOW {
                self.seen[word] = 0;
            } else {
                self.seen[word] &= !Self::place(passed).1;
            }
        }
        self.highest = self.highest.max(number);
        let (word, bit) = Self::place(number);
        if self.seen[word] & bit != 0 {
            return Counted::Again;
        }
        self.seen[word] |= bit;
        // Overtaken by the first one.
        self.first = self.first.min(number);
        self.received += 1;
        self.restart_at = None;
        Counted::First { missing: self.missing() }
    }

    fn missing(&self) -> u64 {
        self.missing_before + (self.highest - self.first + 1).saturating_sub(self.received)
    }
}

impl Tap {
    pub(crate) fn new(
        shared: Arc<TapShared>,
        transport: usize,
        rtp: mpsc::Sender<RtpIn>,
        events: mpsc::Sender<Inner>,
    ) -> Self {
        let last_request = vec![None; shared.streams.len()];
        let (losses, reported, read_queue, write_queue) = Default::default();
        Self {
            shared,
            transport,
            rtp,
            events,
            losses,
            reported,
            last_request,
            told_rate: None,
            read_queue,
            write_queue,
        }
    }

    fn tell(&self, event: InnerEvent) {
        // Full: the session is behind by hundreds of events; feedback comes again.
        let _ = self.events.try_send(Inner { transport: self.transport, event });
    }

    fn receive(&mut self, packet: rtc::rtp::Packet, repaired: bool, arrived: Instant) {
        let header = &packet.header;
        let index = {
            let demux = self.shared.demux.read().unwrap_or_else(std::sync::PoisonError::into_inner);
            let undeclared = || {
                demux
                    .undeclared
                    .iter()
                    .find(|(payload_type, _)| *payload_type == header.payload_type)
                    .map(|entry| entry.1)
            };
            demux.by_ssrc.get(&header.ssrc).copied().or_else(undeclared)
        };
        let Some(stream) = index.and_then(|index| self.shared.streams.get(index)) else {
            tracing::trace!(ssrc = header.ssrc, "packet of an unknown source dropped");
            return;
        };
        if header.payload_type != stream.payload_type_in.load(Ordering::Relaxed)
            || !stream.receives.load(Ordering::Relaxed)
            || packet.payload.is_empty()
        {
            return;
        }
        let counters = &stream.counters;
        if self.losses.contains_key(&header.ssrc) || self.losses.len() < MAX_SOURCES * self.shared.streams.len() {
            match self.losses.entry(header.ssrc).or_default().count(header.sequence_number) {
                Counted::First { missing } => counters.packets_lost.store(missing, Ordering::Relaxed),
                Counted::Again => return,
                Counted::Stray => {}
            }
        }
        counters.packets_received.fetch_add(1, Ordering::Relaxed);
        counters.bytes_received.fetch_add(packet.payload.len() as u64, Ordering::Relaxed);
        if repaired {
            counters.packets_repaired.fetch_add(1, Ordering::Relaxed);
        }
        stream.remote_ssrc.store(header.ssrc, Ordering::Relaxed);
        let incoming = RtpIn {
            content: stream.name.clone(),
            ssrc: header.ssrc,
            payload_type: header.payload_type,
            sequence: header.sequence_number,
            timestamp: header.timestamp,
            marker: header.marker,
            payload: packet.payload,
            arrived,
        };
        if self.rtp.try_send(incoming).is_err() {
            counters.packets_discarded.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn feedback(&mut self, packets: &[Box<dyn rtc::rtcp::Packet>], now: Instant) {
        if !packets.is_empty() && !self.shared.first_rtcp.swap(true, Ordering::Relaxed) {
            self.tell(InnerEvent::FirstRtcp);
        }
        for packet in packets {
            let packet = packet.as_any();
            if let Some(pli) = packet.downcast_ref::<PictureLossIndication>() {
                self.keyframe_requested(pli.media_ssrc);
            } else if let Some(fir) = packet.downcast_ref::<FullIntraRequest>() {
                for entry in &fir.fir {
                    self.keyframe_requested(entry.ssrc);
                }
            } else if let Some(remb) = packet.downcast_ref::<ReceiverEstimatedMaximumBitrate>() {
                self.shared.estimate.on_remb(remb.bitrate);
            } else if let Some(report) = packet.downcast_ref::<ReceiverReport>() {
                for report in &report.reports {
                    self.report(report, now);
                }
            } else if let Some(report) = packet.downcast_ref::<SenderReport>() {
                for report in &report.reports {
                    self.report(report, now);
                }
                let stream =
                    self.shared.streams.iter().find(|entry| entry.remote_ssrc.load(Ordering::Relaxed) == report.ssrc);
                if let Some(stream) = stream {
                    self.tell(InnerEvent::SenderReport {
                        content: stream.name.clone(),
                        ntp: report.ntp_time,
                        timestamp: report.rtp_time,
                    });
                }
            }
        }
        self.tell_rate();
    }

    fn tell_rate(&mut self) {
        let rate = self.shared.estimate.for_media();
        // Changes below 3 % are noise to an encoder.
        if self.told_rate.is_none_or(|told| rate.abs_diff(told) > told / 33) {
            self.told_rate = Some(rate);
            self.tell(InnerEvent::Rate);
        }
    }

    fn keyframe_requested(&self, ssrc: u32) {
        if let Some(stream) = self.shared.streams.iter().find(|stream| stream.ssrc == ssrc) {
            stream.counters.keyframes_requested_by_remote.fetch_add(1, Ordering::Relaxed);
            self.tell(InnerEvent::KeyframeRequested(stream.name.clone()));
        }
    }

    fn report(&mut self, report: &ReceptionReport, now: Instant) {
        let stream = self.shared.streams.iter().find(|stream| stream.ssrc == report.ssrc);
        let Some(stream) = stream.map(Arc::clone) else { return };
        let counters = &stream.counters;
        counters.remote_loss.store(u32::from(report.fraction_lost), Ordering::Relaxed);
        let clock_rate = if stream.kind == confab_model::MediaKind::Audio { 48_000 } else { 90_000 };
        counters.remote_jitter_us.store(u64::from(report.jitter) * 1_000_000 / clock_rate, Ordering::Relaxed);
        let mut round_trip = None;
        // RFC 3550 §6.4.1: all in units of 1/65,536 s.
        if report.last_sender_report != 0 {
            let ntp = (SystemInstant::now(now).ntp(now) >> 16) as u32;
            let units = ntp.wrapping_sub(report.last_sender_report).wrapping_sub(report.delay);
            // More than half the range is a clock that was set back, or nonsense.
            if units < u32::MAX / 2 {
                let us = u64::from(units) * 1_000_000 / 65_536;
                counters.round_trip_us.store(us, Ordering::Relaxed);
                round_trip = Some(Duration::from_micros(us));
            }
        }
        if stream.kind == confab_model::MediaKind::Video {
            let highest = self.reported.insert(report.ssrc, report.last_sequence_number);
            let packets = highest.map_or(0, |highest| report.last_sequence_number.wrapping_sub(highest));
            let loss = f64::from(report.fraction_lost) / 256.0;
            self.shared.estimate.on_report(now, loss, u64::from(packets.min(MAX_REPORTED)), round_trip);
        }
    }

    fn emit(&mut self, packet: Packet, now: Instant) {
        let message = AttributedPacket::new(packet);
        self.write_queue.push_back(TaggedPacket { now, transport: Default::default(), message });
    }

    fn request_keyframes(&mut self, now: Instant) {
        for index in 0..self.shared.streams.len() {
            let stream = Arc::clone(&self.shared.streams[index]);
            let media_ssrc = stream.remote_ssrc.load(Ordering::Relaxed);
            let is_due = self.last_request[index].is_none_or(|last| now >= last + KEYFRAME_REQUEST_INTERVAL);
            if media_ssrc != 0 && is_due && stream.keyframe_wanted.swap(false, Ordering::Relaxed) {
                self.last_request[index] = Some(now);
                stream.counters.keyframes_requested.fetch_add(1, Ordering::Relaxed);
                let request = PictureLossIndication { sender_ssrc: stream.ssrc, media_ssrc };
                self.emit(Packet::Rtcp(vec![Box::new(request)]), now);
            }
        }
    }
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for Tap {
    passive_protocol_parts!();

    /// Takes everything: nothing goes on to the engine's tracks.
    fn handle_read(&mut self, tagged: TaggedPacket) -> Result<(), Error> {
        let repaired = tagged.message.custom::<Repaired>().is_some();
        match tagged.message.packet {
            Packet::Rtp(packet) => self.receive(packet, repaired, tagged.now),
            Packet::Rtcp(packets) => self.feedback(&packets, tagged.now),
            _ => {}
        }
        Ok(())
    }

    fn handle_write(&mut self, tagged: TaggedPacket) -> Result<(), Error> {
        self.write_queue.push_back(tagged);
        Ok(())
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), Error> {
        let outgoing = lock(&self.shared.outbox).take();
        for packet in outgoing {
            self.emit(Packet::Rtp(packet), now);
        }
        self.request_keyframes(now);
        self.tell_rate();
        Ok(())
    }

    fn poll_timeout(&mut self) -> Option<Instant> {
        let waiting = self.shared.streams.iter().zip(&self.last_request).filter(|(stream, _)| {
            stream.keyframe_wanted.load(Ordering::Relaxed) && stream.remote_ssrc.load(Ordering::Relaxed) != 0
        });
        waiting.filter_map(|(_, last)| last.map(|last| last + KEYFRAME_REQUEST_INTERVAL)).min()
    }
}

impl Interceptor for Tap {
    no_streams!();
}

/// For [`crate::session`]: a content by its name.
pub(crate) fn by_name<'a>(streams: &'a [Arc<Stream>], name: &ContentName) -> Option<&'a Arc<Stream>> {
    streams.iter().find(|stream| stream.name == *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(losses: &mut Losses, sequence: u16) -> Option<u64> {
        match losses.count(sequence) {
            Counted::First { missing } => Some(missing),
            Counted::Again => None,
            Counted::Stray => panic!("stray"),
        }
    }

    #[test]
    fn losses_are_counted_over_the_wrap_and_repairs_take_them_back() {
        let mut losses = Losses::default();
        assert_eq!(missing(&mut losses, 65_534), Some(0));
        assert_eq!(missing(&mut losses, 1), Some(2));
        assert_eq!(missing(&mut losses, 1), None, "a double is not a gain");
        assert_eq!(missing(&mut losses, 65_535), Some(1));
        assert_eq!(missing(&mut losses, 65_535), None);
        assert_eq!(missing(&mut losses, 65_533), Some(1), "overtaken by the first");
        assert_eq!(missing(&mut losses, 0), Some(0));
    }

    #[test]
    fn a_stream_may_start_anew() {
        let mut losses = Losses::default();
        (5_000..5_010).for_each(|sequence| assert_eq!(missing(&mut losses, sequence), Some(0)));
        assert_eq!(missing(&mut losses, 5_011), Some(1));
        assert_eq!(losses.count(17), Counted::Stray);
        assert_eq!(missing(&mut losses, 18), Some(1));
        assert_eq!(missing(&mut losses, 20), Some(2));
    }

    #[test]
    fn a_sender_that_jumps_for_ever_is_counted_on() {
        let mut losses = Losses::default();
        losses.count(0);
        // As after 200,000 jumps: more is missing than the first number is far from 0.
        losses.highest += 1 << 33;
        assert_eq!(losses.count(60_000), Counted::Stray);
        assert_eq!(missing(&mut losses, 60_001), Some(1 << 33));
        assert_eq!(missing(&mut losses, 60_000), Some(1 << 33), "overtaken by the first");
    }

    proptest::proptest! {
        #[test]
        fn first_receptions_are_those_of_a_set(steps in proptest::collection::vec((0_u16..400, 0_u16..300), 1..300)) {
            let mut losses = Losses::default();
            let mut seen = std::collections::HashSet::new();
            let mut highest = 1_000_u16;
            losses.count(highest);
            seen.insert(highest);
            for (ahead, behind) in steps {
                highest = highest.wrapping_add(ahead);
                losses.count(highest);
                seen.insert(highest);
                let sequence = highest.wrapping_sub(behind);
                let is_first = matches!(losses.count(sequence), Counted::First { .. });
                proptest::prop_assert_eq!(is_first, seen.insert(sequence), "{}", sequence);
                if seen.len() > 150 {
                    break;
                }
            }
        }
    }
}

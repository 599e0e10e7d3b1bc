//! Both ends of repair over a link that loses packets and requests alike: in virtual time, of 1 ms.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rtc::interceptor::{AttributedPacket, Interceptor, Packet, StreamInfo, TaggedPacket};
use rtc::rtcp::transport_feedbacks::transport_layer_nack::{TransportLayerNack, nack_pairs_from_sequence_numbers};
use rtc::sansio::Protocol;

use super::missing::Missing;
use super::responder::NackResponder;
use crate::chain::estimate::Estimate;

/// ms between pictures, and their packets: 3.2 Mbit/s.
const PICTURE: u64 = 33;
const PACKETS: u16 = 12;
const PACKET_BYTES: usize = 1_100;
/// A picture that is late by more is seen as a freeze (W3C webrtc-stats, `freezeCount`).
const FREEZE: u64 = 150;

struct World {
    random: StdRng,
    loss: f64,
    /// ms one way.
    delay: u64,
    responder: NackResponder,
    missing: Missing,
    /// On their way, by their time of arrival in ms.
    packets: BTreeMap<u64, Vec<u16>>,
    requests: BTreeMap<u64, Vec<u16>>,
    arrivals: BTreeMap<u16, u64>,
    sent: u32,
}

fn tagged(now: Instant, packet: Packet) -> TaggedPacket {
    TaggedPacket { now, transport: Default::default(), message: AttributedPacket::new(packet) }
}

impl World {
    fn new(seed: u64, loss: f64, delay: u64) -> Self {
        println!("seed {seed} loss {loss} delay {delay} ms");
        let estimate = Estimate::new(5_000_000, 100_000, 6_000_000);
        estimate.on_path_loss(loss);
        estimate.on_report(Instant::now(), 0.0, 0, Some(Duration::from_millis(2 * delay)));
        let mut responder = NackResponder::new(Arc::new(estimate));
        responder.bind_local_stream(&StreamInfo {
            ssrc: 1,
            ssrc_rtx: Some(2),
            payload_type: 96,
            payload_type_rtx: Some(97),
            rtcp_feedback: vec![rtc::interceptor::RTCPFeedback { typ: "nack".to_owned(), parameter: String::new() }],
            ..Default::default()
        });
        let (missing, packets, requests, arrivals) = Default::default();
        let random = StdRng::seed_from_u64(seed);
        Self { random, loss, delay, responder, missing, packets, requests, arrivals, sent: 0 }
    }

    /// When something that leaves now arrives.
    fn arrival(&mut self, tick: u64) -> Option<u64> {
        (!self.random.random_bool(self.loss)).then_some(tick + self.delay)
    }

    /// What the sender's side gives out goes over the link.
    fn transmit(&mut self, tick: u64) {
        while let Some(out) = self.responder.poll_write() {
            let Packet::Rtp(packet) = out.message.packet else { panic!("RTP") };
            let sequence = match packet.header.ssrc {
                2 => u16::from_be_bytes([packet.payload[0], packet.payload[1]]),
                _ => packet.header.sequence_number,
            };
            self.sent += 1;
            if let Some(at) = self.arrival(tick) {
                self.packets.entry(at).or_default().push(sequence);
            }
        }
    }

    fn step(&mut self, tick: u64, now: Instant) {
        if tick.is_multiple_of(PICTURE) {
            for index in 0..PACKETS {
                let sequence_number = (tick / PICTURE) as u16 * PACKETS + index;
                let header =
                    rtc::rtp::Header { version: 2, ssrc: 1, sequence_number, payload_type: 96, ..Default::default() };
                let packet = rtc::rtp::Packet { header, payload: Bytes::from(vec![0; PACKET_BYTES]) };
                self.responder.handle_write(tagged(now, Packet::Rtp(packet))).unwrap();
            }
        }
        if let Some(sequences) = self.requests.remove(&tick) {
            let nacks = nack_pairs_from_sequence_numbers(&sequences);
            let nack = TransportLayerNack { sender_ssrc: 9, media_ssrc: 1, nacks };
            self.responder.handle_read(tagged(now, Packet::Rtcp(vec![Box::new(nack)]))).unwrap();
        }
        self.transmit(tick);
        for sequence in self.packets.remove(&tick).unwrap_or_default() {
            self.missing.note(now, sequence);
            self.arrivals.entry(sequence).or_insert(tick);
        }
        let due = self.missing.take_due(now);
        if !due.is_empty()
            && let Some(at) = self.arrival(tick)
        {
            self.requests.entry(at).or_default().extend(due);
        }
    }
}

/// Share of pictures that freeze, and of what is sent besides the pictures.
fn run(seed: u64, loss: f64, delay: u64) -> (f64, f64) {
    let mut world = World::new(seed, loss, delay);
    let (start, pictures, ticks) = (Instant::now(), 2_000, 70_000);
    for tick in 0..ticks {
        world.step(tick, start + Duration::from_millis(tick));
    }
    let frozen = (0..pictures).filter(|picture| {
        let first = *picture as u16 * PACKETS;
        let packets = (first..first + PACKETS).map(|sequence| world.arrivals.get(&sequence).copied());
        let complete = packets.map(|at| at.unwrap_or(u64::MAX)).max().unwrap_or(u64::MAX);
        complete > picture * PICTURE + delay + FREEZE
    });
    let share = frozen.count() as f64 / pictures as f64;
    let of_pictures = ticks.div_ceil(PICTURE) * u64::from(PACKETS);
    let repairs = f64::from(world.sent) / of_pictures as f64 - 1.0;
    println!("{:.2} % freeze, {:.0} % are sent again", share * 100.0, repairs * 100.0);
    (share, repairs)
}

#[test]
fn random_losses_seldom_freeze_the_picture() {
    for (loss, most_frozen, most_repairs) in
        [(0.01, 0.001, 0.03), (0.05, 0.002, 0.13), (0.1, 0.004, 0.25), (0.2, 0.04, 0.5)]
    {
        let (frozen, repairs) = run(1, loss, 25);
        assert!(frozen <= most_frozen && repairs <= most_repairs, "{loss}: {frozen} {repairs}");
    }
}

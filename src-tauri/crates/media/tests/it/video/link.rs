//! A lossy link in virtual time: packets in, packets out, with delay, reordering, duplicates, loss and repairs.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use bytes::Bytes;
use confab_media::video::rtp::PayloadDescriptor;
use confab_model::{Moment, RtpIn, RtpOut, Timestamp};
use rand::{Rng, SeedableRng, rngs::StdRng};

/// What the link does to packets.
#[derive(Debug, Clone, Copy)]
pub struct LinkConfig {
    pub loss: f64,
    pub duplicate: f64,
    /// Extra delay of a packet, up to this.
    pub jitter: Duration,
    pub one_way: Duration,
    /// Whether lost packets are sent again, one round trip later each time.
    pub repair: bool,
}

/// See the module.
#[derive(Debug)]
pub struct Link {
    config: LinkConfig,
    random: StdRng,
    sequence: u16,
    /// By time of arrival in µs and order.
    flight: BTreeMap<(u64, u64), RtpIn>,
    order: u64,
    pub lost: u64,
}

/// A moment `micros` after the start of the test.
pub fn moment(micros: u64) -> Moment {
    Moment { mono: Duration::from_micros(micros), wall: Timestamp(1_795_230_000_000 + (micros / 1_000) as i64) }
}

pub fn rtp_in(sequence: u16, timestamp: u32, marker: bool, payload: Bytes) -> RtpIn {
    RtpIn {
        content: "video".into(),
        ssrc: 7,
        payload_type: 96,
        sequence,
        timestamp,
        marker,
        payload,
        arrived: Instant::now(),
    }
}

impl Link {
    pub fn new(config: LinkConfig, seed: u64, first_sequence: u16) -> Self {
        println!("link seed {seed}");
        let random = StdRng::seed_from_u64(seed);
        Self { config, random, sequence: first_sequence, flight: BTreeMap::new(), order: 0, lost: 0 }
    }

    pub fn send(&mut self, packets: &[RtpOut], now: u64) {
        for packet in packets {
            let out = rtp_in(self.sequence, packet.timestamp, packet.marker, packet.payload.clone());
            self.sequence = self.sequence.wrapping_add(1);
            let mut delay = self.config.one_way;
            while self.random.random_bool(self.config.loss) {
                self.lost += 1;
                if !self.config.repair {
                    delay = Duration::MAX;
                    break;
                }
                delay += 2 * self.config.one_way + Duration::from_millis(10);
            }
            if delay == Duration::MAX {
                continue;
            }
            let copies = if self.random.random_bool(self.config.duplicate) { 2 } else { 1 };
            for _ in 0..copies {
                let jitter = self.random.random_range(0..=self.config.jitter.as_micros() as u64);
                self.order += 1;
                self.flight.insert((now + delay.as_micros() as u64 + jitter, self.order), out.clone());
            }
        }
    }

    /// The next packet that arrives until `until`, and when.
    pub fn receive(&mut self, until: u64) -> Option<(u64, RtpIn)> {
        let (&(at, order), _) = self.flight.first_key_value()?;
        (at <= until).then(|| (at, self.flight.remove(&(at, order)).unwrap()))
    }
}

/// Bytes that look like a VP8 picture and carry a number, of `size` bytes.
pub fn fake_picture(keyframe: bool, number: u32, size: usize) -> Vec<u8> {
    let mut data = vec![u8::from(!keyframe), 0, 0, 0x9D, 0x01, 0x2A, 0x80, 0x02, 0x68, 0x01];
    data.extend_from_slice(&number.to_be_bytes());
    while data.len() < size {
        data.push(data.len() as u8);
    }
    data
}

/// One payload by hand.
pub fn payload(descriptor: PayloadDescriptor, body: &[u8]) -> Bytes {
    let mut out = Vec::new();
    descriptor.write(&mut out);
    out.extend_from_slice(body);
    out.into()
}

//! Spreads video over time so that a keyframe does not fill the queues of the path.
//!
//! Audio and RTCP pass at once. Repairs go before new video: the picture they belong to is due earlier. Bursts that
//! probe leave at their own rate. The rest leaves at what [`Estimate::pacing`] says, above the rate of the encoder, so
//! that the backlog after a keyframe goes down.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rtc::interceptor::{Attribute, Interceptor, Packet, TaggedPacket};
use rtc::sansio::Protocol;
use rtc::shared::error::Error;
use rtc::shared::marshal::MarshalSize;

use super::{estimate::Estimate, no_streams, passive_protocol_parts};

/// What may leave at once: as much as 5 ms at the paced rate, so that timers need not be finer.
const BURST: Duration = Duration::from_millis(5);

/// At least one full packet may always leave at once.
const MIN_BURST_BITS: f64 = 8.0 * 1_500.0;

/// Video packets that may wait; `send` refuses long before ([`super::outbox`]). Full: the newest is dropped.
const PACER_QUEUE: usize = 2_048;

/// Repairs that may wait: a tenth of a second of 20 Mbit/s. Full: the oldest is dropped, its picture is given up first.
const REPAIR_QUEUE: usize = 192;

/// Packets of bursts that may wait; the controller asks for at most 40 at a time.
const BURST_QUEUE: usize = 64;

/// s over which the rate of repairs is told.
const REPAIR_SPAN: f64 = 1.0;

/// Marks a packet of a burst that probes, with the burst's number and its rate in bit/s.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OfBurst {
    pub(crate) number: u32,
    pub(crate) rate: u32,
}

impl OfBurst {
    pub(crate) fn of(attribute: &Attribute) -> Option<u32> {
        Self::find(attribute).map(|burst| burst.number)
    }

    fn find(attribute: &Attribute) -> Option<Self> {
        match attribute {
            Attribute::Custom(value) => value.downcast_ref::<Self>().copied(),
            _ => None,
        }
    }
}

pub(crate) struct Pacer {
    estimate: Arc<Estimate>,
    /// SSRCs that do not wait.
    audio: HashSet<u32>,
    /// Bytes of video that wait, told to `send`.
    backlog: Arc<AtomicUsize>,
    repairs: VecDeque<TaggedPacket>,
    video: VecDeque<TaggedPacket>,
    bursts: VecDeque<(TaggedPacket, u32)>,
    next_of_burst: Option<Instant>,
    budget_bits: f64,
    refilled: Option<Instant>,
    /// Exponential mean, bit/s.
    repair_rate: f64,
    repair_rated: Option<Instant>,
    read_queue: VecDeque<TaggedPacket>,
    write_queue: VecDeque<TaggedPacket>,
}

impl Pacer {
    pub(crate) fn new(estimate: Arc<Estimate>, audio: HashSet<u32>, backlog: Arc<AtomicUsize>) -> Self {
        Self {
            estimate,
            audio,
            backlog,
            repairs: VecDeque::new(),
            video: VecDeque::new(),
            bursts: VecDeque::new(),
            next_of_burst: None,
            budget_bits: MIN_BURST_BITS,
            refilled: None,
            repair_rate: 0.0,
            repair_rated: None,
            read_queue: VecDeque::new(),
            write_queue: VecDeque::new(),
        }
    }

    fn release(&mut self, now: Instant) {
        let rate = self.estimate.pacing();
        if let Some(last) = self.refilled {
            let burst = (rate * BURST.as_secs_f64()).max(MIN_BURST_BITS);
            let elapsed = now.saturating_duration_since(last).as_secs_f64();
            self.budget_bits = (self.budget_bits + elapsed * rate).min(burst);
        }
        self.refilled = Some(now);
        // A packet may overdraw the budget: the next waits longer. So packets of any size get through.
        while self.budget_bits > 0.0 {
            let (mut tagged, is_repair) = match self.repairs.pop_front() {
                Some(tagged) => (tagged, true),
                None => match self.video.pop_front() {
                    Some(tagged) => (tagged, false),
                    None => break,
                },
            };
            let bits = bits(&tagged);
            self.budget_bits -= bits;
            if is_repair {
                self.note_repair(now, bits);
            } else {
                self.backlog.fetch_sub(bytes(&tagged), Ordering::Relaxed);
            }
            tagged.now = now;
            self.write_queue.push_back(tagged);
        }
        self.release_burst(now);
    }

    fn release_burst(&mut self, now: Instant) {
        while self.next_of_burst.is_none_or(|at| at <= now)
            && let Some((mut tagged, rate)) = self.bursts.pop_front()
        {
            let gap = Duration::from_secs_f64(bits(&tagged) / f64::from(rate.max(10_000)));
            // From when it was due: timers are late, the rate is not.
            let due = self.next_of_burst.filter(|at| *at + BURST > now).unwrap_or(now);
            self.next_of_burst = Some(due + gap);
            tagged.now = now;
            self.write_queue.push_back(tagged);
        }
    }

    fn note_repair(&mut self, now: Instant, bits: f64) {
        self.decay_repairs(now);
        self.repair_rate += bits / REPAIR_SPAN;
        self.estimate.on_repairs(self.repair_rate);
    }

    fn decay_repairs(&mut self, now: Instant) {
        let last = self.repair_rated.replace(now).unwrap_or(now);
        self.repair_rate *= (-now.saturating_duration_since(last).as_secs_f64() / REPAIR_SPAN).exp();
        self.estimate.on_repairs(self.repair_rate);
    }

    fn enqueue(&mut self, tagged: TaggedPacket) {
        if let Some(burst) = tagged.message.attributes.iter().find_map(OfBurst::find) {
            if self.bursts.len() < BURST_QUEUE {
                self.bursts.push_back((tagged, burst.rate));
            }
        } else if tagged.message.has(&Attribute::Retransmission) {
            if self.repairs.len() >= REPAIR_QUEUE {
                self.repairs.pop_front();
            }
            self.repairs.push_back(tagged);
        } else if self.video.len() < PACER_QUEUE {
            self.backlog.fetch_add(bytes(&tagged), Ordering::Relaxed);
            self.video.push_back(tagged);
        } else {
            tracing::warn!("the pacer is full, a packet is dropped");
        }
    }
}

fn bytes(tagged: &TaggedPacket) -> usize {
    match &tagged.message.packet {
        Packet::Rtp(packet) => packet.marshal_size(),
        _ => 0,
    }
}

fn bits(tagged: &TaggedPacket) -> f64 {
    bytes(tagged) as f64 * 8.0
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for Pacer {
    passive_protocol_parts!();

    fn handle_read(&mut self, tagged: TaggedPacket) -> Result<(), Error> {
        self.read_queue.push_back(tagged);
        Ok(())
    }

    fn handle_write(&mut self, tagged: TaggedPacket) -> Result<(), Error> {
        let now = tagged.now;
        match &tagged.message.packet {
            Packet::Rtp(packet) if !self.audio.contains(&packet.header.ssrc) => {
                self.enqueue(tagged);
                self.release(now);
            }
            _ => self.write_queue.push_back(tagged),
        }
        Ok(())
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), Error> {
        if self.repair_rate > 0.0 {
            self.decay_repairs(now);
            if self.repair_rate < 1_000.0 {
                self.repair_rate = 0.0;
                self.estimate.on_repairs(0.0);
            }
        }
        if !self.video.is_empty() || !self.repairs.is_empty() || !self.bursts.is_empty() {
            self.release(now);
        }
        Ok(())
    }

    fn poll_timeout(&mut self) -> Option<Instant> {
        let burst = self.next_of_burst.filter(|_| !self.bursts.is_empty());
        let paced = if self.video.is_empty() && self.repairs.is_empty() {
            None
        } else {
            let missing = (1.0 - self.budget_bits).max(0.0);
            // Never less than half a millisecond: the driver's timers are not finer.
            let wait = Duration::from_secs_f64((missing / self.estimate.pacing().max(1.0)).clamp(0.0005, 1.0));
            self.refilled.map(|last| last + wait)
        };
        burst.into_iter().chain(paced).min()
    }
}

impl Interceptor for Pacer {
    no_streams!();
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use rtc::interceptor::AttributedPacket;

    fn packet(ssrc: u32, now: Instant) -> TaggedPacket {
        let header = rtc::rtp::Header { version: 2, ssrc, ..Default::default() };
        let packet = rtc::rtp::Packet { header, payload: Bytes::from(vec![0; 1_238]) };
        TaggedPacket { now, transport: Default::default(), message: AttributedPacket::new(Packet::Rtp(packet)) }
    }

    fn pacer() -> (Pacer, Arc<AtomicUsize>) {
        let estimate = Arc::new(Estimate::new(1_000_000, 100_000, 5_000_000));
        let backlog = Arc::new(AtomicUsize::new(0));
        (Pacer::new(estimate, HashSet::from([1]), Arc::clone(&backlog)), backlog)
    }

    fn ssrcs(pacer: &mut Pacer) -> Vec<u32> {
        std::iter::from_fn(|| pacer.poll_write())
            .map(|tagged| match tagged.message.packet {
                Packet::Rtp(packet) => packet.header.ssrc,
                _ => 0,
            })
            .collect()
    }

    #[test]
    fn video_is_spread_at_two_and_a_half_times_the_estimate_and_audio_is_not() {
        let (mut pacer, backlog) = pacer();
        let mut now = Instant::now();
        for _ in 0..251 {
            pacer.handle_write(packet(2, now)).unwrap();
        }
        pacer.handle_write(packet(1, now)).unwrap();
        assert_eq!(ssrcs(&mut pacer), [2, 2, 1], "a burst of 12,500 bits lets two out, audio passes");
        assert_eq!(backlog.load(Ordering::Relaxed), 249 * 1_250);
        let start = now;
        let mut sent = 0;
        while let Some(at) = pacer.poll_timeout() {
            now = now.max(at);
            pacer.handle_timeout(now).unwrap();
            sent += ssrcs(&mut pacer).len();
        }
        assert_eq!((sent, backlog.load(Ordering::Relaxed)), (249, 0));
        // 249 packets of 10,000 bits at 2.5 Mbit/s.
        let took = now.duration_since(start).as_secs_f64();
        assert!((0.95..1.05).contains(&took), "{took}");
    }

    #[test]
    fn repairs_go_first_and_are_counted_and_bounded() {
        let (mut pacer, _) = pacer();
        let mut now = Instant::now();
        for _ in 0..4 {
            pacer.handle_write(packet(2, now)).unwrap();
        }
        ssrcs(&mut pacer);
        for _ in 0..500 {
            let mut repair = packet(3, now);
            repair.message.add(Attribute::Retransmission);
            pacer.handle_write(repair).unwrap();
        }
        let mut sent = Vec::new();
        while let Some(at) = pacer.poll_timeout() {
            now = now.max(at);
            pacer.handle_timeout(now).unwrap();
            sent.extend(ssrcs(&mut pacer));
        }
        assert_eq!(sent.len(), REPAIR_QUEUE + 2);
        assert_eq!(sent[REPAIR_QUEUE..], [2, 2]);
        assert_eq!(pacer.estimate.for_media(), 600_000, "two fifths at most are taken from the encoder");
        pacer.handle_timeout(now + Duration::from_secs(20)).unwrap();
        assert_eq!(pacer.estimate.for_media(), 1_000_000);
    }

    #[test]
    fn a_burst_leaves_at_its_own_rate() {
        let (mut pacer, backlog) = pacer();
        let start = Instant::now();
        for _ in 0..6 {
            let mut tagged = packet(3, start);
            tagged.message.add(Attribute::Retransmission);
            tagged.message.add(Attribute::Custom(Arc::new(OfBurst { number: 1, rate: 10_000_000 })));
            pacer.handle_write(tagged).unwrap();
        }
        let mut sent = ssrcs(&mut pacer).len();
        let mut now = start;
        while let Some(at) = pacer.poll_timeout() {
            now = now.max(at);
            pacer.handle_timeout(now).unwrap();
            sent += ssrcs(&mut pacer).len();
        }
        assert_eq!((sent, now - start), (6, Duration::from_millis(5)));
        assert_eq!(backlog.load(Ordering::Relaxed), 0);
    }
}

//! Spreads video over time so that a keyframe does not fill the queues of the path.
//!
//! Audio and RTCP pass at once. Video leaves at [`PACING_FACTOR`] × the estimate: the encoder follows the estimate,
//! so that the backlog after a keyframe goes down. The engine's own pacer sends at exactly the estimate and holds up
//! audio behind video.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rtc::interceptor::{Interceptor, Packet, TaggedPacket};
use rtc::sansio::Protocol;
use rtc::shared::error::Error;
use rtc::shared::marshal::MarshalSize;

use super::{estimate::Estimate, no_streams, passive_protocol_parts};

/// As in libwebrtc: drains a keyframe of ten average pictures within four picture times.
const PACING_FACTOR: f64 = 2.5;

/// What may leave at once: as much as 5 ms at the paced rate, so that timers need not be finer.
const BURST: Duration = Duration::from_millis(5);

/// At least one full packet may always leave at once.
const MIN_BURST_BITS: f64 = 8.0 * 1_500.0;

/// Packets that may wait. Full: the newest is dropped and counted ([`crate::ContentStatistics::packets_dropped`]
/// counts what `send` refuses before; this is the last line).
pub(crate) const PACER_QUEUE: usize = 2_048;

pub(crate) struct Pacer {
    estimate: Arc<Estimate>,
    /// SSRCs that do not wait.
    audio: HashSet<u32>,
    /// Packets that wait, told to `send`.
    backlog: Arc<AtomicUsize>,
    waiting: VecDeque<TaggedPacket>,
    budget_bits: f64,
    refilled: Option<Instant>,
    read_queue: VecDeque<TaggedPacket>,
    write_queue: VecDeque<TaggedPacket>,
}

impl Pacer {
    pub(crate) fn new(estimate: Arc<Estimate>, audio: HashSet<u32>, backlog: Arc<AtomicUsize>) -> Self {
        Self {
            estimate,
            audio,
            backlog,
            waiting: VecDeque::new(),
            budget_bits: MIN_BURST_BITS,
            refilled: None,
            read_queue: VecDeque::new(),
            write_queue: VecDeque::new(),
        }
    }

    fn rate(&self) -> f64 {
        f64::from(self.estimate.current()) * PACING_FACTOR
    }

    fn release(&mut self, now: Instant) {
        let rate = self.rate();
        if let Some(last) = self.refilled {
            let burst = (rate * BURST.as_secs_f64()).max(MIN_BURST_BITS);
            let elapsed = now.saturating_duration_since(last).as_secs_f64();
            self.budget_bits = (self.budget_bits + elapsed * rate).min(burst);
        }
        self.refilled = Some(now);
        // A packet may overdraw the budget: the next waits longer. So packets of any size get through.
        while self.budget_bits > 0.0
            && let Some(mut tagged) = self.waiting.pop_front()
        {
            self.budget_bits -= bits(&tagged);
            tagged.now = now;
            self.write_queue.push_back(tagged);
        }
        self.backlog.store(self.waiting.len(), Ordering::Relaxed);
    }
}

fn bits(tagged: &TaggedPacket) -> f64 {
    match &tagged.message.packet {
        Packet::Rtp(packet) => packet.marshal_size() as f64 * 8.0,
        _ => 0.0,
    }
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
                if self.waiting.len() < PACER_QUEUE {
                    self.waiting.push_back(tagged);
                }
                self.release(now);
            }
            _ => self.write_queue.push_back(tagged),
        }
        Ok(())
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), Error> {
        if !self.waiting.is_empty() {
            self.release(now);
        }
        Ok(())
    }

    fn poll_timeout(&mut self) -> Option<Instant> {
        self.waiting.front()?;
        let missing = (1.0 - self.budget_bits).max(0.0);
        // Never less than half a millisecond: the driver's timers are not finer.
        let wait = Duration::from_secs_f64((missing / self.rate().max(1.0)).clamp(0.0005, 1.0));
        self.refilled.map(|last| last + wait)
    }
}

impl Interceptor for Pacer {
    no_streams!();
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn packet(ssrc: u32, now: Instant) -> TaggedPacket {
        let header = rtc::rtp::Header { version: 2, ssrc, ..Default::default() };
        let packet = rtc::rtp::Packet { header, payload: Bytes::from(vec![0; 1_238]) };
        TaggedPacket {
            now,
            transport: Default::default(),
            message: rtc::interceptor::AttributedPacket::new(Packet::Rtp(packet)),
        }
    }

    #[test]
    fn video_is_spread_at_two_and_a_half_times_the_estimate_and_audio_is_not() {
        let estimate = Arc::new(Estimate::new(1_000_000, 100_000, 5_000_000));
        let backlog = Arc::new(AtomicUsize::new(0));
        let mut pacer = Pacer::new(estimate, HashSet::from([1]), Arc::clone(&backlog));
        let mut now = Instant::now();
        for _ in 0..251 {
            pacer.handle_write(packet(2, now)).unwrap();
        }
        pacer.handle_write(packet(1, now)).unwrap();
        let at_once = std::iter::from_fn(|| pacer.poll_write()).count();
        assert_eq!(at_once, 3, "a burst of 12,500 bits lets two out, audio passes");
        assert_eq!(backlog.load(Ordering::Relaxed), 249);
        let start = now;
        let mut sent = 0;
        while let Some(at) = pacer.poll_timeout() {
            now = now.max(at);
            pacer.handle_timeout(now).unwrap();
            sent += std::iter::from_fn(|| pacer.poll_write()).count();
        }
        assert_eq!(sent, 249);
        // 249 packets of 10,000 bits at 2.5 Mbit/s.
        let took = now.duration_since(start).as_secs_f64();
        assert!((0.95..1.05).contains(&took), "{took}");
    }
}

//! The jitter buffer of one incoming audio stream: pure, without clock, thread or codec.
//!
//! In: packets with their arrival time ([`JitterBuffer::insert`]) and, whenever playout runs dry, the question what
//! to play next ([`JitterBuffer::pull`]). Out: one [`Decision`]. The caller decodes, conceals and stretches; it
//! reports the samples that stretching took or added ([`JitterBuffer::stretched`]).
//!
//! Every packet has a *lag*: when its first sample is played, minus when it would have arrived had it been as fast as
//! the fastest packet of the last ten seconds. It is decoded up to one block before that, when what was decoded
//! earlier is less than a block: lag minus queue is its *margin*. The *target* is the margin that nearly all packets can
//! keep ([`delay`]). What can go without falling below it is worked off by accelerating, what is missing is built up by
//! expanding, both on decoded sound. A lost packet counts as arriving with its successor, because that carries its FEC
//! copy (RFC 6716 §2.1.7): under loss the target grows until the copies come in time, and where copies are not enough
//! until what is sent again comes in time ([`repair`]). An outage counts once, however many packets it held back.
//!
//! A packet that is late is not lost: what was concealed meanwhile pushes the rest back, and acceleration brings it
//! forward again. It is lost only when playout went past it because a later one was there.

mod delay;
mod repair;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;

use self::{delay::DelayEstimator, repair::Repairs};

/// The RTP clock of Opus (RFC 7587 §4.1), also our sample rate.
const CLOCK_HZ: i64 = 48_000;
const SAMPLES_PER_MS: i64 = CLOCK_HZ / 1_000;
/// The least margin: what threads need to hand a packet over.
pub const MIN_TARGET_MS: i64 = 5;
/// The most margin, and the most that is held: beyond it people talk over each other.
pub const MAX_TARGET_MS: i64 = 1_000;
/// Lag before anything is known.
const START_MS: i64 = 15;
/// Packets held; 1 s of the shortest packets in use (10 ms) and some.
const MAX_PACKETS: usize = 128;
/// What one concealment without knowledge of the cause covers: one block of playout.
const CONCEAL_STEP: u32 = 480;
/// Opus fades to noise within about this time; afterwards it is silence.
const MAX_CONCEAL: i64 = 120 * SAMPLES_PER_MS;
/// After an outage of this length old packets that arrive at once are skipped, not played at double speed.
const RESYNC_AFTER: i64 = 300 * SAMPLES_PER_MS;
/// A hole longer than this is a pause or a restart of the sender, not loss: it is jumped.
const MAX_GAP: i64 = MAX_TARGET_MS * SAMPLES_PER_MS;
/// A timestamp further away than this is taken for a forged or stray packet until three in a row agree (RFC 3550 A.1).
const MAX_JUMP: i64 = 5 * CLOCK_HZ;
const SEQUENTIAL_TO_RESTART: u32 = 3;
/// Opus cannot conceal other lengths than multiples of 2.5 ms.
const CONCEAL_GRANULE: i64 = 120;
/// What playout takes at once, in samples: margins come in steps of it.
const BLOCK: i64 = 480;
/// Surplus that is left alone: 5 ms and an eighth of the target; less is not worth a seam, and targets waver.
const LEFT_ALONE: i64 = 5 * SAMPLES_PER_MS;
/// Surplus from which every packet is accelerated, also where it is heard: 60 ms.
const URGENT: i64 = 60 * SAMPLES_PER_MS;
/// That eighth.
const WAVERING: i64 = 8;
/// The margin may be below the target by 2 ms: its mean is not exact.
const BELOW: i64 = 2 * SAMPLES_PER_MS;
/// Packets between two gentle stretches: one in 60 ms is not heard.
const STRETCH_PAUSE: u32 = 3;
/// Share of a new lag in the mean: questions come with a jitter of their own.
const LAG_GAIN: f64 = 0.125;

/// One packet of the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    pub sequence: u16,
    /// 48 kHz
    pub timestamp: u32,
    /// Duration in samples at 48 kHz; the decoder must make exactly that many of it. 1..=5,760 (RFC 6716 §3.2.5).
    pub samples: u32,
    pub payload: Bytes,
}

/// How a packet is to be played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stretch {
    Keep,
    /// Take up to so many samples out. `urgent`: also where it is heard.
    Accelerate {
        at_most: u32,
        urgent: bool,
    },
    /// Put up to so many samples in.
    Expand {
        at_most: u32,
    },
}

/// What to play next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    Play {
        packet: Packet,
        stretch: Stretch,
    },
    /// The packet before `from` is lost: decode its copy.
    Fec {
        samples: u32,
        from: Bytes,
    },
    /// Nothing to decode: let the codec invent so many samples (a multiple of 120).
    Conceal {
        samples: u32,
    },
    /// Silence: nothing has begun, or nothing came for too long.
    Empty,
}

/// What happened so far. Counters of packets unless told otherwise; they never go back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JitterCounters {
    pub received: u64,
    pub played: u64,
    /// Came when playout was past them.
    pub late: u64,
    pub duplicate: u64,
    /// Thrown away unplayed: overfull, after an outage, or implausible.
    pub discarded: u64,
    /// Restored from a copy in their successor.
    pub recovered: u64,
    /// Samples that were invented, silence included.
    pub concealed_samples: u64,
    /// Samples of packets and copies.
    pub decoded_samples: u64,
    /// Samples taken out and put in by stretching.
    pub accelerated_samples: u64,
    pub expanded_samples: u64,
}

impl JitterCounters {
    /// Adds what another stream counted.
    pub fn add(&mut self, other: &Self) {
        self.received += other.received;
        self.played += other.played;
        self.late += other.late;
        self.duplicate += other.duplicate;
        self.discarded += other.discarded;
        self.recovered += other.recovered;
        self.concealed_samples += other.concealed_samples;
        self.decoded_samples += other.decoded_samples;
        self.accelerated_samples += other.accelerated_samples;
        self.expanded_samples += other.expanded_samples;
    }
}

/// See the module.
#[derive(Debug)]
pub struct JitterBuffer {
    /// By unwrapped timestamp; all at or after `next`.
    packets: BTreeMap<i64, Packet>,
    /// Highest timestamp and sequence number seen, unwrapped.
    newest: Option<(i64, i64)>,
    /// Timestamp of the next sample to decode; `None` until playout begins.
    next: Option<i64>,
    begin_at_us: i64,
    /// Samples invented since `next` last moved.
    ahead: i64,
    delays: DelayEstimator,
    repairs: Repairs,
    /// Transit of the last packet in order, µs.
    transit_us: Option<i64>,
    /// What came in order since an outage came faster than it was sent: it was held back, and is no news of the path.
    is_flushing: bool,
    lag_ms: Option<f64>,
    /// Concealment or a jump moved the lag at once: the mean must not take a second to notice.
    disturbed: bool,
    since_stretch: u32,
    stray: Option<Stray>,
    counters: JitterCounters,
}

#[derive(Debug)]
struct Stray {
    timestamp_after: u32,
    sequence: u16,
    run: u32,
}

impl Default for JitterBuffer {
    fn default() -> Self {
        Self::new()
    }
}

fn media_us(timestamp: i64) -> i64 {
    // 1,000,000 / 48,000 = 125 / 6
    timestamp * 125 / 6
}

fn micros(time: Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX / 4)
}

impl JitterBuffer {
    pub fn new() -> Self {
        Self {
            packets: BTreeMap::new(),
            newest: None,
            next: None,
            begin_at_us: 0,
            ahead: 0,
            delays: DelayEstimator::new(),
            repairs: Repairs::default(),
            transit_us: None,
            is_flushing: false,
            lag_ms: None,
            disturbed: false,
            since_stretch: 0,
            stray: None,
            counters: JitterCounters::default(),
        }
    }

    pub fn counters(&self) -> JitterCounters {
        self.counters
    }

    /// ms; between [`MIN_TARGET_MS`] and [`MAX_TARGET_MS`].
    pub fn target_ms(&self) -> i64 {
        if self.newest.is_none() {
            return START_MS;
        }
        self.delays.covering_ms().clamp(MIN_TARGET_MS, MAX_TARGET_MS)
    }

    /// The mean lag in ms; 0 before the first packet was played.
    pub fn lag_ms(&self) -> i64 {
        self.lag_ms.map_or(0, |lag| lag.round() as i64)
    }

    /// Takes a packet that arrived at `arrived` (any monotonic clock, the same as in [`Self::pull`]).
    pub fn insert(&mut self, packet: Packet, arrived: Duration) {
        let arrived_us = micros(arrived);
        self.counters.received += 1;
        let Some((timestamp, sequence)) = self.place(&packet) else {
            self.counters.discarded += 1;
            return;
        };
        let duration = i64::from(packet.samples);
        if self.packets.contains_key(&timestamp) {
            self.counters.duplicate += 1;
            return;
        }
        self.note_delay(timestamp, sequence, duration, arrived_us);
        if self.newest.is_none() {
            self.begin_at_us = arrived_us + START_MS * 1_000;
        }
        self.newest = Some(match self.newest {
            Some((t, s)) => (t.max(timestamp), s.max(sequence)),
            None => (timestamp, sequence),
        });
        if self.next.is_some_and(|next| timestamp < next) {
            self.counters.late += 1;
            return;
        }
        self.packets.insert(timestamp, packet);
        self.bound();
    }

    fn note_delay(&mut self, timestamp: i64, sequence: i64, duration: i64, arrived_us: i64) {
        let transit = arrived_us.saturating_sub(media_us(timestamp));
        let relative = self.delays.observe(media_us(timestamp), arrived_us);
        let Some((newest_timestamp, newest_sequence)) = self.newest else {
            self.transit_us = Some(transit);
            self.delays.count(relative);
            return;
        };
        if timestamp < newest_timestamp {
            // Sent again, or the order was changed.
            if relative <= self.repairs.patience_us() {
                self.delays.count(relative);
            }
            return;
        }
        self.repairs.advanced(sequence - newest_sequence);
        let before = self.transit_us.replace(transit).unwrap_or(transit);
        let begins_flush = transit - before >= media_us(RESYNC_AFTER);
        self.is_flushing = begins_flush || self.is_flushing && transit <= before - media_us(duration) / 2;
        if begins_flush {
            self.delays.count_outage(relative);
        } else if !self.is_flushing {
            self.delays.count(relative);
        }
        let is_gap = sequence > newest_sequence + 1 && timestamp > newest_timestamp + duration;
        if is_gap && !self.is_flushing {
            self.delays.count(relative + media_us(duration));
        }
    }

    /// The unwrapped timestamp and sequence number, or `None` for a stray packet.
    fn place(&mut self, packet: &Packet) -> Option<(i64, i64)> {
        let Some((newest_timestamp, newest_sequence)) = self.newest else {
            // Far from zero, so that earlier packets keep positive numbers.
            return Some((i64::from(packet.timestamp) + (1 << 32), i64::from(packet.sequence) + (1 << 16)));
        };
        let step = i64::from(packet.timestamp.wrapping_sub(newest_timestamp as u32) as i32);
        // While playout waits in silence, the sender's clock has moved on.
        let waited = self.ahead.max(0);
        if (-MAX_GAP..=MAX_JUMP + waited).contains(&step) {
            self.stray = None;
            let sequence_step = i64::from(packet.sequence.wrapping_sub(newest_sequence as u16) as i16);
            return Some((newest_timestamp + step, newest_sequence + sequence_step));
        }
        let run = match &self.stray {
            Some(stray)
                if stray.timestamp_after == packet.timestamp && stray.sequence.wrapping_add(1) == packet.sequence =>
            {
                stray.run + 1
            }
            _ => 1,
        };
        if run < SEQUENTIAL_TO_RESTART {
            self.stray = Some(Stray {
                timestamp_after: packet.timestamp.wrapping_add(packet.samples),
                sequence: packet.sequence,
                run,
            });
            return None;
        }
        let counters = self.counters;
        *self = Self::new();
        self.counters = counters;
        self.place(packet)
    }

    /// Keeps count and span within bounds: the oldest go, down to the target.
    fn bound(&mut self) {
        let (Some(first), Some(last)) = (self.packets.keys().next(), self.packets.keys().next_back()) else { return };
        let from = self.next.unwrap_or(*first).max(*first);
        if self.packets.len() <= MAX_PACKETS && last - from <= MAX_TARGET_MS * SAMPLES_PER_MS {
            return;
        }
        self.skip_to_target();
    }

    /// Drops packets from the front until the rest is as long as the target, and plays on from there.
    fn skip_to_target(&mut self) {
        let Some((last, packet)) = self.packets.last_key_value() else { return };
        let keep_from = last + i64::from(packet.samples) - self.target_ms() * SAMPLES_PER_MS;
        let keep_from = keep_from.min(*last);
        let kept = self.packets.split_off(&keep_from);
        self.counters.discarded += self.packets.len() as u64;
        self.packets = kept;
        while self.packets.len() > MAX_PACKETS {
            self.packets.pop_first();
            self.counters.discarded += 1;
        }
        if let (Some(_), Some(first)) = (self.next, self.packets.keys().next()) {
            self.next = Some(*first);
            self.ahead = 0;
            self.lag_ms = None;
        }
    }

    /// What to decode at `now`, when `queued` samples, less than a block, are left of what was decoded before.
    pub fn pull(&mut self, now: Duration, queued: usize) -> Decision {
        let queued = i64::try_from(queued).unwrap_or(0);
        let now_us = micros(now);
        let next = match self.next {
            Some(next) => next,
            None => {
                let Some(first) = self.packets.keys().next().copied() else { return Decision::Empty };
                if now_us < self.begin_at_us {
                    return Decision::Empty;
                }
                self.next = Some(first);
                first
            }
        };
        if self.ahead >= RESYNC_AFTER && !self.packets.is_empty() {
            self.skip_to_target();
            return self.play(now_us, queued);
        }
        let Some((&timestamp, packet)) = self.packets.first_key_value() else { return self.starve() };
        // What was invented while nobody knew what was missing counts against the hole.
        let absorbed = self.ahead.min(timestamp - next);
        let next = next + absorbed;
        self.next = Some(next);
        self.ahead -= absorbed;
        let gap = timestamp - next;
        let duration = i64::from(packet.samples);
        if gap <= 0 {
            return self.play(now_us, queued);
        }
        self.disturbed = true;
        if gap > MAX_GAP {
            return self.play(now_us, queued);
        }
        if gap > duration {
            let samples = (gap - duration).min(duration).max(CONCEAL_GRANULE) / CONCEAL_GRANULE * CONCEAL_GRANULE;
            self.next = Some(next + samples);
            self.counters.concealed_samples += samples as u64;
            return Decision::Conceal { samples: samples as u32 };
        }
        // The copy is as long as a packet; where part of it was invented already, playing all of it adds delay.
        if gap < duration && self.lag_of(next, now_us, 0) > self.target_ms() as f64 {
            return self.play(now_us, queued);
        }
        let from = packet.payload.clone();
        let samples = packet.samples;
        self.next = Some(timestamp);
        self.counters.recovered += 1;
        self.counters.decoded_samples += u64::from(samples);
        Decision::Fec { samples, from }
    }

    fn starve(&mut self) -> Decision {
        // Who sends nothing for longer pauses; that is no concealment.
        if self.ahead < MAX_GAP {
            self.counters.concealed_samples += u64::from(CONCEAL_STEP);
        }
        let silent = self.ahead >= MAX_CONCEAL;
        self.disturbed = true;
        self.ahead += i64::from(CONCEAL_STEP);
        if silent { Decision::Empty } else { Decision::Conceal { samples: CONCEAL_STEP } }
    }

    fn play(&mut self, now_us: i64, queued: i64) -> Decision {
        let Some((timestamp, packet)) = self.packets.pop_first() else { return Decision::Empty };
        let lag = self.lag_of(timestamp, now_us, queued);
        let mean = match self.lag_ms {
            Some(mean) if !self.disturbed => mean + (lag - mean) * LAG_GAIN,
            _ => lag,
        };
        self.lag_ms = Some(mean);
        self.disturbed = false;
        self.ahead = 0;
        self.next = Some(timestamp + i64::from(packet.samples));
        self.counters.played += 1;
        self.counters.decoded_samples += u64::from(packet.samples);
        Decision::Play { packet, stretch: self.stretch(mean, queued) }
    }

    /// ms
    fn lag_of(&self, timestamp: i64, now_us: i64, queued: i64) -> f64 {
        let base = self.delays.base_us().unwrap_or(0);
        (now_us + media_us(queued) - media_us(timestamp) - base) as f64 / 1_000.0
    }

    fn stretch(&mut self, lag_ms: f64, queued: i64) -> Stretch {
        self.since_stretch = self.since_stretch.saturating_add(1);
        let lag = (lag_ms * SAMPLES_PER_MS as f64) as i64;
        let target = self.target_ms() * SAMPLES_PER_MS;
        let above = lag - queued - target;
        if above < -BELOW {
            // The margin grows when the queue reaches a whole block.
            let at_most = (-above + BLOCK - 1) / BLOCK * BLOCK - queued;
            let rested = self.since_stretch >= STRETCH_PAUSE;
            return if rested { Stretch::Expand { at_most: at_most as u32 } } else { Stretch::Keep };
        }
        // What is queued may go without touching the margin, and the margin by whole blocks.
        let surplus = queued + above.max(0) / BLOCK * BLOCK;
        let urgent = surplus >= URGENT;
        if urgent || surplus >= LEFT_ALONE + target / WAVERING && self.since_stretch >= STRETCH_PAUSE {
            return Stretch::Accelerate { at_most: surplus as u32, urgent };
        }
        Stretch::Keep
    }

    /// Stretching changed the length of the packet just played by so many samples (negative: shorter).
    pub fn stretched(&mut self, samples: i32) {
        if samples == 0 {
            return;
        }
        self.since_stretch = 0;
        if samples < 0 {
            self.counters.accelerated_samples += u64::from(samples.unsigned_abs());
        } else {
            self.counters.expanded_samples += u64::from(samples.unsigned_abs());
        }
        if let Some(lag) = &mut self.lag_ms {
            *lag += f64::from(samples) / SAMPLES_PER_MS as f64;
        }
    }
}

//! From RTP packets to whole pictures that can be decoded, in order. No I/O, no clock.
//!
//! ```text
//!            first keyframe          hole              wait is over
//! NoPicture ───────────────→ Flowing ────→ Blocked ────────────────→ Blocked, keyframe asked for
//!                               ↑             │ repaired, or a whole keyframe behind the hole
//!                               └─────────────┘
//! ```
//!
//! In: packets in any order, with duplicates, losses and late repairs. Out: pictures, each decodable with those
//! given out before it, and requests for keyframes. A picture with a hole in its past is never given out: the
//! last good one stays on the screen. A repair that comes after a keyframe was asked for still counts, whichever
//! is first wins; NACK itself is `peer`'s.
//!
//! What comes next is known by sequence numbers, which need no picture ids; picture ids and layer indices
//! (RFC 7741 §4.2) only show that a missing packet held nothing that matters.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use confab_model::{Moment, RtpIn};

use super::{rtp::PayloadDescriptor, vp8::FrameHeader};

/// Packets held at most: four seconds of 4 Mbit/s. When full, everything up to the newest keyframe goes.
const MAX_PACKETS: usize = 2_048;
/// A jump of the sequence number by more than this begins a new stream (RFC 3550 A.1, MAX_DROPOUT).
const MAX_JUMP: i32 = 3_000;
/// Bounds of the wait for a repair before a keyframe is asked for. It covers two attempts, since a keyframe at
/// the same loss needs repairs as well, and many more of them.
const MIN_WAIT: Duration = Duration::from_millis(120);
const MAX_WAIT: Duration = Duration::from_secs(1);
/// Added to three round trips: gap detection, pacing, timers.
const WAIT_SLACK: Duration = Duration::from_millis(50);
/// The same when nothing was ever shown and no keyframe is on its way: nothing will repair that.
const FIRST_WAIT: Duration = Duration::from_millis(40);
/// Keyframes are asked for at most this often, plus two round trips.
const REQUEST_INTERVAL: Duration = Duration::from_millis(400);

/// What the assembler starts with.
#[derive(Debug, Clone, Copy)]
pub struct AssemblerConfig {
    /// Until [`FrameAssembler::set_round_trip`].
    pub round_trip: Duration,
}

impl Default for AssemblerConfig {
    fn default() -> Self {
        Self { round_trip: Duration::from_millis(100) }
    }
}

/// A whole picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssembledFrame {
    pub keyframe: bool,
    /// Pixels, of this or the last keyframe.
    pub width: u32,
    pub height: u32,
    /// 90 kHz, as received.
    pub timestamp: u32,
    pub data: Bytes,
    /// When its first packet arrived.
    pub started: Moment,
    /// When it was whole and in order.
    pub completed: Moment,
}

/// What the assembler has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AssemblerOutput {
    Frame(AssembledFrame),
    /// Ask the far side for a keyframe.
    KeyframeWanted,
}

/// Counters since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AssemblerStatistics {
    pub frames: u64,
    pub keyframes: u64,
    /// Pictures seen, at least in part, and never given out.
    pub dropped: u64,
    pub malformed: u64,
    /// Packets seen before, or too late.
    pub late: u64,
    pub keyframe_requests: u64,
    /// Payload bytes taken in.
    pub bytes: u64,
}

#[derive(Debug)]
enum Body {
    /// Senders that probe the path send packets without payload, which count in the sequence only.
    Padding,
    Part {
        descriptor: PayloadDescriptor,
        data: Bytes,
    },
}

#[derive(Debug)]
struct Stored {
    body: Body,
    timestamp: u32,
    marker: bool,
    arrived: Moment,
}

impl Stored {
    fn descriptor(&self) -> Option<&PayloadDescriptor> {
        match &self.body {
            Body::Padding => None,
            Body::Part { descriptor, .. } => Some(descriptor),
        }
    }
    fn is_picture_start(&self) -> bool {
        self.descriptor().is_some_and(PayloadDescriptor::is_picture_start)
    }
}

/// See the module.
#[derive(Debug)]
pub struct FrameAssembler {
    round_trip: Duration,
    ssrc: Option<u32>,
    /// Highest sequence number, extended.
    highest: u64,
    packets: BTreeMap<u64, Stored>,
    /// Sequence numbers of packets that begin a keyframe.
    keyframe_starts: BTreeSet<u64>,
    /// The sequence number after the last picture given out; `None` before the first.
    next: Option<u64>,
    last: Option<PayloadDescriptor>,
    size: (u32, u32),
    last_request: Option<Moment>,
    first_packet: Option<Moment>,
    outputs: VecDeque<AssemblerOutput>,
    statistics: AssemblerStatistics,
}

impl FrameAssembler {
    /// Waits for a keyframe.
    pub fn new(config: AssemblerConfig) -> Self {
        Self {
            round_trip: config.round_trip,
            ssrc: None,
            highest: 0,
            packets: BTreeMap::new(),
            keyframe_starts: BTreeSet::new(),
            next: None,
            last: None,
            size: (0, 0),
            last_request: None,
            first_packet: None,
            outputs: VecDeque::new(),
            statistics: AssemblerStatistics::default(),
        }
    }

    /// The measured round trip; it decides how long repairs are waited for.
    pub fn set_round_trip(&mut self, round_trip: Duration) {
        self.round_trip = round_trip;
    }

    /// Counters since the start.
    pub fn statistics(&self) -> AssemblerStatistics {
        self.statistics
    }

    /// Takes a packet.
    pub fn handle_packet(&mut self, packet: &RtpIn, now: Moment) {
        let Some(sequence) = self.extend(packet) else {
            self.statistics.late += 1;
            return;
        };
        self.first_packet.get_or_insert(now);
        if self.next.is_some_and(|next| sequence < next) || self.packets.contains_key(&sequence) {
            self.statistics.late += 1;
            return;
        }
        let Some(stored) = self.store(packet, now) else { return };
        if let Body::Part { data, .. } = &stored.body
            && stored.is_picture_start()
            && FrameHeader::parse(data).is_some_and(|header| header.keyframe)
        {
            self.keyframe_starts.insert(sequence);
        }
        self.statistics.bytes += packet.payload.len() as u64;
        self.packets.insert(sequence, stored);
        if self.packets.len() > MAX_PACKETS {
            self.overflow();
        }
        self.give_out(now);
    }

    /// Acts on what [`Self::poll_timeout`] announced.
    pub fn handle_timeout(&mut self, now: Moment) {
        let Some(due) = self.poll_timeout() else { return };
        if now.mono < due {
            return;
        }
        if self.skip_layers(now) {
            self.give_out(now);
            return;
        }
        self.request_keyframe(now);
    }

    /// When [`Self::handle_timeout`] has something to do, in monotonic time.
    pub fn poll_timeout(&self) -> Option<Duration> {
        let since = self.blocked_since()?;
        let lost_start = self.next.is_none() && self.keyframe_starts.is_empty();
        let due = since.mono + if lost_start { FIRST_WAIT } else { self.wait() };
        Some(match self.last_request {
            Some(last) => due.max(last.mono + self.request_interval()),
            None => due,
        })
    }

    /// What there is to do or to show, in order.
    pub fn poll_output(&mut self) -> Option<AssemblerOutput> {
        self.outputs.pop_front()
    }

    /// The extended sequence number (RFC 3550 A.1). `None` for packets far behind.
    fn extend(&mut self, packet: &RtpIn) -> Option<u64> {
        if self.ssrc != Some(packet.ssrc) {
            self.restart(packet);
            return Some(self.highest);
        }
        let step = i32::from(packet.sequence.wrapping_sub(self.highest as u16) as i16);
        if step > MAX_JUMP {
            self.restart(packet);
            return Some(self.highest);
        }
        if step < -MAX_JUMP {
            return None;
        }
        let sequence = self.highest.checked_add_signed(i64::from(step))?;
        self.highest = self.highest.max(sequence);
        Some(sequence)
    }

    /// Another stream: nothing of the old one can be continued.
    fn restart(&mut self, packet: &RtpIn) {
        self.drop_before(u64::MAX);
        self.ssrc = Some(packet.ssrc);
        // Far enough from zero for packets that were reordered before the first.
        self.highest = (1 << 32) | u64::from(packet.sequence);
        self.next = None;
        self.last = None;
        self.first_packet = None;
    }

    fn store(&mut self, packet: &RtpIn, arrived: Moment) -> Option<Stored> {
        let body = if packet.payload.is_empty() {
            Body::Padding
        } else {
            match PayloadDescriptor::parse(&packet.payload) {
                Ok((descriptor, data)) => Body::Part { descriptor, data: packet.payload.slice_ref(data) },
                Err(_) => {
                    self.statistics.malformed += 1;
                    return None;
                }
            }
        };
        Some(Stored { body, timestamp: packet.timestamp, marker: packet.marker, arrived })
    }

    /// Gives out all that is whole and in order, then whole keyframes behind a hole.
    fn give_out(&mut self, now: Moment) {
        loop {
            self.skip_padding();
            if let Some(next) = self.next
                && let Some(end) = self.whole_picture(next)
            {
                self.emit(next, end, now);
            } else if let Some((start, end)) = self.whole_keyframe() {
                self.drop_before(start);
                self.emit(start, end, now);
            } else if let Some((start, end)) = self.successor() {
                self.drop_before(start);
                self.emit(start, end, now);
            } else {
                return;
            }
        }
    }

    fn skip_padding(&mut self) {
        while let Some(next) = self.next
            && self.packets.get(&next).is_some_and(|stored| matches!(stored.body, Body::Padding))
        {
            self.packets.remove(&next);
            self.next = Some(next + 1);
        }
    }

    /// The last sequence number of the picture that begins at `start`, if all of it is here.
    fn whole_picture(&self, start: u64) -> Option<u64> {
        let first = self.packets.get(&start).filter(|first| first.is_picture_start())?;
        for (expected, (&sequence, stored)) in (start..).zip(self.packets.range(start..)) {
            if sequence != expected {
                return None;
            }
            // The next picture begins: the sender forgot the marker.
            if sequence > start && (stored.timestamp != first.timestamp || stored.is_picture_start()) {
                return stored.is_picture_start().then_some(sequence - 1);
            }
            if stored.marker {
                return Some(sequence);
            }
        }
        None
    }

    /// The newest keyframe that is whole.
    fn whole_keyframe(&self) -> Option<(u64, u64)> {
        self.keyframe_starts.iter().rev().find_map(|&start| self.whole_picture(start).map(|end| (start, end)))
    }

    /// A picture behind a hole whose id says that no picture is missing before it: the hole was padding.
    fn successor(&self) -> Option<(u64, u64)> {
        let next = self.next?;
        let (id, long) = self.last?.picture_id?;
        let wanted = (id.wrapping_add(1) & if long { 0x7FFF } else { 0x7F }, long);
        let (&start, _) = self.packets.range(next..).find(|(_, stored)| stored.descriptor().is_some())?;
        let stored = self.packets.get(&start)?;
        let follows = stored.is_picture_start() && stored.descriptor()?.picture_id == Some(wanted);
        if !follows {
            return None;
        }
        self.whole_picture(start).map(|end| (start, end))
    }

    /// After the wait: a picture behind the hole that does not depend on what is missing, because that was in
    /// higher temporal layers (RFC 7741 §4.2, TL0PICIDX and Y).
    fn skip_layers(&mut self, now: Moment) -> bool {
        let (Some(next), Some(last)) = (self.next, self.last.and_then(|last| last.temporal)) else { return false };
        let found = self.packets.range(next..).find_map(|(&start, stored)| {
            let temporal = stored.descriptor()?.temporal?;
            let base_follows = temporal.layer == 0 && temporal.tl0_index == last.tl0_index.wrapping_add(1);
            let above_base =
                temporal.layer > 0 && temporal.depends_on_base_only && temporal.tl0_index == last.tl0_index;
            if !base_follows && !above_base {
                return None;
            }
            self.whole_picture(start).map(|end| (start, end))
        });
        let Some((start, end)) = found else { return false };
        self.drop_before(start);
        self.emit(start, end, now);
        true
    }

    fn emit(&mut self, start: u64, end: u64, now: Moment) {
        let mut data = BytesMut::new();
        let (mut timestamp, mut started) = (0, now);
        for sequence in start..=end {
            let Some(stored) = self.packets.remove(&sequence) else { continue };
            timestamp = stored.timestamp;
            if stored.arrived.mono < started.mono {
                started = stored.arrived;
            }
            if let Body::Part { descriptor, data: part } = stored.body {
                if sequence == start {
                    self.last = Some(descriptor);
                }
                data.extend_from_slice(&part);
            }
        }
        self.keyframe_starts.remove(&start);
        self.next = Some(end + 1);
        let Some(header) = FrameHeader::parse(&data) else {
            // Not VP8: nothing behind it can be trusted either.
            self.statistics.malformed += 1;
            self.next = None;
            return;
        };
        if let Some(size) = header.size {
            self.size = size;
        }
        self.statistics.frames += 1;
        self.statistics.keyframes += u64::from(header.keyframe);
        self.outputs.push_back(AssemblerOutput::Frame(AssembledFrame {
            keyframe: header.keyframe,
            width: self.size.0,
            height: self.size.1,
            timestamp,
            data: data.freeze(),
            started,
            completed: now,
        }));
    }

    /// Forgets packets before `sequence` and counts the pictures that they belonged to.
    fn drop_before(&mut self, sequence: u64) {
        let kept = self.packets.split_off(&sequence);
        let dropped = std::mem::replace(&mut self.packets, kept);
        let mut last = None;
        for stored in dropped.into_values() {
            if stored.descriptor().is_some() && last != Some(stored.timestamp) {
                self.statistics.dropped += 1;
                last = Some(stored.timestamp);
            }
        }
        self.keyframe_starts = self.keyframe_starts.split_off(&sequence);
    }

    fn overflow(&mut self) {
        self.drop_before(
            self.keyframe_starts.last().copied().filter(|&newest| newest + 64 > self.highest).unwrap_or(u64::MAX),
        );
        self.next = None;
    }

    /// Since when something is known to be missing in front of packets that are here.
    fn blocked_since(&self) -> Option<Moment> {
        let Some(next) = self.next else {
            // Nothing shown yet, or nothing since something that was no picture.
            return self.packets.values().next().map(|stored| stored.arrived).or(self.first_packet);
        };
        for (expected, (&sequence, stored)) in (next..).zip(&self.packets) {
            if sequence != expected || (sequence == next && !self.begins(stored)) {
                return Some(stored.arrived);
            }
        }
        None
    }

    fn begins(&self, stored: &Stored) -> bool {
        stored.is_picture_start() || matches!(stored.body, Body::Padding)
    }

    fn wait(&self) -> Duration {
        (3 * self.round_trip + WAIT_SLACK).clamp(MIN_WAIT, MAX_WAIT)
    }

    fn request_interval(&self) -> Duration {
        REQUEST_INTERVAL + 2 * self.round_trip
    }

    fn request_keyframe(&mut self, now: Moment) {
        self.last_request = Some(now);
        self.statistics.keyframe_requests += 1;
        self.outputs.push_back(AssemblerOutput::KeyframeWanted);
    }
}

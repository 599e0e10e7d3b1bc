//! A content's state that the packet path, the session and its owner share without waiting for each other.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU16, AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use confab_model::{ContentName, Creator, MediaKind, Senders};
use tokio::time::Instant;

use crate::{ContentStatistics, PeerRole};

/// No value yet, in atomics of microseconds.
const UNKNOWN: u64 = u64::MAX;

/// Rates are told over at least this time.
const RATE_WINDOW: Duration = Duration::from_secs(1);

/// Locks, also after a panic of another holder: the data are counters and queues that stay consistent.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One content.
#[derive(Debug)]
pub(crate) struct Stream {
    pub(crate) name: ContentName,
    pub(crate) kind: MediaKind,
    pub(crate) is_screen: bool,
    /// Who offered it (XEP-0166 §7.3).
    pub(crate) creator: Creator,
    pub(crate) ssrc: u32,
    pub(crate) rtx_ssrc: u32,
    /// Of the next packet (RFC 3550 §5.1: starts at random).
    pub(crate) sequence: AtomicU16,
    /// What the far side wants to receive.
    pub(crate) payload_type_out: AtomicU8,
    /// What was promised to the far side.
    pub(crate) payload_type_in: AtomicU8,
    /// The gates: negotiated directions.
    pub(crate) sends: AtomicBool,
    pub(crate) receives: AtomicBool,
    /// Taken out of the session: the gates stay shut.
    pub(crate) is_removed: AtomicBool,
    /// The source that media comes from, 0 before the first packet or declaration.
    pub(crate) remote_ssrc: AtomicU32,
    pub(crate) keyframe_wanted: AtomicBool,
    pub(crate) counters: Counters,
    rates: Mutex<Rates>,
}

#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) packets_sent: AtomicU64,
    pub(crate) bytes_sent: AtomicU64,
    pub(crate) packets_dropped: AtomicU64,
    pub(crate) packets_received: AtomicU64,
    pub(crate) bytes_received: AtomicU64,
    pub(crate) packets_discarded: AtomicU64,
    pub(crate) packets_repaired: AtomicU64,
    pub(crate) packets_lost: AtomicU64,
    /// Fraction of 256, `u32::MAX` = unknown.
    pub(crate) remote_loss: AtomicU32,
    pub(crate) remote_jitter_us: AtomicU64,
    pub(crate) round_trip_us: AtomicU64,
    pub(crate) keyframes_requested_by_remote: AtomicU32,
    pub(crate) keyframes_requested: AtomicU32,
}

#[derive(Debug)]
struct Rates {
    at: Instant,
    sent: u64,
    received: u64,
    send_bps: u32,
    receive_bps: u32,
}

impl Stream {
    pub(crate) fn new(name: ContentName, kind: MediaKind, is_screen: bool, creator: Creator) -> Self {
        let counters = Counters::default();
        counters.remote_loss.store(u32::MAX, Ordering::Relaxed);
        counters.remote_jitter_us.store(UNKNOWN, Ordering::Relaxed);
        counters.round_trip_us.store(UNKNOWN, Ordering::Relaxed);
        // RFC 3550 §8: random, and not 0, which means "none" here.
        let ssrc = rand::random_range(1..u32::MAX);
        Self {
            name,
            kind,
            is_screen,
            creator,
            ssrc,
            rtx_ssrc: ssrc ^ rand::random_range(1..u32::MAX),
            sequence: AtomicU16::new(rand::random()),
            payload_type_out: AtomicU8::new(0),
            payload_type_in: AtomicU8::new(0),
            sends: AtomicBool::new(false),
            receives: AtomicBool::new(false),
            is_removed: AtomicBool::new(false),
            remote_ssrc: AtomicU32::new(0),
            keyframe_wanted: AtomicBool::new(false),
            counters,
            rates: Mutex::new(Rates { at: Instant::now(), sent: 0, received: 0, send_bps: 0, receive_bps: 0 }),
        }
    }

    /// Sets the gates.
    pub(crate) fn set_senders(&self, senders: Senders, role: PeerRole) {
        let (sends, receives) = directions(senders, role);
        self.sends.store(sends, Ordering::Relaxed);
        self.receives.store(receives, Ordering::Relaxed);
    }

    pub(crate) fn statistics(&self) -> ContentStatistics {
        let counters = &self.counters;
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let time = |counter: &AtomicU64| Some(read(counter)).filter(|us| *us != UNKNOWN).map(Duration::from_micros);
        let (bytes_sent, bytes_received) = (read(&counters.bytes_sent), read(&counters.bytes_received));
        let mut rates = lock(&self.rates);
        let elapsed = rates.at.elapsed();
        if elapsed >= RATE_WINDOW {
            let rate = |now: u64, then: u64| ((now - then) as f64 * 8.0 / elapsed.as_secs_f64()) as u32;
            *rates = Rates {
                at: Instant::now(),
                send_bps: rate(bytes_sent, rates.sent),
                receive_bps: rate(bytes_received, rates.received),
                sent: bytes_sent,
                received: bytes_received,
            };
        }
        let loss = counters.remote_loss.load(Ordering::Relaxed);
        ContentStatistics {
            name: self.name.clone(),
            packets_sent: read(&counters.packets_sent),
            bytes_sent,
            packets_dropped: read(&counters.packets_dropped),
            packets_received: read(&counters.packets_received),
            bytes_received,
            packets_discarded: read(&counters.packets_discarded),
            packets_repaired: read(&counters.packets_repaired),
            packets_lost: read(&counters.packets_lost),
            remote_loss: (loss != u32::MAX).then(|| loss as f32 / 256.0),
            remote_jitter: time(&counters.remote_jitter_us),
            round_trip: time(&counters.round_trip_us),
            send_rate_bps: rates.send_bps,
            receive_rate_bps: rates.receive_bps,
            keyframes_requested_by_remote: counters.keyframes_requested_by_remote.load(Ordering::Relaxed),
            keyframes_requested: counters.keyframes_requested.load(Ordering::Relaxed),
        }
    }
}

/// Whether a role sends and receives.
pub(crate) fn directions(senders: Senders, role: PeerRole) -> (bool, bool) {
    match (senders, role) {
        (Senders::Both, _) => (true, true),
        (Senders::None, _) => (false, false),
        (Senders::Initiator, PeerRole::Initiator) | (Senders::Responder, PeerRole::Responder) => (true, false),
        (Senders::Initiator, PeerRole::Responder) | (Senders::Responder, PeerRole::Initiator) => (false, true),
    }
}

/// The opposite of [`directions`].
pub(crate) fn senders(sends: bool, receives: bool, role: PeerRole) -> Senders {
    match (sends, receives, role) {
        (true, true, _) => Senders::Both,
        (false, false, _) => Senders::None,
        (true, false, PeerRole::Initiator) | (false, true, PeerRole::Responder) => Senders::Initiator,
        (true, false, PeerRole::Responder) | (false, true, PeerRole::Initiator) => Senders::Responder,
    }
}

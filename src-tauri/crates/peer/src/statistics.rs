//! What is measured of a session.

use std::time::Duration;

use confab_model::{CandidateKind, ContentName};

use crate::RelayFailure;

/// A snapshot of counters since the start, and of estimates.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PeerStatistics {
    pub transports: Vec<TransportStatistics>,
    pub contents: Vec<ContentStatistics>,
    /// bit/s, as last published by [`crate::PeerEvent::TargetRate`].
    pub target_rate_bps: Option<u32>,
}

/// One ICE transport.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TransportStatistics {
    pub contents: Vec<ContentName>,
    /// Kinds of the local and remote candidate in use.
    pub pair: Option<(CandidateKind, CandidateKind)>,
    /// By STUN checks.
    pub round_trip: Option<Duration>,
    /// From the local description until all candidates were known.
    pub gathering: Option<Duration>,
    /// From both descriptions until a path was found.
    pub checks: Option<Duration>,
    /// From the path until it was secure.
    pub dtls: Option<Duration>,
    pub ice_restarts: u32,
    /// Why there is no relay. `None` if there is one, or if no TURN server is known and none was asked for.
    pub relay_failure: Option<RelayFailure>,
}

/// One content.
#[derive(Debug, Clone, PartialEq)]
pub struct ContentStatistics {
    pub name: ContentName,
    pub packets_sent: u64,
    /// RTP payload.
    pub bytes_sent: u64,
    /// Dropped before the network because the queue was full.
    pub packets_dropped: u64,
    pub packets_received: u64,
    /// RTP payload.
    pub bytes_received: u64,
    /// Received, but the owner did not take them in time.
    pub packets_discarded: u64,
    /// Repaired by retransmission.
    pub packets_repaired: u64,
    /// Net loss of the received stream: expected − received (RFC 3550 §A.3).
    pub packets_lost: u64,
    /// What the far side last reported of the sent stream, 0.0..=1.0.
    pub remote_loss: Option<f32>,
    /// Interarrival jitter as the far side reports it.
    pub remote_jitter: Option<Duration>,
    /// By RTCP (RFC 3550 §6.4.1).
    pub round_trip: Option<Duration>,
    /// bit/s of RTP payload over the last 1 to 2 s.
    pub send_rate_bps: u32,
    pub receive_rate_bps: u32,
    pub keyframes_requested_by_remote: u32,
    pub keyframes_requested: u32,
}

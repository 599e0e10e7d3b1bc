//! What a session tells its owner, and how full its queues may get.

use std::time::Duration;

use confab_model::{CallStage, ContentName, MediaDescription};

/// Events that may wait for the owner. When full, [`PeerEvent::TargetRate`],
/// [`PeerEvent::KeyframeRequested`] and [`PeerEvent::SenderReport`] are dropped (they come again); the others wait in
/// order in an internal queue of [`MAX_PENDING`] and end the session with a failure if even that is full.
pub const EVENT_QUEUE: usize = 256;

/// Received packets that may wait for the owner: 1 s of 10 Mbit/s. When full the newest is dropped and counted.
pub const RTP_IN_QUEUE: usize = 1_024;

/// From the far side's description until connected; after it [`PeerEvent::Failed`]. Longer than the call machine's
/// own deadline, which normally ends the wait.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(40);

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum PeerEvent {
    /// Contents with own candidates only, to be sent as transport-info. On a bundled session the candidates come
    /// for the content whose transport is shared.
    LocalCandidates(MediaDescription),
    /// No further candidates come, on any transport.
    GatheringEnded,
    /// Every transport found a path.
    IceConnected,
    /// Every transport is connected and secure: media flows. Comes again when a disconnected session is back.
    /// A [`PeerEvent::KeyframeRequested`] for every sent video follows.
    Connected,
    /// A transport hears nothing any more; it may come back by itself or by an ICE restart.
    Disconnected,
    /// A transport failed for good, with the stage that it did not get through. An ICE restart may still help after
    /// [`CallStage::Ice`].
    Failed(CallStage),
    /// The transport of a content that was added did not come up: the content is out, the rest of the session goes on.
    ContentFailed(ContentName),
    /// The far side needs a keyframe (PLI, FIR), or one should be sent because the session has just connected.
    KeyframeRequested(ContentName),
    /// What all video encoders together should send at most, in bit/s: the estimate less what audio takes.
    TargetRate { bps: u32 },
    /// The first RTCP report of the far side has come.
    FirstRtcp,
    /// A sender report (RFC 3550 §6.4.1): ties the content's RTP clock to the far side's wall clock, for lip-sync.
    SenderReport { content: ContentName, ntp: u64, timestamp: u32 },
}

/// What became of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum SendOutcome {
    Queued,
    /// Too much waits for the pacer: dropped and counted, with the rest of its picture. The sequence number is used up
    /// for pictures. An encoder should send a keyframe next.
    QueueFull,
    /// Not connected, the direction is shut, or the content is not part of the session: dropped, not counted as loss.
    NotSending,
}

/// Events other than feedback that wait behind a full [`EVENT_QUEUE`].
pub(crate) const MAX_PENDING: usize = 1_024;

/// What a transport tells its session.
#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) transport: usize,
    pub(crate) event: InnerEvent,
}

#[derive(Debug)]
pub(crate) enum InnerEvent {
    Candidate(confab_model::Candidate),
    GatheringEnded,
    /// Candidates are being checked: at first, and after an ICE restart.
    Checking,
    IceConnected,
    Connected,
    Disconnected,
    Failed,
    DriverEnded,
    /// The own side has given up the handshake.
    DtlsRefused,
    /// The estimate has changed.
    Rate,
    KeyframeRequested(ContentName),
    SenderReport {
        content: ContentName,
        ntp: u64,
        timestamp: u32,
    },
    FirstRtcp,
}

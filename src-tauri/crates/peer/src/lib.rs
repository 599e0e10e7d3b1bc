//! Peer connections: ICE, DTLS-SRTP and RTP of one media session behind the [`Peer`] trait.
//!
//! Owns: sockets, ICE agents, DTLS, SRTP, RTCP feedback (NACK, RTX, transport-wide congestion control, PLI,
//! FIR, REMB), the bandwidth estimate and the pacer of one session, over one transport (XEP-0338) or over one
//! transport per content.
//! In: [`MediaDescription`](confab_model::MediaDescription)s of the far side, [`RtpOut`](confab_model::RtpOut).
//! Out: own descriptions and candidates, [`PeerEvent`]s, [`RtpIn`](confab_model::RtpIn), [`PeerStatistics`].
//! Does not: encode, decode, buffer for playout, speak XML, or decide what a failure means for the call.
//!
//! The engine is the `webrtc` crate. What of its behaviour had to be worked around is told in `docs/peer.md`.

mod chain;
mod codec;
mod config;
mod error;
mod event;
mod network;
mod relay;
mod runtime;
pub mod sdp;
mod session;
mod statistics;
mod stream;
mod stun;
mod transport;

use async_trait::async_trait;
use confab_model::{ContentName, MediaDescription, RtpOut, Senders};

pub use config::{DatagramGate, InterfaceFilter, LocalContent, PeerConfig, PeerRole};
pub use error::PeerError;
pub use event::{CONNECT_TIMEOUT, EVENT_QUEUE, PeerEvent, RTP_IN_QUEUE, SendOutcome};
pub use relay::RelayFailure;
pub use statistics::{ContentStatistics, PeerStatistics, TransportStatistics};

/// What [`open`] returns: the session, its events, and the received media.
pub type OpenedPeer =
    (Box<dyn Peer>, tokio::sync::mpsc::Receiver<PeerEvent>, tokio::sync::mpsc::Receiver<confab_model::RtpIn>);

/// One media session with one far-side device.
///
/// The calls that take or return descriptions are made one after the other by one owner; the others from anywhere.
///
/// ```text
/// initiator  offer ──► (session-initiate) ──► apply_answer ─┐
///                                                            ├─► apply_transport*, restart_ice* ──► close
/// responder  answer(offer) ──► (session-accept) ────────────┘
/// ```
#[async_trait]
pub trait Peer: Send + Sync + std::fmt::Debug {
    /// The initiator's description: codecs, sources, ICE credentials and fingerprint; no candidates, those follow
    /// as [`PeerEvent::LocalCandidates`]. Once per session.
    async fn offer(&self) -> Result<MediaDescription, PeerError>;

    /// The responder's description. It names only contents that both sides can do; payload type numbers are the
    /// offerer's. Candidates of the offer are used. Once per session.
    async fn answer(&self, offer: &MediaDescription) -> Result<MediaDescription, PeerError>;

    /// The far side's answer to [`Peer::offer`]. Contents that it leaves out are dropped from the session.
    async fn apply_answer(&self, answer: &MediaDescription) -> Result<(), PeerError>;

    /// A transport-info of the far side: candidates, or an ICE restart (RFC 8445 §9).
    ///
    /// Candidates that come before the far side's description are kept (at most 64 per content, further ones are
    /// dropped) and used with it. New credentials restart ICE; if the restart was the far side's idea, the own new
    /// credentials are returned and must be sent as transport-info. If it answers [`Peer::restart_ice`], or both
    /// sides restarted at once, nothing is left to be sent.
    async fn apply_transport(&self, description: &MediaDescription) -> Result<Option<MediaDescription>, PeerError>;

    /// Begins an ICE restart on all transports: returns contents with the new credentials only, to be sent as
    /// transport-info. Media pauses until the new path is chosen: the engine lets go of the old one at once.
    async fn restart_ice(&self) -> Result<MediaDescription, PeerError>;

    /// Offers one more content of a session that both sides have described: to be sent as content-add (XEP-0166 §7.2).
    /// It has a transport of its own; its candidates follow as [`PeerEvent::LocalCandidates`]. The name must be new.
    ///
    /// # Errors
    /// Before both descriptions are known, for a name that the session has, and beyond 32 contents in its life.
    async fn add(&self, content: LocalContent) -> Result<MediaDescription, PeerError>;

    /// Answers a content-add of the far side: to be sent as content-accept. The first content of `own.kind` that can be
    /// had is taken; its name is the far side's. Directions are what both allow.
    ///
    /// # Errors
    /// As [`Peer::add`], and where there is nothing in common.
    async fn accept_added(&self, offer: &MediaDescription, own: LocalContent) -> Result<MediaDescription, PeerError>;

    /// The far side's content-accept for what was [added](Peer::add). When it cannot be used, the content is gone.
    async fn apply_added(&self, answer: &MediaDescription) -> Result<(), PeerError>;

    /// Takes a content out (content-remove, content-reject, or an own one that is given up). On a transport of its own it
    /// ends with it, on a shared one nothing of it passes from then on. Unknown names do nothing.
    async fn remove(&self, content: &ContentName);

    /// Hands a packet to the pacer. Never blocks; says whether the packet was taken.
    fn send(&self, packet: RtpOut) -> SendOutcome;

    /// Asks the far side for a keyframe of this content (PLI, RFC 4585 §6.3.1). At most one per 100 ms goes out;
    /// repeated calls in between are merged.
    fn request_keyframe(&self, content: &ContentName);

    /// Opens or shuts the gates of a content after a content-modify (XEP-0166 §7.2.8): packets against the
    /// direction are not sent and not delivered.
    fn set_senders(&self, content: &ContentName, senders: Senders);

    /// Counters and times so far. Cheap: may be called every second.
    async fn statistics(&self) -> PeerStatistics;

    /// Ends everything: no event follows, sockets and tasks are gone when it returns. Dropping the peer does the
    /// same in the background.
    async fn close(&self);
}

/// Opens a session. Nothing is bound or sent before [`Peer::offer`] or [`Peer::answer`].
///
/// # Errors
/// [`PeerError::NothingInCommon`] if the configuration names no content.
pub fn open(config: PeerConfig) -> Result<OpenedPeer, PeerError> {
    session::open(config)
}

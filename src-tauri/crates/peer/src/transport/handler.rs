//! Carries what the engine tells to the session.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use confab_model::{Candidate, CandidateKind, CandidateProtocol};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use webrtc::peer_connection::{
    PeerConnectionEventHandler, RTCIceCandidateType, RTCIceConnectionState, RTCIceGatheringState,
    RTCPeerConnectionIceEvent, RTCPeerConnectionState,
};

use crate::event::{Inner, InnerEvent};
use crate::runtime::Wire;

pub(super) fn candidate_kind(kind: RTCIceCandidateType) -> CandidateKind {
    match kind {
        RTCIceCandidateType::Srflx => CandidateKind::ServerReflexive,
        RTCIceCandidateType::Prflx => CandidateKind::PeerReflexive,
        RTCIceCandidateType::Relay => CandidateKind::Relayed,
        _ => CandidateKind::Host,
    }
}

/// Tells what the engine keeps to itself: its driver has ended, it has refused the far side's certificate.
pub(super) fn tell_when(
    happened: CancellationToken,
    event: Inner,
    closed: &CancellationToken,
    events: &mpsc::Sender<Inner>,
) {
    let (closed, events) = (closed.clone(), events.clone());
    tokio::spawn(async move {
        tokio::select! {
            biased;
            () = closed.cancelled() => {}
            () = happened.cancelled() => {
                // The session is gone if this fails.
                let _ = events.send(event).await;
            }
        }
    });
}

/// Carries the engine's events to the session.
pub(super) struct Handler {
    index: usize,
    events: mpsc::Sender<Inner>,
    wire: Arc<Wire>,
    relay_only: bool,
    /// A relayed candidate has been gathered in this ICE generation.
    has_relay: AtomicBool,
}

impl Handler {
    pub(super) fn new(index: usize, events: mpsc::Sender<Inner>, wire: Arc<Wire>, relay_only: bool) -> Self {
        Self { index, events, wire, relay_only, has_relay: AtomicBool::new(false) }
    }

    async fn tell(&self, event: InnerEvent) {
        // The session always drains this queue; if it is gone, nobody needs the event.
        let _ = self.events.send(Inner { transport: self.index, event }).await;
    }
}

#[async_trait]
impl PeerConnectionEventHandler for Handler {
    async fn on_ice_candidate(&self, event: RTCPeerConnectionIceEvent) {
        let candidate = event.candidate;
        if candidate.component > 1 || candidate.address.is_empty() {
            return;
        }
        let related = candidate.related_address.parse().ok().map(|address| (address, candidate.related_port));
        let kind = candidate_kind(candidate.typ);
        self.has_relay.fetch_or(kind == CandidateKind::Relayed, Ordering::Relaxed);
        let candidate = Candidate {
            foundation: candidate.foundation,
            component: 1,
            protocol: CandidateProtocol::Udp,
            priority: candidate.priority,
            address: candidate.address,
            port: candidate.port,
            kind,
            related: related.filter(|_| kind != CandidateKind::Host),
            tcp_type: None,
            generation: 0,
            id: candidate.id,
            network: 0,
        };
        self.tell(InnerEvent::Candidate(candidate)).await;
    }

    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state != RTCIceGatheringState::Complete {
            return;
        }
        self.tell(InnerEvent::GatheringEnded).await;
        let has_relay = self.has_relay.swap(false, Ordering::Relaxed);
        if self.relay_only && !has_relay {
            let failure = self.wire.relays.outcome.failure();
            let why = failure.map_or_else(|| "no relayed candidate".to_owned(), |failure| failure.to_string());
            tracing::warn!(why, "only relayed media was asked for, and there is no relay");
            self.tell(InnerEvent::Failed).await;
        }
    }

    async fn on_ice_connection_state_change(&self, state: RTCIceConnectionState) {
        match state {
            RTCIceConnectionState::Connected | RTCIceConnectionState::Completed => {
                self.tell(InnerEvent::IceConnected).await;
            }
            RTCIceConnectionState::Checking => self.tell(InnerEvent::Checking).await,
            RTCIceConnectionState::Disconnected => self.tell(InnerEvent::Disconnected).await,
            RTCIceConnectionState::Failed => self.tell(InnerEvent::Failed).await,
            _ => {}
        }
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        match state {
            RTCPeerConnectionState::Connected => self.tell(InnerEvent::Connected).await,
            RTCPeerConnectionState::Failed => self.tell(InnerEvent::Failed).await,
            _ => {}
        }
    }
}

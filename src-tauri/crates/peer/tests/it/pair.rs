//! Two sessions and the signalling path between them.

use std::sync::Arc;
use std::time::Duration;

use confab_model::{MediaDescription, MediaKind, RtpIn};
use confab_peer::{DatagramGate, LocalContent, Peer, PeerConfig, PeerEvent, PeerRole, open};
use tokio::sync::mpsc;

/// Ends a test that hangs; never a measure of anything.
pub const PATIENCE: Duration = Duration::from_secs(30);

pub struct Side {
    pub peer: Box<dyn Peer>,
    pub events: mpsc::Receiver<PeerEvent>,
    pub rtp: mpsc::Receiver<RtpIn>,
    /// All events so far, candidates without their contents.
    pub log: Vec<String>,
}

pub fn both() -> Vec<LocalContent> {
    vec![LocalContent::both("audio", MediaKind::Audio), LocalContent::both("video", MediaKind::Video)]
}

pub fn config(role: PeerRole, contents: Vec<LocalContent>) -> PeerConfig {
    let mut config = PeerConfig::new(role, contents);
    config.loopback = true;
    // Never on the machine's own address.
    config.interface_filter = Some(Arc::new(|address| address.is_loopback() && address.is_ipv4()));
    config
}

impl Side {
    pub fn open(config: PeerConfig) -> Self {
        let (peer, events, rtp) = open(config).unwrap();
        Self { peer, events, rtp, log: Vec::new() }
    }

    pub async fn event(&mut self) -> PeerEvent {
        let event = tokio::time::timeout(PATIENCE, self.events.recv()).await.expect("an event").expect("a session");
        self.note(&event);
        event
    }

    fn note(&mut self, event: &PeerEvent) {
        self.log.push(match event {
            PeerEvent::LocalCandidates(_) => "LocalCandidates".to_owned(),
            PeerEvent::TargetRate { .. } => "TargetRate".to_owned(),
            PeerEvent::KeyframeRequested(name) => format!("KeyframeRequested {}", name.0),
            PeerEvent::SenderReport { content, .. } => format!("SenderReport {}", content.0),
            other => format!("{other:?}"),
        });
    }

    /// The log without what comes at any time.
    pub fn states(&self) -> Vec<&str> {
        let volatile = ["LocalCandidates", "TargetRate", "SenderReport", "FirstRtcp", "GatheringEnded"];
        self.log.iter().map(String::as_str).filter(|line| !volatile.iter().any(|word| line.starts_with(word))).collect()
    }

    /// Reads on until so many states have been told.
    pub async fn told(&mut self, count: usize) -> Vec<&str> {
        while self.states().len() < count {
            self.event().await;
        }
        self.states()
    }

    pub async fn until(&mut self, wanted: impl Fn(&PeerEvent) -> bool) -> PeerEvent {
        loop {
            let event = self.event().await;
            if wanted(&event) {
                return event;
            }
        }
    }

    pub async fn packet(&mut self) -> RtpIn {
        tokio::time::timeout(PATIENCE, self.rtp.recv()).await.expect("a packet").expect("a session")
    }
}

pub struct Pair {
    pub initiator: Side,
    pub responder: Side,
}

impl Pair {
    pub fn new(initiator: Vec<LocalContent>, responder: Vec<LocalContent>, bundle: bool) -> Self {
        Self::with(initiator, responder, bundle, None)
    }

    pub fn with(
        initiator: Vec<LocalContent>,
        responder: Vec<LocalContent>,
        bundle: bool,
        gate: Option<Arc<dyn DatagramGate>>,
    ) -> Self {
        let mut initiator = config(PeerRole::Initiator, initiator);
        initiator.bundle = bundle;
        initiator.datagram_gate = gate;
        Self { initiator: Side::open(initiator), responder: Side::open(config(PeerRole::Responder, responder)) }
    }

    /// Offer and answer, as they were.
    pub async fn exchange(&self) -> (MediaDescription, MediaDescription) {
        let offer = self.initiator.peer.offer().await.unwrap();
        let answer = self.responder.peer.answer(&offer).await.unwrap();
        self.initiator.peer.apply_answer(&answer).await.unwrap();
        (offer, answer)
    }

    /// Carries candidates until both sides have told what is wanted.
    pub async fn trickle_until(&mut self, wanted: impl Fn(&PeerEvent) -> bool) {
        let (mut first, mut second) = (false, false);
        while !(first && second) {
            let Self { initiator, responder } = self;
            tokio::select! {
                event = initiator.event() => {
                    first |= wanted(&event);
                    forward(&event, responder.peer.as_ref()).await;
                }
                event = responder.event() => {
                    second |= wanted(&event);
                    forward(&event, initiator.peer.as_ref()).await;
                }
            }
        }
    }

    pub async fn connect(&mut self) -> (MediaDescription, MediaDescription) {
        let descriptions = self.exchange().await;
        self.trickle_until(|event| *event == PeerEvent::Connected).await;
        descriptions
    }

    pub async fn close(self) {
        self.initiator.peer.close().await;
        self.responder.peer.close().await;
    }
}

async fn forward(event: &PeerEvent, to: &dyn Peer) {
    match event {
        PeerEvent::LocalCandidates(description) => {
            assert_eq!(to.apply_transport(description).await, Ok(None));
        }
        PeerEvent::Failed(stage) => panic!("failed: {stage:?}"),
        _ => {}
    }
}

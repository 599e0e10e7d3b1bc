//! Merges what the transports tell into what the owner is told, and watches over connecting.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use confab_model::{CallStage, Candidate, MediaDescription, MediaKind, TransportDescription};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::{Shared, transport_content};
use crate::event::{Inner, InnerEvent, MAX_PENDING};
use crate::stream::{Stream, lock};
use crate::transport::{DISCONNECTED_AFTER, Transport};
use crate::{CONNECT_TIMEOUT, EVENT_QUEUE, PeerEvent};

/// From a path to a secure channel on it: ten times what a bad path needs with repeated datagrams.
const DTLS_TIMEOUT: Duration = Duration::from_secs(15);

/// Of what pictures take on the wire: their payload. Headers are 58 bytes of packets of 1,200.
const PAYLOAD_SHARE: f64 = 0.95;

/// bit/s that audio takes of a shared transport: Opus at 32 kbit/s with its headers.
const AUDIO_SHARE: u32 = 50_000;

pub(crate) fn spawn(shared: Arc<Shared>, inner: mpsc::Receiver<Inner>, owner: mpsc::Sender<PeerEvent>) {
    let supervisor = Supervisor {
        shared,
        phases: Vec::new(),
        held: Vec::new(),
        pending: VecDeque::new(),
        told: Told::default(),
        connect_by: None,
    };
    tokio::spawn(supervisor.run(inner, owner));
}

/// ```text
/// Connecting ─► Path ─► Secure ◄─► Silent
///      └──────────┴────────┴─────────┴──► Failed
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    #[default]
    Connecting,
    /// ICE is connected.
    Path,
    /// DTLS too.
    Secure,
    /// Was secure; hears nothing.
    Silent,
    Failed(CallStage),
}

#[derive(Debug, Clone, Copy, Default)]
struct Phase {
    state: State,
    /// DTLS has been connected once: from then on only the path can be lost.
    is_secured: bool,
    gathered: bool,
    /// Since when a restart on a path that seemed to be alive has found nothing.
    checks_since: Option<Instant>,
}

impl Phase {
    /// When a path that is being checked again counts as lost.
    fn silent_at(&self) -> Option<Instant> {
        let since = self.checks_since.filter(|_| self.state == State::Secure)?;
        Some(since + DISCONNECTED_AFTER)
    }
}

/// The owner's picture.
#[derive(Debug, Default)]
struct Told {
    gathered: bool,
    path: bool,
    connected: bool,
    failed: bool,
    first_rtcp: bool,
    rate: u32,
}

struct Supervisor {
    shared: Arc<Shared>,
    /// By the transports' numbers.
    phases: Vec<Phase>,
    /// Candidates to be told, or that wait for the own description.
    held: Vec<(usize, Candidate)>,
    pending: VecDeque<PeerEvent>,
    told: Told,
    /// Until when what is not secure yet has to be.
    connect_by: Option<Instant>,
}

impl Supervisor {
    async fn run(mut self, mut inner: mpsc::Receiver<Inner>, owner: mpsc::Sender<PeerEvent>) {
        let closed = self.shared.closed.clone();
        loop {
            let deadline = self.deadline();
            tokio::select! {
                biased;
                () = closed.cancelled() => return,
                event = inner.recv() => {
                    let Some(event) = event else { return };
                    self.take(event);
                    // Candidates that come together go out together.
                    while let Ok(event) = inner.try_recv() {
                        self.take(event);
                    }
                    self.merge();
                }
                permit = owner.reserve(), if !self.pending.is_empty() => match (permit, self.pending.pop_front()) {
                    (Ok(permit), Some(event)) => permit.send(event),
                    // The owner has let go of its events.
                    _ => return,
                },
                () = tokio::time::sleep_until(deadline.unwrap_or_else(Instant::now)), if deadline.is_some() => {
                    self.expire();
                    self.merge();
                }
            }
        }
    }

    fn transport(&self, number: usize) -> Option<Arc<Transport>> {
        self.shared.transports().into_iter().find(|transport| transport.number == number)
    }

    fn take(&mut self, Inner { transport: number, event }: Inner) {
        let transport = self.transport(number);
        if number != usize::MAX {
            // Bounded by the number of contents: transports are numbered.
            let needed = number + 1;
            if self.phases.len() < needed {
                self.phases.resize(needed, Phase::default());
            }
        }
        match event {
            InnerEvent::Candidate(candidate) => self.held.push((number, candidate)),
            InnerEvent::FirstRtcp => {
                if !std::mem::replace(&mut self.told.first_rtcp, true) {
                    self.tell(PeerEvent::FirstRtcp);
                }
            }
            InnerEvent::KeyframeRequested(content) => self.feedback(PeerEvent::KeyframeRequested(content)),
            InnerEvent::SenderReport { content, ntp, timestamp } => {
                self.feedback(PeerEvent::SenderReport { content, ntp, timestamp });
            }
            InnerEvent::Rate => self.rate(),
            InnerEvent::GatheringEnded
            | InnerEvent::Checking
            | InnerEvent::IceConnected
            | InnerEvent::Connected
            | InnerEvent::Disconnected
            | InnerEvent::Failed
            | InnerEvent::DriverEnded
            | InnerEvent::DtlsRefused => self.change(number, transport, &event),
        }
    }

    fn change(&mut self, number: usize, transport: Option<Arc<Transport>>, event: &InnerEvent) {
        let Some(phase) = self.phases.get_mut(number) else { return };
        // Of a transport that was dropped from the session.
        let Some(transport) = transport else { return };
        let mut times = lock(&transport.times);
        let now = Instant::now();
        match event {
            // The engine lets go of the old path and then never says that it is silent.
            InnerEvent::Checking if phase.is_secured => drop(phase.checks_since.get_or_insert(now)),
            InnerEvent::GatheringEnded => {
                phase.gathered = true;
                times.gathered.get_or_insert(now);
            }
            InnerEvent::IceConnected => {
                times.ice_connected.get_or_insert(now);
                phase.checks_since = None;
                phase.state = match phase.state {
                    State::Failed(CallStage::Dtls) => phase.state,
                    _ if phase.is_secured => State::Secure,
                    _ => State::Path,
                };
                if phase.is_secured {
                    transport.wake.set_connecting(false);
                }
            }
            InnerEvent::Connected => {
                times.ice_connected.get_or_insert(now);
                times.connected.get_or_insert(now);
                (phase.state, phase.is_secured) = (State::Secure, true);
                transport.is_live.store(true, Ordering::Release);
                transport.wake.set_connecting(false);
                if transport.is_added {
                    drop(times);
                    self.ask_keyframes(&transport);
                    self.rate();
                }
            }
            // Before it was secure, a path that falls silent is one that DTLS did not get through.
            InnerEvent::Disconnected if phase.is_secured => phase.state = State::Silent,
            InnerEvent::DtlsRefused if !phase.is_secured => phase.state = State::Failed(CallStage::Dtls),
            InnerEvent::Failed | InnerEvent::DriverEnded => {
                let stage = match (phase.state, phase.is_secured) {
                    (State::Path, false) => CallStage::Dtls,
                    (State::Failed(stage), _) => stage,
                    _ => CallStage::Ice,
                };
                phase.state = State::Failed(stage);
            }
            InnerEvent::Checking
            | InnerEvent::Disconnected
            | InnerEvent::DtlsRefused
            | InnerEvent::Candidate(_)
            | InnerEvent::Rate
            | InnerEvent::KeyframeRequested(_)
            | InnerEvent::SenderReport { .. }
            | InnerEvent::FirstRtcp => {}
        }
    }

    /// Brings the owner's picture up to date.
    fn merge(&mut self) {
        if self.shared.is_described.load(Ordering::Acquire) {
            self.candidates();
        }
        self.drop_failed_additions();
        let mut transports = self.shared.transports();
        self.watch(&transports);
        transports.retain(|transport| !transport.is_added || self.phase(transport).is_secured);
        if transports.is_empty() {
            return;
        }
        let phases: Vec<Phase> = transports.iter().map(|transport| self.phase(transport)).collect();
        let all = |fits: fn(&Phase) -> bool| phases.iter().all(fits);
        let is_described = self.shared.is_described.load(Ordering::Acquire);
        if is_described && all(|phase| phase.gathered) && !std::mem::replace(&mut self.told.gathered, true) {
            self.tell(PeerEvent::GatheringEnded);
        }
        let has_path = all(|phase| matches!(phase.state, State::Path | State::Secure));
        if has_path && !std::mem::replace(&mut self.told.path, true) {
            self.tell(PeerEvent::IceConnected);
        }
        let is_connected = all(|phase| phase.state == State::Secure);
        let failed = phases.iter().find_map(|phase| match phase.state {
            State::Failed(stage) => Some(stage),
            State::Connecting | State::Path | State::Secure | State::Silent => None,
        });
        let is_silent = phases.iter().any(|phase| phase.state == State::Silent);
        if let Some(stage) = failed {
            self.told.connected = false;
            if !std::mem::replace(&mut self.told.failed, true) {
                self.tell(PeerEvent::Failed(stage));
            }
        } else if is_connected && !self.told.connected {
            (self.told.connected, self.told.failed) = (true, false);
            self.tell(PeerEvent::Connected);
            transports.iter().for_each(|transport| self.ask_keyframes(transport));
            self.rate();
        } else if is_silent && self.told.connected {
            self.told.connected = false;
            self.tell(PeerEvent::Disconnected);
        }
    }

    fn phase(&self, transport: &Transport) -> Phase {
        self.phases.get(transport.number).copied().unwrap_or_default()
    }

    /// The first packets of a path may have been lost before the far side was ready.
    fn ask_keyframes(&mut self, transport: &Transport) {
        let is_sent = |stream: &&Arc<Stream>| stream.kind == MediaKind::Video && stream.sends.load(Ordering::Relaxed);
        for stream in transport.streams.iter().filter(is_sent) {
            self.feedback(PeerEvent::KeyframeRequested(stream.name.clone()));
        }
    }

    /// A content that was added and did not get through costs itself only.
    fn drop_failed_additions(&mut self) {
        for transport in self.shared.transports() {
            let phase = self.phase(&transport);
            if !transport.is_added || phase.is_secured || !matches!(phase.state, State::Failed(_)) {
                continue;
            }
            self.shared.forget(&transport);
            for stream in &transport.streams {
                self.tell(PeerEvent::ContentFailed(stream.name.clone()));
            }
            tokio::spawn(async move { transport.close().await });
        }
    }

    /// Sets the deadline of the slowest step. What was offered as an addition waits for its answer without one here.
    fn watch(&mut self, transports: &[Arc<Transport>]) {
        let waiting = transports.iter().filter(|transport| !transport.is_added || transport.is_answered());
        let states: Vec<State> =
            waiting.map(|transport| self.phase(transport)).filter(|it| !it.is_secured).map(|it| it.state).collect();
        let is_waiting = |wanted: State| states.contains(&wanted);
        let timeout = if !self.shared.is_answered.load(Ordering::Acquire) || self.told.failed {
            None
        } else if is_waiting(State::Path) && !is_waiting(State::Connecting) {
            Some(DTLS_TIMEOUT)
        } else if is_waiting(State::Connecting) {
            Some(CONNECT_TIMEOUT)
        } else {
            None
        };
        self.connect_by = timeout.map(|timeout| {
            let by = Instant::now() + timeout;
            self.connect_by.map_or(by, |known| known.min(by))
        });
    }

    fn deadline(&self) -> Option<Instant> {
        self.phases.iter().filter_map(Phase::silent_at).chain(self.connect_by).min()
    }

    fn expire(&mut self) {
        let now = Instant::now();
        for phase in self.phases.iter_mut().filter(|phase| phase.silent_at().is_some_and(|at| at <= now)) {
            (phase.state, phase.checks_since) = (State::Silent, None);
        }
        if self.connect_by.take_if(|by| *by <= now).is_none() {
            return;
        }
        for transport in self.shared.transports() {
            let is_waiting = !transport.is_added || transport.is_answered();
            let Some(phase) = self.phases.get_mut(transport.number) else { continue };
            if !is_waiting || phase.is_secured {
                continue;
            }
            phase.state = match phase.state {
                State::Connecting | State::Silent => State::Failed(CallStage::Ice),
                State::Path | State::Secure => State::Failed(CallStage::Dtls),
                failed @ State::Failed(_) => failed,
            };
        }
    }

    fn candidates(&mut self) {
        let mut description = MediaDescription::default();
        for (number, candidate) in std::mem::take(&mut self.held) {
            let Some(transport) = self.transport(number) else { continue };
            let Some(stream) = transport.streams.first() else { continue };
            let position = description.contents.iter().position(|content| content.name == stream.name);
            let index = position.unwrap_or_else(|| {
                let TransportDescription { ufrag, pwd, .. } = transport.credentials();
                let known = TransportDescription { ufrag, pwd, ..Default::default() };
                description.contents.push(transport_content(stream, known));
                description.contents.len() - 1
            });
            let generation = transport.generation();
            description.contents[index].transport.candidates.push(Candidate { generation, ..candidate });
        }
        if !description.contents.is_empty() {
            self.tell(PeerEvent::LocalCandidates(description));
        }
    }

    fn rate(&mut self) {
        let mut bps = 0;
        for transport in self.shared.transports() {
            let sends = |kind| {
                let mut streams = transport.streams.iter();
                streams.any(|stream| stream.kind == kind && stream.sends.load(Ordering::Relaxed))
            };
            if transport.is_live.load(Ordering::Acquire) && sends(MediaKind::Video) {
                let audio = if sends(MediaKind::Audio) { AUDIO_SHARE } else { 0 };
                // What is left when audio takes all: the encoder's own minimum decides.
                let left = transport.shared.estimate.for_media().saturating_sub(audio);
                bps += ((f64::from(left) * PAYLOAD_SHARE) as u32).max(10_000);
            }
        }
        if bps > 0 && bps != self.told.rate {
            self.told.rate = bps;
            self.shared.target_rate.store(bps, Ordering::Relaxed);
            self.pending.retain(|event| !matches!(event, PeerEvent::TargetRate { .. }));
            self.feedback(PeerEvent::TargetRate { bps });
        }
    }

    /// For the owner, but not at any price.
    fn feedback(&mut self, event: PeerEvent) {
        if self.pending.len() < EVENT_QUEUE && !self.pending.contains(&event) {
            self.pending.push_back(event);
        }
    }

    fn tell(&mut self, event: PeerEvent) {
        if self.pending.len() < MAX_PENDING {
            self.pending.push_back(event);
        } else {
            // The owner has not read a thousand events: it is gone or stuck, and a session without an owner ends.
            tracing::error!("events are not read, the session is given up");
            self.pending.clear();
            self.pending.push_back(PeerEvent::Failed(CallStage::Signalling));
        }
    }
}

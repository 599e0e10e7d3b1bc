//! One session: its transports seen as one, and the queues to its owner.

mod addition;
mod bundle;
mod supervisor;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;
use confab_model::{
    Candidate, Content, ContentName, Creator, DtlsSetup, MediaDescription, MediaKind, RtpIn, RtpOut, Senders,
    TransportDescription,
};
use tokio::sync::{Mutex as AsyncMutex, mpsc};
use tokio_util::sync::CancellationToken;

use self::bundle::{unbundled, with_shared_transport};
use crate::chain::outbox::Behind;
use crate::chain::tap::by_name;
use crate::codec::Codec;
use crate::event::{Inner, InnerEvent};
use crate::stream::{Stream, directions, lock, senders};
use crate::transport::{Setup, Transport};
use crate::{
    EVENT_QUEUE, LocalContent, OpenedPeer, Peer, PeerConfig, PeerError, PeerRole, PeerStatistics, RTP_IN_QUEUE,
    SendOutcome, sdp,
};

/// Candidates per content that come before the description they belong to.
const MAX_EARLY: usize = 64;

/// Events of the transports that may wait for the session.
const INNER_QUEUE: usize = 512;

pub(crate) fn open(config: PeerConfig) -> Result<OpenedPeer, PeerError> {
    if config.contents.is_empty() {
        return Err(PeerError::NothingInCommon);
    }
    if config.contents.len() > sdp::MAX_CONTENTS {
        return Err(PeerError::Unusable("contents"));
    }
    let (events, owner_events) = mpsc::channel(EVENT_QUEUE);
    let (rtp, owner_rtp) = mpsc::channel(RTP_IN_QUEUE);
    let (inner, inner_events) = mpsc::channel(INNER_QUEUE);
    let shared = Arc::new(Shared::default());
    supervisor::spawn(Arc::clone(&shared), inner_events, events);
    // RFC 7022 §4.2: short-term persistent, random.
    let cname = format!("{:016x}", rand::random::<u64>());
    let state = AsyncMutex::new(State { stage: Stage::New, early: HashMap::new() });
    Ok((Box::new(Session { config, cname, shared, state, inner, rtp }), owner_events, owner_rtp))
}

/// What the session, its supervisor and `send` share.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    transports: RwLock<Vec<Arc<Transport>>>,
    /// bit/s, 0 = none yet.
    target_rate: AtomicU32,
    /// The own description is made: candidates may follow it.
    is_described: AtomicBool,
    /// The far side's description is applied.
    is_answered: AtomicBool,
    /// Of the next transport.
    next_number: AtomicUsize,
    /// Contents that were added since the session was settled.
    added: AtomicUsize,
    closed: CancellationToken,
}

impl Shared {
    fn transports(&self) -> Vec<Arc<Transport>> {
        self.transports.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn forget(&self, transport: &Arc<Transport>) {
        let mut transports = self.transports.write().unwrap_or_else(PoisonError::into_inner);
        transports.retain(|other| !Arc::ptr_eq(other, transport));
    }

    fn route<T>(&self, name: &ContentName, then: impl FnOnce(&Transport, &Arc<Stream>) -> T) -> Option<T> {
        let transports = self.transports.read().unwrap_or_else(PoisonError::into_inner);
        transports
            .iter()
            .find_map(|transport| by_name(&transport.streams, name).map(|stream| (transport, stream)))
            .map(|(transport, stream)| then(transport, stream))
    }
}

/// ```text
/// New ─offer─► Offered ─apply_answer─► Settled
///  └──────────────answer──────────────────┘
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    New,
    Offered,
    Settled,
    Closed,
}

#[derive(Debug)]
struct State {
    stage: Stage,
    /// Candidates that came before the far side's description.
    early: HashMap<ContentName, Vec<Candidate>>,
}

impl State {
    fn keep_early(&mut self, content: &Content) {
        if self.early.len() >= sdp::MAX_CONTENTS && !self.early.contains_key(&content.name) {
            return;
        }
        let early = self.early.entry(content.name.clone()).or_default();
        let room = MAX_EARLY.saturating_sub(early.len());
        early.extend(content.transport.candidates.iter().take(room).cloned());
    }
}

struct Session {
    config: PeerConfig,
    cname: String,
    shared: Arc<Shared>,
    state: AsyncMutex<State>,
    inner: mpsc::Sender<Inner>,
    rtp: mpsc::Sender<RtpIn>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("config", &self.config).finish_non_exhaustive()
    }
}

/// A content that both sides can do.
struct Match<'a> {
    content: &'a Content,
    local: LocalContent,
    codec: Codec,
    senders: Senders,
}

impl Session {
    /// Builds a transport for a group of contents and makes it known. `added_by`: to a settled session, by that side.
    async fn add_transport(
        &self,
        group: Vec<(LocalContent, Codec, Senders)>,
        is_dtls_server: bool,
        added_by: Option<Creator>,
    ) -> Result<Arc<Transport>, PeerError> {
        let index = self.shared.next_number.fetch_add(1, Ordering::Relaxed);
        let (mut streams, mut codecs) = (Vec::new(), Vec::new());
        for (local, codec, senders) in group {
            // The offerer is the creator of all that it offered.
            let creator = added_by.unwrap_or(Creator::Initiator);
            let stream = Stream::new(local.name, local.kind, local.is_screen, creator);
            stream.set_senders(senders, self.config.role);
            streams.push(Arc::new(stream));
            codecs.push(codec);
        }
        let setup = Setup {
            index,
            config: &self.config,
            streams,
            codecs,
            is_dtls_server,
            is_added: added_by.is_some(),
            cname: self.cname.clone(),
            events: self.inner.clone(),
            rtp: self.rtp.clone(),
        };
        let transport = Arc::new(Transport::build(setup).await?);
        self.shared.transports.write().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&transport));
        Ok(transport)
    }

    /// Own contents as they go out: names and gates are known to the streams.
    fn finish_contents(&self, contents: &mut [Content]) {
        for content in contents {
            let gates = self.shared.route(&content.name, |_, stream| {
                (stream.sends.load(Ordering::Relaxed), stream.receives.load(Ordering::Relaxed))
            });
            let (sends, receives) = gates.unwrap_or((false, false));
            content.senders = senders(sends, receives, self.config.role);
            if !sends {
                content.sources.clear();
                content.source_groups.clear();
            }
        }
    }

    fn described(&self, stage: Stage, state: &mut State) {
        state.stage = stage;
        self.shared.is_described.store(true, Ordering::Release);
        if stage == Stage::Settled {
            self.shared.is_answered.store(true, Ordering::Release);
        }
        // Wakes the supervisor; it looks again whenever anything comes, so a full queue loses nothing.
        let _ = self.inner.try_send(Inner { transport: usize::MAX, event: InnerEvent::Rate });
    }

    /// What of an offer this side takes part in: by name, else the first free own content of the kind.
    fn matches<'a>(&self, offer: &'a MediaDescription) -> Vec<Match<'a>> {
        let mut free: Vec<&LocalContent> = self.config.contents.iter().collect();
        let offered = offer.contents.iter().take(sdp::MAX_CONTENTS);
        let mut found: Vec<Match<'a>> = Vec::new();
        for content in offered {
            let named = free.iter().position(|local| local.name == content.name && local.kind == content.kind);
            let reserved = |local: &LocalContent| offer.contents.iter().any(|other| other.name == local.name);
            let by_kind = || free.iter().position(|local| local.kind == content.kind && !reserved(local));
            let is_double = found.iter().any(|other| other.content.name == content.name);
            let Some(codec) = Codec::agreed(content).filter(|_| !is_double && is_multiplexed(content)) else {
                continue;
            };
            let Some(position) = named.or_else(by_kind) else { continue };
            let own = free.remove(position);
            let (may_send, may_receive) = directions(content.senders, self.config.role);
            let senders = senders(own.sends && may_send, own.receives && may_receive, self.config.role);
            let local = LocalContent { name: content.name.clone(), is_screen: content.is_screen, ..own.clone() };
            found.push(Match { content, local, codec, senders });
        }
        found
    }

    async fn close_transports(&self) {
        let transports = std::mem::take(&mut *self.shared.transports.write().unwrap_or_else(PoisonError::into_inner));
        futures::future::join_all(transports.iter().map(|transport| transport.close())).await;
    }

    async fn build_offer(&self) -> Result<MediaDescription, PeerError> {
        let with_codec = |local: &LocalContent| {
            let senders = senders(local.sends, local.receives, self.config.role);
            (local.clone(), Codec::offered(local.kind), senders)
        };
        let contents = self.config.contents.iter().map(with_codec);
        let groups: Vec<Vec<_>> =
            if self.config.bundle { vec![contents.collect()] } else { contents.map(|entry| vec![entry]).collect() };
        let mut description = MediaDescription::default();
        for group in groups {
            let transport = self.add_transport(group, false, None).await?;
            description.contents.extend(transport.offer().await?);
        }
        if self.config.bundle {
            description.bundle = description.contents.iter().map(|content| content.name.clone()).collect();
        }
        self.finish_contents(&mut description.contents);
        Ok(description)
    }

    async fn build_answer(&self, offer: &MediaDescription, state: &mut State) -> Result<MediaDescription, PeerError> {
        let matches = self.matches(offer);
        if matches.is_empty() {
            return Err(nothing_agreed(offer));
        }
        let mut description = MediaDescription::default();
        let (bundled, single): (Vec<_>, Vec<_>) =
            matches.into_iter().partition(|entry| offer.bundle.contains(&entry.content.name));
        let is_bundled = !bundled.is_empty();
        let groups = is_bundled.then_some(bundled).into_iter().chain(single.into_iter().map(|entry| vec![entry]));
        for (number, group) in groups.enumerate() {
            let group = with_shared_transport(group, offer, is_bundled && number == 0);
            let of_transport =
                group.iter().map(|(entry, _)| (entry.local.clone(), entry.codec.clone(), entry.senders)).collect();
            let wants_client = |(_, content): &(Match<'_>, Content)| {
                content.transport.fingerprint.as_ref().is_some_and(|entry| entry.setup == DtlsSetup::Active)
            };
            let transport = self.add_transport(of_transport, group.iter().any(wants_client), None).await?;
            let remote: Vec<(&Content, Codec)> =
                group.iter().map(|(entry, content)| (content, entry.codec.clone())).collect();
            let contents = transport.answer(&remote).await?;
            if is_bundled && number == 0 {
                description.bundle = contents.iter().map(|content| content.name.clone()).collect();
            }
            description.contents.extend(contents);
            for (entry, _) in &group {
                let early = state.early.remove(&entry.content.name).unwrap_or_default();
                let ufrag = &entry.content.transport.ufrag;
                transport.apply_transport(ufrag, "", &early.iter().collect::<Vec<_>>()).await?;
            }
        }
        self.finish_contents(&mut description.contents);
        let place = |content: &Content| offer.contents.iter().position(|offered| offered.name == content.name);
        description.contents.sort_by_key(place);
        Ok(description)
    }

    async fn settle_answer(&self, answer: &MediaDescription, state: &mut State) -> Result<(), PeerError> {
        let left_out = if self.config.bundle { unbundled(answer)? } else { Vec::new() };
        let mut agreed = 0;
        for transport in self.shared.transports() {
            let mut contents: Vec<(&Content, Codec)> = Vec::new();
            for stream in &transport.streams {
                let content = answer.contents.iter().find(|content| content.name == stream.name);
                let content = content.filter(|content| !left_out.contains(&&content.name));
                let is_fit = |content: &&Content| content.kind == stream.kind && is_multiplexed(content);
                let codec = content.filter(is_fit).and_then(Codec::agreed);
                let Some((content, codec)) = content.zip(codec) else {
                    stream.set_senders(Senders::None, self.config.role);
                    continue;
                };
                let (may_send, may_receive) = directions(content.senders, self.config.role);
                stream.sends.fetch_and(may_send, Ordering::Relaxed);
                stream.receives.fetch_and(may_receive, Ordering::Relaxed);
                contents.push((content, codec));
            }
            if contents.is_empty() {
                self.shared.forget(&transport);
                transport.close().await;
                continue;
            }
            agreed += contents.len();
            transport.apply_answer(&contents).await?;
            for stream in &transport.streams {
                let early = state.early.remove(&stream.name).unwrap_or_default();
                transport.apply_transport("", "", &early.iter().collect::<Vec<_>>()).await?;
            }
        }
        if agreed == 0 { Err(nothing_agreed(answer)) } else { Ok(()) }
    }
}

/// Whether RTCP comes with RTP (RFC 5761): the engine has no second component.
fn is_multiplexed(content: &Content) -> bool {
    if !content.rtcp_mux {
        tracing::info!(content = %content.name.0.escape_debug(), "left out: no rtcp-mux");
    }
    content.rtcp_mux
}

fn nothing_agreed(remote: &MediaDescription) -> PeerError {
    let is_mux_the_reason = !remote.contents.is_empty() && remote.contents.iter().all(|content| !content.rtcp_mux);
    if is_mux_the_reason { PeerError::Unusable("no rtcp-mux") } else { PeerError::NothingInCommon }
}

/// Credentials and candidates of the contents that belong to one transport.
#[derive(Default)]
struct Update<'a> {
    ufrag: &'a str,
    pwd: &'a str,
    candidates: Vec<&'a Candidate>,
}

#[async_trait]
impl Peer for Session {
    async fn offer(&self) -> Result<MediaDescription, PeerError> {
        let mut state = self.state.lock().await;
        if state.stage != Stage::New || self.config.role != PeerRole::Initiator {
            return Err(PeerError::WrongState("offer"));
        }
        let offer = self.build_offer().await;
        match &offer {
            Ok(_) => self.described(Stage::Offered, &mut state),
            Err(_) => self.close_transports().await,
        }
        offer
    }

    async fn answer(&self, offer: &MediaDescription) -> Result<MediaDescription, PeerError> {
        let mut state = self.state.lock().await;
        if state.stage != Stage::New || self.config.role != PeerRole::Responder {
            return Err(PeerError::WrongState("answer"));
        }
        let answer = self.build_answer(offer, &mut state).await;
        match &answer {
            Ok(_) => self.described(Stage::Settled, &mut state),
            Err(_) => self.close_transports().await,
        }
        answer
    }

    async fn apply_answer(&self, answer: &MediaDescription) -> Result<(), PeerError> {
        let mut state = self.state.lock().await;
        if state.stage != Stage::Offered {
            return Err(PeerError::WrongState("apply_answer"));
        }
        self.settle_answer(answer, &mut state).await?;
        self.described(Stage::Settled, &mut state);
        Ok(())
    }

    async fn apply_transport(&self, description: &MediaDescription) -> Result<Option<MediaDescription>, PeerError> {
        let mut state = self.state.lock().await;
        match state.stage {
            Stage::Closed => return Err(PeerError::Closed),
            Stage::New | Stage::Offered => {
                let contents = description.contents.iter().take(sdp::MAX_CONTENTS);
                contents.for_each(|content| state.keep_early(content));
                return Ok(None);
            }
            Stage::Settled => {}
        }
        let mut own = MediaDescription::default();
        for transport in self.shared.transports() {
            let mut update = Update::default();
            let mut is_named = false;
            for content in description.contents.iter().take(sdp::MAX_CONTENTS) {
                if by_name(&transport.streams, &content.name).is_none() {
                    continue;
                }
                if !transport.is_answered() {
                    // Of a content that was added and is not accepted yet.
                    state.keep_early(content);
                    continue;
                }
                is_named = true;
                let TransportDescription { ufrag, pwd, candidates, .. } = &content.transport;
                if update.ufrag.is_empty() || update.pwd.is_empty() {
                    (update.ufrag, update.pwd) = (ufrag, pwd);
                }
                update.candidates.extend(candidates.iter().take(sdp::MAX_CANDIDATES));
            }
            if is_named
                && let Some(credentials) =
                    transport.apply_transport(update.ufrag, update.pwd, &update.candidates).await?
            {
                own.contents.extend(self.transport_contents(&transport, &credentials));
            }
        }
        Ok((!own.contents.is_empty()).then_some(own))
    }

    async fn restart_ice(&self) -> Result<MediaDescription, PeerError> {
        let state = self.state.lock().await;
        match state.stage {
            Stage::Settled => {}
            Stage::Closed => return Err(PeerError::Closed),
            Stage::New | Stage::Offered => return Err(PeerError::WrongState("restart_ice")),
        }
        let mut own = MediaDescription::default();
        for transport in self.shared.transports() {
            if !transport.is_answered() {
                continue;
            }
            let credentials = transport.restart().await?;
            own.contents.extend(self.transport_contents(&transport, &credentials));
        }
        Ok(own)
    }

    async fn add(&self, content: LocalContent) -> Result<MediaDescription, PeerError> {
        let state = self.state.lock().await;
        self.offer_added(content, &state).await
    }

    async fn accept_added(&self, offer: &MediaDescription, own: LocalContent) -> Result<MediaDescription, PeerError> {
        let mut state = self.state.lock().await;
        self.answer_added(offer, own, &mut state).await
    }

    async fn apply_added(&self, answer: &MediaDescription) -> Result<(), PeerError> {
        let mut state = self.state.lock().await;
        self.settle_added(answer, &mut state).await
    }

    async fn remove(&self, content: &ContentName) {
        let mut state = self.state.lock().await;
        self.take_out(content, &mut state).await;
    }

    fn send(&self, packet: RtpOut) -> SendOutcome {
        let outcome = self.shared.route(&packet.content, |transport, stream| {
            if !transport.is_live.load(Ordering::Acquire) || !stream.sends.load(Ordering::Relaxed) {
                return SendOutcome::NotSending;
            }
            let bytes = packet.payload.len() as u64;
            let is_taken = {
                let mut outbox = lock(&transport.shared.outbox);
                let header = rtc::rtp::Header {
                    version: 2,
                    marker: packet.marker,
                    payload_type: stream.payload_type_out.load(Ordering::Relaxed),
                    timestamp: packet.timestamp,
                    ssrc: stream.ssrc,
                    ..Default::default()
                };
                let rtp = rtc::rtp::Packet { header, payload: packet.payload.clone() };
                if stream.kind == MediaKind::Audio {
                    outbox.push_audio(rtp, &stream.sequence)
                } else {
                    let paced = transport.shared.paced.load(Ordering::Relaxed);
                    outbox.push_video(
                        rtp,
                        &stream.sequence,
                        Behind { paced, pacing: transport.shared.estimate.pacing() },
                    )
                }
            };
            if !is_taken {
                stream.counters.packets_dropped.fetch_add(1, Ordering::Relaxed);
                return SendOutcome::QueueFull;
            }
            stream.counters.packets_sent.fetch_add(1, Ordering::Relaxed);
            stream.counters.bytes_sent.fetch_add(bytes, Ordering::Relaxed);
            transport.wake.poke();
            SendOutcome::Queued
        });
        outcome.unwrap_or(SendOutcome::NotSending)
    }

    fn request_keyframe(&self, content: &ContentName) {
        self.shared.route(content, |transport, stream| {
            stream.keyframe_wanted.store(true, Ordering::Relaxed);
            transport.wake.poke();
        });
    }

    fn set_senders(&self, content: &ContentName, senders: Senders) {
        self.shared.route(content, |_, stream| {
            if !stream.is_removed.load(Ordering::Relaxed) {
                stream.set_senders(senders, self.config.role);
            }
        });
    }

    async fn statistics(&self) -> PeerStatistics {
        let transports = self.shared.transports();
        let streams = transports.iter().flat_map(|transport| &transport.streams);
        let contents = streams.map(|stream| stream.statistics()).collect();
        let transports = futures::future::join_all(transports.iter().map(|transport| transport.statistics())).await;
        let target = self.shared.target_rate.load(Ordering::Relaxed);
        PeerStatistics { transports, contents, target_rate_bps: (target > 0).then_some(target) }
    }

    async fn close(&self) {
        self.shared.closed.cancel();
        self.state.lock().await.stage = Stage::Closed;
        self.close_transports().await;
    }
}

impl Session {
    /// A transport's contents with credentials only. All bundled contents carry them, as far sides differ in which
    /// one they look at.
    fn transport_contents(&self, transport: &Transport, credentials: &TransportDescription) -> Vec<Content> {
        let content = |stream: &Arc<Stream>| transport_content(stream, credentials.clone());
        transport.streams.iter().map(content).collect()
    }
}

/// A content of which only the transport is told.
fn transport_content(stream: &Stream, transport: TransportDescription) -> Content {
    Content::bare(stream.name.clone(), stream.creator, stream.kind, transport)
}

impl Drop for Session {
    fn drop(&mut self) {
        self.shared.closed.cancel();
        let transports = std::mem::take(&mut *self.shared.transports.write().unwrap_or_else(PoisonError::into_inner));
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            for transport in transports {
                runtime.spawn(async move { transport.close().await });
            }
        }
    }
}

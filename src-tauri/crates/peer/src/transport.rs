//! One ICE transport: a peer connection of the engine with the contents that it carries.
//!
//! The engine is shown a simplified far side: only the agreed codec of each content, always both directions (the
//! gates of [`Stream`] do the rest, so that a changed direction needs no renegotiation), `mid` = position, and
//! nothing that it does not need. So no text of the far side reaches it except credentials, digest and addresses.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use confab_model::{
    Candidate, CandidateKind, CodecParameter, Content, ContentName, Creator, DtlsSetup, MediaDescription, RtpIn,
    Senders, Source, SourceGroup, TransportDescription,
};
use rtc::ice::mdns::MulticastDnsMode;
use rtc::interceptor::{
    CongestionControlBuilder, NackGeneratorBuilder, NackResponderBuilder, ReceiverReportBuilder, Registry,
    SenderReportBuilder, Slot, TwccReceiverBuilder, TwccSenderBuilder,
};
use rtc::media_stream::MediaStreamTrack;
use rtc::peer_connection::configuration::RTCOfferOptions;
use rtc::peer_connection::transport::RTCDtlsRole;
use rtc::rtp_transceiver::rtp_sender::{
    RTCRtpCodingParameters, RTCRtpEncodingParameters, RTCRtpHeaderExtensionCapability, RTCRtpRtxParameters,
};
use rtc::rtp_transceiver::{RTCRtpTransceiverDirection, RTCRtpTransceiverInit};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;
use webrtc::peer_connection::{
    MediaEngine, PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCConfigurationBuilder,
    RTCIceCandidateInit, RTCIceCandidateType, RTCIceConnectionState, RTCIceGatheringState, RTCIceTransportPolicy,
    RTCPeerConnectionIceEvent, RTCPeerConnectionState, RTCSessionDescription, RTCStatsReportEntry,
    SettingEngineBuilder, StatsSelector,
};

use crate::chain::estimate::{Estimate, MAX_RATE, MIN_RATE, PublishedGcc, START_RATE};
use crate::chain::pacer::Pacer;
use crate::chain::tap::{Demux, Tap, TapShared};
use crate::chain::unrtx::Unrtx;
use crate::codec::{Codec, TRANSPORT_CC_URI};
use crate::event::{Inner, InnerEvent};
use crate::network::{LocalAddresses, ice_servers, is_usable};
use crate::runtime::{Wake, WakingRuntime};
use crate::stream::{Stream, lock};
use crate::{PeerConfig, PeerError, PeerRole, TransportStatistics, sdp};

/// Between ICE checks. The engine's 200 ms is the largest part of its set-up time.
const CHECK_INTERVAL: Duration = Duration::from_millis(20);
/// Checks of a pair before it counts as failed: 30 s, as the answer may take its time on a slow signalling path.
const MAX_CHECKS: u16 = 1_500;
/// Before a relayed pair is nominated, so that a direct one can win.
const RELAY_WAIT: Duration = Duration::from_millis(500);
/// Silence until [`crate::PeerEvent::Disconnected`], from then until failed, and between keepalives (RFC 7675 §5.1).
pub(crate) const DISCONNECTED_AFTER: Duration = Duration::from_secs(4);
const FAILED_AFTER: Duration = Duration::from_secs(26);
const KEEPALIVE: Duration = Duration::from_secs(1);
/// Between the requests for a lost packet, and how many: repairs within the depth of a jitter buffer.
const NACK_INTERVAL: Duration = Duration::from_millis(50);
const MAX_NACKS: u16 = 8;
/// Packets kept for retransmission, a power of two: 1.5 s of 720p.
const NACK_HISTORY: u16 = 1_024;
/// Remote candidates per ICE generation.
const MAX_REMOTE_CANDIDATES: usize = 128;

/// What a transport is made of.
pub(crate) struct Setup<'a> {
    pub(crate) index: usize,
    pub(crate) config: &'a PeerConfig,
    pub(crate) streams: Vec<Arc<Stream>>,
    /// One per stream: offered, or agreed with the offer.
    pub(crate) codecs: Vec<Codec>,
    /// The far side's offer insists on being the DTLS client (RFC 5763 §5).
    pub(crate) is_dtls_server: bool,
    /// Ties the contents of a session together (RFC 3550 §6.5.1).
    pub(crate) cname: String,
    pub(crate) events: mpsc::Sender<Inner>,
    pub(crate) rtp: mpsc::Sender<RtpIn>,
}

pub(crate) struct Transport {
    /// Its number in the session; numbers are not used again.
    pub(crate) number: usize,
    pub(crate) streams: Vec<Arc<Stream>>,
    pub(crate) shared: Arc<TapShared>,
    pub(crate) wake: Arc<Wake>,
    /// Connected at least once and not closed.
    pub(crate) is_live: AtomicBool,
    pub(crate) times: Mutex<Times>,
    connection: Arc<dyn PeerConnection>,
    addresses: LocalAddresses,
    loopback: bool,
    closed: CancellationToken,
    ice: Mutex<Ice>,
}

impl std::fmt::Debug for Transport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transport").field("streams", &self.streams.len()).finish_non_exhaustive()
    }
}

#[derive(Debug, Default)]
struct Ice {
    /// The own credentials and fingerprint, no candidates.
    local: TransportDescription,
    /// The far side as the engine was shown it, once it is known.
    remote: Option<MediaDescription>,
    /// An own restart waits for the far side's new credentials.
    is_restarting: bool,
    generation: u32,
    remote_candidates: usize,
}

/// When things happened.
#[derive(Debug, Default)]
pub(crate) struct Times {
    pub(crate) local_description: Option<Instant>,
    pub(crate) gathered: Option<Instant>,
    pub(crate) both_descriptions: Option<Instant>,
    pub(crate) ice_connected: Option<Instant>,
    pub(crate) connected: Option<Instant>,
    pub(crate) restarts: u32,
}

fn engine(error: impl std::fmt::Display) -> PeerError {
    PeerError::Engine(error.to_string())
}

impl Transport {
    pub(crate) async fn build(setup: Setup<'_>) -> Result<Self, PeerError> {
        let Setup { index, config, streams, codecs, is_dtls_server, cname, events, rtp } = setup;
        let wake = Arc::new(Wake::default());
        wake.set_connecting(true);
        let (closed, driver_ended) = (CancellationToken::new(), CancellationToken::new());
        let dtls_refused = CancellationToken::new();
        let shared = Arc::new(TapShared {
            streams: streams.clone(),
            demux: Default::default(),
            outbox: Mutex::default(),
            paced: Arc::new(AtomicUsize::new(0)),
            estimate: Arc::new(Estimate::new(START_RATE, MIN_RATE, MAX_RATE)),
            first_rtcp: AtomicBool::new(false),
        });
        let tap = Tap::new(Arc::clone(&shared), index, rtp, events.clone());
        let policy = if config.relay_only { RTCIceTransportPolicy::Relay } else { RTCIceTransportPolicy::All };
        let connection = PeerConnectionBuilder::new()
            .with_configuration(
                RTCConfigurationBuilder::default()
                    .with_ice_servers(ice_servers(&config.ice_servers))
                    .with_ice_transport_policy(policy)
                    .build(),
            )
            .with_media_engine(media_engine(&codecs)?)
            .with_setting_engine(settings(config, is_dtls_server))
            .with_interceptor_registry(registry(&shared, tap))
            .with_runtime(Arc::new(WakingRuntime {
                wake: Arc::clone(&wake),
                gate: config.datagram_gate.clone(),
                closed: closed.clone(),
                driver_ended: driver_ended.clone(),
                dtls_refused: dtls_refused.clone(),
            }))
            .with_handler(Arc::new(Handler { index, events: events.clone() }))
            .with_udp_addrs(vec![LocalAddresses::new(config)])
            .build()
            .await
            .map_err(|error| match error.to_string() {
                text if text.contains("no udp_sockets") => PeerError::NoInterface,
                text => PeerError::Engine(text),
            })?;
        tell_when(driver_ended, Inner { transport: index, event: InnerEvent::DriverEnded }, &closed, &events);
        tell_when(dtls_refused, Inner { transport: index, event: InnerEvent::DtlsRefused }, &closed, &events);
        let transport = Self {
            number: index,
            shared,
            wake,
            is_live: AtomicBool::new(false),
            times: Mutex::default(),
            connection: Arc::new(connection),
            addresses: LocalAddresses::new(config),
            loopback: config.loopback,
            closed,
            ice: Mutex::default(),
            streams,
        };
        for (stream, codec) in transport.streams.iter().zip(&codecs) {
            stream.payload_type_in.store(codec.payload_type, Ordering::Relaxed);
            stream.payload_type_out.store(codec.payload_type, Ordering::Relaxed);
            let init = RTCRtpTransceiverInit {
                direction: RTCRtpTransceiverDirection::Sendrecv,
                streams: Vec::new(),
                send_encodings: Vec::new(),
            };
            let track = Arc::new(TrackLocalStaticRTP::new(track(stream, codec, &cname)));
            transport.connection.add_transceiver_from_track(track, Some(init)).await.map_err(engine)?;
        }
        Ok(transport)
    }

    /// The own credentials and fingerprint, no candidates.
    pub(crate) fn credentials(&self) -> TransportDescription {
        lock(&self.ice).local.clone()
    }

    pub(crate) async fn offer(&self) -> Result<Vec<Content>, PeerError> {
        let offer = self.connection.create_offer(None).await.map_err(engine)?;
        let contents = self.own_contents(&offer.sdp)?;
        self.set_local(offer).await?;
        Ok(contents)
    }

    /// The far side's offer, restricted to this transport's contents in their order.
    pub(crate) async fn answer(&self, offer: &[(&Content, Codec)]) -> Result<Vec<Content>, PeerError> {
        let remote = self.simplify(offer)?;
        self.set_remote(remote, true).await?;
        let answer = self.connection.create_answer(None).await.map_err(engine)?;
        let contents = self.own_contents(&answer.sdp)?;
        self.set_local(answer).await?;
        self.add_candidates(offer.iter().flat_map(|(content, _)| &content.transport.candidates)).await;
        Ok(contents)
    }

    pub(crate) async fn apply_answer(&self, answer: &[(&Content, Codec)]) -> Result<(), PeerError> {
        let mut remote = self.simplify(answer)?;
        for content in &mut remote.contents {
            // RFC 5763 §5: an answer decides. One that does not is taken as the usual choice.
            if let Some(fingerprint) = content.transport.fingerprint.as_mut()
                && fingerprint.setup == DtlsSetup::ActPass
            {
                fingerprint.setup = DtlsSetup::Active;
            }
        }
        self.set_remote(remote, false).await?;
        self.add_candidates(answer.iter().flat_map(|(content, _)| &content.transport.candidates)).await;
        Ok(())
    }

    /// Candidates and perhaps new credentials. Returns the own new credentials if the far side restarts ICE.
    pub(crate) async fn apply_transport(
        &self,
        ufrag: &str,
        pwd: &str,
        candidates: &[&Candidate],
    ) -> Result<Option<TransportDescription>, PeerError> {
        let restart = {
            let ice = lock(&self.ice);
            let Some(remote) = &ice.remote else { return Err(PeerError::WrongState("no description yet")) };
            let known = remote.contents.first().map(|content| content.transport.ufrag.as_str()).unwrap_or_default();
            if ufrag.is_empty() || ufrag == known {
                None
            } else if pwd.is_empty() {
                // Candidates of another generation, whose credentials are unknown.
                return Ok(None);
            } else {
                let mut remote = remote.clone();
                for content in &mut remote.contents {
                    content.transport.ufrag = ufrag.to_owned();
                    content.transport.pwd = pwd.to_owned();
                }
                Some((remote, ice.is_restarting))
            }
        };
        let mut own = None;
        if let Some((remote, answers_ours)) = restart {
            if !answers_ours && !self.addresses.is_any() {
                return Err(PeerError::NoInterface);
            }
            self.wake.set_connecting(true);
            self.set_remote(remote, !answers_ours).await?;
            if answers_ours {
                lock(&self.ice).is_restarting = false;
            } else {
                let answer = self.connection.create_answer(None).await.map_err(engine)?;
                self.own_contents(&answer.sdp)?;
                self.next_generation();
                self.set_local(answer).await?;
                own = Some(lock(&self.ice).local.clone());
            }
        }
        self.add_candidates(candidates.iter().copied()).await;
        Ok(own)
    }

    /// Begins an ICE restart. While one waits for its answer, it is the same one.
    pub(crate) async fn restart(&self) -> Result<TransportDescription, PeerError> {
        {
            let ice = lock(&self.ice);
            if ice.remote.is_none() {
                return Err(PeerError::WrongState("nothing to restart yet"));
            }
            if ice.is_restarting {
                return Ok(ice.local.clone());
            }
        }
        if !self.addresses.is_any() {
            return Err(PeerError::NoInterface);
        }
        let options = RTCOfferOptions { ice_restart: true };
        let offer = self.connection.create_offer(Some(options)).await.map_err(engine)?;
        self.own_contents(&offer.sdp)?;
        self.next_generation();
        lock(&self.ice).is_restarting = true;
        self.wake.set_connecting(true);
        self.set_local(offer).await?;
        Ok(lock(&self.ice).local.clone())
    }

    /// The own ICE generation, for candidates.
    pub(crate) fn generation(&self) -> u32 {
        lock(&self.ice).generation
    }

    fn next_generation(&self) {
        let mut ice = lock(&self.ice);
        ice.generation += 1;
        ice.remote_candidates = 0;
        drop(ice);
        lock(&self.times).restarts += 1;
    }

    async fn set_local(&self, description: RTCSessionDescription) -> Result<(), PeerError> {
        self.connection.set_local_description(description).await.map_err(engine)?;
        let mut times = lock(&self.times);
        let now = Instant::now();
        times.local_description.get_or_insert(now);
        if lock(&self.ice).remote.is_some() {
            times.both_descriptions.get_or_insert(now);
        }
        drop(times);
        self.wake.poke();
        Ok(())
    }

    async fn set_remote(&self, remote: MediaDescription, as_offer: bool) -> Result<(), PeerError> {
        let mut shown = remote.clone();
        if as_offer && lock(&self.ice).remote.is_some() {
            // A restart does not touch DTLS, but an offer has to leave the roles open (RFC 5763 §5).
            for fingerprint in shown.contents.iter_mut().filter_map(|content| content.transport.fingerprint.as_mut()) {
                fingerprint.setup = DtlsSetup::ActPass;
            }
        }
        let text = sdp::write(&shown, true).map_err(|error| match error {
            sdp::SdpError::Fingerprint => PeerError::Fingerprint,
            sdp::SdpError::Credentials => PeerError::Unusable("ICE credentials"),
            sdp::SdpError::Empty | sdp::SdpError::TooMany | sdp::SdpError::Name | sdp::SdpError::Line(_) => {
                PeerError::Unusable("contents")
            }
        })?;
        let description =
            if as_offer { RTCSessionDescription::offer(text) } else { RTCSessionDescription::answer(text) };
        self.connection.set_remote_description(description.map_err(engine)?).await.map_err(engine)?;
        lock(&self.ice).remote = Some(remote);
        let mut times = lock(&self.times);
        if times.local_description.is_some() {
            times.both_descriptions.get_or_insert(Instant::now());
        }
        drop(times);
        self.wake.poke();
        Ok(())
    }

    async fn add_candidates(&self, candidates: impl Iterator<Item = &Candidate> + Send) {
        let lines: Vec<String> = {
            let mut ice = lock(&self.ice);
            let room = MAX_REMOTE_CANDIDATES.saturating_sub(ice.remote_candidates);
            let usable = candidates.filter(|candidate| is_usable(candidate, self.loopback));
            let lines: Vec<String> = usable.take(room).filter_map(sdp::candidate_line).collect();
            ice.remote_candidates += lines.len();
            lines
        };
        for candidate in lines {
            let init = RTCIceCandidateInit { candidate, ..Default::default() };
            if let Err(error) = self.connection.add_ice_candidate(init).await {
                tracing::debug!(%error, "candidate of the far side refused");
            }
        }
        // The engine does not wake its driver for a candidate.
        self.wake.poke();
    }

    /// Reads the engine's description: remembers credentials, gives the contents their names.
    fn own_contents(&self, text: &str) -> Result<Vec<Content>, PeerError> {
        let mut contents = sdp::read(text, true).map_err(engine)?.contents;
        for content in &mut contents {
            let stream = content.name.0.parse().ok().and_then(|mid: usize| self.streams.get(mid));
            let Some(stream) = stream else { return Err(PeerError::Engine("unknown mid".to_owned())) };
            content.name = stream.name.clone();
            content.is_screen = stream.is_screen;
            content.senders = Senders::Both;
            content.creator = Creator::Initiator;
            content.transport.candidates.clear();
            for source in &mut content.sources {
                source.parameters.retain(|parameter| matches!(parameter.name.as_str(), "cname" | "msid"));
            }
        }
        let first = contents.first().ok_or(PeerError::NothingInCommon)?;
        if first.transport.fingerprint.is_none() {
            return Err(PeerError::Engine("no own fingerprint".to_owned()));
        }
        lock(&self.ice).local = first.transport.clone();
        Ok(contents)
    }

    /// What the engine is shown of the far side; also sets who is listened to and what is sent.
    fn simplify(&self, contents: &[(&Content, Codec)]) -> Result<MediaDescription, PeerError> {
        // Bundled contents may leave out what the first one says (XEP-0338 §3).
        let with_credentials = contents.iter().find(|(content, _)| !content.transport.ufrag.is_empty());
        let first = &with_credentials.ok_or(PeerError::Unusable("ICE credentials"))?.0.transport;
        let fingerprint = acceptable(first)?;
        let transport = TransportDescription {
            ufrag: first.ufrag.clone(),
            pwd: first.pwd.clone(),
            fingerprint: Some(fingerprint),
            candidates: Vec::new(),
        };
        let mut demux = Demux::default();
        let mut shown = MediaDescription::default();
        for (content, codec) in contents {
            let position = self.streams.iter().position(|stream| stream.name == content.name);
            let mid = position.ok_or_else(|| PeerError::UnknownContent(content.name.clone()))?;
            let stream = &self.streams[mid];
            stream.payload_type_out.store(codec.payload_type, Ordering::Relaxed);
            let declared = Declared::of(content);
            if declared.primaries.is_empty() {
                demux.undeclared.push((stream.payload_type_in.load(Ordering::Relaxed), mid));
            }
            demux.by_ssrc.extend(declared.primaries.iter().map(|ssrc| (*ssrc, mid)));
            if let Some(ssrc) = declared.primaries.first() {
                stream.remote_ssrc.store(*ssrc, Ordering::Relaxed);
            }
            let (sources, source_groups) = declared.shown(mid, self.streams.len());
            let name = ContentName(mid.to_string());
            shown.bundle.push(name.clone());
            shown.contents.push(Content {
                name,
                creator: Creator::Initiator,
                senders: Senders::Both,
                kind: content.kind,
                payload_types: codec.payload_types(),
                header_extensions: codec.header_extensions(),
                rtcp_mux: true,
                feedback: Vec::new(),
                sources,
                source_groups,
                is_screen: false,
                transport: transport.clone(),
            });
        }
        *self.shared.demux.write().unwrap_or_else(PoisonError::into_inner) = demux;
        Ok(shown)
    }

    pub(crate) async fn statistics(&self) -> TransportStatistics {
        let report = self.connection.get_stats(std::time::Instant::now(), StatsSelector::None).await;
        let chosen = report.candidate_pairs().filter(|pair| pair.nominated).max_by_key(|pair| pair.bytes_received);
        // Candidates that were neither gathered nor signalled are not in the report: learnt from checks.
        let kind = |id: &str| {
            let find = |prefix: &str| report.get(&format!("{prefix}{id}"));
            let entry = find("RTCLocalIceCandidate_").or_else(|| find("RTCRemoteIceCandidate_"));
            match entry {
                Some(RTCStatsReportEntry::LocalCandidate(entry) | RTCStatsReportEntry::RemoteCandidate(entry)) => {
                    candidate_kind(entry.candidate_type)
                }
                _ => CandidateKind::PeerReflexive,
            }
        };
        let times = lock(&self.times);
        let between = |from: Option<Instant>, to: Option<Instant>| Some(to?.saturating_duration_since(from?));
        TransportStatistics {
            contents: self.streams.iter().map(|stream| stream.name.clone()).collect(),
            pair: chosen.map(|pair| (kind(&pair.local_candidate_id), kind(&pair.remote_candidate_id))),
            round_trip: chosen
                .map(|pair| pair.current_round_trip_time)
                .filter(|seconds| *seconds > 0.0 && *seconds < 3_600.0)
                .map(Duration::from_secs_f64),
            gathering: between(times.local_description, times.gathered),
            checks: between(times.both_descriptions, times.ice_connected),
            dtls: between(times.ice_connected, times.connected),
            ice_restarts: times.restarts,
        }
    }

    pub(crate) async fn close(&self) {
        self.is_live.store(false, Ordering::Release);
        self.wake.set_connecting(false);
        self.wake.set_closing();
        self.closed.cancel();
        self.wake.poke();
        if let Err(error) = self.connection.close().await {
            tracing::debug!(%error, "closing");
        }
    }
}

/// Only digests that are not known to be weak (RFC 8122 §5), of the right length.
fn acceptable(transport: &TransportDescription) -> Result<confab_model::Fingerprint, PeerError> {
    let mut fingerprint = transport.fingerprint.clone().ok_or(PeerError::Fingerprint)?;
    fingerprint.hash.make_ascii_lowercase();
    fingerprint.value.make_ascii_uppercase();
    let bytes = match fingerprint.hash.as_str() {
        "sha-256" => 32,
        "sha-384" => 48,
        "sha-512" => 64,
        _ => return Err(PeerError::Fingerprint),
    };
    let is_byte = |part: &str| part.len() == 2 && part.bytes().all(|digit| digit.is_ascii_hexdigit());
    let is_digest = fingerprint.value.split(':').count() == bytes && fingerprint.value.split(':').all(is_byte);
    if is_digest { Ok(fingerprint) } else { Err(PeerError::Fingerprint) }
}

/// The sources that a content of the far side declares (XEP-0339).
struct Declared {
    primaries: Vec<u32>,
    /// Of the first primary.
    rtx: Option<u32>,
}

impl Declared {
    fn of(content: &Content) -> Self {
        let groups = content.source_groups.iter().take(sdp::MAX_ENTRIES);
        let pairs: Vec<(u32, u32)> = groups
            .filter(|group| group.semantics.eq_ignore_ascii_case("FID"))
            .filter_map(|group| Some((*group.ssrcs.first()?, *group.ssrcs.get(1)?)))
            .collect();
        let sources = content.sources.iter().take(sdp::MAX_ENTRIES).map(|source| source.ssrc);
        let is_repair = |ssrc: &u32| pairs.iter().any(|(_, rtx)| rtx == ssrc);
        let primaries: Vec<u32> = sources.filter(|ssrc| *ssrc != 0 && !is_repair(ssrc)).collect();
        let rtx = primaries.first().and_then(|first| pairs.iter().find(|(ssrc, _)| ssrc == first)).map(|pair| pair.1);
        Self { primaries, rtx }
    }

    /// For the engine, which wants exactly one source per content, except for a single content on its own transport.
    fn shown(&self, mid: usize, contents: usize) -> (Vec<Source>, Vec<SourceGroup>) {
        let first = match self.primaries.first() {
            Some(first) => *first,
            None if contents == 1 => return (Vec::new(), Vec::new()),
            // Never on the wire: the tap tells these contents by their payload type.
            None => u32::MAX - mid as u32,
        };
        let parameter = |name: &str, value: String| CodecParameter { name: name.to_owned(), value };
        let source = |ssrc: u32| Source {
            ssrc,
            parameters: vec![parameter("cname", "remote".to_owned()), parameter("msid", format!("remote {mid}"))],
        };
        let group = |rtx: u32| SourceGroup { semantics: "FID".to_owned(), ssrcs: vec![first, rtx] };
        let mut sources = vec![source(first)];
        sources.extend(self.rtx.map(source));
        (sources, self.rtx.map(group).into_iter().collect())
    }
}

fn candidate_kind(kind: RTCIceCandidateType) -> CandidateKind {
    match kind {
        RTCIceCandidateType::Srflx => CandidateKind::ServerReflexive,
        RTCIceCandidateType::Prflx => CandidateKind::PeerReflexive,
        RTCIceCandidateType::Relay => CandidateKind::Relayed,
        _ => CandidateKind::Host,
    }
}

fn media_engine(codecs: &[Codec]) -> Result<MediaEngine, PeerError> {
    let mut media = MediaEngine::default();
    for codec in codecs {
        for entry in codec.engine_codecs() {
            media.register_codec(entry, codec.engine_kind()).map_err(engine)?;
        }
        if codec.transport_cc.is_some() {
            let extension = RTCRtpHeaderExtensionCapability { uri: TRANSPORT_CC_URI.to_owned() };
            media.register_header_extension(extension, codec.engine_kind(), None).map_err(engine)?;
        }
    }
    Ok(media)
}

fn settings(config: &PeerConfig, is_dtls_server: bool) -> webrtc::peer_connection::SettingEngine {
    // Active where there is a choice: the handshake starts with the path.
    let role = if is_dtls_server { RTCDtlsRole::Server } else { RTCDtlsRole::Client };
    let relay_wait = if config.relay_only { Duration::ZERO } else { RELAY_WAIT };
    SettingEngineBuilder::new()
        .with_ice_connection_attempts(Some(CHECK_INTERVAL), Some(MAX_CHECKS))
        .with_host_acceptance_min_wait(Some(Duration::ZERO))
        .with_srflx_acceptance_min_wait(Some(Duration::ZERO))
        .with_prflx_acceptance_min_wait(Some(Duration::ZERO))
        .with_relay_acceptance_min_wait(Some(relay_wait))
        .with_ice_timeouts(Some(DISCONNECTED_AFTER), Some(FAILED_AFTER), Some(KEEPALIVE))
        .with_answering_dtls_role(if config.role == PeerRole::Responder { role } else { RTCDtlsRole::Auto })
        .with_include_loopback_candidate(config.loopback)
        // Names are not resolved anyway, and its socket cannot be had while no interface is up: an ICE restart then
        // would end the engine.
        .with_multicast_dns_mode(MulticastDnsMode::Disabled)
        // New sockets at an ICE restart: the network has probably changed.
        .with_discard_local_candidates_during_ice_restart(true)
        .build()
}

fn registry(shared: &Arc<TapShared>, tap: Tap) -> Registry {
    let is_audio = |stream: &&Arc<Stream>| stream.kind == confab_model::MediaKind::Audio;
    let audio: HashSet<u32> = shared.streams.iter().filter(is_audio).map(|stream| stream.ssrc).collect();
    let estimate = &shared.estimate;
    let gcc = PublishedGcc::new(Arc::clone(estimate));
    let nack_generator =
        NackGeneratorBuilder::new().with_interval(NACK_INTERVAL).with_max_nacks_per_packet(MAX_NACKS).build();
    Registry::new()
        .with(Slot::CongestionControl, CongestionControlBuilder::new(gcc).build())
        .with(Slot::TwccSender, TwccSenderBuilder::new().build())
        .with(Slot::Pacer, Pacer::new(Arc::clone(estimate), audio, Arc::clone(&shared.paced)))
        .with(Slot::NackResponder, NackResponderBuilder::new().with_size(NACK_HISTORY).build())
        .with(Slot::Custom(6_500), Unrtx::default())
        .with(Slot::NackGenerator, nack_generator)
        .with(Slot::TwccReceiver, TwccReceiverBuilder::new().build())
        .with(Slot::ReceiverReport, ReceiverReportBuilder::new().build())
        .with(Slot::SenderReport, SenderReportBuilder::new().build())
        .with(Slot::Custom(20_000), tap)
}

fn track(stream: &Stream, codec: &Codec, cname: &str) -> MediaStreamTrack {
    let rtp_codec = codec.engine_codecs().into_iter().next().map(|entry| entry.rtp_codec).unwrap_or_default();
    let coding = RTCRtpEncodingParameters {
        rtp_coding_parameters: RTCRtpCodingParameters {
            rid: String::new(),
            ssrc: Some(stream.ssrc),
            rtx: codec.rtx.map(|_| RTCRtpRtxParameters { ssrc: stream.rtx_ssrc }),
            fec: None,
        },
        active: true,
        codec: rtp_codec,
        ..Default::default()
    };
    let id = format!("{:08x}", stream.ssrc);
    MediaStreamTrack::new(cname.to_owned(), id.clone(), id, codec.engine_kind(), vec![coding])
}

/// Tells what the engine keeps to itself: its driver has ended, it has refused the far side's certificate.
fn tell_when(happened: CancellationToken, event: Inner, closed: &CancellationToken, events: &mpsc::Sender<Inner>) {
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
struct Handler {
    index: usize,
    events: mpsc::Sender<Inner>,
}

impl Handler {
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
        let candidate = Candidate {
            foundation: candidate.foundation,
            component: 1,
            protocol: confab_model::CandidateProtocol::Udp,
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
        if state == RTCIceGatheringState::Complete {
            self.tell(InnerEvent::GatheringEnded).await;
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

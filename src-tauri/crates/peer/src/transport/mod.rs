//! One ICE transport: a peer connection of the engine with the contents that it carries.
//!
//! The engine is shown a simplified far side: only the agreed codec of each content, always both directions (the
//! gates of [`Stream`] do the rest, so that a changed direction needs no renegotiation), `mid` = position, and
//! nothing that it does not need. So no text of the far side reaches it except credentials, digest and addresses.

mod consent;
mod handler;
mod interceptors;
mod remote;
mod settings;
mod statistics;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use confab_model::{Candidate, Content, DtlsSetup, MediaDescription, RtpIn, Senders, TransportDescription};
use rtc::peer_connection::configuration::RTCOfferOptions;
use rtc::rtp_transceiver::{RTCRtpTransceiverDirection, RTCRtpTransceiverInit};
use tokio::sync::mpsc;
use tokio::time::Instant;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;
use webrtc::peer_connection::{
    PeerConnection, PeerConnectionBuilder, RTCConfigurationBuilder, RTCIceTransportPolicy, RTCSessionDescription,
};

use crate::chain::estimate::{Estimate, MAX_RATE, MIN_RATE, START_RATE};
use crate::chain::tap::{Tap, TapShared};
use crate::codec::Codec;
use crate::event::{Inner, InnerEvent};
use crate::network::{LocalAddresses, ice_servers};
use crate::relay::Relays;
use crate::runtime::{Wake, WakingRuntime, Wire};
use crate::stream::{Stream, lock};
use crate::{PeerConfig, PeerError, RelayFailure, sdp};

use handler::{Handler, tell_when};
pub(crate) use settings::DISCONNECTED_AFTER;

/// What a transport is made of.
pub(crate) struct Setup<'a> {
    pub(crate) index: usize,
    pub(crate) config: &'a PeerConfig,
    pub(crate) streams: Vec<Arc<Stream>>,
    /// One per stream: offered, or agreed with the offer.
    pub(crate) codecs: Vec<Codec>,
    /// The far side's offer insists on being the DTLS client (RFC 5763 §5).
    pub(crate) is_dtls_server: bool,
    /// Its content came into a session that runs.
    pub(crate) is_added: bool,
    /// Ties the contents of a session together (RFC 3550 §6.5.1).
    pub(crate) cname: String,
    pub(crate) events: mpsc::Sender<Inner>,
    pub(crate) rtp: mpsc::Sender<RtpIn>,
}

pub(crate) struct Transport {
    /// Its number in the session; numbers are not used again.
    pub(crate) number: usize,
    /// Its content came into a session that ran already.
    pub(crate) is_added: bool,
    pub(crate) streams: Vec<Arc<Stream>>,
    pub(crate) shared: Arc<TapShared>,
    pub(crate) wake: Arc<Wake>,
    /// Connected at least once and not closed.
    pub(crate) is_live: AtomicBool,
    pub(crate) times: Mutex<Times>,
    connection: Arc<dyn PeerConnection>,
    addresses: LocalAddresses,
    loopback: bool,
    wire: Arc<Wire>,
    ice: Mutex<Ice>,
}

impl std::fmt::Debug for Transport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transport").field("streams", &self.streams.len()).finish_non_exhaustive()
    }
}

impl Drop for Transport {
    fn drop(&mut self) {
        // Also when it was never finished: its tasks end.
        self.wire.closed.cancel();
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
    /// Addresses of the far side that are checked in this generation.
    remote_candidates: Vec<SocketAddr>,
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
        let Setup { index, config, streams, codecs, is_dtls_server, is_added, cname, events, rtp } = setup;
        let wake = Arc::new(Wake::default());
        wake.set_connecting(true);
        let servers = ice_servers(&config.ice_servers);
        let relays = Relays::new(servers.streams, servers.has_udp_relay, config.extra_ca.clone());
        if config.relay_only && !relays.is_any() {
            return Err(PeerError::NoRelay(RelayFailure::NoServer));
        }
        let wire = Arc::new(Wire::new(Arc::clone(&wake), config.datagram_gate.clone(), relays));
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
                    .with_ice_servers(servers.shown)
                    .with_ice_transport_policy(policy)
                    .build(),
            )
            .with_media_engine(settings::media_engine(&codecs)?)
            .with_setting_engine(settings::settings(config, is_dtls_server))
            .with_interceptor_registry(interceptors::registry(&shared, tap))
            .with_runtime(Arc::new(WakingRuntime::new(Arc::clone(&wire))))
            .with_handler(Arc::new(Handler::new(index, events.clone(), Arc::clone(&wire), config.relay_only)))
            .with_udp_addrs(vec![LocalAddresses::new(config)])
            .build()
            .await
            .map_err(|error| match error.to_string() {
                text if text.contains("no udp_sockets") => PeerError::NoInterface,
                text => PeerError::Engine(text),
            })?;
        let tell = |event| Inner { transport: index, event };
        tell_when(wire.driver_ended.clone(), tell(InnerEvent::DriverEnded), &wire.closed, &events);
        tell_when(wire.dtls_refused.clone(), tell(InnerEvent::DtlsRefused), &wire.closed, &events);
        let connection: Arc<dyn PeerConnection> = Arc::new(connection);
        tokio::spawn(consent::watch(Arc::clone(&connection), Arc::clone(&wire), index, events));
        let transport = Self {
            number: index,
            is_added,
            shared,
            wake,
            is_live: AtomicBool::new(false),
            times: Mutex::default(),
            connection,
            addresses: LocalAddresses::new(config),
            loopback: config.loopback,
            wire,
            ice: Mutex::default(),
            streams,
        };
        for (stream, codec) in transport.streams.iter().zip(&codecs) {
            transport.add(stream, codec, &cname).await?;
        }
        Ok(transport)
    }

    async fn add(&self, stream: &Stream, codec: &Codec, cname: &str) -> Result<(), PeerError> {
        stream.payload_type_in.store(codec.payload_type, Ordering::Relaxed);
        stream.payload_type_out.store(codec.payload_type, Ordering::Relaxed);
        let init = RTCRtpTransceiverInit {
            direction: RTCRtpTransceiverDirection::Sendrecv,
            streams: Vec::new(),
            send_encodings: Vec::new(),
        };
        let track = Arc::new(TrackLocalStaticRTP::new(settings::track(stream, codec, cname)));
        self.connection.add_transceiver_from_track(track, Some(init)).await.map_err(engine)?;
        Ok(())
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
            if !answers_ours {
                self.check_restartable()?;
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
        self.check_restartable()?;
        let options = RTCOfferOptions { ice_restart: true };
        let offer = self.connection.create_offer(Some(options)).await.map_err(engine)?;
        self.own_contents(&offer.sdp)?;
        self.next_generation();
        lock(&self.ice).is_restarting = true;
        self.wake.set_connecting(true);
        self.set_local(offer).await?;
        Ok(lock(&self.ice).local.clone())
    }

    /// # Errors
    /// When the engine would give up for good, or has done so.
    fn check_restartable(&self) -> Result<(), PeerError> {
        if self.wire.driver_ended.is_cancelled() {
            Err(PeerError::Ended)
        } else if !self.addresses.is_any() {
            Err(PeerError::NoInterface)
        } else {
            Ok(())
        }
    }

    /// Why there is no relay, if one was to be had.
    fn relay_failure(&self) -> Option<RelayFailure> {
        let relays = &self.wire.relays;
        if relays.is_any() { relays.outcome.failure() } else { None }
    }

    /// The far side's description is known.
    pub(crate) fn is_answered(&self) -> bool {
        lock(&self.ice).remote.is_some()
    }

    /// The own ICE generation, for candidates.
    pub(crate) fn generation(&self) -> u32 {
        lock(&self.ice).generation
    }

    fn next_generation(&self) {
        let mut ice = lock(&self.ice);
        ice.generation += 1;
        ice.remote_candidates.clear();
        drop(ice);
        self.wire.relays.outcome.begin();
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
        self.expect_checks();
        self.wake.poke();
        Ok(())
    }

    /// Once both descriptions are known.
    fn expect_checks(&self) {
        let ice = lock(&self.ice);
        if ice.remote.is_some() && !ice.local.ufrag.is_empty() {
            self.wire.expect_checks(&ice.local.ufrag);
        }
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
        self.expect_checks();
        let mut times = lock(&self.times);
        if times.local_description.is_some() {
            times.both_descriptions.get_or_insert(Instant::now());
        }
        drop(times);
        self.wake.poke();
        Ok(())
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
            content.creator = stream.creator;
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

    pub(crate) async fn close(&self) {
        self.is_live.store(false, Ordering::Release);
        self.wake.set_connecting(false);
        self.wake.set_closing();
        self.wire.closed.cancel();
        self.wake.poke();
        if let Err(error) = self.connection.close().await {
            tracing::debug!(%error, "closing");
        }
        // Streams to relays end with their sockets, or soon after `closed`.
        self.wire.relays.tasks.close();
        self.wire.relays.tasks.wait().await;
    }
}

//! What the engine is built with: codecs, timing of ICE, tracks.

use std::time::Duration;

use rtc::ice::mdns::MulticastDnsMode;
use rtc::media_stream::MediaStreamTrack;
use rtc::peer_connection::transport::RTCDtlsRole;
use rtc::rtp_transceiver::rtp_sender::{
    RTCRtpCodingParameters, RTCRtpEncodingParameters, RTCRtpHeaderExtensionCapability, RTCRtpRtxParameters,
};
use webrtc::peer_connection::{MediaEngine, SettingEngine, SettingEngineBuilder};

use super::engine;
use crate::codec::{Codec, TRANSPORT_CC_URI};
use crate::stream::Stream;
use crate::{PeerConfig, PeerError, PeerRole};

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

/// Packets of a source by which one may be late and still be taken (RFC 3711 §3.3.2: at least 64). Repairs without a stream
/// of their own come under their old numbers: at 300 packets/s those of a fifth of a second ago are too late for 64.
/// libwebrtc has 1,024 too.
const REPLAY_WINDOW: usize = 1_024;

pub(super) fn media_engine(codecs: &[Codec]) -> Result<MediaEngine, PeerError> {
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

pub(super) fn settings(config: &PeerConfig, is_dtls_server: bool) -> SettingEngine {
    // Active where there is a choice: the handshake starts with the path.
    let role = if is_dtls_server { RTCDtlsRole::Server } else { RTCDtlsRole::Client };
    let relay_wait = if config.relay_only { Duration::ZERO } else { RELAY_WAIT };
    SettingEngineBuilder::new()
        .with_ice_connection_attempts(Some(CHECK_INTERVAL), Some(MAX_CHECKS))
        .with_host_acceptance_min_wait(Some(Duration::ZERO))
        .with_srflx_acceptance_min_wait(Some(Duration::ZERO))
        .with_prflx_acceptance_min_wait(Some(Duration::ZERO))
        .with_relay_acceptance_min_wait(Some(relay_wait))
        .with_srtp_replay_protection_window(REPLAY_WINDOW)
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

pub(super) fn track(stream: &Stream, codec: &Codec, cname: &str) -> MediaStreamTrack {
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

//! The far side as the engine is shown it: simplified descriptions, candidates.

use std::net::{IpAddr, SocketAddr};
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use confab_model::{
    Candidate, CodecParameter, Content, ContentName, Creator, Fingerprint, MediaDescription, Senders, Source,
    SourceGroup, TransportDescription,
};
use webrtc::peer_connection::RTCIceCandidateInit;

use super::Transport;
use crate::chain::tap::Demux;
use crate::codec::Codec;
use crate::network::is_usable;
use crate::stream::lock;
use crate::{PeerError, sdp};

/// Remote candidates per ICE generation, and of these with one address: two interfaces, each with relays over UDP, TCP
/// and TLS, have as many. They may be addresses of somebody else (RFC 8445 §19.5.1).
const MAX_REMOTE_CANDIDATES: usize = 20;
const MAX_OF_ADDRESS: usize = 6;

impl Transport {
    pub(super) async fn add_candidates(&self, candidates: impl Iterator<Item = &Candidate> + Send) {
        let mut usable: Vec<&Candidate> = candidates.filter(|candidate| is_usable(candidate, self.loopback)).collect();
        // Where there is no room for all, for the best.
        usable.sort_by_key(|candidate| std::cmp::Reverse(candidate.priority));
        let lines: Vec<String> = {
            let known = &mut lock(&self.ice).remote_candidates;
            let is_taken = |candidate: &&Candidate| takes(known, candidate);
            usable.into_iter().filter(is_taken).filter_map(sdp::candidate_line).collect()
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

    /// What the engine is shown of the far side; also sets who is listened to and what is sent.
    pub(super) fn simplify(&self, contents: &[(&Content, Codec)]) -> Result<MediaDescription, PeerError> {
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
}

/// Whether a candidate is new and there is room for it, which it then takes.
fn takes(known: &mut Vec<SocketAddr>, candidate: &Candidate) -> bool {
    let Ok(ip) = candidate.address.parse::<IpAddr>() else { return false };
    let address = SocketAddr::new(ip.to_canonical(), candidate.port);
    let of_address = known.iter().filter(|other| other.ip() == address.ip()).count();
    let is_taken = !known.contains(&address) && known.len() < MAX_REMOTE_CANDIDATES && of_address < MAX_OF_ADDRESS;
    if is_taken {
        known.push(address);
    }
    is_taken
}

/// Only SHA-256: weaker digests prove nothing (RFC 8122 §5), stronger ones the engine cannot compute, so that its
/// handshake would fail in the end.
fn acceptable(transport: &TransportDescription) -> Result<Fingerprint, PeerError> {
    let mut fingerprint = transport.fingerprint.clone().ok_or(PeerError::Fingerprint)?;
    fingerprint.hash.make_ascii_lowercase();
    fingerprint.value.make_ascii_uppercase();
    let is_byte = |part: &str| part.len() == 2 && part.bytes().all(|digit| digit.is_ascii_hexdigit());
    let is_digest = fingerprint.value.split(':').count() == 32 && fingerprint.value.split(':').all(is_byte);
    if fingerprint.hash == "sha-256" && is_digest { Ok(fingerprint) } else { Err(PeerError::Fingerprint) }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_candidates_is_cut() {
        let candidate = |address: &str, port| Candidate {
            address: address.to_owned(),
            port,
            ..sdp::parse_candidate("1 1 udp 1 192.0.2.1 9 typ srflx").unwrap()
        };
        let mut known = Vec::new();
        let taken = (1..=100).filter(|port| takes(&mut known, &candidate("192.0.2.1", *port))).count();
        assert_eq!(taken, MAX_OF_ADDRESS);
        assert!(!takes(&mut known, &candidate("192.0.2.1", 1)), "known");
        assert!(!takes(&mut known, &candidate("::ffff:192.0.2.1", 7)), "the same address");
        let taken = (1..=100).filter(|host| takes(&mut known, &candidate(&format!("198.51.100.{host}"), 9))).count();
        assert_eq!(taken + MAX_OF_ADDRESS, MAX_REMOTE_CANDIDATES);
    }
}

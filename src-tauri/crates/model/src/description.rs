//! What two peers agree on about media: contents with codecs and transports, independent of XML and of SDP.
//!
//! `session` maps it to and from Jingle (XEP-0166, 0167, 0176, 0293, 0294, 0320, 0338, 0339), `peer` to and
//! from what the WebRTC engine wants. The call machine carries it without looking inside, except for
//! [`MediaDescription::has`].

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// Audio or video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum MediaKind {
    Audio,
    Video,
}

/// The name of a Jingle content, which is also the SDP `mid`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContentName(pub String);

impl From<&str> for ContentName {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// Who added a content (XEP-0166 §7.3, `creator`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Creator {
    Initiator,
    Responder,
}

/// Who sends in a content (XEP-0166 §7.3, `senders`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Senders {
    Both,
    Initiator,
    Responder,
    None,
}

/// All contents of one side of a session: an offer, an answer or a part of one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MediaDescription {
    pub contents: Vec<Content>,
    /// Contents that share the transport of the first one named (XEP-0338). Empty: one transport per content.
    pub bundle: Vec<ContentName>,
}

impl MediaDescription {
    /// Whether any content carries this kind of media.
    pub fn has(&self, kind: MediaKind) -> bool {
        self.contents.iter().any(|content| content.kind == kind)
    }
}

/// One stream of media with its transport.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    pub name: ContentName,
    pub creator: Creator,
    pub senders: Senders,
    pub kind: MediaKind,
    /// In order of preference. Empty in a content of which only the transport is told.
    pub payload_types: Vec<PayloadType>,
    pub header_extensions: Vec<HeaderExtension>,
    /// RTP and RTCP on one component (RFC 5761). WebRTC requires it; XEP-0167 `rtcp-mux`.
    pub rtcp_mux: bool,
    /// Feedback that holds for every payload type (XEP-0293 §3).
    pub feedback: Vec<RtcpFeedback>,
    /// Synchronisation sources that the describing side will send (XEP-0339).
    pub sources: Vec<Source>,
    pub source_groups: Vec<SourceGroup>,
    /// XEP-0507 `slides` for a screen.
    pub is_screen: bool,
    pub transport: TransportDescription,
}

impl Content {
    /// A content of which only the transport, or only the name is told: both sides may send, nothing is said of codecs.
    pub fn bare(name: ContentName, creator: Creator, kind: MediaKind, transport: TransportDescription) -> Self {
        Self {
            name,
            creator,
            senders: Senders::Both,
            kind,
            payload_types: Vec::new(),
            header_extensions: Vec::new(),
            rtcp_mux: true,
            feedback: Vec::new(),
            sources: Vec::new(),
            source_groups: Vec::new(),
            is_screen: false,
            transport,
        }
    }
}

/// XEP-0167 §5 `payload-type`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayloadType {
    /// 0..=127
    pub id: u8,
    pub name: String,
    /// Hz
    pub clock_rate: u32,
    /// 1 where the peer names none.
    pub channels: u8,
    pub parameters: Vec<CodecParameter>,
    pub feedback: Vec<RtcpFeedback>,
}

/// A format parameter. A peer may leave the name or the value out; then it is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodecParameter {
    pub name: String,
    pub value: String,
}

/// XEP-0293: `nack`, `nack pli`, `ccm fir`, `goog-remb`, `transport-cc`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RtcpFeedback {
    pub kind: String,
    pub subtype: Option<String>,
}

/// XEP-0294: an RTP header extension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderExtension {
    /// 1..=14 for the one-byte form.
    pub id: u16,
    pub uri: String,
}

/// XEP-0339 §2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    pub ssrc: u32,
    pub parameters: Vec<CodecParameter>,
}

/// XEP-0339 §3: for example semantics `FID` with the media and its retransmission source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceGroup {
    pub semantics: String,
    pub ssrcs: Vec<u32>,
}

/// XEP-0176 and XEP-0320: one ICE transport.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TransportDescription {
    /// Empty where a content is bundled on another one's transport and tells none of its own.
    pub ufrag: String,
    pub pwd: String,
    pub fingerprint: Option<Fingerprint>,
    pub candidates: Vec<Candidate>,
}

/// XEP-0320: the certificate that DTLS must present.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    /// `sha-256` and so on, lower case.
    pub hash: String,
    /// Upper-case hexadecimal bytes separated by colons.
    pub value: String,
    pub setup: DtlsSetup,
}

/// RFC 4145 §4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DtlsSetup {
    Active,
    Passive,
    ActPass,
}

/// One ICE candidate (RFC 8445, XEP-0176 §5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub foundation: String,
    /// 1 = RTP (and RTCP when multiplexed), 2 = RTCP.
    pub component: u16,
    pub protocol: CandidateProtocol,
    pub priority: u32,
    /// An IP address, or an mDNS name that ends in `.local`.
    pub address: String,
    pub port: u16,
    pub kind: CandidateKind,
    pub related: Option<(IpAddr, u16)>,
    /// RFC 6544 §4.5, for TCP candidates.
    pub tcp_type: Option<String>,
    /// Grows with every ICE restart.
    pub generation: u32,
    /// XEP-0176 `id`; empty where the peer names none.
    pub id: String,
    /// The network interface's index, 0 if unknown.
    pub network: u32,
}

/// The transport protocol of a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CandidateProtocol {
    Udp,
    Tcp,
}

/// RFC 8445 §5.1.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum CandidateKind {
    Host,
    ServerReflexive,
    PeerReflexive,
    Relayed,
}

/// What XEP-0166 does to a single content after the session has begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ContentAction {
    Add,
    Accept,
    Reject,
    Modify,
    Remove,
}

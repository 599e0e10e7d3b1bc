//! What a session is opened with.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use confab_model::{ContentName, IceServer, MediaKind};

/// Which side of the Jingle session this is (XEP-0166 §6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PeerRole {
    /// Makes the offer and is the controlling ICE agent.
    Initiator,
    /// Answers it.
    Responder,
}

/// A content that this side wants to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalContent {
    /// For a responder: the offerer's name. A content of the offer that no entry names is matched to the first free
    /// entry of its kind.
    pub name: ContentName,
    pub kind: MediaKind,
    pub sends: bool,
    pub receives: bool,
    /// XEP-0507 `slides`.
    pub is_screen: bool,
}

impl LocalContent {
    /// A microphone or camera content in both directions.
    pub fn both(name: &str, kind: MediaKind) -> Self {
        Self { name: name.into(), kind, sends: true, receives: true, is_screen: false }
    }
}

/// Says which local addresses may be used: `true` = use it.
pub type InterfaceFilter = Arc<dyn Fn(IpAddr) -> bool + Send + Sync>;

/// Decides over single datagrams: a seam for tests and benchmarks to make a bad network in the process.
/// Called on the network path: must not block.
pub trait DatagramGate: Send + Sync + fmt::Debug {
    /// Whether this outgoing datagram may go out. `false` loses it.
    fn lets_pass(&self, to: SocketAddr, datagram: &[u8]) -> bool;
}

/// How a session is opened.
#[derive(Clone)]
pub struct PeerConfig {
    pub role: PeerRole,
    pub contents: Vec<LocalContent>,
    /// For an initiator: offer all contents on one transport. Only when the far side's device advertises XEP-0338.
    /// A responder follows the offer.
    pub bundle: bool,
    pub ice_servers: Vec<IceServer>,
    /// A PEM file with authorities that are trusted for TURN over TLS beside the system's.
    pub extra_ca: Option<PathBuf>,
    /// Hide the own addresses: only relayed candidates. Without a relay the session fails at once
    /// ([`crate::PeerError::NoRelay`], [`confab_model::CallStage::Ice`]).
    pub relay_only: bool,
    /// Also use loopback addresses (tests and demo). If the machine has no other, only those.
    pub loopback: bool,
    /// In addition to what is always left out: loopback (unless asked for), link-local and unspecified addresses.
    pub interface_filter: Option<InterfaceFilter>,
    /// `None` outside of tests and benchmarks.
    pub datagram_gate: Option<Arc<dyn DatagramGate>>,
}

impl PeerConfig {
    /// A session without STUN and TURN.
    pub fn new(role: PeerRole, contents: Vec<LocalContent>) -> Self {
        Self {
            role,
            contents,
            bundle: false,
            ice_servers: Vec::new(),
            extra_ca: None,
            relay_only: false,
            loopback: false,
            interface_filter: None,
            datagram_gate: None,
        }
    }
}

impl fmt::Debug for PeerConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PeerConfig")
            .field("role", &self.role)
            .field("contents", &self.contents)
            .field("bundle", &self.bundle)
            .field("ice_servers", &self.ice_servers.len())
            .field("relay_only", &self.relay_only)
            .field("loopback", &self.loopback)
            .finish_non_exhaustive()
    }
}

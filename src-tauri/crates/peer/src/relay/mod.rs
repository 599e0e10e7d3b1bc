//! TURN servers that are reached over TCP or TLS, and what became of all TURN servers.
//!
//! The engine speaks UDP only. So each such server gets an address that is nobody's ([`PLACES`]), and what the engine
//! sends there leaves by a stream of the socket that it was sent on ([`tunnel`]): to the engine a path like any other,
//! and one allocation per local address, as over UDP.
//!
//! Owns: those streams, their TLS configuration, the reasons why there is no relay ([`outcome`]). In: the list of
//! servers, datagrams. Out: datagrams, [`RelayFailure`]. Does not: speak TURN, but for lengths and error codes.

pub(crate) mod framing;
pub(crate) mod outcome;
mod tls;
pub(crate) mod tunnel;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use tokio::sync::OnceCell;
use tokio_util::task::TaskTracker;

use outcome::Outcome;

/// How long a better way to a relay may take before the next one is tried too: UDP, then TCP, then TLS. Media over a
/// stream waits for each lost packet, so it is for networks where nothing else passes.
const HEAD_START: Duration = Duration::from_millis(400);

/// Where stream relays seem to be: reserved for ever (RFC 1112 §4) and discard-only (RFC 6666), so that no peer and no
/// server can have such an address ([`is_place`]).
const PLACES: (Ipv4Addr, Ipv6Addr) = (Ipv4Addr::new(240, 0, 0, 0), Ipv6Addr::new(0x100, 0, 0, 0, 0, 0, 0, 0));

/// A name that is nobody's either (RFC 6761 §6.4).
const NAME: &str = ".relay.invalid";

/// Why there is no relay.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RelayFailure {
    /// No TURN server is known that could be used.
    #[error("no TURN server is known")]
    NoServer,
    /// No TURN server has answered.
    #[error("no TURN server can be reached")]
    Unreachable,
    /// The certificate for TLS is wrong, or its authority is not trusted.
    #[error("the TURN server's certificate is not accepted: {0}")]
    Certificate(String),
    /// Wrong or outdated user name or password (RFC 8489 §14.8: 401, 441).
    #[error("the TURN server refuses the credentials")]
    Credentials,
    /// Another error code (RFC 8656 §19), for example 486 for too many allocations.
    #[error("the TURN server refuses with error {0}")]
    Refused(u16),
}

/// A TURN server that is reached by a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StreamRelay {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) tls: bool,
}

/// The relays of one transport.
#[derive(Debug)]
pub(crate) struct Relays {
    streams: Vec<StreamRelay>,
    has_udp: bool,
    extra_ca: Option<PathBuf>,
    tls: OnceCell<Result<Arc<ClientConfig>, RelayFailure>>,
    /// The tunnels that still run.
    pub(crate) tasks: TaskTracker,
    pub(crate) outcome: Outcome,
}

impl Relays {
    /// `has_udp`: there is a server that is reached over UDP too.
    pub(crate) fn new(streams: Vec<StreamRelay>, has_udp: bool, extra_ca: Option<PathBuf>) -> Self {
        let outcome = Outcome::default();
        Self { streams, has_udp, extra_ca, tls: OnceCell::new(), tasks: TaskTracker::new(), outcome }
    }

    /// Whether any TURN server is known.
    pub(crate) fn is_any(&self) -> bool {
        self.has_udp || !self.streams.is_empty()
    }

    /// The addresses behind a name that [`name`] gave.
    pub(crate) fn resolve(&self, host: &str, port: u16) -> Option<Vec<SocketAddr>> {
        let number: u8 = host.strip_suffix(NAME)?.parse().ok()?;
        let (mut v4, mut v6) = (PLACES.0.octets(), PLACES.1.octets());
        (v4[3], v6[15]) = (number, number);
        Some(vec![SocketAddr::from((v4, port)), SocketAddr::from((v6, port))])
    }

    pub(crate) fn at(&self, address: SocketAddr) -> Option<&StreamRelay> {
        let number = match address.ip() {
            ip if !is_place(ip) => return None,
            IpAddr::V4(ip) => ip.octets()[3],
            IpAddr::V6(ip) => ip.octets()[15],
        };
        self.streams.get(usize::from(number))
    }

    /// How long a stream to this relay waits for something better to succeed.
    fn head_start(&self, relay: &StreamRelay) -> Duration {
        let has_tcp = self.streams.iter().any(|other| !other.tls);
        HEAD_START * (u32::from(self.has_udp) + u32::from(relay.tls && has_tcp))
    }

    async fn tls(&self) -> Result<Arc<ClientConfig>, RelayFailure> {
        let load = || async {
            let extra_ca = self.extra_ca.clone();
            let loaded = tokio::task::spawn_blocking(move || tls::client_config(extra_ca.as_deref())).await;
            loaded.unwrap_or_else(|error| Err(RelayFailure::Certificate(error.to_string())))
        };
        self.tls.get_or_init(load).await.clone()
    }
}

/// The name under which the engine is told of a stream relay, by its position in the list.
pub(crate) fn name(position: u8) -> String {
    format!("{position}{NAME}")
}

/// Whether an address is one of ours and can be nobody else's.
pub(crate) fn is_place(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.octets()[0] >= PLACES.0.octets()[0],
        IpAddr::V6(address) => address.octets()[..8] == PLACES.1.octets()[..8],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relay(tls: bool) -> StreamRelay {
        StreamRelay { host: "turn.example.org".into(), port: 443, tls }
    }

    #[test]
    fn names_lead_to_places_and_places_to_relays() {
        let relays = Relays::new(vec![relay(false), relay(true)], false, None);
        for (position, expected) in [(0, Some(relay(false))), (1, Some(relay(true))), (2, None)] {
            let places = relays.resolve(&name(position), 443).unwrap();
            assert_eq!(places.len(), 2);
            for place in places {
                assert_eq!((relays.at(place), place.port()), (expected.as_ref(), 443));
            }
        }
        for host in ["turn.example.org", "relay.invalid", "x.relay.invalid", "256.relay.invalid"] {
            assert_eq!(relays.resolve(host, 443), None);
        }
        for address in ["192.0.2.1:443", "[2001:db8::1]:443", "127.0.0.1:443"] {
            assert_eq!(relays.at(address.parse().unwrap()), None);
        }
    }

    #[test]
    fn udp_comes_before_tcp_and_tcp_before_tls() {
        let only_tls = Relays::new(vec![relay(true)], false, None);
        assert_eq!(only_tls.head_start(&relay(true)), Duration::ZERO);
        let all = Relays::new(vec![relay(true), relay(false)], true, None);
        assert_eq!([all.head_start(&relay(false)), all.head_start(&relay(true))], [HEAD_START, HEAD_START * 2]);
    }
}

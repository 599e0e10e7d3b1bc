//! Local addresses, far-side candidates and ICE servers: what of them is used.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, ToSocketAddrs, UdpSocket};

use confab_model::{Candidate, CandidateProtocol, IceServer, IceServerKind};
use rtc::shared::ifaces::ifaces;
use webrtc::peer_connection::RTCIceServer;

use crate::relay::{self, StreamRelay};
use crate::{InterfaceFilter, PeerConfig};

/// Relays over TCP and TLS that are used of a list.
const MAX_STREAMS: u8 = 4;

/// The addresses to bind. Asked anew at every ICE restart, so that a changed network is followed.
#[derive(Clone)]
pub(crate) struct LocalAddresses {
    loopback: bool,
    filter: Option<InterfaceFilter>,
}

impl LocalAddresses {
    pub(crate) fn new(config: &PeerConfig) -> Self {
        Self { loopback: config.loopback, filter: config.interface_filter.clone() }
    }

    /// Whether any can be bound now. The engine gives up for good when an ICE restart finds none.
    pub(crate) fn is_any(&self) -> bool {
        self.to_socket_addrs().is_ok_and(|mut all| all.any(|address| UdpSocket::bind(address).is_ok()))
    }

    fn admits(&self, address: IpAddr) -> bool {
        let is_fit = !address.is_unspecified() && !is_link_local(address) && (self.loopback || !address.is_loopback());
        is_fit && self.filter.as_ref().is_none_or(|filter| filter(address))
    }
}

impl ToSocketAddrs for LocalAddresses {
    type Iter = std::vec::IntoIter<SocketAddr>;

    fn to_socket_addrs(&self) -> std::io::Result<Self::Iter> {
        let mut addresses: Vec<IpAddr> =
            ifaces().unwrap_or_default().into_iter().filter_map(|entry| entry.addr).map(|entry| entry.ip()).collect();
        if self.loopback {
            addresses.push(Ipv4Addr::LOCALHOST.into());
        }
        addresses.retain(|address| self.admits(*address));
        addresses.sort_unstable();
        addresses.dedup();
        Ok(addresses.into_iter().map(|address| SocketAddr::new(address, 0)).collect::<Vec<_>>().into_iter())
    }
}

/// Useless to others: IPv6 link-local addresses need a zone that a candidate cannot carry.
fn is_link_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    }
}

/// Whether a candidate of the far side can be checked. RTCP is always multiplexed, so component 2 is never used;
/// mDNS names (RFC-draft mdns-ice-candidates) are not resolved: such a peer reaches us first and is then known by the
/// address that it came from. Addresses that would turn checks against this machine or a group are refused.
pub(crate) fn is_usable(candidate: &Candidate, loopback: bool) -> bool {
    let Ok(address) = candidate.address.parse::<IpAddr>() else { return false };
    let address = address.to_canonical();
    candidate.component == 1
        && candidate.protocol == CandidateProtocol::Udp
        && candidate.port != 0
        && !address.is_unspecified()
        && !address.is_multicast()
        && address != IpAddr::V4(Ipv4Addr::BROADCAST)
        && !is_link_local(address)
        && !relay::is_place(address)
        && (loopback || !address.is_loopback())
}

/// What is used of a list of ICE servers.
#[derive(Debug, Default)]
pub(crate) struct Servers {
    /// As the engine is told.
    pub(crate) shown: Vec<RTCIceServer>,
    /// Those among them that are reached by streams.
    pub(crate) streams: Vec<StreamRelay>,
    /// There is a TURN server that is reached over UDP.
    pub(crate) has_udp_relay: bool,
}

/// ICE servers for the engine, and those that it is shown by another name because they are reached by streams.
/// STUN over TCP is left out: it tells an address that media does not use. Of TURN over DTLS nothing is known here, so
/// `turns` is TLS.
pub(crate) fn ice_servers(servers: &[IceServer]) -> Servers {
    let Servers { mut shown, mut streams, mut has_udp_relay } = Servers::default();
    for server in servers {
        // A bare IPv6 address needs brackets in a URI (RFC 7065 §3.1).
        let host = if server.host.contains(':') { format!("[{}]", server.host) } else { server.host.clone() };
        if !host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_[]:".contains(&byte)) || server.port == 0 {
            tracing::debug!("ICE server with an unusable host left out");
            continue;
        }
        let url = match (server.kind, server.tcp) {
            (IceServerKind::Stun, false) => {
                let urls = vec![format!("stun:{host}:{}", server.port)];
                shown.push(RTCIceServer { urls, ..Default::default() });
                continue;
            }
            (IceServerKind::Stun, true) => continue,
            (IceServerKind::Turn, false) => format!("turn:{host}:{}?transport=udp", server.port),
            (IceServerKind::Turn, true) | (IceServerKind::Turns, _) => {
                let position = u8::try_from(streams.len()).ok().filter(|position| *position < MAX_STREAMS);
                let Some(position) = position else { continue };
                format!("turn:{}:{}?transport=udp", relay::name(position), server.port)
            }
        };
        let credentials = |server: &IceServer| Some((server.username.clone()?, server.password.clone()?));
        // Prosody's mod_turn_external has credentials for `turn` only, and means the same server.
        let same_host = || servers.iter().filter(|other| other.host == server.host).find_map(credentials);
        let Some((username, password)) = credentials(server).or_else(same_host) else {
            tracing::debug!("TURN server without credentials left out");
            continue;
        };
        let tls = server.kind == IceServerKind::Turns;
        if server.tcp || tls {
            streams.push(StreamRelay { host: server.host.clone(), port: server.port, tls });
        } else {
            has_udp_relay = true;
        }
        shown.push(RTCIceServer { urls: vec![url], username: username.0, credential: password.0 });
    }
    Servers { shown, streams, has_udp_relay }
}

#[cfg(test)]
mod tests {
    use super::*;
    use confab_model::CandidateKind;

    fn candidate(address: &str) -> Candidate {
        Candidate {
            foundation: "1".into(),
            component: 1,
            protocol: CandidateProtocol::Udp,
            priority: 1,
            address: address.into(),
            port: 9,
            kind: CandidateKind::Host,
            related: None,
            tcp_type: None,
            generation: 0,
            id: String::new(),
            network: 0,
        }
    }

    #[test]
    fn only_candidates_that_can_be_reached_are_used() {
        for (address, expected) in [
            ("192.0.2.1", true),
            ("2001:db8::1", true),
            ("127.0.0.1", false),
            ("::ffff:127.0.0.1", false),
            ("::1", false),
            ("fe80::1", false),
            ("0.0.0.0", false),
            ("240.0.0.1", false),
            ("100::1", false),
            ("224.0.0.1", false),
            ("255.255.255.255", false),
            ("0e5a7b4c-1111-2222-3333-444455556666.local", false),
            ("", false),
        ] {
            assert_eq!(is_usable(&candidate(address), false), expected, "{address}");
        }
        assert!(is_usable(&candidate("127.0.0.1"), true));
        assert!(!is_usable(&Candidate { component: 2, ..candidate("192.0.2.1") }, false));
        assert!(!is_usable(&Candidate { port: 0, ..candidate("192.0.2.1") }, false));
        assert!(!is_usable(&Candidate { protocol: CandidateProtocol::Tcp, ..candidate("192.0.2.1") }, false));
    }

    #[test]
    fn loopback_only_when_asked() {
        let mut config = PeerConfig::new(crate::PeerRole::Initiator, Vec::new());
        let all = |config: &PeerConfig| LocalAddresses::new(config).to_socket_addrs().unwrap().collect::<Vec<_>>();
        assert!(all(&config).iter().all(|address| !address.ip().is_loopback()));
        config.loopback = true;
        config.interface_filter = Some(std::sync::Arc::new(|address| address.is_loopback() && address.is_ipv4()));
        assert_eq!(all(&config), [SocketAddr::from(([127, 0, 0, 1], 0))]);
    }

    #[test]
    fn servers_over_tcp_and_tls_go_by_other_names() {
        let server = |kind, tcp, host: &str, name: Option<&str>| IceServer {
            kind,
            host: host.to_owned(),
            port: 3478,
            tcp,
            username: name.map(|name| confab_model::Pii(name.to_owned())),
            password: name.map(|name| confab_model::Pii(name.to_owned())),
            expires_at: None,
        };
        let Servers { shown, streams, has_udp_relay } = ice_servers(&[
            server(IceServerKind::Stun, false, "2001:db8::1", None),
            server(IceServerKind::Stun, true, "a.example", None),
            server(IceServerKind::Turn, false, "a.example", Some("x")),
            server(IceServerKind::Turn, false, "without.example", None),
            server(IceServerKind::Turn, true, "b.example", Some("y")),
            server(IceServerKind::Turns, true, "evil/path", Some("y")),
            server(IceServerKind::Turns, false, "c.example", Some("z")),
            server(IceServerKind::Turns, true, "a.example", None),
        ]);
        let shown: Vec<_> = shown.iter().map(|server| (server.urls[0].as_str(), server.username.as_str())).collect();
        assert_eq!(
            shown,
            [
                ("stun:[2001:db8::1]:3478", ""),
                ("turn:a.example:3478?transport=udp", "x"),
                ("turn:0.relay.invalid:3478?transport=udp", "y"),
                ("turn:1.relay.invalid:3478?transport=udp", "z"),
                ("turn:2.relay.invalid:3478?transport=udp", "x"),
            ]
        );
        let streams: Vec<_> = streams.iter().map(|relay| (relay.host.as_str(), relay.tls)).collect();
        assert_eq!(
            (streams, has_udp_relay),
            (vec![("b.example", false), ("c.example", true), ("a.example", true)], true)
        );
    }
}

//! STUN and TURN with a real coturn, over UDP, TCP and TLS.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use confab_model::{CallStage, Candidate, CandidateKind, IceServer, IceServerKind, Pii};
use confab_peer::{DatagramGate, PeerConfig, PeerError, PeerEvent, PeerRole, RelayFailure};
use confab_testkit::turn::{TurnAccess, TurnListeners, TurnOptions, TurnServer};

use crate::pair::{Pair, Side, both, config};
use crate::restart::media_flows;

const NAME: &str = "caller";
const PASSWORD: &str = "open sesame";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Udp,
    Tcp,
    Tls,
}

const WAYS: [Way; 3] = [Way::Udp, Way::Tcp, Way::Tls];

/// `None` after saying so where there is no coturn.
fn turn_server(ways: &[Way]) -> Option<TurnServer> {
    let access = TurnAccess::User { name: NAME.into(), password: PASSWORD.into() };
    let has = |way| ways.contains(&way);
    let listeners = TurnListeners { udp: has(Way::Udp), tcp: has(Way::Tcp), tls: has(Way::Tls) };
    match TurnServer::start(TurnOptions { listeners, ..TurnOptions::new(access) }) {
        Ok(server) => Some(server),
        Err(error @ confab_testkit::Error::Missing(_)) => {
            confab_testkit::skip(&error.to_string());
            None
        }
        Err(error) => panic!("{error}"),
    }
}

fn ice_server(server: &TurnServer, way: Way) -> IceServer {
    IceServer {
        kind: if way == Way::Tls { IceServerKind::Turns } else { IceServerKind::Turn },
        host: server.address().to_string(),
        port: if way == Way::Tls { server.tls_port() } else { server.port() },
        tcp: way != Way::Udp,
        username: Some(Pii(NAME.to_owned())),
        password: Some(Pii(PASSWORD.to_owned())),
        expires_at: None,
    }
}

fn through(role: PeerRole, server: &TurnServer, ways: &[Way]) -> PeerConfig {
    let mut config = config(role, both());
    config.bundle = role == PeerRole::Initiator;
    config.relay_only = true;
    config.ice_servers = ways.iter().map(|way| ice_server(server, *way)).collect();
    config.extra_ca = Some(server.ca_file().to_owned());
    config
}

/// Who was sent datagrams.
#[derive(Debug, Default)]
struct Destinations(Mutex<HashSet<SocketAddr>>);

impl DatagramGate for Destinations {
    fn lets_pass(&self, to: SocketAddr, _: &[u8]) -> bool {
        self.0.lock().unwrap().insert(to);
        true
    }
}

async fn candidates(side: &mut Side) -> Vec<Candidate> {
    let mut all = Vec::new();
    loop {
        match side.event().await {
            PeerEvent::LocalCandidates(description) => {
                all.extend(description.contents.into_iter().flat_map(|content| content.transport.candidates));
            }
            PeerEvent::GatheringEnded => return all,
            _ => {}
        }
    }
}

async fn gathered(side: &mut Side) -> Vec<CandidateKind> {
    candidates(side).await.into_iter().map(|candidate| candidate.kind).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn relayed_calls_send_to_the_relay_only() {
    for way in WAYS {
        let Some(server) = turn_server(&[way]) else { return };
        let destinations = Arc::new(Destinations::default());
        let side = |role| {
            let mut config = through(role, &server, &[way]);
            config.datagram_gate = Some(Arc::<Destinations>::clone(&destinations));
            Side::open(config)
        };
        let mut pair = Pair { initiator: side(PeerRole::Initiator), responder: side(PeerRole::Responder) };
        pair.connect().await;
        media_flows(&mut pair, 0).await;
        for side in [&pair.initiator, &pair.responder] {
            let transports = side.peer.statistics().await.transports;
            assert_eq!(transports.len(), 1, "{way:?}");
            let (local, _) = transports[0].pair.expect("a pair");
            assert_eq!((local, &transports[0].relay_failure), (CandidateKind::Relayed, &None), "{way:?}");
        }
        // New sockets, new streams, new allocations.
        let restart = pair.initiator.peer.restart_ice().await.unwrap();
        let reply = pair.responder.peer.apply_transport(&restart).await.unwrap().expect("new credentials");
        assert_eq!(pair.initiator.peer.apply_transport(&reply).await, Ok(None));
        media_flows(&mut pair, 10_000).await;
        pair.close().await;
        // Streams do not pass the gate.
        let relay = SocketAddr::new(server.address(), server.port());
        let expected = if way == Way::Udp { HashSet::from([relay]) } else { HashSet::new() };
        assert_eq!(*destinations.0.lock().unwrap(), expected, "{way:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_udp_does_not_pass_a_stream_does() {
    let Some(server) = turn_server(&[Way::Tls]) else { return };
    let mut side = Side::open(through(PeerRole::Initiator, &server, &WAYS));
    side.peer.offer().await.unwrap();
    let is_candidate = |event: &PeerEvent| matches!(event, PeerEvent::LocalCandidates(_));
    side.until(is_candidate).await;
    assert_eq!(side.peer.statistics().await.transports[0].relay_failure, None);
    side.peer.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_credentials_are_told() {
    for way in WAYS {
        let Some(server) = turn_server(&[way]) else { return };
        let mut config = through(PeerRole::Initiator, &server, &[way]);
        config.ice_servers[0].password = Some(Pii("guess".to_owned()));
        let mut side = Side::open(config.clone());
        side.peer.offer().await.unwrap();
        side.until(|event| *event == PeerEvent::Failed(CallStage::Ice)).await;
        assert_eq!(side.log, ["GatheringEnded", "Failed(Ice)"], "{way:?}");
        let statistics = side.peer.statistics().await;
        assert_eq!(statistics.transports[0].relay_failure, Some(RelayFailure::Credentials), "{way:?}");
        side.peer.close().await;

        // Without it the call goes on, and the reason is known.
        config.relay_only = false;
        let mut side = Side::open(config);
        side.peer.offer().await.unwrap();
        assert_eq!(gathered(&mut side).await, [CandidateKind::Host]);
        let statistics = side.peer.statistics().await;
        assert_eq!(statistics.transports[0].relay_failure, Some(RelayFailure::Credentials), "{way:?}");
        side.peer.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_with_a_certificate_of_somebody_else_is_not_used() {
    let Some(server) = turn_server(&[Way::Tls]) else { return };
    let mut config = through(PeerRole::Initiator, &server, &[Way::Tls]);
    config.extra_ca = None;
    let mut side = Side::open(config);
    side.peer.offer().await.unwrap();
    side.until(|event| *event == PeerEvent::Failed(CallStage::Ice)).await;
    let failure = side.peer.statistics().await.transports[0].relay_failure.clone();
    assert!(matches!(failure, Some(RelayFailure::Certificate(_))), "{failure:?}");
    side.peer.close().await;
}

#[tokio::test]
async fn relayed_media_without_a_relay_fails_at_once() {
    let open = |ice_servers: Vec<IceServer>| {
        let mut config = config(PeerRole::Initiator, both());
        (config.relay_only, config.ice_servers) = (true, ice_servers);
        Side::open(config)
    };
    let stun = IceServer {
        kind: IceServerKind::Stun,
        host: "127.0.0.1".into(),
        port: 9,
        tcp: false,
        username: None,
        password: None,
        expires_at: None,
    };
    for servers in [Vec::new(), vec![stun.clone()]] {
        let side = open(servers);
        assert_eq!(side.peer.offer().await, Err(PeerError::NoRelay(RelayFailure::NoServer)));
        side.peer.close().await;
    }
    // Nobody listens: a refused connection tells that soon.
    let credentials = Some(Pii("x".to_owned()));
    let nobody = IceServer {
        kind: IceServerKind::Turn,
        tcp: true,
        username: credentials.clone(),
        password: credentials,
        ..stun
    };
    let mut side = open(vec![nobody]);
    side.peer.offer().await.unwrap();
    side.until(|event| *event == PeerEvent::Failed(CallStage::Ice)).await;
    let statistics = side.peer.statistics().await;
    assert_eq!(statistics.transports[0].relay_failure, Some(RelayFailure::Unreachable));
    side.peer.close().await;
}

/// Tells the test in the namespace where the server is.
#[cfg(target_os = "linux")]
const BEHIND_NAT: &str = "CONFAB_PEER_TURN_BEHIND_NAT";

/// A caller, a router that translates addresses, and a server on its other side. The caller is this test once more, in
/// a process of its own, as only processes enter namespaces.
#[cfg(target_os = "linux")]
#[test]
fn behind_nat_the_outer_address_and_the_relay_are_found() {
    use std::net::Ipv4Addr;

    if let Ok(server) = std::env::var(BEHIND_NAT) {
        return caller_behind_nat(server.parse().unwrap());
    }
    let network = match confab_testkit::netns::Network::new(2) {
        Ok(network) => network,
        Err(error) => return confab_testkit::skip(&format!("no network namespaces here: {error}")),
    };
    let [caller, far] = network.nodes() else { panic!("two nodes") };
    let rules = "add table ip nat; add chain ip nat out { type nat hook postrouting priority 100; }; \
                 add rule ip nat out oifname node2 masquerade";
    confab_testkit::process::run(network.hub().command("nft").arg(rules)).unwrap();
    let access = TurnAccess::User { name: NAME.into(), password: PASSWORD.into() };
    let server = TurnServer::start(TurnOptions {
        address: far.address.into(),
        namespace: Some(Arc::clone(&far.namespace)),
        ..TurnOptions::new(access)
    });
    let server = match server {
        Ok(server) => server,
        Err(error @ confab_testkit::Error::Missing(_)) => return confab_testkit::skip(&error.to_string()),
        Err(error) => panic!("{error}"),
    };
    assert_eq!(far.address, Ipv4Addr::new(10, 77, 2, 2));
    let mut command = caller.namespace.command(std::env::current_exe().unwrap());
    command.args(["--exact", "relay::behind_nat_the_outer_address_and_the_relay_are_found", "--nocapture"]);
    command.env(BEHIND_NAT, SocketAddr::new(server.address(), server.port()).to_string());
    let output = confab_testkit::process::run(&mut command).unwrap();
    assert!(output.contains("1 passed"), "{output}");
}

#[cfg(target_os = "linux")]
#[tokio::main(flavor = "current_thread")]
async fn caller_behind_nat(server: SocketAddr) {
    let turn = IceServer {
        kind: IceServerKind::Turn,
        host: server.ip().to_string(),
        port: server.port(),
        tcp: false,
        username: Some(Pii(NAME.to_owned())),
        password: Some(Pii(PASSWORD.to_owned())),
        expires_at: None,
    };
    let stun = IceServer { kind: IceServerKind::Stun, ..turn.clone() };
    let mut config = PeerConfig::new(PeerRole::Initiator, both());
    (config.bundle, config.ice_servers) = (true, vec![stun, turn]);
    let mut side = Side::open(config);
    side.peer.offer().await.unwrap();
    let mut found = candidates(&mut side).await;
    found.sort_by_key(|candidate| std::cmp::Reverse(candidate.priority));
    let told: Vec<_> = found.iter().map(|candidate| (candidate.kind, candidate.address.as_str())).collect();
    let expected = [
        (CandidateKind::Host, "10.77.1.2"),
        (CandidateKind::ServerReflexive, "10.77.2.1"),
        (CandidateKind::Relayed, "10.77.2.2"),
    ];
    assert_eq!(told, expected);
    let base = found[1].related.map(|(address, _)| address.to_string());
    assert_eq!(base.as_deref(), Some("10.77.1.2"));
    side.peer.close().await;
}

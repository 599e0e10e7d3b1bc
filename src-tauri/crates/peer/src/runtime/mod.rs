//! The runtime that the engine's driver runs on: tokio's, with cures (see `docs/peer.md`).
//!
//! 1. The driver sleeps until the next timer of the engine, which for ICE is a fixed tick: everything that could go
//!    on at once waits for it. Here a sleep ends early when a datagram has come while connecting, and whenever
//!    somebody has something to send ([`Wake`]).
//! 2. DTLS repeats a lost handshake datagram after 1 s only. Here each is repeated soon ([`socket`]).
//! 3. ICE checks go out as fast as the driver ticks. Here they are thinned ([`checks`]).
//! 4. Relays are reached over UDP only. Here streams stand in ([`crate::relay`]).
//! 5. Datagrams of strangers are looked at before they are refused. Here they do not come so far ([`admission`]).
//! 6. Names are resolved while the driver waits. Here not for long, and not twice.
//!
//! It also tells when the driver has ended by itself, which the engine does not.

mod admission;
mod checks;
mod socket;

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use webrtc::runtime::{
    AsyncInterval, AsyncTcpListener, AsyncTcpStream, AsyncUdpSocket, JoinHandle, Runtime, TokioRuntime,
};

use crate::DatagramGate;
use crate::relay::Relays;
use crate::stream::lock;

use admission::Admission;
use checks::CheckPacer;
use socket::WakingSocket;

/// For the name of a STUN or TURN server: the driver does nothing else meanwhile.
const RESOLVE_TIMEOUT: Duration = Duration::from_secs(2);

/// A name that led nowhere is not asked for again for so long: each question may take [`RESOLVE_TIMEOUT`]. Later, at an ICE
/// restart, the network is perhaps another one.
const RESOLVE_AGAIN: Duration = Duration::from_secs(10);

/// Ends the driver's sleep.
#[derive(Debug, Default)]
pub(crate) struct Wake {
    notify: Notify,
    /// Also wake for every datagram: from the start or an ICE restart until connected.
    connecting: AtomicBool,
    closing: AtomicBool,
}

impl Wake {
    /// Somebody put work where the driver finds it.
    pub(crate) fn poke(&self) {
        self.notify.notify_one();
    }

    /// Connecting begins (`true`) or has succeeded.
    pub(crate) fn set_connecting(&self, connecting: bool) {
        self.connecting.store(connecting, Ordering::Release);
        self.poke();
    }

    /// From now on sleeps are not cut short: closing waits for the driver with one of them.
    pub(crate) fn set_closing(&self) {
        self.closing.store(true, Ordering::Release);
    }

    pub(crate) fn is_connecting(&self) -> bool {
        self.connecting.load(Ordering::Acquire)
    }
}

/// What the runtime of a transport shares with its sockets and with the transport.
pub(crate) struct Wire {
    pub(crate) wake: Arc<Wake>,
    pub(crate) gate: Option<Arc<dyn DatagramGate>>,
    /// Cancelled when the session is closed: ends repetitions.
    pub(crate) closed: CancellationToken,
    /// Cancelled when the driver has ended.
    pub(crate) driver_ended: CancellationToken,
    /// Cancelled when the own side has given up the DTLS handshake.
    pub(crate) dtls_refused: CancellationToken,
    pub(crate) relays: Arc<Relays>,
    /// The far side no longer agrees to be sent media (RFC 7675 §5.1): only STUN goes out.
    pub(crate) is_unwanted: AtomicBool,
    checks: CheckPacer,
    admission: Admission,
}

impl Wire {
    pub(crate) fn new(wake: Arc<Wake>, gate: Option<Arc<dyn DatagramGate>>, relays: Relays) -> Self {
        Self {
            wake,
            gate,
            closed: CancellationToken::new(),
            driver_ended: CancellationToken::new(),
            dtls_refused: CancellationToken::new(),
            relays: Arc::new(relays),
            is_unwanted: AtomicBool::new(false),
            checks: CheckPacer::default(),
            admission: Admission::default(),
        }
    }

    /// From now on checks that are meant for this `ufrag` are taken.
    pub(crate) fn expect_checks(&self, ufrag: &str) {
        self.admission.expect_checks(ufrag);
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire").finish_non_exhaustive()
    }
}

/// See the module.
#[derive(Debug)]
pub(crate) struct WakingRuntime {
    pub(crate) wire: Arc<Wire>,
    /// What names have led to and when, by host. Bounded by the list of servers.
    resolved: Mutex<HashMap<String, (Vec<IpAddr>, Instant)>>,
}

impl WakingRuntime {
    pub(crate) fn new(wire: Arc<Wire>) -> Self {
        Self { wire, resolved: Mutex::default() }
    }

    async fn resolve(&self, address: &str) -> io::Result<Vec<SocketAddr>> {
        // The engine puts no brackets around IPv6 addresses of TURN servers.
        let (host, port) = address.rsplit_once(':').ok_or(io::ErrorKind::InvalidInput)?;
        let port: u16 = port.parse().map_err(|_| io::ErrorKind::InvalidInput)?;
        let host = host.trim_start_matches('[').trim_end_matches(']');
        if let Some(places) = self.wire.relays.resolve(host, port) {
            return Ok(places);
        }
        let with_port = |all: &[IpAddr]| all.iter().map(|ip| SocketAddr::new(*ip, port)).collect();
        if let Some((known, at)) = lock(&self.resolved).get(host)
            && (!known.is_empty() || at.elapsed() < RESOLVE_AGAIN)
        {
            return Ok(with_port(known));
        }
        let found = tokio::time::timeout(RESOLVE_TIMEOUT, tokio::net::lookup_host((host, port))).await;
        let found = match found {
            Ok(found) => found.map(|found| found.map(|address| address.ip()).collect::<Vec<_>>()),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        };
        let known = found.as_ref().cloned().unwrap_or_default();
        lock(&self.resolved).insert(host.to_owned(), (known, Instant::now()));
        found.map(|found| with_port(&found))
    }
}

impl Runtime for WakingRuntime {
    fn spawn(&self, future: Pin<Box<dyn Future<Output = ()> + Send>>) -> Box<dyn JoinHandle> {
        // Apart from the driver the engine spawns only active TCP connections, which are not used here.
        let ended = self.wire.driver_ended.clone().drop_guard();
        TokioRuntime.spawn(Box::pin(async move {
            let _ended = ended;
            future.await;
        }))
    }

    fn wrap_udp_socket(&self, socket: std::net::UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        let socket = TokioRuntime.wrap_udp_socket(socket)?;
        Ok(Arc::new(WakingSocket::new(socket, Arc::clone(&self.wire))?))
    }

    fn wrap_tcp_listener(&self, listener: std::net::TcpListener) -> io::Result<Arc<dyn AsyncTcpListener>> {
        TokioRuntime.wrap_tcp_listener(listener)
    }

    fn connect_tcp<'a>(
        &'a self,
        remote: SocketAddr,
    ) -> Pin<Box<dyn Future<Output = io::Result<Arc<dyn AsyncTcpStream>>> + Send + 'a>> {
        TokioRuntime.connect_tcp(remote)
    }

    fn resolve_host<'a>(
        &'a self,
        host: &'a str,
    ) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send + 'a>> {
        Box::pin(self.resolve(host))
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + 'static>> {
        if self.wire.wake.closing.load(Ordering::Acquire) {
            return TokioRuntime.sleep(duration);
        }
        let wake = Arc::clone(&self.wire.wake);
        Box::pin(async move {
            tokio::select! {
                () = tokio::time::sleep(duration) => {}
                () = wake.notify.notified() => {}
            }
        })
    }

    fn interval(&self, period: Duration) -> Box<dyn AsyncInterval> {
        TokioRuntime.interval(period)
    }

    fn block_on(&self, future: Pin<Box<dyn Future<Output = ()> + '_>>) {
        TokioRuntime.block_on(future);
    }

    fn name(&self) -> &'static str {
        "confab"
    }
}

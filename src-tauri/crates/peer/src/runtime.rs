//! The runtime that the engine's driver runs on: tokio's, with two cures (see `docs/peer.md`).
//!
//! 1. The driver sleeps until the next timer of the engine, which for ICE is a fixed tick: everything that could go
//!    on at once waits for it. Here a sleep ends early when a datagram has come while connecting, and whenever
//!    somebody has something to send ([`Wake`]).
//! 2. DTLS repeats a lost handshake datagram after 1 s only. Here each is repeated soon ([`REPEATS`]).
//!
//! It also tells when the driver has ended by itself, which the engine does not.

use std::fmt;
use std::future::Future;
use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use webrtc::runtime::{
    AsyncInterval, AsyncTcpListener, AsyncTcpStream, AsyncUdpSocket, JoinHandle, RecvMeta, Runtime, TokioRuntime,
    Transmit,
};

use crate::DatagramGate;

/// When a DTLS handshake datagram is sent again while not connected: measured at 10 % loss and 60 ms round trip it
/// halves the 95th percentile of the set-up time. Later than the usual round trip, so rarely needless.
const REPEATS: [Duration; 3] = [Duration::from_millis(60), Duration::from_millis(180), Duration::from_millis(420)];

/// Handshake datagrams that may wait for their repetition: a full flight with certificates is about six.
const MAX_REPEATING: usize = 24;

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

    fn is_connecting(&self) -> bool {
        self.connecting.load(Ordering::Acquire)
    }
}

/// See the module.
pub(crate) struct WakingRuntime {
    pub(crate) wake: Arc<Wake>,
    pub(crate) gate: Option<Arc<dyn DatagramGate>>,
    /// Cancelled when the session is closed: ends repetitions.
    pub(crate) closed: CancellationToken,
    /// Cancelled when the driver has ended.
    pub(crate) driver_ended: CancellationToken,
    /// Cancelled when the own side has given up the DTLS handshake.
    pub(crate) dtls_refused: CancellationToken,
}

impl fmt::Debug for WakingRuntime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WakingRuntime").finish_non_exhaustive()
    }
}

impl Runtime for WakingRuntime {
    fn spawn(&self, future: Pin<Box<dyn Future<Output = ()> + Send>>) -> Box<dyn JoinHandle> {
        // Apart from the driver the engine spawns only active TCP connections, which are not used here.
        let ended = self.driver_ended.clone().drop_guard();
        TokioRuntime.spawn(Box::pin(async move {
            let _ended = ended;
            future.await;
        }))
    }

    fn wrap_udp_socket(&self, socket: std::net::UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        Ok(Arc::new(WakingSocket {
            inner: TokioRuntime.wrap_udp_socket(socket)?,
            wake: Arc::clone(&self.wake),
            gate: self.gate.clone(),
            closed: self.closed.clone(),
            dtls_refused: self.dtls_refused.clone(),
            repeating: Arc::new(AtomicUsize::new(0)),
        }))
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
        Box::pin(async move { tokio::net::lookup_host(host).await.map(Iterator::collect) })
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + 'static>> {
        if self.wake.closing.load(Ordering::Acquire) {
            return TokioRuntime.sleep(duration);
        }
        let wake = Arc::clone(&self.wake);
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

/// A UDP socket that wakes the driver, repeats handshakes, and passes the [`DatagramGate`].
#[derive(Debug)]
struct WakingSocket {
    inner: Arc<dyn AsyncUdpSocket>,
    wake: Arc<Wake>,
    gate: Option<Arc<dyn DatagramGate>>,
    closed: CancellationToken,
    dtls_refused: CancellationToken,
    repeating: Arc<AtomicUsize>,
}

impl WakingSocket {
    fn repeat(&self, to: SocketAddr, datagram: &[u8]) {
        if self.repeating.fetch_add(1, Ordering::AcqRel) >= MAX_REPEATING {
            self.repeating.fetch_sub(1, Ordering::AcqRel);
            return;
        }
        let (inner, wake, gate) = (Arc::clone(&self.inner), Arc::clone(&self.wake), self.gate.clone());
        let (repeating, datagram) = (Arc::clone(&self.repeating), datagram.to_vec());
        let closed = self.closed.clone();
        tokio::spawn(async move {
            let start = tokio::time::Instant::now();
            for after in REPEATS {
                let is_closed = tokio::time::timeout_at(start + after, closed.cancelled()).await.is_ok();
                if is_closed || !wake.is_connecting() {
                    break;
                }
                if gate.as_ref().is_some_and(|gate| !gate.lets_pass(to, &datagram)) {
                    continue;
                }
                // A lost repetition is what the next one is for.
                let _ = inner.send_to(&datagram, to).await;
            }
            repeating.fetch_sub(1, Ordering::AcqRel);
        });
    }
}

/// DTLS content types change_cipher_spec and handshake (RFC 6347 §4.1), told from STUN and SRTP by RFC 7983 §7.
fn is_handshake(datagram: &[u8]) -> bool {
    matches!(datagram.first(), Some(20 | 22))
}

/// A DTLS alert other than a warning (RFC 5246 §7.2; the level can be read in epoch 0 only). The engine sends one when
/// it refuses a certificate and tells nobody else.
fn is_fatal_alert(datagram: &[u8]) -> bool {
    let is_epoch_0 = datagram.get(3..5) == Some(&[0, 0]);
    datagram.first() == Some(&21) && !(is_epoch_0 && datagram.get(13) == Some(&1))
}

impl AsyncUdpSocket for WakingSocket {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }

    fn poll_send(&self, cx: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        if self.wake.is_connecting() && is_fatal_alert(transmit.contents) {
            self.dtls_refused.cancel();
        }
        if let Some(gate) = &self.gate
            && !gate.lets_pass(transmit.destination, transmit.contents)
        {
            if self.wake.is_connecting() && is_handshake(transmit.contents) {
                self.repeat(transmit.destination, transmit.contents);
            }
            return Poll::Ready(Ok(transmit.contents.len()));
        }
        let sent = self.inner.poll_send(cx, transmit);
        if sent.is_ready()
            && self.wake.is_connecting()
            && transmit.segment_size.is_none()
            && is_handshake(transmit.contents)
        {
            self.repeat(transmit.destination, transmit.contents);
        }
        sent
    }

    fn poll_recv(
        &self,
        cx: &mut Context<'_>,
        bufs: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        let received = self.inner.poll_recv(cx, bufs, meta);
        if received.is_ready() && self.wake.is_connecting() {
            self.wake.poke();
        }
        received
    }

    fn max_gso_segments(&self) -> usize {
        // A gate looks at single datagrams.
        if self.gate.is_some() { 1 } else { self.inner.max_gso_segments() }
    }

    fn max_gro_segments(&self) -> usize {
        self.inner.max_gro_segments()
    }
}

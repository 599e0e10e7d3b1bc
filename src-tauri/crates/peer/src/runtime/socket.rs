//! A UDP socket of the engine: wakes the driver, repeats handshakes, thins ICE checks, stands in for streams to
//! relays, outlives a network that is gone for a while.

use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::Instant;
use webrtc::runtime::{AsyncUdpSocket, RecvMeta, Transmit};

use super::Wire;
use crate::relay::tunnel::Tunnels;
use crate::stun;

/// When a DTLS handshake datagram is sent again while not connected: measured at 10 % loss and 60 ms round trip it
/// halves the 95th percentile of the set-up time. Later than the usual round trip, so rarely needless.
const REPEATS: [Duration; 3] = [Duration::from_millis(60), Duration::from_millis(180), Duration::from_millis(420)];

/// Handshake datagrams that may wait for their repetition: a full flight with certificates is about six.
const MAX_REPEATING: usize = 24;

/// Until a socket whose network is gone is read again.
const READ_AGAIN: Duration = Duration::from_millis(200);

/// See the module.
#[derive(Debug)]
pub(super) struct WakingSocket {
    inner: Arc<dyn AsyncUdpSocket>,
    wire: Arc<Wire>,
    local: SocketAddr,
    tunnels: Tunnels,
    /// Whose turn it is to be read first.
    is_streams_turn: AtomicBool,
    repeating: Arc<AtomicUsize>,
}

impl WakingSocket {
    pub(super) fn new(inner: Arc<dyn AsyncUdpSocket>, wire: Arc<Wire>) -> io::Result<Self> {
        let local = inner.local_addr()?;
        let tunnels = Tunnels::new(Arc::clone(&wire.relays), local, wire.closed.clone());
        let is_streams_turn = AtomicBool::new(false);
        Ok(Self { inner, wire, local, tunnels, is_streams_turn, repeating: Arc::default() })
    }

    fn repeat(&self, to: SocketAddr, datagram: &[u8]) {
        if self.repeating.fetch_add(1, Ordering::AcqRel) >= MAX_REPEATING {
            self.repeating.fetch_sub(1, Ordering::AcqRel);
            return;
        }
        let (inner, wire) = (Arc::clone(&self.inner), Arc::clone(&self.wire));
        let (repeating, datagram) = (Arc::clone(&self.repeating), datagram.to_vec());
        tokio::spawn(async move {
            let start = Instant::now();
            for after in REPEATS {
                let is_closed = tokio::time::timeout_at(start + after, wire.closed.cancelled()).await.is_ok();
                if is_closed || !wire.wake.is_connecting() {
                    break;
                }
                if wire.gate.as_ref().is_some_and(|gate| !gate.lets_pass(to, &datagram)) {
                    continue;
                }
                // A lost repetition is what the next one is for.
                let _ = inner.send_to(&datagram, to).await;
            }
            repeating.fetch_sub(1, Ordering::AcqRel);
        });
    }

    /// Whether the far side may be sent this.
    fn is_wanted(&self, transmit: &Transmit<'_>) -> bool {
        if self.wire.is_unwanted.load(Ordering::Relaxed) {
            // Datagrams that go together are of one kind.
            let (_, inner) = stun::unwrapped(transmit.destination, transmit.contents);
            if stun::message_type(inner).is_none() {
                return false;
            }
        }
        transmit.segment_size.is_some()
            || self.wire.checks.admits(self.local, transmit.destination, transmit.contents, Instant::now())
    }

    fn send_by_stream(&self, transmit: &Transmit<'_>) -> io::Result<usize> {
        let size = transmit.segment_size.unwrap_or(transmit.contents.len()).max(1);
        for datagram in transmit.contents.chunks(size) {
            self.tunnels.send(transmit.destination, datagram)?;
        }
        Ok(transmit.contents.len())
    }

    fn poll_streams(
        &self,
        cx: &mut Context<'_>,
        bufs: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        let (Some(buffer), Some(meta)) = (bufs.first_mut(), meta.first_mut()) else { return Poll::Pending };
        loop {
            let Poll::Ready((from, datagram)) = self.tunnels.poll_recv(cx) else { return Poll::Pending };
            // A stream may carry longer ones than the engine has room for; no peer of ours sends them.
            let Some(room) = buffer.get_mut(..datagram.len()) else { continue };
            room.copy_from_slice(&datagram);
            (meta.addr, meta.len, meta.stride) = (from, datagram.len(), datagram.len().max(1));
            (meta.ecn, meta.dst_ip) = (None, None);
            return Poll::Ready(Ok(1));
        }
    }

    fn poll_datagrams(
        &self,
        cx: &mut Context<'_>,
        bufs: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        let received = self.inner.poll_recv(cx, bufs, meta);
        if let Poll::Ready(Err(error)) = &received
            && !is_transient(error)
        {
            // The engine would let go of the socket, and with the last one of the session. The network may come back,
            // and an ICE restart brings new sockets.
            tracing::debug!(%error, "a socket cannot be read");
            let waker = cx.waker().clone();
            tokio::spawn(async move {
                tokio::time::sleep(READ_AGAIN).await;
                waker.wake();
            });
            return Poll::Pending;
        }
        received
    }

    /// Looks at what has come, and takes out what is not for the engine, which leaves out empty datagrams.
    fn look_through(&self, bufs: &mut [IoSliceMut<'_>], meta: &mut [RecvMeta], count: usize) {
        let now = Instant::now();
        for (buffer, meta) in bufs.iter_mut().zip(meta).take(count) {
            let Some(datagrams) = buffer.get_mut(..meta.len) else { continue };
            meta.len = retain(datagrams, meta.stride, |datagram| self.wire.admission.admits(meta.addr, datagram));
            for datagram in datagrams[..meta.len].chunks(meta.stride.max(1)) {
                self.wire.checks.heard(self.local, meta.addr, datagram, now);
                self.wire.relays.outcome.note_received(datagram);
            }
        }
    }
}

/// Keeps some of the datagrams that came together, each of `stride` bytes but for the last, which may be shorter. Returns
/// the bytes that are left.
fn retain(datagrams: &mut [u8], stride: usize, is_wanted: impl Fn(&[u8]) -> bool) -> usize {
    let stride = stride.max(1);
    let mut kept = 0;
    for start in (0..datagrams.len()).step_by(stride) {
        let end = datagrams.len().min(start + stride);
        if is_wanted(&datagrams[start..end]) {
            datagrams.copy_within(start..end, kept);
            kept += end - start;
        }
    }
    kept
}

/// What the engine takes as passing.
fn is_transient(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::Interrupted
            | io::ErrorKind::WouldBlock
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::TimedOut
    )
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
        Ok(self.local)
    }

    fn poll_send(&self, cx: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        let Transmit { destination, contents, .. } = *transmit;
        let is_connecting = self.wire.wake.is_connecting();
        if is_connecting && is_fatal_alert(stun::unwrapped(destination, contents).1) {
            self.wire.dtls_refused.cancel();
        }
        self.wire.admission.note_sent(destination, contents);
        if !self.is_wanted(transmit) {
            return Poll::Ready(Ok(contents.len()));
        }
        self.wire.relays.outcome.note_sent(contents);
        if self.tunnels.lead_to(destination) {
            return Poll::Ready(self.send_by_stream(transmit));
        }
        let is_repeated = is_connecting && transmit.segment_size.is_none() && is_handshake(contents);
        if let Some(gate) = &self.wire.gate
            && !gate.lets_pass(destination, contents)
        {
            if is_repeated {
                self.repeat(destination, contents);
            }
            return Poll::Ready(Ok(contents.len()));
        }
        let sent = self.inner.poll_send(cx, transmit);
        if sent.is_ready() && is_repeated {
            self.repeat(destination, contents);
        }
        sent
    }

    fn poll_recv(
        &self,
        cx: &mut Context<'_>,
        bufs: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        let mut received = Poll::Pending;
        // Both are asked when the first has nothing: either may wake.
        let first = self.is_streams_turn.fetch_not(Ordering::Relaxed);
        for is_stream in [first, !first] {
            if received.is_pending() {
                received =
                    if is_stream { self.poll_streams(cx, bufs, meta) } else { self.poll_datagrams(cx, bufs, meta) };
            }
        }
        if let Poll::Ready(Ok(count)) = received {
            self.look_through(bufs, meta, count);
        }
        if received.is_ready() && self.wire.wake.is_connecting() {
            self.wire.wake.poke();
        }
        received
    }

    fn max_gso_segments(&self) -> usize {
        // A gate looks at single datagrams.
        if self.wire.gate.is_some() { 1 } else { self.inner.max_gso_segments() }
    }

    fn max_gro_segments(&self) -> usize {
        self.inner.max_gro_segments()
    }
}

#[cfg(test)]
mod tests;

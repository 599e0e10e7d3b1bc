//! Streams in place of datagrams: the way of one socket to its stream relays.
//!
//! ```text
//! engine ── poll_send ──► queue ──► TCP or TLS ──► relay
//!        ◄─ poll_recv ─── queue ◄──────────────────┘
//! ```
//!
//! A stream lives as long as its socket. One that ends is not opened again: the relay has let go of the allocation
//! with it (RFC 8656 §3.1), so that the path is lost, ICE falls silent and a restart begins with new sockets.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_util::sync::CancellationToken;

use super::framing::{padding, take};
use super::{RelayFailure, Relays, StreamRelay};
use crate::stream::lock;

/// Datagrams that may wait for a stream, half a second of 720p. When full the newest is lost, as a full link would.
const OUT_QUEUE: usize = 128;
/// Datagrams that may wait for the engine, of all streams of a socket. When full the streams wait.
const IN_QUEUE: usize = 128;
/// Name, TCP and TLS together.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Without progress in sending, a stream is given up.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
/// What the last words (an allocation is given back) may take when the session is closed.
const GOODBYE: Duration = Duration::from_millis(300);
/// Bytes read at once.
const READ: usize = 16 * 1_024;

type Received = (SocketAddr, Bytes);

/// The streams of one socket.
#[derive(Debug)]
pub(crate) struct Tunnels {
    relays: Arc<Relays>,
    /// Of the socket: the streams leave by the same interface.
    local: SocketAddr,
    closed: CancellationToken,
    open: Mutex<HashMap<SocketAddr, Tunnel>>,
    from_streams: mpsc::Sender<Received>,
    to_engine: Mutex<mpsc::Receiver<Received>>,
}

#[derive(Debug)]
struct Tunnel {
    queue: mpsc::Sender<Bytes>,
    /// The relay has said something.
    is_used: Arc<AtomicBool>,
}

impl Tunnels {
    pub(crate) fn new(relays: Arc<Relays>, local: SocketAddr, closed: CancellationToken) -> Self {
        let (from_streams, to_engine) = mpsc::channel(IN_QUEUE);
        Self { relays, local, closed, open: Mutex::default(), from_streams, to_engine: Mutex::new(to_engine) }
    }

    /// Whether datagrams to this address go by a stream.
    pub(crate) fn lead_to(&self, address: SocketAddr) -> bool {
        self.relays.at(address).is_some()
    }

    /// Opens the stream with its first datagram.
    ///
    /// # Errors
    /// While there is no relay at its end, so that the engine goes on without it. Later what cannot be sent is lost.
    pub(crate) fn send(&self, to: SocketAddr, datagram: &[u8]) -> io::Result<()> {
        let Some(relay) = self.relays.at(to) else { return Err(io::ErrorKind::AddrNotAvailable.into()) };
        let mut open = lock(&self.open);
        let tunnel = open.entry(to).or_insert_with(|| self.open(to, relay.clone()));
        match tunnel.queue.try_send(Bytes::copy_from_slice(datagram)) {
            Err(mpsc::error::TrySendError::Closed(_)) if !tunnel.is_used.load(Ordering::Relaxed) => {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }

    pub(crate) fn poll_recv(&self, cx: &mut Context<'_>) -> Poll<Received> {
        match lock(&self.to_engine).poll_recv(cx) {
            Poll::Ready(Some(received)) => Poll::Ready(received),
            // The own sender keeps the queue open.
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }

    fn open(&self, place: SocketAddr, relay: StreamRelay) -> Tunnel {
        let (queue, outgoing) = mpsc::channel(OUT_QUEUE);
        let is_used = Arc::new(AtomicBool::new(false));
        let stream = Stream {
            relays: Arc::clone(&self.relays),
            relay,
            place,
            local: self.local,
            incoming: self.from_streams.clone(),
            is_used: Arc::clone(&is_used),
        };
        let closed = self.closed.clone();
        self.relays.tasks.spawn(async move {
            let goodbye = async {
                closed.cancelled().await;
                tokio::time::sleep(GOODBYE).await;
            };
            tokio::select! {
                () = stream.run(outgoing) => {}
                () = goodbye => {}
            }
        });
        Tunnel { queue, is_used }
    }
}

struct Stream {
    relays: Arc<Relays>,
    relay: StreamRelay,
    place: SocketAddr,
    local: SocketAddr,
    incoming: mpsc::Sender<Received>,
    is_used: Arc<AtomicBool>,
}

trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

impl Stream {
    /// Ends when the socket is gone, or the relay.
    async fn run(self, outgoing: mpsc::Receiver<Bytes>) {
        tokio::select! {
            biased;
            () = self.relays.outcome.allocated() => return,
            () = tokio::time::sleep(self.relays.head_start(&self.relay)) => {}
        }
        let connected = timeout(CONNECT_TIMEOUT, self.connect()).await.unwrap_or(Err(RelayFailure::Unreachable));
        match connected {
            Ok(stream) => self.carry(stream, outgoing).await,
            Err(failure) => {
                tracing::info!(tls = self.relay.tls, %failure, "a relay cannot be had over TCP");
                self.relays.outcome.note_failure(failure);
            }
        }
    }

    async fn connect(&self) -> Result<Box<dyn Duplex>, RelayFailure> {
        let unreachable = |_| RelayFailure::Unreachable;
        let host = self.relay.host.trim_start_matches('[').trim_end_matches(']');
        let addresses = tokio::net::lookup_host((host, self.relay.port)).await.map_err(unreachable)?;
        let mut tcp = Err(RelayFailure::Unreachable);
        for address in addresses.filter(|address| address.is_ipv4() == self.local.is_ipv4()) {
            tcp = self.connect_to(address).await.map_err(unreachable);
            if tcp.is_ok() {
                break;
            }
        }
        let tcp = tcp?;
        tcp.set_nodelay(true).map_err(unreachable)?;
        if !self.relay.tls {
            return Ok(Box::new(tcp));
        }
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| RelayFailure::Certificate("its host has no name".to_owned()))?;
        let connector = TlsConnector::from(self.relays.tls().await?);
        let tls = connector.connect(name, tcp).await.map_err(|error| {
            let why = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
            match why {
                Some(rustls::Error::InvalidCertificate(why)) => RelayFailure::Certificate(why.to_string()),
                Some(_) | None => RelayFailure::Unreachable,
            }
        })?;
        Ok(Box::new(tls))
    }

    async fn connect_to(&self, address: SocketAddr) -> io::Result<TcpStream> {
        let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        // By the interface of the socket that this stream stands in for.
        socket.bind(SocketAddr::new(self.local.ip(), 0))?;
        socket.connect(address).await
    }

    async fn carry(&self, stream: Box<dyn Duplex>, outgoing: mpsc::Receiver<Bytes>) {
        let (reading, writing) = tokio::io::split(stream);
        let ended = tokio::select! {
            ended = write_all(writing, outgoing) => ended,
            ended = self.read_all(reading) => ended,
        };
        if let Err(error) = ended {
            tracing::info!(%error, "the stream to a relay has ended");
            self.relays.outcome.note_failure(RelayFailure::Unreachable);
        }
    }

    async fn read_all(&self, mut stream: impl AsyncRead + Unpin) -> io::Result<()> {
        let mut buffer = BytesMut::with_capacity(READ);
        loop {
            if stream.read_buf(&mut buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            while let Some(message) = take(&mut buffer).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))? {
                self.is_used.store(true, Ordering::Relaxed);
                if self.incoming.send((self.place, message)).await.is_err() {
                    return Ok(());
                }
            }
            buffer.reserve(READ);
        }
    }
}

/// Until the queue's other end is gone and all is written.
async fn write_all(mut stream: impl AsyncWrite + Unpin, mut queue: mpsc::Receiver<Bytes>) -> io::Result<()> {
    let mut waiting = Vec::with_capacity(OUT_QUEUE);
    while queue.recv_many(&mut waiting, OUT_QUEUE).await > 0 {
        let written = async {
            for datagram in waiting.drain(..) {
                stream.write_all(&datagram).await?;
                stream.write_all(padding(&datagram)).await?;
            }
            stream.flush().await
        };
        timeout(WRITE_TIMEOUT, written).await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
    }
    timeout(GOODBYE, stream.shutdown()).await.unwrap_or(Ok(()))
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use tokio::net::TcpListener;

    use super::*;
    use crate::stun::tests::message;
    use crate::stun::{ALLOCATE_REQUEST, ALLOCATE_SUCCESS, USERNAME};

    struct Setting {
        listener: TcpListener,
        place: SocketAddr,
        tunnels: Tunnels,
        closed: CancellationToken,
    }

    /// A relay over TCP that is this test, beside one over UDP.
    async fn setting() -> Setting {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let relay = StreamRelay { host: "127.0.0.1".into(), port, tls: false };
        let relays = Arc::new(Relays::new(vec![relay], true, None));
        let place = relays.resolve(&crate::relay::name(0), port).unwrap()[0];
        let closed = CancellationToken::new();
        let tunnels = Tunnels::new(relays, (Ipv4Addr::LOCALHOST, 0).into(), closed.clone());
        Setting { listener, place, tunnels, closed }
    }

    async fn received(tunnels: &Tunnels) -> Received {
        std::future::poll_fn(|cx| tunnels.poll_recv(cx)).await
    }

    #[tokio::test]
    async fn a_relay_over_udp_makes_a_stream_needless() {
        let Setting { listener, place, tunnels, .. } = setting().await;
        let outcome = &tunnels.relays.outcome;
        tunnels.send(place, b"anybody?").unwrap();
        outcome.note_sent(&message(ALLOCATE_REQUEST, &[(USERNAME, b"name")]));
        outcome.note_received(&message(ALLOCATE_SUCCESS, &[]));
        tunnels.relays.tasks.close();
        tunnels.relays.tasks.wait().await;
        assert_eq!(tunnels.send(place, b"anybody?").unwrap_err().kind(), io::ErrorKind::BrokenPipe);
        let accepted = futures::FutureExt::now_or_never(listener.accept());
        assert!(accepted.is_none(), "nobody has knocked");
    }

    #[tokio::test]
    async fn datagrams_go_both_ways_until_the_relay_is_gone_and_are_then_lost() {
        let Setting { listener, place, tunnels, .. } = setting().await;
        let first = message(ALLOCATE_REQUEST, &[]);
        tunnels.send(place, &first).unwrap();
        tunnels.send(place, &[0x40, 0, 0, 1, 7]).unwrap();
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut bytes = vec![0; first.len() + 8];
        stream.read_exact(&mut bytes).await.unwrap();
        assert_eq!(bytes, [first.as_slice(), &[0x40, 0, 0, 1, 7, 0, 0, 0]].concat());
        let answer = message(ALLOCATE_SUCCESS, &[]);
        stream.write_all(&answer).await.unwrap();
        stream.write_all(&[0x40, 1, 0, 2, 1, 2, 0, 0]).await.unwrap();
        assert_eq!(received(&tunnels).await, (place, answer.into()));
        assert_eq!(received(&tunnels).await, (place, vec![0x40, 1, 0, 2, 1, 2].into()));
        drop(stream);
        tunnels.relays.tasks.close();
        tunnels.relays.tasks.wait().await;
        tunnels.send(place, b"lost").unwrap();
    }

    #[tokio::test]
    async fn whoever_speaks_something_else_is_left() {
        let Setting { listener, place, tunnels, .. } = setting().await;
        tunnels.send(place, b"first").unwrap();
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"SSH-2.0-x").await.unwrap();
        tunnels.relays.tasks.close();
        tunnels.relays.tasks.wait().await;
        assert!(tunnels.send(place, b"second").is_err());
    }

    #[tokio::test]
    async fn closing_ends_streams_that_say_nothing() {
        let Setting { listener, place, tunnels, closed } = setting().await;
        tunnels.send(place, b"first").unwrap();
        let _stream = listener.accept().await.unwrap();
        closed.cancel();
        tunnels.relays.tasks.close();
        tunnels.relays.tasks.wait().await;
    }
}

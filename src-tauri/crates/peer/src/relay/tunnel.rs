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

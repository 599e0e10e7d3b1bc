//! The real connector: DNS → TCP → TLS → SASL.

use std::{path::PathBuf, sync::Arc, time::Duration};

use confab_model::{BareJid, ServerAddress, SignInFailure};
use futures::{SinkExt, StreamExt, future::BoxFuture};
use minidom::Element;
use rustls::ClientConfig;
use tokio::{
    io::{AsyncBufRead, AsyncWrite, BufStream},
    net::TcpStream,
    sync::OnceCell,
    time::timeout,
};
use tokio_rustls::client::TlsStream;
use tokio_xmpp::xmlstream::{ReadError, StreamHeader, Timeouts, XmlStream, initiate_stream};

use super::{Bounded, ConnectError, Connector, SignInRequest, SignedIn, dns, sasl, sasl2, tls};
use crate::{
    ClientIdentity, SignInToken,
    xml::{element, ns},
};

/// For everything from DNS to the end of the sign-in.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(45);
/// For one answer of the server before the stream is up, and for the handshake of TLS: one of several servers that says
/// nothing must not take the time of the others.
const STEP_TIMEOUT: Duration = Duration::from_secs(15);
/// The person waits for it, to leave.
const END_TOKEN_TIMEOUT: Duration = Duration::from_secs(10);
const STARTTLS: &str = "urn:ietf:params:xml:ns:xmpp-tls";
const STREAMS: &str = "http://etherx.jabber.org/streams";

pub(crate) type SecureIo = BufStream<TlsStream<TcpStream>>;

/// An encrypted connection on which nothing has been said yet.
pub(crate) struct SecureStream {
    pub io: SecureIo,
    /// `tls-exporter` data (RFC 9266).
    pub channel_binding: Option<Vec<u8>>,
}

/// A stream of plain elements of bounded size, as it is used before the stanza stream takes over.
pub(crate) type ElementStream<Io> = XmlStream<Bounded<Io>, Element>;

/// Connects over the network to the server of one account. Holds the TLS configuration, so that the system's
/// certificates are read once.
#[derive(Debug, Clone)]
pub struct NetworkConnector {
    jid: BareJid,
    server: Option<ServerAddress>,
    extra_ca: Option<PathBuf>,
    tls: Arc<OnceCell<Arc<ClientConfig>>>,
}

impl NetworkConnector {
    /// `server`: where to connect instead of asking DNS. `extra_ca`: a PEM file with authorities that are trusted
    /// beside the system's.
    pub fn new(jid: BareJid, server: Option<ServerAddress>, extra_ca: Option<PathBuf>) -> Self {
        Self { jid, server, extra_ca, tls: Arc::new(OnceCell::new()) }
    }

    /// Has the server forget a token of this installation (XEP-0484 §3.7), by a sign-in that goes no further. Takes 10 s at
    /// most.
    pub async fn end_token(&self, token: SignInToken, client: ClientIdentity) -> Result<(), ConnectError> {
        let request = SignInRequest {
            jid: self.jid.clone(),
            password: None,
            token: Some(token),
            client,
            proven_mechanism: None,
            avoids_sasl2: false,
            binds: false,
            ends_token: true,
        };
        match timeout(END_TOKEN_TIMEOUT, self.attempt(&request)).await {
            Ok(attempt) => attempt.map(drop),
            Err(_) => Err(SignInFailure::Unreachable { detail: "no answer in time".to_owned() }.into()),
        }
    }

    async fn attempt(&self, request: &SignInRequest) -> Result<SignedIn, ConnectError> {
        let config = self.tls_config().await?;
        let secure = connect_with(self.jid.domain().as_str(), self.server.as_ref(), config).await?;
        sign_in(secure, request).await
    }

    async fn tls_config(&self) -> Result<Arc<ClientConfig>, SignInFailure> {
        self.tls.get_or_try_init(|| load_tls_config(self.extra_ca.clone())).await.cloned()
    }
}

async fn load_tls_config(extra_ca: Option<PathBuf>) -> Result<Arc<ClientConfig>, SignInFailure> {
    tokio::task::spawn_blocking(move || tls::client_config(extra_ca.as_deref()).map(Arc::new))
        .await
        .map_err(|error| SignInFailure::Protocol { detail: error.to_string() })?
}

impl Connector for NetworkConnector {
    fn connect(&self, request: SignInRequest) -> BoxFuture<'static, Result<SignedIn, ConnectError>> {
        let this = self.clone();
        Box::pin(async move {
            let attempt = async {
                let first = this.attempt(&request).await;
                let refused = matches!(&first, Err(ConnectError { token_refused: true, .. }));
                if !refused || request.password.is_none() {
                    return first;
                }
                let with_password = SignInRequest { token: None, ..request.clone() };
                let second = this.attempt(&with_password).await;
                second
                    .map(|signed_in| SignedIn { token_refused: true, ..signed_in })
                    .map_err(|error| ConnectError { token_refused: true, ..error })
            };
            timeout(CONNECT_TIMEOUT, attempt)
                .await
                .unwrap_or_else(|_| Err(SignInFailure::Unreachable { detail: "no answer in time".to_owned() }.into()))
        })
    }
}

/// Connects and encrypts, without signing in. For registration.
pub(crate) async fn connect_securely(
    domain: &str,
    server: Option<&ServerAddress>,
    extra_ca: Option<PathBuf>,
) -> Result<SecureStream, SignInFailure> {
    let config = load_tls_config(extra_ca).await?;
    timeout(CONNECT_TIMEOUT, connect_with(domain, server, config))
        .await
        .unwrap_or_else(|_| Err(SignInFailure::Unreachable { detail: "no answer in time".to_owned() }))
}

/// Tries the domain's servers in turn. One that shows a wrong certificate ends the search: going on would hide that
/// somebody is in between. One that is broken otherwise does not; what it said is told when no other works.
async fn connect_with(
    domain: &str,
    server: Option<&ServerAddress>,
    config: Arc<ClientConfig>,
) -> Result<SecureStream, SignInFailure> {
    let domain =
        idna::domain_to_ascii(domain).map_err(|_| SignInFailure::UnknownServer { domain: domain.to_owned() })?;
    let targets = dns::targets(&domain, server).await?;
    connect_to_first(&targets, &domain, config).await
}

async fn connect_to_first(
    targets: &[dns::Target],
    domain: &str,
    config: Arc<ClientConfig>,
) -> Result<SecureStream, SignInFailure> {
    let mut failure = None;
    for target in targets {
        match connect_to(target, domain, config.clone()).await {
            Ok(secure) => return Ok(secure),
            Err(why @ SignInFailure::Certificate { .. }) => return Err(why),
            Err(why) => failure = Some(more_telling(failure, why)),
        }
    }
    Err(failure.unwrap_or_else(|| SignInFailure::UnknownServer { domain: domain.to_owned() }))
}

async fn connect_to(
    target: &dns::Target,
    domain: &str,
    config: Arc<ClientConfig>,
) -> Result<SecureStream, SignInFailure> {
    let tcp = dns::connect(target).await?;
    let tcp = if target.direct_tls { tcp } else { starttls(tcp, domain).await? };
    let handshake = timeout(STEP_TIMEOUT, tls::handshake(tcp, domain, config, target.direct_tls));
    let (stream, channel_binding) = handshake.await.unwrap_or_else(|_| Err(silent()))?;
    Ok(SecureStream { io: BufStream::new(stream), channel_binding })
}

/// What a server said is worth more than that another one could not be reached.
fn more_telling(before: Option<SignInFailure>, now: SignInFailure) -> SignInFailure {
    let is_silence =
        |why: &SignInFailure| matches!(why, SignInFailure::Unreachable { .. } | SignInFailure::UnknownServer { .. });
    match before {
        Some(before) if !is_silence(&before) || is_silence(&now) => before,
        _ => now,
    }
}

/// RFC 6120 §5. A server that does not offer it is refused, never talked to in the clear.
async fn starttls(tcp: TcpStream, domain: &str) -> Result<TcpStream, SignInFailure> {
    let (features, mut stream) = open_stream(BufStream::new(tcp), domain, None).await?;
    if !features.has_child("starttls", STARTTLS) {
        return Err(SignInFailure::NoEncryption);
    }
    send(&mut stream, &element("starttls", STARTTLS)).await?;
    let answer = read_element(&mut stream).await?;
    if !answer.is("proceed", STARTTLS) {
        return Err(SignInFailure::NoEncryption);
    }
    // What may have been read ahead is thrown away with the buffer: it was not encrypted (CVE-2011-0411).
    Ok(stream.into_inner().into_inner().into_inner())
}

/// Opens a stream and reads its features.
pub(crate) async fn open_stream<Io: AsyncBufRead + AsyncWrite + Unpin>(
    io: Io,
    domain: &str,
    from: Option<&BareJid>,
) -> Result<(Element, ElementStream<Io>), SignInFailure> {
    let header = StreamHeader {
        to: Some(domain.to_owned().into()),
        // RFC 6120 §4.7.1: told only once the stream is encrypted.
        from: from.map(|jid| jid.to_string().into()),
        id: None,
    };
    let timeouts = Timeouts { read_timeout: STEP_TIMEOUT, response_timeout: STEP_TIMEOUT };
    let opened = timeout(STEP_TIMEOUT, initiate_stream(Bounded::new(io), ns::CLIENT, header, timeouts)).await;
    let mut stream = match opened {
        Ok(Ok(pending)) => pending.skip_features(),
        Ok(Err(error)) => return Err(broken(&error)),
        Err(_) => return Err(silent()),
    };
    let features = read_element(&mut stream).await?;
    if !features.is("features", STREAMS) {
        return Err(SignInFailure::Protocol { detail: format!("<{}/> instead of features", features.name()) });
    }
    Ok((features, stream))
}

fn broken(error: &std::io::Error) -> SignInFailure {
    match error.kind() {
        std::io::ErrorKind::InvalidData => SignInFailure::Protocol { detail: error.to_string() },
        _ => SignInFailure::Unreachable { detail: error.to_string() },
    }
}

fn silent() -> SignInFailure {
    SignInFailure::Unreachable { detail: "the server does not answer".to_owned() }
}

/// Sends one element.
pub(super) async fn send<Io: AsyncBufRead + AsyncWrite + Unpin>(
    stream: &mut ElementStream<Io>,
    element: &Element,
) -> Result<(), SignInFailure> {
    match timeout(STEP_TIMEOUT, stream.send(element)).await {
        Ok(result) => result.map_err(|error| broken(&error)),
        Err(_) => Err(silent()),
    }
}

/// Reads the next element. A stream error becomes a failure.
pub(crate) async fn read_element<Io: AsyncBufRead + AsyncWrite + Unpin>(
    stream: &mut ElementStream<Io>,
) -> Result<Element, SignInFailure> {
    loop {
        let next = timeout(STEP_TIMEOUT, stream.next()).await.map_err(|_| silent())?;
        return match next {
            Some(Ok(element)) if element.is("error", STREAMS) => Err(stream_failure(&element)),
            Some(Ok(element)) => Ok(element),
            Some(Err(ReadError::SoftTimeout)) => continue,
            Some(Err(ReadError::HardError(error))) => Err(broken(&error)),
            Some(Err(ReadError::ParseError(error))) => Err(SignInFailure::Protocol { detail: error.to_string() }),
            Some(Err(ReadError::StreamFooterReceived)) | None => {
                Err(SignInFailure::ServerClosed { detail: "the server closed the stream".to_owned() })
            }
        };
    }
}

/// The condition and the words of a stream error (RFC 6120 §4.9.2).
pub(crate) fn stream_condition(error: &Element) -> (&str, String) {
    const CONDITIONS: &str = "urn:ietf:params:xml:ns:xmpp-streams";
    let text = error.get_child("text", CONDITIONS).map(Element::text).unwrap_or_default();
    let condition = error.children().find(|child| child.has_ns(CONDITIONS) && child.name() != "text");
    (condition.map_or("undefined-condition", Element::name), text)
}

/// What a stream error means (RFC 6120 §4.9.3).
pub(crate) fn stream_failure(error: &Element) -> SignInFailure {
    let (condition, text) = stream_condition(error);
    match condition {
        "conflict" => SignInFailure::Replaced,
        "host-unknown" | "host-gone" => SignInFailure::UnknownServer { domain: text },
        _ if text.is_empty() => SignInFailure::ServerClosed { detail: condition.to_owned() },
        _ => SignInFailure::ServerClosed { detail: text },
    }
}

async fn sign_in(secure: SecureStream, request: &SignInRequest) -> Result<SignedIn, ConnectError> {
    let domain = request.jid.domain().as_str();
    let (features, stream) = open_stream(secure.io, domain, Some(&request.jid)).await?;
    let binding = secure.channel_binding;
    let avoids_sasl2 = request.avoids_sasl2 && request.password.is_some();
    if let Some(offer) = sasl2::Offer::read(&features).filter(|_| !avoids_sasl2) {
        return sasl2::authenticate(stream, &offer, binding.as_deref(), request).await;
    }
    let (io, mechanism) = sasl::authenticate(stream, &features, binding.as_deref(), request).await?;
    let (io, mechanism, token_refused) = (Box::new(io), Some(mechanism), request.token.is_some());
    Ok(SignedIn { io, opening: None, token: None, token_refused, mechanism, bound: None })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use tokio::net::TcpListener;

    use super::*;

    #[test]
    fn what_a_server_said_is_told_rather_than_silence() {
        let silent = || SignInFailure::Unreachable { detail: "x".to_owned() };
        let broken = || SignInFailure::Protocol { detail: "y".to_owned() };
        assert_eq!(more_telling(None, silent()), silent());
        assert_eq!(more_telling(Some(silent()), broken()), broken());
        assert_eq!(more_telling(Some(broken()), silent()), broken());
        assert_eq!(more_telling(Some(broken()), SignInFailure::NoEncryption), broken());
    }

    /// A place that says this to everybody, and tells of each who came.
    async fn place(text: &'static [u8], direct_tls: bool) -> (dns::Target, tokio::sync::mpsc::UnboundedReceiver<()>) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (came, guests) = tokio::sync::mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((mut connection, _)) = listener.accept().await {
                let _ = came.send(());
                let _ = tokio::io::AsyncWriteExt::write_all(&mut connection, text).await;
            }
        });
        (dns::Target { host: "127.0.0.1".to_owned(), port, direct_tls }, guests)
    }

    #[tokio::test]
    async fn a_silent_target_does_not_hide_the_others() {
        let config = load_tls_config(None).await.unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let silent = dns::Target { host: "127.0.0.1".to_owned(), port, direct_tls: true };
        let (last, mut guests) = place(b"", false).await;
        let connecting =
            tokio::spawn(async move { connect_to_first(&[silent, last], "example.org", config).await.err() });
        let (mut held, _) = listener.accept().await.unwrap();
        // The handshake has begun.
        tokio::io::AsyncReadExt::read_u8(&mut held).await.unwrap();
        tokio::time::pause();
        tokio::time::advance(STEP_TIMEOUT).await;
        tokio::time::resume();
        guests.recv().await.unwrap();
        assert!(connecting.await.unwrap().is_some());
    }

    #[tokio::test]
    async fn a_broken_target_does_not_hide_the_others() {
        let config = load_tls_config(None).await.unwrap();
        let (plain, _) = place(b"HTTP/1.1 400 Bad Request\r\n\r\n", false).await;
        let (direct, _) = place(b"HTTP/1.1 400 Bad Request\r\n\r\n", true).await;
        let (last, mut guests) = place(b"", false).await;
        let failure = connect_to_first(&[plain, direct, last], "example.org", config).await.err();
        assert!(matches!(failure, Some(SignInFailure::Protocol { .. })), "{failure:?}");
        assert_eq!(guests.try_recv(), Ok(()), "the last was not tried");
    }
}

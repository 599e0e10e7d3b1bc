//! From an address to a signed-in stream.
//!
//! [`Connector`] is the seam: [`NetworkConnector`] goes over DNS, TCP, TLS and SASL; the transcripts of the tests
//! hand over one end of a pipe. What comes out is a byte stream on which the stanza stream of tokio-xmpp binds,
//! enables or resumes stream management. Reconnecting is the actor's.

mod bind2;
mod bounded;
mod dns;
mod network;
mod sasl;
mod sasl2;
pub(crate) mod scanner;
pub(crate) mod scram;
mod tls;
pub(crate) mod wire;

use confab_model::{BareJid, Pii, SignInFailure};
use futures::future::BoxFuture;
use tokio_xmpp::connect::AsyncReadAndWrite;

use crate::{ClientIdentity, SignInToken};

pub use bind2::Bound;
pub(crate) use bounded::Bounded;
pub use network::NetworkConnector;
pub(crate) use network::{
    ElementStream, connect_securely, open_stream, read_element, stream_condition, stream_failure,
};
pub use tls::client_config as tls_config;

/// What a sign-in proves itself with.
#[derive(Debug, Clone)]
pub struct SignInRequest {
    pub jid: BareJid,
    /// Tried when there is no token, or when the server refuses it.
    pub password: Option<Pii<String>>,
    pub token: Option<SignInToken>,
    pub client: ClientIdentity,
    /// A weaker mechanism is not used for the password; see [`SessionConfig`](crate::SessionConfig).
    pub proven_mechanism: Option<String>,
    /// SASL2 is not used even if it is offered, as long as there is a password; see [`SessionConfig`](crate::SessionConfig).
    pub avoids_sasl2: bool,
    /// There is no session that could be resumed: a resource may be bound on the way (XEP-0386).
    pub binds: bool,
    /// The last time that the token is used: the server forgets it (XEP-0484 §3.7).
    pub ends_token: bool,
}

/// A stream that is secured and signed in.
pub struct SignedIn {
    pub io: Box<dyn AsyncReadAndWrite + Send>,
    /// After SASL2 the stream goes on without being opened again: header and features as the server sent them.
    pub opening: Option<Vec<u8>>,
    /// A new token that the server issued.
    pub token: Option<SignInToken>,
    /// The token of the request was refused; the password did it.
    pub token_refused: bool,
    /// The mechanism by which the password was proven; `None` for a token.
    pub mechanism: Option<&'static str>,
    /// A resource was bound on the way. `None`: it is done the ordinary way (RFC 6120 §7), or the old session resumed.
    pub bound: Option<Bound>,
}

impl std::fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedIn").field("token_refused", &self.token_refused).finish_non_exhaustive()
    }
}

/// A connection or sign-in that did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{failure:?}")]
pub struct ConnectError {
    pub failure: SignInFailure,
    /// The token was refused and there was no password to go on with.
    pub token_refused: bool,
}

impl From<SignInFailure> for ConnectError {
    fn from(failure: SignInFailure) -> Self {
        Self { failure, token_refused: false }
    }
}

/// Makes one connection per call. Called again for every reconnect.
pub trait Connector: Send + Sync + 'static {
    /// Connects and signs in. Must end by itself within 60 s; may be cancelled at any point.
    fn connect(&self, request: SignInRequest) -> BoxFuture<'static, Result<SignedIn, ConnectError>>;
}

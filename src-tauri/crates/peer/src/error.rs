//! Why an operation on a session failed.

use confab_model::ContentName;

use crate::RelayFailure;

/// Why an operation failed. None of them ends the session by itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeerError {
    /// The operation does not fit the session's role or state.
    #[error("not possible now: {0}")]
    WrongState(&'static str),
    /// The far side's description cannot be used at all.
    #[error("unusable description: {0}")]
    Unusable(&'static str),
    /// No content is left that both sides can do.
    #[error("no content in common")]
    NothingInCommon,
    /// The description refers to a content that the session does not have.
    #[error("unknown content {}", .0.0)]
    UnknownContent(ContentName),
    /// A description without a fingerprint, or with one that is not SHA-256: weaker ones prove nothing
    /// (RFC 8122 §5), stronger ones the engine does not know.
    #[error("no usable certificate fingerprint")]
    Fingerprint,
    /// No local address may be used.
    #[error("no usable network interface")]
    NoInterface,
    /// Only relayed media was asked for, and there is no relay.
    #[error("{0}")]
    NoRelay(RelayFailure),
    /// The engine has given up a transport of the session: only a new session helps.
    #[error("a transport has ended")]
    Ended,
    /// The session is closed.
    #[error("closed")]
    Closed,
    /// The engine refused; the text is for logs.
    #[error("peer connection: {0}")]
    Engine(String),
}

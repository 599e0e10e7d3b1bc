//! Why an operation on a session failed.

use confab_model::ContentName;

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
    /// A description without a fingerprint, or with one weaker than SHA-256 (RFC 8122 §5).
    #[error("no acceptable certificate fingerprint")]
    Fingerprint,
    /// No local address may be used.
    #[error("no usable network interface")]
    NoInterface,
    /// The session is closed.
    #[error("closed")]
    Closed,
    /// The engine refused; the text is for logs.
    #[error("peer connection: {0}")]
    Engine(String),
}

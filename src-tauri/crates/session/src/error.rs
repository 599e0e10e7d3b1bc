//! Why an operation of the session did not succeed.

/// A message could not be handed to the stream.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// No stream at the moment. Keep it in the outbox and send it again after the next
    /// [`SessionEvent::Online`](crate::SessionEvent::Online).
    #[error("not online")]
    NotOnline,
    /// More than the queue to the server holds: the server does not take what is sent. Keep it as above.
    #[error("the queue to the server is full")]
    QueueFull,
    /// It cannot be written as a stanza, for example because of a character that XML forbids.
    #[error("not a valid stanza: {0}")]
    Invalid(String),
    /// Longer than the server takes: `limit` octets (XEP-0478, or what it ended a stream over). It was not sent, and never will be.
    #[error("longer than the {limit} octets that the server takes")]
    TooLarge { limit: usize },
    /// The session has ended.
    #[error("the session has ended")]
    Closed,
}

/// A request got no useful answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    #[error("not online")]
    NotOnline,
    #[error("the queue to the server is full")]
    QueueFull,
    #[error("not a valid stanza: {0}")]
    Invalid(String),
    /// No answer in time (30 s, also when the stream is down for them), or the stream was lost for good before it came:
    /// whether the request took effect is unknown.
    #[error("no answer in time")]
    Timeout,
    /// The other side answered with an error.
    #[error("refused: {0}")]
    Refused(IqError),
    /// The answer was not what the protocol says.
    #[error("unexpected answer: {0}")]
    Unexpected(String),
    /// Longer than the server takes: `limit` octets.
    #[error("longer than the {limit} octets that the server takes")]
    TooLarge { limit: usize },
    /// The server lacks what is needed, named by the protocol's feature.
    #[error("the server does not support {0}")]
    Unsupported(&'static str),
    #[error("the session has ended")]
    Closed,
}

impl From<SendError> for RequestError {
    fn from(error: SendError) -> Self {
        match error {
            SendError::NotOnline => Self::NotOnline,
            SendError::QueueFull => Self::QueueFull,
            SendError::Invalid(detail) => Self::Invalid(detail),
            SendError::TooLarge { limit } => Self::TooLarge { limit },
            SendError::Closed => Self::Closed,
        }
    }
}

/// A stanza error (RFC 6120 §8.3).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{condition}{}", after_colon(text))]
pub struct IqError {
    /// The defined condition, for example `item-not-found`; `undefined-condition` where none was given.
    pub condition: String,
    /// The application-specific condition, for example Jingle's `unknown-session`.
    pub application: Option<String>,
    /// The other side's words, possibly empty.
    pub text: String,
}

/// Registration did not succeed (XEP-0077 §3.1). Everything is something that a person can act on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegistrationError {
    /// The server could not be reached or not be trusted.
    #[error("{0:?}")]
    Connection(confab_model::SignInFailure),
    /// The server does not offer registration.
    #[error("the server does not allow new accounts from here{}", after_colon(.0))]
    NotOffered(String),
    /// `conflict`: somebody has this name.
    #[error("this name is taken")]
    NameTaken,
    /// `not-acceptable`: something was left out or did not fit the server's rules.
    #[error("the server did not accept the answers{}", after_colon(.0))]
    NotAcceptable(String),
    /// `resource-constraint`, `policy-violation`: too many registrations; try later.
    #[error("the server asks to wait before trying again{}", after_colon(.0))]
    TryLater(String),
    /// `not-allowed`, `forbidden`: wrong captcha, no invitation or closed registration.
    #[error("the server refused{}", after_colon(.0))]
    Refused(String),
    #[error("no answer in time")]
    Timeout,
    /// The server said something that is not XEP-0077.
    #[error("unexpected answer: {0}")]
    Unexpected(String),
}

fn after_colon(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(": {text}") }
}

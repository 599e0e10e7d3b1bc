//! [`MediaDescription`] ⇄ SDP (RFC 8866, 8829, 8839, 8122, 5576), the language of the engine.
//!
//! Pure functions. A content's name is its `mid`. What SDP cannot say of a content (creator, category, whose
//! direction is meant) is not part of the text: [`read`] leaves the defaults, [`write`] ignores them.
//! Not an SDP implementation for the network: it writes what the engine reads and reads what the engine writes, but
//! it takes any text without panicking, and never lets a string break out of its line.

mod candidate;
mod read;
mod write;

pub use candidate::{candidate_line, parse_candidate};
pub use read::read;
pub use write::write;

/// Contents of a description that are looked at. More than any real session has; bounds hostile input.
pub const MAX_CONTENTS: usize = 16;
/// Payload types, header extensions, feedback entries and sources per content that are looked at.
pub const MAX_ENTRIES: usize = 128;
/// Candidates per content that are looked at.
pub const MAX_CANDIDATES: usize = 64;
/// Bytes of a single name, value or parameter.
pub const MAX_TEXT: usize = 512;

/// A description that cannot be said in SDP, or a text that is not SDP.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SdpError {
    #[error("no content")]
    Empty,
    #[error("more than {MAX_CONTENTS} contents")]
    TooMany,
    #[error("a content name cannot be a mid")]
    Name,
    #[error("ICE credentials are missing or unusable")]
    Credentials,
    #[error("the fingerprint is missing or unusable")]
    Fingerprint,
    #[error("line {0} is not understood")]
    Line(usize),
}

/// Who sends, seen from the side that the text describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    SendRecv,
    SendOnly,
    RecvOnly,
    Inactive,
}

impl Direction {
    fn as_str(self) -> &'static str {
        match self {
            Self::SendRecv => "sendrecv",
            Self::SendOnly => "sendonly",
            Self::RecvOnly => "recvonly",
            Self::Inactive => "inactive",
        }
    }

    /// The direction of the initiator's or the responder's text (XEP-0166 §7.3 against RFC 8866 §6.7).
    pub fn of(senders: confab_model::Senders, by_initiator: bool) -> Self {
        use confab_model::Senders;
        match (senders, by_initiator) {
            (Senders::Both, _) => Self::SendRecv,
            (Senders::None, _) => Self::Inactive,
            (Senders::Initiator, true) | (Senders::Responder, false) => Self::SendOnly,
            (Senders::Initiator, false) | (Senders::Responder, true) => Self::RecvOnly,
        }
    }

    /// The other way round.
    pub fn senders(self, by_initiator: bool) -> confab_model::Senders {
        use confab_model::Senders;
        match (self, by_initiator) {
            (Self::SendRecv, _) => Senders::Both,
            (Self::Inactive, _) => Senders::None,
            (Self::SendOnly, true) | (Self::RecvOnly, false) => Senders::Initiator,
            (Self::SendOnly, false) | (Self::RecvOnly, true) => Senders::Responder,
        }
    }
}

/// Visible ASCII without white space: what may stand as one word on an SDP line.
pub(crate) fn is_word(text: &str) -> bool {
    !text.is_empty() && text.len() <= MAX_TEXT && text.bytes().all(|byte| byte.is_ascii_graphic())
}

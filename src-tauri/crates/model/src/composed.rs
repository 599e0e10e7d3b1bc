//! A message as it travels: what the session reads and writes and the store keeps, without its history.

use serde_json::Value;

use crate::{Forwarded, Location, Mention, Pii};

/// The id by which a message is named to others: the sender's in a conversation of two, the room's (XEP-0359
/// `stanza-id`) in a group; for [`Change::Edit`] always the sender's (XEP-0308 §4).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct WireId(pub String);

/// Everything that a message may carry.
#[derive(Debug, Clone, PartialEq)]
pub struct Composed {
    pub body: MessageBody,
    pub reply: Option<ReplyReference>,
    pub forwarded: Option<Forwarded>,
    pub mentions: Vec<Mention>,
    /// XEP-0335 containers; objects.
    pub extension: Option<Value>,
    pub config: Option<Value>,
    /// What a notification of it says in place of the body.
    pub push_text: Option<String>,
}

impl Composed {
    /// A text and nothing else.
    pub fn text(text: impl Into<String>) -> Self {
        Self::of(MessageBody::Text(Pii(text.into())))
    }

    /// Nothing but a body.
    pub fn of(body: MessageBody) -> Self {
        Self {
            body,
            reply: None,
            forwarded: None,
            mentions: Vec::new(),
            extension: None,
            config: None,
            push_text: None,
        }
    }
}

/// XEP-0461.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyReference {
    pub to: WireId,
    /// The author of the message that is answered: a full address in a group, else a bare one, as the sender wrote it.
    pub author: Option<String>,
    /// What the fallback text (XEP-0428) quotes of it, without the marks; goes out as such a fallback.
    pub quote: String,
}

/// What happens to a message after it was sent.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// The whole message as it is now, not a difference. Names the message by its sender's id.
    Edit(Box<Composed>),
    Recall,
    /// The room itself says so (XEP-0425): whoever tells it is the moderator as the room names them.
    Moderated {
        reason: String,
    },
    /// All reactions of one person from now on.
    React {
        emojis: Vec<String>,
    },
}

/// What a message says, as far as it can be read.
#[derive(Debug, Clone, PartialEq)]
pub enum MessageBody {
    Text(Pii<String>),
    File {
        file: Box<SharedFile>,
        caption: Pii<String>,
    },
    Location(Location),
    /// Only the extension counts; the text is for clients that do not know it.
    Custom(Pii<String>),
    /// XEP-0380: the method's name for people, for example `OMEMO`.
    Encrypted {
        method: String,
    },
}

/// A file on a server (XEP-0447, XEP-0446, XEP-0264; XEP-0066 where the sender knows nothing else).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedFile {
    /// As the sender wrote it: not safe as a name of a file.
    pub name: String,
    pub media_type: String,
    pub size: Option<u64>,
    /// Where it can be fetched, best first. Only `https` ones are fetched.
    pub urls: Vec<Pii<String>>,
    pub sha256: Option<[u8; 32]>,
    /// Pixels, 0 if not told.
    pub width: u32,
    pub height: u32,
    pub duration_ms: u32,
    /// A voice clip that was recorded for this message; its loudness, at most 64 values of 0–100.
    pub voice: Option<Vec<u8>>,
    /// A small picture as it came (media type, bytes; at most 48 KiB): not decoded, not checked.
    pub thumbnail: Option<(String, Vec<u8>)>,
}

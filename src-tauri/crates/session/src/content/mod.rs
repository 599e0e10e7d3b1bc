//! What a message says, between [`Composed`] or [`Change`] and the children of a stanza: both directions side by side.
//!
//! In: what goes out, or a message that arrived. Out: children, or what they say. Every list and text that comes from
//! somebody else is bounded here. It does not know who sent a message, where it came from or whether it is believed.
//!
//! The text of the stanza is made for clients that know nothing of this: `quotation, own text, address of a file`.
//! What is there only for them is marked (XEP-0428), and left out when it is read.

mod body;
mod read;
#[cfg(test)]
mod tests;
mod write;

use confab_model::{Change, Composed, WireId};

pub(crate) use self::{read::read, write::children};

/// What a stanza says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Content {
    Message(Box<Composed>),
    /// Of an earlier message. The text of such a stanza is a fallback, and no message.
    Change {
        of: WireId,
        change: Change,
    },
}

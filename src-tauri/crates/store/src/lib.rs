//! The local history: what people wrote, whom they know and whom they called, in one SQLite file.
//!
//! [`Store`] owns the file. In go the model's types and what came over the wire ([`ReceivedMessage`]); out come the
//! model's types as they now are, so that the caller can tell the UI. Every operation is one transaction: it happened
//! whole and survives a crash, or it did not happen. One connection writes, four read.
//!
//! It does not know XMPP, sends nothing, reads no clock (times are arguments), and keeps no secrets: passwords and tokens
//! belong to the system's keychain.
//!
//! One module per entity. All SQL goes through `query!`, which checked it against the migrated schema
//! (`docs/decisions/0002-checked-sql.md`).

mod accounts;
mod amendments;
mod attachments;
mod backup;
mod calls;
mod changes;
mod codes;
mod contacts;
mod content;
mod conversations;
mod database;
mod deletion;
mod displayed;
mod error;
mod groups;
mod history;
mod log_sync;
mod messages;
mod order;
mod outbox;
mod people;
mod pieces;
mod profiles;
mod quick;
mod receipts;
mod receive;
mod rows;
mod run;
mod search;
mod settings;
mod strangers;
mod unconfirmed;
mod windows;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing {
    //! For the targets in `fuzz/`.

    /// Puts a message's text and a query through everything that reads them.
    pub fn search(text: &str, query: &str) {
        crate::search::probe(text, query);
    }
}
#[cfg(test)]
mod tests;

pub use accounts::StoredAccount;
pub use amendments::{Amended, ReceivedAmendment};
pub use attachments::{CachedFile, LocalFile, StoredFile, Uploaded};
pub use backup::{BackupError, restore, set_aside};
pub use calls::StoredCalls;
pub use changes::{Changed, OwnChange};
pub use content::ShownFile;
pub use database::Store;
pub use deletion::Deleted;
pub use displayed::{Displayed, DisplayedMessage, DueMarker, DuePosition};
pub use error::StoreError;
pub use history::HistoryReach;
pub use messages::{Stored, StoredPage};
pub use order::Standing;
pub use outbox::{OutboxPage, Queued, Sending, SendingContent, SendingPage, Unsent};
pub use pieces::{ArchivePlace, Piece};
pub use receive::{ArchivePosition, Arrived, Received, ReceivedMessage, Taken};
pub use search::{SearchDirection, SearchKind, SearchQuery};
pub use windows::{Anchor, StoredWindow};

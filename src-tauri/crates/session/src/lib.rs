//! The XMPP session of one account.
//!
//! Owns: connecting and signing in, the stream with its resumption and reconnects, iq tracking, the roster,
//! presences and capabilities, one-to-one messages with their receipts, the archive catch-up, and the border
//! between call signals and their stanzas. What comes in are [`SessionConfig`] and the methods of
//! [`SessionHandle`]; what goes out are [`SessionEvent`]s on one bounded queue.
//!
//! It does not: store anything (what must survive a restart goes out as an event and comes back in the
//! configuration), decide what a call signal means (`confab-call`), or touch media.
//!
//! ```no_run
//! # use confab_session::{NetworkConnector, Session, SessionConfig};
//! # async fn example(config: SessionConfig) {
//! let connector = NetworkConnector::new(config.jid.clone(), None, None);
//! let (handle, mut events) = Session::spawn(config, connector);
//! while let Some(event) = events.recv().await {
//!     tracing::debug!(?event, "session");
//! }
//! # drop(handle);
//! # }
//! ```

mod actor;
mod config;
mod connect;
mod content;
mod error;
mod event;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;
mod groups;
mod handle;
mod message;
mod profile;
mod register;
pub mod signals;
#[cfg(test)]
mod transcript;
mod upload;
pub mod xep;
mod xml;

pub use actor::{Services, Session};
pub use config::{ClientIdentity, OwnPresence, SessionConfig, SignInToken};
pub use connect::{Bound, ConnectError, Connector, NetworkConnector, SignInRequest, SignedIn, tls_config};
pub use error::{IqError, RegistrationError, RequestError, SendError};
pub use event::{Device, GroupEvent, ProfileChange, ProfileUpdate, ServerFeatures, SessionEvent, ToldCall};
pub use groups::KnownGroup;
pub use handle::SessionHandle;
pub use message::{
    Amendment, ArchivePage, ArchiveSpan, DeliveredBy, GroupAcknowledgement, MessageSource, OutgoingContent,
    OutgoingMessage, Receipt, ReceivedMessage,
};
pub use profile::{Picture, PublishedProfile};
pub use register::{fetch_registration_form, register};
pub use upload::UploadError;
pub use xep::{
    avatars_0084::AvatarInfo, blocking_0191::Report, displayed_0490::Displayed, extdisco_0215::external_services,
    group_links::GroupLink, muc_0045::RoomInfo, push_0357::PushService, search_0055::Found, upload_0363::UploadSlot,
};

//! The application core: accounts, conversations, calls and devices behind one API without a window.
//!
//! [`Client`] is the only thing that a shell (the desktop app, `confab-agent`) sees: operations go in, [`Events`] and
//! pictures ([`PictureFeed`]) come out. Inside, one actor per account is the only writer of that account's state;
//! above them a small root decides what is true of the whole device. The crate joins five libraries that do not know
//! each other (session, store, call, peer, media) and owns nothing of what they do.

mod account;
mod call;
mod callee;
mod client;
mod clock;
mod core;
mod device_desk;
mod error;
mod event_bus;
mod export;
mod files;
mod network_watch;
mod picture_hub;
mod pictures;
mod secrets;
mod settings;
mod voice;

pub use call::MediaOptions;
pub use client::{
    CallRecordPage, CallReport, Client, ClientConfig, GroupChange, MessagePage, MessageSearch, MessageWindow,
    PickedFile, Place, QualitySample, SearchFor, Startup, TransportReport, set_history_aside,
};
pub use error::{ErrorCode, OperationError};
pub use event_bus::Events;
pub use export::ExportForm;
pub use picture_hub::{Picture, PictureFeed, PictureFeedback};
pub use secrets::{SecretError, SecretPlace};
pub use settings::{Language, PushSettings, Settings, StrangerPolicy, Theme};

//! What windows may ask: parse, call the core, return. No logic.

pub(crate) mod account;
pub(crate) mod call;
pub(crate) mod chat;
pub(crate) mod contacts;
pub(crate) mod devices;
pub(crate) mod files;
pub(crate) mod groups;
pub(crate) mod keeping;
pub(crate) mod personal;
pub(crate) mod ring;
pub(crate) mod settings;
pub(crate) mod voice;

use crate::shell::Shell;

/// The core as commands get it: started, or with the reason why it could not be.
pub(crate) type Core<'a> = tauri::State<'a, Shell>;

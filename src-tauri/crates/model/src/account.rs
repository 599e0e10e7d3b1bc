//! Accounts, sign-in and registration.

use serde::{Deserialize, Serialize};

use crate::{AccountId, BareJid, Pii, Timestamp};

/// An account as the UI shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Account {
    pub id: AccountId,
    pub jid: BareJid,
    /// Own display name; empty until one is known.
    pub name: String,
    pub connection: ConnectionState,
    pub server: ServerOffers,
}

/// What the server of an account can do: features that it lacks are named in the UI. Nothing while it has not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct ServerOffers {
    /// XEP-0313
    pub archive: bool,
    /// Addresses of relays for calls, with credentials (XEP-0215).
    pub relay: bool,
    /// It takes files (XEP-0363).
    pub upload: bool,
    /// The largest file in bytes; `None`: it told no limit, or one beyond 4 GiB.
    pub max_upload: Option<u32>,
    /// A service for groups (XEP-0045).
    pub groups: bool,
    /// XEP-0191
    pub blocking: bool,
    /// XEP-0377
    pub reporting: bool,
    /// XEP-0357
    pub push: bool,
}

/// The state of an account's XMPP stream.
///
/// ```text
/// Offline → Connecting → Online ⇄ Waiting → Connecting …
///                └→ Failed (a fatal answer: only a new sign-in leaves it)
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum ConnectionState {
    /// Signed out by the user.
    Offline,
    Connecting,
    /// Signed in. `catching_up` is true until the archive has been read up to now.
    Online {
        catching_up: bool,
    },
    /// The stream was lost; the next attempt starts at `retry_at`.
    Waiting {
        retry_at: Timestamp,
        why: SignInFailure,
    },
    /// Trying again would not help.
    Failed {
        why: SignInFailure,
    },
}

/// Why a connection or a sign-in did not succeed, each something a person can act on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum SignInFailure {
    /// No network, or nobody answers at that address.
    Unreachable { detail: String },
    /// The server's name cannot be found.
    UnknownServer { domain: String },
    /// The server's certificate is not to be trusted; `reason` says why (expired, wrong name, unknown issuer …).
    Certificate { reason: String },
    /// The server offers no encryption.
    NoEncryption,
    /// Wrong address or password.
    WrongPassword,
    /// The sign-in was not to be remembered: the password is needed again.
    NotRemembered,
    /// The account exists but may not sign in (disabled, expired), with the server's text.
    AccountDisabled { detail: String },
    /// The server offers no sign-in method that Confab accepts.
    NoMechanism,
    /// Another client took this session's place.
    Replaced,
    /// The server closed the stream, with its text.
    ServerClosed { detail: String },
    /// The server said something that is not XMPP.
    Protocol { detail: String },
}

/// Where to connect when the address alone does not tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct ServerAddress {
    pub host: String,
    pub port: u16,
    /// TLS from the first byte (XEP-0368) instead of STARTTLS.
    pub direct_tls: bool,
}

/// What proves who somebody is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credentials {
    Password(Pii<String>),
    /// A token from an earlier sign-in (XEP-0484), with its mechanism, for example `HT-SHA-256-EXPR`.
    Token {
        mechanism: String,
        token: Pii<String>,
    },
}

/// The server's own registration form (XEP-0077 with XEP-0004; legacy fields are given the same shape).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct RegistrationForm {
    pub domain: String,
    pub title: String,
    pub instructions: String,
    /// A page on which the account is to be made instead (XEP-0066), if the server wants that.
    pub web_page: Option<String>,
    pub fields: Vec<FormField>,
}

/// One field of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct FormField {
    pub name: String,
    pub label: String,
    pub help: String,
    pub kind: FormFieldKind,
    pub required: bool,
    pub values: Vec<String>,
    /// `(value, label)` of each choice.
    pub options: Vec<(String, String)>,
    /// A picture to be read by the person (XEP-0158), as a `data:` URL.
    pub picture: Option<String>,
}

/// How a field is to be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum FormFieldKind {
    Text,
    Password,
    Multiline,
    Boolean,
    Choice,
    Choices,
    /// Shown, not asked.
    Note,
    /// Sent back unchanged, not shown.
    Hidden,
}

/// The answer to one field of a registration form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct RegistrationFormAnswer {
    pub name: String,
    pub values: Vec<Pii<String>>,
}

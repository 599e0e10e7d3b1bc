//! Identifiers. Addresses are normalised on construction, so equality is identity.

use std::{fmt, ops::Deref, str::FromStr};

use serde::{Deserialize, Serialize};

/// An address that could not be parsed (RFC 7622 §3).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a valid XMPP address: {0}")]
pub struct InvalidJid(pub String);

macro_rules! jid_type {
    ($(#[$doc:meta])* $name:ident, $inner:ty) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        #[cfg_attr(feature = "specta", derive(specta::Type))]
        pub struct $name(#[cfg_attr(feature = "specta", specta(type = String))] $inner);

        impl Deref for $name {
            type Target = $inner;
            fn deref(&self) -> &$inner {
                &self.0
            }
        }
        impl From<$inner> for $name {
            fn from(jid: $inner) -> Self {
                Self(jid)
            }
        }
        impl From<$name> for $inner {
            fn from(jid: $name) -> Self {
                jid.0
            }
        }
        impl From<$name> for jid::Jid {
            fn from(jid: $name) -> Self {
                jid.0.into()
            }
        }
        impl FromStr for $name {
            type Err = InvalidJid;
            fn from_str(text: &str) -> Result<Self, InvalidJid> {
                <$inner>::new(text.trim()).map(Self).map_err(|error| InvalidJid(error.to_string()))
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

jid_type!(
    /// `user@server`: a person, a group or a server.
    BareJid,
    jid::BareJid
);
jid_type!(
    /// `user@server/resource`: one signed-in device of a person.
    FullJid,
    jid::FullJid
);

impl FullJid {
    /// The person whose device this is.
    pub fn bare(&self) -> BareJid {
        BareJid(self.0.to_bare())
    }
}

impl BareJid {
    /// The device of this person with the given resource.
    pub fn with_resource(&self, resource: &str) -> Result<FullJid, InvalidJid> {
        self.0.with_resource_str(resource).map(FullJid).map_err(|error| InvalidJid(error.to_string()))
    }
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        #[cfg_attr(feature = "specta", derive(specta::Type))]
        pub struct $name(pub String);

        impl $name {
            /// A new random identifier (UUID v4).
            pub fn random() -> Self {
                Self(uuid::Uuid::new_v4().to_string())
            }
            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
    };
}

text_id!(
    /// A message on this device. For own messages it is also the stanza id and origin id (XEP-0359).
    MessageId
);
text_id!(
    /// A call, the same for everybody in it: the id of the first XEP-0353 or XEP-0482 element.
    CallId
);
text_id!(
    /// A Jingle session (XEP-0166 `sid`). A call may own several, one after the other.
    SessionId
);

/// An account that is set up on this device. Numbers are never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct AccountId(pub u32);

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Chosen by the caller of an operation; comes back in its result and in the events that it causes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct RequestId(pub String);

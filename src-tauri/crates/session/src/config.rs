//! What a session is started with.

use confab_model::{BareJid, Contact, Pii, PresenceShow, Timestamp};
use uuid::Uuid;

use crate::KnownGroup;

/// Everything that a session needs to know at its start. Plain data; the store keeps most of it.
#[derive(Debug, Clone)]
pub struct SessionConfig {
    pub jid: BareJid,
    /// The resource to ask for (RFC 6120 §7.7). Stable per installation, so that a returning device replaces its
    /// own dead session. `None`: the server chooses. A server with XEP-0386 chooses in any case, the same one every time.
    pub resource: Option<String>,
    /// Known for a session that the user has just signed in, or that is remembered without a token.
    pub password: Option<Pii<String>>,
    /// A token of an earlier sign-in (XEP-0484); tried first.
    pub token: Option<SignInToken>,
    pub client: ClientIdentity,
    /// The strongest SASL mechanism that was told by [`crate::SessionEvent::SignInProven`]. The password is not given to
    /// a server that offers less: whoever sits in between could have taken the better ones away.
    pub proven_mechanism: Option<String>,
    /// The server kept the limits of strangers on a stream after a sign-in by SASL2, as was told by
    /// [`crate::SessionEvent::Sasl2Avoided`]: it is signed in the older way, with the password.
    pub avoids_sasl2: bool,
    /// Disco features that other modules add to those of this crate (XEP-0030).
    pub features: Vec<String>,
    /// The roster as it was last told, with its version (XEP-0237). Presence in it is ignored.
    pub roster: Vec<Contact>,
    pub roster_version: Option<String>,
    /// The newest archive id that was told by [`crate::SessionEvent::ArchiveReached`]. `None` on a new device.
    pub last_archive_id: Option<String>,
    /// On a new device: how far back the archive is read, by the server's clock. `None`: not by time.
    pub catch_up_since: Option<Timestamp>,
    pub presence: OwnPresence,
    /// The groups that are known, entered or not. `None`: this session has nothing to do with groups, and does not say
    /// that it knows them.
    pub groups: Option<Vec<KnownGroup>>,
}

impl SessionConfig {
    /// A configuration with nothing remembered.
    pub fn new(jid: BareJid, password: impl Into<Pii<String>>) -> Self {
        Self {
            jid,
            resource: None,
            password: Some(password.into()),
            token: None,
            client: ClientIdentity::default(),
            proven_mechanism: None,
            avoids_sasl2: false,
            features: Vec::new(),
            roster: Vec::new(),
            roster_version: None,
            last_archive_id: None,
            catch_up_since: None,
            presence: OwnPresence::default(),
            groups: None,
        }
    }
}

/// A token that stands for the password on this device (XEP-0484). Belongs in the keychain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInToken {
    /// For example `HT-SHA-256-EXPR`. The token is good for this mechanism only.
    pub mechanism: String,
    pub token: Pii<String>,
    pub expires_at: Option<Timestamp>,
}

/// How this client names itself to servers and contacts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientIdentity {
    pub name: String,
    pub version: String,
    /// Told by XEP-0092; `None` keeps it to ourselves.
    pub os: Option<String>,
    /// Identifies this installation to its own server (XEP-0388 §2.3.1): FAST tokens are bound to it, so it must
    /// stay the same across starts.
    pub installation: Uuid,
    /// Shown by servers in lists of devices, for example the name of the computer.
    pub device: String,
}

impl Default for ClientIdentity {
    fn default() -> Self {
        Self {
            name: "Confab".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            os: None,
            installation: Uuid::new_v4(),
            device: String::new(),
        }
    }
}

/// What contacts see of this device (RFC 6121 §4.7.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnPresence {
    /// `Offline` is not sent: sign out instead; it counts as `Online`.
    pub show: PresenceShow,
    pub status: String,
    pub priority: i8,
}

impl Default for OwnPresence {
    fn default() -> Self {
        Self { show: PresenceShow::Online, status: String::new(), priority: 0 }
    }
}

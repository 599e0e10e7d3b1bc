//! Why an operation failed: a stable code for programs, a sentence for people.

use confab_call::OperationError as CallError;
use confab_model::{InvalidJid, SignInFailure};
use confab_session::{RegistrationError, RequestError};
use confab_store::StoreError;

use crate::secrets::SecretError;

/// A failed operation. `code` is stable and listed in `docs/errors.md`; `message` is English for logs and for
/// developers (the UI words each code in its own language); `detail` is what a server or the system said.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct OperationError {
    pub code: ErrorCode,
    pub message: String,
    pub detail: Option<String>,
}

impl OperationError {
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), detail: None }
    }

    pub(crate) fn with_detail(mut self, detail: impl ToString) -> Self {
        self.detail = Some(detail.to_string());
        self
    }

    /// The core is shutting down, or a part of it has failed and is being restarted.
    pub(crate) fn gone() -> Self {
        Self::new(ErrorCode::ShuttingDown, "Confab is shutting down")
    }
}

macro_rules! error_codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// A code exists only where somebody branches on it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ErrorCode { $($(#[$doc])* $name,)* }

        impl ErrorCode {
            /// All codes, for the list in the documentation and its test.
            pub const ALL: &[ErrorCode] = &[$(ErrorCode::$name,)*];

            /// The code as it goes over IPC and to the agent.
            pub fn as_str(self) -> &'static str {
                match self { $(ErrorCode::$name => $text,)* }
            }
        }
    };
}

error_codes! {
    /// An argument cannot be used: an address, a limit, an empty text.
    InvalidArgument = "invalidArgument",
    /// No such account on this device.
    UnknownAccount = "unknownAccount",
    /// The account is online on this device already, or in a call: it is signed out first.
    AccountExists = "accountExists",
    /// The operation needs the server, and there is no connection to it.
    NotOnline = "notOnline",
    /// The server did not answer in time.
    Timeout = "timeout",
    /// The server refused, with its reason as detail.
    ServerRefused = "serverRefused",
    Unreachable = "unreachable",
    UnknownServer = "unknownServer",
    Certificate = "certificate",
    NoEncryption = "noEncryption",
    WrongPassword = "wrongPassword",
    /// The sign-in is not remembered: the password is needed again.
    NotRemembered = "notRemembered",
    AccountDisabled = "accountDisabled",
    NoMechanism = "noMechanism",
    /// Another client took this session's place.
    Replaced = "replaced",
    ServerClosed = "serverClosed",
    Protocol = "protocol",
    /// Registration: the name is taken.
    NameTaken = "nameTaken",
    /// Registration: the server does not offer it.
    RegistrationClosed = "registrationClosed",
    /// Registration: a field was not accepted, with the server's text as detail.
    RegistrationRefused = "registrationRefused",
    UnknownMessage = "unknownMessage",
    UnknownConversation = "unknownConversation",
    /// The message is somebody else's, was recalled, or is of a kind that cannot be changed so.
    NotAllowed = "notAllowed",
    /// A file cannot be read, kept or understood; detail says why.
    FileFailed = "fileFailed",
    /// The file is no backup of Confab, or of a newer version.
    NotABackup = "notABackup",
    /// The passphrase is wrong, or the backup is damaged: which of them cannot be told.
    BackupLocked = "backupLocked",
    UnknownCall = "unknownCall",
    /// The call's state does not allow the operation; detail: state and operation.
    InvalidState = "invalidState",
    /// Another call is going on on this device.
    Busy = "busy",
    /// The far side takes no pictures now, or no path was found for them; the call goes on without.
    VideoRefused = "videoRefused",
    /// 1..=600 seconds are allowed.
    InvalidTimeout = "invalidTimeout",
    /// More than 4 KiB of extension JSON for a call, or 8 KiB for a message.
    ExtensionTooLarge = "extensionTooLarge",
    UnknownDevice = "unknownDevice",
    DeviceFailed = "deviceFailed",
    /// Calls are not ready, with why as detail.
    NotReady = "notReady",
    DiskFull = "diskFull",
    /// The history file cannot be written.
    StoreReadOnly = "storeReadOnly",
    StoreDamaged = "storeDamaged",
    /// Another program, or a second Confab, keeps the history file locked.
    StoreBusy = "storeBusy",
    /// A newer version has written the history file.
    StoreTooNew = "storeTooNew",
    /// The history file or its folder cannot be opened or made.
    StoreInaccessible = "storeInaccessible",
    /// Reading or writing failed below the file system.
    DiskFailed = "diskFailed",
    /// A fault of Confab's own while it reads or writes the history.
    Store = "storeFailed",
    /// The keychain, or the file in its place, cannot be used.
    Secrets = "secrets",
    ShuttingDown = "shuttingDown",
}

impl From<InvalidJid> for OperationError {
    fn from(error: InvalidJid) -> Self {
        Self::new(ErrorCode::InvalidArgument, "that is not an XMPP address").with_detail(error.0)
    }
}

impl From<SecretError> for OperationError {
    fn from(error: SecretError) -> Self {
        Self::new(ErrorCode::Secrets, "the sign-in cannot be remembered").with_detail(error)
    }
}

impl From<StoreError> for OperationError {
    fn from(error: StoreError) -> Self {
        let code = match &error {
            StoreError::DiskFull => ErrorCode::DiskFull,
            StoreError::ReadOnly => ErrorCode::StoreReadOnly,
            StoreError::Damaged { .. } => ErrorCode::StoreDamaged,
            StoreError::Unknown("account") => ErrorCode::UnknownAccount,
            StoreError::Unknown("conversation") => ErrorCode::UnknownConversation,
            StoreError::Unknown(_) => ErrorCode::UnknownMessage,
            StoreError::Busy => ErrorCode::StoreBusy,
            StoreError::TooNew => ErrorCode::StoreTooNew,
            StoreError::Inaccessible { .. } => ErrorCode::StoreInaccessible,
            StoreError::Disk { .. } => ErrorCode::DiskFailed,
            StoreError::Internal { .. } => ErrorCode::Store,
        };
        Self::new(code, error.to_string())
    }
}

impl From<RequestError> for OperationError {
    fn from(error: RequestError) -> Self {
        let message = error.to_string();
        match error {
            RequestError::NotOnline | RequestError::QueueFull => Self::new(ErrorCode::NotOnline, message),
            RequestError::Closed => Self::gone(),
            RequestError::Timeout => Self::new(ErrorCode::Timeout, "the server does not answer"),
            RequestError::Invalid(detail) => {
                Self::new(ErrorCode::InvalidArgument, "that cannot be sent").with_detail(detail)
            }
            RequestError::TooLarge { limit } => {
                Self::new(ErrorCode::InvalidArgument, "that is longer than the server takes").with_detail(limit)
            }
            RequestError::Refused(refusal) => {
                Self::new(ErrorCode::ServerRefused, "the server refused").with_detail(refusal)
            }
            RequestError::Unexpected(detail) => {
                Self::new(ErrorCode::Protocol, "the server gave an answer that makes no sense").with_detail(detail)
            }
            RequestError::Unsupported(feature) => {
                Self::new(ErrorCode::ServerRefused, "the server does not offer this").with_detail(feature)
            }
        }
    }
}

impl From<RegistrationError> for OperationError {
    fn from(error: RegistrationError) -> Self {
        let message = error.to_string();
        match error {
            RegistrationError::Connection(failure) => failure.into(),
            RegistrationError::NotOffered(detail) => {
                Self::new(ErrorCode::RegistrationClosed, message).with_detail(detail)
            }
            RegistrationError::NameTaken => Self::new(ErrorCode::NameTaken, message),
            RegistrationError::NotAcceptable(detail)
            | RegistrationError::TryLater(detail)
            | RegistrationError::Refused(detail) => {
                Self::new(ErrorCode::RegistrationRefused, message).with_detail(detail)
            }
            RegistrationError::Timeout => Self::new(ErrorCode::Timeout, message),
            RegistrationError::Unexpected(detail) => Self::new(ErrorCode::Protocol, message).with_detail(detail),
        }
    }
}

impl From<CallError> for OperationError {
    fn from(error: CallError) -> Self {
        let code = match &error {
            CallError::InvalidTimeout => ErrorCode::InvalidTimeout,
            CallError::InvalidReceivedCheck | CallError::InvalidTarget => ErrorCode::InvalidArgument,
            CallError::ExtensionTooLarge => ErrorCode::ExtensionTooLarge,
            CallError::NotReady { .. } => ErrorCode::NotReady,
            CallError::UnknownCall => ErrorCode::UnknownCall,
            CallError::InvalidState { .. } => ErrorCode::InvalidState,
            CallError::AnotherCall { .. } => ErrorCode::Busy,
            CallError::VideoRefused => ErrorCode::VideoRefused,
        };
        let message = error.to_string();
        match error {
            CallError::NotReady { why } => Self::new(code, message).with_detail(why),
            CallError::InvalidState { state, operation } => {
                Self::new(code, message).with_detail(format!("{operation} in {state:?}"))
            }
            CallError::InvalidTimeout
            | CallError::InvalidReceivedCheck
            | CallError::InvalidTarget
            | CallError::ExtensionTooLarge
            | CallError::UnknownCall
            | CallError::AnotherCall { .. }
            | CallError::VideoRefused => Self::new(code, message),
        }
    }
}

impl From<SignInFailure> for OperationError {
    fn from(failure: SignInFailure) -> Self {
        use SignInFailure as F;
        let (code, message, detail) = match failure {
            F::Unreachable { detail } => (ErrorCode::Unreachable, "the server cannot be reached", Some(detail)),
            F::UnknownServer { domain } => (ErrorCode::UnknownServer, "there is no such server", Some(domain)),
            F::Certificate { reason } => {
                (ErrorCode::Certificate, "the server's certificate is not to be trusted", Some(reason))
            }
            F::NoEncryption => (ErrorCode::NoEncryption, "the server offers no encryption", None),
            F::WrongPassword => (ErrorCode::WrongPassword, "wrong address or password", None),
            F::NotRemembered => (ErrorCode::NotRemembered, "the sign-in is not remembered", None),
            F::AccountDisabled { detail } => (ErrorCode::AccountDisabled, "this account may not sign in", Some(detail)),
            F::NoMechanism => (ErrorCode::NoMechanism, "the server offers no sign-in method that is safe", None),
            F::Replaced => (ErrorCode::Replaced, "another client took this session's place", None),
            F::ServerClosed { detail } => (ErrorCode::ServerClosed, "the server closed the connection", Some(detail)),
            F::Protocol { detail } => (ErrorCode::Protocol, "the server does not speak XMPP", Some(detail)),
        };
        Self { code, message: message.to_owned(), detail }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_are_distinct() {
        let codes: HashSet<_> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(codes.len(), ErrorCode::ALL.len());
    }

    #[test]
    fn every_code_is_in_the_documentation() {
        let documentation = include_str!("../../../../docs/errors.md");
        for code in ErrorCode::ALL {
            let row = format!("| `{}` | ", code.as_str());
            assert!(documentation.lines().any(|line| line.starts_with(&row)), "{row}");
        }
    }
}

//! Errors as the window gets them.

use confab_client::OperationError;
use serde::Serialize;

/// A failed command. `code` is stable (`docs/errors.md`); the window words it in the person's language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct IpcError {
    pub code: String,
    pub message: String,
    pub detail: Option<String>,
}

impl IpcError {
    /// What should be Base64 is not.
    pub(crate) fn not_base64(error: impl std::fmt::Display) -> Self {
        let (code, message) = ("invalidArgument".to_owned(), "that is not Base64".to_owned());
        Self { code, message, detail: Some(error.to_string()) }
    }

    /// The system opens no program for a file.
    pub(crate) fn not_opened(error: std::io::Error) -> Self {
        let (code, message) = ("fileFailed".to_owned(), "there is no program for this file".to_owned());
        Self { code, message, detail: Some(error.to_string()) }
    }
}

impl From<OperationError> for IpcError {
    fn from(error: OperationError) -> Self {
        Self { code: error.code.as_str().to_owned(), message: error.message, detail: error.detail }
    }
}

pub(crate) type IpcResult<T> = Result<T, IpcError>;

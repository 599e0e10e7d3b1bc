//! A place on the server for a file (XEP-0363). The bytes are the transfers' business.

use crate::{
    RequestError, SessionHandle,
    xep::upload_0363::{self, UploadSlot},
};

/// There is no place for a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UploadError {
    /// The server takes no files, or has not said yet that it does.
    #[error("the server takes no files")]
    NoService,
    /// Larger than the server takes, in octets where it says how much that is.
    #[error("the file is larger than the server takes")]
    TooLarge { limit: Option<u64> },
    /// `resource-constraint`: this account has sent too much for now.
    #[error("too much was sent: {0}")]
    QuotaReached(String),
    #[error(transparent)]
    Request(#[from] RequestError),
}

impl SessionHandle {
    /// Asks for a place for a file of exactly `size` octets. Some servers give it only for some minutes.
    pub async fn upload_slot(&self, name: &str, size: u64, media_type: &str) -> Result<UploadSlot, UploadError> {
        let (service, limit) = self.services().await.upload.ok_or(UploadError::NoService)?;
        if limit.is_some_and(|limit| size > limit) {
            return Err(UploadError::TooLarge { limit });
        }
        let request = upload_0363::request(name, size, media_type);
        let answer = self.iq_get(Some(service), request).await.map_err(|error| refusal(error, limit))?;
        answer
            .as_ref()
            .and_then(upload_0363::read)
            .ok_or_else(|| RequestError::Unexpected("no slot for the file".to_owned()).into())
    }
}

fn refusal(error: RequestError, limit: Option<u64>) -> UploadError {
    match error {
        RequestError::Refused(refused) if refused.application.as_deref() == Some("file-too-large") => {
            UploadError::TooLarge { limit }
        }
        RequestError::Refused(refused) if refused.condition == "resource-constraint" => {
            UploadError::QuotaReached(refused.text)
        }
        other => UploadError::Request(other),
    }
}

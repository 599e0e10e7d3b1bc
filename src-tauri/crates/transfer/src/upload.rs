//! Sending a file to a slot of XEP-0363.

use std::path::PathBuf;

use futures::TryStreamExt as _;
use reqwest::{Body, StatusCode, header};
use tokio::{fs::File, io::AsyncReadExt as _};
use tokio_util::io::ReaderStream;

use crate::{Http, Progress, http::in_words};

/// What is read of the file at a time.
const CHUNK: usize = 64 * 1024;

/// A file and where it goes.
#[derive(Debug, Clone)]
pub struct Upload {
    pub file: PathBuf,
    /// What was announced to the server; the file must still be so long.
    pub size: u64,
    pub media_type: String,
    pub put_url: String,
    /// XEP-0363 §5: only `Authorization`, `Cookie` and `Expires` are sent on.
    pub headers: Vec<(String, String)>,
}

/// Why a file did not get to the server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UploadError {
    /// Gone, changed or not to be read.
    #[error("the file cannot be read: {0}")]
    Unreadable(String),
    #[error("the file is too large for the server")]
    TooLarge,
    /// Worth a new slot and another try when there is a network.
    #[error("{0}")]
    Unreachable(String),
    #[error("the server does not take the file: {0}")]
    Refused(String),
}

impl Http {
    /// Sends the file. Dropping the future stops it.
    ///
    /// # Errors
    /// See [`UploadError`].
    pub async fn upload(&self, upload: &Upload, mut progress: Progress) -> Result<(), UploadError> {
        let file = File::open(&upload.file).await.map_err(|error| UploadError::Unreadable(error.to_string()))?;
        let length = file.metadata().await.map_err(|error| UploadError::Unreadable(error.to_string()))?.len();
        if length != upload.size {
            return Err(UploadError::Unreadable("it has changed since it was chosen".to_owned()));
        }
        progress.set(0, Some(upload.size));
        // No more than was announced, also when the file grows meanwhile.
        let stream = ReaderStream::with_capacity(file.take(upload.size), CHUNK)
            .inspect_ok(move |chunk| progress.add(chunk.len() as u64));
        let mut request = self
            .client
            .put(&upload.put_url)
            .header(header::CONTENT_LENGTH, upload.size)
            .header(header::CONTENT_TYPE, &upload.media_type)
            .body(Body::wrap_stream(stream));
        for (name, value) in upload.headers.iter().filter(|(name, _)| may_be_sent(name)) {
            request = request.header(name, value.replace(['\r', '\n'], ""));
        }
        let response = request.send().await.map_err(|error| failure(&error))?;
        match response.status() {
            status if status.is_success() => Ok(()),
            StatusCode::PAYLOAD_TOO_LARGE => Err(UploadError::TooLarge),
            status if status.is_server_error() => {
                Err(UploadError::Unreachable(format!("the server answered {status}")))
            }
            status => Err(UploadError::Refused(format!("it answered {status}"))),
        }
    }
}

fn may_be_sent(name: &str) -> bool {
    ["authorization", "cookie", "expires"].iter().any(|allowed| name.eq_ignore_ascii_case(allowed))
}

fn failure(error: &reqwest::Error) -> UploadError {
    if error.is_builder() { UploadError::Refused(in_words(error)) } else { UploadError::Unreachable(in_words(error)) }
}

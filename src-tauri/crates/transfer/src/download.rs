//! Fetching a file, and going on where it was interrupted.
//!
//! ```text
//! DEST.part   what is here so far        DEST.part.tag   the server's name for that version (ETag)
//! ```
//! Both are there only while a download is unfinished. A part without a tag is taken up only when the checksum is known,
//! which will tell whether the two halves belong together.

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
};

use confab_model::TransferFailure;
use futures::StreamExt as _;
use reqwest::{Response, StatusCode, header};
use sha2::{Digest, Sha256};
use tokio::{
    fs::{self, File, OpenOptions},
    io::{AsyncReadExt as _, AsyncWriteExt as _},
};

use crate::{Http, Progress, http::in_words};

const CHUNK: usize = 64 * 1024;
/// An ETag beyond this is not worth keeping.
const MAX_TAG: usize = 256;

/// A file to be fetched.
#[derive(Debug, Clone)]
pub struct Download {
    pub url: String,
    /// Where it goes. The folder exists, and nothing is at that path: what is there is not touched.
    pub to: PathBuf,
    pub expected: Expected,
    /// Bytes; more is an error, whatever the server announced.
    pub limit: u64,
}

/// What its sender said of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Expected {
    pub size: Option<u64>,
    pub sha256: Option<[u8; 32]>,
}

impl Http {
    /// Fetches the file. Dropping the future stops it; the next call goes on from there.
    ///
    /// # Errors
    /// See [`TransferFailure`]. After `Damaged` and `TooLarge` nothing is left of it, after the others what came so far.
    pub async fn download(&self, download: &Download, mut progress: Progress) -> Result<(), TransferFailure> {
        if let Some(size) = download.expected.size.filter(|size| *size > download.limit) {
            tracing::debug!(size, "a file beyond the limit");
            return Err(too_large(download.limit));
        }
        let part = Part::open(&download.to, download.expected).await?;
        let response = self.ask(download, &part).await?;
        let (mut part, response) = part.fit(response)?;
        let total = response.content_length().map(|rest| part.length + rest).or(download.expected.size);
        if total.is_some_and(|total| total > download.limit) {
            part.discard().await;
            return Err(too_large(download.limit));
        }
        progress.set(part.length, total);
        match part.fill(response, download.limit, &mut progress).await {
            Ok(()) => part.finish(download).await,
            Err(failure) => {
                if matches!(failure, TransferFailure::TooLarge { .. } | TransferFailure::Damaged) {
                    part.discard().await;
                }
                Err(failure)
            }
        }
    }

    async fn ask(&self, download: &Download, part: &Part) -> Result<Response, TransferFailure> {
        // What is asked for is a file as it is, not a packed stream of unknown length.
        let mut request = self.client.get(&download.url).header(header::ACCEPT_ENCODING, "identity");
        if part.length > 0 {
            request = request.header(header::RANGE, format!("bytes={}-", part.length));
            if let Some(tag) = &part.tag {
                request = request.header(header::IF_RANGE, tag);
            }
        }
        request.send().await.map_err(|error| {
            let detail = in_words(&error);
            if error.is_builder() || error.is_redirect() {
                TransferFailure::Refused { detail }
            } else {
                TransferFailure::Unreachable { detail }
            }
        })
    }
}

/// What is here of an unfinished download.
#[derive(Debug)]
struct Part {
    path: PathBuf,
    tag_path: PathBuf,
    tag: Option<String>,
    length: u64,
    hash: Sha256,
    file: File,
}

impl Part {
    async fn open(to: &Path, expected: Expected) -> Result<Self, TransferFailure> {
        let with = |end: &str| {
            let mut path = to.as_os_str().to_owned();
            path.push(end);
            PathBuf::from(path)
        };
        let (path, tag_path) = (with(".part"), with(".part.tag"));
        let tag = fs::read_to_string(&tag_path).await.ok().filter(|tag| !tag.is_empty());
        let mut options = OpenOptions::new();
        let mut file = options.read(true).append(true).create(true).open(&path).await.map_err(disk)?;
        let mut part_length = file.metadata().await.map_err(disk)?.len();
        let may_go_on = tag.is_some() || expected.sha256.is_some();
        let is_sensible = expected.size.is_none_or(|size| part_length <= size);
        if part_length > 0 && !(may_go_on && is_sensible) {
            file.set_len(0).await.map_err(disk)?;
            part_length = 0;
        }
        let mut hash = Sha256::new();
        let mut buffer = vec![0; CHUNK];
        loop {
            match file.read(&mut buffer).await.map_err(disk)? {
                0 => break,
                length => hash.update(buffer.get(..length).unwrap_or_default()),
            }
        }
        Ok(Self { path, tag_path, tag, length: part_length, hash, file })
    }

    /// Sorts out what the server answered: the rest, the whole, or an error.
    fn fit(self, response: Response) -> Result<(Self, Response), TransferFailure> {
        match response.status() {
            StatusCode::PARTIAL_CONTENT if self.length > 0 && begins_at(&response) == Some(self.length) => {
                Ok((self, response))
            }
            StatusCode::OK => Ok((Self { length: 0, hash: Sha256::new(), ..self }, response)),
            StatusCode::PARTIAL_CONTENT => Err(TransferFailure::Damaged),
            // All is here already; nothing more comes.
            StatusCode::RANGE_NOT_SATISFIABLE if self.length > 0 => Ok((self, response)),
            StatusCode::NOT_FOUND | StatusCode::GONE | StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => {
                Err(TransferFailure::Gone)
            }
            status => Err(TransferFailure::Unreachable { detail: format!("the server answered {status}") }),
        }
    }

    async fn fill(&mut self, response: Response, limit: u64, progress: &mut Progress) -> Result<(), TransferFailure> {
        if response.status() == StatusCode::RANGE_NOT_SATISFIABLE {
            return Ok(());
        }
        if self.length == 0 {
            self.file.set_len(0).await.map_err(disk)?;
            self.keep_tag(&response).await;
        }
        let announced = response.content_length().map(|rest| self.length + rest);
        let mut body = response.bytes_stream();
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(|error| TransferFailure::Unreachable { detail: in_words(&error) })?;
            self.length += chunk.len() as u64;
            if self.length > limit {
                return Err(too_large(limit));
            }
            self.hash.update(&chunk);
            self.file.write_all(&chunk).await.map_err(disk)?;
            progress.add(chunk.len() as u64);
        }
        self.file.flush().await.map_err(disk)?;
        match announced {
            Some(announced) if announced != self.length => {
                Err(TransferFailure::Unreachable { detail: "the transfer broke off".to_owned() })
            }
            _ => Ok(()),
        }
    }

    async fn keep_tag(&mut self, response: &Response) {
        // A weak tag does not promise the same bytes (RFC 9110 §8.8.1).
        let tag = response.headers().get(header::ETAG).and_then(|tag| tag.to_str().ok());
        match tag.filter(|tag| tag.len() <= MAX_TAG && !tag.starts_with("W/")) {
            Some(tag) => {
                let _ = fs::write(&self.tag_path, tag).await;
            }
            None => {
                let _ = fs::remove_file(&self.tag_path).await;
            }
        }
    }

    /// Checks it and gives it its name.
    async fn finish(self, download: &Download) -> Result<(), TransferFailure> {
        let Expected { size, sha256 } = download.expected;
        let is_right = size.is_none_or(|size| size == self.length)
            && sha256.is_none_or(|sha256| self.hash.clone().finalize().as_slice() == sha256);
        if !is_right {
            self.discard().await;
            return Err(TransferFailure::Damaged);
        }
        self.file.sync_all().await.map_err(disk)?;
        // A hard link fails where a rename would overwrite.
        match fs::hard_link(&self.path, &download.to).await {
            Ok(()) => {
                let _ = fs::remove_file(&self.path).await;
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(disk(error)),
            // Some file systems have none.
            Err(_) => fs::rename(&self.path, &download.to).await.map_err(disk)?,
        }
        let _ = fs::remove_file(&self.tag_path).await;
        Ok(())
    }

    async fn discard(self) {
        drop(self.file);
        let _ = fs::remove_file(&self.path).await;
        let _ = fs::remove_file(&self.tag_path).await;
    }
}

/// Where a partial answer begins (RFC 9110 §14.4).
fn begins_at(response: &Response) -> Option<u64> {
    let range = response.headers().get(header::CONTENT_RANGE)?.to_str().ok()?;
    range.strip_prefix("bytes ")?.split('-').next()?.parse().ok()
}

fn disk(error: std::io::Error) -> TransferFailure {
    TransferFailure::Disk { detail: error.to_string() }
}

fn too_large(limit: u64) -> TransferFailure {
    TransferFailure::TooLarge { limit: u32::try_from(limit).unwrap_or(u32::MAX) }
}

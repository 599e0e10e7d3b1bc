//! Uploads and downloads against an HTTPS server that does what a script says.
#![allow(clippy::unwrap_used)]

mod server;

use std::path::Path;

use confab_model::TransferFailure;
use confab_transfer::{Download, Expected, Http, Progress, Upload, UploadError};
use sha2::{Digest as _, Sha256};

use server::{Answer, Server};

const LIMIT: u64 = 1_000_000;

fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|index| u8::try_from(index * 31 % 251).unwrap()).collect()
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

fn download(server: &Server, to: &Path, expected: Expected) -> Download {
    Download { url: server.url("/file"), to: to.to_owned(), expected, limit: LIMIT }
}

async fn fetch(http: &Http, download: &Download) -> Result<(), TransferFailure> {
    http.download(download, Progress::new(download.expected.size).0).await
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_file_is_fetched_checked_and_named() {
    let body = bytes(200_000);
    let server = Server::start(vec![Answer::ok(&body)]).await;
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("photo.jpg");
    let expected = Expected { size: Some(200_000), sha256: Some(sha256(&body)) };
    let (progress, told) = Progress::new(expected.size);
    server.http().download(&download(&server, &to, expected), progress).await.unwrap();
    assert_eq!(std::fs::read(&to).unwrap(), body);
    assert_eq!(names(folder.path()), ["photo.jpg"]);
    assert_eq!(told.borrow().total, Some(200_000));
}

#[tokio::test]
async fn an_interrupted_download_goes_on() {
    let body = bytes(100_000);
    let rest = Answer::new(206, &body[60_000..]).with("content-range", "bytes 60000-99999/100000");
    let server = Server::start(vec![Answer::ok(&body).with("etag", "\"v1\"").cut_after(60_000), rest]).await;
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("a.bin");
    let wanted = download(&server, &to, Expected::default());
    let http = server.http();
    assert!(matches!(fetch(&http, &wanted).await, Err(TransferFailure::Unreachable { .. })));
    assert_eq!(names(folder.path()), ["a.bin.part", "a.bin.part.tag"]);
    fetch(&http, &wanted).await.unwrap();
    assert_eq!(std::fs::read(&to).unwrap(), body);
    assert_eq!(names(folder.path()), ["a.bin"]);
    let requests = server.requests();
    assert!(requests[1].contains("range: bytes=60000-") && requests[1].contains("if-range: \"v1\""), "{}", requests[1]);
}

#[tokio::test]
async fn a_file_that_changed_meanwhile_is_fetched_anew() {
    let (old, new) = (bytes(50_000), bytes(70_000));
    let first = Answer::ok(&old).with("etag", "\"v1\"").cut_after(20_000);
    let server = Server::start(vec![first, Answer::ok(&new).with("etag", "\"v2\"")]).await;
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("a.bin");
    let wanted = download(&server, &to, Expected::default());
    let http = server.http();
    assert!(fetch(&http, &wanted).await.is_err());
    fetch(&http, &wanted).await.unwrap();
    assert_eq!(std::fs::read(&to).unwrap(), new);
}

#[tokio::test]
async fn without_a_version_or_a_checksum_it_begins_again() {
    let body = bytes(30_000);
    let server = Server::start(vec![Answer::ok(&body).cut_after(10_000), Answer::ok(&body)]).await;
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("a.bin");
    let wanted = download(&server, &to, Expected::default());
    let http = server.http();
    assert!(fetch(&http, &wanted).await.is_err());
    fetch(&http, &wanted).await.unwrap();
    assert!(!server.requests()[1].contains("range:"), "nothing says that the halves belong together");
    assert_eq!(std::fs::read(&to).unwrap(), body);
}

#[tokio::test]
async fn other_bytes_than_announced_are_thrown_away() {
    let body = bytes(1_000);
    let server = Server::start(vec![Answer::ok(&body), Answer::ok(&body)]).await;
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("a.bin");
    let http = server.http();
    let wrong_hash = Expected { size: Some(1_000), sha256: Some([7; 32]) };
    assert_eq!(fetch(&http, &download(&server, &to, wrong_hash)).await, Err(TransferFailure::Damaged));
    let wrong_size = Expected { size: Some(999), sha256: None };
    assert_eq!(fetch(&http, &download(&server, &to, wrong_size)).await, Err(TransferFailure::Damaged));
    assert!(names(folder.path()).is_empty());
}

#[tokio::test]
async fn what_is_too_large_is_refused_before_and_during() {
    let endless = Answer::new(200, &bytes(1_100_000)).without_length();
    let announced = Answer::ok(&bytes(10)).with_length(2_000_000);
    let server = Server::start(vec![announced, endless]).await;
    let folder = tempfile::tempdir().unwrap();
    let http = server.http();
    let to = folder.path().join("a.bin");
    let claimed = Expected { size: Some(LIMIT + 1), sha256: None };
    let too_large = Err(TransferFailure::TooLarge { limit: 1_000_000 });
    assert_eq!(fetch(&http, &download(&server, &to, claimed)).await, too_large);
    assert!(server.requests().is_empty(), "not even asked for");
    assert_eq!(fetch(&http, &download(&server, &to, Expected::default())).await, too_large);
    assert_eq!(fetch(&http, &download(&server, &to, Expected::default())).await, too_large);
    assert!(names(folder.path()).is_empty());
}

#[tokio::test]
async fn a_file_of_that_name_is_not_touched() {
    let server = Server::start(vec![Answer::ok(b"new")]).await;
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("a.bin");
    std::fs::write(&to, b"old").unwrap();
    let result = fetch(&server.http(), &download(&server, &to, Expected::default())).await;
    assert!(matches!(result, Err(TransferFailure::Disk { .. })), "{result:?}");
    assert_eq!(std::fs::read(&to).unwrap(), b"old");
}

#[tokio::test]
async fn only_https_is_fetched_also_behind_redirections() {
    let away = Answer::new(302, b"").with("location", "http://127.0.0.1:9/file");
    let server = Server::start(vec![away]).await;
    let folder = tempfile::tempdir().unwrap();
    let http = server.http();
    let to = folder.path().join("a.bin");
    let redirected = fetch(&http, &download(&server, &to, Expected::default())).await;
    assert!(matches!(redirected, Err(TransferFailure::Refused { .. })), "{redirected:?}");
    for url in ["http://127.0.0.1:9/x", "file:///etc/passwd", "ftp://127.0.0.1/x", "nonsense", ""] {
        let wanted = Download { url: url.to_owned(), ..download(&server, &to, Expected::default()) };
        let result = fetch(&http, &wanted).await;
        assert!(matches!(result, Err(TransferFailure::Refused { .. })), "{url}: {result:?}");
    }
}

#[tokio::test]
async fn what_the_server_no_longer_has_is_gone() {
    let server = Server::start(vec![Answer::new(404, b""), Answer::new(503, b"")]).await;
    let folder = tempfile::tempdir().unwrap();
    let http = server.http();
    let wanted = download(&server, &folder.path().join("a"), Expected::default());
    assert_eq!(fetch(&http, &wanted).await, Err(TransferFailure::Gone));
    assert!(matches!(fetch(&http, &wanted).await, Err(TransferFailure::Unreachable { .. })));
}

#[tokio::test]
async fn a_server_that_nobody_trusts_gets_nothing() {
    let server = Server::start(vec![Answer::ok(b"x")]).await;
    let other = Server::start(vec![]).await;
    let folder = tempfile::tempdir().unwrap();
    let result = fetch(&other.http(), &download(&server, &folder.path().join("a"), Expected::default())).await;
    assert!(
        matches!(&result, Err(TransferFailure::Unreachable { detail }) if detail.contains("certificate")),
        "{result:?}"
    );
    assert!(server.requests().is_empty());
}

fn upload(server: &Server, file: &Path, size: u64) -> Upload {
    Upload {
        file: file.to_owned(),
        size,
        media_type: "image/png".to_owned(),
        put_url: server.url("/slot"),
        headers: vec![
            ("Authorization".to_owned(), "Basic x\r\nEvil: 1".to_owned()),
            ("X-Other".to_owned(), "1".to_owned()),
        ],
    }
}

#[tokio::test]
async fn a_file_is_sent_with_the_headers_of_its_slot_and_no_others() {
    let server = Server::start(vec![Answer::new(201, b"")]).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.png");
    let body = bytes(300_000);
    std::fs::write(&file, &body).unwrap();
    let (progress, told) = Progress::new(None);
    server.http().upload(&upload(&server, &file, 300_000), progress).await.unwrap();
    let request = &server.requests()[0];
    assert!(request.starts_with("PUT /slot ") && request.contains("content-length: 300000"), "{request}");
    assert!(request.contains("authorization: Basic xEvil: 1") && !request.contains("x-other"), "{request}");
    assert_eq!(server.bodies()[0], body);
    assert!(told.borrow().done > 0);
}

#[tokio::test]
async fn an_upload_says_why_it_failed() {
    let answers = vec![Answer::new(413, b""), Answer::new(403, b""), Answer::new(500, b"")];
    let server = Server::start(answers).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a");
    std::fs::write(&file, b"12345").unwrap();
    let http = server.http();
    let send = |size| http.upload_result(upload(&server, &file, size));
    assert_eq!(send(5).await, Err(UploadError::TooLarge));
    assert!(matches!(send(5).await, Err(UploadError::Refused(_))));
    assert!(matches!(send(5).await, Err(UploadError::Unreachable(_))));
    assert!(matches!(send(6).await, Err(UploadError::Unreadable(_))), "it changed");
    let gone = upload(&server, &folder.path().join("gone"), 5);
    assert!(matches!(http.upload_result(gone).await, Err(UploadError::Unreadable(_))));
}

trait UploadResult {
    fn upload_result(&self, upload: Upload) -> impl Future<Output = Result<(), UploadError>>;
}

impl UploadResult for Http {
    async fn upload_result(&self, upload: Upload) -> Result<(), UploadError> {
        self.upload(&upload, Progress::new(None).0).await
    }
}

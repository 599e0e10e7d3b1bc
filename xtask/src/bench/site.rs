//! A page for a browser under measurement: files of a folder over loopback, and what the page sends back.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// Results are a few kilobytes.
const MAX_BODY: u64 = 1 << 20;

/// Serves until the process ends; a bench opens a handful at most.
pub struct Site {
    port: u16,
    results: Receiver<Value>,
}

impl Site {
    /// Serves the files below a folder.
    pub fn open(folder: &Path) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let (sender, results) = channel();
        let folder = folder.to_owned();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if let Ok(Some(result)) = answer(stream, &folder)
                    && sender.send(result).is_err()
                {
                    return;
                }
            }
        });
        Ok(Self { port, results })
    }

    /// "http://127.0.0.1:40000/page"
    pub fn address(&self, page: &str) -> String {
        format!("http://127.0.0.1:{}/{page}", self.port)
    }

    /// What the page sends next.
    pub fn result(&self, limit: Duration) -> Result<Value> {
        let Ok(result) = self.results.recv_timeout(limit) else { bail!("the page sent nothing") };
        if let Some(error) = result["error"].as_str() {
            bail!("the page failed: {error}");
        }
        Ok(result)
    }
}

fn answer(mut stream: TcpStream, folder: &Path) -> Result<Option<Value>> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut request = String::new();
    reader.read_line(&mut request)?;
    let mut length = 0u64;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        if header.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = header.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().context("a content length")?;
        }
    }
    let mut body = Vec::new();
    reader.take(length.min(MAX_BODY)).read_to_end(&mut body)?;
    let path = request.split(' ').nth(1).unwrap_or_default();
    let (status, kind, content) = if request.starts_with("POST ") {
        ("204 No Content", "text/plain", Vec::new())
    } else {
        match file(folder, path).and_then(|path| Some((kind_of(&path), std::fs::read(path).ok()?))) {
            Some((kind, content)) => ("200 OK", kind, content),
            None => ("404 Not Found", "text/plain", Vec::new()),
        }
    };
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        content.len()
    )?;
    stream.write_all(&content)?;
    Ok(if request.starts_with("POST ") { Some(serde_json::from_slice(&body)?) } else { None })
}

/// The file of a request, never outside of the folder.
fn file(folder: &Path, path: &str) -> Option<PathBuf> {
    let path = path.split('?').next()?.trim_start_matches('/');
    let is_below = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    is_below.then(|| folder.join(path))
}

fn kind_of(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_below_the_folder_is_served() {
        let folder = Path::new("/site");
        assert_eq!(file(folder, "/a/b.js?x=1"), Some(PathBuf::from("/site/a/b.js")));
        assert_eq!(file(folder, "/../etc/passwd"), None);
        assert_eq!(file(folder, "//etc/passwd"), Some(PathBuf::from("/site/etc/passwd")));
    }
}

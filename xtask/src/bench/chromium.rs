//! Chromium as the peer: a page that calls itself, served from here, that sends its results back.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use confab_testkit::process::Group;
use serde_json::Value;

const PAGE: &str = include_str!("chromium.html");
/// Starting a browser on a busy machine takes seconds, a bench some tens of calls.
const LIMIT: Duration = Duration::from_secs(180);
/// Results are a few kilobytes.
const MAX_BODY: u64 = 1 << 20;

/// A browser with the page open. Ends when dropped.
pub struct Chromium {
    browser: Group,
    results: Receiver<Value>,
    profile: PathBuf,
}

impl Chromium {
    /// Opens the page with a query string. `picture` is what its camera shows.
    pub fn open(dir: &Path, picture: &Path, query: &str) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let (sender, results) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if let Ok(Some(result)) = answer(stream)
                    && sender.send(result).is_err()
                {
                    return;
                }
            }
        });
        let profile = dir.join(format!("chromium-{port}"));
        let mut command = Command::new("chromium");
        command
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .args(["--autoplay-policy=no-user-gesture-required", "--use-fake-ui-for-media-stream"])
            .args(["--use-fake-device-for-media-stream", "--allow-loopback-in-peer-connection"])
            .arg("--disable-features=WebRtcHideLocalIpsWithMdns")
            .arg(format!("--use-file-for-fake-video-capture={}", picture.display()))
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg(format!("http://127.0.0.1:{port}/?{query}"));
        let browser = Group::spawn(&mut command, &dir.join("chromium.log"))?;
        Ok(Self { browser, results, profile })
    }

    /// The process whose descendants are the whole browser.
    pub fn id(&self) -> u32 {
        self.browser.id()
    }

    /// What the page sends next.
    pub fn result(&self) -> Result<Value> {
        let Ok(result) = self.results.recv_timeout(LIMIT) else { bail!("the page in Chromium sent nothing") };
        if let Some(error) = result["error"].as_str() {
            bail!("the page in Chromium failed: {error}");
        }
        Ok(result)
    }

    /// What the page has sent already, if anything waits.
    pub fn ready(&self) -> Option<Value> {
        self.results.try_recv().ok()
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        self.browser.kill();
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}

/// One request: the page, or a result of it.
fn answer(mut stream: TcpStream) -> Result<Option<Value>> {
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
    let page = if request.starts_with("POST ") { "" } else { PAGE };
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{page}",
        page.len()
    )?;
    Ok(if request.starts_with("POST ") { Some(serde_json::from_slice(&body)?) } else { None })
}

//! The HTTP client.

use std::{sync::Arc, time::Duration};

use confab_model::TransferProgress;
use tokio::{sync::watch, time::Instant};

/// TCP and TLS together.
const CONNECT: Duration = Duration::from_secs(15);
/// Nothing came for so long: the link is dead.
const SILENCE: Duration = Duration::from_secs(30);
/// Servers move files to other hosts; more hops than this is a loop.
const MAX_REDIRECTS: usize = 5;
/// Five reports a second are smooth for people and cheap for windows.
const REPORT_EVERY: Duration = Duration::from_millis(200);

/// Fetches and sends files over HTTPS. Cheap to clone; connections are shared.
#[derive(Debug, Clone)]
pub struct Http {
    pub(crate) client: reqwest::Client,
}

impl Http {
    /// `tls` says whom to trust. Plain `http` is refused, also as the target of a redirection; no proxy is used, no
    /// cookies are kept, no referrer is told.
    ///
    /// # Errors
    /// When the TLS configuration does not fit the client: a mistake of the program.
    pub fn new(tls: Arc<rustls::ClientConfig>) -> Result<Self, String> {
        let redirects = reqwest::redirect::Policy::custom(|attempt| {
            if attempt.previous().len() > MAX_REDIRECTS {
                attempt.error("too many redirections")
            } else if attempt.url().scheme() != "https" {
                attempt.error("a redirection to an address that is not https")
            } else {
                attempt.follow()
            }
        });
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(rustls::ClientConfig::clone(&tls))
            .https_only(true)
            .no_proxy()
            .referer(false)
            .redirect(redirects)
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .user_agent(concat!("Confab/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| in_words(&error))?;
        Ok(Self { client })
    }
}

/// Counts bytes and tells of them at a bearable rate.
#[derive(Debug)]
pub struct Progress {
    done: u64,
    total: Option<u64>,
    told_at: Option<Instant>,
    to: watch::Sender<TransferProgress>,
}

impl Progress {
    /// `total` in bytes, if known.
    pub fn new(total: Option<u64>) -> (Self, watch::Receiver<TransferProgress>) {
        let (to, receiver) = watch::channel(TransferProgress { done: 0, total: total.map(short), percent: 0 });
        (Self { done: 0, total, told_at: None, to }, receiver)
    }

    pub(crate) fn set(&mut self, done: u64, total: Option<u64>) {
        self.done = done;
        self.total = total.or(self.total);
        self.tell();
    }

    pub(crate) fn add(&mut self, bytes: u64) {
        self.done += bytes;
        let now = Instant::now();
        // The last bytes are always told: what follows them is a wait for the other side.
        let is_all = self.total.is_some_and(|total| self.done >= total);
        if is_all || self.told_at.is_none_or(|at| now - at >= REPORT_EVERY) {
            self.told_at = Some(now);
            self.tell();
        }
    }

    fn tell(&self) {
        // 100 belongs to the end, when everything has been checked.
        let percent = match self.total {
            Some(total) if total > 0 => u8::try_from(self.done.saturating_mul(100) / total).unwrap_or(99).min(99),
            _ => 0,
        };
        self.to.send_replace(TransferProgress { done: short(self.done), total: self.total.map(short), percent });
    }
}

/// The UI counts in 32 bits; what is larger looks like 4 GiB.
fn short(bytes: u64) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// An error with its causes, without the address (it may hold a secret).
pub(crate) fn in_words(error: &reqwest::Error) -> String {
    let mut words = match (error.is_timeout(), error.is_connect()) {
        (true, _) => "the server does not answer".to_owned(),
        (_, true) => "no connection to the server".to_owned(),
        _ => "the transfer broke off".to_owned(),
    };
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        if inner.source().is_none() {
            words = format!("{words}: {inner}");
        }
        cause = inner.source();
    }
    words
}

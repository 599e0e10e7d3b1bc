//! The page in the browser (`browser/`): built once per run, and asked by name for what it can do.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
    time::{Duration, SystemTime},
};

use confab_testkit::{
    netns::Namespace,
    process::{is_installed, run},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::chromium::Chromium;

/// How long anything in the page may take before the test fails.
const LIMIT: Duration = Duration::from_secs(30);
/// Measurements of pictures per second; each lasts a second.
const MEASUREMENTS: usize = 12;

/// What the page sees of the far side's picture.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Seen {
    /// Smallest time from drawing to reading, ms.
    pub best_age_ms: Option<f64>,
    pub width: u32,
    pub height: u32,
}

/// What the browser counts.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Statistics {
    pub transports: u32,
    pub codecs: Vec<String>,
}

/// The page, signed in.
#[derive(Debug)]
pub struct Page {
    browser: Chromium,
    pub jid: String,
}

impl Page {
    /// Opens the page and signs in. `url` is the server's WebSocket.
    pub async fn sign_in(place: &Place<'_>, url: &str, jid: &str, password: &str, bundle: bool) -> Self {
        let browser = Chromium::open(place.namespace, place.folder, place.flags, place.page).await.expect("a browser");
        let page = Self { browser, jid: jid.to_owned() };
        let args = json!({ "url": url, "jid": jid, "password": password, "bundle": bundle });
        page.evaluate(&format!("peer.signIn({args})")).await;
        page
    }

    /// The value of an expression.
    pub async fn evaluate(&self, expression: &str) -> Value {
        match self.browser.evaluate(expression).await {
            Ok(value) => value,
            Err(error) => panic!("{error}\n{}", self.report().await),
        }
    }

    /// Waits until an expression of `peer` and `state` is true, and returns its value.
    pub async fn until(&self, expression: &str) -> Value {
        let args = format!("{}, {}", json!(expression), LIMIT.as_millis());
        self.evaluate(&format!("peer.until({args})")).await
    }

    /// How calls that come in are answered.
    pub async fn policy(&self, policy: Value) {
        self.evaluate(&format!("peer.setPolicy({policy})")).await;
    }

    /// The end of the call that is on, in the page's words.
    pub async fn ended(&self) -> String {
        self.until("state.call.phase === 'ended' && state.call.end").await.as_str().expect("a word").to_owned()
    }

    /// Is a tone of this frequency the loudest sound? The browser's ear is 6 Hz exact.
    pub async fn hears(&self, hertz: u32) {
        self.until(&format!("Math.abs((peer.hear()?.hertz ?? 0) - {hertz}) <= 12")).await;
    }

    /// Measures until more pictures a second than this are decoded; the machine may be busy with something else.
    pub async fn decodes_more_than(&self, frames_per_second: f64) {
        let mut rates = Vec::new();
        for _ in 0..MEASUREMENTS {
            let rate = self.evaluate("peer.frameRate(1000)").await.as_f64().expect("a number");
            if rate > frames_per_second {
                return;
            }
            rates.push(rate);
        }
        panic!("pictures per second: {rates:?}\n{}", self.report().await);
    }

    /// What is known of the far side's picture, once it can be read.
    pub async fn sees(&self) -> Seen {
        let seen = self.until("peer.seen().readable > 10 && peer.seen()").await;
        serde_json::from_value(seen).expect("what the page saw")
    }

    pub async fn statistics(&self) -> Statistics {
        serde_json::from_value(self.evaluate("peer.statistics()").await).expect("statistics")
    }

    /// What happened so far, for the report of a failure.
    pub async fn report(&self) -> String {
        let state = self.browser.evaluate("JSON.stringify(window.__state, null, 1)").await;
        let trace = self.browser.evaluate("(window.__trace ?? []).slice(-40).join('\\n')").await;
        let text = |value: confab_testkit::Result<Value>| match value {
            Ok(value) => value.as_str().unwrap_or_default().to_owned(),
            Err(error) => error.to_string(),
        };
        format!("--- the page\n{}\n--- its stanzas\n{}", text(state), text(trace))
    }

    /// The browser's version.
    pub async fn version(&self) -> String {
        self.browser.version().await.expect("a version")
    }
}

/// Where and how the browser runs.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    pub namespace: &'a Namespace,
    /// Profile and log.
    pub folder: &'a Path,
    pub flags: &'a [&'a str],
    pub page: &'a Path,
}

/// The page's file with its script built; or why it cannot be had.
pub fn build() -> Result<&'static Path, String> {
    static PAGE: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    PAGE.get_or_init(bundle).as_deref().map_err(Clone::clone)
}

fn bundle() -> Result<PathBuf, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("interop/browser");
    let (script, page) = (folder.join("dist/peer.js"), folder.join("peer.html"));
    let sources = fs::read_dir(folder.join("src")).into_iter().flatten().flatten().map(|entry| entry.path());
    let lock = folder.join("package-lock.json");
    let newest = sources.chain([lock.clone()]).map(|path| changed(&path)).max();
    if Some(changed(&script)) > newest {
        return Ok(page);
    }
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    if !is_installed(program) {
        return Err("npm is not installed (run `cargo xtask setup`)".to_owned());
    }
    let npm = |args: &[&str]| {
        run(Command::new(program).args(args).current_dir(&folder)).map_err(|error| format!("stanza.js: {error}"))
    };
    // npm writes this file last.
    if changed(&folder.join("node_modules/.package-lock.json")) < changed(&lock) {
        npm(&["ci", "--no-audit", "--no-fund"])?;
    }
    npm(&["run", "--silent", "build"])?;
    Ok(page)
}

fn changed(path: &Path) -> SystemTime {
    path.metadata().and_then(|data| data.modified()).unwrap_or(SystemTime::UNIX_EPOCH)
}

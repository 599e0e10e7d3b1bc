//! A headless Chromium, driven by the DevTools protocol through a pipe.
//!
//! Owns: the process, its profile and the pipe; a pipe needs no port, so that the browser may run in a namespace which
//! the test cannot enter. In: a page's file, expressions. Out: their values. Does not: know what the page does.

use std::{
    collections::HashMap,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{ChildStdin, ChildStdout},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use confab_testkit::{
    Error, Result,
    netns::Namespace,
    process::{Group, is_installed, tail},
};
use serde_json::{Value, json};
use tokio::sync::oneshot;

/// Longest wait for an answer of the browser. What a page waits for has a limit of its own, which is shorter.
const ANSWER: Duration = Duration::from_secs(60);
/// How often a page that loads is looked at.
const LOOK: Duration = Duration::from_millis(20);
/// Names under which it is installed, in the order of preference.
const PROGRAMS: [&str; 3] = ["chromium", "google-chrome", "chromium-browser"];
/// No accounts, updates or metrics: whatever it would send, it would send into a private namespace.
const FLAGS: &[&str] = &[
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--mute-audio",
    "--autoplay-policy=no-user-gesture-required",
    "--allow-file-access-from-files",
    // A page that nobody looks at would draw once a second.
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--remote-debugging-pipe",
];

type Waiting = Arc<Mutex<HashMap<u64, oneshot::Sender<Value>>>>;

/// A browser with one page.
#[derive(Debug)]
pub struct Chromium {
    group: Group,
    input: Mutex<ChildStdin>,
    waiting: Waiting,
    numbers: AtomicU64,
    session: String,
}

impl Chromium {
    /// The program, if it is installed.
    pub fn program() -> Option<&'static str> {
        PROGRAMS.into_iter().find(|program| is_installed(program))
    }

    /// Starts a browser with a new profile in `folder` and opens a file.
    ///
    /// # Errors
    /// It does not start or does not open the page; with the end of its log.
    pub async fn open(namespace: &Namespace, folder: &Path, flags: &[&str], page: &Path) -> Result<Self> {
        let program = Self::program().ok_or_else(|| Error::Missing("chromium".to_owned()))?;
        // DevTools reads descriptor 3 and writes descriptor 4.
        let mut command = namespace.command("sh");
        command.args(["-c", "exec \"$@\" 3<&0 4>&1 0</dev/null 1>&2", "sh", program]).args(FLAGS).args(flags);
        command.arg(format!("--user-data-dir={}", folder.join("profile").display())).arg("about:blank");
        // Its own folders too: nothing of the person who runs the tests is read or changed.
        command.env("HOME", folder).env("XDG_CONFIG_HOME", folder).env("XDG_CACHE_HOME", folder);
        command.env_remove("DISPLAY").env_remove("DBUS_SESSION_BUS_ADDRESS");
        let (group, input, output) = Group::spawn_piped(&mut command, &folder.join("chromium.log"))?;
        let waiting = Waiting::default();
        let told = Arc::clone(&waiting);
        std::thread::spawn(move || read(output, &told));
        let (input, numbers) = (Mutex::new(input), AtomicU64::new(1));
        let mut browser = Self { group, input, waiting, numbers, session: String::new() };
        let target = browser.ask("Target.createTarget", json!({ "url": format!("file://{}", page.display()) })).await?;
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = browser.ask("Target.attachToTarget", attach).await?;
        browser.session = attached["sessionId"].as_str().unwrap_or_default().to_owned();
        browser.loaded().await?;
        Ok(browser)
    }

    /// Waits until the page has run its scripts. Before, there is an empty page that counts as complete too, and whose
    /// end answers a question with an error.
    async fn loaded(&self) -> Result<()> {
        let loaded = async {
            let complete = "location.protocol === 'file:' && document.readyState === 'complete'";
            while !matches!(self.evaluate(complete).await, Ok(Value::Bool(true))) {
                tokio::time::sleep(LOOK).await;
            }
        };
        let missing = || Error::TimedOut { what: "the page".into(), seconds: ANSWER.as_secs(), output: self.log() };
        tokio::time::timeout(ANSWER, loaded).await.map_err(|_| missing())
    }

    /// The value of an expression in the page, once its promise is kept.
    ///
    /// # Errors
    /// The expression throws, or the browser is gone.
    pub async fn evaluate(&self, expression: &str) -> Result<Value> {
        let args = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let answer = self.ask("Runtime.evaluate", args).await?;
        match answer.get("exceptionDetails") {
            None => Ok(answer["result"]["value"].clone()),
            Some(details) => {
                let text = details["exception"]["description"].as_str().or_else(|| details["text"].as_str());
                Err(Error::Unexpected(format!("{}: {expression}", text.unwrap_or("an exception"))))
            }
        }
    }

    /// Its version, for reports.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn version(&self) -> Result<String> {
        Ok(self.ask("Browser.getVersion", json!({})).await?["product"].as_str().unwrap_or_default().to_owned())
    }

    /// What it printed last.
    pub fn log(&self) -> String {
        tail(self.group.log())
    }

    async fn ask(&self, method: &str, params: Value) -> Result<Value> {
        let id = self.numbers.fetch_add(1, Ordering::Relaxed);
        let mut request = json!({ "id": id, "method": method, "params": params });
        if !self.session.is_empty() {
            request["sessionId"] = self.session.as_str().into();
        }
        let (sender, answer) = oneshot::channel();
        lock(&self.waiting).insert(id, sender);
        let mut bytes = request.to_string().into_bytes();
        bytes.push(0);
        let gone = |why: &str| Error::Unexpected(format!("{method}: {why}\n{}", self.log()));
        lock(&self.input).write_all(&bytes).map_err(|error| gone(&error.to_string()))?;
        match tokio::time::timeout(ANSWER, answer).await {
            Ok(Ok(mut message)) => match message.get("error") {
                Some(error) => Err(gone(&error.to_string())),
                None => Ok(message["result"].take()),
            },
            Ok(Err(_)) => Err(gone("the browser ended")),
            Err(_) => Err(gone("no answer")),
        }
    }
}

/// Hands answers to who waits for them, until the browser ends.
fn read(output: ChildStdout, waiting: &Waiting) {
    let mut output = BufReader::new(output);
    let mut message = Vec::new();
    while output.read_until(0, &mut message).is_ok_and(|length| length > 0) {
        message.pop();
        if let Ok(value) = serde_json::from_slice::<Value>(&message)
            && let Some(sender) = value["id"].as_u64().and_then(|id| lock(waiting).remove(&id))
        {
            let _ = sender.send(value);
        }
        message.clear();
    }
    // Dropped senders tell everybody who still waits.
    lock(waiting).clear();
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

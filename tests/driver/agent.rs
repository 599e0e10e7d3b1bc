//! One agent: a process, its requests and what it tells.

use std::{
    fs::{self, File, OpenOptions},
    path::{Path, PathBuf},
    process::Stdio,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use confab_model::Event;
use confab_testkit::{netns::Namespace, process::tail};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    process::{Child, ChildStdin, Command},
    sync::Notify,
    time::timeout,
};

use super::{binary, log::Log};

/// How long anything may take before the test fails. What is slow on purpose gets more by
/// [`Agent::event_within`]; nothing is measured with it.
pub const LIMIT: Duration = Duration::from_secs(30);
/// Results may wait for the network's own time-outs.
const ANSWER_LIMIT: Duration = Duration::from_secs(60);

/// How an agent is started.
#[derive(Debug, Clone)]
pub struct AgentOptions {
    /// Its name in logs, and the beginning of its person's.
    pub name: String,
    /// Data folder, log and recordings are below it.
    pub folder: PathBuf,
    pub ca_file: Option<PathBuf>,
    /// The largest picture that it sends, as WIDTHxHEIGHT@FPS.
    pub picture: String,
    /// Frequency of the tone that it says, Hz.
    pub tone: u32,
    /// Where it runs; outside of all namespaces it uses loopback for its media.
    pub namespace: Option<Arc<Namespace>>,
    /// Keep what calls sent and received.
    pub record: bool,
    /// Calls use relays only.
    pub relay_only: bool,
    /// Names of machines (`/etc/hosts`) as it sees them; only in a namespace.
    pub hosts: Option<PathBuf>,
    /// How far a new device reads back; `None`: as people have it.
    pub history_days: Option<u32>,
}

impl AgentOptions {
    fn command(&self) -> Command {
        let mut command = match (&self.namespace, &self.hosts) {
            (Some(namespace), Some(hosts)) => {
                let mut command = namespace.command("unshare");
                let script = "mount --bind \"$1\" /etc/hosts && shift && exec \"$@\"";
                command.args(["--mount", "--", "sh", "-c", script, "agent"]).arg(hosts).arg(binary::agent());
                command
            }
            (Some(namespace), None) => namespace.command(binary::agent()),
            (None, _) => std::process::Command::new(binary::agent()),
        };
        command.arg("--data-dir").arg(self.folder.join("data"));
        if let Some(ca_file) = &self.ca_file {
            command.arg("--ca-file").arg(ca_file);
        }
        command.args(["--microphone", &format!("test:tone:{}", self.tone), "--speaker", "test:null"]);
        command.args(["--camera", "test:picture", "--picture-limit", &self.picture, "--decode"]);
        if self.namespace.is_none() {
            command.arg("--loopback");
        }
        if self.relay_only {
            command.arg("--relay-only");
        }
        if let Some(days) = self.history_days {
            command.args(["--history-days", &days.to_string()]);
        }
        if self.record {
            command.arg("--record-dir").arg(self.folder.join("calls"));
        }
        command.env("RUST_LOG", std::env::var("CONFAB_AGENT_LOG").unwrap_or_else(|_| "info".to_owned()));
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command.into()
    }
}

/// An operation that failed, as the agent's error line says.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct Failure {
    pub code: String,
    pub message: String,
    pub detail: Option<String>,
}

#[derive(Debug)]
struct Shared {
    log: Mutex<Log>,
    changed: Notify,
}

impl Shared {
    fn log(&self) -> MutexGuard<'_, Log> {
        // A panic of the reader (a line that makes no sense) is the failure to be seen, not the poison.
        self.log.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[derive(Debug)]
struct Process {
    child: Child,
    input: ChildStdin,
    reader: tokio::task::JoinHandle<()>,
}

/// A running agent. Dropping it kills it; if the test is failing, its log is printed.
#[derive(Debug)]
pub struct Agent {
    pub options: AgentOptions,
    /// The bare address of its account, once there is one.
    pub jid: String,
    /// The number of its account.
    pub account: u32,
    shared: Arc<Shared>,
    process: Option<Process>,
    requests: AtomicU32,
}

impl Agent {
    /// Starts an agent with an empty data folder and waits until it is ready. It has no account yet.
    pub async fn start(options: AgentOptions) -> Self {
        fs::create_dir_all(&options.folder).unwrap();
        let shared = Arc::new(Shared { log: Mutex::new(Log::new()), changed: Notify::new() });
        let mut agent =
            Self { options, jid: String::new(), account: 0, shared, process: None, requests: AtomicU32::new(0) };
        agent.start_again().await;
        agent
    }

    /// Starts a killed or ended agent again on the same data.
    pub async fn start_again(&mut self) {
        self.start_with(&[]).await;
    }

    /// [`Agent::start_again`] with more arguments.
    pub async fn start_with(&mut self, arguments: &[&str]) {
        assert!(self.process.is_none(), "{} runs already", self.options.name);
        self.shared.log().restarted();
        let mut command = self.options.command();
        command.args(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(open_log(&self.log_file())).kill_on_drop(true);
        let mut child = command.spawn().expect("the agent starts");
        let input = child.stdin.take().expect("piped");
        let output = BufReader::new(child.stdout.take().expect("piped"));
        let reader = tokio::spawn(read(output, Arc::clone(&self.shared)));
        self.process = Some(Process { child, input, reader });
        self.wait("ready", LIMIT, |log| log.is_ready.then_some(())).await;
    }

    /// Starts a killed or ended agent, which must say why it cannot and end with status 1.
    pub async fn cannot_start(&self, arguments: &[&str]) -> Failure {
        assert!(self.process.is_none(), "{} runs already", self.options.name);
        let mut command = self.options.command();
        command.args(arguments).stdin(Stdio::null()).stderr(open_log(&self.log_file())).kill_on_drop(true);
        let output = timeout(LIMIT, command.output()).await.expect("it ends").expect("the agent starts");
        let lines = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(1), "{lines}");
        let line: Value = serde_json::from_str(lines.lines().next().expect("a line")).expect("JSON");
        serde_json::from_value(line["error"].clone()).expect("an error line")
    }

    /// Kills it as a crash would (SIGKILL). What it had said until then is in the log.
    pub async fn kill(&mut self) {
        let mut process = self.process.take().expect("it runs");
        process.child.kill().await.expect("it can be killed");
        let _ = process.reader.await;
        self.shared.log().note("killed");
    }

    /// Ends it in order and waits for that.
    pub async fn quit(&mut self) {
        self.ok("quit", json!({})).await;
        let mut process = self.process.take().expect("it runs");
        let status = timeout(LIMIT, process.child.wait()).await.expect("it ends after quit").expect("a status");
        assert!(status.success(), "{}: {status}", self.options.name);
        let _ = process.reader.await;
        self.shared.log().note("ended");
    }

    /// Where its `tracing` output goes.
    pub fn log_file(&self) -> PathBuf {
        self.options.folder.join("agent.log")
    }

    /// Writes a line as it is.
    pub async fn write_line(&mut self, line: &str) {
        self.shared.log().asked(line);
        let process = self.process.as_mut().expect("it runs");
        process.input.write_all(format!("{line}\n").as_bytes()).await.expect("the agent reads");
    }

    /// Starts an operation; [`Agent::answer`] fetches what came of it.
    pub async fn send(&mut self, op: &str, args: Value) -> String {
        let id = (self.requests.fetch_add(1, Ordering::Relaxed) + 1).to_string();
        self.write_line(&json!({ "id": id, "op": op, "args": args }).to_string()).await;
        id
    }

    /// What came of a request.
    pub async fn answer(&self, id: &str) -> Result<Value, Failure> {
        let what = format!("the answer to {id}");
        let line = self.wait(&what, ANSWER_LIMIT, |log| log.answers.remove(id)).await;
        match line.get("error") {
            Some(error) => Err(serde_json::from_value(error.clone()).expect("an error line")),
            None => Ok(line["result"]["value"].clone()),
        }
    }

    /// Carries out an operation.
    pub async fn ask(&mut self, op: &str, args: Value) -> Result<Value, Failure> {
        let id = self.send(op, args).await;
        self.answer(&id).await
    }

    /// Carries out an operation that must succeed.
    pub async fn ok(&mut self, op: &str, args: Value) -> Value {
        match self.ask(op, args).await {
            Ok(value) => value,
            Err(failure) => panic!("{}: {op}: {failure:?}", self.options.name),
        }
    }

    /// Carries out an operation of the account that must succeed; `args` without the account's number.
    pub async fn own<T: DeserializeOwned>(&mut self, op: &str, args: Value) -> T {
        let value = self.try_own(op, args).await;
        match value {
            Ok(value) => serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{op}: {value}: {error}")),
            Err(failure) => panic!("{}: {op}: {failure:?}", self.options.name),
        }
    }

    /// Carries out an operation of the account; `args` without the account's number.
    pub async fn try_own(&mut self, op: &str, mut args: Value) -> Result<Value, Failure> {
        args["account"] = self.account.into();
        self.ask(op, args).await
    }

    /// Carries out an operation that must fail, and returns the code.
    pub async fn refused(&mut self, op: &str, args: Value) -> String {
        match self.ask(op, args).await {
            Ok(value) => panic!("{}: {op} was not refused: {value}", self.options.name),
            Err(failure) => failure.code,
        }
    }

    /// The first event, of all that were told so far and of those to come, of which `wanted` makes something.
    pub async fn event<T>(&self, what: &str, wanted: impl FnMut(&Event) -> Option<T>) -> T {
        self.event_within(LIMIT, what, wanted).await
    }

    /// [`Agent::event`] for what takes long by its nature.
    pub async fn event_within<T>(&self, limit: Duration, what: &str, wanted: impl FnMut(&Event) -> Option<T>) -> T {
        self.event_after(0, limit, what, wanted).await
    }

    /// [`Agent::event`] among those after a [`Agent::mark`].
    pub async fn event_since<T>(&self, mark: usize, what: &str, wanted: impl FnMut(&Event) -> Option<T>) -> T {
        self.event_after(mark, LIMIT, what, wanted).await
    }

    /// [`Agent::event_since`] for what takes long by its nature.
    pub async fn event_after<T>(
        &self,
        mark: usize,
        limit: Duration,
        what: &str,
        mut wanted: impl FnMut(&Event) -> Option<T>,
    ) -> T {
        let mut next = mark;
        self.wait(what, limit, |log| {
            let found = log.events[next..].iter().find_map(&mut wanted);
            next = log.events.len();
            found
        })
        .await
    }

    /// A place in the events: the end as of now.
    pub fn mark(&self) -> usize {
        self.shared.log().events.len()
    }

    /// What `wanted` makes of all events so far, in order.
    pub fn told<T>(&self, wanted: impl FnMut(&Event) -> Option<T>) -> Vec<T> {
        self.shared.log().events.iter().filter_map(wanted).collect()
    }

    /// The next error line without a request id.
    pub async fn stray_error(&self) -> Failure {
        let error = self.wait("an error line", LIMIT, |log| log.stray_errors.pop_front()).await;
        serde_json::from_value(error).expect("an error line")
    }

    async fn wait<T>(&self, what: &str, limit: Duration, mut look: impl FnMut(&mut Log) -> Option<T>) -> T {
        let found = timeout(limit, async {
            loop {
                let changed = self.shared.changed.notified();
                tokio::pin!(changed);
                // Registered before the look, so that no change is missed in between.
                changed.as_mut().enable();
                let is_over = {
                    let mut log = self.shared.log();
                    if let Some(found) = look(&mut log) {
                        return found;
                    }
                    log.is_over
                };
                assert!(!is_over, "{} ended, still wanted: {what}", self.options.name);
                changed.await;
            }
        });
        found.await.unwrap_or_else(|_| panic!("{}: no {what} within {limit:?}", self.options.name))
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let folder = self.options.folder.display();
            eprintln!("\n=== {} ({}), {folder}\n{}", self.options.name, self.jid, self.shared.log().shown());
            eprintln!("--- end of its log\n{}", tail(&self.log_file()));
        }
    }
}

async fn read(output: BufReader<tokio::process::ChildStdout>, shared: Arc<Shared>) {
    let mut lines = output.lines();
    let guard = Over(Arc::clone(&shared));
    while let Ok(Some(line)) = lines.next_line().await {
        shared.log().line(&line);
        shared.changed.notify_waiters();
    }
    drop(guard);
}

/// Says that nothing more comes, also when the reader panics.
struct Over(Arc<Shared>);

impl Drop for Over {
    fn drop(&mut self) {
        self.0.log().is_over = true;
        self.0.changed.notify_waiters();
    }
}

fn open_log(path: &Path) -> File {
    OpenOptions::new().create(true).append(true).open(path).expect("a file for the agent's log")
}

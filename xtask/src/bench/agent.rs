//! An agent driven from a script that waits: `confab-agent` with its lines.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use confab_testkit::server::LocalServer;
use serde_json::{Value, json};

/// Longer than anything here takes; only so that a bench ends.
const LIMIT: Duration = Duration::from_secs(60);

/// A running agent with one account. Ends when dropped.
pub struct Agent {
    child: Child,
    input: ChildStdin,
    lines: Receiver<(Instant, Value)>,
    requests: u32,
}

impl Agent {
    /// Starts an agent with extra arguments and signs it in.
    pub fn start(program: &Path, dir: &Path, server: &LocalServer, user: &str, extra: &[&str]) -> Result<Self> {
        let mut child = Command::new(program)
            .arg("--data-dir")
            .arg(dir)
            .arg("--ca-file")
            .arg(server.ca_file())
            .args(["--loopback", "--speaker", "test:null"])
            .args(extra)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| program.display().to_string())?;
        let input = child.stdin.take().context("no standard input")?;
        let output = child.stdout.take().context("no standard output")?;
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let now = Instant::now();
                if let Ok(value) = serde_json::from_str(&line)
                    && sender.send((now, value)).is_err()
                {
                    return;
                }
            }
        });
        let mut agent = Self { child, input, lines, requests: 0 };
        let address = json!({"host": server.address().to_string(), "port": server.port(), "directTls": false});
        let jid = format!("{user}@{}", server.domain());
        agent.ask("signIn", json!({"jid": jid, "password": user, "server": address}))?;
        Ok(agent)
    }

    /// The process, for measuring it.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Carries out an operation; the moment of the answer and its value. Events before it are dropped.
    pub fn ask(&mut self, op: &str, args: Value) -> Result<(Instant, Value)> {
        self.requests += 1;
        let id = self.requests.to_string();
        writeln!(self.input, "{}", json!({"id": id, "op": op, "args": args}))?;
        self.wait(op, |line| {
            if line["error"]["id"] == id.as_str() {
                return Some(Err(line["error"].clone()));
            }
            (line["result"]["id"] == id.as_str()).then(|| Ok(line["result"]["value"].clone()))
        })
        .and_then(|(at, answer)| match answer {
            Ok(value) => Ok((at, value)),
            Err(error) => bail!("{op}: {error}"),
        })
    }

    /// Forgets what was told so far: what is waited for next is of now.
    pub fn skip(&mut self) {
        while self.lines.try_recv().is_ok() {}
    }

    /// Waits for an event that `wanted` makes something of.
    pub fn event<T>(&mut self, what: &str, mut wanted: impl FnMut(&Value) -> Option<T>) -> Result<(Instant, T)> {
        self.wait(what, |line| wanted(&line["event"]["event"]))
    }

    fn wait<T>(&mut self, what: &str, mut wanted: impl FnMut(&Value) -> Option<T>) -> Result<(Instant, T)> {
        let end = Instant::now() + LIMIT;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let Ok((at, line)) = self.lines.recv_timeout(left) else { bail!("no {what} came") };
            if let Some(found) = wanted(&line) {
                return Ok((at, found));
            }
        }
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The whole snapshot of an event about a call in this phase.
pub fn in_phase(event: &Value, phase: &str) -> Option<Value> {
    let call = &event["call"];
    (event["kind"] == "callChanged" && call["phase"]["kind"] == phase).then(|| call.clone())
}

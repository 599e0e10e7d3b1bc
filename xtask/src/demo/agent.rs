//! A `confab-agent` that acts for a person before their window opens: requests and results as JSON Lines.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{ChildStdin, Command};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use confab_testkit::process::Group;
use serde_json::{Value, json};

/// Everything happens on this machine.
const LIMIT: Duration = Duration::from_secs(30);

pub struct Agent {
    name: String,
    process: Group,
    requests: ChildStdin,
    lines: Receiver<Value>,
    events: VecDeque<Value>,
    count: u32,
    account: Value,
}

impl Agent {
    /// Starts an agent on a data folder and signs in as `name@localhost`, whose password is its name.
    pub fn sign_in(binary: &Path, data: &Path, ca_file: &Path, name: &str, port: u16) -> Result<Self> {
        let mut command = Command::new(binary);
        command.arg("--data-dir").arg(data).arg("--ca-file").arg(ca_file).args(["--secrets", "file", "--loopback"]);
        command.args(["--microphone", "test:silence", "--speaker", "test:null", "--camera", "test:picture"]);
        let (process, requests, answers) = Group::spawn_piped(&mut command, &data.with_extension("agent.log"))?;
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(answers).lines().map_while(|line| line.ok()) {
                if serde_json::from_str(&line).is_ok_and(|value: Value| sender.send(value).is_err()) {
                    return;
                }
            }
        });
        let events = VecDeque::new();
        let mut agent =
            Self { name: name.to_owned(), process, requests, lines, events, count: 0, account: Value::Null };
        let server = json!({ "host": "127.0.0.1", "port": port, "directTls": false });
        let sign_in = json!({ "jid": agent.jid(), "password": name, "server": server, "remember": true });
        agent.account = agent.request("signIn", sign_in)?;
        Ok(agent)
    }

    pub fn jid(&self) -> String {
        format!("{}@localhost", self.name)
    }

    /// An operation on the account; `account` is added to the arguments.
    pub fn ask(&mut self, operation: &str, mut arguments: Value) -> Result<Value> {
        arguments["account"] = self.account.clone();
        self.request(operation, arguments)
    }

    fn request(&mut self, operation: &str, arguments: Value) -> Result<Value> {
        self.count += 1;
        let id = self.count.to_string();
        let line = json!({ "id": id, "op": operation, "args": arguments });
        writeln!(self.requests, "{line}").with_context(|| format!("asking the agent of {}", self.name))?;
        let end = Instant::now() + LIMIT;
        loop {
            let mut line = self.next(operation, end)?;
            if line["result"]["id"] == id.as_str() {
                return Ok(line["result"]["value"].take());
            }
            if line["error"]["id"] == id.as_str() {
                bail!("{}: {operation}: {} {}", self.name, line["error"]["message"], line["error"]["detail"]);
            }
            self.keep(line);
        }
    }

    /// Waits for an event of this kind that is wanted; those before it are forgotten.
    pub fn event(&mut self, kind: &str, wanted: impl Fn(&Value) -> bool) -> Result<Value> {
        let end = Instant::now() + LIMIT;
        loop {
            while let Some(event) = self.events.pop_front() {
                if event["kind"] == kind && wanted(&event) {
                    return Ok(event);
                }
            }
            let line = self.next(kind, end)?;
            self.keep(line);
        }
    }

    fn keep(&mut self, mut line: Value) {
        let event = line["event"]["event"].take();
        if !event.is_null() {
            self.events.push_back(event);
        }
    }

    fn next(&mut self, what: &str, end: Instant) -> Result<Value> {
        let left = end.saturating_duration_since(Instant::now());
        let log = || confab_testkit::process::tail(self.process.log());
        self.lines.recv_timeout(left).with_context(|| format!("{}: waiting for {what}\n{}", self.name, log()))
    }

    /// Signs off and ends.
    pub fn quit(mut self) -> Result<()> {
        let quit = json!({ "id": "quit", "op": "quit" });
        writeln!(self.requests, "{quit}").with_context(|| format!("ending the agent of {}", self.name))?;
        self.process.wait_exit(LIMIT)?;
        Ok(())
    }
}

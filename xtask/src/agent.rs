//! A `confab-agent` that acts for a person: in the demo before their window opens, in benches instead of one.
//!
//! Owns the process and its one account. In: operations by name, as `docs/agent.md` lists them. Out: their answers, and
//! events with the moments at which they were read. Does not: know what they mean, except where people meet ([`meet`]).

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{ChildStdin, Command};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use confab_testkit::process::{Group, tail};
use confab_testkit::server::LocalServer;
use serde_json::{Value, json};

/// Longer than anything takes on one machine; only so that a demo or a bench ends.
const LIMIT: Duration = Duration::from_secs(60);

/// A running agent with one account. Ends when dropped.
pub struct Agent {
    jid: String,
    account: Value,
    process: Group,
    requests: ChildStdin,
    lines: Receiver<(Instant, Value)>,
    /// Told while something else was waited for, oldest first.
    events: VecDeque<(Instant, Value)>,
    count: u32,
}

impl Agent {
    /// Starts an agent on a data folder, with more arguments, and signs in with an account whose password is its name.
    pub fn sign_in(program: &Path, data: &Path, server: &LocalServer, name: &str, more: &[&str]) -> Result<Self> {
        let mut command = Command::new(program);
        command.arg("--data-dir").arg(data).arg("--ca-file").arg(server.ca_file());
        command.args(["--secrets", "file", "--loopback", "--speaker", "test:null"]).args(more);
        let (process, requests, answers) = Group::spawn_piped(&mut command, &data.with_extension("agent.log"))?;
        let (sender, lines) = channel();
        thread::spawn(move || {
            for line in BufReader::new(answers).lines().map_while(Result::ok) {
                let now = Instant::now();
                if serde_json::from_str(&line).is_ok_and(|value| sender.send((now, value)).is_err()) {
                    return;
                }
            }
        });
        let jid = format!("{name}@{}", server.domain());
        let mut agent = Self { jid, account: Value::Null, process, requests, lines, events: VecDeque::new(), count: 0 };
        let address = json!({ "host": server.address().to_string(), "port": server.port(), "directTls": false });
        let sign_in = json!({ "jid": agent.jid, "password": name, "server": address, "remember": true });
        agent.account = agent.request("signIn", sign_in)?;
        Ok(agent)
    }

    pub fn jid(&self) -> &str {
        &self.jid
    }

    /// The process, for measuring it.
    pub fn id(&self) -> u32 {
        self.process.id()
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
        writeln!(self.requests, "{line}").with_context(|| format!("asking the agent of {}", self.jid))?;
        let end = Instant::now() + LIMIT;
        loop {
            let (at, mut line) = self.next(operation, end)?;
            if line["result"]["id"] == id.as_str() {
                return Ok(line["result"]["value"].take());
            }
            if line["error"]["id"] == id.as_str() {
                bail!("{}: {operation}: {} {}", self.jid, line["error"]["message"], line["error"]["detail"]);
            }
            self.keep(at, line);
        }
    }

    /// Waits for an event that `wanted` makes something of, and says when it came; those before it are forgotten.
    pub fn event<T>(&mut self, what: &str, mut wanted: impl FnMut(&Value) -> Option<T>) -> Result<(Instant, T)> {
        let end = Instant::now() + LIMIT;
        loop {
            while let Some((at, event)) = self.events.pop_front() {
                if let Some(found) = wanted(&event) {
                    return Ok((at, found));
                }
            }
            let (at, line) = self.next(what, end)?;
            self.keep(at, line);
        }
    }

    /// Forgets what was told so far: what is waited for next is of now.
    pub fn skip(&mut self) {
        self.events.clear();
        while self.lines.try_recv().is_ok() {}
    }

    fn keep(&mut self, at: Instant, mut line: Value) {
        let event = line["event"]["event"].take();
        if !event.is_null() {
            self.events.push_back((at, event));
        }
    }

    fn next(&mut self, what: &str, end: Instant) -> Result<(Instant, Value)> {
        let left = end.saturating_duration_since(Instant::now());
        let log = || tail(self.process.log());
        self.lines.recv_timeout(left).with_context(|| format!("{}: waiting for {what}\n{}", self.jid, log()))
    }

    /// Signs off and ends.
    #[cfg(target_os = "linux")]
    pub fn quit(mut self) -> Result<()> {
        let quit = json!({ "id": "quit", "op": "quit" });
        writeln!(self.requests, "{quit}").with_context(|| format!("ending the agent of {}", self.jid))?;
        self.process.wait_exit(LIMIT)?;
        Ok(())
    }
}

/// Asks somebody to become a contact under this name and waits until they hear of it.
pub fn request_contact(from: &mut Agent, (to, to_name): (&mut Agent, &str), reason: &str) -> Result<()> {
    from.ask("addContact", json!({ "jid": to.jid(), "name": to_name, "reason": reason }))?;
    let is_it =
        |event: &Value| (event["kind"] == "contactRequested" && event["request"]["from"] == from.jid()).then_some(());
    to.event("contact request", is_it)?;
    Ok(())
}

/// Both become contacts of each other, under these names, and see each other online.
pub fn meet((from, from_name): (&mut Agent, &str), (to, to_name): (&mut Agent, &str), reason: &str) -> Result<()> {
    request_contact(from, (to, to_name), reason)?;
    to.ask("acceptContact", json!({ "jid": from.jid() }))?;
    sees(from, to)?;
    sees(to, from)?;
    to.ask("renameContact", json!({ "jid": from.jid(), "name": from_name }))?;
    Ok(())
}

fn sees(one: &mut Agent, other: &Agent) -> Result<()> {
    let is_it = |event: &Value| {
        let contact = &event["contact"];
        let is_other = event["kind"] == "contactChanged" && contact["jid"] == other.jid();
        (is_other && contact["subscription"] == "both" && contact["presence"] == "online").then_some(())
    };
    one.event(&format!("contact with {}", other.jid()), is_it)?;
    Ok(())
}

//! A `confab-agent` that acts for a person: in the demo before their window opens, in benches instead of one.
//!
//! Owns the process and its one account. In: operations by name, as `docs/agent.md` lists them. Out: their answers, and
//! events with the moments at which they were read. Does not: know what they mean, except where people meet ([`meet`]).

use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
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
    arguments: Arguments,
    running: Option<Running>,
    /// Told while something else was waited for, oldest first.
    events: VecDeque<(Instant, Value)>,
    count: u32,
}

/// How it is started.
struct Arguments {
    program: PathBuf,
    data: PathBuf,
    more: Vec<OsString>,
}

struct Running {
    process: Group,
    requests: ChildStdin,
    lines: Receiver<(Instant, Value)>,
}

impl Arguments {
    fn start(&self) -> Result<Running> {
        let mut command = Command::new(&self.program);
        command
            .arg("--data-dir")
            .arg(&self.data)
            .args(["--secrets", "file", "--speaker", "test:null"])
            .args(&self.more);
        let (process, requests, answers) = Group::spawn_piped(&mut command, &self.data.with_extension("agent.log"))?;
        let (sender, lines) = channel();
        thread::spawn(move || {
            for line in BufReader::new(answers).lines().map_while(Result::ok) {
                let now = Instant::now();
                if serde_json::from_str(&line).is_ok_and(|value| sender.send((now, value)).is_err()) {
                    return;
                }
            }
        });
        Ok(Running { process, requests, lines })
    }
}

impl Agent {
    /// Starts an agent on a data folder without a server, for the account that is there already (number 1).
    pub fn open(program: &Path, data: &Path) -> Result<Self> {
        let arguments = Arguments { program: program.to_owned(), data: data.to_owned(), more: Vec::new() };
        let running = Some(arguments.start()?);
        let jid = data.display().to_string();
        Ok(Self { jid, account: json!(1), arguments, running, events: VecDeque::new(), count: 0 })
    }

    /// Starts an agent on a data folder, with more arguments, and signs in with an account whose password is its name.
    pub fn sign_in(program: &Path, data: &Path, server: &LocalServer, name: &str, more: &[&str]) -> Result<Self> {
        Self::sign_in_by((server.address(), server.port()), (program, data), server, name, more)
    }

    /// [`Agent::sign_in`], but the server is reached by another address.
    pub fn sign_in_by(
        address: (IpAddr, u16),
        (program, data): (&Path, &Path),
        server: &LocalServer,
        name: &str,
        more: &[&str],
    ) -> Result<Self> {
        let own = [OsStr::new("--ca-file"), server.ca_file().as_os_str(), OsStr::new("--loopback")];
        let more = own.into_iter().chain(more.iter().map(OsStr::new)).map(OsStr::to_owned).collect();
        let arguments = Arguments { program: program.to_owned(), data: data.to_owned(), more };
        let running = Some(arguments.start()?);
        let jid = format!("{name}@{}", server.domain());
        let mut agent = Self { jid, account: Value::Null, arguments, running, events: VecDeque::new(), count: 0 };
        let address = json!({ "host": address.0.to_string(), "port": address.1, "directTls": false });
        let sign_in = json!({ "jid": agent.jid, "password": name, "server": address, "remember": true });
        agent.account = agent.request("signIn", sign_in)?;
        Ok(agent)
    }

    /// Dies as in a crash (SIGKILL). What it told until then is forgotten.
    pub fn kill(&mut self) {
        if let Some(mut running) = self.running.take() {
            running.process.kill();
        }
        self.events.clear();
    }

    /// Starts a killed one again on the same data.
    pub fn start_again(&mut self) -> Result<()> {
        self.running = Some(self.arguments.start()?);
        Ok(())
    }

    pub fn jid(&self) -> &str {
        &self.jid
    }

    /// The process, for measuring it; 0 after it was killed.
    pub fn id(&self) -> u32 {
        self.running.as_ref().map_or(0, |running| running.process.id())
    }

    fn running(&mut self) -> Result<&mut Running> {
        self.running.as_mut().with_context(|| format!("the agent of {} was killed", self.jid))
    }

    /// An operation on the account; `account` is added to the arguments.
    pub fn ask(&mut self, operation: &str, mut arguments: Value) -> Result<Value> {
        arguments["account"] = self.account.clone();
        self.request(operation, arguments)
    }

    /// An operation of the device.
    pub fn request(&mut self, operation: &str, arguments: Value) -> Result<Value> {
        self.count += 1;
        let id = self.count.to_string();
        let line = json!({ "id": id, "op": operation, "args": arguments });
        let asked = writeln!(self.running()?.requests, "{line}");
        asked.with_context(|| format!("asking the agent of {}", self.jid))?;
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
    pub fn event<T>(&mut self, what: &str, wanted: impl FnMut(&Value) -> Option<T>) -> Result<(Instant, T)> {
        self.event_within(LIMIT, what, wanted)
    }

    /// [`Agent::event`] for what takes long by its nature.
    pub fn event_within<T>(
        &mut self,
        limit: Duration,
        what: &str,
        mut wanted: impl FnMut(&Value) -> Option<T>,
    ) -> Result<(Instant, T)> {
        let end = Instant::now() + limit;
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
        while self.running.as_ref().is_some_and(|running| running.lines.try_recv().is_ok()) {}
    }

    fn keep(&mut self, at: Instant, mut line: Value) {
        let event = line["event"]["event"].take();
        if !event.is_null() {
            self.events.push_back((at, event));
        }
    }

    fn next(&mut self, what: &str, end: Instant) -> Result<(Instant, Value)> {
        let left = end.saturating_duration_since(Instant::now());
        let running = self.running.as_ref().with_context(|| format!("the agent of {} was killed", self.jid))?;
        let log = || tail(running.process.log());
        running.lines.recv_timeout(left).with_context(|| format!("{}: waiting for {what}\n{}", self.jid, log()))
    }

    /// Signs off and ends.
    pub fn quit(mut self) -> Result<()> {
        self.leave()
    }

    /// Signs off and ends; it can be started again.
    pub fn leave(&mut self) -> Result<()> {
        let quit = json!({ "id": "quit", "op": "quit" });
        let jid = self.jid.clone();
        let running = self.running()?;
        writeln!(running.requests, "{quit}").with_context(|| format!("ending the agent of {jid}"))?;
        running.process.wait_exit(LIMIT)?;
        self.running = None;
        self.events.clear();
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

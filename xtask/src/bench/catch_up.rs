//! P12: how quickly a device has what it missed, from the archive of the server.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use confab_testkit::server::{Kind, LocalServer, ServerOptions};
use serde_json::json;

use super::bare::Bare;
use super::{Row, Table, release_agent, tree};
use crate::agent::Agent;
use crate::root;

/// People who write, each in a conversation of their own.
const SENDERS: u32 = 10;
/// Dino 0.5.0, messages per second, measured in November 2026 on a machine like the one of the documentation.
const DINO: f64 = 312.0;
const LIMIT: Duration = Duration::from_secs(300);

/// Lets `messages` wait in the archive.
pub fn measure(messages: u32) -> Result<Table> {
    let program = release_agent()?;
    let dir = root::target("bench/catch-up");
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(&dir)?;
    let server = LocalServer::start(ServerOptions { quick_archive: true, ..ServerOptions::new(Kind::Prosody) })?;
    server.register("bob", "bob")?;
    // He has written to all of them, so that nobody is a stranger, and has been here since: there is a place to go on from.
    fill(&server, SENDERS, (20, 11), true)?;
    let mut bob = Agent::sign_in(&program, &dir.join("bob"), &server, "bob", &[])?;
    caught_up(&mut bob)?;
    bob.leave()?;
    fill(&server, messages, (10, 0), false)?;
    let mut rows = Vec::new();

    // The same archive without anything that keeps it: what the server and the wire take.
    let mut bare = Bare::sign_in(&server, "bob", false)?;
    let start = Instant::now();
    let all = bare.read_archive()?;
    let bare_rate = all as f64 / start.elapsed().as_secs_f64();
    drop(bare);

    let start = Instant::now();
    bob.start_again()?;
    let told = caught_up(&mut bob)?;
    let (seconds, cpu) = (start.elapsed().as_secs_f64(), tree::cpu_time(bob.id())?.as_secs_f64());
    let kept = counted(&mut bob)?;
    if kept < u64::from(messages) {
        bail!("{kept} of {messages} messages are here");
    }
    let rate = f64::from(messages) / seconds;
    rows.push(Row {
        what: format!("P12: {messages} missed messages, start → all kept"),
        ours: format!("{seconds:.1} s, {rate:.0} messages/s, {cpu:.1} s of CPU"),
        peer: format!("Dino {DINO:.0} messages/s, 42 s of CPU (earlier)"),
        ratio: Some(rate / DINO),
        goal: "≥ 10".to_owned(),
    });
    rows.push(Row {
        what: "P12: the same archive, beside a bare client that only reads".to_owned(),
        ours: format!("{rate:.0} messages/s"),
        peer: format!("{bare_rate:.0} messages/s ({all} messages)"),
        ratio: Some(rate / bare_rate),
        goal: "–".to_owned(),
    });
    bob.leave()?;

    let start = Instant::now();
    let mut fresh = Agent::sign_in(&program, &dir.join("fresh"), &server, "bob", &[])?;
    caught_up(&mut fresh)?;
    let seconds_fresh = start.elapsed().as_secs_f64();
    let kept = counted(&mut fresh)?;
    rows.push(Row {
        what: "P12: a new device has the last 30 days of every chat".to_owned(),
        ours: format!("{seconds_fresh:.1} s ({kept} of {messages} messages)"),
        peer: "–".to_owned(),
        ratio: None,
        goal: "≤ 60 s".to_owned(),
    });
    let details = json!({"messages": messages, "seconds": seconds, "cpuSeconds": cpu, "bareRate": bare_rate,
        "eventsPerSecond": told as f64 / seconds, "freshSeconds": seconds_fresh, "fresh": kept});
    Ok(Table { rows, details })
}

/// Until the archive has been read up to now; how many events came.
fn caught_up(agent: &mut Agent) -> Result<u64> {
    let mut told = 0;
    agent.event_within(LIMIT, "the end of the catch-up", |event| {
        told += 1;
        let connection = &event["account"]["connection"];
        let is_it = event["kind"] == "accountChanged" && connection["kind"] == "online";
        (is_it && connection["catchingUp"] == false).then_some(())
    })?;
    Ok(told)
}

/// Messages of all conversations, as the list says.
fn counted(agent: &mut Agent) -> Result<u64> {
    let list = agent.ask("conversations", json!({}))?;
    let list = list.as_array().context("a list")?;
    Ok(list.iter().filter_map(|conversation| conversation["messageCount"].as_u64()).sum())
}

/// The server puts messages into the archive by itself: sent one by one they would take minutes. `days`: from and to how many days
/// ago; `own`: written by the one whose archive it is.
fn fill(server: &LocalServer, messages: u32, days: (u32, u32), own: bool) -> Result<()> {
    let mut bob = Bare::sign_in(server, "bob", false)?;
    let own = if own { "own" } else { "" };
    bob.send(&format!(
        "<message xmlns='jabber:client' to='{}' type='headline'><body>fill bob {messages} {SENDERS} {} {} {own}</body></message>",
        server.domain(),
        days.0,
        days.1
    ))?;
    bob.receive("filled").map(drop)
}

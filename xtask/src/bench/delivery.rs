//! P13: how long a message takes until the other side has it, and that none is lost or doubled whatever breaks.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use confab_testkit::cable::Cable;
use confab_testkit::server::LocalServer;
use serde_json::{Value, json};

use super::bare::Bare;
use super::{Row, Table, quantile, release_agent};
use crate::agent::{Agent, meet};
use crate::root;

/// Messages between two strokes; one strikes in the middle of each part.
const PART: u64 = 100;
/// Measured of one client before the other's turn, so that both have the same minutes of the machine.
const BLOCK: u32 = 25;
/// After the last stroke everything has to arrive within this time.
const SETTLED: Duration = Duration::from_secs(900);
/// A file system without a disk, where there is one.
const MEMORY: &str = "/dev/shm";

/// Measures `trips` deliveries of each client, then sends `messages` while things break.
pub fn measure(trips: u32, messages: u64) -> Result<Table> {
    let program = release_agent()?;
    let dir = root::target("bench/delivery");
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(&dir)?;
    let mut server = LocalServer::prosody()?;
    let mut rows = Vec::new();
    let mut details = serde_json::Map::new();
    // A bare client keeps nothing and waits for no disk: beside it stands what the disk takes, and what it does not.
    let memory = Path::new(MEMORY).join(format!("confab-bench-{}", std::process::id()));
    let places = [("on the disk", dir.clone()), ("in memory", memory.clone())];
    for (place, folder) in places.into_iter().filter(|(_, folder)| folder.parent().is_some_and(Path::is_dir)) {
        std::fs::create_dir_all(&folder)?;
        let measured = deliveries(&program, &folder, &server, trips);
        let _ = std::fs::remove_dir_all(&memory);
        let (ours, bare) = measured?;
        for (name, part, goal) in [("p50", 0.5, "–"), ("p95", 0.95, "≤ 2")] {
            let (own, other) = (quantile(&ours, part), quantile(&bare, part));
            rows.push(Row {
                what: format!("P13: send → delivered, data {place}, {name}"),
                ours: format!("{own:.1} ms"),
                peer: format!("a bare client, the same stanzas: {other:.1} ms"),
                ratio: Some(own / other),
                goal: goal.to_owned(),
            });
        }
        details.insert(place.to_owned(), json!({"ours": ours, "bare": bare}));
    }
    let mut broken = Value::Null;
    if messages > 0 {
        let outcome = strokes(&program, &dir, &mut server, messages)?;
        rows.push(Row {
            what: format!(
                "P13: {messages} messages through {} cuts, {} kills of the server, {} of the clients: lost, doubled, out of order",
                outcome.cuts, outcome.server_kills, outcome.client_kills
            ),
            ours: format!("{}, {}, {} ({:.0} s)", outcome.lost, outcome.doubled, outcome.displaced, outcome.seconds),
            peer: "–".to_owned(),
            ratio: None,
            goal: "0, 0, 0".to_owned(),
        });
        broken = json!({"lost": outcome.lost, "doubled": outcome.doubled, "outOfOrder": outcome.displaced,
            "cuts": outcome.cuts, "serverKills": outcome.server_kills, "clientKills": outcome.client_kills});
    }
    details.insert("broken".to_owned(), broken);
    Ok(Table { rows, details: Value::Object(details) })
}

/// Milliseconds of ours and of bare clients, in turns.
fn deliveries(program: &Path, dir: &Path, server: &LocalServer, trips: u32) -> Result<(Vec<f64>, Vec<f64>)> {
    let place = if dir.starts_with(MEMORY) { "quick" } else { "kept" };
    let [alice, bob, ann, ben] = ["alice", "bob", "ann", "ben"].map(|name| format!("{name}-{place}"));
    for name in [&alice, &bob, &ann, &ben] {
        server.register(name, name)?;
    }
    let mut alice = Agent::sign_in(program, &dir.join("alice"), server, &alice, &[])?;
    let mut bob = Agent::sign_in(program, &dir.join("bob"), server, &bob, &[])?;
    meet((&mut alice, "Alice"), (&mut bob, "Bob"), "")?;
    let mut ann = Bare::sign_in(server, &ann, true)?;
    let ben = Bare::sign_in(server, &ben, true)?;
    let ben_jid = ben.jid.clone();
    let confirming = std::thread::spawn(move || ben.confirm_all());
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for trip in 0..trips {
        if trip > 0 && trip % BLOCK == 0 {
            for trip in trip - BLOCK..trip {
                theirs.push(bare(&mut ann, &ben_jid, trip)?);
            }
        }
        ours.push(confab(&mut alice, bob.jid(), trip)?);
        bob.skip();
    }
    drop(ann);
    drop(confirming);
    Ok((ours, theirs))
}

/// From the request until this side knows that the message is on the other one's disk.
fn confab(alice: &mut Agent, to: &str, trip: u32) -> Result<f64> {
    let sent = Instant::now();
    let id =
        alice.ask("sendText", json!({"conversation": to, "text": format!("message {trip}, 会议改到明天下午了")}))?;
    let delivered = |event: &Value| {
        let message = &event["message"];
        let is_it = event["kind"] == "messageUpdated" && message["id"] == id;
        (is_it && message["delivery"]["kind"] == "delivered").then_some(())
    };
    let (came, ()) = alice.event("delivery", delivered)?;
    Ok((came - sent).as_secs_f64() * 1_000.0)
}

fn bare(ann: &mut Bare, to: &str, trip: u32) -> Result<f64> {
    let sent = Instant::now();
    let id = format!("bare-{trip}");
    ann.say(to, &id, &format!("message {trip}, 会议改到明天下午了"))?;
    ann.receive(&format!("r-{id}"))?;
    Ok(sent.elapsed().as_secs_f64() * 1_000.0)
}

#[derive(Debug, Default)]
struct Outcome {
    lost: usize,
    doubled: usize,
    displaced: usize,
    cuts: u32,
    server_kills: u32,
    client_kills: u32,
    seconds: f64,
}

#[derive(Debug, Clone, Copy)]
enum Stroke {
    Cut,
    Server,
    Sender,
    Receiver,
}

/// Both write in turns, half of the messages each; in the middle of every part something breaks.
fn strokes(program: &Path, dir: &Path, server: &mut LocalServer, messages: u64) -> Result<Outcome> {
    use Stroke::{Cut, Receiver, Sender, Server};
    let cable = Cable::to(SocketAddr::new(server.address(), server.port()))?;
    for name in ["carol", "dave"] {
        server.register(name, name)?;
    }
    let by = (cable.address().ip(), cable.address().port());
    let mut carol = Agent::sign_in_by(by, (program, &dir.join("carol")), server, "carol", &[])?;
    let mut dave = Agent::sign_in(program, &dir.join("dave"), server, "dave", &[])?;
    meet((&mut carol, "Carol"), (&mut dave, "Dave"), "")?;
    let (carol_jid, dave_jid) = (carol.jid().to_owned(), dave.jid().to_owned());
    let kinds = [Cut, Sender, Cut, Receiver, Server];
    let mut outcome = Outcome::default();
    let start = Instant::now();
    let (mut of_carol, mut of_dave) = (Vec::new(), Vec::new());
    for (part, stroke) in (0..messages.div_ceil(PART)).zip(kinds.into_iter().cycle()) {
        for number in 0..PART.min(messages - part * PART) {
            if number == PART / 2 {
                match stroke {
                    Cut => (cable.cut(), outcome.cuts += 1).1,
                    Server => (server.kill(), outcome.server_kills += 1).1,
                    Sender => restart(&mut carol, &mut outcome)?,
                    Receiver => restart(&mut dave, &mut outcome)?,
                }
            }
            let (from, to, said) = if number % 2 == 0 {
                (&mut carol, &dave_jid, &mut of_carol)
            } else {
                (&mut dave, &carol_jid, &mut of_dave)
            };
            let text = format!("{} {}", said.len(), from.jid());
            from.ask("sendText", json!({"conversation": to, "text": text}))?;
            said.push(text);
        }
        match stroke {
            Cut => cable.mend(),
            Server => server.start_again()?,
            Sender | Receiver => {}
        }
        for agent in [&mut carol, &mut dave] {
            agent.ask("reconnect", json!({}))?;
            agent.skip();
        }
    }
    for (agent, other, said) in [(&mut dave, &carol_jid, &of_carol), (&mut carol, &dave_jid, &of_dave)] {
        let heard = wait_for_all(agent, other, said)?;
        compare(said, &heard, &mut outcome);
    }
    outcome.seconds = start.elapsed().as_secs_f64();
    Ok(outcome)
}

fn restart(agent: &mut Agent, outcome: &mut Outcome) -> Result<()> {
    outcome.client_kills += 1;
    agent.kill();
    agent.start_again()
}

/// All texts of the other one as soon as none is missing and the archive has been read, which tells their order, or as they are when the
/// time is over. What is written last may come live, before what the archive has of the outage.
fn wait_for_all(agent: &mut Agent, other: &str, said: &[String]) -> Result<Vec<String>> {
    let end = Instant::now() + SETTLED;
    loop {
        let heard = heard(agent, other)?;
        let here: HashSet<&String> = heard.iter().collect();
        let is_whole = said.iter().all(|text| here.contains(text)) && is_caught_up(agent)?;
        if is_whole || Instant::now() > end {
            return Ok(heard);
        }
        std::thread::sleep(Duration::from_millis(500));
        agent.skip();
    }
}

fn is_caught_up(agent: &mut Agent) -> Result<bool> {
    let known = agent.ask("startup", json!({}))?;
    let connection = &known["accounts"][0]["connection"];
    Ok(connection["kind"] == "online" && connection["catchingUp"] == false)
}

/// All texts of the other one, oldest first.
fn heard(agent: &mut Agent, other: &str) -> Result<Vec<String>> {
    let mut all: Vec<String> = Vec::new();
    let mut before = Value::Null;
    loop {
        let page = agent.ask("messages", json!({"conversation": other, "before": before, "limit": 200}))?;
        let messages = page["messages"].as_array().context("a page")?;
        let Some(first) = messages.first() else { break };
        before = first["id"].clone();
        let incoming = messages.iter().filter(|message| message["direction"] == "incoming");
        let texts = incoming.filter_map(|message| message["content"]["text"].as_str().map(str::to_owned));
        all.splice(0..0, texts);
        if page["complete"] == true {
            break;
        }
    }
    Ok(all)
}

fn compare(said: &[String], heard: &[String], outcome: &mut Outcome) {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for text in heard {
        *counts.entry(text).or_default() += 1;
    }
    outcome.lost += said.iter().filter(|text| !counts.contains_key(text.as_str())).count();
    outcome.doubled += counts.values().map(|count| count - 1).sum::<usize>();
    let number = |text: &String| text.split(' ').next().and_then(|number| number.parse::<u64>().ok()).unwrap_or(0);
    outcome.displaced += heard.windows(2).filter(|pair| number(&pair[0]) > number(&pair[1])).count();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_doubled_or_displaced_is_counted() {
        let said: Vec<String> = (0..6).map(|n| format!("{n} x")).collect();
        let heard: Vec<String> = [0, 2, 1, 3, 3].iter().map(|n| format!("{n} x")).collect();
        let mut outcome = Outcome::default();
        compare(&said, &heard, &mut outcome);
        assert_eq!((outcome.lost, outcome.doubled, outcome.displaced), (2, 1, 1));
    }
}

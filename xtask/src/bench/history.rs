//! P11: starting, opening a chat and searching with years of messages.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::{Row, Table, quantile, release_agent};
use crate::agent::Agent;
use crate::{generate, root};

/// The one that everybody gets who names none.
const SEED: u64 = 20_261_121;
/// Of the page that the window asks for.
const PAGE: u32 = 60;
/// Of the first page of the list, as the window asks for it.
const FIRST_CHATS: u32 = 60;
/// Chats that are opened: each is seen by this process for the first time.
const CHATS: usize = 200;
/// Times that each word is looked for.
const ROUNDS: usize = 5;
/// What people look for: frequent and rare words, beginnings, two and one Chinese characters, nothing at all.
const FREQUENT: [&str; 5] = ["the", "meeting", "re", "会议", "的"];
const RARE: [&str; 6] = ["hourglass", "harmonica", "麒麟", "望", "rokakami", "zzzz"];

/// Starts `starts` times with each profile.
pub fn measure(messages: u64, chats: u64, starts: u32) -> Result<Table> {
    let agent = release_agent()?;
    let generator = generate::program()?;
    let dir = root::target("bench/history");
    let full = profile(&generator, &dir, (messages, chats))?;
    let small = profile(&generator, &dir, (1, 1))?;
    let mut rows = Vec::new();

    let (mut with, mut without) = (Vec::new(), Vec::new());
    for _ in 0..starts {
        with.push(start(&agent, &full)?);
        without.push(start(&agent, &small)?);
    }
    let (p50, peer) = (quantile(&with, 0.5), quantile(&without, 0.5));
    rows.push(Row {
        what: format!("P11: start → usable list of {chats} chats, {messages} messages, p50 (p95)"),
        ours: format!("{p50:.0} ms ({:.0})", quantile(&with, 0.95)),
        peer: format!("the same with one message: {peer:.0} ms ({:.0})", quantile(&without, 0.95)),
        ratio: Some(p50 / peer),
        goal: "≤ 1.2, ≤ Dino small (300 ms)".to_owned(),
    });

    let mut agent = Agent::open(&agent, &full)?;
    let list = agent.ask("conversations", json!({}))?;
    let list = list.as_array().context("a list")?;
    let opened = open(&mut agent, list)?;
    rows.push(Row {
        what: format!("P11: open a chat in the core ({PAGE} messages), p50 (p95)"),
        ours: format!("{:.1} ms ({:.1})", quantile(&opened, 0.5), quantile(&opened, 0.95)),
        peer: "Dino 279 ms, drawn (earlier)".to_owned(),
        ratio: Some(quantile(&opened, 0.95) / 15.0),
        goal: "≤ 15 ms".to_owned(),
    });

    let compared = compare(&generator, &full)?;
    let reading = compared["readingSeconds"].as_f64().context("a time")? * 1_000.0;
    let mut searched = Vec::new();
    for (kind, words, dino) in
        [("frequent", FREQUENT.as_slice(), "common word 490 ms"), ("rare", RARE.as_slice(), "rare word 197 ms")]
    {
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            for word in words {
                let took = search(&mut agent, word)?;
                times.push(took);
                searched.push(json!({"word": word, "ms": took}));
            }
        }
        rows.push(Row {
            what: format!("P11: search in all chats, {kind} words, p50 (p95)"),
            ours: format!("{:.1} ms ({:.1})", quantile(&times, 0.5), quantile(&times, 0.95)),
            peer: format!("reading all messages {reading:.0} ms; Dino {dino} (earlier)"),
            ratio: Some(quantile(&times, 0.95) / 50.0),
            goal: "p95 ≤ 50 ms".to_owned(),
        });
    }
    let found: Vec<String> = compared["found"].as_object().context("counts")?.iter().map(counted).collect();
    rows.push(Row {
        what: "P11: search beside a plain reading of all messages: missed, too many".to_owned(),
        ours: "0, 0".to_owned(),
        peer: found.join(", "),
        ratio: None,
        goal: "0, 0".to_owned(),
    });
    let bytes = std::fs::metadata(full.join("history.sqlite"))?.len();
    let details = json!({"bytes": bytes, "start": with, "startSmall": without, "open": opened, "search": searched,
        "compared": compared});
    Ok(Table { rows, details })
}

fn counted((word, count): (&String, &Value)) -> String {
    format!("{word} {count}")
}

/// A data folder with a history, kept for the next run.
fn profile(generator: &Path, dir: &Path, (messages, chats): (u64, u64)) -> Result<PathBuf> {
    let folder = dir.join(format!("{messages}-{chats}"));
    let whole = folder.join("whole");
    if !whole.is_file() {
        let _ = std::fs::remove_dir_all(&folder);
        generate::write(generator, &folder, (messages, chats), SEED)?;
        std::fs::write(whole, [])?;
    }
    Ok(folder)
}

/// From the start of the process until it has told all that the window waits for before it draws the list.
fn start(agent: &Path, profile: &Path) -> Result<f64> {
    let start = Instant::now();
    let mut agent = Agent::open(agent, profile)?;
    for operation in ["startup", "devices", "calls"] {
        agent.request(operation, json!({}))?;
    }
    agent.ask("conversationPage", json!({"limit": FIRST_CHATS}))?;
    let took = start.elapsed().as_secs_f64() * 1_000.0;
    agent.quit()?;
    Ok(took)
}

/// The newest page of chats all over the list, the largest among them.
fn open(agent: &mut Agent, list: &[Value]) -> Result<Vec<f64>> {
    let largest = list.iter().max_by_key(|chat| chat["messageCount"].as_u64()).context("a chat")?;
    let others = list.iter().step_by((list.len() / CHATS).max(1));
    let mut times = Vec::new();
    for chat in std::iter::once(largest).chain(others) {
        let start = Instant::now();
        agent.ask("messages", json!({"conversation": chat["jid"], "limit": PAGE}))?;
        times.push(start.elapsed().as_secs_f64() * 1_000.0);
    }
    Ok(times)
}

fn search(agent: &mut Agent, word: &str) -> Result<f64> {
    let start = Instant::now();
    agent.ask("search", json!({"text": word, "limit": 50}))?;
    Ok(start.elapsed().as_secs_f64() * 1_000.0)
}

/// Fails if the search does not find exactly what a plain reading finds.
fn compare(generator: &Path, profile: &Path) -> Result<Value> {
    let mut compare = Command::new(generator);
    compare.arg("compare").arg(profile.join("history.sqlite")).args(FREQUENT.iter().chain(&RARE));
    let done = compare.output().context("starting the comparison")?;
    if !done.status.success() {
        bail!("{}", String::from_utf8_lossy(&done.stderr));
    }
    Ok(serde_json::from_slice(&done.stdout)?)
}

//! `cargo xtask bench NAME`: measurements beside a peer in the same run.
//!
//! What counts is the ratio: both are measured on this machine, now, with the same picture. Each bench prints a table and
//! writes `target/bench/NAME.json`; `docs/benchmarks.md` keeps tables with what limits each. Nothing here is a test.

mod bare;
mod call_cpu;
mod call_setup;
mod calls;
mod catch_up;
mod chromium;
mod delivery;
mod history;
mod picture;
mod scroll;
pub(crate) mod site;
mod tree;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::{root, setup};

/// What can be measured.
#[derive(clap::Args)]
pub struct Options {
    #[command(subcommand)]
    bench: Bench,
}

#[derive(clap::Subcommand)]
enum Bench {
    /// P1, P2: how long a call takes to ring and to show its first picture
    CallSetup {
        /// Calls of each kind
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(3..=1000))]
        calls: u32,
    },
    /// P3, P3a: what a call costs
    CallCpu {
        /// Seconds measured of each kind
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(5..=600))]
        seconds: u32,
    },
    /// P11: start, open a chat and search with a generated history
    History {
        /// Messages in all
        #[arg(long, default_value_t = 1_000_000)]
        messages: u64,
        /// Conversations
        #[arg(long, default_value_t = 2_000)]
        chats: u64,
        /// Starts with each profile
        #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u32).range(3..=200))]
        starts: u32,
    },
    /// P12: what was missed, from the archive of a local server
    CatchUp {
        /// Missed messages
        #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(20..=1_000_000))]
        messages: u32,
    },
    /// P13: from sending to delivery, and what is lost or doubled when things break
    Delivery {
        /// Deliveries of each client
        #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u32).range(50..=100_000))]
        trips: u32,
        /// Messages while things break; 0: none
        #[arg(long, default_value_t = 10_000)]
        messages: u64,
    },
    /// P11: frames of a long conversation while somebody scrolls in it
    Scroll {
        /// Messages of the conversation
        #[arg(long, default_value_t = 100_000)]
        messages: u64,
        /// Seconds of each way of scrolling
        #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(2..=120))]
        seconds: u32,
    },
}

/// Runs one bench.
pub fn run(options: &Options) -> Result<()> {
    setup::run(false)?;
    match options.bench {
        Bench::CallSetup { calls } => report("call-setup", &call_setup::measure(calls)?),
        Bench::CallCpu { seconds } => report("call-cpu", &call_cpu::measure(seconds)?),
        Bench::History { messages, chats, starts } => report("history", &history::measure(messages, chats, starts)?),
        Bench::CatchUp { messages } => report("catch-up", &catch_up::measure(messages)?),
        Bench::Delivery { trips, messages } => report("delivery", &delivery::measure(trips, messages)?),
        Bench::Scroll { messages, seconds } => report("scroll", &scroll::measure(messages, seconds)?),
    }
}

/// One line of a table.
struct Row {
    what: String,
    ours: String,
    peer: String,
    /// Ours divided by the peer's.
    ratio: Option<f64>,
    goal: String,
}

/// A measured table.
struct Table {
    rows: Vec<Row>,
    details: Value,
}

fn report(name: &str, table: &Table) -> Result<()> {
    println!("\n| what | Confab | peer | ratio | goal |\n|---|---|---|---|---|");
    for row in &table.rows {
        let ratio = row.ratio.map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}"));
        println!("| {} | {} | {} | {ratio} | {} |", row.what, row.ours, row.peer, row.goal);
    }
    let path = root::target("bench").join(format!("{name}.json"));
    let rows: Vec<Value> = table
        .rows
        .iter()
        .map(|row| json!({"what": row.what, "ours": row.ours, "peer": row.peer, "ratio": row.ratio, "goal": row.goal}))
        .collect();
    let whole = json!({"bench": name, "rows": rows, "details": table.details});
    std::fs::create_dir_all(root::target("bench"))?;
    std::fs::write(&path, serde_json::to_vec_pretty(&whole)?).with_context(|| path.display().to_string())?;
    println!("\n{}", path.display());
    Ok(())
}

/// Builds the agent as people would run it and returns its path. `CONFAB_AGENT` names another one.
fn release_agent() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("CONFAB_AGENT") {
        return Ok(path.into());
    }
    let mut build = root::cargo(&["build", "--release", "--package", "confab-agent"]);
    let built = build.status().context("starting cargo")?;
    if !built.success() {
        bail!("the agent was not built");
    }
    Ok(root::target("release").join(format!("confab-agent{}", std::env::consts::EXE_SUFFIX)))
}

/// The value below which `part` (0..=1) of the values lie; 0 of none.
fn quantile(values: &[f64], part: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let index = (part * sorted.len().saturating_sub(1) as f64).round() as usize;
    sorted.get(index).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::quantile;

    #[test]
    fn quantiles_of_few_and_many() {
        assert_eq!(quantile(&[], 0.5), 0.0);
        assert_eq!(quantile(&[3.0], 0.95), 3.0);
        let values: Vec<f64> = (0..=100).rev().map(f64::from).collect();
        assert_eq!((quantile(&values, 0.5), quantile(&values, 0.95)), (50.0, 95.0));
    }
}

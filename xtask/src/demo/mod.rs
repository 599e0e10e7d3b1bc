//! `cargo xtask demo`: two people on this machine, each with a window, in a chat and a video call over a local server.
//!
//! Everything is real: server, accounts, history, windows, presses, network path, codecs. Camera and microphone are the
//! built-in picture and spoken sentences, so that what arrives can be compared with what was sent. Without a display the
//! windows run under Xvfb and pictures of every screen are left in `target/demo/`; with one they stay open afterwards.
//! `target/demo/report.json` says what was measured; the command fails when any of it is missing or wrong.

mod build;
mod history;
mod measure;
mod report;
mod script;
mod stage;

use std::fs;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use confab_testkit::server::{Kind, LocalServer, ServerOptions};

use crate::{root, setup};
use report::Report;
use stage::Stage;

/// How often it is checked that windows are still open.
const WATCH: Duration = Duration::from_millis(500);

/// A talk that is shorter leaves too little to measure, in seconds.
const SHORTEST: u64 = 8;

#[derive(clap::Args)]
pub struct Options {
    /// Keep server and windows running afterwards, also without a display, until Ctrl-C
    #[arg(long)]
    keep: bool,
    /// How long the two talk
    #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u64).range(SHORTEST..=600))]
    seconds: u64,
}

pub fn run(options: &Options) -> Result<()> {
    setup::run(false)?;
    let binaries = build::all()?;
    let folder = root::target("demo");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("removing {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;

    println!("Starting Prosody");
    let mut settings = ServerOptions::new(Kind::Prosody);
    settings.data = Some(folder.join("server"));
    let server = LocalServer::start(settings)?;
    println!("Creating alice and bob, their contacts and a little history");
    history::write(&server, &binaries.agent, &folder)?;

    let stage = Stage::new(&folder, &binaries.shell, &server)?;
    let mut report = Report::new(&server, stage.is_headless())?;
    let windows = script::play(&stage, &server, Duration::from_secs(options.seconds), &mut report);
    let path = folder.join("report.json");
    // Written before the error is told: it shows how far it got.
    report.write(&path)?;
    let windows = windows?;
    report.print();
    println!("Report: {}", path.display());
    if stage.is_headless() {
        println!("Pictures: {}/*.png", folder.display());
    }
    let problems = report.problems();
    for problem in &problems {
        eprintln!("WRONG: {problem}");
    }
    if options.keep || !stage.is_headless() {
        stage.hand_over(&windows)?;
        while !windows.are_closed() {
            thread::sleep(WATCH);
        }
    } else {
        windows.close();
    }
    if !problems.is_empty() {
        bail!("the demo ran, but {} of its results are missing or wrong", problems.len());
    }
    Ok(())
}

//! P3 and P3a: CPU time of one side of a call, beside a Chromium that is both sides.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use confab_testkit::server::LocalServer;
use serde_json::{Value, json};

use super::calls::{answered, in_phase};
use super::chromium::Chromium;
use super::{Row, Table, picture, release_agent, tree};
use crate::agent::{Agent, meet};
use crate::root;

/// Until rates and sizes have settled.
const SETTLE: Duration = Duration::from_secs(8);

/// Measures calls of `seconds` each.
pub fn measure(seconds: u32) -> Result<Table> {
    let program = release_agent()?;
    let dir = root::target("bench/call-cpu");
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(&dir)?;
    let server = LocalServer::prosody()?;
    let mut rows = Vec::new();
    let mut details = Vec::new();
    for (kind, width, height) in [("audio", 640, 360), ("video", 640, 360), ("video", 1280, 720)] {
        let source = picture::write(&root::target("bench"), width, height)?;
        let ours = confab(&program, &dir.join(format!("{kind}-{height}")), &server, &source, kind, seconds)?;
        let theirs = chromium(&dir, &source, kind, (width, height), seconds)?;
        let half = theirs.load / 2.0;
        let (what, goal) = if kind == "audio" {
            ("P3a: audio call".to_owned(), "≤ Dino (0.058–0.061)".to_owned())
        } else {
            (format!("P3: video call, source {width}x{height}"), "≤ 0.8".to_owned())
        };
        rows.push(Row {
            what: format!("{what}, CPU s per s of one side"),
            ours: format!("{:.3} ({})", ours.load, ours.received(kind)),
            peer: format!("half of Chromium's tree {half:.3} ({})", theirs.received(kind)),
            ratio: Some(ours.load / half),
            goal,
        });
        details.push(json!({"kind": kind, "width": width, "height": height, "ours": ours.load, "oursFps": ours.fps,
            "oursSize": ours.size, "oursKbps": ours.rate, "chromiumTree": theirs.load, "chromiumFps": theirs.fps,
            "chromiumSize": theirs.size, "chromiumKbps": theirs.rate}));
    }
    Ok(Table { rows, details: Value::Array(details) })
}

struct Load {
    load: f64,
    fps: f64,
    size: String,
    /// kbit/s received.
    rate: f64,
}

impl Load {
    /// What was received meanwhile.
    fn received(&self, kind: &str) -> String {
        match kind {
            "audio" => format!("{:.0} kbit/s", self.rate),
            _ => format!("{} at {:.0} fps, {:.0} kbit/s", self.size, self.fps, self.rate),
        }
    }
}

fn confab(program: &Path, dir: &Path, server: &LocalServer, source: &Path, kind: &str, seconds: u32) -> Result<Load> {
    let source = source.to_string_lossy().into_owned();
    let more = ["--microphone", "test:tone", "--decode", "--camera-file", source.as_str()];
    let name = dir.file_name().context("a folder has a name")?.to_string_lossy();
    let (one, two) = (format!("caller-{name}"), format!("callee-{name}"));
    server.register(&one, &one)?;
    server.register(&two, &two)?;
    let mut caller = Agent::sign_in(program, &dir.join("caller"), server, &one, &more)?;
    let mut callee = Agent::sign_in(program, &dir.join("callee"), server, &two, &more)?;
    meet((&mut caller, &one), (&mut callee, &two), "")?;
    let (call, _) = answered(&mut caller, &mut callee, kind)?;
    callee.event("connection", |event| in_phase(event, &call, "connected").map(drop))?;
    thread::sleep(SETTLE);
    let load = measured(callee.id(), seconds)?;
    callee.skip();
    let (_, quality) = callee.event("report of the quality", |event| {
        let quality = &in_phase(event, &call, "connected")?["participants"][0]["quality"];
        (!quality.is_null()).then(|| quality.clone())
    })?;
    Ok(Load {
        load,
        fps: quality["framesPerSecond"].as_f64().unwrap_or(0.0),
        size: format!("{}x{}", quality["width"], quality["height"]),
        rate: quality["rateInKbps"].as_f64().unwrap_or(0.0),
    })
}

fn chromium(dir: &Path, source: &Path, kind: &str, (width, height): (u32, u32), seconds: u32) -> Result<Load> {
    let video = u8::from(kind == "video");
    let browser = Chromium::open(dir, source, &format!("mode=load&width={width}&height={height}&video={video}"))?;
    browser.result()?;
    thread::sleep(SETTLE);
    let load = measured(browser.id(), seconds)?;
    // What was sent while it was measured is older than this moment.
    let mut report = browser.result()?;
    while let Some(newer) = browser.ready() {
        report = newer;
    }
    let of = |name: &str| report[name].as_f64().unwrap_or(0.0);
    Ok(Load { load, fps: of("fps"), size: format!("{}x{}", of("width"), of("height")), rate: of("kbps") })
}

/// CPU seconds per second of a process tree.
fn measured(id: u32, seconds: u32) -> Result<f64> {
    let (before, started) = (tree::cpu_time(id)?, Instant::now());
    thread::sleep(Duration::from_secs(u64::from(seconds)));
    let used = tree::cpu_time(id)?.saturating_sub(before);
    Ok(used.as_secs_f64() / started.elapsed().as_secs_f64())
}

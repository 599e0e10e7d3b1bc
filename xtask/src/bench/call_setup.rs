//! P1 and P2: from accept to the first decoded picture, and from the invitation to the ring.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use confab_testkit::server::LocalServer;
use serde_json::{Value, json};

use super::calls::{answered, in_phase};
use super::chromium::Chromium;
use super::{Row, Table, picture, quantile, release_agent};
use crate::agent::{Agent, meet};
use crate::root;

/// Messages of each caller through the server, for comparison.
const ROUND_TRIPS: u32 = 20;
/// More invitations of one person within a minute do not ring: then the next person calls.
const CALLS_OF_ONE: u32 = 5;

/// Measures `calls` calls of each size on both sides, one after the other.
pub fn measure(calls: u32) -> Result<Table> {
    let program = release_agent()?;
    let dir = root::target("bench/call-setup");
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(&dir)?;
    let server = LocalServer::prosody()?;
    server.register("callee", "callee")?;
    let mut rows = Vec::new();
    let mut details = Vec::new();
    for (width, height) in [(640, 360), (1280, 720)] {
        let source = picture::write(&root::target("bench"), width, height)?;
        let ours = confab(&program, &dir, &server, &source, calls)?;
        let theirs = chromium(&dir, &source, (width, height), calls)?;
        let (first, peer) = (quantile(&ours.first_picture, 0.5), quantile(&theirs, 0.5));
        rows.push(Row {
            what: format!("P1 {width}x{height}: accept → first decoded picture, p50 (p95)"),
            ours: format!("{first:.0} ms ({:.0})", quantile(&ours.first_picture, 0.95)),
            peer: format!("Chromium {peer:.0} ms ({:.0})", quantile(&theirs, 0.95)),
            ratio: Some(first / peer),
            goal: "≤ 0.5".to_owned(),
        });
        if height == 360 {
            rows.push(Row {
                what: "P1: accept → own media connected, p50 (p95)".to_owned(),
                ours: format!("{:.0} ms ({:.0})", quantile(&ours.connected, 0.5), quantile(&ours.connected, 0.95)),
                peer: "–".to_owned(),
                ratio: None,
                goal: "–".to_owned(),
            });
            let (ring, trip) = (quantile(&ours.ring, 0.95), quantile(&ours.round_trip, 0.5));
            rows.push(Row {
                what: "P2: invitation → ring event, p95".to_owned(),
                ours: format!("{ring:.1} ms"),
                peer: format!("a text message, sender → server → receiver, {trip:.1} ms (p50)"),
                ratio: Some(ring / trip),
                goal: "≤ 5".to_owned(),
            });
        }
        details.push(json!({"width": width, "height": height, "ours": ours.into_json(), "chromium": theirs}));
    }
    Ok(Table { rows, details: Value::Array(details) })
}

#[derive(Default)]
struct Times {
    ring: Vec<f64>,
    connected: Vec<f64>,
    first_picture: Vec<f64>,
    round_trip: Vec<f64>,
}

impl Times {
    fn into_json(self) -> Value {
        json!({"ring": self.ring, "connected": self.connected, "firstPicture": self.first_picture,
            "roundTrip": self.round_trip})
    }
}

/// The callers call one after the other; the same one is called all the time.
fn confab(program: &Path, dir: &Path, server: &LocalServer, source: &Path, calls: u32) -> Result<Times> {
    let camera = source.file_stem().context("a picture has a name")?.to_string_lossy();
    let source = source.to_string_lossy();
    let more = ["--microphone", "test:tone", "--decode", "--camera-file", &source];
    let mut callee = Agent::sign_in(program, &dir.join(format!("callee-{camera}")), server, "callee", &more)?;
    let mut times = Times::default();
    for first in (0..calls).step_by(CALLS_OF_ONE as usize) {
        let user = format!("caller-{first}-{camera}");
        server.register(&user, &user)?;
        let mut caller = Agent::sign_in(program, &dir.join(&user), server, &user, &more)?;
        meet((&mut caller, &user), (&mut callee, "callee"), "")?;
        for round in 0..ROUND_TRIPS {
            times.round_trip.push(round_trip(&mut caller, &mut callee, round)?);
        }
        for _ in first..calls.min(first + CALLS_OF_ONE) {
            call(&mut caller, &mut callee, &mut times)?;
        }
    }
    Ok(times)
}

/// A text from one to the other, from the request to the event: what the server and both stores take.
fn round_trip(caller: &mut Agent, callee: &mut Agent, round: u32) -> Result<f64> {
    let text = format!("text {round}");
    let sent = Instant::now();
    caller.ask("sendText", json!({ "conversation": callee.jid(), "text": text }))?;
    let is_it = |event: &Value| {
        let message = &event["message"];
        let is_it = event["kind"] == "messageAdded" && message["sender"]["jid"] == caller.jid();
        (is_it && message["content"]["text"] == text.as_str()).then_some(())
    };
    let (came, ()) = callee.event("text", is_it)?;
    Ok(ms(came - sent))
}

fn call(caller: &mut Agent, callee: &mut Agent, times: &mut Times) -> Result<()> {
    let (call, rang) = answered(caller, callee, "video")?;
    times.ring.push(ms(rang));
    let saw = |event: &Value| {
        let snapshot = in_phase(event, &call, "connected")?;
        (!snapshot["timings"]["firstVideoMs"].is_null()).then(|| snapshot["timings"].clone())
    };
    let (_, at_callee) = callee.event("picture at the callee", saw)?;
    let (_, at_caller) = caller.event("picture at the caller", saw)?;
    for timings in [at_callee, at_caller] {
        let of = |name: &str| timings[name].as_f64().with_context(|| format!("no {name}"));
        times.first_picture.push(of("firstVideoMs")? - of("acceptedMs")?);
        times.connected.push(of("connectedMs")? - of("acceptedMs")?);
    }
    caller.ask("hangUp", json!({ "call": call }))?;
    // The answer says that the call is over for the caller.
    callee.event("end", |event| in_phase(event, &call, "ended").map(drop))?;
    Ok(())
}

fn chromium(dir: &Path, source: &Path, (width, height): (u32, u32), calls: u32) -> Result<Vec<f64>> {
    let query = format!("mode=setup&calls={calls}&width={width}&height={height}&video=1");
    let result = Chromium::open(dir, source, &query)?.result()?;
    let times = result["times"].as_array().context("no times")?;
    Ok(times.iter().filter_map(Value::as_f64).collect())
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

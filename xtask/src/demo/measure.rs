//! What is measured of a call: the events that a window heard, the picture's clock, the sound that arrived.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use confab_testkit::audio::{self, RATE};
use confab_windows::Window;
use serde::Serialize;
use serde_json::{Value, json};

/// Pictures whose clock is read, per side, and the least time between two of them.
const PICTURES: usize = 12;
const PICTURE_GAP: Duration = Duration::from_millis(150);
const PICTURE_LIMIT: Duration = Duration::from_secs(10);

pub const REMOTE: &str = "[data-testid=\"remote-video\"]";

/// Notes in the page what the core tells it from now on, with the time at which it was heard.
const LISTEN: &str = r"
const done = arguments[arguments.length - 1];
const bridge = window.__TAURI_INTERNALS__;
const heard = (window.__heard = []);
const handler = bridge.transformCallback(({ payload }) => {
  const kept = ['callChanged', 'callRecorded', 'messageAdded', 'messageUpdated'];
  if (kept.includes(payload.event.kind)) heard.push({ atMs: Date.now(), event: payload.event });
});
bridge.invoke('plugin:event|listen', { event: 'app-event', target: { kind: 'Any' }, handler })
  .then(() => done({}), (error) => done({ error: String(error) }));
";

/// Begins to note the events of a window.
pub fn listen(window: &Window) -> Result<()> {
    let answer = window.run_async(LISTEN, &[])?;
    anyhow::ensure!(answer["error"].is_null(), "{}: {}", window.name(), answer["error"]);
    Ok(())
}

/// A state of a call, and when the window heard of it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CallState {
    /// Milliseconds since the call was started (caller) or received (callee).
    pub at_ms: i64,
    pub phase: String,
    /// The other person's.
    pub participant: String,
}

/// The states of a call in their order, each once.
pub fn call_states(window: &Window, call: &str) -> Result<Vec<CallState>> {
    let heard = window.run("return window.__heard", &[])?;
    let mut states: Vec<CallState> = Vec::new();
    for entry in heard.as_array().context("nothing was noted")? {
        let snapshot = &entry["event"]["call"];
        if entry["event"]["kind"] != "callChanged" || snapshot["id"] != call {
            continue;
        }
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let started = snapshot["startedAt"].as_i64().unwrap_or_default();
        let state = CallState {
            at_ms: entry["atMs"].as_i64().unwrap_or_default() - started,
            phase: text(&snapshot["phase"]["kind"]),
            participant: text(&snapshot["participants"][0]["state"]),
        };
        let is_same = |last: &CallState| last.phase == state.phase && last.participant == state.participant;
        if !states.last().is_some_and(is_same) {
            states.push(state);
        }
    }
    Ok(states)
}

/// The far side's picture as it is on the screen.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ScreenPicture {
    /// From capture to the other person's screen: the middle one of the readings, and how many there were.
    pub delay_ms: Option<i64>,
    pub readings: usize,
    pub width: u32,
    pub height: u32,
    /// Drawn per second, over the whole talk.
    pub drawn_per_second: f64,
}

/// Reads the clock in the far side's pictures.
pub fn picture(window: &Window) -> Result<ScreenPicture> {
    let shown = window.watch_pictures(REMOTE, PICTURES, PICTURE_GAP, PICTURE_LIMIT)?;
    let mut delays: Vec<i64> = shown.iter().filter_map(|picture| picture.delay_ms).collect();
    delays.sort_unstable();
    let (width, height) = shown.last().map_or((0, 0), |picture| (picture.width, picture.height));
    let delay_ms = delays.get(delays.len() / 2).copied();
    Ok(ScreenPicture { delay_ms, readings: delays.len(), width, height, drawn_per_second: 0.0 })
}

/// What the network brought, by the core's own measurements every two seconds.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Received {
    /// The middle one of the measurements that had pictures, and how many those were.
    pub frames_per_second: Option<u64>,
    pub measurements: usize,
    /// The largest picture.
    pub width: u64,
    pub height: u64,
    pub codecs: Vec<String>,
}

pub fn received(report: &Value) -> Received {
    let samples: Vec<&Value> = report["quality"].as_array().into_iter().flatten().map(|s| &s["report"]).collect();
    let number = |sample: &&Value, name: &str| sample[name].as_u64().unwrap_or(0);
    let mut rates: Vec<u64> = samples.iter().map(|s| number(s, "framesPerSecond")).filter(|rate| *rate > 0).collect();
    rates.sort_unstable();
    let largest = samples.iter().max_by_key(|s| number(s, "width"));
    let codecs = samples.last().map(|s| s["codecs"].clone()).unwrap_or_default();
    Received {
        frames_per_second: rates.get(rates.len() / 2).copied(),
        measurements: rates.len(),
        width: largest.map_or(0, |s| number(s, "width")),
        height: largest.map_or(0, |s| number(s, "height")),
        codecs: serde_json::from_value(codecs).unwrap_or_default(),
    }
}

/// What one side said against what the other heard.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sound {
    /// Length of what was sent and of what was heard, seconds.
    pub said_s: f64,
    pub heard_s: f64,
    /// Correlation of each piece of speech with what was heard, 0 to 1: the middle one and the worst.
    pub correlation: f64,
    pub worst: f64,
    pub pieces: usize,
}

/// One piece of what is compared: a clock that drifts or a jitter buffer that stretches shifts longer ones against
/// themselves. Seconds.
const PIECE: usize = 1;
/// The first seconds: connecting, and the buffers find their depth.
const SKIPPED: usize = 2;
/// The two recordings start when each side is connected: this far apart at most, in seconds.
const REACH: usize = 2;
/// Root mean square below which a piece is a pause between sentences, of 32768.
const SILENT: f64 = 200.0;

/// Compares the recordings that the two windows left.
pub fn sound(said: &Path, heard: &Path) -> Result<Sound> {
    let (said, heard) = (audio::read_wav(said)?, audio::read_wav(heard)?);
    let second = RATE as usize;
    let mut found = Vec::new();
    for (index, piece) in said.chunks_exact(PIECE * second).enumerate().skip(SKIPPED) {
        let energy = piece.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / piece.len() as f64;
        let from = (index * PIECE).saturating_sub(REACH) * second;
        let to = ((index + 1) * PIECE + REACH) * second;
        // The end of what was said is still on its way when the other side hangs up.
        if energy.sqrt() < SILENT || to > heard.len() {
            continue;
        }
        found.push(audio::correlate(piece, &heard[from..to]).coefficient);
    }
    found.sort_by(f64::total_cmp);
    let seconds = |samples: &[i16]| samples.len() as f64 / second as f64;
    Ok(Sound {
        said_s: seconds(&said),
        heard_s: seconds(&heard),
        correlation: found.get(found.len() / 2).copied().unwrap_or(0.0),
        worst: found.first().copied().unwrap_or(0.0),
        pieces: found.len(),
    })
}

/// How far the own messages of a conversation have got.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Messages {
    pub sent: usize,
    pub delivered: usize,
    pub read: usize,
}

/// Counts own text messages; a read one was delivered, a delivered one was sent.
pub fn messages(window: &Window, conversation: &str) -> Result<Messages> {
    let arguments = json!({ "account": window.account()?, "conversation": conversation, "before": null, "limit": 200 });
    let page = window.ask("messages", arguments)?;
    let mut count = Messages::default();
    for message in page["messages"].as_array().into_iter().flatten() {
        if message["direction"] != "outgoing" || message["content"]["kind"] != "text" {
            continue;
        }
        let state = message["delivery"]["kind"].as_str().unwrap_or_default();
        count.sent += usize::from(["sent", "delivered", "read"].contains(&state));
        count.delivered += usize::from(["delivered", "read"].contains(&state));
        count.read += usize::from(state == "read");
    }
    Ok(count)
}

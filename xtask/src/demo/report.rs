//! `report.json`: what was measured, and what of it is missing or wrong.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use confab_testkit::process::run;
use confab_testkit::server::LocalServer;
use serde::Serialize;
use serde_json::Value;

use super::measure::{CallState, Messages, Received, ScreenPicture, Sound};

/// What is promised for the demo on a busy machine with two cores. Milliseconds; pictures per second; 0 to 1.
const FIRST_PICTURE_MS: i64 = 5_000;
const DELAY_MS: i64 = 1_500;
const LEAST_READINGS: usize = 10;
const LEAST_RATE: u64 = 10;
const LEAST_WIDTH: u64 = 320;
const LEAST_CORRELATION: f64 = 0.7;
/// The two sides may differ by the way of the hang-up, and all round to seconds.
const DURATION_S: u64 = 2;

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    pub versions: Versions,
    /// Whether the windows were on screens of their own.
    pub headless: bool,
    pub call: String,
    /// How long the two talked, by the clock of this command: from when both saw each other to the press that ended it,
    /// and from the answer to when both saw the end. Seconds.
    pub talk_s: [u64; 2],
    /// What stood in the other window of what was done beside plain words.
    pub messenger: Messenger,
    pub alice: Side,
    pub bob: Side,
    pub problems: Vec<String>,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Versions {
    pub app: String,
    pub web_kit: String,
    pub prosody: String,
    pub system: String,
}

/// More than words, as the other one's window showed it.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Messenger {
    /// What the answer quotes.
    pub quote: String,
    pub reaction: String,
    /// Pixels of the picture that arrived.
    pub picture: [u64; 2],
}

/// One of the two.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Side {
    pub messages: Messages,
    /// Those that were written during the call.
    pub messages_in_call: usize,
    pub states: Vec<CallState>,
    /// From accepting (or hearing of it) to the first decoded picture of the other.
    pub accept_to_first_picture_ms: Option<i64>,
    pub received: Received,
    pub screen: ScreenPicture,
    /// What this side heard of the other.
    pub sound: Option<Sound>,
    /// How the screen says that it ended.
    pub shown_end: String,
    /// The one record of this call.
    pub record: Option<Value>,
    pub records: usize,
    pub test_media_is_said: bool,
}

impl Report {
    pub fn new(server: &LocalServer, headless: bool) -> Result<Self> {
        let os = fs::read_to_string("/etc/os-release").unwrap_or_default();
        let name = os.lines().find_map(|line| line.strip_prefix("PRETTY_NAME=")).unwrap_or(std::env::consts::OS);
        let kernel = run(Command::new("uname").arg("-sr")).unwrap_or_default();
        let web_kit = run(Command::new("pkg-config").args(["--modversion", "webkit2gtk-4.1"])).unwrap_or_default();
        let versions = Versions {
            app: String::new(),
            web_kit: web_kit.trim().to_owned(),
            prosody: server.version()?,
            system: format!("{} ({})", name.trim_matches('"'), kernel.trim()),
        };
        Ok(Self { versions, headless, ..Self::default() })
    }

    pub fn write(&mut self, path: &Path) -> Result<()> {
        self.problems = self.problems();
        let json = serde_json::to_string_pretty(self).context("writing the report")?;
        fs::write(path, json).with_context(|| format!("writing {}", path.display()))
    }

    /// In words, what is missing or wrong; nothing when the demo did what it is for.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let versions = &self.versions;
        for (name, version) in [("app", &versions.app), ("WebKit", &versions.web_kit), ("Prosody", &versions.prosody)] {
            if version.is_empty() {
                problems.push(format!("the version of {name} is not known"));
            }
        }
        let Messenger { quote, reaction, picture } = &self.messenger;
        if quote.is_empty() || reaction.is_empty() || picture.contains(&0) {
            problems.push(format!("an answer, a reaction or a picture did not arrive: {:?}", self.messenger));
        }
        for (name, side) in [("alice", &self.alice), ("bob", &self.bob)] {
            side.problems(self.talk_s, &mut |problem| problems.push(format!("{name}: {problem}")));
        }
        if self.alice.duration_s().zip(self.bob.duration_s()).is_some_and(|(a, b)| a.abs_diff(b) > DURATION_S) {
            problems.push("the two records have different durations".to_owned());
        }
        problems
    }

    pub fn print(&self) {
        let versions = &self.versions;
        println!(
            "Confab {}, WebKitGTK {}, Prosody {}, {}",
            versions.app, versions.web_kit, versions.prosody, versions.system
        );
        let text = |number: Option<i64>| number.map_or("?".to_owned(), |number| number.to_string());
        for (name, side) in [("alice", &self.alice), ("bob", &self.bob)] {
            println!(
                "{name:<6} {} messages sent, {} read · first picture after {} ms · {}x{} at {}/s, {:.0}/s drawn · delay {} ms · \
                 hears the other at {:.2} · {}",
                side.messages.sent,
                side.messages.read,
                text(side.accept_to_first_picture_ms),
                side.received.width,
                side.received.height,
                side.received.frames_per_second.unwrap_or(0),
                side.screen.drawn_per_second,
                text(side.screen.delay_ms),
                side.sound.as_ref().map_or(0.0, |sound| sound.correlation),
                side.shown_end,
            );
        }
    }
}

impl Side {
    fn duration_s(&self) -> Option<u64> {
        self.record.as_ref()?["reason"]["durationS"].as_u64()
    }

    fn problems(&self, talk_s: [u64; 2], tell: &mut dyn FnMut(String)) {
        self.chat_problems(tell);
        self.course_problems(talk_s, tell);
        self.media_problems(tell);
    }

    fn chat_problems(&self, tell: &mut dyn FnMut(String)) {
        let Messages { sent, delivered, read } = self.messages;
        if sent == 0 || self.messages_in_call == 0 {
            tell("no messages, or none during the call".into());
        } else if delivered < sent || read < sent {
            tell(format!("of {sent} messages {delivered} were delivered and {read} read"));
        }
    }

    fn course_problems(&self, [least, most]: [u64; 2], tell: &mut dyn FnMut(String)) {
        let mut phases: Vec<&str> = self.states.iter().map(|state| state.phase.as_str()).collect();
        phases.dedup();
        if phases != ["calling", "connecting", "connected", "ended"] {
            tell(format!("the call went through {phases:?}"));
        }
        if !self.states.is_sorted_by_key(|state| state.at_ms) {
            tell("the times of the call's states are not in order".into());
        }
        if self.shown_end != "completed" {
            tell(format!("the screen says {:?} as the end", self.shown_end));
        }
        if self.records != 1 {
            tell(format!("there are {} records of the call", self.records));
        }
        match self.duration_s() {
            Some(duration) if (least.saturating_sub(1)..=most + 1).contains(&duration) => {}
            Some(duration) => tell(format!("the record says {duration} s, the talk lasted {least} to {most} s")),
            None => tell("the record has no duration".into()),
        }
    }

    fn media_problems(&self, tell: &mut dyn FnMut(String)) {
        match self.accept_to_first_picture_ms {
            Some(0..=FIRST_PICTURE_MS) => {}
            other => tell(format!("the first picture came {other:?} ms after the accept")),
        }
        let Received { frames_per_second, width, .. } = &self.received;
        if frames_per_second.is_none_or(|rate| rate < LEAST_RATE) || *width < LEAST_WIDTH {
            tell(format!("received {frames_per_second:?} pictures per second, {width} wide"));
        }
        let ScreenPicture { delay_ms, readings, drawn_per_second, .. } = &self.screen;
        if *readings < LEAST_READINGS || delay_ms.is_none_or(|ms| !(0..=DELAY_MS).contains(&ms)) {
            tell(format!("the picture's clock was read {readings} times and was {delay_ms:?} ms late"));
        }
        if *drawn_per_second < LEAST_RATE as f64 {
            tell(format!("{drawn_per_second:.1} pictures per second were drawn"));
        }
        match &self.sound {
            Some(sound) if sound.pieces > 0 && sound.correlation >= LEAST_CORRELATION => {}
            other => tell(format!("what was heard is not what was said: {other:?}")),
        }
        if !self.test_media_is_said {
            tell("the screen does not say that picture and tone are built in".into());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn good_side() -> Side {
        let state = |at_ms, phase: &str| CallState { at_ms, phase: phase.into(), participant: "received".into() };
        let phases = [(0, "calling"), (40, "calling"), (900, "connecting"), (950, "connected"), (16_000, "ended")];
        Side {
            messages: Messages { sent: 2, delivered: 2, read: 2 },
            messages_in_call: 1,
            states: phases.into_iter().map(|(at, phase)| state(at, phase)).collect(),
            accept_to_first_picture_ms: Some(120),
            received: Received { frames_per_second: Some(29), width: 1280, height: 720, ..Received::default() },
            screen: ScreenPicture {
                delay_ms: Some(90),
                readings: 12,
                drawn_per_second: 28.0,
                ..ScreenPicture::default()
            },
            sound: Some(Sound { said_s: 15.0, heard_s: 15.0, correlation: 0.95, worst: 0.9, pieces: 9 }),
            shown_end: "completed".into(),
            record: Some(json!({ "reason": { "kind": "completed", "durationS": 15 } })),
            records: 1,
            test_media_is_said: true,
        }
    }

    fn problems(change: impl Fn(&mut Side)) -> Vec<String> {
        let mut side = good_side();
        change(&mut side);
        let mut problems = Vec::new();
        side.problems([15, 17], &mut |problem| problems.push(problem));
        problems
    }

    #[test]
    fn a_good_demo_has_no_problems_and_each_lack_is_one() {
        assert_eq!(problems(|_| {}), Vec::<String>::new());
        let lacks: [fn(&mut Side); 14] = [
            |side| side.messages.read = 1,
            |side| side.messages_in_call = 0,
            |side| side.states.truncate(2),
            |side| side.states[4].at_ms = 3,
            |side| side.accept_to_first_picture_ms = None,
            |side| side.received.frames_per_second = None,
            |side| side.received.width = 0,
            |side| side.screen.delay_ms = Some(9_000),
            |side| side.screen.readings = 9,
            |side| side.screen.drawn_per_second = 1.0,
            |side| side.sound = None,
            |side| side.shown_end = "connectionLost".into(),
            |side| side.record = None,
            |side| side.test_media_is_said = false,
        ];
        for (index, lack) in lacks.into_iter().enumerate() {
            assert_eq!(problems(lack).len(), 1, "lack {index}: {:?}", problems(lack));
        }
    }

    #[test]
    fn an_empty_report_is_all_wrong() {
        assert!(Report::default().problems().len() > 10);
    }
}

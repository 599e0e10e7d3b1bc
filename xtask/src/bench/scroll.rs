//! P11: a conversation of 100,000 messages under the hand, in Chromium and in the web view of Linux.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use confab_testkit::display::Xvfb;
use confab_testkit::history::{Circle, History, Line, Plan, Says, Thing};
use confab_testkit::process::{Group, is_installed};
use serde_json::{Value, json};

use super::site::Site;
use super::{Row, Table};
use crate::root;

/// A frame that people notice.
const NOTICED_MS: f64 = 50.0;
/// Above all that is measured together.
const LIMIT: Duration = Duration::from_secs(600);
/// Of the window and of the browsers: the app's first size.
const SIZE: (u32, u32) = (1100, 720);

/// Scrolls for `seconds` in each of the ways.
pub fn measure(messages: u64, seconds: u32) -> Result<Table> {
    let site_dir = build()?;
    write_history(&site_dir.join("history.json"), messages)?;
    let mut rows = Vec::new();
    let mut details = Vec::new();
    for browser in ["Chromium", "WebKitGTK"] {
        let site = Site::open(&site_dir)?;
        let Some(_running) = open(browser, &site.address(&format!("bench.html?seconds={seconds}")))? else {
            println!("{browser} is not installed: left out");
            continue;
        };
        let result = site.result(LIMIT)?;
        for measured in result["measured"].as_array().context("no measurements")? {
            let number = |name: &str| measured[name].as_f64().unwrap_or(f64::NAN);
            rows.push(Row {
                what: format!("{browser}, {}: longest frame (p95), frames over 50 ms", text(measured, "name")),
                ours: format!(
                    "{:.0} ms ({:.0}), {} of {}",
                    number("longest"),
                    number("p95"),
                    number("over"),
                    number("frames")
                ),
                peer: "–".to_owned(),
                ratio: Some(number("longest") / NOTICED_MS),
                goal: "≤ 50 ms".to_owned(),
            });
        }
        details.push(result);
    }
    Ok(Table { rows, details: Value::Array(details) })
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

/// The page as the product is built, in a folder of its own.
fn build() -> Result<PathBuf> {
    let out = root::target("bench/scroll-page");
    let mut build = Command::new("npx");
    build.args([
        "vite",
        "build",
        "--config",
        "vite.bench.config.ts",
        "--logLevel",
        "warn",
        "--emptyOutDir",
        "--outDir",
    ]);
    let built = build.arg(&out).current_dir(root::ui()).status().context("starting npx")?;
    if !built.success() {
        bail!("the page was not built");
    }
    Ok(out)
}

/// `None`: not installed.
fn open(browser: &str, address: &str) -> Result<Option<(Option<Xvfb>, Group)>> {
    let dir = root::target("bench");
    let (width, height) = SIZE;
    if browser == "Chromium" {
        if !is_installed("chromium") {
            return Ok(None);
        }
        let profile = dir.join("scroll-chromium");
        let _ = std::fs::remove_dir_all(&profile);
        let mut command = Command::new("chromium");
        command.args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"]);
        command.args(["--disable-background-networking", "--disable-component-update"]);
        command.arg(format!("--window-size={width},{height}")).arg(format!("--user-data-dir={}", profile.display()));
        return Ok(Some((None, Group::spawn(command.arg(address), &dir.join("scroll-chromium.log"))?)));
    }
    let Some(program) = mini_browser() else { return Ok(None) };
    let screen = Xvfb::start(width, height)?;
    let mut command = Command::new(program);
    command.envs(screen.env()).env("HOME", &dir).args(["--private", &format!("--geometry={width}x{height}"), address]);
    let running = Group::spawn(&mut command, &dir.join("scroll-webkit.log"))?;
    Ok(Some((Some(screen), running)))
}

/// The plain browser that comes with the library of the web view.
fn mini_browser() -> Option<PathBuf> {
    let libraries = std::fs::read_dir("/usr/lib").ok()?.flatten().map(|entry| entry.path());
    let places = libraries.chain([PathBuf::from("/usr/libexec"), PathBuf::from("/usr/lib64")]);
    places.map(|place| place.join("webkit2gtk-4.1/MiniBrowser")).find(|path| path.is_file())
}

/// One conversation as JSON, as the core gives its messages.
fn write_history(path: &Path, messages: u64) -> Result<()> {
    let history = History::new(Plan { conversations: 1, largest: messages, messages, ..Plan::MILLION });
    let people = history.people().to_vec();
    let Some(Circle::With(person)) = history.chats().first().map(|chat| chat.circle.clone()) else {
        bail!("the first conversation is with one person");
    };
    let jid = people.get(person).context("nobody has this number")?.jid.clone();
    let mut out = BufWriter::new(File::create(path)?);
    let mut separator = '[';
    for thing in history {
        if let Thing::Said(line) = thing {
            write!(out, "{separator}{}", message(&line, &jid))?;
            separator = ',';
        }
    }
    out.write_all(b"]")?;
    Ok(out.flush()?)
}

fn message(line: &Line, jid: &str) -> Value {
    let sender =
        |by: Option<usize>| json!({"jid": by.map_or("me@example.org", |_| jid), "nickname": "", "occupant": null});
    let answers = line
        .answers
        .as_ref()
        .map(|(number, quote)| json!({"id": format!("m-{number}"), "sender": sender(None), "excerpt": quote}));
    json!({
        "id": format!("m-{}", line.number), "conversation": jid, "sender": sender(line.by),
        "direction": if line.by.is_none() { "outgoing" } else { "incoming" }, "content": content(&line.says),
        "sentAt": line.at_ms, "delivery": {"kind": "read"}, "editedAt": null, "replyTo": answers, "forwarded": null,
        "reactions": [], "mentions": [], "mentionsMe": false, "extension": null, "config": null,
    })
}

fn content(says: &Says) -> Value {
    let file = |kind: Value, name: &str, media_type: &str, size: u64, caption: &str| {
        json!({"kind": "file", "caption": caption, "file": {"kind": kind, "name": name, "mediaType": media_type,
            "size": size, "thumbnail": null, "transfer": {"kind": "remote"}}})
    };
    match says {
        Says::Text(text) => json!({"kind": "text", "text": text}),
        Says::File { name, media_type, size, picture: (0, _), caption } => {
            file(json!({"kind": "file"}), name, media_type, *size, caption)
        }
        Says::File { name, media_type, size, picture: (width, height), caption } => {
            file(json!({"kind": "image", "width": width, "height": height}), name, media_type, *size, caption)
        }
        Says::Voice { duration_ms, loudness } => {
            let kind = json!({"kind": "voice", "durationMs": duration_ms, "waveform": loudness});
            file(kind, "voice.ogg", "audio/ogg", 40_000, "")
        }
        Says::Place { latitude, longitude, address } => {
            json!({"kind": "location", "location": {"latitude": latitude, "longitude": longitude, "address": address}})
        }
    }
}

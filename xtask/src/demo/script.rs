//! What the two do in front of their windows, with presses and keys, and the pictures of it.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use confab_testkit::server::LocalServer;
use confab_windows::{Server, Window};
use serde_json::{Value, json};

use super::history::{ALICE, BOB};
use super::measure;
use super::report::{Messenger, Report, Side};
use super::stage::{Stage, Windows};

const ALICE_JID: &str = "alice@localhost";
const BOB_JID: &str = "bob@localhost";

/// A picture of a screen is taken when its last movement is over (the longest of the UI takes 320 ms).
const CALM: Duration = Duration::from_millis(450);

/// Plays the whole demo and fills in the report. The windows stay open.
pub fn play(stage: &Stage, server: &LocalServer, talk: Duration, report: &mut Report) -> Result<Windows> {
    first_start(stage, server)?;
    println!("Opening the windows of alice and bob");
    let windows = Windows { alice: stage.open(ALICE.0, 0)?, bob: stage.open(BOB.0, 1)? };
    for window in windows.both() {
        window.wait_online()?;
        measure::listen(window)?;
    }
    let startup = windows.alice.ask("startup", json!({}))?;
    report.versions.app = startup["version"].as_str().unwrap_or_default().to_owned();
    look_around(stage, &windows)?;
    chat(stage, &windows, report)?;
    println!("Bob calls, alice answers, they talk for {} s", talk.as_secs());
    let call = call(stage, &windows, talk, report)?;
    println!("Measuring");
    for (window, other, side) in
        [(&windows.alice, BOB_JID, &mut report.alice), (&windows.bob, ALICE_JID, &mut report.bob)]
    {
        measure_side(window, other, &call, side)?;
    }
    report.call = call;
    afterwards(stage, &windows)?;
    // Complete only when the call's media have ended.
    let [alice, bob] = [ALICE.0, BOB.0].map(|name| stage.recordings(name));
    let file = |kind: &str| format!("{}.{kind}.wav", report.call);
    report.alice.sound = Some(measure::sound(&bob.join(file("sent")), &alice.join(file("received")))?);
    report.bob.sound = Some(measure::sound(&alice.join(file("sent")), &bob.join(file("received")))?);
    Ok(windows)
}

fn picture(stage: &Stage, window: &Window, name: &str) -> Result<()> {
    if stage.is_headless() {
        thread::sleep(CALM);
    }
    stage.picture(window, name)
}

/// Somebody without an account: the screens before one is signed in.
fn first_start(stage: &Stage, server: &LocalServer) -> Result<()> {
    if !stage.is_headless() {
        return Ok(());
    }
    let place: Server = server.into();
    let window = stage.open("newcomer", 0)?;
    window.wait_for("[data-testid=\"sign-in-screen\"]")?;
    picture(stage, &window, "01-sign-in")?;
    window.submit_sign_in(ALICE_JID, "not her password", &place)?;
    window.sign_in_error()?;
    picture(stage, &window, "02-sign-in-error")?;
    window.choose_server("localhost", &place)?;
    picture(stage, &window, "03-create-account")?;
    window.close();
    Ok(())
}

fn look_around(stage: &Stage, windows: &Windows) -> Result<()> {
    let Windows { alice, bob } = windows;
    alice.wait_for("[data-testid=\"chat-row\"]")?;
    picture(stage, alice, "04-chats")?;
    alice.go("contacts")?;
    alice.click("[data-testid=\"contact-row\"][data-jid=\"bob@localhost\"]")?;
    alice.wait_for("[data-testid=\"profile\"]")?;
    picture(stage, alice, "05-contacts")?;
    bob.contact_request("zhangwei@localhost")?;
    picture(stage, bob, "06-contact-request")?;
    alice.open_chat(BOB_JID)?;
    bob.open_chat(ALICE_JID)?;
    Ok(())
}

fn chat(stage: &Stage, windows: &Windows, report: &mut Report) -> Result<()> {
    let Windows { alice, bob } = windows;
    bob.say("I am ready, the microphone works.")?;
    alice.wait_message("I am ready, the microphone works.")?;
    alice.say("Then call me, I am at my desk.")?;
    bob.wait_message("Then call me, I am at my desk.")?;
    bob.wait_delivery("I am ready, the microphone works.", "read")?;
    alice.wait_delivery("Then call me, I am at my desk.", "read")?;
    report.messenger = more_than_words(alice, bob)?;
    picture(stage, alice, "07-conversation")
}

/// A picture, a reaction to it and an answer.
fn more_than_words(alice: &Window, bob: &Window) -> Result<Messenger> {
    const CAPTION: &str = "The view from here, by the way.";
    bob.paste_picture((960, 540), CAPTION)?;
    let (width, height) = alice.wait_picture(CAPTION)?;
    alice.react(CAPTION)?;
    let shown = format!("{} [data-testid=\"reaction\"]", bob.message(CAPTION)?);
    let reaction = bob.wait_text(&shown, "1")?;
    alice.answer_message("I am ready", "See you in a minute!")?;
    let answer = bob.message("See you in a minute!")?;
    let quote = bob.wait_text(&format!("{answer} [data-testid=\"quote\"]"), "I am ready")?;
    alice.wait_delivery("See you in a minute!", "read")?;
    let line = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    Ok(Messenger { quote: line(quote), reaction: line(reaction), picture: [width, height] })
}

fn call(stage: &Stage, windows: &Windows, talk: Duration, report: &mut Report) -> Result<String> {
    let Windows { alice, bob } = windows;
    bob.call_with_video()?;
    let caller = alice.incoming_call()?;
    anyhow::ensure!(caller == BOB.1, "alice's window says that {caller:?} calls");
    bob.wait_ringing()?;
    picture(stage, bob, "08-outgoing-call")?;
    picture(stage, alice, "09-incoming-call")?;
    let answered = Instant::now();
    alice.answer()?;
    let call = bob.wait_pictures()?;
    alice.wait_pictures()?;
    let connected = Instant::now();
    let drawn_before = [alice.pictures_drawn()?, bob.pictures_drawn()?];
    let note = "[data-testid=\"test-media-note\"]";
    report.alice.test_media_is_said = alice.shows(note)?;
    report.bob.test_media_is_said = bob.shows(note)?;
    for (window, name) in [(bob, "10-in-call-bob"), (alice, "11-in-call-alice")] {
        window.point_at("[data-testid=\"call\"]")?;
        picture(stage, window, name)?;
    }
    report.alice.screen = measure::picture(alice)?;
    report.bob.screen = measure::picture(bob)?;
    alice.press_in_call("call-details")?;
    picture(stage, alice, "12-call-quality")?;
    alice.press_in_call("call-details")?;
    chat_in_call(stage, windows, report)?;
    // The rest of the talk.
    thread::sleep(talk.saturating_sub(connected.elapsed()));
    let seconds = connected.elapsed().as_secs_f64();
    let drawn = [alice.pictures_drawn()?, bob.pictures_drawn()?];
    for (side, (before, after)) in
        [&mut report.alice, &mut report.bob].into_iter().zip(drawn_before.into_iter().zip(drawn))
    {
        side.screen.drawn_per_second = after.saturating_sub(before) as f64 / seconds;
    }
    let least = connected.elapsed();
    bob.hang_up()?;
    report.bob.shown_end = bob.wait_end()?;
    report.alice.shown_end = alice.wait_end()?;
    report.talk_s = [least.as_secs(), answered.elapsed().as_secs()];
    picture(stage, bob, "15-end-of-call")?;
    Ok(call)
}

/// Both look into their chat while the call goes on in the floating picture, and come back.
fn chat_in_call(stage: &Stage, windows: &Windows, report: &mut Report) -> Result<()> {
    let Windows { alice, bob } = windows;
    alice.press_in_call("call-chat")?;
    alice.say("Your voice is clear.")?;
    report.alice.messages_in_call += 1;
    bob.press_in_call("call-chat")?;
    bob.wait_message("Your voice is clear.")?;
    bob.say("So is your picture.")?;
    report.bob.messages_in_call += 1;
    alice.wait_message("So is your picture.")?;
    alice.wait_delivery("Your voice is clear.", "read")?;
    bob.wait_delivery("So is your picture.", "read")?;
    picture(stage, alice, "13-chat-during-call")?;
    bob.click("[data-testid=\"call-expand\"]")?;
    bob.wait_gone("[data-testid=\"call-expand\"]")?;
    alice.go("calls")?;
    picture(stage, alice, "14-floating-picture")?;
    alice.click("[data-testid=\"call-expand\"]")?;
    Ok(alice.wait_gone("[data-testid=\"call-expand\"]")?)
}

fn measure_side(window: &Window, other: &str, call: &str, side: &mut Side) -> Result<()> {
    let account = window.account()?;
    let is_closed = |record: &Value| record["id"] == call && !record["reason"].is_null();
    let records = window.until("the record of the call", |window| {
        let page = window.ask("call_records", json!({ "account": account, "count": 50, "cursor": 0 }))?;
        let records: Vec<Value> =
            page["records"].as_array().into_iter().flatten().filter(|r| is_closed(r)).cloned().collect();
        Ok((!records.is_empty()).then_some(records))
    })?;
    let report = window.ask("call_report", json!({ "account": account, "call": call }))?;
    let timing = |name: &str| report["record"]["timings"][name].as_i64();
    side.records = records.len();
    side.record = records.into_iter().next();
    side.accept_to_first_picture_ms = timing("acceptedMs").zip(timing("firstVideoMs")).map(|(from, to)| to - from);
    side.received = measure::received(&report);
    side.states = measure::call_states(window, call)?;
    side.messages = measure::messages(window, other)?;
    Ok(())
}

/// The list of calls, its details, settings; then the same in the dark and in Chinese.
fn afterwards(stage: &Stage, windows: &Windows) -> Result<()> {
    let Windows { alice, bob } = windows;
    for window in [alice, bob] {
        if window.shows("[data-testid=\"end-close\"]")? {
            window.click("[data-testid=\"end-close\"]")?;
        }
        window.go("calls")?;
        window.click("[data-testid=\"call-record\"]")?;
        window.wait_for("[data-testid=\"call-record-details\"]")?;
    }
    picture(stage, bob, "16-calls")?;
    if !stage.is_headless() {
        return Ok(());
    }
    alice.go_to_settings("devices")?;
    picture(stage, alice, "17-settings")?;
    alice.go_to_settings("appearance")?;
    alice.choose_theme("dark")?;
    alice.choose_language("zh-CN")?;
    picture(stage, alice, "18-settings-dark-zh")?;
    alice.open_chat(BOB_JID)?;
    picture(stage, alice, "19-conversation-dark-zh")?;
    alice.go("contacts")?;
    picture(stage, alice, "20-contacts-dark-zh")?;
    alice.go("calls")?;
    picture(stage, alice, "21-calls-dark-zh")?;
    short_call(stage, windows).context("the second call")
}

/// Once more, for the pictures of a call in the dark and in Chinese.
fn short_call(stage: &Stage, windows: &Windows) -> Result<()> {
    let Windows { alice, bob } = windows;
    bob.open_chat(ALICE_JID)?;
    bob.call_with_video()?;
    alice.incoming_call()?;
    picture(stage, alice, "22-incoming-dark-zh")?;
    alice.answer()?;
    alice.wait_pictures()?;
    picture(stage, alice, "23-in-call-dark-zh")?;
    alice.hang_up()?;
    alice.wait_end()?;
    picture(stage, alice, "24-end-of-call-dark-zh")?;
    bob.wait_end()?;
    Ok(())
}

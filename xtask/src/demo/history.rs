//! Who alice and bob know and what they have said so far, written by agents over the server: it is in its archives and in
//! the data folders that the windows then open.

use std::path::Path;

use anyhow::{Context, Result};
use confab_testkit::server::LocalServer;
use serde_json::{Value, json};

use crate::agent::{Agent, meet, request_contact};

/// Name of the account (also its password) and the name that others give to this person.
pub const ALICE: (&str, &str) = ("alice", "Alice");
pub const BOB: (&str, &str) = ("bob", "Bob");
const CAROL: (&str, &str) = ("carol", "Carol");
const ZHANG: (&str, &str) = ("zhangwei", "张伟");

/// What alice (true) and bob said to each other.
const CHAT: [(bool, &str); 7] = [
    (true, "Good morning! Did the new microphone arrive?"),
    (false, "It did. I want to try it in a call this afternoon."),
    (true, "Perfect. Is three o'clock all right?"),
    (false, "三点可以。把会议链接发给我吧？"),
    (true, "No link needed, just call me here."),
    (false, "Even better 👍"),
    (true, "The notes of last week are at https://example.org/notes, have a look before."),
];

pub fn write(server: &LocalServer, agent: &Path, folder: &Path) -> Result<()> {
    for (name, _) in [ALICE, BOB, CAROL, ZHANG] {
        server.register(name, name)?;
    }
    let media = ["--microphone", "test:silence", "--camera", "test:picture"];
    let sign_in = |name: &str| Agent::sign_in(agent, &folder.join(name), server, name, &media);
    let mut alice = sign_in(ALICE.0)?;
    let mut bob = sign_in(BOB.0)?;
    let mut carol = sign_in(CAROL.0)?;
    let mut zhang = sign_in(ZHANG.0)?;

    meet((&mut alice, ALICE.1), (&mut bob, BOB.1), "Hello Bob, this is my new account.")?;
    meet((&mut carol, CAROL.1), (&mut alice, ALICE.1), "We met at the conference.")?;
    meet((&mut carol, CAROL.1), (&mut bob, BOB.1), "We met at the conference.")?;
    meet((&mut zhang, ZHANG.1), (&mut alice, ALICE.1), "你好，我是研发部的张伟。")?;
    // Bob has not answered this one yet.
    request_contact(&mut zhang, (&mut bob, BOB.1), "你好，Alice 介绍我来的，想和你聊聊新的项目。")?;

    for (from_alice, text) in CHAT {
        if from_alice { say(&mut alice, &mut bob, text)? } else { say(&mut bob, &mut alice, text)? }
    }
    read(&mut bob, alice.jid())?;
    read(&mut alice, bob.jid())?;
    say(&mut zhang, &mut alice, "下午的会改到四点了。")?;
    say(&mut alice, &mut zhang, "收到，谢谢！")?;
    read(&mut alice, zhang.jid())?;
    // Two that alice has not read.
    say(&mut carol, &mut alice, "Are you coming to the meetup on Thursday?")?;
    say(&mut carol, &mut alice, "It starts at seven.")?;
    missed_call(&mut carol, &mut bob)?;

    for agent in [zhang, carol, bob, alice] {
        agent.quit()?;
    }
    Ok(())
}

fn say(from: &mut Agent, to: &mut Agent, text: &str) -> Result<()> {
    from.ask("sendText", json!({ "conversation": to.jid(), "text": text }))?;
    to.event("message", |event| {
        (event["kind"] == "messageAdded" && event["message"]["content"]["text"] == text).then_some(())
    })?;
    Ok(())
}

/// Marks all of a conversation as read.
fn read(reader: &mut Agent, conversation: &str) -> Result<()> {
    let page = reader.ask("messages", json!({ "conversation": conversation, "before": null, "limit": 50 }))?;
    let messages = page["messages"].as_array().context("no messages")?;
    let last = messages.iter().rfind(|message| message["direction"] == "incoming").context("no incoming message")?;
    let up_to = last["id"].clone();
    reader.ask("markDisplayed", json!({ "conversation": conversation, "upTo": up_to }))?;
    Ok(())
}

/// A call that rings and that nobody answers.
fn missed_call(from: &mut Agent, to: &mut Agent) -> Result<()> {
    let call = from.ask("placeCall", json!({ "to": to.jid(), "media": "audio" }))?;
    from.event("ringing", |event| {
        let is_it = event["kind"] == "callChanged" && event["call"]["id"] == call;
        (is_it && event["call"]["participants"][0]["state"] == "received").then_some(())
    })?;
    from.ask("hangUp", json!({ "call": call }))?;
    let ended = |event: &Value| {
        let record = &event["record"];
        (event["kind"] == "callRecorded" && record["id"] == call && !record["reason"].is_null()).then_some(())
    };
    from.event("record", ended)?;
    to.event("record", ended)?;
    Ok(())
}

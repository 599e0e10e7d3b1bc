//! What Dino and the agent say beyond texts between the two: edits, answers, reactions, files; and the same in groups.

use std::{fs, path::PathBuf};

use confab_model::{
    AttachmentKind, DeliveryState, Direction, Event, Group, Message, MessageContent, MessageId, TransferState,
};
use confab_tests::driver::Agent;
use serde_json::{Value, json};

use super::{
    client::Dino,
    delivered, heard,
    stage::{Stage, play},
    stanzas::Way,
};

/// The message as of an update that fits.
async fn updated(agent: &Agent, id: &MessageId, what: &str, fits: impl Fn(&Message) -> bool) -> Message {
    let look = |event: &Event| match event {
        Event::MessageUpdated { message } if message.id == *id && fits(message) => Some(message.clone()),
        _ => None,
    };
    agent.event(what, look).await
}

fn is_text(message: &Message, wanted: &str) -> bool {
    matches!(&message.content, MessageContent::Text { text } if text == wanted)
}

/// Dino corrects its last message: the arrow up in an empty field.
async fn dino_corrects(dino: &Dino, text: &str) {
    dino.desk.key("Up").unwrap();
    dino.desk.key("ctrl+a").unwrap();
    dino.types(text);
    dino.sends();
    dino.shows(&format!("{text}  (edited)")).await;
}

async fn say(agent: &mut Agent, to: &str, text: &str) -> MessageId {
    agent.own("sendText", json!({ "conversation": to, "text": text })).await
}

async fn answer(agent: &mut Agent, to: &str, text: &str, of: &MessageId) -> MessageId {
    let content = json!({ "kind": "text", "text": text });
    agent.own("sendMessage", json!({ "conversation": to, "content": content, "replyTo": of })).await
}

async fn send_file(agent: &mut Agent, to: &str, path: &PathBuf) -> MessageId {
    let content = json!({ "kind": "file", "path": path, "caption": "", "voice": false });
    agent.own("sendMessage", json!({ "conversation": to, "content": content })).await
}

/// Whether Dino shows who reacted with what, and Dino joins in: the emoji is a button.
async fn dino_reacts_too(agent: &mut Agent, dino: &Dino, of: &MessageId) {
    let before = dino.buttons().await;
    agent.own::<Value>("react", json!({ "message": of, "emojis": ["👍"] })).await;
    dino.clicks_new(&before, 0).await;
    let both = |message: &Message| match message.reactions.as_slice() {
        [reaction] => reaction.emoji == "👍" && reaction.own && reaction.by.len() == 2,
        _ => false,
    };
    updated(agent, of, "both reactions", both).await;
}

#[test]
#[ignore = "run by hand: needs dino-im"]
fn dino_answers_and_reacts() {
    play("dino-answers", async |mut stage: Stage| {
        let (agent, dino) = (&mut stage.agent, &stage.dino);
        let to = dino.jid.clone();
        let question = say(agent, &to, "where do we eat?").await;
        dino.shows("where do we eat?").await;
        dino.types("I think");
        dino.sends();
        let of_dino = heard(agent, "I think").await.id;
        dino.begins_answer("where do we eat?").await;
        dino.types("at the harbour");
        dino.sends();
        let quote = heard(agent, "at the harbour").await.reply_to.expect("an answer");
        assert_eq!((quote.id, quote.excerpt.as_str()), (Some(question), "where do we eat?"));
        dino_reacts_too(agent, dino, &of_dino).await;

        let mark = dino.stanzas.mark();
        answer(agent, &to, "at eight", &of_dino).await;
        dino.stanzas.since(mark, Way::In, &["at eight", "urn:xmpp:reply:0"]).await;
        // The quotation is a widget of its own: the text beside it is without it.
        dino.shows("at eight").await;
        stage.agent.quit().await;
    });
}

#[test]
#[ignore = "run by hand: needs dino-im"]
fn dino_edits_and_shows_edits() {
    play("dino-edits", async |mut stage: Stage| {
        let (agent, dino) = (&mut stage.agent, &stage.dino);
        let to = dino.jid.clone();
        let first = say(agent, &to, "see you at sven").await;
        dino.shows("see you at sven").await;
        agent.own::<Value>("editMessage", json!({ "message": first, "text": "see you at seven" })).await;
        dino.shows("see you at seven  (edited)").await;
        dino.types("one typo hre");
        dino.sends();
        let typo = heard(agent, "one typo hre").await.id;
        dino_corrects(dino, "no typo here").await;
        updated(agent, &typo, "the correction", |m| is_text(m, "no typo here") && m.edited_at.is_some()).await;
        // Dino knows no recalls (XEP-0424): it says so in the words that are there for it.
        let last = say(agent, &to, "a secret").await;
        dino.shows("a secret").await;
        let mark = dino.stanzas.mark();
        agent.own::<Value>("recallMessage", json!({ "message": last })).await;
        dino.stanzas.since(mark, Way::In, &["urn:xmpp:message-retract:1"]).await;
        stage.agent.quit().await;
    });
}

#[test]
#[ignore = "run by hand: needs dino-im"]
fn dino_takes_and_sends_files() {
    play("dino-files", async |mut stage: Stage| {
        let (note, picture) = (stage.folder().join("note.txt"), stage.folder().join("picture.png"));
        fs::write(&note, "a note").unwrap();
        stage.dino.desk.screen.screenshot(&picture).unwrap();
        let (agent, dino) = (&mut stage.agent, &stage.dino);
        let to = dino.jid.clone();
        // Dino confirms no files (XEP-0184): they stay "sent" here.
        send_file(agent, &to, &note).await;
        dino.shows("note.txt").await;
        dino.has_file("note.txt", b"a note").await;
        send_file(agent, &to, &picture).await;
        dino.has_file("picture.png", &fs::read(&picture).unwrap()).await;

        dino.sends_file(&picture).await;
        let here = agent
            .event("Dino's picture", |event| match event {
                Event::MessageUpdated { message } if message.direction == Direction::Incoming => match &message.content
                {
                    MessageContent::File { file, .. } => {
                        let is_picture = matches!(file.kind, AttachmentKind::Image { .. });
                        let is_here = file.transfer == TransferState::Local;
                        (is_picture && is_here).then(|| message.id.clone())
                    }
                    _ => None,
                },
                _ => None,
            })
            .await;
        let folder = note.with_file_name("saved");
        fs::create_dir(&folder).unwrap();
        let saved: PathBuf = agent.own("saveAttachment", json!({ "message": here, "folder": folder })).await;
        assert_eq!(fs::read(saved).unwrap(), fs::read(&picture).unwrap());
        stage.agent.quit().await;
    });
}

#[test]
#[ignore = "run by hand: needs dino-im"]
fn dino_is_in_a_group_of_the_agents() {
    play("dino-group", async |mut stage: Stage| {
        let (agent, dino) = (&mut stage.agent, &stage.dino);
        let mark = dino.stanzas.mark();
        let draft = json!({ "name": "Hikers", "public": false, "members": [dino.jid], "welcome": "welcome, hikers" });
        let group: Group = agent.own("createGroup", draft).await;
        let room = group.jid.to_string();
        dino.stanzas.since(mark, Way::In, &["}:invite", "welcome, hikers"]).await;
        dino.joins(&room).await;
        dino.shows("Hikers").await;
        let hello = say(agent, &room, "hello hikers").await;
        dino.shows("hello hikers").await;
        delivered(agent, &hello, DeliveryState::Read).await;
        dino.types("hello from dino");
        dino.sends();
        let of_dino = heard(agent, "hello from dino").await;
        assert_eq!(of_dino.sender.jid.as_ref().map(ToString::to_string), Some(dino.jid.clone()));
        assert!(of_dino.sender.occupant.is_some());
        agent.own::<Value>("editMessage", json!({ "message": hello, "text": "hello, dear hikers" })).await;
        dino.shows("hello, dear hikers  (edited)").await;
        dino_reacts_too(agent, dino, &of_dino.id).await;
        answer(agent, &room, "welcome", &of_dino.id).await;
        dino.shows("welcome").await;
        dino.types("a typo hre");
        dino.sends();
        let typo = heard(agent, "a typo hre").await.id;
        dino_corrects(dino, "no typo here").await;
        updated(agent, &typo, "the correction", |m| is_text(m, "no typo here")).await;
        stage.agent.quit().await;
    });
}

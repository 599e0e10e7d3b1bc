//! Dino, a desktop client: chat and calls with the agent, both ways.
//!
//! Dino and the server share a machine of a private network, because Dino finds its server by the name only; the agent
//! has another one. Dino has no camera here: the pictures are the agent's alone. `docs/interop.md` says what was run with
//! which versions, and what does not work.
//!
//! `cargo test -p confab-tests --test interop dino:: -- --ignored --test-threads 1`, with the package `dino-im`;
//! `CONFAB_DINO_DEBUG="rtp ice"` fills Dino's log.

mod chat;
mod client;
mod desk;
mod stage;
mod stanzas;

use client::Outcome;
use confab_model::{DeliveryState, Direction, EndReason, Event, Message, MessageContent, MessageId, TypingState};
use confab_tests::driver::Agent;
use serde_json::{Value, json};
use stage::{DINO_TONE, Stage, play};
use stanzas::Way;

use crate::steps;

async fn delivered(agent: &Agent, id: &MessageId, state: DeliveryState) {
    let look = |event: &Event| match event {
        Event::MessageUpdated { message } if message.id == *id && message.delivery == state => Some(()),
        _ => None,
    };
    agent.event(&format!("{state:?}"), look).await;
}

async fn heard(agent: &Agent, words: &str) -> Message {
    let look = |event: &Event| match event {
        Event::MessageAdded { message } if message.direction == Direction::Incoming => match &message.content {
            MessageContent::Text { text } if text == words => Some(message.clone()),
            _ => None,
        },
        _ => None,
    };
    agent.event(words, look).await
}

async fn typing(agent: &Agent, mark: usize, state: TypingState) {
    let look = |event: &Event| match event {
        Event::Typing { state: told, .. } if *told == state => Some(()),
        _ => None,
    };
    agent.event_since(mark, &format!("{state:?}"), look).await;
}

#[test]
#[ignore = "run by hand: needs dino-im"]
fn dino_talks_in_writing() {
    play("dino-chat", async |mut stage: Stage| {
        println!("{}", client::version().unwrap());
        let (agent, dino) = (&mut stage.agent, &stage.dino);
        let to = dino.jid.clone();

        let mark = dino.stanzas.mark();
        agent.own::<Value>("setTyping", json!({ "conversation": to, "state": "composing" })).await;
        dino.stanzas.since(mark, Way::In, &["chatstates}:composing"]).await;
        dino.shows(&format!("{} is typing…", agent.jid)).await;
        let hello: MessageId =
            agent.own("sendText", json!({ "conversation": to, "text": "Hello Dino, 今天天气很好 <&>" })).await;
        dino.shows("Hello Dino, 今天天气很好 <&>").await;
        delivered(agent, &hello, DeliveryState::Delivered).await;
        delivered(agent, &hello, DeliveryState::Read).await;

        let mark = agent.mark();
        dino.types("Yes, it is <fine> & dry");
        typing(agent, mark, TypingState::Composing).await;
        dino.sends();
        let answer = heard(agent, "Yes, it is <fine> & dry").await;
        dino.message_is_marked("Yes, it is <fine> & dry", 1).await;
        agent.own::<Value>("markDisplayed", json!({ "conversation": to, "upTo": answer.id })).await;
        dino.message_is_marked("Yes, it is <fine> & dry", 2).await;
        stage.agent.quit().await;
    });
}

#[test]
#[ignore = "run by hand: needs dino-im"]
fn the_agent_calls_dino() {
    play("dino-call-in", async |mut stage: Stage| {
        stage.with_sound();
        let (id, call) = stage.agent_calls("audio").await;
        stage.dino.shows("Incoming call").await;
        stage.dino.accept_call(call).await;
        stage.connected(&id, call).await;
        stage.sound_flows(&id).await;
        steps::hang_up(&mut stage.agent, &id).await;
        stage.dino.shows("Call ended").await;
        assert!(steps::is_completed(&steps::end(&stage.agent, &id).await));
        stage.dino_heard();
        steps::heard(&mut stage.agent, &id, DINO_TONE).await;
    });
}

#[test]
#[ignore = "run by hand: needs dino-im"]
fn dino_calls_the_agent() {
    play("dino-call-out", async |mut stage: Stage| {
        stage.with_sound();
        let (id, call) = stage.dino_calls("audio").await;
        steps::accept(&mut stage.agent, &id, "audio").await;
        stage.connected(&id, call).await;
        stage.sound_flows(&id).await;
        stage.dino.closes_window();
        assert!(steps::is_completed(&steps::end(&stage.agent, &id).await));
        stage.dino.shows("Call ended").await;
        stage.dino_heard();
        steps::heard(&mut stage.agent, &id, DINO_TONE).await;
    });
}

#[test]
#[ignore = "run by hand: needs dino-im"]
fn dino_sees_the_agent() {
    play("dino-video-in", async |mut stage: Stage| {
        stage.with_sound();
        let (id, call) = stage.agent_calls("video").await;
        stage.dino.shows("Incoming video call").await;
        stage.dino.accept_call(call).await;
        stage.connected(&id, call).await;
        println!("Dino shows a picture that is {} ms old", stage.dino.sees().await);
        stage.sound_flows(&id).await;
        stage.dino.closes_window();
        assert!(steps::is_completed(&steps::end(&stage.agent, &id).await));
        stage.dino_heard();
        steps::heard(&mut stage.agent, &id, DINO_TONE).await;
    });
}

#[test]
#[ignore = "run by hand: needs dino-im"]
fn dino_calls_with_pictures() {
    play("dino-video-out", async |mut stage: Stage| {
        stage.with_sound();
        let (id, call) = stage.dino_calls("video").await;
        steps::accept(&mut stage.agent, &id, "video").await;
        stage.connected(&id, call).await;
        println!("Dino shows a picture that is {} ms old", stage.dino.sees().await);
        stage.sound_flows(&id).await;
        steps::hang_up(&mut stage.agent, &id).await;
        assert!(steps::is_completed(&steps::end(&stage.agent, &id).await));
        stage.dino_heard();
        steps::heard(&mut stage.agent, &id, DINO_TONE).await;
    });
}

#[test]
#[ignore = "run by hand: needs dino-im"]
fn pictures_come_into_a_call_with_dino() {
    play("dino-added-video", async |mut stage: Stage| {
        stage.with_sound();
        let (id, call) = stage.dino_calls("audio").await;
        steps::accept(&mut stage.agent, &id, "audio").await;
        stage.connected(&id, call).await;
        stage.agent.own::<Value>("addVideo", json!({ "call": id })).await;
        println!("Dino shows a picture that is {} ms old", stage.dino.sees().await);
        stage.sound_flows(&id).await;
        steps::hang_up(&mut stage.agent, &id).await;
        assert!(steps::is_completed(&steps::end(&stage.agent, &id).await));
    });
}

#[test]
#[ignore = "run by hand: needs dino-im"]
fn calls_with_dino_that_are_not_answered_end_with_the_right_reason() {
    play("dino-refusals", async |mut stage: Stage| {
        let (id, call) = stage.agent_calls("audio").await;
        stage.dino.reject_call(call).await;
        // Dino gives no reason, so it may as well be busy.
        assert_eq!(steps::end(&stage.agent, &id).await, EndReason::Unavailable);
        stage.dino.ended(call, Outcome::Declined).await;

        let (id, call) = stage.agent_calls("audio").await;
        steps::hang_up(&mut stage.agent, &id).await;
        assert_eq!(steps::end(&stage.agent, &id).await, EndReason::Cancelled);
        stage.dino.ended(call, Outcome::Missed).await;

        let (id, call) = stage.dino_calls("audio").await;
        stage.agent.own::<Value>("rejectCall", json!({ "call": id, "text": null })).await;
        assert_eq!(steps::end(&stage.agent, &id).await, EndReason::Rejected { text: None });
        stage.dino.ended(call, Outcome::Declined).await;

        let (id, call) = stage.dino_calls("audio").await;
        stage.dino.closes_window();
        assert_eq!(steps::end(&stage.agent, &id).await, EndReason::Cancelled);
        stage.dino.ended(call, Outcome::Missed).await;
        stage.agent.quit().await;
    });
}

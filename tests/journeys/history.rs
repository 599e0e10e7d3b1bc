//! History that is not here: a jump to a date that is older than what a new device has read, and the way on from there.

use confab_model::{Event, Group, GroupState, Message, MessageContent, MessageId, Timestamp};
use confab_tests::driver::{Agent, AgentOptions, World};
use serde::Deserialize;
use serde_json::json;

use crate::{
    journeys,
    steps::{heard, messages, say},
};

journeys!(shared: a_date_leads_into_the_archive, a_date_leads_into_the_archive_of_a_group);

#[derive(Debug, Deserialize)]
struct Window {
    messages: Vec<Message>,
    complete: bool,
    #[serde(rename = "atEnd")]
    at_end: bool,
}

fn numbers(messages: &[Message]) -> Vec<usize> {
    let number = |message: &Message| match &message.content {
        MessageContent::Text { text } => text.strip_prefix("line ")?.parse().ok(),
        _ => None,
    };
    messages.iter().filter_map(number).collect()
}

/// Nothing is missing between the first and the last.
fn is_whole(numbers: &[usize]) -> bool {
    numbers.windows(2).all(|pair| pair[1] == pair[0] + 1)
}

async fn a_date_leads_into_the_archive(world: World) {
    // Several pages of the archive on both sides of the date.
    const MESSAGES: usize = 330;
    const DATE: usize = 140;
    let (alice, mut bob) = world.pair("alice", "bob").await;
    let (alice_jid, bob_jid) = (alice.jid.clone(), bob.jid.clone());
    for number in 0..MESSAGES {
        say(&mut bob, &alice_jid, &format!("line {number}")).await;
    }
    heard(&alice, &format!("line {}", MESSAGES - 1)).await;
    let date = heard(&alice, &format!("line {DATE}")).await.sent_at;

    // It reads nothing back by itself.
    let options = AgentOptions { history_days: Some(0), ..world.options("fresh") };
    let mut fresh = world.device_with(&alice, options).await;
    say(&mut bob, &alice_jid, &format!("line {MESSAGES}")).await;
    heard(&fresh, &format!("line {MESSAGES}")).await;

    leads_and_goes_on(&mut fresh, &bob_jid, date, MESSAGES).await;
}

async fn a_date_leads_into_the_archive_of_a_group(world: World) {
    const MESSAGES: usize = 170;
    const DATE: usize = 60;
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let draft = json!({ "name": "Hikers", "public": true, "members": [], "welcome": "" });
    let group: Group = alice.own("createGroup", draft).await;
    let room = group.jid.to_string();
    let here: Group = bob.own("joinGroup", json!({ "address": room })).await;
    assert_eq!(here.state, GroupState::Joined);
    for number in 0..MESSAGES {
        say(&mut bob, &room, &format!("line {number}")).await;
    }
    heard(&alice, &format!("line {}", MESSAGES - 1)).await;
    let date = heard(&alice, &format!("line {DATE}")).await.sent_at;

    let options = AgentOptions { history_days: Some(0), ..world.options("fresh") };
    let mut fresh = world.device_with(&alice, options).await;
    let is_in = |event: &Event| match event {
        Event::GroupChanged { group } if group.state == GroupState::Joined => Some(()),
        _ => None,
    };
    fresh.event("the group", is_in).await;
    say(&mut bob, &room, &format!("line {MESSAGES}")).await;
    heard(&fresh, &format!("line {MESSAGES}")).await;
    leads_and_goes_on(&mut fresh, &room, date, MESSAGES).await;
}

/// The date leads to what was said then, from there everything up to the newest line (`newest`) and back to the first is
/// found, each once.
async fn leads_and_goes_on(fresh: &mut Agent, with: &str, date: Timestamp, newest: usize) {
    let around = async |agent: &mut Agent, place| -> Window {
        agent.own("messagesAround", json!({ "conversation": with, "place": place, "limit": 60 })).await
    };
    let window = around(fresh, json!({ "date": date })).await;
    let here = numbers(&window.messages);
    // Some servers' clocks have whole seconds, in which many lines were said.
    assert!(is_whole(&here) && here.len() >= 40, "{here:?}");
    assert!(!window.complete && !window.at_end);
    let near = window.messages.iter().filter(|message| (message.sent_at.0 - date.0).abs() <= 1_000).count();
    assert!(near > 0, "{here:?}, none of them near {date:?}");

    // On to the newest: what is missing comes from the archive.
    let mut all = window.messages;
    let mut at_end = window.at_end;
    while !at_end {
        let last = all.last().unwrap().id.clone();
        let next = around(fresh, json!({ "message": last })).await;
        let known: Vec<MessageId> = all.iter().map(|message| message.id.clone()).collect();
        let fresh_ones: Vec<Message> =
            next.messages.into_iter().filter(|message| !known.contains(&message.id)).collect();
        assert!(next.at_end || !fresh_ones.is_empty(), "the way ends at {last}");
        all.extend(fresh_ones);
        at_end = next.at_end;
    }
    let forward = numbers(&all);
    assert!(is_whole(&forward), "{forward:?}");
    assert_eq!(forward.last(), Some(&newest));

    // And back to the first.
    loop {
        let first = all.first().unwrap().id.clone();
        let page = messages(fresh, with, Some(&first), 60).await;
        all.splice(0..0, page.messages);
        if page.complete {
            break;
        }
    }
    assert_eq!(numbers(&all), (0..=newest).collect::<Vec<_>>(), "each once and in order");
    // The same, read anew from the newest.
    let mut again: Vec<Message> = Vec::new();
    loop {
        let before = again.first().map(|message| message.id.clone());
        let page = messages(fresh, with, before.as_ref(), 60).await;
        again.splice(0..0, page.messages);
        if page.complete {
            break;
        }
    }
    assert_eq!(numbers(&again), numbers(&all));
    let before_all = around(fresh, json!({ "date": 0 })).await;
    assert_eq!(numbers(&before_all.messages)[0], 0);
    assert!(before_all.complete);
}

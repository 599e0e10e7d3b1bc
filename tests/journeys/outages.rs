//! Nothing that was shown as queued is lost or doubled, whatever dies.

use std::collections::HashSet;

use confab_model::{ConnectionState, DeliveryState, Direction, Event, Message, MessageContent};
use confab_testkit::server::Kind;
use confab_tests::driver::{Agent, World};
use serde_json::{Value, json};

use crate::{
    accounts::online,
    journeys,
    steps::{delivered, heard, is_text, say, texts, whole_conversation},
};

journeys!(alone: the_server_is_killed_mid_conversation, a_client_is_killed_with_queued_messages);
journeys!(shared: the_link_is_cut_and_the_stream_resumed);

/// Messages of each side. Enough that many are on the way when the server dies.
const MESSAGES: usize = 200;

async fn the_server_is_killed_mid_conversation(world: World) {
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let (alice_jid, bob_jid) = (alice.jid.clone(), bob.jid.clone());
    let lines = |who: &str| (0..MESSAGES).map(|number| format!("{who} {number}")).collect::<Vec<_>>();
    let (of_alice, of_bob) = (lines("alice"), lines("bob"));
    let (first, rest) = (0..MESSAGES / 2, MESSAGES / 2..MESSAGES);

    // Only the queueing is waited for: the server dies while messages are on their way.
    for number in first {
        say(&mut alice, &bob_jid, &of_alice[number]).await;
        say(&mut bob, &alice_jid, &of_bob[number]).await;
    }
    heard(&bob, &of_alice[10]).await;
    let (mark_alice, mark_bob) = (alice.mark(), bob.mark());
    world.kill_server().await;
    for number in rest {
        say(&mut alice, &bob_jid, &of_alice[number]).await;
        say(&mut bob, &alice_jid, &of_bob[number]).await;
    }
    world.start_server().await;
    online(&alice, mark_alice).await;
    online(&bob, mark_bob).await;
    heard(&bob, of_alice.last().unwrap()).await;
    heard(&alice, of_bob.last().unwrap()).await;

    acknowledged(&alice, of_alice.last().unwrap()).await;
    acknowledged(&bob, of_bob.last().unwrap()).await;
    let lost_of_alice = lost_by_the_server(&world, &alice, &of_alice, &bob);
    let lost_of_bob = lost_by_the_server(&world, &bob, &of_bob, &alice);
    for (agent, other, said, was_said, lost) in [
        (&mut alice, &bob_jid, &of_alice, &of_bob, lost_of_bob),
        (&mut bob, &alice_jid, &of_bob, &of_alice, lost_of_alice),
    ] {
        let all = whole_conversation(agent, other, 200).await;
        assert_eq!(texts(&all, Direction::Outgoing), *said, "{}: what was said", agent.options.name);
        let arrived: Vec<_> = was_said.iter().filter(|text| !lost.contains(*text)).collect();
        assert_eq!(texts(&all, Direction::Incoming), arrived, "{}: what was heard", agent.options.name);
        let waits = |message: &Message| message.delivery == DeliveryState::Queued;
        assert!(!all.iter().any(waits), "{}: nothing waits any more", agent.options.name);
    }
}

/// ejabberd acknowledges (XEP-0198) what it has in the sender's archive, and may die before the message is in the
/// archive of the one it goes to: it is then lost between the two, and nobody outside can know. These few, at the
/// moment of the kill, are named here by what both sides were told; Prosody has none.
fn lost_by_the_server(world: &World, sender: &Agent, said: &[String], receiver: &Agent) -> HashSet<String> {
    let text = |message: &Message| match &message.content {
        MessageContent::Text { text } => Some(text.clone()),
        _ => None,
    };
    let heard: HashSet<String> = receiver
        .told(|event| match event {
            Event::MessageAdded { message } if message.direction == Direction::Incoming => text(message),
            _ => None,
        })
        .into_iter()
        .collect();
    let lost: HashSet<String> = said.iter().filter(|said| !heard.contains(*said)).cloned().collect();
    let acknowledged = sender.told(|event| match event {
        Event::MessageUpdated { message } if message.delivery == DeliveryState::Sent => text(message),
        _ => None,
    });
    let never_acknowledged: Vec<_> = lost.iter().filter(|text| !acknowledged.contains(text)).collect();
    assert_eq!(never_acknowledged, [] as [&String; 0], "lost here, not by the server");
    let allowed = if world.server().kind() == Kind::Ejabberd { 10 } else { 0 };
    assert!(lost.len() <= allowed, "the server acknowledged and lost {lost:?}");
    lost
}

async fn a_client_is_killed_with_queued_messages(world: World) {
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let (alice_jid, bob_jid) = (alice.jid.clone(), bob.jid.clone());
    let said: Vec<String> = (0..30).map(|number| format!("queued {number}")).collect();
    world.kill_server().await;
    for text in &said {
        say(&mut alice, &bob_jid, text).await;
    }
    alice.kill().await;
    let (mark_alice, mark_bob) = (alice.mark(), bob.mark());
    world.start_server().await;
    alice.start_again().await;
    online(&alice, mark_alice).await;
    online(&bob, mark_bob).await;
    heard(&bob, said.last().unwrap()).await;
    all_delivered(&alice, said.len()).await;
    let all = whole_conversation(&mut bob, &alice_jid, 200).await;
    assert_eq!(texts(&all, Direction::Incoming), said, "all of them, once, in order");
    let all = whole_conversation(&mut alice, &bob_jid, 200).await;
    assert_eq!(texts(&all, Direction::Outgoing), said);
}

async fn the_link_is_cut_and_the_stream_resumed(world: World) {
    const ROUNDS: usize = 3;
    const TEXTS: usize = 20;
    let cable = world.cable();
    let (mut alice, mut bob) = tokio::join!(world.person_behind("alice", &cable), world.person("bob"));
    world.contacts(&mut alice, &mut bob).await;
    let (alice_jid, bob_jid) = (alice.jid.clone(), bob.jid.clone());
    let (mut of_alice, mut of_bob) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        of_bob.push(format!("read this later {round}"));
        let to_read = say(&mut bob, &alice_jid, of_bob.last().unwrap()).await;
        let here = heard(&alice, of_bob.last().unwrap()).await;
        // On its way, or already there.
        of_alice.push(format!("before {round}"));
        say(&mut alice, &bob_jid, of_alice.last().unwrap()).await;
        let mark = alice.mark();
        cable.cut();
        connection(&alice, mark, "the loss", |state| matches!(state, ConnectionState::Waiting { .. })).await;
        for number in 0..TEXTS {
            of_alice.push(format!("without a link {round} {number}"));
            say(&mut alice, &bob_jid, of_alice.last().unwrap()).await;
        }
        alice.own::<Value>("markDisplayed", json!({ "conversation": bob_jid, "upTo": here.id })).await;
        of_bob.push(format!("to nowhere {round}"));
        say(&mut bob, &alice_jid, of_bob.last().unwrap()).await;
        let mark = alice.mark();
        cable.mend();
        alice.own::<Value>("reconnect", json!({})).await;
        // A new session would say first that it reads the archive.
        connection(&alice, mark, "the resumed stream", |state| match state {
            ConnectionState::Online { catching_up } => {
                assert!(!catching_up, "not resumed");
                true
            }
            _ => false,
        })
        .await;
        heard(&bob, of_alice.last().unwrap()).await;
        heard(&alice, of_bob.last().unwrap()).await;
        acknowledged(&alice, of_alice.last().unwrap()).await;
        delivered(&bob, &to_read, DeliveryState::Read).await;
    }
    for (agent, other, said, was_said) in
        [(&mut alice, &bob_jid, &of_alice, &of_bob), (&mut bob, &alice_jid, &of_bob, &of_alice)]
    {
        let all = whole_conversation(agent, other, 200).await;
        assert_eq!(texts(&all, Direction::Outgoing), *said, "{}: what was said", agent.options.name);
        assert_eq!(texts(&all, Direction::Incoming), *was_said, "{}: once, in order", agent.options.name);
        assert!(!all.iter().any(|message| message.delivery == DeliveryState::Queued), "nothing waits any more");
    }
}

/// The connection is in such a state after `mark`.
async fn connection(agent: &Agent, mark: usize, what: &str, mut fits: impl FnMut(&ConnectionState) -> bool) {
    agent
        .event_since(mark, what, |event| match event {
            Event::AccountChanged { account } => fits(&account.connection).then_some(()),
            _ => None,
        })
        .await;
}

/// The server has the own message, and with it all before.
async fn acknowledged(agent: &Agent, said: &str) {
    agent
        .event(&format!("the server's acknowledgement of {said:?}"), |event| match event {
            Event::MessageUpdated { message } => {
                (is_text(message, said) && message.delivery != DeliveryState::Queued).then_some(())
            }
            _ => None,
        })
        .await;
}

/// As many own messages as that are on a device of the other side.
async fn all_delivered(agent: &Agent, count: usize) {
    let mut delivered = HashSet::new();
    agent
        .event_after(0, std::time::Duration::from_secs(90), "the last delivery", |event| {
            if let Event::MessageUpdated { message } = event
                && message.direction == Direction::Outgoing
                && message.delivery == DeliveryState::Delivered
            {
                delivered.insert(message.id.clone());
            }
            (delivered.len() == count).then_some(())
        })
        .await;
}

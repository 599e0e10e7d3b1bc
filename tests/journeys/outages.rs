//! Nothing that was shown as queued is lost or doubled, whatever dies.

use std::collections::HashSet;

use confab_model::{ConnectionState, DeliveryState, Direction, Event, Message, MessageContent};
use confab_tests::driver::{Agent, World};
use serde_json::{Value, json};

use crate::{
    accounts::online,
    journeys,
    steps::{delivered, heard, is_text, say, texts, whole_conversation},
};

journeys!(alone:
    the_server_is_killed_mid_conversation,
    a_client_is_killed_with_queued_messages,
    a_thousand_messages_through_cuts_and_kills,
);
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

    whole_and_in_order((&mut alice, &of_alice), (&mut bob, &of_bob)).await;
}

/// Everything that was said is on both sides, once and in the order in which it was said.
///
/// ejabberd acknowledges (XEP-0198) what it has in the sender's archive, and may die before the one that it is for has it, or
/// that one's archive. The sender finds that out and sends it again, which is then later than what was said meanwhile. (More is
/// sent again than was lost: a receiver that was killed does not confirm what it has. That changes nothing.)
async fn whole_and_in_order((alice, of_alice): (&mut Agent, &[String]), (bob, of_bob): (&mut Agent, &[String])) {
    acknowledged(alice, of_alice.last().unwrap()).await;
    acknowledged(bob, of_bob.last().unwrap()).await;
    let (alice_jid, bob_jid) = (alice.jid.clone(), bob.jid.clone());
    all_heard(bob, &alice_jid, of_alice).await;
    all_heard(alice, &bob_jid, of_bob).await;
    caught_up(alice).await;
    caught_up(bob).await;
    let (late_of_alice, late_of_bob) = (sent_again(alice), sent_again(bob));
    for (agent, other, said, (was_said, late)) in
        [(alice, bob_jid, of_alice, (of_bob, late_of_bob)), (bob, alice_jid, of_bob, (of_alice, late_of_alice))]
    {
        let name = &agent.options.name.clone();
        let all = whole_conversation(agent, &other, 200).await;
        assert_eq!(texts(&all, Direction::Outgoing), *said, "{name}: what was said");
        let heard = texts(&all, Direction::Incoming);
        let unique: HashSet<&str> = heard.iter().copied().collect();
        assert_eq!((unique.len(), heard.len()), (was_said.len(), was_said.len()), "{name}: each once");
        let is_in_time = |text: &&str| !late.contains(*text);
        let heard: Vec<&str> = heard.into_iter().filter(is_in_time).collect();
        let said: Vec<&str> = was_said.iter().map(String::as_str).filter(is_in_time).collect();
        assert_eq!(heard, said, "{name}: in the order in which it was said");
        let again = sent_again(agent);
        let waits = |message: &&Message| message.delivery == DeliveryState::Queued;
        let waiting = all.iter().filter(waits).filter(|message| !again.iter().any(|text| is_text(message, text)));
        assert_eq!(waiting.count(), 0, "{name}: nothing waits any more");
    }
}

/// All these are here. (Of one that was kept right before a kill nothing may have been told.)
async fn all_heard(agent: &mut Agent, other: &str, said: &[String]) {
    let mut mark = agent.mark();
    loop {
        let all = whole_conversation(agent, other, 200).await;
        let here: HashSet<&str> = texts(&all, Direction::Incoming).into_iter().collect();
        let Some(missing) = said.iter().find(|text| !here.contains(text.as_str())) else { return };
        let last = |event: &Event| match event {
            Event::MessageAdded { message } if is_text(message, missing) => Some(()),
            _ => None,
        };
        agent.event_after(mark, std::time::Duration::from_secs(90), missing, last).await;
        mark = agent.mark();
    }
}

/// The archive has been read: nothing moves any more.
async fn caught_up(agent: &Agent) {
    let state = |event: &Event| match event {
        Event::AccountChanged { account } => Some(account.connection.clone()),
        _ => None,
    };
    loop {
        let mark = agent.mark();
        if let Some(ConnectionState::Online { catching_up: false }) = agent.told(state).last() {
            return;
        }
        agent.event_since(mark, "the end of the archive", state).await;
    }
}

/// What a server had acknowledged and lost.
fn sent_again(agent: &Agent) -> HashSet<String> {
    let again = agent.told(|event| match event {
        Event::MessageUpdated { message } if message.delivery == DeliveryState::Queued => match &message.content {
            MessageContent::Text { text } => Some(text.clone()),
            _ => None,
        },
        _ => None,
    });
    println!("{}: {} sent again", agent.options.name, again.len());
    again.into_iter().collect()
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

/// What happens to a thousand messages while they are on their way.
#[derive(Debug, Clone, Copy)]
enum Blow {
    /// The sender's link is cut, and mended when the next messages are queued.
    Cut,
    /// The server dies, and comes back when the next messages are queued.
    ServerKilled,
    SenderKilled,
    ReceiverKilled,
}

/// 500 of each side, in ten parts; into nine of them something strikes. `cargo xtask bench delivery` does the same with 10,000.
async fn a_thousand_messages_through_cuts_and_kills(world: World) {
    use Blow::{Cut, ReceiverKilled, SenderKilled, ServerKilled};
    const PART: usize = 50;
    let blows = [
        None,
        Some(Cut),
        Some(SenderKilled),
        Some(Cut),
        Some(ServerKilled),
        Some(ReceiverKilled),
        Some(Cut),
        Some(SenderKilled),
        Some(ReceiverKilled),
        Some(ServerKilled),
    ];
    let cable = world.cable();
    let (mut alice, mut bob) = tokio::join!(world.person_behind("alice", &cable), world.person("bob"));
    world.contacts(&mut alice, &mut bob).await;
    let (alice_jid, bob_jid) = (alice.jid.clone(), bob.jid.clone());
    let (mut of_alice, mut of_bob) = (Vec::new(), Vec::new());
    for (part, blow) in blows.into_iter().enumerate() {
        for number in 0..PART {
            // In the middle: before it messages are on their way, after it they are queued.
            if number == PART / 2 {
                match blow {
                    None => {}
                    Some(Cut) => cable.cut(),
                    Some(ServerKilled) => world.kill_server().await,
                    Some(SenderKilled) => restart(&mut alice).await,
                    Some(ReceiverKilled) => restart(&mut bob).await,
                }
            }
            of_alice.push(format!("alice {part} {number}"));
            say(&mut alice, &bob_jid, of_alice.last().unwrap()).await;
            of_bob.push(format!("bob {part} {number}"));
            say(&mut bob, &alice_jid, of_bob.last().unwrap()).await;
        }
        match blow {
            None | Some(SenderKilled | ReceiverKilled) => {}
            Some(Cut) => cable.mend(),
            Some(ServerKilled) => world.start_server().await,
        }
        for agent in [&mut alice, &mut bob] {
            agent.own::<Value>("reconnect", json!({})).await;
        }
    }
    for (agent, text) in [(&bob, of_alice.last().unwrap()), (&alice, of_bob.last().unwrap())] {
        let arrived = |event: &Event| match event {
            Event::MessageAdded { message } if is_text(message, text) => Some(()),
            _ => None,
        };
        agent.event_within(std::time::Duration::from_secs(90), "the last message", arrived).await;
    }
    whole_and_in_order((&mut alice, &of_alice), (&mut bob, &of_bob)).await;
}

/// Dies without a word and comes back with what was on its disk.
async fn restart(agent: &mut Agent) {
    agent.kill().await;
    agent.start_again().await;
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

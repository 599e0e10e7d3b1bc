//! Several devices of one person: one conversation, one ring.

use confab_model::{Direction, EndReason, RingKind};
use confab_tests::driver::World;
use serde_json::{Value, json};

use crate::{
    accounts::online,
    journeys,
    steps::{
        COMPLETED, accept, both_ended, connected, conversation, ended, hang_up, heard, phases, record, ring, ringing,
        rings, say, texts, whole_conversation,
    },
};

journeys!(shared: devices_share_a_conversation, a_fresh_device_catches_up, all_devices_ring_and_one_answers);

async fn devices_share_a_conversation(world: World) {
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let mut tablet = world.device(&alice, "tablet").await;
    let (alice_jid, bob_jid) = (alice.jid.clone(), bob.jid.clone());

    say(&mut bob, &alice_jid, "to both").await;
    let here = heard(&alice, "to both").await;
    let there = heard(&tablet, "to both").await;
    assert_eq!((here.direction, there.direction), (Direction::Incoming, Direction::Incoming));
    conversation(&tablet, 0, &bob_jid, "one unread", |c| c.unread == 1).await;

    let mark = tablet.mark();
    alice.own::<Value>("markDisplayed", json!({ "conversation": bob_jid, "upTo": here.id })).await;
    conversation(&tablet, mark, &bob_jid, "read on the other device", |c| c.unread == 0).await;

    say(&mut alice, &bob_jid, "from one").await;
    let copy = heard(&tablet, "from one").await;
    assert_eq!(copy.direction, Direction::Outgoing);
    say(&mut tablet, &bob_jid, "from the other").await;
    assert_eq!(heard(&alice, "from the other").await.direction, Direction::Outgoing);
    heard(&bob, "from the other").await;

    for agent in [&mut alice, &mut tablet] {
        let all = whole_conversation(agent, &bob_jid, 50).await;
        assert_eq!(texts(&all, Direction::Outgoing), ["from one", "from the other"]);
        assert_eq!(texts(&all, Direction::Incoming), ["to both"]);
    }
}

async fn a_fresh_device_catches_up(world: World) {
    // More than one page of the archive.
    const MESSAGES: usize = 130;
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let (alice_jid, bob_jid) = (alice.jid.clone(), bob.jid.clone());
    let mut said: Vec<String> = (0..MESSAGES).map(|number| format!("before {number}")).collect();
    for text in &said {
        say(&mut bob, &alice_jid, text).await;
    }
    say(&mut alice, &bob_jid, "mine").await;
    heard(&alice, said.last().unwrap()).await;
    heard(&bob, "mine").await;

    let mut fresh = world.device(&alice, "fresh").await;
    let all = whole_conversation(&mut fresh, &bob_jid, 50).await;
    assert_eq!(texts(&all, Direction::Incoming), said, "neither gaps nor doubles");
    assert_eq!(texts(&all, Direction::Outgoing), ["mine"]);

    fresh.quit().await;
    for number in 0..12 {
        said.push(format!("meanwhile {number}"));
        say(&mut bob, &alice_jid, said.last().unwrap()).await;
    }
    heard(&alice, said.last().unwrap()).await;
    let mark = fresh.mark();
    fresh.start_again().await;
    online(&fresh, mark).await;
    let all = whole_conversation(&mut fresh, &bob_jid, 50).await;
    assert_eq!(texts(&all, Direction::Incoming), said, "neither gaps nor doubles after an absence");
}

async fn all_devices_ring_and_one_answers(world: World) {
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let mut tablet = world.device(&bob, "tablet").await;
    let (alice_jid, bob_jid) = (alice.jid.clone(), bob.jid.clone());

    let call = ring(&mut alice, &bob, "audio").await;
    ringing(&tablet, &call, RingKind::Loud).await;
    accept(&mut bob, &call, "audio").await;
    assert_eq!(ended(&tablet, &call).await, EndReason::AnsweredElsewhere);
    assert_eq!(rings(&tablet, &call).await, [RingKind::Loud, RingKind::Stopped]);
    assert_eq!(phases(&tablet, &call).await, ["calling", "ended"]);
    connected(&alice, &call).await;
    connected(&bob, &call).await;
    hang_up(&mut bob, &call).await;
    both_ended((&mut alice, COMPLETED), (&mut bob, COMPLETED), &call).await;
    let elsewhere = record(&mut tablet, &alice_jid, &call).await;
    assert_eq!(elsewhere.reason, Some(EndReason::AnsweredElsewhere));

    let call = ring(&mut alice, &bob, "video").await;
    ringing(&tablet, &call, RingKind::Loud).await;
    tablet.own::<Value>("rejectCall", json!({ "call": call })).await;
    assert_eq!(ended(&bob, &call).await, EndReason::DeclinedElsewhere);
    assert_eq!(ended(&alice, &call).await, EndReason::Rejected { text: None });
    assert_eq!(rings(&bob, &call).await, [RingKind::Loud, RingKind::Stopped]);
    let here = record(&mut bob, &alice_jid, &call).await;
    assert_eq!(here.reason, Some(EndReason::DeclinedElsewhere));
    let of_caller = record(&mut alice, &bob_jid, &call).await;
    assert_eq!(of_caller.reason, Some(EndReason::Rejected { text: None }));
}

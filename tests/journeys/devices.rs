//! Several devices of one person: one conversation, one ring.

use confab_model::{CallDirection, CallId, CallRecord, Direction, EndReason, Event, RingKind};
use confab_tests::driver::{Agent, World};
use serde_json::{Value, json};

use crate::{
    accounts::online,
    journeys,
    steps::{
        COMPLETED, accept, both_ended, connected, conversation, ended, hang_up, heard, phases, record, ring, ringing,
        rings, say, talk, texts, whole_conversation,
    },
};

journeys!(shared: devices_share_a_conversation, a_fresh_device_catches_up, all_devices_ring_and_one_answers,
    calls_are_listed_on_every_device);

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
    told(&mut tablet, &mut bob, &alice_jid, &call).await;

    let call = ring(&mut alice, &bob, "video").await;
    ringing(&tablet, &call, RingKind::Loud).await;
    tablet.own::<Value>("rejectCall", json!({ "call": call })).await;
    assert_eq!(ended(&bob, &call).await, EndReason::DeclinedElsewhere);
    assert_eq!(ended(&alice, &call).await, EndReason::Rejected { text: None });
    assert_eq!(rings(&bob, &call).await, [RingKind::Loud, RingKind::Stopped]);
    told(&mut bob, &mut tablet, &alice_jid, &call).await;
    let of_caller = record(&mut alice, &bob_jid, &call).await;
    assert_eq!(of_caller.reason, Some(EndReason::Rejected { text: None }));
}

/// The device has the record of another one, which was in the call, and says which that was.
async fn told(device: &mut Agent, of: &mut Agent, other: &str, call: &CallId) {
    let own = record(of, other, call).await;
    let told_by = |known: &CallRecord| match known.direction {
        CallDirection::Incoming => known.answered_by.is_some() && known.reason == own.reason,
        CallDirection::Outgoing => known.reason == own.reason,
    };
    device
        .event("told of the call by the other device", |event| match event {
            Event::CallRecorded { record } => (record.id == *call && told_by(record)).then_some(()),
            _ => None,
        })
        .await;
    let here = record(device, other, call).await;
    // Where it rang, it began when it rang there.
    assert_eq!(CallRecord { answered_by: None, started_at: own.started_at, ..here }, own);
}

async fn calls_are_listed_on_every_device(world: World) {
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let mut tablet = world.device(&bob, "tablet").await;
    let (alice_jid, bob_jid) = (alice.jid.clone(), bob.jid.clone());

    // One that was placed at another device: nothing of it is to be seen here but its record.
    let placed = talk(&mut bob, &mut alice, "audio").await;
    hang_up(&mut alice, &placed).await;
    both_ended((&mut bob, COMPLETED), (&mut alice, COMPLETED), &placed).await;
    told(&mut tablet, &mut bob, &alice_jid, &placed).await;

    // One that nobody took rang everywhere, and is one call.
    let missed = ring(&mut alice, &bob, "video").await;
    ringing(&tablet, &missed, RingKind::Loud).await;
    hang_up(&mut alice, &missed).await;
    assert_eq!(ended(&bob, &missed).await, EndReason::Cancelled);
    assert_eq!(ended(&tablet, &missed).await, EndReason::Cancelled);
    for device in [&mut bob, &mut tablet] {
        assert_eq!(record(device, &alice_jid, &missed).await.reason, Some(EndReason::Cancelled));
    }

    // A device that was away, and one that never was here.
    tablet.quit().await;
    let alone = ring(&mut bob, &alice, "video").await;
    hang_up(&mut bob, &alone).await;
    assert_eq!(ended(&alice, &alone).await, EndReason::Cancelled);
    assert_eq!(record(&mut bob, &alice_jid, &alone).await.reason, Some(EndReason::Cancelled));
    let mark = tablet.mark();
    tablet.start_again().await;
    online(&tablet, mark).await;
    told(&mut tablet, &mut bob, &alice_jid, &alone).await;
    let mut fresh = world.device(&bob, "fresh").await;
    for call in [&placed, &alone] {
        told(&mut fresh, &mut bob, &alice_jid, call).await;
    }
    assert_eq!(record(&mut fresh, &alice_jid, &missed).await.reason, Some(EndReason::Cancelled));
    assert_eq!(record(&mut alice, &bob_jid, &missed).await.reason, Some(EndReason::Cancelled));
}

//! Every other way in which a call ends, each with one record on both sides.

use std::time::Duration;

use confab_model::{CallId, CallRecord, EndReason, Event, ParticipantState, RingKind};
use confab_tests::driver::World;
use serde_json::{Value, json};

use crate::{
    accounts::online,
    journeys,
    steps::{
        COMPLETED, both_ended, connected, ended, ended_within, hang_up, phases, record, ring, ringing, rings,
        rings_so_far, talk, without_duration,
    },
};

journeys!(shared: nobody_answers, busy_in_another_call, strangers_do_not_ring, both_call_at_once);
journeys!(prosody: the_caller_dies_while_it_rings, the_caller_dies_in_the_call);

async fn nobody_answers(world: World) {
    let (mut alice, mut bob) = world.pair("alice", "bob").await;

    let call = ring(&mut alice, &bob, "audio").await;
    hang_up(&mut alice, &call).await;
    both_ended((&mut alice, EndReason::Cancelled), (&mut bob, EndReason::Cancelled), &call).await;
    assert_eq!(phases(&bob, &call).await, ["calling", "ended"]);
    assert_eq!(rings(&bob, &call).await, [RingKind::Loud, RingKind::Stopped]);

    let call = ring(&mut alice, &bob, "video").await;
    bob.own::<Value>("rejectCall", json!({ "call": call, "text": "in a meeting, 稍后" })).await;
    let reason = EndReason::Rejected { text: Some("in a meeting, 稍后".to_owned()) };
    let (out, _) = both_ended((&mut alice, reason.clone()), (&mut bob, reason), &call).await;
    assert_eq!(out.people[0].1, ParticipantState::Rejected);
    assert_eq!(phases(&alice, &call).await, ["calling", "ended"]);

    let place = json!({ "to": bob.jid, "media": "audio", "timeoutS": 2 });
    let call: CallId = alice.own("placeCall", place).await;
    ringing(&bob, &call, RingKind::Loud).await;
    let (out, inn) = both_ended((&mut alice, EndReason::Timeout), (&mut bob, EndReason::Timeout), &call).await;
    assert_eq!((out.people[0].1, inn.people[0].1), (ParticipantState::Timeout, ParticipantState::Timeout));
    assert_eq!(rings(&bob, &call).await, [RingKind::Loud, RingKind::Stopped]);

    let late = bob.try_own("acceptCall", json!({ "call": call, "media": "audio" })).await;
    assert_eq!(late.unwrap_err().code, "unknownCall");
    let too_long = json!({ "to": bob.jid, "media": "audio", "timeoutS": 601 });
    assert_eq!(alice.try_own("placeCall", too_long).await.unwrap_err().code, "invalidTimeout");
    let too_large = json!({ "to": bob.jid, "media": "audio", "extension": { "a": "x".repeat(4096) } });
    assert_eq!(alice.try_own("placeCall", too_large).await.unwrap_err().code, "extensionTooLarge");

    // Who signs out while it rings has missed it here, whatever becomes of it elsewhere.
    let call = ring(&mut alice, &bob, "audio").await;
    bob.own::<Value>("signOut", json!({})).await;
    hang_up(&mut alice, &call).await;
    both_ended((&mut alice, EndReason::Cancelled), (&mut bob, EndReason::Timeout), &call).await;
}

async fn busy_in_another_call(world: World) {
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let mut carol = world.person("carol").await;
    world.contacts(&mut carol, &mut bob).await;
    let first = talk(&mut alice, &mut bob, "audio").await;

    // Call waiting: shown quietly, to be declined beside the call.
    let place = json!({ "to": bob.jid, "media": "audio" });
    let call: CallId = carol.own("placeCall", place.clone()).await;
    ringing(&bob, &call, RingKind::Waiting).await;
    let refused = bob.try_own("acceptCall", json!({ "call": call, "media": "audio" })).await;
    assert_eq!(refused.unwrap_err().code, "busy", "hold or end the other one first");
    bob.own::<Value>("rejectCall", json!({ "call": call })).await;
    let rejected = EndReason::Rejected { text: None };
    both_ended((&mut carol, rejected.clone()), (&mut bob, rejected), &call).await;
    assert_eq!(rings(&bob, &call).await, [RingKind::Waiting, RingKind::Stopped]);

    // Without it: busy, at once and without a ring.
    let mut settings = bob.ok("startup", json!({})).await["settings"].clone();
    settings["callWaiting"] = false.into();
    bob.ok("settingsSave", json!({ "settings": settings })).await;
    let call: CallId = carol.own("placeCall", place).await;
    let busy = EndReason::Busy { text: None };
    let (out, _) = both_ended((&mut carol, busy.clone()), (&mut bob, busy), &call).await;
    assert_eq!(out.people[0].1, ParticipantState::Busy);
    assert_eq!(rings_so_far(&bob, &call), []);

    hang_up(&mut alice, &first).await;
    both_ended((&mut alice, COMPLETED), (&mut bob, COMPLETED), &first).await;
    assert_eq!(phases(&bob, &first).await, ["calling", "connecting", "connected", "ended"], "it was not disturbed");
}

async fn strangers_do_not_ring(world: World) {
    let (mut alice, mut eve) = tokio::join!(world.person("alice"), world.person("eve"));
    let place = json!({ "to": alice.jid, "media": "audio", "timeoutS": 2, "extension": { "lure": 1 } });
    let call: CallId = eve.own("placeCall", place).await;
    let (out, _) = both_ended((&mut eve, EndReason::Timeout), (&mut alice, EndReason::Timeout), &call).await;
    assert_eq!(rings(&alice, &call).await, [RingKind::Silent, RingKind::Stopped]);
    let extensions = alice.told(|event| matches!(event, Event::CallExtension { .. }).then_some(()));
    assert_eq!(extensions, [], "nothing of a stranger's is shown before accept");
    assert_eq!(out.timings.received_ms, None, "and the stranger does not learn that anybody is there");
}

async fn both_call_at_once(world: World) {
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let (alice_jid, bob_jid) = (alice.jid.clone(), bob.jid.clone());
    let (to_bob, to_alice) = (
        json!({ "account": alice.account, "to": bob_jid, "media": "audio" }),
        json!({ "account": bob.account, "to": alice_jid, "media": "audio" }),
    );
    let mut refused: Vec<CallId> = Vec::new();
    let (one, other) = loop {
        let (one, other) =
            (alice.send("placeCall", to_bob.clone()).await, bob.send("placeCall", to_alice.clone()).await);
        match (alice.answer(&one).await, bob.answer(&other).await) {
            (Ok(one), Ok(other)) => break (one, other),
            // The second was placed only after the first rang: once more.
            (Ok(call), Err(failure)) | (Err(failure), Ok(call)) => {
                assert_eq!(failure.code, "busy");
                let call: CallId = serde_json::from_value(call).unwrap();
                hang_up(&mut alice, &call).await;
                ended(&alice, &call).await;
                ended(&bob, &call).await;
                refused.push(call);
            }
            (Err(one), Err(other)) => panic!("{one:?}, {other:?}"),
        }
    };
    let one: CallId = serde_json::from_value(one).unwrap();
    let other: CallId = serde_json::from_value(other).unwrap();
    // XEP-0353 §3.3: the lower id goes on.
    let (call, lost) = if one.as_str() < other.as_str() { (one, other) } else { (other, one) };
    connected(&alice, &call).await;
    connected(&bob, &call).await;
    hang_up(&mut alice, &call).await;
    assert_eq!(without_duration(ended(&alice, &call).await), COMPLETED);
    assert_eq!(without_duration(ended(&bob, &call).await), COMPLETED);
    for (agent, other) in [(&mut alice, &bob_jid), (&mut bob, &alice_jid)] {
        record(agent, other, &call).await;
        let list: Value = agent.own("callRecords", json!({ "count": 100 })).await;
        let ids = list["records"].as_array().unwrap().iter().map(|record| record["id"].clone());
        let ids: Vec<_> = ids.filter(|id| !refused.iter().any(|call| id == call.as_str())).collect();
        assert_eq!(ids, [call.as_str()], "nobody sees two calls");
        assert_eq!(rings_so_far(agent, &lost), [], "the other one never rang");
    }
}

async fn the_caller_dies_while_it_rings(world: World) {
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let (alice_jid, bob_jid) = (alice.jid.clone(), bob.jid.clone());
    let place = json!({ "to": bob_jid, "media": "audio", "timeoutS": 3 });
    let call: CallId = alice.own("placeCall", place).await;
    ringing(&bob, &call, RingKind::Loud).await;
    alice.kill().await;
    assert_eq!(ended(&bob, &call).await, EndReason::Timeout);
    assert_eq!(record(&mut bob, &alice_jid, &call).await.reason, Some(EndReason::Timeout));

    let mark = alice.mark();
    alice.start_again().await;
    online(&alice, mark).await;
    let closed: CallRecord = record(&mut alice, &bob_jid, &call).await;
    assert_eq!(closed.reason, Some(EndReason::Cancelled), "a record does not stay open");
}

async fn the_caller_dies_in_the_call(world: World) {
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let (alice_jid, bob_jid) = (alice.jid.clone(), bob.jid.clone());
    let call = talk(&mut alice, &mut bob, "audio").await;
    alice.kill().await;
    // 5 s of silence, then at most 60 s of trying.
    let reason = ended_within(&bob, &call, Duration::from_secs(90)).await;
    let lost = EndReason::ConnectionLost { duration_s: 0 };
    assert_eq!(without_duration(reason), lost);
    assert_eq!(phases(&bob, &call).await, ["calling", "connecting", "connected", "reconnecting", "ended"]);
    let kept = record(&mut bob, &alice_jid, &call).await;
    assert_eq!(kept.people[0].1, ParticipantState::Disconnected);

    let mark = alice.mark();
    alice.start_again().await;
    online(&alice, mark).await;
    let closed = record(&mut alice, &bob_jid, &call).await;
    assert_eq!(closed.reason.map(without_duration), Some(lost));
}

//! Call records, open and closed, in line with messages.

use confab_model::{
    CallDirection, CallId, CallMedia, CallRecord, CallTimings, DeliveryState, EndReason, MessageContent,
    ParticipantState,
};

use super::{World, at, incoming, world};

fn record(name: &str, ms: i64) -> CallRecord {
    CallRecord {
        id: CallId::from(name),
        direction: CallDirection::Incoming,
        media: CallMedia::Video,
        people: vec![(super::jid("bob@example.org"), ParticipantState::Inviting)],
        started_at: at(ms),
        answered_at: None,
        ended_at: None,
        reason: None,
        answered_by: None,
        timings: CallTimings::default(),
    }
}

async fn put(w: &World, record: &CallRecord) -> crate::Stored {
    w.store.record_call(w.alice, &w.bob, record).await.unwrap().unwrap()
}

#[tokio::test]
async fn one_record_that_opens_and_closes_once() {
    let w = world().await;
    w.receive(incoming("a", 10)).await;
    let opened = record("call", 20);
    let first = put(&w, &opened).await;
    w.receive(incoming("b", 30)).await;
    assert_eq!(w.store.open_calls(w.alice).await.unwrap(), [(w.bob.clone(), opened.clone())]);
    let closed = CallRecord {
        people: vec![(w.bob.clone(), ParticipantState::Quit)],
        answered_at: Some(at(22)),
        ended_at: Some(at(5_022)),
        reason: Some(EndReason::Completed { duration_s: 5 }),
        timings: CallTimings { accepted_ms: Some(2), first_video_ms: Some(99), ..CallTimings::default() },
        ..opened.clone()
    };
    let second = put(&w, &closed).await;
    assert_eq!(second.message.id, first.message.id);
    assert_eq!(put(&w, &opened).await.message, second.message, "a late open does not open it again");
    assert_eq!(w.store.open_calls(w.alice).await.unwrap(), []);
    let page = w.store.messages(w.alice, &w.bob, None, 10).await.unwrap().messages;
    assert_eq!(page.len(), 3);
    assert_eq!(page[1].content, MessageContent::Call { call: closed.id.clone(), record: Box::new(closed.clone()) });
    assert_eq!(w.store.call_record(w.alice, &closed.id).await.unwrap(), Some(closed));
    assert_eq!(w.unread().await.0, 2);
}

#[tokio::test]
async fn a_missed_call_is_unread_until_displayed_and_closed_for_good() {
    let w = world().await;
    put(&w, &record("one", 10)).await;
    put(&w, &record("two", 20)).await;
    w.store.conversation(w.alice, &w.bob).await.unwrap().unwrap();
    assert_eq!(w.unread().await, (0, None));
    let missed =
        |name, ms| CallRecord { ended_at: Some(at(ms + 9)), reason: Some(EndReason::Timeout), ..record(name, ms) };
    let one = put(&w, &missed("one", 10)).await;
    let two = put(&w, &missed("two", 20)).await;
    assert_eq!(w.unread().await, (2, Some(one.message.id.0.clone())));
    assert_eq!(two.conversation.last.unwrap().delivery, DeliveryState::Delivered);
    // The same id again: what is closed stays, whoever it is said to have been with.
    let again = CallRecord {
        people: vec![(super::jid("eve@example.org"), ParticipantState::Accepted)],
        reason: Some(EndReason::AnsweredElsewhere),
        answered_at: Some(at(15)),
        ..missed("one", 10)
    };
    assert_eq!(put(&w, &again).await.message, one.message);
    assert_eq!(w.unread().await.0, 2);
    let displayed = w.store.mark_displayed(w.alice, &w.bob, &two.message.id, false).await.unwrap();
    assert_eq!(displayed.messages.len(), 2);
    assert!(displayed.messages.iter().all(|message| message.stanza_id.is_none()), "nothing to acknowledge");
    put(&w, &missed("two", 20)).await;
    assert_eq!(w.unread().await, (0, None));
}

#[tokio::test]
async fn the_list_pages_newest_first() {
    let w = world().await;
    for n in [3, 1, 4, 2, 5] {
        put(&w, &record(&format!("c{n}"), n * 10)).await;
    }
    let mut pages = Vec::new();
    let mut cursor = 0;
    loop {
        let page = w.store.call_records(w.alice, 2, cursor).await.unwrap();
        pages.push(page.records.into_iter().map(|record| record.id.0).collect::<Vec<_>>());
        cursor = page.next;
        if cursor == 0 {
            break;
        }
    }
    assert_eq!(pages, [vec!["c5", "c4"], vec!["c3", "c2"], vec!["c1"]]);
    assert_eq!(w.store.call_records(w.alice, 2, 999).await.unwrap().records, []);
}

#[tokio::test]
async fn a_call_that_was_merged_into_another_leaves_no_trace() {
    let w = world().await;
    w.receive(incoming("a", 10)).await;
    let missed = CallRecord { ended_at: Some(at(25)), reason: Some(EndReason::Timeout), ..record("call", 20) };
    put(&w, &missed).await;
    assert_eq!(w.unread().await.0, 2);
    let conversation = w.store.remove_call(w.alice, &missed.id).await.unwrap().expect("it was there");
    assert_eq!((conversation.unread, conversation.updated_at), (1, at(10)));
    assert_eq!(w.store.messages(w.alice, &w.bob, None, 10).await.unwrap().messages.len(), 1);
    assert_eq!(w.store.call_record(w.alice, &missed.id).await.unwrap(), None);
    assert_eq!(w.store.remove_call(w.alice, &missed.id).await.unwrap(), None);
}

#[tokio::test]
async fn the_course_of_a_call_is_kept_beside_its_record() {
    let w = world().await;
    let call = record("call", 20);
    assert_eq!(w.store.call_course::<Vec<u32>>(w.alice, &call.id).await.unwrap(), None);
    put(&w, &call).await;
    w.store.set_call_course(w.alice, &call.id, &[1, 2, 3]).await.unwrap();
    assert_eq!(w.store.call_course(w.alice, &call.id).await.unwrap(), Some(vec![1, 2, 3]));
    assert_eq!(w.store.call_course::<String>(w.alice, &call.id).await.unwrap(), None, "of another version");
    assert_eq!(w.store.call_record(w.alice, &call.id).await.unwrap(), Some(call));
}

fn answered(name: &str, ms: i64) -> CallRecord {
    CallRecord {
        people: vec![(super::jid("bob@example.org"), ParticipantState::Quit)],
        answered_at: Some(at(ms + 2)),
        ended_at: Some(at(ms + 5_002)),
        reason: Some(EndReason::Completed { duration_s: 5 }),
        ..record(name, ms)
    }
}

#[tokio::test]
async fn what_another_device_tells_takes_the_place_of_a_part_and_of_nothing_else() {
    let w = world().await;
    let adopt = async |record: &CallRecord| w.store.adopt_call(w.alice, &w.bob, record, true).await.unwrap();
    let told = CallRecord { answered_by: Some("tablet".to_owned()), ..answered("one", 10) };

    // Nothing is known here, as on a new device.
    let new = adopt(&told).await.unwrap();
    assert_eq!(new.message.content, part_of(&told));
    assert_eq!(adopt(&told).await, None, "once");

    // It rang here and was answered there.
    let rang = CallRecord {
        ended_at: Some(at(22)),
        reason: Some(EndReason::AnsweredElsewhere),
        answered_by: Some("tablet".to_owned()),
        ..record("two", 20)
    };
    let part = put(&w, &rang).await;
    let whole = CallRecord { answered_by: Some("tablet".to_owned()), ..answered("two", 20) };
    assert_eq!(adopt(&whole).await.unwrap().message.id, part.message.id);
    assert_eq!(w.store.call_record(w.alice, &whole.id).await.unwrap(), Some(whole.clone()));
    assert_eq!(put(&w, &rang).await.message.content, part_of(&whole), "what is whole stays");

    // The archive told the rest of it, to the second.
    let again = CallRecord { reason: Some(EndReason::Completed { duration_s: 6 }), ..whole.clone() };
    assert!(adopt(&again).await.is_some());
    assert_eq!(w.store.call_record(w.alice, &whole.id).await.unwrap(), Some(again));

    // What this device knows itself stays.
    let own = answered("three", 30);
    put(&w, &own).await;
    let other = CallRecord { reason: Some(EndReason::Timeout), ..own.clone() };
    assert_eq!(adopt(&other).await, None);
    assert_eq!(w.store.call_record(w.alice, &own.id).await.unwrap(), Some(own));
    assert_eq!(w.unread().await, (0, None));

    // A missed call is news, unless this device reads about the past.
    let missed =
        |name, ms| CallRecord { ended_at: Some(at(ms + 9)), reason: Some(EndReason::Timeout), ..record(name, ms) };
    adopt(&missed("four", 40)).await.unwrap();
    assert_eq!(w.unread().await.0, 1);
    w.store.adopt_call(w.alice, &w.bob, &missed("five", 50), false).await.unwrap().unwrap();
    assert_eq!(w.unread().await.0, 1);
}

fn part_of(record: &CallRecord) -> MessageContent {
    MessageContent::Call { call: record.id.clone(), record: Box::new(record.clone()) }
}

#[tokio::test]
async fn what_is_told_is_told_once() {
    let w = world().await;
    let untold = async |since: i64| {
        let records = w.store.untold_calls(w.alice, at(since)).await.unwrap();
        records.into_iter().map(|record| record.id.0).collect::<Vec<_>>()
    };
    put(&w, &record("open", 10)).await;
    put(&w, &answered("answered", 20)).await;
    let missed = CallRecord { ended_at: Some(at(45)), reason: Some(EndReason::Timeout), ..record("missed", 30) };
    put(&w, &missed).await;
    let elsewhere =
        CallRecord { ended_at: Some(at(55)), reason: Some(EndReason::AnsweredElsewhere), ..record("elsewhere", 50) };
    put(&w, &elsewhere).await;
    w.store.adopt_call(w.alice, &w.bob, &answered("adopted", 60), true).await.unwrap();
    assert_eq!(untold(40).await, ["answered", "missed"]);
    assert_eq!(untold(46).await, ["answered"], "what nobody answered is told at once or not at all");
    w.store.call_told(w.alice, &CallId::from("answered")).await.unwrap();
    put(&w, &answered("answered", 20)).await;
    assert_eq!(untold(40).await, ["missed"]);
    let placed = CallRecord { direction: CallDirection::Outgoing, ..missed };
    put(&w, &CallRecord { id: CallId::from("placed"), ..placed }).await;
    assert_eq!(untold(99).await, ["placed"]);
}

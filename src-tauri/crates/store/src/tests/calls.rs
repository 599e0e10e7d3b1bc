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

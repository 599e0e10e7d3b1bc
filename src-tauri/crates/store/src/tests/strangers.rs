//! What people whom nobody knows may leave in the store.

use confab_model::{
    CallDirection, CallId, CallMedia, CallRecord, CallTimings, Composed, Contact, ParticipantState, PresenceShow,
    Sender, Subscription,
};

use super::{World, at, incoming, jid, outgoing, text_of, world};
use crate::ReceivedMessage;

const HOUR: i64 = 3_600_000;

fn from(person: &str, ms: i64, text: &str) -> ReceivedMessage {
    let person = jid(person);
    let content = Composed::text(text);
    ReceivedMessage {
        conversation: person.clone(),
        sender: Sender::person(person),
        content,
        ..incoming(&format!("m{ms}"), ms)
    }
}

async fn kept(w: &World, message: ReceivedMessage) -> usize {
    w.store.receive(w.alice, &[message], None).await.unwrap().len()
}

#[tokio::test]
async fn new_strangers_are_bounded_by_the_hour() {
    let w = world().await;
    for n in 0..30 {
        assert_eq!(kept(&w, from(&format!("spam{n}@example.net"), HOUR + n, "hi")).await, 1);
    }
    assert_eq!(kept(&w, from("one-more@example.net", HOUR + 30, "hi")).await, 0);
    assert_eq!(w.store.conversations(w.alice).await.unwrap().len(), 30);
    // Who is there already, a contact, and somebody to whom we write are no newcomers.
    assert_eq!(kept(&w, from("spam7@example.net", HOUR + 31, "again")).await, 1);
    let contact = Contact {
        jid: jid("carol@example.org"),
        name: String::new(),
        subscription: Subscription::Both,
        requested: false,
        groups: Vec::new(),
        presence: PresenceShow::Offline,
        status: String::new(),
    };
    w.store.put_contact(w.alice, &contact, None).await.unwrap();
    assert_eq!(kept(&w, from("carol@example.org", HOUR + 32, "hi")).await, 1);
    w.store.open_conversation(w.alice, &jid("dave@example.org"), at(HOUR + 33)).await.unwrap();
    assert_eq!(kept(&w, from("dave@example.org", HOUR + 34, "hi")).await, 1);
    assert_eq!(kept(&w, outgoing("elsewhere", HOUR + 35)).await, 1);
    // Contacts and acquaintances do not use up the hour, and it ends.
    assert_eq!(kept(&w, from("late@example.net", 2 * HOUR + 1, "hi")).await, 1);
    assert_eq!(kept(&w, from("too-late@example.net", 2 * HOUR + 1, "hi")).await, 1);
    assert_eq!(kept(&w, from("much-too-late@example.net", 2 * HOUR + 1, "hi")).await, 0);
}

#[tokio::test]
async fn calls_of_strangers_are_bounded_like_their_messages() {
    let w = world().await;
    let call = |person: &str, ms: i64| CallRecord {
        id: CallId(format!("call{ms}")),
        direction: CallDirection::Incoming,
        media: CallMedia::Audio,
        people: vec![(jid(person), ParticipantState::Received)],
        started_at: at(ms),
        answered_at: None,
        ended_at: None,
        reason: None,
        answered_by: None,
        timings: CallTimings::default(),
    };
    let listed = async |record: CallRecord| {
        let person = record.people[0].0.clone();
        w.store.record_call(w.alice, &person, &record).await.unwrap().is_some()
    };
    for n in 0..30 {
        assert!(listed(call(&format!("spam{n}@example.net"), HOUR + n)).await);
    }
    let one_more = call("one-more@example.net", HOUR + 30);
    assert!(!listed(one_more.clone()).await);
    assert_eq!(w.store.call_record(w.alice, &one_more.id).await.unwrap(), None);
    assert_eq!(kept(&w, from("two-more@example.net", HOUR + 31, "hi")).await, 0);
    // What the person answers or places is kept, and makes an acquaintance.
    assert!(listed(CallRecord { answered_at: Some(at(HOUR + 32)), ..one_more }).await);
    assert!(listed(call("one-more@example.net", HOUR + 33)).await);
    let placed = CallRecord { direction: CallDirection::Outgoing, ..call("dave@example.org", HOUR + 34) };
    assert!(listed(placed).await);
    assert_eq!(kept(&w, from("dave@example.org", HOUR + 35, "hi")).await, 1);
}

#[tokio::test]
async fn long_texts_of_strangers_are_cut() {
    let w = world().await;
    let long = "会".repeat(5_000);
    w.receive(from("bob@example.org", 10, &long)).await;
    let text = |message: &confab_model::Message| text_of(message).chars().count();
    let page = w.store.messages(w.alice, &w.bob, None, 9).await.unwrap();
    assert_eq!(text(&page.messages[0]), 4_001);
    assert!(text_of(&page.messages[0]).ends_with('…'));
    w.queue("answer", 20).await;
    let whole = w.receive(from("bob@example.org", 30, &long)).await;
    assert_eq!(text(whole.message()), 5_000, "somebody to whom we write");
}

#[tokio::test]
async fn one_stranger_fills_no_disk() {
    let w = world().await;
    let flood: Vec<_> = (0..1_100)
        .map(|n| ReceivedMessage {
            stanza_id: Some(format!("s{n}")),
            origin_id: Some(format!("o{n}")),
            ..from("bob@example.org", 10 + n, "buy")
        })
        .collect();
    assert_eq!(w.store.receive(w.alice, &flood, None).await.unwrap().len(), 1_000);
    w.queue("answer", 5_000).await;
    assert_eq!(kept(&w, from("bob@example.org", 5_001, "thanks")).await, 1, "somebody to whom we write");
}

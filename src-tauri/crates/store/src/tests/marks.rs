//! Marks of conversations, the requests folder, and what a person deletes here.

use confab_model::{
    Contact, ConversationChange, MUTED_FOR_EVER, MessageContent, PresenceShow, Subscription, Timestamp, TransferState,
};

use super::{World, archived, at, id, incoming, jid, outgoing, world};
use crate::{LocalFile, Received, ReceivedMessage};

async fn mark(w: &World, change: ConversationChange) -> confab_model::Conversation {
    w.store.change_conversation(w.alice, &w.bob, change, at(1_000)).await.unwrap().unwrap()
}

async fn conversation(w: &World) -> confab_model::Conversation {
    w.store.conversation(w.alice, &w.bob).await.unwrap().unwrap()
}

#[tokio::test]
async fn marks_are_kept_and_each_changes_alone() {
    let w = world().await;
    assert_eq!(w.store.change_conversation(w.alice, &w.bob, ConversationChange::default(), at(1)).await.unwrap(), None);
    w.receive(incoming("a", 10)).await;
    let pinned = mark(&w, ConversationChange { pinned: Some(true), ..ConversationChange::default() }).await;
    assert_eq!((pinned.pinned, pinned.archived, pinned.muted_until), (true, false, None));
    let muted = ConversationChange { muted_until: Some(Timestamp(i64::MAX)), ..ConversationChange::default() };
    let muted = mark(&w, muted).await;
    assert_eq!((muted.pinned, muted.muted_until), (true, Some(MUTED_FOR_EVER)));
    let over = ConversationChange { muted_until: Some(at(0)), pinned: Some(false), archived: Some(true) };
    let over = mark(&w, over).await;
    assert_eq!((over.pinned, over.archived, over.muted_until), (false, true, None));
    assert_eq!(w.store.conversations(w.alice).await.unwrap(), [over]);
}

#[tokio::test]
async fn an_archived_conversation_comes_back_unless_it_is_muted() {
    let w = world().await;
    w.receive(incoming("a", 10)).await;
    let archive = ConversationChange { archived: Some(true), ..ConversationChange::default() };
    mark(&w, archive).await;
    w.receive(outgoing("elsewhere", 20)).await;
    w.receive(ReceivedMessage { read: true, ..incoming("old", 5) }).await;
    assert!(conversation(&w).await.archived, "nothing new of the other side");
    w.receive(incoming("b", 2_000)).await;
    assert!(!conversation(&w).await.archived);
    let muted = ConversationChange { muted_until: Some(at(5_000)), ..archive };
    mark(&w, muted).await;
    w.receive(incoming("c", 4_000)).await;
    assert!(conversation(&w).await.archived);
    w.receive(incoming("d", 5_001)).await;
    assert!(!conversation(&w).await.archived, "the time of muting is over");
}

#[tokio::test]
async fn a_stranger_waits_in_the_requests_folder() {
    let w = world().await;
    w.receive(incoming("a", 10)).await;
    assert!(conversation(&w).await.is_request);
    let contact = Contact {
        jid: w.bob.clone(),
        name: String::new(),
        subscription: Subscription::From,
        requested: false,
        groups: Vec::new(),
        presence: PresenceShow::Offline,
        status: String::new(),
    };
    w.store.put_contact(w.alice, &contact, None).await.unwrap();
    assert!(!conversation(&w).await.is_request, "a contact");
    w.store.remove_contact(w.alice, &w.bob, None).await.unwrap();
    assert!(conversation(&w).await.is_request);
    let bob = w.bob.clone();
    assert!(w.store.open_conversation(w.alice, &bob, at(1)).await.unwrap().is_request, "looking is no answer");
    let accepted = w.store.accept_request(w.alice, &w.bob).await.unwrap().unwrap();
    assert!(!accepted.is_request);
    assert_eq!(w.store.accept_request(w.alice, &jid("x@example.org")).await.unwrap(), None);
    // Who is written to is no stranger.
    let carol = jid("carol@example.org");
    w.store.open_conversation(w.alice, &carol, at(1)).await.unwrap();
    assert!(!w.store.conversation(w.alice, &carol).await.unwrap().unwrap().is_request);
}

#[tokio::test]
async fn messages_are_counted_whatever_brings_and_takes_them() {
    let w = world().await;
    for (n, name) in (0..5).zip(["a", "b", "c", "d", "e"]) {
        w.receive(archived(incoming(name, 10 + n), &format!("A{n}"))).await;
    }
    w.queue("mine", 100).await;
    assert_eq!(conversation(&w).await.message_count, 6);
    let gone = [id("a"), id("c"), id("mine"), id("nothing")];
    let deleted = w.store.delete_messages(w.alice, &w.bob, &gone).await.unwrap().unwrap();
    assert_eq!(deleted.messages, [id("a"), id("c"), id("mine")]);
    let left = deleted.left.unwrap();
    assert_eq!((left.message_count, left.unread, left.first_unread), (3, 3, Some(id("b"))));
    assert_eq!(left.last.unwrap().id, id("e"));
    assert!(w.store.outbox(w.alice, 0, 9).await.unwrap().messages.is_empty());
    assert_eq!(w.store.search(w.alice, "text", None, None, 9).await.unwrap().len(), 3);
    // The archive brings them again; live messages of the same ids are others.
    let again = w.store.receive(w.alice, &[archived(incoming("a", 10), "A0")], None).await.unwrap();
    assert_eq!(again, []);
    let mine = w.store.receive(w.alice, &[archived(outgoing("mine", 100), "A9")], None).await.unwrap();
    assert_eq!(mine, [], "also without a name of the archive");
    assert!(matches!(w.receive(incoming("a", 500)).await, Received::Added(_)));
    w.store.check().await.unwrap();
}

#[tokio::test]
async fn a_deleted_conversation_does_not_come_back_from_the_archive() {
    let w = world().await;
    w.receive(archived(incoming("a", 10), "A1")).await;
    w.receive(archived(incoming("b", 20), "A2")).await;
    let deleted = w.store.delete_conversation(w.alice, &w.bob, at(100)).await.unwrap().unwrap();
    assert_eq!((deleted.messages.len(), deleted.left), (2, None));
    assert_eq!(w.store.conversations(w.alice).await.unwrap(), []);
    assert_eq!(w.store.search(w.alice, "text", None, None, 9).await.unwrap(), []);
    let again = [archived(incoming("a", 10), "A1"), archived(incoming("b", 20), "A2")];
    assert_eq!(w.store.receive(w.alice, &again, Some("A2")).await.unwrap(), []);
    assert_eq!(w.store.conversations(w.alice).await.unwrap(), []);
    w.receive(archived(incoming("c", 200), "A3")).await;
    assert_eq!(conversation(&w).await.message_count, 1);
    let reach = w.store.history_reach(w.alice, &w.bob, None).await.unwrap();
    assert!(reach.complete, "there is nothing older to ask for");
    assert_eq!(w.store.delete_conversation(w.alice, &jid("x@example.org"), at(1)).await.unwrap(), None);
    for table in ["reactions", "attachments", "outbox", "receipts", "messages_text"] {
        let sql = format!("SELECT count(*) FROM {table}");
        let count: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&w.store.readers).await.unwrap();
        assert_eq!(count, i64::from(table == "messages_text"), "{table}");
    }
}

#[tokio::test]
async fn the_retention_deletes_what_is_old_and_was_sent() {
    let w = world().await;
    let mut all = Vec::new();
    for n in 0..1_200 {
        all.push(archived(incoming(&format!("m{n}"), n), &format!("A{n}")));
    }
    w.queue("waits", 5).await;
    w.store.receive(w.alice, &all, None).await.unwrap();
    let content = confab_model::Composed::of(confab_model::MessageBody::File {
        file: Box::new(confab_model::SharedFile {
            name: "f".into(),
            media_type: "text/plain".into(),
            size: None,
            urls: vec!["https://example.org/f".to_owned().into()],
            sha256: None,
            width: 0,
            height: 0,
            duration_ms: 0,
            voice: None,
            thumbnail: None,
        }),
        caption: String::new().into(),
    });
    w.receive(ReceivedMessage { content, ..incoming("file", 6) }).await;
    let copy = LocalFile { path: "/cache/f".into(), is_copy: true, size: 1 };
    w.store.set_transfer(w.alice, &id("file"), &TransferState::Local, Some(&copy), at(7)).await.unwrap();
    let mut rounds = Vec::new();
    let mut files = Vec::new();
    loop {
        let deleted = w.store.delete_older(at(1_100)).await.unwrap();
        let Some((account, deleted)) = deleted.into_iter().next() else { break };
        assert_eq!(account, w.alice);
        rounds.push(deleted.messages.len());
        files.extend(deleted.files);
    }
    assert_eq!(rounds, [500, 500, 101]);
    assert_eq!(files, [copy.path]);
    let left = conversation(&w).await;
    assert_eq!((left.message_count, left.unread, left.first_unread), (101, 100, Some(id("m1100"))));
    let page = w.store.messages(w.alice, &w.bob, None, 200).await.unwrap().messages;
    assert_eq!(page[0].id, id("waits"));
    let again = w.store.receive(w.alice, &all[..3], None).await.unwrap();
    assert_eq!(again, [], "what is too old is not fetched again");
}

#[tokio::test]
async fn a_deleted_call_takes_its_record_along() {
    use confab_model::{CallDirection, CallId, CallMedia, CallRecord, CallTimings, ParticipantState};
    let w = world().await;
    let record = CallRecord {
        id: CallId("call".into()),
        direction: CallDirection::Outgoing,
        media: CallMedia::Audio,
        people: vec![(w.bob.clone(), ParticipantState::Quit)],
        started_at: at(10),
        answered_at: None,
        ended_at: None,
        reason: None,
        answered_by: None,
        timings: CallTimings::default(),
    };
    let stored = w.store.record_call(w.alice, &w.bob, &record).await.unwrap().unwrap();
    assert!(matches!(stored.message.content, MessageContent::Call { .. }));
    w.store.delete_messages(w.alice, &w.bob, &[stored.message.id]).await.unwrap().unwrap();
    assert_eq!(w.store.call_record(w.alice, &record.id).await.unwrap(), None);
    assert_eq!(conversation(&w).await.message_count, 0);
}

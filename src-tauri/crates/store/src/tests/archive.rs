//! Messages that come more than once, out of order, and gaps.

use confab_model::{Composed, DeliveryState, MessageBody, MessageContent};

use super::{archived, at, id, incoming, jid, ladder, outgoing, world};
use crate::{HistoryReach, Received, ReceivedMessage, StoreError};

#[tokio::test]
async fn the_archive_fills_in_and_does_not_double() {
    let w = world().await;
    assert!(matches!(w.receive(incoming("a", 1000)).await, Received::Added(_)));
    let by_origin = w.receive(archived(ReceivedMessage { id: id("other"), ..incoming("a", 400) }, "A1")).await;
    assert!(matches!(&by_origin, Received::Updated(message) if message.id == id("a") && message.sent_at == at(400)));
    let by_archive =
        w.receive(archived(ReceivedMessage { origin_id: None, stanza_id: None, ..incoming("b", 777) }, "A1")).await;
    assert!(matches!(&by_archive, Received::Known(message) if message.sent_at == at(400)), "server's time stays");
    assert_eq!(w.store.find_by_archive_id(w.alice, &w.bob, "A1").await.unwrap(), Some(id("a")));
    assert_eq!(w.store.find_by_stanza_id(w.alice, &w.bob, "s-a").await.unwrap(), Some(id("a")));
    assert_eq!(w.ladder().await, ladder(&[("a", "Delivered")]));
    assert_eq!(w.unread().await, (1, Some("a".into())));
}

#[tokio::test]
async fn origin_ids_of_others_do_not_collide() {
    let w = world().await;
    w.queue("mine", 10).await;
    // Bob names his message like ours: it is his, and ours stays queued.
    let his = ReceivedMessage { id: id("mine"), origin_id: Some("mine".into()), ..incoming("x", 20) };
    let received = w.receive(his).await;
    assert!(matches!(&received, Received::Added(message) if message.id != id("mine")));
    assert_eq!(w.store.outbox(w.alice, 0, 10).await.unwrap().messages.len(), 1);
    // Two without any id are two.
    let bare = ReceivedMessage { origin_id: None, stanza_id: None, ..incoming("y", 30) };
    w.receive(bare.clone()).await;
    w.receive(ReceivedMessage { id: id("z"), ..bare }).await;
    assert_eq!(w.ladder().await.len(), 4);
}

#[tokio::test]
async fn an_own_message_that_comes_back_is_sent() {
    let w = world().await;
    w.queue("a", 10).await;
    w.queue("b", 20).await;
    // A server that strips the origin id.
    let echo = w.receive(archived(ReceivedMessage { origin_id: None, ..outgoing("a", 15) }, "A1")).await;
    assert!(matches!(&echo, Received::Updated(message) if message.delivery == DeliveryState::Sent));
    assert!(matches!(w.receive(archived(outgoing("a", 15), "A1")).await, Received::Known(_)));
    assert_eq!(
        w.store.outbox(w.alice, 0, 10).await.unwrap().messages.iter().map(|m| &m.id.0).collect::<Vec<_>>(),
        ["b"]
    );
    // From another own device: known by its stanza id, so that receipts find it.
    w.receive(outgoing("elsewhere", 30)).await;
    w.receipt(&w.bob, "elsewhere", 31).await.unwrap();
    assert_eq!(w.ladder().await, ladder(&[("a", "Sent"), ("b", "Queued"), ("elsewhere", "Delivered")]));
    assert_eq!(w.unread().await, (0, None));
}

#[tokio::test]
async fn older_own_history_is_read_if_the_marker_says_so() {
    let w = world().await;
    w.receive(archived(outgoing("new", 100), "A9")).await;
    w.read(&w.bob, "new", 101).await;
    w.receive(archived(outgoing("old", 50), "A5")).await;
    assert_eq!(w.ladder().await, ladder(&[("old", "Read"), ("new", "Read")]));
}

#[tokio::test]
async fn read_elsewhere_is_not_unread() {
    let w = world().await;
    w.receive(incoming("a", 10)).await;
    w.receive(ReceivedMessage { read: true, ..incoming("b", 20) }).await;
    assert_eq!(w.unread().await, (1, Some("a".into())));
    let known = w.receive(ReceivedMessage { read: true, ..incoming("a", 10) }).await;
    assert!(matches!(known, Received::Updated(_)));
    assert_eq!(w.unread().await, (0, None));
}

#[tokio::test]
async fn position_and_page_are_one_transaction() {
    let w = world().await;
    let page = [archived(incoming("a", 10), "A1"), archived(incoming("b", 20), "A2")];
    w.store.receive(w.alice, &page, Some("A2")).await.unwrap();
    let position = || async { w.store.account(w.alice).await.unwrap().unwrap().archive_position };
    assert_eq!(position().await.as_deref(), Some("A2"));
    assert_eq!(
        w.store.history_reach(w.alice, &w.bob, None).await.unwrap(),
        HistoryReach { complete: false, oldest_archive_id: Some("A1".into()), oldest_sent_at: Some(at(10)) }
    );
    let older = [archived(incoming("older", 5), "A0")];
    w.store.receive_older(w.alice, &w.bob, &older, Some(at(10)), true).await.unwrap();
    assert_eq!(
        w.store.history_reach(w.alice, &w.bob, None).await.unwrap(),
        HistoryReach { complete: true, oldest_archive_id: Some("A0".into()), oldest_sent_at: Some(at(5)) }
    );
    assert_eq!(position().await.as_deref(), Some("A2"));
    assert!(w.store.messages(w.alice, &w.bob, None, 2).await.unwrap().history_complete);
    assert_eq!(w.store.history_reach(w.alice, &jid("carol@example.org"), None).await.unwrap(), HistoryReach::default());
    let nobody = confab_model::AccountId(77);
    assert_eq!(w.store.receive(nobody, &page, None).await, Err(StoreError::Unknown("account")));
}

#[tokio::test]
async fn encrypted_messages_are_shown_as_such_and_absurd_times_are_bounded() {
    let w = world().await;
    let content = Composed::of(MessageBody::Encrypted { method: "urn:xmpp:omemo:2".into() });
    let received = w.receive(ReceivedMessage { content, ..incoming("a", i64::MAX) }).await;
    assert_eq!(received.message().content, MessageContent::Encrypted { method: "urn:xmpp:omemo:2".into() });
    assert_eq!(received.message().sent_at, at(1 << 42));
    assert_eq!(w.receive(incoming("b", i64::MIN)).await.message().sent_at, at(0));
}

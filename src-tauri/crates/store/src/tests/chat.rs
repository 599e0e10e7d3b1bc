//! Sending, receipts, markers, unread, pages.

use confab_model::{DeliveryState, FailureWhy, MessageContent};

use super::{at, id, incoming, jid, ladder, world};
use crate::{DisplayedMessage, StoreError};

#[tokio::test]
async fn outbox_keeps_order_until_the_server_has_it() {
    let w = world().await;
    w.queue("a", 10).await;
    w.queue("b", 20).await;
    w.queue("c", 30).await;
    let outbox = |w: &super::World| {
        let (store, alice) = (w.store.clone(), w.alice);
        async move {
            store
                .outbox(alice, 0, 10)
                .await
                .unwrap()
                .messages
                .into_iter()
                .map(|message| message.id.0)
                .collect::<Vec<_>>()
        }
    };
    assert_eq!(outbox(&w).await, ["a", "b", "c"]);
    assert_eq!(w.store.mark_sent(w.alice, &id("b")).await.unwrap().unwrap().delivery, DeliveryState::Sent);
    assert_eq!(w.store.mark_sent(w.alice, &id("b")).await.unwrap(), None, "twice changes nothing");
    assert_eq!(outbox(&w).await, ["a", "c"]);
    let why = FailureWhy::ServerUnreachable { domain: "example.org".into() };
    let failed = w.store.mark_failed(w.alice, &id("a"), &why).await.unwrap().unwrap();
    assert_eq!(failed.delivery, DeliveryState::Failed { why });
    assert_eq!(outbox(&w).await, ["c"]);
    let again = w.store.resend(w.alice, &id("a"), at(40)).await.unwrap().unwrap();
    assert_eq!(again.message.delivery, DeliveryState::Queued);
    assert_eq!(again.conversation.last.unwrap().id, id("a"));
    assert_eq!(outbox(&w).await, ["c", "a"]);
    assert_eq!(w.store.resend(w.alice, &id("a"), at(50)).await.unwrap(), None, "only what failed is resent");
    assert_eq!(w.ladder().await, ladder(&[("b", "Sent"), ("c", "Queued"), ("a", "Queued")]));
    let repeated = w.store.queue_text(w.alice, &w.bob, &id("c"), "other text", at(99)).await.unwrap();
    assert_eq!(repeated.message.content, MessageContent::Text { text: "text of c".into() });
    assert_eq!(outbox(&w).await, ["c", "a"]);
}

#[tokio::test]
async fn delivery_never_goes_back() {
    let w = world().await;
    w.queue("a", 10).await;
    let delivered = w.receipt(&w.bob, "a", 11).await.unwrap();
    assert_eq!(delivered.delivery, DeliveryState::Delivered, "a receipt that overtakes the acknowledgement counts");
    assert_eq!(w.store.outbox(w.alice, 0, 10).await.unwrap().messages, []);
    assert_eq!(w.store.mark_sent(w.alice, &id("a")).await.unwrap(), None);
    assert_eq!(w.store.mark_failed(w.alice, &id("a"), &FailureWhy::TooLarge { limit: None }).await.unwrap(), None);
    let read = w.read(&w.bob, "a", 12).await;
    assert_eq!(read.iter().map(|m| &m.delivery).collect::<Vec<_>>(), [&DeliveryState::Read]);
    assert_eq!(w.receipt(&w.bob, "a", 13).await, None);
    assert_eq!(w.read(&w.bob, "a", 14).await, []);
    assert_eq!(w.ladder().await, ladder(&[("a", "Read")]));
}

#[tokio::test]
async fn nobody_else_confirms() {
    let w = world().await;
    w.queue("a", 10).await;
    w.store.mark_sent(w.alice, &id("a")).await.unwrap();
    w.receive(incoming("in", 11)).await;
    let mallory = jid("mallory@example.org");
    assert_eq!(w.receipt(&mallory, "a", 12).await, None);
    assert_eq!(w.read(&mallory, "a", 12).await, []);
    assert_eq!(w.receipt(&w.bob, "in", 12).await, None, "not an own message");
    assert_eq!(w.receipt(&w.bob, "unknown", 12).await, None);
    assert_eq!(w.ladder().await, ladder(&[("a", "Sent"), ("in", "Delivered")]));
}

#[tokio::test]
async fn a_read_marker_covers_what_is_sent_and_earlier() {
    let w = world().await;
    for (name, ms) in [("a", 10), ("b", 20), ("late", 25), ("c", 30), ("d", 40)] {
        w.queue(name, ms).await;
    }
    for name in ["a", "b", "c", "d"] {
        w.store.mark_sent(w.alice, &id(name)).await.unwrap();
    }
    w.receipt(&w.bob, "b", 31).await;
    let read = w.read(&w.bob, "c", 32).await;
    assert_eq!(read.iter().map(|m| m.id.0.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
    assert_eq!(
        w.ladder().await,
        ladder(&[("a", "Read"), ("b", "Read"), ("late", "Queued"), ("c", "Read"), ("d", "Sent")])
    );
    // The acknowledgement that the marker overtook.
    assert_eq!(w.store.mark_sent(w.alice, &id("late")).await.unwrap().unwrap().delivery, DeliveryState::Read);
    // A clock that was set back: a new message is not read because it seems old.
    w.queue("new", 15).await;
    assert_eq!(w.store.mark_sent(w.alice, &id("new")).await.unwrap().unwrap().delivery, DeliveryState::Sent);
}

#[tokio::test]
async fn a_receipt_proves_a_failed_message_wrong() {
    let w = world().await;
    w.queue("a", 10).await;
    w.store.mark_failed(w.alice, &id("a"), &FailureWhy::Other { detail: "timeout".into() }).await.unwrap();
    w.receipt(&w.bob, "a", 12).await;
    assert_eq!(w.ladder().await, ladder(&[("a", "Delivered")]));
}

#[tokio::test]
async fn displaying_lowers_unread_and_names_what_to_acknowledge() {
    let w = world().await;
    for (name, ms) in [("a", 10), ("c", 30), ("b", 20)] {
        w.receive(incoming(name, ms)).await;
    }
    assert_eq!(w.unread().await, (3, Some("a".into())));
    let displayed = w.store.mark_displayed(w.alice, &w.bob, &id("b"), false).await.unwrap();
    let named = |name: &str| DisplayedMessage { id: id(name), stanza_id: Some(format!("s-{name}")), archive_id: None };
    assert_eq!(displayed.messages, [named("a"), named("b")]);
    assert_eq!((displayed.conversation.unread, displayed.conversation.first_unread), (1, Some(id("c"))));
    assert_eq!(w.store.mark_displayed(w.alice, &w.bob, &id("b"), false).await.unwrap().messages, []);
    assert_eq!(w.ladder().await, ladder(&[("a", "Read"), ("b", "Read"), ("c", "Delivered")]));
    assert_eq!(w.store.unread(w.alice, &w.bob).await.unwrap().len(), 1);
    let nowhere = w.store.mark_displayed(w.alice, &jid("carol@example.org"), &id("b"), false).await;
    assert_eq!(nowhere, Err(StoreError::Unknown("conversation")));
    assert_eq!(w.store.mark_displayed(w.alice, &w.bob, &id("x"), false).await, Err(StoreError::Unknown("message")));
}

#[tokio::test]
async fn pages_meet_without_gap_or_overlap() {
    let w = world().await;
    // Several in the same millisecond: the row decides.
    let names: Vec<String> = (0..25).map(|n| format!("m{n:02}")).collect();
    for (n, name) in (0_i64..).zip(&names) {
        w.receive(incoming(name, 100 + n / 4)).await;
    }
    let mut seen = Vec::new();
    let mut before = None;
    loop {
        let page = w.store.messages(w.alice, &w.bob, before.as_ref(), 7).await.unwrap();
        before = page.messages.first().map(|message| message.id.clone());
        seen.splice(0..0, page.messages.into_iter().map(|message| message.id.0));
        if !page.more {
            break;
        }
    }
    assert_eq!(seen, names);
    let unknown = w.store.messages(w.alice, &w.bob, Some(&id("x")), 7).await.unwrap();
    assert_eq!((unknown.messages.len(), unknown.more), (0, false));
    assert!(w.store.messages(w.alice, &jid("carol@example.org"), None, 7).await.unwrap().messages.is_empty());
}

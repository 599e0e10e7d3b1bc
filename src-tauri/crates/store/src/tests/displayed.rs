//! What this account has displayed on any of its devices, and the markers that it owes.

use confab_model::{Contact, ConversationKind, PresenceShow, Subscription};

use super::{World, archived, id, incoming, jid, ladder, outgoing, world};
use crate::{DueMarker, DuePosition, ReceivedMessage, Store};

/// As it comes from the archive on a device that has no history yet.
fn history(message: ReceivedMessage, archive_id: &str) -> ReceivedMessage {
    ReceivedMessage { read: true, ..archived(message, archive_id) }
}

async fn pages(w: &World, pages: &[&[ReceivedMessage]]) {
    for page in pages {
        w.store.receive(w.alice, page, None).await.unwrap();
    }
}

async fn settled(w: &World) -> Vec<u32> {
    w.store.settle_history(w.alice).await.unwrap().iter().map(|conversation| conversation.unread).collect()
}

async fn is_contact(w: &World, subscription: Subscription) {
    let contact = Contact {
        jid: w.bob.clone(),
        name: String::new(),
        subscription,
        requested: false,
        groups: Vec::new(),
        presence: PresenceShow::Offline,
        status: String::new(),
    };
    w.store.put_contact(w.alice, &contact, None).await.unwrap();
}

#[tokio::test]
async fn a_new_device_shows_only_what_no_device_has_displayed() {
    let w = world().await;
    // The newest page has the marker, a page before it the message that the marker names.
    let newest = [history(incoming("d", 40), "4"), history(incoming("e", 50), "5")];
    pages(&w, &[&newest]).await;
    assert_eq!(w.store.displayed_elsewhere(w.alice, &w.bob, "s-c").await.unwrap(), None, "not here yet");
    let older = [history(incoming("b", 20), "2"), history(incoming("c", 30), "3")];
    pages(&w, &[&older, &[history(incoming("a", 10), "1")]]).await;
    assert_eq!(w.unread().await, (0, None), "nothing flashes up while the archive is read");
    assert_eq!(settled(&w).await, [2]);
    assert_eq!(w.unread().await, (2, Some("d".into())));
    assert_eq!(
        w.ladder().await,
        ladder(&[("a", "Read"), ("b", "Read"), ("c", "Read"), ("d", "Delivered"), ("e", "Delivered")])
    );
    assert_eq!(settled(&w).await, [0; 0], "once");
    assert!(w.store.account(w.alice).await.unwrap().unwrap().history_read);
}

#[tokio::test]
async fn an_own_message_means_that_what_is_above_was_displayed() {
    let w = world().await;
    pages(
        &w,
        &[&[history(incoming("c", 30), "3")], &[history(incoming("a", 10), "1"), history(outgoing("b", 20), "2")]],
    )
    .await;
    assert_eq!(settled(&w).await, [1]);
    assert_eq!(w.ladder().await, ladder(&[("a", "Read"), ("b", "Sent"), ("c", "Delivered")]));
    // Later also live: written on another device.
    w.receive(outgoing("d", 40)).await;
    assert_eq!(w.unread().await, (0, None));
}

#[tokio::test]
async fn without_a_sign_history_of_a_new_device_is_read() {
    let w = world().await;
    pages(&w, &[&[history(incoming("a", 10), "1"), history(incoming("b", 20), "2")]]).await;
    assert_eq!(settled(&w).await, [0; 0]);
    assert_eq!(w.unread().await, (0, None));
    // What comes later is news.
    w.receive(archived(incoming("c", 30), "3")).await;
    assert_eq!(w.unread().await, (1, Some("c".into())));
}

#[tokio::test]
async fn early_markers_wait_for_their_message_and_are_bounded() {
    let w = world().await;
    for n in 0..200 {
        w.store.displayed_elsewhere(w.alice, &w.bob, &format!("nowhere {n}")).await.unwrap();
    }
    w.store.displayed_elsewhere(w.alice, &jid("carol@example.org"), "s-b").await.unwrap();
    w.store.displayed_elsewhere(w.alice, &w.bob, "s-b").await.unwrap();
    let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM early_markers").fetch_one(&w.store.readers).await.unwrap();
    assert_eq!(kept, 65, "64 of each conversation");
    for (name, ms) in [("a", 10), ("c", 30), ("b", 20)] {
        w.receive(incoming(name, ms)).await;
    }
    assert_eq!(w.unread().await, (1, Some("c".into())));
    let changed = w.store.displayed_elsewhere(w.alice, &w.bob, "s-c").await.unwrap().unwrap();
    assert_eq!(changed.unread, 0);
    assert_eq!(w.store.displayed_elsewhere(w.alice, &w.bob, "s-a").await.unwrap(), None, "never back");
}

#[tokio::test]
async fn a_marker_is_due_until_the_server_has_it() {
    let w = world().await;
    is_contact(&w, Subscription::Both).await;
    for (name, ms) in [("a", 10), ("b", 20), ("c", 30)] {
        w.receive(incoming(name, ms)).await;
    }
    let due = |stanza_id: &str| DueMarker { conversation: w.bob.clone(), stanza_id: stanza_id.to_owned() };
    w.store.mark_displayed(w.alice, &w.bob, &id("a"), true).await.unwrap();
    assert_eq!(w.store.due_markers(w.alice).await.unwrap(), [due("s-a")]);
    w.store.mark_displayed(w.alice, &w.bob, &id("b"), true).await.unwrap();
    // The proof for the first comes when the second has taken its place.
    w.store.markers_sent(w.alice, &[due("s-a")]).await.unwrap();
    w.store.close().await;
    let store = Store::open(&w.folder.path().join("confab.db")).await.unwrap();
    assert_eq!(store.due_markers(w.alice).await.unwrap(), [due("s-b")], "over a restart");
    store.markers_sent(w.alice, &[due("s-b")]).await.unwrap();
    assert_eq!(store.due_markers(w.alice).await.unwrap(), []);
}

#[tokio::test]
async fn no_marker_is_due_to_strangers_nor_where_another_device_has_told() {
    let w = world().await;
    w.receive(incoming("a", 10)).await;
    w.receive(incoming("b", 20)).await;
    w.store.mark_displayed(w.alice, &w.bob, &id("a"), true).await.unwrap();
    for subscription in [Subscription::None, Subscription::To] {
        assert_eq!(w.store.due_markers(w.alice).await.unwrap(), []);
        is_contact(&w, subscription).await;
    }
    is_contact(&w, Subscription::From).await;
    assert_eq!(w.store.due_markers(w.alice).await.unwrap().len(), 1);
    w.store.displayed_elsewhere(w.alice, &w.bob, "s-b").await.unwrap();
    assert_eq!(w.store.due_markers(w.alice).await.unwrap(), []);
}

#[tokio::test]
async fn places_are_due_until_all_devices_know_them() {
    let w = world().await;
    let with_archive = |name: &str, ms| ReceivedMessage { archive_id: Some(format!("A-{name}")), ..incoming(name, ms) };
    for (name, ms) in [("a", 10), ("b", 20), ("c", 30)] {
        w.receive(with_archive(name, ms)).await;
    }
    let due = async || {
        let due = w.store.due_positions(w.alice).await.unwrap();
        due.into_iter().map(|position| position.archive_id).collect::<Vec<_>>()
    };
    w.store.mark_displayed(w.alice, &w.bob, &id("a"), false).await.unwrap();
    assert_eq!(due().await, ["A-a"], "also without a marker for the far side");
    w.store.mark_displayed(w.alice, &w.bob, &id("b"), false).await.unwrap();
    let old = DuePosition { conversation: w.bob.clone(), kind: ConversationKind::Direct, archive_id: "A-a".into() };
    w.store.position_told(w.alice, &old).await.unwrap();
    assert_eq!(due().await, ["A-b"], "replaced while the old one was on its way");
    w.store.displayed_everywhere(w.alice, &w.bob, "A-a").await.unwrap();
    assert_eq!(due().await, ["A-b"], "the others are behind");
    // A marker of a client that tells no places says nothing of what the devices know.
    w.store.displayed_elsewhere(w.alice, &w.bob, "s-b").await.unwrap();
    assert_eq!(due().await, ["A-b"]);
    let read = w.store.displayed_everywhere(w.alice, &w.bob, "A-c").await.unwrap().unwrap();
    assert_eq!(read.unread, 0);
    assert_eq!(due().await, [] as [&str; 0], "another device is further");
}

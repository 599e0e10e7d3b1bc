//! An archive that no longer knows where the reading stopped: what is missing is seen, and read when somebody scrolls.

use super::{World, archived, at, id, incoming, jid, outgoing, world};
use crate::{HistoryReach, ReceivedMessage, StoredPage};

fn from_archive(name: &str, ms: i64) -> ReceivedMessage {
    archived(incoming(name, ms), &format!("A{ms}"))
}

fn names(page: &StoredPage) -> (Vec<&str>, bool, bool) {
    (page.messages.iter().map(|message| message.id.0.as_str()).collect(), page.more, page.history_complete)
}

fn reach(complete: bool, oldest: i64) -> HistoryReach {
    HistoryReach { complete, oldest_archive_id: Some(format!("A{oldest}")), oldest_sent_at: Some(at(oldest)) }
}

/// `a` and `b` are here, displayed; then the archive was read backwards as far as `x` and `y`.
async fn with_gap() -> World {
    let w = world().await;
    w.store.settle_history(w.alice).await.unwrap();
    w.store.receive(w.alice, &[from_archive("a", 10), from_archive("b", 20)], Some("A20")).await.unwrap();
    w.store.receive_older(w.alice, &w.bob, &[], Some(at(10)), true).await.unwrap();
    w.store.mark_displayed(w.alice, &w.bob, &id("b"), false).await.unwrap();
    w.queue("waits", 25).await;
    w.store.note_gap(w.alice).await.unwrap();
    let newest = ["x", "y"].map(|name| ReceivedMessage { read: true, ..from_archive(name, name.len() as i64 + 98) });
    let newest =
        [ReceivedMessage { sent_at: at(90), archive_id: Some("A90".into()), ..newest[0].clone() }, newest[1].clone()];
    w.store.receive(w.alice, &newest, Some("A99")).await.unwrap();
    w
}

#[tokio::test]
async fn pages_end_at_a_gap_and_go_on_before_it() {
    let w = with_gap().await;
    let page =
        async |before: Option<&str>| w.store.messages(w.alice, &w.bob, before.map(id).as_ref(), 10).await.unwrap();
    assert_eq!(names(&page(None).await), (vec!["waits", "x", "y"], false, false));
    assert_eq!(names(&page(Some("x")).await), (vec!["waits"], false, false));
    // Somebody came here by a search.
    assert_eq!(names(&page(Some("b")).await), (vec!["a"], false, true));
    let from =
        async |before: Option<&str>| w.store.history_reach(w.alice, &w.bob, before.map(id).as_ref()).await.unwrap();
    assert_eq!(from(None).await, reach(false, 90));
    assert_eq!(from(Some("y")).await, reach(false, 90));
    assert_eq!(from(Some("b")).await, reach(true, 10));
    assert_eq!(settled(&w).await, 2, "what was missed is unread");
}

async fn settled(w: &World) -> u32 {
    w.store.settle_history(w.alice).await.unwrap().iter().map(|conversation| conversation.unread).sum()
}

#[tokio::test]
async fn a_gap_is_closed_by_the_message_before_it() {
    let w = with_gap().await;
    // The first page does not reach it.
    w.store.receive_older(w.alice, &w.bob, &[from_archive("w", 80)], Some(at(90)), false).await.unwrap();
    assert_eq!(w.store.history_reach(w.alice, &w.bob, None).await.unwrap(), reach(false, 80));
    let page = [from_archive("known", 20), from_archive("c", 30)];
    w.store.receive_older(w.alice, &w.bob, &page, Some(at(80)), false).await.unwrap();
    assert_eq!(w.store.history_reach(w.alice, &w.bob, None).await.unwrap(), reach(true, 10));
    let all = w.store.messages(w.alice, &w.bob, None, 10).await.unwrap();
    assert_eq!(names(&all), (vec!["a", "b", "waits", "c", "w", "x", "y"], false, true));
}

#[tokio::test]
async fn the_end_of_the_archive_closes_the_gap() {
    let w = with_gap().await;
    w.store.receive_older(w.alice, &w.bob, &[from_archive("w", 80)], Some(at(90)), true).await.unwrap();
    assert_eq!(w.store.history_reach(w.alice, &w.bob, None).await.unwrap(), reach(true, 10));
}

#[tokio::test]
async fn reading_on_before_a_gap_does_not_close_it() {
    let w = with_gap().await;
    // An own message of this device is known without an archive id.
    w.receive(outgoing("mine", 5)).await;
    let page = [archived(outgoing("mine", 5), "A5")];
    w.store.receive_older(w.alice, &w.bob, &page, Some(at(10)), true).await.unwrap();
    assert_eq!(w.store.history_reach(w.alice, &w.bob, None).await.unwrap(), reach(false, 90));
}

#[tokio::test]
async fn the_catch_up_itself_may_meet_what_is_here() {
    let w = with_gap().await;
    w.store.receive(w.alice, &[from_archive("known", 20), from_archive("c", 30)], None).await.unwrap();
    assert_eq!(w.store.history_reach(w.alice, &w.bob, None).await.unwrap(), reach(true, 10));
    // Other conversations keep theirs, and without a message there is none.
    let carol = jid("carol@example.org");
    w.store.open_conversation(w.alice, &carol, at(1)).await.unwrap();
    w.store.note_gap(w.alice).await.unwrap();
    assert_eq!(w.store.history_reach(w.alice, &carol, None).await.unwrap(), HistoryReach::default());
    // Two gaps: the newest is met first.
    w.store.receive(w.alice, &[from_archive("z", 200)], None).await.unwrap();
    w.store.note_gap(w.alice).await.unwrap();
    w.store.receive(w.alice, &[from_archive("last", 300)], None).await.unwrap();
    assert_eq!(w.store.history_reach(w.alice, &w.bob, None).await.unwrap(), reach(false, 300));
    w.store.receive_older(w.alice, &w.bob, &[from_archive("known", 200)], Some(at(300)), false).await.unwrap();
    assert_eq!(w.store.history_reach(w.alice, &w.bob, None).await.unwrap(), reach(false, 200));
}

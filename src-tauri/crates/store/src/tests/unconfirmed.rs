//! Messages that a server acknowledged and lost.

use confab_model::DeliveryState;

use super::{World, at, id, jid, ladder, world};

impl World {
    async fn acknowledged(&self, name: &str, ms: i64) {
        self.queue(name, ms).await;
        self.store.mark_acknowledged(self.alice, &id(name), Some(at(ms))).await.unwrap().unwrap();
    }

    async fn missing(&self, ms: i64) -> Vec<String> {
        // What is found missing now has to be so the next time as well.
        let (before, found) = self.store.send_missing_again(self.alice, at(ms)).await.unwrap();
        assert_eq!(before, []);
        let (again, more) = self.store.send_missing_again(self.alice, at(ms)).await.unwrap();
        assert!(!more && (found || again.is_empty()));
        again.into_iter().map(|message| message.id.0).collect()
    }

    async fn waiting(&self) -> Vec<String> {
        let page = self.store.sending(self.alice, 0, 99).await.unwrap();
        page.entries.into_iter().map(|entry| entry.id.0).collect()
    }
}

#[tokio::test]
async fn what_nobody_confirms_while_a_later_one_is_confirmed_is_sent_again_once() {
    let w = world().await;
    for (name, ms) in [("a", 1), ("b", 2), ("c", 3)] {
        w.acknowledged(name, ms).await;
    }
    w.receipt(&w.bob, "a", 4).await.unwrap();
    assert!(w.store.session_lost(w.alice).await.unwrap(), "b and c are in doubt");
    assert_eq!(w.missing(5).await, [] as [&str; 0], "nothing tells that they are missing");
    w.acknowledged("d", 6).await;
    w.receipt(&w.bob, "d", 7).await.unwrap();
    // From the archive, behind it.
    w.receipt(&w.bob, "c", 8).await.unwrap();
    assert_eq!(w.missing(9).await, ["b"]);
    assert_eq!(w.waiting().await, ["b"]);
    assert_eq!(
        w.ladder().await,
        ladder(&[("a", "Delivered"), ("b", "Queued"), ("c", "Delivered"), ("d", "Delivered")]),
        "it stays where it was written"
    );
    let again = w.store.mark_acknowledged(w.alice, &id("b"), Some(at(10))).await.unwrap().unwrap();
    assert_eq!(again.delivery, DeliveryState::Sent);
    // Lost again, with nobody who confirms it: once is enough.
    w.store.session_lost(w.alice).await.unwrap();
    w.acknowledged("e", 11).await;
    w.receipt(&w.bob, "e", 12).await.unwrap();
    assert_eq!(w.missing(13).await, [] as [&str; 0]);
    w.receipt(&w.bob, "b", 14).await.unwrap();
    assert!(!w.store.session_lost(w.alice).await.unwrap());
}

#[tokio::test]
async fn only_the_last_minute_of_a_session_is_in_doubt_and_nothing_of_a_closed_one() {
    let w = world().await;
    w.acknowledged("long ago", 1_000).await;
    w.acknowledged("just now", 61_500).await;
    w.store.session_lost(w.alice).await.unwrap();
    w.acknowledged("closed", 70_000).await;
    w.store.session_closed(w.alice).await.unwrap();
    assert!(w.store.session_lost(w.alice).await.unwrap(), "a closed session takes no doubt away");
    w.acknowledged("later", 80_000).await;
    w.receipt(&w.bob, "later", 80_001).await.unwrap();
    assert_eq!(w.missing(90_000).await, ["just now"]);
}

#[tokio::test]
async fn others_prove_nothing_and_what_is_gone_is_not_sent() {
    let w = world().await;
    w.acknowledged("a", 1).await;
    w.acknowledged("b", 2).await;
    w.store.session_lost(w.alice).await.unwrap();
    // Of the session that was lost, and by somebody else.
    w.receipt(&w.bob, "b", 3).await.unwrap();
    assert_eq!(w.missing(4).await, [] as [&str; 0]);
    w.acknowledged("c", 5).await;
    assert_eq!(w.receipt(&jid("eve@example.org"), "c", 6).await, None);
    assert_eq!(w.missing(7).await, [] as [&str; 0]);
    w.store.delete_messages(w.alice, &w.bob, &[id("a")]).await.unwrap();
    w.receipt(&w.bob, "c", 8).await.unwrap();
    assert_eq!(w.missing(9).await, [] as [&str; 0]);
    assert_eq!(w.waiting().await, [] as [&str; 0]);
}

#[tokio::test]
async fn what_is_older_than_a_week_is_let_be() {
    let w = world().await;
    w.acknowledged("a", 1).await;
    w.store.session_lost(w.alice).await.unwrap();
    w.acknowledged("b", 2).await;
    w.receipt(&w.bob, "b", 3).await.unwrap();
    assert_eq!(w.missing(8 * 24 * 3_600_000).await, [] as [&str; 0]);
}

#[tokio::test]
async fn a_restart_changes_nothing() {
    let w = world().await;
    w.acknowledged("a", 1).await;
    let file = w.folder.path().join("confab.db");
    let store = crate::Store::open(&file).await.unwrap();
    let w = World { store, ..w };
    assert!(w.store.session_lost(w.alice).await.unwrap());
    w.acknowledged("b", 2).await;
    w.read(&w.bob, "b", 3).await;
    // The marker says that all before it was read; that is a guess, and no name.
    assert_eq!(w.missing(4).await, ["a"]);
}

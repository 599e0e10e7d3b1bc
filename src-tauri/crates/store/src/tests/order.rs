//! The archive's order is the order of a conversation, whatever the stamps and clocks say.

use super::{World, archived, at, id, incoming, jid, outgoing, world};
use crate::{ArchivePosition, Arrived, ReceivedMessage, Standing};

/// As it comes from the stream, by this device's clock.
fn live(name: &str, ms: i64) -> ReceivedMessage {
    ReceivedMessage { archive_id: Some(format!("A-{name}")), standing: Standing::Last, ..incoming(name, ms) }
}

/// The same while the archive is still being read.
fn early(name: &str, ms: i64) -> ReceivedMessage {
    ReceivedMessage { ahead: true, ..live(name, ms) }
}

/// On a page that is read on.
fn page_of(messages: impl IntoIterator<Item = ReceivedMessage>) -> Vec<Arrived> {
    let on = |message: ReceivedMessage| {
        let id = message.archive_id.clone().unwrap_or_else(|| format!("A-{}", message.id.0));
        Arrived::Message(Box::new(ReceivedMessage { standing: Standing::Behind, ..archived(message, &id) }))
    };
    messages.into_iter().map(on).collect()
}

fn own(name: &str, ms: i64) -> ReceivedMessage {
    ReceivedMessage { archive_id: Some(format!("A-{name}")), ..outgoing(name, ms) }
}

impl World {
    async fn takes(&self, page: &[Arrived]) {
        self.store.take_in(self.alice, page, Some(ArchivePosition::Own("x"))).await.unwrap();
    }

    /// `name@time` of all messages in the conversation with bob, in its order.
    async fn order(&self) -> Vec<String> {
        let page = self.store.messages(self.alice, &self.bob, None, 200).await.unwrap();
        page.messages.iter().map(|message| format!("{}@{}", message.id.0, message.sent_at.0)).collect()
    }
}

#[tokio::test]
async fn what_follows_in_whole_seconds_stands_behind_what_came_live() {
    let w = world().await;
    w.receive(live("a", 5_300)).await;
    w.queue("mine", 6_900).await;
    // Killed here; the archive has these of the same second.
    w.takes(&page_of([incoming("b", 5_000), incoming("c", 5_000), incoming("d", 6_000)])).await;
    // The next page goes on from there.
    w.takes(&page_of([incoming("e", 6_000), incoming("f", 6_000)])).await;
    assert_eq!(w.order().await, ["a@5300", "b@5301", "c@5302", "d@6000", "e@6001", "f@6002", "mine@6900"]);
    // What waits does not move those of others, however late it was written.
    assert_eq!(w.store.message(w.alice, &id("mine")).await.unwrap().unwrap().sent_at, at(6_900));
}

#[tokio::test]
async fn clocks_that_differ_do_not_change_the_order() {
    let w = world().await;
    // This device is 40 s ahead of the server.
    w.receive(live("a", 100_040_000)).await;
    w.takes(&page_of([incoming("b", 100_005_123), incoming("c", 100_006_456)])).await;
    assert_eq!(w.order().await, ["a@100040000", "b@100040000", "c@100040000"]);
    w.receive(live("d", 100_039_000)).await;
    assert_eq!(w.order().await.last().unwrap(), "d@100040000", "a clock that is set back");
    // A day is no difference of clocks, but a wrong one.
    w.takes(&page_of([incoming("e", 13_640_000)])).await;
    assert_eq!(w.order().await[0], "e@13640000");
}

#[tokio::test]
async fn live_ones_take_the_place_that_the_page_gives_them() {
    let w = world().await;
    w.receive(live("a", 5_300)).await;
    // A new session: two come before the page that has them, and what stands before them.
    w.receive(early("d", 9_050)).await;
    w.receive(early("f", 9_060)).await;
    w.receive(early("h", 9_070)).await;
    let page = ["b", "c", "d", "e", "f", "g"].map(|name| match name {
        "d" | "f" => ReceivedMessage { ahead: false, ..live(name, 9_000) },
        "b" | "c" => incoming(name, 5_000),
        _ => incoming(name, 9_000),
    });
    w.takes(&page_of(page)).await;
    // `e` and `g` go between them; `h` is on the next page.
    w.takes(&page_of([live("h", 9_000)])).await;
    w.store.archive_read(w.alice, None).await.unwrap();
    let order = w.order().await;
    let names: Vec<&str> = order.iter().map(|one| one.split('@').next().unwrap()).collect();
    assert_eq!(names, ["a", "b", "c", "d", "e", "f", "g", "h"], "{order:?}");
    assert_eq!(order[1], "b@5301", "live ones ahead of it say nothing about where it stands");
    w.receive(live("i", 9_055)).await;
    assert!(w.order().await.last().unwrap().starts_with("i@"));
}

#[tokio::test]
async fn an_answer_stands_behind_the_own_message_that_it_answers() {
    let w = world().await;
    w.receive(live("a", 5_100)).await;
    w.queue("mine", 5_400).await;
    w.queue("later", 5_800).await;
    w.takes(&page_of([own("mine", 5_000), incoming("answer", 5_000), own("later", 5_000), incoming("end", 5_000)]))
        .await;
    assert_eq!(w.order().await, ["a@5100", "mine@5400", "answer@5401", "later@5800", "end@5801"]);
}

#[tokio::test]
async fn what_the_archive_tells_again_stays() {
    let w = world().await;
    for (name, ms) in [("a", 5_100), ("b", 5_200), ("c", 5_300)] {
        w.receive(live(name, ms)).await;
    }
    w.takes(&page_of([live("a", 5_000), live("b", 5_000), live("c", 5_000), incoming("d", 5_000)])).await;
    assert_eq!(w.order().await, ["a@5100", "b@5200", "c@5300", "d@5301"]);
}

/// The sender was killed before it heard that the server had them, and sent them again.
#[tokio::test]
async fn second_copies_move_nothing() {
    let w = world().await;
    let sent = |name: &str, ms: i64| ReceivedMessage { origin_id: Some(format!("o-{name}")), ..early(name, ms) };
    for (name, ms) in [("a", 5_100), ("b", 5_200), ("c", 5_300)] {
        w.receive(sent(name, ms)).await;
    }
    w.queue("mine", 7_400).await;
    let copy =
        |name: &str| ReceivedMessage { archive_id: Some(format!("B-{name}")), ahead: false, ..sent(name, 7_000) };
    w.takes(&page_of([own("mine", 7_000), copy("a"), copy("b")])).await;
    w.takes(&page_of([copy("c"), incoming("d", 7_000)])).await;
    assert_eq!(w.order().await, ["a@5100", "b@5200", "c@5300", "mine@7400", "d@7401"]);
}

#[tokio::test]
async fn the_newest_page_may_overtake_live_copies() {
    let w = world().await;
    w.receive(early("a", 7_050)).await;
    // Read backwards by whoever opens the conversation: its end has `a`, and `b`, which is still on its way here.
    let page = ["x", "y", "a", "b"].map(|name| {
        let message = ReceivedMessage { ahead: true, ..incoming(name, 7_000) };
        Arrived::Message(Box::new(archived(message, &format!("A-{name}"))))
    });
    w.store.take_in_older(w.alice, &w.bob, &page, None, false).await.unwrap();
    w.receive(early("b", 7_060)).await;
    w.receive(early("c", 7_061)).await;
    let names =
        |order: Vec<String>| order.into_iter().map(|one| one.split('@').next().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(names(w.order().await), ["x", "y", "a", "b", "c"]);
    // The catch-up comes by the same messages, and others before them.
    let page = ["w", "x", "y", "a", "b", "c"].map(|name| live(name, 7_000));
    w.takes(&page_of(page)).await;
    assert_eq!(names(w.order().await), ["w", "x", "y", "a", "b", "c"]);
}

#[tokio::test]
async fn what_came_after_the_newest_page_was_asked_for_stands_behind_it() {
    let w = world().await;
    w.receive(early("before", 6_800)).await;
    w.receive(live("live", 7_050)).await;
    let page = [("x", 6_900), ("y", 7_000)].map(|(name, ms)| {
        let message = ReceivedMessage { ahead: true, ..incoming(name, ms) };
        Arrived::Message(Box::new(archived(message, &format!("A-{name}"))))
    });
    w.store.take_in_older(w.alice, &w.bob, &page, None, false).await.unwrap();
    assert_eq!(w.order().await, ["before@6800", "x@6900", "y@7000", "live@7050"]);
}

#[tokio::test]
async fn a_resumed_stream_brings_stamps_of_whole_seconds() {
    let w = world().await;
    for (name, ms, standing) in [
        ("a", 5_100, Standing::Last),
        ("b", 5_000, Standing::Behind),
        ("c", 5_700, Standing::Last),
        ("d", 5_000, Standing::ByTime),
        ("e", 2_000, Standing::ByTime),
        ("f", 5_650, Standing::ByTime),
    ] {
        w.receive(ReceivedMessage { standing, ..live(name, ms) }).await;
    }
    assert_eq!(w.order().await, ["e@2000", "a@5100", "b@5100", "f@5650", "c@5700", "d@5700"]);
}

#[tokio::test]
async fn groups_have_an_order_of_their_own() {
    let w = world().await;
    let room = jid("room@conference.example.org");
    let in_room = |message: ReceivedMessage| ReceivedMessage {
        conversation: room.clone(),
        kind: confab_model::ConversationKind::Group,
        ..message
    };
    w.receive(in_room(live("a", 5_300))).await;
    w.receive(live("b", 5_400)).await;
    w.receive(in_room(early("d", 8_000))).await;
    let page = page_of([in_room(incoming("c", 5_000)), in_room(live("d", 7_000))]);
    w.store.take_in(w.alice, &page, None).await.unwrap();
    w.store.archive_read(w.alice, Some(&room)).await.unwrap();
    let page = w.store.messages(w.alice, &room, None, 20).await.unwrap();
    let times: Vec<_> = page.messages.iter().map(|message| (message.id.0.as_str(), message.sent_at.0)).collect();
    assert_eq!(times, [("a", 5_300), ("c", 5_301), ("d", 8_000)]);
}

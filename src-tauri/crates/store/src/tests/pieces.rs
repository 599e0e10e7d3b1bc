//! A jump to a date that is older than what is here: the archive around it stands as a piece of its own, with gaps that are
//! filled from both sides.

use super::{World, archived, at, id, incoming, world};
use crate::{Anchor, ArchivePlace, Arrived, Piece, ReceivedMessage, StoredWindow};

fn one(name: &str, ms: i64) -> ReceivedMessage {
    ReceivedMessage { read: true, ..archived(incoming(name, ms), &format!("A-{name}")) }
}

/// `m` and `n` are here.
async fn with_newest() -> World {
    let w = world().await;
    w.store.settle_history(w.alice).await.unwrap();
    w.store.receive(w.alice, &[one("m", 1000), one("n", 1010)], Some("A1010")).await.unwrap();
    w
}

async fn take(w: &World, names: &[(&str, i64)], piece: Piece<'_>) {
    let arrived: Vec<_> = names.iter().map(|(name, ms)| Arrived::Message(Box::new(one(name, *ms)))).collect();
    w.store.take_in_piece(w.alice, &w.bob, Piece { arrived: &arrived, ..piece }).await.unwrap();
}

const AROUND: Piece<'_> = Piece { arrived: &[], behind: None, begins: false, ends: false };

async fn jump(w: &World, ms: i64) -> StoredWindow {
    w.store.messages_around(w.alice, &w.bob, Anchor::Date(at(ms)), 20).await.unwrap()
}

fn names(window: &StoredWindow) -> String {
    window.messages.iter().map(|message| message.id.0.as_str()).collect::<Vec<_>>().join(" ")
}

/// What is on screen when somebody scrolls from the newest message back to the next gap.
async fn newest(w: &World) -> (String, bool) {
    let page = w.store.messages(w.alice, &w.bob, None, 50).await.unwrap();
    let names: Vec<_> = page.messages.iter().map(|message| message.id.0.clone()).collect();
    (names.join(" "), page.history_complete)
}

#[tokio::test]
async fn a_date_before_what_is_here_is_uncertain_and_one_within_is_not() {
    let w = with_newest().await;
    assert!(jump(&w, 500).await.gap_at_date);
    assert!(jump(&w, 1000).await.gap_at_date, "there may be another one of that time before it");
    assert!(!jump(&w, 1005).await.gap_at_date);
    assert!(!jump(&w, 9999).await.gap_at_date, "later than everything");
    w.store.receive_older(w.alice, &w.bob, &[], Some(at(1000)), true).await.unwrap();
    assert!(!jump(&w, 500).await.gap_at_date, "nothing is older");
}

#[tokio::test]
async fn a_piece_stands_alone_until_it_is_met_from_behind() {
    let w = with_newest().await;
    take(&w, &[("c", 490), ("d", 500), ("e", 510)], AROUND).await;
    let window = jump(&w, 500).await;
    assert_eq!(names(&window), "c d e");
    assert_eq!((window.anchor, window.older, window.newer, window.gap_after), (Some(id("d")), false, true, true));
    assert!(!window.gap_at_date, "the second jump asks nobody");
    let window = jump(&w, 600).await;
    assert_eq!((names(&window), window.gap_at_date, window.before_gap), ("m n".to_owned(), true, Some(id("e"))));
    assert_eq!(newest(&w).await, ("m n".to_owned(), false), "and nothing stands directly before the newest");
    // On from its end: the gap moves.
    let place = w.store.archive_place(w.alice, &w.bob, &id("e")).await.unwrap();
    assert_eq!(place, Some(ArchivePlace { archive_id: Some("A-e".into()), sent_at: at(510) }));
    take(&w, &[("f", 520), ("g", 530)], Piece { behind: Some(&id("e")), ..AROUND }).await;
    let window = jump(&w, 500).await;
    assert_eq!((names(&window), window.gap_after), ("c d e f g".to_owned(), true));
    // It meets what was here.
    take(&w, &[("h", 540), ("m", 1000)], Piece { behind: Some(&id("g")), ..AROUND }).await;
    let window = jump(&w, 500).await;
    assert_eq!((names(&window), window.newer), ("c d e f g h m n".to_owned(), false));
    assert_eq!(newest(&w).await, ("c d e f g h m n".to_owned(), false));
}

#[tokio::test]
async fn a_piece_is_met_from_ahead() {
    let w = with_newest().await;
    take(&w, &[("d", 500), ("e", 510)], AROUND).await;
    w.store.receive_older(w.alice, &w.bob, &[one("e", 510), one("k", 900)], Some(at(1000)), false).await.unwrap();
    assert_eq!(newest(&w).await, ("d e k m n".to_owned(), false));
}

#[tokio::test]
async fn several_pieces_keep_their_gaps_and_one_over_all_closes_them() {
    let w = with_newest().await;
    take(&w, &[("d", 500)], AROUND).await;
    take(&w, &[("a", 100)], Piece { begins: true, ..AROUND }).await;
    let gaps = async || -> Vec<i64> {
        sqlx::query_scalar("SELECT before_ms FROM gaps ORDER BY before_ms").fetch_all(&w.store.readers).await.unwrap()
    };
    assert_eq!(gaps().await, [100, 500]);
    assert_eq!((names(&jump(&w, 0).await), jump(&w, 0).await.gap_at_date), ("a".to_owned(), false));
    assert!(jump(&w, 300).await.gap_at_date, "between two pieces");
    take(&w, &[("a", 100), ("b", 200), ("d", 500), ("m", 1000)], AROUND).await;
    assert_eq!(gaps().await, [0_i64; 0]);
    assert_eq!(newest(&w).await, ("a b d m n".to_owned(), true));
}

#[tokio::test]
async fn the_end_of_the_archive_closes_the_gap_behind_a_message() {
    let w = with_newest().await;
    take(&w, &[("d", 500)], AROUND).await;
    // Everything behind it was deleted on the server.
    take(&w, &[], Piece { behind: Some(&id("d")), ends: true, ..AROUND }).await;
    assert_eq!(newest(&w).await, ("d m n".to_owned(), false));
}

#[tokio::test]
async fn whole_seconds_do_not_turn_the_order() {
    let w = with_newest().await;
    take(&w, &[("x", 2000), ("y", 2000), ("z", 2000)], Piece { behind: Some(&id("n")), ends: true, ..AROUND }).await;
    take(&w, &[("p", 1500), ("q", 1500)], Piece { behind: Some(&id("z")), ends: true, ..AROUND }).await;
    assert_eq!(newest(&w).await.0, "m n x y z p q");
}

#[tokio::test]
async fn what_stands_before_a_message_of_the_same_second_stays_before_it() {
    let w = with_newest().await;
    take(&w, &[("k", 999), ("l", 1000), ("m", 1000)], AROUND).await;
    assert_eq!(newest(&w).await.0, "k l m n");
}

/// Of one second: `x`, `y`, `z` are here, and what stands before them is read in two steps.
#[tokio::test]
async fn what_is_read_before_others_of_its_second_stays_before_them() {
    let w = with_newest().await;
    for name in ["x", "y", "z"] {
        w.store.receive(w.alice, &[one(name, 2000)], None).await.unwrap();
    }
    w.store.receive(w.alice, &[one("end", 2003)], None).await.unwrap();
    take(&w, &[("p", 2000)], Piece { behind: Some(&id("n")), ..AROUND }).await;
    let piece = [("q", 2000), ("r", 2000), ("x", 2000), ("y", 2000)];
    take(&w, &piece, Piece { behind: Some(&id("p")), ..AROUND }).await;
    let page = w.store.messages(w.alice, &w.bob, None, 50).await.unwrap();
    let order: Vec<_> = page.messages.iter().map(|message| format!("{}@{}", message.id.0, message.sent_at.0)).collect();
    assert_eq!(order, ["m@1000", "n@1010", "p@1999", "q@1999", "r@1999", "x@2000", "y@2000", "z@2000", "end@2003"]);
    // The next step begins with what is here.
    let w = with_newest().await;
    w.store.receive(w.alice, &[one("x", 2000), one("y", 2000)], None).await.unwrap();
    take(&w, &[("p", 2000)], Piece { behind: Some(&id("n")), ..AROUND }).await;
    take(&w, &[("x", 2000), ("y", 2000)], Piece { behind: Some(&id("p")), ends: true, ..AROUND }).await;
    assert_eq!(newest(&w).await.0, "m n p x y");
}

#[tokio::test]
async fn those_behind_move_where_there_is_no_room() {
    let w = with_newest().await;
    for (name, ms) in [("a", 2000), ("x", 2000), ("y", 2001), ("z", 2001), ("end", 2007)] {
        w.store.receive(w.alice, &[one(name, ms)], None).await.unwrap();
    }
    let names: Vec<String> = (0..300).map(|number| format!("more {number}")).collect();
    for name in &names {
        w.store.receive(w.alice, &[one(name, 2003)], None).await.unwrap();
    }
    // A gap behind `z`, and all up to `x` is displayed.
    sqlx::query("INSERT INTO gaps SELECT conversation_id, sent_ms, id FROM messages WHERE uid = 'z'")
        .execute(&w.store.writer)
        .await
        .unwrap();
    let piece = [("a", 2000), ("b", 2000), ("c", 2000), ("x", 2000)];
    take(&w, &piece, Piece { behind: Some(&id("n")), ..AROUND }).await;
    let mut order = w.store.messages_after(w.alice, &w.bob, Some(&id("n")), 400).await.unwrap();
    let shown = |order: &StoredWindow| -> Vec<String> {
        order.messages.iter().map(|message| format!("{}@{}", message.id.0, message.sent_at.0)).collect()
    };
    assert_eq!(shown(&order), ["a@2000", "b@2000", "c@2000", "x@2001", "y@2001", "z@2001"]);
    assert!(order.gap_after, "the gap is still behind z");
    // Before `y`, once more: now `z` moves, and its gap with it.
    take(&w, &[("x", 2000), ("v", 2000), ("y", 2000)], Piece { behind: Some(&id("c")), ..AROUND }).await;
    order = w.store.messages_after(w.alice, &w.bob, Some(&id("n")), 400).await.unwrap();
    assert_eq!(shown(&order), ["a@2000", "b@2000", "c@2000", "x@2001", "v@2001", "y@2002", "z@2002"]);
    assert!(order.gap_after);
    let found = w.store.search(w.alice, "z", None, None, 5).await.unwrap();
    assert_eq!(found.iter().map(|message| message.sent_at.0).collect::<Vec<_>>(), [2002], "it is found there");
    let page = w.store.messages(w.alice, &w.bob, None, 400).await.unwrap();
    assert_eq!(page.messages.len(), 301, "what is behind the gap stayed");
}

#[tokio::test]
async fn older_pages_of_the_same_second_meet_what_is_before_the_gap() {
    let w = with_newest().await;
    take(&w, &[("c", 500), ("d", 500)], AROUND).await;
    let page = [one("d", 500), one("e", 500), one("f", 500)];
    w.store.receive_older(w.alice, &w.bob, &page, Some(at(1000)), false).await.unwrap();
    assert_eq!(newest(&w).await.0, "c d e f m n");
    let w = with_newest().await;
    w.store.receive(w.alice, &[one("x", 500), one("y", 500)], None).await.unwrap();
    let page = [one("x", 500), one("b", 500), one("y", 500)];
    w.store.receive_older(w.alice, &w.bob, &page, Some(at(1000)), false).await.unwrap();
    assert_eq!(newest(&w).await.0, "x b y m n");
}

/// Written here while the clock was eight hours slow: where it stands says nothing of the others.
#[tokio::test]
async fn an_own_message_with_a_wrong_clock_moves_nobody() {
    const HOUR: i64 = 3_600_000;
    let own = |ms| ReceivedMessage { direction: confab_model::Direction::Outgoing, ..one("own", ms) };
    let w = with_newest().await;
    w.store.receive(w.alice, &[own(10 * HOUR)], None).await.unwrap();
    let page = [one("a", 16 * HOUR), own(18 * HOUR), one("b", 19 * HOUR)];
    w.store.receive_older(w.alice, &w.bob, &page, Some(at(20 * HOUR)), false).await.unwrap();
    let shown = w.store.messages_after(w.alice, &w.bob, Some(&id("n")), 20).await.unwrap();
    let times: Vec<_> = shown.messages.iter().map(|message| message.sent_at.0 / HOUR).collect();
    assert_eq!((names(&shown).as_str(), times), ("s-own a b", vec![10, 16, 19]));
}

#[tokio::test]
async fn a_gap_within_a_second_is_met_and_closed() {
    let w = world().await;
    w.store.settle_history(w.alice).await.unwrap();
    take(&w, &[("g", 2000)], AROUND).await;
    take(&w, &[("r", 2000), ("s", 2000)], Piece { ends: true, ..AROUND }).await;
    // The two pieces are of one second; what is between them is read before the newer one.
    assert_eq!(newest(&w).await.0, "r s");
    let page = [one("g", 2000), one("h", 2000)];
    w.store.receive_older(w.alice, &w.bob, &page, Some(at(2000)), false).await.unwrap();
    assert_eq!(newest(&w).await.0, "g h r s");
}

#[tokio::test]
async fn a_piece_that_begins_within_a_second_stands_behind_the_one_before() {
    let w = world().await;
    take(&w, &[("d", 500), ("e", 2000)], Piece { begins: true, ..AROUND }).await;
    take(&w, &[("f", 2000), ("y", 3000)], AROUND).await;
    take(&w, &[("e", 2000), ("f", 2000)], AROUND).await;
    let window = jump(&w, 2000).await;
    assert!(names(&window).contains("e f y"), "{}", names(&window));
}

#[tokio::test]
async fn an_empty_conversation_is_read_around_a_date() {
    let w = world().await;
    w.store.open_conversation(w.alice, &w.bob, at(1)).await.unwrap();
    assert!(jump(&w, 500).await.gap_at_date);
    take(&w, &[("d", 500), ("e", 510)], AROUND).await;
    w.store.receive(w.alice, &[one("z", 2000)], None).await.unwrap();
    assert_eq!(newest(&w).await, ("z".to_owned(), false));
    let window = jump(&w, 500).await;
    assert_eq!((names(&window), window.gap_after), ("d e".to_owned(), true));
}

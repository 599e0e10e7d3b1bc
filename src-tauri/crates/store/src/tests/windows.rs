//! Jumps to a message and to a date, the way towards the newest, and a search with all its filters.

use confab_model::{Composed, Location, MessageBody, SharedFile};

use super::{World, archived, at, id, incoming, jid, outgoing, world};
use crate::{Anchor, ReceivedMessage, SearchDirection, SearchKind, SearchQuery, StoredWindow};

fn names(window: &StoredWindow) -> (String, Option<&str>, bool, bool, bool) {
    let all: Vec<_> = window.messages.iter().map(|message| message.id.0.as_str()).collect();
    let anchor = window.anchor.as_ref().map(|id| id.0.as_str());
    (all.join(" "), anchor, window.older, window.newer, window.gap_after)
}

async fn around(w: &World, anchor: Anchor<'_>, limit: u32) -> StoredWindow {
    w.store.messages_around(w.alice, &w.bob, anchor, limit).await.unwrap()
}

async fn after(w: &World, name: Option<&str>, limit: u32) -> StoredWindow {
    w.store.messages_after(w.alice, &w.bob, name.map(id).as_ref(), limit).await.unwrap()
}

/// `a` … `j` at 10, 20 … 100.
async fn ten() -> World {
    let w = world().await;
    for (n, name) in (1..=10).zip("abcdefghij".chars()) {
        w.receive(archived(incoming(&name.to_string(), n * 10), &format!("A{n}"))).await;
    }
    w
}

#[tokio::test]
async fn a_jump_shows_both_sides() {
    let w = ten().await;
    let e = id("e");
    assert_eq!(names(&around(&w, Anchor::Message(&e), 4).await), ("c d e f".into(), Some("e"), true, true, false));
    assert_eq!(
        names(&around(&w, Anchor::Message(&e), 100).await),
        ("a b c d e f g h i j".into(), Some("e"), false, false, false)
    );
    assert_eq!(names(&around(&w, Anchor::Date(at(41)), 2).await), ("d e".into(), Some("e"), true, true, false));
    assert_eq!(names(&around(&w, Anchor::Date(at(0)), 2).await), ("a".into(), Some("a"), false, true, false));
    assert_eq!(names(&around(&w, Anchor::Date(at(999)), 2).await), ("i j".into(), Some("j"), true, false, false));
    let nothing = id("nothing");
    assert_eq!(around(&w, Anchor::Message(&nothing), 4).await, StoredWindow::default());
    let nobody = w.store.messages_around(w.alice, &jid("x@example.org"), Anchor::Date(at(0)), 4).await.unwrap();
    assert_eq!(nobody, StoredWindow::default());
}

#[tokio::test]
async fn the_way_to_the_newest_meets_every_message_once() {
    let w = ten().await;
    let mut seen = Vec::new();
    let mut last: Option<String> = None;
    loop {
        let window = after(&w, last.as_deref(), 3).await;
        seen.extend(window.messages.iter().map(|message| message.id.0.clone()));
        last = seen.last().cloned();
        if !window.newer {
            break;
        }
    }
    assert_eq!(seen.concat(), "abcdefghij");
}

#[tokio::test]
async fn a_window_ends_at_a_gap_and_tells_it() {
    let w = ten().await;
    w.store.note_gap(w.alice).await.unwrap();
    w.receive(archived(incoming("x", 200), "A20")).await;
    w.receive(archived(incoming("y", 210), "A21")).await;
    let (i, x) = (id("i"), id("x"));
    assert_eq!(names(&around(&w, Anchor::Message(&i), 6).await), ("f g h i j".into(), Some("i"), true, true, true));
    assert_eq!(names(&around(&w, Anchor::Message(&x), 6).await), ("x y".into(), Some("x"), false, false, false));
    assert_eq!(names(&after(&w, Some("h"), 9).await), ("i j".into(), None, true, true, true));
    assert_eq!(names(&after(&w, Some("j"), 9).await), ("x y".into(), None, true, false, false));
}

fn file(name: &str, media_type: &str, voice: bool) -> Composed {
    let file = SharedFile {
        name: name.to_owned(),
        media_type: media_type.to_owned(),
        size: None,
        urls: vec!["https://example.org/f".to_owned().into()],
        sha256: None,
        width: 0,
        height: 0,
        duration_ms: 0,
        voice: voice.then(|| vec![1]),
        thumbnail: None,
    };
    Composed::of(MessageBody::File { file: Box::new(file), caption: "caption".to_owned().into() })
}

#[tokio::test]
async fn a_search_has_a_time_a_direction_kinds_and_a_sender() {
    let w = world().await;
    let place = Location { latitude: 1.0, longitude: 2.0, address: "Alexanderplatz".into() };
    let contents = [
        ("text", Composed::text("report 会")),
        ("image", file("report.png", "image/png", false)),
        ("vectors", file("report.svg", "image/svg+xml", false)),
        ("voice", file("v.ogg", "audio/ogg", true)),
        ("audio", file("song.ogg", "audio/ogg", false)),
        ("place", Composed::of(MessageBody::Location(place))),
        ("custom", Composed::of(MessageBody::Custom("report".to_owned().into()))),
    ];
    for (n, (name, content)) in (1..).zip(contents) {
        w.receive(ReceivedMessage { content, ..incoming(name, n * 10) }).await;
    }
    w.receive(ReceivedMessage { content: Composed::text("my report"), ..outgoing("mine", 80) }).await;
    let found = async |query: SearchQuery| {
        let query = SearchQuery { limit: if query.limit == 0 { 99 } else { query.limit }, ..query };
        let found = w.store.find(w.alice, &query).await.unwrap();
        found.into_iter().map(|message| message.id.0).collect::<Vec<_>>().join(" ")
    };
    let words = |text: &str| SearchQuery { text: text.to_owned(), ..SearchQuery::default() };
    assert_eq!(found(words("report")).await, "mine custom vectors image text");
    assert_eq!(found(words("caption ogg")).await, "audio voice");
    assert_eq!(found(words("alex")).await, "place");
    assert_eq!(found(words("会")).await, "text");
    let newer = SearchQuery { direction: SearchDirection::Newer, ..words("report") };
    assert_eq!(found(newer.clone()).await, "text image vectors custom mine");
    assert_eq!(found(SearchQuery { from: Some(at(30)), limit: 2, ..newer.clone() }).await, "vectors custom");
    assert_eq!(found(SearchQuery { from: Some(at(30)), beyond: Some(id("vectors")), ..newer }).await, "custom mine");
    assert_eq!(found(SearchQuery { from: Some(at(30)), ..words("report") }).await, "vectors image text");
    assert_eq!(found(SearchQuery { from: Some(at(29)), ..words("report") }).await, "image text");
    let kinds = |text: &str, kinds: &[SearchKind]| SearchQuery { kinds: kinds.to_vec(), ..words(text) };
    assert_eq!(found(kinds("report", &[SearchKind::Text])).await, "mine text");
    assert_eq!(found(kinds("report", &[SearchKind::File, SearchKind::Image])).await, "vectors image");
    assert_eq!(found(kinds("", &[SearchKind::Voice, SearchKind::Audio])).await, "audio voice", "all clips");
    assert_eq!(found(kinds("", &[SearchKind::Location])).await, "place");
    let of = |who: &str| SearchQuery {
        sender: Some(confab_model::Sender::person(jid(who))),
        conversation: Some(w.bob.clone()),
        ..words("report")
    };
    assert_eq!(found(of("alice@example.org")).await, "mine");
    assert_eq!(found(of("bob@example.org")).await, "custom vectors image text");
    assert_eq!(found(of("carol@example.org")).await, "");
    assert_eq!(found(SearchQuery { conversation: Some(w.bob.clone()), limit: 2, ..words("") }).await, "mine custom");
    for nothing in [words(""), words(" \u{200d}"), SearchQuery { beyond: Some(id("nothing")), ..words("report") }] {
        assert_eq!(found(nothing).await, "");
    }
    let hostile = SearchQuery { conversation: Some(w.bob.clone()), ..words("a\" OR \"report) AND (") };
    found(hostile).await;
}

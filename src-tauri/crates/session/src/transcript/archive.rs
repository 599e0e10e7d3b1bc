//! Catch-up and older pages (0313).

use confab_model::BareJid;

use super::*;
use crate::{ArchivePage, ArchiveSpan, MessageSource, Receipt, RequestError};

const OFFERS: Offers = Offers { stream_management: false, roster_versions: false, archive: true };

fn bob() -> BareJid {
    "bob@example.org".parse().unwrap()
}

fn query(filter: &str, range: &str) -> String {
    format!(
        "<iq type='set' id='{{iq}}'><query xmlns='urn:xmpp:mam:2' queryid='{{q}}'><x xmlns='jabber:x:data' \
         type='submit'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field>{filter}</x>\
         <set xmlns='http://jabber.org/protocol/rsm'><max>100</max>{range}</set></query></iq>"
    )
}

fn result(id: &str, text: &str) -> String {
    format!(
        "<message from='me@example.org'><result xmlns='urn:xmpp:mam:2' queryid='{{q}}' id='{id}'>\
         <forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-01-01T00:00:00Z'/>\
         <message xmlns='jabber:client' type='chat' from='bob@example.org/x' to='me@example.org' id='m-{id}'>\
         <body>{text}</body><request xmlns='urn:xmpp:receipts'/></message></forwarded></result></message>"
    )
}

fn live(id: &str) -> String {
    format!(
        "<message type='chat' from='bob@example.org/x' id='m-{id}'><body>{id}</body>\
         <stanza-id xmlns='urn:xmpp:sid:0' by='me@example.org' id='{id}'/></message>"
    )
}

fn fin(complete: bool, first: &str, last: &str) -> String {
    let complete = if complete { "complete='true'" } else { "" };
    let page = if last.is_empty() { String::new() } else { format!("<first>{first}</first><last>{last}</last>") };
    format!(
        "<iq type='result' id='{{iq}}'><fin xmlns='urn:xmpp:mam:2' {complete}>\
         <set xmlns='http://jabber.org/protocol/rsm'>{page}</set></fin></iq>"
    )
}

impl Transcript {
    fn next_query(&mut self) {
        self.captured.remove("iq");
        self.captured.remove("q");
    }

    async fn archived(&mut self, archive_id: &str) {
        self.archived_at(archive_id, Timestamp(1_767_225_600_000)).await;
    }

    async fn archived_at(&mut self, archive_id: &str, sent_at: Timestamp) {
        match self.event().await {
            SessionEvent::MessageReceived(message) => {
                assert_eq!(message.archive_id.as_deref(), Some(archive_id));
                assert_eq!(message.source, MessageSource::Archive);
                assert_eq!(message.sent_at, sent_at);
            }
            other => panic!("unexpected event {other:?}"),
        }
    }

    /// A live message; whether it says nothing about where it stands.
    async fn came_live(&mut self, id: &str) -> bool {
        match self.event().await {
            SessionEvent::MessageReceived(message) => {
                assert_eq!((message.archive_id.as_deref(), message.source), (Some(id), MessageSource::Live));
                message.ahead
            }
            other => panic!("unexpected event {other:?}"),
        }
    }

    async fn reached(&mut self, id: &str) {
        assert_eq!(self.event().await, SessionEvent::ArchiveReached { id: id.to_owned() });
    }
}

#[tokio::test(start_paused = true)]
async fn catch_up_goes_on_from_the_last_id_page_by_page() {
    let mut config = config();
    config.last_archive_id = Some("a0".to_owned());
    let mut t = Transcript::online(config, OFFERS).await;
    t.recv(&query("", "<after>a0</after>")).await;
    t.send(&result("a1", "one")).await;
    t.send(&result("a2", "two")).await;
    t.send(&fin(false, "a1", "a2")).await;
    t.archived("a1").await;
    t.archived("a2").await;
    t.reached("a2").await;
    t.next_query();
    t.recv(&query("", "<after>a2</after>")).await;
    // Live, in the middle of the catch-up: told at once, but the position stays behind it.
    t.send(
        "<message type='chat' from='bob@example.org/x' id='l'><body>live</body>\
         <stanza-id xmlns='urn:xmpp:sid:0' by='me@example.org' id='a4'/></message>",
    )
    .await;
    t.event_matching(|event| matches!(event, SessionEvent::MessageReceived(m) if m.source == MessageSource::Live))
        .await;
    t.send(&result("a3", "three")).await;
    t.send(&fin(true, "a3", "a3")).await;
    t.archived("a3").await;
    t.reached("a3").await;
    t.reached("a4").await;
    t.connected(ConnectionState::Online { catching_up: false }).await;
    t.end().await;
}

/// What the server kept for a stream that was cut may come behind what is newer. The archive is asked which is which, and nobody
/// sees that.
#[tokio::test(start_paused = true)]
async fn a_resumed_stream_has_its_place_told_by_the_archive() {
    let offers = Offers { stream_management: true, ..OFFERS };
    let mut config = config();
    config.last_archive_id = Some("a0".to_owned());
    let mut t = Transcript::online(config, offers).await;
    t.recv(&query("", "<after>a0</after>")).await;
    t.send(&fin(true, "", "")).await;
    t.connected(ConnectionState::Online { catching_up: false }).await;
    t.send(&live("a1")).await;
    assert!(!t.came_live("a1").await);
    t.reached("a1").await;

    t.cut();
    t.event_matching(|event| matches!(event, SessionEvent::ConnectionChanged(ConnectionState::Waiting { .. }))).await;
    t.connected(ConnectionState::Connecting).await;
    t.accept(offers).await;
    assert!(t.next_element().await.is("resume", "urn:xmpp:sm:3"));
    t.send("<resumed xmlns='urn:xmpp:sm:3' h='6' previd='sm1'/>").await;
    t.connected(ConnectionState::Online { catching_up: false }).await;
    t.event_matching(|event| matches!(event, SessionEvent::Online { resumed: true, .. })).await;
    t.next_query();
    t.recv(&query("", "<after>a1</after>")).await;
    for id in ["a3", "a2"] {
        t.send(&live(id)).await;
        assert!(t.came_live(id).await, "nothing is known of its place");
    }
    for id in ["a2", "a3"] {
        t.send(&result(id, id)).await;
    }
    t.send(&fin(true, "a2", "a3")).await;
    t.archived("a2").await;
    t.archived("a3").await;
    t.reached("a3").await;
    t.connected(ConnectionState::Online { catching_up: false }).await;
    t.send(&live("a4")).await;
    assert!(!t.came_live("a4").await);
    t.reached("a4").await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn an_empty_catch_up_ends_at_once() {
    let mut config = config();
    config.last_archive_id = Some("a0".to_owned());
    let mut t = Transcript::online(config, OFFERS).await;
    t.recv(&query("", "<after>a0</after>")).await;
    t.send(&fin(true, "", "")).await;
    t.connected(ConnectionState::Online { catching_up: false }).await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_new_device_reads_back_and_ends_at_the_newest() {
    let mut config = config();
    config.catch_up_since = Some(Timestamp(0));
    let mut t = Transcript::online(config, OFFERS).await;
    let since = "<field var='start'><value>1970-01-01T00:00:00.000Z</value></field>";
    t.recv(&query(since, "<before/>")).await;
    t.send(&result("a8", "eight")).await;
    t.send(&result("a9", "nine")).await;
    t.send(&fin(false, "a8", "a9")).await;
    t.archived("a8").await;
    t.archived("a9").await;
    t.next_query();
    t.recv(&query(since, "<before>a8</before>")).await;
    t.send(&result("a7", "seven")).await;
    t.send(&fin(true, "a7", "a7")).await;
    // The same second as the page after it, and still before it.
    t.archived_at("a7", Timestamp(1_767_225_599_999)).await;
    t.reached("a9").await;
    t.connected(ConnectionState::Online { catching_up: false }).await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn an_id_that_the_server_forgot_is_a_gap() {
    let mut config = config();
    config.last_archive_id = Some("old".to_owned());
    let mut t = Transcript::online(config, OFFERS).await;
    t.recv(&query("", "<after>old</after>")).await;
    t.send(
        "<iq type='error' id='{iq}'><error type='cancel'>\
         <item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
    )
    .await;
    assert_eq!(t.event().await, SessionEvent::ArchiveGap);
    t.next_query();
    t.recv(&query("", "<before/>")).await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_page_that_does_not_come_is_asked_for_again() {
    let mut config = config();
    config.last_archive_id = Some("a0".to_owned());
    let mut t = Transcript::online(config, OFFERS).await;
    t.recv(&query("", "<after>a0</after>")).await;
    t.send(
        "<iq type='error' id='{iq}'><error type='wait'>\
         <internal-server-error xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
    )
    .await;
    t.next_query();
    // Live ids do not move the position past what is missing.
    t.send(
        "<message type='chat' from='bob@example.org/x' id='l'><body>live</body>\
         <stanza-id xmlns='urn:xmpp:sid:0' by='me@example.org' id='a4'/></message>",
    )
    .await;
    t.event_matching(|event| matches!(event, SessionEvent::MessageReceived(_))).await;
    let before = tokio::time::Instant::now();
    t.recv(&query("", "<after>a0</after>")).await;
    assert!((19..=20).contains(&before.elapsed().as_secs()));
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn forged_results_are_dropped() {
    let mut config = config();
    config.last_archive_id = Some("a0".to_owned());
    let mut t = Transcript::online(config, OFFERS).await;
    t.recv(&query("", "<after>a0</after>")).await;
    for from in ["eve@example.net", "bob@example.org/x", "me@example.org/other", "example.org"] {
        t.send(&result("a1", "forged").replace("from='me@example.org'", &format!("from='{from}'"))).await;
    }
    t.send(&result("a1", "unasked").replace("{q}", "other")).await;
    t.send(&fin(true, "", "")).await;
    t.connected(ConnectionState::Online { catching_up: false }).await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn contacts_are_told_that_caught_up_messages_arrived() {
    let mut config = config();
    config.last_archive_id = Some("a0".to_owned());
    let mut t = Transcript::online(config, OFFERS).await;
    t.recv(&query("", "<after>a0</after>")).await;
    t.send(
        "<iq type='set' id='p'><query xmlns='jabber:iq:roster'><item jid='bob@example.org' subscription='both'/>\
         </query></iq>",
    )
    .await;
    t.recv("<iq type='result' id='p'/>").await;
    t.event_matching(|event| matches!(event, SessionEvent::ContactChanged { .. })).await;
    t.send(&result("a1", "one")).await;
    t.send(&fin(true, "a1", "a1")).await;
    let receipt = Receipt { to: "bob@example.org/x".parse().unwrap(), message: "m-a1".into() };
    t.event_matching(
        |event| matches!(event, SessionEvent::MessageReceived(message) if message.receipt.as_ref() == Some(&receipt)),
    )
    .await;
    t.reached("a1").await;
    t.connected(ConnectionState::Online { catching_up: false }).await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn older_pages_of_a_conversation_come_on_demand() {
    let mut t = Transcript::online(config(), OFFERS).await;
    t.recv(&query("", "<before/>")).await;
    t.send(&fin(true, "", "")).await;
    t.connected(ConnectionState::Online { catching_up: false }).await;
    t.next_query();
    let handle = t.handle.clone();
    let page = tokio::spawn(async move { handle.older_messages(bob(), Some("a5".to_owned())).await });
    t.recv(&query("<field var='with'><value>bob@example.org</value></field>", "<before>a5</before>")).await;
    t.send(&result("a3", "three")).await;
    t.send(&result("a4", "four")).await;
    t.send(&fin(false, "a3", "a4")).await;
    // Too few: the next older page is asked for at once.
    t.next_query();
    t.recv(&query("<field var='with'><value>bob@example.org</value></field>", "<before>a3</before>")).await;
    t.send(&result("a2", "two")).await;
    t.send(&fin(true, "a2", "a2")).await;
    let page = page.await.unwrap().unwrap();
    let ids: Vec<Option<&str>> = page.messages.iter().map(|message| message.archive_id.as_deref()).collect();
    assert_eq!(ids, [Some("a2"), Some("a3"), Some("a4")]);
    assert_eq!((page.first.as_deref(), page.complete), (Some("a2"), true));
    t.end().await;
}

/// The ids of a page, in its order; its ends, and whether there is more.
fn ids(page: &ArchivePage) -> (Vec<&str>, Option<&str>, Option<&str>, bool) {
    let ids = page.messages.iter().filter_map(|message| message.archive_id.as_deref()).collect();
    (ids, page.first.as_deref(), page.last.as_deref(), page.complete)
}

#[tokio::test(start_paused = true)]
async fn a_part_around_a_time_and_what_follows_it_come_on_demand() {
    let mut t = Transcript::online(config(), OFFERS).await;
    t.recv(&query("", "<before/>")).await;
    t.send(&fin(true, "", "")).await;
    t.connected(ConnectionState::Online { catching_up: false }).await;
    t.next_query();
    let with = "<field var='with'><value>bob@example.org</value></field>";
    let start = format!("{with}<field var='start'><value>2026-01-01T00:00:00.500Z</value></field>");
    let at = Timestamp(1_767_225_600_500);
    let ask = |span: ArchiveSpan| {
        let handle = t.handle.clone();
        tokio::spawn(async move { handle.archive_page(bob(), span).await })
    };
    let since = ask(ArchiveSpan::Since(at));
    t.recv(&query(&start, "")).await;
    t.send(&result("a5", "five")).await;
    t.send(&fin(false, "a5", "a6")).await;
    // On from its last result, which was no message.
    t.next_query();
    t.recv(&query(&start, "<after>a6</after>")).await;
    t.send(&result("a7", "seven")).await;
    t.send(&fin(true, "a7", "a7")).await;
    assert_eq!(ids(&since.await.unwrap().unwrap()), (vec!["a5", "a7"], Some("a5"), Some("a7"), true));
    t.next_query();
    let handle = t.handle.clone();
    let before = ArchiveSpan::Before(Some("a5".to_owned()));
    let before = tokio::spawn(async move { handle.archive_page(bob(), before).await });
    t.recv(&query(with, "<before>a5</before>")).await;
    t.send(&result("a4", "four")).await;
    t.send(&fin(false, "a4", "a4")).await;
    t.next_query();
    t.recv(&query(with, "<before>a4</before>")).await;
    t.send(&result("a3", "three")).await;
    // A server that does not move is not asked for ever.
    t.send(&fin(false, "a4", "a4")).await;
    assert_eq!(ids(&before.await.unwrap().unwrap()), (vec!["a3", "a4"], Some("a4"), Some("a4"), true));
    t.next_query();
    let handle = t.handle.clone();
    let after = tokio::spawn(async move { handle.archive_page(bob(), ArchiveSpan::After("a7".to_owned())).await });
    t.recv(&query(with, "<after>a7</after>")).await;
    t.send(&fin(true, "", "")).await;
    assert_eq!(ids(&after.await.unwrap().unwrap()), (vec![], None, None, true));
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn without_an_archive_older_pages_are_refused() {
    let t = Transcript::online(config(), Offers::default()).await;
    let error = t.handle.older_messages(bob(), None).await.unwrap_err();
    assert_eq!(error, RequestError::Unsupported("urn:xmpp:mam:2"));
}

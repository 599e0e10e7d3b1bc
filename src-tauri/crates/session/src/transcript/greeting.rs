//! The questions of a new session, when answers come late or not at all.

use confab_model::SignInFailure;

use super::*;

const SM: Offers = Offers { stream_management: true, roster_versions: false, archive: true };
const PLAIN: Offers = Offers { stream_management: false, roster_versions: false, archive: true };
const ROSTER: &str = "<query xmlns='jabber:iq:roster'/>";

impl Transcript {
    /// Online, and asked what a new session asks.
    async fn begun(offers: Offers, further: Vec<Attempt>) -> Self {
        let attempts = std::iter::once(Attempt::Succeed).chain(further).collect();
        let mut config = config();
        config.last_archive_id = Some("a0".to_owned());
        let mut t = Self::start_with(config, Codecs::default(), attempts);
        t.connected(ConnectionState::Connecting).await;
        t.accept(offers).await;
        t.bind(offers).await;
        t.online_again(false).await;
        t.asked(offers).await;
        t
    }

    async fn online_again(&mut self, resumed: bool) {
        self.connected(ConnectionState::Online { catching_up: true }).await;
        self.event_matching(|event| matches!(event, SessionEvent::Online { resumed: how, .. } if *how == resumed))
            .await;
    }

    async fn waiting_for(&mut self, pauses: usize) {
        for _ in 0..pauses {
            self.event_matching(|event| {
                matches!(event, SessionEvent::ConnectionChanged(ConnectionState::Waiting { .. }))
            })
            .await;
            self.connected(ConnectionState::Connecting).await;
        }
    }

    /// The next thing that is sent asks the archive for what came after this id.
    async fn page_asked(&mut self, after: &str) {
        self.captured.remove("iq");
        let query = self.next_element().await;
        let page = query.get_child("query", "urn:xmpp:mam:2").unwrap();
        let range = page.get_child("set", "http://jabber.org/protocol/rsm").unwrap();
        assert_eq!(range.get_child("after", "http://jabber.org/protocol/rsm").unwrap().text(), after);
        self.captured.insert("iq".to_owned(), query.attr("id").unwrap().to_owned());
    }

    async fn page_is_empty(&mut self) {
        self.send("<iq type='result' id='{iq}'><fin xmlns='urn:xmpp:mam:2' complete='true'/></iq>").await;
        self.connected(ConnectionState::Online { catching_up: false }).await;
    }
}

/// Attempts that fail for well over the half minute that an answer is waited for.
fn a_long_outage() -> Vec<Attempt> {
    let why = || SignInFailure::Unreachable { detail: "x".to_owned() };
    (0..7).map(|_| Attempt::Fail(why().into())).collect()
}

#[tokio::test(start_paused = true)]
async fn answers_that_a_long_cut_held_back_still_count() {
    let mut t = Transcript::begun(SM, a_long_outage()).await;
    let before = tokio::time::Instant::now();
    t.cut();
    t.waiting_for(8).await;
    assert!(before.elapsed() > Duration::from_secs(31), "{:?}", before.elapsed());
    t.accept(SM).await;
    t.recv("<resume xmlns='urn:xmpp:sm:3' h='0' previd='sm1'/>").await;
    t.send("<resumed xmlns='urn:xmpp:sm:3' h='4' previd='sm1'/>").await;
    t.online_again(true).await;
    t.told(SM, ROSTER).await;
    t.page_asked("a0").await;
    t.page_is_empty().await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_session_that_is_lost_before_its_answers_is_not_taken_for_one_that_is_online() {
    let mut t = Transcript::begun(PLAIN, vec![]).await;
    t.cut();
    t.waiting_for(1).await;
    t.accept(PLAIN).await;
    t.bind(PLAIN).await;
    t.online_again(false).await;
    for name in ["roster", "account", "server", "carbons"] {
        t.captured.remove(name);
    }
    t.greeted(PLAIN, ROSTER).await;
    t.page_asked("a0").await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_page_that_a_long_cut_held_back_ends_the_catch_up() {
    let mut t = Transcript::begun(SM, a_long_outage()).await;
    t.told(SM, ROSTER).await;
    t.page_asked("a0").await;
    t.cut();
    t.waiting_for(8).await;
    t.accept(SM).await;
    t.recv("<resume xmlns='urn:xmpp:sm:3' h='4' previd='sm1'/>").await;
    t.send("<resumed xmlns='urn:xmpp:sm:3' h='6' previd='sm1'/>").await;
    t.online_again(true).await;
    t.page_is_empty().await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_slow_is_asked_again_and_not_taken_for_one_without_an_archive() {
    let mut t = Transcript::begun(PLAIN, vec![]).await;
    let before = tokio::time::Instant::now();
    t.send(&format!("<iq type='result' id='{{roster}}'>{ROSTER}</iq>")).await;
    t.event_matching(|event| matches!(event, SessionEvent::ContactsLoaded { .. })).await;
    t.send("<iq type='result' id='{carbons}'/>").await;
    t.send(
        "<iq type='result' id='{server}' from='example.org'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>",
    )
    .await;
    // People can be reached while the server thinks.
    let first = t.next_element().await;
    let next = t.next_element().await;
    assert!(first.is("presence", "jabber:client") || first.has_child("ping", "urn:xmpp:ping"), "{first:?}");
    let ping = if first.is("iq", "jabber:client") { first } else { next };
    let id = ping.attr("id").unwrap().to_owned();
    t.send(&format!("<iq type='result' id='{id}' from='example.org'/>")).await;
    assert!((30..=31).contains(&before.elapsed().as_secs()), "{:?}", before.elapsed());
    t.captured.remove("account");
    t.recv(
        "<iq type='get' id='{account}' to='me@example.org'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>",
    )
    .await;
    assert!((50..=51).contains(&before.elapsed().as_secs()), "{:?}", before.elapsed());
    t.account_told(PLAIN).await;
    let known = t.event_matching(|event| matches!(event, SessionEvent::ServerFeaturesKnown(_))).await;
    let SessionEvent::ServerFeaturesKnown(features) = known else { unreachable!() };
    assert!(features.archive);
    t.page_asked("a0").await;
    t.page_is_empty().await;
    t.end().await;
}

const LIVE: &str = "<message type='chat' from='bob@example.org/x' id='l'><body>live</body>\
    <stanza-id xmlns='urn:xmpp:sid:0' by='me@example.org' id='a4'/></message>";

#[tokio::test(start_paused = true)]
async fn without_copies_of_other_devices_a_live_message_does_not_move_the_position() {
    let mut t = Transcript::begun(PLAIN, vec![]).await;
    t.send(
        "<iq type='error' id='{carbons}'><error type='wait'>\
         <resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
    )
    .await;
    t.send(&format!("<iq type='result' id='{{roster}}'>{ROSTER}</iq>")).await;
    t.event_matching(|event| matches!(event, SessionEvent::ContactsLoaded { .. })).await;
    t.send(
        "<iq type='result' id='{server}' from='example.org'><query xmlns='http://jabber.org/protocol/disco#info'>\
         <feature var='urn:xmpp:carbons:2'/></query></iq>",
    )
    .await;
    t.account_told(PLAIN).await;
    t.announced().await;
    t.event_matching(|event| matches!(event, SessionEvent::ServerFeaturesKnown(_))).await;
    t.page_asked("a0").await;
    t.page_is_empty().await;
    t.send(LIVE).await;
    t.event_matching(|event| matches!(event, SessionEvent::MessageReceived(_))).await;
    t.quiet().await;
    // The server has room again: what was missed until now is read.
    t.captured.remove("carbons");
    t.recv("<iq type='set' id='{carbons}'><enable xmlns='urn:xmpp:carbons:2'/></iq>").await;
    t.send("<iq type='result' id='{carbons}'/>").await;
    t.page_asked("a0").await;
    t.page_is_empty().await;
    t.send(LIVE).await;
    t.event_matching(|event| matches!(event, SessionEvent::MessageReceived(_))).await;
    assert_eq!(t.event().await, SessionEvent::ArchiveReached { id: "a4".to_owned() });
    t.end().await;
}

//! Stream management (0198), dead links, back-off, replaced sessions.

use confab_model::{MessageId, SignInFailure};

use super::*;
use crate::{OutgoingMessage, Receipt, RequestError, SendError};

const SM: Offers = Offers { stream_management: true, roster_versions: false, archive: false };

fn message(id: &str) -> OutgoingMessage {
    OutgoingMessage::text(id.into(), "bob@example.org".parse().unwrap(), "hi")
}

impl Transcript {
    async fn waiting(&mut self) -> SignInFailure {
        match self.event().await {
            SessionEvent::ConnectionChanged(ConnectionState::Waiting { why, .. }) => why,
            other => panic!("unexpected event {other:?}"),
        }
    }

    async fn sends(&mut self, id: &str) {
        self.handle.send_message(message(id)).await.unwrap();
        assert_eq!(self.next_element().await.attr("id"), Some(id));
    }

    /// Sends one, before which another arrives.
    async fn sends_after(&mut self, first: &str, id: &str) {
        assert_eq!(self.next_element().await.attr("id"), Some(first));
        self.sends(id).await;
    }

    /// More than the pipe holds, which nobody reads for a second.
    async fn sends_a_burst(&mut self) -> Vec<MessageId> {
        let ids: Vec<MessageId> = (0..100).map(|number| MessageId(format!("m{number}"))).collect();
        for id in &ids {
            let body = "x".repeat(20_000);
            self.handle
                .send_message(OutgoingMessage::text(id.clone(), "bob@example.org".parse().unwrap(), body))
                .await
                .unwrap();
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        ids
    }

    /// The connection breaks, and on the next one the client asks to go on with its session. Four answers came before.
    async fn asks_to_resume(&mut self) {
        self.cut();
        assert!(matches!(self.waiting().await, SignInFailure::Unreachable { .. }));
        self.connected(ConnectionState::Connecting).await;
        self.accept(SM).await;
        self.recv("<resume xmlns='urn:xmpp:sm:3' h='4' previd='sm1'/>").await;
    }

    /// It may; the server has taken so many stanzas.
    async fn resumed(&mut self, taken: u32) {
        self.send(&format!("<resumed xmlns='urn:xmpp:sm:3' h='{taken}' previd='sm1'/>")).await;
    }

    async fn is_back(&mut self) {
        self.connected(ConnectionState::Online { catching_up: false }).await;
        self.event_matching(|event| matches!(event, SessionEvent::Online { resumed: true, .. })).await;
    }

    /// It may not.
    async fn is_refused(&mut self) {
        self.send(
            "<failed xmlns='urn:xmpp:sm:3'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>",
        )
        .await;
    }

    /// It may not, and begins a new session.
    async fn refused(&mut self) {
        self.is_refused().await;
        self.bind(SM).await;
    }

    async fn is_new(&mut self) {
        self.connected(ConnectionState::Online { catching_up: true }).await;
        self.event_matching(|event| matches!(event, SessionEvent::Online { resumed: false, .. })).await;
        for name in ["roster", "account", "server", "carbons"] {
            self.captured.remove(name);
        }
    }

    /// Stanzas that the client has sent since the stream was bound: four questions and a presence.
    async fn acknowledge(&mut self, further: u32) {
        self.send(&format!("<a xmlns='urn:xmpp:sm:3' h='{}'/>", 5 + further)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_is_sent_when_it_is_acknowledged() {
    let mut t = Transcript::online(config(), SM).await;
    t.sends("m1").await;
    t.sends("m2").await;
    t.quiet().await;
    t.acknowledge(1).await;
    assert_eq!(t.event().await, SessionEvent::MessageSent { id: "m1".into() });
    t.acknowledge(2).await;
    assert_eq!(t.event().await, SessionEvent::MessageSent { id: "m2".into() });
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_resumed_stream_loses_nothing() {
    let mut t = Transcript::online(config(), SM).await;
    t.sends("m1").await;
    t.sends("m2").await;
    t.asks_to_resume().await;
    t.resumed(6).await;
    // The first was acknowledged by the resumption; the second is sent again by the stream.
    assert_eq!(t.event().await, SessionEvent::MessageSent { id: "m1".into() });
    t.is_back().await;
    assert_eq!(t.next_element().await.attr("id"), Some("m2"));
    t.acknowledge(2).await;
    assert_eq!(t.event().await, SessionEvent::MessageSent { id: "m2".into() });
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn what_the_stream_has_is_not_sent_twice() {
    let mut t = Transcript::online(config(), SM).await;
    t.sends("m1").await;
    assert_eq!(t.handle.send_message(message("m1")).await, Ok(()));
    t.quiet().await;
    t.asks_to_resume().await;
    assert_eq!(t.handle.send_message(message("m1")).await, Ok(()));
    assert_eq!(t.handle.send_message(message("m2")).await, Err(SendError::NotOnline));
    t.resumed(5).await;
    t.is_back().await;
    assert_eq!(t.handle.send_message(message("m1")).await, Ok(()));
    t.sends_after("m1", "m2").await;
    t.acknowledge(2).await;
    assert_eq!(t.event().await, SessionEvent::MessageSent { id: "m1".into() });
    assert_eq!(t.event().await, SessionEvent::MessageSent { id: "m2".into() });
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_burst_into_a_link_that_takes_nothing_does_not_keep_it_from_reconnecting() {
    let mut t = Transcript::online(config(), SM).await;
    let ids = t.sends_a_burst().await;
    t.asks_to_resume().await;
    t.resumed(5).await;
    t.is_back().await;
    for id in &ids {
        assert_eq!(t.next_element().await.attr("id"), Some(id.as_str()));
    }
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn what_waited_for_a_lost_session_is_named_and_not_sent_in_the_next() {
    let mut t = Transcript::online(config(), SM).await;
    let ids = t.sends_a_burst().await;
    t.asks_to_resume().await;
    // What the library had taken and not written it would send first in a new session on this connection, and what was
    // lost with the old one after it: it gets another connection, and none of them.
    t.is_refused().await;
    assert_eq!(t.event().await, SessionEvent::MessagesUnacknowledged { ids });
    assert!(matches!(t.waiting().await, SignInFailure::Unreachable { .. }));
    t.connected(ConnectionState::Connecting).await;
    t.accept(SM).await;
    t.bind(SM).await;
    t.is_new().await;
    t.greeted(SM, "<query xmlns='jabber:iq:roster'/>").await;
    t.sends("m0").await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_failed_resumption_names_what_was_lost_before_it_is_online() {
    let mut t = Transcript::online(config(), SM).await;
    for id in ["m1", "m2", "m3"] {
        t.sends(id).await;
    }
    t.acknowledge(1).await;
    assert_eq!(t.event().await, SessionEvent::MessageSent { id: "m1".into() });
    t.asks_to_resume().await;
    t.refused().await;
    let ids = vec!["m2".into(), "m3".into()];
    assert_eq!(t.event().await, SessionEvent::MessagesUnacknowledged { ids });
    t.is_new().await;
    t.greeted(SM, "<query xmlns='jabber:iq:roster'/>").await;
    t.end().await;
}

/// More than a task of tokio looks at in one go.
#[tokio::test(start_paused = true)]
async fn hundreds_that_were_lost_are_named_at_once() {
    let mut t = Transcript::online(config(), SM).await;
    let ids: Vec<MessageId> = (0..400).map(|number| MessageId(format!("m{number}"))).collect();
    for id in &ids {
        t.sends(&id.0).await;
    }
    t.asks_to_resume().await;
    t.refused().await;
    assert_eq!(t.event().await, SessionEvent::MessagesUnacknowledged { ids });
    t.is_new().await;
    t.greeted(SM, "<query xmlns='jabber:iq:roster'/>").await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_receipt_that_fell_with_its_session_goes_out_in_the_next() {
    let receipt = |message: &str| Receipt { to: "bob@example.org/x".parse().unwrap(), message: message.into() };
    let stanza = |id: &str, message: &str| {
        format!(
            "<message type='chat' to='bob@example.org/x' id='{{{id}}}'>\
             <received xmlns='urn:xmpp:receipts' id='{message}'/><store xmlns='urn:xmpp:hints'/></message>"
        )
    };
    let mut t = Transcript::online(config(), SM).await;
    for message in ["a", "b"] {
        t.handle.send_receipt(receipt(message)).await;
        t.recv(&stanza(message, message)).await;
    }
    // The server has the first. Nobody waits to hear of that.
    t.acknowledge(1).await;
    t.quiet().await;
    t.asks_to_resume().await;
    // One that is due while there is no stream.
    t.handle.send_receipt(receipt("c")).await;
    t.refused().await;
    t.is_new().await;
    t.asked(SM).await;
    t.recv(&stanza("b again", "b")).await;
    t.recv(&stanza("c", "c")).await;
    t.told(SM, "<query xmlns='jabber:iq:roster'/>").await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_silent_link_is_asked_and_then_given_up() {
    let mut t = Transcript::online(config(), Offers::default()).await;
    let before = tokio::time::Instant::now();
    t.recv("<iq type='get' id='{ping}' to='example.org'><ping xmlns='urn:xmpp:ping'/></iq>").await;
    assert_eq!(before.elapsed().as_secs(), 30);
    t.send("<iq type='result' id='{ping}' from='example.org'/>").await;
    t.recv("<iq type='get' id='{ping2}' to='example.org'><ping xmlns='urn:xmpp:ping'/></iq>").await;
    assert_eq!(before.elapsed().as_secs(), 60);
    assert!(matches!(t.waiting().await, SignInFailure::Unreachable { .. }));
    assert_eq!(before.elapsed().as_secs(), 70);
}

#[tokio::test(start_paused = true)]
async fn a_probe_finds_a_dead_link_within_three_seconds() {
    let mut t = Transcript::online(config(), Offers::default()).await;
    let probe = |t: &Transcript| {
        let handle = t.handle.clone();
        tokio::spawn(async move { handle.probe().await })
    };
    let alive = probe(&t);
    t.recv("<iq type='get' id='{a}' to='example.org'><ping xmlns='urn:xmpp:ping'/></iq>").await;
    t.send("<iq type='result' id='{a}' from='example.org'/>").await;
    assert!(alive.await.unwrap().unwrap() < Duration::from_secs(1));
    let before = tokio::time::Instant::now();
    t.handle.network_changed().await;
    t.recv("<iq type='get' id='{b}' to='example.org'><ping xmlns='urn:xmpp:ping'/></iq>").await;
    t.waiting().await;
    assert_eq!(before.elapsed().as_secs(), 3);
    t.connected(ConnectionState::Connecting).await;
    assert!(before.elapsed() < Duration::from_millis(3600), "reconnects at once");
    assert_eq!(t.handle.probe().await, Err(RequestError::NotOnline));
}

#[tokio::test(start_paused = true)]
async fn pauses_grow_to_a_minute_and_a_new_network_ends_them() {
    let unreachable = || SignInFailure::Unreachable { detail: "x".to_owned() };
    let attempts = (0..12).map(|_| Attempt::Fail(unreachable().into())).collect();
    let mut t = Transcript::start_with(config(), Codecs::default(), attempts);
    t.connected(ConnectionState::Connecting).await;
    for seconds in [1, 2, 4, 8, 16, 32, 60, 60, 60, 60] {
        assert_eq!(t.waiting().await, unreachable());
        let before = tokio::time::Instant::now();
        t.connected(ConnectionState::Connecting).await;
        let pause = before.elapsed().as_millis();
        assert!((seconds * 500..=seconds * 1000 + 1).contains(&pause), "{pause} ms instead of up to {seconds} s");
    }
    t.waiting().await;
    let before = tokio::time::Instant::now();
    t.handle.network_changed().await;
    t.connected(ConnectionState::Connecting).await;
    assert!(before.elapsed() < AT_ONCE);
}

#[tokio::test(start_paused = true)]
async fn a_ping_of_the_old_connection_says_nothing_about_the_new_one() {
    let mut t = Transcript::online(config(), Offers::default()).await;
    t.recv("<iq type='get' id='{ping}' to='example.org'><ping xmlns='urn:xmpp:ping'/></iq>").await;
    t.cut();
    t.waiting().await;
    t.connected(ConnectionState::Connecting).await;
    t.accept(Offers::default()).await;
    t.bind(Offers::default()).await;
    t.is_new().await;
    t.greeted(Offers::default(), "<query xmlns='jabber:iq:roster'/>").await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_replaced_session_does_not_fight_for_its_place() {
    let mut t = Transcript::online(config(), SM).await;
    t.send("<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>").await;
    t.connected(ConnectionState::Failed { why: SignInFailure::Replaced }).await;
    tokio::time::sleep(Duration::from_secs(600)).await;
    assert_eq!(t.requests.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_shuts_down_is_waited_for() {
    let mut t = Transcript::online(config(), SM).await;
    t.send(
        "<stream:error><system-shutdown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>\
         <text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>back soon</text></stream:error>",
    )
    .await;
    assert_eq!(t.waiting().await, SignInFailure::ServerClosed { detail: "back soon".to_owned() });
    t.connected(ConnectionState::Connecting).await;
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_bind_is_given_up_and_tried_again() {
    let mut t = Transcript::start(config());
    t.connected(ConnectionState::Connecting).await;
    t.accept(Offers::default()).await;
    t.recv("<iq type='set' id='{bind}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>").await;
    let before = tokio::time::Instant::now();
    t.waiting().await;
    assert_eq!(before.elapsed().as_secs(), 20);
    t.connected(ConnectionState::Connecting).await;
}

#[tokio::test(start_paused = true)]
async fn a_slow_app_loses_nothing_and_commands_still_work() {
    let mut t = Transcript::online(config(), Offers::default()).await;
    for number in 0..6000 {
        t.send(&format!("<message type='chat' from='bob@example.org/x' id='{number}'><body>hi</body></message>")).await;
        if number % 500 == 0 {
            assert!(t.handle.contacts(false).await.is_ok());
        }
    }
    for number in 0..6000 {
        match t.event().await {
            SessionEvent::MessageReceived(message) => assert_eq!(message.id.as_str(), number.to_string()),
            other => panic!("unexpected event {other:?}"),
        }
    }
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn what_is_meant_for_an_older_session_does_not_overtake_what_fell_with_it() {
    let mut t = Transcript::online(config(), SM).await;
    t.handle.send_message_in(1, message("m1")).await.unwrap();
    assert_eq!(t.next_element().await.attr("id"), Some("m1"));
    t.asks_to_resume().await;
    t.refused().await;
    assert_eq!(t.event().await, SessionEvent::MessagesUnacknowledged { ids: vec!["m1".into()] });
    t.is_new().await;
    // The sender has not read that yet.
    assert_eq!(t.handle.send_message_in(1, message("m2")).await, Err(SendError::NotOnline));
    t.greeted(SM, "<query xmlns='jabber:iq:roster'/>").await;
    for id in ["m1", "m2"] {
        t.handle.send_message_in(2, message(id)).await.unwrap();
        assert_eq!(t.next_element().await.attr("id"), Some(id));
    }
    t.end().await;
}

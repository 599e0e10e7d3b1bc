//! What the server does not take, and how it says so (0478, stream errors).

use confab_model::{FailureWhy, SignInFailure};
use tokio::io::AsyncWriteExt;

use super::{sign_in::written, *};
use crate::{OutgoingMessage, RequestError, SendError};

const SM: Offers = Offers { stream_management: true, roster_versions: false, archive: false };
const TOO_BIG: &str = "<stream:error><policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>\
    <text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>XML stanza is too big</text></stream:error>";
const MALFORMED: &str = "<stream:error><bad-format xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>";

fn message(id: &str, length: usize) -> OutgoingMessage {
    OutgoingMessage::text(id.into(), "bob@example.org".parse().unwrap(), "x".repeat(length))
}

fn failed(id: &str, why: FailureWhy) -> SessionEvent {
    SessionEvent::MessageFailed { id: id.into(), to: "bob@example.org".parse().unwrap(), why }
}

fn unacknowledged(ids: &[&str]) -> SessionEvent {
    SessionEvent::MessagesUnacknowledged { ids: ids.iter().map(|&id| id.into()).collect() }
}

impl Transcript {
    async fn sends_one(&mut self, id: &str, length: usize) {
        self.handle.send_message(message(id, length)).await.unwrap();
        assert_eq!(self.next_element().await.attr("id"), Some(id));
    }

    /// The server ends the stream like this.
    async fn ends(&mut self, error: &str) {
        self.send(error).await;
        self.cut();
    }

    async fn waits(&mut self) {
        let waits =
            |event: &SessionEvent| matches!(event, SessionEvent::ConnectionChanged(ConnectionState::Waiting { .. }));
        self.event_matching(waits).await;
        self.connected(ConnectionState::Connecting).await;
    }

    /// The library does not try to resume after a stream error.
    async fn is_new_session(&mut self) {
        for name in ["roster", "account", "server", "carbons", "bind"] {
            self.captured.remove(name);
        }
        self.accept(SM).await;
        self.bind(SM).await;
    }

    async fn is_online(&mut self) {
        self.connected(ConnectionState::Online { catching_up: true }).await;
        self.event_matching(|event| matches!(event, SessionEvent::Online { resumed: false, .. })).await;
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_too_long_after_sasl2_is_sent_again_without_it() {
    let success = "<success xmlns='urn:xmpp:sasl:2'><bound xmlns='urn:xmpp:bind:0'>\
        <enabled xmlns='urn:xmpp:carbons:2'/><enabled xmlns='urn:xmpp:sm:3' id='sm1' resume='true'/></bound></success>";
    let mut t = Transcript::start_with(config(), Codecs::default(), vec![Attempt::SucceedBound(success)]);
    t.connected(ConnectionState::Connecting).await;
    t.is_online().await;
    let mut pipe = t.pipes.recv().await.unwrap();
    written(&mut pipe, "to='example.org'").await;
    let (handle, picture) =
        (t.handle.clone(), parse(&format!("<picture xmlns='urn:x'>{}</picture>", "x".repeat(20_000))));
    let asked = tokio::spawn(async move { handle.iq_set(None, picture).await });
    t.handle.send_message(message("m1", 12_000)).await.unwrap();
    written(&mut pipe, "</message>").await;
    t.handle.send_message(message("m2", 10)).await.unwrap();
    pipe.write_all(TOO_BIG.as_bytes()).await.unwrap();
    pipe.flush().await.unwrap();
    drop(pipe);
    assert_eq!(t.event().await, SessionEvent::Sasl2Avoided { avoided: true });
    // With everything behind it, so that nothing of that overtakes it.
    assert_eq!(t.event().await, unacknowledged(&["m1", "m2"]));
    t.waits().await;
    t.accept(SM).await;
    t.recv(
        "<iq type='set' id='{bind}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>chosen</resource></bind>\
         </iq>",
    )
    .await;
    t.send(
        "<iq type='result' id='{bind}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>\
         <jid>me@example.org/chosen</jid></bind></iq>",
    )
    .await;
    t.recv("<enable xmlns='urn:xmpp:sm:3' resume='true'/>").await;
    t.send("<enabled xmlns='urn:xmpp:sm:3' id='sm2' resume='true'/>").await;
    t.is_online().await;
    t.asked(SM).await;
    let again = t.next_element().await;
    assert!(again.has_child("picture", "urn:x"));
    t.send(&format!("<iq type='result' id='{}'/>", again.attr("id").unwrap())).await;
    assert_eq!(asked.await.unwrap(), Ok(None));
    let (first, second) = (t.requests.recv().await.unwrap(), t.requests.recv().await.unwrap());
    assert_eq!((first.avoids_sasl2, second.avoids_sasl2), (false, true));
    t.told(SM, "<query xmlns='jabber:iq:roster'/>").await;
    t.sends_one("m1", 12_000).await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn more_than_the_server_says_it_takes_is_not_sent() {
    let mut config = config();
    config.avoids_sasl2 = true;
    let mut t = Transcript::start(config);
    t.connected(ConnectionState::Connecting).await;
    t.accept_with(SM, "<limits xmlns='urn:xmpp:stream-limits:0'><max-bytes>10000</max-bytes></limits>").await;
    // A server that says what it takes has no such fault.
    assert_eq!(t.event().await, SessionEvent::Sasl2Avoided { avoided: false });
    t.bind(SM).await;
    t.is_online().await;
    t.greeted(SM, "<query xmlns='jabber:iq:roster'/>").await;
    assert_eq!(t.handle.send_message(message("m1", 10_000)).await, Err(SendError::TooLarge { limit: 10_000 }));
    let picture = parse(&format!("<picture xmlns='urn:x'>{}</picture>", "x".repeat(10_000)));
    assert_eq!(t.handle.iq_set(None, picture).await, Err(RequestError::TooLarge { limit: 10_000 }));
    t.sends_one("m2", 9_000).await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn the_longest_fails_where_the_server_does_not_say_how_long() {
    let mut t = Transcript::online(config(), SM).await;
    for (id, length) in [("m1", 10), ("m2", 50_000), ("m3", 10)] {
        t.sends_one(id, length).await;
    }
    t.ends(TOO_BIG).await;
    assert_eq!(t.event().await, failed("m2", FailureWhy::TooLarge { limit: None }));
    assert_eq!(t.event().await, unacknowledged(&["m1", "m3"]));
    t.waits().await;
    t.is_new_session().await;
    t.is_online().await;
    t.greeted(SM, "<query xmlns='jabber:iq:roster'/>").await;
    // Neither it nor anything as long.
    let too_long = t.handle.send_message(message("m4", 50_001)).await;
    assert!(matches!(too_long, Err(SendError::TooLarge { limit: 50_000..50_500 })), "{too_long:?}");
    t.sends_one("m1", 10).await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_message_that_ends_three_streams_fails() {
    let mut t = Transcript::online(config(), SM).await;
    for id in ["m1", "m2", "m3"] {
        t.sends_one(id, 10).await;
    }
    for round in 0..3 {
        t.ends(MALFORMED).await;
        if round == 2 {
            let why = FailureWhy::StreamEnded { detail: "bad-format".to_owned() };
            assert_eq!(t.event().await, failed("m2", why));
            t.waits().await;
            t.is_new_session().await;
        } else {
            t.waits().await;
            t.is_new_session().await;
            assert_eq!(t.event().await, unacknowledged(if round == 0 { &["m1", "m2", "m3"] } else { &["m2"] }));
        }
        t.is_online().await;
        t.greeted(SM, "<query xmlns='jabber:iq:roster'/>").await;
        if round == 0 {
            // One by one, so that it shows which one it is.
            t.sends_one("m1", 10).await;
            assert_eq!(t.handle.send_message(message("m2", 10)).await, Err(SendError::QueueFull));
            t.send("<a xmlns='urn:xmpp:sm:3' h='6'/>").await;
            assert_eq!(t.event().await, SessionEvent::MessageSent { id: "m1".into() });
        }
        if round < 2 {
            t.sends_one("m2", 10).await;
        }
        if round == 0 {
            t.ends(MALFORMED).await;
            t.waits().await;
            t.is_new_session().await;
            assert_eq!(t.event().await, unacknowledged(&["m2"]));
            t.is_online().await;
            t.greeted(SM, "<query xmlns='jabber:iq:roster'/>").await;
            t.sends_one("m2", 10).await;
        }
    }
    t.sends_one("m3", 10).await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_server_that_goes_down_blames_nobody() {
    let mut t = Transcript::online(config(), SM).await;
    for _ in 0..4 {
        t.sends_one("m1", 10).await;
        t.ends("<stream:error><system-shutdown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>").await;
        match t.event().await {
            SessionEvent::ConnectionChanged(ConnectionState::Waiting { why, .. }) => {
                assert_eq!(why, SignInFailure::ServerClosed { detail: "system-shutdown".to_owned() });
            }
            other => panic!("unexpected event {other:?}"),
        }
        t.connected(ConnectionState::Connecting).await;
        t.is_new_session().await;
        assert_eq!(t.event().await, unacknowledged(&["m1"]));
        t.is_online().await;
        t.greeted(SM, "<query xmlns='jabber:iq:roster'/>").await;
    }
    t.end().await;
}

//! Connecting, greeting, fatal answers.

use confab_model::{ConnectionState, Pii, SignInFailure};

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;
use crate::{ServerFeatures, SignInToken};

#[tokio::test(start_paused = true)]
async fn a_new_session_greets_in_one_round_trip() {
    let mut t = Transcript::start(config());
    t.connected(ConnectionState::Connecting).await;
    let offers = Offers::default();
    t.accept(offers).await;
    t.bind(offers).await;
    t.connected(ConnectionState::Online { catching_up: true }).await;
    let jid = "me@example.org/here".parse().unwrap();
    assert_eq!(t.event().await, SessionEvent::Online { jid, resumed: false, session: 1 });
    t.greeted(offers, "<query xmlns='jabber:iq:roster'/>").await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_resource_is_asked_for_and_features_are_told() {
    let mut config = config();
    config.resource = Some("confab.1".to_owned());
    let mut t = Transcript::start(config);
    t.connected(ConnectionState::Connecting).await;
    t.accept(Offers::default()).await;
    t.recv(
        "<iq type='set' id='{bind}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>\
         <resource>confab.1</resource></bind></iq>",
    )
    .await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_server_that_lacks_everything_still_gives_a_session() {
    let mut t = Transcript::start(config());
    t.connected(ConnectionState::Connecting).await;
    t.accept(Offers::default()).await;
    t.bind(Offers::default()).await;
    t.connected(ConnectionState::Online { catching_up: true }).await;
    t.event_matching(|event| matches!(event, SessionEvent::Online { .. })).await;
    for name in ["roster", "account", "server", "carbons"] {
        let iq = t.next_element().await;
        t.captured.insert(name.to_owned(), iq.attr("id").unwrap().to_owned());
        let from = iq.attr("to").map(|to| format!("from='{to}'")).unwrap_or_default();
        let error = "<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
        t.send(&format!("<iq type='error' id='{{{name}}}' {from}>{error}</iq>")).await;
    }
    t.connected(ConnectionState::Online { catching_up: false }).await;
    assert_eq!(t.event().await, SessionEvent::ServerFeaturesKnown(ServerFeatures::default()));
    assert!(t.next_element().await.is("presence", "jabber:client"));
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_wrong_password_stops_and_says_so() {
    let failure = ConnectError::from(SignInFailure::WrongPassword);
    let mut t = Transcript::start_with(config(), Codecs::default(), vec![Attempt::Fail(failure)]);
    t.connected(ConnectionState::Connecting).await;
    t.connected(ConnectionState::Failed { why: SignInFailure::WrongPassword }).await;
    tokio::time::sleep(Duration::from_secs(600)).await;
    assert_eq!(t.requests.len(), 1, "tried again");
    // A person may try again.
    t.handle.reconnect().await;
    t.connected(ConnectionState::Connecting).await;
    t.accept(Offers::default()).await;
    assert_eq!(t.requests.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_without_a_password_asks_the_person() {
    let mut config = config();
    config.password = None;
    config.token =
        Some(SignInToken { mechanism: "HT-SHA-256-EXPR".to_owned(), token: Pii("t".to_owned()), expires_at: None });
    let failure = ConnectError { failure: SignInFailure::WrongPassword, token_refused: true };
    let mut t = Transcript::start_with(config, Codecs::default(), vec![Attempt::Fail(failure)]);
    t.connected(ConnectionState::Connecting).await;
    assert_eq!(t.event().await, SessionEvent::TokenRefused);
    t.connected(ConnectionState::Failed { why: SignInFailure::WrongPassword }).await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn an_issued_token_is_told_and_used_for_the_next_sign_in() {
    let token = SignInToken { mechanism: "HT-SHA-256-EXPR".to_owned(), token: Pii("t".to_owned()), expires_at: None };
    let mut t = Transcript::start_with(config(), Codecs::default(), vec![Attempt::SucceedWith(token.clone())]);
    t.connected(ConnectionState::Connecting).await;
    t.accept(Offers::default()).await;
    assert_eq!(t.event().await, SessionEvent::TokenIssued(token.clone()));
    t.cut();
    t.event_matching(|event| matches!(event, SessionEvent::ConnectionChanged(ConnectionState::Waiting { .. }))).await;
    t.connected(ConnectionState::Connecting).await;
    t.accept(Offers::default()).await;
    assert_eq!(t.requests.recv().await.unwrap().token, None);
    assert_eq!(t.requests.recv().await.unwrap().token, Some(token));
}

#[tokio::test(start_paused = true)]
async fn sign_out_says_good_bye() {
    let mut t = Transcript::online(config(), Offers::default()).await;
    let handle = t.handle.clone();
    let signed_out = tokio::spawn(async move { handle.sign_out().await });
    t.recv("<presence type='unavailable'/>").await;
    t.cut();
    signed_out.await.unwrap();
    assert_eq!(t.events.recv().await, None);
}

#[tokio::test(start_paused = true)]
async fn the_strongest_proof_is_told_once_and_asked_for_from_then_on() {
    let names = ["SCRAM-SHA-1", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-256-PLUS"];
    let attempts = names.map(Attempt::SucceedBy).into();
    let mut t = Transcript::start_with(config(), Codecs::default(), attempts);
    for (number, name) in names.into_iter().enumerate() {
        t.connected(ConnectionState::Connecting).await;
        t.accept(Offers::default()).await;
        if number < 2 {
            assert_eq!(t.event().await, SessionEvent::SignInProven { mechanism: name.to_owned() });
        }
        t.cut();
        t.event_matching(|event| matches!(event, SessionEvent::ConnectionChanged(ConnectionState::Waiting { .. })))
            .await;
    }
    let mut asked_for = Vec::new();
    for _ in names {
        asked_for.push(t.requests.recv().await.unwrap().proven_mechanism);
    }
    assert_eq!(asked_for, [None, Some("SCRAM-SHA-1".to_owned()), Some("SCRAM-SHA-256-PLUS".to_owned())]);
}

/// What comes through a pipe until this is in it, stanzas of the stream itself included.
pub(super) async fn written(pipe: &mut DuplexStream, end: &str) -> String {
    let mut text = String::new();
    while !text.contains(end) {
        let mut octets = [0; 4096];
        let length = timeout(Duration::from_secs(5), pipe.read(&mut octets)).await.expect("nothing more").unwrap();
        text.push_str(std::str::from_utf8(&octets[..length]).unwrap());
    }
    text
}

#[tokio::test(start_paused = true)]
async fn what_was_bound_on_the_way_is_not_bound_again() {
    let success = "<success xmlns='urn:xmpp:sasl:2'><bound xmlns='urn:xmpp:bind:0'>\
        <enabled xmlns='urn:xmpp:carbons:2'/><enabled xmlns='urn:xmpp:sm:3' id='sm1' resume='true'/></bound></success>";
    let mut t = Transcript::start_with(config(), Codecs::default(), vec![Attempt::SucceedBound(success)]);
    let sm = Offers { stream_management: true, ..Offers::default() };
    t.connected(ConnectionState::Connecting).await;
    t.connected(ConnectionState::Online { catching_up: true }).await;
    let jid = "me@example.org/chosen".parse().unwrap();
    assert_eq!(t.event().await, SessionEvent::Online { jid, resumed: false, session: 1 });
    let mut pipe = t.pipes.recv().await.unwrap();
    // The third question is the last: copies are on.
    let asked = written(&mut pipe, "to='example.org'").await;
    assert!(asked.contains("jabber:iq:roster"), "{asked}");
    for done in ["<stream:stream", "<bind", "<enable", "urn:xmpp:carbons:2"] {
        assert!(!asked.contains(done), "{asked}");
    }
    // The stream counts from where the server does.
    pipe.write_all(b"<iq type='result' id='no-one-asked'/><r xmlns='urn:xmpp:sm:3'/>").await.unwrap();
    let answered = written(&mut pipe, "<a").await;
    assert!(answered.contains("h='1'"), "{answered}");
    drop(pipe);
    t.event_matching(|event| matches!(event, SessionEvent::ConnectionChanged(ConnectionState::Waiting { .. }))).await;
    t.connected(ConnectionState::Connecting).await;
    t.accept(sm).await;
    t.recv("<resume xmlns='urn:xmpp:sm:3' h='1' previd='sm1'/>").await;
    t.send("<failed xmlns='urn:xmpp:sm:3'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>")
        .await;
    // Bound anew, under the name that is known already.
    t.recv(
        "<iq type='set' id='{bind}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>chosen</resource></bind>\
         </iq>",
    )
    .await;
    assert!(t.requests.recv().await.unwrap().binds);
    assert!(!t.requests.recv().await.unwrap().binds, "there was a session to resume");
}

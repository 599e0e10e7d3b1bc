//! Queries of others: ping (0199), disco (0030), version (0092), time (0202); iq tracking.

use super::*;
use crate::{IqError, RequestError, xep::queries::ping};

const REFUSED: &str = "<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";

#[tokio::test(start_paused = true)]
async fn a_stranger_does_not_learn_whether_a_device_is_there() {
    let mut t = Transcript::online(config(), Offers::default()).await;
    let queries = [
        "<ping xmlns='urn:xmpp:ping'/>",
        "<query xmlns='http://jabber.org/protocol/disco#info'/>",
        "<query xmlns='http://jabber.org/protocol/disco#info' node='other'/>",
        "<query xmlns='jabber:iq:version'/>",
        "<time xmlns='urn:xmpp:time'/>",
    ];
    for query in queries {
        t.send(&format!("<iq type='get' id='1' from='eve@example.net/x'>{query}</iq>")).await;
        t.recv(&format!("<iq type='error' id='1' to='eve@example.net/x'>{REFUSED}</iq>")).await;
    }
    let jingle = "<jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='s'/>";
    t.send(&format!("<iq type='set' id='2' from='eve@example.net/x'>{jingle}</iq>")).await;
    t.recv(&format!("<iq type='error' id='2' to='eve@example.net/x'>{REFUSED}</iq>")).await;
    // Nor by a presence that makes us ask what it can do.
    t.send(
        "<presence from='eve@example.net/x'><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='n' ver='v'/>\
         </presence>",
    )
    .await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_ping_of_the_own_server_is_answered() {
    let mut t = Transcript::online(config(), Offers::default()).await;
    t.send("<iq type='get' id='1' from='example.org'><ping xmlns='urn:xmpp:ping'/></iq>").await;
    t.recv("<iq type='result' id='1' to='example.org'/>").await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn what_the_hash_promises_is_told() {
    let mut t = Transcript::online(config(), Offers::default()).await;
    let node = format!("https://confab.im#{}", t.captured("caps"));
    t.send(&format!(
        "<iq type='get' id='1' from='me@example.org/phone'>\
         <query xmlns='http://jabber.org/protocol/disco#info' node='{node}'/></iq>"
    ))
    .await;
    let answer = t.next_element().await;
    let info = crate::xep::disco_0030::Info::read(answer.children().next().unwrap()).unwrap();
    assert_eq!(crate::xep::caps_0115::verification(&info), t.captured("caps"));
    assert!(info.features.contains("urn:xmpp:receipts"));
    t.send(
        "<iq type='get' id='2' from='me@example.org/phone'>\
         <query xmlns='http://jabber.org/protocol/disco#info' node='other'/></iq>",
    )
    .await;
    t.recv(
        "<iq type='error' id='2' to='me@example.org/phone'><error type='cancel'>\
         <item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
    )
    .await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn version_and_time_are_for_those_who_may_see_us() {
    let mut t = Transcript::online(config(), Offers::default()).await;
    t.send("<iq type='get' id='2' from='me@example.org/phone'><query xmlns='jabber:iq:version'/></iq>").await;
    t.recv(
        "<iq type='result' id='2' to='me@example.org/phone'><query xmlns='jabber:iq:version'>\
         <name>Confab</name><version>1</version></query></iq>",
    )
    .await;
    t.send("<iq type='get' id='3' from='example.org'><time xmlns='urn:xmpp:time'/></iq>").await;
    t.recv(&format!(
        "<iq type='result' id='3' to='example.org'><time xmlns='urn:xmpp:time'><tzo>+00:00</tzo>\
         <utc>{NOW_TEXT}</utc></time></iq>"
    ))
    .await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn unknown_and_empty_queries_are_refused_and_answers_to_nobody_ignored() {
    let mut t = Transcript::online(config(), Offers::default()).await;
    for kind in ["get", "set"] {
        t.send(&format!("<iq type='{kind}' id='1' from='eve@example.net/x'><q xmlns='urn:unknown'/></iq>")).await;
        t.recv(&format!("<iq type='error' id='1' to='eve@example.net/x'>{REFUSED}</iq>")).await;
    }
    t.send("<iq type='result' id='nobody-asked'/>").await;
    t.send("<iq type='error' id='nobody-asked' from='eve@example.net'/>").await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn requests_are_answered_refused_or_time_out() {
    let mut t = Transcript::online(config(), Offers::default()).await;
    let to: Option<jid::Jid> = Some("bob@example.net/x".parse().unwrap());
    let ask = |t: &Transcript| {
        let (handle, to) = (t.handle.clone(), to.clone());
        tokio::spawn(async move { handle.iq_get(to, ping()).await })
    };
    let request =
        |id: &str| format!("<iq type='get' id='{{{id}}}' to='bob@example.net/x'><ping xmlns='urn:xmpp:ping'/></iq>");

    let answered = ask(&t);
    t.recv(&request("a")).await;
    // Somebody who guessed the id.
    t.send("<iq type='result' id='{a}' from='eve@example.net/x'><forged xmlns='x'/></iq>").await;
    t.send("<iq type='result' id='{a}' from='bob@example.net/x'/>").await;
    assert_eq!(answered.await.unwrap(), Ok(None));

    let refused = ask(&t);
    t.recv(&request("b")).await;
    t.send(&format!("<iq type='error' id='{{b}}' from='bob@example.net/x'>{REFUSED}</iq>")).await;
    let error = IqError { condition: "service-unavailable".to_owned(), application: None, text: String::new() };
    assert_eq!(refused.await.unwrap(), Err(RequestError::Refused(error)));

    let before = tokio::time::Instant::now();
    let unanswered = ask(&t);
    t.recv(&request("c")).await;
    assert_eq!(unanswered.await.unwrap(), Err(RequestError::Timeout));
    assert!((30..32).contains(&before.elapsed().as_secs()));
}

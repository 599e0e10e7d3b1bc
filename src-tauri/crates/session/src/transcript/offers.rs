//! What a server offers, and what is done about the account: places for files (0363), the directory (0055), push (0357), password
//! and removal (0077).

use super::{
    personal::{DONE, ITEMS, beside, jid},
    *,
};
use crate::{Found, PushService, RequestError, ServerFeatures, Services, UploadError, UploadSlot};

#[tokio::test(start_paused = true)]
async fn places_for_files_and_groups_are_found() {
    let mut t = Transcript::at(ITEMS, "", ServerFeatures::default()).await;
    t.iq("get", "to='example.org'", "<query xmlns='http://jabber.org/protocol/disco#items'/>").await;
    t.answered(
        "example.org",
        "<query xmlns='http://jabber.org/protocol/disco#items'><item jid='upload.example.org'/>\
         <item jid='rooms.example.org'/><item jid='@'/></query>",
    )
    .await;
    let info = |features: &str| format!("<query xmlns='http://jabber.org/protocol/disco#info'>{features}</query>");
    let query = "<query xmlns='http://jabber.org/protocol/disco#info'/>";
    t.recv(&format!("<iq type='get' id='{{upload}}' to='upload.example.org'>{query}</iq>")).await;
    t.recv(&format!("<iq type='get' id='{{rooms}}' to='rooms.example.org'>{query}</iq>")).await;
    let upload = info(
        "<identity category='store' type='file'/><feature var='urn:xmpp:http:upload:0'/><x xmlns='jabber:x:data' \
         type='result'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:http:upload:0</value></field>\
         <field var='max-file-size'><value>1000</value></field></x>",
    );
    t.send(&format!("<iq type='result' id='{{upload}}' from='upload.example.org'>{upload}</iq>")).await;
    let rooms = info("<identity category='conference' type='text'/><feature var='http://jabber.org/protocol/muc'/>");
    t.send(&format!("<iq type='result' id='{{rooms}}' from='rooms.example.org'>{rooms}</iq>")).await;
    let known = ServerFeatures {
        carbons: true,
        upload: true,
        max_upload: Some(1000),
        groups: true,
        ..ServerFeatures::default()
    };
    assert_eq!(t.event().await, SessionEvent::ServerFeaturesKnown(known));
    let upload: jid::Jid = "upload.example.org".parse().unwrap();
    let services =
        Services { upload: Some((upload, Some(1000))), groups: "rooms.example.org".parse().ok(), directory: None };
    assert_eq!(t.handle.search_directory("x").await, Err(RequestError::Unsupported("jabber:iq:search")));
    assert_eq!(t.handle.services().await, services);

    let too_large = Err(UploadError::TooLarge { limit: Some(1000) });
    assert_eq!(t.handle.upload_slot("a.png", 1001, "image/png").await, too_large);
    let request = "<request xmlns='urn:xmpp:http:upload:0' filename='a b.png' size='1000' content-type='image/png'/>";
    let ask =
        |t: &Transcript| beside!(t, handle => async move { handle.upload_slot("a b.png", 1000, "image/png").await });
    let slot = ask(&t);
    t.iq("get", "to='upload.example.org'", request).await;
    t.answered(
        "upload.example.org",
        "<slot xmlns='urn:xmpp:http:upload:0'><put url='https://u.example.org/1'><header name='Authorization'>x</header>\
         <header name='X-Evil'>y</header></put><get url='https://d.example.org/1'/></slot>",
    )
    .await;
    let expected = UploadSlot {
        put_url: "https://u.example.org/1".to_owned(),
        headers: vec![("Authorization".to_owned(), "x".to_owned())],
        get_url: "https://d.example.org/1".to_owned(),
    };
    assert_eq!(slot.await.unwrap(), Ok(expected));
    let slot = ask(&t);
    t.iq("get", "to='upload.example.org'", request).await;
    t.send(
        "<iq type='error' id='{iq}' from='upload.example.org'><error type='modify'><not-acceptable \
         xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><file-too-large xmlns='urn:xmpp:http:upload:0'/></error></iq>",
    )
    .await;
    assert_eq!(slot.await.unwrap(), too_large);
    let slot = ask(&t);
    t.iq("get", "to='upload.example.org'", request).await;
    t.refuses("resource-constraint", "from='upload.example.org'").await;
    assert_eq!(slot.await.unwrap(), Err(UploadError::QuotaReached(String::new())));
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn people_are_looked_up_in_the_directory() {
    let features = "<identity category='directory' type='user'/><feature var='jabber:iq:search'/>";
    let expected = ServerFeatures { directory: true, ..ServerFeatures::default() };
    let mut t = Transcript::at(features, "", expected).await;
    let found = beside!(t, handle => async move { handle.search_directory("bo").await });
    t.iq("get", "to='example.org'", "<query xmlns='jabber:iq:search'/>").await;
    t.answered("example.org", "<query xmlns='jabber:iq:search'><nick/><first/></query>").await;
    let bob = "<item jid='bob@example.org'><nick>Bob</nick></item>";
    t.iq("set", "to='example.org'", "<query xmlns='jabber:iq:search'><nick>bo</nick></query>").await;
    t.answered("example.org", &format!("<query xmlns='jabber:iq:search'>{bob}</query>")).await;
    t.iq("set", "to='example.org'", "<query xmlns='jabber:iq:search'><first>bo</first></query>").await;
    let both = format!("<query xmlns='jabber:iq:search'>{bob}<item jid='bo@example.org'/></query>");
    t.answered("example.org", &both).await;
    let person = |who: &str, name: &str| Found { jid: jid(who), name: name.to_owned() };
    let expected = vec![person("bob@example.org", "Bob"), person("bo@example.org", "")];
    assert_eq!(found.await.unwrap(), Ok(expected));
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn push_is_switched_on_and_off() {
    let mut t = Transcript::with_pep().await;
    let service: jid::Jid = "push.example.net".parse().unwrap();
    let push = PushService {
        jid: service.clone(),
        node: "n".to_owned(),
        options: vec![("secret".to_owned(), "s".to_owned())],
    };
    let done = beside!(t, handle => async move { handle.enable_push(&push).await });
    t.sets(
        "<enable xmlns='urn:xmpp:push:0' jid='push.example.net' node='n'><x xmlns='jabber:x:data' type='submit'>\
         <field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/pubsub#publish-options</value></field>\
         <field var='secret'><value>s</value></field></x></enable>",
    )
    .await;
    t.send(DONE).await;
    assert_eq!(done.await.unwrap(), Ok(()));
    let done = beside!(t, handle => async move { handle.disable_push(&service, Some("n")).await });
    t.sets("<disable xmlns='urn:xmpp:push:0' jid='push.example.net' node='n'/>").await;
    t.send(DONE).await;
    assert_eq!(done.await.unwrap(), Ok(()));
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_new_password_is_used_from_then_on() {
    let mut t = Transcript::at("", "", ServerFeatures::default()).await;
    let change = |password: &str| {
        format!("<query xmlns='jabber:iq:register'><username>me</username><password>{password}</password></query>")
    };
    let refused = beside!(t, handle => handle.change_password("weak".to_owned().into()));
    t.iq("set", "to='example.org'", &change("weak")).await;
    t.refuses("not-acceptable", "from='example.org'").await;
    assert!(matches!(refused.await.unwrap(), Err(RequestError::Refused(_))));
    let done = beside!(t, handle => handle.change_password("better".to_owned().into()));
    t.iq("set", "to='example.org'", &change("better")).await;
    t.answered("example.org", "").await;
    assert_eq!(done.await.unwrap(), Ok(()));
    assert_eq!(t.requests.try_recv().unwrap().password.unwrap().0, "secret");
    t.cut();
    t.event_matching(|event| matches!(event, SessionEvent::ConnectionChanged(ConnectionState::Waiting { .. }))).await;
    t.connected(ConnectionState::Connecting).await;
    assert_eq!(t.requests.recv().await.unwrap().password.unwrap().0, "better");
}

#[tokio::test(start_paused = true)]
async fn a_removed_account_does_not_come_back() {
    let mut t = Transcript::at("", "", ServerFeatures::default()).await;
    let remove = "<query xmlns='jabber:iq:register'><remove/></query>";
    let refused = beside!(t, handle => handle.remove_account());
    t.sets(remove).await;
    t.refuses("not-allowed", "").await;
    assert!(matches!(refused.await.unwrap(), Err(RequestError::Refused(_))));
    let done = beside!(t, handle => handle.remove_account());
    t.sets(remove).await;
    t.send(DONE).await;
    assert_eq!(done.await.unwrap(), Ok(()));
    t.connected(ConnectionState::Offline).await;
    t.requests.try_recv().unwrap();
    tokio::time::advance(Duration::from_secs(600)).await;
    assert!(t.requests.try_recv().is_err(), "it connects again");
    t.server = None;
    t.end().await;
}

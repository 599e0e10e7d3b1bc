//! Roster (RFC 6121), subscriptions, presence, capabilities (0115) and disco (0030).

use confab_model::{BareJid, Contact, ContactRequest, PresenceShow, Subscription};

use super::*;
use crate::Device;

fn jid(text: &str) -> BareJid {
    text.parse().unwrap()
}

fn bob(subscription: Subscription, presence: PresenceShow, status: &str) -> Contact {
    Contact {
        jid: jid("bob@example.org"),
        name: "Bob".to_owned(),
        subscription,
        requested: false,
        groups: vec![],
        presence,
        status: status.to_owned(),
    }
}

const BOB: &str = "<item jid='bob@example.org' name='Bob' subscription='both'/>";

async fn with_bob() -> Transcript {
    let mut t = Transcript::online(config(), Offers::default()).await;
    t.send(&format!("<iq type='set' id='p0'><query xmlns='jabber:iq:roster'>{BOB}</query></iq>")).await;
    t.recv("<iq type='result' id='p0'/>").await;
    let contact = bob(Subscription::Both, PresenceShow::Offline, "");
    assert_eq!(t.event().await, SessionEvent::ContactChanged { contact, version: None });
    t
}

#[tokio::test(start_paused = true)]
async fn a_versioned_roster_is_asked_for_and_kept_when_nothing_changed() {
    let mut config = config();
    config.roster = vec![bob(Subscription::Both, PresenceShow::Online, "old")];
    config.roster_version = Some("v7".to_owned());
    let mut t = Transcript::start(config);
    let offers = Offers { roster_versions: true, ..Offers::default() };
    t.connected(ConnectionState::Connecting).await;
    t.accept(offers).await;
    t.bind(offers).await;
    t.connected(ConnectionState::Online { catching_up: true }).await;
    t.event().await;
    t.recv("<iq type='get' id='{roster}'><query xmlns='jabber:iq:roster' ver='v7'/></iq>").await;
    t.send("<iq type='result' id='{roster}'/>").await;
    let contacts = vec![bob(Subscription::Both, PresenceShow::Offline, "")];
    assert_eq!(t.event().await, SessionEvent::ContactsLoaded { contacts, version: Some("v7".to_owned()) });
}

#[tokio::test(start_paused = true)]
async fn pushes_change_and_remove_contacts() {
    let mut t = with_bob().await;
    t.send(
        "<iq type='set' id='p1' from='me@example.org'><query xmlns='jabber:iq:roster' ver='v8'>\
         <item jid='bob@example.org' subscription='remove'/></query></iq>",
    )
    .await;
    t.recv("<iq type='result' id='p1' to='me@example.org'/>").await;
    let version = Some("v8".to_owned());
    assert_eq!(t.event().await, SessionEvent::ContactRemoved { jid: jid("bob@example.org"), version });
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn forged_pushes_change_nothing() {
    let mut t = with_bob().await;
    for from in ["eve@example.org", "eve@example.org/x", "me@example.org/other", "example.org"] {
        t.send(&format!(
            "<iq type='set' id='p' from='{from}'><query xmlns='jabber:iq:roster'>\
             <item jid='eve@example.org' subscription='both'/></query></iq>"
        ))
        .await;
        t.recv(&format!(
            "<iq type='error' id='p' to='{from}'><error type='cancel'>\
             <service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
        ))
        .await;
    }
    assert_eq!(t.handle.contacts(false).await.unwrap().len(), 1);
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn adding_a_contact_gives_reason_and_name() {
    let mut t = Transcript::online(config(), Offers::default()).await;
    let handle = t.handle.clone();
    let adding =
        tokio::spawn(
            async move { handle.add_contact(jid("bob@example.org"), "Bob".to_owned(), "we met".to_owned()).await },
        );
    t.recv(
        "<iq type='set' id='{add}'><query xmlns='jabber:iq:roster'>\
         <item jid='bob@example.org' name='Bob'/></query></iq>",
    )
    .await;
    t.recv(
        "<presence to='bob@example.org' type='subscribe'><status>we met</status>\
         <nick xmlns='http://jabber.org/protocol/nick'>me</nick></presence>",
    )
    .await;
    t.send("<iq type='result' id='{add}'/>").await;
    assert_eq!(adding.await.unwrap(), Ok(()));
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_request_is_told_and_accepting_asks_back() {
    let mut t = Transcript::online(config(), Offers::default()).await;
    t.send(
        "<presence type='subscribe' from='eve@example.org'><status>hello</status>\
         <nick xmlns='http://jabber.org/protocol/nick'>Eve</nick></presence>",
    )
    .await;
    let request = ContactRequest {
        from: jid("eve@example.org"),
        nickname: "Eve".to_owned(),
        reason: "hello".to_owned(),
        received_at: NOW,
    };
    assert_eq!(t.event().await, SessionEvent::ContactRequested(request));
    t.handle.accept_contact(jid("eve@example.org")).await.unwrap();
    t.recv("<presence to='eve@example.org' type='subscribed'/>").await;
    t.recv(
        "<presence to='eve@example.org' type='subscribe'><nick xmlns='http://jabber.org/protocol/nick'>me</nick>\
         </presence>",
    )
    .await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn declining_tells_the_reason_and_an_answer_elsewhere_settles() {
    let mut t = Transcript::online(config(), Offers::default()).await;
    for from in ["eve@example.org", "joe@example.org", "sam@example.org"] {
        t.send(&format!("<presence type='subscribe' from='{from}'/>")).await;
        t.event_matching(|event| matches!(event, SessionEvent::ContactRequested(_))).await;
    }
    t.handle.decline_contact(jid("eve@example.org"), "no".to_owned()).await.unwrap();
    t.recv("<presence to='eve@example.org' type='unsubscribed'><status>no</status></presence>").await;
    // Another device accepts Joe.
    t.send(
        "<iq type='set' id='p'><query xmlns='jabber:iq:roster'><item jid='joe@example.org' subscription='from'/>\
         </query></iq>",
    )
    .await;
    t.recv("<iq type='result' id='p'/>").await;
    t.event_matching(|event| matches!(event, SessionEvent::ContactChanged { .. })).await;
    assert_eq!(t.event().await, SessionEvent::ContactRequestSettled { from: jid("joe@example.org") });
    // Sam takes it back.
    t.send("<presence type='unsubscribe' from='sam@example.org'/>").await;
    assert_eq!(t.event().await, SessionEvent::ContactRequestSettled { from: jid("sam@example.org") });
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn who_declines_says_why() {
    let mut t = Transcript::online(config(), Offers::default()).await;
    let push = |name: &str, ask: &str| {
        format!(
            "<iq type='set' id='{name}'><query xmlns='jabber:iq:roster'><item jid='{name}@example.org' \
             subscription='none'{ask}/></query></iq>"
        )
    };
    for (name, reason) in [("eve", "no"), ("joe", "")] {
        t.send(&push(name, " ask='subscribe'")).await;
        t.recv(&format!("<iq type='result' id='{name}'/>")).await;
        t.event_matching(|event| matches!(event, SessionEvent::ContactChanged { .. })).await;
        let status = if reason.is_empty() { String::new() } else { format!("<status>{reason}</status>") };
        t.send(&format!("<presence type='unsubscribed' from='{name}@example.org'>{status}</presence>")).await;
        let (jid, reason) = (jid(&format!("{name}@example.org")), reason.to_owned());
        assert_eq!(t.event().await, SessionEvent::ContactDeclined { jid, reason });
    }
    // The push has come first; and a stranger, and one who only stops to show where they are.
    t.send(&push("sam", "")).await;
    t.recv("<iq type='result' id='sam'/>").await;
    t.event_matching(|event| matches!(event, SessionEvent::ContactChanged { .. })).await;
    for from in ["mallory", "sam"] {
        t.send(&format!("<presence type='unsubscribed' from='{from}@example.org'/>")).await;
    }
    t.send("<presence type='unsubscribed' from='mallory@example.org'><status>buy</status></presence>").await;
    t.send("<presence type='unsubscribed' from='sam@example.org'><status>bye</status></presence>").await;
    let told = SessionEvent::ContactDeclined { jid: jid("sam@example.org"), reason: "bye".to_owned() };
    assert_eq!(t.event().await, told);
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn who_we_asked_ourselves_is_let_in_without_a_question() {
    let mut t = Transcript::online(config(), Offers::default()).await;
    t.send(
        "<iq type='set' id='p'><query xmlns='jabber:iq:roster'>\
         <item jid='bob@example.org' subscription='none' ask='subscribe'/></query></iq>",
    )
    .await;
    t.recv("<iq type='result' id='p'/>").await;
    t.event_matching(|event| matches!(event, SessionEvent::ContactChanged { contact, .. } if contact.requested)).await;
    t.send("<presence type='subscribe' from='bob@example.org'/>").await;
    t.recv("<presence to='bob@example.org' type='subscribed'/>").await;
    t.end().await;
}

/// A roster push that is answered and told.
async fn pushed(t: &mut Transcript, item: &str) {
    t.send(&format!("<iq type='set' id='p'><query xmlns='jabber:iq:roster'>{item}</query></iq>")).await;
    t.recv("<iq type='result' id='p'/>").await;
    t.event_matching(|event| matches!(event, SessionEvent::ContactChanged { .. })).await;
}

#[tokio::test(start_paused = true)]
async fn who_said_yes_and_then_asks_is_let_in_once() {
    let mut t = Transcript::online(config(), Offers::default()).await;
    pushed(&mut t, "<item jid='bob@example.org' subscription='none' ask='subscribe'/>").await;
    // Bob accepts, and asks back after that.
    pushed(&mut t, "<item jid='bob@example.org' subscription='to'/>").await;
    t.send("<presence type='subscribe' from='bob@example.org'/>").await;
    t.recv("<presence to='bob@example.org' type='subscribed'/>").await;
    // Now that both see each other his server hears what is wanted to be told.
    t.send(
        "<iq type='set' id='p'><query xmlns='jabber:iq:roster'><item jid='bob@example.org' subscription='both'/>\
         </query></iq>",
    )
    .await;
    t.recv(
        "<presence to='bob@example.org'><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' \
         node='https://confab.im' ver='{caps}'/></presence>",
    )
    .await;
    t.recv("<iq type='result' id='p'/>").await;
    t.event_matching(|event| matches!(event, SessionEvent::ContactChanged { .. })).await;
    // The permission is taken back, and Bob asks again.
    t.handle.decline_contact(jid("bob@example.org"), String::new()).await.unwrap();
    t.recv("<presence to='bob@example.org' type='unsubscribed'/>").await;
    pushed(&mut t, "<item jid='bob@example.org' subscription='to'/>").await;
    t.send("<presence type='subscribe' from='bob@example.org'/>").await;
    t.event_matching(|event| matches!(event, SessionEvent::ContactRequested(_))).await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn presence_is_the_best_of_all_devices() {
    let mut t = with_bob().await;
    t.send("<presence from='bob@example.org/phone'><show>away</show><status>out</status></presence>").await;
    let away = bob(Subscription::Both, PresenceShow::Away, "out");
    assert_eq!(t.event().await, SessionEvent::ContactChanged { contact: away.clone(), version: None });
    t.send("<presence from='bob@example.org/desk'><priority>5</priority></presence>").await;
    let online = bob(Subscription::Both, PresenceShow::Online, "");
    assert_eq!(t.event().await, SessionEvent::ContactChanged { contact: online, version: None });
    let devices = t.handle.devices(jid("bob@example.org")).await;
    let resources: Vec<String> = devices.iter().map(|Device { jid, .. }| jid.resource().to_string()).collect();
    assert_eq!(resources, ["desk", "phone"]);
    t.send("<presence type='unavailable' from='bob@example.org/desk'/>").await;
    assert_eq!(t.event().await, SessionEvent::ContactChanged { contact: away, version: None });
    t.send("<presence type='unavailable' from='bob@example.org/phone'/>").await;
    let offline = bob(Subscription::Both, PresenceShow::Offline, "");
    assert_eq!(t.event().await, SessionEvent::ContactChanged { contact: offline, version: None });
    t.end().await;
}

/// The example of XEP-0115 §5.2.
const EXODUS: &str = "<identity category='client' name='Exodus 0.9.1' type='pc'/>\
    <feature var='http://jabber.org/protocol/caps'/><feature var='http://jabber.org/protocol/disco#info'/>\
    <feature var='http://jabber.org/protocol/disco#items'/><feature var='http://jabber.org/protocol/muc'/>";
const EXODUS_CAPS: &str = "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='n' \
    ver='QgayPKawpkPSDYmwT/WM94uAlu0='/>";

#[tokio::test(start_paused = true)]
async fn features_are_asked_for_once_per_hash() {
    let mut t = with_bob().await;
    t.send(&format!("<presence from='bob@example.org/a'>{EXODUS_CAPS}</presence>")).await;
    t.event_matching(|event| matches!(event, SessionEvent::ContactChanged { .. })).await;
    t.recv(
        "<iq type='get' id='{q}' to='bob@example.org/a'><query xmlns='http://jabber.org/protocol/disco#info' \
         node='n#QgayPKawpkPSDYmwT/WM94uAlu0='/></iq>",
    )
    .await;
    t.send(&format!(
        "<iq type='result' id='{{q}}' from='bob@example.org/a'>\
         <query xmlns='http://jabber.org/protocol/disco#info'>{EXODUS}</query></iq>"
    ))
    .await;
    assert!(t.handle.speaks("bob@example.org/a".parse().unwrap(), "http://jabber.org/protocol/muc").await);
    assert!(!t.handle.speaks("bob@example.org/a".parse().unwrap(), "urn:xmpp:jingle:1").await);
    // Another device with the same hash needs no question.
    t.send(&format!(
        "<presence from='bob@example.org/b'><priority>1</priority><status>b</status>{EXODUS_CAPS}</presence>"
    ))
    .await;
    t.event_matching(|event| matches!(event, SessionEvent::ContactChanged { .. })).await;
    assert!(t.handle.speaks("bob@example.org/b".parse().unwrap(), "http://jabber.org/protocol/muc").await);
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_forged_hash_holds_for_the_liar_only() {
    let mut t = with_bob().await;
    t.send(&format!("<presence from='bob@example.org/liar'>{EXODUS_CAPS}</presence>")).await;
    t.event_matching(|event| matches!(event, SessionEvent::ContactChanged { .. })).await;
    let question = "<iq type='get' id='{q}' to='bob@example.org/{r}'><query xmlns='http://jabber.org/protocol/disco#info' \
        node='n#QgayPKawpkPSDYmwT/WM94uAlu0='/></iq>";
    t.recv(&question.replace("{r}", "liar")).await;
    t.send(
        "<iq type='result' id='{q}' from='bob@example.org/liar'>\
         <query xmlns='http://jabber.org/protocol/disco#info'><feature var='urn:xmpp:jingle:1'/></query></iq>",
    )
    .await;
    assert!(t.handle.speaks("bob@example.org/liar".parse().unwrap(), "urn:xmpp:jingle:1").await);
    t.send(&format!("<presence from='bob@example.org/honest'>{EXODUS_CAPS}</presence>")).await;
    t.recv(&question.replace("{r}", "honest").replace("{q}", "{q2}")).await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_device_that_does_not_answer_speaks_nothing() {
    let t = with_bob().await;
    assert!(!t.handle.speaks("bob@example.org/gone".parse().unwrap(), "urn:xmpp:jingle:1").await);
}

const SPEAKS_MUC: &str = "http://jabber.org/protocol/muc";

#[tokio::test(start_paused = true)]
async fn a_device_that_is_gone_without_a_word_holds_up_nobody_with_its_hash() {
    let mut t = with_bob().await;
    let question = "<iq type='get' id='{q}' to='bob@example.org/{r}'><query xmlns='http://jabber.org/protocol/disco#info' \
        node='n#QgayPKawpkPSDYmwT/WM94uAlu0='/></iq>";
    for device in ["killed", "live"] {
        t.send(&format!("<presence from='bob@example.org/{device}'>{EXODUS_CAPS}</presence>")).await;
        t.recv(&question.replace("{r}", device).replace("{q}", &format!("{{{device}}}"))).await;
    }
    t.event_matching(|event| matches!(event, SessionEvent::ContactChanged { .. })).await;
    // Asked for before anybody has answered.
    let before = tokio::time::Instant::now();
    let handle = t.handle.clone();
    let killed =
        tokio::spawn(async move { handle.speaks("bob@example.org/killed".parse().unwrap(), SPEAKS_MUC).await });
    tokio::time::sleep(AT_ONCE).await;
    t.send(&format!(
        "<iq type='result' id='{{live}}' from='bob@example.org/live'>\
         <query xmlns='http://jabber.org/protocol/disco#info'>{EXODUS}</query></iq>"
    ))
    .await;
    assert!(killed.await.unwrap());
    assert!(before.elapsed() < Duration::from_secs(1), "waited {:?}", before.elapsed());
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_client_like_ours_is_not_asked_what_it_can_do() {
    let mut t =
        Transcript::online_with(config(), Offers::default(), Codecs { features: vec!["urn:toy"], ..Codecs::default() })
            .await;
    t.send(&format!("<iq type='set' id='p0'><query xmlns='jabber:iq:roster'>{BOB}</query></iq>")).await;
    t.recv("<iq type='result' id='p0'/>").await;
    t.event_matching(|event| matches!(event, SessionEvent::ContactChanged { .. })).await;
    let ver = t.captured("caps").to_owned();
    t.send(&format!(
        "<presence from='bob@example.org/a'><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' \
         node='https://confab.im' ver='{ver}'/></presence>"
    ))
    .await;
    t.event_matching(|event| matches!(event, SessionEvent::ContactChanged { .. })).await;
    assert!(t.handle.speaks("bob@example.org/a".parse().unwrap(), "urn:toy").await);
    assert!(!t.handle.speaks("bob@example.org/a".parse().unwrap(), SPEAKS_MUC).await);
    t.end().await;
}

//! Who is told of what: push services, do not disturb, the words of a notification.

use confab_model::{Availability, CallId, Contact, DeliveryState, EndReason, Event, MessageContent, PresenceShow};
use confab_tests::driver::{Agent, PASSWORD, RawClient, World};
use serde_json::{Value, json};

use crate::{
    accounts::online,
    journeys,
    steps::{accept, connected, ended, hang_up, heard, record, ring, rings_so_far, say, updated},
};

journeys!(shared: push_while_away, do_not_disturb_for_a_time, a_message_brings_its_notification);

async fn push_while_away(world: World) {
    let mut bob = world.person("bob").await;
    // A push service is whoever is sent the notifications.
    let url = world.server().websocket_url();
    let domain = world.domain();
    let service = world.person("service").await;
    let (user, service_jid) = (service.jid.split('@').next().unwrap().to_owned(), format!("{}/raw", service.jid));
    let mut raw = RawClient::sign_in(&url, domain, &user, PASSWORD).await;

    let mut alice = Agent::start(world.options("alice")).await;
    let push = json!({ "service": service_jid, "node": "alice's phone", "options": [["secret", "s3"]] });
    let broken = json!({ "settings": { "push": { "service": "@", "node": "n", "options": [] } } });
    assert_eq!(alice.refused("settingsSave", broken).await, "invalidArgument");
    alice.ok("settingsSave", json!({ "settings": { "push": push } })).await;
    let name = user.replace("service", "pushed");
    let args = json!({
        "domain": domain,
        "server": world.address(),
        "answers": [
            { "name": "username", "values": [name] },
            { "name": "password", "values": [PASSWORD] },
        ],
    });
    alice.account = alice.ok("register", args).await.as_u64().unwrap().try_into().unwrap();
    alice.jid = format!("{name}@{domain}");
    let alice_jid = alice.jid.clone();
    knows_push(&alice, 0).await;
    // Leaving waits for what is on its way to the server.
    alice.quit().await;
    say(&mut bob, &alice_jid, "are you there?").await;
    let pushed = raw.receive("urn:xmpp:push:0").await;
    assert!(pushed.contains("alice&apos;s phone") || pushed.contains("alice's phone"), "{pushed}");
    assert!(pushed.contains("s3"), "the service is told its secret: {pushed}");

    // Signing out ends it.
    let mark = alice.mark();
    alice.start_again().await;
    online(&alice, mark).await;
    knows_push(&alice, mark).await;
    alice.own::<Value>("signOut", json!({})).await;
    say(&mut bob, &alice_jid, "and now?").await;
    say(&mut bob, service_jid.split('/').next().unwrap(), "the end").await;
    let between = raw.receive_until("the end").await;
    assert!(!between.iter().any(|stanza| stanza.contains("urn:xmpp:push:0")), "{between:?}");
}

/// The server has said that it knows push.
async fn knows_push(agent: &Agent, mark: usize) {
    agent
        .event_since(mark, "a server that knows push", |event| match event {
            Event::AccountChanged { account } => account.server.push.then_some(()),
            _ => None,
        })
        .await;
}

async fn availability(agent: &Agent, mark: usize, do_not_disturb: bool) {
    agent
        .event_since(mark, "the availability", |event| match event {
            Event::AvailabilityChanged { availability } => {
                (availability.do_not_disturb == do_not_disturb).then_some(())
            }
            _ => None,
        })
        .await;
}

async fn presence(agent: &Agent, mark: usize, of: &str, wanted: PresenceShow) {
    agent
        .event_since(mark, "the presence", |event| match event {
            Event::ContactChanged { contact: Contact { jid, presence, .. } } => {
                (jid.to_string() == of && *presence == wanted).then_some(())
            }
            _ => None,
        })
        .await;
}

async fn do_not_disturb_for_a_time(world: World) {
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let tablet = world.device(&alice, "tablet").await;
    let (alice_jid, bob_jid) = (alice.jid.clone(), bob.jid.clone());
    let quiet = json!({ "doNotDisturb": true, "until": null, "status": "in a meeting" });
    alice.own::<Value>("setAvailability", json!({ "availability": quiet })).await;
    availability(&alice, 0, true).await;
    availability(&tablet, 0, true).await;
    presence(&bob, 0, &alice_jid, PresenceShow::DoNotDisturb).await;

    // Called: neither device rings, the caller hears busy, the call is listed as missed.
    let call: CallId = bob.own("placeCall", json!({ "to": alice_jid, "media": "audio", "timeoutS": 60 })).await;
    let end = ended(&bob, &call).await;
    assert!(matches!(end, EndReason::Busy { .. }), "{end:?}");
    // The caller may know before the record is written.
    ended(&alice, &call).await;
    let missed = record(&mut alice, &bob_jid, &call).await;
    assert_eq!(missed.answered_at, None);
    for agent in [&alice, &tablet] {
        assert_eq!(rings_so_far(agent, &call), [], "nothing rang");
    }
    // Who does not want to be disturbed may call.
    let call = ring(&mut alice, &bob, "audio").await;
    accept(&mut bob, &call, "audio").await;
    connected(&alice, &call).await;
    hang_up(&mut alice, &call).await;
    ended(&bob, &call).await;
    // Messages come all the same.
    say(&mut bob, &alice_jid, "later then").await;
    heard(&alice, "later then").await;

    // With an end it ends by itself, on all devices and for the contacts.
    let marks = (alice.mark(), tablet.mark(), bob.mark());
    let now = heard(&alice, "later then").await.sent_at.0;
    let quiet = json!({ "doNotDisturb": true, "until": now + 5_000, "status": "" });
    alice.own::<Value>("setAvailability", json!({ "availability": quiet })).await;
    availability(&alice, marks.0, false).await;
    availability(&tablet, marks.1, false).await;
    presence(&bob, marks.2, &alice_jid, PresenceShow::Online).await;
    let kept: Availability = alice.own("availability", json!({})).await;
    assert!(!kept.do_not_disturb);
}

async fn a_message_brings_its_notification(world: World) {
    let (mut alice, bob) = world.pair("alice", "bob").await;
    let bob_jid = bob.jid.clone();
    let content = json!({ "kind": "custom", "text": "Your client cannot show this move" });
    let extension = json!({ "move": "e4" });
    let with = json!({ "conversation": bob_jid, "content": content, "extension": extension, "pushText": "Your turn" });
    let sent = alice.own("sendMessage", with).await;
    let came = bob
        .event("the move", |event| match event {
            Event::MessageAdded { message } => {
                matches!(message.content, MessageContent::Custom { .. }).then(|| message.clone())
            }
            _ => None,
        })
        .await;
    assert_eq!(came.push_text.as_deref(), Some("Your turn"));
    updated(&alice, &sent, "delivered", |m| m.delivery == DeliveryState::Delivered).await;
    let quiet = json!({ "conversation": bob_jid, "content": content, "extension": { "move": "e5" } });
    alice.own::<Value>("sendMessage", quiet).await;
    let came = bob
        .event("the second move", |event| match event {
            Event::MessageAdded { message } => {
                let is_second = message.extension.as_ref().is_some_and(|extension| extension["move"] == "e5");
                is_second.then(|| message.clone())
            }
            _ => None,
        })
        .await;
    assert_eq!(came.push_text, None);
}

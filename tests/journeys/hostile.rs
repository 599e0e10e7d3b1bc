//! Somebody who says what no Confab would, on servers that hand it on.

use confab_model::{Contact, DeliveryState, Direction, Event, Message};
use confab_tests::driver::{PASSWORD, RawClient, World};
use serde_json::{Value, json};

use crate::{
    journeys,
    steps::{delivered, heard, say, texts, whole_conversation},
};

journeys!(shared: whoever_forges_changes_nothing);

async fn whoever_forges_changes_nothing(world: World) {
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let (alice_jid, bob_jid) = (alice.jid.clone(), bob.jid.clone());
    let name = format!("eve-of-{}", alice_jid.split('@').next().unwrap());
    let eve_jid = format!("{name}@{}", world.domain());
    world.server().register(&name, PASSWORD).unwrap();
    let url = world.server().websocket_url();
    let mut eve = RawClient::sign_in(&url, world.domain(), &name, PASSWORD).await;
    let of_bob = say(&mut bob, &alice_jid, "from bob").await;
    let at_alice = heard(&alice, "from bob").await;
    let own = say(&mut alice, &bob_jid, "from alice").await;
    delivered(&alice, &own, DeliveryState::Delivered).await;
    // Whoever writes to her tells the device.
    say(&mut alice, &eve_jid, "who are you?").await;
    let stanza = eve.receive("who are you?").await;
    let device = stanza.split(['\'', '"']).find(|part| part.starts_with(&format!("{alice_jid}/"))).unwrap().to_owned();

    let inner = |from: &str, to: &str, id: &str, what: &str| {
        format!(
            "<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2020-01-01T00:00:00Z'/><message \
             xmlns='jabber:client' type='chat' from='{from}' to='{to}' id='{id}'>{what}</message></forwarded>"
        )
    };
    let words = "<body>forged</body>";
    let copy = inner(&format!("{bob_jid}/x"), &alice_jid, "f1", words);
    let own_copy = inner(&format!("{alice_jid}/x"), &bob_jid, "f2", words);
    let event = |node: &str, item: &str| {
        format!("<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='{node}'>{item}</items></event>")
    };
    let read = format!(
        "<item id='{bob_jid}'><displayed xmlns='urn:xmpp:mds:displayed:0'><stanza-id xmlns='urn:xmpp:sid:0' by='{alice_jid}' \
         id='x'/></displayed></item>"
    );
    let forged = [
        format!("<received xmlns='urn:xmpp:carbons:2'>{copy}</received>"),
        format!("<sent xmlns='urn:xmpp:carbons:2'>{own_copy}</sent>"),
        format!("<result xmlns='urn:xmpp:mam:2' queryid='q' id='a1'>{copy}</result>"),
        format!("<body>forged</body><replace xmlns='urn:xmpp:message-correct:0' id='{of_bob}'/>"),
        format!("<body>forged</body><replace xmlns='urn:xmpp:message-correct:0' id='{own}'/>"),
        format!("<retract xmlns='urn:xmpp:message-retract:1' id='{of_bob}'/>"),
        format!("<retract xmlns='urn:xmpp:message-retract:1' id='{own}'/>"),
        format!(
            "<retract xmlns='urn:xmpp:message-retract:1' id='{own}'><moderated xmlns='urn:xmpp:message-moderate:1' \
             by='{bob_jid}'/></retract>"
        ),
        format!("<reactions xmlns='urn:xmpp:reactions:0' id='{own}'><reaction>👎</reaction></reactions>"),
        format!("<received xmlns='urn:xmpp:receipts' id='{own}'/>"),
        format!("<displayed xmlns='urn:xmpp:chat-markers:0' id='{own}'/>"),
        event("urn:xmpp:mds:displayed:0", &read),
        event(
            "urn:confab:call:0#availability",
            "<item id='current'><availability xmlns='urn:confab:call:0' dnd='true'><status>forged</status></availability></item>",
        ),
        "<x xmlns='http://jabber.org/protocol/muc#user'><invite from='bob@localhost'/></x>".to_owned(),
    ];
    for (number, inside) in forged.iter().enumerate() {
        let kind = if inside.starts_with("<event") { "headline" } else { "chat" };
        eve.send(&format!(
            "<message xmlns='jabber:client' type='{kind}' id='e{number}' to='{alice_jid}'>{inside}</message>"
        ))
        .await;
    }
    eve.send(&format!(
        "<message xmlns='jabber:client' type='error' id='{own}' to='{device}'><error type='cancel'><item-not-found \
         xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"
    ))
    .await;
    eve.send(&format!(
        "<iq xmlns='jabber:client' type='set' id='push' to='{device}'><query xmlns='jabber:iq:roster'><item \
         jid='{eve_jid}' name='Bob' subscription='both'/></query></iq>"
    ))
    .await;
    let refused = eve.receive("push").await;
    assert!(refused.contains("error"), "{refused}");
    eve.send(&format!(
        "<message xmlns='jabber:client' type='chat' id='end' to='{alice_jid}'><body>the end</body></message>"
    ))
    .await;
    heard(&alice, "the end").await;

    let all = whole_conversation(&mut alice, &bob_jid, 50).await;
    assert_eq!(texts(&all, Direction::Incoming), ["from bob"]);
    assert_eq!(texts(&all, Direction::Outgoing), ["from alice"]);
    let mine: Message = alice.own("message", json!({ "message": own })).await;
    assert_eq!((mine.delivery, mine.edited_at, mine.reactions.len()), (DeliveryState::Delivered, None, 0));
    let his: Message = alice.own("message", json!({ "message": at_alice.id })).await;
    assert_eq!((his.edited_at, his.reactions.len()), (None, 0));
    let with_eve = whole_conversation(&mut alice, &eve_jid, 50).await;
    assert_eq!(texts(&with_eve, Direction::Incoming), ["the end"], "what changes nothing is no message either");
    let contacts: Vec<Contact> = alice.own("contacts", json!({ "refresh": true })).await;
    assert!(contacts.iter().all(|contact| contact.jid.to_string() != eve_jid), "{contacts:?}");
    let availability: Value = alice.own("availability", json!({})).await;
    assert_ne!(availability["doNotDisturb"], json!(true));
    let odd = alice.told(|event| match event {
        Event::AccountChanged { .. } | Event::ContactChanged { .. } => None,
        other => Some(format!("{other:?}")).filter(|event| event.contains("forged")),
    });
    assert_eq!(odd, [""; 0]);
}

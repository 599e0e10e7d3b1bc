//! A conversation: ticks, typing, unread counts, drafts, search, pages, and what cannot be read.

use confab_model::{Conversation, DeliveryState, Direction, Event, Message, MessageContent, Sender, TypingState};
use confab_tests::driver::{Agent, PASSWORD, RawClient, World};
use serde_json::{Value, json};

use crate::{
    accounts::online,
    journeys,
    steps::{conversation, delivered, heard, is_text, messages, say, texts, whole_conversation},
};

journeys!(shared: talk_in_writing, scroll_back, send_again_what_was_refused, see_that_something_is_encrypted);

async fn talk_in_writing(world: World) {
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let (alice_jid, bob_jid) = (alice.jid.clone(), bob.jid.clone());

    let hello = say(&mut alice, &bob_jid, "Hello Bob, 今天天气很好").await;
    let arrived = heard(&bob, "Hello Bob, 今天天气很好").await;
    assert_eq!(arrived.direction, Direction::Incoming);
    assert_eq!(arrived.sender, Sender::person(alice_jid.parse().unwrap()));
    delivered(&alice, &hello, DeliveryState::Delivered).await;
    let unread = conversation(&bob, 0, &alice_jid, "one unread", |c| c.unread == 1).await;
    assert_eq!(unread.first_unread, Some(arrived.id.clone()));

    let mark = bob.mark();
    let displayed = json!({ "conversation": alice_jid, "upTo": arrived.id });
    bob.own::<Value>("markDisplayed", displayed).await;
    let read = conversation(&bob, mark, &alice_jid, "nothing unread", |c| c.unread == 0).await;
    assert_eq!(read.first_unread, None);
    delivered(&alice, &hello, DeliveryState::Read).await;

    for (state, seen) in [("composing", TypingState::Composing), ("paused", TypingState::Paused)] {
        bob.own::<Value>("setTyping", json!({ "conversation": alice_jid, "state": state })).await;
        alice
            .event(state, |event| match event {
                Event::Typing { conversation, state, .. } if conversation.to_string() == bob_jid => {
                    (*state == seen).then_some(())
                }
                _ => None,
            })
            .await;
    }

    let answer = say(&mut bob, &alice_jid, "Yes, it is <fine> & \"dry\"").await;
    heard(&alice, "Yes, it is <fine> & \"dry\"").await;
    delivered(&bob, &answer, DeliveryState::Delivered).await;

    for (query, found) in [("hello", 1), ("天", 1), ("天气", 1), ("DRY", 1), ("rain", 0), ("雨", 0)] {
        let hits: Vec<Message> = bob.own("searchMessages", json!({ "query": query, "limit": 10 })).await;
        assert_eq!(hits.len(), found, "{query}: {hits:?}");
    }

    bob.own::<Value>("saveDraft", json!({ "conversation": alice_jid, "text": "and tomo" })).await;
    bob.quit().await;
    bob.start_again().await;
    let conversations: Vec<Conversation> = bob.own("conversations", json!({})).await;
    assert_eq!(conversations.len(), 1);
    assert_eq!(conversations[0].draft, "and tomo", "a draft outlives the app");
    assert_eq!(conversations[0].unread, 0);

    for nothing in ["", "  \n"] {
        let refused = alice.try_own("sendText", json!({ "conversation": bob_jid, "text": nothing })).await;
        assert_eq!(refused.unwrap_err().code, "invalidArgument");
    }
    let page = messages(&mut alice, &bob_jid, None, 200).await;
    assert_eq!(texts(&page.messages, Direction::Outgoing), ["Hello Bob, 今天天气很好"]);
    assert_eq!(texts(&page.messages, Direction::Incoming), ["Yes, it is <fine> & \"dry\""]);
}

async fn scroll_back(world: World) {
    const MESSAGES: usize = 45;
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let (alice_jid, bob_jid) = (alice.jid.clone(), bob.jid.clone());
    let said: Vec<String> = (0..MESSAGES).map(|number| format!("line {number}")).collect();
    for text in &said {
        say(&mut alice, &bob_jid, text).await;
    }
    heard(&bob, said.last().unwrap()).await;
    let all = whole_conversation(&mut bob, &alice_jid, 10).await;
    assert_eq!(texts(&all, Direction::Incoming), said, "pages neither overlap nor leave out");
    let middle = messages(&mut bob, &alice_jid, Some(&all[20].id), 5).await;
    assert_eq!(middle.messages, all[15..20]);
    assert!(!middle.complete);
    for limit in [0, 201] {
        let refused = bob.try_own("messages", json!({ "conversation": alice_jid, "limit": limit })).await;
        assert_eq!(refused.unwrap_err().code, "invalidArgument");
    }
}

async fn send_again_what_was_refused(world: World) {
    const TEXT: &str = "is anybody there?";
    let mut alice = world.person("alice").await;
    let late = format!("late-for-{}", alice.jid.split('@').next().unwrap());
    let late_jid = format!("{late}@{}", world.domain());
    let opened: Conversation = alice.own("openConversation", json!({ "jid": late_jid })).await;
    assert_eq!((opened.jid.to_string(), opened.last), (late_jid.clone(), None));
    let id = say(&mut alice, &late_jid, TEXT).await;
    let failed = alice
        .event("the refusal", |event| match event {
            Event::MessageUpdated { message } if message.id == id => {
                matches!(message.delivery, DeliveryState::Failed { .. }).then(|| message.clone())
            }
            _ => None,
        })
        .await;
    assert!(is_text(&failed, TEXT), "{failed:?}");
    let unknown = alice.try_own("resend", json!({ "message": "no-such-message" })).await;
    assert_eq!(unknown.unwrap_err().code, "unknownMessage");

    world.server().register(&late, PASSWORD).unwrap();
    let mut bob = Agent::start(world.options("late")).await;
    let sign_in = json!({ "jid": late_jid, "password": PASSWORD, "server": world.address() });
    bob.account = serde_json::from_value(bob.ok("signIn", sign_in).await).unwrap();
    online(&bob, 0).await;
    let mark = alice.mark();
    alice.own::<Value>("resend", json!({ "message": id })).await;
    alice
        .event_since(mark, "the server's acknowledgement", |event| match event {
            Event::MessageUpdated { message } if message.id == id => {
                (message.delivery == DeliveryState::Sent).then_some(())
            }
            _ => None,
        })
        .await;
    heard(&bob, TEXT).await;
    let alice_jid = alice.jid.clone();
    let all = whole_conversation(&mut alice, &late_jid, 50).await;
    assert_eq!(texts(&all, Direction::Outgoing), [TEXT]);
    let all = whole_conversation(&mut bob, &alice_jid, 50).await;
    assert_eq!(texts(&all, Direction::Incoming), [TEXT], "once");
}

async fn see_that_something_is_encrypted(world: World) {
    let mut alice = world.person("alice").await;
    let eve = format!("eve-of-{}", alice.jid.split('@').next().unwrap());
    world.server().register(&eve, PASSWORD).unwrap();
    let url = world.server().websocket_url();
    let mut raw = RawClient::sign_in(&url, world.domain(), &eve, PASSWORD).await;
    raw.send(&format!(
        "<message xmlns='jabber:client' type='chat' id='e1' to='{}'>\
         <encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'/><payload>AAAA</payload></encrypted>\
         <encryption xmlns='urn:xmpp:eme:0' namespace='eu.siacs.conversations.axolotl' name='OMEMO'/>\
         <body>I sent you an OMEMO encrypted message but your client doesn't seem to support that.</body></message>",
        alice.jid
    ))
    .await;
    let message = alice
        .event("the message", |event| match event {
            Event::MessageAdded { message } => Some(message.clone()),
            _ => None,
        })
        .await;
    let MessageContent::Encrypted { method } = &message.content else { panic!("{message:?}") };
    assert_eq!(method, "OMEMO");
    let page = messages(&mut alice, &format!("{eve}@localhost"), None, 10).await;
    assert_eq!(page.messages, [message]);
}

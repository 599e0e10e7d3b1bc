//! Conversations as a whole: strangers who wait in the requests folder, people who are blocked, what is pinned, muted and
//! archived; and what the account tells of itself.

use confab_model::{Availability, Contact, Conversation, DeliveryState, Event, Message, PresenceShow, Profile};
use confab_tests::driver::{Agent, World};
use serde_json::{Value, json};

use crate::{
    accounts::online,
    journeys,
    steps::{conversation, heard, say, updated},
};

journeys!(
    shared: a_stranger_waits_in_the_requests_folder,
    block_and_let_through,
    mark_conversations,
    find_the_way_back,
    tell_of_oneself
);

async fn a_stranger_waits_in_the_requests_folder(world: World) {
    let (mut alice, mut eve) = tokio::join!(world.person("alice"), world.person("eve"));
    let (alice_jid, eve_jid) = (alice.jid.clone(), eve.jid.clone());
    say(&mut eve, &alice_jid, "hello, buy this").await;
    heard(&alice, "hello, buy this").await;
    conversation(&alice, 0, &eve_jid, "in the requests folder", |c| c.is_request).await;
    let looked: Conversation = alice.own("openConversation", json!({ "jid": eve_jid })).await;
    assert!(looked.is_request, "looking is no answer");
    let mark = alice.mark();
    let accepted: Conversation = alice.own("acceptRequest", json!({ "jid": eve_jid })).await;
    assert!(!accepted.is_request);
    conversation(&alice, mark, &eve_jid, "among the others", |c| !c.is_request).await;
    let nobody = alice.try_own("acceptRequest", json!({ "jid": "nobody@localhost" })).await;
    assert_eq!(nobody.unwrap_err().code, "unknownConversation");
}

async fn blocked(agent: &Agent, mark: usize, count: usize) {
    agent
        .event_since(mark, "the block list", |event| match event {
            Event::BlockedChanged { blocked } if blocked.len() == count => Some(()),
            _ => None,
        })
        .await;
}

async fn block_and_let_through(world: World) {
    let (mut alice, mut eve) = tokio::join!(world.person("alice"), world.person("eve"));
    let (alice_jid, eve_jid) = (alice.jid.clone(), eve.jid.clone());
    let mut tablet = world.device(&alice, "tablet").await;
    let marks = (alice.mark(), tablet.mark());
    alice.own::<Value>("block", json!({ "jid": eve_jid, "report": "spam" })).await;
    blocked(&alice, marks.0, 1).await;
    blocked(&tablet, marks.1, 1).await;
    let list: Vec<String> = tablet.own("blocked", json!({})).await;
    assert_eq!(list, [eve_jid.as_str()]);
    let unheard = say(&mut eve, &alice_jid, "do you hear me?").await;
    updated(&eve, &unheard, "the refusal", |m| matches!(m.delivery, DeliveryState::Failed { .. })).await;
    let marks = (alice.mark(), tablet.mark());
    tablet.own::<Value>("unblock", json!({ "jid": eve_jid })).await;
    blocked(&alice, marks.0, 0).await;
    blocked(&tablet, marks.1, 0).await;
    say(&mut eve, &alice_jid, "and now?").await;
    heard(&alice, "and now?").await;
    let found: Vec<Message> = alice.own("search", json!({ "text": "hear", "limit": 10 })).await;
    assert_eq!(found, [], "what was blocked never came");
}

async fn mark_conversations(world: World) {
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let (alice_jid, bob_jid) = (alice.jid.clone(), bob.jid.clone());
    say(&mut bob, &alice_jid, "first").await;
    heard(&alice, "first").await;
    let for_ever = 253_402_300_799_000_i64;
    let change = json!({ "pinned": true, "mutedUntil": for_ever });
    let changed: Conversation = alice.own("setConversation", json!({ "jid": bob_jid, "change": change })).await;
    assert!(changed.pinned && !changed.archived);
    assert_eq!(changed.muted_until.map(|at| at.0), Some(for_ever));
    alice.quit().await;
    let mark = alice.mark();
    alice.start_again().await;
    online(&alice, mark).await;
    let list: Vec<Conversation> = alice.own("conversations", json!({})).await;
    assert!(list[0].pinned && list[0].muted_until.is_some(), "marks outlive the app: {list:?}");
    let change = json!({ "mutedUntil": 0, "archived": true });
    let changed: Conversation = alice.own("setConversation", json!({ "jid": bob_jid, "change": change })).await;
    assert_eq!((changed.muted_until, changed.archived), (None, true));
    let mark = alice.mark();
    say(&mut bob, &alice_jid, "second").await;
    conversation(&alice, mark, &bob_jid, "back from the archive", |c| !c.archived && c.unread == 2).await;
    let nobody = alice.try_own("setConversation", json!({ "jid": "nobody@localhost", "change": {} })).await;
    assert_eq!(nobody.unwrap_err().code, "unknownConversation");
}

async fn find_the_way_back(world: World) {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Window {
        messages: Vec<Message>,
        at_end: bool,
    }
    let (mut alice, bob) = world.pair("alice", "bob").await;
    let bob_jid = bob.jid.clone();
    for number in 0..30 {
        let link = if number == 7 { " https://example.org/x" } else { "" };
        say(&mut alice, &bob_jid, &format!("number {number}{link}")).await;
    }
    heard(&bob, "number 29").await;
    let found: Vec<Message> = alice.own("search", json!({ "kind": "links", "limit": 10 })).await;
    assert_eq!(found.len(), 1);
    let place = json!({ "message": found[0].id });
    let around = json!({ "conversation": bob_jid, "place": place, "limit": 6 });
    let window: Window = alice.own("messagesAround", around).await;
    let at = window.messages.iter().position(|message| message.id == found[0].id).expect("the message");
    assert_eq!((window.messages.len(), at, window.at_end), (6, 3, false));
    let last = &window.messages[5].id;
    let after = json!({ "conversation": bob_jid, "after": last, "limit": 200 });
    let rest: Window = alice.own("messagesAfter", after).await;
    assert_eq!((rest.messages.len(), rest.at_end), (30 - 10, true));
    let date = json!({ "conversation": bob_jid, "place": { "date": 0 }, "limit": 2 });
    let first: Window = alice.own("messagesAround", date).await;
    assert_eq!(first.messages[0].sent_at, alice_first(&mut alice, &bob_jid).await);
    let forward = json!({ "text": "number", "conversation": bob_jid, "forward": true, "limit": 3 });
    let oldest: Vec<Message> = alice.own("search", forward).await;
    assert_eq!(oldest[0].sent_at, first.messages[0].sent_at, "oldest first");
}

async fn alice_first(alice: &mut Agent, with: &str) -> confab_model::Timestamp {
    crate::steps::whole_conversation(alice, with, 200).await[0].sent_at
}

async fn tell_of_oneself(world: World) {
    let (mut alice, mut carol) = tokio::join!(world.person("alice"), world.person("carol"));
    alice.own::<Value>("setProfile", json!({ "name": "Alice 爱丽丝" })).await;
    world.contacts(&mut alice, &mut carol).await;
    told(&carol, &alice, "Alice 爱丽丝").await;

    // ejabberd notes what a contact wants to be told when they become available and are one already.
    carol.quit().await;
    let (mark, back) = (carol.mark(), alice.mark());
    carol.start_again().await;
    online(&carol, mark).await;
    alice
        .event_since(back, "carol, back", |event| match event {
            Event::ContactChanged { contact } => (contact.presence == PresenceShow::Online).then_some(()),
            _ => None,
        })
        .await;
    alice.own::<Value>("setProfile", json!({ "name": "Ann" })).await;
    told(&carol, &alice, "Ann").await;
    let known: Vec<Profile> = carol.own("profiles", json!({})).await;
    assert!(known.iter().any(|profile| profile.name == "Ann"), "{known:?}");

    let alice_jid = alice.jid.clone();
    let mut tablet = world.device(&alice, "tablet").await;
    let away = json!({ "doNotDisturb": true, "until": null, "status": "in a meeting" });
    alice.own::<Value>("setAvailability", json!({ "availability": away })).await;
    tablet
        .event("not to be disturbed", |event| match event {
            Event::AvailabilityChanged { availability } => availability.do_not_disturb.then_some(()),
            _ => None,
        })
        .await;
    let kept: Availability = tablet.own("availability", json!({})).await;
    assert_eq!(kept.status, "in a meeting");
    carol
        .event("the presence", |event| match event {
            Event::ContactChanged { contact } => is_busy(contact, &alice_jid).then_some(()),
            _ => None,
        })
        .await;
}

/// The name of one arrived at the other.
async fn told(agent: &Agent, of: &Agent, name: &str) {
    agent
        .event("the name", |event| match event {
            Event::ProfileChanged { profile } if profile.jid.to_string() == of.jid && profile.name == name => Some(()),
            _ => None,
        })
        .await;
}

fn is_busy(contact: &Contact, jid: &str) -> bool {
    contact.jid.to_string() == jid && contact.presence == PresenceShow::DoNotDisturb
}

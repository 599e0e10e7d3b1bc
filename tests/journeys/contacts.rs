//! Asking, accepting, declining, removing; and seeing who is there.

use confab_model::{Contact, Event, PresenceShow, Subscription};
use confab_tests::driver::{Agent, World};
use serde_json::{Value, json};

use crate::journeys;

journeys!(shared: become_contacts_and_part, decline_a_request);

async fn requested(agent: &Agent, from: &str) -> String {
    agent
        .event("a request", |event| match event {
            Event::ContactRequested { request } if request.from.to_string() == from => Some(request.reason.clone()),
            _ => None,
        })
        .await
}

async fn contact(agent: &Agent, mark: usize, jid: &str, what: &str, fits: impl Fn(&Contact) -> bool) {
    agent
        .event_since(mark, what, |event| match event {
            Event::ContactChanged { contact } if contact.jid.to_string() == jid && fits(contact) => Some(()),
            _ => None,
        })
        .await;
}

async fn become_contacts_and_part(world: World) {
    let (mut alice, mut bob) = tokio::join!(world.person("alice"), world.person("bob"));
    let (alice_jid, bob_jid) = (alice.jid.clone(), bob.jid.clone());
    let add = json!({ "jid": bob_jid, "name": "Bob", "reason": "we met at the 会议" });
    alice.own::<Value>("addContact", add).await;
    contact(&alice, 0, &bob_jid, "a request that waits", |c| c.requested && c.name == "Bob").await;
    assert_eq!(requested(&bob, &alice_jid).await, "we met at the 会议");
    let requests: Vec<Value> = bob.own("contactRequests", json!({})).await;
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0]["from"], alice_jid.as_str());

    bob.own::<Value>("acceptContact", json!({ "jid": alice_jid })).await;
    let together = |c: &Contact| c.subscription == Subscription::Both && c.presence == PresenceShow::Online;
    contact(&alice, 0, &bob_jid, "bob, online", together).await;
    contact(&bob, 0, &alice_jid, "alice, online", together).await;
    let requests: Vec<Value> = bob.own("contactRequests", json!({})).await;
    assert_eq!(requests, [] as [Value; 0], "an answered request is gone");

    let mark = alice.mark();
    alice.own::<Value>("renameContact", json!({ "jid": bob_jid, "name": "Robert" })).await;
    contact(&alice, mark, &bob_jid, "the new name", |c| c.name == "Robert").await;

    let mark = alice.mark();
    bob.quit().await;
    contact(&alice, mark, &bob_jid, "bob, offline", |c| c.presence == PresenceShow::Offline).await;
    let mark = alice.mark();
    bob.start_again().await;
    contact(&alice, mark, &bob_jid, "bob, back", |c| c.presence == PresenceShow::Online).await;

    let mark = bob.mark();
    alice.own::<Value>("removeContact", json!({ "jid": bob_jid })).await;
    alice
        .event("bob's removal", |event| match event {
            Event::ContactRemoved { jid } if jid.to_string() == bob_jid => Some(()),
            _ => None,
        })
        .await;
    let parted = |c: &Contact| c.subscription == Subscription::None && c.presence == PresenceShow::Offline;
    contact(&bob, mark, &alice_jid, "alice, parted", parted).await;
    let contacts: Vec<Contact> = alice.own("contacts", json!({ "refresh": true })).await;
    assert_eq!(contacts, [], "from the server too");
}

async fn decline_a_request(world: World) {
    let (mut alice, mut bob) = tokio::join!(world.person("alice"), world.person("bob"));
    let (alice_jid, bob_jid) = (alice.jid.clone(), bob.jid.clone());
    alice.own::<Value>("addContact", json!({ "jid": bob_jid })).await;
    requested(&bob, &alice_jid).await;
    let mark = alice.mark();
    bob.own::<Value>("declineContact", json!({ "jid": alice_jid, "reason": "who are you?" })).await;
    contact(&alice, mark, &bob_jid, "the refusal", |c| !c.requested && c.subscription == Subscription::None).await;
    let why = |event: &Event| match event {
        Event::ContactDeclined { jid, reason } if jid.to_string() == bob_jid => Some(reason.clone()),
        _ => None,
    };
    assert_eq!(alice.event_since(mark, "the reason", why).await, "who are you?");
    let requests: Vec<Value> = bob.own("contactRequests", json!({})).await;
    assert_eq!(requests, [] as [Value; 0]);
    let contacts: Vec<Contact> = bob.own("contacts", json!({})).await;
    assert_eq!(contacts, [], "declining makes nobody a contact");
    let own = alice.try_own("addContact", json!({ "jid": alice_jid })).await;
    assert_eq!(own.unwrap_err().code, "invalidArgument");
}

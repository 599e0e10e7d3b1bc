//! The same on all devices: how far was read, which conversations there are, where the account is signed in.

use std::time::Duration;

use confab_model::{ConnectionState, Contact, Conversation, Event, Group, GroupState, MessageContent, MessagePreview};
use confab_tests::driver::{Agent, AgentOptions, PASSWORD, World};
use serde_json::{Value, json};

use crate::{
    accounts::online,
    journeys,
    steps::{conversation, heard, messages, say, whole_conversation},
};

journeys!(
    shared: read_places_reach_all_devices,
    read_places_of_a_group,
    a_new_device_lists_what_is_older,
    two_accounts_side_by_side,
    sign_out_of_all_devices,
    a_new_password,
    an_account_is_deleted_for_good,
    contacts_in_groups
);

async fn displayed(agent: &mut Agent, with: &str) {
    let page = messages(agent, with, None, 10).await;
    let last = &page.messages.last().expect("a message").id;
    agent.own::<Value>("markDisplayed", json!({ "conversation": with, "upTo": last })).await;
}

async fn listed(agent: &mut Agent, with: &str) -> Conversation {
    let list: Vec<Conversation> = agent.own("conversations", json!({})).await;
    list.into_iter().find(|conversation| conversation.jid.to_string() == with).expect("the conversation")
}

async fn read_places_reach_all_devices(world: World) {
    // Strangers are sent no markers that the own devices could copy: XEP-0490 alone tells them.
    let (mut alice, mut eve) = tokio::join!(world.person("alice"), world.person("eve"));
    let mut tablet = world.device(&alice, "tablet").await;
    let (alice_jid, eve_jid) = (alice.jid.clone(), eve.jid.clone());
    say(&mut eve, &alice_jid, "one").await;
    say(&mut eve, &alice_jid, "two").await;
    heard(&alice, "two").await;
    conversation(&tablet, 0, &eve_jid, "two unread", |c| c.unread == 2).await;
    let mark = tablet.mark();
    displayed(&mut alice, &eve_jid).await;
    conversation(&tablet, mark, &eve_jid, "read on the other device", |c| c.unread == 0).await;

    // One that was away, and one that is new.
    tablet.quit().await;
    say(&mut eve, &alice_jid, "three").await;
    heard(&alice, "three").await;
    displayed(&mut alice, &eve_jid).await;
    say(&mut eve, &alice_jid, "four").await;
    heard(&alice, "four").await;
    let mark = tablet.mark();
    tablet.start_again().await;
    conversation(&tablet, mark, &eve_jid, "the last one unread", |c| c.unread == 1 && c.message_count == 4).await;
    let fresh = world.device(&alice, "fresh").await;
    conversation(&fresh, 0, &eve_jid, "the last one unread", |c| c.unread == 1 && c.message_count == 4).await;

    // What was read without a network is told when it is back.
    let cable = world.cable();
    let mut laptop = behind(&world, &alice, &cable).await;
    conversation(&laptop, 0, &eve_jid, "the last one unread", |c| c.unread == 1).await;
    let (here, there) = (laptop.mark(), fresh.mark());
    cable.cut();
    offline(&laptop, here).await;
    displayed(&mut laptop, &eve_jid).await;
    assert_eq!(listed(&mut laptop, &eve_jid).await.unread, 0);
    cable.mend();
    conversation(&fresh, there, &eve_jid, "read by the laptop", |c| c.unread == 0).await;
}

/// The account is in the group, as of an event from `mark` on.
async fn entered(agent: &Agent, mark: usize, group: &str) {
    agent
        .event_since(mark, "in the group", |event| match event {
            Event::GroupChanged { group: changed } => {
                (changed.jid.to_string() == group && changed.state == GroupState::Joined).then_some(())
            }
            _ => None,
        })
        .await;
}

async fn read_places_of_a_group(world: World) {
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let group: Group = alice.own("createGroup", json!({ "name": "Readers", "public": true })).await;
    let group = group.jid.to_string();
    bob.own::<Value>("joinGroup", json!({ "address": group })).await;
    entered(&bob, 0, &group).await;
    let mut tablet = world.device(&alice, "tablet").await;
    entered(&tablet, 0, &group).await;
    say(&mut bob, &group, "one").await;
    say(&mut bob, &group, "two").await;
    heard(&alice, "two").await;
    conversation(&tablet, 0, &group, "two unread", |c| c.unread == 2).await;
    let mark = tablet.mark();
    displayed(&mut alice, &group).await;
    conversation(&tablet, mark, &group, "read on the other device", |c| c.unread == 0).await;

    tablet.quit().await;
    say(&mut bob, &group, "three").await;
    heard(&alice, "three").await;
    displayed(&mut alice, &group).await;
    say(&mut bob, &group, "four").await;
    heard(&alice, "four").await;
    let mark = tablet.mark();
    tablet.start_again().await;
    heard(&tablet, "four").await;
    let is_last = |c: &Conversation| c.unread == 1 && c.last.as_ref().is_some_and(|last| text_of(last) == Some("four"));
    conversation(&tablet, mark, &group, "the last one unread", is_last).await;
}

fn text_of(preview: &MessagePreview) -> Option<&str> {
    match &preview.content {
        MessageContent::Text { text } => Some(text),
        _ => None,
    }
}

/// A device whose way to the server can be cut.
async fn behind(world: &World, person: &Agent, cable: &confab_testkit::cable::Cable) -> Agent {
    let mut agent = Agent::start(world.options("laptop")).await;
    agent.jid.clone_from(&person.jid);
    let address = cable.address();
    let server = json!({ "host": address.ip().to_string(), "port": address.port(), "directTls": false });
    let args = json!({ "jid": person.jid, "password": PASSWORD, "server": server, "remember": true });
    agent.account = agent.ok("signIn", args).await.as_u64().unwrap().try_into().unwrap();
    agent
}

async fn offline(agent: &Agent, mark: usize) {
    agent
        .event_after(mark, Duration::from_secs(120), "no connection", |event| match event {
            Event::AccountChanged { account } => {
                (!matches!(account.connection, ConnectionState::Online { .. })).then_some(())
            }
            _ => None,
        })
        .await;
}

async fn a_new_device_lists_what_is_older(world: World) {
    let (alice, mut bob) = world.pair("alice", "bob").await;
    let (alice_jid, bob_jid) = (alice.jid.clone(), bob.jid.clone());
    say(&mut bob, &alice_jid, "long ago").await;
    heard(&alice, "long ago").await;
    // As if all of it were older than what a new device reads back.
    let options = AgentOptions { history_days: Some(0), ..world.options("fresh") };
    let mut fresh = world.device_with(&alice, options).await;
    let listed = conversation(&fresh, 0, &bob_jid, "the old conversation", |c| c.last.is_some()).await;
    assert_eq!((listed.unread, listed.message_count), (0, 1), "what is old is not news");
    assert_eq!(whole_conversation(&mut fresh, &bob_jid, 10).await.len(), 1);
    let contacts: Vec<Contact> = fresh.own("contacts", json!({})).await;
    assert_eq!(contacts.len(), 1);
}

async fn two_accounts_side_by_side(world: World) {
    let (mut alice, mut work) = tokio::join!(world.person("alice"), world.person("work"));
    let mut bob = world.person("bob").await;
    let (alice_jid, work_jid, bob_jid) = (alice.jid.clone(), work.jid.clone(), bob.jid.clone());
    work.quit().await;
    let args = json!({ "jid": work_jid, "password": PASSWORD, "server": world.address(), "remember": true });
    let second = alice.ok("signIn", args.clone()).await;
    assert_eq!(alice.refused("signIn", args).await, "accountExists");
    say(&mut bob, &alice_jid, "to alice").await;
    say(&mut bob, &work_jid, "to work").await;
    heard(&alice, "to alice").await;
    heard(&alice, "to work").await;
    for (account, text) in [(json!(alice.account), "to alice"), (second.clone(), "to work")] {
        let page = json!({ "account": account, "conversation": bob_jid, "limit": 10 });
        let page = alice.ok("messages", page).await;
        let said: Vec<_> = page["messages"].as_array().unwrap().iter().map(|m| &m["content"]["text"]).collect();
        assert_eq!(said, [text], "each has its own");
    }
    alice.own::<Value>("signOut", json!({})).await;
    say(&mut bob, &work_jid, "still there?").await;
    heard(&alice, "still there?").await;
    let mark = alice.mark();
    alice.quit().await;
    alice.start_again().await;
    online(&alice, mark).await;
    let startup = alice.ok("startup", json!({})).await;
    let kinds: Vec<_> = startup["accounts"].as_array().unwrap().iter().map(|a| &a["connection"]["kind"]).collect();
    assert_eq!(kinds, ["offline", "online"]);
}

/// Signed out, by the person's will.
async fn signed_out(agent: &Agent, mark: usize) {
    agent
        .event_since(mark, "signed out", |event| match event {
            Event::AccountChanged { account } => (account.connection == ConnectionState::Offline).then_some(()),
            _ => None,
        })
        .await;
}

async fn connection(agent: &mut Agent) -> String {
    let startup = agent.ok("startup", json!({})).await;
    startup["accounts"][0]["connection"]["kind"].as_str().unwrap().to_owned()
}

async fn sign_out_of_all_devices(world: World) {
    let mut alice = world.person("alice").await;
    let mut tablet = world.device(&alice, "tablet").await;
    let mut away = world.device(&alice, "away").await;
    away.quit().await;
    let marks = (alice.mark(), tablet.mark(), away.mark());
    alice.own::<Value>("signOutEverywhere", json!({})).await;
    signed_out(&alice, marks.0).await;
    signed_out(&tablet, marks.1).await;
    away.start_again().await;
    signed_out(&away, marks.2).await;
    for agent in [&mut alice, &mut tablet, &mut away] {
        let secrets = std::fs::read_to_string(agent.options.folder.join("data/secrets.json")).unwrap_or_default();
        assert!(!secrets.contains(PASSWORD) && !secrets.contains(&agent.jid), "{secrets}");
        agent.quit().await;
        agent.start_again().await;
        assert_eq!(connection(agent).await, "offline", "also after a start");
    }
    // Whoever signs in again stays: what was signed out was an earlier sign-in.
    let mark = tablet.mark();
    let args = json!({ "jid": alice.jid, "password": PASSWORD, "server": world.address(), "remember": true });
    tablet.ok("signIn", args).await;
    online(&tablet, mark).await;
    tablet.quit().await;
    let mark = tablet.mark();
    tablet.start_again().await;
    online(&tablet, mark).await;
    let offline = alice.try_own("signOutEverywhere", json!({})).await.unwrap_err();
    assert_eq!(offline.code, "notOnline");
}

async fn a_new_password(world: World) {
    let mut alice = world.person("alice").await;
    assert_eq!(alice.try_own("changePassword", json!({ "password": "" })).await.unwrap_err().code, "invalidArgument");
    alice.own::<Value>("changePassword", json!({ "password": "battery staple 电池" })).await;
    let sign_in = |password: &str| json!({ "jid": alice.jid, "password": password, "server": world.address(), "remember": false });
    let mut other = Agent::start(world.options("other")).await;
    assert_eq!(other.refused("signIn", sign_in(PASSWORD)).await, "wrongPassword");
    other.ok("signIn", sign_in("battery staple 电池")).await;
    // This device goes on with the new one.
    alice.quit().await;
    let mark = alice.mark();
    alice.start_again().await;
    online(&alice, mark).await;
}

async fn an_account_is_deleted_for_good(world: World) {
    let mut alice = world.person("alice").await;
    let sign_in = json!({ "jid": alice.jid, "password": PASSWORD, "server": world.address(), "remember": false });
    alice.own::<Value>("deleteAccount", json!({})).await;
    let startup = alice.ok("startup", json!({})).await;
    assert_eq!(startup["accounts"], json!([]), "forgotten here");
    assert_eq!(alice.refused("signIn", sign_in).await, "wrongPassword", "and gone there");
}

async fn contacts_in_groups(world: World) {
    let (mut alice, bob) = world.pair("alice", "bob").await;
    let tablet = world.device(&alice, "tablet").await;
    let (bob_jid, mark) = (bob.jid.clone(), tablet.mark());
    alice.own::<Value>("groupContact", json!({ "jid": bob_jid, "groups": ["家人", " Work ", "家人"] })).await;
    alice.own::<Value>("renameContact", json!({ "jid": bob_jid, "name": "Bobby" })).await;
    let contact = tablet
        .event_since(mark, "the contact", |event| match event {
            Event::ContactChanged { contact } => (contact.name == "Bobby").then(|| contact.clone()),
            _ => None,
        })
        .await;
    let mut groups = contact.groups;
    groups.sort();
    assert_eq!(groups, ["Work", "家人"]);
    let empty = alice.try_own("groupContact", json!({ "jid": bob_jid, "groups": [" "] })).await.unwrap_err();
    assert_eq!(empty.code, "invalidArgument");
}
